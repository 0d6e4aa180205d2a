"""`ckpt convert SRC OUT.gguf` against llama.cpp: its converter, and `llama-quantize` on what the converter made.

    python gguf_convert.py [plain mixes pure split bytes damaged]

Tensors are compared by name, type, shape and bytes; the order is another one (llama-quantize sorts by layer and name), which no reader
minds. Keys are compared by value and type, but for those of DIFFERENCES.
"""
# needs: llama
# slices: 10
# seconds: 60
import concurrent.futures, functools, json, os, re, signal, subprocess, sys, time

from harness import AT_ONCE, checks, ckpt, command, derive, fixture, new_folder, np, remove, sha256

import families
import llama

# Key -> why ours is another, or is not there.
DIFFERENCES = {
    "general.name": "the converter takes the folder's name; ckpt does not look at paths: --name, the model card, or the model's type",
    "general.basename": "a part of that name",
    "general.version": "a part of that name",
    "quantize.imatrix.file": "a path: bytes would depend on where a file lies",
}
# Of Kimi's tokenizer the converter knows only what Python code beside the weights tells it: `tokenizer.py` judges these.
KIMI = {"tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.padding_token_id"}
# A head that is stored although it is tied: the converter writes it a second time; llama.cpp does without, and ckpt leaves it out.
STORED_THOUGH_TIED = {"qwen3_tied_lmhead"}
MIXED = [("llama", "none"), ("qwen3_moe", "fp8-block"), ("kimi_k2", "fp8-block"), ("deepseek_v3", "none")]
SMALL = ("--threads", "1", "--memory", "256MiB", "--digests", "none", "--errors", "none")
TYPES = "q8_0 q4_0 q4_1 q5_0 q5_1 q2_K q3_K q4_K q5_K q6_K iq4_nl iq4_xs mxfp4".split()


def at_once(function, cases):
    """Runs the cases side by side; they report themselves."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda case: function(*case), cases))


def compare(label, ours, theirs, family):
    ours, theirs = llama.Model(ours), llama.Model(theirs)
    if family in STORED_THOUGH_TIED:
        _, _, head = theirs.tensors.pop("output.weight")
        checks.true(np.array_equal(head, theirs.tensors["token_embd.weight"][2]), f"{label}: the head is the embedding")
        theirs.keys["general.size_label"] = ours.keys["general.size_label"]
    checks.equal(llama.differing(ours, theirs), [], f"{label}: tensors")
    but = set(DIFFERENCES) | (KIMI if "kimi" in family else set())
    mine, want = ({k: v for k, v in model.keys.items() if k not in but} for model in (ours, theirs))
    wrong = [f"{k}: {mine.get(k)}, expected {want.get(k)}"[:300] for k in sorted({*mine, *want}) if mine.get(k) != want.get(k)]
    checks.equal(wrong, [], f"{label}: keys")
    checks.true(not ours.keys.keys() & {"quantize.imatrix.file"}, f"{label}: no path")


def pre(source):
    """The converter asks for the hash of an encoded text; we are told the same by --pre."""
    return ("--pre", json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"])


def vocab(family):
    # For DeepSeek-V3.2 the converter insists on add_bos_token, which the tiny tokenizer leaves out.
    return "golden" if "kimi" in family or family == "deepseek_v32" else "own"


# ---------------------------------------------------------------- one encoding for all
def known():
    """(family, quant, type) of all fixtures that have a place in GGUF; types are those that this run is to make."""
    found, unknown, asked = [], [], set()
    for family, entry in families.FAMILIES.items():
        for quant in entry["quants"]:
            if quant == "mxfp4":  # Stays so in the converter, whatever it is asked for: `gguf_families.py`.
                continue
            types = checks.sliced(("f32", "bf16", "f16"), lambda outtype: f"{family} {quant} {outtype}")
            if not types:
                continue
            asked.add(family)
            source = fixture(family, quant)
            result = ckpt("convert", source.path, new_folder() / "x.gguf", "--to", "f32", "--dry-run", *pre(source))
            if result.exit == 0:
                found += [(family, quant, outtype) for outtype in types]
            else:
                unknown.append(f"{family} ({result.json['error']['code']})")
    checks.note(f"families that do not become GGUF: {', '.join(sorted(set(unknown))) or 'none'}")
    once = {family for family, _ in MIXED} | {"qwen3", "llama_tied", "kimi_k2_thinking"}
    checks.equal(sorted(once & asked - {family for family, _, _ in found}), [], "families that were known once")
    return found


def plain():
    cases, folder = known(), new_folder("plain")
    folder.mkdir(parents=True)
    jobs = {(f, q, t): folder / f"{f}-{q}.{t}.gguf" for f, q, t in cases}
    llama.convert(*((fixture(f, q), out, t, vocab(f)) for (f, q, t), out in jobs.items()))

    def judge(family, quant, outtype):
        label, theirs = f"{family} {quant} {outtype}", jobs[family, quant, outtype]
        with checks.case(label):
            source, ours = fixture(family, quant), folder / f"ours-{theirs.name}"
            ckpt("convert", source.path, ours, "--to", outtype, *pre(source), *SMALL, expect=0)
            compare(label, ours, theirs, family)
            ours.unlink()
    at_once(judge, jobs)
    checks.note(f"plain: {len(jobs)} files")
    remove(folder)


# ---------------------------------------------------------------- mixes
def number(*values):
    return np.array(values, "<i4").tobytes()


def legacy(entries):
    """The old format: (name, weights), each of one call."""
    return number(len(entries)) + b"".join(
        number(len(name)) + name + number(1, len(weights) // 4) + weights for name, weights in entries)


def write_importance(folder, model, missing=None):
    """The same weights in both formats: some experts that no token met, columns of weight 0, one entry that is not there."""
    random = np.random.default_rng(11)
    writer = llama.gguf.GGUFWriter(folder / "imatrix.gguf", "imatrix")
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", ["a text", "another"])
    writer.add_uint32("imatrix.chunk_count", 5)
    writer.add_uint32("imatrix.chunk_size", 512)
    entries = []
    for name, (_, shape, _) in llama.Model(model).tensors.items():
        if len(shape) < 2 or name in ("token_embd.weight", missing):
            continue
        matrices = shape[2] if len(shape) > 2 else 1
        counts = random.integers(1, 4000, (matrices, 1)).astype(np.float32)
        if matrices > 2:
            counts[[1, matrices - 1]] = 0
            counts[0] = 3.5
        sums = (random.lognormal(0, 2, (matrices, shape[0])) * np.maximum(counts, 1)).astype(np.float32)
        sums[random.random(sums.shape) < 0.02] = 0
        writer.add_tensor(name + ".in_sum2", sums)
        writer.add_tensor(name + ".counts", counts)
        # lround: half away from zero.
        whole = np.floor(counts + np.float32(0.5))
        weights = np.where(whole > 0, sums / np.maximum(whole, 1), np.float32(1)).astype(np.float32)
        entries.append((name.encode(), weights.tobytes()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (folder / "imatrix.dat").write_bytes(legacy(entries) + number(5, 6) + b"a text")
    return folder / "imatrix.gguf", folder / "imatrix.dat"


@functools.cache
def prepared():
    """Of each family of MIXED a folder with the converter's F32 file; one run of the converter makes them all."""
    folders = {family: new_folder(family) for family, _ in MIXED}
    for folder in folders.values():
        folder.mkdir(parents=True)
    llama.convert(*((fixture(family, quant), folders[family] / "f32.gguf", "f32", vocab(family)) for family, quant in MIXED))
    return folders


def mixes():
    names = [r["name"] for r in ckpt("recipes", expect=0).summary["recipes"] if r["name"].startswith("llama.cpp/")]
    checks.true(len(names) >= 19, f"{len(names)} mixes are writable")
    for family, quant in MIXED:
        chosen = checks.sliced([(name, kind) for name in names for kind in ("plain", "gguf", "dat")], lambda case: f"{family} {case[0]} {case[1]}")
        if not chosen:
            continue
        folder = prepared()[family]
        model = folder / "f32.gguf"
        importance = write_importance(folder, model, missing="blk.1.attn_output.weight" if family == "qwen3_moe" else None)
        refused = []

        def judge(name, kind):
            label, matrix = f"{family} {name} {kind}", {"plain": None, "gguf": importance[0], "dat": importance[1]}[kind]
            with checks.case(label):
                source, place = fixture(family, quant), label.replace("/", "-").replace(" ", "-")
                ours, theirs = folder / f"{place}.ours.gguf", folder / f"{place}.theirs.gguf"
                matrices = ("--imatrix", matrix) if matrix else ()
                try:
                    llama.quantize(model, theirs, name.removeprefix("llama.cpp/"), *matrices)
                except RuntimeError as error:
                    named = re.search(r"importance matrix for tensor (\S+)", str(error))
                    if not named and "imatrix" not in str(error):
                        raise
                    refused.append(label)
                    result = ckpt("convert", source.path, ours, "--to", name, *matrices, *pre(source), *SMALL, expect=2)
                    checks.true("importance" in result.stdout, f"{label}: importance is asked for", result.stdout)
                    return
                ckpt("convert", source.path, ours, "--to", name, *matrices, *pre(source), *SMALL, expect=0)
                compare(label, ours, theirs, family)
                ours.unlink(), theirs.unlink()
        at_once(judge, chosen)
        checks.note(f"{family} {quant}: {len(chosen)} cases of {len(names)} mixes; refused by both: {', '.join(refused) or 'none'}")


def pure():
    """The recipes of one type: the search that llama-quantize makes when all columns weigh the same."""
    mix = {"mxfp4": "MXFP4_MOE", "q3_K": "Q3_K_M", "q4_K": "Q4_K_M", "q5_K": "Q5_K_M"}
    for family, quant in MIXED:
        chosen = checks.sliced(TYPES, lambda name: f"{family} {name}")
        if not chosen:
            continue
        folder = prepared()[family]
        model = folder / "f32.gguf"
        matrices = [(name.encode(), np.ones(int(np.prod(shape)) // shape[1], np.float32).tobytes())
                    for name, (_, shape, _) in llama.Model(model).tensors.items() if len(shape) > 1]
        (folder / "ones.dat").write_bytes(legacy(matrices))

        def judge(name):
            label, source = f"{family} {name}", fixture(family, quant)
            with checks.case(label):
                ours, theirs = folder / f"{name}.ours.gguf", folder / f"{name}.theirs.gguf"
                llama.quantize(model, theirs, mix.get(name, name.upper()), "--pure", "--imatrix", folder / "ones.dat")
                ckpt("convert", source.path, ours, "--to", name, *pre(source), *SMALL, expect=0)
                checks.equal(llama.differing(llama.Model(ours), llama.Model(theirs)), [], f"{label}: tensors")
                ours.unlink(), theirs.unlink()
        at_once(judge, [(name,) for name in chosen])


# ---------------------------------------------------------------- the same bytes
def split():
    """Sets of files that llama-gguf-split merges again."""
    for family, quant in MIXED:
        if not checks.selected(f"{family} in files"):
            continue
        with checks.case(f"{family} in files"):
            source, folder = fixture(family, quant), new_folder(family)
            (folder / "set").mkdir(parents=True)
            line = ("--to", "q4_0", *pre(source))
            ckpt("convert", source.path, folder / "one.gguf", *line, expect=0)
            ckpt("convert", source.path, folder / "set" / "x.gguf", *line, "--max-shard-size", "300KB", expect=0)
            shards = sorted((folder / "set").glob("x-*.gguf"))
            checks.true(len(shards) > 2, f"{family}: {len(shards)} files")
            llama.run("llama-gguf-split", "--merge", shards[0], folder / "merged.gguf")
            one, merged = llama.Model(folder / "one.gguf"), llama.Model(folder / "merged.gguf")
            checks.equal(llama.differing(merged, one), [], f"{family}: tensors of the merged set")
            checks.equal({k: v for k, v in merged.keys.items() if not k.startswith("split.")}, one.keys, f"{family}: its keys")
            ids = source.array("input_ids")
            same = np.array_equal(llama.logits(shards[0], ids), llama.logits(folder / "one.gguf", ids))
            checks.true(same, f"{family}: llama.cpp runs the set as it runs the one file")
            remove(folder)


def records(out):
    try:
        return len([n for n in os.listdir(out.parent / f".{out.name}.ckpt" / "records") if n.endswith(".json")])
    except FileNotFoundError:
        return 0


def same_bytes():
    folder = new_folder("bytes")
    folder.mkdir(parents=True)
    source = folder / "source"
    sizes = [word for key in ("hidden_size=1024", "moe_intermediate_size=512", "n_routed_experts=24", "num_hidden_layers=6")
             for word in ("--set", key)]
    ckpt("synth", source, "--preset", "tiny", "--family", "kimi_k2", *sizes, "--storage", "fp8-block", expect=0)
    ckpt("convert", source, folder / "f32.gguf", "--to", "f32", expect=0)
    importance, _ = write_importance(folder, folder / "f32.gguf")
    (folder / "f32.gguf").unlink()
    line = ("--to", "q2_K-dynamic", "--imatrix", importance, "--max-shard-size", "8MB")

    def digests(name):
        return {p.name: sha256(p) for p in sorted((folder / name).glob("*.gguf"))}

    def convert(name, *options):
        (folder / name).mkdir()
        return ("convert", source, folder / name / "m.gguf", *line, *options)
    ckpt(*convert("reference"), expect=0)
    reference = digests("reference")
    checks.true(len(reference) > 5, f"{len(reference)} files")
    for label, options in {"one thread": ("--threads", "1"), "four threads": ("--threads", "4"), "little memory": ("--memory", "64MiB"),
                           "much memory": ("--memory", "2GiB", "--threads", "3")}.items():
        ckpt(*convert(label), *options, expect=0)
        checks.equal(digests(label), reference, f"{label}: the same bytes")
        remove(folder / label)
    killed = continued = 0
    for when in (0, 1, 2, 4, 6, 8):
        name = f"killed-{when}"
        arguments = convert(name, "--threads", "1")
        process = subprocess.Popen(command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and records(folder / name / "m.gguf") < when:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
            checks.true(digests(name).keys() != reference.keys(), f"{name}: the set is not complete")
            again = ckpt(*arguments, expect=0)
            continued += again.exit == 0 and again.summary["jobs_skipped"] > 0
        checks.equal(digests(name), reference, f"{name}: the same bytes")
        remove(folder / name)
    checks.true(killed >= 4 and continued >= 3, "enough runs were killed and continued", f"{killed} killed, {continued} continued")
    checks.note(f"bytes: {len(reference)} files, {killed} runs killed, {continued} continued with work done before")
    remove(folder)


# ---------------------------------------------------------------- values that are no numbers
DAMAGED = [  # family, quant, tensor, row, column: rows and columns of the source, whatever becomes of them
    ("llama", "none", "model.layers.1.self_attn.q_proj.weight", 37, 5),
    ("llama", "none", "lm_head.weight", 411, 255),
    ("qwen3_moe", "none", "model.layers.1.mlp.experts.3.down_proj.weight", 200, 17),
    ("deepseek_v3", "none", "model.layers.1.self_attn.kv_b_proj.weight", 3, 127),
    ("deepseek_v3", "none", "model.layers.1.self_attn.kv_b_proj.weight", 100, 9),
    ("kimi_k2", "fp8-block", "model.layers.2.mlp.experts.5.up_proj.weight", 130, 140),
    ("kimi_k2", "none", "model.layers.0.self_attn.o_proj.weight", 0, 0),
]


def too_large():
    """A finite value of which no F16 scale can be made: llama-quantize finds it in what it wrote, and refuses."""
    name, row, column = "model.layers.1.self_attn.v_proj.weight", 77, 130
    for family, quant in [("llama", "none"), ("qwen3_moe", "none")]:
        def change(found, tensor):
            if found == name:
                tensor = tensor.clone()
                tensor[row, column] = -2e9
            return {found: tensor}
        chosen = checks.sliced(("F16", "Q8_0", "Q4_0", "Q5_1", "IQ4_NL", "Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "IQ4_XS"),
                               lambda mix: f"{family} {mix}, a value too large")
        if not chosen:
            continue
        source, folder = derive(fixture(family, quant), change, "too-large"), new_folder("too-large")
        folder.mkdir(parents=True)
        llama.convert((source, folder / "f32.gguf", "f32", "none"))
        for mix in chosen:
            with checks.case(f"{family} {mix}, a value too large"):
                llama.run("llama-quantize", folder / "f32.gguf", folder / "theirs.gguf", mix, 1, ends=1)
                result = ckpt("convert", source.path, folder / "ours.gguf", "--to", f"llama.cpp/{mix}", *pre(source), *SMALL, expect=2)
                error = result.json["error"] or {}
                checks.equal((error.get("code"), error.get("tensor")), ("convert.non-finite", name), f"{family} {mix}: code and tensor")
                checks.true(f"row {row}, column {column}" in str(error), f"{family} {mix}: the place", str(error))
                remove(folder / ".ours.gguf.ckpt")
        remove(folder, source.path)


def damaged():
    import torch

    too_large()

    def judge(family, quant, name, row, column, value):
        label = f"{family} {quant} {name} [{row}, {column}] = {value}"
        if not checks.selected(label):
            return
        with checks.case(label):
            def change(found, tensor):
                if found == name:
                    tensor = tensor.clone()
                    if tensor.dtype == torch.float8_e4m3fn:
                        tensor.view(torch.uint8)[row, column] = 0x7F
                    else:
                        tensor[row, column] = value
                return {found: tensor}
            source = derive(fixture(family, quant), change, "damaged")
            for recipe in ("q2_K-dynamic", "llama.cpp/Q4_K_M"):
                out = source.path.with_name(source.path.name + ".gguf")
                result = ckpt("convert", source.path, out, "--to", recipe, *pre(source), "--memory", "256MiB", expect=2)
                error = result.json["error"] or {}
                checks.equal((error.get("code"), error.get("tensor")), ("convert.non-finite", name), f"{label}, {recipe}: code and tensor")
                checks.true(f"row {row}, column {column}" in error.get("message", str(error)), f"{label}, {recipe}: the place", str(error))
                checks.true(not out.exists(), f"{label}, {recipe}: nothing under the final name")
                remove(out.with_name(f".{out.name}.ckpt"))
            remove(source.path)
    for case in DAMAGED:
        for value in (float("nan"), float("inf")) if case[1] == "none" else (float("nan"),):
            judge(*case, value)


PARTS = {"plain": plain, "mixes": mixes, "pure": pure, "split": split, "bytes": same_bytes, "damaged": damaged}
for part in sys.argv[1:] or PARTS:
    if part == "bytes" and not checks.selected("bytes"):
        continue
    with checks.case(part):
        began = time.monotonic()
        PARTS[part]()
        checks.note(f"{part}: {time.monotonic() - began:.0f} s")
checks.end()
