public import CheckpointKit

/// Carries out a conversion panel by panel: reads the source's parts, decodes a strip, encodes it, measures some rows.
public struct ConvertExecutor: PanelExecutor {
  private let convert: ConvertPlan
  private let source: SourceFiles

  public init(_ convert: ConvertPlan) {
    self.convert = convert
    source = SourceFiles(convert.binding.checkpoint)
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
    case .quantize(let piece, _):
      for (record, part) in zip(piece.records, piece.layout.parts(for: piece.shape)) {
        source.expect(records[record], part.byteRange(rows: panel.rows))
      }
    }
  }

  private func quantize(
    _ rows: Range<Int>, _ work: ConvertPlan.Work, _ piece: Piece, _ target: any EncodingLayout,
    _ options: EncodeOptions, _ outputs: [UnsafeMutableRawBufferPointer], _ workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let stored = try read(rows, of: piece, workspace)
    let (decoder, encoder) = (Codecs.codec(for: piece.layout), Codecs.codec(for: target))
    let shape = work.shape
    let stripRows = min(ConvertPlan.stripRows(shape, piece.layout, target), rows.count)
    let values = try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self)
    let decoded = try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self)
    let output = Output(shape: shape, codec: encoder, panel: rows, parts: target.parts(for: shape), bytes: outputs)
    if let report = quantizeDirectly(stored, decoder, options, output, values, decoded) { return report }
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      let strip = start..<min(rows.upperBound, start + stripRows)
      let strips = UnsafeMutableBufferPointer(rebasing: values[..<(strip.count * shape.columns)])
      decoder.decode(rows: strip, columns: 0..<shape.columns, of: stored, into: strips)
      let encoded = encoder.encode(
        UnsafeBufferPointer(strips), rows: strip, shape: shape, options: options, into: output.bytes(of: strip))
      if let place = encoded.nonFinite {
        throw nonFinite(work, place, strips[(place.row - start) * shape.columns + place.column], options)
      }
      report.groups += encoded.groups
      report.exactGroups += encoded.exactGroups
      for run in measuredRuns(of: strip) {
        let first = (run.lowerBound - start) * shape.columns
        let original = strips[first..<first + run.count * shape.columns]
        measure(run, UnsafeBufferPointer(rebasing: original), output, decoded, &report)
      }
    }
    report.rows = rows.count
    return report
  }

  /// Block-fp8 to INT4 by the `ct` rule without a strip of values in between: the same bytes and figures, several times
  /// faster.
  ///
  /// - Returns: nil where this is another pair of encodings, or where there is something in the panel that the longer
  ///   way must look at.
  private func quantizeDirectly(
    _ stored: StoredRows, _ decoder: any Codec, _ options: EncodeOptions, _ output: Output,
    _ values: UnsafeMutableBufferPointer<Float>, _ decoded: UnsafeMutableBufferPointer<Float>
  ) -> PanelReport? {
    guard let decoder = decoder as? FP8BlockCodec, let encoder = output.codec as? PackedINT4Codec,
      options.rounding == .ct, options.weightDType == .bf16, encoder.layout.scale == .bf16,
      stored.shape == output.shape,
      stored.shape.columns > 0
    else { return nil }
    let (rows, columns) = (output.panel, output.shape.columns)
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: FP8BlockLayout.block) {
      let part = start..<min(rows.upperBound, start + FP8BlockLayout.block)
      guard let encoded = encoder.encode(stored, of: decoder, rows: part, into: output.bytes(of: part)) else {
        return nil
      }
      report.groups += encoded.groups
      for run in measuredRuns(of: part) {
        let original = UnsafeMutableBufferPointer(rebasing: values[..<(run.count * columns)])
        decoder.decode(rows: run, columns: 0..<columns, of: stored, into: original)
        measure(run, UnsafeBufferPointer(original), output, decoded, &report)
      }
    }
    report.rows = rows.count
    return report
  }

  /// Where a panel's bytes go.
  private struct Output {
    var shape: Shape
    var codec: any Codec
    var panel: Range<Int>
    var parts: [StoredPart]
    var bytes: [UnsafeMutableRawBufferPointer]

    /// The bytes of each part that serve some rows of the panel.
    func bytes(of rows: Range<Int>) -> [UnsafeMutableRawBufferPointer] {
      parts.enumerated().map { i, part in
        let base = part.byteRange(rows: panel).lowerBound
        let range = part.byteRange(rows: rows)
        return UnsafeMutableRawBufferPointer(rebasing: bytes[i][range.lowerBound - base..<range.upperBound - base])
      }
    }
  }

  private func read(
    _ rows: Range<Int>, of piece: Piece, _ workspace: Workspace
  ) throws(CheckpointError) -> StoredRows {
    var parts: [UnsafeRawBufferPointer] = []
    for (i, part) in piece.layout.parts(for: piece.shape).enumerated() {
      let range = part.byteRange(rows: rows)
      let buffer = try workspace.take(range.count)
      try source.read(convert.binding.checkpoint.records[piece.records[i]], range, into: buffer)
      parts.append(UnsafeRawBufferPointer(buffer))
    }
    return StoredRows(shape: piece.shape, rows: rows, parts: parts)
  }

  private func nonFinite(
    _ work: ConvertPlan.Work, _ place: (row: Int, column: Int), _ value: Float, _ options: EncodeOptions
  ) -> CheckpointError {
    let reason = value.isFinite ? ", which \(options.weightDType) cannot hold," : ""
    return CheckpointError(
      .nonFinite, tensor: convert.name(of: work),
      "has the value \(value)\(reason) in row \(place.row), column \(place.column), and cannot be quantized",
      hint: "the source is damaged, or was made with an overflow: check it, or get it again")
  }

  // MARK: Measuring

  /// Rows on which the error is measured are whole runs of sixteen.
  private static let run = 16

  /// The runs within some rows on which the error is to be known. Rows begin on a multiple of sixteen.
  private func measuredRuns(of rows: Range<Int>) -> [Range<Int>] {
    if convert.options.errors == .none { return [] }
    return stride(from: rows.lowerBound, to: rows.upperBound, by: Self.run)
      .filter { convert.options.errors == .all || $0 / Self.run % 16 == 0 }
      .map { $0..<min(rows.upperBound, $0 + Self.run) }
  }

  /// Decodes what was encoded and sums the squares.
  private func measure(
    _ run: Range<Int>, _ original: UnsafeBufferPointer<Float>, _ output: Output,
    _ decoded: UnsafeMutableBufferPointer<Float>, _ report: inout PanelReport
  ) {
    let columns = output.shape.columns
    let stored = StoredRows(
      shape: output.shape, rows: run, parts: output.bytes(of: run).map { UnsafeRawBufferPointer($0) })
    let result = UnsafeMutableBufferPointer(rebasing: decoded[..<original.count])
    output.codec.decode(rows: run, columns: 0..<columns, of: stored, into: result)
    for start in stride(from: 0, to: original.count, by: max(1, columns)) {
      let sums = ErrorSums(
        of: UnsafeBufferPointer(rebasing: original[start..<start + columns]),
        against: UnsafeBufferPointer(rebasing: result[start..<start + columns]))
      report.squaredError += sums.squaredError
      report.squaredReference += sums.squaredReference
    }
    report.measuredRows += run.count
  }
}
