/// Which ids have a special meaning, and which are put around a text: the rules of `gguf.SpecialVocab`
/// (llama.cpp, gguf-py/gguf/vocab.py), in its order.
struct SpecialTokens: Sendable {
  /// In the order they were found, which is the order they are written in.
  private(set) var ids: [(kind: String, id: Int)] = []
  private(set) var added: [(kind: String, value: Bool)] = []
  private(set) var lowercase: Bool?
  private(set) var stripAccents: Bool?

  private var kinds = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"]
  private let file: String

  /// Keys as the format has them, `seperator` with its spelling. Kinds without a key are not written.
  private static let idKeys = [
    "bos": "bos", "eos": "eos", "unk": "unknown", "sep": "seperator", "pad": "padding", "mask": "mask", "eot": "eot",
    "eom": "eom",
  ]
  private static let addedKinds: Set<String> = ["bos", "eos", "sep"]

  /// - Parameters:
  ///   - config: tokenizer_config.json; nil where there is none.
  ///   - tokenizer: tokenizer.json; nil where there is none.
  init(
    config: JSONObject?, tokenizer: TokenizerFile?, model: ModelConfig?, file: String
  ) throws(CheckpointError) {
    self.file = file
    var config = config
    if let tokenizer {
      readNormalizer(tokenizer.normalizer)
      readPostProcessor(tokenizer.postProcessor, &config)
    }
    if let config { try readConfig(config, tokenizer?.added ?? []) }
    if let model {
      for kind in kinds {
        // A null at the root counts as missing, as Python's `get` gives it.
        let key = kind + "_token_id"
        let value = model.root[key].flatMap { $0.isNull ? nil : $0 } ?? model.text?[key]
        if let id = Self.integer(value) { try set(kind, id) }
      }
    }
  }

  /// Gives a kind its id, where it has none yet.
  mutating func set(_ kind: String, _ id: Int) throws(CheckpointError) {
    guard id >= 0, UInt32(exactly: id) != nil else {
      throw CheckpointError(.tokenizerMalformed, file: file, "the \(kind) token has the id \(id)")
    }
    if !ids.contains(where: { $0.kind == kind }) { ids.append((kind, id)) }
  }

  /// An integer as Python's parser has one: `7.0` is none.
  private static func integer(_ value: JSONValue?) -> Int? {
    guard case .number(let text) = value else { return nil }
    return Int(text)
  }

  var entries: [GGUFEntry] {
    let idEntries = ids.compactMap { kind, id in
      Self.idKeys[kind].map { GGUFEntry("tokenizer.ggml.\($0)_token_id", uint32: UInt32(id)) }
    }
    let addedEntries = added.compactMap { kind, value in
      Self.addedKinds.contains(kind) ? GGUFEntry("tokenizer.ggml.add_\(kind)_token", bool: value) : nil
    }
    return idEntries + addedEntries
  }

  /// They come after the chat template.
  var normalizerEntries: [GGUFEntry] {
    [("lowercase", lowercase), ("strip_accents", stripAccents)].compactMap { name, value in
      value.map { GGUFEntry("tokenizer.ggml.normalizer.\(name)", bool: $0) }
    }
  }

  private mutating func readNormalizer(_ normalizer: JSONValue) {
    switch normalizer["type"]?.string {
    case "Lowercase": lowercase = true
    case "StripAccents": stripAccents = true
    case "BertNormalizer":
      // A null says nothing.
      lowercase = normalizer["lowercase"].map(\.bool) ?? lowercase
      stripAccents = normalizer["strip_accents"].map(\.bool) ?? stripAccents
    case "Sequence": for part in normalizer["normalizers"]?.array ?? [] { readNormalizer(part) }
    default: break
    }
  }

  private mutating func readConfig(_ config: JSONObject, _ tokens: [AddedToken]) throws(CheckpointError) {
    for kind in kinds {
      if let value = config["add_\(kind)_token"]?.bool, !added.contains(where: { $0.kind == kind }) {
        added.append((kind, value))
      }
      guard let content = text(of: config["\(kind)_token"]) else { continue }
      if let id = tokens.first(where: { sameBytes($0.content, content) })?.id { try set(kind, id) }
    }
  }

  /// A token is written as its text, or as an object with it.
  private func text(of token: JSONValue?) -> String? { token?.string ?? token?["content"]?.string }

  // MARK: What the post-processor says

  private mutating func setAdded(_ kind: String, _ value: Bool) {
    if let place = added.firstIndex(where: { $0.kind == kind }) {
      added[place].value = value
    } else {
      added.append((kind, value))
    }
  }

  /// What is known of the four while the post-processors are read; tokens as tokenizer_config.json writes them.
  private struct Known {
    var bos: JSONValue?
    var cls: JSONValue?
    var eos: JSONValue?
    var sep: JSONValue?
  }

  private func isEmpty(_ token: JSONValue?) -> Bool {
    switch token {
    case nil, .null: true
    case .string(let text): text.isEmpty
    case .object(let object): object.isEmpty
    default: false
    }
  }

  private func isSame(_ token: JSONValue?, _ text: String) -> Bool {
    token?.string.map { sameBytes($0, text) } ?? false
  }

  private mutating func readPostProcessor(_ postProcessor: JSONValue, _ config: inout JSONObject?) {
    var known = Known(
      bos: config?["bos_token"], cls: config?["cls_token"], eos: config?["eos_token"], sep: config?["sep_token"])
    if isEmpty(known.bos), !isEmpty(known.cls) {
      known.bos = known.cls
      config?["bos_token"] = known.cls
    }
    if isEmpty(known.eos), !isEmpty(known.sep) {
      known.eos = known.sep
      config?["eos_token"] = known.sep
    }
    guard let object = postProcessor.object, !object.isEmpty else { return }
    for processor in postProcessor["processors"]?.array ?? [postProcessor] {
      switch processor["type"]?.string {
      case "ByteLevel":
        for kind in ["bos", "eos"] where !added.contains(where: { $0.kind == kind }) { added.append((kind, false)) }
      case "RobertaProcessing":
        for kind in ["bos", "eos", "sep"] { setAdded(kind, true) }
        if isEmpty(known.cls), config != nil {
          known.cls = processor["cls"]?.array?.first ?? known.bos
          config?["cls_token"] = known.cls
        }
        if isEmpty(known.sep), config != nil {
          known.sep = processor["sep"]?.array?.first ?? known.eos
          config?["sep_token"] = known.sep
        }
      case "TemplateProcessing": readTemplate(processor, &known, &config)
      default: break
      }
    }
  }

  private mutating func readTemplate(_ processor: JSONValue, _ known: inout Known, _ config: inout JSONObject?) {
    let single = processor["single"]?.array ?? []
    func special(_ piece: JSONValue?) -> String? {
      piece?["SpecialToken"]?["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    var (first, last): (String?, String?) = (nil, nil)
    if single.count > 1 {
      first = special(single.first)
      last = special(single.last)
    }
    if let first {
      if config == nil {
        known.bos = .string(first)
      } else if !isSame(known.bos, first), !isSame(known.cls, first) {
        if isEmpty(known.bos) {
          known.bos = .string(first)
          config?["bos_token"] = known.bos
        }
        if isEmpty(known.cls) {
          known.cls = .string(first)
          config?["cls_token"] = known.cls
        }
      }
      setAdded("bos", isSame(known.bos, first) || isSame(known.cls, first))
    }
    if let last {
      if config == nil {
        known.eos = .string(last)
      } else if !isSame(known.eos, last) {
        if let kind = ["eot", "eom"].first(where: { !kinds.contains($0) }) {
          kinds.append(kind)
          config?["\(kind)_token"] = known.eos
        }
        known.eos = .string(last)
        config?["eos_token"] = known.eos
      }
      setAdded("eos", isSame(known.eos, last))
    }
    readPair(processor["pair"]?.array ?? [], first, last, special, known, &config)
  }

  /// Whether a separator stands between two texts: `[bos] A sep [eos] B [eos]`.
  private mutating func readPair(
    _ pair: [JSONValue], _ first: String?, _ last: String?, _ special: (JSONValue?) -> String?, _ known: Known,
    _ config: inout JSONObject?
  ) {
    func isSpecial(_ piece: JSONValue?, _ text: String?) -> Bool {
      guard let text, let found = special(piece) else { return false }
      return sameBytes(found, text)
    }
    var pair = pair[...]
    let endsSo = isSpecial(pair.last, last)
    if isSpecial(pair.first, first) { pair = pair.dropFirst() }
    if endsSo { pair = pair.dropLast() }
    guard pair.count > 2, pair.first?["Sequence"]?["id"]?.string == "A", pair.last?["Sequence"]?["id"]?.string == "B"
    else { return }
    pair = pair.dropFirst().dropLast()
    func separates(_ piece: JSONValue?) -> Bool {
      special(piece).map { isSame(known.sep, $0) || isSame(known.eos, $0) } ?? false
    }
    // A separator that is the only one counts where the text has no closing token.
    let adds = separates(pair.first) && last == nil || pair.count == 2 && separates(pair.last)
    setAdded("sep", adds)
    if adds, isEmpty(known.sep) { config?["sep_token"] = known.eos }
  }
}
