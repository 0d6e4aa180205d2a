"""What encodings decode to (`--to bf16`, `f16`, `f32`), and block-fp8 as it is written, against the libraries and NumPy."""
# seconds: 25
import json

from harness import BF16, checks, ckpt, decode, fixture, load_in_transformers, logits_of, \
    new_folder, np, remove, tensors

import ml_dtypes, torch
from safetensors import safe_open

ENCODED = [
    ("kimi_k2", "fp8-block", 0), ("kimi_k2", "fp8-block", 1), ("deepseek_v3", "fp8-block", 0), ("deepseek_v3", "fp8-ue8m0", 0),
    ("deepseek_v3", "fp8-ue8m0-f32", 1), ("qwen3", "fp8-block", 0), ("qwen3", "fp8-block-f16", 1), ("qwen3_moe", "fp8-block", 0),
    ("kimi_k2_thinking", "int4", 0), ("kimi_k2_thinking", "int4", 1), ("kimi_k25", "int4", 0),
]
PLAIN = [("kimi_k2", "none", 0), ("deepseek_v3", "none", 0), ("qwen3", "none", 0), ("qwen3_moe", "none", 1)]


def library_bf16(path):
    """The BF16 weights that compressed-tensors' own dequantizers make, name -> array of bits."""
    from compressed_tensors.compressors import decompress_module
    from compressed_tensors.entrypoints.convert import FP8BlockDequantizer
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme, initialize_module_for_quantization
    stored = {}
    for shard in sorted(path.glob("*.safetensors")):
        with safe_open(shard, "pt") as file:
            stored.update({name: file.get_tensor(name) for name in file.keys()})
    out = {}
    names = [n[: -len("_scale_inv")] for n in stored if n.endswith("_scale_inv")]
    if names:
        modules = [n[: -len(".weight")] for n in names]
        for name, module in zip(names, modules):
            pair = {name: stored[name], name + "_scale_inv": stored[name + "_scale_inv"].float()}
            made = FP8BlockDequantizer(targets=[module]).process(pair)[name].contiguous()
            out[name] = made.view(torch.int16).numpy().view(BF16)
    for name in [n[: -len("_packed")] for n in stored if n.endswith(".weight_packed")]:
        scale, rows_columns = stored[name + "_scale"], stored[name + "_shape"].tolist()
        arguments = QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=rows_columns[1] // scale.shape[1], symmetric=True)
        module = torch.nn.Linear(rows_columns[1], rows_columns[0], bias=False, dtype=torch.bfloat16)
        initialize_module_for_quantization(module, QuantizationScheme(targets=["Linear"], weights=arguments, format="pack-quantized"))
        del module.weight
        for part in ("packed", "scale", "shape"):
            module.register_parameter(f"weight_{part}", torch.nn.Parameter(stored[f"{name}_{part}"], requires_grad=False))
        decompress_module(module)
        out[name] = module.weight.detach().contiguous().view(torch.int16).numpy().view(BF16)
    return out


def expected_plain(stored, dtype):
    """Encoded weights decoded to the exact product and rounded once to `dtype`; plain tensors as they are."""
    decoded = decode(stored)
    return {name: np.asarray(stored[name]) if name in stored and name + "_scale_inv" not in stored else array.astype(dtype)
            for name, array in decoded.items() if not name.endswith("rotary_emb.inv_freq")}


def judge_decoding():
    for family, quant, seed in ENCODED:
        source = fixture(family, quant, seed)
        stored = tensors(source.path)
        for recipe, dtype in (("bf16", np.dtype(BF16)), ("f32", np.dtype(np.float32)), ("f16", np.dtype(np.float16))):
            label = f"{family} {quant} seed {seed} {recipe}"
            if not checks.selected(label):
                continue
            with checks.case(label):
                out = new_folder()
                ckpt("convert", source.path, out, "--to", recipe, expect=0)
                made, expected = tensors(out), expected_plain(stored, dtype)
                checks.equal(sorted(made), sorted(expected), f"{label}: the stored names")
                for name in sorted(set(made) & set(expected)):
                    checks.same(made[name], expected[name], f"{label}: {name}")
                config = json.loads((out / "config.json").read_text())
                checks.true("quantization_config" not in config and "quantization_config" not in config.get("text_config", {}),
                            f"{label}: no quantization_config is left")
                if recipe == "bf16":
                    library = library_bf16(source.path)
                    checks.true(library, f"{label}: the library decodes something")
                    for name, array in library.items():
                        checks.same(made[name], array, f"{label}: {name} by the library")
                    model, info = load_in_transformers(out, source)
                    checks.equal(sorted(info["missing_keys"]), [], f"{label}: keys missing in transformers")
                    distance = float(np.abs(logits_of(model, source) - source.array("logits_bf16")).max())
                    checks.at_most(distance, 1e-3, f"{label}: logits of transformers and the golden ones")
                remove(out)


def fp8_reference(values, dtype):
    """Codes and scales of block-fp8: scale = amax / 448 in float32, stored in its dtype; code = e4m3(value / stored scale)."""
    rows, columns = values.shape
    grid = (-(-rows // 128), -(-columns // 128))
    scale, codes = np.zeros(grid, np.float32), np.zeros(values.shape, ml_dtypes.float8_e4m3fn)
    for i in range(grid[0]):
        for j in range(grid[1]):
            scale[i, j] = np.abs(values[128 * i:128 * i + 128, 128 * j:128 * j + 128]).max() / np.float32(448)
    if dtype == "F8_E8M0":  # the next power of two that is not smaller
        stored = np.exp2(np.ceil(np.log2(scale.astype(np.float64)))).astype(ml_dtypes.float8_e8m0fnu)
    else:
        stored = scale.astype({"F32": np.float32, "BF16": BF16, "F16": np.float16}[dtype])
    spread = np.repeat(np.repeat(stored.astype(np.float32), 128, 0), 128, 1)[:rows, :columns]
    codes = torch.from_numpy(np.clip(values / spread, -448, 448)).to(torch.float8_e4m3fn)
    return codes.view(torch.uint8).numpy().view(ml_dtypes.float8_e4m3fn), stored


def judge_fp8():
    for family, quant, seed in PLAIN:
        source, published = fixture(family, quant, seed), fixture(family, "fp8-block", seed)
        stored, pattern = tensors(source.path), tensors(published.path)
        for dtype in (None, "F32", "BF16", "F16", "F8_E8M0"):
            label = f"{family} {quant} seed {seed} fp8-block" + (f" {dtype}" if dtype else "")
            if not checks.selected(label):
                continue
            with checks.case(label):
                out = new_folder()
                ckpt("convert", source.path, out, "--to", "fp8-block", *(["--scale-dtype", dtype] if dtype else []), expect=0)
                made = tensors(out)
                checks.equal(sorted(made), sorted(n for n in pattern if not n.endswith("inv_freq")),
                             f"{label}: the names of the published fp8 form")
                for name, array in made.items():
                    if name.endswith("_scale_inv"):
                        continue
                    if name + "_scale_inv" not in made:
                        checks.same(array, np.asarray(stored[name]), f"{label}: {name}")
                        continue
                    used = dtype or {"float32": "F32", "bfloat16": "BF16"}[str(pattern[name + "_scale_inv"].dtype)]
                    codes, scale = fp8_reference(stored[name].astype(np.float32), used)
                    checks.same(made[name + "_scale_inv"], scale, f"{label}: {name}_scale_inv")
                    checks.same(array, codes, f"{label}: {name}")
                remove(out)


judge_decoding()
judge_fp8()
checks.end()
