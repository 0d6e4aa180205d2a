import CheckpointKit
import Foundation
import Testing

@testable import Quantize

/// Nothing is lost without a word: heads, tensors that no spec knows, files, columns without importance.
@Suite("What a conversion leaves behind")
struct SilentLossTests {
  private static let library = Result { try SpecLibrary() }
  private static let tied = "\"tie_word_embeddings\": true,"

  private func plan(
    _ source: String, to recipe: String = "f32", gguf: Bool = true, importance: String? = nil, allow: [String] = []
  ) throws -> ConvertPlan {
    let library = try Self.library.get()
    var options = ConvertOptions()
    options.container = gguf ? .gguf : .safetensors
    options.preTokenizer = "llama-bpe"
    options.allowances = allow.map { Allowance($0) }
    options.importance = try importance.map { try ImportanceMatrix($0) }
    return try ConvertPlanner.plan(
      try Binding.bind(try Checkpoint.open(source), library: library),
      recipe: try #require(try Recipe.find(recipe, in: library, files: .system)), options: options, library: library)
  }

  private func perform(_ job: ConvertPlan, _ destination: String) throws -> Runner.Outcome {
    try Runner(
      job, place: .init(source: nil, destination: destination),
      options: Runner.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0), files: .system
    ).perform()
  }

  private func source(_ config: String = "", extra: [(String, [Int])] = []) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("x"), config: config, extra: extra)
    let tokenizer = """
      {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
       "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
      """
    try Data(tokenizer.utf8).write(to: URL(fileURLWithPath: folder.file("x/tokenizer.json")))
    return folder
  }

  private func names(_ plan: ConvertPlan) -> [String] { plan.plan.parts.map(\.name.string) }

  @Test("a head that was trained apart is written, whatever the config ties; one that is the embedding is not")
  func tiedHead() throws {
    let folder = try source(Self.tied)
    let apart = try plan(folder.file("x"))
    #expect(names(apart).contains("output.weight") && apart.leftBehind.isEmpty)
    #expect(
      apart.findings.contains { $0.severity == .warning && $0.code == .tensorTied && $0.tensor == "lm_head.weight" })

    let checkpoint = try Checkpoint.open(folder.file("x"))
    func record(_ name: String) throws -> TensorRecord {
      try #require(checkpoint.records.first { $0.name.string == name })
    }
    let (head, embedding) = (try record("lm_head.weight"), try record("model.embed_tokens.weight"))
    let bytes = try OpenFile(reading: checkpoint.shard(of: embedding).path, .system).readBytes(embedding.range)
    let path = URL(fileURLWithPath: checkpoint.shard(of: head).path)
    func write(_ bytes: [UInt8]) throws {
      var file = try Data(contentsOf: path)
      file.replaceSubrange(head.range, with: bytes)
      try file.write(to: path)
    }
    try write(bytes)
    let copy = try plan(folder.file("x"))
    #expect(!names(copy).contains("output.weight") && copy.leftBehind.map(\.name) == ["lm_head.weight"])
    // One value of the last row is enough.
    var changed = bytes
    changed[bytes.count - 1] ^= 1
    try write(changed)
    #expect(names(try plan(folder.file("x"))).contains("output.weight"))
  }

  @Test("a tensor in a decoder layer that nothing binds stops what would compute without it")
  func unknownInLayer() throws {
    let extra = "model.layers.1.self_attn.extra_norm.weight"
    let folder = try source(extra: [
      (extra, [64]), ("model.vision_note", [4]), ("model.layers.0.self_attn.k_scale", [1]),
    ])
    for gguf in [true, false] {
      let error = #expect(throws: CheckpointError.self) { try plan(folder.file("x"), to: "bf16", gguf: gguf) }
      #expect(error?.code == .tensorUnknown && error?.tensor == extra)
      #expect(throws: CheckpointError.self) {
        try plan(folder.file("x"), to: "bf16", gguf: gguf, allow: ["tensor.unknown=*other*"])
      }
      let allowed = try plan(folder.file("x"), to: "bf16", gguf: gguf, allow: ["tensor.unknown=*extra_norm*"])
      #expect(allowed.leftBehind.contains { $0.name == extra } == gguf)
      #expect(names(allowed).contains(extra) == !gguf)
    }
    let findings = try Binding.inspect(try Checkpoint.open(folder.file("x")), library: Self.library.get()).findings
    let unknown = findings.filter { $0.code == .tensorUnknown }
    #expect(unknown.filter { $0.severity == .warning }.map(\.tensor) == [extra])
    #expect(unknown.count == 3)
  }

  @Test("weight files that the index does not name are said to be left")
  func unlistedFile() throws {
    let folder = try source()
    try FileManager.default.copyItem(
      atPath: folder.file("x/model-00002-of-00002.safetensors"), toPath: folder.file("x/consolidated.safetensors"))
    for gguf in [true, false] {
      #expect(
        try plan(folder.file("x"), to: "bf16", gguf: gguf).leftBehind.map(\.name) == ["consolidated.safetensors"])
    }
    let opened = try Checkpoint.open(folder.file("x"))
    #expect(opened.findings.contains { $0.code == .indexUnlistedShard && $0.severity == .warning })
  }

  @Test("columns without importance are not wiped, and are counted", arguments: ["q4_0", "llama.cpp/Q4_0"])
  func zeroImportance(recipe: String) throws {
    let folder = try source()
    func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    // down: 128 columns, of which the first 32 have none; o: 64 columns without any.
    var bytes = little(2)
    for (name, columns, empty) in [("blk.0.ffn_down.weight", 128, 32), ("blk.1.attn_output.weight", 64, 64)] {
      bytes += little(name.utf8.count) + Array(name.utf8) + little(1) + little(columns)
      for column in 0..<columns { bytes += column < empty ? [0, 0, 0, 0] : [0, 0, 0, 0x40] }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file("i.dat")))
    let job = try plan(folder.file("x"), to: recipe, importance: folder.file("i.dat"))
    let finding = job.findings.first { $0.code == .imatrixZero }
    #expect(finding?.severity == .warning && finding?.problem.contains("6 runs of 16") == true)
    let isMix = recipe.hasPrefix("llama.cpp/")
    #expect(finding?.problem.contains("zeros are written") == isMix)
    _ = try perform(job, folder.file("out.gguf"))
    let library = try Self.library.get()
    let compared = try Comparer(
      try Binding.bind(try Checkpoint.open(folder.file("x")), library: library),
      try Binding.bind(try Checkpoint.open(folder.file("out.gguf")), library: library),
      options: Comparer.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0)
    ).compare()
    let row = try #require(compared.rows.first { $0.name == "model.layers.1.self_attn.o_proj.weight" })
    let error = (row.errors.squaredError / row.errors.squaredReference).squareRoot()
    #expect(isMix ? error == 1 : error < 0.2, "\(error)")
  }

  @Test("what is quantized a second time is said of folders as of GGUF files, and what is alike once")
  func requantized() throws {
    let folder = try source()
    _ = try perform(try plan(folder.file("x"), to: "int4-g32", gguf: false), folder.file("int4"))
    let again = try plan(folder.file("int4"), to: "q4_K", gguf: true)
    #expect(again.findings.filter { $0.code == .requantized }.count == 1)
    // 64 columns are no whole groups of 128: each role once, whatever the number of layers.
    let coarse = try plan(folder.file("x"), to: "int4-g128", gguf: false)
    #expect(coarse.fallbacks.count < coarse.fallbacks.reduce(0) { $0 + $1.count })
    #expect(coarse.findings.filter { $0.code == .notDivisible }.count == coarse.fallbacks.count)
  }
}
