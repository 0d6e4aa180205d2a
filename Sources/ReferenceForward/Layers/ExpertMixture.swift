internal import CheckpointKit
internal import Quantize

/// A mixture of experts: each token goes through the few that the router chooses for it, and through the shared ones.
///
/// Only experts that some token chose are read, each once, a strip at a time. The results of a token's experts are added
/// in the order of the experts' numbers.
struct ExpertMixture {
  let router: Router

  /// Tokens that go through a strip together.
  private static let run = 128

  /// Which tokens chose an expert.
  private struct Load: Sendable {
    var expert: Int
    var tokens: [(row: Int, weight: Float)] = []
    /// Where its rows begin in the matrix of inner activations.
    var start = 0
  }

  /// Adds the result of a layer's experts to `state`.
  ///
  /// - Returns: what the router chose.
  func apply(_ input: Block, layer: Int, pass: ForwardPass, addingTo state: Block) throws(CheckpointError)
    -> RouterChoices
  {
    let weights = pass.weights
    let choices = try choose(input, layer, weights)
    let loads = loads(choices)
    if !loads.isEmpty { try apply(loads, input, layer, pass, addingTo: state) }
    if weights.reader.tensor(FeedForward.shared.gate, layer: layer) != nil {
      try FeedForward.shared.apply(
        input, layer: layer, pass: pass, shares: try sharedShares(input, layer, weights), addingTo: state)
    }
    return choices
  }

  /// How much of the shared expert each token takes: the sigmoid of a projection, where the model has one.
  private func sharedShares(_ input: Block, _ layer: Int, _ weights: Weights) throws(CheckpointError) -> [Float]? {
    guard let gate = weights.reader.tensor(.routerShared, layer: layer) else { return nil }
    let logits = try Matrix(input.rows, 1)
    try weights.multiply(input, gate, into: logits.block)
    return (0..<input.rows).map { Elementwise.sigmoid(logits.block.row($0)[0]) }
  }

  /// The biases of some experts.
  private struct Biases: Sendable {
    var gate: [[Float]] = []
    var up: [[Float]] = []
    var down: [[Float]] = []

    /// - Returns: nil where the model has none.
    init?(_ experts: [Int], _ layer: Int, _ weights: Weights) throws(CheckpointError) {
      for expert in experts {
        guard let gate = try weights.vectorIfAny(.biasMoeGate, layer: layer, expert: expert),
          let up = try weights.vectorIfAny(.biasMoeUp, layer: layer, expert: expert),
          let down = try weights.vectorIfAny(.biasMoeDown, layer: layer, expert: expert)
        else { return nil }
        self.gate.append(gate)
        self.up.append(up)
        self.down.append(down)
      }
    }
  }

  private func choose(_ input: Block, _ layer: Int, _ weights: Weights) throws(CheckpointError) -> RouterChoices {
    let rule = router.rule
    let logits = try Matrix(input.rows, rule.experts)
    try weights.multiply(input, weights.tensor(.router, layer: layer), into: logits.block)
    try weights.addBias(.biasRouter, layer: layer, to: logits.block)
    let bias = try weights.vectorIfAny(.routerBias, layer: layer)
    var choices = RouterChoices(layer: layer, experts: rule.experts, chosen: rule.chosen, tokens: input.rows)
    choices.ids.withUnsafeMutableBufferPointer { ids in
      choices.weights.withUnsafeMutableBufferPointer { weights in
        for row in 0..<input.rows {
          let places = row * rule.chosen..<(row + 1) * rule.chosen
          router.route(
            logits.block.row(row), bias: bias, ids: UnsafeMutableBufferPointer(rebasing: ids[places]),
            weights: UnsafeMutableBufferPointer(rebasing: weights[places]))
        }
      }
    }
    return choices
  }

  private func loads(_ choices: RouterChoices) -> [Load] {
    var loads = (0..<choices.experts).map { Load(expert: $0) }
    for i in choices.ids.indices {
      loads[Int(choices.ids[i])].tokens.append((i / choices.chosen, choices.weights[i]))
    }
    var start = 0
    return loads.filter { !$0.tokens.isEmpty }.map { load in
      defer { start += load.tokens.count }
      var load = load
      load.start = start
      return load
    }
  }

  private func apply(
    _ loads: [Load], _ input: Block, _ layer: Int, _ pass: ForwardPass, addingTo state: Block
  ) throws(CheckpointError) {
    let (weights, activation) = (pass.weights, pass.architecture.activation)
    let biases = try Biases(loads.map(\.expert), layer, weights)
    let width = weights.reader.shape(of: try weights.tensor(.moeGate, layer: layer, expert: loads[0].expert)).rows
    let inner = try Matrix(loads.reduce(0) { $0 + $1.tokens.count }, width)
    let strips = Weights.strips(rows: width, columns: input.columns)
    let blas = weights.blas
    // Gate and up: a unit is a strip of one expert.
    try weights.team.forEach(loads.count * strips.count) { (unit, worker) throws(CheckpointError) in
      let (load, strip) = (loads[unit / strips.count], strips[unit % strips.count])
      let (gateBias, upBias) = (biases?.gate[unit / strips.count], biases?.up[unit / strips.count])
      let gate = try weights.strip(strip, of: weights.tensor(.moeGate, layer: layer, expert: load.expert), worker)
      let up = try weights.strip(
        strip, of: weights.tensor(.moeUp, layer: layer, expert: load.expert), worker, .moreWeights)
      for start in stride(from: 0, to: load.tokens.count, by: Self.run) {
        let tokens = load.tokens[start..<min(load.tokens.count, start + Self.run)]
        let rows = try worker.block(.input, tokens.count, input.columns)
        for (i, token) in tokens.enumerated() {
          rows.row(i).baseAddress?.update(from: input.base + token.row * input.stride, count: input.columns)
        }
        let gates = inner.block[rows: load.start + start..<load.start + start + tokens.count][columns: strip]
        let ups = try worker.block(.moreOutput, tokens.count, strip.count)
        blas.multiply(rows, transposed: gate, into: gates)
        blas.multiply(rows, transposed: up, into: ups)
        for i in 0..<tokens.count {
          if let gateBias { Elementwise.add(Array(gateBias[strip]), to: gates.row(i)) }
          if let upBias { Elementwise.add(Array(upBias[strip]), to: ups.row(i)) }
          activation.apply(gates.row(i), ups.row(i))
        }
      }
    }
    // Down: a unit is a strip of the result, to which all experts add in turn.
    let outputStrips = Weights.strips(rows: state.columns, columns: width)
    try weights.team.forEach(outputStrips.count) { (unit, worker) throws(CheckpointError) in
      let strip = outputStrips[unit]
      for (number, load) in loads.enumerated() {
        let bias = biases.map { Array($0.down[number][strip]) }
        let down = try weights.strip(strip, of: weights.tensor(.moeDown, layer: layer, expert: load.expert), worker)
        for start in stride(from: 0, to: load.tokens.count, by: Self.run) {
          let tokens = load.tokens[start..<min(load.tokens.count, start + Self.run)]
          let results = try worker.block(.output, tokens.count, strip.count)
          let rows = inner.block[rows: load.start + start..<load.start + start + tokens.count]
          blas.multiply(rows, transposed: down, into: results)
          for (i, token) in tokens.enumerated() {
            if let bias { Elementwise.add(bias, to: results.row(i)) }
            let (target, result) = (state.base + token.row * state.stride + strip.lowerBound, results.row(i))
            for column in 0..<strip.count { target[column] += token.weight * result[column] }
          }
        }
      }
    }
  }
}
