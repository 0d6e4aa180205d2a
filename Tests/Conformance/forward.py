"""`ckpt forward` against transformers: every storage of the families that it runs, and configs that ask for more than
the published ones do. `forward_checks.py` has the bounds.

    forward.py [--seeds 2,3] [FAMILY ...]
"""
# seconds: 34
import argparse, shutil

from harness import Fixture, checks, ckpt, fixture, new_folder, np, remove

import families  # after the harness, which says where it is
from forward_checks import distance, judge, judge_converted, judge_vision, run

# Every storage of every family of the oracle that ckpt knows.
KNOWN = {t for family in ckpt("families").summary["families"] for t in family["model_types"]}
PUBLISHED = {name: entry["quants"] for name, entry in families.FAMILIES.items() if entry["config"]()["model_type"] in KNOWN}


def yarn(**more):
    return dict(rope_type="yarn", factor=8.0, original_max_position_embeddings=1024, **more)


def mscale(scale, all_dimensions):
    return dict(families.yarn(40, 32), mscale=scale, mscale_all_dim=all_dimensions)


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
    "deepseek_v3-mscale": ("deepseek_v3", "none", dict(rope_scaling=mscale(0.8, 0.5))),
    "deepseek_v3-unnormalised": ("deepseek_v3", "none", dict(norm_topk_prob=False, routed_scaling_factor=1.5)),
    "deepseek_v3-two-shared": ("deepseek_v3", "none", dict(n_shared_experts=2, first_k_dense_replace=0)),
    "deepseek_v32-few-keys": ("deepseek_v32", "none", dict(index_topk=5, index_n_heads=8, num_hidden_layers=3)),
    "deepseek_v32-all-keys": ("deepseek_v32", "none", dict(index_topk=64)),
    "deepseek_v32-no-scaling": ("deepseek_v32", "none", dict(rope_scaling=None)),
    "glm5-theta": ("glm5", "none", dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "glm5-pattern": ("glm5", "none", dict(num_hidden_layers=4, index_topk_freq=2, index_skip_topk_offset=1)),
    "glm5-no-dense-layer": ("glm5", "fp8-block", dict(first_k_dense_replace=0)),
    "minimax_m2-whole-head": ("minimax_m2", "none", dict(rotary_dim=64, num_experts_per_tok=3)),
    "deepseek_v3-one-group": ("deepseek_v3", "none", dict(n_group=4, topk_group=1, num_experts_per_tok=3)),
}


def add_variants():
    for name, (family, _, changes) in VARIANTS.items():
        entry = dict(families.FAMILIES[family])
        entry["config"] = lambda base=entry["config"], changes=changes: {**base(), **changes}
        families.FAMILIES[name] = entry


def judge_saved_config(source):
    """The config.json that transformers writes for a model that it has loaded has other keys than the published one."""
    family, out = source.meta["family"], new_folder("saved")
    out.mkdir()
    for file in source.path.glob("model*"):
        shutil.copy(file, out)
    saved = families.hf_config(families.FAMILIES[family], source.config)
    saved.architectures = source.config["architectures"]
    saved.save_pretrained(out)
    run(Fixture(out), "--tokens", source.golden / "golden_input_ids.npy", "--logits", out / "logits.npy")
    checks.at_most(distance(np.load(out / "logits.npy"), source.array("logits")), 1e-3, f"{family}: logits with the config of transformers")
    remove(out)


def judge_inputs():
    source, out = fixture("qwen3_moe", "fp8-block"), new_folder()
    out.mkdir()
    ids = source.array("input_ids")
    both = np.stack([ids, ids[::-1]])
    np.save(out / "both.npy", both.astype(np.int32))
    (out / "ids.txt").write_text(" ".join(map(str, ids)))
    run(source, "--tokens", out / "both.npy", "--logits", out / "both-logits.npy")
    run(source, "--tokens", out / "ids.txt", "--logits", out / "one.npy")
    pair, one = np.load(out / "both-logits.npy"), np.load(out / "one.npy")
    checks.equal(pair.shape, (2, *one.shape), "logits of [B, T] are [B, T, vocab]")
    checks.at_most(distance(pair[0], one), 1e-4, "a sequence in a batch gives what it gives alone")
    drawn = [run(source, "--random", 9, "--seed", seed).summary["logits_sha256"] for seed in (1, 1, 2)]
    checks.true(drawn[0] == drawn[1] != drawn[2], "--seed decides what --random draws")
    np.save(out / "floats.npy", ids.astype(np.float32))
    np.save(out / "cube.npy", ids.reshape(2, 3, 4))
    np.save(out / "high.npy", ids + source.config["vocab_size"])
    np.save(out / "empty.npy", ids[:0])
    np.save(out / "three.npy", ids[:3])
    tokens = source.golden / "golden_input_ids.npy"
    for code, options in [
            ("source.malformed", ["--tokens", out / "floats.npy"]), ("forward.input", ["--tokens", out / "cube.npy"]),
            ("forward.input", ["--tokens", out / "high.npy"]), ("forward.input", ["--tokens", out / "empty.npy"]),
            ("forward.input", ["--tokens", tokens, "--positions", out / "three.npy"]),
            ("io.not-found", ["--tokens", out / "nothing.npy"]), ("plan.memory", ["--tokens", tokens, "--memory", "1MiB"])]:
        result = ckpt("forward", source.path, *options, expect=2)
        checks.equal(result.json["error"]["code"], code, f"the error of {options[-1]}")
    for options in ([], ["--tokens", tokens, "--random", 3], ["--tokens", tokens, "--seed", 1], ["--random", 0]):
        ckpt("forward", source.path, *options, json_output=False, expect=64)
    remove(out)


add_variants()
parser = argparse.ArgumentParser()
parser.add_argument("families", nargs="*")
parser.add_argument("--seeds", default="0,1", help="of the fixtures")
options = parser.parse_args()
only, seeds = options.families, [int(seed) for seed in options.seeds.split(",")]
for family, quants in PUBLISHED.items():
    for quant in quants if not only or family in only else []:
        for seed in seeds:
            label = f"{family} {quant} seed {seed}"
            if not checks.selected(label):
                continue
            with checks.case(label):
                judge(label, fixture(family, quant, seed))
                if families.FAMILIES[family].get("vision"):
                    judge_vision(label, fixture(family, quant, seed))
                if quant != "none":
                    judge_converted(label, fixture(family, quant, seed))
for name, (family, quant, _) in VARIANTS.items():
    if only and family not in only or not checks.selected(name):
        continue
    with checks.case(name):
        judge(name, fixture(name, quant))
for family in PUBLISHED:
    # transformers' Kimi K2.5 has names of its own for the keys of the vision tower, and Kimi K2 is DeepSeek-V3 to it.
    label = f"{family}: config of transformers"
    if family != "kimi_k25" and (not only or family in only) and checks.selected(label):
        with checks.case(label):
            judge_saved_config(fixture(family, "none", seeds[0]))
if checks.selected("inputs"):
    with checks.case("inputs"):
        judge_inputs()
checks.end()
