#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What llama.cpp divides the rotary frequencies by where a config scales them as Llama 3.1 does.
enum RopeFactors {
  /// Those that a GGUF file has already, or those that the config means.
  static func factors(_ model: ModelLayout) throws(CheckpointError) -> [Float] {
    guard case .list(let given) = SpecValue(model.config.value(at: ["rope_scaling", "factors"])) else {
      return try llama3(model)
    }
    let factors = given.compactMap { $0.asDouble.map { Float($0) } }
    guard factors.count == given.count, !factors.isEmpty else {
      throw CheckpointError(.configKey, file: model.config.file, "its rope factors are no list of numbers")
    }
    return factors
  }

  private static func llama3(_ model: ModelLayout) throws(CheckpointError) -> [Float] {
    func number(_ text: String) throws(CheckpointError) -> Double {
      try model.environment.double(try Expression(text, file: "rope_factors"))
    }
    func parameter(_ key: String, _ usual: String) throws(CheckpointError) -> Double {
      try number("rope_parameters.\(key) | rope_scaling.\(key) ?? \(usual)")
    }
    let base = try number("rope_parameters.rope_theta | rope_scaling.rope_theta | rope_theta ?? 10000.0")
    let width = Int(try number("head"))
    let factor = try parameter("factor", "8.0")
    let (low, high) = (try parameter("low_freq_factor", "1.0"), try parameter("high_freq_factor", "4.0"))
    let context = try parameter("original_max_position_embeddings", "8192")
    guard base > 0, width > 0, width <= 1 << 16, factor > 0, low > 0, high > low else {
      throw CheckpointError(.configKey, file: model.config.file, "its rope scaling has values that mean no frequencies")
    }
    return factors(base: base, width: width, factor: factor, low: low, high: high, context: context)
  }

  /// The `rope_scaling` of Llama 3.1 and its successors that factors come from, bit for bit; nil where it is another.
  static func llama3Scaling(of factors: [Float], base: Double, width: Int) -> JSONValue? {
    // All published models have these; the factor is 8, or 32 for the small ones.
    let (low, high, context) = (1.0, 4.0, 8192.0)
    guard let most = factors.max(), most > 1, most.isFinite, base > 0, width == 2 * factors.count,
      factors
        == Self.factors(base: base, width: width, factor: Double(most), low: low, high: high, context: context)
    else { return nil }
    return .object([
      "rope_type": "llama3", "factor": .double(Double(most)), "low_freq_factor": .double(low),
      "high_freq_factor": .double(high), "original_max_position_embeddings": .int(Int(context)),
    ])
  }

  /// One factor for each frequency: 1 for short waves, `factor` for long ones, in between what lies between both.
  ///
  /// Float32 throughout, in the order of steps of llama.cpp's converter (`conversion/llama.py`), where PyTorch divides a
  /// number by a tensor as it multiplies with the reciprocal.
  private static func factors(
    base: Double, width: Int, factor: Double, low: Double, high: Double, context: Double
  ) -> [Float] {
    stride(from: 0, to: width, by: 2).map { i in
      let frequency = 1 / powf(Float(base), Float(i) / Float(width))
      let wave = 1 / frequency * Float(2 * Double.pi)
      if wave < Float(context / high) { return 1 }
      if wave > Float(context / low) { return Float(factor) }
      let smooth = (1 / wave * Float(context) - Float(low)) / Float(high - low)
      return 1 / ((1 - smooth) / Float(factor) + smooth)
    }
  }
}
