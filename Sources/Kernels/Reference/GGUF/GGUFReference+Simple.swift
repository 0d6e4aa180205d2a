/// Blocks of 32: Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 and MXFP4.
extension GGUFReference {
  /// `d = largest / 127`, codes to nearest, ties away from zero.
  static func encodeQ8_0(_ x: [Float]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 34)
    let scale = abs(GGUFSearch.extreme(x)) / 127
    let inverse = scale != 0 ? 1 / scale : 0
    block.setHalf(scale, at: 0)
    for i in 0..<32 {
      let code = GGUFSearch.truncated((x[i] * inverse).rounded(.toNearestOrAwayFromZero))
      block[2 + i] = UInt8(truncatingIfNeeded: code)
    }
    return block
  }

  /// Q4_0 (`top` 8) and Q5_0 (16): `value = d × (code − top)`.
  static func encodeSymmetric(_ x: [Float], _ importance: [Float]?, _ meanSquare: Float, top: Int32) -> [UInt8] {
    let scale: Float
    let codes: [Int32]
    if let importance {
      (scale, codes) = GGUFSearch.symmetric(x, weights: weights(x, importance, meanSquare), top: top)
    } else {
      let d = GGUFSearch.extreme(x) / Float(-top)
      let inverse = d != 0 ? 1 / d : 0
      scale = d
      codes = x.map { truncatedByte($0 * inverse + (Float(top) + 0.5), top: 2 * top - 1) }
    }
    var block = [UInt8](repeating: 0, count: top == 8 ? 18 : 22)
    block.setHalf(scale, at: 0)
    pack(codes, bitsAt: top == 8 ? nil : 2, &block)
    return block
  }

  /// Q4_1 (`top` 15) and Q5_1 (31): `value = d × code + m`.
  static func encodeAffine(_ x: [Float], _ importance: [Float]?, _ meanSquare: Float, top: Int32) -> [UInt8] {
    let scale: Float
    let low: Float
    let codes: [Int32]
    if let importance {
      let found = GGUFSearch.affine(
        x, weights: weights(x, importance, meanSquare), top: top, trials: weightedTrials)
      (scale, low, codes) = (found.scale, -found.minimum, found.codes)
    } else {
      var (least, most) = (Float.greatestFiniteMagnitude, -Float.greatestFiniteMagnitude)
      for value in x {
        if value < least { least = value }
        if value > most { most = value }
      }
      let d = (most - least) / Float(top)
      let inverse = d != 0 ? 1 / d : 0
      (scale, low) = (d, least)
      codes = x.map { truncatedByte(($0 - least) * inverse + 0.5, top: top) }
    }
    var block = [UInt8](repeating: 0, count: top == 15 ? 20 : 24)
    block.setHalf(scale, at: 0)
    block.setHalf(low, at: 2)
    pack(codes, bitsAt: top == 15 ? nil : 4, &block)
    return block
  }

  /// How much each value of a block weighs: importance × √(mean square + square).
  static func weights(_ x: [Float], _ importance: [Float], _ meanSquare: Float) -> [Float] {
    x.indices.map { importance[$0] * (meanSquare + x[$0] * x[$0]).squareRoot() }
  }

  /// A code without its fraction. What is out of range, because a scale has no inverse, becomes 0.
  private static func truncatedByte(_ value: Float, top: Int32) -> Int32 {
    min(top, Int32(Int8(truncatingIfNeeded: GGUFSearch.truncated(value))))
  }

  private static func pack(_ codes: [Int32], bitsAt bits: Int?, _ block: inout [UInt8]) {
    for (i, code) in codes.enumerated() {
      BitPlace.nibble(i, at: block.count - 16).write(code, 4, &block)
      if let bits { BitPlace.bit(i, at: bits).write(code >> 4, 1, &block) }
    }
  }

  /// The exponent of the largest magnitude, two less, and the nearest of the sixteen values; the first of equals.
  static func encodeMXFP4(_ x: [Float]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 17)
    let largest = abs(GGUFSearch.extreme(x))
    block[0] = largest > 0 ? UInt8(truncatingIfNeeded: MXFP4.floorOfLog2(largest) - 2 + 127) : 0
    let scale = MXFP4.scale(block[0])
    for i in 0..<32 {
      var (best, least) = (0, abs(MXFP4.values[0] * scale - x[i]))
      for code in 1..<16 {
        let error = abs(MXFP4.values[code] * scale - x[i])
        if error < least { (best, least) = (code, error) }
      }
      BitPlace.nibble(i, at: 1).write(Int32(best), 4, &block)
    }
    return block
  }
}

/// FP4 (E2M1) with a scale that is a power of two.
enum MXFP4 {
  /// Twice the values of E2M1; the scale is halved.
  static let values: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  /// 2^(code − 128).
  static func scale(_ code: UInt8) -> Float {
    Float(bitPattern: code < 2 ? 0x0020_0000 << UInt32(code) : UInt32(code - 1) << 23)
  }

  /// The floor of the logarithm as Float32 has it: just below a power of two the logarithm is rounded up to it.
  static func floorOfLog2(_ value: Float) -> Int32 {
    let exponent = Int32(value.exponent)
    let next = abs(exponent + 1)
    guard next > 0 else { return exponent }
    // Units of 2^-24 below the next power; half a unit in the last place of the logarithm is worth 2^(its exponent) × ln 2
    // of them (half of that from below a power of two).
    let missing = (2 - value.significand) * 0x1p23
    let power = 31 - next.leadingZeroBitCount
    let isBelowPower = exponent + 1 > 0 && next == 1 << power
    let limit = Float(sign: .plus, exponent: Int(power) - (isBelowPower ? 1 : 0), significand: 0.693_147_2)
    return missing <= limit ? exponent + 1 : exponent
  }
}
