/// The quantization config against the tensors, both ways: what is encoded must be announced, with the very parameters
/// that the parts have, and what is announced must be encoded.
extension Meaning {
  /// Roles that engines build as layers which the quantization config may speak of.
  static let linearRoles = ["attn.", "mlp.", "moe.", "shared."]

  static func isLinear(_ role: Role) -> Bool {
    linearRoles.contains { role.name.hasPrefix($0) } && !mustStayPlain(role)
  }

  /// The name of the encoding that a method announces; nil where it is not known here.
  private static func encodingPrefix(of scheme: QuantizationScheme) -> String? {
    switch scheme.method {
    case "fp8": "fp8-block"
    case "mxfp4": "mxfp4"
    case "compressed-tensors" where scheme.format == "pack-quantized": "int4"
    default: nil
    }
  }

  mutating func checkQuantization(_ model: ModelLayout) {
    let encoded = binding.tensors.filter { !$0.layout.isPlain }
    checkOtherPlaces()
    guard let scheme = QuantizationScheme(model.config) else {
      return add(
        .error, .quantizationAbsent, about: Array(encoded.prefix(1)),
        "is \(encoded.first?.layout.name ?? ""), but config.json has no quantization_config"
          + (encoded.count > 1 ? " (\(encoded.count) tensors are encoded)" : ""),
        hint: "a loader would read codes as weights; take config.json from where the weights come from")
    }
    let isWhole = !binding.findings.contains { $0.severity == .error }
    if encoded.isEmpty {
      if isWhole, !binding.tensors.isEmpty {
        add(
          .error, .quantizationStale, file: "config.json",
          "\(scheme.placeText) says '\(scheme.method)', but every weight is stored plain",
          hint: "remove \(scheme.placeText): a loader would look for scales that are not there")
      }
      return
    }
    guard let prefix = Self.encodingPrefix(of: scheme) else {
      return add(
        .note, .quantizationMethod, file: "config.json",
        "\(scheme.placeText) is of method '\(scheme.method)'"
          + (scheme.format.map { ", format '\($0)'" } ?? "") + ", which is not held against the tensors here")
    }
    let others = encoded.filter { !$0.layout.name.hasPrefix(prefix) }
    add(
      .error, .quantizationMethod, about: others,
      "is \(others.first?.layout.name ?? ""), but \(scheme.placeText) says '\(scheme.method)'",
      hint: "weights and config.json are of different checkpoints, or a conversion did not rewrite it")
    if scheme.isCompressedTensors { checkGroups(scheme, encoded, model) } else { checkBlocks(scheme, encoded) }
    let hasTargets = !scheme.isCompressedTensors || !scheme.groups.isEmpty
    if others.isEmpty, hasTargets { checkModules(scheme, model) }
  }

  private mutating func checkOtherPlaces() {
    guard let config = checkpoint.config else { return }
    if let outer = config.root["quantization_config"]?.object, let inner = config.text?["quantization_config"]?.object,
      outer != inner
    {
      add(
        .warning, .quantizationTwice, file: "config.json",
        "has a quantization_config at the root and another in text_config, and they differ",
        hint: "engines read one or the other")
    }
    for (name, reason) in checkpoint.sideFiles.left where reason.contains("stale") {
      let path = joinPath(checkpoint.folder, name)
      if let refusal = checkpoint.files.refusal(of: path) { addOutside(refusal) }
      guard let bytes = try? checkpoint.files.readAll(path, limit: 16 << 20),
        let json = try? JSONValue(parsing: bytes, file: name)
      else { continue }
      let method = json["quant_method"]?.string ?? json["producer"]?["name"]?.string
      let announced = config.quantization?["quant_method"]?.string
      if method == announced { continue }
      add(
        .warning, .quantizationTwice, file: name,
        "speaks of \(method.map { "'\($0)'" } ?? "a quantization"), where config.json "
          + (announced.map { "says '\($0)'" } ?? "has no quantization_config"),
        hint: "some engines read this file first; remove it if it belongs to another checkpoint")
    }
  }

  // MARK: Parameters

  private mutating func checkBlocks(_ scheme: QuantizationScheme, _ encoded: [Binding.Bound]) {
    guard scheme.method == "fp8" else { return }
    func wrong(_ key: String, _ found: String, _ wanted: String) {
      add(
        .error, .quantizationParameter, file: "config.json",
        "\(scheme.placeText).\(key) is \(found), where the tensors are \(wanted)")
    }
    let block = FP8BlockLayout.block
    if scheme.blockSize == nil {
      wrong("weight_block_size", "absent", "scaled in blocks of [\(block), \(block)]")
    } else if let size = scheme.blockSize, size != [block, block] {
      wrong("weight_block_size", "\(size)", "scaled in blocks of [\(block), \(block)]")
    }
    if let format = scheme.floatFormat, !["e4m3", "float8_e4m3fn"].contains(format) {
      wrong("fmt", "'\(format)'", "F8_E4M3")
    }
    if let activation = scheme.activationScheme, activation != "dynamic" {
      wrong(
        "activation_scheme", "'\(activation)'",
        "in blocks, for which engines scale activations as they come ('dynamic')")
    }
    let powers = encoded.filter { $0.layout.isInBlocks && $0.layout.scales?.dtype == .f8e8m0 }
    if scheme.scaleFormat != "ue8m0" {
      add(
        .warning, .quantizationParameter, about: powers,
        "has F8_E8M0 scales, but \(scheme.placeText).scale_fmt is not 'ue8m0'")
    }
  }

  private mutating func checkGroups(_ scheme: QuantizationScheme, _ encoded: [Binding.Bound], _ model: ModelLayout) {
    if scheme.groups.isEmpty {
      return add(
        .error, .quantizationParameter, file: "config.json", "\(scheme.placeText) has no config_groups",
        hint: "a loader would take every weight as plain")
    }
    for group in scheme.groups {
      func wrong(_ key: String, _ found: String, _ wanted: String) {
        add(
          .error, .quantizationParameter, file: "config.json",
          "\(scheme.placeText).config_groups.\(group.name): \(key) is \(found), where the packed tensors are \(wanted)")
      }
      if let bits = group.bits, bits != 4 { wrong("num_bits", "\(bits)", "of 4 bits") }
      if let type = group.type, type != "int" { wrong("type", "'\(type)'", "integers") }
      if group.isSymmetric == false { wrong("symmetric", "false", "without zero points") }
      if let strategy = group.strategy, strategy != "group" { wrong("strategy", "'\(strategy)'", "scaled in groups") }
      if let order = group.actorder, order == "group" {
        wrong("actorder", "'\(order)'", "without the weight_g_idx that it needs")
      }
      if let format = group.format, format != "pack-quantized" { wrong("format", "'\(format)'", "pack-quantized") }
    }
    if scheme.groups.count == 1, let size = scheme.groups[0].groupSize {
      let others = encoded.filter { $0.layout.announcement?.group.map { $0 != size } ?? false }
      add(
        .error, .quantizationParameter, about: others,
        "is \(others.first?.layout.name ?? ""), but \(scheme.placeText) says group_size \(size)",
        hint: "a loader would spread the scales over the wrong columns")
    }
  }

  // MARK: Names

  /// Where a module stands in the lists of the config.
  private struct Standing: Sendable {
    var bound: Int
    /// Entries that mean it under its stored name, and under the name that engines have for it.
    var ignored: [Int]
    var ignoredByEngines: [Int]
    var targets: [Int]
  }

  private mutating func checkModules(_ scheme: QuantizationScheme, _ model: ModelLayout) {
    let standings = self.standings(scheme, model)
    var encodedButIgnored: [(Binding.Bound, Int)] = []
    var plainNotIgnored: [Binding.Bound] = []
    var untargeted: [Binding.Bound] = []
    var overlapping: [Binding.Bound] = []
    var wrongGroup: [Binding.Bound] = []
    var readDifferently: [(Binding.Bound, Standing)] = []
    for standing in standings.found {
      let bound = binding.tensors[standing.bound]
      let tensor = model.tensors[bound.tensor]
      let isPlain = bound.layout.isPlain
      let ignored = standing.ignored.first ?? standing.ignoredByEngines.first
      if !isPlain, let ignored { encodedButIgnored.append((bound, ignored)) }
      if scheme.isCompressedTensors {
        let isTargeted = !standing.targets.isEmpty
        if isPlain, isTargeted, Self.isTargetable(tensor, model.spec) {
          if ignored == nil {
            plainNotIgnored.append(bound)
          } else if standing.ignored.isEmpty != standing.ignoredByEngines.isEmpty {
            readDifferently.append((bound, standing))
          }
        }
        if !isPlain, !isTargeted { untargeted.append(bound) }
        if !isPlain, Set(standing.targets).count > 1 { overlapping.append(bound) }
        if scheme.groups.count > 1, let group = standing.targets.first, let size = scheme.groups[group].groupSize,
          let group = bound.layout.announcement?.group, group != size
        {
          wrongGroup.append(bound)
        }
      } else if isPlain, standing.ignored.isEmpty, tensor.group != .vision,
        // Lists of fp8 repositories pass over towers.
        (model.spec.fp8Roles + model.spec.listedRoles).contains(where: { tensor.role.matches($0) })
      {
        plainNotIgnored.append(bound)
      }
    }
    let key = "\(scheme.placeText).\(scheme.ignoredKey)"
    add(
      .error, .quantizationIgnored, about: encodedButIgnored.map(\.0),
      "is \(encodedButIgnored.first?.0.layout.name ?? ""), but "
        + "'\(encodedButIgnored.first.map { scheme.ignored[$0.1] } ?? "")' in \(key) says it is plain",
      hint: "a loader would drop the scales and read codes as weights: take the entry out of the list")
    add(
      .error, .quantizationNotIgnored, about: plainNotIgnored,
      "is plain, but \(key) does not name it, so that a loader looks for its scales",
      hint: "add its name to the list, or encode it as the rest of its kind")
    add(
      .error, .quantizationUntargeted, about: untargeted,
      "is packed, but no target of \(scheme.placeText).config_groups means it", hint: "a loader would read it as plain")
    add(
      .warning, .quantizationOverlap, about: overlapping,
      "is meant by targets of several config_groups, of which engines take different ones",
      hint: "write disjoint targets")
    add(
      .error, .quantizationParameter, about: wrongGroup,
      "is \(wrongGroup.first?.layout.name ?? ""), but the config group that means it has another group_size")
    for isStored in [true, false] {
      let found = readDifferently.filter { $0.1.ignored.isEmpty != isStored }
      guard let (bound, standing) = found.first else { continue }
      let entry = (isStored ? standing.ignored : standing.ignoredByEngines).first.map { scheme.ignored[$0] } ?? ""
      let module = Self.module(of: model.tensors[bound.tensor], model)
      add(
        .warning, .quantizationReadings, about: found.map(\.0),
        "is plain, which '\(entry)' in \(key) says under "
          + (isStored ? "its stored name alone: vLLM and SGLang call it" : "the name alone that vLLM and SGLang have:")
          + " " + model.spec.engineName(of: module),
        hint: "write patterns that begin with 're:.*', as convert does")
    }
    reportEntries(scheme, standings, key)
  }

  /// The name of the module whose weight a tensor is.
  static func module(of tensor: ModelLayout.Tensor, _ model: ModelLayout, without outer: String = "") -> String {
    var module = model.name(of: tensor)
    if module.hasSuffix(".weight") { module.removeLast(".weight".count) }
    if !outer.isEmpty, module.hasPrefix(outer) { module.removeFirst(outer.count) }
    return module
  }

  /// Whether compressed-tensors would take a plain matrix of this role as one of the class `Linear`.
  static func isTargetable(_ tensor: ModelLayout.Tensor, _ spec: FamilySpec) -> Bool {
    guard tensor.shape.rank == 2 else { return false }
    return isLinear(tensor.role) || tensor.role.name == "head" || spec.listedRoles.contains { tensor.role.matches($0) }
  }

  private struct Standings {
    var found: [Standing] = []
    var ignored: ModuleMatcher
    var targets: [ModuleMatcher] = []
  }

  /// Where each bound matrix stands. Of routed experts that are encoded alike, engines ask for the first alone; under
  /// compressed-tensors all are asked for, because its loader does.
  private func standings(_ scheme: QuantizationScheme, _ model: ModelLayout) -> Standings {
    let reading: ModuleMatcher.Reading = scheme.isCompressedTensors ? .exact : .pattern
    var result = Standings(ignored: ModuleMatcher(scheme.ignored, reading))
    result.targets = scheme.groups.map { ModuleMatcher($0.targets, .exact) }
    if scheme.ignored.isEmpty, !scheme.isCompressedTensors {
      result.found = binding.tensors.indices.map {
        Standing(bound: $0, ignored: [], ignoredByEngines: [], targets: [])
      }
      return result
    }
    let outer = Self.outerName(model, scheme)
    let takesClass = scheme.groups.map { $0.targets.contains("Linear") }
    let step = 4096
    let (tensors, isCT) = (binding.tensors, scheme.isCompressedTensors)
    let (first, experts) = (result, model.expertCount)
    let runs = parallelMap(count: tensors.count.ceilDiv(step), threads: checkpoint.threads) { run in
      var part = first
      for i in run * step..<min(tensors.count, (run + 1) * step) {
        let tensor = model.tensors[tensors[i].tensor]
        if !isCT, let expert = tensor.expert, expert > 0, expert < experts - 1,
          !tensors[i].layout.isPlain
        {
          continue
        }
        let module = Self.module(of: tensor, model, without: outer)
        let ignored = part.ignored.matches(module)
        var standing = Standing(bound: i, ignored: ignored, ignoredByEngines: ignored, targets: [])
        let engineName = model.spec.engineName(of: module)
        if isCT, engineName != module {
          standing.ignoredByEngines = part.ignored.matches(engineName: engineName, stored: ignored)
        }
        for g in part.targets.indices {
          let isMeant = !part.targets[g].matches(module).isEmpty
          if isMeant || (takesClass[g] && tensor.shape.rank == 2) { standing.targets.append(g) }
        }
        part.found.append(standing)
      }
      return part
    }
    for run in runs {
      result.found += run.found
      result.ignored.formUnion(run.ignored)
      for g in result.targets.indices { result.targets[g].formUnion(run.targets[g]) }
    }
    return result
  }

  /// What stands before the names of the text model, where the config that speaks of them is the text model's own.
  private static func outerName(_ model: ModelLayout, _ scheme: QuantizationScheme) -> String {
    guard scheme.place.count == 2,
      let head = model.spec.tensors.first(where: { $0.role.name == "head" && $0.groups.contains(.text) })
    else { return "" }
    let parts = head.template.text.split(separator: ".")
    return parts.count > 2 ? parts.dropLast(2).joined(separator: ".") + "." : ""
  }

  private mutating func reportEntries(_ scheme: QuantizationScheme, _ standings: Standings, _ key: String) {
    for (entry, reason) in standings.ignored.refused {
      add(
        .note, .quantizationPattern, file: "config.json",
        "the pattern '\(scheme.ignored[entry])' of \(key) was not matched: \(reason)")
    }
    for (group, matcher) in zip(scheme.groups, standings.targets) {
      for (entry, reason) in matcher.refused {
        add(
          .note, .quantizationPattern, file: "config.json",
          "the target '\(group.targets[entry])' of \(group.name) was not matched: \(reason)")
      }
      let dead = group.targets.indices.filter {
        !matcher.used.contains($0) && group.targets[$0].contains { $0 == "." || $0 == ":" }
          && !matcher.refused.map(\.entry).contains($0)
      }
      if let first = dead.first {
        add(
          .warning, .quantizationDeadEntry, file: "config.json",
          "the target '\(group.targets[first])' of \(group.name) means no module"
            + (dead.count > 1 ? "; nor do \(dead.count - 1) others" : ""),
          hint: "TensorRT-LLM refuses such a config")
      }
    }
    let refused = Set(standings.ignored.refused.map(\.entry))
    let dead = scheme.ignored.indices.filter { !standings.ignored.used.contains($0) && !refused.contains($0) }
    if let first = dead.first {
      add(
        .note, .quantizationDeadEntry, file: "config.json",
        "the entry '\(scheme.ignored[first])' of \(key) means no stored module"
          + (dead.count > 1 ? "; nor do \(dead.count - 1) others" : ""))
    }
    guard !scheme.isCompressedTensors else { return }
    // Names without a dot are exact for vLLM and SGLang, endings for transformers.
    let short = scheme.ignored.indices.filter {
      standings.ignored.used.contains($0) && !standings.ignored.usedExactly.contains($0)
    }
    if let first = short.first {
      add(
        .note, .quantizationReadings, file: "config.json",
        "the entry '\(scheme.ignored[first])' of \(key) means modules by pattern or ending alone"
          + (short.count > 1 ? ", as do \(short.count - 1) others" : "")
          + ": transformers reads it so, vLLM compares whole names")
    }
  }
}
