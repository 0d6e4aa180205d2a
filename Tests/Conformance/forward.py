"""Holds `ckpt forward` against goldens of transformers: every family, storage and variant of `forward_variants.py`.

    python forward.py [FIXTURE ...]      # such as kimi_k2-fp8-block-0 or llama-yarn

Of each are compared, by the largest absolute difference:

    logits           <= 1e-3   golden_logits.npy
    stride           <= 4e-3   golden_logits_stride.npy: token i at position stride * i; the goldens' own float32 angles
                               move it by up to 2.2e-3
    hidden           <= 1e-3   golden_hidden.npy, each decoder layer
    router ids       equal     wherever golden.json names a gap of at least 5e-4
    router weights   <= 1e-4   where the ids are equal

and the bits of the logits of one thread with those of several.
"""
import json
import sys

from harness import checks, ckpt, fixture, new_folder, np, remove

import families
from forward_variants import VARIANTS

# family, quant, seed
FIXTURES = [
    ("kimi_k2", "fp8-block", 0), ("kimi_k2", "fp8-block", 1), ("kimi_k2", "none", 0), ("kimi_k2_thinking", "int4", 0),
    ("kimi_k2_thinking", "int4", 1), ("kimi_k2_thinking", "none", 0), ("deepseek_v3", "fp8-block", 0), ("deepseek_v3", "fp8-block", 1),
    ("deepseek_v3", "fp8-ue8m0", 0), ("deepseek_v3", "fp8-ue8m0-f32", 1), ("deepseek_v3", "none", 0), ("llama", "none", 0),
    ("llama", "none", 1), ("llama_tied", "none", 0), ("qwen3", "fp8-block", 0), ("qwen3", "fp8-block-f16", 0), ("qwen3", "none", 1),
    ("qwen3_tied", "none", 0), ("qwen3_tied_lmhead", "none", 0), ("qwen3_moe", "fp8-block", 0), ("qwen3_moe", "fp8-block", 1),
    ("qwen3_moe", "none", 0),
]
LIMITS = {"logits": 1e-3, "stride": 4e-3, "hidden": 1e-3, "weights": 1e-4}


def forward(source, *options):
    result = ckpt("forward", source.path, *options)
    if result.exit:
        raise RuntimeError(f"exit {result.exit}: {result.stderr}")
    return result.summary


def judge(source, work):
    golden = source.meta
    load = source.array
    tokens = source.golden / "golden_input_ids.npy"
    strides = work / "positions.npy"
    np.save(strides, np.arange(golden["tokens"], dtype=np.int64) * golden["golden"]["stride"])
    found, hidden = {}, work / "hidden"

    summary = forward(source, "--tokens", tokens, "--logits", work / "logits.npy", "--hidden", hidden, "--routing")
    logits = np.load(work / "logits.npy")
    found["logits"] = np.abs(logits - load("logits")).max()
    alone = forward(source, "--tokens", tokens, "--threads", 1)
    found["bits"] = "same" if alone["logits_sha256"] == summary["logits_sha256"] else "DIFFERENT"
    forward(source, "--tokens", tokens, "--positions", strides, "--logits", work / "stride.npy")
    found["stride"] = np.abs(np.load(work / "stride.npy") - load("logits_stride")).max()

    layers = load("hidden")
    found["hidden"] = max(np.abs(np.load(hidden / f"layer-{i:03d}.npy") - h).max() for i, h in enumerate(layers))
    routers = sorted(hidden.glob("router-*-ids.npy"))
    assert len(routers) == len(golden["golden"]["routers"]) == len(summary["routing"]), routers
    found["ids"] = "same"
    for entry, path in zip(golden["golden"]["routers"], routers):
        ids = np.load(path)
        weights = np.load(str(path).replace("-ids", "-weights"))
        same = (ids == load(f"router_{entry['file']}_ids")).all(axis=-1)
        if entry["min_gap"] >= 5e-4 and not same.all():
            found["ids"] = "DIFFERENT"
        difference = np.abs(weights - load(f"router_{entry['file']}_weights"))[same].max(initial=0)
        found["weights"] = max(found.get("weights", 0), difference)
        layer = [x for x in summary["routing"] if f"router-{x['layer']:03d}-" in path.name][0]
        shares = np.bincount(ids.ravel(), minlength=load(f"router_{entry['file']}_logits").shape[-1]) / ids.size
        entropy = -sum(p * np.log(p) for p in shares if p > 0)
        assert abs(layer["entropy"] - entropy) < 1e-9 and layer["dead"] == (shares == 0).sum(), (layer, entropy)
        assert abs(layer["load_max"] - shares.max() * len(shares)) < 1e-9, layer
    return found


def main():
    only = sys.argv[1:]
    for name, (family, quant, changes) in VARIANTS.items():
        entry = dict(families.FAMILIES[family])
        base = entry["config"]
        entry["config"] = lambda base=base, changes=changes: {**base(), **changes}
        families.FAMILIES[name] = entry
    for family, quant, seed in FIXTURES + [(name, quant, 0) for name, (_, quant, _) in VARIANTS.items()]:
        label = f"{family}-{quant}-{seed}"
        if only and label not in only and family not in only:
            continue
        with checks.case(label):
            source, work = fixture(family, quant, seed), new_folder()
            work.mkdir()
            found = judge(source, work)
            for key, limit in LIMITS.items():
                checks.at_most(float(found.get(key, 0)), limit, f"{label}: {key}")
            for key in ("ids", "bits"):
                checks.equal(found[key], "same", f"{label}: {key}")
            figures = "  ".join(f"{k} {v if isinstance(v, str) else format(v, '.1e')}" for k, v in found.items())
            checks.note(f"{label:36s} {figures}")
            remove(work)


main()
checks.end()
