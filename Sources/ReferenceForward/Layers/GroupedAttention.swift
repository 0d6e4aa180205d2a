internal import CheckpointKit
internal import Quantize

/// Attention in which several query heads share one key and value head, as Llama and Qwen have it.
///
/// `q = Wq x`, `k = Wk x`, `v = Wv x`; where the model has norms of queries and keys, each head is normalised by itself;
/// then queries and keys are rotated.
struct GroupedAttention {
  let heads: Int
  let keyHeads: Int
  let width: Int

  /// Adds the attention of a layer to `state`.
  func apply(_ input: Block, layer: Int, pass: ForwardPass, addingTo state: Block) throws(CheckpointError) {
    let weights = pass.weights
    let queries = try Matrix(input.rows, heads * width)
    let keys = try Matrix(input.rows, keyHeads * width)
    let values = try Matrix(input.rows, keyHeads * width)
    try weights.multiply(input, weights.tensor(.attnQ, layer: layer), into: queries.block)
    try weights.multiply(input, weights.tensor(.attnK, layer: layer), into: keys.block)
    try weights.multiply(input, weights.tensor(.attnV, layer: layer), into: values.block)
    try turn(queries.block, heads, norm: .normQ, layer, pass)
    try turn(keys.block, keyHeads, norm: .normK, layer, pass)
    let output = try Matrix(input.rows, heads * width)
    let (width, shared) = (width, heads / keyHeads)
    try pass.causal.apply(heads: heads) { head in
      let key = head / shared
      return CausalAttention.Head(
        parts: [
          (
            queries.block[columns: head * width..<(head + 1) * width],
            keys.block[columns: key * width..<(key + 1) * width]
          )
        ],
        value: values.block[columns: key * width..<(key + 1) * width],
        output: output.block[columns: head * width..<(head + 1) * width])
    }
    try weights.multiply(output.block, weights.tensor(.attnO, layer: layer), into: state, adding: true)
  }

  /// Normalises each head, where the model does, and rotates it.
  private func turn(_ block: Block, _ heads: Int, norm: Role, _ layer: Int, _ pass: ForwardPass) throws(CheckpointError)
  {
    let weight = try pass.weights.vectorIfAny(norm, layer: layer)
    let (width, rotary, turns, epsilon) = (width, pass.architecture.rotary, pass.turns, pass.architecture.normEpsilon)
    try pass.weights.forEachRun(of: block.rows, values: block.columns) { rows in
      for row in rows {
        for head in 0..<heads {
          let values = UnsafeMutableBufferPointer(start: block.row(row).baseAddress, count: block.columns)
          let slice = UnsafeMutableBufferPointer(rebasing: values[head * width..<(head + 1) * width])
          weight?.withUnsafeBufferPointer { Elementwise.normalise(slice, weight: $0, epsilon: epsilon, into: slice) }
          if let base = slice.baseAddress { rotary.rotate(base, by: turns.block.row(row)) }
        }
      }
    }
  }
}
