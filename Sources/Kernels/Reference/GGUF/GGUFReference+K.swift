/// Blocks of 256 with scales of their own for sub-blocks of 16 or 32: Q2_K to Q6_K.
extension GGUFReference {
  /// What every weighted affine search tries.
  static let weightedTrials = GGUFSearch.Trials(first: -0.9, step: 0.05, count: 36)

  /// Scales and minima of the sub-blocks, with the codes of the search, which stay where a stored scale is 0.
  private struct SubBlocks {
    var scales: [Float] = []
    var minima: [Float] = []
    /// Sums of the weights.
    var weights: [Float] = []
    var codes: [Int32] = []

    /// - Parameter plain: the weights of a sub-block where there is no importance.
    init(
      _ x: [Float], _ importance: [Float]?, size: Int, top: Int32, meanSquare: Float, plainTrials: GGUFSearch.Trials,
      plain: ([Float]) -> [Float]
    ) {
      for start in stride(from: 0, to: 256, by: size) {
        let values = Array(x[start..<start + size])
        let weights =
          importance.map { GGUFReference.weights(values, Array($0[start..<start + size]), meanSquare) } ?? plain(values)
        let found = GGUFSearch.affine(
          values, weights: weights, top: top, trials: importance == nil ? plainTrials : weightedTrials)
        scales.append(found.scale)
        minima.append(found.minimum)
        self.weights.append(sum(weights))
        codes += found.codes
      }
    }

    /// The codes once more, to the scales as they are stored.
    mutating func requantize(_ x: [Float], size: Int, top: Int32, scale: (Int) -> (d: Float, minimum: Float)) {
      for start in stride(from: 0, to: 256, by: size) {
        let (d, minimum) = scale(start / size)
        if d == 0 { continue }
        for i in start..<start + size { codes[i] = max(0, min(top, GGUFSearch.nearest((x[i] + minimum) / d))) }
      }
    }
  }

  private static func sum(_ values: [Float]) -> Float {
    var sum: Float = 0
    for value in values { sum += value }
    return sum
  }

  static func encodeQ2K(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 84)
    var found = SubBlocks(
      x, importance, size: 16, top: 3, meanSquare: GGUFSearch.sumOfSquares(x) / 256,
      plainTrials: .init(first: -0.5, step: 0.1, count: 15, isAbsolute: true)
    ) { $0.map { abs($0) } }
    let d: Float
    let dmin: Float
    if importance != nil {
      let scales = GGUFSearch.nonNegative(found.scales, weights: found.weights, top: 15)
      let minima = GGUFSearch.nonNegative(found.minima, weights: found.weights, top: 15)
      d = block.setHalf(scales.scale, at: 80)
      dmin = block.setHalf(minima.scale, at: 82)
      for i in 0..<16 { block[i] = UInt8(truncatingIfNeeded: scales.codes[i] | minima.codes[i] << 4) }
    } else {
      let (largestScale, largestMinimum) = (largest(found.scales), largest(found.minima))
      d = block.setHalf(largestScale / 15, at: 80)
      dmin = block.setHalf(largestMinimum / 15, at: 82)
      for i in 0..<16 {
        let scale = largestScale > 0 ? GGUFSearch.nearest(15 / largestScale * found.scales[i]) : 0
        let minimum = largestMinimum > 0 ? GGUFSearch.nearest(15 / largestMinimum * found.minima[i]) : 0
        block[i] = UInt8(truncatingIfNeeded: scale | minimum << 4)
      }
    }
    found.requantize(x, size: 16, top: 3) { (d * Float(block[$0] & 15), dmin * Float(block[$0] >> 4)) }
    for i in 0..<256 { BitPlace.pair(i, at: 16).write(found.codes[i], 2, &block) }
    return block
  }

  static func encodeQ4K(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 144)
    let codes = encodeSixBit(x, importance, top: 15, .init(first: -1, step: 0.1, count: 20), &block)
    for i in 0..<256 { BitPlace.chunk(i, at: 16).write(codes[i], 4, &block) }
    return block
  }

  static func encodeQ5K(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 176)
    let codes = encodeSixBit(x, importance, top: 31, .init(first: -0.5, step: 0.1, count: 15), &block)
    for i in 0..<256 {
      BitPlace.chunk(i, at: 48).write(codes[i], 4, &block)
      BitPlace.mask(i, at: 16).write(codes[i] >> 4, 1, &block)
    }
    return block
  }

  /// Scales and minima of Q4_K and Q5_K, in the first 16 bytes, and the codes.
  private static func encodeSixBit(
    _ x: [Float], _ importance: [Float]?, top: Int32, _ plainTrials: GGUFSearch.Trials, _ block: inout [UInt8]
  ) -> [Int32] {
    var found = SubBlocks(
      x, importance, size: 32, top: top, meanSquare: 2 * GGUFSearch.sumOfSquares(x) / 256, plainTrials: plainTrials
    ) { values in
      let root = (GGUFSearch.sumOfSquares(values) / 32).squareRoot()
      return values.map { root + abs($0) }
    }
    let d: Float
    let dmin: Float
    var codes: (scales: [Int32], minima: [Int32])
    if importance != nil {
      let scales = GGUFSearch.nonNegative(found.scales, weights: found.weights, top: 63)
      let minima = GGUFSearch.nonNegative(found.minima, weights: found.weights, top: 63)
      (d, dmin, codes) = (scales.scale, minima.scale, (scales.codes, minima.codes))
      // Only Q5_K cuts them off, as ggml does.
      if top == 31 { codes = (codes.scales.map { min(63, $0) }, codes.minima.map { min(63, $0) }) }
    } else {
      let (largestScale, largestMinimum) = (largest(found.scales), largest(found.minima))
      func sixBits(_ values: [Float], _ largest: Float) -> [Int32] {
        let inverse = largest > 0 ? 63 / largest : 0
        return values.map { min(63, GGUFSearch.nearest(inverse * $0) & 255) }
      }
      (d, dmin) = (largestScale / 63, largestMinimum / 63)
      codes = (sixBits(found.scales, largestScale), sixBits(found.minima, largestMinimum))
    }
    SixBitPairs.write(codes.scales, codes.minima, &block, at: 4)
    let (storedD, storedMin) = (block.setHalf(d, at: 0), block.setHalf(dmin, at: 2))
    let stored = block
    found.requantize(x, size: 32, top: top) { i in
      let (scale, minimum) = stored.withUnsafeBytes { SixBitPairs.pair(i, $0, at: 4) }
      return (storedD * Float(scale), storedMin * Float(minimum))
    }
    return found.codes
  }

  static func encodeQ3K(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 110)
    let meanSquare = 2 * GGUFSearch.sumOfSquares(x) / 256
    var (scales, sums, codes): ([Float], [Float], [Int32]) = ([], [], [])
    for start in stride(from: 0, to: 256, by: 16) {
      let values = Array(x[start..<start + 16])
      let found: (scale: Float, codes: [Int32])
      if let importance {
        let weights = weights(values, Array(importance[start..<start + 16]), meanSquare)
        sums.append(sum(weights))
        found = GGUFSearch.symmetric(values, weights: weights, top: 4)
      } else {
        found = GGUFSearch.descending(values, top: 4)
      }
      scales.append(found.scale)
      codes += found.codes
    }
    let scaleCodes: [Int32]
    let d: Float
    if importance != nil {
      let found = GGUFSearch.symmetric(scales, weights: sums, top: 32)
      d = block.setHalf(found.scale, at: 108)
      scaleCodes = found.codes
    } else {
      let extreme = GGUFSearch.extreme(scales)
      let inverse = -32 / extreme
      d = block.setHalf(extreme != 0 ? 1 / inverse : 0, at: 108)
      scaleCodes = scales.map { scale in
        let code = Int32(Int8(truncatingIfNeeded: GGUFSearch.nearest(inverse * scale)))
        return extreme != 0 ? max(-32, min(31, code)) + 32 : 0
      }
    }
    Q3KScales.write(scaleCodes, &block)
    let stored = block
    for start in stride(from: 0, to: 256, by: 16) {
      let scale = d * Float(stored.withUnsafeBytes { Q3KScales.scale(start / 16, $0) } - 32)
      if scale == 0 { continue }
      for i in start..<start + 16 { codes[i] = max(-4, min(3, GGUFSearch.nearest(x[i] / scale))) + 4 }
    }
    for i in 0..<256 {
      BitPlace.pair(i, at: 32).write(codes[i], 2, &block)
      BitPlace.mask(i, at: 0).write(codes[i] >> 2, 1, &block)
    }
    return block
  }

  static func encodeQ6K(_ x: [Float], _ importance: [Float]?) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 210)
    var (scales, codes): ([Float], [Int32]) = ([], [])
    for start in stride(from: 0, to: 256, by: 16) {
      let values = Array(x[start..<start + 16])
      // The importance as it is: no other type leaves the values out of the weights.
      let weights = importance.map { Array($0[start..<start + 16]) } ?? values.map { $0 * $0 }
      let found = GGUFSearch.symmetric(values, weights: weights, top: 32)
      scales.append(found.scale)
      codes += found.codes
    }
    let extreme = GGUFSearch.extreme(scales)
    if abs(extreme) < GGUFSearch.least { return block }
    let inverse = -128 / extreme
    let d = block.setHalf(1 / inverse, at: 208)
    for j in 0..<16 {
      let code = Int8(truncatingIfNeeded: min(127, GGUFSearch.nearest(inverse * scales[j])))
      block[192 + j] = UInt8(bitPattern: code)
      let scale = d * Float(code)
      if scale == 0 { continue }
      for i in 16 * j..<16 * j + 16 { codes[i] = max(-32, min(31, GGUFSearch.nearest(x[i] / scale))) + 32 }
    }
    for i in 0..<256 {
      BitPlace.quarter(i, at: 0).write(codes[i], 4, &block)
      BitPlace.pair(i, at: 128).write(codes[i] >> 4, 2, &block)
    }
    return block
  }

  /// The largest, or 0.
  private static func largest(_ values: [Float]) -> Float {
    var largest: Float = 0
    for value in values where value > largest { largest = value }
    return largest
  }
}

/// Eight scales and eight minima of six bits in twelve bytes, as Q4_K and Q5_K have them.
enum SixBitPairs {
  static func pair(_ i: Int, _ block: UnsafeRawBufferPointer, at start: Int) -> (scale: Int, minimum: Int) {
    func byte(_ i: Int) -> Int { Int(block[start + i]) }
    if i < 4 { return (byte(i) & 63, byte(i + 4) & 63) }
    return (byte(i + 4) & 15 | (byte(i - 4) >> 6) << 4, byte(i + 4) >> 4 | (byte(i) >> 6) << 4)
  }

  /// The codes are bytes; what six bits do not hold spills as it does in ggml.
  static func write(_ scales: [Int32], _ minima: [Int32], _ block: inout [UInt8], at start: Int) {
    func byte(_ code: Int32) -> UInt8 { UInt8(truncatingIfNeeded: code) }
    for i in 0..<4 { (block[start + i], block[start + i + 4]) = (byte(scales[i]), byte(minima[i])) }
    for i in 4..<8 {
      block[start + i + 4] = byte(scales[i] & 15 | (minima[i] & 15) << 4)
      block[start + i - 4] |= byte((scales[i] >> 4) << 6)
      block[start + i] |= byte((minima[i] >> 4) << 6)
    }
  }
}

/// Sixteen scales of six bits in twelve bytes: the low four as two to a byte, i and i + 8; the high two as four to a byte.
enum Q3KScales {
  private static let start = 96

  static func scale(_ i: Int, _ block: UnsafeRawBufferPointer) -> Int {
    let low = Int(block[start + i % 8]) >> (i / 8 * 4) & 15
    return low | (Int(block[start + 8 + i % 4]) >> (i / 4 * 2) & 3) << 4
  }

  static func write(_ codes: [Int32], _ block: inout [UInt8]) {
    for (i, code) in codes.enumerated() {
      BitPlace(byte: start + i % 8, shift: i / 8 * 4).write(code, 4, &block)
      BitPlace(byte: start + 8 + i % 4, shift: i / 4 * 2).write(code >> 4, 2, &block)
    }
  }
}
