// Made by Tools/embed-specs.sh out of Specs/presets. Change the JSON there and run `make specs`.

extension EmbeddedSpecs {
  static let presets: [Document] = [
    (
      "presets/DeepSeek-R1.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "DeepSeek-R1",
        "title": "DeepSeek-R1, block-fp8: the shapes of DeepSeek-V3",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "deepseek_v3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 128,
          "num_key_value_heads": 128,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "n_group": 8,
          "topk_group": 4,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "vocab_size": 129280,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 163 },
        "published": {
          "stored_tensors": 91991,
          "data_bytes": 688574839360,
          "parameters_total": 684489845504,
          "parameters_text": 671026419200,
          "parameters_active": 37552297472
        },
        "sources": ["config.json of deepseek-ai/DeepSeek-R1; 163 shards"]
      }
      """#
    ),
    (
      "presets/DeepSeek-V3.1.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "DeepSeek-V3.1",
        "title": "DeepSeek-V3.1, block-fp8 with scales that are powers of two",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "deepseek_v3",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 128,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "vocab_size": 129280,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "attention_bias": false,
          "hidden_act": "silu",
          "n_group": 8,
          "topk_group": 4,
          "norm_topk_prob": true,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "routed_scaling_factor": 2.5,
          "num_key_value_heads": 128,
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32,
            "beta_slow": 1,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128], "scale_fmt": "ue8m0" }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 163 },
        "published": {
          "stored_tensors": 91991,
          "data_bytes": 688574839360,
          "parameters_total": 684489845504,
          "parameters_text": 671026419200,
          "parameters_active": 37552297472
        },
        "sources": [
          "config.json of deepseek-ai/DeepSeek-V3.1: DeepSeek-V3's sizes; scale_fmt ue8m0, kept as F32",
          "text parameters: tensor map of a GGUF of DeepSeek-V3.1"
        ]
      }
      """#
    ),
    (
      "presets/DeepSeek-V3.2.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "DeepSeek-V3.2",
        "title": "DeepSeek-V3.2, block-fp8 with scales that are powers of two",
        "config": {
          "architectures": ["DeepseekV32ForCausalLM"],
          "model_type": "deepseek_v32",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 128,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "vocab_size": 129280,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "index_head_dim": 128,
          "index_n_heads": 64,
          "index_topk": 2048,
          "attention_bias": false,
          "hidden_act": "silu",
          "n_group": 8,
          "topk_group": 4,
          "norm_topk_prob": true,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "routed_scaling_factor": 2.5,
          "num_key_value_heads": 128,
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32,
            "beta_slow": 1,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128], "scale_fmt": "ue8m0" }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 163 },
        "published": {
          "stored_tensors": 92425,
          "data_bytes": 689468986496,
          "parameters_total": 685355329792,
          "parameters_text": 671877944064,
          "parameters_active": 38403822336
        },
        "sources": [
          "config.json of deepseek-ai/DeepSeek-V3.2",
          "685 billion parameters on the Hub, 163 shards; the dtypes of the indexer's tensors were not seen"
        ]
      }
      """#
    ),
    (
      "presets/DeepSeek-V3.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "DeepSeek-V3",
        "title": "DeepSeek-V3, block-fp8, with its multi-token-prediction layer",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "deepseek_v3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 128,
          "num_key_value_heads": 128,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "n_group": 8,
          "topk_group": 4,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "vocab_size": 129280,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 163 },
        "published": {
          "stored_tensors": 91991,
          "data_bytes": 688574839360,
          "parameters_total": 684489845504,
          "parameters_text": 671026419200,
          "parameters_active": 37552297472
        },
        "sources": [
          "config.json and README_WEIGHTS.md of deepseek-ai/DeepSeek-V3: 671B main weights, 11.5B unique weights of the MTP layer",
          "text parameters: tensor map of a GGUF of DeepSeek-V3.1; the hub counts 685B; 163 shards"
       ]
      }
      """#
    ),
    (
      "presets/GLM-5-FP8.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "GLM-5-FP8",
        "title": "GLM-5 and GLM-5.1, block-fp8",
        "config": {
          "architectures": ["GlmMoeDsaForCausalLM"],
          "model_type": "glm_moe_dsa",
          "hidden_size": 6144,
          "intermediate_size": 12288,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 78,
          "num_attention_heads": 64,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 2048,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 192,
          "qk_rope_head_dim": 64,
          "v_head_dim": 256,
          "vocab_size": 154880,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "index_head_dim": 128,
          "index_n_heads": 32,
          "index_topk": 2048,
          "index_topk_freq": 1,
          "index_skip_topk_offset": 2,
          "attention_bias": false,
          "hidden_act": "silu",
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "routed_scaling_factor": 2.5,
          "num_key_value_heads": 64,
          "rms_norm_eps": 1e-05,
          "rope_parameters": {
            "rope_theta": 1000000,
            "rope_type": "default"
          },
          "rope_interleave": true,
          "indexer_rope_interleave": true,
          "head_dim": 64,
          "qk_head_dim": 256,
          "max_position_embeddings": 202752,
          "pad_token_id": 154820,
          "eos_token_id": [154820, 154827, 154829],
          "dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "shards": { "style": "hf", "count": 142 },
        "published": {
          "stored_tensors": 119028,
          "data_bytes": 756162687872,
          "parameters_total": 753864139008,
          "parameters_text": 743911218432,
          "parameters_active": 41784728832
        },
        "sources": [
          "config.json of zai-org/GLM-5-FP8",
          "number of shards and dtype of the scales not seen; the published modules_to_not_convert names indexers_proj for indexer.weights_proj"
        ]
      }
      """#
    ),
    (
      "presets/GLM-5.2.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "GLM-5.2",
        "title": "GLM-5.2, BF16, three in four layers without an indexer",
        "config": {
          "architectures": ["GlmMoeDsaForCausalLM"],
          "model_type": "glm_moe_dsa",
          "hidden_size": 6144,
          "intermediate_size": 12288,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 78,
          "num_attention_heads": 64,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 2048,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 192,
          "qk_rope_head_dim": 64,
          "v_head_dim": 256,
          "vocab_size": 154880,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "index_head_dim": 128,
          "index_n_heads": 32,
          "index_topk": 2048,
          "index_topk_freq": 4,
          "index_skip_topk_offset": 3,
          "attention_bias": false,
          "hidden_act": "silu",
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "routed_scaling_factor": 2.5,
          "num_key_value_heads": 64,
          "rms_norm_eps": 1e-05,
          "rope_parameters": {
            "rope_theta": 8000000,
            "rope_type": "default"
          },
          "rope_interleave": true,
          "indexer_rope_interleave": true,
          "head_dim": 192,
          "qk_head_dim": 256,
          "max_position_embeddings": 1048576,
          "pad_token_id": 154820,
          "eos_token_id": [154820, 154827, 154829],
          "dtype": "bfloat16",
          "indexer_types": [
            "full",
            "full",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared",
            "full",
            "shared",
            "shared",
            "shared"
          ],
          "mlp_layer_types": [
            "dense",
            "dense",
            "dense",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse",
            "sparse"
          ]
        },
        "shards": { "style": "hf", "count": 282 },
        "published": {
          "stored_tensors": 59585,
          "data_bytes": 1506659919872,
          "parameters_total": 753329940480,
          "parameters_text": 743377019904,
          "parameters_active": 41250530304
        },
        "sources": [
          "config.json of zai-org/GLM-5.2: 21 layers with an indexer, 57 that share",
          "59,585 tensors: 285 fewer than GLM-5; number of shards not seen"
        ]
      }
      """#
    ),
    (
      "presets/GLM-5.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "GLM-5",
        "title": "GLM-5 and GLM-5.1, BF16",
        "config": {
          "architectures": ["GlmMoeDsaForCausalLM"],
          "model_type": "glm_moe_dsa",
          "hidden_size": 6144,
          "intermediate_size": 12288,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 78,
          "num_attention_heads": 64,
          "n_routed_experts": 256,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 3,
          "moe_layer_freq": 1,
          "q_lora_rank": 2048,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 192,
          "qk_rope_head_dim": 64,
          "v_head_dim": 256,
          "vocab_size": 154880,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "index_head_dim": 128,
          "index_n_heads": 32,
          "index_topk": 2048,
          "index_topk_freq": 1,
          "index_skip_topk_offset": 2,
          "attention_bias": false,
          "hidden_act": "silu",
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "routed_scaling_factor": 2.5,
          "num_key_value_heads": 64,
          "rms_norm_eps": 1e-05,
          "rope_parameters": {
            "rope_theta": 1000000,
            "rope_type": "default"
          },
          "rope_interleave": true,
          "indexer_rope_interleave": true,
          "head_dim": 64,
          "qk_head_dim": 256,
          "max_position_embeddings": 202752,
          "pad_token_id": 154820,
          "eos_token_id": [154820, 154827, 154829],
          "dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 282 },
        "published": {
          "stored_tensors": 59870,
          "data_bytes": 1507728316928,
          "parameters_total": 753864139008,
          "parameters_text": 743911218432,
          "parameters_active": 41784728832
        },
        "sources": [
          "config.json of zai-org/GLM-5",
          "GGUF map of GLM-5.1: 753,864,139,008 elements; number of shards not seen"
        ]
      }
      """#
    ),
    (
      "presets/Kimi-K2-Instruct.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Kimi-K2-Instruct",
        "title": "Kimi K2 Instruct, first release, block-fp8",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "kimi_k2",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 64,
          "num_key_value_heads": 64,
          "n_routed_experts": 384,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.827,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 50000.0,
          "rope_scaling": {
            "type": "yarn",
            "factor": 32.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 1.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 131072,
          "vocab_size": 163840,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 0,
          "bos_token_id": 163584,
          "eos_token_id": 163585,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "extras": [
          {
            "name": "model.layers.{layer}.self_attn.rotary_emb.inv_freq",
            "dtype": "BF16",
            "shape": [56]
          }
        ],
        "shards": { "style": "plain", "count": 61 },
        "published": {
          "stored_tensors": 139644,
          "data_bytes": 1029173256720,
          "parameters_total": 1026408232448,
          "parameters_text": 1026408232448,
          "parameters_active": 32861500928
        },
        "sources": [
          "inventory of moonshotai/Kimi-K2-Instruct: 139,644 tensors, 1,026,470,731,056 elements, 958.49 GiB, 61 shards",
          "61 of the tensors are rotary_emb.inv_freq with 56 values, where 64 rotary dimensions need 32: no model uses them"
       ]
      }
      """#
    ),
    (
      "presets/Kimi-K2-Thinking.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Kimi-K2-Thinking",
        "title": "Kimi K2 Thinking: INT4 experts",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "kimi_k2",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 7168,
          "intermediate_size": 18432,
          "moe_intermediate_size": 2048,
          "num_hidden_layers": 61,
          "num_attention_heads": 64,
          "num_key_value_heads": 64,
          "n_routed_experts": 384,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 1536,
          "kv_lora_rank": 512,
          "qk_nope_head_dim": 128,
          "qk_rope_head_dim": 64,
          "v_head_dim": 128,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.827,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-05,
          "rope_theta": 50000.0,
          "rope_scaling": {
            "type": "yarn",
            "factor": 64.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 1.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 262144,
          "vocab_size": 163840,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 0,
          "bos_token_id": 163584,
          "eos_token_id": 163585,
          "torch_dtype": "bfloat16",
          "quantization_config": {
            "quant_method": "compressed-tensors",
            "format": "pack-quantized",
            "quantization_status": "compressed",
            "kv_cache_scheme": null,
            "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", "re:.*mlp\\.(gate|up|gate_up|down)_proj.*"],
            "config_groups": {
              "group_0": {
                "input_activations": null,
                "output_activations": null,
                "targets": ["Linear"],
                "weights": {
                  "actorder": null,
                  "block_structure": null,
                  "dynamic": false,
                  "group_size": 32,
                  "num_bits": 4,
                  "observer": "minmax",
                  "observer_kwargs": {},
                  "strategy": "group",
                  "symmetric": true,
                  "type": "int"
                }
              }
            }
          }
        },
        "storage": [
          { "roles": "moe.*", "encoding": "int4-g32", "shape": "I32" }
        ],
        "shards": { "style": "hf6", "count": 62 },
        "published": {
          "stored_tensors": 208215,
          "data_bytes": 594205904896,
          "parameters_total": 1026408232448,
          "parameters_text": 1026408232448,
          "parameters_active": 32861500928
        },
        "sources": [
          "config.json of moonshotai/Kimi-K2-Thinking; about 594 GB; rms_norm_eps, the number of 62 shards and I32 weight_shape are inferred, not seen"
       ]
      }
      """#
    ),
    (
      "presets/Kimi-K2.5.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Kimi-K2.5",
        "title": "Kimi K2.5: INT4 experts, vision tower",
        "config": {
          "architectures": ["KimiK25ForConditionalGeneration"],
          "model_type": "kimi_k25",
          "bos_token_id": 163584,
          "eos_token_id": 163585,
          "pad_token_id": 163839,
          "media_placeholder_token_id": 163605,
          "ignore_index": -100,
          "tie_word_embeddings": false,
          "use_unified_vision_chunk": true,
          "video_placeholder": "<|kimi_k25_video_placeholder|>",
          "text_config": {
            "architectures": ["DeepseekV3ForCausalLM"],
            "model_type": "kimi_k2",
            "attention_bias": false,
            "hidden_act": "silu",
            "hidden_size": 7168,
            "intermediate_size": 18432,
            "moe_intermediate_size": 2048,
            "num_hidden_layers": 61,
            "num_attention_heads": 64,
            "num_key_value_heads": 64,
            "n_routed_experts": 384,
            "n_shared_experts": 1,
            "num_experts_per_tok": 8,
            "first_k_dense_replace": 1,
            "moe_layer_freq": 1,
            "q_lora_rank": 1536,
            "kv_lora_rank": 512,
            "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64,
            "v_head_dim": 128,
            "n_group": 1,
            "topk_group": 1,
            "norm_topk_prob": true,
            "routed_scaling_factor": 2.827,
            "scoring_func": "sigmoid",
            "topk_method": "noaux_tc",
            "rms_norm_eps": 1e-05,
            "rope_theta": 50000.0,
            "rope_scaling": {
              "type": "yarn",
              "factor": 64.0,
              "original_max_position_embeddings": 4096,
              "beta_fast": 32.0,
              "beta_slow": 1.0,
              "mscale": 1.0,
              "mscale_all_dim": 1.0
            },
            "max_position_embeddings": 262144,
            "vocab_size": 163840,
            "tie_word_embeddings": false,
            "num_nextn_predict_layers": 0,
            "bos_token_id": 163584,
            "eos_token_id": 163585,
            "torch_dtype": "bfloat16",
            "quantization_config": {
              "quant_method": "compressed-tensors",
              "format": "pack-quantized",
              "quantization_status": "compressed",
              "kv_cache_scheme": null,
              "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", "re:.*mlp\\.(gate|up|gate_up|down)_proj.*"],
              "config_groups": {
                "group_0": {
                  "input_activations": null,
                  "output_activations": null,
                  "targets": ["Linear"],
                  "weights": {
                    "actorder": null,
                    "block_structure": null,
                    "dynamic": false,
                    "group_size": 32,
                    "num_bits": 4,
                    "observer": "minmax",
                    "observer_kwargs": {},
                    "strategy": "group",
                    "symmetric": true,
                    "type": "int"
                  }
                }
              }
            }
          },
          "vision_config": {
            "vt_hidden_size": 1152,
            "vt_intermediate_size": 4304,
            "vt_num_attention_heads": 16,
            "vt_num_hidden_layers": 27,
            "patch_size": 14,
            "init_pos_emb_height": 64,
            "init_pos_emb_width": 64,
            "init_pos_emb_time": 4,
            "pos_emb_type": "divided_fixed",
            "merge_kernel_size": [2, 2],
            "merge_type": "sd2_tpool",
            "mm_hidden_size": 1152,
            "mm_projector_type": "patchmerger",
            "projector_hidden_act": "gelu",
            "projector_ln_eps": 1e-05,
            "text_hidden_size": 7168,
            "video_attn_type": "spatial_temporal"
          }
        },
        "storage": [
          { "roles": "moe.*", "encoding": "int4-g32", "shape": "I32" }
        ],
        "shards": { "style": "hf6", "count": 64 },
        "published": {
          "stored_tensors": 208550,
          "data_bytes": 595148192736,
          "parameters_total": 1026879376368,
          "parameters_text": 1026408232448,
          "parameters_active": 32861500928
        },
        "sources": [
          "config.json of moonshotai/Kimi-K2.5: text model and quantization_config in text_config; 1,190 tensors that are no experts; about 595 GB; 64 shards"
       ]
      }
      """#
    ),
    (
      "presets/Llama-3.1-405B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Llama-3.1-405B",
        "title": "Llama 3.1-405B",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 16384,
          "intermediate_size": 53248,
          "num_hidden_layers": 126,
          "num_attention_heads": 128,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": false,
          "vocab_size": 128256,
          "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 191 },
        "published": {
          "stored_tensors": 1137,
          "data_bytes": 811706777600,
          "parameters_total": 405853388800,
          "parameters_text": 405853388800,
          "parameters_active": 405853388800
        },
        "sources": [
          "config.json of meta-llama/Llama-3.1-405B-Instruct",
          "number of parameters on the Hub"
        ]
      }
      """#
    ),
    (
      "presets/Llama-3.1-8B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Llama-3.1-8B",
        "title": "Llama 3.1-8B",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 4096,
          "intermediate_size": 14336,
          "num_hidden_layers": 32,
          "num_attention_heads": 32,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": false,
          "vocab_size": 128256,
          "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 4 },
        "published": {
          "stored_tensors": 291,
          "data_bytes": 16060522496,
          "parameters_total": 8030261248,
          "parameters_text": 8030261248,
          "parameters_active": 8030261248
        },
        "sources": [
          "config.json of meta-llama/Llama-3.1-8B-Instruct",
          "number of parameters on the Hub"
        ]
      }
      """#
    ),
    (
      "presets/Llama-3.2-1B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Llama-3.2-1B",
        "title": "Llama 3.2-1B",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 2048,
          "intermediate_size": 8192,
          "num_hidden_layers": 16,
          "num_attention_heads": 32,
          "num_key_value_heads": 8,
          "head_dim": 64,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 32.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": true,
          "vocab_size": 128256,
          "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 1 },
        "published": {
          "stored_tensors": 146,
          "data_bytes": 2471628800,
          "parameters_total": 1235814400,
          "parameters_text": 1235814400,
          "parameters_active": 1235814400
        },
        "sources": [
          "config.json of meta-llama/Llama-3.2-1B-Instruct",
          "number of parameters on the Hub"
        ]
      }
      """#
    ),
    (
      "presets/Llama-3.2-3B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Llama-3.2-3B",
        "title": "Llama 3.2-3B",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 3072,
          "intermediate_size": 8192,
          "num_hidden_layers": 28,
          "num_attention_heads": 24,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 32.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": true,
          "vocab_size": 128256,
          "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 2 },
        "published": {
          "stored_tensors": 254,
          "data_bytes": 6425499648,
          "parameters_total": 3212749824,
          "parameters_text": 3212749824,
          "parameters_active": 3212749824
        },
        "sources": [
          "config.json of meta-llama/Llama-3.2-3B-Instruct",
          "number of parameters on the Hub"
        ]
      }
      """#
    ),
    (
      "presets/Llama-3.3-70B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Llama-3.3-70B",
        "title": "Llama 3.3 70B Instruct",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 8192,
          "intermediate_size": 28672,
          "num_hidden_layers": 80,
          "num_attention_heads": 64,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": false,
          "vocab_size": 128256,
          "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 30 },
        "published": {
          "stored_tensors": 723,
          "data_bytes": 141107412992,
          "parameters_total": 70553706496,
          "parameters_text": 70553706496,
          "parameters_active": 70553706496
        },
        "sources": ["config.json of meta-llama/Llama-3.3-70B-Instruct; 723 tensors; 70.6B published; 30 shards, not seen"]
      }
      """#
    ),
    (
      "presets/MiniMax-M2.5.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "MiniMax-M2.5",
        "title": "MiniMax-M2.5, block-fp8",
        "config": {
          "architectures": ["MiniMaxM2ForCausalLM"],
          "model_type": "minimax_m2",
          "hidden_size": 3072,
          "intermediate_size": 1536,
          "num_hidden_layers": 62,
          "num_attention_heads": 48,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "vocab_size": 200064,
          "num_local_experts": 256,
          "num_experts_per_tok": 8,
          "rotary_dim": 64,
          "hidden_act": "silu",
          "rms_norm_eps": 1e-06,
          "rope_theta": 5000000,
          "max_position_embeddings": 196608,
          "scoring_func": "sigmoid",
          "use_routing_bias": true,
          "use_qk_norm": true,
          "qk_norm_type": "per_layer",
          "shared_intermediate_size": 0,
          "use_mtp": true,
          "num_mtp_modules": 3,
          "mtp_transformer_layers": 1,
          "tie_word_embeddings": false,
          "bos_token_id": 200034,
          "eos_token_id": 200020,
          "quantization_config": {
            "quant_method": "fp8",
            "fmt": "float8_e4m3fn",
            "activation_scheme": "dynamic",
            "weight_block_size": [128, 128],
            "modules_to_not_convert": ["gate", "e_score_correction_bias", "lm_head"]
          }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "shards": { "style": "zero", "count": 131 },
        "published": {
          "stored_tensors": 96103,
          "data_bytes": 230121630720,
          "parameters_total": 228689764864,
          "parameters_text": 228689764864,
          "parameters_active": 11030553088
        },
        "sources": [
          "config.json of MiniMaxAI/MiniMax-M2.5",
          "47,864 scale tensors, 228.7 billion parameters; the number of shards was not seen"
        ]
      }
      """#
    ),
    (
      "presets/Qwen3-0.6B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-0.6B",
        "title": "Qwen3 0.6B; its head is tied, and stored nevertheless",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 1024,
          "intermediate_size": 3072,
          "num_hidden_layers": 28,
          "num_attention_heads": 16,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 28,
          "tie_word_embeddings": true,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "optional": ["head"],
        "shards": { "style": "hf", "count": 1 },
        "published": {
          "stored_tensors": 311,
          "data_bytes": 1503264768,
          "parameters_total": 751632384,
          "parameters_text": 751632384,
          "parameters_active": 751632384
        },
        "sources": [
          "config.json of Qwen/Qwen3-0.6B",
          "311 tensors, 751,632,384 parameters: the stored copy of the head counted"
       ]
      }
      """#
    ),
    (
      "presets/Qwen3-1.7B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-1.7B",
        "title": "Qwen3 1.7B; its head is tied, and stored nevertheless",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 2048,
          "intermediate_size": 6144,
          "num_hidden_layers": 28,
          "num_attention_heads": 16,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 28,
          "tie_word_embeddings": true,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "optional": ["head"],
        "shards": { "style": "hf", "count": 2 },
        "published": {
          "stored_tensors": 311,
          "data_bytes": 4063479808,
          "parameters_total": 2031739904,
          "parameters_text": 2031739904,
          "parameters_active": 2031739904
        },
        "sources": ["config.json of Qwen/Qwen3-1.7B", "published 1.7B, 2B on the hub: config and number of shards not seen"]
      }
      """#
    ),
    (
      "presets/Qwen3-14B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-14B",
        "title": "Qwen3 14B",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 5120,
          "intermediate_size": 17408,
          "num_hidden_layers": 40,
          "num_attention_heads": 40,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 40,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 8 },
        "published": {
          "stored_tensors": 443,
          "data_bytes": 29536614400,
          "parameters_total": 14768307200,
          "parameters_text": 14768307200,
          "parameters_active": 14768307200
        },
        "sources": ["config.json of Qwen/Qwen3-14B", "443 tensors, 14,768,307,200 parameters, 27.51 GiB, 8 shards"]
      }
      """#
    ),
    (
      "presets/Qwen3-235B-A22B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-235B-A22B",
        "title": "Qwen3 235B, 22B active",
        "config": {
          "architectures": ["Qwen3MoeForCausalLM"],
          "model_type": "qwen3_moe",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 4096,
          "intermediate_size": 12288,
          "num_hidden_layers": 94,
          "num_attention_heads": 64,
          "num_key_value_heads": 4,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 94,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16",
          "moe_intermediate_size": 1536,
          "num_experts": 128,
          "num_experts_per_tok": 8,
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "router_aux_loss_coef": 0.001
        },
        "shards": { "style": "hf", "count": 118 },
        "published": {
          "stored_tensors": 36945,
          "data_bytes": 470187269120,
          "parameters_total": 235093634560,
          "parameters_text": 235093634560,
          "parameters_active": 22190763520
        },
        "sources": ["config.json of Qwen/Qwen3-235B-A22B", "235B, 22B active published; 118 shards"]
      }
      """#
    ),
    (
      "presets/Qwen3-30B-A3B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-30B-A3B",
        "title": "Qwen3 30B, 3B active",
        "config": {
          "architectures": ["Qwen3MoeForCausalLM"],
          "model_type": "qwen3_moe",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 2048,
          "intermediate_size": 6144,
          "num_hidden_layers": 48,
          "num_attention_heads": 32,
          "num_key_value_heads": 4,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 48,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16",
          "moe_intermediate_size": 768,
          "num_experts": 128,
          "num_experts_per_tok": 8,
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "router_aux_loss_coef": 0.001
        },
        "shards": { "style": "hf", "count": 16 },
        "published": {
          "stored_tensors": 18867,
          "data_bytes": 61064245248,
          "parameters_total": 30532122624,
          "parameters_text": 30532122624,
          "parameters_active": 3353032704
        },
        "sources": ["config.json of Qwen/Qwen3-30B-A3B", "30.5B, 3.3B active published; 16 shards"]
      }
      """#
    ),
    (
      "presets/Qwen3-32B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-32B",
        "title": "Qwen3 32B",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 5120,
          "intermediate_size": 25600,
          "num_hidden_layers": 64,
          "num_attention_heads": 64,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 64,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 17 },
        "published": {
          "stored_tensors": 707,
          "data_bytes": 65524246528,
          "parameters_total": 32762123264,
          "parameters_text": 32762123264,
          "parameters_active": 32762123264
        },
        "sources": ["config.json of Qwen/Qwen3-32B", "32.8B published; number of shards not seen"]
      }
      """#
    ),
    (
      "presets/Qwen3-4B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-4B",
        "title": "Qwen3 4B",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 2560,
          "intermediate_size": 9728,
          "num_hidden_layers": 36,
          "num_attention_heads": 32,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 36,
          "tie_word_embeddings": true,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 3 },
        "published": {
          "stored_tensors": 398,
          "data_bytes": 8044936192,
          "parameters_total": 4022468096,
          "parameters_text": 4022468096,
          "parameters_active": 4022468096
        },
        "sources": ["config.json of Qwen/Qwen3-4B", "398 tensors, 4,022,468,096 parameters"]
      }
      """#
    ),
    (
      "presets/Qwen3-8B-FP8.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-8B-FP8",
        "title": "Qwen3 8B, block-fp8",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 4096,
          "intermediate_size": 12288,
          "num_hidden_layers": 36,
          "num_attention_heads": 32,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 36,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "shards": { "style": "hf", "count": 2 },
        "published": {
          "stored_tensors": 651,
          "data_bytes": 9436551168,
          "parameters_total": 8190735360,
          "parameters_text": 8190735360,
          "parameters_active": 8190735360
        },
        "sources": [
          "config.json of Qwen/Qwen3-8B-FP8",
          "651 tensors, 8,191,159,296 elements with scales, 8.79 GiB; number of shards not seen"
       ]
      }
      """#
    ),
    (
      "presets/Qwen3-Coder-480B-A35B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-Coder-480B-A35B",
        "title": "Qwen3 Coder 480B, 35B active",
        "config": {
          "architectures": ["Qwen3MoeForCausalLM"],
          "model_type": "qwen3_moe",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 6144,
          "intermediate_size": 8192,
          "num_hidden_layers": 62,
          "num_attention_heads": 96,
          "num_key_value_heads": 8,
          "head_dim": 128,
          "max_position_embeddings": 262144,
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 62,
          "tie_word_embeddings": false,
          "vocab_size": 151936,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16",
          "moe_intermediate_size": 2560,
          "num_experts": 160,
          "num_experts_per_tok": 8,
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "router_aux_loss_coef": 0.001
        },
        "shards": { "style": "hf", "count": 241 },
        "published": {
          "stored_tensors": 30321,
          "data_bytes": 960309750784,
          "parameters_total": 480154875392,
          "parameters_text": 480154875392,
          "parameters_active": 35474765312
        },
        "sources": ["config.json of Qwen/Qwen3-Coder-480B-A35B", "480B, 35B active published; 241 shards"]
      }
      """#
    ),
    (
      "presets/Qwen3-Next-80B-A3B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3-Next-80B-A3B",
        "title": "Qwen3-Next 80B-A3B, with its multi-token-prediction layer",
        "config": {
          "architectures": ["Qwen3NextForCausalLM"],
          "model_type": "qwen3_next",
          "hidden_size": 2048,
          "num_hidden_layers": 48,
          "num_attention_heads": 16,
          "num_key_value_heads": 2,
          "head_dim": 256,
          "vocab_size": 151936,
          "linear_num_key_heads": 16,
          "linear_num_value_heads": 32,
          "linear_key_head_dim": 128,
          "linear_value_head_dim": 128,
          "linear_conv_kernel_dim": 4,
          "full_attention_interval": 4,
          "moe_intermediate_size": 512,
          "shared_expert_intermediate_size": 512,
          "num_experts": 512,
          "num_experts_per_tok": 10,
          "intermediate_size": 5120,
          "attention_bias": false,
          "hidden_act": "silu",
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "partial_rotary_factor": 0.25,
          "rope_theta": 10000000,
          "rope_scaling": null,
          "rms_norm_eps": 1e-06,
          "max_position_embeddings": 262144,
          "tie_word_embeddings": false,
          "bos_token_id": 151643,
          "eos_token_id": 151645,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 41 },
        "published": {
          "stored_tensors": 75944,
          "data_bytes": 162649725440,
          "parameters_total": 81324862720,
          "parameters_text": 79674391296,
          "parameters_active": 3874929408
        },
        "sources": [
          "config.json of Qwen/Qwen3-Next-80B-A3B-Instruct",
          "41 shards; the Hub counts 81.3 billion parameters"
        ]
      }
      """#
    ),
    (
      "presets/Qwen3.5-122B-A10B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3.5-122B-A10B",
        "title": "Qwen3.5 122B-A10B, with vision tower and multi-token-prediction layer",
        "config": {
          "architectures": ["Qwen3_5MoeForConditionalGeneration"],
          "model_type": "qwen3_5_moe",
          "tie_word_embeddings": false,
          "text_config": {
            "model_type": "qwen3_5_moe_text",
            "hidden_size": 3072,
            "num_hidden_layers": 48,
            "num_attention_heads": 32,
            "num_key_value_heads": 2,
            "head_dim": 256,
            "vocab_size": 248320,
            "linear_num_key_heads": 16,
            "linear_num_value_heads": 64,
            "linear_key_head_dim": 128,
            "linear_value_head_dim": 128,
            "linear_conv_kernel_dim": 4,
            "full_attention_interval": 4,
            "mtp_num_hidden_layers": 1,
            "moe_intermediate_size": 1024,
            "shared_expert_intermediate_size": 1024,
            "num_experts": 256,
            "num_experts_per_tok": 8,
            "hidden_act": "silu",
            "attn_output_gate": true,
            "layer_types": [
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention"
            ],
            "mamba_ssm_dtype": "float32",
            "mtp_use_dedicated_embeddings": false,
            "mlp_only_layers": [],
            "rms_norm_eps": 1e-06,
            "max_position_embeddings": 262144,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [11, 11, 10]
            },
            "eos_token_id": 248044,
            "dtype": "bfloat16"
          },
          "vision_config": {
            "depth": 27,
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_heads": 16,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 2304,
            "out_hidden_size": 3072,
            "model_type": "qwen3_5_moe",
            "hidden_act": "gelu_pytorch_tanh",
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 39 },
        "published": {
          "stored_tensors": 1949,
          "data_bytes": 250173007840,
          "parameters_total": 125086497008,
          "parameters_text": 122111526912,
          "parameters_active": 9771288576
        },
        "sources": [
          "config.json of Qwen/Qwen3.5-122B-A10B",
          "number of shards not seen; the ids of its media tokens are left out"
        ]
      }
      """#
    ),
    (
      "presets/Qwen3.5-27B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3.5-27B",
        "title": "Qwen3.5 27B, dense, with vision tower and multi-token-prediction layer",
        "config": {
          "architectures": ["Qwen3_5ForConditionalGeneration"],
          "model_type": "qwen3_5",
          "tie_word_embeddings": false,
          "text_config": {
            "model_type": "qwen3_5_text",
            "hidden_size": 5120,
            "num_hidden_layers": 64,
            "num_attention_heads": 24,
            "num_key_value_heads": 4,
            "head_dim": 256,
            "vocab_size": 248320,
            "linear_num_key_heads": 16,
            "linear_num_value_heads": 48,
            "linear_key_head_dim": 128,
            "linear_value_head_dim": 128,
            "linear_conv_kernel_dim": 4,
            "full_attention_interval": 4,
            "mtp_num_hidden_layers": 1,
            "intermediate_size": 17408,
            "hidden_act": "silu",
            "attn_output_gate": true,
            "layer_types": [
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention"
            ],
            "mamba_ssm_dtype": "float32",
            "mtp_use_dedicated_embeddings": false,
            "mlp_only_layers": [],
            "rms_norm_eps": 1e-06,
            "max_position_embeddings": 262144,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [11, 11, 10]
            },
            "eos_token_id": 248044,
            "dtype": "bfloat16"
          },
          "vision_config": {
            "depth": 27,
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_heads": 16,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 2304,
            "out_hidden_size": 5120,
            "model_type": "qwen3_5",
            "hidden_act": "gelu_pytorch_tanh",
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 11 },
        "published": {
          "stored_tensors": 1199,
          "data_bytes": 55562872800,
          "parameters_total": 27781427952,
          "parameters_text": 26895998464,
          "parameters_active": 26895998464
        },
        "sources": [
          "config.json of Qwen/Qwen3.5-27B",
          "number of shards not seen; the ids of its media tokens are left out"
        ]
      }
      """#
    ),
    (
      "presets/Qwen3.5-35B-A3B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3.5-35B-A3B",
        "title": "Qwen3.5 35B-A3B, with vision tower and multi-token-prediction layer",
        "config": {
          "architectures": ["Qwen3_5MoeForConditionalGeneration"],
          "model_type": "qwen3_5_moe",
          "tie_word_embeddings": false,
          "text_config": {
            "model_type": "qwen3_5_moe_text",
            "hidden_size": 2048,
            "num_hidden_layers": 40,
            "num_attention_heads": 16,
            "num_key_value_heads": 2,
            "head_dim": 256,
            "vocab_size": 248320,
            "linear_num_key_heads": 16,
            "linear_num_value_heads": 32,
            "linear_key_head_dim": 128,
            "linear_value_head_dim": 128,
            "linear_conv_kernel_dim": 4,
            "full_attention_interval": 4,
            "mtp_num_hidden_layers": 1,
            "moe_intermediate_size": 512,
            "shared_expert_intermediate_size": 512,
            "num_experts": 256,
            "num_experts_per_tok": 8,
            "hidden_act": "silu",
            "attn_output_gate": true,
            "layer_types": [
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention"
            ],
            "mamba_ssm_dtype": "float32",
            "mtp_use_dedicated_embeddings": false,
            "mlp_only_layers": [],
            "rms_norm_eps": 1e-06,
            "max_position_embeddings": 262144,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [11, 11, 10]
            },
            "eos_token_id": 248044,
            "dtype": "bfloat16"
          },
          "vision_config": {
            "depth": 27,
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_heads": 16,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 2304,
            "out_hidden_size": 2048,
            "model_type": "qwen3_5_moe",
            "hidden_act": "gelu_pytorch_tanh",
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 14 },
        "published": {
          "stored_tensors": 1811,
          "data_bytes": 71903655008,
          "parameters_total": 35951822704,
          "parameters_text": 34660610688,
          "parameters_active": 3454988928
        },
        "sources": [
          "config.json of Qwen/Qwen3.5-35B-A3B",
          "number of shards not seen; the ids of its media tokens are left out"
        ]
      }
      """#
    ),
    (
      "presets/Qwen3.5-397B-A17B.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "Qwen3.5-397B-A17B",
        "title": "Qwen3.5 397B-A17B, with vision tower and multi-token-prediction layer",
        "config": {
          "architectures": ["Qwen3_5MoeForConditionalGeneration"],
          "model_type": "qwen3_5_moe",
          "tie_word_embeddings": false,
          "text_config": {
            "model_type": "qwen3_5_moe_text",
            "hidden_size": 4096,
            "num_hidden_layers": 60,
            "num_attention_heads": 32,
            "num_key_value_heads": 2,
            "head_dim": 256,
            "vocab_size": 248320,
            "linear_num_key_heads": 16,
            "linear_num_value_heads": 64,
            "linear_key_head_dim": 128,
            "linear_value_head_dim": 128,
            "linear_conv_kernel_dim": 4,
            "full_attention_interval": 4,
            "mtp_num_hidden_layers": 1,
            "moe_intermediate_size": 1024,
            "shared_expert_intermediate_size": 1024,
            "num_experts": 512,
            "num_experts_per_tok": 10,
            "hidden_act": "silu",
            "attn_output_gate": true,
            "layer_types": [
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention",
              "linear_attention",
              "linear_attention",
              "linear_attention",
              "full_attention"
            ],
            "mamba_ssm_dtype": "float32",
            "mtp_use_dedicated_embeddings": false,
            "mlp_only_layers": [],
            "rms_norm_eps": 1e-06,
            "max_position_embeddings": 262144,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [11, 11, 10]
            },
            "eos_token_id": 248044,
            "dtype": "bfloat16"
          },
          "vision_config": {
            "depth": 27,
            "hidden_size": 1152,
            "intermediate_size": 4304,
            "num_heads": 16,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 2304,
            "out_hidden_size": 4096,
            "model_type": "qwen3_5_moe",
            "hidden_act": "gelu_pytorch_tanh",
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 94 },
        "published": {
          "stored_tensors": 2924,
          "data_bytes": 806795875168,
          "parameters_total": 403397928944,
          "parameters_text": 396346350336,
          "parameters_active": 17349040896
        },
        "sources": [
          "config.json of Qwen/Qwen3.5-397B-A17B",
          "GGUF map: 396,346,350,336 elements of the text model; 94 shards; the ids of its media tokens are left out"
        ]
      }
      """#
    ),
    (
      "presets/gpt-oss-120b.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "gpt-oss-120b",
        "title": "gpt-oss-120b, its experts in MXFP4",
        "config": {
          "architectures": ["GptOssForCausalLM"],
          "model_type": "gpt_oss",
          "hidden_size": 2880,
          "intermediate_size": 2880,
          "num_hidden_layers": 36,
          "num_attention_heads": 64,
          "num_key_value_heads": 8,
          "head_dim": 64,
          "vocab_size": 201088,
          "num_local_experts": 128,
          "num_experts_per_tok": 4,
          "attention_bias": true,
          "attention_dropout": 0.0,
          "hidden_act": "silu",
          "experts_per_token": 4,
          "swiglu_limit": 7.0,
          "sliding_window": 128,
          "initial_context_length": 4096,
          "layer_types": [
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention"
          ],
          "rms_norm_eps": 1e-05,
          "rope_theta": 150000,
          "rope_scaling": {
            "rope_type": "yarn",
            "factor": 32.0,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "original_max_position_embeddings": 4096,
            "truncate": false
          },
          "max_position_embeddings": 131072,
          "tie_word_embeddings": false,
          "eos_token_id": 200002,
          "pad_token_id": 199999,
          "quantization_config": { "quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"] }
        },
        "storage": [
          { "roles": ["moe.*"], "encoding": "mxfp4" }
        ],
        "shards": { "style": "zero", "count": 15 },
        "published": {
          "stored_tensors": 687,
          "data_bytes": 65248815744,
          "parameters_total": 116829156672,
          "parameters_text": 116829156672,
          "parameters_active": 5711982912
        },
        "sources": [
          "config.json of openai/gpt-oss-120b",
          "config.json of openai/gpt-oss-120b; the number of files was not seen"
        ]
      }
      """#
    ),
    (
      "presets/gpt-oss-20b.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "gpt-oss-20b",
        "title": "gpt-oss-20b, its experts in MXFP4",
        "config": {
          "architectures": ["GptOssForCausalLM"],
          "model_type": "gpt_oss",
          "hidden_size": 2880,
          "intermediate_size": 2880,
          "num_hidden_layers": 24,
          "num_attention_heads": 64,
          "num_key_value_heads": 8,
          "head_dim": 64,
          "vocab_size": 201088,
          "num_local_experts": 32,
          "num_experts_per_tok": 4,
          "attention_bias": true,
          "attention_dropout": 0.0,
          "hidden_act": "silu",
          "experts_per_token": 4,
          "swiglu_limit": 7.0,
          "sliding_window": 128,
          "initial_context_length": 4096,
          "layer_types": [
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention",
            "sliding_attention",
            "full_attention"
          ],
          "rms_norm_eps": 1e-05,
          "rope_theta": 150000,
          "rope_scaling": {
            "rope_type": "yarn",
            "factor": 32.0,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "original_max_position_embeddings": 4096,
            "truncate": false
          },
          "max_position_embeddings": 131072,
          "tie_word_embeddings": false,
          "eos_token_id": 200002,
          "pad_token_id": 199999,
          "quantization_config": { "quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"] }
        },
        "storage": [
          { "roles": ["moe.*"], "encoding": "mxfp4" }
        ],
        "shards": { "style": "zero", "count": 3 },
        "published": {
          "stored_tensors": 459,
          "data_bytes": 13761264768,
          "parameters_total": 20914757184,
          "parameters_text": 20914757184,
          "parameters_active": 4187440704
        },
        "sources": [
          "config.json of openai/gpt-oss-20b",
          "files: three for gpt-oss-20b, counted from 0"
        ]
      }
      """#
    ),
    (
      "presets/tiny/deepseek_v3.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-deepseek_v3",
        "title": "a small DeepSeek-V3: expert groups, multi-token prediction",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "deepseek_v3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 256,
          "num_hidden_layers": 2,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 16,
          "n_shared_experts": 1,
          "num_experts_per_tok": 4,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 64,
          "qk_rope_head_dim": 32,
          "v_head_dim": 64,
          "n_group": 4,
          "topk_group": 2,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/deepseek_v32.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-deepseek_v32",
        "title": "a small DeepSeek-V3.2",
        "config": {
          "architectures": ["DeepseekV32ForCausalLM"],
          "model_type": "deepseek_v32",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 256,
          "num_hidden_layers": 2,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 16,
          "n_shared_experts": 1,
          "num_experts_per_tok": 4,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 64,
          "qk_rope_head_dim": 32,
          "v_head_dim": 64,
          "n_group": 4,
          "topk_group": 2,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000,
          "rope_scaling": {
            "type": "yarn",
            "factor": 40.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 32,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 163840,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "bos_token_id": 0,
          "eos_token_id": 1,
          "torch_dtype": "bfloat16",
          "index_head_dim": 64,
          "index_n_heads": 4,
          "index_topk": 8,
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128], "scale_fmt": "ue8m0" }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "optional": ["mtp.embed", "mtp.head"],
        "shards": { "style": "hf6", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/glm5.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-glm5",
        "title": "a small GLM-5",
        "config": {
          "architectures": ["GlmMoeDsaForCausalLM"],
          "model_type": "glm_moe_dsa",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 256,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 8,
          "n_shared_experts": 1,
          "num_experts_per_tok": 2,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 96,
          "qk_rope_head_dim": 32,
          "v_head_dim": 128,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-05,
          "max_position_embeddings": 202752,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "eos_token_id": [480, 481, 482],
          "torch_dtype": "bfloat16",
          "index_head_dim": 64,
          "index_n_heads": 4,
          "index_topk": 8,
          "indexer_rope_interleave": true,
          "rope_interleave": true,
          "head_dim": 32,
          "qk_head_dim": 128,
          "rope_parameters": {
            "rope_theta": 1000000,
            "rope_type": "default"
          }
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/glm52.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-glm52",
        "title": "a small GLM-5.2, whose layers share indexers",
        "config": {
          "architectures": ["GlmMoeDsaForCausalLM"],
          "model_type": "glm_moe_dsa",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 128,
          "num_hidden_layers": 4,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 8,
          "n_shared_experts": 1,
          "num_experts_per_tok": 2,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 96,
          "qk_rope_head_dim": 32,
          "v_head_dim": 128,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-05,
          "max_position_embeddings": 202752,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 1,
          "eos_token_id": [480, 481, 482],
          "torch_dtype": "bfloat16",
          "index_head_dim": 64,
          "index_n_heads": 4,
          "index_topk": 8,
          "indexer_rope_interleave": true,
          "rope_interleave": true,
          "head_dim": 32,
          "qk_head_dim": 128,
          "rope_parameters": {
            "rope_theta": 8000000,
            "rope_type": "default"
          },
          "index_topk_freq": 2,
          "index_skip_topk_offset": 2,
          "indexer_types": ["full", "full", "shared", "full"],
          "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"]
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/gpt_oss.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-gpt_oss",
        "title": "a small gpt-oss",
        "config": {
          "architectures": ["GptOssForCausalLM"],
          "model_type": "gpt_oss",
          "attention_bias": true,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 256,
          "num_hidden_layers": 2,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 64,
          "num_local_experts": 8,
          "num_experts_per_tok": 4,
          "experts_per_token": 4,
          "swiglu_limit": 7.0,
          "sliding_window": 8,
          "initial_context_length": 4096,
          "layer_types": ["sliding_attention", "full_attention"],
          "rms_norm_eps": 1e-05,
          "rope_theta": 150000,
          "rope_scaling": {
            "rope_type": "yarn",
            "factor": 32.0,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "original_max_position_embeddings": 4096,
            "truncate": false
          },
          "max_position_embeddings": 131072,
          "tie_word_embeddings": false,
          "vocab_size": 512,
          "eos_token_id": 481,
          "pad_token_id": 511,
          "quantization_config": { "quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"] }
        },
        "storage": [
          { "roles": ["moe.*"], "encoding": "mxfp4" }
        ],
        "shards": { "style": "zero", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/kimi_k2.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-kimi_k2",
        "title": "a small Kimi K2 Instruct",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "kimi_k2",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 256,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 8,
          "n_shared_experts": 1,
          "num_experts_per_tok": 2,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 64,
          "qk_rope_head_dim": 32,
          "v_head_dim": 64,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.827,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-06,
          "rope_theta": 50000.0,
          "rope_scaling": {
            "type": "yarn",
            "factor": 32.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 1.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 131072,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 0,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16",
          "quantization_config": { "quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128] }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "extras": [
          {
            "name": "model.layers.{layer}.self_attn.rotary_emb.inv_freq",
            "dtype": "BF16",
            "shape": [32]
          }
        ],
        "shards": { "style": "plain", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/kimi_k25.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-kimi_k25",
        "title": "a small Kimi K2.5: INT4 experts, vision tower",
        "config": {
          "architectures": ["KimiK25ForConditionalGeneration"],
          "model_type": "kimi_k25",
          "bos_token_id": 480,
          "eos_token_id": 481,
          "pad_token_id": 511,
          "media_placeholder_token_id": 495,
          "ignore_index": -100,
          "tie_word_embeddings": false,
          "use_unified_vision_chunk": true,
          "video_placeholder": "<|kimi_k25_video_placeholder|>",
          "text_config": {
            "architectures": ["DeepseekV3ForCausalLM"],
            "model_type": "kimi_k2",
            "attention_bias": false,
            "hidden_act": "silu",
            "hidden_size": 256,
            "intermediate_size": 512,
            "moe_intermediate_size": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "n_routed_experts": 8,
            "n_shared_experts": 1,
            "num_experts_per_tok": 2,
            "first_k_dense_replace": 1,
            "moe_layer_freq": 1,
            "q_lora_rank": 192,
            "kv_lora_rank": 128,
            "qk_nope_head_dim": 64,
            "qk_rope_head_dim": 32,
            "v_head_dim": 64,
            "n_group": 1,
            "topk_group": 1,
            "norm_topk_prob": true,
            "routed_scaling_factor": 2.827,
            "scoring_func": "sigmoid",
            "topk_method": "noaux_tc",
            "rms_norm_eps": 1e-05,
            "rope_theta": 50000.0,
            "rope_scaling": {
              "type": "yarn",
              "factor": 64.0,
              "original_max_position_embeddings": 4096,
              "beta_fast": 32.0,
              "beta_slow": 1.0,
              "mscale": 1.0,
              "mscale_all_dim": 1.0
            },
            "max_position_embeddings": 262144,
            "vocab_size": 512,
            "tie_word_embeddings": false,
            "num_nextn_predict_layers": 0,
            "bos_token_id": 480,
            "eos_token_id": 481,
            "torch_dtype": "bfloat16",
            "quantization_config": {
              "quant_method": "compressed-tensors",
              "format": "pack-quantized",
              "quantization_status": "compressed",
              "kv_cache_scheme": null,
              "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", "re:.*mlp\\.(gate|up|gate_up|down)_proj.*"],
              "config_groups": {
                "group_0": {
                  "input_activations": null,
                  "output_activations": null,
                  "targets": ["Linear"],
                  "weights": {
                    "actorder": null,
                    "block_structure": null,
                    "dynamic": false,
                    "group_size": 32,
                    "num_bits": 4,
                    "observer": "minmax",
                    "observer_kwargs": {},
                    "strategy": "group",
                    "symmetric": true,
                    "type": "int"
                  }
                }
              }
            }
          },
          "vision_config": {
            "vt_hidden_size": 64,
            "vt_intermediate_size": 96,
            "vt_num_attention_heads": 4,
            "vt_num_hidden_layers": 2,
            "patch_size": 14,
            "init_pos_emb_height": 8,
            "init_pos_emb_width": 8,
            "init_pos_emb_time": 4,
            "pos_emb_type": "divided_fixed",
            "merge_kernel_size": [2, 2],
            "merge_type": "sd2_tpool",
            "mm_hidden_size": 64,
            "mm_projector_type": "patchmerger",
            "projector_hidden_act": "gelu",
            "projector_ln_eps": 1e-05,
            "text_hidden_size": 256,
            "video_attn_type": "spatial_temporal"
          }
        },
        "storage": [
          { "roles": "moe.*", "encoding": "int4-g32", "shape": "I32" }
        ],
        "shards": { "style": "hf6", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/kimi_k2_thinking.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-kimi_k2_thinking",
        "title": "a small Kimi K2 Thinking: INT4 experts",
        "config": {
          "architectures": ["DeepseekV3ForCausalLM"],
          "model_type": "kimi_k2",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "moe_intermediate_size": 256,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 4,
          "n_routed_experts": 8,
          "n_shared_experts": 1,
          "num_experts_per_tok": 2,
          "first_k_dense_replace": 1,
          "moe_layer_freq": 1,
          "q_lora_rank": 192,
          "kv_lora_rank": 128,
          "qk_nope_head_dim": 64,
          "qk_rope_head_dim": 32,
          "v_head_dim": 64,
          "n_group": 1,
          "topk_group": 1,
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.827,
          "scoring_func": "sigmoid",
          "topk_method": "noaux_tc",
          "rms_norm_eps": 1e-05,
          "rope_theta": 50000.0,
          "rope_scaling": {
            "type": "yarn",
            "factor": 64.0,
            "original_max_position_embeddings": 4096,
            "beta_fast": 1.0,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0
          },
          "max_position_embeddings": 262144,
          "vocab_size": 512,
          "tie_word_embeddings": false,
          "num_nextn_predict_layers": 0,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16",
          "quantization_config": {
            "quant_method": "compressed-tensors",
            "format": "pack-quantized",
            "quantization_status": "compressed",
            "kv_cache_scheme": null,
            "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", "re:.*mlp\\.(gate|up|gate_up|down)_proj.*"],
            "config_groups": {
              "group_0": {
                "input_activations": null,
                "output_activations": null,
                "targets": ["Linear"],
                "weights": {
                  "actorder": null,
                  "block_structure": null,
                  "dynamic": false,
                  "group_size": 32,
                  "num_bits": 4,
                  "observer": "minmax",
                  "observer_kwargs": {},
                  "strategy": "group",
                  "symmetric": true,
                  "type": "int"
                }
              }
            }
          }
        },
        "storage": [
          { "roles": "moe.*", "encoding": "int4-g32", "shape": "I32" }
        ],
        "shards": { "style": "hf6", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/llama.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-llama",
        "title": "a small Llama 3",
        "config": {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "attention_bias": false,
          "mlp_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-05,
          "rope_theta": 500000.0,
          "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192
          },
          "tie_word_embeddings": false,
          "vocab_size": 512,
          "bos_token_id": 480,
          "eos_token_id": [481, 488, 489],
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/minimax_m2.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-minimax_m2",
        "title": "a small MiniMax-M2",
        "config": {
          "architectures": ["MiniMaxM2ForCausalLM"],
          "model_type": "minimax_m2",
          "hidden_size": 256,
          "intermediate_size": 256,
          "num_hidden_layers": 2,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 64,
          "rotary_dim": 32,
          "num_local_experts": 8,
          "num_experts_per_tok": 2,
          "scoring_func": "sigmoid",
          "use_routing_bias": true,
          "use_qk_norm": true,
          "qk_norm_type": "per_layer",
          "shared_intermediate_size": 0,
          "use_mtp": true,
          "num_mtp_modules": 3,
          "mtp_transformer_layers": 1,
          "hidden_act": "silu",
          "rms_norm_eps": 1e-06,
          "rope_theta": 5000000,
          "max_position_embeddings": 196608,
          "tie_word_embeddings": false,
          "vocab_size": 512,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "quantization_config": {
            "quant_method": "fp8",
            "fmt": "float8_e4m3fn",
            "activation_scheme": "dynamic",
            "weight_block_size": [128, 128],
            "modules_to_not_convert": ["gate", "e_score_correction_bias", "lm_head"]
          }
        },
        "storage": [
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ],
        "shards": { "style": "zero", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/qwen3.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen3",
        "title": "a small Qwen3",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 3,
          "tie_word_embeddings": false,
          "vocab_size": 512,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/qwen35.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen35",
        "title": "a small Qwen3.5, dense, with a vision tower",
        "config": {
          "architectures": ["Qwen3_5ForConditionalGeneration"],
          "model_type": "qwen3_5",
          "image_token_id": 495,
          "video_token_id": 496,
          "vision_start_token_id": 493,
          "vision_end_token_id": 494,
          "tie_word_embeddings": false,
          "text_config": {
            "hidden_act": "silu",
            "hidden_size": 256,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 64,
            "linear_conv_kernel_dim": 4,
            "linear_key_head_dim": 64,
            "linear_value_head_dim": 64,
            "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "full_attention_interval": 4,
            "rms_norm_eps": 1e-06,
            "vocab_size": 512,
            "max_position_embeddings": 262144,
            "model_type": "qwen3_5_text",
            "attn_output_gate": true,
            "dtype": "bfloat16",
            "eos_token_id": 481,
            "layer_types": ["linear_attention", "linear_attention", "linear_attention", "full_attention"],
            "mamba_ssm_dtype": "float32",
            "mtp_num_hidden_layers": 1,
            "mtp_use_dedicated_embeddings": false,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [3, 3, 2]
            },
            "mlp_only_layers": [],
            "intermediate_size": 512
          },
          "vision_config": {
            "model_type": "qwen3_5",
            "depth": 2,
            "hidden_size": 64,
            "hidden_act": "gelu_pytorch_tanh",
            "intermediate_size": 96,
            "num_heads": 4,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 64,
            "out_hidden_size": 256,
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/qwen35_moe.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen35_moe",
        "title": "a small Qwen3.5 with experts, which are stored as one tensor a layer",
        "config": {
          "architectures": ["Qwen3_5MoeForConditionalGeneration"],
          "model_type": "qwen3_5_moe",
          "image_token_id": 495,
          "video_token_id": 496,
          "vision_start_token_id": 493,
          "vision_end_token_id": 494,
          "tie_word_embeddings": false,
          "text_config": {
            "hidden_act": "silu",
            "hidden_size": 256,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 64,
            "linear_conv_kernel_dim": 4,
            "linear_key_head_dim": 64,
            "linear_value_head_dim": 64,
            "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "full_attention_interval": 4,
            "moe_intermediate_size": 128,
            "shared_expert_intermediate_size": 128,
            "num_experts": 8,
            "num_experts_per_tok": 2,
            "rms_norm_eps": 1e-06,
            "vocab_size": 512,
            "max_position_embeddings": 262144,
            "model_type": "qwen3_5_moe_text",
            "attn_output_gate": true,
            "dtype": "bfloat16",
            "eos_token_id": 481,
            "layer_types": ["linear_attention", "linear_attention", "linear_attention", "full_attention"],
            "mamba_ssm_dtype": "float32",
            "mtp_num_hidden_layers": 1,
            "mtp_use_dedicated_embeddings": false,
            "rope_parameters": {
              "rope_type": "default",
              "rope_theta": 10000000,
              "partial_rotary_factor": 0.25,
              "mrope_interleaved": true,
              "mrope_section": [3, 3, 2]
            },
            "mlp_only_layers": []
          },
          "vision_config": {
            "model_type": "qwen3_5_moe",
            "depth": 2,
            "hidden_size": 64,
            "hidden_act": "gelu_pytorch_tanh",
            "intermediate_size": 96,
            "num_heads": 4,
            "in_channels": 3,
            "patch_size": 16,
            "temporal_patch_size": 2,
            "spatial_merge_size": 2,
            "num_position_embeddings": 64,
            "out_hidden_size": 256,
            "deepstack_visual_indexes": []
          }
        },
        "shards": { "style": "doubled", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/qwen3_moe.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen3_moe",
        "title": "a small Qwen3 MoE",
        "config": {
          "architectures": ["Qwen3MoeForCausalLM"],
          "model_type": "qwen3_moe",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "num_hidden_layers": 2,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 2,
          "tie_word_embeddings": false,
          "vocab_size": 512,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16",
          "moe_intermediate_size": 256,
          "num_experts": 8,
          "num_experts_per_tok": 2,
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "router_aux_loss_coef": 0.001
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
    (
      "presets/tiny/qwen3_next.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen3_next",
        "title": "a small Qwen3-Next",
        "config": {
          "hidden_act": "silu",
          "hidden_size": 256,
          "num_hidden_layers": 4,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 64,
          "linear_conv_kernel_dim": 4,
          "linear_key_head_dim": 64,
          "linear_value_head_dim": 64,
          "linear_num_key_heads": 2,
          "linear_num_value_heads": 4,
          "full_attention_interval": 4,
          "moe_intermediate_size": 128,
          "shared_expert_intermediate_size": 128,
          "num_experts": 8,
          "num_experts_per_tok": 2,
          "rms_norm_eps": 1e-06,
          "vocab_size": 512,
          "attention_bias": false,
          "max_position_embeddings": 262144,
          "architectures": ["Qwen3NextForCausalLM"],
          "model_type": "qwen3_next",
          "intermediate_size": 512,
          "norm_topk_prob": true,
          "decoder_sparse_step": 1,
          "mlp_only_layers": [],
          "partial_rotary_factor": 0.25,
          "rope_theta": 10000000,
          "rope_scaling": null,
          "tie_word_embeddings": false,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
        ]
      }
      """#
    ),
    (
      "presets/tiny/qwen3_tied.json",
      #"""
      {
        "schema": "ckpt.preset/1",
        "name": "tiny-qwen3_tied",
        "title": "a small Qwen3 with a tied head",
        "config": {
          "architectures": ["Qwen3ForCausalLM"],
          "model_type": "qwen3",
          "attention_bias": false,
          "hidden_act": "silu",
          "hidden_size": 256,
          "intermediate_size": 512,
          "num_hidden_layers": 3,
          "num_attention_heads": 4,
          "num_key_value_heads": 2,
          "head_dim": 128,
          "max_position_embeddings": 40960,
          "rms_norm_eps": 1e-06,
          "rope_theta": 1000000,
          "rope_scaling": null,
          "sliding_window": null,
          "use_sliding_window": false,
          "max_window_layers": 3,
          "tie_word_embeddings": true,
          "vocab_size": 512,
          "bos_token_id": 480,
          "eos_token_id": 481,
          "torch_dtype": "bfloat16"
        },
        "shards": { "style": "hf", "count": 3 },
        "sources": [
          "made up: every condition of the family at 256 hidden values and 512 tokens, blocks and groups cut and whole"
       ]
      }
      """#
    ),
  ]
}
