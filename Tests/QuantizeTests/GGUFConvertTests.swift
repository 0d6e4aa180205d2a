import CheckpointKit
import Foundation
import Testing

@testable import Quantize

/// Which row goes where is written out here once more, from llama.cpp's converter and without the spec.
@Suite("Converting to GGUF")
struct GGUFConvertTests {
  private func convert(
    _ folder: TemporaryFolder, to recipe: String, threads: Int = 2, memory: Int = 1 << 30
  ) throws -> (source: Checkpoint, result: Checkpoint) {
    let source = folder.file("source")
    if !FileManager.default.fileExists(atPath: source) {
      try TinyModel.write(to: source)
      let tokenizer = """
        {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
         "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
        """
      try Data(tokenizer.utf8).write(to: URL(fileURLWithPath: folder.file("source/tokenizer.json")))
    }
    let library = try SpecLibrary()
    let recipe = try #require(try Recipe.find(recipe, in: library, files: .system))
    let original = try Checkpoint.open(source)
    var options = ConvertOptions()
    options.container = .gguf
    options.preTokenizer = "llama-bpe"
    let job = try ConvertPlanner.plan(
      try Binding.bind(original, library: library), recipe: recipe, options: options, library: library)
    let destination = folder.file("out-\(threads)-\(memory).gguf")
    try? FileManager.default.removeItem(atPath: destination)
    let runner = Runner(
      job.plan, place: .init(source: source, destination: destination),
      options: Runner.Options(
        threads: threads, budget: MemoryBudget(total: memory), fixedMemory: 0, takesDigests: job.takesDigests),
      files: .system)
    try runner.prepare()
    try runner.finish(try job.finishing(try runner.run(job.executor()), threads: threads))
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
