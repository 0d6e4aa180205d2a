internal import CheckpointKit

/// Keys of config.json that change the computation and are not carried out here.
///
/// Each is fine where it is absent or null, or says what is done anyway; everything else is refused by name, so that no
/// result looks right and is not. A key that the family's spec takes into account is the spec's business.
enum UnsupportedKeys {
  private static let alwaysRefused = [
    "attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar", "attention_multiplier", "clip_qkv",
    "swiglu_limit", "index_topk", "attention_chunk_size", "shared_expert_intermediate_size", "linear_num_value_heads",
  ]

  /// Keys with the one value that means what is done here.
  private static let neutral: [(key: String, value: JSONValue)] = [
    ("attention_bias", false), ("qkv_bias", false), ("mlp_bias", false), ("use_bias", false), ("use_qk_norm", false),
    ("attn_output_gate", false), ("use_parallel_residual", false), ("alibi", false),
    ("partial_rotary_factor", 1), ("logit_scale", 1), ("logits_scaling", 1), ("embedding_multiplier", 1),
    ("residual_multiplier", 1), ("topk_method", "noaux_tc"),
  ]

  /// Names of x · sigmoid(x).
  private static let activations = ["silu", "swish"]

  /// - Parameter taken: the keys that the spec takes into account.
  static func check(_ config: ModelConfig, _ taken: Set<[String]>) throws(CheckpointError) {
    for key in alwaysRefused where !taken.contains([key]) {
      if let value = config.value(key), !value.isNull, value != 0 { throw refusal(config, key, value) }
    }
    for (key, standard) in neutral where !taken.contains([key]) {
      if let value = config.value(key), !value.isNull, !same(value, standard) { throw refusal(config, key, value) }
    }
    if let value = config.value("hidden_act"), !value.isNull, !activations.contains(value.string ?? "") {
      throw refusal(config, "hidden_act", value)
    }
    if !taken.contains(["sliding_window"]), let value = config.value("sliding_window"), !value.isNull,
      config.value("use_sliding_window") != false
    {
      throw refusal(config, "sliding_window", value)
    }
    // transformers writes the latter for every layer of a model with indexers.
    let known: [JSONValue] =
      taken.contains(["index_topk"]) ? ["full_attention", "indexed_attention"] : ["full_attention"]
    if !taken.contains(["layer_types"]), let value = config.value("layer_types"), !value.isNull,
      let other = (value.array ?? [value]).first(where: { !known.contains($0) })
    {
      throw refusal(config, "layer_types", other)
    }
  }

  /// `rope_interleave` says in DeepSeek's configs how the stored rows are paired.
  static func checkPairing(_ config: ModelConfig, _ pairing: String) throws(CheckpointError) {
    if let value = config.value("rope_interleave"), !value.isNull, value != .bool(pairing == "interleaved") {
      throw refusal(config, "rope_interleave", value)
    }
  }

  private static func same(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let a = a.double, let b = b.double { return a == b }
    return a == b
  }

  static func refusal(_ config: ModelConfig, _ key: String, _ value: JSONValue) -> CheckpointError {
    CheckpointError(
      .forwardUnsupported, file: config.file,
      "'\(key)' is \(value.text()), which the forward pass does not carry out")
  }
}
