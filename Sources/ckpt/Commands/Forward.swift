internal import ArgumentParser
internal import CheckpointKit
internal import Quantize
internal import ReferenceForward

struct Forward: ReadingVerb {
  static let verb = "forward"
  static let configuration = CommandConfiguration(
    abstract: "Run the reference forward pass in Float32, straight from the checkpoint.",
    discussion: """
      Weights of any encoding are decoded exactly and used a strip at a time, so that the largest models run in little \
      memory. The text model alone is run. It needs OpenBLAS.

      Results of different checkpoints are compared by tolerance: bits depend on the type of the CPU, though not on \
      threads or memory.

      EXAMPLES
        ckpt forward Qwen3-0.6B --random 32 --seed 1 --logits logits.npy
        ckpt forward Kimi-K2-Instruct --tokens ids.npy --hidden hidden --routing
      """)

  @Argument(help: "A checkpoint: a folder, a Hub cache folder, a .safetensors or a .gguf file.", completion: .directory)
  var checkpoint: String

  @Option(help: "Token ids: .npy of int32 or int64, [T] or [B, T], or a text of ids.", completion: .file())
  var tokens: String?

  @Option(help: "Draw this many ids from the vocabulary instead.")
  var random: Int?

  @Option(help: "Which ids --random draws.")
  var seed: UInt64?

  @Option(help: "Positions of the tokens, like --tokens (default: 0, 1, 2, …).", completion: .file())
  var positions: String?

  @Option(
    help: "Write the logits to FILE.npy, float32, [T, vocab] or [B, T, vocab]; an older one of that kind is replaced.",
    completion: .file())
  var logits: String?

  @Option(
    help:
      "Write each layer's output, and what its router and its indexer chose, to DIR; older ones of these names and kinds are replaced.",
    completion: .directory)
  var hidden: String?

  @Flag(help: "Say how evenly the routers spread the tokens.")
  var routing = false

  @Option(
    help: "Run the vision tower instead, on patches of pixels: .npy of float32, [patches, …].", completion: .file())
  var pixels: String?

  @Option(
    help: "Frames, rows and columns of patches of each image: .npy of integers, [images, 3].", completion: .file())
  var grid: String?

  @Option(help: "Write what the projector behind the tower gives to FILE.npy, float32.", completion: .file())
  var features: String?

  @OptionGroup var allow: AllowOptions
  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    guard (pixels == nil) == (grid == nil) else { throw ValidationError("--pixels and --grid go together") }
    if features != nil, pixels == nil { throw ValidationError("--features goes with --pixels") }
    if let features, !features.hasSuffix(".npy") { throw ValidationError("--features takes a path that ends in .npy") }
    if pixels != nil {
      guard tokens == nil, random == nil, positions == nil, logits == nil, hidden == nil, !routing else {
        throw ValidationError("--pixels runs the vision tower alone, without tokens")
      }
      return
    }
    guard (tokens == nil) != (random == nil) else { throw ValidationError("give either --tokens or --random") }
    if let random, !(1...(1 << 24)).contains(random) {
      throw ValidationError("--random takes a number of tokens from 1 to \(1 << 24)")
    }
    if seed != nil, random == nil { throw ValidationError("--seed goes with --random") }
    if let logits, !logits.hasSuffix(".npy") { throw ValidationError("--logits takes a path that ends in .npy") }
  }

  func perform(_ session: Session) throws -> Report {
    Terminal.catchStopSignals()
    if let features { try require(features, .array(.f32), session.files) }
    if let logits { try session.files.requireFilePlace(logits) }
    let binding = try Binding.bind(session.open(checkpoint), library: session.library())
    var options = ReferenceModel.Options(
      threads: session.threads, memory: session.budget, isStopped: { Terminal.stopSignal != 0 })
    options.allowances = allow.allowances
    let model = try ReferenceModel(TensorReader(binding), options: options)
    if let pixels, let grid { return try look(at: ImageInput(pixels: pixels, grid: grid, files: session.files), model) }
    let input = try input(vocabulary: model.vocabularySize, session.files)
    let outputs = Outputs(leading: input.shape, files: session.files)
    try requirePlaces(outputs, layers: model.layerCount)
    if let hidden { try session.files.makeDirectories(hidden) }
    let result = try model.run(input) { (layer, state) throws(CheckpointError) in
      guard let hidden else { return }
      let width = state.count / input.tokens.count
      try outputs.write(
        UnsafeRawBufferPointer(state), .f32, [width], to: joinPath(hidden, "layer-\(Outputs.number(layer)).npy"))
    }
    if let hidden {
      for choices in result.routing { try outputs.write(choices, to: hidden) }
      for selection in result.selections { try outputs.write(selection, to: hidden) }
    }
    var report = try report(model, result, outputs)
    report.findings += binding.findings
    if routing { add(result.routing.map(\.statistics), to: &report) }
    return report
  }

  /// That nothing stands where arrays will be written but such arrays.
  private func requirePlaces(_ outputs: Outputs, layers: Int) throws(CheckpointError) {
    var paths: [String] = []
    if let hidden, try outputs.files.status(hidden) != nil {
      for layer in 0..<layers {
        for (name, dtype) in Outputs.names(layer) {
          let path = joinPath(hidden, name)
          paths.append(path)
          try require(path, .array(dtype), outputs.files)
        }
      }
    }
    if let logits { try require(logits, .array(.f32), apartFrom: paths, outputs.files) }
  }

  private func require(
    _ path: String, _ kind: SideOutput.Kind, apartFrom others: [String] = [], _ files: FileAccess
  ) throws(CheckpointError) {
    _ = try SideOutput(
      path, kind, apartFrom: [tokens, positions, pixels, grid] + others, readFrom: checkpoint, files: files)
  }

  /// The vision tower alone.
  private func look(at images: ImageInput, _ model: ReferenceModel) throws(CheckpointError) -> Report {
    let result = try model.features(of: images)
    if let features {
      let writer = try NPYWriter(features, NPYHeader(.f32, [result.count, result.width]))
      try writer.append(result.bytes)
      try writer.publish()
    }
    var hasher = SHA256Hasher()
    hasher.update(result.bytes)
    let digest = hasher.finish()
    var report = Report()
    report.summary = [
      "images": .int(images.grids.count), "features": .int(result.count), "width": .int(result.width),
      "features_sha256": .string(digest.hex),
    ]
    var facts = TextTable()
    facts.row("images", "\(images.grids.count)")
    facts.row("features", "\(result.count) of \(result.width) values")
    facts.row("features, sha256", digest.hex)
    if let features { facts.row("written to", printable(features)) }
    report.text = facts.text()
    return report
  }

  private func input(vocabulary: Int, _ files: FileAccess) throws(CheckpointError) -> TokenInput {
    var input: TokenInput
    if let tokens {
      input = try TokenInput(reading: tokens, files: files)
    } else {
      input = try TokenInput(random: random ?? 0, seed: seed ?? 0, vocabulary: vocabulary)
    }
    if let positions { input = try input.positioned(reading: positions, files: files) }
    return input
  }

  // MARK: Logits

  private func report(
    _ model: ReferenceModel, _ result: ForwardResult, _ outputs: Outputs
  ) throws(CheckpointError) -> Report {
    var writer: NPYWriter?
    if let logits {
      writer = try NPYWriter(logits, NPYHeader(.f32, outputs.leading + [model.vocabularySize]), files: outputs.files)
    }
    var hasher = SHA256Hasher()
    var unusable = 0
    for rows in model.logitRuns(of: result) {
      let logits = try model.logits(of: result, rows: rows)
      hasher.update(logits.bytes)
      try writer?.append(logits.bytes)
      unusable += (0..<logits.positions).count { position in !logits[position].allSatisfy(\.isFinite) }
    }
    try writer?.publish()
    let digest = hasher.finish()
    var report = Report()
    report.summary = [
      "positions": .int(result.positions), "vocab": .int(model.vocabularySize), "layers": .int(model.layerCount),
      "logits_sha256": .string(digest.hex),
    ]
    if unusable > 0 {
      report.findings.append(
        Finding(
          .warning, .nonFinite, file: checkpoint,
          "gives logits that are not finite at \(unusable) of \(result.positions) positions",
          hint: "weights are damaged, or not what config.json says: 'ckpt validate' looks closer"))
    }
    var facts = TextTable()
    facts.row("positions", ByteSize.grouped(result.positions))
    facts.row("layers", "\(model.layerCount)")
    facts.row("vocabulary", ByteSize.grouped(model.vocabularySize))
    facts.row("logits, sha256", digest.hex)
    if let logits { facts.row("written to", printable(logits)) }
    if let hidden { facts.row("layers written to", printable(hidden)) }
    report.text = facts.text()
    return report
  }

  // MARK: Routing

  private func add(_ statistics: [RoutingStatistics], to report: inout Report) {
    report.summary["routing"] = .array(
      statistics.map {
        .object([
          "layer": .int($0.layer), "entropy": .double($0.entropy), "load_max": .double($0.loadMax),
          "dead": .int($0.dead),
        ])
      })
    if statistics.isEmpty {
      report.text += "\nno layer has a router\n"
      return
    }
    var table = TextTable(right: [0, 1, 2, 3])
    table.row("layer", "entropy (nats)", "largest / mean load", "experts without a token")
    for layer in statistics {
      table.row(
        "\(layer.layer)", ByteSize.fixed(layer.entropy, decimals: 3), ByteSize.fixed(layer.loadMax, decimals: 2),
        "\(layer.dead)")
    }
    report.text += "\n" + table.text()
  }
}

/// Arrays that a run writes; each has the dimensions of the tokens in front.
private struct Outputs {
  let leading: [Int]
  let files: FileAccess

  /// `007`.
  static func number(_ layer: Int) -> String {
    let digits = String(layer)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  /// What may be written of a layer.
  static func names(_ layer: Int) -> [(String, DType)] {
    let number = number(layer)
    return [
      ("layer-\(number).npy", .f32), ("router-\(number)-ids.npy", .i32), ("router-\(number)-weights.npy", .f32),
      ("indexer-\(number)-topk.npy", .i32),
    ]
  }

  func write(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, _ trailing: [Int], to path: String)
    throws(CheckpointError)
  {
    let writer = try NPYWriter(path, NPYHeader(dtype, leading + trailing), files: files)
    try writer.append(bytes)
    try writer.publish()
  }

  func write(_ choices: RouterChoices, to folder: String) throws(CheckpointError) {
    let stem = joinPath(folder, "router-\(Self.number(choices.layer))")
    try write(choices.ids, .i32, [choices.chosen], to: stem + "-ids.npy")
    try write(choices.weights, .f32, [choices.chosen], to: stem + "-weights.npy")
  }

  func write(_ selection: KeySelection, to folder: String) throws(CheckpointError) {
    let path = joinPath(folder, "indexer-\(Self.number(selection.layer))-topk.npy")
    try write(selection.keys, .i32, [selection.kept], to: path)
  }

  private func write<T>(_ values: [T], _ dtype: DType, _ trailing: [Int], to path: String) throws(CheckpointError) {
    let result: Result<Void, CheckpointError> = values.withUnsafeBytes { raw in
      do throws(CheckpointError) { return .success(try write(raw, dtype, trailing, to: path)) } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
