import Kernels

/// Random numbers that are the same in every run (SplitMix64).
struct RandomNumbers {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % limit }

  /// Of 0..<1.
  mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Nearly normal: twelve uniform numbers.
  mutating func gaussian() -> Float {
    var sum: Float = -6
    for _ in 0..<12 { sum += uniform() }
    return sum
  }
}

/// Rows of values as weights have them, and as they should not.
enum Distribution: CaseIterable {
  case gaussian, manyMagnitudes, subnormal, ties, zeros, signedZeros, oneLarge, nearlyOverflowing, bf16, f16

  func values(_ count: Int, seed: Int) -> [Float] {
    var random = RandomNumbers(seed: seed)
    return (0..<count).map { i in
      switch self {
      case .gaussian: random.gaussian() * 0.02
      case .manyMagnitudes: random.gaussian() * Float(sign: .plus, exponent: random.below(200) - 100, significand: 1)
      case .subnormal: Float(bitPattern: UInt32(random.below(1 << 23)) | UInt32(random.below(2)) << 31)
      case .ties: (Float(random.below(31)) - 15) * 0.5 * 0x1p-4
      case .zeros: i / 32 % 2 == 0 ? 0 : random.gaussian()
      case .signedZeros: random.below(2) == 0 ? -0.0 : i / 64 % 2 == 0 ? 0.0 : random.gaussian()
      case .oneLarge: i % 32 == 17 ? 1e4 : random.gaussian() * 1e-3
      case .nearlyOverflowing: random.gaussian() * 5e37
      case .bf16: FloatFormats.roundedToBF16(random.gaussian() * 0.05)
      case .f16: FloatFormats.float(f16: FloatFormats.f16(random.gaussian() * 0.05))
      }
    }
  }
}

/// Scales of blocks: ordinary ones, each power of ten, and what a damaged file may hold.
enum BlockScales {
  static let positive: [Float] =
    [0x1p-13, 0.0008919053361751139, 1, 0.75, 3, 448, 0x1.010102p-7, 0x1.fffffep-9]
    + stride(from: -44, through: 35, by: 1).map { exponent in
      var scale: Float = 1.37
      for _ in 0..<abs(exponent) { scale = exponent < 0 ? scale / 10 : scale * 10 }
      return scale
    } + [.leastNonzeroMagnitude, .leastNormalMagnitude, 0]

  static let unusual: [Float] = [
    -0.0, -1, -0.003, -.leastNonzeroMagnitude, 1e36, 2e38, .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    Float(bitPattern: 0xffc1_2345), Float(bitPattern: 0x7f80_0001),
  ]
}

/// A buffer with a known content behind its end, which nothing may change.
func filled<T>(_ count: Int, with value: T, _ body: (UnsafeMutableBufferPointer<T>) throws -> Void) rethrows -> [T] {
  var values = [T](repeating: value, count: count)
  try values.withUnsafeMutableBufferPointer { try body($0) }
  return values
}

/// The index of the first difference in bits.
func firstDifference(_ a: [Float], _ b: [Float]) -> Int? {
  precondition(a.count == b.count)
  return a.indices.first { a[$0].bitPattern != b[$0].bitPattern }
}
