"""The block encodings of GGUF against libggml, live: every level of the CPU and the reference, on rows of new random numbers.

GGUF_KERNELS  the tool under test (default: gguf-kernels of the release build, else of the debug build)
GGUF_SEED     other numbers (default: 0)
"""
# needs: llama
# seconds: 8
import os, pathlib, subprocess, sys

from harness import ROOT, checks, new_folder, np, remove

from llama import BIN, gguf

sys.path.insert(0, str(ROOT / "Tests" / "Vectors" / "gguf-blocks"))
import make

KERNELS = os.environ.get("GGUF_KERNELS") or next(
    (str(p) for p in (ROOT / ".build" / kind / "gguf-kernels" for kind in ("release", "debug")) if p.exists()), "gguf-kernels")
SEED = int(os.environ.get("GGUF_SEED", "0"))


def results(folder, name):
    return sorted(p for p in pathlib.Path(folder).glob(name + ".*"))


def judge_encoding(ggml, random):
    folder = pathlib.Path(new_folder())
    folder.mkdir(parents=True, exist_ok=True)
    for columns in (256, 1024, 7168):
        rows = list(make.kinds(columns, random).values()) + [random.standard_normal(columns) * 0.02 for _ in range(17)]
        values = np.stack(rows).astype(np.float32)
        values.tofile(folder / "values")
        weights = {"none": None, "equal": np.ones(columns, np.float32), "random": make.importances(columns, random)}
        for label, weight in weights.items():
            path = "none"
            if weight is not None:
                path = str(folder / "importance")
                weight.tofile(path)
            for name, (number, *_) in make.TYPES.items():
                subprocess.run(
                    [KERNELS, "encode", str(number), str(columns), str(folder / "values"), path, str(folder / "blocks")],
                    check=True)
                expected = ggml.encode(name, values, weight)
                for made in results(folder, "blocks"):
                    blocks = np.fromfile(made, np.uint8).reshape(expected.shape)
                    differing = np.flatnonzero((blocks != expected).any(axis=1)).tolist()
                    checks.equal(
                        differing, [], f"{name}, {columns} columns, importance {label}, {made.suffix[1:]}: rows that differ")
    remove(folder)


def judge_decoding(ggml, random):
    folder = pathlib.Path(new_folder())
    folder.mkdir(parents=True, exist_ok=True)
    for name, (number, *_) in make.ALL.items():
        blocks = make.random_blocks(name, 5000, random)
        blocks.tofile(folder / "blocks")
        subprocess.run([KERNELS, "decode", str(number), str(folder / "blocks"), str(folder / "values")], check=True)
        expected = ggml.decode(name, blocks).view(np.uint32)
        for made in results(folder, "values"):
            same = np.array_equal(np.fromfile(made, np.uint32), expected)
            checks.true(same, f"{name}, {made.suffix[1:]}: values of random blocks")
        if name not in make.NUMBERS:
            try:
                with np.errstate(all="ignore"):
                    theirs = gguf.dequantize(blocks.reshape(1, -1), gguf.GGMLQuantizationType[name]).reshape(-1)
            except (NotImplementedError, KeyError):
                checks.note(f"{name}: not read by the gguf package")
                continue
            # It multiplies in another order in some types and forgets the sign of zero: values are compared, not bits.
            checks.true(np.array_equal(theirs, expected.view(np.float32)), f"{name}: the gguf package reads the same values")
    remove(folder)


def main():
    ggml = make.Ggml(BIN)
    random = np.random.default_rng(SEED)
    with checks.case("encoding"):
        judge_encoding(ggml, random)
    with checks.case("decoding"):
        judge_decoding(ggml, random)
    checks.end()


main()
