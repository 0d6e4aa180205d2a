"""Vision towers as files of their own beside a GGUF text model: those that llama.cpp's converter writes, complete or absent, and read back.

    python mmproj.py [FAMILY ...]

Where the folder of llama.cpp's programs has `vision` (llama/vision.cpp says how it is built; setup-llama.sh does not), llama.cpp runs the
towers too, and gives the features that transformers gives.
"""
# needs: llama
# slices: 2
# seconds: 22
from harness import Fixture, checks, ckpt, command, fixture, new_folder, np, remove, sha256

import json, os, pathlib, random, shutil, signal, subprocess, sys, time
import llama

CASES = [("kimi_k25", "none"), ("kimi_k25", "int4"), ("qwen35", "none"), ("qwen35", "fp8-block"), ("qwen35_moe", "none"),
         ("qwen35_moe", "fp8-block")]
# The converter asks transformers for the config, which calls the tower's sizes otherwise than the published file and takes
# defaults for them. It gets them under both names; and three blocks, since it maps 'linear_2' as if 2 were a block.
ALIASES = ["hidden_size", "intermediate_size", "num_attention_heads"]
# llama.cpp's GELU between the two matrices of a projector is the approximation by tanh, that of transformers is exact.
TOLERANCE = {"f32": 2e-3, "f16": 4e-3, "bf16": 2e-2}


def with_images(source, folder, family):
    """A copy of a fixture with what published repositories say of images, in numbers that no default has."""
    shutil.copytree(source.path, folder)
    numbers = {"image_mean": [0.5, 0.25, 0.48145466], "image_std": [0.5, 0.26862954, 0.75]}
    if family == "kimi_k25":
        numbers = {"media_proc_cfg": {**numbers, "in_patch_limit": 9000}}
        (folder / "preprocessor_config.json").write_text(json.dumps(numbers))
    elif family == "qwen35":
        (folder / "preprocessor_config.json").write_text(json.dumps({**numbers, "image_std": [9, 9, 9]}))
        (folder / "processor_config.json").write_text(json.dumps({"image_processor": {"image_std": numbers["image_std"]}}))
    else:
        (folder / "preprocessor_config.json").write_text(json.dumps(numbers))
    made = Fixture(folder)
    made.golden = source.golden
    return made


def for_converter(source, family, folder):
    if family != "kimi_k25":
        return source
    shutil.copytree(source.path, folder)
    config = source.config
    tower = config["vision_config"]
    tower.update({key: tower["vt_" + key] for key in ALIASES}, num_hidden_layers=3)
    (folder / "config.json").write_text(json.dumps(config))
    return Fixture(folder)


def features(source, family, tower, folder):
    """llama.cpp's features of the first clip of the golden input, and transformers'."""
    patches, (frames, rows, columns) = source.array("vision_pixels"), source.array("vision_grid_thw")[0]
    if family == "kimi_k25":
        image = patches[:rows * columns].reshape(rows, columns, 3, 14, 14).transpose(0, 3, 1, 4, 2).reshape(1, rows * 14, columns * 14, 3)
    else:
        image = patches[:rows * columns].reshape(rows // 2, columns // 2, 2, 2, 3, 2, 16, 16)
        image = image.transpose(5, 0, 2, 6, 1, 3, 7, 4).reshape(2, rows * 16, columns * 16, 3)
    pixels, out = folder / "pixels", folder / "features"
    np.ascontiguousarray(image, np.float32).tofile(pixels)
    llama.run("vision", tower, pixels, *image.shape[:3], out)
    wanted = source.array("vision_features")
    found = np.fromfile(out, np.float32).reshape(-1, wanted.shape[1])
    pixels.unlink(), out.unlink()
    return found, wanted[:len(found)]


def judge(family, quant, seed, folder):
    source, label = with_images(fixture(family, quant, seed), folder / "source", family), f"{family} {quant} seed {seed}"
    config = for_converter(source, family, folder / "tower")
    pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
    theirs = {kind: folder / f"theirs-{kind}.gguf" for kind in ("f32", "bf16", "f16")}
    llama.convert(*[(config, path, kind, "mmproj") for kind, path in theirs.items()])
    for kind, path in theirs.items():
        out = folder / f"{kind}.gguf"
        ckpt("convert", source.path, out, "--to", kind, "--pre", pre, expect=0)
        mine, want = llama.Model(folder / f"mmproj-{kind}.gguf"), llama.Model(path)
        checks.equal(llama.differing(mine, want), [], f"{label} {kind}: tensors are the converter's")
        checks.equal([t for t in mine.tensors if mine.tensors[t][1] != want.tensors[t][1]], [], f"{label} {kind}: dimensions, those of 1 too")
        # The converter calls a model by its folder; and see ALIASES.
        own = {"general.name"} | ({"clip.vision.block_count"} if family == "kimi_k25" else set())
        wrong = sorted(k for k in {*mine.keys, *want.keys} - own if mine.keys.get(k) != want.keys.get(k))
        checks.equal(wrong, [], f"{label} {kind}: keys are the converter's")
        checks.equal(mine.keys["clip.vision.block_count"], (4, 2), f"{label} {kind}: number of blocks")
        if (pathlib.Path(llama.BIN) / "vision").exists():
            found, wanted = features(source, family, folder / f"mmproj-{kind}.gguf", folder)
            checks.at_most(float(np.abs(found - wanted).max()), TOLERANCE[kind], f"{label} {kind}: llama.cpp's features are transformers'")
    read_back(source, folder / "mmproj-f32.gguf", label)
    if seed == 0:
        others(source, folder, pre, label)


def read_back(source, tower, label):
    compared = ckpt("compare", source.path, tower, expect=0)
    checks.equal(compared.summary["identical"], compared.summary["tensors"], f"{label}: the same values come back")
    checks.equal(ckpt("inspect", tower, expect=0).summary["family"], source.config["model_type"].replace("_moe", ""), f"{label}: family")
    named = ckpt("list", tower, expect=0, json_output=False).stdout
    checks.true("vision.qkv" in named and "vision.proj_up" in named, f"{label}: roles are listed")
    checks.equal(ckpt("validate", tower, "--read-data", expect=0).codes("error"), [], f"{label}: validate")
    manifest = tower.with_suffix(".json")
    ckpt("checksum", tower, "-o", manifest, expect=0)
    ckpt("verify", tower, "--manifest", manifest, expect=0)
    manifest.unlink()
    checks.equal(ckpt("forward", tower, "--random", 2).json["error"]["code"], "forward.unsupported", f"{label}: is no text model to run")
    checks.equal(ckpt("convert", tower, tower.with_name("again.gguf"), "--to", "f16").exit, 2, f"{label}: is no text model to convert")


def others(source, folder, pre, label):
    """Other recipes, a split set, a folder of both, and the text model without its tower."""
    plan = ckpt("convert", source.path, folder / "q8.gguf", "--to", "q8_0", "--pre", pre, "--dry-run", expect=0).summary
    done = ckpt("convert", source.path, folder / "q8.gguf", "--to", "q8_0", "--pre", pre, expect=0).summary
    sizes = {name: (folder / name).stat().st_size for name in ("q8.gguf", "mmproj-q8.gguf")}
    checks.equal({f["name"]: f["bytes"] for f in plan["files"]}, sizes, f"{label}: a dry run tells both sizes")
    checks.equal((done["files"], done["output_bytes"]), (plan["files"], sum(sizes.values())), f"{label}: the result lists both files")
    checks.equal(sha256(folder / "mmproj-q8.gguf"), sha256(folder / "mmproj-bf16.gguf"), f"{label}: a quantized text model has a BF16 tower")

    both = folder / "both"
    both.mkdir()
    for name in sizes:
        shutil.copy(folder / name, both)
    opened = ckpt("inspect", both, expect=0)
    checks.equal(opened.summary["stored_tensors"], done["output_tensors"] - plan["files"][1]["tensors"], f"{label}: a folder of both is the text model")
    checks.equal([f["file"] for f in opened.json["findings"]], ["mmproj-q8.gguf"], f"{label}: and the tower is named")
    checks.equal(ckpt("validate", both, expect=0).codes(), ["source.projector-beside"], f"{label}: validate of both")
    ckpt("checksum", both, "-o", both / "m.json", expect=0)
    ckpt("verify", both, "--manifest", both / "m.json", expect=0)

    ckpt("convert", source.path, folder / "split.gguf", "--to", "q8_0", "--pre", pre, "--max-shard-size", "1500KB", expect=0)
    parts = sorted(p.name for p in folder.glob("split-*.gguf"))
    checks.true(len(parts) > 1, f"{label}: split", parts)
    checks.equal(sha256(folder / "mmproj-split.gguf"), sha256(folder / "mmproj-q8.gguf"), f"{label}: one tower beside a split set")
    merged = folder / "merged.gguf"
    llama.run("llama-gguf-split", "--merge", folder / parts[0], merged)
    checks.equal(llama.differing(llama.Model(merged), llama.Model(folder / "q8.gguf")), [], f"{label}: the set has the text model's tensors alone")

    for name in ("preprocessor_config.json", "processor_config.json"):
        (source.path / name).unlink(missing_ok=True)
    without = ckpt("convert", source.path, folder / "without.gguf", "--to", "q8_0", "--pre", pre, expect=0)
    said = [f for f in without.json["findings"] if f["code"] == "side.processor" and f["severity"] == "warning"]
    checks.true(len(said) == 1 and "0.5" in said[0]["problem"], f"{label}: what a tower lacks is said", said)
    usual = llama.Model(folder / "mmproj-without.gguf").keys
    for key in ("clip.vision.image_mean", "clip.vision.image_std"):
        # (type of array elements, values), as transformers' image processor of the family has them.
        checks.true(str(usual[key]).count("0.5") == 3, f"{label}: {key} is that of the published models", usual[key])
    checks.equal(sha256(folder / "without.gguf"), sha256(folder / "q8.gguf"), f"{label}: the text model is the same without a tower")
    (source.path / "preprocessor_config.json").write_text('{"image_mean": [0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}')
    short = ckpt("convert", source.path, folder / "short.gguf", "--to", "q8_0", "--pre", pre, "--dry-run", expect=0)
    checks.true("tensor.omitted" in short.codes("warning") and len(short.summary["files"]) == 1, f"{label}: two channels are none")


def interrupted(folder):
    """Killed at any moment, in shares, over an older result: both files complete, or the text model absent."""
    source = folder / "source"
    ckpt("synth", source, "--preset", "tiny", "--family", "qwen35", expect=0)
    (source / "preprocessor_config.json").write_text('{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}')
    line = ["convert", source, "--to", "q8_0", "--pre", "qwen2", "--threads", 2]
    began = time.monotonic()
    ckpt(line[0], source, folder / "whole.gguf", *line[2:], expect=0)
    whole_run = time.monotonic() - began
    names = ("out.gguf", "mmproj-out.gguf")
    want = {name: sha256(folder / name.replace("out", "whole")) for name in names}
    chance, kills = random.Random(11), 0
    for number in range(8):
        here = folder / f"run-{number}"
        here.mkdir()
        for attempt in range(5):
            process = subprocess.Popen(command(line[0], source, here / "out.gguf", *line[2:]), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(chance.uniform(0, whole_run) if attempt < 4 else 300)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            there = {name: sha256(here / name) for name in names if (here / name).exists()}
            whole = all(there[name] == want[name] for name in there) and ("out.gguf" not in there or len(there) == 2)
            if not whole or process.returncode == 0:
                checks.true(whole, f"killed run {number}, attempt {attempt}: what has its name is complete", list(there))
                break
        checks.equal({name: sha256(here / name) for name in names if (here / name).exists()}, want, f"killed run {number} ends with both files")
        checks.equal(sorted(p.name for p in here.iterdir()), ["mmproj-out.gguf", "out.ckpt-provenance.json", "out.gguf"], f"killed run {number} leaves nothing else")
    checks.note(f"{kills} runs were killed")

    shares = folder / "shares"
    shares.mkdir()
    plan = folder / "plan.json"
    ckpt(line[0], source, shares / "out.gguf", *line[2:], "--plan-only", plan, expect=0)
    checks.equal([f["name"] for f in json.loads(plan.read_text())["files"]], ["model.gguf", "mmproj-model.gguf"], "a saved plan has both files")
    for share in ("1/2", "0/2"):
        ckpt("run", plan, "--worker", share, expect=0)
        checks.true(not any((shares / name).exists() for name in names), f"after share {share} no file has its name")
        status = ckpt("status", plan).summary
    checks.equal(status["missing"], 0, "status counts the units of both files")
    ckpt("finish", plan, expect=0)
    checks.equal({name: sha256(shares / name) for name in names}, want, "two shares make both files")

    again = ckpt(line[0], source, shares / "out.gguf", *line[2:], expect=0)
    checks.true(again.summary["was_complete"], "the same command again says that it was complete")
    again = ckpt(line[0], source, shares / "out.gguf", "--to", "q4_0", "--pre", "qwen2")
    checks.equal(again.exit, 2, "existing output of another plan is refused with 2")
    checks.equal({name: sha256(shares / name) for name in names}, want, "and stays")
    (shares / "out.gguf").unlink()
    alone = ckpt(line[0], source, shares / "out.gguf", *line[2:], expect=0)
    checks.true("output.replaced" in alone.codes("note"), "the same tower without its text model is written anew, and that is said")
    checks.equal({name: sha256(shares / name) for name in names}, want, "a tower left over does not change what is made")
    (shares / "out.gguf").unlink(), (shares / "out.ckpt-provenance.json").unlink()
    shutil.copy(folder / "whole.gguf", shares / "mmproj-out.gguf")
    for option in ([], ["--overwrite"]):
        other = ckpt(line[0], source, shares / "out.gguf", *line[2:], *option)
        checks.true(other.exit == 2 and other.json["error"]["file"].endswith("mmproj-out.gguf"), "another file of that name is not written over", other.stdout[-300:])
    (shares / "mmproj-out.gguf").unlink()
    ckpt(line[0], source, shares / "out.gguf", *line[2:], expect=0)
    (shares / "out.gguf").unlink()
    without = ckpt("convert", folder / "whole.gguf", shares / "out.gguf", "--to", "bf16", expect=0)
    checks.true(len(without.summary["files"]) == 1 and sha256(shares / names[1]) == want[names[1]], "a tower that nothing is written over stays")
    (shares / "mmproj-out.gguf").unlink()
    ckpt(line[0], source, shares / "out.gguf", "--to", "f16", "--pre", "qwen2", "--overwrite", expect=0)
    tower = llama.Model(shares / "mmproj-out.gguf")
    checks.equal(tower.keys["general.file_type"], (4, 1), "--overwrite replaces the tower")
    ckpt(line[0], source, shares / "out.gguf", *line[2:], "--overwrite", expect=0)
    checks.equal({name: sha256(shares / name) for name in names}, want, "--overwrite replaces both files")


def main():
    for family, quant in CASES:
        if len(sys.argv) > 1 and family not in sys.argv[1:]:
            continue
        for seed in (0, 1):
            if not checks.selected(f"{family} {quant} seed {seed}"):
                continue
            folder = new_folder("files")
            folder.mkdir(parents=True)
            with checks.case(f"{family} {quant} seed {seed}"):
                judge(family, quant, seed, folder)
            remove(folder)
    if checks.selected("interrupted"):
        folder = new_folder("interrupted")
        folder.mkdir(parents=True)
        with checks.case("interrupted"):
            interrupted(folder)
        remove(folder)
    if not (pathlib.Path(llama.BIN) / "vision").exists():
        checks.note("llama.cpp's vision program is not built: the towers were not run")


main()
checks.end()
