/// The searches by which ggml chooses scales and codes, in its order of operations: every sum runs from the left in
/// Float32, and nothing is fused, so that the result has ggml's bits.
///
/// Source: ggml 0.25, `ggml-quants.c`; the name of the function there stands at each.
enum GGUFSearch {
  /// Below this a group counts as zeros (`GROUP_MAX_EPS`).
  static let least: Float = 1e-15

  /// To nearest, ties to even, by letting an addition round; wraps beyond 2²² (`nearest_int`).
  static func nearest(_ value: Float) -> Int32 {
    Int32(bitPattern: (value + 12_582_912).bitPattern & 0x7f_ffff) - 0x40_0000
  }

  /// What x86 makes of a conversion that cuts the fraction off: out of range, and for NaN, the least number.
  static func truncated(_ value: Float) -> Int32 {
    value >= -2_147_483_648 && value < 2_147_483_648 ? Int32(value) : Int32.min
  }

  /// The value with the largest magnitude; the first of equals.
  static func extreme(_ values: [Float]) -> Float {
    var (largest, extreme): (Float, Float) = (0, 0)
    for value in values where abs(value) > largest { (largest, extreme) = (abs(value), value) }
    return extreme
  }

  static func sumOfSquares(_ values: [Float]) -> Float {
    var sum: Float = 0
    for value in values { sum += value * value }
    return sum
  }

  /// `value ≈ scale × (code − top)` with codes of 0 up to `2 × top − 1` (`make_qx_quants`).
  static func symmetric(_ x: [Float], weights: [Float], top: Int32) -> (scale: Float, codes: [Int32]) {
    let extreme = extreme(x)
    if abs(extreme) < least { return (0, [Int32](repeating: 0, count: x.count)) }
    func code(_ inverse: Float, _ value: Float) -> Int32 { max(-top, min(top - 1, nearest(inverse * value))) }
    func sums(_ inverse: Float) -> (xl: Float, l2: Float) {
      var (xl, l2): (Float, Float) = (0, 0)
      for i in x.indices {
        let l = Float(code(inverse, x[i]))
        xl += weights[i] * x[i] * l
        l2 += weights[i] * l * l
      }
      return (xl, l2)
    }
    var inverse = Float(-top) / extreme
    var sum = sums(inverse)
    var scale = sum.l2 != 0 ? sum.xl / sum.l2 : 0
    var best = scale * sum.xl
    for step in -9...9 where step != 0 {
      let candidate = -(Float(top) + 0.1 * Float(step)) / extreme
      sum = sums(candidate)
      if sum.l2 > 0 && sum.xl * sum.xl > best * sum.l2 {
        inverse = candidate
        scale = sum.xl / sum.l2
        best = scale * sum.xl
      }
    }
    return (scale, x.map { code(inverse, $0) + top })
  }

  /// As ``symmetric(_:weights:top:)`` with weights x², by changing one code after the other (`make_q3_quants`).
  static func descending(_ x: [Float], top: Int32) -> (scale: Float, codes: [Int32]) {
    let extreme = extreme(x)
    var codes = [Int32](repeating: 0, count: x.count)
    if abs(extreme) < least { return (0, codes) }
    let inverse = Float(-top) / extreme
    var (xl, l2): (Float, Float) = (0, 0)
    for i in x.indices {
      codes[i] = max(-top, min(top - 1, nearest(inverse * x[i])))
      let (w, l) = (x[i] * x[i], Float(codes[i]))
      xl += w * x[i] * l
      l2 += w * l * l
    }
    for _ in 0..<5 {
      var isChanged = false
      for i in x.indices {
        let (w, l) = (x[i] * x[i], Float(codes[i]))
        var otherXL = xl - w * x[i] * l
        guard otherXL > 0 else { continue }
        var otherL2 = l2 - w * l * l
        let code = max(-top, min(top - 1, nearest(x[i] * otherL2 / otherXL)))
        guard code != codes[i] else { continue }
        otherXL += w * x[i] * Float(code)
        otherL2 += w * Float(code) * Float(code)
        if otherL2 > 0 && otherXL * otherXL * l2 > xl * xl * otherL2 {
          (codes[i], xl, l2) = (code, otherXL, otherL2)
          isChanged = true
        }
      }
      if !isChanged { break }
    }
    return (l2 > 0 ? xl / l2 : 0, codes.map { $0 + top })
  }

  /// Which scales ``affine(_:weights:top:trials:)`` tries, and how it measures an error.
  struct Trials {
    var first: Float
    var step: Float
    var count: Int
    /// The error of a value is its magnitude, not its square.
    var isAbsolute = false
  }

  /// `value ≈ scale × code − minimum` with codes of 0 up to `top` (`make_qkx2_quants`, `make_qkx3_quants`).
  ///
  /// Each trial fits scale and minimum to its codes by least squares. Where one wins, its minimum takes the place of the
  /// old one in all further trials.
  static func affine(
    _ x: [Float], weights: [Float], top: Int32, trials: Trials
  ) -> (scale: Float, minimum: Float, codes: [Int32]) {
    var (low, high) = (x[0], x[0])
    var sumW = weights[0]
    var sumX = sumW * x[0]
    for i in x.indices.dropFirst() {
      if x[i] < low { low = x[i] }
      if x[i] > high { high = x[i] }
      sumW += weights[i]
      sumX += weights[i] * x[i]
    }
    if low > 0 { low = 0 }
    var codes = [Int32](repeating: 0, count: x.count)
    if high <= low { return (0, -low, codes) }

    func error(_ codes: [Int32], _ scale: Float, _ low: Float) -> Float {
      var sum: Float = 0
      for i in x.indices {
        let difference = scale * Float(codes[i]) + low - x[i]
        sum += weights[i] * (trials.isAbsolute ? abs(difference) : difference * difference)
      }
      return sum
    }
    func nearestCodes(_ inverse: Float) -> [Int32] { x.map { max(0, min(top, nearest(inverse * ($0 - low)))) } }

    let inverse = Float(top) / (high - low)
    var scale = 1 / inverse
    codes = nearestCodes(inverse)
    var best = error(codes, scale, low)
    for step in 0...trials.count {
      let candidate = nearestCodes((trials.first + trials.step * Float(step) + Float(top)) / (high - low))
      var (sumL, sumL2, sumXL): (Float, Float, Float) = (0, 0, 0)
      for i in x.indices {
        let l = Float(candidate[i])
        sumL += weights[i] * l
        sumL2 += weights[i] * l * l
        sumXL += weights[i] * l * x[i]
      }
      let determinant = sumW * sumL2 - sumL * sumL
      guard determinant > 0 else { continue }
      var newScale = (sumW * sumXL - sumX * sumL) / determinant
      var newLow = (sumL2 * sumX - sumL * sumXL) / determinant
      if newLow > 0 {
        newLow = 0
        newScale = sumXL / sumL2
      }
      let newError = error(candidate, newScale, newLow)
      if newError < best { (best, scale, low, codes) = (newError, newScale, newLow, candidate) }
    }
    return (scale, -low, codes)
  }

  /// `value ≈ scale × code` for values of 0 and above, with codes up to `top` that are bytes (`make_qp_quants`).
  static func nonNegative(_ x: [Float], weights: [Float], top: Int32) -> (scale: Float, codes: [Int32]) {
    var largest: Float = 0
    for value in x { largest = largest > value ? largest : value }
    var codes = [Int32](repeating: 0, count: x.count)
    if largest < least { return (0, codes) }
    func error(_ scale: Float, _ code: (Float) -> Int32) -> Float {
      var sum: Float = 0
      for i in x.indices {
        let difference = x[i] - scale * Float(code(x[i]))
        sum += weights[i] * difference * difference
      }
      return sum
    }
    var inverse = Float(top) / largest
    var best = error(1 / inverse) { nearest(inverse * $0) & 255 }
    for step in -4...4 where step != 0 {
      let candidate = (0.1 * Float(step) + Float(top)) / largest
      let newError = error(1 / candidate) { min(top, nearest(candidate * $0)) }
      if newError < best { (best, inverse) = (newError, candidate) }
    }
    var (xl, l2): (Float, Float) = (0, 0)
    for i in x.indices {
      let code = min(top, nearest(inverse * x[i]))
      codes[i] = code & 255
      xl += weights[i] * x[i] * Float(code)
      l2 += weights[i] * Float(code) * Float(code)
    }
    for _ in 0..<5 {
      var isChanged = false
      for i in x.indices {
        let (w, l) = (weights[i], Float(codes[i]))
        var otherXL = xl - w * x[i] * l
        var otherL2 = l2 - w * l * l
        guard otherXL > 0 && otherL2 > 0 else { continue }
        let code = min(top, nearest(x[i] * otherL2 / otherXL))
        guard code != codes[i] else { continue }
        otherXL += w * x[i] * Float(code)
        otherL2 += w * Float(code) * Float(code)
        if otherXL * otherXL * l2 > xl * xl * otherL2 {
          (codes[i], xl, l2) = (code & 255, otherXL, otherL2)
          isChanged = true
        }
      }
      if !isChanged { break }
    }
    return (l2 > 0 ? xl / l2 : 0, codes)
  }
}
