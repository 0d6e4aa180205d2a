#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The functions between the matrix products. Sums are taken in Double.
enum Elementwise {
  /// `output = input · weight / sqrt(mean(input²) + epsilon)`; input and output may be the same row.
  static func normalise(
    _ input: UnsafeMutableBufferPointer<Float>, weight: UnsafeBufferPointer<Float>, epsilon: Double,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    var squares = 0.0
    for value in input { squares += Double(value) * Double(value) }
    let factor = Float(1 / (squares / Double(input.count) + epsilon).squareRoot())
    for i in 0..<input.count { output[i] = input[i] * factor * weight[i] }
  }

  /// LayerNorm: `values = (values − mean) · weight / sqrt(variance + epsilon) + bias`, in place.
  static func normaliseCentred(
    _ values: UnsafeMutableBufferPointer<Float>, weight: [Float], bias: [Float], epsilon: Double
  ) {
    var sum = 0.0
    for value in values { sum += Double(value) }
    let mean = sum / Double(values.count)
    var squares = 0.0
    for value in values { squares += (Double(value) - mean) * (Double(value) - mean) }
    let factor = 1 / (squares / Double(values.count) + epsilon).squareRoot()
    for i in 0..<values.count { values[i] = Float((Double(values[i]) - mean) * factor) * weight[i] + bias[i] }
  }

  /// `gate = silu(gate) · up`, with `silu(x) = x / (1 + e^−x)`.
  static func gate(_ gate: UnsafeMutableBufferPointer<Float>, _ up: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<gate.count { gate[i] = silu(gate[i]) * up[i] }
  }

  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  static func add(_ bias: [Float], to row: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<row.count { row[i] += bias[i] }
  }

  static func scale(
    _ row: UnsafeMutableBufferPointer<Float>, bySigmoidOf gate: UnsafeMutableBufferPointer<Float>
  ) {
    for i in 0..<row.count { row[i] *= sigmoid(gate[i]) }
  }

  static func map(_ row: UnsafeMutableBufferPointer<Float>, _ function: (Float) -> Float) {
    for i in 0..<row.count { row[i] = function(row[i]) }
  }

  /// GELU by its approximation with tanh.
  static func geluTanh(_ x: Float) -> Float {
    0.5 * x * (1 + tanh(0.797_884_6 * (x + 0.044_715 * x * x * x)))
  }

  /// GELU by the error function.
  static func gelu(_ x: Float) -> Float { 0.5 * x * (1 + erf(x * 0.707_106_77)) }

  /// x · sigmoid(x).
  static func silu(_ x: Float) -> Float { x / (1 + exp(-x)) }

  /// ln(1 + e^x), and x where that is the same in Float32.
  static func softplus(_ x: Float) -> Float { x > 20 ? x : log1p(exp(x)) }

  static func exponential(_ x: Float) -> Float { exp(x) }

  /// Softmax over a row, in place.
  ///
  /// - Parameter sink: a logit beside those of the row, which takes its share and is left out of the result.
  static func softmax(_ row: UnsafeMutableBufferPointer<Float>, sink: Float? = nil) {
    var largest = sink ?? -Float.infinity
    for value in row { largest = max(largest, value) }
    var sum = sink.map { Double(exp($0 - largest)) } ?? 0
    for i in 0..<row.count {
      row[i] = exp(row[i] - largest)
      sum += Double(row[i])
    }
    let factor = Float(1 / sum)
    for i in 0..<row.count { row[i] *= factor }
  }

  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func sine(_ x: Double) -> Double { sin(x) }
}
