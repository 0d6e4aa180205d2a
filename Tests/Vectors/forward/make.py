"""Writes the vectors of this folder with transformers, through the oracle of Tests/Conformance.

    python make.py [FAMILY-QUANT ...]

Small enough for a repository; golden.json names the versions of torch and transformers that made the goldens. Beside them stand
`golden_logits_M.npy` and `golden_logits_stride_M.npy`: what transformers gives with a mistake M of the oracle's `mutations.py`.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Conformance" / "oracle"))
import families
import make_tiny
import mutations
import numpy as np
import torch

TOKENS = 12
MISTAKES = {  # those that no edit of a spec or a config makes
    "kimi_k25-int4": {"biased-weights": mutations.biased_weights, "yarn-ignored": mutations.cfg_rope(rope_type="default"),
                      "yarn-factor-32": mutations.cfg_rope(factor=32.0)},
    "deepseek_v3-fp8-block": {"biased-weights": mutations.biased_weights, "yarn-ignored": mutations.cfg_rope(rope_type="default")},
    "minimax_m2-fp8-block": {"norm-per-head": mutations.per_head_norm},
    "gpt_oss-mxfp4": {"up-without-one": mutations.up_plus0},
    "qwen3_next-fp8-block": {"linear-norm-plus-one": mutations.gdn_norm_plus1, "gates-behind": mutations.gate_split_global, "qkvz-flat": mutations.qkvz_flat,
                             "no-length": mutations.no_l2}}


def write_mistakes(out):
    """Logits of transformers with each mistake."""
    from transformers.models.qwen3_next import modeling_qwen3_next as qwen3_next
    ids = torch.from_numpy(np.load(out / "golden_input_ids.npy"))[None]
    far = torch.arange(ids.shape[1])[None] * families.STRIDE
    for name, mistake in MISTAKES.get(out.name, {}).items():
        _, entry, config, weights = mutations.load(str(out))
        model, _ = families.load(entry, config, weights)
        length = qwen3_next.l2norm
        with torch.no_grad():
            mistake(model)
            near = model(input_ids=ids, use_cache=False).logits[0]
            stride = model(input_ids=ids, position_ids=far, attention_mask=torch.ones_like(ids), use_cache=False).logits[0]
        qwen3_next.l2norm = length
        np.save(out / f"golden_logits_{name}.npy", near.numpy())
        np.save(out / f"golden_logits_stride_{name}.npy", stride.numpy())


COMMON = dict(hidden_size=64, vocab_size=96, bos_token_id=80, eos_token_id=81)
LATENT = dict(
    intermediate_size=48, moe_intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
    n_routed_experts=8, n_group=4, topk_group=2, num_experts_per_tok=3, q_lora_rank=24, kv_lora_rank=16,
    qk_nope_head_dim=16, qk_rope_head_dim=16, v_head_dim=16, num_nextn_predict_layers=0)
GROUPED = dict(
    intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8)
HYBRID = dict(
    full_attention_interval=2, linear_key_head_dim=8, linear_value_head_dim=8, linear_num_key_heads=2, linear_num_value_heads=4,
    shared_expert_intermediate_size=16)
EXPERTS = dict(moe_intermediate_size=16, num_experts=6, num_experts_per_tok=2, mlp_only_layers=[0])

for family, quant, changes in [
        ("deepseek_v3", "fp8-block", LATENT),
        ("llama_tied", "none", GROUPED),
        ("qwen3_moe", "fp8-block", dict(GROUPED, **EXPERTS)),
        ("minimax_m2", "fp8-block", dict(GROUPED, intermediate_size=16, num_local_experts=6, rotary_dim=4)),
        ("deepseek_v32", "fp8-ue8m0", dict(LATENT, index_head_dim=16, index_n_heads=4, index_topk=5)),
        ("glm52", "none", dict(LATENT, n_group=1, topk_group=1, num_hidden_layers=3, mlp_layer_types=["dense", "sparse", "sparse"],
                               index_head_dim=16, index_n_heads=4, index_topk=5, indexer_types=["full", "shared", "full"])),
        ("gpt_oss", "none", dict(GROUPED, intermediate_size=16, num_local_experts=4, num_experts_per_tok=2, sliding_window=5, pad_token_id=95)),
        ("gpt_oss", "mxfp4", dict(GROUPED, intermediate_size=32, num_local_experts=4, num_experts_per_tok=2, sliding_window=5, pad_token_id=95)),
        ("kimi_k25", "int4", dict(LATENT, n_group=1, topk_group=1, moe_intermediate_size=32, hidden_size=64)),
        ("qwen3_next", "fp8-block", dict(GROUPED, **HYBRID, moe_intermediate_size=16, num_experts=4)),
        ("qwen35_moe", "none", dict(
            GROUPED, **HYBRID, moe_intermediate_size=16, num_experts=4, mtp_num_hidden_layers=0,
            layer_types=["linear_attention", "full_attention"],
            rope_parameters=dict(rope_type="default", rope_theta=10000000, partial_rotary_factor=0.5, mrope_interleaved=True,
                                 mrope_section=[1, 1, 0]))),
]:
    out = HERE / f"{family}-{quant}"
    if sys.argv[1:] and out.name not in sys.argv[1:]:
        continue
    entry = families.FAMILIES[family]

    def config(base=entry["config"], changes=changes):
        config = base()
        changes = {**COMMON, **changes}
        if "text_config" not in config:
            return {**config, **changes}
        if family == "kimi_k25":
            return {**config, **{k: v for k, v in COMMON.items() if k.endswith("id")}, "pad_token_id": 95, "media_placeholder_token_id": 90,
                    "text_config": {**config["text_config"], **changes},
                    "vision_config": {**config["vision_config"], "vt_num_hidden_layers": 1, "vt_hidden_size": 16, "vt_intermediate_size": 16,
                                      "vt_num_attention_heads": 2, "mm_hidden_size": 16, "text_hidden_size": COMMON["hidden_size"]}}
        vision = {**config["vision_config"], "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "patch_size": 4,
                  "num_position_embeddings": 16, "out_hidden_size": COMMON["hidden_size"]}
        return {**config, "text_config": {**config["text_config"], **changes}, "vision_config": vision}
    entry["config"] = config
    make_tiny.build(family, quant, 0, str(out), shards=2, tokens=TOKENS, tokenizer=False)
    for name in ["golden_embed.npy", "golden_hidden.npy", "golden_logits_bf16.npy", "generation_config.json"]:
        (out / name).unlink(missing_ok=True)
    for path in out.glob("golden_router_*_logits.npy"):
        path.unlink()
    write_mistakes(out)
