import Testing

@testable import CheckpointKit

@Suite struct PresetTests {
  /// Figures that others published or measured; the expectation is not taken from the preset's own file.
  @Test(
    "a preset gives the published number of tensors, bytes and parameters",
    arguments: [
      ("Kimi-K2-Instruct", 139_644, 1_029_173_256_720, 1_026_408_232_448, 1_026_408_232_448, 32_861_500_928, 61),
      ("DeepSeek-V3", 91_991, 688_574_839_360, 684_489_845_504, 671_026_419_200, 37_552_297_472, 163),
      ("Qwen3-235B-A22B", 36_945, 470_187_269_120, 235_093_634_560, 235_093_634_560, 22_190_763_520, 118),
      ("Llama-3.3-70B", 723, 141_107_412_992, 70_553_706_496, 70_553_706_496, 70_553_706_496, 30),
    ])
  func facts(name: String, stored: Int, bytes: Int, total: Int, text: Int, active: Int, files: Int) throws {
    let model = try presetModel(name)
    #expect(model.storedTensorCount == stored)
    #expect(model.dataBytes == bytes)
    #expect(model.counts.total == total)
    #expect(model.counts.text == text)
    #expect(model.counts.active == active)
    #expect(model.files.count == files)
    #expect(model.preset.published?.storedTensors == stored)
    #expect(model.preset.published?.dataBytes == bytes)
    #expect(model.preset.published?.parametersTotal == total)
    #expect(model.preset.published?.parametersActive == active)
  }

  @Test("every preset can be read and names a family that is known")
  func allRead() throws {
    let library = try library.get()
    let presets = try Preset.all(in: library)
    #expect(presets.count >= 23)
    for preset in presets {
      #expect(library.family(modelType: preset.modelType ?? "") != nil, "\(preset.name)")
      #expect(!preset.sources.isEmpty, "\(preset.name)")
      #expect((preset.published == nil) == preset.name.hasPrefix("tiny-"), "\(preset.name)")
    }
  }

  @Test("files are called as their publishers call them")
  func shardNames() {
    #expect(ShardStyle.plain.name(8, of: 61) == "model-9-of-61.safetensors")
    #expect(ShardStyle.sixDigits.name(0, of: 163) == "model-00001-of-000163.safetensors")
    #expect(ShardStyle.usual.name(15, of: 16) == "model-00016-of-00016.safetensors")
    #expect(ShardStyle.zeroBased.name(0, of: 3) == "model-00000-of-00002.safetensors")
    #expect(ShardStyle.doubled.name(1, of: 14) == "model.safetensors-00002-of-00014.safetensors")
    for style in ShardStyle.allCases { #expect(style.name(0, of: 1) == "model.safetensors") }
  }

  // MARK: Changes

  @Test("--set reaches keys of the text model, of the root and inside objects")
  func settings() throws {
    let model = try presetModel("tiny", family: "kimi_k25") { changes in
      changes.settings = [
        ("num_hidden_layers", "4"), ("vision_config.vt_num_hidden_layers", "1"), ("rope_scaling.factor", "8.5"),
        ("hidden_act", "gelu"), ("tie_word_embeddings", "true"),
      ]
    }
    let config = model.model.config
    #expect(model.model.layerCount == 4)
    #expect(config.text?["rope_scaling"]?["factor"]?.double == 8.5)
    #expect(config.text?["hidden_act"]?.string == "gelu")
    #expect(config.text?["tie_word_embeddings"]?.bool == true)
    #expect(config.root["tie_word_embeddings"]?.bool == true)
    #expect(!model.tensors.contains { $0.name == "language_model.lm_head.weight" })
    #expect(model.tensors.count { $0.name.hasPrefix("vision_tower.encoder.blocks.") } == 12)
  }

  @Test("a key that the config does not have is refused")
  func unknownKey() throws {
    let error = #expect(throws: CheckpointError.self) {
      try presetModel("tiny", family: "llama") { $0.settings = [("num_layers", "2")] }
    }
    #expect(error?.code == .configKey)
    #expect(error?.problem.contains("num_layers") == true)
    #expect(error?.hint?.contains("num_hidden_layers") == true)
  }

  @Test("a smaller vocabulary takes the special tokens down with its end")
  func smallerVocabulary() throws {
    let model = try presetModel("Llama-3.3-70B") { $0.settings = [("vocab_size", "4096"), ("num_hidden_layers", "1")] }
    let config = model.model.config
    // 128,000 of 128,256 is 256 before the end.
    #expect(config.value("bos_token_id")?.int == 3840)
    #expect(config.value("eos_token_id")?.array?.compactMap(\.int) == [3841, 3848, 3849])
  }

  @Test("a config that would need more bytes than there can be is refused")
  func tooLarge() throws {
    #expect(throws: CheckpointError.self) {
      try presetModel("Kimi-K2-Instruct") { changes in
        changes.settings = [("hidden_size", "1099511627776"), ("moe_intermediate_size", "16384")]
      }
    }
    #expect(throws: CheckpointError.self) {
      try presetModel("tiny", family: "llama") { $0.settings = [("num_hidden_layers", "-1")] }
    }
  }

  @Test("--storage encodes what the recipe of that name would")
  func storage() throws {
    func encodings(_ family: String, _ storage: String) throws -> [String: Set<String>] {
      let model = try presetModel("tiny", family: family) { $0.storage = storage }
      var byEncoding: [String: Set<String>] = [:]
      for tensor in model.tensors {
        let role = tensor.index.map { model.model.tensors[$0].role.name } ?? "extra"
        byEncoding[tensor.layout.name, default: []].insert(role)
      }
      return byEncoding
    }
    let attention: Set = ["attn.q_a", "attn.q_b", "attn.kv_a", "attn.kv_b", "attn.o"]
    let experts: Set = ["moe.gate", "moe.up", "moe.down"]
    let dense: Set = ["mlp.gate", "mlp.up", "mlp.down"]
    #expect(try encodings("kimi_k2", "INT4_G32")["int4-g32"] == experts)
    #expect(
      try encodings("kimi-k2", "fp8-block")["fp8-block"]
        == attention.union(experts).union(dense).union(["shared.gate", "shared.up", "shared.down"]))
    #expect(try encodings("llama", "int4-g64")["int4-g64"] == dense.union(["attn.q", "attn.k", "attn.v", "attn.o"]))
    #expect(Set(try encodings("deepseek_v3", "bf16").keys) == ["bf16", "f32"])
    // Gate and up are one stack there, which counts as gate.
    #expect(try encodings("gpt_oss", "mxfp4")["mxfp4"] == ["moe.gate", "moe.down"])
    #expect(Set(try encodings("gpt_oss", "bf16").keys) == ["bf16"])
    #expect(throws: CheckpointError.self) { try encodings("llama", "q4_0") }
    #expect(throws: CheckpointError.self) { try encodings("llama", "f16") }
  }

  @Test("a tensor that its encoding cannot hold stays plain, with a warning")
  func indivisible() throws {
    let model = try presetModel("tiny", family: "kimi_k2_thinking") { $0.settings = [("moe_intermediate_size", "40")] }
    let down = try #require(model.tensors.first { $0.name.hasSuffix("experts.0.down_proj.weight") })
    #expect(down.layout.name == "bf16")
    #expect(model.findings.contains { $0.code == .notDivisible && $0.severity == .warning })
  }

  @Test("an unknown preset or family is refused with the names that exist")
  func unknown() throws {
    let preset = #expect(throws: CheckpointError.self) { try presetModel("Kimi-K9") }
    #expect(preset?.hint?.contains("Kimi-K2-Instruct") == true)
    let family = #expect(throws: CheckpointError.self) { try presetModel("tiny", family: "gpt5") }
    #expect(family?.hint?.contains("kimi_k2") == true)
    #expect(throws: CheckpointError.self) { try presetModel("tiny") }
    #expect(throws: CheckpointError.self) { try presetModel("Qwen3-4B", family: "qwen3") }
  }

  @Test(
    "a preset that is not well-formed is refused, whatever is wrong with it",
    arguments: [
      ("\"schema\":\"ckpt.preset/1\"", "\"schema\":\"ckpt.preset/2\""), ("\"roles\":\"moe.*\"", "\"roles\":\"moa.*\""),
      ("\"encoding\":\"int4-g32\"", "\"encoding\":\"int5\""), ("\"shape\":\"I32\"", "\"shape\":\"F32\""),
      ("\"style\":\"hf\"", "\"style\":\"hg\""), ("\"count\":3", "\"count\":0"), ("\"title\":", "\"titel\":"),
      ("\"config\":{}", "\"config\":[]"), ("\"dtype\":\"BF16\"", "\"dtype\":\"I64\""), ("[32]", "[-32]"),
      ("\"optional\":[\"head\"]", "\"optional\":[\"hat\"]"), ("\"data_bytes\":1", "\"data_bytes\":-1"),
      ("x.{layer}", "x.{later}"),
    ])
  func malformed(good: String, bad: String) throws {
    let text = """
      {"schema":"ckpt.preset/1","name":"x","title":"x","config":{},"optional":["head"],\
      "storage":[{"roles":"moe.*","encoding":"int4-g32","shape":"I32"}],\
      "extras":[{"name":"x.{layer}","dtype":"BF16","shape":[32]}],"shards":{"style":"hf","count":3},\
      "published":{"stored_tensors":1,"data_bytes":1,"parameters_total":1,"parameters_text":1,"parameters_active":1},\
      "sources":["none"]}
      """
    _ = try Preset(try JSONValue(parsing: text, file: "x.json"), file: "x.json")
    let parts = text.split(separator: good, omittingEmptySubsequences: false)
    #expect(parts.count == 2)
    let wrong = parts.joined(separator: bad)
    let error = #expect(throws: CheckpointError.self) {
      try Preset(try JSONValue(parsing: wrong, file: "x.json"), file: "x.json")
    }
    #expect(error?.code == .specMalformed)
    #expect(error?.file == "x.json")
  }

  @Test(
    "a tiny preset is found by the name of a family and by a model_type",
    arguments: [
      ("glm_moe_dsa", "tiny-glm5"), ("qwen3_5", "tiny-qwen35"), ("Qwen3-5-MoE", "tiny-qwen35_moe"),
      ("kimi-k2", "tiny-kimi_k2"), ("qwen3", "tiny-qwen3"),
    ])
  func tinyByFamily(_ family: String, _ name: String) throws {
    #expect(try Preset.find("tiny", family: family, in: SpecLibrary()).name == name)
  }
}

@Suite struct SpecManualTests {
  @Test("the worked example of Specs/README.md gives what the page says")
  func example() throws {
    let page = joinPath(parentPath(parentPath(vectorsFolder)), "Specs/README.md")
    let text = String(decoding: try FileAccess.system.readAll(page, limit: 1 << 20), as: UTF8.self)
    let blocks = text.split(separator: "```json\n").dropFirst().compactMap { $0.split(separator: "```").first }
    #expect(blocks.count == 2)
    let folder = try TemporaryFolder()
    for (block, name) in zip(blocks, ["families/acme.json", "presets/acme-1.json"]) {
      let path = folder.file(name)
      try FileAccess.system.makeDirectories(parentPath(path))
      try FileAccess.system.writeAtomically(Array(block.utf8), to: path)
    }
    let library = try SpecLibrary(folders: [folder.path])
    let model = try PresetModel(try Preset.find("acme-1", in: library), library: library)
    #expect(model.storedTensorCount == 14)
    #expect(text.contains("writes 14 stored tensors"))
    let encoded = model.tensors.filter { $0.layout is FP8BlockLayout }.map(\.name)
    #expect(
      encoded == [
        "model.layers.0.q.weight", "model.layers.0.up.weight", "model.layers.0.down.weight", "model.layers.1.up.weight",
        "model.layers.1.down.weight",
      ])
    #expect(!model.tensors.contains { $0.name == "lm_head.weight" })
  }

  @Test(
    "lists with an entry for each layer are cut or repeated with the number of layers, unless they are given",
    arguments: [
      ("qwen35", 2), ("qwen35", 6), ("qwen35_moe", 2), ("gpt_oss", 3), ("gpt_oss", 1), ("glm52", 2), ("glm52", 4),
    ])
  func layerLists(family: String, layers: Int) throws {
    let model = try presetModel("tiny", family: family) { $0.settings = [("num_hidden_layers", "\(layers)")] }
    let object = model.model.config.text ?? model.model.config.root
    let lists = object.members.filter { ModelConfig.isLayerList($0.key) }
    #expect(!lists.isEmpty)
    for (key, value) in lists { #expect(value.array?.count == layers, "\(key)") }
    if family == "gpt_oss" {
      let given = try presetModel("tiny", family: family) {
        $0.settings = [("num_hidden_layers", "1"), ("layer_types", #"["full_attention"]"#)]
      }
      #expect(given.model.config.root["layer_types"]?.text() == #"["full_attention"]"#)
    }
  }

  @Test("validate finds a list of layers that has another length")
  func layerListLength() throws {
    let (folder, _) = try write(
      try presetModel("tiny", family: "gpt_oss") {
        $0.settings = [("num_hidden_layers", "1"), ("layer_types", #"["full_attention", "full_attention"]"#)]
      })
    defer { withExtendedLifetime(folder) {} }
    let binding = try Binding.bind(try Checkpoint.open(folder.file("x")), library: try library.get())
    let found = try Meaning(of: binding).findings.filter { $0.problem.contains("layer_types has 2 entries") }
    #expect(found.map(\.severity) == [.error])
  }
}
