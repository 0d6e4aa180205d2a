internal import CheckpointKit

/// The formula of a model: what its spec and its config say of the forward pass, checked to be all that is carried out
/// here.
struct Architecture: Sendable {
  enum Attention: Sendable {
    case grouped(GroupedAttention)
    case latent(LatentAttention)
    case deltaNet(GatedDeltaNet)
  }

  let hidden: Int
  let vocabulary: Int
  /// The attention of each decoder layer.
  var attention: [Attention]
  let normEpsilon: Double
  /// What is added to the weights of norms.
  let normOffset: Float
  /// What scores are multiplied by before the softmax.
  let attentionScale: Double
  var rotary: Rotary
  var activation: GatedActivation
  /// nil where no layer has experts.
  var router: Router.Rule?

  init(_ model: ModelLayout) throws(CheckpointError) {
    let values = try ForwardValues(model)
    try values.refuseUnknown()
    let taken = model.spec.keysTakenIntoAccount
    try UnsupportedKeys.check(model.config.asStated, taken)
    hidden = try values.size("hidden", model.integer("hidden"))
    vocabulary = try values.size("vocab", model.integer("vocab"))
    normEpsilon = try values.double("norm_eps")
    normOffset = Float(try values.double("norm_offset", default: 0))
    let pairing = try values.choice("rope_pairing", ["interleaved", "half-split"])
    try UnsupportedKeys.checkPairing(model.config.asStated, pairing)
    var attention: [Attention] = []
    for layer in 0..<model.layerCount { attention.append(try Attention(try ForwardValues(model, layer: layer))) }
    self.attention = attention
    let (width, rotated) = try Self.widths(attention, values)
    guard rotated % 2 == 0, rotated <= width else {
      throw CheckpointError(
        .configKey, file: model.config.file, "\(rotated) rotary dimensions do not form pairs within \(width)")
    }
    let scaling = try RotaryScaling(model.config, taken)
    rotary = Rotary(
      width: rotated, theta: try values.double("rope_theta"), scaling: scaling, isInterleaved: pairing == "interleaved")
    var scale = 1 / Double(width).squareRoot()
    // modeling_deepseek_v3.py, yarn_apply_mscale: the softmax scale of MLA grows with the square of mscale.
    if attention.contains(where: \.isLatent) { scale *= scaling.latentFactor * scaling.latentFactor }
    attentionScale = scale
    activation = try GatedActivation(values)
    router = model.expertCount > 0 ? try Router.Rule(values, experts: model.expertCount) : nil
  }

  var layers: Int { attention.count }

  /// Values of a query that scores are summed over, and how many of them are rotated: the same in all layers.
  private static func widths(
    _ attention: [Attention], _ values: ForwardValues
  ) throws(CheckpointError) -> (width: Int, rotated: Int) {
    for kind in attention {
      switch kind {
      case .grouped(let grouped): return (grouped.width, try values.int("rope_dims", default: grouped.width))
      case .latent(let latent): return (latent.widths.plain + latent.widths.rotated, latent.widths.rotated)
      case .deltaNet: continue
      }
    }
    return (2, 2)
  }
}

extension Architecture.Attention {
  init(_ values: ForwardValues) throws(CheckpointError) {
    switch try values.choice("attention", ["gqa", "mla", "delta-net"]) {
    case "gqa": self = .grouped(try GroupedAttention(values))
    case "delta-net": self = .deltaNet(try GatedDeltaNet(values))
    default: self = .latent(try LatentAttention(values))
    }
  }

  var isLatent: Bool { if case .latent = self { true } else { false } }
}

/// The values of a spec's `forward` block, by type.
struct ForwardValues {
  private let values: [String: SpecValue]
  private let model: ModelLayout

  private static let known: Set<String> = [
    "attention", "heads", "kv_heads", "head", "nope", "rope", "v_head", "kv_lora", "norm_eps", "latent_norm_eps",
    "rope_pairing", "rope_theta", "rope_dims", "index_heads", "index_head", "index_topk", "index_rope_pairing",
    "index_norm_eps", "has_indexer", "window", "attention_gated", "norm_offset",
    "linear_key_heads", "linear_value_heads", "linear_key", "linear_value", "linear_kernel", "rope_sections",
    "rope_sections_interleaved", "vision_heads", "vision_norm_eps", "vision_proj_norm_eps", "vision_positions",
    "vision_rope_pairing", "vision_rope_theta", "vision_merge", "vision_frames", "vision_frame_table",
    "vision_activation", "activation", "activation_limit", "activation_slope", "router", "router_groups",
    "router_groups_kept", "router_renormalises",
    "router_scale", "experts_per_token",
  ]

  /// Sizes beyond this are no model's, and would not fit what OpenBLAS counts in.
  private static let sizeLimit = 1 << 26

  /// - Parameter layer: whose values they are, where those of layers differ.
  init(_ model: ModelLayout, layer: Int = 0) throws(CheckpointError) {
    self.model = model
    values = try model.forwardValues(layer: layer)
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

  func wrong(_ key: String, _ problem: String) -> CheckpointError {
    CheckpointError(.configKey, file: model.config.file, "'forward.\(key)' of the spec \(model.spec.name) \(problem)")
  }

  func size(_ key: String) throws(CheckpointError) -> Int {
    switch values[key] {
    case .int(let value)?: return try size(key, value)
    case .double(let value)? where Int(exactly: value) != nil: return try size(key, Int(value))
    default: throw wrong(key, "is no integer")
    }
  }

  /// A size, or a value that says there is none.
  func size(_ key: String, orNone none: Int) throws(CheckpointError) -> Int {
    switch values[key] {
    case nil, .missing?: return none
    case .int(none)?: return none
    default: return try size(key)
    }
  }

  func has(_ key: String) -> Bool { values[key] != nil && values[key] != .missing }

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
  func choice(_ key: String, _ choices: [String], default standard: String? = nil) throws(CheckpointError) -> String {
    if values[key] == nil, let standard { return standard }
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
