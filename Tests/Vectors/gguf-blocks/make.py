"""Makes the vectors of this folder with libggml: `python3 make.py DIR-OF-LIBGGML`.

`values.f32` holds one row of 512 values for each kind, `importance.f32` one row of weights. `<type>.blocks` holds, for each
kind, the row's blocks without importance, with equal importance and with that of the file. `<type>.decode.blocks` are
blocks of random bytes with finite scales, `<type>.decode.f32` their values; of types that are read only, these alone. Of plain
numbers libggml has no values: theirs are what numpy makes of them. `cases.json` says what the rows are, and which libggml it was.
"""

import ctypes
import json
import pathlib
import sys

import numpy as np

TYPES = {  # name: (number in enum ggml_type, values of a block, bytes of a block, offsets of F16 scales)
    "Q4_0": (2, 32, 18, [0]), "Q4_1": (3, 32, 20, [0, 2]), "Q5_0": (6, 32, 22, [0]), "Q5_1": (7, 32, 24, [0, 2]),
    "Q8_0": (8, 32, 34, [0]), "Q2_K": (10, 256, 84, [80, 82]), "Q3_K": (11, 256, 110, [108]),
    "Q4_K": (12, 256, 144, [0, 2]), "Q5_K": (13, 256, 176, [0, 2]), "Q6_K": (14, 256, 210, [208]),
    "IQ4_NL": (20, 32, 18, [0]), "IQ4_XS": (23, 256, 136, [0]), "MXFP4": (39, 32, 17, []),
}  # fmt: skip
READ_ONLY = {
    "IQ2_XXS": (16, 256, 66, [0]), "IQ2_XS": (17, 256, 74, [0]), "IQ2_S": (22, 256, 82, [0]), "IQ3_XXS": (18, 256, 98, [0]),
    "IQ3_S": (21, 256, 110, [0]), "IQ1_S": (19, 256, 50, [0]), "IQ1_M": (29, 256, 56, []), "TQ1_0": (34, 256, 54, [52]),
    "TQ2_0": (35, 256, 66, [64]), "Q1_0": (41, 128, 18, [0]), "Q2_0": (42, 64, 18, [0]), "NVFP4": (40, 64, 36, []),
    "I8": (24, 1, 1, []), "I16": (25, 1, 2, []), "I32": (26, 1, 4, []), "I64": (27, 1, 8, []), "F64": (28, 1, 8, []),
}  # fmt: skip
NUMBERS = {"I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64, "F64": np.float64}
ALL = TYPES | READ_ONLY


class Ggml:
    """Rows to blocks and back, by libggml."""

    def __init__(self, folder):
        self.library = ctypes.CDLL(str(pathlib.Path(folder) / "libggml-base.so"))
        self.library.ggml_quantize_chunk.restype = ctypes.c_size_t
        self.library.ggml_version.restype = ctypes.c_char_p
        self.library.ggml_commit.restype = ctypes.c_char_p

    def version(self):
        return f"libggml {self.library.ggml_version().decode()} ({self.library.ggml_commit().decode()})"

    def encode(self, name, values, importance=None):
        """`values`: rows × columns; `importance`: one number a column, or None."""
        number, count, size, _ = TYPES[name]
        values = np.ascontiguousarray(values, np.float32)
        rows, columns = values.shape
        blocks = np.zeros((rows, columns // count * size), np.uint8)
        if importance is not None:
            importance = np.ascontiguousarray(importance, np.float32)
        pointer = importance.ctypes.data_as(ctypes.c_void_p) if importance is not None else None
        self.library.ggml_quantize_chunk(
            ctypes.c_int(number), values.ctypes.data_as(ctypes.c_void_p), blocks.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int64(0), ctypes.c_int64(rows), ctypes.c_int64(columns), pointer)  # fmt: skip
        return blocks

    def decode(self, name, blocks):
        _, count, size, _ = ALL[name]
        blocks = np.ascontiguousarray(blocks, np.uint8)
        if name in NUMBERS:
            with np.errstate(over="ignore"):
                return blocks.reshape(-1).view(NUMBERS[name]).astype(np.float32)
        values = np.zeros(blocks.size // size * count, np.float32)
        getattr(self.library, f"dequantize_row_{name.lower().replace('_k', '_K')}")(
            blocks.ctypes.data_as(ctypes.c_void_p), values.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(values.size))
        return values


def kinds(columns, random):
    """Rows as weights have them, and as they should not be."""
    normal = lambda scale: random.standard_normal(columns) * scale  # noqa: E731
    signs = random.choice([-1.0, 1.0], columns)
    index = np.arange(columns)
    below = np.ldexp(1.0, random.integers(-126, 120, columns)).astype(np.float32).view(np.uint32)
    bits = random.integers(0, 1 << 32, columns, dtype=np.uint64).astype(np.uint32)
    finite = np.where((bits & 0x7F800000) == 0x7F800000, bits & 0xBFFFFFFF, bits).view(np.float32)
    rows = {
        "gaussian, 0.02": normal(0.02),
        "gaussian, 1": normal(1),
        "gaussian, 1e-6": normal(1e-6),
        "gaussian, 3e4": normal(3e4),
        "zeros": np.zeros(columns),
        "zeros of both signs": signs * 0.0,
        "one value, the rest zeros": np.where(index == 77, -3.5, 0.0),
        "outliers": np.where(index % 64 == 17, 50.0 * signs, normal(0.02)),
        "sub-blocks of zeros": np.where(index // 16 % 3 == 1, 0.0, normal(0.02)),
        "subnormal": random.integers(0, 1 << 23, columns, dtype=np.uint32).view(np.float32) * signs,
        "near the least scale": normal(2e-15),
        "constant": np.full(columns, 0.0371),
        "constant, negative": np.full(columns, -0.0371),
        "nearly constant": 0.05 + normal(1e-6),
        "all negative": -np.abs(normal(0.02)),
        "all positive": np.abs(normal(0.02)) + 0.01,
        "ties": random.integers(-31, 32, columns) / 64.0,
        "alternating signs": np.where(index % 2 == 0, 0.25, -0.25),
        "many magnitudes": normal(1) * np.ldexp(1.0, random.integers(-60, 61, columns)),
        "scales beyond F16": normal(1e8),
        "squares that overflow": normal(1e25),
        "sums that overflow in some sub-blocks": normal(1) * np.ldexp(1.0, random.integers(40, 62, columns)),
        "just below powers of two": (below - random.integers(0, 100, columns).astype(np.uint32)).view(np.float32) * signs,
        "any finite bits": finite,
    }  # fmt: skip
    return {name: row.astype(np.float32) for name, row in rows.items()}


def random_blocks(name, count, random):
    """Blocks of random bytes whose F16 scales are finite."""
    _, _, size, scales = ALL[name]
    if name == "F64":
        # Halves of units of Float32, values beyond it, and below it.
        values = random.standard_normal(count) * np.ldexp(1.0, random.integers(-160, 140, count))
        values[::2] = (random.integers(0, 1 << 25, values[::2].size) * 2 + 1).astype(np.float64)
        return values.view(np.uint8).reshape(count, size)
    blocks = random.integers(0, 256, (count, size), dtype=np.uint64).astype(np.uint8)
    for offset in scales:
        high = blocks[:, offset + 1]
        blocks[:, offset + 1] = np.where((high & 0x7C) == 0x7C, high & 0xBF, high)
    if name == "IQ1_M":
        # The scale's highest four bits.
        blocks[:, 55] = np.where((blocks[:, 55] & 0x70) == 0x70, blocks[:, 55] & 0xBF, blocks[:, 55])
    if name == "MXFP4":
        blocks[:, 0] = np.minimum(blocks[:, 0], 254)
    return blocks


def importances(columns, random):
    random_weights = np.exp(random.standard_normal(columns) * 2)
    return np.where(random.random(columns) < 0.05, 0.0, random_weights).astype(np.float32)


def write_decoding(ggml, folder, name, blocks):
    blocks.tofile(folder / f"{name}.decode.blocks")
    ggml.decode(name, blocks).tofile(folder / f"{name}.decode.f32")


def main():
    ggml = Ggml(sys.argv[1])
    folder = pathlib.Path(__file__).parent
    random = np.random.default_rng(20)
    rows = kinds(512, random)
    importance = importances(512, random)
    np.concatenate(list(rows.values())).tofile(folder / "values.f32")
    importance.tofile(folder / "importance.f32")
    for name in TYPES:
        encoded = [
            ggml.encode(name, row[None], weights)
            for row in rows.values()
            for weights in (None, np.ones(512, np.float32), importance)
        ]
        np.concatenate(encoded).tofile(folder / f"{name}.blocks")
        write_decoding(ggml, folder, name, random_blocks(name, 4, random))
    for name, (_, count, _, _) in READ_ONLY.items():
        write_decoding(ggml, folder, name, random_blocks(name, 400 if count == 1 else 8, random))
    cases = {"made_by": ggml.version() + ", ggml_quantize_chunk and dequantize_row_*", "columns": 512, "rows": list(rows)}
    (folder / "cases.json").write_text(json.dumps(cases, indent=2) + "\n")


if __name__ == "__main__":
    main()
