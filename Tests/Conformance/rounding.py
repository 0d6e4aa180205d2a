"""The three rules for INT4 scales: `exact` finds the grid of an up-cast, `mse` beats `ct`, and the errors that are reported are true."""
# seconds: 11
from harness import BF16, checks, ckpt, decode, derive, fixture, new_folder, np, rel_rmse, remove, tensors

import torch

FIXTURES = [("kimi_k2", "fp8-block", 0), ("kimi_k2", "none", 1), ("deepseek_v3", "fp8-ue8m0", 0), ("llama", "none", 0),
            ("qwen3", "fp8-block-f16", 0), ("qwen3_moe", "fp8-block", 1)]


def upcast(source, label):
    """The BF16 checkpoint that compressed-tensors makes out of an INT4 one."""
    from compressed_tensors.compressors import decompress_module
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme, initialize_module_for_quantization
    parts = {}

    def change(name, tensor):
        base, _, part = name.rpartition(".weight_")
        if not base:
            return {name: tensor}
        parts.setdefault(base, {})[part] = tensor
        if len(parts[base]) < 3:
            return None
        rows, columns = parts[base]["shape"].tolist()
        group = columns // parts[base]["scale"].shape[1]
        arguments = QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=group, symmetric=True)
        module = torch.nn.Linear(columns, rows, bias=False, dtype=torch.bfloat16)
        initialize_module_for_quantization(module, QuantizationScheme(targets=["Linear"], weights=arguments, format="pack-quantized"))
        del module.weight
        for key, value in parts[base].items():
            module.register_parameter(f"weight_{key}", torch.nn.Parameter(value, requires_grad=False))
        decompress_module(module)
        return {base + ".weight": module.weight.detach()}
    config = source.config
    config.pop("quantization_config", None), config.get("text_config", {}).pop("quantization_config", None)
    return derive(source, change, label, config)


def packed_names(made):
    return [n[: -len("_packed")] for n in made if n.endswith(".weight_packed")]


def judge_exact():
    cases = [("published INT4", fixture("kimi_k2_thinking", "int4", seed), "32") for seed in (0, 1)]
    cases.append(("published INT4 with vision", fixture("kimi_k25", "int4", 0), "32"))
    for family, quant, group in (("kimi_k2", "fp8-block", "32"), ("llama", "none", "64"), ("qwen3_moe", "none", "128")):
        source, out = fixture(family, quant), new_folder()
        ckpt("convert", source.path, out, "--to", f"int4-g{group}", expect=0)
        made = type(source)(out)
        made.golden = source.golden
        cases.append((f"{family} {quant} by ct", made, group))
    for label, source, group in cases:
        label = f"exact on the up-cast of {label} g{group}"
        with checks.case(label):
            wide, out = upcast(source, "upcast"), new_folder()
            result = ckpt("convert", wide.path, out, "--to", f"int4-g{group}", "--rounding", "exact", "--errors", "all", expect=0)
            before, made = tensors(wide.path), tensors(out)
            names, decoded = packed_names(made), decode(made)
            groups = sum(made[n + "_scale"].size for n in names)
            checks.true(groups > 0, f"{label}: groups")
            checks.equal(result.summary["groups"], groups, f"{label}: groups counted")
            checks.equal(result.summary["groups_exact"], groups, f"{label}: exact groups")
            checks.equal(result.codes("error"), [], f"{label}: no findings")
            for name in names:
                checks.same(decoded[name].astype(BF16), np.asarray(before[name]), f"{label}: {name} comes back bit for bit")
            remove(wide.path, out)

    for family in ("kimi_k2", "llama", "qwen3_moe"):
        label = f"exact on ordinary BF16 weights of {family}"
        with checks.case(label):
            source, exact, ct = fixture(family, "none"), new_folder(), new_folder()
            result = ckpt("convert", source.path, exact, "--to", "int4-g32", "--rounding", "exact", expect=1)
            ckpt("convert", source.path, ct, "--to", "int4-g32", expect=0)
            names = packed_names(tensors(exact))
            checks.equal(result.summary["groups_exact"], 0, f"{label}: exact groups")
            found = [f for f in result.json["findings"] if f["severity"] == "error"]
            checks.equal(sorted(f["tensor"] for f in found), sorted(names), f"{label}: one error for each tensor")
            checks.equal({f["code"] for f in found}, {"convert.inexact-groups"}, f"{label}: the code")
            one, two = tensors(exact), tensors(ct)
            checks.true(all(one[n].tobytes() == two[n].tobytes() for n in two), f"{label}: groups that are not exact get the ct rule")
            remove(exact, ct)

    with checks.case("exact refuses a source that is no plain one"):
        source, out = fixture("kimi_k2", "fp8-block"), new_folder()
        checks.equal(ckpt("convert", source.path, out, "--to", "int4-g32", "--rounding", "exact").exit, 2,
                     "exact refuses a block-fp8 source")
        checks.true(not out.exists(), "exact refuses a block-fp8 source: nothing is written")


def convert(source, recipe, rounding):
    """-> decoded tensors of the result, summary"""
    out = new_folder()
    result = ckpt("convert", source.path, out, "--to", recipe, "--rounding", rounding, "--errors", "all", expect=0)
    made = tensors(out)
    names = packed_names(made)
    decoded = {n: a for n, a in decode(made).items() if n in names}
    remove(out)
    return decoded, result.summary


def role(name):
    last = name.split(".")[-2].removesuffix("_proj")
    return ("moe." if ".experts." in name else "attn." if ".self_attn." in name else "mlp.") + last


def judge_errors(label, reference, decoded, summary):
    """The figures by role are those of the definition, computed here."""
    by_role = {}
    for name, array in decoded.items():
        by_role.setdefault(role(name), []).append((reference[name].astype(np.float64), array.astype(np.float64)))
    checks.equal(summary["error_rows_share"], 1.0, f"{label}: all rows are measured")
    for key, pairs in by_role.items():
        found = summary["error_by_role"][key]
        each = [np.sqrt(((a - b) ** 2).sum() / (a ** 2).sum()) for a, b in pairs]
        sqnr = 10 * np.log10(sum((a ** 2).sum() for a, _ in pairs) / sum(((a - b) ** 2).sum() for a, b in pairs))
        checks.equal(found["tensors"], len(pairs), f"{label}: {key} tensors")
        checks.near(found["rel_rmse_mean"], float(np.mean(each)), 1e-12, f"{label}: {key} rel_rmse_mean")
        checks.near(found["rel_rmse_max"], float(np.max(each)), 1e-12, f"{label}: {key} rel_rmse_max")
        checks.near(found["sqnr_db"], float(sqnr), 1e-10, f"{label}: {key} sqnr_db")


def judge_mse():
    for seed in (0, 1, 2):
        label = f"mse on Gaussian weights seed {seed}"
        with checks.case(label):
            generator = torch.Generator().manual_seed(1000 + seed)
            plain = fixture("llama", "none")
            source = derive(plain, lambda name, t: {name: t if t.ndim != 2 else (torch.randn(t.shape, generator=generator) * 0.02).to(t.dtype)},
                            "gauss")
            reference = decode(tensors(source.path))
            ct, _ = convert(source, "int4-g32", "ct")
            mse, _ = convert(source, "int4-g32", "mse")

            def together(decoded):
                names = sorted(decoded)
                return rel_rmse(np.concatenate([reference[n].ravel() for n in names]), np.concatenate([decoded[n].ravel() for n in names]))
            gain = 1 - together(mse) / together(ct)
            checks.note(f"{label}: relative RMSE {together(ct):.5f} with ct, {together(mse):.5f} with mse: {100 * gain:.2f} % lower")
            checks.true(gain >= 0.08, f"{label}: at least 8 % below ct", f"{100 * gain:.2f} %")
            for name in ct:
                checks.at_most(rel_rmse(reference[name], mse[name]), 0.92 * rel_rmse(reference[name], ct[name]), f"{label}: {name} mse and 0.92 × ct")
            remove(source.path)
    for family, quant, seed in FIXTURES:
        for recipe in ("int4-g32", "int4-g128"):
            label = f"mse on {family} {quant} seed {seed} {recipe}"
            with checks.case(label):
                source = fixture(family, quant, seed)
                reference = decode(tensors(source.path))
                ct, ct_summary = convert(source, recipe, "ct")
                mse, mse_summary = convert(source, recipe, "mse")
                for name in ct:
                    checks.at_most(rel_rmse(reference[name], mse[name]), rel_rmse(reference[name], ct[name]), f"{label}: {name} mse and ct")
                judge_errors(label + " ct", reference, ct, ct_summary)
                judge_errors(label + " mse", reference, mse, mse_summary)


judge_exact()
judge_mse()
checks.end()
