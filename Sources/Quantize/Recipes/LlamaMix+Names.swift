internal import CheckpointKit

extension LlamaMix {
  /// The group of a tensor. Parts of names are looked for in this order, so that experts, whose names go on behind
  /// `ffn_up`, belong to theirs.
  static func group(of name: String) -> Group {
    switch name {
    case "output.weight": return .head
    case "token_embd.weight", perLayerEmbedding: return .embedding
    default: return groups.first { name.utf8.contains($0.part) }?.group ?? .other
    }
  }

  static let perLayerEmbedding = "per_layer_token_embd.weight"

  private static let groups: [(part: String.UTF8View, group: Group)] = [
    ("attn_qkv.weight".utf8, .value), ("attn_kv_b.weight".utf8, .value), ("attn_v.weight".utf8, .value),
    ("attn_k.weight".utf8, .key), ("attn_q.weight".utf8, .query), ("attn_output.weight".utf8, .attentionOutput),
    ("ffn_up".utf8, .up), ("ffn_gate".utf8, .gate), ("ffn_down".utf8, .down),
  ]

  static func isQuantized(_ name: String, _ shape: Shape) -> Bool {
    // The dimensions of GGUF, where a last one of 1 is none.
    let rank = shape.dimensions.drop { $0 == 1 }.count
    return rank >= 2 && name.utf8.suffix(6).elementsEqual("weight".utf8) && !has(name, keptParts)
      && name != "position_embd.weight" && name != "token_types.weight"
  }

  /// What GLM5-Next keeps besides.
  static func isKept(_ name: String, architecture: String) -> Bool {
    architecture == glm5Next && has(name, keptPartsOfGLM5Next)
  }

  private static func has(_ name: String, _ parts: [String]) -> Bool {
    parts.contains { name.utf8.contains($0.utf8) }
  }

  private static let glm5Next = "glm5-next"

  private static let keptParts = [
    "_norm.weight",
    // Which expert a token goes to.
    "ffn_gate_inp.weight", "ffn_gate_tid2eid.weight",
    "altup", "laurel", "per_layer_model_proj",
    "ssm_conv1d", "shortconv.conv.weight",
    "indexer.k_proj.weight", "indexer.q_proj.weight",
    // RWKV.
    "time_mix_first.weight", "time_mix_w0.weight", "time_mix_w1.weight", "time_mix_w2.weight", "time_mix_v0.weight",
    "time_mix_v1.weight", "time_mix_v2.weight", "time_mix_a0.weight", "time_mix_a1.weight", "time_mix_a2.weight",
    "time_mix_g1.weight", "time_mix_g2.weight", "time_mix_decay_w1.weight", "time_mix_decay_w2.weight",
    "time_mix_lerp_fused.weight",
    // T5, vision, audio.
    "attn_rel_b.weight", ".position_embd", "sam.pos_embd", "sam.neck.", "sam.net_", ".rel_pos", ".patch_embd",
    ".patch_merger", "a.rvq.codebook", "mm.a.code_embd",
  ]

  private static let keptPartsOfGLM5Next = [
    "hc_", "indexer.attn_q_b", "indexer.attn_k", "indexer.proj", "indexer_compressor_gate", "indexer_compressor_ape",
    "ssm_f_a.weight", "ssm_f_b.weight", "ssm_g_a.weight", "ssm_g_b.weight", "ssm_beta.weight", "attn_kv_a_mqa.weight",
    "attn_k_b.weight", "attn_v_b.weight",
  ]

  /// Tensors of GLM5-Next that no mix takes below Q8_0.
  static func keepsEightBits(_ name: String, architecture: String) -> Bool {
    architecture == glm5Next && has(name, ["attn_q_a", "attn_q_b", "nextn.eh_proj"])
  }

  static func layer(of name: String) -> Int? {
    guard name.utf8.starts(with: "blk.".utf8) else { return nil }
    let digits = name.utf8.dropFirst(4).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int(String(Substring(digits)))
  }

  /// The order in which `llama-quantize` visits tensors, and writes them: what belongs to no layer first, then by layer,
  /// within it by name.
  public static func precedes(_ a: Tensor, _ b: Tensor) -> Bool {
    a.layer == b.layer ? a.name < b.name : (a.layer ?? -1) < (b.layer ?? -1)
  }
}

extension String.UTF8View {
  fileprivate func contains(_ part: String.UTF8View) -> Bool {
    let (bytes, part) = (Array(self), Array(part))
    guard part.count <= bytes.count else { return false }
    return (0...bytes.count - part.count).contains { bytes[$0..<$0 + part.count] == part[...] }
  }
}
