internal import CheckpointKit
internal import Quantize

/// Attention in which several query heads share one key and value head, as Llama and Qwen have it.
///
/// `q = Wq x`, `k = Wk x`, `v = Wv x`; where the model has norms of queries and keys, they are normalised, each head by
/// itself or all heads of a position as one vector, as long as the norm's weight is; then their first dimensions are
/// rotated. Where the model has biases of the projections they are added, and where it has sinks, each head has one. With
/// a gate the rows of Wq are, per head, those of the query and then as many of the gate, and the output of a head is
/// multiplied by the gate's sigmoid.
struct GroupedAttention: Sendable {
  let heads: Int
  let keyHeads: Int
  let width: Int
  /// How many positions a query sees at most; nil for all before it.
  let window: Int?
  let isGated: Bool
  /// Whether a norm of all heads is taken of each head by itself: a mistake, which tests make on purpose.
  var normalisesHeads = false
  /// Whether all queries stand before all gates: a mistake, which tests make on purpose.
  var gatesFollowQueries = false

  init(_ values: ForwardValues) throws(CheckpointError) {
    let window = try values.size("window", orNone: 0)
    self.window = window == 0 ? nil : window
    (heads, keyHeads) = (try values.size("heads"), try values.size("kv_heads"))
    width = try values.size("head")
    isGated = try values.bool("attention_gated", default: false)
    guard heads % keyHeads == 0 else {
      throw values.wrong("kv_heads", "is \(keyHeads), which \(heads) heads cannot share evenly")
    }
  }

  /// Values that a position takes meanwhile.
  var activations: Int { ((isGated ? 5 : 2) * heads + 2 * keyHeads) * width }

  /// Adds the attention of a layer to `state`.
  func apply(_ input: Block, layer: Int, pass: ForwardPass, addingTo state: Block) throws(CheckpointError) {
    let weights = pass.weights
    let (queries, gates) = try queries(input, layer, weights)
    let keys = try Matrix(input.rows, keyHeads * width)
    let values = try Matrix(input.rows, keyHeads * width)
    try weights.multiply(input, weights.tensor(.attnK, layer: layer), into: keys.block)
    try weights.multiply(input, weights.tensor(.attnV, layer: layer), into: values.block)
    try weights.addBias(.biasK, layer: layer, to: keys.block)
    try weights.addBias(.biasV, layer: layer, to: values.block)
    try turn(queries.block, heads, norm: .normQ, layer, pass)
    try turn(keys.block, keyHeads, norm: .normK, layer, pass)
    let output = try Matrix(input.rows, heads * width)
    let (width, shared) = (width, heads / keyHeads)
    let sinks = try weights.vectorIfAny(.sinks, layer: layer)
    try pass.causal.apply(heads: heads, window: window) { head in
      let key = head / shared
      return CausalAttention.Head(
        parts: [
          (
            queries.block[columns: head * width..<(head + 1) * width],
            keys.block[columns: key * width..<(key + 1) * width]
          )
        ],
        value: values.block[columns: key * width..<(key + 1) * width],
        output: output.block[columns: head * width..<(head + 1) * width], sink: sinks?[head])
    }
    if let gates {
      try weights.forEachRun(of: input.rows, values: output.columns) { rows in
        for row in rows { Elementwise.scale(output.block.row(row), bySigmoidOf: gates.block.row(row)) }
      }
    }
    try weights.multiply(output.block, weights.tensor(.attnO, layer: layer), into: state, adding: true)
    try weights.addBias(.biasO, layer: layer, to: state)
  }

  /// The queries, and the gates of the output where there are any.
  private func queries(
    _ input: Block, _ layer: Int, _ weights: Weights
  ) throws(CheckpointError) -> (Matrix, gates: Matrix?) {
    let projected = try Matrix(input.rows, (isGated ? 2 : 1) * heads * width)
    try weights.multiply(input, weights.tensor(.attnQ, layer: layer), into: projected.block)
    try weights.addBias(.biasQ, layer: layer, to: projected.block)
    if !isGated { return (projected, nil) }
    let (queries, gates) = (try Matrix(input.rows, heads * width), try Matrix(input.rows, heads * width))
    for row in 0..<input.rows {
      for head in 0..<heads {
        let place = projected.block.base + row * projected.columns + (gatesFollowQueries ? 1 : 2) * head * width
        let gate = place + (gatesFollowQueries ? heads * width : width)
        (queries.block.base + (row * heads + head) * width).update(from: place, count: width)
        (gates.block.base + (row * heads + head) * width).update(from: gate, count: width)
      }
    }
    return (queries, gates)
  }

  /// Normalises, where the model does, and rotates each head.
  private func turn(_ block: Block, _ heads: Int, norm: Role, _ layer: Int, _ pass: ForwardPass) throws(CheckpointError)
  {
    let weight = try pass.weights.normIfAny(norm, layer: layer)
    let (rotary, turns, epsilon) = (pass.architecture.rotary, pass.turns, pass.architecture.normEpsilon)
    let (width, count) = (width, weight?.count ?? width)
    guard count == width || count == block.columns else {
      throw CheckpointError(
        .internalMistake, "a norm of \(count) values is neither for a head of \(width) nor for all of them")
    }
    let together = normalisesHeads ? width : count
    try pass.weights.forEachRun(of: block.rows, values: block.columns) { rows in
      for row in rows {
        let values = UnsafeMutableBufferPointer(start: block.row(row).baseAddress, count: block.columns)
        weight?.withUnsafeBufferPointer { weight in
          for start in stride(from: 0, to: values.count, by: together) {
            let slice = UnsafeMutableBufferPointer(rebasing: values[start..<start + together])
            let part = UnsafeBufferPointer(rebasing: weight[start % count..<start % count + together])
            Elementwise.normalise(slice, weight: part, epsilon: epsilon, into: slice)
          }
        }
        for head in 0..<heads {
          if let base = values.baseAddress { rotary.rotate(base + head * width, by: turns.block.row(row)) }
        }
      }
    }
  }
}
