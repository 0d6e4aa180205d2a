internal import CKernels

/// Blocks that are read only: codes that name entries of a codebook, ternary codes, NVFP4, and plain numbers.
extension GGUFReference {
  static func readOnlyValue(_ i: Int, of block: UnsafeRawBufferPointer, _ type: GGUFBlock) -> Float {
    func bits(_ place: BitPlace, _ width: Int) -> Int { place.read(block, width) }
    func word(_ offset: Int) -> Int { Int(block.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    func halfWord(_ offset: Int) -> Int { Int(block.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
    func half(_ offset: Int) -> Float { FloatFormats.float(f16: UInt16(halfWord(offset))) }
    // Sub-blocks of 32 and of 16, and groups of eight and of four values that share an entry of the codebook.
    let (j, k, eight, four) = (i / 32, i / 16, i / 8, i / 4)
    switch type {
    case .iq2XXS:
      let signs = word(2 + 8 * j + 4)
      let value = IQGrid.value(.iq2XXS, Int(block[2 + 8 * j + eight % 4]), i % 8)
      return half(0) * (0.5 + Float(signs >> 28)) * 0.25 * value * IQGrid.sign(signs >> (7 * (eight % 4)), i % 8)
    case .iq2XS:
      let entry = halfWord(2 + 2 * eight)
      let scale = half(0) * (0.5 + Float(bits(.sequential(k, at: 66), 4))) * 0.25
      return scale * IQGrid.value(.iq2XS, entry & 511, i % 8) * IQGrid.sign(entry >> 9, i % 8)
    case .iq2S:
      let entry = Int(block[2 + eight]) | bits(.pairs(eight, at: 66), 2) << 8
      let scale = half(0) * (0.5 + Float(bits(.sequential(k, at: 74), 4))) * 0.25
      return scale * IQGrid.value(.iq2S, entry, i % 8) * (bits(.bit(i, at: 34), 1) == 0 ? 1 : -1)
    case .iq3XXS:
      let signs = word(66 + 4 * j)
      let value = IQGrid.value(.iq3XXS, Int(block[2 + four]), i % 4)
      return half(0) * (0.5 + Float(signs >> 28)) * 0.5 * value * IQGrid.sign(signs >> (7 * (eight % 4)), i % 8)
    case .iq3S:
      let entry = Int(block[2 + four]) | bits(.bit(four, at: 66), 1) << 8
      let scale = half(0) * Float(1 + 2 * bits(.sequential(j, at: 106), 4))
      return scale * IQGrid.value(.iq3S, entry, i % 4) * (bits(.bit(i, at: 74), 1) == 0 ? 1 : -1)
    case .iq1S:
      let high = halfWord(34 + 2 * j)
      let entry = Int(block[2 + eight]) | (high >> (3 * (eight % 4)) & 7) << 8
      let scale = half(0) * Float(2 * (high >> 12 & 7) + 1)
      return scale * (IQGrid.value(.iq1S, entry, i % 8) + (high >> 15 == 0 ? 0.125 : -0.125))
    case .iq1M:
      let high = bits(.sequential(eight, at: 32), 4)
      let entry = Int(block[eight]) | (high & 7) << 8
      // The block's scale lies in the high nibbles of the second bytes.
      let d = stride(from: 55, through: 49, by: -2).reduce(0 as UInt16) { $0 << 4 | UInt16(block[$1] >> 4) }
      let scale = FloatFormats.float(f16: d) * Float(2 * (halfWord(48 + 2 * (i / 64)) >> (3 * (k % 4)) & 7) + 1)
      return scale * (IQGrid.value(.iq1M, entry, i % 8) + (high >> 3 == 0 ? 0.125 : -0.125))
    case .tq1_0:
      let (byte, digit) =
        i < 160 ? (i % 32, i / 32) : i < 240 ? (32 + i % 16, (i - 160) / 16) : (48 + i % 4, (i - 240) / 4)
      return Float(Ternary.digit(digit, of: block[byte]) - 1) * half(52)
    case .tq2_0: return Float(bits(.pair(i, at: 0), 2) - 1) * half(64)
    case .q1_0: return bits(.bit(i, at: 2), 1) == 0 ? -half(0) : half(0)
    case .q2_0: return Float(bits(.pairs(i, at: 2), 2) - 1) * half(0)
    case .nvfp4:
      let code = bits(BitPlace(byte: 4 + 8 * k + i % 8, shift: i % 16 / 8 * 4), 4)
      // Of the sign of a scale nothing is read; that which would be NaN is 0. Halved, as the values are doubled.
      let scale = block[k] == 0x7f ? 0 : block[k] & 127 == 0x7f ? 480 : FloatFormats.float(e4m3: block[k] & 127)
      return MXFP4.values[code] * (scale * 0.5)
    case .i8: return Float(Int8(bitPattern: block[0]))
    case .i16: return Float(block.loadUnaligned(as: Int16.self))
    case .i32: return Float(block.loadUnaligned(as: Int32.self))
    case .i64: return Float(block.loadUnaligned(as: Int64.self))
    case .f64: return Float(Double(bitPattern: block.loadUnaligned(as: UInt64.self)))
    default: preconditionFailure("\(type) is no type that is read only")
    }
  }
}

/// The codebooks of the IQ types: an entry is eight values in two bits each, in those of IQ3 four in three bits.
enum IQGrid {
  static func value(_ type: GGUFBlock, _ entry: Int, _ place: Int) -> Float {
    let packed = Int(ckernels_grid(Int32(type.rawValue))[entry])
    switch type {
    case .iq3XXS: return [4, 12, 20, 28, 36, 44, 52, 62][packed >> (3 * place) & 7]
    case .iq3S: return Float(2 * (packed >> (3 * place) & 7) + 1)
    case .iq1S, .iq1M: return Float((packed >> (2 * place) & 3) - 1)
    // No entry has the code 3.
    default: return [8, 25, 43, 60][packed >> (2 * place) & 3]
    }
  }

  /// Seven signs, of which the eighth makes the number of negative ones even.
  static func sign(_ seven: Int, _ place: Int) -> Float {
    let isNegative = place < 7 ? seven >> place & 1 == 1 : (seven & 127).nonzeroBitCount % 2 == 1
    return isNegative ? -1 : 1
  }
}

enum Ternary {
  /// One of the five digits (0, 1, 2) that a byte holds as a fraction of 256, the first the most significant.
  static func digit(_ place: Int, of byte: UInt8) -> Int {
    let power: [UInt8] = [1, 3, 9, 27, 81]
    return (Int(byte &* power[place]) * 3) >> 8
  }
}
