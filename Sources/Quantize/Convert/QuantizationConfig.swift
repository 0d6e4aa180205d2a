internal import CheckpointKit

/// The `quantization_config` of a result, derived from what the plan does and from nothing else.
///
/// `ignore` names every stored two-dimensional `.weight` that stays plain and no quantized one, as compressed-tensors
/// matches names: an entry that begins with `re:` by Python's `re.match`, which is anchored at the start alone, any
/// other by equality. A constant list, even a published one, would tell some reader that a plain matrix is quantized.
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
  }

  /// - Parameter tensors: names as the spec gives them; no layout means plain.
  init(_ tensors: [(name: String, layout: (any EncodingLayout)?, shape: Shape)]) {
    for (name, layout, shape) in tensors {
      if layout is MXFP4Layout { hasMXFP4 = true }
      guard name.hasSuffix(".weight"), shape.rank == 2 else { continue }
      let module = String(name.dropLast(".weight".count))
      switch layout {
      case let int4 as PackedINT4Layout: packed[int4.group, default: []].append(module)
      case let block as FP8BlockLayout:
        fp8.append(module)
        if block.scale != .f8e8m0 { hasPowerScales = false }
      default: plain.append(module)
      }
    }
  }

  /// Whether it would name any method.
  var isQuantized: Bool { !packed.isEmpty || !fp8.isEmpty }

  /// Whether it would have to name two methods: no loader reads INT4 and block-fp8 out of one `quantization_config`.
  var isContradictory: Bool { !packed.isEmpty && !fp8.isEmpty }

  /// The config with its quantization part replaced; every other byte stays.
  func rewritten(_ config: ModelConfig) throws(CheckpointError) -> [UInt8] {
    // Stacks in MXFP4 are as they were published, and so is what the config says of them.
    if hasMXFP4, !isQuantized, config.quantization?["quant_method"] == "mxfp4" { return config.source }
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
    if !packed.isEmpty {
      let groups = packed.mapValues { relative($0) }
      return Self.packQuantized(groups, plain: relative(plain), quantized: groups.values.flatMap { $0 })
    }
    if !fp8.isEmpty { return Self.fp8Block(plain: relative(plain), hasPowerScales: hasPowerScales) }
    if hasMXFP4 {
      return .object([
        "quant_method": "mxfp4", "modules_to_not_convert": .array(relative(plain).map { .string($0) }),
      ])
    }
    return nil
  }

  // MARK: compressed-tensors

  private static func packQuantized(_ groups: [Int: [String]], plain: [String], quantized: [String]) -> JSONValue {
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
      "ignore": .array(ModulePatterns.patterns(of: plain, not: quantized).map { .string($0) }),
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

/// Names of modules as a short list of patterns.
enum ModulePatterns {
  /// Patterns that match each of `modules` and none of `others`, under Python's `re.match`.
  ///
  /// Names that differ in their numbers alone become one `re:` entry, where none of `others` has the same form; else those
  /// that differ in their last number alone (experts of one layer) do; a single name stays as it is.
  static func patterns(of modules: [String], not others: [String]) -> [String] {
    let taken = Set(others.flatMap { [pattern($0, folded: .all), pattern($0, folded: .last)] })
    var counts: [String: Int] = [:]
    for module in modules { counts[pattern(module, folded: .last), default: 0] += 1 }
    var patterns = Set<String>()
    for module in modules {
      let (all, last) = (pattern(module, folded: .all), pattern(module, folded: .last))
      if all == pattern(module, folded: .none) {
        patterns.insert(module)
      } else if !taken.contains(all) {
        patterns.insert("re:" + all + "$")
      } else if !taken.contains(last), let count = counts[last], count > 1 {
        patterns.insert("re:" + last + "$")
      } else {
        patterns.insert(module)
      }
    }
    return patterns.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private enum Folding { case none, last, all }

  /// The name as a regular expression (as Python's `re.escape`), with numbers between dots as `\d+`.
  private static func pattern(_ text: String, folded: Folding) -> String {
    let bytes = Array(text.utf8)
    let numbers = folded == .none ? [] : numbers(in: bytes)
    let places = folded == .last ? Array(numbers.suffix(1)) : numbers
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 16)
    var i = 0
    var next = 0
    while i < bytes.count {
      if next < places.count, places[next].lowerBound == i {
        result += Array("\\d+".utf8)
        i = places[next].upperBound
        next += 1
        continue
      }
      let byte = bytes[i]
      let isWord = isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80 || isLetter(byte)
      if !isWord { result.append(UInt8(ascii: "\\")) }
      result.append(byte)
      i += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Runs of digits that stand between dots or at an end.
  private static func numbers(in bytes: [UInt8]) -> [Range<Int>] {
    var numbers: [Range<Int>] = []
    var i = 0
    while i < bytes.count {
      guard isDigit(bytes[i]), i == 0 || bytes[i - 1] == UInt8(ascii: ".") else {
        i += 1
        continue
      }
      var end = i + 1
      while end < bytes.count, isDigit(bytes[end]) { end += 1 }
      if end == bytes.count || bytes[end] == UInt8(ascii: ".") { numbers.append(i..<end) }
      i = end
    }
    return numbers
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
