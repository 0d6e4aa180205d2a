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
    let targetParts = target.parts(for: shape)
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      let strip = start..<min(rows.upperBound, start + stripRows)
      let strips = UnsafeMutableBufferPointer(rebasing: values[..<(strip.count * shape.columns)])
      decoder.decode(rows: strip, columns: 0..<shape.columns, of: stored, into: strips)
      let parts = targetParts.enumerated().map { i, part in
        let base = part.byteRange(rows: rows).lowerBound
        let range = part.byteRange(rows: strip)
        return UnsafeMutableRawBufferPointer(rebasing: outputs[i][range.lowerBound - base..<range.upperBound - base])
      }
      let encoded = encoder.encode(
        UnsafeBufferPointer(strips), rows: strip, shape: shape, options: options, into: parts)
      if let place = encoded.nonFinite {
        throw nonFinite(work, place, strips[(place.row - start) * shape.columns + place.column])
      }
      report.groups += encoded.groups
      report.exactGroups += encoded.exactGroups
      measure(strip, shape, strips, decoded, encoder, parts, &report)
    }
    report.rows = rows.count
    return report
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

  private func nonFinite(_ work: ConvertPlan.Work, _ place: (row: Int, column: Int), _ value: Float) -> CheckpointError
  {
    CheckpointError(
      .nonFinite, tensor: convert.name(of: work),
      "has the value \(value) in row \(place.row), column \(place.column), and cannot be quantized",
      hint: "the source is damaged, or was made with an overflow: check it, or get it again")
  }

  // MARK: Measuring

  /// Rows of a strip on which the error is measured are whole runs of sixteen.
  private static let run = 16

  /// Decodes what was encoded, where the error is to be known, and sums the squares.
  private func measure(
    _ strip: Range<Int>, _ shape: Shape, _ values: UnsafeMutableBufferPointer<Float>,
    _ decoded: UnsafeMutableBufferPointer<Float>, _ codec: any Codec, _ parts: [UnsafeMutableRawBufferPointer],
    _ report: inout PanelReport
  ) {
    if convert.options.errors == .none { return }
    let stored = StoredRows(shape: shape, rows: strip, parts: parts.map { UnsafeRawBufferPointer($0) })
    for start in stride(from: strip.lowerBound, to: strip.upperBound, by: Self.run) {
      guard convert.options.errors == .all || start / Self.run % 16 == 0 else { continue }
      let rows = start..<min(strip.upperBound, start + Self.run)
      codec.decode(rows: rows, columns: 0..<shape.columns, of: stored, into: decoded)
      for row in rows {
        let original = values[((row - strip.lowerBound) * shape.columns)...].prefix(shape.columns)
        let result = decoded[((row - start) * shape.columns)...].prefix(shape.columns)
        let sums = ErrorSums(
          of: UnsafeBufferPointer(rebasing: original), against: UnsafeBufferPointer(rebasing: result))
        report.squaredError += sums.squaredError
        report.squaredReference += sums.squaredReference
      }
      report.measuredRows += rows.count
    }
  }
}
