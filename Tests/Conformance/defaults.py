"""Config keys that are left out because a config class has defaults for them: each key of each family's config.json is dropped in turn.
Where the folder still runs, its GGUF file gives the same logits here and in llama.cpp, or convert refuses.

    defaults.py [FAMILY ...]
"""
# needs: llama
# slices: 6
# seconds: 60
import json, shutil, sys

from harness import checks, ckpt, fixture, new_folder, np, remove

import families  # after the harness, which says where it is
import llama

KNOWN = {t for family in ckpt("families").summary["families"] for t in family["model_types"]}
CASES = [name for name, entry in families.FAMILIES.items()
         if entry["config"]()["model_type"] in KNOWN and "none" in entry["quants"] or name == "gpt_oss"]
# What names the model, or is none of it.
KEPT = {("architectures",), ("model_type",), ("transformers_version",), ("vision_config",), ("dtype",), ("torch_dtype",), ("text_config",),
        ("text_config", "model_type"), ("quantization_config",)}
# llama.cpp computes something else of the complete model already.
COARSE = {"glm52"}
NESTED = {"text_config", "rope_parameters", "rope_scaling"}


def keys(config, place=()):
    for key, value in config.items():
        if place + (key,) not in KEPT:
            yield place + (key,)
        if isinstance(value, dict) and key in NESTED:
            yield from keys(value, place + (key,))


def without(config, place):
    config = json.loads(json.dumps(config))
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return config


def forward(model, tokens, logits):
    result = ckpt("forward", model, "--tokens", tokens, "--logits", logits)
    return np.load(logits) if result.exit == 0 else result


def distance(a, b):
    return float(np.abs(a - b).max())


def config_of(source):
    """An indexer looks at all positions: which it would choose of them, llama.cpp's half precision decides otherwise now and then."""
    config = source.config
    return {**config, "index_topk": 64} if "index_topk" in config else config


def judge(source, place, folder, counts, whole):
    """`whole`: the logits of the complete config, here and in llama.cpp. The two differ where llama.cpp has no key for what a model asks
    for (Kimi's beta_fast) or computes more coarsely (MXFP4): a dropped key must not add to that."""
    label = f"{source.meta['family']} without {'.'.join(place)}"
    (folder / "config.json").write_text(json.dumps(without(config_of(source), place)))
    tokens, pre = source.golden / "golden_input_ids.npy", json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
    mine = forward(folder, tokens, folder.parent / "mine.npy")
    if not isinstance(mine, np.ndarray):
        counts["does not run"] += 1
        return
    out = new_folder("out")
    out.mkdir()
    recipe = "mxfp4-native" if source.meta["quant"] == "mxfp4" else "f32"
    made = ckpt("convert", folder, out / "a.gguf", "--to", recipe, "--pre", pre)
    if made.exit:
        counts["refused"] += 1
        checks.note(f"{label}: refused: {made.json['error']['problem'][:150]}")
        remove(out)
        return
    theirs = forward(out / "a.gguf", tokens, out / "a.npy")
    if checks.true(isinstance(theirs, np.ndarray), f"{label}: the GGUF file runs", getattr(theirs, "stderr", "")[-300:]):
        checks.at_most(distance(theirs, mine), 1e-4, f"{label}: logits of folder and GGUF")
    with checks.case(label):
        found = llama.logits(out / "a.gguf", source.array("input_ids"))
        if distance(mine, whole[0]) == 0:
            checks.at_most(distance(found, whole[1]), 1e-6, f"{label}: logits of llama.cpp")
        elif source.meta["family"] not in COARSE:
            checks.at_most(distance(found, mine), max(2e-3, 1.5 * distance(*whole)), f"{label}: logits of llama.cpp")
    counts["equal"] += 1
    remove(out)


def complete(source, folder):
    out = new_folder("whole")
    out.mkdir()
    (folder / "config.json").write_text(json.dumps(config_of(source)))
    recipe = "mxfp4-native" if source.meta["quant"] == "mxfp4" else "f32"
    pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
    ckpt("convert", folder, out / "a.gguf", "--to", recipe, "--pre", pre, expect=0)
    logits = forward(folder, source.golden / "golden_input_ids.npy", out / "a.npy"), llama.logits(out / "a.gguf", source.array("input_ids"))
    remove(out)
    return logits


for family in CASES:
    if len(sys.argv) > 1 and family not in sys.argv[1:]:
        continue
    if not checks.selected(family):
        continue
    with checks.case(family):
        source, counts = fixture(family, "mxfp4" if family == "gpt_oss" else "none"), dict.fromkeys(("equal", "refused", "does not run"), 0)
        folder = new_folder("keys")
        shutil.copytree(source.path, folder)
        whole = complete(source, folder)
        for place in keys(source.config):
            judge(source, place, folder, counts, whole)
        remove(folder)
        checks.note(f"{family}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
checks.end()
