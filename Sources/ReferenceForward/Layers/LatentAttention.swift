internal import CheckpointKit
internal import Quantize

/// Multi-head latent attention (MLA) of DeepSeek-V3 and Kimi K2, in its plain form: the latents are expanded to keys and
/// values.
///
/// | what | how |
/// |---|---|
/// | queries | `Wq_b norm(Wq_a x)`, or `Wq x`; per head the plain part, then the rotated part |
/// | latent and shared key | `Wkv_a x`: the latent, then one rotated key for all heads, which is not normalised |
/// | keys and values | `Wkv_b norm(latent)`; per head the plain key, then the value |
///
/// The norms of the latents have an epsilon of their own. With sparse attention (DSA) an indexer says which keys count;
/// a layer without an indexer takes the choice of the layer before. Source: transformers 5.23.0,
/// `modeling_deepseek_v3.py`, `modeling_deepseek_v32.py` and `modeling_glm_moe_dsa.py`.
struct LatentAttention: Sendable {
  struct Widths: Sendable {
    var heads: Int
    /// Dimensions of a query or key that are not rotated.
    var plain: Int
    var rotated: Int
    var value: Int
    var latent: Int
    var latentEpsilon: Double
  }

  let widths: Widths
  /// nil where attention is dense.
  let indexer: Indexer?
  /// Whether the indexer runs in this layer.
  let choosesKeys: Bool

  init(_ values: ForwardValues) throws(CheckpointError) {
    widths = Widths(
      heads: try values.size("heads"), plain: try values.size("nope"), rotated: try values.size("rope"),
      value: try values.size("v_head"), latent: try values.size("kv_lora"),
      latentEpsilon: try values.double("latent_norm_eps"))
    indexer = try Indexer(values)
    choosesKeys = try values.bool("has_indexer", default: true)
  }

  /// Values that a position takes meanwhile, beside the query latent.
  var activations: Int {
    widths.heads * (2 * widths.plain + widths.rotated + 2 * widths.value) + widths.latent + widths.rotated
      + (indexer?.activations ?? 0)
  }

  /// Adds the attention of a layer to `state`.
  ///
  /// - Parameter selection: the keys that the last indexer chose; replaced where this layer chooses.
  func apply(
    _ input: Block, layer: Int, pass: ForwardPass, selection: inout KeySelection?, addingTo state: Block
  ) throws(CheckpointError) {
    let (weights, rotary, turns) = (pass.weights, pass.architecture.rotary, pass.turns)
    let (heads, plain, rotated, value) = (widths.heads, widths.plain, widths.rotated, widths.value)
    let (queries, queryLatent) = try queries(input, layer, weights)
    if let indexer, choosesKeys {
      guard let queryLatent else {
        throw CheckpointError(.forwardUnsupported, "an indexer without a query latent is asked for (q_lora_rank)")
      }
      selection = try indexer.select(input, latent: queryLatent.block, layer: layer, pass: pass)
    }
    if indexer != nil, selection == nil {
      throw CheckpointError(.configKey, "layer \(layer) shares the keys of a layer before it, and there is none")
    }
    let latents = try Matrix(input.rows, widths.latent + rotated)
    try weights.multiply(input, weights.tensor(.attnKVA, layer: layer), into: latents.block)
    let latent = latents.block[columns: 0..<widths.latent]
    let sharedKey = latents.block[columns: widths.latent..<widths.latent + rotated]
    try weights.normalise(
      latent, weights.norm(.normKVA, layer: layer), epsilon: widths.latentEpsilon, into: latent)
    try weights.forEachRun(of: input.rows, values: queries.columns) { rows in
      for row in rows {
        let turn = turns.block.row(row)
        rotary.rotate(sharedKey.base + row * sharedKey.stride, by: turn)
        for head in 0..<heads {
          rotary.rotate(queries.block.base + row * queries.columns + head * (plain + rotated) + plain, by: turn)
        }
      }
    }
    let expanded = try Matrix(input.rows, heads * (plain + value))
    try weights.multiply(latent, weights.tensor(.attnKVB, layer: layer), into: expanded.block)
    let output = try Matrix(input.rows, heads * value)
    try pass.causal.apply(heads: heads, selection: selection) { head in
      let query = queries.block[columns: head * (plain + rotated)..<(head + 1) * (plain + rotated)]
      let pair = expanded.block[columns: head * (plain + value)..<(head + 1) * (plain + value)]
      return CausalAttention.Head(
        parts: [
          (query[columns: 0..<plain], pair[columns: 0..<plain]), (query[columns: plain..<plain + rotated], sharedKey),
        ],
        value: pair[columns: plain..<plain + value], output: output.block[columns: head * value..<(head + 1) * value])
    }
    try weights.multiply(output.block, weights.tensor(.attnO, layer: layer), into: state, adding: true)
  }

  /// - Returns: the queries, and the normalised latent that they come from, where there is one.
  private func queries(
    _ input: Block, _ layer: Int, _ weights: Weights
  ) throws(CheckpointError) -> (Matrix, latent: Matrix?) {
    let queries = try Matrix(input.rows, widths.heads * (widths.plain + widths.rotated))
    if let whole = weights.reader.tensor(.attnQ, layer: layer) {
      try weights.multiply(input, whole, into: queries.block)
      return (queries, nil)
    }
    let down = try weights.tensor(.attnQA, layer: layer)
    let latent = try Matrix(input.rows, weights.reader.shape(of: down).rows)
    try weights.multiply(input, down, into: latent.block)
    try weights.normalise(
      latent.block, weights.norm(.normQA, layer: layer), epsilon: widths.latentEpsilon, into: latent.block)
    try weights.multiply(latent.block, weights.tensor(.attnQB, layer: layer), into: queries.block)
    return (queries, latent)
  }
}
