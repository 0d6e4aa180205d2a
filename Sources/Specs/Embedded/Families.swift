// Made by Tools/embed-specs.sh out of Specs/families. Change the JSON there and run `make specs`.

extension EmbeddedSpecs {
  static let families: [Document] = [
    (
      "families/deepseek_v3.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "deepseek_v3",
        "title": "DeepSeek-V3, DeepSeek-R1, Kimi K2",
        "model_types": ["deepseek_v3", "kimi_k2"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "q_lora": "q_lora_rank ?? 0",
          "kv_lora": "kv_lora_rank",
          "nope": "qk_nope_head_dim",
          "rope": "qk_rope_head_dim",
          "v_head": "v_head_dim",
          "dense_hidden": "intermediate_size",
          "moe_hidden": "moe_intermediate_size ?? 0",
          "experts": "n_routed_experts ?? 0",
          "experts_per_token": "num_experts_per_tok",
          "experts_shared": "n_shared_experts",
          "mtp_layers": "num_nextn_predict_layers | num_mtp_layers ?? 0",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "is_moe": "experts > 0 and layer >= first_k_dense_replace and layer % (moe_layer_freq ?? 1) == 0"
        },
        "layers": {
          "text": ["0", "layers"],
          "mtp": ["layers", "layers + mtp_layers"]
        },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"], "groups": ["text", "mtp"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * (nope + rope)", "hidden"], "groups": ["text", "mtp"], "when": "q_lora == 0" },
          { "name": "model.layers.{layer}.self_attn.q_a_proj.weight", "role": "attn.q_a", "shape": ["q_lora", "hidden"], "groups": ["text", "mtp"], "when": "q_lora > 0" },
          { "name": "model.layers.{layer}.self_attn.q_a_layernorm.weight", "role": "norm.q_a", "shape": ["q_lora"], "groups": ["text", "mtp"], "when": "q_lora > 0" },
          { "name": "model.layers.{layer}.self_attn.q_b_proj.weight", "role": "attn.q_b", "shape": ["heads * (nope + rope)", "q_lora"], "groups": ["text", "mtp"], "when": "q_lora > 0" },
          { "name": "model.layers.{layer}.self_attn.kv_a_proj_with_mqa.weight", "role": "attn.kv_a", "shape": ["kv_lora + rope", "hidden"], "groups": ["text", "mtp"] },
          { "name": "model.layers.{layer}.self_attn.kv_a_layernorm.weight", "role": "norm.kv_a", "shape": ["kv_lora"], "groups": ["text", "mtp"] },
          { "name": "model.layers.{layer}.self_attn.kv_b_proj.weight", "role": "attn.kv_b", "shape": ["heads * (nope + v_head)", "kv_lora"], "groups": ["text", "mtp"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * v_head"], "groups": ["text", "mtp"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"], "groups": ["text", "mtp"] },

          { "name": "model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"], "groups": ["text", "mtp"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"], "groups": ["text", "mtp"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"], "groups": ["text", "mtp"], "when": "not is_moe" },

          { "name": "model.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "groups": ["text", "mtp"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.gate.e_score_correction_bias", "role": "router.bias", "shape": ["experts"], "dtype": "F32", "groups": ["text", "mtp"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "groups": ["text", "mtp"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "groups": ["text", "mtp"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "groups": ["text", "mtp"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.shared_experts.gate_proj.weight", "role": "shared.gate", "shape": ["moe_hidden * experts_shared", "hidden"], "groups": ["text", "mtp"], "when": "is_moe and experts_shared > 0" },
          { "name": "model.layers.{layer}.mlp.shared_experts.up_proj.weight", "role": "shared.up", "shape": ["moe_hidden * experts_shared", "hidden"], "groups": ["text", "mtp"], "when": "is_moe and experts_shared > 0" },
          { "name": "model.layers.{layer}.mlp.shared_experts.down_proj.weight", "role": "shared.down", "shape": ["hidden", "moe_hidden * experts_shared"], "groups": ["text", "mtp"], "when": "is_moe and experts_shared > 0" },

          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" },

          { "name": "model.layers.{layer}.enorm.weight", "role": "mtp.norm_embed", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "model.layers.{layer}.hnorm.weight", "role": "mtp.norm_hidden", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "model.layers.{layer}.eh_proj.weight", "role": "mtp.proj", "shape": ["hidden", "2 * hidden"], "groups": ["mtp"] },
          { "name": "model.layers.{layer}.shared_head.norm.weight", "role": "mtp.norm", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "model.layers.{layer}.embed_tokens.weight", "role": "mtp.embed", "shape": ["vocab", "hidden"], "groups": ["mtp"], "optional": true },
          { "name": "model.layers.{layer}.shared_head.head.weight", "role": "mtp.head", "shape": ["vocab", "hidden"], "groups": ["mtp"], "optional": true }
        ],
        "junk": ["model.layers.{layer}.self_attn.rotary_emb.inv_freq"],
        "fp8_roles": ["attn.*", "mlp.*", "moe.*", "shared.*"],
        "fp8_scale": "F32",
        "forward": {
          "attention": "'mla'",
          "heads": "heads",
          "nope": "nope",
          "rope": "rope",
          "v_head": "v_head",
          "kv_lora": "kv_lora",
          "norm_eps": "rms_norm_eps",
          "latent_norm_eps": "1e-6",
          "rope_pairing": "if(rope_interleave, 'interleaved', 'half-split')",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "router": "scoring_func",
          "router_groups": "n_group",
          "router_groups_kept": "topk_group",
          "router_renormalises": "norm_topk_prob",
          "router_scale": "routed_scaling_factor",
          "experts_per_token": "experts_per_token"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 4096,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "rope_interleave": true,
          "first_k_dense_replace": 3,
          "n_shared_experts": 1,
          "num_experts_per_tok": 8,
          "n_group": 8,
          "topk_group": 4,
          "scoring_func": "sigmoid",
          "norm_topk_prob": true,
          "routed_scaling_factor": 2.5,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of DeepSeek-V3, DeepSeek-R1 and Kimi-K2-Instruct",
          "README_WEIGHTS.md of DeepSeek-V3: MTP layer, block-fp8 scales, copies of embedding and head",
          "transformers 5.23.0, models/deepseek_v3/modeling_deepseek_v3.py: forward; the norms of the latents use eps 1e-6 whatever rms_norm_eps says",
          "inventory of Kimi-K2-Instruct: 139,644 tensors, 61 of them rotary_emb.inv_freq of a length that no model uses"
        ]
      }
      """#
    ),
    (
      "families/deepseek_v32.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "deepseek_v32",
        "title": "DeepSeek-V3.2",
        "model_types": ["deepseek_v32"],
        "extends": "deepseek_v3",
        "values": {
          "index_heads": "index_n_heads",
          "index_head": "index_head_dim",
          "has_indexer": "true",
          "is_moe": "experts > 0 and if(layer < layers and mlp_layer_types != null, mlp_layer_types[layer] == 'sparse', layer >= first_k_dense_replace and layer % (moe_layer_freq ?? 1) == 0)"
        },
        "tensors": [
          { "name": "model.layers.{layer}.self_attn.indexer.wq_b.weight", "role": "indexer.q", "shape": ["index_heads * index_head", "q_lora"], "groups": ["text", "mtp"], "when": "has_indexer" },
          { "name": "model.layers.{layer}.self_attn.indexer.wk.weight", "role": "indexer.k", "shape": ["index_head", "hidden"], "groups": ["text", "mtp"], "when": "has_indexer" },
          { "name": "model.layers.{layer}.self_attn.indexer.k_norm.weight", "role": "norm.indexer", "shape": ["index_head"], "groups": ["text", "mtp"], "when": "has_indexer" },
          { "name": "model.layers.{layer}.self_attn.indexer.k_norm.bias", "role": "bias.indexer", "shape": ["index_head"], "groups": ["text", "mtp"], "when": "has_indexer" },
          { "name": "model.layers.{layer}.self_attn.indexer.weights_proj.weight", "role": "indexer.weights", "shape": ["index_heads", "hidden"], "groups": ["text", "mtp"], "when": "has_indexer" }
        ],
        "fp8_roles": ["attn.*", "mlp.*", "moe.*", "shared.*", "indexer.q", "indexer.k"],
        "forward": {
          "rope_pairing": "'interleaved'",
          "has_indexer": "has_indexer",
          "index_heads": "index_heads",
          "index_head": "index_head",
          "index_topk": "index_topk",
          "index_rope_pairing": "'half-split'",
          "index_norm_eps": "1e-6"
        },
        "defaults": {
          "max_position_embeddings": 163840,
          "index_topk": 2048
        },
        "sources": [
          "config.json of DeepSeek-V3.2",
          "transformers 5.23.0, models/deepseek_v32/modeling_deepseek_v32.py: the indexer rotates halves, unlike attention; its LayerNorm has eps 1e-6"
        ]
      }
      """#
    ),
    (
      "families/glm_moe_dsa.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "glm_moe_dsa",
        "title": "GLM-5, GLM-5.1, GLM-5.2",
        "model_types": ["glm_moe_dsa"],
        "extends": "deepseek_v32",
        "values": {
          "index_period": "max(index_topk_freq ?? 1, 1)",
          "has_indexer": "if(layer >= layers, true, if(indexer_types != null, indexer_types[layer] == 'full', if(index_topk_pattern != null, index_topk_pattern[layer] == 'F' or index_topk_pattern[layer] == 'full', max(layer - (index_skip_topk_offset ?? 2) + 1, 0) % index_period == 0)))"
        },
        "forward": {
          "norm_eps": "rms_norm_eps",
          "index_rope_pairing": "if(indexer_rope_interleave, 'interleaved', 'half-split')"
        },
        "defaults": {
          "rms_norm_eps": 1e-5,
          "max_position_embeddings": 202752,
          "indexer_rope_interleave": true,
          "n_group": 1,
          "topk_group": 1
        },
        "sources": [
          "config.json of GLM-5 and GLM-5.2: head_dim is not the size of a head; qk_rope_head_dim says what is rotated",
          "GGUF map of GLM-5.1: 753,864,139,008 elements; the MTP layer has an indexer, and no copies of embedding and head",
          "transformers 5.23.0, models/glm_moe_dsa/modeling_glm_moe_dsa.py: layers without an indexer take the keys of the layer before"
        ]
      }
      """#
    ),
    (
      "families/gpt_oss.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "gpt_oss",
        "title": "gpt-oss",
        "model_types": ["gpt_oss"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? 64",
          "moe_hidden": "intermediate_size",
          "experts": "num_local_experts",
          "experts_per_token": "num_experts_per_tok | experts_per_token",
          "experts_shared": "0",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "biased": "attention_bias ?? true",
          "is_sliding": "if(layer_types == null, layer % 2 == 0, layer_types[layer] == 'sliding_attention')"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.bias", "role": "bias.q", "shape": ["heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.bias", "role": "bias.k", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.bias", "role": "bias.v", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.bias", "role": "bias.o", "shape": ["hidden"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.sinks", "role": "sinks", "shape": ["heads"] },
          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },

          { "name": "model.layers.{layer}.mlp.router.weight", "role": "router", "shape": ["experts", "hidden"] },
          { "name": "model.layers.{layer}.mlp.router.bias", "role": "bias.router", "shape": ["experts"] },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden", "first": 0, "step": 2, "transposed_where_plain": true, "encodings": ["mxfp4", "plain"] } },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden", "first": 1, "step": 2, "transposed_where_plain": true, "encodings": ["mxfp4", "plain"] } },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.down_proj", "rows": "hidden", "transposed_where_plain": true, "encodings": ["mxfp4", "plain"] } },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.gate_proj.bias", "role": "bias.moe_gate", "shape": ["moe_hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.gate_up_proj_bias", "rows": "2 * moe_hidden", "first": 0, "step": 2, "encodings": ["plain"] } },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.up_proj.bias", "role": "bias.moe_up", "shape": ["moe_hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.gate_up_proj_bias", "rows": "2 * moe_hidden", "first": 1, "step": 2, "encodings": ["plain"] } },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.down_proj.bias", "role": "bias.moe_down", "shape": ["hidden"],
            "stacked": { "name": "model.layers.{layer}.mlp.experts.down_proj_bias", "rows": "hidden", "encodings": ["plain"] } },

          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" }
        ],
        "forward": {
          "attention": "'gqa'",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "window": "if(is_sliding, sliding_window ?? 0, 0)",
          "norm_eps": "rms_norm_eps",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "router": "'softmax-of-chosen'",
          "experts_per_token": "experts_per_token",
          "activation": "'clamped-swiglu'",
          "activation_limit": "swiglu_limit",
          "activation_slope": "swiglu_alpha"
        },
        "defaults": {
          "rope_parameters | rope_scaling": {
            "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": false,
            "original_max_position_embeddings": 4096
          },
          "rms_norm_eps": 1e-5,
          "max_position_embeddings": 131072,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 150000.0,
          "num_experts_per_tok | experts_per_token": 4,
          "sliding_window": 128,
          "swiglu_limit": 7.0,
          "swiglu_alpha": 1.702,
          "rope_parameters.truncate | rope_scaling.truncate": {
            "expression": "true",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          },
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "transformers 5.23.0, models/gpt_oss/configuration_gpt_oss.py: YaRN where the config has no rope parameters",
          "config.json of gpt-oss-20b and gpt-oss-120b: even layers have a sliding window",
          "transformers 5.23.0, models/gpt_oss/modeling_gpt_oss.py: rows of gate_up alternate; a plain parameter is the transpose, [experts, in, out]"
        ]
      }
      """#
    ),
    (
      "families/kimi_k25.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "kimi_k25",
        "title": "Kimi K2.5",
        "model_types": ["kimi_k25"],
        "extends": "deepseek_v3",
        "prefix": "language_model.",
        "values": {
          "vision_hidden": "vision_config.vt_hidden_size",
          "vision_inner": "vision_config.vt_intermediate_size",
          "vision_merged": "vision_config.merge_kernel_size[0] * vision_config.merge_kernel_size[1] * vision_config.mm_hidden_size",
          "patch": "vision_config.patch_size"
        },
        "layers": { "vision": ["0", "vision_config.vt_num_hidden_layers"] },
        "tensors": [
          { "name": "vision_tower.patch_embed.proj.weight", "role": "vision.patch", "shape": ["vision_hidden", 3, "patch", "patch"], "groups": ["vision"] },
          { "name": "vision_tower.patch_embed.proj.bias", "role": "vision.patch_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.patch_embed.pos_emb.weight", "role": "vision.position", "shape": ["vision_config.init_pos_emb_height", "vision_config.init_pos_emb_width", "vision_hidden"], "groups": ["vision"] },

          { "name": "vision_tower.encoder.blocks.{layer}.norm0.weight", "role": "vision.norm_attn", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm0.bias", "role": "vision.norm_attn_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm1.weight", "role": "vision.norm_mlp", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm1.bias", "role": "vision.norm_mlp_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wqkv.weight", "role": "vision.qkv", "shape": ["3 * vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wqkv.bias", "role": "vision.qkv_bias", "shape": ["3 * vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wo.weight", "role": "vision.o", "shape": ["vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wo.bias", "role": "vision.o_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc0.weight", "role": "vision.up", "shape": ["vision_inner", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc0.bias", "role": "vision.up_bias", "shape": ["vision_inner"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc1.weight", "role": "vision.down", "shape": ["vision_hidden", "vision_inner"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc1.bias", "role": "vision.down_bias", "shape": ["vision_hidden"], "groups": ["vision"] },

          { "name": "vision_tower.encoder.final_layernorm.weight", "role": "vision.norm_final", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.final_layernorm.bias", "role": "vision.norm_final_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "mm_projector.pre_norm.weight", "role": "vision.proj_norm", "shape": ["vision_config.mm_hidden_size"], "groups": ["vision"] },
          { "name": "mm_projector.pre_norm.bias", "role": "vision.proj_norm_bias", "shape": ["vision_config.mm_hidden_size"], "groups": ["vision"] },
          { "name": "mm_projector.proj.0.weight", "role": "vision.proj_up", "shape": ["vision_merged", "vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.0.bias", "role": "vision.proj_up_bias", "shape": ["vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.2.weight", "role": "vision.proj_down", "shape": ["vision_config.text_hidden_size", "vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.2.bias", "role": "vision.proj_down_bias", "shape": ["vision_config.text_hidden_size"], "groups": ["vision"] }
        ],
        "forward": {
          "vision_heads": "vision_config.vt_num_attention_heads",
          "vision_norm_eps": "1e-5",
          "vision_proj_norm_eps": "vision_config.projector_ln_eps ?? 1e-5",
          "vision_positions": "'bicubic'",
          "vision_rope_pairing": "'interleaved'",
          "vision_rope_theta": "10000.0",
          "vision_merge": "vision_config.merge_kernel_size[0]",
          "vision_frames": "'together'",
          "vision_frame_table": "vision_config.init_pos_emb_time",
          "vision_activation": "'gelu_pytorch_tanh'"
        },
        "sources": [
          "transformers 5.23.0, models/kimi_k25/modeling_kimi_k25.py: MoonViT-3D and its projector",
          "config.json of Kimi-K2.5: the text model's keys stand in text_config",
          "inventory of Kimi-K2.5: 1,190 tensors that are no experts"
        ]
      }
      """#
    ),
    (
      "families/llama.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "llama",
        "title": "Llama 3",
        "model_types": ["llama"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? (hidden / heads)",
          "dense_hidden": "intermediate_size",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "biased": "attention_bias ?? false",
          "mlp_biased": "mlp_bias ?? false"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.bias", "role": "bias.q", "shape": ["heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.bias", "role": "bias.k", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.bias", "role": "bias.v", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.bias", "role": "bias.o", "shape": ["hidden"], "when": "biased" },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"] },
          { "name": "model.layers.{layer}.mlp.gate_proj.bias", "role": "bias.mlp_gate", "shape": ["dense_hidden"], "when": "mlp_biased" },
          { "name": "model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"] },
          { "name": "model.layers.{layer}.mlp.up_proj.bias", "role": "bias.mlp_up", "shape": ["dense_hidden"], "when": "mlp_biased" },
          { "name": "model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"] },
          { "name": "model.layers.{layer}.mlp.down_proj.bias", "role": "bias.mlp_down", "shape": ["hidden"], "when": "mlp_biased" },

          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" }
        ],
        "junk": ["model.layers.{layer}.self_attn.rotary_emb.inv_freq"],
        "fp8_roles": ["attn.*", "mlp.*"],
        "fp8_scale": "F32",
        "forward": {
          "attention": "'gqa'",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "norm_eps": "rms_norm_eps",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 2048,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of Llama-3.3-70B-Instruct",
          "transformers 5.23.0, models/llama/modeling_llama.py: biases of the projections where attention_bias or mlp_bias asks for them"
        ]
      }
      """#
    ),
    (
      "families/minimax_m2.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "minimax_m2",
        "title": "MiniMax-M2, MiniMax-M2.5",
        "model_types": ["minimax_m2"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? 128",
          "moe_hidden": "intermediate_size",
          "experts": "num_local_experts",
          "experts_per_token": "num_experts_per_tok",
          "experts_shared": "0",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
          { "name": "model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["heads * head"], "when": "use_qk_norm ?? true" },
          { "name": "model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["kv_heads * head"], "when": "use_qk_norm ?? true" },
          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },

          { "name": "model.layers.{layer}.block_sparse_moe.gate.weight", "role": "router", "shape": ["experts", "hidden"], "dtype": "F32" },
          { "name": "model.layers.{layer}.block_sparse_moe.e_score_correction_bias", "role": "router.bias", "shape": ["experts"], "dtype": "F32", "when": "use_routing_bias ?? true" },
          { "name": "model.layers.{layer}.block_sparse_moe.experts.{expert}.w1.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"] },
          { "name": "model.layers.{layer}.block_sparse_moe.experts.{expert}.w3.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"] },
          { "name": "model.layers.{layer}.block_sparse_moe.experts.{expert}.w2.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"] },

          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" }
        ],
        "fp8_roles": ["attn.*", "moe.*"],
        "fp8_scale": "F32",
        "forward": {
          "attention": "'gqa'",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "norm_eps": "rms_norm_eps",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "rope_dims": "rotary_dim ?? (head * (rope_scaling.partial_rotary_factor | rope_parameters.partial_rotary_factor | partial_rotary_factor ?? 1))",
          "router": "scoring_func",
          "experts_per_token": "experts_per_token"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 196608,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 5000000.0,
          "num_experts_per_tok": 8,
          "scoring_func": "sigmoid",
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of MiniMax-M2.5; use_mtp promises layers whose weights are not published",
          "47,864 scale tensors of the fp8 repository: attention and experts of 62 layers",
          "transformers 5.23.0, models/minimax_m2/modeling_minimax_m2.py: norms of queries and keys over the whole projection, rotation of the first rotary_dim values of a head, no scale behind the router"
        ]
      }
      """#
    ),
    (
      "families/qwen3.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "qwen3",
        "title": "Qwen3 dense",
        "model_types": ["qwen3"],
        "extends": "llama",
        "values": { "head": "head_dim ?? 128", "mlp_biased": "false" },
        "tensors": [
          { "name": "model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"] },
          { "name": "model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"] }
        ],
        "fp8_scale": "BF16",
        "forward": {
          "window": "if(use_sliding_window ?? false, if(if(layer_types == null, layer >= (max_window_layers ?? 28), layer_types[layer] == 'sliding_attention'), sliding_window ?? 0, 0), 0)"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 32768,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of Qwen3-0.6B to Qwen3-32B; Qwen3-0.6B stores lm_head although it is tied",
          "transformers 5.23.0, models/qwen3/modeling_qwen3.py: norm of each head's queries and keys before the rotation"
        ]
      }
      """#
    ),
    (
      "families/qwen3_5.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "qwen3_5",
        "title": "Qwen3.5, Qwen3.6",
        "model_types": ["qwen3_5", "qwen3_5_moe"],
        "engine_names": {
          "model.language_model.": "language_model.model.",
          "model.visual.": "visual.",
          "lm_head": "language_model.lm_head"
        },
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? 256",
          "linear_key_heads": "linear_num_key_heads",
          "linear_value_heads": "linear_num_value_heads",
          "linear_key": "linear_key_head_dim",
          "linear_value": "linear_value_head_dim",
          "linear_kernel": "linear_conv_kernel_dim ?? 4",
          "keys": "linear_key_heads * linear_key",
          "linear_values": "linear_value_heads * linear_value",
          "dense_hidden": "intermediate_size ?? 0",
          "moe_hidden": "moe_intermediate_size ?? 0",
          "shared_hidden": "shared_expert_intermediate_size ?? 0",
          "experts": "num_experts ?? 0",
          "experts_per_token": "num_experts_per_tok",
          "experts_shared": "if(shared_hidden > 0, 1, 0)",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "is_linear": "if(layer_types == null, (layer + 1) % (full_attention_interval ?? 4) != 0, layer_types[layer] == 'linear_attention')",
          "mtp_layers": "mtp_num_hidden_layers ?? 0",
          "is_moe": "experts > 0",
          "vision_hidden": "vision_config.hidden_size",
          "vision_inner": "vision_config.intermediate_size",
          "vision_merged": "vision_hidden * vision_config.spatial_merge_size * vision_config.spatial_merge_size",
          "patch": "vision_config.patch_size"
        },
        "layers": {
          "text": ["0", "layers"],
          "mtp": ["0", "mtp_layers"],
          "vision": ["0", "vision_config.depth ?? 0"]
        },
        "tensors": [
          { "name": "model.language_model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },
          { "name": "model.language_model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.language_model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },
          { "name": "model.language_model.layers.{layer}.linear_attn.in_proj_qkv.weight", "role": "attn.qkv", "shape": ["2 * keys + linear_values", "hidden"], "segments": ["keys", "keys", "linear_values"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.in_proj_z.weight", "role": "attn.z", "shape": ["linear_values", "hidden"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.in_proj_b.weight", "role": "linear.b", "shape": ["linear_value_heads", "hidden"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.in_proj_a.weight", "role": "linear.a", "shape": ["linear_value_heads", "hidden"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.conv1d.weight", "role": "linear.conv", "shape": ["2 * keys + linear_values", 1, "linear_kernel"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.A_log", "role": "linear.decay", "shape": ["linear_value_heads"], "when": "is_linear", "dtype": "F32" },
          { "name": "model.language_model.layers.{layer}.linear_attn.dt_bias", "role": "linear.dt", "shape": ["linear_value_heads"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.linear_attn.norm.weight", "role": "norm.linear", "shape": ["linear_value"], "when": "is_linear", "dtype": "F32" },
          { "name": "model.language_model.layers.{layer}.linear_attn.out_proj.weight", "role": "attn.o", "shape": ["hidden", "linear_values"], "when": "is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["2 * heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"], "when": "not is_linear" },
          { "name": "model.language_model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.language_model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.language_model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"], "when": "not is_moe" },
          { "name": "model.language_model.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "when": "is_moe" },
          { "name": "model.language_model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "when": "is_moe",
            "stacked": { "name": "model.language_model.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden", "encodings": ["plain"] } },
          { "name": "model.language_model.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "when": "is_moe",
            "stacked": { "name": "model.language_model.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden", "first": "moe_hidden", "encodings": ["plain"] } },
          { "name": "model.language_model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "when": "is_moe",
            "stacked": { "name": "model.language_model.layers.{layer}.mlp.experts.down_proj", "rows": "hidden", "encodings": ["plain"] } },
          { "name": "model.language_model.layers.{layer}.mlp.shared_expert.gate_proj.weight", "role": "shared.gate", "shape": ["shared_hidden", "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.language_model.layers.{layer}.mlp.shared_expert.up_proj.weight", "role": "shared.up", "shape": ["shared_hidden", "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.language_model.layers.{layer}.mlp.shared_expert.down_proj.weight", "role": "shared.down", "shape": ["hidden", "shared_hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.language_model.layers.{layer}.mlp.shared_expert_gate.weight", "role": "router.shared", "shape": [1, "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.language_model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" },
          { "name": "mtp.fc.weight", "role": "mtp.proj", "shape": ["hidden", "2 * hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.pre_fc_norm_embedding.weight", "role": "mtp.norm_embed", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.pre_fc_norm_hidden.weight", "role": "mtp.norm_hidden", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.norm.weight", "role": "mtp.norm", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["2 * heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"], "groups": ["mtp"], "when": "not is_moe" },
          { "name": "mtp.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"], "groups": ["mtp"], "when": "not is_moe" },
          { "name": "mtp.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"], "groups": ["mtp"], "when": "not is_moe" },
          { "name": "mtp.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "groups": ["mtp"], "when": "is_moe" },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "groups": ["mtp"], "when": "is_moe",
            "stacked": { "name": "mtp.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden" } },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "groups": ["mtp"], "when": "is_moe",
            "stacked": { "name": "mtp.layers.{layer}.mlp.experts.gate_up_proj", "rows": "2 * moe_hidden", "first": "moe_hidden" } },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "groups": ["mtp"], "when": "is_moe",
            "stacked": { "name": "mtp.layers.{layer}.mlp.experts.down_proj", "rows": "hidden" } },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.gate_proj.weight", "role": "shared.gate", "shape": ["shared_hidden", "hidden"], "groups": ["mtp"], "when": "is_moe and shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.up_proj.weight", "role": "shared.up", "shape": ["shared_hidden", "hidden"], "groups": ["mtp"], "when": "is_moe and shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.down_proj.weight", "role": "shared.down", "shape": ["hidden", "shared_hidden"], "groups": ["mtp"], "when": "is_moe and shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert_gate.weight", "role": "router.shared", "shape": [1, "hidden"], "groups": ["mtp"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.visual.patch_embed.proj.weight", "role": "vision.patch", "shape": ["vision_hidden", "vision_config.in_channels", "vision_config.temporal_patch_size", "patch", "patch"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.patch_embed.proj.bias", "role": "vision.patch_bias", "shape": ["vision_hidden"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.pos_embed.weight", "role": "vision.position", "shape": ["vision_config.num_position_embeddings", "vision_hidden"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.blocks.{layer}.norm1.weight", "role": "vision.norm_attn", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.norm1.bias", "role": "vision.norm_attn_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.norm2.weight", "role": "vision.norm_mlp", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.norm2.bias", "role": "vision.norm_mlp_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.attn.qkv.weight", "role": "vision.qkv", "shape": ["3 * vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.attn.qkv.bias", "role": "vision.qkv_bias", "shape": ["3 * vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.attn.proj.weight", "role": "vision.o", "shape": ["vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.attn.proj.bias", "role": "vision.o_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.mlp.linear_fc1.weight", "role": "vision.up", "shape": ["vision_inner", "vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.mlp.linear_fc1.bias", "role": "vision.up_bias", "shape": ["vision_inner"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.mlp.linear_fc2.weight", "role": "vision.down", "shape": ["vision_hidden", "vision_inner"], "groups": ["vision"] },
          { "name": "model.visual.blocks.{layer}.mlp.linear_fc2.bias", "role": "vision.down_bias", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "model.visual.merger.norm.weight", "role": "vision.proj_norm", "shape": ["vision_hidden"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.merger.norm.bias", "role": "vision.proj_norm_bias", "shape": ["vision_hidden"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.merger.linear_fc1.weight", "role": "vision.proj_up", "shape": ["vision_merged", "vision_merged"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.merger.linear_fc1.bias", "role": "vision.proj_up_bias", "shape": ["vision_merged"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.merger.linear_fc2.weight", "role": "vision.proj_down", "shape": ["vision_config.out_hidden_size", "vision_merged"], "groups": ["vision"], "when": "vision_config != null" },
          { "name": "model.visual.merger.linear_fc2.bias", "role": "vision.proj_down_bias", "shape": ["vision_config.out_hidden_size"], "groups": ["vision"], "when": "vision_config != null" }
        ],
        "listed_roles": ["linear.a", "linear.b", "vision.qkv", "vision.o", "vision.up", "vision.down", "vision.proj_up", "vision.proj_down"],
        "fp8_roles": ["attn.*", "mlp.*", "moe.*", "shared.*"],
        "fp8_scale": "BF16",
        "forward": {
          "attention": "if(is_linear, 'delta-net', 'gqa')",
          "attention_gated": "attn_output_gate ?? true",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "linear_key_heads": "linear_key_heads",
          "linear_value_heads": "linear_value_heads",
          "linear_key": "linear_key",
          "linear_value": "linear_value",
          "linear_kernel": "linear_kernel",
          "norm_eps": "rms_norm_eps",
          "norm_offset": "1",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "rope_dims": "head * (rope_scaling.partial_rotary_factor | rope_parameters.partial_rotary_factor | partial_rotary_factor ?? 0.25)",
          "router": "'softmax'",
          "router_renormalises": "true",
          "experts_per_token": "experts_per_token",
          "vision_heads": "vision_config.num_heads",
          "vision_norm_eps": "1e-6",
          "vision_proj_norm_eps": "1e-6",
          "vision_positions": "'bilinear'",
          "vision_rope_pairing": "'half-split'",
          "vision_rope_theta": "10000.0",
          "vision_merge": "vision_config.spatial_merge_size",
          "vision_frames": "'apart'",
          "vision_activation": "vision_config.hidden_act ?? 'gelu_pytorch_tanh'",
          "rope_sections": "rope_parameters.mrope_section",
          "rope_sections_interleaved": "rope_parameters.mrope_interleaved"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 32768,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of Qwen3.5-27B, 35B-A3B, 122B-A10B and 397B-A17B",
          "GGUF map of Qwen3.5-397B-A17B: 396,346,350,336 elements of the text model",
          "BF16 repositories have all experts of a layer in one tensor, FP8 ones have one for each; of MTP layers it is one for each in 3.5 and all in one in 3.6",
          "transformers 5.23.0, models/qwen3_5_moe/modeling_qwen3_5_moe.py: weights of the chosen experts are always renormalised; for text all axes of the rotation have the same position"
        ]
      }
      """#
    ),
    (
      "families/qwen3_moe.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "qwen3_moe",
        "title": "Qwen3 MoE, Qwen3-Coder",
        "model_types": ["qwen3_moe"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? (hidden / heads)",
          "dense_hidden": "intermediate_size",
          "moe_hidden": "moe_intermediate_size ?? 0",
          "experts": "num_experts | num_local_experts ?? 0",
          "experts_per_token": "num_experts_per_tok",
          "experts_shared": "0",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "biased": "attention_bias ?? false",
          "is_moe": "experts > 0 and not (layer in mlp_only_layers) and (layer + 1) % (decoder_sparse_step ?? 1) == 0"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.bias", "role": "bias.q", "shape": ["heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.bias", "role": "bias.k", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.bias", "role": "bias.v", "shape": ["kv_heads * head"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.bias", "role": "bias.o", "shape": ["hidden"], "when": "biased" },
          { "name": "model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"] },
          { "name": "model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },

          { "name": "model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "when": "is_moe" },

          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" }
        ],
        "listed_roles": ["router"],
        "fp8_roles": ["attn.*", "mlp.*", "moe.*"],
        "fp8_scale": "BF16",
        "forward": {
          "attention": "'gqa'",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "window": "if(use_sliding_window ?? false, sliding_window ?? 0, 0)",
          "norm_eps": "rms_norm_eps",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "router": "'softmax'",
          "router_renormalises": "norm_topk_prob",
          "experts_per_token": "experts_per_token"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 32768,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "norm_topk_prob": false,
          "num_experts_per_tok": 8,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of Qwen3-30B-A3B-FP8 lists mlp.gate: vLLM and SGLang build the router as a linear layer under the quantization config",
          "config.json of Qwen3-30B-A3B, Qwen3-235B-A22B and Qwen3-Coder-480B-A35B; intermediate_size is unused where all layers have experts",
          "transformers 5.23.0, models/qwen3_moe/modeling_qwen3_moe.py"
        ]
      }
      """#
    ),
    (
      "families/qwen3_next.json",
      #"""
      {
        "schema": "ckpt.family/1",
        "name": "qwen3_next",
        "title": "Qwen3-Next",
        "model_types": ["qwen3_next"],
        "values": {
          "hidden": "hidden_size",
          "vocab": "vocab_size",
          "layers": "num_hidden_layers",
          "heads": "num_attention_heads",
          "kv_heads": "num_key_value_heads ?? heads",
          "head": "head_dim ?? 256",
          "linear_key_heads": "linear_num_key_heads",
          "linear_value_heads": "linear_num_value_heads",
          "linear_key": "linear_key_head_dim",
          "linear_value": "linear_value_head_dim",
          "linear_kernel": "linear_conv_kernel_dim ?? 4",
          "keys": "linear_key_heads * linear_key",
          "linear_values": "linear_value_heads * linear_value",
          "dense_hidden": "intermediate_size ?? 0",
          "moe_hidden": "moe_intermediate_size ?? 0",
          "shared_hidden": "shared_expert_intermediate_size ?? 0",
          "experts": "num_experts ?? 0",
          "experts_per_token": "num_experts_per_tok",
          "experts_shared": "if(shared_hidden > 0, 1, 0)",
          "mtp_layers": "mtp_num_hidden_layers ?? 1",
          "context": "max_position_embeddings",
          "tied": "tie_word_embeddings ?? false",
          "is_linear": "if(layer_types == null, (layer + 1) % (full_attention_interval ?? 4) != 0, layer_types[layer] == 'linear_attention')",
          "is_moe": "experts > 0 and not (layer in mlp_only_layers) and (layer + 1) % (decoder_sparse_step ?? 1) == 0"
        },
        "layers": {
          "text": ["0", "layers"],
          "mtp": ["0", "mtp_layers"]
        },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },
          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.linear_attn.in_proj_qkvz.weight", "role": "attn.qkvz", "shape": ["2 * keys + 2 * linear_values", "hidden"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.in_proj_ba.weight", "role": "linear.ba", "shape": ["2 * linear_value_heads", "hidden"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.conv1d.weight", "role": "linear.conv", "shape": ["2 * keys + linear_values", 1, "linear_kernel"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.A_log", "role": "linear.decay", "shape": ["linear_value_heads"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.dt_bias", "role": "linear.dt", "shape": ["linear_value_heads"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.norm.weight", "role": "norm.linear", "shape": ["linear_value"], "when": "is_linear" },
          { "name": "model.layers.{layer}.linear_attn.out_proj.weight", "role": "attn.o", "shape": ["hidden", "linear_values"], "when": "is_linear" },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["2 * heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"], "when": "not is_linear" },
          { "name": "model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"], "when": "not is_moe" },
          { "name": "model.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "when": "is_moe" },
          { "name": "model.layers.{layer}.mlp.shared_expert.gate_proj.weight", "role": "shared.gate", "shape": ["shared_hidden", "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.layers.{layer}.mlp.shared_expert.up_proj.weight", "role": "shared.up", "shape": ["shared_hidden", "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.layers.{layer}.mlp.shared_expert.down_proj.weight", "role": "shared.down", "shape": ["hidden", "shared_hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.layers.{layer}.mlp.shared_expert_gate.weight", "role": "router.shared", "shape": [1, "hidden"], "when": "is_moe and shared_hidden > 0" },
          { "name": "model.norm.weight", "role": "norm.final", "shape": ["hidden"] },
          { "name": "lm_head.weight", "role": "head", "shape": ["vocab", "hidden"], "optional": "tied" },
          { "name": "mtp.fc.weight", "role": "mtp.proj", "shape": ["hidden", "2 * hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.pre_fc_norm_embedding.weight", "role": "mtp.norm_embed", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.pre_fc_norm_hidden.weight", "role": "mtp.norm_hidden", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.norm.weight", "role": "mtp.norm", "shape": ["hidden"], "groups": ["mtp"], "when": "mtp_layers > 0" },
          { "name": "mtp.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["2 * heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.gate.weight", "role": "router", "shape": ["experts", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.gate_proj.weight", "role": "moe.gate", "shape": ["moe_hidden", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.up_proj.weight", "role": "moe.up", "shape": ["moe_hidden", "hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.experts.{expert}.down_proj.weight", "role": "moe.down", "shape": ["hidden", "moe_hidden"], "groups": ["mtp"] },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.gate_proj.weight", "role": "shared.gate", "shape": ["shared_hidden", "hidden"], "groups": ["mtp"], "when": "shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.up_proj.weight", "role": "shared.up", "shape": ["shared_hidden", "hidden"], "groups": ["mtp"], "when": "shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert.down_proj.weight", "role": "shared.down", "shape": ["hidden", "shared_hidden"], "groups": ["mtp"], "when": "shared_hidden > 0" },
          { "name": "mtp.layers.{layer}.mlp.shared_expert_gate.weight", "role": "router.shared", "shape": [1, "hidden"], "groups": ["mtp"], "when": "shared_hidden > 0" }
        ],
        "listed_roles": ["linear.ba"],
        "fp8_roles": ["attn.*", "mlp.*", "moe.*", "shared.*"],
        "fp8_scale": "BF16",
        "forward": {
          "attention": "if(is_linear, 'delta-net', 'gqa')",
          "attention_gated": "true",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "linear_key_heads": "linear_key_heads",
          "linear_value_heads": "linear_value_heads",
          "linear_key": "linear_key",
          "linear_value": "linear_value",
          "linear_kernel": "linear_kernel",
          "norm_eps": "rms_norm_eps",
          "norm_offset": "1",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_scaling.rope_theta | rope_parameters.rope_theta | rope_theta",
          "rope_dims": "head * (rope_scaling.partial_rotary_factor | rope_parameters.partial_rotary_factor | partial_rotary_factor ?? 0.25)",
          "router": "'softmax'",
          "router_renormalises": "norm_topk_prob",
          "experts_per_token": "experts_per_token"
        },
        "defaults": {
          "rms_norm_eps": 1e-6,
          "max_position_embeddings": 32768,
          "rope_theta | rope_parameters.rope_theta | rope_scaling.rope_theta": 10000.0,
          "norm_topk_prob": true,
          "num_experts_per_tok": 10,
          "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings": {
            "expression": "original_max_position_embeddings ?? max_position_embeddings",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3'"
          },
          "rope_parameters.factor | rope_scaling.factor": {
            "expression": "max_position_embeddings / (rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings)",
            "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'"
          }
        },
        "sources": [
          "config.json of Qwen3-Next-80B-A3B-Instruct: no key speaks of the MTP layer that is stored",
          "transformers 5.23.0, models/qwen3_next/modeling_qwen3_next.py: norms but linear_attn.norm are stored around 0"
        ]
      }
      """#
    ),
  ]
}
