"""llama.cpp loads and runs the files that ckpt makes, and says what ckpt's own forward pass says.

llama.cpp rounds activations on the CPU to the precision that goes with a weight's type: BF16 and F16 ones for weights of that type, 8-bit
blocks for all quantized ones. In a mixture of experts that moves the choice of experts, so that no fixed distance would judge the
weights. So a file is judged three ways: against the converter's file of the same type, where the logits must be the same bits; in
F32, where nothing is rounded, against the golden logits; and, for quantized files, ckpt on the file itself against llama.cpp on the F32
file that llama-quantize decodes it to.
"""
# needs: llama
# slices: 2
# seconds: 50
from harness import checks, ckpt, fixture, kl_mean, new_folder, np, remove

import json
import llama

CASES = [("kimi_k2", "fp8-block"), ("kimi_k2_thinking", "int4"), ("deepseek_v3", "none"), ("deepseek_v3", "fp8-block"), ("qwen3_moe", "none"),
         ("qwen3", "none"), ("qwen3", "fp8-block"), ("llama", "none"), ("llama_tied", "none"), ("kimi_k25", "none"), ("kimi_k25", "int4")]
# Sums in another order: the same distance that the forward pass itself is held to.
TOLERANCE = 1e-3


def distance(a, b):
    return float(np.abs(a - b).max()) if a.shape == b.shape and np.isfinite(a).all() else float("inf")


def text(source):
    """The config of the text model."""
    return source.config.get("text_config", source.config)


def rope(source):
    """llama.cpp's deepseek2 does not read `rope.scaling.yarn_beta_fast`, and takes 32: a user of Kimi gives `--yarn-beta-fast 1`."""
    return (text(source).get("rope_scaling") or {}).get("beta_fast")


def one_epsilon(source, model):
    """The latent norms of DeepSeek-V3 and Kimi have 1e-6 whatever the config says, and llama.cpp has one number for all norms: where the
    config says another, both programs are asked about a file that says 1e-6."""
    if "kv_lora_rank" in text(source) and text(source)["rms_norm_eps"] != 1e-6:
        ckpt("metadata", model, "--set", "deepseek2.attention.layer_norm_rms_epsilon=1e-6", expect=0)


def judge(family, quant, theirs, folder):
    source, label = fixture(family, quant), f"{family} {quant}"
    golden, ids = source.array("logits"), source.array("input_ids")
    tokens, beta = source.golden / "golden_input_ids.npy", rope(source)
    pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]

    def convert(recipe):
        out = folder / f"{label}-{recipe}.gguf".replace("/", "-").replace(" ", "-")
        ckpt("convert", source.path, out, "--to", recipe, "--pre", pre, expect=0)
        return out

    def forward(model):
        ckpt("forward", model, "--tokens", tokens, "--logits", folder / "logits.npy", expect=0)
        return np.load(folder / "logits.npy")
    distances = []
    for outtype in ("f32", "bf16"):
        ours = convert(outtype)
        found, expected = llama.logits(ours, ids), llama.logits(theirs[outtype], ids)
        checks.true(np.array_equal(found, expected), f"{label} {outtype}: the logits are those of the converter's file",
                    f"distance {distance(found, expected)}")
        checks.at_most(distance(forward(ours), golden if outtype == "f32" or quant == "none" else source.array("logits_bf16")), TOLERANCE,
                       f"{label} {outtype}: ckpt's logits are the golden ones")
        if outtype == "f32":
            one_epsilon(source, ours)
            found, mine = llama.logits(ours, ids, beta), forward(ours)
            distances.append(f"f32 {distance(found, golden):.1e} from golden, {distance(found, mine):.1e} from ckpt")
            checks.at_most(distance(found, mine), TOLERANCE, f"{label} {outtype}: llama.cpp's logits are ckpt's")
        else:
            # Shown, not judged: BF16 activations.
            distances.append(f"bf16 {distance(found, golden):.2f}")
        ours.unlink()
    for recipe in ("q2_K-dynamic", "llama.cpp/Q4_K_M"):
        ours, decoded = convert(recipe), folder / "decoded.gguf"
        compared = ckpt("compare", source.path, ours, "--forward", "--tokens", tokens)
        # What a file has no place for (layers that predict further tokens) is said.
        checks.equal(sorted({code for code in compared.codes("error")} - {"compare.one-sided"}), [], f"{label} {recipe}: compare")
        checks.equal(compared.exit == 1, "vision_config" in source.config or "num_nextn_predict_layers" in source.config and "deepseek" in family, f"{label} {recipe}: compare")
        checks.near(compared.summary["kl_mean"], kl_mean(golden, forward(ours)), 1e-3, f"{label} {recipe}: compare --forward")
        one_epsilon(source, ours)
        direct = llama.logits(ours, ids, beta)
        checks.true(np.isfinite(direct).all() and direct.shape == golden.shape, f"{label} {recipe}: llama.cpp runs it")
        llama.quantize(ours, decoded, "F32", "--allow-requantize")
        mine, their = forward(ours), llama.logits(decoded, ids, beta)
        checks.at_most(distance(mine, their), TOLERANCE, f"{label} {recipe}: ckpt and llama.cpp agree on the decoded weights")
        distances.append(f"{recipe} {distance(mine, their):.1e} (8-bit activations: KL {kl_mean(mine, direct):.3f})")
        ours.unlink(), decoded.unlink()
    checks.note(f"{label}: " + ", ".join(distances))


def main():
    folder = new_folder("files")
    folder.mkdir(parents=True)
    files = {(f, q): {t: folder / f"theirs-{f}-{q}.{t}.gguf" for t in ("f32", "bf16")} for f, q in CASES
             if checks.selected(f"{f} {q}")}
    llama.convert(*((fixture(f, q), out, t, "golden") for (f, q), outs in files.items() for t, out in outs.items()))
    for family, quant in files:
        with checks.case(f"{family} {quant}"):
            judge(family, quant, files[family, quant], folder)
    remove(folder)


main()
checks.end()
