public import CheckpointKit

/// Carries out a conversion panel by panel: reads the source's parts, decodes a strip, encodes it, measures some rows.
public struct ConvertExecutor: PanelExecutor {
  private let convert: ConvertPlan
  private let source: SourceFiles
  private let pieces: PieceReader
  private let assemblies: AssemblyExecutor

  public init(_ convert: ConvertPlan) {
    self.convert = convert
    source = SourceFiles(convert.binding.checkpoint)
    pieces = PieceReader(convert.binding.checkpoint, source)
    assemblies = AssemblyExecutor(convert, pieces)
  }

  public var sources: SourceFiles? { source }

  public func requireUnchanged() throws(CheckpointError) {
    try source.requireUnchanged()
    try convert.options.importance?.requireUnchanged()
  }

  public func shards(of tensor: Plan.Tensor) -> Set<Int> {
    let records: [Int] =
      switch convert.works[tensor.work].operation {
      case .copy(let records): records
      case .quantize(let piece, _): piece.records
      case .restack(_, let pieces, _): pieces.flatMap(\.records)
      case .assemble(let assembly, _):
        assembly.sources.flatMap { convert.binding.tensors[$0].pieces.flatMap(\.records) }
      }
    return Set(records.map { convert.binding.checkpoint.records[$0].shard })
  }

  public func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let work = convert.works[tensor.work]
    switch work.operation {
    case .copy(let records):
      for (i, part) in tensor.parts.enumerated() {
        let range = convert.plan.parts[part].byteRange(rows: panel.rows)
        try source.read(convert.binding.checkpoint.records[records[i]], range, into: outputs[i])
      }
      return PanelReport()
    case .assemble(let assembly, let options):
      return try assemblies.fill(panel.rows, work, assembly, options, outputs, workspace)
    case .restack(_, let pieces, let options):
      return try restack(panel.rows, work, pieces, options, outputs, workspace)
    case .quantize(let piece, let options):
      guard let target = work.target else { return PanelReport() }
      return try quantize(panel.rows, work, piece, target, options, outputs, workspace)
    }
  }

  public func expect(_ panel: Plan.Panel, of tensor: Plan.Tensor) {
    let records = convert.binding.checkpoint.records
    switch convert.works[tensor.work].operation {
    case .copy(let copied):
      for (record, part) in zip(copied, tensor.parts) {
        source.expect(records[record], convert.plan.parts[part].byteRange(rows: panel.rows))
      }
    case .assemble(let assembly, _): assemblies.expect(panel.rows, assembly)
    case .restack(_, let pieces, _): self.pieces.expect(panel.rows, of: pieces)
    case .quantize(let piece, _):
      if !piece.isWhole { return pieces.expect(panel.rows, of: [piece]) }
      for (record, part) in zip(piece.records, piece.layout.parts(for: piece.shape)) {
        source.expect(records[record], part.byteRange(rows: panel.rows))
      }
    }
  }

  private func quantize(
    _ rows: Range<Int>, _ work: ConvertPlan.Work, _ piece: Piece, _ target: any EncodingLayout,
    _ options: EncodeOptions, _ outputs: [UnsafeMutableRawBufferPointer], _ workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let shape = work.shape
    let sourceParts = piece.layout.parts(for: piece.shape)
    let chunkRows = min(ConvertPlan.chunkRows(shape, piece.layout, target), rows.count)
    let stripRows = min(ConvertPlan.stripRows(shape, piece.layout, target), rows.count)
    var buffers: [UnsafeMutableRawBufferPointer] = []
    for part in piece.isWhole ? sourceParts : [] {
      buffers.append(try workspace.take(part.byteRange(rows: rows.lowerBound..<rows.lowerBound + chunkRows).count))
    }
    let run = Run(
      work: work, options: options, decoder: Codecs.codec(for: piece.layout),
      output: PanelOutput(
        shape: shape, codec: Codecs.codec(for: target), panel: rows, parts: target.parts(for: shape), bytes: outputs),
      stripRows: stripRows,
      values: try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self),
      decoded: try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self))
    var report = PanelReport()
    report.rows = rows.count
    if !piece.isWhole {
      let scratch = ReadScratch()
      report.add(
        try quantizeByStrips(rows, run) { (strip, values) throws(CheckpointError) in
          try pieces.read(strip, of: [piece], shape, into: values, scratch: scratch)
        })
      return report
    }
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: chunkRows) {
      let chunk = start..<min(rows.upperBound, start + chunkRows)
      let stored = try read(chunk, of: piece, sourceParts, into: buffers)
      if let direct = quantizeDirectly(chunk, stored, run) {
        report.add(direct)
      } else {
        report.add(
          try quantizeByStrips(chunk, run) { (strip, values) throws(CheckpointError) in
            run.decoder.decode(rows: strip, columns: 0..<shape.columns, of: stored, into: values)
          })
      }
    }
    return report
  }

  private func restack(
    _ rows: Range<Int>, _ work: ConvertPlan.Work, _ pieces: [Piece], _ options: EncodeOptions,
    _ outputs: [UnsafeMutableRawBufferPointer], _ workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    guard let target = work.target, let first = pieces.first else { return PanelReport() }
    let shape = work.shape
    let stripRows = min(ConvertPlan.stripRows(shape, target, target), rows.count)
    let scratch = ReadScratch(try workspace.take(PieceReader.scratchBytes(stripRows, of: pieces)))
    let run = Run(
      work: work, options: options, decoder: Codecs.codec(for: first.layout),
      output: PanelOutput(
        shape: shape, codec: Codecs.codec(for: target), panel: rows, parts: target.parts(for: shape), bytes: outputs),
      stripRows: stripRows, values: try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self),
      decoded: try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self))
    var report = try quantizeByStrips(rows, run) { (strip, values) throws(CheckpointError) in
      try self.pieces.read(strip, of: pieces, shape, into: values, scratch: scratch)
    }
    report.rows = rows.count
    return report
  }

  /// What stays the same for all chunks of a panel.
  private struct Run {
    var work: ConvertPlan.Work
    var options: EncodeOptions
    var decoder: any Codec
    var output: PanelOutput
    var stripRows: Int
    /// A strip of values, and room to decode as much again.
    var values: UnsafeMutableBufferPointer<Float>
    var decoded: UnsafeMutableBufferPointer<Float>
  }

  /// - Parameter decode: gives the values of some rows.
  private func quantizeByStrips(
    _ rows: Range<Int>, _ run: Run,
    decode: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> PanelReport {
    let shape = run.output.shape
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: run.stripRows) {
      let strip = start..<min(rows.upperBound, start + run.stripRows)
      let values = UnsafeMutableBufferPointer(rebasing: run.values[..<(strip.count * shape.columns)])
      try decode(strip, values)
      let encoded = run.output.codec.encode(
        UnsafeBufferPointer(values), rows: strip, shape: shape, options: run.options, into: run.output.bytes(of: strip))
      if let place = encoded.nonFinite {
        throw nonFinite(run.work, place, values[(place.row - start) * shape.columns + place.column], run)
      }
      report.groups += encoded.groups
      report.exactGroups += encoded.exactGroups
      for measured in convert.options.errors.runs(of: strip) {
        let first = (measured.lowerBound - start) * shape.columns
        let original = values[first..<first + measured.count * shape.columns]
        run.output.measure(measured, UnsafeBufferPointer(rebasing: original), decoded: run.decoded, &report)
      }
    }
    return report
  }

  /// Without a strip of values in between, where there is a way (``FusedEncoding``).
  ///
  /// - Returns: nil where there is none, or where there is something in the panel that the longer way must look at.
  private func quantizeDirectly(_ rows: Range<Int>, _ stored: StoredRows, _ run: Run) -> PanelReport? {
    let output = run.output
    guard let fused = FusedEncoding.between(run.decoder, output.codec, run.options), stored.shape == output.shape,
      stored.shape.columns > 0
    else { return nil }
    let columns = output.shape.columns
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: fused.step) {
      let part = start..<min(rows.upperBound, start + fused.step)
      guard let encoded = fused.encode(stored, rows: part, into: output.bytes(of: part)) else { return nil }
      report.groups += encoded.groups
      for measured in convert.options.errors.runs(of: part) {
        let original = UnsafeMutableBufferPointer(rebasing: run.values[..<(measured.count * columns)])
        run.decoder.decode(rows: measured, columns: 0..<columns, of: stored, into: original)
        output.measure(measured, UnsafeBufferPointer(original), decoded: run.decoded, &report)
      }
    }
    return report
  }

  private func read(
    _ rows: Range<Int>, of piece: Piece, _ parts: [StoredPart], into buffers: [UnsafeMutableRawBufferPointer]
  ) throws(CheckpointError) -> StoredRows {
    var read: [UnsafeRawBufferPointer] = []
    for (i, part) in parts.enumerated() {
      let range = part.byteRange(rows: rows)
      let buffer = UnsafeMutableRawBufferPointer(rebasing: buffers[i][..<range.count])
      try source.read(convert.binding.checkpoint.records[piece.records[i]], range, into: buffer)
      read.append(UnsafeRawBufferPointer(buffer))
    }
    return StoredRows(shape: piece.shape, rows: rows, parts: read)
  }

  private func nonFinite(
    _ work: ConvertPlan.Work, _ place: (row: Int, column: Int), _ value: Float, _ run: Run
  ) -> CheckpointError {
    let holder = run.output.codec.layout.plainDType ?? run.options.weightDType
    let reason = value.isFinite ? ", which \(holder) cannot hold," : ""
    return CheckpointError(
      .nonFinite, tensor: convert.name(of: work),
      "has the value \(value)\(reason) in row \(place.row), column \(place.column), and cannot be quantized",
      hint: "the source is damaged, or was made with an overflow: check it, or get it again")
  }
}
