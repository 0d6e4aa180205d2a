/// FP8 (E4M3) in blocks of 128 × 128 with one scale each, one value at a time.
public enum FP8Reference {
  /// The value of a code: the exact product, rounded to Float32. NaN, whatever makes it, has the bits 0x7fc00000,
  /// because CPUs differ in theirs.
  public static func value(_ code: UInt8, scale: Float) -> Float {
    let value = FloatFormats.float(e4m3: code) * scale
    return value.isNaN ? Float(bitPattern: 0x7fc0_0000) : value
  }

  /// The scale of a block whose largest magnitude is `largest`: `largest / 448` in the dtype in which it is stored.
  ///
  /// A block of zeros gets the least scale that keeps the quotient defined, 1e-12 / 448, as DeepSeek's own code does.
  public static func scale(largest: Float) -> Float { max(largest, 1e-12) / 448 }

  /// The code of a value: the quotient, clamped to ±448, to nearest even.
  public static func code(_ value: Float, scale: Float) -> UInt8 {
    FloatFormats.e4m3(max(-448, min(448, value / scale)))
  }
}
