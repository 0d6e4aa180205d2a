/// A byte-level BPE tokenizer for a made-up model: every byte, some common English, and padding up to the vocabulary.
///
/// It is no published model's tokenizer: the tests of a deployment need one that loads, gives ids within the
/// vocabulary, and gives back the text.
public struct SyntheticTokenizer: Sendable {
  private let vocabulary: Int
  /// Special tokens by id.
  private let special: [(id: Int, text: String)]
  /// Ordinary tokens in the order of their ids.
  private let tokens: [(id: Int, text: String)]
  private let merges: [String]
  private let contextLength: Int?

  /// nil where the vocabulary has no room for all bytes.
  ///
  /// - Parameter names: texts of further special tokens, which get the last ids that are free.
  public init?(config: ModelConfig, names: [String] = []) {
    guard let size = config.value("vocab_size")?.int, size <= 1 << 22 else { return nil }
    vocabulary = size
    contextLength = config.value("max_position_embeddings")?.int
    var special: [(id: Int, text: String)] = []
    for (key, text) in [("bos_token_id", "<|begin|>"), ("eos_token_id", "<|end|>"), ("pad_token_id", "<|pad|>")] {
      for (i, id) in Self.ids(config.value(key)).enumerated() where (0..<size).contains(id) {
        if !special.contains(where: { $0.id == id }) { special.append((id, i == 0 ? text : "<|end_\(i)|>")) }
      }
    }
    guard size >= 256 + special.count + names.count else { return nil }
    var last = size - 1
    for text in names {
      while special.contains(where: { $0.id == last }) { last -= 1 }
      special.append((last, text))
    }
    self.special = special.sorted { $0.id < $1.id }
    let taken = Set(special.map(\.id))
    var free = (0..<size).lazy.filter { !taken.contains($0) }.makeIterator()
    var tokens: [(id: Int, text: String)] = []
    for text in Self.byteTokens { if let id = free.next() { tokens.append((id, text)) } }
    var known = Set(Self.byteTokens)
    var merges: [String] = []
    for word in Self.words {
      let letters = word.utf8.map { Self.byteTokens[Int($0)] }
      var start = letters[0]
      for letter in letters.dropFirst() {
        let next = start + letter
        if !known.contains(next) {
          guard let id = free.next() else { break }
          known.insert(next)
          merges.append("\(start) \(letter)")
          tokens.append((id, next))
        }
        start = next
      }
    }
    while let id = free.next() { tokens.append((id, "[PAD\(id)]")) }
    self.tokens = tokens
    self.merges = merges
  }

  private static func ids(_ value: JSONValue?) -> [Int] {
    value?.array?.compactMap(\.int) ?? value?.int.map { [$0] } ?? []
  }

  /// Words whose beginnings become tokens; a space in front belongs to the word.
  private static let words = [
    " the", " of", " and", " to", " in", " is", " that", " for", " was", " with", " as", " are", " be", " on", " not",
    " this", " from", " model", " weight", " expert", " layer", " tensor", " token", " attention", "ing", "ed", "er",
    "ion", "tion", "ment", "def", "return", "import", "The", "There", "What", " import", " return", " self", " have",
    " which", " one", " you", " were", " all", " their", " when", " there", " can", " an", " your",
  ]

  /// The printable character that stands for each byte, as GPT-2 chose them: printable Latin-1 stands for itself, the
  /// rest is moved to U+0100 and up.
  static let byteTokens: [String] = {
    var next: UInt32 = 256
    return (0..<256).map { (byte: UInt32) in
      let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      let scalar = isPrintable ? byte : next
      if !isPrintable { next += 1 }
      return Unicode.Scalar(scalar).map { String(Character($0)) } ?? ""
    }
  }()

  // MARK: Files

  /// tokenizer.json, tokenizer_config.json and generation_config.json.
  public func files(config: ModelConfig) -> [(name: String, bytes: [UInt8])] {
    func file(_ name: String, _ json: JSONValue) -> (name: String, bytes: [UInt8]) {
      (name, Array((json.text(indent: 1) + "\n").utf8))
    }
    return [
      file("generation_config.json", Self.generationConfig(config)), file("tokenizer.json", tokenizerJSON),
      file("tokenizer_config.json", tokenizerConfig),
    ]
  }

  private static func generationConfig(_ config: ModelConfig) -> JSONValue {
    var object = JSONObject()
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] {
      if let value = config.value(key), !value.isNull { object[key] = value }
    }
    return .object(object)
  }

  private var addedTokens: [JSONValue] {
    special.map {
      .object([
        "id": .int($0.id), "content": .string($0.text), "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true,
      ])
    }
  }

  private var tokenizerJSON: JSONValue {
    var vocabulary = JSONObject()
    for token in (special + tokens).sorted(by: { $0.id < $1.id }) { vocabulary.append(token.text, .int(token.id)) }
    let byteLevel: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    return .object([
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(addedTokens), "normalizer": nil,
      "pre_tokenizer": byteLevel, "post_processor": nil, "decoder": byteLevel,
      "model": .object([
        "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": nil,
        "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": .object(vocabulary),
        "merges": .array(merges.map { .string($0) }),
      ]),
    ])
  }

  private var tokenizerConfig: JSONValue {
    var decoder = JSONObject()
    for (token, json) in zip(special, addedTokens) {
      var object = json.object ?? [:]
      object["id"] = nil
      decoder[String(token.id)] = .object(object)
    }
    var config: JSONObject = ["added_tokens_decoder": .object(decoder)]
    for (key, text) in [("bos_token", "<|begin|>"), ("eos_token", "<|end|>"), ("pad_token", "<|pad|>")] {
      if special.contains(where: { $0.text == text }) { config[key] = .string(text) }
    }
    config["clean_up_tokenization_spaces"] = false
    if let contextLength { config["model_max_length"] = .int(contextLength) }
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    return .object(config)
  }
}
