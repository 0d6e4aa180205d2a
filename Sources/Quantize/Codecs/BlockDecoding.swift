internal import CheckpointKit

extension Codec {
  /// Decodes columns of rows that are stored in blocks: `decode` fills in whole blocks of a row, and what the columns cut
  /// off of the first and the last is left out.
  ///
  /// - Parameters:
  ///   - size: values of a block.
  ///   - decode: gets the row, the numbers of its blocks, and room for all of their values.
  func decodeBlocks(
    of size: Int, rows: Range<Int>, columns: Range<Int>, into output: UnsafeMutableBufferPointer<Float>,
    _ decode: (_ row: Int, _ blocks: Range<Int>, _ values: UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    let blocks = columns.lowerBound / size..<columns.upperBound.ceilDiv(size)
    if columns.lowerBound % size == 0, columns.upperBound % size == 0 {
      for (i, row) in rows.enumerated() {
        decode(row, blocks, UnsafeMutableBufferPointer(rebasing: output[i * columns.count..<(i + 1) * columns.count]))
      }
      return
    }
    let first = columns.lowerBound - blocks.lowerBound * size
    withUnsafeTemporaryAllocation(of: Float.self, capacity: blocks.count * size) { values in
      for (i, row) in rows.enumerated() {
        decode(row, blocks, values)
        let target = UnsafeMutableBufferPointer(rebasing: output[i * columns.count..<(i + 1) * columns.count])
        _ = target.update(fromContentsOf: values[first..<first + columns.count])
      }
    }
  }
}
