/// What `quantization_config` says: the method, its parameters, and which modules it leaves alone.
///
/// | method | `ignored` comes from | a module is named by |
/// |---|---|---|
/// | `compressed-tensors` | `ignore` | `re:` and a pattern (Python's `re.match`), else its exact name |
/// | `fp8` and others | `ignored_layers`, else `modules_to_not_convert` | its exact name; transformers: a pattern or an ending |
///
/// Source: compressed-tensors 0.20 `utils/match.py`, vLLM 0.33 `quant_utils.is_layer_skipped`, transformers 5.23
/// `quantizers_utils.should_convert_module`.
public struct QuantizationScheme: Sendable {
  /// One of compressed-tensors' `config_groups`.
  public struct Group: Sendable {
    public var name: String
    public var targets: [String]
    public var bits: Int?
    public var type: String?
    public var isSymmetric: Bool?
    public var strategy: String?
    public var groupSize: Int?
    public var actorder: String?
    public var format: String?
    public var hasActivations: Bool
  }

  public var method: String
  /// Keys that lead to it in config.json.
  public var place: [String]
  public var format: String?
  public var groups: [Group] = []
  public var ignored: [String]
  /// The key that `ignored` was read from.
  public var ignoredKey: String
  public var blockSize: [Int]?
  public var floatFormat: String?
  public var scaleFormat: String?
  /// Of methods that have them at the top: GPTQ, AWQ, AutoRound.
  public var bits: Int?
  public var groupSize: Int?
  public var isSymmetric: Bool?
  public var sortsColumns: Bool?
  public var activationScheme: String?

  /// nil where the config has none.
  public init?(_ config: ModelConfig) {
    guard let place = config.quantizationPlace, let json = config.quantization else { return nil }
    self.place = place
    method = json["quant_method"]?.string ?? ""
    format = json["format"]?.string
    let keys = ["ignore", "ignored_layers", "modules_to_not_convert"]
    ignoredKey = keys.first { json[$0]?.array != nil } ?? (method == "compressed-tensors" ? keys[0] : keys[2])
    ignored = json[ignoredKey]?.array?.compactMap(\.string) ?? []
    blockSize = json["weight_block_size"]?.array?.compactMap(\.int)
    floatFormat = json["fmt"]?.string
    scaleFormat = json["scale_fmt"]?.string
    bits = (json["bits"] ?? json["w_bit"])?.int
    groupSize = (json["group_size"] ?? json["q_group_size"])?.int
    isSymmetric = json["sym"]?.bool ?? json["zero_point"]?.bool.map { !$0 }
    sortsColumns = json["desc_act"]?.bool
    activationScheme = json["activation_scheme"]?.string
    for (name, value) in json["config_groups"]?.object?.members ?? [] {
      let weights = value["weights"]
      groups.append(
        Group(
          name: name, targets: value["targets"]?.array?.compactMap(\.string) ?? [],
          bits: weights?["num_bits"]?.int, type: weights?["type"]?.string,
          isSymmetric: weights?["symmetric"]?.bool, strategy: weights?["strategy"]?.string,
          groupSize: weights?["group_size"]?.int,
          actorder: weights?["actorder"]?.string ?? weights?["actorder"]?.bool.map { $0 ? "group" : "" },
          format: value["format"]?.string,
          hasActivations: value["input_activations"].map { !$0.isNull } ?? false))
    }
  }

  public var isCompressedTensors: Bool { method == "compressed-tensors" }

  var placeText: String { place.joined(separator: ".") }
}

/// Which modules a list of names and patterns means.
struct ModuleMatcher {
  /// How an engine reads an entry that is no `re:` pattern.
  enum Reading {
    /// By equality.
    case exact
    /// As transformers: a pattern from the start up to a dot or the end, or an ending.
    case pattern
  }

  let entries: [String]
  /// Entries that could not be read as patterns, with the reason.
  private(set) var refused: [(entry: Int, reason: String)] = []
  /// Entries that meant a module.
  private(set) var used: Set<Int> = []
  /// Those of them that are a module's whole name.
  private(set) var usedExactly: Set<Int> = []
  private var exact: [TensorName: Int] = [:]
  private var matcher: PatternMatcher
  /// For each pattern, the entry it is.
  private var patternEntries: [Int] = []

  init(_ entries: [String], _ reading: Reading) {
    self.entries = entries
    var patterns: [String] = []
    for (i, entry) in entries.enumerated() {
      if entry.hasPrefix("re:") {
        patterns.append(String(entry.dropFirst(3)))
        patternEntries.append(i)
        continue
      }
      exact[TensorName(entry)] = i
      if reading == .pattern, entry.utf8.contains(where: { "*+?[]()|\\{}^$".utf8.contains($0) }) {
        patterns.append("(?:" + entry + ")($|\\.)")
        patternEntries.append(i)
      }
    }
    matcher = PatternMatcher(patterns)
    for (pattern, reason) in matcher.refused { refused.append((patternEntries[pattern], reason)) }
    isPattern = reading == .pattern
  }

  private let isPattern: Bool

  /// Takes over which entries another matcher of the same list found used.
  mutating func formUnion(_ other: ModuleMatcher) {
    used.formUnion(other.used)
    usedExactly.formUnion(other.usedExactly)
  }

  /// The entries that mean a module.
  mutating func matches(_ module: String) -> [Int] {
    var found = Set(matcher.matches(module).map { patternEntries[$0] })
    if let entry = exact[TensorName(module)] {
      found.insert(entry)
      usedExactly.insert(entry)
    }
    if isPattern {
      // Beginnings and endings of the name, so that a long list costs no more than a short one.
      for place in module.indices where module[place] == "." {
        if let entry = exact[TensorName(String(module[..<place]))] { found.insert(entry) }
      }
      var start = module.startIndex
      while start < module.endIndex {
        if let entry = exact[TensorName(String(module[start...]))] { found.insert(entry) }
        start = module.index(after: start)
      }
    }
    used.formUnion(found)
    return found.sorted()
  }

  /// The entries that mean a module for engines, which put their own names in the place of whole names in the list, and
  /// hold patterns against their own as they are.
  ///
  /// - Parameter stored: those that mean it under its stored name.
  mutating func matches(engineName: String, stored: [Int]) -> [Int] {
    stored.filter { !entries[$0].hasPrefix("re:") } + matches(engineName)
  }
}
