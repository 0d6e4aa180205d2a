"""Holds `ckpt forward` against goldens of transformers, on fixtures that make_tiny.py wrote.

    python forward.py path/to/ckpt FIXTURE...

A fixture folder holds the checkpoint and its golden files. Of each are compared, by the largest absolute difference:

    logits           <= 1e-3   golden_logits.npy
    stride           <= 4e-3   golden_logits_stride.npy: token i at position stride * i; the goldens' own float32 angles
                               move it by up to 2.2e-3
    hidden           <= 1e-3   golden_hidden.npy, each decoder layer
    router ids       equal     wherever golden.json names a gap of at least 5e-4
    router weights   <= 1e-4   where the ids are equal

and the bits of the logits of one thread with those of several. Exits with 1 where anything is out of bounds.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

LIMITS = {"logits": 1e-3, "stride": 4e-3, "hidden": 1e-3, "weights": 1e-4}


def forward(ckpt, fixture, *options):
    line = [ckpt, "forward", str(fixture), "--json", *map(str, options)]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(line)}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)["summary"]


def judge(ckpt, fixture, work):
    golden = json.loads((fixture / "golden.json").read_text())
    load = lambda name: np.load(fixture / f"golden_{name}.npy")
    tokens = fixture / "golden_input_ids.npy"
    strides = work / "positions.npy"
    np.save(strides, np.arange(golden["tokens"], dtype=np.int64) * golden["golden"]["stride"])
    found, hidden = {}, work / "hidden"

    summary = forward(ckpt, fixture, "--tokens", tokens, "--logits", work / "logits.npy", "--hidden", hidden, "--routing")
    logits = np.load(work / "logits.npy")
    found["logits"] = np.abs(logits - load("logits")).max()
    alone = forward(ckpt, fixture, "--tokens", tokens, "--threads", 1)
    found["bits"] = "same" if alone["logits_sha256"] == summary["logits_sha256"] else "DIFFERENT"
    forward(ckpt, fixture, "--tokens", tokens, "--positions", strides, "--logits", work / "stride.npy")
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
        shares = np.bincount(ids.ravel(), minlength=np.load(fixture / f"golden_router_{entry['file']}_logits.npy").shape[-1]) / ids.size
        entropy = -sum(p * np.log(p) for p in shares if p > 0)
        assert abs(layer["entropy"] - entropy) < 1e-9 and layer["dead"] == (shares == 0).sum(), (layer, entropy)
        assert abs(layer["load_max"] - shares.max() * len(shares)) < 1e-9, layer
    return found


def main():
    ckpt, bad = sys.argv[1], 0
    for fixture in map(pathlib.Path, sys.argv[2:]):
        with tempfile.TemporaryDirectory() as work:
            found = judge(ckpt, fixture, pathlib.Path(work))
        wrong = [k for k, limit in LIMITS.items() if not found.get(k, 0) <= limit]
        wrong += [k for k in ("ids", "bits") if found[k] != "same"]
        bad += bool(wrong)
        figures = "  ".join(f"{k} {v if isinstance(v, str) else format(v, '.1e')}" for k, v in found.items())
        print(f"{'WRONG' if wrong else 'ok':5s} {fixture.name:32s} {figures}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
