import Testing

@testable import CheckpointKit
@testable import Quantize

@Suite struct SynthPlanTests {
  @Test("the same seed gives the same tensors, whatever the files and threads")
  func sameBytes() throws {
    let (_, whole) = try write(try makeSmall(), threads: 1)
    let (cut, pieces) = try write(try makeSmall { $0.maxShardBytes = 50_000 }, threads: 4)
    #expect(whole == pieces)
    #expect(try FileAccess.system.list(cut.file("x")).count { $0.hasSuffix(".safetensors") } > 3)
    let (_, other) = try write(try makeSmall(), seed: 1)
    #expect(whole.keys == other.keys)
    #expect(whole.allSatisfy { other[$0.key] != $0.value })
  }

  @Test("encoded storages hold the values of the plain one")
  func storages() throws {
    // Whole blocks: what engines join would stay plain else.
    let sizes = [
      ("hidden_size", "256"), ("intermediate_size", "384"), ("num_hidden_layers", "1"), ("vocab_size", "320"),
    ]
    let (_, plain) = try write(try makeSmall { $0.settings = sizes })
    for (storage, bound) in [("fp8-block", 0.04), ("int4-g32", 0.16)] {
      let model = try makeSmall {
        $0.settings = sizes
        $0.storage = storage
      }
      let (_, encoded) = try write(model)
      var checked = 0
      for tensor in model.tensors where !(tensor.layout is PlainLayout) {
        let shape = tensor.shape
        func decode(_ layout: any EncodingLayout, _ tensors: [String: [UInt8]]) throws -> [Float] {
          var values = [Float](repeating: 0, count: shape.elementCount)
          let parts = try layout.parts(for: shape).map { try #require(tensors[tensor.name + $0.suffix]) }
          let buffers = try parts.map { part in
            let buffer = try Buffer(byteCount: part.count)
            buffer.bytes.copyBytes(from: part)
            return buffer
          }
          values.withUnsafeMutableBufferPointer {
            let rows = buffers.map { UnsafeRawBufferPointer($0.bytes) }
            Codecs.codec(for: layout).decode(
              rows: 0..<shape.rows, columns: 0..<shape.columns,
              of: StoredRows(shape: shape, rows: 0..<shape.rows, parts: rows), into: $0)
          }
          return values
        }
        let (a, b) = (try decode(PlainLayout(.bf16), plain), try decode(tensor.layout, encoded))
        let error = zip(a, b).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        let square = a.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect((error / square).squareRoot() < bound, "\(storage) \(tensor.name)")
        checked += 1
      }
      #expect(checked == 7)
    }
  }

  /// A power of two in Float32 has no bit below the exponent.
  @Test("scales of a preset whose config says scale_fmt ue8m0 are powers of two, with F32 scales too")
  func powerScales() throws {
    let model = try presetModel("tiny", family: "deepseek_v32") { changes in
      changes.settings = [
        ("hidden_size", "64"), ("num_hidden_layers", "1"), ("n_routed_experts", "4"), ("moe_intermediate_size", "32"),
        ("intermediate_size", "64"), ("num_nextn_predict_layers", "0"),
      ]
    }
    let (_, stored) = try write(model)
    let scales = stored.filter { $0.key.hasSuffix("_scale_inv") }
    #expect(scales.count > 8)
    for (name, bytes) in scales {
      let words = stride(from: 0, to: bytes.count, by: 4).map { i in
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[i + $1]) << UInt32(8 * $1) }
      }
      #expect(words.allSatisfy { $0 & 0x7f_ffff == 0 && $0 != 0 }, "\(name)")
    }
  }

  @Test("MXFP4 that is asked for is named by the config, as the published one names it")
  func mxfp4Config() throws {
    let model = try presetModel("tiny", family: "gpt_oss") { changes in
      changes.storage = "mxfp4"
      changes.settings = [
        ("hidden_size", "64"), ("num_hidden_layers", "1"), ("num_local_experts", "4"), ("intermediate_size", "32"),
        ("layer_types", "null"),
      ]
    }
    let (folder, _) = try write(model)
    let config = try ModelConfig(
      parsing: try FileAccess.system.readAll(folder.file("x/config.json"), limit: 1 << 20), file: "config.json")
    #expect(config.quantization?["quant_method"] == "mxfp4")
    #expect(config.quantization?["modules_to_not_convert"]?.array?.contains("lm_head") == true)
  }

  @Test("copies of the embedding and the head hold the same bytes as these")
  func copies() throws {
    let small: (inout PresetModel.Changes) -> Void = { changes in
      changes.storage = "bf16"
      changes.settings = [
        ("hidden_size", "64"), ("num_hidden_layers", "1"), ("first_k_dense_replace", "1"), ("n_routed_experts", "4"),
        ("moe_intermediate_size", "32"), ("intermediate_size", "64"), ("q_lora_rank", "32"), ("kv_lora_rank", "32"),
      ]
    }
    let (_, deepSeek) = try write(try presetModel("tiny", family: "deepseek_v3", small))
    #expect(deepSeek["model.layers.1.embed_tokens.weight"] == deepSeek["model.embed_tokens.weight"])
    #expect(deepSeek["model.layers.1.shared_head.head.weight"] == deepSeek["lm_head.weight"])
    #expect(deepSeek["lm_head.weight"] != deepSeek["model.embed_tokens.weight"])
    let experts = "model.layers.1.mlp.experts."
    #expect(deepSeek[experts + "0.up_proj.weight"] != deepSeek[experts + "1.up_proj.weight"])
    let tied = try presetModel("Qwen3-0.6B") { changes in
      changes.settings = [
        ("hidden_size", "32"), ("num_hidden_layers", "1"), ("intermediate_size", "32"), ("vocab_size", "300"),
        ("num_attention_heads", "1"), ("num_key_value_heads", "1"),
      ]
    }
    let (_, qwen) = try write(tied)
    #expect(qwen["lm_head.weight"] == qwen["model.embed_tokens.weight"])
  }

  @Test("a sparse result has true headers at full size and takes no disk")
  func sparse() throws {
    let folder = try TemporaryFolder()
    let model = try presetModel("Llama-3.3-70B")
    var options = SynthOptions()
    options.isSparse = true
    let synth = try SynthPlan(model, options: options)
    let runner = try Runner(
      synth, place: PlanFile.Place(source: nil, destination: folder.file("x")),
      options: Runner.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 1 << 20), files: .system)
    _ = try runner.performSparse(synth.finishing(Runner.Outcome()))
    let binding = try Binding.bind(try Checkpoint.open(folder.file("x")), library: try library.get())
    #expect(binding.findings.isEmpty)
    #expect(binding.tensors.count == 723)
    #expect(binding.checkpoint.dataBytes == 141_107_412_992)
    #expect(ModelCounts(binding)?.total == 70_553_706_496)
    #expect(try FileAccess.system.list(folder.file("x")).contains(".ckpt") == false)
    let last = try #require(binding.checkpoint.records.last)
    let file = try OpenFile(reading: binding.checkpoint.shard(of: last).path, .system)
    #expect(try file.readBytes(last.range.upperBound - 64..<last.range.upperBound).allSatisfy { $0 == 0 })
  }

  @Test("a saved plan is planned again to the same id")
  func savedPlan() throws {
    let settings = [("hidden_size", "128"), ("vocab_size", "320")]
    var options = SynthOptions()
    options.changes.settings = settings
    options.changes.storage = "fp8-block"
    options.changes.maxShardBytes = 100_000
    options.seed = 9
    let library = try library.get()
    let preset = try Preset.find("tiny", family: "qwen3", in: library)
    let first = try SynthPlan(try PresetModel(preset, changes: options.changes, library: library), options: options)
    let named = Dictionary(first.plan.inputs.options.map { ($0.name, $0.value) }) { a, _ in a }
    let again = try SynthOptions(named: named)
    #expect(again.changes == options.changes)
    let samePreset = try Preset.find(try #require(named["preset"]), in: library)
    let second = try SynthPlan(try PresetModel(samePreset, changes: again.changes, library: library), options: again)
    #expect(first.plan.id == second.plan.id)
  }

  @Test("config.json says which encodings are stored, where they are not the published ones")
  func quantizationConfig() throws {
    func config(_ family: String, _ storage: String?) throws -> ModelConfig {
      let model = try presetModel("tiny", family: family) { $0.storage = storage }
      let finishing = try SynthPlan(model, options: SynthOptions()).finishing(Runner.Outcome())
      return try ModelConfig(parsing: try #require(finishing.config), file: "config.json")
    }
    #expect(try config("kimi_k2", nil).quantization?["quant_method"]?.string == "fp8")
    #expect(try config("kimi_k2", "bf16").quantization == nil)
    #expect(try config("kimi_k2", "int4-g32").quantization?["quant_method"]?.string == "compressed-tensors")
    #expect(try config("kimi_k25", "fp8-block").text?["quantization_config"]?["quant_method"]?.string == "fp8")
    #expect(try config("llama", "fp8-block").quantization?["quant_method"]?.string == "fp8")
  }
}

@Suite struct SyntheticTokenizerTests {
  private func vocabulary(_ model: PresetModel) throws -> (ids: [String: Int], json: JSONValue) {
    let tokenizer = try #require(SyntheticTokenizer(config: model.model.config, names: model.specialTokens))
    let file = try #require(tokenizer.files(config: model.model.config).first { $0.name == "tokenizer.json" })
    let json = try JSONValue(parsing: file.bytes, file: "tokenizer.json")
    var ids: [String: Int] = [:]
    for (token, id) in try #require(json["model"]?["vocab"]?.object).members { ids[token] = id.int }
    return (ids, json)
  }

  @Test("tokens that a family is looked up by are there as special ones, behind all that have an id of their own")
  func named() throws {
    let (ids, json) = try vocabulary(try presetModel("tiny", family: "glm_moe_dsa"))
    let added = try #require(json["added_tokens"]?.array).compactMap { $0["content"]?.string }
    for name in ["[gMASK]", "<|user|>", "<|endoftext|>", "<|observation|>"] {
      #expect(added.contains(name) && (500..<512).contains(ids[name] ?? -1), "\(name)")
    }
  }

  @Test("a tokenizer has one token for each id, all bytes, and the parts of every merge")
  func whole() throws {
    for family in ["deepseek_v3", "kimi_k25", "llama", "glm_moe_dsa"] {
      let (ids, json) = try vocabulary(try presetModel("tiny", family: family))
      #expect(ids.values.sorted() == Array(0..<512))
      #expect(SyntheticTokenizer.byteTokens.allSatisfy { ids[$0] != nil })
      let merges = try #require(json["model"]?["merges"]?.array).compactMap(\.string)
      #expect(merges.count > 100)
      for merge in merges {
        let parts = merge.split(separator: " ").map(String.init)
        #expect(parts.count == 2 && ids[parts[0]] != nil && ids[parts[1]] != nil && ids[parts.joined()] != nil)
      }
    }
  }

  @Test("bytes stand as the characters that GPT-2 gave them")
  func bytes() {
    // Examples of the published table: space, newline, delete, soft hyphen, ÿ.
    for (byte, text) in [(0x20, "Ġ"), (0x0a, "Ċ"), (0x7f, "ġ"), (0xad, "Ń"), (0xff, "ÿ"), (0x41, "A"), (0x00, "Ā")] {
      #expect(SyntheticTokenizer.byteTokens[byte] == text)
    }
    #expect(Set(SyntheticTokenizer.byteTokens).count == 256)
  }

  @Test("special tokens have the ids that the config names")
  func specials() throws {
    let (ids, _) = try vocabulary(try presetModel("tiny", family: "llama"))
    #expect(ids["<|begin|>"] == 480)
    #expect(ids["<|end|>"] == 481)
    #expect(ids["<|end_1|>"] == 488)
  }

  @Test("a vocabulary without room for all bytes gets no tokenizer, and a note")
  func tooSmall() throws {
    let model = try makeSmall { $0.settings[3].value = "200" }
    #expect(SyntheticTokenizer(config: model.model.config) == nil)
    #expect(try SynthPlan(model, options: SynthOptions()).findings.contains { $0.file == "tokenizer.json" })
  }
}
