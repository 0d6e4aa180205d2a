"""Moving boundaries: every tensor by bytes through the safetensors library, the index, the names, the limits."""
# seconds: 11
import json, re

from harness import checks, ckpt, derive, fixture, header, index, new_folder, remove, tree

from safetensors import safe_open

SOURCES = [("kimi_k2", "fp8-block", 0, None), ("deepseek_v3", "fp8-ue8m0", 1, "zero"), ("kimi_k2_thinking", "int4", 0, None),
           ("kimi_k25", "int4", 0, None), ("qwen3_tied_lmhead", "none", 0, "qwen35"), ("qwen3", "fp8-block-f16", 0, "plain"),
           ("qwen3_moe", "none", 1, None), ("llama", "none", 0, None)]


def library(path):
    """name -> (dtype, shape, bytes, file) through the safetensors library."""
    import torch
    found = {}
    for file in sorted(path.glob("*.safetensors")) if path.is_dir() else [path]:
        with safe_open(file, "pt") as opened:
            checks.equal(opened.metadata(), {"format": "pt"}, f"{file.name}: the metadata says format pt")
            for name in opened.keys():
                tensor = opened.get_tensor(name).contiguous()
                found[name] = (tensor.dtype, tuple(tensor.shape), tensor.reshape(-1).view(torch.uint8).numpy().tobytes(), file.name)
    return found


def judge(label, source, out, limit=None, by_layer=False):
    before, after = library(source), library(out)
    checks.equal(sorted(after), sorted(before), f"{label}: the stored names")
    for name in before:
        checks.true(name in after and after[name][:3] == before[name][:3], f"{label}: {name} by bytes")
    files = sorted({entry[3] for entry in after.values()})
    sizes = {file: sum(len(e[2]) for e in after.values() if e[3] == file) for file in files}
    if len(files) == 1:
        checks.equal(files, ["model.safetensors"], f"{label}: the name of a single file")
        checks.true(not (out / "model.safetensors.index.json").exists(), f"{label}: a single file has no index")
    else:
        checks.equal(files, [f"model-{i + 1:05d}-of-{len(files):05d}.safetensors" for i in range(len(files))], f"{label}: file names")
        entries = index(out)
        checks.equal(entries["weight_map"], {n: e[3] for n, e in after.items()}, f"{label}: the index names every tensor in its file")
        checks.equal(entries["metadata"]["total_size"], sum(sizes.values()), f"{label}: total_size")
    for file in files:
        entries, start = header(out / file)
        checks.equal(start % 8, 0, f"{label}: {file}: data are aligned")
    main = {n: re.sub(r"(_scale_inv|_packed|_scale|_shape)$", "", n) for n in after}
    for name, base in main.items():
        partners = {after[n][3] for n, b in main.items() if b == base}
        checks.equal(len(partners), 1, f"{label}: the parts of {base} lie in one file")
    if limit:
        for file, size in sizes.items():
            largest = {main[n] for n, e in after.items() if e[3] == file}
            checks.true(size <= limit or len(largest) == 1, f"{label}: {file} holds at most {limit} bytes", f"{size} bytes, {len(largest)} weights")
    if by_layer:
        for file in files:
            layers = {m[1] for n, e in after.items() if e[3] == file for m in [re.search(r"(?:^|\.)layers\.(\d+)\.", n)] if m}
            checks.true(len(layers) <= 1, f"{label}: {file} holds one layer", str(layers))
    if source.is_dir():
        aside = {n: d for n, d in tree(source).items() if not n.endswith((".safetensors", ".index.json"))}
        made = {n: d for n, d in tree(out).items() if not n.endswith((".safetensors", ".index.json")) and n != "ckpt-provenance.json"}
        checks.equal(made, aside, f"{label}: the other files")


for family, quant, seed, style in SOURCES:
    source = fixture(family, quant, seed, style)
    for how in (("--max-shard-size", "500KB"), ("--max-shard-size", "1MiB"), ("--max-shard-size", "5GB"), ("--by", "layer")):
        label = f"{family} {quant} reshard {' '.join(how)}"
        with checks.case(label):
            out = new_folder()
            if ckpt("reshard", source.path, out, *how, expect=0).exit:
                continue
            limit = {"500KB": 500_000, "1MiB": 1 << 20}.get(how[1])
            judge(label, source.path, out, limit, by_layer=how[0] == "--by")
            if how[1] == "5GB":
                checks.equal(len(list(out.glob("*.safetensors"))), 1, f"{label}: one file")
            again = new_folder()
            ckpt("reshard", out, again, "--max-shard-size", "700KB", expect=0)
            judge(label + ", cut again", source.path, again, 700_000)
            remove(out, again)

with checks.case("a single file as the source"):
    source = derive(fixture("qwen3", "none"), lambda name, t: {name: t}, "single", shards=False)
    out = new_folder()
    ckpt("reshard", source.path, out, "--max-shard-size", "600KB", expect=0)
    judge("one file into many", source.path, out, 600_000)
    whole, one = new_folder(), new_folder()
    ckpt("reshard", source.path / "model.safetensors", one, "--max-shard-size", "600KB", expect=0)
    judge("a .safetensors file alone into many", source.path / "model.safetensors", one, 600_000)
    ckpt("reshard", out, whole, "--max-shard-size", "1GB", expect=0)
    judge("many into one", source.path, whole)
    remove(out, whole, one, source.path)
checks.end()
