/// A preset as it will be stored, with the changes that a user asked for: config, every stored matrix, the files.
public struct PresetModel: Sendable {
  /// A matrix in its encoding: one or more stored tensors.
  public struct Tensor: Sendable {
    /// What the spec calls it; the encoding's suffixes are appended.
    public let name: String
    /// Index into the model's tensors; nil for an extra that no model uses.
    public let index: Int?
    public let layer: Int?
    public let layout: any EncodingLayout
    public let shape: Shape
    /// What it holds of each expert; nil where it is one tensor of the model.
    public var stack: Stack?
  }

  /// The tensors of a stack of experts.
  public struct Stack: Sendable {
    /// One tensor of each expert.
    public struct Member: Sendable {
      /// Index into the model's tensors, of every expert.
      public let tensors: [Int]
      /// The first of an expert's rows that is the member's, and the distance to the next.
      public let first: Int
      public let step: Int
    }

    public let members: [Member]
    /// Whether an expert's matrix is stored as its transpose.
    public let isTransposed: Bool
  }

  /// What a user changes about a preset.
  public struct Changes: Sendable, Equatable {
    /// Keys of config.json, with dots into objects, and their values as JSON or plain text.
    public var settings: [(key: String, value: String)] = []
    /// The encoding that the recipe of this name would give the weights, in place of the published one.
    public var storage: String?
    public var maxShardBytes: Int?

    public init() {}

    public static func == (a: Changes, b: Changes) -> Bool {
      a.settings.map(\.key) == b.settings.map(\.key) && a.settings.map(\.value) == b.settings.map(\.value)
        && a.storage == b.storage && a.maxShardBytes == b.maxShardBytes
    }
  }

  public let preset: Preset
  public let model: ModelLayout
  /// In the order in which they are stored.
  public let tensors: [Tensor]
  /// Index ranges of `tensors`, with the name of each file.
  public let files: [(name: String, tensors: Range<Int>)]
  /// Whether the encodings are others than the preset's.
  public let hasOtherStorage: Bool
  /// Texts that programs look up in the tokenizer of this family, and that no file gives a meaning to.
  public let specialTokens: [String]
  public let findings: [Finding]

  /// An expert's tensor of a stack, as it would be stored on its own.
  public func tensor(_ member: Stack.Member, expert: Int, layout: any EncodingLayout) -> Tensor {
    let (index, logical) = (member.tensors[expert], model.tensors[member.tensors[expert]])
    return Tensor(
      name: model.name(of: logical), index: index, layer: logical.layer, layout: layout, shape: logical.shape)
  }

  public var storedTensorCount: Int { tensors.reduce(0) { $0 + $1.layout.parts(for: $1.shape).count } }
  public let dataBytes: Int
  /// What the library handed out for it.
  public let documents: DocumentsInUse
  public var counts: ModelCounts {
    var indices: [Int] = []
    for tensor in tensors {
      if let stack = tensor.stack {
        for member in stack.members { indices += member.tensors }
      } else if let index = tensor.index {
        indices.append(index)
      }
    }
    return ModelCounts(of: model, tensors: indices)
  }

  public init(_ preset: Preset, changes: Changes = Changes(), library: SpecLibrary) throws(CheckpointError) {
    let library = library.noting()
    let config = try preset.config(with: changes.settings)
    guard let type = config.modelType, let spec = library.family(modelType: type) else {
      throw CheckpointError(
        .familyUnknown, file: preset.name, "model_type '\(config.modelType ?? "")' is no family that is known here")
    }
    let model = try ModelLayout(spec, config: config)
    let rules = try changes.storage.map { (name) throws(CheckpointError) in try Self.rules(ofRecipe: name, library) }
    var draft = Draft(preset: preset, model: model, rules: rules ?? preset.storage, isByRecipe: rules != nil)
    try draft.addTensors()
    if let storage = changes.storage { try draft.checkStorage(storage) }
    self.preset = preset
    self.model = model
    hasOtherStorage = rules != nil
    specialTokens = try TokenizerTable(library).family(of: [type]).specialTokens.map(\.text)
    tensors = draft.tensors
    findings = draft.findings + draft.heldBack.findings
    dataBytes = draft.bytes.reduce(0, +)
    files = draft.files(maxBytes: changes.maxShardBytes)
    documents = library.documentsInUse
  }

  /// The rules of a built-in recipe, as they apply to plain weights.
  private static func rules(ofRecipe name: String, _ library: SpecLibrary) throws(CheckpointError) -> [StorageRule] {
    let plainNames = PlainLayout.dtypes.filter { $0 != .bf16 }.map { PlainLayout($0).name }
    let layout = EncodingLayouts.ofSafetensors.first { foldedName($0.name) == foldedName(name) }
    if let layout, layout.isStacked {
      // As gpt-oss is published; the recipe of that name writes GGUF.
      return [try StorageRule(.object(["roles": "moe.*", "encoding": .string(layout.name)]), file: name)]
    }
    guard let layout, !plainNames.contains(layout.name), let recipe = library.document(.recipes, named: name) else {
      let names = EncodingLayouts.ofSafetensors.map(\.name).filter { !plainNames.contains($0) }
      throw CheckpointError(
        .encodingUnsupported, "'\(name)' is no storage that synthetic weights can have",
        hint: "there are: \(names.joined(separator: ", "))")
    }
    var rules: [StorageRule] = []
    for value in recipe.json["rules"]?.array ?? [] where value["container"]?.string != Container.gguf.rawValue {
      if let rule = try StorageRule(recipeRule: value, file: recipe.file) { rules.append(rule) }
    }
    return rules
  }
}

/// The work of expanding a preset.
private struct Draft {
  let preset: Preset
  let model: ModelLayout
  let rules: [StorageRule]
  var tensors: [PresetModel.Tensor] = []
  /// Of each tensor, all its parts together.
  var bytes: [Int] = []
  var findings: [Finding] = []
  var heldBack = HeldBackProjections()
  /// nil where the preset itself says what is in blocks.
  private let joined: JoinedProjections?
  private var patterns: [[String]] = []
  private var sum = 0

  init(preset: Preset, model: ModelLayout, rules: [StorageRule], isByRecipe: Bool) {
    self.preset = preset
    self.model = model
    self.rules = rules
    let plain = PlainLayout(.bf16)
    joined =
      isByRecipe
      ? JoinedProjections(
        model, tensors: model.tensors.indices.lazy.map { ($0, plain as any EncodingLayout) },
        block: FP8BlockLayout.block) : nil
    patterns = rules.map { $0.patterns(model.spec) }
  }

  mutating func addTensors() throws(CheckpointError) {
    var layer: Int?
    // Experts of a layer and role are alike: the rules are asked once for each template and layer.
    var known: [Int: (layer: Int?, layout: any EncodingLayout)] = [:]
    let stacked = stackedTensors()
    for (i, tensor) in model.tensors.enumerated() {
      if tensor.isOptional, !preset.optional.contains(tensor.role.name) { continue }
      if tensor.layer != layer {
        try addExtras(layer)
        layer = tensor.group == .text ? tensor.layer : nil
      }
      if known[tensor.template]?.layer != tensor.layer || known[tensor.template] == nil {
        known[tensor.template] = (tensor.layer, try layout(of: tensor))
      }
      guard let layout = known[tensor.template]?.layout else { continue }
      if let place = model.stacks.place(of: tensor), let stack = model.spec.tensors[tensor.template].stack,
        stack.encodings.contains(layout.isPlain ? "plain" : layout.name)
      {
        let all = stacked[place.number] ?? []
        if all.first == i { try add(stack, place, all, layout) }
        continue
      }
      try add(
        PresetModel.Tensor(
          name: model.name(of: tensor), index: i, layer: tensor.layer, layout: layout, shape: tensor.shape))
    }
    try addExtras(layer)
    for extra in preset.extras where !extra.template.hasLayer { try add(extra, layer: nil) }
  }

  /// Refuses a storage that would change nothing, or that no checkpoint of the family has.
  func checkStorage(_ name: String) throws(CheckpointError) {
    guard let layout = EncodingLayouts.named(name), !layout.isPlain else { return }
    let isEncoded = tensors.contains { !$0.layout.isPlain }
    // Stacks are what only some families are published in.
    let hasStacks = model.spec.tensors.contains { $0.stack?.encodings.contains(layout.name) ?? false }
    if layout.isStacked ? hasStacks : isEncoded || !findings.isEmpty || !heldBack.findings.isEmpty { return }
    throw CheckpointError(
      .recipeUnsuitable, file: preset.name,
      "has nothing that \(layout.name) would encode: family \(model.spec.name) is not published in it",
      hint: "leave --storage out for the published encodings, or give bf16 for plain weights")
  }

  /// The tensors that may stand in each stack, in the order of the model.
  private func stackedTensors() -> [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    if model.stacks.count == 0 { return result }
    for (i, tensor) in model.tensors.enumerated() {
      if let place = model.stacks.place(of: tensor) { result[place.number, default: []].append(i) }
    }
    return result
  }

  private mutating func add(
    _ stack: FamilySpec.Stack, _ place: Stacks.Place, _ tensors: [Int], _ layout: any EncodingLayout
  ) throws(CheckpointError) {
    var members: [PresetModel.Stack.Member] = []
    for (_, tensors) in Dictionary(grouping: tensors, by: { model.tensors[$0].template }).sorted(by: { $0.key < $1.key }
    ) {
      guard let place = model.stacks.place(of: model.tensors[tensors[0]]) else { continue }
      members.append(PresetModel.Stack.Member(tensors: tensors, first: place.first, step: place.step))
    }
    let isPlain = layout.isPlain
    var tensor = PresetModel.Tensor(
      name: stack.template.name(layer: model.tensors[tensors[0]].layer, expert: nil), index: tensors[0],
      layer: model.tensors[tensors[0]].layer, layout: layout, shape: place.storedShape(isPlain: isPlain))
    tensor.stack = PresetModel.Stack(members: members, isTransposed: isPlain && place.isTransposedWherePlain)
    try add(tensor)
  }

  private mutating func addExtras(_ layer: Int?) throws(CheckpointError) {
    guard let layer else { return }
    for extra in preset.extras where extra.template.hasLayer { try add(extra, layer: layer) }
  }

  private mutating func add(_ extra: Preset.Extra, layer: Int?) throws(CheckpointError) {
    try add(
      PresetModel.Tensor(
        name: extra.template.name(layer: layer, expert: nil), index: nil, layer: layer,
        layout: PlainLayout(extra.dtype), shape: extra.shape))
  }

  private mutating func add(_ tensor: PresetModel.Tensor) throws(CheckpointError) {
    let size = tensor.layout.parts(for: tensor.shape).reduce(0) { $0 + $1.byteCount }
    let (total, overflow) = sum.addingReportingOverflow(size)
    guard !overflow, total < 1 << 60 else {
      throw CheckpointError(.configKey, file: model.config.file, "asks for more than 2^60 bytes of weights")
    }
    sum = total
    bytes.append(size)
    tensors.append(tensor)
  }

  private mutating func layout(of tensor: ModelLayout.Tensor) throws(CheckpointError) -> any EncodingLayout {
    let plain = PlainLayout(model.spec.tensors[tensor.template].dtype)
    for (rule, patterns) in zip(rules, patterns).reversed() {
      guard rule.roles.isEmpty || patterns.contains(where: { tensor.role.matches($0) }) else { continue }
      if let when = rule.when, try !model.holds(when, for: tensor) { continue }
      guard let layout = rule.layout(model.spec), !layout.isPlain else { return plain }
      if layout.isInBlocks, let uneven = joined?.uneven(with: tensor) {
        heldBack.add(tensor, name: model.name(of: tensor), uneven, block: layout.tile.rows, stays: plain)
        return plain
      }
      guard let refusal = layout.refusal(of: tensor.shape) else { return layout }
      findings.append(
        Finding(
          .warning, .notDivisible, tensor: model.name(of: tensor),
          "stays \(plain.name): \(refusal), so it cannot be \(layout.name)"))
      return plain
    }
    return plain
  }

  // MARK: Files

  /// At most so many bytes each, or as many files as the published checkpoint would have, filled evenly.
  func files(maxBytes: Int?) -> [(name: String, tensors: Range<Int>)] {
    var starts: [Int] = []
    if let maxBytes {
      let items = bytes.indices.map { (shard: 0, layer: tensors[$0].layer, bytes: bytes[$0]) }
      starts = Sharding.upTo(bytes: maxBytes).files(items).map { $0[0] }
    } else {
      let perFile = preset.published.map { $0.dataBytes.ceilDiv(preset.shardCount) }
      let count = perFile.map { sum.ceilDiv($0) } ?? preset.shardCount
      let share = max(1, sum.ceilDiv(max(1, count)))
      var (last, end) = (-1, 0)
      for (i, size) in bytes.enumerated() {
        // A tensor belongs where its middle lies.
        let file = (end + size / 2) / share
        if file != last { starts.append(i) }
        (last, end) = (file, end + size)
      }
    }
    return starts.indices.map { f in
      let end = f + 1 < starts.count ? starts[f + 1] : tensors.count
      return (preset.shardStyle.name(f, of: starts.count), starts[f]..<end)
    }
  }
}
