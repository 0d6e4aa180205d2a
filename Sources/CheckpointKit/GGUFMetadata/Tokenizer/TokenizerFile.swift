/// What a GGUF needs of a tokenizer.json, read in one pass: no tree is made of the vocabulary.
struct TokenizerFile: Sendable {
  /// Its path, for messages.
  private(set) var file: String
  /// The tokens of the model, without those of ``added`` that are not its own.
  var vocabulary: Vocabulary
  var added: [AddedToken] = []
  /// `a b`; a space inside a part is written as U+0120.
  var merges = GGUFElements(.string)
  var modelType = "BPE"
  /// nil where the file says nothing.
  var byteFallback: Bool?
  var ignoreMerges: Bool?
  var normalizer: JSONValue = nil
  var preTokenizer: JSONValue = nil
  var postProcessor: JSONValue = nil
  var decoder: JSONValue = nil

  static let byteLimit = 256 << 20
  /// Of a normalizer, a pre-tokenizer, a post-processor or a decoder. A charsmap of SentencePiece is the longest.
  private static let sectionLimit = 4 << 20

  /// - Parameter size: the model's vocab_size, which no id may reach.
  init(parsing bytes: [UInt8], file: String, vocabularySize size: Int) throws(CheckpointError) {
    self.file = file
    vocabulary = Vocabulary(size: size)
    guard isValidUTF8(bytes) else { throw CheckpointError(.tokenizerMalformed, file: file, "is not UTF-8 text") }
    var parsed = self
    let problem = JSONScanner.scan(bytes) { (scanner) throws(JSONScanner.Problem) in
      try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
        switch scanner.decoded(key) {
        case "added_tokens": try parsed.readAdded(&scanner)
        case "normalizer": parsed.normalizer = try parsed.section(&scanner)
        case "pre_tokenizer": parsed.preTokenizer = try parsed.section(&scanner)
        case "post_processor": parsed.postProcessor = try parsed.section(&scanner)
        case "decoder": parsed.decoder = try parsed.section(&scanner)
        case "model": try parsed.readModel(&scanner)
        default: try scanner.skipValue()
        }
      }
      try scanner.expectEnd()
    }
    if let problem {
      if let rule = problem.brokenRule { throw rule }
      throw CheckpointError(
        .tokenizerMalformed, file: file, "is no tokenizer.json: \(problem.message) (byte \(problem.offset))")
    }
    self = parsed
  }

  private func section(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> JSONValue {
    _ = scanner.peek()
    let start = scanner.offset
    try scanner.skipValue()
    guard scanner.offset - start <= Self.sectionLimit else {
      throw scanner.problem("a section of \(scanner.offset - start) bytes")
    }
    let bytes = Array(scanner.bytes[start..<scanner.offset])
    do throws(CheckpointError) { return try JSONValue(parsing: bytes, file: file) } catch {
      throw scanner.problem(error)
    }
  }

  private mutating func readAdded(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var added: [AddedToken] = []
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      let json = try section(&scanner)
      guard let id = json["id"]?.int, let token = AddedToken(json, id: id) else {
        throw scanner.problem("an added token without 'id' and 'content'")
      }
      added.append(token)
    }
    self.added = added
  }

  // MARK: The model

  private mutating func readModel(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var model = self
    try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
      switch scanner.decoded(key) {
      case "type": model.modelType = try scanner.text()
      case "byte_fallback": model.byteFallback = try model.section(&scanner).bool
      case "ignore_merges": model.ignoreMerges = try model.section(&scanner).bool
      case "vocab":
        // Unigram has a list of pairs here.
        guard scanner.peek() == UInt8(ascii: "{") else { throw scanner.problem(model.unsupported("'vocab' is a list")) }
        try model.readVocabulary(&scanner)
      case "merges": try model.readMerges(&scanner)
      default: try scanner.skipValue()
      }
    }
    self = model
  }

  func unsupported(_ what: String) -> CheckpointError {
    CheckpointError(
      .tokenizerUnsupported, file: file, "\(what): only byte-level BPE tokenizers become a GGUF's here",
      hint: "convert with llama.cpp's own converter, or give a checkpoint whose tokenizer.json is byte-level BPE")
  }

  private mutating func readVocabulary(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    // Taken out, so that the closure changes the only copy.
    var vocabulary = Vocabulary(size: 0)
    swap(&vocabulary, &self.vocabulary)
    let file = file
    try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
      guard let id = Int(exactly: try scanner.unsignedInteger()) else { throw scanner.problem("an id over 2^63") }
      let clash: Vocabulary.Clash? = scanner.withContent(of: key) { text in
        do throws(Vocabulary.Clash) {
          try vocabulary.add(text, id: id)
          return nil
        } catch { return error }
      }
      if let clash {
        throw scanner.problem(clash.error(file: file, token: scanner.decoded(key), id: id, size: vocabulary.size))
      }
    }
    swap(&vocabulary, &self.vocabulary)
  }

  /// Strings `a b`, or pairs of strings as newer libraries write them.
  private mutating func readMerges(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var merges = GGUFElements(.string)
    var merge: [UInt8] = []
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      guard scanner.peek() == UInt8(ascii: "[") else {
        let text = try scanner.string()
        scanner.withContent(of: text) { merges.append($0) }
        return
      }
      merge.removeAll(keepingCapacity: true)
      var parts = 0
      try scanner.array { (scanner) throws(JSONScanner.Problem) in
        if parts > 0 { merge.append(UInt8(ascii: " ")) }
        let part = try scanner.string()
        scanner.withContent(of: part) { Self.append($0, to: &merge) }
        parts += 1
      }
      guard parts == 2 else { throw scanner.problem("a merge of \(parts) parts") }
      merge.withUnsafeBufferPointer { merges.append($0) }
    }
    self.merges = merges
  }

  /// A space within a part would be taken for the one between them: it is written as U+0120, as the converter does.
  private static func append(_ part: UnsafeBufferPointer<UInt8>, to merge: inout [UInt8]) {
    for byte in part {
      if byte == UInt8(ascii: " ") { merge += "\u{120}".utf8 } else { merge.append(byte) }
    }
  }
}
