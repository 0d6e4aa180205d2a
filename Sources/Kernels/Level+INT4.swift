internal import CKernels

/// Symmetric INT4 in groups, a row at a time, as ``INT4Reference`` says.
extension Level {
  /// - Parameters:
  ///   - row: the nibbles of a whole row, two to a byte, the even column in the lower half.
  ///   - scales: of the row's groups, from column 0.
  public func decodeINT4(
    _ row: UnsafeRawBufferPointer, columns: Range<Int>, group: Int, scales: UnsafeBufferPointer<Float>,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(columns.lowerBound >= 0 && columns.upperBound <= 2 * row.count && columns.count == values.count)
    precondition(group > 0 && group % 32 == 0 && scales.count * group >= columns.upperBound)
    guard let from = row.bytePointer, let scales = scales.baseAddress, let to = values.baseAddress else { return }
    table.decode_int4(from, columns.lowerBound, columns.count, group, scales, to)
  }

  /// Quantizes a row by the `ct` rule.
  ///
  /// - Returns: the first column whose value, rounded to the precision, is not finite; what was written is then
  ///   incomplete.
  public func encodeINT4(
    _ row: UnsafeBufferPointer<Float>, group: Int, _ precision: INT4Reference.Precision,
    scales: UnsafeMutableBufferPointer<Float>, packed: UnsafeMutableRawBufferPointer
  ) -> Int? {
    precondition(isWhole(row.count, group, scales.count, packed.count))
    guard let from = row.baseAddress, let scales = scales.baseAddress, let to = packed.bytePointer else { return nil }
    let column = table.encode_int4(from, row.count, group, precision.number, scales, to)
    return column < 0 ? nil : column
  }

  /// Quantizes a row by the `mse` rule; otherwise as ``encodeINT4(_:group:_:scales:packed:)``.
  public func searchINT4(
    _ row: UnsafeBufferPointer<Float>, group: Int, _ precision: INT4Reference.Precision,
    scales: UnsafeMutableBufferPointer<Float>, packed: UnsafeMutableRawBufferPointer
  ) -> Int? {
    precondition(isWhole(row.count, group, scales.count, packed.count))
    guard let from = row.baseAddress, let scales = scales.baseAddress, let to = packed.bytePointer else { return nil }
    let column = INT4Reference.searchFactors.withUnsafeBufferPointer { factors in
      factors.baseAddress.map {
        table.search_int4(from, row.count, group, precision.number, $0, factors.count, scales, to)
      }
    }
    return column.flatMap { $0 < 0 ? nil : $0 }
  }

  /// Quantizes block-fp8 by the `ct` rule in BF16 without going through Float32: the bits of decoding and encoding,
  /// faster.
  ///
  /// - Parameters:
  ///   - codes: whole rows, all of one row of blocks.
  ///   - blockScales: of the blocks, from column 0.
  ///   - scales: gets the scales of the groups in BF16, row by row.
  ///   - packed: gets the nibbles, row by row.
  /// - Returns: false where this way cannot be taken: a code is NaN, or a block's scale is negative, not finite, so
  ///   large that BF16 could not hold a product, or so small that a product could be subnormal. What was written is
  ///   then incomplete.
  public func encodeINT4(
    fp8 codes: UnsafeRawBufferPointer, columns: Int, blockScales: UnsafeBufferPointer<Float>, group: Int,
    scales: UnsafeMutableRawBufferPointer, packed: UnsafeMutableRawBufferPointer
  ) -> Bool {
    precondition(columns > 0 && codes.count % columns == 0 && blockScales.count * 128 >= columns)
    precondition([32, 64, 128].contains(group) && columns % group == 0)
    precondition(isWhole(codes.count, group, scales.count / 2, packed.count))
    for scale in blockScales {
      guard scale == 0 || scale >= 0x1p-110, FloatFormats.roundedToBF16(448 * scale).isFinite else { return false }
    }
    guard let from = codes.bytePointer, let blockScales = blockScales.baseAddress, let scales = scales.bytePointer,
      let to = packed.bytePointer
    else { return true }
    return table.fp8_to_int4(from, codes.count / columns, columns, blockScales, group, scales, to) != 0
  }

  private func isWhole(_ values: Int, _ group: Int, _ scales: Int, _ bytes: Int) -> Bool {
    group > 0 && group % 32 == 0 && values % group == 0 && scales == values / group && bytes == values / 2
  }
}

extension INT4Reference.Precision {
  fileprivate var number: Int32 {
    switch self {
    case .bf16: Int32(ckernels_bf16)
    case .f16: Int32(ckernels_f16)
    case .f32: Int32(ckernels_f32)
    }
  }
}
