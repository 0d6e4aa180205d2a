/// Codes that name one of sixteen values, closer together near zero: IQ4_NL in blocks of 32, IQ4_XS in blocks of 256.
extension GGUFReference {
  static func encodeIQ4NL(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 18)
    let scale = IQ4.scale(x, importance, meanSquare: GGUFSearch.sumOfSquares(x) * (2 / 32))
    block.setHalf(scale, at: 0)
    let inverse = scale != 0 ? 1 / scale : 0
    for i in 0..<32 { BitPlace.nibble(i, at: 2).write(IQ4.nearest(inverse * x[i]), 4, &block) }
    return block
  }

  static func encodeIQ4XS(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 136)
    let meanSquare = GGUFSearch.sumOfSquares(x) * (2 / 256)
    let scales = stride(from: 0, to: 256, by: 32).map { start in
      IQ4.scale(
        Array(x[start..<start + 32]), importance.map { Array($0[start..<start + 32]) }, meanSquare: meanSquare)
    }
    // Not rounded to F16 first, other than in the types with K.
    let d = -GGUFSearch.extreme(scales) / 32
    block.setHalf(d, at: 0)
    let inverse = d != 0 ? 1 / d : 0
    for j in 0..<8 {
      let code = max(-32, min(31, GGUFSearch.nearest(inverse * scales[j])))
      let scale = d * Float(code)
      let inverse = scale != 0 ? 1 / scale : 0
      for i in 0..<32 {
        BitPlace.nibble(i, at: 8 + 16 * j).write(IQ4.nearest(inverse * x[32 * j + i]), 4, &block)
      }
      BitPlace.sequential(j, at: 4).write(code + 32, 4, &block)
      BitPlace.pairs(j, at: 2).write((code + 32) >> 4, 2, &block)
    }
    return block
  }
}

enum IQ4 {
  static let values: [Float] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]

  /// The code of the nearest value; half-way it is the upper one (`best_index_int8`).
  static func nearest(_ x: Float) -> Int32 {
    if x <= values[0] { return 0 }
    if x >= values[15] { return 15 }
    var (low, high) = (0, 15)
    while high - low > 1 {
      let middle = (low + high) / 2
      if x < values[middle] { high = middle } else { low = middle }
    }
    return Int32(x - values[high - 1] < values[high] - x ? high - 1 : high)
  }

  /// The scale of a group of 32, from sixteen trials (`quantize_row_iq4_nl_impl`).
  static func scale(_ x: [Float], _ importance: [Float]?, meanSquare: Float) -> Float {
    let weights = importance.map { GGUFReference.weights(x, $0, meanSquare) } ?? x.map { $0 * $0 }
    let extreme = GGUFSearch.extreme(x)
    if abs(extreme) < GGUFSearch.least { return 0 }
    func sums(_ inverse: Float) -> (qx: Float, q2: Float) {
      var (qx, q2): (Float, Float) = (0, 0)
      for i in x.indices {
        let value = values[Int(nearest(inverse * x[i]))]
        qx += weights[i] * value * x[i]
        q2 += weights[i] * value * value
      }
      return (qx, q2)
    }
    var sum = sums(1 / (-extreme / values[0]))
    var scale = sum.q2 > 0 ? sum.qx / sum.q2 : 0
    var best = scale * sum.qx
    for step in -7...7 {
      sum = sums((Float(step) + values[0]) / extreme)
      if sum.q2 > 0 && sum.qx * sum.qx > best * sum.q2 {
        scale = sum.qx / sum.q2
        best = scale * sum.qx
      }
    }
    return scale
  }
}
