"""Values of synthetic weights, by an implementation of its own: python make.py > values.json

Written from the description in `SyntheticValues` (SplitMix64's finalizer over a counter, four 16-bit fields summed, a
cubic term, gains of rows and columns), in numpy with one IEEE rounding an operation. Made with numpy 2.x, Python 3.11.
"""
import hashlib, json, sys

import numpy as np

f, u64 = np.float32, np.uint64
STEP = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def mix(z):
    z &= MASK
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def unit(bits):
    return f(bits >> 40) * f(2.0 ** -24)


def gain(key, i):
    own, block = unit(mix(key + i)), unit(mix((~key & MASK) + i // 128))
    return (f(0.5) + own) * (f(0.5) + block)


def values(kind, seed, name, rows, columns):
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big")
    out = []
    if "around" in kind:
        mean, spread = map(f, kind["around"])
        for r in range(*rows):
            for c in range(columns):
                out.append(mean + spread * (f(2) * unit(mix(key + (r * columns + c + 1) * STEP)) - f(1)))
        return out
    if "weights" in kind:
        deviation, row_key, column_key = f(kind["weights"]), mix(key ^ 0x726F7773), mix(key ^ 0x636F6C75)
        columns_gain = [gain(column_key, c) * f(3 if mix(column_key + c) & 63 == 0 else 1) * (deviation * f(0.62554)) for c in range(columns)]
        row_gain = lambda r: gain(row_key, r)
    else:
        columns_gain, row_gain = [f(kind["even"]) * f(0.77867)] * columns, lambda r: f(1)
    for r in range(*rows):
        for c in range(columns):
            bits = mix(key + (r * columns + c + 1) * STEP)
            total = sum(bits >> s & 0xFFFF for s in (0, 16, 32, 48)) - 131070
            z = f(total) * (f(1) / f(37837.227))
            out.append((z + z * (z * z) * f(0.1)) * row_gain(r) * columns_gain[c])
    return out


CASES = [
    ({"weights": 0.0625}, 0, "model.layers.0.mlp.experts.3.down_proj.weight", (0, 3), 160),
    ({"weights": 0.05}, 18446744073709551615, "model.embed_tokens.weight", (127, 130), 33),
    ({"even": 0.015625}, 7, "model.layers.1.mlp.gate.weight", (5, 7), 40),
    ({"around": [1, 0.25]}, 0, "model.norm.weight", (0, 1), 24),
    ({"around": [0, 0.03]}, 1, "model.layers.1.mlp.gate.e_score_correction_bias", (0, 1), 24),
]
np.seterr(over="ignore")
json.dump({"cases": [{"kind": k, "seed": str(s), "name": n, "rows": list(r), "columns": c,
                      "bits": [int(np.asarray(v, f).view(np.uint32)) for v in values(k, s, n, r, c)]} for k, s, n, r, c in CASES]}, sys.stdout)
print()
