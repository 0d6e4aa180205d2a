"""llama.cpp as a judge: its converter, its programs, its library. `setup-llama.sh` builds it, `run.sh` says where it is.

A judge that imports this file has a line `# needs: llama`.
"""
import json, os, pathlib, struct, subprocess, sys

import numpy as np

from harness import HERE, new_folder

BIN, SRC = os.environ["PEERS_LLAMA"], os.environ["LLAMA_SRC"]
sys.path.append(os.path.join(SRC, "gguf-py"))
import gguf

def run(program, *arguments, ends=0):
    """Its output; whatever else than `ends` it ends with is an error."""
    line = [os.path.join(BIN, program), *map(str, arguments)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=600)
    if done.returncode != ends:
        raise RuntimeError(f"{program} {' '.join(map(str, arguments))}: ends with {done.returncode}: {done.stderr[-700:]}")
    return done.stdout


def convert(*jobs):
    """Runs llama.cpp's converter: each job is (fixture, result, outtype, vocab); see `oracle/convert_f32.py`."""
    path = new_folder("jobs.json")
    listed = [[str(source.path), str(out), outtype, vocab] for source, out, outtype, vocab in jobs]
    path.write_text(json.dumps(listed))
    done = subprocess.run(
        [sys.executable, str(HERE / "oracle" / "convert_f32.py"), "--jobs", str(path)], capture_output=True, text=True, timeout=1200)
    path.unlink()
    if done.returncode:
        raise RuntimeError(f"convert_f32.py: {done.stderr[-3000:]}")


def quantize(source, out, mix, *options, threads=1):
    run("llama-quantize", *options, source, out, mix, threads)


def logits(model, ids, yarn_beta_fast=None):
    """float32 [tokens, vocabulary] of one sequence."""
    tokens, out = new_folder("tokens"), new_folder("logits")
    np.asarray(ids, np.int32).tofile(tokens)
    run("logits", model, tokens, out, *(() if yarn_beta_fast is None else (yarn_beta_fast,)))
    found = np.fromfile(out, np.float32).reshape(len(ids), -1)
    tokens.unlink(), out.unlink()
    return found


def squeezed(shape):
    """The converter keeps dimensions of 1 at the end, llama-quantize and ckpt leave them out."""
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def differing(ours, theirs):
    """Names of tensors that are not the same, and why."""
    found = []
    for name in sorted({*ours.tensors, *theirs.tensors}):
        a, b = ours.tensors.get(name), theirs.tensors.get(name)
        if a is None or b is None:
            found.append(f"{name} only in {'theirs' if a is None else 'ours'}")
        elif (a[0], squeezed(a[1])) != (b[0], squeezed(b[1])):
            found.append(f"{name}: {a[:2]}, expected {b[:2]}")
        elif name.endswith(".ssm_a"):
            # torch's exponential is one unit in the last place off now and then; ours is rounded once.
            if np.abs(a[2].view(np.int32) - b[2].view(np.int32)).max() > 1:
                found.append(f"{name}: more than one unit in the last place")
        elif not np.array_equal(a[2], b[2]):
            found.append(f"{name}: {int((a[2] != b[2]).sum())} of {b[2].size} bytes of {a[0]}")
    return found


class Model:
    """A GGUF file, read by the bytes: the reader of the `gguf` package hides order and types."""

    SIZES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

    def __init__(self, path):
        self.data = np.memmap(path, np.uint8, "r")
        self.head = memoryview(self.data)
        assert bytes(self.head[:4]) == b"GGUF", path
        version, count, fields = struct.unpack_from("<Iqq", self.head, 4)
        self.at = 24
        self.keys, self.tensors = {}, {}
        for _ in range(fields):
            key = self._string()
            kind = self._number("I")
            self.keys[key] = (kind, self._value(kind))
        entries = []
        for _ in range(count):
            name = self._string()
            shape = [self._number("q") for _ in range(self._number("I"))]
            entries.append((name, shape, gguf.GGMLQuantizationType(self._number("I")), self._number("Q")))
        start = -(-self.at // 32) * 32
        for name, shape, kind, offset in entries:
            block, size = gguf.GGML_QUANT_SIZES[kind]
            bytes_ = int(np.prod(shape, dtype=np.int64)) // block * size
            self.tensors[name] = (kind.name, shape, self.data[start + offset:start + offset + bytes_])
        del self.head

    def _number(self, code):
        value = struct.unpack_from("<" + code, self.head, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return value

    def _string(self):
        length = self._number("Q")
        self.at += length
        return bytes(self.head[self.at - length:self.at]).decode()

    def _value(self, kind):
        if kind == 8:
            return self._string()
        if kind == 9:
            inner, count = self._number("I"), self._number("Q")
            return inner, [self._value(inner) for _ in range(count)]
        return self._number(self.SIZES[kind])
