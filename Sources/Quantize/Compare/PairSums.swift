/// What is summed over the values of a tensor and of the one it is held against.
///
/// Within a row each sum has sixteen Double lanes by index modulo 16, added pairwise; rows are added in order. The order is
/// part of every metric's definition.
struct PairSums: Sendable {
  var errors = ErrorSums()
  /// Σb² and Σab.
  var squaredOther = 0.0
  var product = 0.0
  /// Whether all values are equal, and whether they are when both are rounded to BF16.
  var isIdentical = true
  var isIdenticalInBF16 = true

  init() {}

  /// Adds one row. `a` is the reference.
  mutating func addRow(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 64) { lanes in
      lanes.initialize(repeating: 0)
      var (unequal, unequalInBF16): (UInt32, UInt32) = (0, 0)
      var start = 0
      while start < count {
        let width = min(16, count - start)
        for lane in 0..<width {
          let (x, y) = (a[start + lane], b[start + lane])
          let (p, q) = (Double(x), Double(y))
          lanes[lane] += (p - q) * (p - q)
          lanes[16 + lane] += p * p
          lanes[32 + lane] += q * q
          lanes[48 + lane] += p * q
          unequal |= x == y ? 0 : 1
          // Equal values round alike; a difference that rounding takes away shows in the rounded bits.
          unequalInBF16 |= x == y || Self.bf16(x) == Self.bf16(y) ? 0 : 1
        }
        start += width
      }
      if unequal != 0 { isIdentical = false }
      if unequalInBF16 != 0 { isIdenticalInBF16 = false }
      errors.squaredError += Self.pairwise(lanes, 0)
      errors.squaredReference += Self.pairwise(lanes, 16)
      squaredOther += Self.pairwise(lanes, 32)
      product += Self.pairwise(lanes, 48)
    }
  }

  /// The bits of the value rounded to BF16; zeros are alike, NaN is unlike anything finite.
  @inline(__always)
  private static func bf16(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    let rounded = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
    return rounded & 0x7fff == 0 ? 0 : rounded
  }

  private static func pairwise(_ lanes: UnsafeMutableBufferPointer<Double>, _ first: Int) -> Double {
    var width = 8
    while width > 0 {
      for i in 0..<width { lanes[first + i] += lanes[first + i + width] }
      width /= 2
    }
    return lanes[first]
  }

  /// `Σab / sqrt(Σa² Σb²)`, at most 1; nil where one of them is all zero.
  var cosine: Double? {
    // Rounding would leave equal tensors just below 1.
    if isIdentical, errors.squaredReference > 0 { return 1 }
    guard errors.squaredReference > 0, squaredOther > 0 else { return nil }
    let cosine = product / (errors.squaredReference.squareRoot() * squaredOther.squareRoot())
    return cosine.isNaN ? nil : max(-1, min(1, cosine))
  }
}
