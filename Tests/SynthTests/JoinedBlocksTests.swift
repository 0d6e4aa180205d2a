import Testing

@testable import CheckpointKit
@testable import Quantize

/// Matrices that engines join, in blocks of 128: whole blocks, or plain.
@Suite struct JoinedBlocksTests {
  private func convert(
    _ family: String, _ settings: [(String, String)], storage: String? = nil, to name: String = "fp8-block"
  ) throws -> ConvertPlan {
    let library = try library.get()
    let model = try presetModel("tiny", family: family) {
      $0.settings = settings
      $0.storage = storage
    }
    let (folder, _) = try write(model)
    defer { withExtendedLifetime(folder) {} }
    let source = try Binding.bind(try Checkpoint.open(folder.file("x")), library: library)
    let recipe = try #require(try Recipe.find(name, in: library, files: .system))
    return try ConvertPlanner.plan(source, recipe: recipe, options: ConvertOptions(), library: library)
  }

  private func roles(_ plan: ConvertPlan, _ isIncluded: (any EncodingLayout) -> Bool) -> Set<String> {
    Set(
      plan.works.compactMap { work in
        guard let tensor = work.tensor, let target = work.target, isIncluded(target) else { return nil }
        return plan.binding.model?.tensors[tensor].role.name
      })
  }

  static let uneven: [([(String, String)], plain: Set<String>, blocks: Set<String>)] = [
    // 9 heads of 64, 3 key-value heads: 576 and 192 rows.
    (
      [
        ("hidden_size", "576"), ("num_attention_heads", "9"), ("num_key_value_heads", "3"),
        ("intermediate_size", "768"),
      ],
      ["attn.q", "attn.k", "attn.v"], ["attn.o", "mlp.gate", "mlp.up", "mlp.down"]
    ),
    ([("intermediate_size", "576")], ["mlp.gate", "mlp.up"], ["attn.q", "attn.k", "attn.v", "attn.o", "mlp.down"]),
    // One key-value head of 64.
    (
      [("num_key_value_heads", "1")], ["attn.q", "attn.k", "attn.v"], ["attn.o", "mlp.gate", "mlp.up", "mlp.down"]
    ),
  ]

  @Test(
    "joined projections that are no whole blocks stay plain together, and one finding for each kind names them",
    arguments: uneven)
  func stayPlain(settings: [(String, String)], plain: Set<String>, blocks: Set<String>) throws {
    let plan = try convert("llama", settings)
    #expect(roles(plan) { $0 is FP8BlockLayout } == blocks)
    #expect(plain.isSubset(of: roles(plan) { $0 is PlainLayout }))
    let found = plan.findings.filter { $0.code == .notDivisible }
    #expect(found.count == 1 && found[0].severity == .warning)
    for role in plain { #expect(found.first?.problem.contains(role) == true) }
    // The list of the config and the engines' rules agree with it.
    let config = try #require(plan.config)
    let json = try #require(try JSONValue(parsing: config, file: "config.json").object)
    let listed = try #require(QuantizationScheme(ModelConfig(json, file: "config.json"))).ignored
    #expect(listed.contains { $0.hasSuffix("self_attn.q_proj") } == plain.contains("attn.q"))
    // synth writes what a conversion would.
    let model = try presetModel("tiny", family: "llama") {
      $0.settings = settings
      $0.storage = "fp8-block"
    }
    let stored = Set(
      model.tensors.filter { $0.layout is FP8BlockLayout }.compactMap {
        $0.index.map { model.model.tensors[$0].role.name }
      })
    #expect(stored == blocks)
    #expect(model.findings.count { $0.code == .notDivisible } == 1)
  }

  @Test("experts have one encoding: where gate and up stay plain, down does")
  func experts() throws {
    let plan = try convert("qwen3_moe", [("moe_intermediate_size", "192")])
    #expect(roles(plan) { $0 is FP8BlockLayout } == ["attn.q", "attn.k", "attn.v", "attn.o"])
    #expect(plan.findings.count { $0.code == .notDivisible } == 1)
  }

  @Test("each projection of a tensor that holds several is whole blocks")
  func segments() throws {
    // Keys of one head of 64: 64 + 64 + 256 rows are three blocks, and the first ends within one.
    let plan = try convert("qwen3_5", [("text_config.linear_num_key_heads", "1")])
    #expect(roles(plan) { $0 is FP8BlockLayout }.isDisjoint(with: ["attn.qkv", "attn.z"]))
    let found = plan.findings.filter { $0.code == .notDivisible }
    #expect(found.count == 1 && found[0].problem.contains("a projection in attn.qkv has 64 rows"))
    let whole = try convert("qwen3_5", [])
    #expect(roles(whole) { $0 is FP8BlockLayout }.isSuperset(of: ["attn.qkv", "attn.z"]))
  }

  @Test("what is published in blocks is kept")
  func published() throws {
    let plan = try convert("minimax_m2", [("num_key_value_heads", "1")])
    #expect(roles(plan) { $0 is FP8BlockLayout }.isSuperset(of: ["attn.q", "attn.k", "attn.v"]))
    #expect(plan.findings.isEmpty)
  }

  @Test("whole blocks are blocks")
  func whole() throws {
    let plan = try convert("llama", [])
    #expect(roles(plan) { $0 is FP8BlockLayout }.count == 7)
    #expect(plan.findings.isEmpty)
  }
}
