public import CheckpointKit

/// Carries out a conversion panel by panel: reads the source's parts, decodes a strip, encodes it, measures some rows.
public struct ConvertExecutor: PanelExecutor {
  private let convert: ConvertPlan
  private let source: SourceFiles
  private let reader: TensorReader

  public init(_ convert: ConvertPlan) {
    self.convert = convert
    reader = TensorReader(convert.binding)
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
      // Where a view's bytes lie is known when it is read.
      if !piece.isWhole { return }
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
      output: Output(
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
          try reader.read(strip, of: piece, into: values, scratch)
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

  /// What stays the same for all chunks of a panel.
  private struct Run {
    var work: ConvertPlan.Work
    var options: EncodeOptions
    var decoder: any Codec
    var output: Output
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
        throw nonFinite(run.work, place, values[(place.row - start) * shape.columns + place.column], run.options)
      }
      report.groups += encoded.groups
      report.exactGroups += encoded.exactGroups
      for measured in measuredRuns(of: strip) {
        let first = (measured.lowerBound - start) * shape.columns
        let original = values[first..<first + measured.count * shape.columns]
        measure(measured, UnsafeBufferPointer(rebasing: original), run.output, run.decoded, &report)
      }
    }
    return report
  }

  /// Block-fp8 to INT4 by the `ct` rule without a strip of values in between: the same bytes and figures, several times
  /// faster.
  ///
  /// - Returns: nil where this is another pair of encodings, or where there is something in the panel that the longer
  ///   way must look at.
  private func quantizeDirectly(_ rows: Range<Int>, _ stored: StoredRows, _ run: Run) -> PanelReport? {
    let output = run.output
    guard let decoder = run.decoder as? FP8BlockCodec, let encoder = output.codec as? PackedINT4Codec,
      run.options.rounding == .ct, run.options.weightDType == .bf16, encoder.layout.scale == .bf16,
      stored.shape == output.shape, stored.shape.columns > 0
    else { return nil }
    let columns = output.shape.columns
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: FP8BlockLayout.block) {
      let part = start..<min(rows.upperBound, start + FP8BlockLayout.block)
      guard let encoded = encoder.encode(stored, of: decoder, rows: part, into: output.bytes(of: part)) else {
        return nil
      }
      report.groups += encoded.groups
      for measured in measuredRuns(of: part) {
        let original = UnsafeMutableBufferPointer(rebasing: run.values[..<(measured.count * columns)])
        decoder.decode(rows: measured, columns: 0..<columns, of: stored, into: original)
        measure(measured, UnsafeBufferPointer(original), output, run.decoded, &report)
      }
    }
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
