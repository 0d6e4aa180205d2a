/// The files beside the weights: tokenizer, chat template, generation config, processor.
extension Meaning {
  private static let tokenizerFiles = [
    "tokenizer.json", "tiktoken.model", "tokenizer.model", "vocab.json", "vocab.txt", "qwen.tiktoken", "tekken.json",
  ]
  /// Of what is held whole; a tokenizer.json is looked through a window at a time.
  private static let sideFileLimit = 32 << 20

  mutating func checkSideFiles() throws(CheckpointError) {
    for refusal in checkpoint.sideFiles.outside { addOutside(refusal) }
    guard !checkpoint.isSingleFile, checkpoint.config != nil else { return }
    let here = Set(checkpoint.sideFiles.carried)
    try checkGenerationConfig(here)
    guard Self.tokenizerFiles.contains(where: { here.contains($0) }) else {
      return add(
        .warning, .tokenizerMissing, "has no tokenizer: none of \(Self.tokenizerFiles.joined(separator: ", ")) is here",
        hint: "engines take the folder's own; get the files of the original checkpoint")
    }
    try checkTokenizer(here)
    checkProcessor(here)
  }

  /// A link that leads out of the checkpoint, and is not followed.
  mutating func addOutside(_ refusal: CheckpointError) {
    var finding = Finding(refusal)
    finding.file = refusal.file.map { lastPathComponent($0) }
    add(finding)
  }

  private func read(_ name: String) throws(CheckpointError) -> [UInt8] {
    try checkpoint.files.readAll(joinPath(checkpoint.folder, name), limit: Self.sideFileLimit)
  }

  /// A JSON file beside the weights; one that cannot be read is a finding.
  private mutating func json(_ name: String, _ code: ProblemCode) throws(CheckpointError) -> JSONValue? {
    let bytes = try read(name)
    do throws(CheckpointError) { return try JSONValue(parsing: bytes, file: name) } catch {
      add(.error, code, file: name, error.problem)
      return nil
    }
  }

  private mutating func checkGenerationConfig(_ here: Set<String>) throws(CheckpointError) {
    guard here.contains(Self.generationConfigName) else {
      return add(
        .note, .generationConfig,
        "has no \(Self.generationConfigName): engines fall back to config.json and their own defaults")
    }
    _ = try json(Self.generationConfigName, .generationConfig)
  }

  private mutating func checkProcessor(_ here: Set<String>) {
    guard let model = binding.model,
      binding.tensors.contains(where: { model.tensors[$0.tensor].group == .vision }),
      !here.contains("preprocessor_config.json"), !here.contains("processor_config.json")
    else { return }
    add(
      .note, .processorMissing,
      "has a vision tower, but neither preprocessor_config.json nor processor_config.json: images cannot be given to it",
      hint: "get the file of the original checkpoint")
  }

  // MARK: Tokenizer

  private mutating func checkTokenizer(_ here: Set<String>) throws(CheckpointError) {
    var largest: (id: Int, file: String)?
    func note(_ id: Int?, _ file: String) {
      guard let id, id > largest?.id ?? -1 else { return }
      largest = (id, file)
    }
    var hasTemplate = here.contains { $0.hasPrefix("chat_template.") }
    if here.contains("tokenizer_config.json"),
      let config = try json("tokenizer_config.json", .tokenizerMalformed)
    {
      hasTemplate = hasTemplate || config["chat_template"].map { !$0.isNull } ?? false
      for (id, _) in config["added_tokens_decoder"]?.object?.members ?? [] { note(Int(id), "tokenizer_config.json") }
    }
    if here.contains("tokenizer.json") {
      let file = try OpenFile(reading: joinPath(checkpoint.folder, "tokenizer.json"), checkpoint.files)
      do throws(CheckpointError) { note(try TokenizerScan.largestId(tokenizerJSON: file), "tokenizer.json") } catch {
        guard error.code == .tokenizerMalformed else { throw error }
        add(.error, .tokenizerMalformed, file: "tokenizer.json", error.problem)
      }
    } else if let name = ["tiktoken.model", "qwen.tiktoken"].first(where: { here.contains($0) }) {
      if let id = TokenizerScan.largestId(tiktoken: try read(name)) {
        note(id, name)
      } else {
        add(.error, .tokenizerMalformed, file: name, "is no list of tokens and ranks")
      }
    } else if !here.contains("tokenizer.model") {
      notMade.append("tokenizer size")
    }
    if !hasTemplate {
      add(
        .note, .chatTemplateMissing, file: here.contains("tokenizer_config.json") ? "tokenizer_config.json" : nil,
        "has no chat template: a base model needs none, a chat model cannot be talked to without one")
    }
    guard let largest, let vocabulary = binding.model?.integer("vocab") else { return }
    if largest.id >= vocabulary {
      add(
        .error, .tokenizerSize, file: largest.file,
        "gives ids up to \(largest.id), but the embedding has \(vocabulary) rows",
        hint: "the tokenizer is of another model, or the embedding was not enlarged for added tokens")
    } else if 2 * (largest.id + 1) < vocabulary {
      add(
        .note, .tokenizerSize, file: largest.file,
        "gives ids up to \(largest.id), far fewer than the embedding's \(vocabulary) rows")
    }
  }
}

/// Looks through tokenizer files for the largest id, without keeping what they hold.
enum TokenizerScan {
  static func largestId(tokenizerJSON file: OpenFile) throws(CheckpointError) -> Int? {
    var largest: Int?
    let notText = CheckpointError(.tokenizerMalformed, "is not UTF-8 text")
    let problem = try JSONScanner.scan(file, 0..<(try file.size()), notText: notText) {
      (scanner) throws(JSONScanner.Problem) in
      try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
        switch scanner.decoded(key) {
        case "model" where scanner.peek() == UInt8(ascii: "{"):
          try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
            guard scanner.decoded(key) == "vocab" else { return try scanner.skipValue(depth: 2) }
            try vocabulary(&scanner, &largest)
          }
        case "added_tokens" where scanner.peek() == UInt8(ascii: "["):
          try scanner.array { (scanner) throws(JSONScanner.Problem) in
            guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue(depth: 2) }
            try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
              guard scanner.decoded(key) == "id" else { return try scanner.skipValue(depth: 3) }
              try number(&scanner, &largest)
            }
          }
        default: try scanner.skipValue(depth: 1)
        }
      }
      try scanner.expectEnd()
    }
    if let problem {
      throw CheckpointError(.tokenizerMalformed, "is no tokenizer: byte \(problem.offset): \(problem.message)")
    }
    return largest
  }

  /// An object of tokens and ids (BPE, WordPiece), or a list whose places are the ids (Unigram).
  private static func vocabulary(
    _ scanner: inout JSONScanner, _ largest: inout Int?
  ) throws(JSONScanner.Problem) {
    if scanner.peek() == UInt8(ascii: "[") {
      var count = 0
      try scanner.array { (scanner) throws(JSONScanner.Problem) in
        try scanner.skipValue(depth: 3)
        count += 1
      }
      if count > 0 { largest = max(largest ?? -1, count - 1) }
      return
    }
    try scanner.object { (scanner, _) throws(JSONScanner.Problem) in try number(&scanner, &largest) }
  }

  private static func number(_ scanner: inout JSONScanner, _ largest: inout Int?) throws(JSONScanner.Problem) {
    let range = try scanner.number()
    var value = 0
    for place in range {
      let digit = scanner.bytes[place]
      guard isDigit(digit), value < 1 << 40 else { throw scanner.problem("an id that is no small whole number") }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    largest = max(largest ?? -1, value)
  }

  /// Lines of a token in base64 and its rank; nil where a line is none.
  static func largestId(tiktoken bytes: [UInt8]) -> Int? {
    var largest: Int?
    var i = 0
    while i < bytes.count {
      let end = bytes[i...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = bytes[i..<end]
      i = end + 1
      if line.isEmpty { continue }
      guard let space = line.lastIndex(of: UInt8(ascii: " ")),
        let rank = Int(String(decoding: line[(space + 1)...].filter { $0 != 0x0d }, as: UTF8.self)), rank >= 0
      else { return nil }
      largest = max(largest ?? -1, rank)
    }
    return largest
  }
}
