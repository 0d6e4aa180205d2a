import CheckpointKit
import Foundation
import Testing

@testable import Quantize

/// Which row goes where is written out here once more, from llama.cpp's converter and without the spec.
@Suite("Converting to GGUF")
struct GGUFConvertTests {
  private func convertWeighted(
    _ folder: TemporaryFolder, importance: String
  ) throws -> (result: Checkpoint, findings: [Finding]) {
    var findings: [Finding] = []
    let result = try convert(folder, to: "q4_0", importance: importance, findings: &findings).result
    return (result, findings)
  }

  private func convert(
    _ folder: TemporaryFolder, from given: String? = nil, to recipe: String, threads: Int = 2, memory: Int = 1 << 30,
    config: String = "", biased: Bool = false
  ) throws -> (source: Checkpoint, result: Checkpoint) {
    var findings: [Finding] = []
    return try convert(
      folder, from: given, to: recipe, threads: threads, memory: memory, config: config, biased: biased,
      findings: &findings)
  }

  private func convert(
    _ folder: TemporaryFolder, from given: String? = nil, to recipe: String, threads: Int = 2, memory: Int = 1 << 30,
    config: String = "", biased: Bool = false, importance: String? = nil, findings: inout [Finding]
  ) throws -> (source: Checkpoint, result: Checkpoint) {
    let source = given ?? folder.file("source")
    if !FileManager.default.fileExists(atPath: source) {
      try TinyModel.write(to: source, config: config, biased: biased)
      try TinyModel.writeTokenizer(to: source)
    }
    let library = try SpecLibrary()
    let recipe = try #require(try Recipe.find(recipe, in: library, files: .system))
    let original = try Checkpoint.open(source)
    var options = ConvertOptions()
    options.container = .gguf
    options.preTokenizer = "llama-bpe"
    options.importance = try importance.map { try ImportanceMatrix($0) }
    let job = try ConvertPlanner.plan(
      try Binding.bind(original, library: library), recipe: recipe, options: options, library: library)
    findings = job.findings
    let name = "\(given == nil ? "out" : "again")-\(threads)-\(memory).gguf"
    let destination = folder.file(name)
    // What a stopped conversion leaves, too.
    for path in [destination, folder.file(".\(name).ckpt")] { try? FileManager.default.removeItem(atPath: path) }
    let runner = try Runner(
      job, place: .init(source: source, destination: destination),
      options: Runner.Options(
        threads: threads, budget: MemoryBudget(total: memory), fixedMemory: 0, takesDigests: job.takesDigests),
      files: .system)
    _ = try runner.perform()
    return (original, try Checkpoint.open(destination))
  }

  private func bytes(_ checkpoint: Checkpoint, _ name: String) throws -> (record: TensorRecord, bytes: [UInt8]) {
    let record = try #require(checkpoint.records.first { $0.name.string == name })
    return (record, try OpenFile(reading: checkpoint.shard(of: record).path, .system).readBytes(record.range))
  }

  @Test("rows of queries and keys go from halves into pairs, head by head, and nothing else moves")
  func ropeRows() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let (source, result) = try convert(folder, to: "bf16")
    for (name, original, heads) in [
      ("blk.1.attn_q.weight", "model.layers.1.self_attn.q_proj.weight", 4),
      ("blk.1.attn_k.weight", "model.layers.1.self_attn.k_proj.weight", 2),
    ] {
      let (expected, found) = (try bytes(source, original).bytes, try bytes(result, name).bytes)
      let row = 64 * 2
      for head in 0..<heads {
        for i in 0..<16 {
          let from = head * 16 + (i % 2) * 8 + i / 2
          let to = head * 16 + i
          #expect(found[to * row..<(to + 1) * row] == expected[from * row..<(from + 1) * row], "\(name) row \(to)")
        }
      }
    }
    for (name, original) in [
      ("blk.0.attn_v.weight", "model.layers.0.self_attn.v_proj.weight"),
      ("token_embd.weight", "model.embed_tokens.weight"),
      ("blk.1.ffn_down.weight", "model.layers.1.mlp.down_proj.weight"), ("output.weight", "lm_head.weight"),
    ] {
      #expect(try bytes(result, name).bytes == bytes(source, original).bytes, "\(name)")
    }
  }

  @Test(
    "vectors are F32 whatever the recipe says; rows that hold no whole block get the next smaller one, with a warning")
  func types() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let (source, result) = try convert(folder, to: "q4_K")
    let norm = try bytes(result, "blk.0.attn_norm.weight")
    #expect(norm.record.dtype == .f32)
    let widened = try bytes(source, "model.layers.0.input_layernorm.weight").bytes
    for i in 0..<64 { #expect(Array(norm.bytes[4 * i..<4 * i + 4]) == [0, 0, widened[2 * i], widened[2 * i + 1]]) }
    // 64 and 128 columns are no multiple of 256: llama-quantize takes Q5_0 in place of Q4_K.
    #expect(try bytes(result, "blk.0.ffn_up.weight").record.block == .q5_0)
    #expect(try bytes(result, "token_embd.weight").record.block == .q5_0)
  }

  @Test("biases go with their projections, those of queries and keys with the rows that go into pairs, and stay F32")
  func biases() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let (source, result) = try convert(
      folder, to: "q8_0", config: #""attention_bias": true, "mlp_bias": true,"#, biased: true)
    let again = try convert(folder, from: result.path, to: "f16").result
    for (name, original, heads) in [
      ("attn_q", "self_attn.q_proj", 4), ("attn_k", "self_attn.k_proj", 2), ("attn_v", "self_attn.v_proj", nil),
      ("attn_output", "self_attn.o_proj", nil), ("ffn_gate", "mlp.gate_proj", nil), ("ffn_up", "mlp.up_proj", nil),
      ("ffn_down", "mlp.down_proj", nil),
    ] {
      let stored = try bytes(source, "model.layers.1.\(original).bias").bytes
      var expected: [UInt8] = []
      for i in 0..<stored.count / 2 {
        let from = heads == nil ? i : i / 16 * 16 + (i % 2) * 8 + i % 16 / 2
        expected += [0, 0, stored[2 * from], stored[2 * from + 1]]
      }
      for file in [result, again] {
        let found = try bytes(file, "blk.1.\(name).bias")
        #expect(found.record.dtype == .f32)
        #expect(found.bytes == expected, "\(name) of \(file.path)")
      }
    }
  }

  @Test("the rope factors of a GGUF file are in the file that is made of it")
  func ropeFactors() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let scaling = #""rope_scaling": {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 512},"#
    let first = try convert(folder, to: "f16", config: scaling).result
    let second = try convert(folder, from: first.path, to: "q8_0").result
    let factors = try bytes(first, "rope_freqs.weight").bytes
    #expect(factors.count == 8 * 4)
    // The first frequency is not scaled, the last one is, by all of the factor.
    #expect(Array(factors.prefix(4)) == [0, 0, 0x80, 0x3f])
    #expect(Array(factors.suffix(4)) == [0, 0, 0, 0x41])
    #expect(try bytes(second, "rope_freqs.weight").bytes == factors)
  }

  @Test("the config that a GGUF file gives names the class of its model, and Llama 3.1's scaling by its own words")
  func configOfGGUF() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let scaling = #"""
      "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
      "high_freq_factor": 4.0, "original_max_position_embeddings": 8192},
      """#
    let result = try convert(folder, to: "f16", config: scaling).result
    let config = try #require(try Binding.bind(result, library: SpecLibrary()).model?.config.root)
    #expect(config["architectures"]?.array?.compactMap(\.string) == ["LlamaForCausalLM"])
    let found = config["rope_scaling"]
    #expect(found?["rope_type"]?.string == "llama3" && found?["factor"]?.double == 32)
    #expect(found?["low_freq_factor"]?.double == 1 && found?["high_freq_factor"]?.double == 4)
    #expect(found?["original_max_position_embeddings"]?.int == 8192)
  }

  @Test("keys of the importance matrix are those of llama-quantize: 127 bytes of the dataset's name, no count of 0")
  func importanceKeys() throws {
    func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    for (chunks, dataset, kept) in [
      (3, String(repeating: "x", count: 126) + "é", String(repeating: "x", count: 126)), (0, "text", "text"),
    ] {
      // The embedding has 64 columns; what was measured for another width is not used, and no reason to stop.
      var bytes = little(1) + little(17) + Array("token_embd.weight".utf8) + little(1) + little(2) + [0, 0, 0x80, 0x3f]
      bytes += [0, 0, 0x80, 0x3f] + little(chunks) + little(dataset.utf8.count) + Array(dataset.utf8)
      let path = folder.file("i-\(chunks).dat")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let (result, findings) = try convertWeighted(folder, importance: path)
      let fields = result.shards[0].fields
      #expect(fields.first { $0.key == "quantize.imatrix.dataset" }?.value.text == kept)
      #expect(fields.first { $0.key == "quantize.imatrix.chunks_count" }?.value.integer == (chunks == 0 ? nil : chunks))
      #expect(findings.contains { $0.code == .imatrixMismatch && $0.tensor == "token_embd.weight" })
    }
  }

  @Test("keys that config.json leaves out have the values of the model's config class, as in the converter's file")
  func defaults() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let result = try convert(folder, to: "f16").result
    let fields = result.shards[0].fields
    #expect(fields.first { $0.key == "llama.context_length" }?.value == .unsigned(2048))
    #expect(fields.first { $0.key == "llama.rope.freq_base" }?.value == .float(10000))
  }

  @Test("a value that is not finite stops a quantization even where it would stay F32, and no plain conversion")
  func nonFiniteNorm() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let source = try convert(folder, to: "bf16").source
    let record = try #require(source.records.first { $0.name.string == "model.norm.weight" })
    let path = source.shard(of: record).path
    var file = try Data(contentsOf: URL(fileURLWithPath: path))
    file.replaceSubrange(record.range.lowerBound + 6..<record.range.lowerBound + 8, with: [0xc0, 0x7f])
    try file.write(to: URL(fileURLWithPath: path))
    for recipe in ["q8_0", "llama.cpp/Q4_0"] {
      let error = #expect(throws: CheckpointError.self) { try convert(folder, to: recipe) }
      #expect(error?.code == .nonFinite)
      #expect(error?.tensor == "model.norm.weight")
      #expect(error?.problem.contains("row 0, column 3") == true)
    }
    #expect(throws: Never.self) { try convert(folder, to: "f32") }
  }

  @Test("neither threads nor memory change a byte")
  func sameBytes() throws {
    let folder = try TemporaryFolder()
    let many = try convert(folder, to: "q8_0", threads: 3).result
    let few = try convert(folder, to: "q8_0", threads: 1, memory: 4 << 20).result
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: many.shards[0].path))
        == Data(contentsOf: URL(fileURLWithPath: few.shards[0].path)))
  }
}
