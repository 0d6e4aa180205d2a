/// Conversions between small float formats and Float32, one value at a time: the definition that faster kernels follow.
public enum FloatFormats {
  /// BF16 is the upper half of a Float32.
  @inline(__always)
  public static func float(bf16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// To nearest, ties to even. NaN stays NaN.
  @inline(__always)
  public static func bf16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
  }

  /// A value as BF16 holds it.
  @inline(__always)
  public static func roundedToBF16(_ value: Float) -> Float { float(bf16: bf16(value)) }

  public static func float(f16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7fff)
    switch magnitude {
    case 0x7c00...:
      return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13)
    case 0x0400...:
      return Float(bitPattern: sign | (magnitude << 13) + 0x3800_0000)
    default:
      let value = Float(magnitude) * 0x1p-24
      return sign == 0 ? value : -value
    }
  }

  /// To nearest, ties to even; beyond the range it becomes infinite.
  public static func f16(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
    if magnitude >= 0x4780_0000 { return sign | 0x7c00 }
    if magnitude < 0x3880_0000 {
      // Below 2^-14: a multiple of 2^-24, found by letting the addition round.
      let sum = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: sum.bitPattern &- 0x3f00_0000)
    }
    let rounded = magnitude &+ 0xfff &+ (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
  }

  /// F8_E4M3, the "fn" variant: no infinities, 0x7f and 0xff are NaN, largest 448, least 2^-9.
  public static func float(e4m3 code: UInt8) -> Float { e4m3Values[Int(code)] }

  /// The value of each code.
  public static let e4m3Values: [Float] = (0..<256).map { code in
    let exponent = code >> 3 & 15
    let mantissa = code & 7
    if code & 0x7f == 0x7f { return .nan }
    let magnitude =
      exponent == 0
      ? Float(mantissa) * 0x1p-9
      : Float(8 + mantissa) * Float(sign: .plus, exponent: exponent - 10, significand: 1)
    return code < 128 ? magnitude : -magnitude
  }

  /// To nearest, ties to even; beyond 448 it saturates, as torch's conversion of a clamped value does.
  public static func e4m3(_ value: Float) -> UInt8 {
    if value.isNaN { return 0x7f }
    let sign: UInt8 = value.sign == .minus ? 0x80 : 0
    let magnitude = abs(value)
    if magnitude >= 448 { return sign | 0x7e }
    if magnitude < 0x1p-6 {
      // A multiple of 2^-9.
      let steps = (magnitude * 0x1p9).rounded(.toNearestOrEven)
      return sign | UInt8(steps)
    }
    let bits = magnitude.bitPattern
    let rounded = bits &+ 0x7ffff &+ (bits >> 20 & 1)
    return sign | UInt8(truncatingIfNeeded: (rounded &- (120 << 23)) >> 20)
  }

  /// F8_E8M0: a power of two, 2^(code − 127); 0xff is NaN.
  public static func float(e8m0 code: UInt8) -> Float {
    switch code {
    case 0: Float(bitPattern: 0x0040_0000)
    case 255: .nan
    default: Float(bitPattern: UInt32(code) << 23)
    }
  }

  /// The least power of two that is not below the value; the value is positive.
  public static func e8m0RoundedUp(_ value: Float) -> UInt8 {
    guard value > Float(bitPattern: 0x0040_0000) else { return 0 }
    let bits = value.bitPattern
    let exponent = bits >> 23 &+ (bits & 0x7f_ffff == 0 ? 0 : 1)
    return UInt8(clamping: min(exponent, 254))
  }
}
