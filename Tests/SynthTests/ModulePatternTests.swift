import Testing

@testable import CheckpointKit
@testable import Quantize

/// The lists of modules in a quantization config, under the names that their readers have for the modules.
@Suite struct ModulePatternTests {
  /// Whose names, and how they come from the stored ones.
  enum Spelling: String, CaseIterable {
    case stored, transformers, engines, textModel

    /// nil for a module that this reader has under no such name.
    func name(of module: String, family: String) -> String? {
      switch (self, family) {
      case (.stored, _): return module
      case (.transformers, "qwen3_5"):
        // Of Qwen3_5ForCausalLM; Qwen3_5ForConditionalGeneration has the stored ones.
        if module.hasPrefix("model.visual.") || module.hasPrefix("mtp.") { return nil }
        return Self.replacing("model.language_model.", "model.", module)
      case (.transformers, "kimi_k25"):
        return Self.replacing("vision_tower.encoder.blocks.", "model.vision_tower.layers.", module)
          ?? Self.replacing("mm_projector.proj.0", "model.mm_projector.in_proj", module)
          ?? Self.replacing("mm_projector.proj.2", "model.mm_projector.out_proj", module)
          ?? Self.replacing("language_model.model.", "model.language_model.", module)
          ?? Self.replacing("language_model.lm_head", "lm_head", module) ?? module
      // The router is no linear layer there, and renamed.
      case (.transformers, "minimax_m2"): return module.contains(".block_sparse_moe.gate") ? nil : module
      case (.transformers, _): return module
      case (.engines, "qwen3_5"):
        return Self.replacing("model.language_model.", "language_model.model.", module)
          ?? Self.replacing("model.visual.", "visual.", module)
          ?? Self.replacing("lm_head", "language_model.lm_head", module) ?? module
      case (.engines, "kimi_k25"):
        return Self.replacing("mm_projector.proj.0", "mm_projector.linear_1", module)
          ?? Self.replacing("mm_projector.proj.2", "mm_projector.linear_2", module) ?? module
      case (.engines, _): return module
      case (.textModel, _):
        for prefix in ["model.language_model.", "language_model.model.", "language_model.", "model."] {
          if let name = Self.replacing(prefix, "", module) { return name }
        }
        return module
      }
    }

    private static func replacing(_ prefix: String, _ other: String, _ module: String) -> String? {
      module.hasPrefix(prefix) ? other + module.dropFirst(prefix.count) : nil
    }
  }

  private func modules(_ model: PresetModel) -> (plain: [String], encoded: [String]) {
    var (plain, encoded): ([String], [String]) = ([], [])
    for tensor in model.tensors where tensor.shape.rank == 2 && tensor.name.hasSuffix(".weight") {
      let module = String(tensor.name.dropLast(".weight".count))
      if tensor.layout is PlainLayout { plain.append(module) } else { encoded.append(module) }
    }
    return (plain, encoded)
  }

  private func ignored(_ model: PresetModel) throws -> [String] {
    let config = model.model.config
    let written = try QuantizationConfig(model.tensors.map { ($0.name, $0.layout, $0.shape) }).rewritten(config)
    let json = try #require(try JSONValue(parsing: written, file: "config.json").object)
    return try #require(QuantizationScheme(ModelConfig(json, file: "config.json"))).ignored
  }

  private func check(_ model: PresetModel, _ label: String) throws {
    let family = model.model.spec.name
    let (plain, encoded) = modules(model)
    #expect(!encoded.isEmpty, "\(label)")
    let entries = try ignored(model)
    var matcher = ModuleMatcher(entries, .exact)
    #expect(matcher.refused.isEmpty)
    #expect(entries.count < 40, "\(label): \(entries.count) entries")
    for spelling in Spelling.allCases {
      func names(_ modules: [String]) -> [String] { modules.compactMap { spelling.name(of: $0, family: family) } }
      #expect(
        names(plain).filter { matcher.matches($0).isEmpty } == [],
        "\(label): plain, and under the names of \(spelling.rawValue) not in \(entries)")
      #expect(
        names(encoded).filter { !matcher.matches($0).isEmpty } == [],
        "\(label): encoded, and under the names of \(spelling.rawValue) in \(entries)")
    }
  }

  static let families = (try? library.get().families.map(\.name)) ?? []

  @Test(
    "the ignore list of a tiny model means its plain modules and no other, under every reader's names",
    arguments: families)
  func tiny(family: String) throws {
    for storage in ["int4-g32", "int4-g64"] where family != "gpt_oss" {
      try check(try presetModel("tiny", family: family) { $0.storage = storage }, "\(family) \(storage)")
    }
  }

  @Test(
    "the same of published models, of a few layers and experts",
    arguments: [
      ("Kimi-K2.5", ["text_config.num_hidden_layers=2", "text_config.n_routed_experts=8"]),
      ("Qwen3.5-27B", ["text_config.num_hidden_layers=4"]),
      ("Qwen3.5-35B-A3B", ["text_config.num_hidden_layers=4", "text_config.num_experts=4"]),
      ("DeepSeek-V3", ["num_hidden_layers=4", "n_routed_experts=16"]),
      ("Qwen3-Next-80B-A3B", ["num_hidden_layers=4", "num_experts=4"]),
    ])
  func published(name: String, settings: [String]) throws {
    let model = try presetModel(name) {
      $0.storage = "int4-g128"
      $0.settings = settings.map { text in
        let sides = text.split(separator: "=").map(String.init)
        return (sides[0], sides[1])
      }
    }
    try check(model, name)
  }

  // MARK: The patterns themselves

  private func check(_ plain: [String], not encoded: [String], _ expected: [String]) {
    let patterns = ModulePatterns.patterns(of: plain, not: encoded)
    #expect(patterns == expected)
    var matcher = ModuleMatcher(patterns, .exact)
    #expect(plain.filter { matcher.matches($0).isEmpty } == [])
    #expect(encoded.filter { !matcher.matches($0).isEmpty } == [])
  }

  @Test("what differs in numbers alone is one pattern, and what has a quantized twin is told from it")
  func forms() {
    check(["model.layers.0.a", "model.layers.1.a"], not: ["model.layers.0.b"], [#"re:.*layers\.\d+\.a$"#])
    check(["model.layers.0.a"], not: ["model.layers.1.a"], [#"re:.*layers\.0\.a$"#])
    check(
      ["m.layers.0.experts.0.a", "m.layers.0.experts.1.a"], not: ["m.layers.1.experts.0.a"],
      [#"re:.*layers\.0\.experts\.\d+\.a$"#])
    check(["m.layers.0.experts.0.a"], not: ["m.layers.0.experts.1.a"], [#"re:.*layers\.0\.experts\.0\.a$"#])
    check(["model.layers.3.a"], not: ["mtp.layers.3.a"], [#"re:.*model\.layers\.\d+\.a$"#])
    check(["mtp.layers.0.a", "mtp.fc"], not: ["model.layers.3.a"], [#"re:.*mtp\..*"#])
    check(["lm_head"], not: ["x.lm_head"], ["lm_head"])
    check(["lm-head"], not: ["head"], [#"re:.*lm\-head$"#])
    check(["a.gate"], not: ["a.shared_gate"], [#"re:.*a\.gate$"#])
  }

  @Test("a tower without a quantized module is one pattern, whatever a library calls what is inside")
  func towers() {
    let text = ["model.language_model.layers.0.mlp.up_proj"]
    check(
      ["model.visual.blocks.0.attn.qkv", "model.visual.merger.fc1", "lm_head"], not: text,
      [#"re:.*lm_head$"#, #"re:.*visual\..*"#])
    check(
      ["model.visual.blocks.0.attn.qkv", "model.visual.merger.fc1"], not: text + ["model.visual.merger.fc2"],
      [#"re:.*blocks\.\d+\.attn\.qkv$"#, #"re:.*fc1$"#])
  }
}
