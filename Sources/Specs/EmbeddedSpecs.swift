// Made by Tools/embed-specs.sh out of Specs/. Change the JSON there and run `make specs`.

/// The families, presets and recipes of this build as JSON text, embedded so that the binary stands alone.
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
          "experts_per_token": "num_experts_per_tok ?? 0",
          "experts_shared": "n_shared_experts ?? 0",
          "mtp_layers": "num_nextn_predict_layers ?? 0",
          "context": "max_position_embeddings ?? 0",
          "tied": "tie_word_embeddings ?? false",
          "is_moe": "experts > 0 and layer >= (first_k_dense_replace ?? 0) and layer % (moe_layer_freq ?? 1) == 0"
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
          "norm_eps": "rms_norm_eps ?? 1e-6",
          "latent_norm_eps": "1e-6",
          "rope_pairing": "'interleaved'",
          "rope_theta": "rope_theta | rope_parameters.rope_theta ?? 10000.0",
          "router": "scoring_func ?? 'sigmoid'",
          "router_groups": "n_group ?? 1",
          "router_groups_kept": "topk_group ?? 1",
          "router_renormalises": "norm_topk_prob ?? true",
          "router_scale": "routed_scaling_factor ?? 1.0",
          "experts_per_token": "experts_per_token"
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
          { "name": "vision_tower.patch_embed.proj.weight", "role": "vision", "shape": ["vision_hidden", 3, "patch", "patch"], "groups": ["vision"] },
          { "name": "vision_tower.patch_embed.proj.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.patch_embed.pos_emb.weight", "role": "vision", "shape": ["vision_config.init_pos_emb_height", "vision_config.init_pos_emb_width", "vision_hidden"], "groups": ["vision"] },

          { "name": "vision_tower.encoder.blocks.{layer}.norm0.weight", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm0.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm1.weight", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.norm1.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wqkv.weight", "role": "vision", "shape": ["3 * vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wqkv.bias", "role": "vision", "shape": ["3 * vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wo.weight", "role": "vision", "shape": ["vision_hidden", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.wo.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc0.weight", "role": "vision", "shape": ["vision_inner", "vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc0.bias", "role": "vision", "shape": ["vision_inner"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc1.weight", "role": "vision", "shape": ["vision_hidden", "vision_inner"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.blocks.{layer}.mlp.fc1.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },

          { "name": "vision_tower.encoder.final_layernorm.weight", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "vision_tower.encoder.final_layernorm.bias", "role": "vision", "shape": ["vision_hidden"], "groups": ["vision"] },
          { "name": "mm_projector.pre_norm.weight", "role": "vision.proj", "shape": ["vision_config.mm_hidden_size"], "groups": ["vision"] },
          { "name": "mm_projector.pre_norm.bias", "role": "vision.proj", "shape": ["vision_config.mm_hidden_size"], "groups": ["vision"] },
          { "name": "mm_projector.proj.0.weight", "role": "vision.proj", "shape": ["vision_merged", "vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.0.bias", "role": "vision.proj", "shape": ["vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.2.weight", "role": "vision.proj", "shape": ["vision_config.text_hidden_size", "vision_merged"], "groups": ["vision"] },
          { "name": "mm_projector.proj.2.bias", "role": "vision.proj", "shape": ["vision_config.text_hidden_size"], "groups": ["vision"] }
        ],
        "sources": [
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
          "context": "max_position_embeddings ?? 0",
          "tied": "tie_word_embeddings ?? false"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
          { "name": "model.layers.{layer}.post_attention_layernorm.weight", "role": "norm.mlp", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.mlp.gate_proj.weight", "role": "mlp.gate", "shape": ["dense_hidden", "hidden"] },
          { "name": "model.layers.{layer}.mlp.up_proj.weight", "role": "mlp.up", "shape": ["dense_hidden", "hidden"] },
          { "name": "model.layers.{layer}.mlp.down_proj.weight", "role": "mlp.down", "shape": ["hidden", "dense_hidden"] },

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
          "norm_eps": "rms_norm_eps ?? 1e-6",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_theta | rope_parameters.rope_theta ?? 10000.0"
        },
        "sources": [
          "config.json of Llama-3.3-70B-Instruct",
          "transformers 5.23.0, models/llama/modeling_llama.py"
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
        "values": { "head": "head_dim ?? 128" },
        "tensors": [
          { "name": "model.layers.{layer}.self_attn.q_norm.weight", "role": "norm.q", "shape": ["head"] },
          { "name": "model.layers.{layer}.self_attn.k_norm.weight", "role": "norm.k", "shape": ["head"] }
        ],
        "fp8_scale": "BF16",
        "sources": [
          "config.json of Qwen3-0.6B to Qwen3-32B; Qwen3-0.6B stores lm_head although it is tied",
          "transformers 5.23.0, models/qwen3/modeling_qwen3.py: norm of each head's queries and keys before the rotation"
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
          "experts": "num_experts ?? 0",
          "experts_per_token": "num_experts_per_tok ?? 0",
          "experts_shared": "0",
          "context": "max_position_embeddings ?? 0",
          "tied": "tie_word_embeddings ?? false",
          "is_moe": "experts > 0 and not (layer in mlp_only_layers) and (layer + 1) % (decoder_sparse_step ?? 1) == 0"
        },
        "layers": { "text": ["0", "layers"] },
        "tensors": [
          { "name": "model.embed_tokens.weight", "role": "embed", "shape": ["vocab", "hidden"] },

          { "name": "model.layers.{layer}.input_layernorm.weight", "role": "norm.attn", "shape": ["hidden"] },
          { "name": "model.layers.{layer}.self_attn.q_proj.weight", "role": "attn.q", "shape": ["heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.k_proj.weight", "role": "attn.k", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.v_proj.weight", "role": "attn.v", "shape": ["kv_heads * head", "hidden"] },
          { "name": "model.layers.{layer}.self_attn.o_proj.weight", "role": "attn.o", "shape": ["hidden", "heads * head"] },
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
        "fp8_roles": ["attn.*", "mlp.*", "moe.*"],
        "fp8_scale": "BF16",
        "forward": {
          "attention": "'gqa'",
          "heads": "heads",
          "kv_heads": "kv_heads",
          "head": "head",
          "norm_eps": "rms_norm_eps ?? 1e-6",
          "rope_pairing": "'half-split'",
          "rope_theta": "rope_theta | rope_parameters.rope_theta ?? 10000.0",
          "router": "'softmax'",
          "router_renormalises": "norm_topk_prob ?? false",
          "experts_per_token": "experts_per_token"
        },
        "sources": [
          "config.json of Qwen3-30B-A3B, Qwen3-235B-A22B and Qwen3-Coder-480B-A35B; intermediate_size is unused where all layers have experts",
          "transformers 5.23.0, models/qwen3_moe/modeling_qwen3_moe.py"
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
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" }
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
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "f16" }
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
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "f32" }
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
  ]
}
