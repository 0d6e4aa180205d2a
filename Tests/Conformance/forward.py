"""`ckpt forward` against transformers: every storage of the families that it runs, and configs that ask for more than
the published ones do.

Largest absolute differences that are allowed, from `oracle/README.md`: 1e-3 on logits and hidden states; 4e-3 on logits
at far positions, where the goldens' own float32 angles move them by up to 2.2e-3. Router ids are equal wherever the gap
to the next expert is at least 5e-4.
"""
import sys

from harness import checks, ckpt, fixture, load_in_transformers, logits_of, new_folder, np, remove, tensors

import families  # after the harness, which says where it is

SEEDS = [0, 1]
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


def distance(found, expected):
    return float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")


def run(source, *options):
    return ckpt("forward", source.path, *options, expect=0)


def far_logits(source):
    """transformers at far positions, of keys with equal scores the first: torch leaves it open which of them `topk` gives,
    and an indexer's scores are often exactly 0."""
    import make_tiny, torch
    from expected_tensors import rows_for
    meta = source.meta
    entry = families.FAMILIES[meta["family"]]
    config = entry["config"]()
    _, weights = make_tiny.store(rows_for(config, meta["scheme"]), meta["seed"], entry, config["model_type"], meta["scheme"], meta["scale"], config)
    model, _ = families.load(entry, config, weights)
    ids = torch.from_numpy(source.array("input_ids"))[None]
    positions = torch.arange(ids.shape[1])[None] * meta["golden"]["stride"]
    topk = torch.Tensor.topk

    def first(self, k, dim=-1, sorted=True):
        found = self.sort(dim=dim, descending=True, stable=True)
        return torch.return_types.topk((found.values.narrow(dim, 0, k), found.indices.narrow(dim, 0, k)))
    torch.Tensor.topk = first
    try:
        with torch.no_grad():
            return model(input_ids=ids, position_ids=positions, attention_mask=torch.ones_like(ids), use_cache=False).logits[0].numpy()
    finally:
        torch.Tensor.topk = topk


def judge(label, source):
    out = new_folder()
    out.mkdir()
    tokens, golden = source.golden / "golden_input_ids.npy", source.meta["golden"]
    np.save(out / "positions.npy", np.arange(source.meta["tokens"]) * golden["stride"])
    summary = run(source, "--tokens", tokens, "--logits", out / "a.npy", "--hidden", out / "h", "--routing").summary
    alone = run(source, "--tokens", tokens, "--threads", 1).summary
    run(source, "--tokens", tokens, "--positions", out / "positions.npy", "--logits", out / "b.npy")
    checks.at_most(distance(np.load(out / "a.npy"), source.array("logits")), 1e-3, f"{label}: logits")
    far = distance(np.load(out / "b.npy"), source.array("logits_stride"))
    if golden["indexers"] and far > 4e-3:
        far = distance(np.load(out / "b.npy"), far_logits(source))
    checks.at_most(far, 4e-3, f"{label}: far positions")
    checks.equal(alone["logits_sha256"], summary["logits_sha256"], f"{label}: bits of one thread and of several")
    for layer, expected in enumerate(source.array("hidden")):
        checks.at_most(distance(np.load(out / f"h/layer-{layer:03d}.npy"), expected), 1e-3, f"{label}: layer {layer}")
    checks.equal(len(summary["routing"]), len(golden["routers"]), f"{label}: routers")
    for entry, figures in zip(golden["routers"], summary["routing"]):
        judge_router(f"{label}: router of layer {figures['layer']}", source, entry, figures, out / "h")
    chosen = sorted((out / "h").glob("indexer-*-topk.npy"))
    checks.equal(len(chosen), len(golden["indexers"]), f"{label}: indexers")
    for entry, path in zip(golden["indexers"], chosen):
        if entry["min_gap"] > 1e-5:
            expected = source.array(f"indexer_{entry['file']}_topk")
            found = np.load(path)
            same = (found[:, :expected.shape[1]] == expected).all() and (found[:, expected.shape[1]:] == -1).all()
            checks.true(same, f"{label}: keys of {path.name}")
    remove(out)


def judge_vision(label, source):
    out = new_folder()
    out.mkdir()
    golden = lambda name: source.golden / f"golden_vision_{name}.npy"
    summary = ckpt("forward", source.path, "--pixels", golden("pixels"), "--grid", golden("grid_thw"), "--features", out / "f.npy", expect=0).summary
    alone = ckpt("forward", source.path, "--pixels", golden("pixels"), "--grid", golden("grid_thw"), "--threads", 1, expect=0).summary
    checks.at_most(distance(np.load(out / "f.npy"), source.array("vision_features")), 1e-3, f"{label}: vision features")
    checks.equal(alone["features_sha256"], summary["features_sha256"], f"{label}: bits of one thread and of several")
    grid = np.load(golden("grid_thw"))
    grid[0, 1] += 1
    np.save(out / "grid.npy", grid)
    result = ckpt("forward", source.path, "--pixels", golden("pixels"), "--grid", out / "grid.npy", expect=2)
    checks.equal(result.json["error"]["code"], "forward.input", f"{label}: a grid that does not fit the pixels")
    remove(out)


def judge_router(label, source, entry, figures, folder):
    stem = f"router-{figures['layer']:03d}"
    ids, weights = np.load(folder / f"{stem}-ids.npy"), np.load(folder / f"{stem}-weights.npy")
    same = (ids == source.array(f"router_{entry['file']}_ids")).all(axis=-1)
    if entry["min_gap"] >= 5e-4:
        checks.true(same.all(), f"{label}: ids")
    checks.at_most(distance(weights[same], source.array(f"router_{entry['file']}_weights")[same]), 1e-4, f"{label}: weights")
    experts = source.array(f"router_{entry['file']}_logits").shape[-1]
    shares = np.bincount(ids.ravel(), minlength=experts) / ids.size
    checks.near(figures["entropy"], -sum(p * np.log(p) for p in shares if p > 0), 1e-9, f"{label}: entropy")
    checks.near(figures["load_max"], shares.max() * experts, 1e-9, f"{label}: load_max")
    checks.equal(figures["dead"], int((shares == 0).sum()), f"{label}: dead")


def judge_converted(label, source):
    """After `--to bf16` the logits are those of weights that were rounded to BF16."""
    out = new_folder()
    ckpt("convert", source.path, out, "--to", "bf16", expect=0)
    ckpt("forward", out, "--tokens", source.golden / "golden_input_ids.npy", "--logits", f"{out}.npy", expect=0)
    checks.at_most(distance(np.load(f"{out}.npy"), source.array("logits_bf16")), 1e-3, f"{label}: logits after --to bf16")
    if source.meta["scheme"] == "mxfp4":
        # Stacks again, as transformers stores and loads them.
        plain = tensors(fixture(source.meta["family"], "none", source.meta["seed"]).path)
        shapes = lambda stored: sorted((n, a.shape, str(a.dtype)) for n, a in stored.items())
        checks.equal(shapes(tensors(out)), shapes(plain), f"{label}: names, shapes and dtypes after --to bf16")
        model, info = load_in_transformers(out, source, by_class=True)
        checks.equal([*info["missing_keys"], *info["unexpected_keys"]], [], f"{label}: keys in transformers after --to bf16")
        checks.at_most(distance(logits_of(model, source), source.array("logits_bf16")), 1e-4, f"{label}: transformers after --to bf16")
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
only = sys.argv[1:]
for family, quants in PUBLISHED.items():
    for quant in quants if not only or family in only else []:
        for seed in SEEDS:
            label = f"{family} {quant} seed {seed}"
            with checks.case(label):
                judge(label, fixture(family, quant, seed))
                if families.FAMILIES[family].get("vision"):
                    judge_vision(label, fixture(family, quant, seed))
                if quant != "none":
                    judge_converted(label, fixture(family, quant, seed))
for name, (family, quant, _) in VARIANTS.items():
    if only and family not in only:
        continue
    with checks.case(name):
        judge(name, fixture(name, quant))
with checks.case("inputs"):
    judge_inputs()
checks.end()
