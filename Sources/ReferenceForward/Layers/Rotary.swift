internal import CheckpointKit

/// Rotary position embedding: pairs of dimensions are turned by angles that grow with the position.
///
/// Frequencies and angles are Double; sines and cosines are rounded to Float32 once.
struct Rotary: Sendable {
  let width: Int
  /// Whether a pair is `(2i, 2i + 1)`; otherwise `(i, i + width / 2)`.
  var isInterleaved: Bool
  /// Radians per position, for each pair.
  let frequencies: [Double]
  /// What sines and cosines are multiplied by.
  let amplitude: Double

  init(width: Int, theta: Double, scaling: RotaryScaling, isInterleaved: Bool) {
    self.width = width
    self.isInterleaved = isInterleaved
    let plain = (0..<width / 2).map { Elementwise.power(theta, -2 * Double($0) / Double(width)) }
    frequencies = scaling.scaled(plain, theta: theta, width: width)
    amplitude = scaling.amplitude
  }

  /// Cosines and sines of some positions, a row of `width` each: cosines in front, sines behind.
  func table(_ positions: [Int]) throws(CheckpointError) -> Matrix {
    let table = try Matrix(positions.count, width)
    for (i, position) in positions.enumerated() {
      let row = table.block.row(i)
      for pair in 0..<width / 2 {
        let angle = Double(position) * frequencies[pair]
        row[pair] = Float(Elementwise.cosine(angle) * amplitude)
        row[width / 2 + pair] = Float(Elementwise.sine(angle) * amplitude)
      }
    }
    return table
  }

  /// Turns `width` values by one row of a table.
  func rotate(_ values: UnsafeMutablePointer<Float>, by turn: UnsafeMutableBufferPointer<Float>) {
    let half = width / 2
    for pair in 0..<half {
      let (first, second) = isInterleaved ? (2 * pair, 2 * pair + 1) : (pair, pair + half)
      let (a, b) = (values[first], values[second])
      values[first] = a * turn[pair] - b * turn[half + pair]
      values[second] = b * turn[pair] + a * turn[half + pair]
    }
  }
}

/// How a model stretches its rotary frequencies to longer contexts: `rope_scaling`, or `rope_parameters` in newer
/// configs.
///
/// Formulas: transformers 5.23.0, `modeling_rope_utils.py`.
enum RotaryScaling: Sendable {
  case none
  case linear(factor: Double)
  /// Each frequency by a number of its own: what GGUF files hold in place of a rule.
  case divided(by: [Double])
  case llama3(factor: Double, low: Double, high: Double, original: Double)
  case yarn(YaRN)

  struct YaRN: Sendable {
    var factor: Double
    var original: Double
    var fast: Double
    var slow: Double
    var truncates: Bool
    var scale: Double?
    var scaleAllDimensions: Double?
    var attentionFactor: Double?

    /// m(s, k) = 0.1 · k · ln s + 1, and 1 where nothing is stretched.
    static func magnitude(_ factor: Double, _ scale: Double) -> Double {
      factor <= 1 ? 1 : 0.1 * scale * Elementwise.logarithm(factor) + 1
    }
  }

  /// What sines and cosines are multiplied by.
  var amplitude: Double {
    guard case .yarn(let yarn) = self else { return 1 }
    if let factor = yarn.attentionFactor { return factor }
    if let scale = yarn.scale, let all = yarn.scaleAllDimensions, scale != 0, all != 0 {
      return YaRN.magnitude(yarn.factor, scale) / YaRN.magnitude(yarn.factor, all)
    }
    return YaRN.magnitude(yarn.factor, 1)
  }

  /// What latent attention multiplies its softmax scale by, twice.
  var latentFactor: Double {
    guard case .yarn(let yarn) = self, let all = yarn.scaleAllDimensions, all != 0 else { return 1 }
    return YaRN.magnitude(yarn.factor, all)
  }

  func scaled(_ plain: [Double], theta: Double, width: Int) -> [Double] {
    switch self {
    case .none: return plain
    case .linear(let factor): return plain.map { $0 / factor }
    case .divided(let factors): return zip(plain, factors).map { $0 / $1 }
    case .llama3(let factor, let low, let high, let original):
      return plain.map { frequency in
        let wavelength = 2 * Double.pi / frequency
        if wavelength < original / high { return frequency }
        if wavelength > original / low { return frequency / factor }
        let smooth = (original / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
      }
    case .yarn(let yarn):
      /// The dimension that turns so many times over the original context.
      func dimension(_ turns: Double) -> Double {
        Double(width) * Elementwise.logarithm(yarn.original / (turns * 2 * .pi)) / (2 * Elementwise.logarithm(theta))
      }
      var (low, high) = (dimension(yarn.fast), dimension(yarn.slow))
      if yarn.truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
      (low, high) = (max(low, 0), min(high, Double(width - 1)))
      if low == high { high += 0.001 }
      return plain.enumerated().map { i, frequency in
        let ramp = min(1, max(0, (Double(i) - low) / (high - low)))
        return frequency / yarn.factor * ramp + frequency * (1 - ramp)
      }
    }
  }
}

// MARK: Reading

extension RotaryScaling {
  /// - Parameter taken: the keys that the family's spec takes into account.
  init(_ config: ModelConfig, _ taken: Set<[String]>) throws(CheckpointError) {
    let keys = ["rope_scaling", "rope_parameters"]
    guard let key = keys.first(where: { config.value($0)?.object?.isEmpty == false }),
      let object = config.value(key)?.object
    else {
      for key in keys {
        if let value = config.value(key), !value.isNull, value.object == nil {
          throw CheckpointError(.configKey, file: config.file, "'\(key)' is \(value.text()), where an object is needed")
        }
      }
      self = .none
      return
    }
    let reader = Reader(config: config, key: key, object: object, taken: taken)
    switch object["rope_type"]?.string ?? object["type"]?.string ?? "default" {
    case "default", "none":
      try reader.expect([])
      self = .none
    case "linear":
      try reader.expect(["factor"])
      self = .linear(factor: try reader.positive("factor"))
    case "factors":
      try reader.expect(["factors"])
      let factors = (object["factors"]?.array ?? []).compactMap(\.double)
      guard !factors.isEmpty, factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw CheckpointError(.configKey, file: config.file, "'\(key).factors' are no positive numbers")
      }
      self = .divided(by: factors)
    case "llama3":
      try reader.expect(["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"])
      let (low, high) = (try reader.positive("low_freq_factor"), try reader.positive("high_freq_factor"))
      guard low < high else {
        throw CheckpointError(.configKey, file: config.file, "'\(key).low_freq_factor' is not below high_freq_factor")
      }
      self = .llama3(factor: try reader.positive("factor"), low: low, high: high, original: try reader.original())
    case "yarn":
      try reader.expect([
        "factor", "original_max_position_embeddings", "beta_fast", "beta_slow", "mscale", "mscale_all_dim",
        "attention_factor", "truncate",
      ])
      let original = try reader.original()
      var factor = try reader.positiveIfAny("factor")
      if factor == nil { factor = try reader.contextLength() / original }
      self = .yarn(
        YaRN(
          factor: factor ?? 1, original: original,
          fast: try reader.positiveIfAny("beta_fast") ?? 32, slow: try reader.positiveIfAny("beta_slow") ?? 1,
          truncates: object["truncate"]?.bool ?? true, scale: try reader.number("mscale"),
          scaleAllDimensions: try reader.number("mscale_all_dim"),
          attentionFactor: try reader.number("attention_factor")))
    default:
      let place = object["rope_type"] != nil ? "rope_type" : "type"
      throw UnsupportedKeys.refusal(config, "\(key).\(place)", object[place] ?? .null)
    }
  }

  private struct Reader {
    let config: ModelConfig
    let key: String
    let object: JSONObject
    let taken: Set<[String]>

    /// Refuses keys that a type of scaling does not have, unless they say that something is off.
    func expect(_ known: Set<String>) throws(CheckpointError) {
      for (name, value) in object.members where !known.contains(name) {
        if ["type", "rope_type", "rope_theta"].contains(name) || value.isNull || value == false { continue }
        if taken.contains([key, name]) || name == "partial_rotary_factor" && value.double == 1 { continue }
        throw UnsupportedKeys.refusal(config, "\(key).\(name)", value)
      }
    }

    func number(_ name: String) throws(CheckpointError) -> Double? {
      guard let value = object[name], !value.isNull else { return nil }
      guard let number = value.double, number.isFinite else {
        throw CheckpointError(
          .configKey, file: config.file, "'\(key).\(name)' is \(value.text()), where a number is needed")
      }
      return number
    }

    func positiveIfAny(_ name: String) throws(CheckpointError) -> Double? {
      guard let number = try number(name) else { return nil }
      guard number > 0 else {
        throw CheckpointError(
          .configKey, file: config.file, "'\(key).\(name)' is \(number), where it should be positive")
      }
      return number
    }

    func positive(_ name: String) throws(CheckpointError) -> Double {
      if let number = try positiveIfAny(name) { return number }
      throw CheckpointError(.configKey, file: config.file, "'\(key)' has no '\(name)', which its type needs")
    }

    /// The context that the frequencies were made for.
    func original() throws(CheckpointError) -> Double {
      // The key of the model's own goes first, as in transformers.
      if let number = config.value("original_max_position_embeddings")?.double, number > 0 { return number }
      if let number = try positiveIfAny("original_max_position_embeddings") { return number }
      return try contextLength()
    }

    func contextLength() throws(CheckpointError) -> Double {
      if let number = config.value("max_position_embeddings")?.double, number > 0 { return number }
      throw CheckpointError(.configKey, file: config.file, "has no 'max_position_embeddings', which '\(key)' needs")
    }
  }
}
