import Testing

@testable import CheckpointKit

/// What `--specs DIR` does with documents of a reader's own.
@Suite struct SpecFolderTests {
  private static func family(_ name: String, extends parent: String, type: String, _ more: String = "") -> String {
    """
    { "schema": "ckpt.family/1", "name": "\(name)", "title": "T", "model_types": ["\(type)"], "extends": "\(parent)",
      "sources": ["made up"]\(more) }
    """
  }

  private static func library(_ documents: [String: String]) throws -> (SpecLibrary, TemporaryFolder) {
    let folder = try TemporaryFolder()
    for (name, text) in documents {
      let path = folder.file("families/\(name).json")
      try FileAccess.system.makeDirectories(parentPath(path))
      try FileAccess.system.writeAtomically(Array(text.utf8), to: path)
    }
    return (try SpecLibrary(folders: [folder.path]), folder)
  }

  private static func refusal(_ documents: [String: String]) -> CheckpointError? {
    #expect(throws: CheckpointError.self) { try library(documents) }
  }

  /// The folder's path sorts before that of the built-in documents, and `a` before `b`.
  @Test("a family may extend one that itself extends another, whatever the files are called and wherever they lie")
  func chains() throws {
    let (library, _) = try Self.library([
      "a": Self.family("glm_next", extends: "glm_moe_dsa", type: "glm_next"),
      "b": Self.family("child", extends: "parent", type: "child"),
      "c": Self.family("parent", extends: "qwen3", type: "parent"),
    ])
    let glm = try #require(library.family(modelType: "glm_next"))
    #expect(glm.tensors.contains { $0.role.name == "indexer.q" })
    #expect(glm.tensors.contains { $0.role.name == "attn.kv_a" })
    let child = try #require(library.family(modelType: "child"))
    #expect(child.tensors.contains { $0.role.name == "norm.q" })
    #expect(child.tensors.contains { $0.role.name == "mlp.down" })
  }

  @Test("families that extend one another in a circle are refused, with the file that does")
  func circles() throws {
    let own = Self.refusal(["x": Self.family("llama", extends: "llama", type: "llama")])
    #expect(own?.code == .specMalformed)
    #expect(own?.file?.hasSuffix("families/x.json") == true)
    let pair = Self.refusal([
      "x": Self.family("x", extends: "y", type: "x"), "y": Self.family("y", extends: "x", type: "y"),
    ])
    #expect(pair?.code == .specMalformed)
    #expect(Self.refusal(["x": Self.family("x", extends: "nothing", type: "x")])?.code == .specMalformed)
  }

  @Test("a family of a folder goes before the built-in one for a model_type; two of folders may not claim the same")
  func modelTypes() throws {
    let mine = Self.family("mine", extends: "llama", type: "llama")
    let (library, _) = try Self.library(["mine": mine])
    #expect(library.family(modelType: "llama")?.name == "mine")
    #expect(library.family(modelType: "qwen3")?.name == "qwen3")
    let error = Self.refusal(["mine": mine, "other": Self.family("other", extends: "llama", type: "llama")])
    #expect(error?.code == .specMalformed)
    #expect(error?.problem.contains("'llama'") == true)
  }

  @Test("a tensor that is said again replaces what the extended family says of it")
  func replaced() throws {
    let head = #"{ "name": "lm_head.weight", "role": "head", "shape": ["vocab + 64", "hidden"] }"#
    let (library, _) = try Self.library([
      "x": Self.family("x", extends: "llama", type: "x", ", \"tensors\": [\(head)]")
    ])
    let spec = try #require(library.family(modelType: "x"))
    let heads = spec.tensors.filter { $0.template.text == "lm_head.weight" }
    #expect(heads.map { $0.shape.map(\.text) } == [["vocab + 64", "hidden"]])
    #expect(
      Self.refusal(["x": Self.family("x", extends: "llama", type: "x", ", \"tensors\": [\(head), \(head)]")])?.code
        == .specMalformed)
  }

  @Test(
    "a part of the wrong kind is refused, not passed over",
    arguments: [
      #", "values": ["hidden"]"#, #", "forward": "mla""#, #", "layers": []"#, #", "defaults": 1"#,
      #", "defaults": { "a..b": 1 }"#,
    ])
  func wrongKinds(_ part: String) throws {
    let error = Self.refusal(["x": Self.family("x", extends: "llama", type: "x", part)])
    #expect(error?.code == .specMalformed)
    #expect(error?.file?.hasSuffix("families/x.json") == true)
  }

  @Test("a folder without any folder of specs is refused: it is one too deep, or misspelt")
  func emptyFolder() throws {
    let folder = try TemporaryFolder()
    try FileAccess.system.makeDirectories(folder.file("familys"))
    let error = #expect(throws: CheckpointError.self) { try SpecLibrary(folders: [folder.path]) }
    #expect(error?.code == .notFound)
    #expect(error?.problem.contains("families") == true)
  }

  @Test("what the config class takes where the file says nothing stands in for absent and null keys alone")
  func defaults() throws {
    let part = #", "defaults": { "rope_parameters | rope_scaling": { "rope_type": "linear", "factor": 2 } }"#
    let (library, _) = try Self.library(["x": Self.family("x", extends: "llama", type: "x", part)])
    let spec = try #require(library.family(modelType: "x"))
    func config(_ more: JSONObject) throws -> ModelConfig {
      var config: JSONObject = [
        "model_type": "x", "hidden_size": 64, "vocab_size": 96, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 64,
      ]
      for (key, value) in more.members { config[key] = value }
      return try ModelLayout(spec, config: ModelConfig(config, file: "config.json")).config
    }
    let linear: JSONValue = ["rope_type": "linear", "factor": 2]
    #expect(try config([:]).value("rope_parameters") == linear)
    #expect(try config(["rope_scaling": nil]).value("rope_parameters") == linear)
    #expect(try config(["rope_scaling": ["type": "default"]]).value("rope_parameters") == nil)
    #expect(try config(["rope_parameters": [:]]).value("rope_parameters") == [:])
    let untouched = try config([:])
    #expect(!String(decoding: untouched.source, as: UTF8.self).contains("rope"))
  }
}

/// What a GGUF file cannot say of a model; llama.cpp's sources say what it takes for granted.
@Suite struct GGUFAssumptionTests {
  private static func broken(_ family: String, _ settings: [(String, String)]) throws -> [String] {
    let model = try presetModel("tiny", family: family) { changes in
      changes.settings = settings.map { (key: $0.0, value: $0.1) }
    }.model
    let spec = try #require(try library.get().gguf(model))
    return try spec.brokenAssumptions(of: model).map { "\($0.assumption.refuses ? "refused" : "other") at \($0.layer)" }
  }

  @Test("a model that a GGUF file cannot describe is found before it is written")
  func found() throws {
    #expect(try Self.broken("qwen3_moe", [("mlp_only_layers", "[1]")]) == ["refused at 1"])
    #expect(try Self.broken("qwen3_moe", [("norm_topk_prob", "false")]) == ["refused at 0"])
    #expect(try Self.broken("qwen3_next", [("decoder_sparse_step", "2")]) == ["refused at 0"])
    #expect(try Self.broken("qwen3", [("use_sliding_window", "true")]) == ["other at 0"])
    #expect(
      try Self.broken("gpt_oss", [("layer_types", #"["full_attention", "sliding_attention"]"#)]) == ["refused at 0"])
    #expect(try Self.broken("gpt_oss", [("swiglu_limit", "5.0")]) == ["refused at 0"])
    #expect(try Self.broken("gpt_oss", [("rope_scaling.truncate", "true")]) == ["refused at 0"])
    #expect(try Self.broken("kimi_k2", [("rope_scaling.mscale", "0.5")]) == ["refused at 0"])
    #expect(
      try Self.broken("deepseek_v3", [("first_k_dense_replace", "0"), ("moe_layer_freq", "2")]) == ["refused at 1"])
    #expect(
      try Self.broken("llama", [("rope_scaling", #"{"rope_type": "yarn", "factor": 2.0, "truncate": false}"#)])
        == ["refused at 0"])
    #expect(try Self.broken("minimax_m2", [("use_routing_bias", "false")]) == ["refused at 0"])
  }

  @Test("the tiny models of all families are what llama.cpp takes them for")
  func none() throws {
    for preset in try Preset.all(in: library.get()) where preset.name.hasPrefix("tiny-") {
      #expect(try Self.broken(String(preset.name.dropFirst("tiny-".count)), []) == [], "\(preset.name)")
    }
  }
}
