/// Σ(a − b)² and Σa² over one row: sixteen Double lanes by index modulo 16, lanes added pairwise.
public enum ErrorSumsReference {
  public static func sums(
    of a: UnsafeBufferPointer<Float>, against b: UnsafeBufferPointer<Float>
  ) -> (squaredError: Double, squaredReference: Double) {
    var errors = SIMD16<Double>()
    var references = SIMD16<Double>()
    for i in 0..<a.count {
      let x = Double(a[i])
      let difference = x - Double(b[i])
      errors[i % 16] += difference * difference
      references[i % 16] += x * x
    }
    return (pairwise(errors), pairwise(references))
  }

  /// Lane i and lane i + 8, then i and i + 4, then i + 2, then i + 1.
  static func pairwise(_ lanes: SIMD16<Double>) -> Double {
    let eight = lanes.lowHalf + lanes.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
