internal import CheckpointKit
internal import Quantize

/// Linear attention by the gated delta rule, of Qwen3-Next and Qwen3.5: a state for each head, to which every position
/// writes, in place of keys and values of all of them.
///
/// | what | how |
/// |---|---|
/// | projections | queries, keys, values and the output gate z; the write strength b and the decay a, one each a value head |
/// | convolution | causal, of each channel of q, k and v by itself, over the last few positions; then SiLU |
/// | queries and keys | divided by their length, `x / sqrt(Σx² + 1e-6)`; queries by the root of their width too |
/// | state | `S ← e^g S`, with `g = −e^A · softplus(a + dt)`; then `S ← S + k ⊗ sigmoid(b) (v − kᵀS)` |
/// | output | `qᵀS`, normalised per head, times `silu(z)`; then the output projection |
///
/// A key head serves a run of value heads. Qwen3-Next stores q, k, v, z together for each key head, and b, a likewise;
/// Qwen3.5 stores all q, then all k, then all v. Source: transformers 5.23.0, `modeling_qwen3_next.py` and
/// `modeling_qwen3_5.py`, the recurrent form.
struct GatedDeltaNet: Sendable {
  let keyHeads: Int
  let valueHeads: Int
  let keyWidth: Int
  let valueWidth: Int
  /// Positions that the convolution sees, itself counted.
  let kernel: Int
  /// Mistakes that tests make on purpose: what is added to the norm of the output, whether what stands together for each
  /// key head is read as all q, all k, all v, all z, and whether queries and keys keep their length.
  var normOffset: Float = 0
  var readsFlat = false
  var keepsLength = false

  init(_ values: ForwardValues) throws(CheckpointError) {
    (keyHeads, valueHeads) = (try values.size("linear_key_heads"), try values.size("linear_value_heads"))
    (keyWidth, valueWidth) = (try values.size("linear_key"), try values.size("linear_value"))
    kernel = try values.size("linear_kernel")
    guard valueHeads % keyHeads == 0 else {
      throw values.wrong("linear_value_heads", "is \(valueHeads), which \(keyHeads) key heads cannot share evenly")
    }
  }

  private var keys: Int { keyHeads * keyWidth }
  private var valuesInAll: Int { valueHeads * valueWidth }
  private var channels: Int { 2 * keys + valuesInAll }
  private var shared: Int { valueHeads / keyHeads }

  /// Values that a position takes meanwhile.
  var activations: Int { 3 * channels + 4 * valuesInAll + 4 * valueHeads }

  /// The projections of an input, a row for each position.
  private struct Projections {
    /// All queries, then all keys, then all values.
    var mixed: Matrix
    var gate: Matrix
    var strength: Matrix
    var decay: Matrix
  }

  /// Adds the attention of a layer to `state`.
  func apply(_ input: Block, layer: Int, pass: ForwardPass, addingTo state: Block) throws(CheckpointError) {
    let weights = pass.weights
    let projections = try project(input, layer, weights)
    let mixed = try convolve(projections.mixed, layer, pass)
    let output = try recur(mixed, projections, layer, pass)
    let norm = try weights.vector(.normLinear, layer: layer).map { $0 + normOffset }
    let (width, heads, epsilon) = (valueWidth, valueHeads, pass.architecture.normEpsilon)
    guard norm.count == width else {
      throw CheckpointError(.internalMistake, "a norm of \(norm.count) values is not for heads of \(width)")
    }
    try weights.forEachRun(of: input.rows, values: output.columns) { rows in
      norm.withUnsafeBufferPointer { norm in
        for row in rows {
          let (values, gate) = (output.block.row(row), projections.gate.block.row(row))
          for head in 0..<heads {
            let slice = UnsafeMutableBufferPointer(rebasing: values[head * width..<(head + 1) * width])
            Elementwise.normalise(slice, weight: norm, epsilon: epsilon, into: slice)
          }
          for i in 0..<values.count { values[i] *= Elementwise.silu(gate[i]) }
        }
      }
    }
    try weights.multiply(output.block, weights.tensor(.attnO, layer: layer), into: state, adding: true)
  }

  // MARK: Projections

  private func project(_ input: Block, _ layer: Int, _ weights: Weights) throws(CheckpointError) -> Projections {
    let rows = input.rows
    let projections = Projections(
      mixed: try Matrix(rows, channels), gate: try Matrix(rows, valuesInAll), strength: try Matrix(rows, valueHeads),
      decay: try Matrix(rows, valueHeads))
    guard weights.reader.tensor(.attnQKVZ, layer: layer) != nil else {
      try weights.multiply(input, weights.tensor(.attnQKV, layer: layer), into: projections.mixed.block)
      try weights.multiply(input, weights.tensor(.attnZ, layer: layer), into: projections.gate.block)
      try weights.multiply(input, weights.tensor(.linearB, layer: layer), into: projections.strength.block)
      try weights.multiply(input, weights.tensor(.linearA, layer: layer), into: projections.decay.block)
      return projections
    }
    let (together, pairs) = (try Matrix(rows, channels + valuesInAll), try Matrix(rows, 2 * valueHeads))
    try weights.multiply(input, weights.tensor(.attnQKVZ, layer: layer), into: together.block)
    try weights.multiply(input, weights.tensor(.linearBA, layer: layer), into: pairs.block)
    let run = shared * valueWidth
    for row in 0..<rows {
      let mixed = projections.mixed.block.base + row * channels
      let source = together.block.base + row * together.columns
      for head in 0..<keyHeads {
        let places = placesTogether(head)
        (mixed + head * keyWidth).update(from: source + places.query, count: keyWidth)
        (mixed + keys + head * keyWidth).update(from: source + places.key, count: keyWidth)
        (mixed + 2 * keys + head * run).update(from: source + places.value, count: run)
        (projections.gate.block.base + row * valuesInAll + head * run).update(from: source + places.gate, count: run)
        let pair = pairs.block.base + row * pairs.columns + head * 2 * shared
        let place = row * valueHeads + head * shared
        (projections.strength.block.base + place).update(from: pair, count: shared)
        (projections.decay.block.base + place).update(from: pair + shared, count: shared)
      }
    }
    return projections
  }

  /// Where q, k, v and z of a key head begin where they are stored together.
  private func placesTogether(_ head: Int) -> (query: Int, key: Int, value: Int, gate: Int) {
    let run = shared * valueWidth
    if readsFlat {
      return (head * keyWidth, keys + head * keyWidth, 2 * keys + head * run, channels + head * run)
    }
    let start = head * (2 * keyWidth + 2 * run)
    return (start, start + keyWidth, start + 2 * keyWidth, start + 2 * keyWidth + run)
  }

  /// The convolution of each sequence, and SiLU.
  private func convolve(_ mixed: Matrix, _ layer: Int, _ pass: ForwardPass) throws(CheckpointError) -> Matrix {
    let weight = try pass.weights.vector(.linearConvolution, layer: layer)
    let (length, kernel, channels) = (pass.causal.length, kernel, channels)
    guard weight.count == channels * kernel else {
      throw CheckpointError(.internalMistake, "a convolution of \(weight.count) values for \(channels) channels")
    }
    let result = try Matrix(mixed.rows, channels)
    try pass.weights.forEachRun(of: mixed.rows, values: channels) { rows in
      for row in rows {
        let place = row % length
        let output = result.block.row(row)
        for step in max(0, kernel - 1 - place)..<kernel {
          // The last value of the kernel is the position's own.
          let source = mixed.block.row(row - (kernel - 1 - step))
          for channel in 0..<channels { output[channel] += weight[channel * kernel + step] * source[channel] }
        }
        for channel in 0..<channels { output[channel] = Elementwise.silu(output[channel]) }
      }
    }
    return result
  }

  // MARK: The rule

  /// The recurrence of each sequence and value head.
  private func recur(
    _ mixed: Matrix, _ projections: Projections, _ layer: Int, _ pass: ForwardPass
  ) throws(CheckpointError) -> Matrix {
    let (weights, length) = (pass.weights, pass.causal.length)
    let factors = try weights.vector(.linearDecay, layer: layer)
    let steps = try weights.vector(.linearStep, layer: layer)
    let output = try Matrix(mixed.rows, valuesInAll)
    let (strength, decay) = (projections.strength.block, projections.decay.block)
    let (heads, keys, keyWidth, width, shared) = (valueHeads, keys, keyWidth, valueWidth, shared)
    let keepsLength = keepsLength
    try weights.team.forEach(pass.causal.sequences * heads) { (unit, worker) throws(CheckpointError) in
      let (sequence, head) = (unit / heads, unit % heads)
      let state = try worker.block(.weights, keyWidth, width)
      for row in 0..<keyWidth { state.row(row).update(repeating: 0) }
      let vectors = try worker.block(.input, 3, max(keyWidth, width))
      let (query, key, change) = (vectors.row(0), vectors.row(1), vectors.row(2))
      for row in sequence * length..<(sequence + 1) * length {
        let source = mixed.block.base + row * mixed.columns
        let scale = 1 / Float(keyWidth).squareRoot()
        let queries = source + head / shared * keyWidth
        Self.scale(
          queries, into: query, count: keyWidth, by: keepsLength ? scale : scale / Self.length(queries, keyWidth))
        Self.scale(
          queries + keys, into: key, count: keyWidth, by: keepsLength ? 1 : 1 / Self.length(queries + keys, keyWidth))
        let value = source + 2 * keys + head * width
        let kept = Elementwise.exponential(
          -Elementwise.exponential(factors[head]) * Elementwise.softplus(decay.row(row)[head] + steps[head]))
        let write = Elementwise.sigmoid(strength.row(row)[head])
        for column in 0..<width { change[column] = 0 }
        for i in 0..<keyWidth {
          let line = state.row(i)
          for column in 0..<width {
            line[column] *= kept
            change[column] += key[i] * line[column]
          }
        }
        for column in 0..<width { change[column] = write * (value[column] - change[column]) }
        let result = output.block.base + row * output.columns + head * width
        for i in 0..<keyWidth {
          let line = state.row(i)
          for column in 0..<width {
            line[column] += key[i] * change[column]
            result[column] += query[i] * line[column]
          }
        }
      }
    }
    return output
  }

  /// `sqrt(Σx² + 1e-6)`
  private static func length(_ vector: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
    var squares = 0.0
    for i in 0..<count { squares += Double(vector[i]) * Double(vector[i]) }
    return Float((squares + 1e-6).squareRoot())
  }

  private static func scale(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutableBufferPointer<Float>, count: Int, by factor: Float
  ) {
    for i in 0..<count { target[i] = source[i] * factor }
  }
}
