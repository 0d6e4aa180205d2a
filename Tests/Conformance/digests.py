"""What `ckpt convert` makes of every fixture with every recipe, folder and GGUF, as digests: whoever changes how results are made, and not
what they are, compares before and after. The results of one thread and of three are the same bytes.

    digests.py [--write FILE] [--against FILE] [FAMILY ...]

--write FILE      the digests as JSON: "family quant recipe container" -> digest, or the exit status and the code of the error
--against FILE    every difference from such a file is a failed check
"""
# slices: 12
# seconds: 45
import argparse, hashlib, json

from harness import checks, ckpt, fixture, new_folder, number_of, remove

import families  # after the harness, which says where it is

KNOWN = {t for family in ckpt("families").summary["families"] for t in family["model_types"]}
CASES = [(name, quant) for name, entry in families.FAMILIES.items() if entry["config"]()["model_type"] in KNOWN for quant in entry["quants"]]
RECIPES = [recipe["name"] for recipe in ckpt("recipes").summary["recipes"]]
# Beside the weights it names what made them, the plan's identity with it.
PROVENANCE = "ckpt-provenance.json"


def digest(folder):
    """Of the names and bytes of everything in a folder, but for the provenance."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(PROVENANCE)):
        whole.update(f"{path.relative_to(folder)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def made(source, recipe, name, *options):
    folder = new_folder()
    folder.mkdir(parents=True)
    result = ckpt("convert", source, folder / name, "--to", recipe, *options)
    if result.exit == 0:
        return digest(folder), folder
    # Wrong usage has no document: a recipe of GGUF for a folder.
    code = "" if result.exit == 64 else (result.json["error"] or {}).get("code")
    return f"exit {result.exit} {code}".strip(), folder


def judge(family, quant, found):
    source = fixture(family, quant)
    pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
    for name, options in (("out", ()), ("out.gguf", ("--pre", pre))):
        for recipe in RECIPES:
            label = f"{family} {quant} {recipe} {name.partition('.')[2] or 'folder'}"
            found[label], folder = made(source.path, recipe, name, *options, "--threads", 3)
            if number_of(label, 4) == 1:
                again, other = made(source.path, recipe, name, *options, "--threads", 1)
                checks.equal(again, found[label], f"{label}: one thread")
                remove(other)
            if name == "out.gguf" and recipe in ("f32", "q8_0") and "exit" not in found[label]:
                for second, target in (("bf16", "back"), ("q4_K", "again.gguf")):
                    made_of = f"{family} {quant} {recipe} gguf to {second}"
                    found[made_of], other = made(folder / name, second, target, "--threads", 3)
                    remove(other)
            remove(folder)


parser = argparse.ArgumentParser()
parser.add_argument("--write")
parser.add_argument("--against")
parser.add_argument("families", nargs="*")
arguments = parser.parse_args()
found = {}
for family, quant in CASES:
    if (not arguments.families or family in arguments.families) and checks.selected(f"{family} {quant}"):
        with checks.case(f"{family} {quant}"):
            judge(family, quant, found)
for label, digest_of in (json.load(open(arguments.against)) if arguments.against else {}).items():
    if label in found:
        checks.equal(found[label], digest_of, label)
if arguments.write:
    with open(arguments.write, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
results = sum("exit" not in value for value in found.values())
checks.note(f"{len(found)} conversions, {results} results, digest of all: {hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()}")
checks.end()
