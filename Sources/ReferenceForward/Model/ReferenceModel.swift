public import CheckpointKit
public import Quantize

/// A model that can be run, in Float32, straight from its checkpoint: one layer's weights at a time, in whatever encoding
/// they are stored, each the exact product of its encoding.
///
/// It is made to be read and to check against: the formula as the publisher's code has it, no cache, no fusion, no
/// rounding between. The text model alone is run; layers for multi-token prediction have no part in the logits.
/// Quantization of activations, which some configs ask for, is a choice of engines and is not imitated.
///
/// ```swift
/// let binding = try Binding.bind(Checkpoint.open("Kimi-K2"), library: SpecLibrary())
/// let model = try ReferenceModel(TensorReader(binding))
/// let result = try model.run(TokenInput(tokens: [17, 4, 211]))
/// try model.forEachLogits(of: result) { rows, logits in … }
/// ```
///
/// The same input gives the same bits on one machine, whatever `threads` and `memory` are.
public final class ReferenceModel: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var memory: MemoryBudget
    /// Tensors in a layer that nothing here knows, and that may be left out: ``Binding/requireKnownLayers(_:)``.
    public var allowances: [Allowance] = []
    /// Asked between units of work: whether to stop.
    public var isStopped: @Sendable () -> Bool

    public init(
      threads: Int = availableProcessors, memory: MemoryBudget = .standard,
      isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
      self.threads = threads
      self.memory = memory
      self.isStopped = isStopped
    }
  }

  public let reader: TensorReader
  let model: ModelLayout
  private let architecture: Architecture
  let options: Options
  let blas: OpenBLAS

  /// - Throws: `forward.unsupported` where the config or the spec asks for what is not carried out here, and
  ///   `library.missing` where there is no OpenBLAS.
  public convenience init(_ reader: TensorReader, options: Options = Options()) throws(CheckpointError) {
    try self.init(reader, options: options) { _ in }
  }

  /// - Parameter mistake: what a test gets wrong on purpose.
  init(
    _ reader: TensorReader, options: Options, mistake: (inout Architecture) -> Void
  ) throws(CheckpointError) {
    guard let model = reader.binding.model else {
      throw CheckpointError(
        .familyUnknown, file: reader.binding.checkpoint.path, "is of no family that is known here, and cannot be run",
        hint: "'ckpt families' lists what is known; --specs DIR adds more")
    }
    guard model.groups.contains(.text) else {
      throw CheckpointError(
        .forwardUnsupported, file: reader.binding.checkpoint.path,
        "holds a vision tower and no text model: there is nothing to run", hint: "give the text model's file")
    }
    try reader.binding.requireKnownLayers(options.allowances)
    self.reader = reader
    self.model = model
    self.options = options
    var architecture = try Architecture(model)
    mistake(&architecture)
    self.architecture = architecture
    blas = try OpenBLAS.shared.get()
  }

  public var layerCount: Int { architecture.layers }
  public var vocabularySize: Int { architecture.vocabulary }

  /// Runs all layers.
  ///
  /// - Parameter observe: gets each decoder layer's number and output, a row of `hidden` values for each position.
  /// - Throws: `forward.input` where a token is not in the vocabulary, and `plan.memory` where the activations of so many
  ///   positions do not fit.
  public func run(
    _ input: TokenInput, observe: ((Int, UnsafeBufferPointer<Float>) throws(CheckpointError) -> Void)? = nil
  ) throws(CheckpointError) -> ForwardResult {
    try input.check(vocabulary: architecture.vocabulary)
    let weights = try weights(for: input)
    var pass = ForwardPass(
      architecture: architecture, weights: weights, turns: try architecture.rotary.table(input.allPositions),
      causal: CausalAttention(
        team: weights.team, blas: blas, scale: architecture.attentionScale, sequences: input.sequences,
        length: input.length))
    let state = try embed(input, weights)
    var routing: [RouterChoices] = []
    var selections: [KeySelection] = []
    for layer in 0..<architecture.layers {
      if let choices = try pass.apply(layer: layer, to: state.block) { routing.append(choices) }
      if let selection = pass.selection, selection.layer == layer { selections.append(selection) }
      if let observe {
        try observe(layer, UnsafeBufferPointer(start: state.block.base, count: state.rows * state.columns))
      }
    }
    try weights.normalise(
      state.block, weights.norm(.normFinal), epsilon: architecture.normEpsilon, into: state.block)
    return ForwardResult(
      positions: state.rows, routing: routing, selections: selections, final: state, team: weights.team)
  }

  /// How many workers fit beside the activations.
  private func weights(for input: TokenInput) throws(CheckpointError) -> Weights {
    let estimate = MemoryEstimate(architecture, reader, sequences: input.sequences, length: input.length)
    let workers = try options.memory.workers(fixed: estimate.fixed, panel: estimate.worker, wanted: options.threads)
    return Weights(
      reader: reader, team: Team(threads: workers, isStopped: options.isStopped), blas: blas,
      normOffset: architecture.normOffset)
  }

  private func embed(_ input: TokenInput, _ weights: Weights) throws(CheckpointError) -> Matrix {
    let table = try weights.tensor(.embed)
    let state = try Matrix(input.tokens.count, architecture.hidden)
    let scratch = ReadScratch()
    for (i, token) in input.tokens.enumerated() {
      try reader.read(token..<token + 1, of: table, into: state.block.row(i), scratch: scratch)
    }
    return state
  }

  // MARK: Logits

  /// Positions whose logits are computed together: as many as fit 64 MiB.
  private var logitRun: Int { max(1, (64 << 20) / 4 / architecture.vocabulary) }

  /// Runs of positions, in order, for ``logits(of:rows:)``.
  public func logitRuns(of result: ForwardResult) -> [Range<Int>] {
    stride(from: 0, to: result.positions, by: logitRun).map { $0..<min(result.positions, $0 + logitRun) }
  }

  /// The logits of a run of ``logitRuns(of:)``: a row of `vocabularySize` values for each position.
  ///
  /// A tied model whose checkpoint stores a head of its own uses the stored one, as transformers does.
  public func logits(of result: ForwardResult, rows: Range<Int>) throws(CheckpointError) -> Logits {
    let weights = Weights(reader: reader, team: result.team, blas: blas)
    let head = try weights.tensor(reader.tensor(.head) == nil ? .embed : .head)
    let logits = try Matrix(rows.count, architecture.vocabulary)
    try weights.multiply(result.final.block[rows: rows], head, into: logits.block)
    return Logits(matrix: logits)
  }
}

/// What a run of the model left: the final hidden state of every position, from which logits are computed, and what the
/// routers chose.
public struct ForwardResult: Sendable {
  public let positions: Int
  /// One for each layer with experts, in order.
  public let routing: [RouterChoices]
  /// One for each layer whose indexer chose keys, in order.
  public let selections: [KeySelection]
  let final: Matrix
  let team: Team
}

/// Logits of some positions.
public struct Logits: Sendable {
  let matrix: Matrix

  public var positions: Int { matrix.rows }

  /// The logits of one position.
  public subscript(position: Int) -> UnsafeBufferPointer<Float> { UnsafeBufferPointer(matrix.block.row(position)) }

  /// All of them, row by row, valid as long as this value lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: matrix.block.base, count: matrix.rows * matrix.columns * 4)
  }
}

/// What the layers of one run share.
struct ForwardPass {
  let architecture: Architecture
  let weights: Weights
  /// Cosines and sines of every position.
  let turns: Matrix
  let causal: CausalAttention
  /// The keys that the last indexer chose.
  var selection: KeySelection?

  /// One decoder layer: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
  ///
  /// - Returns: what the router chose, in a layer with experts.
  mutating func apply(layer: Int, to state: Block) throws(CheckpointError) -> RouterChoices? {
    let epsilon = architecture.normEpsilon
    let normal = try Matrix(state.rows, state.columns)
    try weights.normalise(state, weights.norm(.normAttention, layer: layer), epsilon: epsilon, into: normal.block)
    switch architecture.attention[layer] {
    case .grouped(let attention): try attention.apply(normal.block, layer: layer, pass: self, addingTo: state)
    case .deltaNet(let attention): try attention.apply(normal.block, layer: layer, pass: self, addingTo: state)
    case .latent(let attention):
      var selection = selection
      try attention.apply(normal.block, layer: layer, pass: self, selection: &selection, addingTo: state)
      self.selection = selection
    }
    try weights.normalise(state, weights.norm(.normFeedForward, layer: layer), epsilon: epsilon, into: normal.block)
    if let rule = architecture.router, weights.reader.tensor(.router, layer: layer) != nil {
      return try ExpertMixture(router: Router(rule: rule)).apply(
        normal.block, layer: layer, pass: self, addingTo: state)
    }
    try FeedForward.dense.apply(normal.block, layer: layer, pass: self, addingTo: state)
    return nil
  }
}
