/// The `tokenizer.*` keys of a GGUF file, made of a checkpoint's small files; no tokenizer is run.
///
/// Keys, types, order and values are those that llama.cpp's `convert_hf_to_gguf.py` writes; where they differ, and why,
/// is in `docs/formats/gguf-tokenizer.md`. Byte-level BPE becomes `gpt2`, from tokenizer.json or from a
/// tiktoken.model; for Llama a BPE with byte fallback becomes `llama`.
public enum GGUFTokenizer {
  /// - Parameters:
  ///   - vocabSize: tokens of the model; ids without a token are filled with `[PADn]`.
  ///   - pre: the value of `tokenizer.ggml.pre`; nil looks it up.
  /// - Throws: `tokenizer.missing`, `.malformed`, `.unsupported`, or `tokenizer.unknown` where `pre` is nil and the
  ///   tokenizer.json splits text in a way that no document of ``SpecLibrary`` names.
  public static func metadata(
    of checkpoint: Checkpoint, vocabSize: Int, pre: String? = nil, library: SpecLibrary
  ) throws(CheckpointError) -> [GGUFEntry] {
    try metadata(
      in: checkpoint.folder, checkpoint.files, config: checkpoint.config, vocabSize: vocabSize, pre: pre,
      library: library)
  }

  static func metadata(
    in folder: String, _ files: FileAccess = .system, config: ModelConfig?, vocabSize: Int, pre: String? = nil,
    library: SpecLibrary
  ) throws(CheckpointError) -> [GGUFEntry] {
    let source = try TokenizerSource(
      folder: folder, files: files, config: config, vocabSize: vocabSize, table: TokenizerTable(library))
    return try source.entries(pre: pre)
  }
}

/// The types of tokens, as a GGUF numbers them.
private enum TokenType: Int32 {
  case normal = 1
  case control = 3
  case userDefined = 4
  case unused = 5
  case byte = 6
}

/// The tokens of a vocabulary as they are written, id after id.
private struct TokenArrays {
  var tokens = GGUFElements(.string)
  var types = GGUFElements(.int32)

  mutating func append(_ text: String, _ type: TokenType) {
    tokens.append(text)
    types.append(int32: type.rawValue)
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ type: TokenType) {
    tokens.append(text)
    types.append(int32: type.rawValue)
  }

  mutating func appendPadding(_ id: Int) { append("[PAD\(id)]", .unused) }

  var entries: [GGUFEntry] {
    [GGUFEntry("tokenizer.ggml.tokens", tokens), GGUFEntry("tokenizer.ggml.token_type", types)]
  }
}

/// The files that a tokenizer is made of.
struct TokenizerSource {
  let folder: String
  let files: FileAccess
  let config: ModelConfig?
  let vocabSize: Int
  let table: TokenizerTable
  /// tokenizer_config.json; nil where there is none, or an empty one.
  let tokenizerConfig: JSONObject?
  let modelTypes: [String]
  let family: TokenizerTable.Family

  init(
    folder: String, files: FileAccess, config: ModelConfig?, vocabSize: Int, table: TokenizerTable
  ) throws(CheckpointError) {
    guard (1...TokenizerTable.sizeLimit).contains(vocabSize) else {
      throw CheckpointError(.configKey, file: config?.file, "'vocab_size' is \(vocabSize)")
    }
    self.folder = folder
    self.files = files
    self.config = config
    self.vocabSize = vocabSize
    self.table = table
    let path = joinPath(folder, "tokenizer_config.json")
    let object =
      try files.status(path) == nil
      ? nil : try JSONValue(parsing: files.readAll(path, limit: 32 << 20), file: path).object
    tokenizerConfig = object.flatMap { $0.isEmpty ? nil : $0 }
    modelTypes = [config?.modelType, config?.text?["model_type"]?.string].compactMap { $0 }
    family = table.family(of: modelTypes)
  }

  private func has(_ name: String) throws(CheckpointError) -> Bool {
    try files.status(joinPath(folder, name))?.kind == .regular
  }

  func entries(pre: String?) throws(CheckpointError) -> [GGUFEntry] {
    let name: String? = if let pre { try table.checkedName(pre) } else { nil }
    // Where both are there, the converter takes this one.
    if try has("tokenizer.model") {
      throw CheckpointError(
        .tokenizerUnsupported, file: joinPath(folder, "tokenizer.model"),
        "SentencePiece vocabularies are not read here",
        hint: try has("tokenizer.json")
          ? "tokenizer.json beside it would be read: if both hold the same, convert a copy without tokenizer.model"
          : "convert with llama.cpp's own converter")
    }
    if try has("tokenizer.json") { return try jsonEntries(pre: name) }
    if try has("tiktoken.model") { return try tiktokenEntries(pre: name) }
    throw CheckpointError(
      .tokenizerMissing, file: folder, "has neither tokenizer.json nor tiktoken.model",
      hint: "get the tokenizer's files from the model's repository")
  }

  private func special(_ tokenizer: TokenizerFile?) throws(CheckpointError) -> SpecialTokens {
    try SpecialTokens(
      config: tokenizerConfig, tokenizer: tokenizer, model: config, file: joinPath(folder, "tokenizer_config.json"))
  }

  /// Merges, ids, flags and templates: the order in which the converter writes them.
  private func closing(_ special: SpecialTokens, merges: GGUFElements?) throws(CheckpointError) -> [GGUFEntry] {
    var entries: [GGUFEntry] = []
    if let merges, merges.count > 0 { entries.append(GGUFEntry("tokenizer.ggml.merges", merges)) }
    entries += special.entries
    entries += try ChatTemplates(config: tokenizerConfig, folder: folder, files).entries
    return entries + special.normalizerEntries
  }

  // MARK: tokenizer.json

  private func jsonEntries(pre: String?) throws(CheckpointError) -> [GGUFEntry] {
    let path = joinPath(folder, "tokenizer.json")
    var tokenizer = try TokenizerFile(
      parsing: files.readAll(path, limit: TokenizerFile.byteLimit), file: path, vocabularySize: vocabSize)
    guard tokenizer.modelType == "BPE" else { throw tokenizer.unsupported("a model of type \(tokenizer.modelType)") }
    var entries: [GGUFEntry] = []
    if family.addsSpacePrefix, let value = tokenizerConfig?["add_prefix_space"]?.bool {
      entries.append(GGUFEntry("tokenizer.ggml.add_space_prefix", bool: value))
    }
    if family.isSentencepieceLike, tokenizer.isSentencepieceLike {
      return entries + (try sentencepieceEntries(&tokenizer))
    }
    guard try tokenizer.decodesBytes() else { throw tokenizer.unsupported("no ByteLevel decoder") }
    let name = if let pre { pre } else { try table.name(of: tokenizer, modelTypes: modelTypes) }
    let added = try allAdded(&tokenizer)
    var arrays = TokenArrays()
    for id in 0..<vocabSize {
      if let token = added[id] {
        append(token, to: &arrays)
      } else if tokenizer.vocabulary.withText(of: id, { arrays.append($0, .normal) }) == nil {
        arrays.appendPadding(id)
      }
    }
    var special = try special(tokenizer)
    for (kind, text) in family.specialTokens {
      guard let id = added.first(where: { sameBytes($0.value.content, text) })?.key else {
        throw CheckpointError(
          .tokenizerMalformed, file: path, "has no added token '\(text)', which is the \(kind) token of this model")
      }
      try special.set(kind, id)
    }
    entries += [GGUFEntry("tokenizer.ggml.model", text: "gpt2"), GGUFEntry("tokenizer.ggml.pre", text: name)]
    entries += arrays.entries
    return entries + (try closing(special, merges: try merges(of: tokenizer)))
  }

  /// The converter writes what decoding the token gives, and for what is no control token a space for `▁`.
  private func append(_ token: AddedToken, to arrays: inout TokenArrays) {
    let text = token.normalized ? token.content : ByteAlphabet.decoded(token.content)
    if token.special || AddedToken.looksSpecial(text) {
      arrays.append(text, .control)
    } else {
      let scalars = text.unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 }
      arrays.append(String(String.UnicodeScalarView(scalars)), .userDefined)
    }
  }

  /// Added tokens by id: those of tokenizer.json, then those that transformers adds when it loads the folder.
  ///
  /// tokenizer_config.json's `added_tokens_decoder` replaces the flags of a token and adds what is missing; a named
  /// token (`bos_token` and so on) that is no added token becomes one.
  private func allAdded(_ tokenizer: inout TokenizerFile) throws(CheckpointError) -> [Int: AddedToken] {
    var byID: [Int: AddedToken] = [:]
    var known: [TensorName: AddedToken] = [:]
    // tokenizers numbers a new token on from the last, never below the size of the model's vocabulary.
    var next = tokenizer.vocabulary.count
    func add(_ token: AddedToken, id: Int, in file: String) throws(CheckpointError) {
      if tokenizer.vocabulary.id(of: token.content) != id {
        do throws(Vocabulary.Clash) { try tokenizer.vocabulary.add(token.content, id: id) } catch {
          throw error.error(file: file, token: token.content, id: id, size: vocabSize)
        }
      }
      byID[id] = token
      known[TensorName(token.content)] = token
      next = max(next, id + 1)
    }
    for token in tokenizer.added {
      let id = tokenizer.vocabulary.id(of: token.content) ?? next
      guard token.id == id else {
        throw CheckpointError(
          .tokenizerMalformed, file: tokenizer.file,
          "says that added token '\(token.content)' has the id \(token.id ?? -1), but loading it gives \(id)",
          hint: "added tokens are numbered on from the vocabulary's, whatever ids they state")
      }
      try add(token, id: id, in: tokenizer.file)
    }
    let file = joinPath(folder, "tokenizer_config.json")
    let named = namedTokens()
    var later: [AddedToken] = []
    for (key, json) in tokenizerConfig?["added_tokens_decoder"]?.object?.members ?? [] {
      guard let id = Int(key), var token = AddedToken(json, id: id) else {
        throw CheckpointError(
          .tokenizerMalformed, file: file, "'added_tokens_decoder' has '\(key)', which is no token with its id")
      }
      if let other = known[TensorName(token.content)], other.isSame(as: token) { continue }
      if named.contains(where: { $0.isNamed && sameBytes($0.token.content, token.content) }) { token.special = true }
      later.append(token)
    }
    later.sort { ($0.id ?? 0) < ($1.id ?? 0) }
    let laterNames = Set(later.map { TensorName($0.content) })
    later += named.map(\.token).filter {
      !laterNames.contains(TensorName($0.content)) && known[TensorName($0.content)] == nil
    }
    for token in later {
      let id = tokenizer.vocabulary.id(of: token.content) ?? next
      if let stated = token.id, stated != id {
        throw CheckpointError(
          .tokenizerMalformed, file: file,
          "'added_tokens_decoder' gives token '\(token.content)' the id \(stated), but it is \(id) in tokenizer.json",
          hint: "take both files from one repository")
      }
      try add(token, id: id, in: file)
    }
    return byID
  }

  /// Tokens that tokenizer_config.json names for a purpose (`isNamed`), or lists as further special ones.
  private func namedTokens() -> [(token: AddedToken, isNamed: Bool)] {
    guard let tokenizerConfig else { return [] }
    let kinds = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].compactMap { tokenizerConfig["\($0)_token"] }
    let lists = ["additional_special_tokens", "extra_special_tokens"].flatMap { key -> [JSONValue] in
      tokenizerConfig[key]?.array ?? tokenizerConfig[key]?.object?.members.map(\.value) ?? []
    }
    var seen: Set<TensorName> = []
    return (kinds.map { ($0, true) } + lists.map { ($0, false) }).compactMap { value, isNamed in
      var token = value.string.map { AddedToken(special: $0) } ?? AddedToken(value)
      token?.special = true
      guard let token, !token.content.isEmpty, seen.insert(TensorName(token.content)).inserted else { return nil }
      return (token, isNamed)
    }
  }

  /// Those of tokenizer.json; where it has none, those of merges.txt.
  private func merges(of tokenizer: TokenizerFile) throws(CheckpointError) -> GGUFElements {
    let path = joinPath(folder, "merges.txt")
    guard tokenizer.merges.count == 0, try has("merges.txt") else { return tokenizer.merges }
    let bytes = try files.readAll(path, limit: TokenizerFile.byteLimit)
    guard isValidUTF8(bytes) else { throw CheckpointError(.tokenizerMalformed, file: path, "is not UTF-8 text") }
    var merges = GGUFElements(.string)
    for (i, line) in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).enumerated()
    {
      if i == 0, line.first == UInt8(ascii: "#") { continue }
      let parts = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard parts.count == 2 else {
        throw CheckpointError(.tokenizerMalformed, file: path, "line \(i + 1) is no merge of two parts")
      }
      Array(parts[0] + [UInt8(ascii: " ")] + parts[1]).withUnsafeBufferPointer { merges.append($0) }
    }
    return merges
  }

  // MARK: SentencePiece-like

  /// What `gguf.LlamaHfVocab` gives: scores of −1000, no padding and no merges.
  private func sentencepieceEntries(_ tokenizer: inout TokenizerFile) throws(CheckpointError) -> [GGUFEntry] {
    let baseCount = tokenizer.vocabulary.count
    let added = try allAdded(&tokenizer)
    let special = Set(namedTokens().compactMap { tokenizer.vocabulary.id(of: $0.token.content) })
    var arrays = TokenArrays()
    var scores = GGUFElements(.float32)
    for id in 0..<vocabSize where tokenizer.vocabulary.has(id) {
      _ = tokenizer.vocabulary.withText(of: id) { text in
        let type: TokenType =
          if special.contains(id) {
            .control
          } else if id >= baseCount, added[id] != nil {
            .userDefined
          } else {
            isByteToken(text) ? .byte : .normal
          }
        arrays.append(text, type)
        scores.append(float32: -1000)
      }
    }
    guard arrays.tokens.count == tokenizer.vocabulary.highestID + 1 else {
      throw CheckpointError(.tokenizerMalformed, file: tokenizer.file, "leaves ids without a token")
    }
    var entries = [GGUFEntry("tokenizer.ggml.model", text: "llama"), GGUFEntry("tokenizer.ggml.pre", text: "default")]
    entries.append(GGUFEntry("tokenizer.ggml.tokens", arrays.tokens))
    entries.append(GGUFEntry("tokenizer.ggml.scores", scores))
    entries.append(GGUFEntry("tokenizer.ggml.token_type", arrays.types))
    return entries + (try closing(try self.special(tokenizer), merges: nil))
  }

  /// `<0x41>`
  private func isByteToken(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.count == 6 && text.starts(with: "<0x".utf8) && text[5] == UInt8(ascii: ">") && hexDigit(text[3]) != nil
      && hexDigit(text[4]) != nil
  }

  // MARK: tiktoken

  private func tiktokenEntries(pre: String?) throws(CheckpointError) -> [GGUFEntry] {
    let path = joinPath(folder, "tiktoken.model")
    let tokenizerClass = tokenizerConfig?["tokenizer_class"]?.string
    guard let rules = table.tiktoken(tokenizerClass: tokenizerClass) else {
      throw CheckpointError(
        .tokenizerUnsupported, file: path,
        "is read by the class '\(tokenizerClass ?? "")', and how that numbers its special tokens is not known here")
    }
    let tiktoken = try TiktokenFile(
      parsing: files.readAll(path, limit: TiktokenFile.byteLimit), file: path, vocabularySize: vocabSize)
    if let byte = (0...UInt8.max).first(where: { !tiktoken.has($0) }) {
      throw CheckpointError(
        .tokenizerMalformed, file: path,
        "has no token for the byte \(byte): of \(vocabSize) tokens it has \(tiktoken.vocabulary.count)",
        hint: "the file is cut or damaged: get it again")
    }
    let base = tiktoken.vocabulary.count
    let named = tokenizerConfig?["added_tokens_decoder"]
    var arrays = TokenArrays()
    for id in 0..<vocabSize {
      if (base..<base + rules.reserved).contains(id) {
        let text: String = named?[String(id)]?["content"]?.string ?? rules.unnamedText(of: id)
        arrays.append(text, .control)
      } else if let text = tiktoken.text(of: id) {
        arrays.append(text, .normal)
      } else {
        arrays.appendPadding(id)
      }
    }
    let entries = [
      GGUFEntry("tokenizer.ggml.model", text: "gpt2"), GGUFEntry("tokenizer.ggml.pre", text: pre ?? rules.pre),
    ]
    return entries + arrays.entries + (try closing(try special(nil), merges: tiktoken.merges))
  }
}

extension TokenizerFile {
  /// A Llama 2 kind of vocabulary: pieces with `▁` for a space and `<0x41>` for a byte (`gguf.LlamaHfVocab`).
  fileprivate var isSentencepieceLike: Bool { byteFallback == true && decoder["type"]?.string == "Sequence" }

  /// Whether decoding goes through the byte alphabet, as the texts of added tokens then do.
  fileprivate func decodesBytes() throws(CheckpointError) -> Bool {
    let parts = decoder["type"]?.string == "Sequence" ? decoder["decoders"]?.array ?? [] : [decoder]
    return parts.allSatisfy { $0["type"]?.string == "ByteLevel" }
  }
}
