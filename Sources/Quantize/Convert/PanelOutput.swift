internal import CheckpointKit

/// Where the bytes of a panel go, and how far they are from the values they were made of.
struct PanelOutput {
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

  /// Decodes what was encoded and sums the squares.
  ///
  /// - Parameter decoded: room for as many values as there are originals.
  func measure(
    _ run: Range<Int>, _ original: UnsafeBufferPointer<Float>, decoded: UnsafeMutableBufferPointer<Float>,
    _ report: inout PanelReport
  ) {
    let columns = shape.columns
    let stored = StoredRows(
      shape: shape, rows: run, parts: bytes(of: run).map { UnsafeRawBufferPointer($0) })
    let result = UnsafeMutableBufferPointer(rebasing: decoded[..<original.count])
    codec.decode(rows: run, columns: 0..<columns, of: stored, into: result)
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

extension ConvertOptions.Errors {
  /// Rows on which the error is measured are whole runs of sixteen.
  private static let run = 16

  /// The runs within some rows of a matrix on which the error is to be known.
  func runs(of rows: Range<Int>) -> [Range<Int>] {
    if self == .none { return [] }
    var runs: [Range<Int>] = []
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, (start / Self.run + 1) * Self.run)
      if self == .all || start / Self.run % 16 == 0 { runs.append(start..<end) }
      start = end
    }
    return runs
  }
}
