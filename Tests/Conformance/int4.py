"""INT4 as compressed-tensors writes it: every packed word, scale and shape, the `ignore` list, and transformers as the reader."""
# seconds: 35
import json, re, shutil, sys

from harness import BF16, ROOT, checks, ckpt, decode, derive, digest_of_digests, fixture, fp8_product, header, index, kl_mean, \
    load_in_transformers, logits_of, new_folder, np, remove, tensors

import torch

FIRST_PATH = "6f647d2663b2f15b6a88dfa52b0ae2caf9197f1efecdd605c96a44ad6f1834da"

# family, quant, seed, shard style, recipes; `by_class`: transformers reads the config.json as it stands
CASES = [
    ("kimi_k2", "fp8-block", 0, None, (32, 64, 128)),
    ("kimi_k2", "fp8-block", 1, "zero", (32,)),
    ("kimi_k2", "none", 0, None, (32,)),
    ("deepseek_v3", "fp8-block", 0, None, (32, 128)),
    ("deepseek_v3", "fp8-block", 1, "plain", (32,)),
    ("deepseek_v3", "fp8-ue8m0", 0, None, (32,)),
    ("deepseek_v3", "fp8-ue8m0-f32", 0, None, (32,)),
    ("deepseek_v3", "none", 1, "hf", (32,)),
    ("kimi_k25", "none", 0, None, (32,)),
    ("llama", "none", 0, None, (32, 64, 128)),
    ("llama", "none", 1, "qwen35", (32,)),
    ("llama_tied", "none", 0, None, (32,)),
    ("qwen3", "fp8-block", 0, None, (32,)),
    ("qwen3", "fp8-block-f16", 0, None, (32,)),
    ("qwen3", "none", 1, "zero", (32,)),
    ("qwen3_tied", "none", 0, None, (32,)),
    ("qwen3_tied_lmhead", "none", 0, None, (32,)),
    ("qwen3_moe", "fp8-block", 0, None, (32, 64)),
    ("qwen3_moe", "fp8-block", 1, "hf6", (32,)),
    ("qwen3_moe", "none", 0, None, (32,)),
    ("deepseek_v32", "fp8-ue8m0-f32", 0, None, (32,)),
    ("deepseek_v32", "fp8-ue8m0", 1, None, (64,)),
    ("glm5", "none", 0, None, (32,)),
    ("glm5", "fp8-block", 1, None, (128,)),
    ("glm52", "fp8-block", 0, None, (32,)),
    ("minimax_m2", "fp8-block", 0, None, (32, 128)),
    ("minimax_m2", "none", 1, None, (32,)),
    ("gpt_oss", "mxfp4", 0, None, (32,)),
    ("gpt_oss", "none", 1, None, (64,)),
    ("qwen3_next", "fp8-block", 0, None, (32,)),
    ("qwen3_next", "none", 1, None, (128,)),
    ("qwen35", "fp8-block", 0, None, (32,)),
    ("qwen35", "none", 1, None, (32,)),
    ("qwen35_moe", "fp8-block", 0, None, (32,)),
    ("qwen35_moe", "none", 0, None, (32, 64)),
]
# Families whose experts no engine takes one by one out of an INT4 folder: refused. A family of one's own specs is not judged, and made.
NOT_LOADED = {"gpt_oss"}
TORCH = {np.dtype(BF16): torch.bfloat16, np.dtype(np.float16): torch.float16, np.dtype(np.float32): torch.float32}


def to_torch(array):
    array = np.array(array)
    return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16) if array.dtype == BF16 else torch.from_numpy(array)


def to_numpy(tensor):
    tensor = tensor.detach().contiguous()
    return tensor.view(torch.int16).numpy().view(BF16) if tensor.dtype == torch.bfloat16 else tensor.numpy()


def library(values, group):
    """compressed-tensors' own scale, codes and packing for a weight in its dtype."""
    from compressed_tensors.compressors import compress_module
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme, initialize_module_for_quantization
    from compressed_tensors.quantization.utils import calculate_qparams
    weight = to_torch(values)
    arguments = QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=group, symmetric=True)
    module = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype)
    module.weight = torch.nn.Parameter(weight, requires_grad=False)
    initialize_module_for_quantization(module, QuantizationScheme(targets=["Linear"], weights=arguments, format="pack-quantized"))
    groups = weight.view(weight.shape[0], -1, group)
    scale, _ = calculate_qparams(groups.amin(-1), groups.amax(-1), arguments)
    module.weight_scale.data.copy_(scale)
    compress_module(module)
    parts = module.state_dict()
    return {part: to_numpy(parts[part]) for part in ("weight_packed", "weight_scale", "weight_shape")}


def is_quantized(name, dense):
    """What the recipe is to quantize, said in names: routed experts, or the linears of a dense model."""
    if dense:
        linear = r"\.(self_attn\.[qkvo]_proj|linear_attn\.(in_proj_qkv|in_proj_z|out_proj)|mlp\.(gate|up|down)_proj)\.weight$"
        return re.search(linear, name) is not None
    return re.search(r"\.experts\.\d+\.((gate|up|down)_proj|w[123])\.weight$", name) is not None


def by_expert(stored):
    """Stacks of experts taken apart: gate and up one after the other, or in turn and transposed (gpt-oss)."""
    out = dict(stored)
    in_turn = any(n.endswith("experts.gate_up_proj_bias") for n in stored)
    for name in [n for n in stored if n.endswith("_blocks")]:
        base = name[: -len("_blocks")]
        blocks, scales = out.pop(name), out.pop(base + "_scales")
        codes = np.stack([blocks & 15, blocks >> 4], -1).reshape(*blocks.shape[:-1], 32)
        values = np.array([0, .5, 1, 1.5, 2, 3, 4, 6, -0., -.5, -1, -1.5, -2, -3, -4, -6], np.float32)[codes]
        values = values * np.exp2(scales.astype(np.float32) - 127)[..., None]
        out[base] = values.reshape(*blocks.shape[:-2], -1).astype(BF16)
    for name in [n for n in out if re.search(r"\.experts\.(gate_up|down)_proj(_bias)?$", n)]:
        base, last = name.rsplit(".", 1)
        end, stack = (".bias" if last.endswith("_bias") else ".weight"), out.pop(name)
        if in_turn and end == ".weight" and base + ".gate_up_proj" in stored:
            stack = stack.transpose(0, 2, 1)
        for e, x in enumerate(stack):
            half = len(x) // 2
            parts = {"down_proj": x} if last.startswith("down") else {"gate_proj": x[0::2] if in_turn else x[:half],
                                                                      "up_proj": x[1::2] if in_turn else x[half:]}
            out.update({f"{base}.{e}.{n}{end}": np.ascontiguousarray(v) for n, v in parts.items()})
    return out


def judge_tensors(label, stored, made, dense, group):
    """Every tensor of the result, by the library or by what the source holds."""
    expected = {}
    for name, array in stored.items():
        if name.endswith(("_scale_inv", "rotary_emb.inv_freq")):
            continue
        value = array
        if name + "_scale_inv" in stored:
            value = fp8_product(array, stored[name + "_scale_inv"]).astype(BF16)
        if is_quantized(name, dense):
            base = name[: -len("weight")]
            expected.update({base + part: parts for part, parts in library(value, group).items()})
        else:
            expected[name] = value
    checks.equal(sorted(made), sorted(expected), f"{label}: the stored names")
    for name in sorted(set(made) & set(expected)):
        checks.same(made[name], np.asarray(expected[name]), f"{label}: {name}")


def judge_config(label, source, out, made):
    """Nothing but the quantization part changes, and the library's matcher agrees with what is stored."""
    from compressed_tensors.quantization import QuantizationConfig
    from compressed_tensors.utils.match import is_match
    before, after = source.config, json.loads((out / "config.json").read_text())
    source_text = before.get("text_config", {})
    quantization = after.pop("quantization_config", None) or after.get("text_config", {}).pop("quantization_config", None)
    # Inside text_config, names are those of the text model, and nothing is said of the rest.
    prefix = "language_model." if "quantization_config" in source_text else ""
    before.pop("quantization_config", None), source_text.pop("quantization_config", None)
    checks.equal(json.dumps(after), json.dumps(before), f"{label}: the rest of config.json, order included")
    read, linear = QuantizationConfig.model_validate(quantization), torch.nn.Linear(1, 1)

    def hit(module):
        targets = [t for group in read.config_groups.values() for t in group.targets]
        return is_match(module, linear, targets) and not is_match(module, linear, list(read.ignore))

    def modules(end):
        return [n[len(prefix): -len(end)] for n, a in made.items() if n.endswith(end) and a.ndim == 2 and n.startswith(prefix)]
    plain, packed = modules(".weight"), modules(".weight_packed")
    checks.true(packed, f"{label}: something is quantized")
    checks.equal([m for m in packed if not hit(m)], [], f"{label}: quantized modules that the config calls plain")
    if quantization == (source.config.get("quantization_config") or source.config.get("text_config", {}).get("quantization_config")):
        return quantization  # As it was published: what is no Linear of the library's need not be named.
    checks.equal([m for m in plain if hit(m)], [], f"{label}: plain modules that the config calls quantized")
    for reader, names in SPELLINGS.items():
        checks.equal([m for m in map(names, packed) if m and not hit(m)], [], f"{label}: quantized modules that the config calls plain to {reader}")
        checks.equal([m for m in map(names, plain) if m and hit(m)], [], f"{label}: plain modules that the config calls quantized to {reader}")
    return quantization


def spelling(*pairs):
    """Names of modules as a reader has them; None where it has no such module."""
    def name(module):
        for start, other in pairs:
            if module.startswith(start):
                return other + module[len(start):] if other is not None else None
        return module
    return name


SPELLINGS = {
    "the text class of transformers": spelling(("model.language_model.", "model."), ("model.visual.", None), ("mtp.", None),
                                               ("language_model.model.", "model."), ("language_model.", ""), ("vision_tower.", None), ("mm_projector.", None)),
    "transformers": spelling(("language_model.model.", "model.language_model."), ("language_model.", ""), ("vision_tower.encoder.blocks.", "model.vision_tower.layers."),
                             ("mm_projector.proj.0", "model.mm_projector.in_proj"), ("mm_projector.proj.2", "model.mm_projector.out_proj")),
    "vLLM": spelling(("model.language_model.", "language_model.model."), ("model.visual.", "visual."), ("mm_projector.proj.0", "mm_projector.linear_1"),
                     ("mm_projector.proj.2", "mm_projector.linear_2")),
    "the text model": spelling(("model.language_model.", ""), ("language_model.model.", ""), ("language_model.", ""), ("model.", "")),
}


def judge_index(label, out, made):
    entries = index(out)
    checks.equal(entries["weight_map"], {n: f.name for f in out.glob("*.safetensors") for n in header(f)[0] if n != "__metadata__"},
                 f"{label}: the index names every tensor in its file")
    checks.equal(entries["metadata"]["total_size"], sum(a.nbytes for a in made.values()), f"{label}: total_size")


def judge_load(label, source, out, made):
    """transformers finds every key, and computes what our own decode gives."""
    import families
    family, config = source.meta["family"], json.loads((out / "config.json").read_text())
    model, info = load_in_transformers(out, source, by_class=not family.startswith("kimi"))
    layers = config.get("text_config", config)["num_hidden_layers"]
    mtp = re.compile(rf"(^|\.)layers\.{layers}\.")  # transformers has no MTP layers: it leaves their tensors aside
    checks.equal(sorted(info["missing_keys"]), [], f"{label}: keys missing in transformers")
    checks.equal([k for k in sorted(info["unexpected_keys"]) if not mtp.search(k)], [], f"{label}: unexpected keys")
    checks.equal(sorted(map(str, info["mismatched_keys"])), [], f"{label}: mismatched keys")
    theirs = logits_of(model, source)
    decoded = {n: a if n not in made or made[n].dtype != BF16 else a for n, a in decode(made).items()}
    rounded = {n: torch.from_numpy(np.array(a if n in made else a.astype(BF16).astype(np.float32))) for n, a in decoded.items()}
    ours, _ = families.load(families.FAMILIES[family], {**config, **extras(family)}, rounded)
    checks.at_most(float(np.abs(theirs - logits_of(ours, source)).max()), 1e-4, f"{label}: logits of transformers and of our decode")
    golden = source.golden / "golden_logits_bf16.npy"
    reference = np.load(golden) if golden.exists() else source.array("logits")
    return kl_mean(reference, theirs)


def extras(family):
    import families
    return {k: v for k, v in families.FAMILIES[family]["config"]().items() if k.startswith("_")}


def own_specs(family):
    folder = new_folder()
    (folder / "families").mkdir(parents=True)
    shutil.copy(ROOT / "Specs" / "families" / f"{family}.json", folder / "families")
    return folder


def main():
    only = sys.argv[1:]
    for family, quant, seed, style, groups in CASES:
        if only and family not in only:
            continue
        for group in groups:
            label = f"{family} {quant} seed {seed}" + (f" {style}" if style else "") + f" int4-g{group}"
            if not checks.selected(label):
                continue
            with checks.case(label):
                source, out = fixture(family, quant, seed, style), new_folder()
                dense = not source.meta["golden"]["routers"]
                specs = []
                if family in NOT_LOADED:
                    refused = ckpt("convert", source.path, out, "--to", f"int4-g{group}", expect=2)
                    checks.equal(refused.json["error"]["code"], "recipe.no-reader", f"{label}: is refused")
                    specs = ["--specs", own_specs(family)]
                if ckpt("convert", source.path, out, "--to", f"int4-g{group}", *specs, expect=0).exit:
                    continue
                made = tensors(out)
                judge_tensors(label, by_expert(tensors(source.path)), made, dense, group)
                quantization = judge_config(label, source, out, made)
                checks.equal(quantization["config_groups"]["group_0"]["weights"]["group_size"], group, f"{label}: group size in config.json")
                judge_index(label, out, made)
                if (family, quant, seed, group) == ("kimi_k2", "fp8-block", 0, 32):
                    checks.equal(digest_of_digests(out), FIRST_PATH, f"{label}: the digest of all digests")
                loaded = family not in NOT_LOADED and judge_load(label, source, out, made)
                checks.note(f"{label}: {len(made)} tensors" + (f", kl_mean {loaded:.4f}" if loaded else ""))
                remove(out)

    if only:
        return
    for family in ("kimi_k2_thinking", "kimi_k25"):
        for seed, style in ((0, None), (1, "plain")):
            label = f"{family} int4 seed {seed} int4-g32"
            if not checks.selected(label):
                continue
            with checks.case(label):
                source, out = fixture(family, "int4", seed, style), new_folder()
                ckpt("convert", source.path, out, "--to", "int4-g32", expect=0)
                before, made = tensors(source.path), tensors(out)
                checks.equal(sorted(made), sorted(before), f"{label}: the stored names")
                for name in sorted(set(before) & set(made)):
                    checks.same(made[name], before[name], f"{label}: {name}")
                judge_config(label, source, out, made)
                checks.true((out / "config.json").read_bytes() == (source.path / "config.json").read_bytes(), f"{label}: config.json is the source's")
                judge_load(label, source, out, made)
                remove(out)

    for dtype in (torch.float16, torch.float32):
        label = f"llama stored as {dtype} int4-g32"
        if not checks.selected(label):
            continue
        with checks.case(label):
            plain = fixture("llama", "none")
            config = {**plain.config, "torch_dtype": str(dtype).split(".")[1]}
            source = derive(plain, lambda name, t: {name: t.to(dtype)}, "llama", config)
            out = new_folder()
            ckpt("convert", source.path, out, "--to", "int4-g32", expect=0)
            made = tensors(out)
            judge_tensors(label, tensors(source.path), made, True, 32)
            judge_config(label, source, out, made)
            remove(out)


main()
checks.end()
