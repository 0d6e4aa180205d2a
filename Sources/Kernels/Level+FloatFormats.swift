internal import CKernels

/// BF16 and F16 values to Float32 and back, as ``FloatFormats`` says, and the search for what is not finite.
extension Level {
  public func decodeBF16(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>) {
    precondition(bytes.count == 2 * values.count)
    guard let from = bytes.bytePointer, let to = values.baseAddress else { return }
    table.decode_bf16(from, values.count, to)
  }

  /// To nearest, ties to even; NaN stays NaN.
  public func encodeBF16(_ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count == 2 * values.count)
    guard let from = values.baseAddress, let to = bytes.bytePointer else { return }
    table.encode_bf16(from, values.count, to)
  }

  public func decodeF16(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>) {
    precondition(bytes.count == 2 * values.count)
    guard let from = bytes.bytePointer, let to = values.baseAddress else { return }
    table.decode_f16(from, values.count, to)
  }

  /// To nearest, ties to even; beyond the range infinite.
  public func encodeF16(_ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count == 2 * values.count)
    guard let from = values.baseAddress, let to = bytes.bytePointer else { return }
    table.encode_f16(from, values.count, to)
  }

  /// The index of the first value that is infinite or NaN.
  public func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
    guard let from = values.baseAddress else { return nil }
    let index = table.first_non_finite(from, values.count)
    return index < 0 ? nil : index
  }
}
