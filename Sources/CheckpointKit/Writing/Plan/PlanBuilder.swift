/// Lays out a result: gets its tensors file by file, gives the plan.
public struct PlanBuilder: Sendable {
  /// A tensor to be written.
  public struct Draft: Sendable {
    struct Part: Sendable {
      var name: TensorName
      var dtype: DType
      var block: GGUFType?
      var shape: Shape
      var byteCount: Int
      var rowsPerRow: Int
      var bytesPerRow: Int?

      var asStored: StoredTensor {
        StoredTensor(name: name, dtype: dtype, block: block, shape: shape, byteCount: byteCount)
      }
    }

    let parts: [Part]
    let rows: Int
    let panelRows: Int
    let scratch: Int
    let work: Int

    /// A matrix in an encoding.
    ///
    /// - Parameters:
    ///   - name: what the spec calls it; the parts' suffixes are appended.
    ///   - panelRows: rows of a panel, a multiple of the tile of the encodings it is read from and written in.
    ///   - scratch: bytes that the executor needs for one panel beside the output.
    ///   - work: what the executor knows it by.
    public init(
      name: String, layout: any EncodingLayout, shape: Shape, panelRows: Int, scratch: Int, work: Int
    ) {
      // Blocks are bytes to a codec, and elements of a type to a GGUF file.
      let block = layout.ggufType
      parts = layout.parts(for: shape).map { part in
        Part(
          name: TensorName(name + part.suffix), dtype: part.dtype, block: block,
          shape: block == nil ? part.shape : shape,
          byteCount: part.byteCount, rowsPerRow: part.rowsPerRow ?? 1,
          bytesPerRow: part.rowsPerRow == nil ? nil : part.bytesPerRow)
      }
      rows = shape.rows
      self.panelRows = panelRows
      self.scratch = scratch
      self.work = work
    }

    /// A stored tensor that is copied as bytes, a panel at a time. Its "rows" are runs of bytes.
    public init(copying record: TensorRecord, work: Int) {
      parts = [
        Part(
          name: record.name, dtype: record.dtype, block: record.block, shape: record.shape, byteCount: record.byteCount,
          rowsPerRow: 1,
          bytesPerRow: PlanBuilder.copiedRowBytes)
      ]
      rows = max(1, record.byteCount.ceilDiv(PlanBuilder.copiedRowBytes))
      panelRows = PlanBuilder.panelBytes / PlanBuilder.copiedRowBytes
      scratch = 0
      self.work = work
    }

    public var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }
  }

  /// A "row" of a tensor that is copied as bytes.
  static let copiedRowBytes = 64 << 10

  /// Output bytes that one panel should have at most, where rows allow it.
  public static let panelBytes = 16 << 20

  private struct File {
    var drafts: [Draft]
    /// nil for the usual name by number.
    var name: String?
    /// Of a file that is none of the set.
    var writer: (any ContainerWriter)?

    var partCount: Int { drafts.reduce(0) { $0 + $1.parts.count } }
  }

  private var files: [File] = []
  private let inputs: PlanInputs
  private let writer: any ContainerWriter

  /// - Parameter metadata: what every header says beside `format: pt`.
  public init(inputs: PlanInputs, metadata: [(key: String, value: String)] = []) {
    self.init(inputs: inputs, writer: SafetensorsWriter(metadata: metadata))
  }

  public init(inputs: PlanInputs, writer: any ContainerWriter) {
    self.inputs = inputs
    self.writer = writer
  }

  /// Adds a file of the set with these tensors, in this order. A file without tensors is left out.
  ///
  /// - Parameter name: nil for the usual name by number.
  public mutating func addFile(_ drafts: [Draft], name: String? = nil) {
    if !drafts.isEmpty { files.append(File(drafts: drafts, name: name)) }
  }

  /// Adds a file that is none of the set, with a header of its own. All of the set are added before.
  ///
  /// - Parameter name: in a GGUF result with `model` in place of the name that the user gives.
  public mutating func addFile(_ drafts: [Draft], name: String, writer: any ContainerWriter) {
    files.append(File(drafts: drafts, name: name, writer: writer))
  }

  public func plan() -> Plan {
    // A GGUF file may hold nothing but metadata.
    let isEmpty = files.allSatisfy { $0.writer != nil }
    let planned = isEmpty && writer.container == .gguf ? [File(drafts: [])] + files : files
    let ofSet = planned.filter { $0.writer == nil }
    let tensorCount = ofSet.reduce(0) { $0 + $1.partCount }
    let partCount = planned.reduce(0) { $0 + $1.partCount }
    var (files, tensors, parts): ([Plan.File], [Plan.Tensor], [Plan.Part]) = ([], [], [])
    tensors.reserveCapacity(planned.reduce(0) { $0 + $1.drafts.count })
    parts.reserveCapacity(partCount)
    for (f, file) in planned.enumerated() {
      let writer = file.writer ?? self.writer
      let place =
        file.writer == nil
        ? FilePlace(number: f, count: ofSet.count, tensorCount: tensorCount)
        : FilePlace(number: 0, count: 1, tensorCount: file.partCount)
      let layout = writer.layout(file.drafts.flatMap { $0.parts.map(\.asStored) }, at: place)
      let (firstTensor, firstOfFile) = (tensors.count, parts.count)
      for draft in file.drafts {
        let firstPart = parts.count
        for part in draft.parts {
          parts.append(
            Plan.Part(
              name: part.name, dtype: part.dtype, block: part.block, shape: part.shape,
              range: layout.ranges[parts.count - firstOfFile], rowsPerRow: part.rowsPerRow,
              bytesPerRow: part.bytesPerRow))
        }
        tensors.append(
          Plan.Tensor(
            file: f, parts: firstPart..<parts.count, rows: draft.rows, panelRows: max(1, draft.panelRows),
            work: draft.work, scratch: draft.scratch))
      }
      files.append(
        Plan.File(
          place: place, writer: writer,
          name: file.name ?? ShardNames.usual(f, of: ofSet.count, writer.container),
          byteCount: layout.byteCount, tensors: firstTensor..<tensors.count,
          headerDigest: SHA256Digest(of: layout.header), isBeside: file.writer != nil))
    }
    let segments = Self.segments(files: files, tensors: tensors, parts: parts)
    var identity = inputs.identity
    for file in files {
      identity += "output \(file.byteCount) \(file.headerDigest) \(file.name)\n"
    }
    for segment in segments {
      identity += "segment \(segment.file) \(segment.firstTensor) \(segment.firstPanel) \(segment.panelCount)\n"
    }
    return Plan(
      files: files, tensors: tensors, parts: parts, segments: segments, inputs: inputs,
      id: SHA256Digest(of: identity), container: writer.container)
  }

  private static let largestSegment = 256 << 20

  /// Cuts the files into runs of panels.
  ///
  /// A segment has at most 256 MiB, or one panel; smaller results get smaller segments, so that several workers have
  /// something to do. A tensor that fits into a segment lies in one, so that its digest is taken as it is written.
  private static func segments(files: [Plan.File], tensors: [Plan.Tensor], parts: [Plan.Part]) -> [Plan.Segment] {
    let total = files.reduce(0) { $0 + $1.byteCount }
    let target = min(largestSegment, max(8 << 20, (total / 128).roundedUp(to: 1 << 20)))
    var segments: [Plan.Segment] = []
    for (f, file) in files.enumerated() {
      var start: (tensor: Int, panel: Int)?
      var (count, bytes) = (0, 0)
      func flush() {
        guard let begin = start else { return }
        segments.append(
          Plan.Segment(file: f, firstTensor: begin.tensor, firstPanel: begin.panel, panelCount: count, byteCount: bytes)
        )
        start = nil
        (count, bytes) = (0, 0)
      }
      for t in file.tensors {
        let whole = tensors[t].parts.reduce(0) { $0 + parts[$1].range.count }
        let staysWhole = whole <= largestSegment
        if staysWhole, bytes + whole > target { flush() }
        for panel in 0..<tensors[t].panelCount {
          let rows = tensors[t].panelRows(panel)
          // A part that serves the tensor as a whole is written with its first panel.
          let size = tensors[t].parts.reduce(0) { sum, part in
            parts[part].bytesPerRow == nil && panel > 0 ? sum : sum + parts[part].byteRange(rows: rows).count
          }
          if !staysWhole, bytes + size > target { flush() }
          if start == nil { start = (t, panel) }
          count += 1
          bytes += size
        }
      }
      flush()
    }
    return segments
  }
}
