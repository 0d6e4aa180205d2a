"""Fixtures held against `ckpt forward`: what the judges of the forward pass share.

Largest absolute differences that are allowed, from `oracle/README.md`: 1e-3 on logits and hidden states; 4e-3 on logits
at far positions, where the goldens' own float32 angles move them by up to 2.2e-3. Router ids are equal wherever the gap
to the next expert is at least 5e-4.
"""
from harness import checks, ckpt, fixture, load_in_transformers, logits_of, new_folder, np, remove, tensors

import families  # after the harness, which says where it is


def distance(found, expected):
    return float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")


def run(source, *options):
    return ckpt("forward", source.path, *options, expect=0)


def judge(label, source):
    out = new_folder()
    out.mkdir()
    tokens, golden = source.golden / "golden_input_ids.npy", source.meta["golden"]
    np.save(out / "positions.npy", np.arange(source.meta["tokens"]) * golden["stride"])
    summary = run(source, "--tokens", tokens, "--logits", out / "a.npy", "--hidden", out / "h", "--routing").summary
    alone = run(source, "--tokens", tokens, "--threads", 1).summary
    run(source, "--tokens", tokens, "--positions", out / "positions.npy", "--logits", out / "b.npy")
    checks.at_most(distance(np.load(out / "a.npy"), source.array("logits")), 1e-3, f"{label}: logits")
    checks.at_most(distance(np.load(out / "b.npy"), source.array("logits_stride")), 4e-3, f"{label}: far positions")
    checks.equal(alone["logits_sha256"], summary["logits_sha256"], f"{label}: bits of one thread and of several")
    for layer, expected in enumerate(source.array("hidden")):
        checks.at_most(distance(np.load(out / f"h/layer-{layer:03d}.npy"), expected), 1e-3, f"{label}: layer {layer}")
    checks.equal(len(summary["routing"]), len(golden["routers"]), f"{label}: routers")
    for entry, figures in zip(golden["routers"], summary["routing"]):
        judge_router(f"{label}: router of layer {figures['layer']}", source, entry, figures, out / "h")
    chosen = sorted((out / "h").glob("indexer-*-topk.npy"))
    checks.equal(len(chosen), len(golden["indexers"]), f"{label}: indexers")
    for entry, path in zip(golden["indexers"], chosen):
        # Of keys with equal scores, ours are those of torch; what rounding decides is left out.
        if entry["min_gap"] == 0 or entry["min_gap"] > 1e-5:
            expected = source.array(f"indexer_{entry['file']}_topk")
            checks.true(np.array_equal(np.load(path), expected), f"{label}: keys of {path.name}")
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
