"""GGUF files of the families that are more than a list of names: llama.cpp runs them, and ckpt reads back what it wrote.

    python gguf_families.py [FAMILY ...]

`gguf_convert.py plain` holds tensors and keys of every family against llama.cpp's converter. Here each file is run by llama.cpp, beside the
converter's, and by ckpt, beside the checkpoint that it was made of; and MXFP4, which the converter keeps, is held against it.
"""
# needs: llama
# slices: 2
# seconds: 50
from harness import Fixture, checks, ckpt, fixture, new_folder, np, remove

import json, sys
import llama

CASES = [("minimax_m2", "none"), ("minimax_m2", "fp8-block"), ("gpt_oss", "none"), ("gpt_oss", "mxfp4"), ("deepseek_v32", "none"),
         ("deepseek_v32", "fp8-ue8m0"), ("glm5", "none"), ("glm52", "fp8-block"), ("qwen3_next", "none"), ("qwen3_next", "fp8-block"),
         ("qwen35", "none"), ("qwen35", "fp8-block"), ("qwen35_moe", "none"), ("qwen35_moe", "fp8-block")]
MIXED = ["minimax_m2", "gpt_oss", "deepseek_v32", "glm52", "qwen3_next", "qwen35", "qwen35_moe"]
# Sums in another order: the same distance that the forward pass itself is held to.
TOLERANCE = 1e-3
# gpt-oss's YaRN does not round the ends of its ramp; llama.cpp does, and a GGUF file has no key to tell it.
FROM_GOLDEN = {"gpt_oss": 0.02}


def distance(a, b):
    return float(np.abs(a - b).max()) if a.shape == b.shape and np.isfinite(a).all() else float("inf")


def one_epsilon(source, model):
    """The norms of GLM-5's latents have 1e-6 whatever the config says, and llama.cpp has one number for all norms."""
    if source.config.get("kv_lora_rank") and source.config["rms_norm_eps"] != 1e-6:
        ckpt("metadata", model, "--set", "glm-dsa.attention.layer_norm_rms_epsilon=1e-6", expect=0)


def judge(family, quant, folder):
    source, label = fixture(family, quant), f"{family} {quant}"
    golden, ids, tokens = source.array("logits"), source.array("input_ids"), source.golden / "golden_input_ids.npy"
    pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
    ours, theirs = folder / "ours.gguf", folder / "theirs.gguf"
    recipe = "mxfp4-native" if quant == "mxfp4" else "f32"
    llama.convert((source, theirs, "bf16" if quant == "mxfp4" else "f32", "golden"))
    ckpt("convert", source.path, ours, "--to", recipe, "--pre", pre, expect=0)

    mine, want = llama.Model(ours), llama.Model(theirs)
    checks.equal(llama.differing(mine, want), [], f"{label}: tensors are the converter's")
    wrong = sorted(key for key in {*mine.keys, *want.keys} if not key.startswith(("general.", "tokenizer.")) and mine.keys.get(key) != want.keys.get(key))
    checks.equal(wrong, [], f"{label}: keys of the architecture are the converter's")
    checks.equal(mine.keys["general.file_type"], want.keys["general.file_type"], f"{label}: file type")

    # ckpt reads what it wrote.
    result = ckpt("compare", source.path, ours, "--forward", "--tokens", tokens)
    one_sided = [f["tensor"] for f in result.json["findings"] if f["severity"] == "error"]
    checks.true(result.exit == (1 if one_sided else 0) and all(".visual." in name for name in one_sided),
                f"{label}: nothing but a vision tower is left behind", one_sided[:3])
    compared = result.summary
    rounded = sum(name.endswith(".ssm_a") for name in mine.tensors)
    checks.true(compared["identical"] >= compared["tensors"] - rounded, f"{label}: the same values come back",
                f"{compared['identical']} of {compared['tensors']}")
    checks.at_most(compared["kl_mean"], 1e-9, f"{label}: and the same logits")

    # llama.cpp runs it.
    found, expected = llama.logits(ours, ids), llama.logits(theirs, ids)
    shown = f"{distance(found, golden):.1e} from golden, {distance(found, expected):.1e} from the converter's"
    checks.at_most(distance(found, expected), TOLERANCE if rounded else 0, f"{label}: llama.cpp's logits are those of the converter's file")
    if quant != "mxfp4":
        one_epsilon(source, ours)
        found = llama.logits(ours, ids)
        limit = FROM_GOLDEN.get(family, TOLERANCE)
        ckpt("forward", ours, "--tokens", tokens, "--logits", folder / "logits.npy", expect=0)
        checks.at_most(distance(found, np.load(folder / "logits.npy")), limit, f"{label}: llama.cpp's logits are ckpt's")
    checks.note(f"{label}: {len(mine.tensors)} tensors, {shown}")

    if family in MIXED and quant == "none":
        for mix in ("Q4_K_M", "Q2_K"):
            out = folder / f"{mix}.gguf"
            ours.unlink()
            llama.quantize(theirs, out, mix)
            ckpt("convert", source.path, ours, "--to", f"llama.cpp/{mix}", "--pre", pre, expect=0)
            checks.equal(llama.differing(llama.Model(ours), llama.Model(out)), [], f"{label} {mix}: tensors are llama-quantize's")
            out.unlink()
    clear(folder)


def clear(folder):
    """A vision tower of one model is in the way of the next one's."""
    for path in folder.glob("*.gguf"):
        path.unlink()


def three_heads(family, folder):
    """Three value heads for each key head: with two, as the fixtures have, a change of order and its inverse are the same."""
    source, ours, theirs = folder / "three", folder / "ours.gguf", folder / "theirs.gguf"
    ckpt("synth", source, "--preset", "tiny", "--family", family, "--set", "linear_num_value_heads=6", expect=0)
    llama.convert((Fixture(source), theirs, "f32", "none"))
    ckpt("convert", source, ours, "--to", "f32", "--pre", "qwen2", expect=0)
    checks.equal(llama.differing(llama.Model(ours), llama.Model(theirs)), [], f"{family}, three value heads for each key head: tensors")
    remove(source)
    clear(folder)


def main():
    folder = new_folder("files")
    folder.mkdir(parents=True)
    for family, quant in CASES:
        if len(sys.argv) > 1 and family not in sys.argv[1:]:
            continue
        if not checks.selected(f"{family} {quant}"):
            continue
        with checks.case(f"{family} {quant}"):
            judge(family, quant, folder)
    for family in ("qwen3_next", "qwen35", "qwen35_moe"):
        if len(sys.argv) > 1 and family not in sys.argv[1:]:
            continue
        if not checks.selected(f"{family}, three value heads"):
            continue
        with checks.case(f"{family}, three value heads"):
            three_heads(family, folder)
    remove(folder)


main()
checks.end()
