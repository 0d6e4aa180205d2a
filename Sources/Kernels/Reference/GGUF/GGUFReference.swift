/// Blocks of GGUF files to Float32 and back, one value at a time: the definition that faster kernels follow.
///
/// The bytes are those of ggml 0.25 on x86-64, with and without importance. Format: `docs/formats/gguf-blocks.md`;
/// vectors: `Tests/Vectors/gguf-blocks/`.
public enum GGUFReference {
  /// The values of one block. NaN, which a scale that is not finite makes, has the bits 0x7fc00000.
  public static func decode(_ block: UnsafeRawBufferPointer, _ type: GGUFBlock) -> [Float] {
    precondition(block.count == type.byteCount)
    return (0..<type.valueCount).map { i in
      let value = value(i, of: block, type)
      return value.isNaN ? Float(bitPattern: 0x7fc0_0000) : value
    }
  }

  /// The blocks of one row of finite values, of a type that is writable.
  ///
  /// - Parameter importance: how much each column weighs; nil for the search that ggml makes without. Q8_0 and MXFP4 have
  ///   no use for it.
  public static func encode(row: [Float], importance: [Float]?, _ type: GGUFBlock) -> [UInt8] {
    precondition(row.count % type.valueCount == 0 && importance.map { $0.count == row.count } ?? true)
    // Of the whole row, for the types that weigh by it.
    let meanSquare = GGUFSearch.sumOfSquares(row) / Float(row.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(row.count / type.valueCount * type.byteCount)
    for start in stride(from: 0, to: row.count, by: type.valueCount) {
      let range = start..<start + type.valueCount
      let values = Array(row[range])
      let importance = importance.map { Array($0[range]) }
      switch type {
      case .q8_0: bytes += encodeQ8_0(values)
      case .mxfp4: bytes += encodeMXFP4(values)
      case .q4_0: bytes += encodeSymmetric(values, importance, meanSquare, top: 8)
      case .q5_0: bytes += encodeSymmetric(values, importance, meanSquare, top: 16)
      case .q4_1: bytes += encodeAffine(values, importance, meanSquare, top: 15)
      case .q5_1: bytes += encodeAffine(values, importance, meanSquare, top: 31)
      case .q2K: bytes += encodeQ2K(values, importance)
      case .q3K: bytes += encodeQ3K(values, importance)
      case .q4K: bytes += encodeQ4K(values, importance)
      case .q5K: bytes += encodeQ5K(values, importance)
      case .q6K: bytes += encodeQ6K(values, importance)
      case .iq4NL: bytes += encodeIQ4NL(values, importance)
      case .iq4XS: bytes += encodeIQ4XS(values, importance)
      default: preconditionFailure("\(type) is read only")
      }
    }
    return bytes
  }

  private static func value(_ i: Int, of block: UnsafeRawBufferPointer, _ type: GGUFBlock) -> Float {
    func half(_ offset: Int) -> Float {
      FloatFormats.float(f16: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    func bits(_ place: BitPlace, _ width: Int) -> Int { place.read(block, width) }
    switch type {
    case .q8_0: return half(0) * Float(Int8(bitPattern: block[2 + i]))
    case .q4_0: return Float(bits(.nibble(i, at: 2), 4) - 8) * half(0)
    case .q4_1: return Float(bits(.nibble(i, at: 4), 4)) * half(0) + half(2)
    case .q5_0: return Float((bits(.nibble(i, at: 6), 4) | bits(.bit(i, at: 2), 1) << 4) - 16) * half(0)
    case .q5_1: return Float(bits(.nibble(i, at: 8), 4) | bits(.bit(i, at: 4), 1) << 4) * half(0) + half(2)
    case .q2K:
      let scale = Int(block[i / 16])
      return half(80) * Float(scale & 15) * Float(bits(.pair(i, at: 16), 2)) - half(82) * Float(scale >> 4)
    case .q3K:
      let scale = Q3KScales.scale(i / 16, block) - 32
      return half(108) * Float(scale) * Float((bits(.pair(i, at: 32), 2) | bits(.mask(i, at: 0), 1) << 2) - 4)
    case .q4K:
      let (scale, minimum) = SixBitPairs.pair(i / 32, block, at: 4)
      return half(0) * Float(scale) * Float(bits(.chunk(i, at: 16), 4)) - half(2) * Float(minimum)
    case .q5K:
      let (scale, minimum) = SixBitPairs.pair(i / 32, block, at: 4)
      let code = bits(.chunk(i, at: 48), 4) | bits(.mask(i, at: 16), 1) << 4
      return half(0) * Float(scale) * Float(code) - half(2) * Float(minimum)
    case .q6K:
      let scale = Int8(bitPattern: block[192 + i / 16])
      return half(208) * Float(scale) * Float((bits(.quarter(i, at: 0), 4) | bits(.pair(i, at: 128), 2) << 4) - 32)
    case .iq4NL: return half(0) * IQ4.values[bits(.nibble(i, at: 2), 4)]
    case .iq4XS:
      let scale = bits(.sequential(i / 32, at: 4), 4) | bits(.pairs(i / 32, at: 2), 2) << 4
      return half(0) * Float(scale - 32) * IQ4.values[bits(.nibble(i % 32, at: 8 + 16 * (i / 32)), 4)]
    case .mxfp4: return MXFP4.values[bits(.nibble(i, at: 1), 4)] * MXFP4.scale(block[0])
    default: return readOnlyValue(i, of: block, type)
    }
  }
}

/// Where the bits of a code begin in a block. `at` is the byte at which the run of codes begins.
struct BitPlace {
  var byte: Int
  var shift: Int

  /// Blocks of 32: the first sixteen are the low halves of sixteen bytes, the others the high ones.
  static func nibble(_ i: Int, at start: Int) -> BitPlace { BitPlace(byte: start + i % 16, shift: i / 16 * 4) }

  /// One bit after the other.
  static func bit(_ i: Int, at start: Int) -> BitPlace { BitPlace(byte: start + i / 8, shift: i % 8) }

  /// Two to a byte, low half first.
  static func sequential(_ i: Int, at start: Int) -> BitPlace { BitPlace(byte: start + i / 2, shift: i % 2 * 4) }

  /// Four to a byte, lowest first.
  static func pairs(_ i: Int, at start: Int) -> BitPlace { BitPlace(byte: start + i / 4, shift: i % 4 * 2) }

  /// Two bits: byte l of each half of 128 holds the codes l, l + 32, l + 64 and l + 96.
  static func pair(_ i: Int, at start: Int) -> BitPlace {
    BitPlace(byte: start + i / 128 * 32 + i % 32, shift: i % 128 / 32 * 2)
  }

  /// One bit: byte l holds those of the codes l, l + 32, l + 64, ….
  static func mask(_ i: Int, at start: Int) -> BitPlace { BitPlace(byte: start + i % 32, shift: i / 32) }

  /// Four bits: byte l of each chunk of 64 holds the codes l and l + 32.
  static func chunk(_ i: Int, at start: Int) -> BitPlace {
    BitPlace(byte: start + i / 64 * 32 + i % 32, shift: i % 64 / 32 * 4)
  }

  /// Four bits: byte l of each half of 128 holds the codes l and l + 64.
  static func quarter(_ i: Int, at start: Int) -> BitPlace {
    BitPlace(byte: start + i / 128 * 64 + i % 64, shift: i % 128 / 64 * 4)
  }

  func read(_ block: UnsafeRawBufferPointer, _ width: Int) -> Int { Int(block[byte]) >> shift & (1 << width - 1) }

  /// Adds bits to a byte that has zeros there.
  func write(_ code: Int32, _ width: Int, _ block: inout [UInt8]) {
    block[byte] |= UInt8(truncatingIfNeeded: (code & (1 << width - 1)) << shift)
  }
}

extension [UInt8] {
  /// A scale, rounded to F16, and what that holds.
  @discardableResult
  mutating func setHalf(_ value: Float, at offset: Int) -> Float {
    let half = FloatFormats.f16(value)
    self[offset] = UInt8(truncatingIfNeeded: half)
    self[offset + 1] = UInt8(truncatingIfNeeded: half >> 8)
    return FloatFormats.float(f16: half)
  }
}
