"""The block encodings of GGUF against libggml, live: every level of the CPU and the reference, on rows of new random numbers.

Needs `gguf-kernels` (`swift build -c release --product gguf-kernels`; GGUF_KERNELS names another place) and the folder of
libggml-base.so in LLAMA_LIB (with LLAMA_SRC, the `gguf` package of that tree is asked too), which setup.sh does not build: therefore it runs only where it is named.

    LLAMA_LIB=DIR Tests/Conformance/run.sh gguf_blocks
"""
import os
import pathlib
import subprocess
import sys

import harness
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Vectors" / "gguf-blocks"))
import make

if os.environ.get("LLAMA_SRC"):
    sys.path.append(os.path.join(os.environ["LLAMA_SRC"], "gguf-py"))
try:
    import gguf
except ImportError:
    gguf = None

KERNELS = os.environ.get("GGUF_KERNELS", str(ROOT / ".build" / "release" / "gguf-kernels"))
SEED = int(os.environ.get("GGUF_SEED", "0"))
checks = harness.checks


def results(folder, name):
    return sorted(p for p in pathlib.Path(folder).glob(name + ".*"))


def judge_encoding(ggml, random):
    folder = pathlib.Path(harness.new_folder())
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
    harness.remove(folder)


def judge_decoding(ggml, random):
    folder = pathlib.Path(harness.new_folder())
    folder.mkdir(parents=True, exist_ok=True)
    for name, (number, *_) in make.ALL.items():
        blocks = make.random_blocks(name, 5000, random)
        blocks.tofile(folder / "blocks")
        subprocess.run([KERNELS, "decode", str(number), str(folder / "blocks"), str(folder / "values")], check=True)
        expected = ggml.decode(name, blocks).view(np.uint32)
        for made in results(folder, "values"):
            same = np.array_equal(np.fromfile(made, np.uint32), expected)
            checks.true(same, f"{name}, {made.suffix[1:]}: values of random blocks")
        if gguf and name not in make.NUMBERS:
            try:
                with np.errstate(all="ignore"):
                    theirs = gguf.dequantize(blocks.reshape(1, -1), gguf.GGMLQuantizationType[name]).reshape(-1)
            except (NotImplementedError, KeyError):
                checks.note(f"{name}: not read by the gguf package")
                continue
            # It multiplies in another order in some types and forgets the sign of zero: values are compared, not bits.
            checks.true(np.array_equal(theirs, expected.view(np.float32)), f"{name}: the gguf package reads the same values")
    harness.remove(folder)


def main():
    ggml = make.Ggml(os.environ["LLAMA_LIB"])
    random = np.random.default_rng(SEED)
    with checks.case("encoding"):
        judge_encoding(ggml, random)
    with checks.case("decoding"):
        judge_decoding(ggml, random)
    checks.end()


main()
