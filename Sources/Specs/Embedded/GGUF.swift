// Made by Tools/embed-specs.sh out of Specs/gguf. Change the JSON there and run `make specs`.

extension EmbeddedSpecs {
  static let gguf: [Document] = [
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
  ]
}
