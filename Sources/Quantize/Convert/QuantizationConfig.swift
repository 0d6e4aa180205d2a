internal import CheckpointKit

/// The `quantization_config` of a result, derived from what the plan does and from nothing else.
///
/// `ignore` names every stored two-dimensional `.weight` that stays plain and no quantized one (``ModulePatterns``). A
/// constant list, even a published one, would tell some reader that a plain matrix is quantized.
struct QuantizationConfig {
  /// Modules (names without `.weight`) that are stored as plain matrices.
  private var plain: [String] = []
  /// Packed INT4 modules by group size.
  private var packed: [Int: [String]] = [:]
  private var fp8: [String] = []
  /// Whether stacks of experts are MXFP4.
  private var hasMXFP4 = false
  /// Whether every block-fp8 scale is stored as a power of two, which readers are told.
  private var hasPowerScales = true
  /// Whether the same modules are encoded in the same way as in the source.
  private var isUnchanged = false

  init(works: [ConvertPlan.Work], binding: Binding, model: ModelLayout) {
    self.init(
      works.map { work in
        let name =
          switch work.operation {
          case .copy(let records) where work.tensor == nil: binding.checkpoint.records[records[0]].name.string
          default: work.tensor.map { model.name(of: model.tensors[$0]) } ?? ""
          }
        return (name, work.target, work.shape)
      })
    isUnchanged = works.allSatisfy { $0.keepsEncoding(binding) }
  }

  /// - Parameter tensors: names as the spec gives them; no layout means plain.
  init(_ tensors: [(name: String, layout: (any EncodingLayout)?, shape: Shape)]) {
    for (name, layout, shape) in tensors {
      let announcement = layout?.announcement
      if announcement == .mxfp4 { hasMXFP4 = true }
      guard name.hasSuffix(".weight"), shape.rank == 2 else { continue }
      let module = String(name.dropLast(".weight".count))
      switch announcement {
      case .packedINT4(let group): packed[group, default: []].append(module)
      case .fp8Block(let arePowers):
        fp8.append(module)
        if !arePowers { hasPowerScales = false }
      case .mxfp4, nil: plain.append(module)
      }
    }
  }

  /// Whether it would name any method.
  var isQuantized: Bool { !packed.isEmpty || !fp8.isEmpty }

  /// Whether it would have to name two methods: no loader reads INT4 and block-fp8 out of one `quantization_config`.
  var isContradictory: Bool { !packed.isEmpty && !fp8.isEmpty }

  /// The config with its quantization part replaced; every other byte stays.
  func rewritten(_ config: ModelConfig) throws(CheckpointError) -> [UInt8] {
    // What is encoded as it was published is described as it was published.
    let method = config.quantization?["quant_method"]?.string
    if hasMXFP4, !isQuantized, method == "mxfp4" { return config.source }
    if isUnchanged, !packed.isEmpty, method == "compressed-tensors" { return config.source }
    if isUnchanged, !fp8.isEmpty, method == "fp8" { return config.source }
    let place = config.quantizationPlace ?? ["quantization_config"]
    let prefix = place.count == 2 ? Self.textPrefix(plain + fp8 + packed.values.flatMap { $0 }) : ""
    return try JSONEdit.set(place, to: value(prefix: prefix), in: config.source, file: config.file)
  }

  /// Inside `text_config`, names are those of the text model: without the prefix under which the whole holds it.
  private static func textPrefix(_ modules: [String]) -> String {
    for prefix in ["language_model."] where modules.contains(where: { $0.hasPrefix(prefix) }) { return prefix }
    return ""
  }

  private func value(prefix: String) -> JSONValue? {
    func relative(_ modules: [String]) -> [String] {
      prefix.isEmpty ? modules : modules.compactMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    }
    // Patterns match names with and without the prefix.
    if !packed.isEmpty { return Self.packQuantized(packed, plain: plain) }
    if !fp8.isEmpty { return Self.fp8Block(plain: relative(plain), hasPowerScales: hasPowerScales) }
    if hasMXFP4 {
      return .object([
        "quant_method": "mxfp4", "modules_to_not_convert": .array(relative(plain).map { .string($0) }),
      ])
    }
    return nil
  }

  // MARK: compressed-tensors

  private static func packQuantized(_ groups: [Int: [String]], plain: [String]) -> JSONValue {
    var configGroups = JSONObject()
    for (i, size) in groups.keys.sorted().enumerated() {
      // One group may name the class; several must not overlap, so each lists its modules.
      let targets =
        groups.count == 1
        ? ["Linear"]
        : ModulePatterns.patterns(
          of: groups[size] ?? [], not: plain + groups.filter { $0.key != size }.values.flatMap { $0 })
      configGroups["group_\(i)"] = .object([
        "targets": .array(targets.map { .string($0) }),
        "input_activations": nil,
        "output_activations": nil,
        "weights": .object([
          "num_bits": 4, "type": "int", "symmetric": true, "strategy": "group", "group_size": .int(size),
          "dynamic": false, "actorder": nil, "block_structure": nil, "observer": "minmax", "observer_kwargs": [:],
        ]),
      ])
    }
    return .object([
      "quant_method": "compressed-tensors",
      "format": "pack-quantized",
      "quantization_status": "compressed",
      "kv_cache_scheme": nil,
      "ignore": .array(ModulePatterns.patterns(of: plain, not: groups.values.flatMap { $0 }).map { .string($0) }),
      "config_groups": .object(configGroups),
    ])
  }

  // MARK: Block-fp8

  private static func fp8Block(plain: [String], hasPowerScales: Bool) -> JSONValue {
    var config: JSONObject = [
      "quant_method": "fp8",
      "fmt": "e4m3",
      "activation_scheme": "dynamic",
      "weight_block_size": [128, 128],
      "modules_to_not_convert": .array(plain.map { .string($0) }),
    ]
    if hasPowerScales { config["scale_fmt"] = "ue8m0" }
    return .object(config)
  }
}

extension ConvertPlan.Work {
  /// Whether what it writes is encoded as in the source, under the same names.
  fileprivate func keepsEncoding(_ binding: Binding) -> Bool {
    switch operation {
    case .copy: true
    case .arrange(let arrangement, _):
      arrangement.pieces(binding).allSatisfy(\.layout.isPlain) && target?.isPlain ?? false
    }
  }
}
