import Foundation
import Testing

@testable import CheckpointKit

/// The vectors are made by llama.cpp's converter: `Tests/Conformance/tokenizer.py --vectors`.
@Suite struct GGUFTokenizerTests {
  private static let vectors = joinPath(vectorsFolder, "tokenizer")
  private static let library = Result { try SpecLibrary() }

  private static func config(_ text: String) throws -> ModelConfig {
    try ModelConfig(parsing: Array(text.utf8), file: "c")
  }

  private func entries(_ folder: String, _ config: ModelConfig?, size: Int, pre: String? = "qwen2") throws
    -> [GGUFEntry]
  {
    try GGUFTokenizer.metadata(in: folder, config: config, vocabSize: size, pre: pre, library: Self.library.get())
  }

  @Test(
    "the keys of a tokenizer are, byte for byte, those of llama.cpp's converter",
    arguments: [
      "template", "front-specials", "tiktoken", "family-tokens", "odd-tokens", "config-tokens", "named-templates",
      "legacy-merges", "sentencepiece-like",
    ])
  func vector(name: String) throws {
    let folder = joinPath(Self.vectors, name)
    let path = joinPath(folder, "config.json")
    let config = try ModelConfig(parsing: FileAccess.system.readAll(path, limit: 1 << 20), file: path)
    let size = try #require(config.value("vocab_size")?.int)
    // Without --pre: every vector's fingerprint is known.
    let entries = try entries(folder, config, size: size, pre: nil)
    let expected = try FileAccess.system.readAll(joinPath(folder, "expected.gguf"), limit: 1 << 20)
    let fields = entries.flatMap(\.bytes)
    // Behind magic, version, number of tensors and number of keys.
    #expect(Array(expected[16..<24]) == littleEndian(UInt64(entries.count)))
    #expect(fields.count <= expected.count - 24 && Array(expected[24..<24 + fields.count]) == fields)
    #expect(expected[(24 + fields.count)...].allSatisfy { $0 == 0 })
  }

  // MARK: Fingerprints

  @Test("the fingerprint in each document is that of its sections")
  func fingerprints() throws {
    var count = 0
    for (file, json) in try Self.library.get().documents(.tokenizers) {
      guard let sections = json["sections"] else { continue }
      let found = TokenizerTable.fingerprint(
        normalizer: sections["normalizer"] ?? nil, preTokenizer: sections["pre_tokenizer"] ?? nil)
      #expect(found.hex == json["fingerprint"]?.string, "\(file)")
      count += 1
    }
    #expect(count == 8)
  }

  @Test("what does not change the split does not change the fingerprint; a pattern does")
  func canonical() throws {
    func fingerprint(_ normalizer: String, _ preTokenizer: String) throws -> String {
      TokenizerTable.fingerprint(
        normalizer: try JSONValue(parsing: normalizer, file: "n"),
        preTokenizer: try JSONValue(parsing: preTokenizer, file: "p")
      ).hex
    }
    let usual = try fingerprint(
      "null",
      """
      {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[\\\\r\\\\n]+"},"behavior":"Isolated",
      "invert":false},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}
      """)
    let older = try fingerprint(
      #"{"type":"Sequence","normalizers":[]}"#,
      """
      {"pretokenizers":[{"type":"Sequence","pretokenizers":[{"behavior":"Isolated","pattern":{"Regex":"[\\r\\n]+"},
      "type":"Split"}]},{"add_prefix_space":false,"type":"ByteLevel"}],"type":"Sequence"}
      """)
    #expect(usual == older)
    let other = try fingerprint(
      "null",
      """
      {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[\\\\r\\\\n]*"},"behavior":"Isolated",
      "invert":false},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}
      """)
    #expect(usual != other)
    // The canonical text is fixed: sorted keys, lists of steps.
    #expect(
      TokenizerTable.canonicalText(normalizer: ["type": "NFC"], preTokenizer: ["type": "ByteLevel"])
        == #"{"normalizer":[{"type":"NFC"}],"pre_tokenizer":[{"type":"ByteLevel","use_regex":true}]}"#)
  }

  /// A tokenizer with all 256 bytes, one merge and one special token.
  private func write(
    _ folder: TestFolder, preTokenizer: String = #"{"type":"ByteLevel","add_prefix_space":false}"#,
    vocabulary: String? = nil, added: String = #"[{"id":257,"content":"<|end|>","special":true}]"#,
    merges: String = #"[["a","b"]]"#, model: String = "BPE", decoder: String = #"{"type":"ByteLevel"}"#
  ) throws {
    var object: JSONObject = [:]
    for (id, text) in SyntheticTokenizer.byteTokens.enumerated() { object.append(text, .int(id)) }
    object.append("ab", 256)
    try folder.write(
      "tokenizer.json",
      """
      {"added_tokens":\(added),"normalizer":null,"pre_tokenizer":\(preTokenizer),"decoder":\(decoder),
      "model":{"type":"\(model)","vocab":\(vocabulary ?? JSONValue.object(object).text()),"merges":\(merges)}}
      """)
  }

  @Test("a split that has no name is refused with its fingerprint and the way out; a given name is taken, if it exists")
  func unknown() throws {
    let folder = try TestFolder()
    let config = try Self.config(#"{"model_type":"acme"}"#)
    try write(folder, preTokenizer: #"{"type":"Whitespace"}"#)
    let found = problem { _ = try entries(folder.path, config, size: 258, pre: nil) }
    let error = try #require(found)
    #expect(error.code == .tokenizerUnknown && error.hint?.contains("--pre NAME") == true)
    // SHA-256 of {"normalizer":[],"pre_tokenizer":[{"type":"Whitespace"}]}, by sha256sum
    #expect(error.problem.contains("5830004623f30a9d04644841b39d3a665547f8e3859e89ed84712ef6b65ee3fb"))
    #expect(
      try entries(folder.path, config, size: 258, pre: "tekken").contains {
        $0 == GGUFEntry("tokenizer.ggml.pre", text: "tekken")
      })
    let typo = problem { _ = try entries(folder.path, config, size: 258, pre: "qwen-2") }
    #expect(typo?.code == .tokenizerUnknown && typo?.problem.contains("did you mean 'qwen2'?") == true)
  }

  @Test("where one split has several names the model type decides, and one that is in no list is not guessed at")
  func severalNames() throws {
    let llama = try JSONValue(
      parsing: FileAccess.system.readAll(joinPath(Self.vectors, "template/tokenizer.json"), limit: 1 << 20), file: "t")
    let split = try #require(llama["pre_tokenizer"]).text()
    let folder = try TestFolder()
    try write(folder, preTokenizer: split)
    for (type, name) in [("llama", "llama-bpe"), ("glm4", "glm4")] {
      let config = try Self.config(#"{"model_type":"\#(type)"}"#)
      #expect(
        try entries(folder.path, config, size: 258, pre: nil).contains {
          $0 == GGUFEntry("tokenizer.ggml.pre", text: name)
        })
    }
    let error = problem { _ = try entries(folder.path, Self.config(#"{"model_type":"acme"}"#), size: 258, pre: nil) }
    #expect(error?.code == .tokenizerUnknown && error?.hint?.contains("'glm4' for") == true)
  }

  @Test("the tokenizer that synth writes has a known name for every model")
  func synthetic() throws {
    let config = try Self.config(#"{"model_type":"acme","vocab_size":300,"bos_token_id":0,"eos_token_id":[1,2]}"#)
    let folder = try TestFolder()
    for (name, bytes) in try #require(SyntheticTokenizer(config: config)).files(config: config) {
      try folder.write(name, bytes)
    }
    let keys = try entries(folder.path, config, size: 300, pre: nil)
    #expect(keys.contains { $0 == GGUFEntry("tokenizer.ggml.pre", text: "gpt-2") })
    #expect(keys.contains { $0 == GGUFEntry("tokenizer.ggml.bos_token_id", uint32: 0) })
  }

  // MARK: Wrong files

  @Test("a vocabulary that does not fit the model, or contradicts itself, is refused")
  func contradictions() throws {
    func code(size: Int = 260, _ change: (TestFolder) throws -> Void) throws -> (ProblemCode?, String) {
      let folder = try TestFolder()
      try change(folder)
      let error = problem { _ = try entries(folder.path, nil, size: size) }
      return (error?.code, error?.problem ?? "")
    }
    #expect(try code { try write($0) }.0 == nil)
    #expect(try code(size: 257) { try write($0) }.0 == .tokenizerMalformed)
    #expect(try code(size: 200) { try write($0) }.1.contains("vocab_size is 200"))
    #expect(try code(size: 0) { try write($0) }.0 == .configKey)
    #expect(try code(size: .max) { try write($0) }.0 == .configKey)
    #expect(try code { try write($0, vocabulary: #"{"a":1,"b":1}"#) }.1.contains("have the same id, 1"))
    #expect(try code { try write($0, vocabulary: #"{"a":1,"a":2}"#) }.1.contains("and 1 too"))
    #expect(try code { try write($0, vocabulary: #"{"a":-1}"#) }.0 == .tokenizerMalformed)
    #expect(try code { try write($0, vocabulary: #"{"a":18446744073709551615}"#) }.0 == .tokenizerMalformed)
    #expect(try code { try write($0, vocabulary: #"[["a",-1.5]]"#) }.0 == .tokenizerUnsupported)
    #expect(try code { try write($0, model: "WordPiece") }.0 == .tokenizerUnsupported)
    #expect(try code { try write($0, decoder: "null") }.0 == .tokenizerUnsupported)
    #expect(try code { try write($0, merges: #"[["a","b","c"]]"#) }.1.contains("a merge of 3 parts"))
    #expect(try code { try write($0, added: #"[{"id":259,"content":"new"}]"#) }.1.contains("loading it gives 257"))
    #expect(try code { try write($0, added: #"[{"content":"x"}]"#) }.0 == .tokenizerMalformed)
    #expect(try code { _ in }.0 == .tokenizerMissing)
    #expect(
      try code {
        try write($0)
        try $0.write("tokenizer.model", "x")
      }.0 == .tokenizerUnsupported)
    #expect(
      try code {
        try write($0)
        try $0.write("tokenizer_config.json", #"{"added_tokens_decoder":{"300":{"content":"new"}}}"#)
      }.1.contains("the id 300, but it is 258"))
  }

  @Test("a tiktoken vocabulary that is malformed, or of an unknown class, is refused")
  func tiktoken() throws {
    func code(_ lines: String, kind: String = "TikTokenTokenizer") throws -> ProblemCode? {
      let folder = try TestFolder()
      try folder.write("tiktoken.model", lines)
      try folder.write("tokenizer_config.json", #"{"tokenizer_class":"\#(kind)"}"#)
      return problem { _ = try entries(folder.path, nil, size: 300, pre: nil) }?.code
    }
    let bytes = (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)" }
    #expect(try code(bytes.joined(separator: "\n") + "\r\n\n") == nil)
    // Cut anywhere, it could not encode every text.
    #expect(try code(bytes.dropLast().joined(separator: "\n")) == .tokenizerMalformed)
    #expect(try code("") == .tokenizerMalformed)
    #expect(try code("IQ== 0", kind: "OtherTokenizer") == .tokenizerUnsupported)
    for lines in [
      "IQ== 0\nIQ== 1", "IQ== 0\nIg== 0", "IQ=x 0", "IQ== x", "IQ==", "IQ== -1", "IQ== 300", "I 0", "==== 0",
    ] {
      #expect(try code(lines) == .tokenizerMalformed, "\(lines)")
    }
  }

  @Test("merges found again from ranks are those that made the tokens")
  func merges() throws {
    // a b c ab bc abc: abc is made of ab and c, since ab has the lower rank.
    let lines = ["YQ== 0", "Yg== 1", "Yw== 2", "YWI= 3", "YmM= 4", "YWJj 5"].joined(separator: "\n")
    let file = try TiktokenFile(parsing: Array(lines.utf8), file: "t", vocabularySize: 10)
    var expected = GGUFElements(.string)
    for merge in ["a b", "b c", "ab c"] { expected.append(merge) }
    #expect(file.merges.count == 3 && file.merges.bytes == expected.bytes)
  }

  @Test("no mutated tokenizer.json or tiktoken.model makes the reader trap", .timeLimit(.minutes(1)))
  func mutations() throws {
    var random = SeededGenerator(state: 11)
    for name in ["template/tokenizer.json", "sentencepiece-like/tokenizer.json", "tiktoken/tiktoken.model"] {
      let seed = try FileAccess.system.readAll(joinPath(Self.vectors, name), limit: 1 << 20)
      for _ in 0..<150 {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          let end = min(bytes.count, place + Int.random(in: 1...9, using: &random))
          switch Int.random(in: 0..<4, using: &random) {
          case 0: bytes[place] = .random(in: 32...126, using: &random)
          case 1: bytes.removeSubrange(place..<end)
          case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
          default: bytes.removeSubrange((bytes.count + place) / 2..<bytes.count)
          }
        }
        do throws(CheckpointError) {
          if name.hasSuffix(".json") {
            _ = try TokenizerFile(parsing: bytes, file: "t", vocabularySize: 300)
          } else {
            _ = try TiktokenFile(parsing: bytes, file: "t", vocabularySize: 300)
          }
        } catch { #expect([.tokenizerMalformed, .tokenizerUnsupported, .malformedFile].contains(error.code)) }
      }
    }
  }
}
