internal import CheckpointKit
internal import Quantize

/// A dense feed-forward block: `Wdown activation(Wgate x, Wup x)`. Where the model has biases of the projections they
/// are added.
struct FeedForward {
  let gate: Role
  let up: Role
  let down: Role
  var biases: (gate: Role, up: Role, down: Role)?

  static let dense = FeedForward(
    gate: .mlpGate, up: .mlpUp, down: .mlpDown, biases: (.biasMLPGate, .biasMLPUp, .biasMLPDown))
  /// The experts that every token goes through, stored as one block.
  static let shared = FeedForward(gate: .sharedGate, up: .sharedUp, down: .sharedDown)

  /// Adds the block's result for every row of the input to `state`.
  ///
  /// - Parameter shares: what the result of each row is multiplied by; nil for 1.
  func apply(
    _ input: Block, layer: Int, pass: ForwardPass, shares: [Float]? = nil, addingTo state: Block
  ) throws(CheckpointError) {
    let (weights, activation) = (pass.weights, pass.architecture.activation)
    let gateTensor = try weights.tensor(gate, layer: layer)
    let inner = weights.reader.shape(of: gateTensor).rows
    let (gates, ups) = (try Matrix(input.rows, inner), try Matrix(input.rows, inner))
    try weights.multiply(input, gateTensor, into: gates.block)
    try weights.multiply(input, weights.tensor(up, layer: layer), into: ups.block)
    if let biases {
      try weights.addBias(biases.gate, layer: layer, to: gates.block)
      try weights.addBias(biases.up, layer: layer, to: ups.block)
    }
    try weights.forEachRun(of: input.rows, values: inner) { rows in
      for row in rows {
        activation.apply(gates.block.row(row), ups.block.row(row))
        // The product is linear: a share of its input is a share of its result.
        if let shares { for i in 0..<inner { gates.block.row(row)[i] *= shares[row] } }
      }
    }
    try weights.multiply(gates.block, weights.tensor(down, layer: layer), into: state, adding: true)
    if let biases { try weights.addBias(biases.down, layer: layer, to: state) }
  }
}
