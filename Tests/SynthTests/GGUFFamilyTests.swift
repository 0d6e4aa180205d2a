import Testing

@testable import CheckpointKit
@testable import Quantize

/// Which row and column goes where is written out here once more, from llama.cpp's converter and without the specs.
@Suite struct GGUFFamilyTests {
  private func layout(_ family: String, _ settings: [(String, String)]) throws -> (GGUFLayout, ModelLayout) {
    let library = try library.get()
    let preset = try Preset.find("tiny", family: family, in: library)
    let config = try preset.config(with: settings.map { (key: $0.0, value: $0.1) })
    let type = try #require(config.modelType)
    let model = try ModelLayout(try #require(library.family(modelType: type)), config: config)
    let spec = try #require(try library.gguf(model))
    let present = [Bool](repeating: true, count: model.tensors.count)
    return (try GGUFLayout(spec, of: model, present: present), model)
  }

  private func rows(_ name: String, _ layout: GGUFLayout) throws -> [Int32] {
    let tensor = try #require(layout.tensors.first { $0.name == name })
    guard case .picked(let rows) = tensor.rows else {
      Issue.record("\(name) takes all rows")
      return []
    }
    return rows
  }

  /// Two key heads with three value heads each: [k][v] → [v][k].
  private func tiled(_ size: Int, from start: Int = 0) -> [Int32] {
    (0..<3).flatMap { v in (0..<2).flatMap { k in (0..<size).map { Int32(start + (k * 3 + v) * size + $0) } } }
  }

  @Test("value heads of Qwen3.5 go from groups of a key head to one of every key head after the other")
  func valueHeads() throws {
    let (layout, model) = try layout("qwen35_moe", [("linear_num_value_heads", "6")])
    let (key, value) = (try #require(model.integer("linear_key")), try #require(model.integer("linear_value")))
    let before = (0..<Int32(4 * key)).map { $0 }
    #expect(try rows("blk.0.attn_qkv.weight", layout) == before + tiled(value, from: 4 * key))
    #expect(try rows("blk.0.ssm_conv1d.weight", layout) == before + tiled(value, from: 4 * key))
    #expect(try rows("blk.0.attn_gate.weight", layout) == tiled(value))
    #expect(try rows("blk.0.ssm_alpha.weight", layout) == tiled(1))
    #expect(try rows("blk.0.ssm_beta.weight", layout) == tiled(1))
    func columns(_ name: String) -> [Int32]? { layout.tensors.first { $0.name == name }?.columns }
    #expect(columns("blk.0.ssm_out.weight") == tiled(value))
    #expect(columns("blk.0.ssm_a") == tiled(1))
    #expect(columns("blk.0.ssm_dt.bias") == tiled(1))
  }

  @Test("the one projection of Qwen3-Next's linear attention goes from key heads to queries, keys, values and gate")
  func projection() throws {
    let (layout, model) = try layout("qwen3_next", [("linear_num_value_heads", "6")])
    let (key, value) = (try #require(model.integer("linear_key")), try #require(model.integer("linear_value")))
    let sizes = [key, key, 3 * value, 3 * value]
    let head = sizes.reduce(0, +)
    func part(_ number: Int) -> [Int32] {
      let start = sizes[..<number].reduce(0, +)
      return (0..<2).flatMap { k in (0..<sizes[number]).map { Int32(k * head + start + $0) } }
    }
    #expect(try rows("blk.0.attn_qkv.weight", layout) == part(0) + part(1) + part(2))
    #expect(try rows("blk.0.attn_gate.weight", layout) == part(3))
  }

  @Test("layers for multi-token prediction become the blocks behind the others, and count as such")
  func multiTokenPrediction() throws {
    for (family, layers) in [("qwen35", 4), ("qwen3_next", 4), ("deepseek_v32", 2), ("glm52", 4)] {
      let (layout, model) = try layout(family, [])
      #expect(layout.hasMTP)
      let names = Set(layout.tensors.map(\.name))
      #expect(names.contains("blk.\(layers).nextn.eh_proj.weight"), "\(family)")
      #expect(names.contains("blk.\(layers).attn_norm.weight") && !names.contains("blk.\(layers + 1).attn_norm.weight"))
      #expect(try layout.spec.integer("block_count", of: model, hasMTP: true) == layers + 1)
      #expect(try layout.spec.integer("block_count", of: model, hasMTP: false) == layers)
      #expect(layout.omitted.allSatisfy { model.tensors[$0].group == .vision }, "\(family)")
    }
  }

  private func converted(_ family: String, to recipe: String) throws -> (TemporaryFolder, Binding, Binding) {
    let library = try library.get()
    let (folder, _) = try write(
      try presetModel("tiny", family: family) {
        $0.settings = [("hidden_size", "128"), ("vocab_size", "320")]
        if family == "qwen35" { $0.settings.append(("vision_config.depth", "0")) }
      })
    let source = try Binding.bind(try Checkpoint.open(folder.file("x")), library: library)
    var options = ConvertOptions()
    options.container = .gguf
    options.preTokenizer = "qwen2"
    let job = try ConvertPlanner.plan(
      source, recipe: try #require(try Recipe.find(recipe, in: library, files: .system)), options: options,
      library: library)
    let runner = try Runner(
      job, place: PlanFile.Place(source: folder.file("x"), destination: folder.file("x.gguf")),
      options: Runner.Options(
        threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0, takesDigests: job.takesDigests),
      files: .system)
    _ = try runner.perform()
    return (folder, source, try Binding.bind(try Checkpoint.open(folder.file("x.gguf")), library: library))
  }

  @Test(
    "what a family's GGUF file is made of comes back out of it",
    arguments: [("minimax_m2", "f32"), ("gpt_oss", "mxfp4-native"), ("qwen3_next", "f32"), ("qwen35", "f32")])
  func roundTrip(family: String, recipe: String) throws {
    let (folder, source, result) = try converted(family, to: recipe)
    defer { withExtendedLifetime(folder) {} }
    #expect(result.findings.isEmpty)
    let compared = try Comparer(
      source, result, options: Comparer.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0)
    ).compare()
    for row in compared.rows {
      // The logarithm of an exponential, each rounded to Float32.
      if row.role == Role("linear.decay") {
        #expect(row.errors.squaredError < 1e-12 * row.errors.squaredReference, "\(row.name)")
      } else {
        #expect(row.isIdentical, "\(row.name)")
      }
    }
    #expect(compared.rows.count > 20)
    if recipe == "mxfp4-native" {
      #expect(result.checkpoint.records.contains { $0.block == .mxfp4 })
    }
  }
}
