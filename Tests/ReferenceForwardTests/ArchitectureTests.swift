import CheckpointKit
import Testing

@testable import ReferenceForward

@Suite struct ArchitectureTests {
  /// Keys of Kimi-K2's config.json, with two layers and few experts: sizes of heads and scaling are the published ones.
  static let kimi: JSONObject = [
    "model_type": "kimi_k2", "hidden_size": 7168, "vocab_size": 163840, "num_hidden_layers": 2,
    "num_attention_heads": 64, "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64, "v_head_dim": 128, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "n_routed_experts": 16, "num_experts_per_tok": 8, "n_shared_experts": 1, "n_group": 1, "topk_group": 1,
    "hidden_act": "silu", "attention_bias": false, "topk_method": "noaux_tc", "scoring_func": "sigmoid",
    "first_k_dense_replace": 1, "rope_theta": 50000, "max_position_embeddings": 131072, "rms_norm_eps": 1,
    "rope_scaling": [
      "type": "yarn", "factor": 32, "original_max_position_embeddings": 4096, "beta_fast": 1, "beta_slow": 1,
      "mscale": 1, "mscale_all_dim": 1,
    ],
  ]

  static let llama: JSONObject = [
    "model_type": "llama", "hidden_size": 64, "vocab_size": 96, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 64, "rope_theta": 10000, "max_position_embeddings": 2048,
  ]

  static func architecture(_ config: JSONObject) throws -> Architecture {
    let config = ModelConfig(config, file: "config.json")
    let spec = try #require(try SpecLibrary().family(modelType: config.modelType ?? ""))
    return try Architecture(ModelLayout(spec, config: config))
  }

  static func scaling(_ changes: JSONObject) -> JSONObject {
    var config = kimi
    var scaling = config["rope_scaling"]?.object ?? [:]
    for (key, value) in changes.members { scaling[key] = value }
    config["rope_scaling"] = .object(scaling)
    return config
  }

  /// transformers 5.23.0, configuration_gpt_oss.py: without any, YaRN with factor 32: 0.1 ln 32 + 1 = 1.3466.
  @Test("a gpt-oss config without rope scaling has that of its class; one that says there is none has none")
  func gptOSSDefault() throws {
    var config: JSONObject = [
      "model_type": "gpt_oss", "hidden_size": 64, "vocab_size": 96, "num_hidden_layers": 2, "num_attention_heads": 2,
      "num_key_value_heads": 1, "head_dim": 64, "intermediate_size": 64, "num_local_experts": 4,
      "num_experts_per_tok": 2, "rope_theta": 150000, "max_position_embeddings": 131072,
    ]
    #expect(abs(try Self.architecture(config).rotary.amplitude - 1.346574) < 1e-6)
    config["rope_scaling"] = .null
    #expect(abs(try Self.architecture(config).rotary.amplitude - 1.346574) < 1e-6)
    config["rope_scaling"] = ["rope_type": "default"]
    #expect(try Self.architecture(config).rotary.amplitude == 1)
  }

  /// (128 + 64)^−1/2 × m², m = 0.1 ln(factor) + 1: 0.13086 for K2, 0.14468 for K2-Thinking and K2.5.
  @Test(
    "the softmax scale of latent attention grows with the square of mscale", arguments: [(32, 0.13086), (64, 0.14468)])
  func softmaxScale(factor: Int, scale: Double) throws {
    let architecture = try Self.architecture(Self.scaling(["factor": .int(factor)]))
    #expect(abs(architecture.attentionScale - scale) < 5e-6)
    #expect(architecture.rotary.amplitude == 1)
  }

  /// Pairs up to the lower bound keep their frequency, from the upper bound on it is divided by the factor; between, not
  /// either. Bounds of the published models: K2 19 and 20, K2.5 8 and 20, DeepSeek-V3 10 and 23.
  @Test(
    "YaRN ramps between the published models' bounds",
    arguments: [(50000, 32, 1, 19, 20), (50000, 64, 32, 8, 20), (10000, 40, 32, 10, 23)])
  func yarnBounds(theta: Int, factor: Int, fast: Int, low: Int, high: Int) throws {
    var config = Self.scaling(["factor": .int(factor), "beta_fast": .int(fast)])
    config["rope_theta"] = .int(theta)
    let frequencies = try Self.architecture(config).rotary.frequencies
    config["rope_scaling"] = .null
    let plain = try Self.architecture(config).rotary.frequencies
    let ratios = zip(frequencies, plain).map { $0 / $1 }
    for (i, ratio) in ratios.enumerated() {
      if i <= low {
        #expect(abs(ratio - 1) < 1e-12)
      } else if i >= high {
        #expect(abs(ratio * Double(factor) - 1) < 1e-12)
      } else {
        #expect(ratio < 1 - 1e-3 && ratio * Double(factor) > 1 + 1e-3)
      }
    }
  }

  /// Linear scaling divides every frequency: theta^(−2i/d) / 4.
  @Test("linear scaling divides frequencies by the factor")
  func linear() throws {
    var config = Self.llama
    config["rope_scaling"] = ["type": "linear", "factor": 4]
    let frequencies = try Self.architecture(config).rotary.frequencies
    #expect(frequencies.count == 16)
    #expect(frequencies[0] == 0.25)
    // 10000^(−16/32) = 0.01
    #expect(abs(frequencies[8] - 0.0025) < 1e-15)
  }

  static let refused: [(String, JSONValue)] = [
    ("hidden_act", "gelu"), ("qkv_bias", true), ("use_bias", true), ("sliding_window", 4096),
    ("layer_types", ["sliding_attention"]), ("partial_rotary_factor", .number("0.5")), ("logit_scale", 2),
    ("final_logit_softcapping", 30), ("topk_method", "greedy"), ("rope_interleave", true), ("index_topk", 2048),
  ]

  @Test("what is not carried out is refused by the name of its key", arguments: refused.indices)
  func refusal(place: Int) throws {
    let (key, value) = Self.refused[place]
    var config = Self.llama
    config[key] = value
    let error = #expect(throws: CheckpointError.self) { _ = try Self.architecture(config) }
    #expect(error?.code == .forwardUnsupported)
    #expect(error?.problem.contains("'\(key)'") == true)
  }

  @Test(
    "scaling of an unknown type, or with an unknown key, is refused",
    arguments: [
      (["rope_type": "longrope"], "rope_scaling.rope_type"), (["type": "dynamic", "factor": 2], "rope_scaling.type"),
      (["type": "linear", "factor": 2, "mrope_section": [1, 2]], "rope_scaling.mrope_section"),
    ] as [(JSONObject, String)])
  func unknownScaling(scaling: JSONObject, name: String) throws {
    var config = Self.llama
    config["rope_scaling"] = .object(scaling)
    let error = #expect(throws: CheckpointError.self) { _ = try Self.architecture(config) }
    #expect(error?.code == .forwardUnsupported)
    #expect(error?.problem.contains("'\(name)'") == true)
  }

  @Test("an unknown way of scoring is refused by the name of its key")
  func scoring() throws {
    var config = Self.kimi
    config["scoring_func"] = "tanh"
    let error = #expect(throws: CheckpointError.self) { _ = try Self.architecture(config) }
    #expect(error?.code == .forwardUnsupported)
    #expect(error?.problem.contains("scoring_func") == true)
  }

  @Test("keys that say what is done anyway are fine")
  func neutral() throws {
    var config = Self.llama
    for (key, value) in [
      ("hidden_act", "silu"), ("attention_bias", false), ("sliding_window", 4096), ("use_sliding_window", false),
      ("layer_types", ["full_attention"]), ("partial_rotary_factor", .number("1.0")), ("rope_scaling", .null),
    ] as [(String, JSONValue)] { config[key] = value }
    #expect(throws: Never.self) { _ = try Self.architecture(config) }
  }
}
