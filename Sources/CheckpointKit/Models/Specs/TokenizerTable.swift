/// What is known of tokenizers beyond their own files: the documents of `Specs/tokenizers`.
struct TokenizerTable: Sendable {
  /// Above any vocabulary; 2^24 tokens take a GB.
  static let sizeLimit = 1 << 24

  /// One way to split text, by the name llama.cpp has for it.
  struct PreTokenizer: Sendable {
    var name: String
    /// Empty: for any model.
    var modelTypes: [String]
    var fingerprint: String?
    var tiktoken: Tiktoken?
  }

  /// How the special ids of a tiktoken vocabulary are named.
  struct Tiktoken: Sendable {
    var pre: String
    var tokenizerClass: String
    /// Special ids, from behind the last rank on.
    var reserved: Int
    /// The text of one without a name, `{id}` for its number.
    var unnamed: String

    func unnamedText(of id: Int) -> String {
      unnamed.split(separator: "{id}", omittingEmptySubsequences: false).joined(separator: String(id))
    }
  }

  /// What is written for some model types alone.
  struct Family: Sendable {
    var addsSpacePrefix = false
    var isSentencepieceLike = false
    var specialTokens: [(kind: String, text: String)] = []
  }

  private(set) var preTokenizers: [PreTokenizer] = []
  private var families: [(modelTypes: [String], family: Family)] = []
  private(set) var names: [String] = []

  init(_ library: SpecLibrary) throws(CheckpointError) {
    for (file, json) in library.documents(.tokenizers) {
      let reader = SpecReader(json, file: file)
      let modelTypes = try reader.strings("model_types", orEmpty: true)
      let common: Set<String> = ["schema", "name", "title", "model_types", "sources"]
      switch json["schema"]?.string {
      case "ckpt.tokenizer/1":
        try reader.expectKeys(common.union(["fingerprint", "sections", "tiktoken"]))
        var preTokenizer = PreTokenizer(name: try reader.string("name"), modelTypes: modelTypes)
        preTokenizer.fingerprint = try reader.optionalString("fingerprint")
        if let value = reader.value("tiktoken") {
          let inner = SpecReader(value, file: file)
          try inner.expectKeys(["tokenizer_class", "reserved", "unnamed"])
          let reserved = try inner.optionalInt("reserved") ?? 0
          guard (0...Self.sizeLimit).contains(reserved) else {
            throw reader.malformed("'reserved' is \(reserved)")
          }
          preTokenizer.tiktoken = Tiktoken(
            pre: preTokenizer.name, tokenizerClass: try inner.string("tokenizer_class"),
            reserved: reserved, unnamed: try inner.string("unnamed"))
        }
        preTokenizers.append(preTokenizer)
      case "ckpt.tokenizer-family/1":
        try reader.expectKeys(common.union(["add_space_prefix", "sentencepiece_like", "special_tokens"]))
        var family = Family()
        family.addsSpacePrefix = try reader.bool("add_space_prefix", default: false)
        family.isSentencepieceLike = try reader.bool("sentencepiece_like", default: false)
        for (kind, value) in try reader.members("special_tokens") {
          guard let text = value.string else { throw reader.malformed("'special_tokens' holds more than texts") }
          family.specialTokens.append((kind, text))
        }
        families.append((modelTypes, family))
      case "ckpt.tokenizer-names/1": names += try reader.strings("names")
      default: throw reader.malformed("'schema' is none of a tokenizer")
      }
    }
    names = Set(names + preTokenizers.map(\.name)).sorted()
  }

  func family(of modelTypes: [String]) -> Family {
    families.first { $0.modelTypes.contains(where: modelTypes.contains) }?.family ?? Family()
  }

  func tiktoken(tokenizerClass: String?) -> Tiktoken? {
    preTokenizers.compactMap(\.tiktoken).first { $0.tokenizerClass == tokenizerClass }
  }

  /// A name that a person gave.
  func checkedName(_ name: String) throws(CheckpointError) -> String {
    guard names.contains(name) else {
      throw CheckpointError(
        .tokenizerUnknown, "'\(name)' is no pre-tokenizer that llama.cpp knows" + suggestion(name, among: names))
    }
    return name
  }

  // MARK: Fingerprints

  /// SHA-256 of ``canonicalText(normalizer:preTokenizer:)``.
  static func fingerprint(normalizer: JSONValue, preTokenizer: JSONValue) -> SHA256Digest {
    SHA256Digest(of: canonicalText(normalizer: normalizer, preTokenizer: preTokenizer))
  }

  /// `normalizer` and `pre_tokenizer` of a tokenizer.json as one text, without what does not change the split: the same
  /// for files of different library versions.
  ///
  /// Each is a list of steps, sequences within it resolved, null an empty list; keys are sorted, no white space.
  /// `trim_offsets` is left out; `use_regex` of ByteLevel and `invert` of Split are always there; a carriage return, line
  /// feed or tab in a pattern is written as an escape.
  static func canonicalText(normalizer: JSONValue, preTokenizer: JSONValue) -> String {
    let object: JSONObject = [
      "normalizer": .array(steps(normalizer, "normalizers")),
      "pre_tokenizer": .array(steps(preTokenizer, "pretokenizers")),
    ]
    return JSONValue.object(object).text()
  }

  private static func steps(_ value: JSONValue, _ listKey: String) -> [JSONValue] {
    guard var step = value.object else { return value.isNull ? [] : [value] }
    let type = step["type"]?.string
    if type == "Sequence", let list = step[listKey]?.array { return list.flatMap { steps($0, listKey) } }
    step["trim_offsets"] = nil
    if type == "ByteLevel", step["use_regex"] == nil { step["use_regex"] = true }
    if type == "Split" {
      if step["invert"] == nil { step["invert"] = false }
      if let pattern = step["pattern"]?.object {
        step["pattern"] = .object(
          JSONObject(pattern.members.map { ($0.key, $0.value.string.map { .string(escaped($0)) } ?? $0.value) }))
      }
    }
    return [sorted(.object(step))]
  }

  private static func escaped(_ pattern: String) -> String {
    pattern.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\r": text += "\\r"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      let members = object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return .object(JSONObject(members.map { ($0.key, sorted($0.value)) }))
    case .array(let values): return .array(values.map(sorted))
    default: return value
    }
  }
}
