/// What rules of engines may ask of a checkpoint: its config, the values of its family, how its tensors are stored.
///
/// | name | what |
/// |---|---|
/// | a key of config.json, a value of the family spec | as in a family spec: `hidden`, `experts`, `kv_heads` |
/// | `stored.container`, `stored.encoded`, `stored.experts`, … | how it is stored |
/// | `quant.method`, `quant.format`, `quant.bits`, `quant.group`, … | what the quantization config says |
/// | `gguf.architecture`, `gguf.experts`, `gguf.layers` | keys of a GGUF file |
/// | `rows`, `columns`, `encoding`, `bits`, `group`, `role` | the kind of tensor that a rule with roles looks at |
///
/// `docs/engines.md` lists them all.
public struct EngineFacts: Sendable {
  /// A kind of tensor: those of one role that have one shape and one encoding.
  struct Kind: Sendable {
    var role: Role
    var shape: Shape
    var layout: any EncodingLayout
    var group: FamilySpec.Group
    /// Index into the model's tensors.
    var first: Int

    /// Of a code.
    var bits: Int { layout.codeBits ?? (layout.isPlain ? 16 : 8) }
  }

  var model: ModelLayout?
  var kinds: [Kind] = []
  /// Nil where it is a mixture.
  var storage: StorageKind?
  /// Objects that stand beside the keys of config.json.
  var objects: [(key: String, value: JSONObject)]
  var config: ModelConfig

  /// Of a checkpoint whose tensors are bound.
  public init(of binding: Binding) {
    let checkpoint = binding.checkpoint
    let config = checkpoint.config ?? ModelConfig(JSONObject(), file: "config.json")
    let carried = Set(checkpoint.sideFiles.carried)
    self.init(
      model: binding.model, config: config, container: checkpoint.container.rawValue,
      tensors: binding.tensors.map { ($0.tensor, $0.layout) },
      hasProcessor: carried.contains("preprocessor_config.json") || carried.contains("processor_config.json"),
      hasTokenizer: carried.contains { $0.hasPrefix("tokenizer") || $0.hasSuffix(".model") || $0 == "vocab.json" })
    var gguf = JSONObject()
    if checkpoint.container == .gguf, let fields = checkpoint.shards.first?.fields {
      func field(_ key: String) -> GGUFValue? { fields.first { $0.key == key }?.value }
      let architecture = field("general.architecture")?.text ?? ""
      gguf["architecture"] = .string(architecture)
      gguf["experts"] = .int(field(architecture + ".expert_count")?.integer ?? 0)
      gguf["layers"] = .int(field(architecture + ".block_count")?.integer ?? 0)
    }
    objects.append(("gguf", gguf))
  }

  /// Of a model that is laid out, stored as `tensors` say (index into the model's tensors, and layout).
  public init(
    model: ModelLayout?, config: ModelConfig, container: String, tensors: [(Int, any EncodingLayout)],
    hasProcessor: Bool, hasTokenizer: Bool
  ) {
    self.model = model
    self.config = config
    objects = []
    var stored: JSONObject = [
      "container": .string(container), "processor": .bool(hasProcessor), "tokenizer": .bool(hasTokenizer),
      "architecture": .bool(config.root["architectures"]?.array?.first?.string != nil),
    ]
    if let model { addKinds(model, tensors, to: &stored) }
    storage = Self.storage(kinds, container)
    objects.append(("stored", stored))
    objects.append(("quant", quantization(config)))
  }

  private static func storage(_ kinds: [Kind], _ container: String) -> StorageKind? {
    if container == Container.gguf.rawValue { return .gguf }
    var experts: Set<StorageKind> = []
    var others: Set<StorageKind> = []
    for kind in kinds where kind.group == .text && kind.shape.rank > 1 {
      guard let storage = kind.layout.storage else { return nil }
      if kind.role.isRoutedExpert { experts.insert(storage) } else { others.insert(storage) }
    }
    return StorageKind(experts: experts, others: others)
  }

  private mutating func addKinds(
    _ model: ModelLayout, _ tensors: [(Int, any EncodingLayout)], to stored: inout JSONObject
  ) {
    struct Key: Hashable {
      var role: Role
      var shape: Shape
      var encoding: String
      var group: FamilySpec.Group
    }
    var seen = Set<Key>()
    var names = Set<String>()
    var expertNames: [Int: Set<String>] = [:]
    var isApart = false
    var joined: [String: String] = [:]
    for (index, layout) in tensors {
      let tensor = model.tensors[index]
      let name = layout.name
      let key = Key(role: tensor.role, shape: tensor.shape, encoding: name, group: tensor.group)
      if seen.insert(key).inserted {
        kinds.append(Kind(role: tensor.role, shape: tensor.shape, layout: layout, group: tensor.group, first: index))
      }
      if tensor.role.name.hasPrefix("moe.") {
        names.insert(name)
        expertNames[tensor.layer ?? 0, default: []].insert(name)
      } else if let join = Meaning.joined.firstIndex(where: { $0.contains(tensor.role.name) }) {
        let place = "\(join) \(tensor.group.rawValue) \(tensor.layer ?? -1)"
        if joined.updateValue(name, forKey: place) ?? name != name { isApart = true }
      }
    }
    stored["encoded"] = .bool(kinds.contains { !$0.layout.isPlain })
    if !names.isEmpty { stored["experts"] = .string(names.count == 1 ? names.first ?? "" : "mixed") }
    stored["experts_mixed"] = .bool(expertNames.values.contains { $0.count > 1 })
    stored["joined_apart"] = .bool(isApart)
    stored["vision"] = .bool(kinds.contains { $0.group == .vision })
  }

  /// The first plain module that a list of compressed-tensors means under its stored name alone, and not under the name
  /// that engines have for it.
  private func plainMissed(_ scheme: QuantizationScheme) -> String? {
    guard let model, scheme.isCompressedTensors, !model.spec.engineNames.isEmpty else { return nil }
    var matcher = ModuleMatcher(scheme.ignored, .exact)
    for kind in kinds where kind.layout.isPlain {
      let tensor = model.tensors[kind.first]
      guard Meaning.isTargetable(tensor, model.spec) else { continue }
      let module = Meaning.module(of: tensor, model)
      let (stored, name) = (matcher.matches(module), model.spec.engineName(of: module))
      if !stored.isEmpty, name != module, matcher.matches(engineName: name, stored: stored).isEmpty { return name }
    }
    return nil
  }

  private func quantization(_ config: ModelConfig) -> JSONObject {
    guard let scheme = QuantizationScheme(config) else {
      return ["method": "none", "mixed": false, "groups": 0, "blocks": false, "plain_missed": ""]
    }
    let first = scheme.groups.first
    func differs<T: Hashable>(_ value: (QuantizationScheme.Group) -> T) -> Bool {
      Set(scheme.groups.map(value)).count > 1
    }
    var object: JSONObject = [
      "method": .string(scheme.method), "groups": .int(scheme.groups.count),
      "mixed": .bool(differs { $0.bits } || differs { $0.groupSize } || differs { $0.type }),
      "activations": .bool(scheme.groups.contains { $0.hasActivations }),
      "class_targets": .bool(
        scheme.groups.contains { group in group.targets.contains { !$0.contains(".") && !$0.hasPrefix("re:") } }),
    ]
    object["format"] = scheme.format.map { .string($0) }
    object["bits"] = (first?.bits ?? scheme.bits).map { .int($0) }
    object["group"] = (first?.groupSize ?? scheme.groupSize).map { .int($0) }
    object["symmetric"] = .bool(!scheme.groups.contains { $0.isSymmetric == false } && scheme.isSymmetric ?? true)
    object["actorder"] = .bool(
      scheme.groups.contains { $0.actorder == "group" || $0.actorder == "dynamic" } || scheme.sortsColumns ?? false)
    object["strategy"] = first?.strategy.map { .string($0) }
    object["activation_scheme"] = scheme.activationScheme.map { .string($0) }
    object["plain_missed"] = .string(plainMissed(scheme) ?? "")
    object["blocks"] = .bool(scheme.blockSize != nil)
    object["type"] = first?.type.map { .string($0) }
    return object
  }
}
