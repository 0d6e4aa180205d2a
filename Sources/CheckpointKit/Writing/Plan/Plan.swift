/// Everything that a writing verb will write: each file, each stored tensor in it, each panel of work.
///
/// A plan is a pure function of the inputs' headers and small files, the recipe and specs, the options that change bytes,
/// and the version. Threads, memory, paths and time have no part in it.
public struct Plan: Sendable {
  /// A stored tensor of the result.
  public struct Part: Sendable {
    public let name: TensorName
    public let dtype: DType
    /// The type of quantized blocks, in a GGUF file.
    public let block: GGUFType?
    public let shape: Shape
    /// Its bytes in the file, counted from the file's start.
    public let range: Range<Int>
    /// How many rows of the tensor share a row of the part.
    let rowsPerRow: Int
    /// nil for a part that belongs to the tensor as a whole and is written with its first panel.
    let bytesPerRow: Int?

    /// The bytes of the part, from its start, that serve some rows of the tensor.
    public func byteRange(rows: Range<Int>) -> Range<Int> {
      guard let bytesPerRow else { return 0..<range.count }
      let end = rows.upperBound.ceilDiv(rowsPerRow) * bytesPerRow
      return min(range.count, rows.lowerBound / rowsPerRow * bytesPerRow)..<min(range.count, end)
    }
  }

  /// A matrix of the result: the parts of one tensor, written together.
  public struct Tensor: Sendable {
    public let file: Int
    /// Indices into the plan's parts.
    public let parts: Range<Int>
    public let rows: Int
    /// Rows of every panel but the last.
    public let panelRows: Int
    /// What the executor knows it by.
    public let work: Int
    /// Bytes an executor needs beside the output, for one panel.
    public let scratch: Int

    public var panelCount: Int { max(1, rows.ceilDiv(panelRows)) }

    public func panelRows(_ panel: Int) -> Range<Int> {
      panel * panelRows..<min(rows, (panel + 1) * panelRows)
    }
  }

  public struct File: Sendable {
    /// Its place in the set that its header speaks of.
    let place: FilePlace
    /// Makes its header.
    let writer: any ContainerWriter
    /// In a folder; that of a GGUF file has `model` in place of the name that the user gives.
    public let name: String
    public let byteCount: Int
    /// Indices into the plan's tensors.
    public let tensors: Range<Int>
    public let headerDigest: SHA256Digest
    /// Whether it is none of the set, but a file of its own beside it.
    public let isBeside: Bool
  }

  /// The unit of memory: a run of rows of one tensor.
  public struct Panel: Sendable, Hashable {
    public let tensor: Int
    public let rows: Range<Int>
  }

  /// The unit of work and of resuming: a run of panels of one file.
  public struct Segment: Sendable {
    public let file: Int
    /// First panel: which tensor, and which of its panels.
    public let firstTensor: Int
    public let firstPanel: Int
    public let panelCount: Int
    public let byteCount: Int
  }

  public let files: [File]
  public let tensors: [Tensor]
  public let parts: [Part]
  public let segments: [Segment]
  /// What the plan was made of, for the plan file and for refusing another one.
  public let inputs: PlanInputs
  /// SHA-256 over all of it.
  public let id: SHA256Digest
  /// The kind of its files.
  public let container: Container

  public var outputBytes: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// Bytes of memory that the largest panel needs.
  public var panelMemory: Int { tensors.reduce(0) { max($0, outputMemory(of: $1) + $1.scratch) } }

  /// Those of them that hold what is written, in the largest such.
  var panelOutput: Int { tensors.reduce(0) { max($0, outputMemory(of: $1)) } }

  private func outputMemory(of tensor: Tensor) -> Int {
    let rows = tensor.panelRows(0)
    return tensor.parts.reduce(0) { $0 + parts[$1].byteRange(rows: rows).count.roundedUp(to: 64) }
  }

  /// The panels of a segment, in order.
  public func panels(of segment: Segment) -> [Panel] {
    var panels: [Panel] = []
    panels.reserveCapacity(segment.panelCount)
    var (tensor, panel) = (segment.firstTensor, segment.firstPanel)
    while panels.count < segment.panelCount {
      if panel == tensors[tensor].panelCount {
        (tensor, panel) = (tensor + 1, 0)
        continue
      }
      panels.append(Panel(tensor: tensor, rows: tensors[tensor].panelRows(panel)))
      panel += 1
    }
    return panels
  }

  /// Whether all panels of a tensor lie in one segment, so that its digest can be taken as it is written.
  func isWhole(_ tensor: Int, in segment: Segment) -> Bool {
    let last = tensors[tensor].panelCount - 1
    return contains(segment, tensor, 0) && contains(segment, tensor, last)
  }

  private func contains(_ segment: Segment, _ tensor: Int, _ panel: Int) -> Bool {
    var place = panel - (tensor == segment.firstTensor ? segment.firstPanel : 0)
    if tensor < segment.firstTensor || place < 0 { return false }
    for t in segment.firstTensor..<tensor {
      place += tensors[t].panelCount - (t == segment.firstTensor ? segment.firstPanel : 0)
    }
    return place < segment.panelCount
  }

  /// The first bytes of a file, up to its first tensor.
  public func header(of file: File) -> [UInt8] {
    layout(of: file).header
  }

  func layout(of file: File) -> FileLayout {
    let stored = file.tensors.flatMap { tensors[$0].parts.map { parts[$0].asStored } }
    return file.writer.layout(stored, at: file.place)
  }
}

extension Plan.Part {
  var asStored: StoredTensor {
    StoredTensor(name: name, dtype: dtype, block: block, shape: shape, byteCount: range.count)
  }
}
