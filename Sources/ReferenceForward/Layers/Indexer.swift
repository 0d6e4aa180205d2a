internal import CheckpointKit
internal import Quantize

/// The lightning indexer of DeepSeek sparse attention (DSA): which keys a position attends to.
///
/// | what | how |
/// |---|---|
/// | queries | `Wq_b` of the normalised query latent, `heads × width` |
/// | key | LayerNorm with bias of `Wk x`, one for all heads |
/// | rotation | the first dimensions of both, paired as the family pairs them here |
/// | score of a key | `Σ weight · relu(q · k · width^−1/2)` over heads, `weight = Ww x · heads^−1/2` |
///
/// Each position keeps the keys with the largest scores among those before it and itself. The publisher's code also
/// applies a Hadamard transform and quantizes to fp8; both change the rounding alone. Sources: transformers 5.23.0,
/// `modeling_deepseek_v32.py` and `modeling_glm_moe_dsa.py`.
struct Indexer: Sendable {
  let heads: Int
  let width: Int
  let kept: Int
  let isInterleaved: Bool
  let normEpsilon: Double

  /// - Returns: nil where attention is dense.
  init?(_ values: ForwardValues) throws(CheckpointError) {
    kept = try values.size("index_topk", orNone: 0)
    if kept == 0 { return nil }
    (heads, width) = (try values.size("index_heads"), try values.size("index_head"))
    isInterleaved = try values.choice("index_rope_pairing", ["interleaved", "half-split"]) == "interleaved"
    normEpsilon = try values.double("index_norm_eps")
  }

  /// Values that a position takes meanwhile.
  var activations: Int { heads * (width + 1) + width + 3 * kept / 2 }

  /// Chooses the keys of every position.
  ///
  /// - Parameters:
  ///   - input: what enters the layer's attention.
  ///   - latent: the normalised query latent.
  func select(_ input: Block, latent: Block, layer: Int, pass: ForwardPass) throws(CheckpointError) -> KeySelection {
    let weights = pass.weights
    let queries = try Matrix(input.rows, heads * width)
    let keys = try Matrix(input.rows, width)
    let shares = try Matrix(input.rows, heads)
    try weights.multiply(latent, weights.tensor(.indexerQ, layer: layer), into: queries.block)
    try weights.multiply(input, weights.tensor(.indexerK, layer: layer), into: keys.block)
    try weights.multiply(input, weights.tensor(.indexerWeights, layer: layer), into: shares.block)
    try turn(queries.block, keys.block, layer, pass)
    let (length, sequences, blas) = (pass.causal.length, pass.causal.sequences, weights.blas)
    let runs = length.ceilDiv(CausalAttention.run)
    let kept = min(kept, length)
    // Places as Float32, which holds them exactly up to 2^24.
    let chosen = try Matrix(input.rows, kept)
    let (heads, width) = (heads, width)
    let (scale, share) = (1 / Float(width).squareRoot(), 1 / Float(heads).squareRoot())
    try weights.team.forEach(sequences * runs) { (unit, worker) throws(CheckpointError) in
      let (sequence, run) = (unit / runs, unit % runs)
      let start = sequence * length
      let places = run * CausalAttention.run..<min(length, (run + 1) * CausalAttention.run)
      let rows = start + places.lowerBound..<start + places.upperBound
      let seen = start..<start + places.upperBound
      let products = try worker.block(.output, places.count, places.upperBound)
      let scores = try worker.block(.moreOutput, places.count, places.upperBound)
      for head in 0..<heads {
        let columns = head * width..<(head + 1) * width
        blas.multiply(
          queries.block[rows: rows][columns: columns], transposed: keys.block[rows: seen], into: products, alpha: scale)
        for i in 0..<places.count {
          let (product, score) = (products.row(i), scores.row(i))
          let weight = shares.block.row(rows.lowerBound + i)[head] * share
          for key in 0..<product.count {
            let value = weight * max(0, product[key])
            score[key] = head == 0 ? value : score[key] + value
          }
        }
      }
      for (i, place) in places.enumerated() {
        let row = UnsafeBufferPointer(rebasing: scores.row(i)[...place])
        let target = chosen.block.row(rows.lowerBound + i)
        target.update(repeating: -1)
        let keys = LargestScores.places(kept, of: row, length: length)
        for (slot, key) in keys.enumerated() { target[slot] = Float(key) }
      }
    }
    return KeySelection(layer: layer, kept: kept, places: chosen.block)
  }

  /// Normalises the keys, and rotates the first dimensions of keys and queries.
  private func turn(_ queries: Block, _ keys: Block, _ layer: Int, _ pass: ForwardPass) throws(CheckpointError) {
    let weight = try pass.weights.vector(.normIndexer, layer: layer)
    let bias = try pass.weights.vector(.biasIndexer, layer: layer)
    var rotary = pass.architecture.rotary
    rotary.isInterleaved = isInterleaved
    let (heads, width, epsilon, turns) = (heads, width, normEpsilon, pass.turns)
    guard rotary.width <= width else {
      throw CheckpointError(.configKey, "\(rotary.width) rotary dimensions are more than the indexer's \(width)")
    }
    try pass.weights.forEachRun(of: keys.rows, values: queries.columns) { [rotary] rows in
      for row in rows {
        let turn = turns.block.row(row)
        Elementwise.normaliseCentred(keys.row(row), weight: weight, bias: bias, epsilon: epsilon)
        rotary.rotate(keys.base + row * keys.stride, by: turn)
        for head in 0..<heads { rotary.rotate(queries.base + row * queries.stride + head * width, by: turn) }
      }
    }
  }
}
