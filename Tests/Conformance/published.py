"""Every header that a preset gives, against the expected tensors of the published checkpoint.

    python published.py [PRESET ...]

For each preset `synth --sparse` writes the true headers over holes. Judged are: the set of names, every dtype and shape,
the totals, the file names, the index, and that the safetensors library opens each file. Nothing of ckpt takes part in
the judgement but the files it wrote.
"""
# seconds: 39
import json, math, os, sys, time

from harness import checks, ckpt, new_folder, remove

import expected_tensors as E
from published import PUBLISHED  # the oracle's list, not this file: see the import path
from safetensors import safe_open

# Preset -> how the oracle's list calls it.
ORACLE_NAMES = {
    "DeepSeek-V3": "DeepSeek-V3/R1 fp8", "DeepSeek-V3.1": "DeepSeek-V3/R1 fp8", "DeepSeek-R1": "DeepSeek-V3/R1 fp8", "Kimi-K2-Instruct": "Kimi-K2-Instruct fp8",
    "Kimi-K2-Thinking": "Kimi-K2-Thinking int4", "Kimi-K2.5": "Kimi-K2.5 int4", "Qwen3-8B-FP8": "Qwen3-8B fp8",
    "DeepSeek-V3.2": "DeepSeek-V3.2 fp8", "GLM-5": "GLM-5 bf16", "GLM-5-FP8": "GLM-5 fp8", "GLM-5.2": "GLM-5.2 bf16",
    "MiniMax-M2.5": "MiniMax-M2.5 fp8", "gpt-oss-20b": "gpt-oss-20b mxfp4", "gpt-oss-120b": "gpt-oss-120b mxfp4",
}
# Published figures that the page of model facts states: parameters in all, of the text model, active.
FACTS = {
    "Kimi-K2-Instruct": (1_026_408_232_448, 1_026_408_232_448, 32_861_500_928),
    "DeepSeek-V3": (684_489_845_504, 671_026_419_200, None),
    "Qwen3-235B-A22B": (235_093_634_560, 235_093_634_560, None),
    "Llama-3.3-70B": (70_553_706_496, 70_553_706_496, 70_553_706_496),
}
ACTIVE_BILLIONS = {"DeepSeek-V3": 37.55, "Kimi-K2-Instruct": 32.86, "Kimi-K2-Thinking": 32.86, "Kimi-K2.5": 32.86,
                   "Qwen3-30B-A3B": 3.35, "Qwen3-235B-A22B": 22.19, "Qwen3-Coder-480B-A35B": 35.47, "Llama-3.3-70B": 70.55}
SHARDS = {"DeepSeek-V3": (163, "model-00001-of-000163.safetensors"), "Kimi-K2-Instruct": (61, "model-1-of-61.safetensors"),
          "Kimi-K2.5": (64, "model-00001-of-000064.safetensors"), "Qwen3-14B": (8, "model-00001-of-00008.safetensors"),
          "Qwen3-30B-A3B": (16, "model-00001-of-00016.safetensors"), "Qwen3-235B-A22B": (118, "model-00001-of-00118.safetensors"),
          "Qwen3-0.6B": (1, "model.safetensors"), "Llama-3.3-70B": (30, "model-00001-of-00030.safetensors")}
# What --storage gives must be what the published twin of the checkpoint has.
STORAGES = [("Qwen3-235B-A22B", "fp8-block", "fp8", 73_417, 236_416_915_456), ("Qwen3-235B-A22B", "bf16", "bf16", 36_945, 470_187_269_120),
            ("Kimi-K2-Thinking", "fp8-block", "fp8", 139_583, None)]


def run(*arguments):
    began = time.time()
    result = ckpt(*arguments)
    if result.exit:
        raise RuntimeError(f"{' '.join(arguments)}: exit {result.exit}: {result.stderr}")
    return result.summary, time.time() - began


def judge(folder, config, scheme=None, scale=None):
    """differences between the headers in a folder and the expected tensors"""
    want = {r.name: (r.shape, r.dtype) for r in E.expected(config, scheme, scale)}
    have = E.read_headers(folder)
    bad = [f"missing {n}" for n in want.keys() - have.keys()] + [f"unexpected {n}" for n in have.keys() - want.keys()]
    bad += [f"{n}: {have[n]} where {want[n]}" for n in want.keys() & have.keys() if have[n] != want[n]]
    files = sorted(f for f in os.listdir(folder) if f.endswith(".safetensors"))
    seen = {}
    for f in files:
        with safe_open(os.path.join(folder, f), framework="numpy") as h:
            for n in h.keys():
                seen[n] = f
    index = os.path.join(folder, "model.safetensors.index.json")
    if len(files) > 1:
        index = json.load(open(index))
        if index["weight_map"] != seen:
            bad.append("the index differs from the headers")
        if index["metadata"]["total_size"] != sum(math.prod(s) * E.BYTES[d] for s, d in have.values()):
            bad.append("total_size is not the sum of the tensor bytes")
    elif os.path.exists(index):
        bad.append("an index beside a single file")
    return bad, files


def oracle_config(name, config, known):
    config = json.loads(json.dumps(config))
    for key in ("_inv_freq_junk", "_redundant_lm_head"):
        if key in known:
            config[key] = known[key]
    return config


def main():
    only = sys.argv[1:]
    published = {n: c for n, c, _ in PUBLISHED}
    presets = {p["preset"]: p for p in run("presets")[0]["presets"]}
    covered = {ORACLE_NAMES.get(p, p) for p in presets}
    checks.equal([n for n in published if n not in covered], [], "published checkpoints without a preset")

    def case(label, name, known, *options, scheme=None, scale=None, tensors=None, data=None):
        folder = str(new_folder())
        base = ["--preset", "tiny", "--family", name[5:]] if name.startswith("tiny-") else ["--preset", name]
        s, seconds = run("synth", folder, *base, "--sparse", *options)
        config = oracle_config(name, json.load(open(os.path.join(folder, "config.json"))), known)
        bad, files = judge(folder, config, scheme, scale)
        o = E.summary(config, scheme)
        for key, mine, theirs in (("tensors", s["stored_tensors"], o["tensors"]), ("bytes", s["data_bytes"], o["bytes"]),
                                  ("parameters", s["parameters_total"], o["params"]), ("text", s["parameters_text"], o["text_params"])):
            if mine != theirs:
                bad.append(f"{key}: {mine} where {theirs}")
        # The oracle rounds down for each expert; ours divides once.
        if not 0 <= s["parameters_active"] - o["activated"] <= o["tensors"]:
            bad.append(f"active: {s['parameters_active']} where {o['activated']}")
        if tensors is not None and s["stored_tensors"] != tensors:
            bad.append(f"tensors: {s['stored_tensors']} where {tensors} are published")
        if data is not None and s["data_bytes"] != data:
            bad.append(f"bytes: {s['data_bytes']} where {data} are published")
        if not options:
            if name in FACTS:
                for key, fact in zip(("parameters_total", "parameters_text", "parameters_active"), FACTS[name]):
                    if fact is not None and s[key] != fact:
                        bad.append(f"{key}: {s[key]} where {fact} is the fact")
            if name in ACTIVE_BILLIONS and f"{s['parameters_active'] / 1e9:.2f}" != f"{ACTIVE_BILLIONS[name]:.2f}":
                bad.append(f"active: {s['parameters_active']} where {ACTIVE_BILLIONS[name]} billions are published")
            if name in SHARDS and (len(files), files[0]) != SHARDS[name] and SHARDS[name][1] not in files:
                bad.append(f"files: {len(files)}, {files[0]}")
            if name in SHARDS and len(files) != SHARDS[name][0]:
                bad.append(f"{len(files)} files where {SHARDS[name][0]} are published")
        print(f"{'ok  ' if not bad else 'FAIL'} {label:42s} {s['stored_tensors']:>8,} tensors {s['parameters_total']:>19,} parameters "
              f"{s['parameters_active']:>15,} active {s['data_bytes']:>19,} bytes {len(files):>4} files {seconds:5.2f} s", flush=True)
        checks.equal(bad[:10], [], f"{label}: headers, totals and files")
        remove(folder)

    for name in sorted(presets):
        if only and name not in only:
            continue
        known = published.get(ORACLE_NAMES.get(name, name), {})
        if name == "tiny-kimi_k2":
            known = {"_inv_freq_junk": 32}
        facts = {"Kimi-K2-Instruct": dict(tensors=139_644, data=1_029_173_256_720)}.get(name, {})
        # The published config and the preset's must agree on every key of the oracle's.
        config = run("presets", name)[0]["config"]
        for key, value in known.items():
            mine = config.get(key)
            inner = key in ("text_config", "vision_config")
            pairs = [(f"{key}.{k}", mine.get(k), v) for k, v in value.items()] if inner else [(key, mine, value)]
            for k, a, b in pairs:
                if k == "text_config.model_type":  # the oracle gives the dense model that of the other
                    continue
                if k == "intermediate_size" and b == 0:  # the oracle's mark of a key that no layer uses
                    continue
                quantization = k.endswith("quantization_config")
                if not k.startswith("_"):
                    # The list has one text for the format of all fp8 repositories.
                    same = all(a.get(q) == w for q, w in b.items() if q != "fmt") if quantization else a == b
                    checks.true(same, f"{name}: config {k}", f"is {a} where {b}")
        case(name, name, known, **facts)
    for name, storage, scheme, tensors, data in STORAGES:
        if not only or name in only:
            case(f"{name} --storage {storage}", name, {}, "--storage", storage, scheme=scheme, tensors=tensors, data=data)
    for name in sorted(n for n in presets if n.startswith("tiny-") and not only):
        known = {"_inv_freq_junk": 32} if name == "tiny-kimi_k2" else {}
        # No block-fp8 repository of gpt-oss is published that would say how its stacks are stored.
        for storage, scheme in (("bf16", "bf16"), ("fp8-block", "fp8"))[:1 if name == "tiny-gpt_oss" else 2]:
            case(f"{name} --storage {storage}", name, known, "--storage", storage, scheme=scheme)


main()
checks.end()
