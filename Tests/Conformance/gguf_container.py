"""GGUF files, split sets, metadata and importance matrices, held against ggml, the llama.cpp programs and the `gguf` package.

    python gguf_container.py [corpus files fuzz imatrix]

GGUF_FUZZ  damaged files to make (default: 150)
"""
# needs: llama
# slices: 2
# seconds: 27
import ctypes, filecmp, json, os, pathlib, random, subprocess, sys

from harness import CKPT, checks, ckpt, fixture, new_folder, np, remove

import llama
from llama import gguf, run

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "gguf"


class Params(ctypes.Structure):
    _fields_ = [("no_alloc", ctypes.c_bool), ("ctx", ctypes.c_void_p)]


def ggml_reader():
    lib = ctypes.CDLL(os.path.join(llama.BIN, "libggml-base.so"))
    lib.gguf_init_from_file.restype = ctypes.c_void_p
    lib.gguf_init_from_file.argtypes = [ctypes.c_char_p, Params]
    return lib


def ggml_says(lib, path):
    """ggml's verdict, asked in a process of its own."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        os._exit(0 if lib.gguf_init_from_file(str(path).encode(), Params(True, None)) else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {0: "accepted", 1: "refused"}.get(status, f"ended with {status}")


def ckpt_says(path):
    done = subprocess.run([CKPT, "validate", "--json", str(path)], capture_output=True, text=True, timeout=60)
    # Of the model these files have no more than its name: what its keys lack is no matter of the container.
    findings = [f for f in json.loads(done.stdout)["findings"] if f["severity"] != "note" and f["code"] != "config.key"]
    if not findings:
        return "accepted"
    return {"error": "rejected: ", "warning": "warning: "}[findings[0]["severity"]] + findings[0]["code"]


def corpus():
    lib = ggml_reader()
    cases = json.loads((CORPUS / "cases.json").read_text())["cases"]
    for case in cases:
        path = CORPUS / "files" / (case["name"] + ".gguf")
        checks.equal(ckpt_says(path), case["ckpt"], f"{case['name']}: our verdict")
        checks.equal(ggml_says(lib, path), case["reference"], f"{case['name']}: ggml's verdict")
    checks.note(f"corpus: {len(cases)} files")


def hashes(path):
    return [line.split()[:2] for line in run("llama-gguf-hash", "--xxh64", path).splitlines() if line.startswith("xxh64")]


def stored(path):
    lines = ckpt("list", path, "--stored", expect=0).stdout.splitlines()
    return [json.loads(line) for line in lines[1:-1]]


def same_tensors(label, path):
    """Names, types, shapes and places as the `gguf` package reads them."""
    reader = gguf.GGUFReader(path)
    theirs = [(t.name, t.tensor_type.name, [int(n) for n in reversed(t.shape)], t.n_bytes, t.data_offset) for t in reader.tensors]
    ours = [(r["name"], r["dtype"], r["shape"], r["bytes"], r["offset"]) for r in stored(path)]
    checks.equal(ours, theirs, f"{label}: tensors")
    shown = ckpt("metadata", path, expect=0).summary["metadata"]
    for key, field in reader.fields.items():
        if key.startswith("GGUF."):
            continue
        value = field.contents()
        mine = shown.get(key, {})
        if isinstance(value, list):
            checks.equal(mine.get("count"), len(value), f"{label}: {key}: elements")
            checks.equal(mine.get("first"), value[:8], f"{label}: {key}: first elements")
        elif isinstance(value, float):
            checks.equal(np.float32(mine.get("value")), np.float32(value), f"{label}: {key}")
        else:
            checks.equal(mine.get("value"), value, f"{label}: {key}")


def files():
    for family, mix in (("kimi_k2", "q4_0"), ("qwen3_moe", "q4_k_m"), ("llama", "q4_k"), ("deepseek_v3", None)):
        if not checks.selected(family):
            continue
        with checks.case(family):
            folder = new_folder(family)
            folder.mkdir(parents=True)
            model = folder / "f32.gguf"
            llama.convert((fixture(family, "none"), model, "f32", "golden"))
            if mix:
                quantized = folder / "quantized.gguf"
                run("llama-quantize", "--pure", model, quantized, mix)
                model = quantized
            same_tensors(family, model)
            checks.equal(ckpt("validate", model, expect=0).codes("warning"), [], f"{family}: no warnings")
            for limit, theirs in (("500KB", None), ("1MB", "1M"), ("2MB", "2M")):
                ours = folder / f"ours-{limit}"
                ours.mkdir()
                ckpt("reshard", model, ours / "x.gguf", "--max-shard-size", limit, expect=0)
                shards = sorted(ours.glob("*.gguf"))
                # Of a single file, llama-gguf-split makes a set of one, with the keys of a set.
                if theirs and len(shards) > 1:
                    other = folder / f"theirs-{limit}"
                    other.mkdir()
                    run("llama-gguf-split", "--split", "--split-max-size", theirs, model, other / "x")
                    checks.equal([p.name for p in shards], sorted(p.name for p in other.iterdir()), f"{family} {limit}: files")
                    for path in shards:
                        checks.true(filecmp.cmp(path, other / path.name, shallow=False), f"{family} {limit}: {path.name} is llama-gguf-split's")
                merged = folder / f"merged-{limit}.gguf"
                ckpt("reshard", shards[-1], merged, "--max-shard-size", "1TB", expect=0)
                checks.true(filecmp.cmp(model, merged, shallow=False), f"{family} {limit}: split and merged, the file is the same")
                if len(shards) > 1:
                    joined = folder / f"joined-{limit}.gguf"
                    run("llama-gguf-split", "--merge", shards[0], joined)
                    checks.equal([h[1] for h in hashes(joined)][:-1], [h[1] for h in hashes(model)][:-1], f"{family} {limit}: llama-gguf-split merges ours")
            metadata(family, folder, model)
            remove(folder)


def metadata(family, folder, model):
    edited = folder / "edited.gguf"
    edited.write_bytes(model.read_bytes())
    before = [h[1] for h in hashes(model)]
    inside = ckpt("metadata", edited, "--set", "general.file_type=7", expect=0)
    checks.true(inside.summary["in_place"], f"{family}: a number is set in place")
    moved = ckpt("metadata", edited, "--set", "general.name=" + "Ä long name " * 20, "--set", "x.y=u64:18446744073709551615", expect=0)
    checks.true(not moved.summary["in_place"], f"{family}: a longer name is not")
    reader = gguf.GGUFReader(edited)
    found = [reader.fields[key].contents() for key in ("general.file_type", "general.name", "x.y")]
    checks.equal(found, [7, "Ä long name " * 20, 2**64 - 1], f"{family}: the keys that were set")
    checks.equal([h[1] for h in hashes(edited)], before, f"{family}: tensors after setting keys")
    checks.true(run("llama-gguf", edited, "r", "n").strip() != "", f"{family}: llama-gguf reads it")


def fuzz():
    lib = ggml_reader()
    folder = new_folder("fuzz")
    folder.mkdir(parents=True)
    llama.convert((fixture("kimi_k2", "none"), folder / "f32.gguf", "f32", "golden"))
    run("llama-quantize", "--pure", folder / "f32.gguf", folder / "good.gguf", "q4_0")
    good = (folder / "good.gguf").read_bytes()
    header = good.index(b"output.weight") + 3000
    rng = random.Random(7)
    counts = {}
    for i in range(int(os.environ.get("GGUF_FUZZ", "150"))):
        data = bytearray(good)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(header)
            kind = rng.randrange(3)
            if kind == 0:
                data[place] ^= 1 << rng.randrange(8)
            elif kind == 1:
                data[place : place + 8] = rng.choice([0, 1, 2**31, 2**32, 2**62, 2**63, 2**64 - 1]).to_bytes(8, "little")
            else:
                del data[place : place + rng.randint(1, 8)]
        if not checks.selected(f"fuzz {i}"):
            continue
        path = folder / "x.gguf"
        path.write_bytes(data)
        theirs, ours = ggml_says(lib, path), ckpt_says(path)
        key = (theirs, "rejected" if ours.startswith("rejected") else "accepted")
        counts[key] = counts.get(key, 0) + 1
        checks.true(theirs != "refused" or ours.startswith("rejected"), f"fuzz {i}: what ggml refuses is refused", ours)
    checks.note(f"fuzz: {counts}")
    remove(folder)


def imatrix():
    rng = random.Random(1)
    words = "the of and to in is it model token expert layer weight a b c d".split()
    for family in ("kimi_k2", "qwen3_moe"):
        if not checks.selected(f"imatrix {family}"):
            continue
        with checks.case(f"imatrix {family}"):
            folder = new_folder(family)
            folder.mkdir(parents=True)
            llama.convert((fixture(family, "none"), folder / "m.gguf", "f32", "golden"))
            (folder / "t.txt").write_text(" ".join(rng.choice(words) for _ in range(6000)))
            for ending, more in (("gguf", []), ("dat", ["--output-format", "dat"])):
                run("llama-imatrix", "-m", folder / "m.gguf", "-f", folder / "t.txt", "-c", 64, "-b", 64, "--chunks", 12, *more, "-o", folder / f"i.{ending}")
            found = ckpt("imatrix", folder / "i.gguf", "--against", folder / "m.gguf", expect=0).summary
            reader = gguf.GGUFReader(folder / "i.gguf")
            counts = {t.name[:-len(".counts")]: np.array(t.data).reshape(-1) for t in reader.tensors if t.name.endswith(".counts")}
            checks.equal(found["entries"], len(counts), f"{family}: entries")
            checks.equal((found["chunks"], found["chunk_tokens"]), (12, 64), f"{family}: chunks")
            for row in found["routing"]:
                name = next(n for n in sorted(counts) if n.startswith(f"blk.{row['layer']}.") and "_exps" in n)
                x = counts[name].astype(np.float64)
                p = x[x > 0] / x.sum()
                checks.near(row["entropy"], float(-(p * np.log(p)).sum()), 1e-12, f"{name}: entropy")
                checks.near(row["gini"], float(np.abs(x[:, None] - x[None]).sum() / (2 * x.size**2 * x.mean())), 1e-12, f"{name}: Gini")
                checks.near(row["load_max"], float(x.max() / x.mean()), 1e-12, f"{name}: load")
                checks.equal(row["dead"], int((x == 0).sum()), f"{name}: dead experts")
            old = ckpt("imatrix", folder / "i.dat", "--against", folder / "m.gguf", expect=0).summary
            checks.equal((old["format"], old["entries"], old["chunks"]), ("legacy", len(counts), 12), f"{family}: the legacy file")
            remove(folder)


for part in sys.argv[1:] or ["corpus", "files", "fuzz", "imatrix"]:
    {"corpus": corpus, "files": files, "fuzz": fuzz, "imatrix": imatrix}[part]()
checks.end()
