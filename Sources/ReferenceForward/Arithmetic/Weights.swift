internal import CheckpointKit
internal import Quantize

/// The weights of a model, decoded a strip of rows at a time, and their products with activations.
///
/// Strips depend on a matrix's shape alone, so the bits of a product do not depend on threads or memory.
struct Weights: Sendable {
  let reader: TensorReader
  let team: Team
  let blas: OpenBLAS
  /// What is added to the weights of norms: 1 where they are stored around 0.
  var normOffset: Float = 0

  /// Decoded values in one strip, at most: 4 MiB.
  static let stripValues = 1 << 20

  /// Products below this many multiplications are not worth a thread.
  private static let smallProduct = 1 << 22

  /// Runs of rows that are decoded together: whole sixteens, small enough that a matrix gives work to many threads.
  static func strips(rows: Int, columns: Int) -> [Range<Int>] {
    let fitting = max(1, stripValues / max(1, columns))
    let step = max(16, min(fitting / 16 * 16, rows.ceilDiv(16).roundedUp(to: 16)))
    return stride(from: 0, to: rows, by: step).map { $0..<min(rows, $0 + step) }
  }

  func tensor(_ role: Role, layer: Int? = nil, expert: Int? = nil) throws(CheckpointError) -> Binding.Bound {
    if let bound = reader.tensor(role, layer: layer, expert: expert) { return bound }
    let place = [layer.map { " of layer \($0)" }, expert.map { ", expert \($0)" }].compactMap { $0 }.joined()
    throw CheckpointError(.tensorMissing, file: reader.binding.checkpoint.path, "has no tensor for \(role)\(place)")
  }

  /// All of a norm or bias.
  func vector(_ role: Role, layer: Int? = nil) throws(CheckpointError) -> [Float] {
    try reader.values(of: tensor(role, layer: layer))
  }

  /// The weight of a norm, with what the model adds to it.
  func norm(_ role: Role, layer: Int? = nil) throws(CheckpointError) -> [Float] {
    try vector(role, layer: layer).map { $0 + normOffset }
  }

  /// The same, where the model has one.
  func normIfAny(_ role: Role, layer: Int) throws(CheckpointError) -> [Float]? {
    try vectorIfAny(role, layer: layer)?.map { $0 + normOffset }
  }

  /// A norm or bias, where the model has one.
  func vectorIfAny(_ role: Role, layer: Int, expert: Int? = nil) throws(CheckpointError) -> [Float]? {
    guard let bound = reader.tensor(role, layer: layer, expert: expert) else { return nil }
    return try reader.values(of: bound)
  }

  /// Adds a bias to every row, where the model has one.
  func addBias(_ role: Role, layer: Int, to block: Block) throws(CheckpointError) {
    guard let bias = try vectorIfAny(role, layer: layer) else { return }
    for row in 0..<block.rows { Elementwise.add(bias, to: block.row(row)) }
  }

  /// Decodes some rows into a worker's memory.
  func strip(
    _ rows: Range<Int>, of bound: Binding.Bound, _ worker: Worker, _ slot: Worker.Slot = .weights
  ) throws(CheckpointError) -> Block {
    let columns = reader.shape(of: bound).columns
    let block = try worker.block(slot, rows.count, columns)
    try reader.read(
      rows, of: bound, into: UnsafeMutableBufferPointer(start: block.base, count: rows.count * columns),
      scratch: worker.scratch)
    return block
  }

  /// `output = input · Wᵀ`, or `output += …`.
  ///
  /// - Parameters:
  ///   - input: a row for each token, a column for each column of W.
  ///   - output: a row for each token, a column for each row of W.
  func multiply(
    _ input: Block, _ bound: Binding.Bound, into output: Block, adding: Bool = false
  ) throws(CheckpointError) {
    let shape = reader.shape(of: bound)
    guard shape.columns == input.columns, shape.rows == output.columns else {
      throw CheckpointError(
        .internalMistake, tensor: reader.name(of: bound),
        "has shape \(shape) where \(output.columns) × \(input.columns) is needed")
    }
    let strips = Self.strips(rows: shape.rows, columns: shape.columns)
    let isSmall = shape.elementCount * max(8, input.rows) < Self.smallProduct
    try team.forEach(strips.count, alone: isSmall) { (i, worker) throws(CheckpointError) in
      let weights = try strip(strips[i], of: bound, worker)
      blas.multiply(input, transposed: weights, into: output[columns: strips[i]], beta: adding ? 1 : 0)
    }
  }

  /// Normalises the rows of a block, each by itself.
  func normalise(_ input: Block, _ weight: [Float], epsilon: Double, into output: Block) throws(CheckpointError) {
    try forEachRun(of: input.rows, values: input.columns) { rows in
      weight.withUnsafeBufferPointer { weight in
        for row in rows {
          Elementwise.normalise(input.row(row), weight: weight, epsilon: epsilon, into: output.row(row))
        }
      }
    }
  }

  /// Shares out rows in runs of 32.
  func forEachRun(of rows: Int, values: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) throws(CheckpointError) {
    try team.forEach(rows.ceilDiv(32), alone: rows * values < 1 << 17) { (i, _) throws(CheckpointError) in
      body(32 * i..<min(rows, 32 * (i + 1)))
    }
  }
}
