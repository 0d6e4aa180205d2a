/// MXFP4 as gpt-oss stores it: 16 bytes of E2M1 codes for 32 values, and a scale byte beside them.
///
/// The GGUF block of the same name has the scale byte in front and puts element i beside element i + 16, where this one
/// puts 2i beside 2i + 1: codes and scales are the same, so that one becomes the other without a change of value.
public enum MXFP4Reference {
  /// Values of the codes 0 to 15: a sign, two bits of exponent, one of mantissa (OCP Microscaling Formats 1.0, 5.3.3).
  public static let values: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]

  /// Decodes blocks that lie behind one another.
  ///
  /// - Parameters:
  ///   - blocks: 16 bytes each.
  ///   - scales: one byte each.
  ///   - output: 32 values each.
  public static func decode(
    _ blocks: UnsafeRawBufferPointer, scales: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(blocks.count == 16 * scales.count && output.count == 32 * scales.count)
    values.withUnsafeBufferPointer { values in
      for block in 0..<scales.count {
        let scale = FloatFormats.float(e8m0: scales[block])
        for i in 0..<16 {
          let byte = Int(blocks[16 * block + i])
          output[32 * block + 2 * i] = values[byte & 15] * scale
          output[32 * block + 2 * i + 1] = values[byte >> 4] * scale
        }
      }
    }
  }

  /// Takes a GGUF block of 17 bytes apart.
  public static func unpack(
    gguf block: UnsafeRawBufferPointer, into codes: UnsafeMutableRawBufferPointer, scale: inout UInt8
  ) {
    precondition(block.count == 17 && codes.count == 16)
    scale = block[0]
    func code(_ element: Int) -> UInt8 {
      element < 16 ? block[1 + element] & 15 : block[1 + element - 16] >> 4
    }
    for i in 0..<16 { codes[i] = code(2 * i) | code(2 * i + 1) << 4 }
  }

  /// Puts a GGUF block together.
  public static func pack(
    codes: UnsafeRawBufferPointer, scale: UInt8, intoGGUF block: UnsafeMutableRawBufferPointer
  ) {
    precondition(block.count == 17 && codes.count == 16)
    func code(_ element: Int) -> UInt8 {
      element & 1 == 0 ? codes[element / 2] & 15 : codes[element / 2] >> 4
    }
    block[0] = scale
    for i in 0..<16 { block[1 + i] = code(i) | code(i + 16) << 4 }
  }
}
