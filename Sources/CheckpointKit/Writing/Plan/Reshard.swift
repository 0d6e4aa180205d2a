/// Moving the boundaries between the weight files of a checkpoint: the same tensors, byte for byte, in other files.
public struct Reshard: Job {
  public let plan: Plan
  public let findings: [Finding] = []
  public let takesDigests: Bool
  public let takesSourceDigests = false
  private let checkpoint: Checkpoint

  /// Plans it. The parts of one tensor stay together; everything that is stored is kept, junk too.
  ///
  /// - Throws: where layers are asked for and the family is not known.
  public init(_ binding: Binding, sharding: Sharding, takesDigests: Bool = true) throws(CheckpointError) {
    let checkpoint = binding.checkpoint
    self.checkpoint = checkpoint
    self.takesDigests = takesDigests
    if sharding == .byLayer, binding.model == nil {
      throw CheckpointError(
        .familyUnknown, file: checkpoint.path, "cannot be cut by layer: its family is not known",
        hint: "give --max-shard-size, or --specs with a spec of its family")
    }
    let groups = Self.groups(binding)
    var items: [(shard: Int, layer: Int?, bytes: Int)] = []
    for group in groups {
      let bytes = group.records.reduce(0) { $0 + checkpoint.records[$1].byteCount }
      // A GGUF file pads each tensor, and so counts llama-gguf-split.
      let counted = checkpoint.container == .gguf ? bytes.roundedUp(to: GGUFHeader.usualAlignment) : bytes
      items.append((checkpoint.records[group.records[0]].shard, group.layer, counted))
    }
    let how =
      switch sharding {
      case .asSource: "as-source"
      case .upTo(let bytes): "up-to-\(bytes)"
      case .byLayer: "layer"
      }
    let inputs = PlanInputs(
      verb: "reshard", options: [("by", how), ("digests", takesDigests ? "output" : "none")],
      rules: binding.documents.digest(), files: try PlanInputs.files(of: checkpoint))
    var builder = PlanBuilder(inputs: inputs, writer: try Self.writer(checkpoint))
    let files = sharding.files(items)
    if checkpoint.container == .gguf, files.count > GGUFWriter.mostFiles {
      throw CheckpointError(
        .outputUnsuitable, file: checkpoint.path,
        "would be split into \(files.count) files, where \(GGUFWriter.mostFiles) are allowed",
        hint: "give a larger --max-shard-size")
    }
    for file in files {
      builder.addFile(
        file.flatMap { groups[$0].records.map { PlanBuilder.Draft(copying: checkpoint.records[$0], work: $0) } })
    }
    plan = builder.plan()
  }

  private static func writer(_ checkpoint: Checkpoint) throws(CheckpointError) -> any ContainerWriter {
    switch checkpoint.container {
    case .safetensors: return SafetensorsWriter(metadata: checkpoint.commonMetadata)
    case .gguf:
      let file = try OpenFile(reading: checkpoint.shards[0].path, checkpoint.files)
      return try GGUFWriter(copying: try GGUFHeader(reading: file), from: file)
    }
  }

  /// Records that stay together, in the order of the source; the first is the main part.
  private static func groups(_ binding: Binding) -> [(records: [Int], layer: Int?)] {
    let records = binding.checkpoint.records
    var byMain: [Int: (records: [Int], layer: Int?)] = [:]
    var isFollower = [Bool](repeating: false, count: records.count)
    if let model = binding.model {
      for bound in binding.tensors {
        for piece in bound.pieces where byMain[piece.records[0]] == nil {
          byMain[piece.records[0]] = (piece.records, model.tensors[bound.tensor].layer)
          for record in piece.records.dropFirst() { isFollower[record] = true }
        }
      }
    }
    return records.indices.filter { !isFollower[$0] }.map {
      byMain[$0] ?? ([$0], binding.model?.layer(in: records[$0].name))
    }
  }

  public var inputBytes: Int? { checkpoint.dataBytes }
  public var source: Checkpoint? { checkpoint }

  public func executor() -> any PanelExecutor { CopyExecutor(plan, of: checkpoint) }

  public func finishing(_ outcome: Runner.Outcome) throws(CheckpointError) -> Finishing {
    var finishing = Finishing()
    finishing.sideFolder = checkpoint.folder
    finishing.sideFiles = checkpoint.sideFiles.carried
    finishing.config = checkpoint.config?.source
    finishing.provenance = [:]
    return finishing
  }
}
