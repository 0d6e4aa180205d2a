internal import CheckpointKit

/// The formula of a model: what its spec and its config say of the forward pass, checked to be all that is carried out
/// here.
struct Architecture: Sendable {
  enum Attention: Sendable {
    /// Grouped queries: `keyHeads` keys and values, each for a run of query heads.
    case grouped(heads: Int, keyHeads: Int, width: Int)
    /// Multi-head latent attention: keys and values from a latent, with one rotated key shared by all heads.
    case latent(LatentAttention.Widths)
  }

  let hidden: Int
  let vocabulary: Int
  let layers: Int
  let attention: Attention
  let normEpsilon: Double
  /// What scores are multiplied by before the softmax.
  let attentionScale: Double
  let rotary: Rotary
  /// nil where no layer has experts.
  let router: Router.Rule?

  init(_ model: ModelLayout) throws(CheckpointError) {
    let values = try ForwardValues(model)
    try values.refuseUnknown()
    try UnsupportedKeys.check(model.config)
    hidden = try values.size("hidden", model.integer("hidden"))
    vocabulary = try values.size("vocab", model.integer("vocab"))
    layers = model.layerCount
    normEpsilon = try values.double("norm_eps")
    let pairing = try values.choice("rope_pairing", ["interleaved", "half-split"])
    let rotated: Int
    let width: Int
    switch try values.choice("attention", ["gqa", "mla"]) {
    case "gqa":
      let (heads, keyHeads) = (try values.size("heads"), try values.size("kv_heads"))
      width = try values.size("head")
      rotated = width
      guard heads % keyHeads == 0 else {
        throw CheckpointError(
          .configKey, file: model.config.file, "\(heads) heads cannot share \(keyHeads) key heads evenly")
      }
      attention = .grouped(heads: heads, keyHeads: keyHeads, width: width)
    default:
      let widths = LatentAttention.Widths(
        heads: try values.size("heads"), plain: try values.size("nope"), rotated: try values.size("rope"),
        value: try values.size("v_head"), latent: try values.size("kv_lora"),
        latentEpsilon: try values.double("latent_norm_eps"))
      width = widths.plain + widths.rotated
      rotated = widths.rotated
      attention = .latent(widths)
    }
    try UnsupportedKeys.checkPairing(model.config, pairing)
    guard rotated % 2 == 0 else {
      throw CheckpointError(.configKey, file: model.config.file, "\(rotated) rotary dimensions do not form pairs")
    }
    let scaling = try RotaryScaling(model.config)
    rotary = Rotary(
      width: rotated, theta: try values.double("rope_theta"), scaling: scaling, isInterleaved: pairing == "interleaved")
    var scale = 1 / Double(width).squareRoot()
    // modeling_deepseek_v3.py, yarn_apply_mscale: the softmax scale of MLA grows with the square of mscale.
    if case .latent = attention { scale *= scaling.latentFactor * scaling.latentFactor }
    attentionScale = scale
    router = model.expertCount > 0 ? try Router.Rule(values, experts: model.expertCount) : nil
  }
}

/// The values of a spec's `forward` block, by type.
struct ForwardValues {
  private let values: [String: SpecValue]
  private let model: ModelLayout

  private static let known: Set<String> = [
    "attention", "heads", "kv_heads", "head", "nope", "rope", "v_head", "kv_lora", "norm_eps", "latent_norm_eps",
    "rope_pairing", "rope_theta", "router", "router_groups", "router_groups_kept", "router_renormalises",
    "router_scale", "experts_per_token",
  ]

  /// Sizes beyond this are no model's, and would not fit what OpenBLAS counts in.
  private static let sizeLimit = 1 << 26

  init(_ model: ModelLayout) throws(CheckpointError) {
    self.model = model
    values = try model.forwardValues()
    guard !values.isEmpty else {
      throw CheckpointError(
        .forwardUnsupported, file: model.config.file, "the family \(model.spec.name) has no forward pass here")
    }
  }

  /// What a spec asks for and this build does not know, it cannot carry out.
  func refuseUnknown() throws(CheckpointError) {
    for key in values.keys.sorted() where !Self.known.contains(key) {
      throw CheckpointError(
        .forwardUnsupported, file: model.config.file,
        "the spec \(model.spec.name) asks for 'forward.\(key)', which the forward pass does not have")
    }
  }

  private func wrong(_ key: String, _ problem: String) -> CheckpointError {
    CheckpointError(.configKey, file: model.config.file, "'forward.\(key)' of the spec \(model.spec.name) \(problem)")
  }

  func size(_ key: String) throws(CheckpointError) -> Int {
    if case .int(let value)? = values[key] { return try size(key, value) }
    throw wrong(key, "is no integer")
  }

  func size(_ key: String, _ value: Int?) throws(CheckpointError) -> Int {
    guard let value, (1...Self.sizeLimit).contains(value) else {
      throw wrong(key, "is \(value.map(String.init) ?? "missing"), where a positive size is needed")
    }
    return value
  }

  func double(_ key: String) throws(CheckpointError) -> Double {
    switch values[key] {
    case .int(let value)?: return Double(value)
    case .double(let value)? where value.isFinite: return value
    default: throw wrong(key, "is no number")
    }
  }

  func bool(_ key: String, default standard: Bool) throws(CheckpointError) -> Bool {
    switch values[key] {
    case nil, .missing?: return standard
    case .bool(let value)?: return value
    default: throw wrong(key, "is neither true nor false")
    }
  }

  func int(_ key: String, default standard: Int) throws(CheckpointError) -> Int {
    if values[key] == nil { return standard }
    return try size(key)
  }

  func double(_ key: String, default standard: Double) throws(CheckpointError) -> Double {
    if values[key] == nil { return standard }
    return try double(key)
  }

  /// One of several words; any other is something that is not carried out here.
  func choice(_ key: String, _ choices: [String]) throws(CheckpointError) -> String {
    guard case .string(let value)? = values[key] else { throw wrong(key, "is no word") }
    guard choices.contains(value) else {
      let source = model.spec.forward[key]?.text ?? key
      throw CheckpointError(
        .forwardUnsupported, file: model.config.file,
        "'\(value)' is asked for by \(source) (\(key)), and the forward pass has only \(choices.joined(separator: ", "))"
      )
    }
    return value
  }
}
