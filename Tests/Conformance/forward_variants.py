"""Configs for forward.py that ask for what no published checkpoint of the fixtures' families does."""
import families

yarn = lambda **k: dict(rope_type="yarn", factor=8.0, original_max_position_embeddings=1024, **k)

VARIANTS = {  # name -> (family, quant, changes to its config)
    "llama-linear": ("llama", "none", dict(rope_scaling=dict(type="linear", factor=4.0))),
    "llama-default": ("llama", "none", dict(rope_scaling=dict(rope_type="default"), rope_theta=10000.0)),
    "llama-yarn": ("llama", "none", dict(rope_scaling=yarn())),
    "llama-yarn-untruncated": ("llama", "none", dict(rope_scaling=yarn(truncate=False, beta_fast=16, beta_slow=2))),
    "llama-yarn-attention-factor": ("llama", "none", dict(rope_scaling=yarn(attention_factor=1.3))),
    "llama-head-dim": ("llama", "none", dict(head_dim=96, num_key_value_heads=4)),
    "llama-one-key-head": ("llama", "none", dict(num_key_value_heads=1)),
    "qwen3-yarn": ("qwen3", "fp8-block", dict(rope_scaling=yarn())),
    "qwen3_moe-unnormalised": ("qwen3_moe", "fp8-block", dict(norm_topk_prob=False)),
    "qwen3_moe-dense-layer": ("qwen3_moe", "none", dict(mlp_only_layers=[0])),
    "qwen3_moe-sparse-step": ("qwen3_moe", "none", dict(decoder_sparse_step=2, num_experts_per_tok=4)),
    "deepseek_v3-plain-query": ("deepseek_v3", "fp8-block", dict(q_lora_rank=None)),
    "deepseek_v3-no-scaling": ("deepseek_v3", "none", dict(rope_scaling=None)),
    "deepseek_v3-mscale": ("deepseek_v3", "none", dict(rope_scaling=dict(families.yarn(40, 32), mscale=0.8, mscale_all_dim=0.5))),
    "deepseek_v3-unnormalised": ("deepseek_v3", "none", dict(norm_topk_prob=False, routed_scaling_factor=1.5)),
    "deepseek_v3-two-shared": ("deepseek_v3", "none", dict(n_shared_experts=2, first_k_dense_replace=0)),
    "deepseek_v3-one-group-kept": ("deepseek_v3", "none", dict(n_group=4, topk_group=1, num_experts_per_tok=3)),
}
