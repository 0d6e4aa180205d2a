internal import CKernels

/// FP8 (E4M3) in blocks of 128 × 128, a row at a time, as ``FP8Reference`` says.
extension Level {
  private static let block = 128

  /// - Parameters:
  ///   - row: the codes of a whole row.
  ///   - scales: of the row's blocks, from column 0.
  ///   - values: one for each of the columns.
  public func decodeFP8(
    _ row: UnsafeRawBufferPointer, columns: Range<Int>, scales: UnsafeBufferPointer<Float>,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(columns.lowerBound >= 0 && columns.upperBound <= row.count && columns.count == values.count)
    precondition(scales.count * Self.block >= columns.upperBound)
    guard let from = row.bytePointer, let scales = scales.baseAddress, let to = values.baseAddress else { return }
    table.decode_fp8(from, columns.lowerBound, columns.count, scales, to)
  }

  /// Raises each of `largest` to the largest magnitude of a row in that block of columns.
  ///
  /// Magnitudes are bits of a Float32 without its sign, in which infinity and NaN are the largest numbers.
  public func largestByBlock(_ row: UnsafeBufferPointer<Float>, into largest: UnsafeMutableBufferPointer<UInt32>) {
    precondition(largest.count * Self.block >= row.count)
    guard let from = row.baseAddress, let to = largest.baseAddress else { return }
    table.largest_by_block(from, row.count, to)
  }

  /// - Parameter scales: of the row's blocks, as they are stored.
  public func encodeFP8(
    _ row: UnsafeBufferPointer<Float>, scales: UnsafeBufferPointer<Float>, into codes: UnsafeMutableRawBufferPointer
  ) {
    precondition(codes.count == row.count && scales.count * Self.block >= row.count)
    guard let from = row.baseAddress, let scales = scales.baseAddress, let to = codes.bytePointer else { return }
    table.encode_fp8(from, row.count, scales, to)
  }
}
