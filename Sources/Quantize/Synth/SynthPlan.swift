public import CheckpointKit

/// A synthetic checkpoint, planned: the model, the files to write, and what its values are made of.
public struct SynthPlan: Job {
  public let target: PresetModel
  public let plan: Plan
  private let seed: UInt64
  private let scale: SyntheticScale
  private let finishing: Finishing
  public let findings: [Finding]

  public init(_ target: PresetModel, options: SynthOptions) throws(CheckpointError) {
    self.target = target
    seed = options.seed
    scale = SyntheticScale(target.model)
    let preset = target.preset
    let inputs = PlanInputs(
      verb: "synth", options: options.named(preset: preset.name),
      rules: target.documents.digest(with: preset.text), files: [])
    var builder = PlanBuilder(inputs: inputs)
    for file in target.files {
      builder.addFile(file.tensors.map { Self.draft(target.tensors[$0], work: $0) }, name: file.name)
    }
    plan = builder.plan()
    var findings = target.findings
    var finishing = Finishing()
    finishing.config = try Self.config(target)
    if let tokenizer = SyntheticTokenizer(config: target.model.config, names: target.specialTokens) {
      finishing.written = tokenizer.files(config: target.model.config)
    } else {
      findings.append(
        Finding(.note, .notCarried, file: "tokenizer.json", "is not written: the vocabulary has no room for all bytes"))
    }
    finishing.provenance = ["preset": .string(preset.name)]
    self.finishing = finishing
    self.findings = findings
  }

  /// What a tensor's values are made of.
  public func values(of tensor: PresetModel.Tensor) -> SyntheticValues {
    SyntheticValues(scale.kind(of: tensor), seed: seed, name: scale.original(of: tensor))
  }

  /// As the preset's config says that scales are stored.
  var encodeOptions: EncodeOptions {
    let isUE8M0 = !target.hasOtherStorage && target.model.config.quantization?["scale_fmt"] == "ue8m0"
    return EncodeOptions(hasPowerScales: isUE8M0)
  }

  /// What is made up can be made again; `checksum` takes digests where they are wanted.
  public var takesDigests: Bool { false }
  public var takesSourceDigests: Bool { false }
  public var inputBytes: Int? { nil }
  public var source: Checkpoint? { nil }

  public func executor() -> any PanelExecutor { SynthExecutor(self) }

  public func finishing(_ outcome: Runner.Outcome) -> Finishing { finishing }

  private static func draft(_ tensor: PresetModel.Tensor, work: Int) -> PlanBuilder.Draft {
    let (shape, plain) = (tensor.shape, PlainLayout(.f32))
    let strip = PanelSizes.stripRows(shape, tensor.layout)
    let rows = PanelSizes.panelRows(shape, tensor.layout, from: (plain, shape))
    // A strip of values, a gain for each column, and a line of a stack's member.
    let line = (shape.columns * 4).roundedUp(to: 64)
    let scratch = (min(strip, shape.rows) * shape.columns * 4).roundedUp(to: 64) + (tensor.stack == nil ? 1 : 2) * line
    return PlanBuilder.Draft(
      name: tensor.name, layout: tensor.layout, shape: shape, panelRows: rows, scratch: scratch, work: work)
  }

  /// The preset's config; with other encodings than the published ones, it says which.
  private static func config(_ target: PresetModel) throws(CheckpointError) -> [UInt8] {
    let config = target.model.config
    guard target.hasOtherStorage else { return config.source }
    return try QuantizationConfig(target.tensors.map { ($0.name, $0.layout, $0.shape) }).rewritten(config)
  }
}

/// How large the values of each role are, so that a forward pass stays sane: hidden states neither vanish nor explode,
/// logits are a few units, experts differ and get tokens.
struct SyntheticScale: Sendable {
  private let model: ModelLayout
  private let layers: Float
  /// What the outputs of routed experts are multiplied by.
  private let routedScale: Float
  /// What the forward pass adds to the weights of norms.
  private let normOffset: Float
  private let embed: String?
  private let head: String?

  init(_ model: ModelLayout) {
    self.model = model
    layers = Float(max(1, model.layerCount))
    let forward = try? model.forwardValues()
    if case .int(1)? = forward?["norm_offset"] { normOffset = 1 } else { normOffset = 0 }
    switch forward?["router_scale"] {
    case .int(let scale)? where scale > 0: routedScale = Float(scale)
    case .double(let scale)? where scale > 0: routedScale = Float(scale)
    default: routedScale = 1
    }
    func name(_ role: String) -> String? {
      model.tensors.first { $0.role.name == role && $0.group == .text }.map { model.name(of: $0) }
    }
    embed = name("embed")
    head = model.isTied ? embed : name("head")
  }

  /// The name whose values a tensor has: its own, or that of the tensor that it is a copy of.
  func original(of tensor: PresetModel.Tensor) -> String {
    let copied: String? =
      switch role(of: tensor) {
      case "head", "mtp.head": head
      case "mtp.embed": embed
      default: nil
      }
    return copied ?? tensor.name
  }

  private func role(of tensor: PresetModel.Tensor) -> String { tensor.index.map { model.tensors[$0].role.name } ?? "" }

  func kind(of tensor: PresetModel.Tensor) -> SyntheticValues.Kind {
    let role = role(of: tensor)
    if role == "router.bias" { return .around(mean: 0, spread: 0.03) }
    if tensor.index == nil { return .around(mean: 0.5, spread: 0.5) }
    // Zero-centred norms are stored without the 1 that is added to them.
    if role.hasPrefix("norm."), role != "norm.linear", !tensor.name.hasSuffix(".bias") {
      return .around(mean: 1 - normOffset, spread: 0.25)
    }
    if tensor.shape.rank < 2 {
      return tensor.name.hasSuffix(".bias") ? .around(mean: 0, spread: 0.02) : .around(mean: 1, spread: 0.25)
    }
    // Elements of one output: all dimensions but the first.
    let perOutput = (1 / Float(max(1, tensor.shape.elementCount / tensor.shape[0]))).squareRoot()
    return switch role {
    // A hidden state begins with the size to which all layers together add; where the head is tied, logits bound it.
    case "embed", "mtp.embed": .weights(model.isTied ? 0.05 : 1)
    case "head", "mtp.head": model.isTied ? .weights(0.05) : .weights(2 * perOutput)
    case "router": .even(perOutput)
    // What is added to the hidden state: all layers together stay of the order of one.
    case "attn.o", "mlp.down", "shared.down": .weights(perOutput * (1 / (4 * layers)).squareRoot())
    case "moe.down": .weights(perOutput * (1 / (4 * layers)).squareRoot() / routedScale)
    default: .weights(perOutput)
    }
  }
}

extension ModelLayout {
  /// Whether the head is the embedding, as the config says.
  fileprivate var isTied: Bool { config.value("tie_word_embeddings")?.bool ?? false }
}
