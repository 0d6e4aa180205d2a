#!/usr/bin/env python3
"""Writes the corpus of well-formed and malformed GGUF files: `files/*.gguf` and `cases.json`.

Needs Python 3.9 and nothing else; the bytes are put together here, by no GGUF writer. The verdicts in the column `reference` are those
of `gguf_init_from_file` of ggml 0.25.3 (no_alloc, header alone); `Tests/Conformance/gguf_container.py` asks it again.

A case of `cases.json`:
  name       also the file's name
  why        what is odd about it
  reference  "accepted" or "refused": ggml
  ckpt       "accepted", "rejected: <code>" or "warning: <code>": what our reader must say
  names      the tensor or word that our message must name, where that matters
"""

import json
import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
CASES = []
U8, I8, U16, I16, U32, I32, F32, BOOL, STR, ARR, U64, I64, F64 = range(13)
FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}


def case(name, why, reference, ckpt, content, names=None):
    entry = {"name": name, "why": why, "reference": reference, "ckpt": ckpt}
    if names is not None:
        entry["names"] = names
    (FILES / f"{name}.gguf").write_bytes(content)
    assert name not in [c["name"] for c in CASES], name
    CASES.append(entry)


def A(name, why, content, **more):
    case(name, why, "accepted", "accepted", content, **more)


def W(name, why, content, code="gguf.oddity", **more):
    case(name, why, "accepted", "warning: " + code, content, **more)


def S(name, why, content, code, **more):
    """Accepted by ggml, refused here."""
    case(name, why, "accepted", "rejected: " + code, content, **more)


def R(name, why, content, code, **more):
    case(name, why, "refused", "rejected: " + code, content, **more)


def string(text, length=None):
    text = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text


def value(kind, v):
    return string(v) if kind == STR else struct.pack("<" + FORMATS[kind], v)


def kv(key, kind, v):
    return string(key) + struct.pack("<I", kind) + value(kind, v)


def array(key, kind, values, n=None):
    return (string(key) + struct.pack("<IIQ", ARR, kind, len(values) if n is None else n)
            + b"".join(value(kind, v) for v in values))


def tensor(name, ne, kind=0, offset=0, n_dims=None):
    return (string(name) + struct.pack("<I", len(ne) if n_dims is None else n_dims)
            + b"".join(struct.pack("<Q", n % 2**64) for n in ne) + struct.pack("<IQ", kind, offset % 2**64))


def gguf(kvs=(), tensors=(), data=b"", version=3, n_tensors=None, n_kv=None, alignment=32, pad=b"\0", magic=b"GGUF"):
    head = magic + struct.pack("<I", version)
    head += struct.pack("<q", len(tensors) if n_tensors is None else n_tensors)
    head += struct.pack("<q", len(kvs) if n_kv is None else n_kv)
    head += b"".join(kvs) + b"".join(tensors)
    if tensors and alignment:
        head += pad * (-len(head) % alignment)
    return head + data


ARCH = kv("general.architecture", STR, "llama")
ONE = tensor("a.weight", [8], 0)
ONE_DATA = bytes(range(32))
GOOD = gguf([ARCH], [ONE], ONE_DATA)


def good():
    A("good", "one key, one F32 tensor", GOOD)
    A("good_v2", "version 2 has the same layout", gguf([ARCH], [ONE], ONE_DATA, version=2))
    A("good_nothing", "neither keys nor tensors", gguf())
    every = [kv("u8", U8, 255), kv("i8", I8, -128), kv("u16", U16, 65535), kv("i16", I16, -1), kv("u32", U32, 2**32 - 1),
             kv("i32", I32, -2**31), kv("f32", F32, 1.5), kv("t", BOOL, 1), kv("f", BOOL, 0), kv("s", STR, "ä\n"),
             kv("empty", STR, ""), kv("u64", U64, 2**64 - 1), kv("i64", I64, -2**63), kv("f64", F64, 1e300)]
    A("good_every_type", "one key of each type", gguf(every, [ONE], ONE_DATA))
    arrays = [array(f"a{k}", k, [1, 0, 1]) for k in FORMATS] + [array("as", STR, ["x", "", "yz"]), array("none", U32, [])]
    A("good_arrays", "an array of each type, and an empty one", gguf(arrays, [ONE], ONE_DATA))
    A("good_two", "two tensors, the first padded to 32 bytes",
      gguf([ARCH], [tensor("a", [3], 0), tensor("b", [2, 3], 1, 32)], bytes(12) + bytes(20) + bytes(12) + bytes(20)))
    types = [(0, 1, 4), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24), (8, 32, 34), (9, 32, 36), (10, 256, 84),
             (11, 256, 110), (12, 256, 144), (13, 256, 176), (14, 256, 210), (15, 256, 292), (16, 256, 66), (17, 256, 74),
             (18, 256, 98), (19, 256, 50), (20, 32, 18), (21, 256, 110), (22, 256, 82), (23, 256, 136), (24, 1, 1),
             (25, 1, 2), (26, 1, 4), (27, 1, 8), (28, 1, 8), (29, 256, 56), (30, 1, 2), (34, 256, 54), (35, 256, 66),
             (39, 32, 17), (40, 64, 36), (41, 128, 18), (42, 64, 18), (1, 1, 2)]
    infos, data = [], b""
    for kind, block, size in types:
        infos.append(tensor(f"t{kind}", [block, 3], kind, len(data)))
        data += bytes(3 * size)
        data += bytes(-len(data) % 32)
    A("good_every_tensor_type", "a tensor of three blocks of each type", gguf([ARCH], infos, data))
    A("good_alignment_64", "general.alignment of 64 is kept by offsets and padding",
      gguf([kv("general.alignment", U32, 64)], [tensor("a", [3]), tensor("b", [1], 0, 64)], bytes(128), alignment=64))
    A("good_alignment_1", "general.alignment of 1: no padding",
      gguf([kv("general.alignment", U32, 1)], [tensor("a", [3], 24), tensor("b", [1], 24, 3)], bytes(4), alignment=1))
    A("good_scalar", "no dimensions: one element", gguf([], [tensor("a", [], 0)], bytes(32)))
    A("good_4_dimensions", "four dimensions", gguf([], [tensor("a", [2, 3, 4, 5])], bytes(480)))
    A("good_name_63_bytes", "the longest name", gguf([], [tensor("n" * 63, [8])], bytes(32)))


def start():
    R("magic_empty", "an empty file", b"", "gguf.magic")
    R("magic_3_bytes", "cut in the magic", b"GGU", "gguf.magic")
    R("magic_lower", "another magic", gguf(magic=b"gguf"), "gguf.magic")
    R("magic_ggml", "the format before GGUF", gguf(magic=b"lmgg"), "gguf.magic")
    R("foreign_lfs", "a git-lfs pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
      "source.foreign-file", names="git-lfs")
    R("foreign_html", "a web page", b"<!DOCTYPE html><html></html>", "source.foreign-file", names="HTML")
    R("foreign_zip", "a ZIP archive", b"PK\3\4" + bytes(40), "source.foreign-file", names="ZIP")
    R("foreign_zeros", "nothing but zeros", bytes(4096), "source.foreign-file", names="zeros")
    R("version_0", "version 0", gguf(version=0), "gguf.version")
    R("version_1", "version 1 had 32-bit lengths", gguf(version=1), "gguf.version")
    R("version_4", "a version that does not exist yet", gguf(version=4), "gguf.version")
    big = b"GGUF" + struct.pack(">Iqq", 3, 0, 0)
    R("version_big_endian", "a big-endian file", big, "gguf.big-endian", names="big endian")
    header = len(GOOD) - 32
    for cut in (4, 6, 8, 12, 16, 20, 23, 30, 50, 60, 70, 80):
        R(f"cut_{cut}", f"cut after {cut} bytes", GOOD[:cut], "gguf.count" if 16 <= cut < 48 else "gguf.truncated")
    S("cut_in_data", "cut in the data of the only tensor", GOOD[:-5], "gguf.past-end", names="a.weight")
    S("cut_before_data", "header alone", GOOD[:header], "gguf.past-end", names="a.weight")


def counts():
    for name, n in (("negative", -1), ("2_60", 2**60), ("2_61", 2**61), ("most", 2**63 - 1), ("2_63_by_200", 2**63 // 200)):
        R(f"count_kv_{name}", f"{n} keys", gguf([ARCH], [ONE], ONE_DATA, n_kv=n), "gguf.count")
        R(f"count_tensors_{name}", f"{n} tensors", gguf([ARCH], [ONE], ONE_DATA, n_tensors=n), "gguf.count")
    R("count_kv_more", "two keys more than there are: the tensor is read as one, its data as the other",
      gguf([ARCH], [ONE], ONE_DATA, n_kv=3), "gguf.key")
    R("count_tensors_one_more", "one tensor more than there is", gguf([ARCH], [ONE], ONE_DATA, n_tensors=2), "gguf.bad-offset")
    R("count_kv_one_less", "one key less than there is: its bytes are read as a tensor",
      gguf([ARCH, kv("x", STR, "y" * 100)], [ONE], ONE_DATA, n_kv=1), "gguf.dimensions")


def strings():
    for name, n in (("2_64", 2**64 - 1), ("2_63", 2**63), ("2_32", 2**32), ("1_gib_more", 2**30 + 1)):
        bad = string("k") + struct.pack("<I", STR) + struct.pack("<Q", n) + b"x" * 40
        R(f"string_{name}", f"a string of {n} bytes", gguf([bad], [ONE], ONE_DATA), "gguf.string-length")
        R(f"string_key_{name}", f"a key of {n} bytes", gguf([string("k", n) + bytes(40)], [ONE], ONE_DATA), "gguf.string-length")
        R(f"string_name_{name}", f"a tensor's name of {n} bytes",
          gguf([ARCH], [string("k", n) + bytes(40)], ONE_DATA), "gguf.string-length")
        token = string("tokenizer.ggml.tokens") + struct.pack("<IIQ", ARR, STR, 2) + string("a") + struct.pack("<Q", n) + b"x" * 40
        R(f"string_token_{name}", f"a token of {n} bytes", gguf([token], [ONE], ONE_DATA), "gguf.string-length")
    R("string_past_end", "a string one byte longer than the file",
      gguf([string("k") + struct.pack("<I", STR) + struct.pack("<Q", 1000) + b"x" * 20]), "gguf.truncated")
    W("string_not_utf8", "a value that is not UTF-8", gguf([kv("k", STR, b"\xff\xfe")], [ONE], ONE_DATA), names="k")
    W("string_token_not_utf8", "a token that is not UTF-8", gguf([array("tokens", STR, [b"a", b"\xc3"])], [ONE], ONE_DATA), names="tokens")


def keys():
    R("key_empty", "an empty key", gguf([kv("", U32, 1)], [ONE], ONE_DATA), "gguf.key")
    S("key_not_utf8", "a key that is not UTF-8", gguf([kv(b"\xff", U32, 1)], [ONE], ONE_DATA), "gguf.key")
    S("key_nul", "a key with a NUL", gguf([kv("a\0b", U32, 1)], [ONE], ONE_DATA), "gguf.key")
    R("key_twice", "a key twice", gguf([kv("k", U32, 1), kv("k", U32, 2)], [ONE], ONE_DATA), "gguf.duplicate-key", names="k")
    S("key_65536_bytes", "a key of 65,536 bytes", gguf([kv("k" * 65536, U32, 1)], [ONE], ONE_DATA), "gguf.string-length")
    for n in (13, 255, 2**31, 2**32 - 1):
        R(f"type_{n}", f"a value of type {n}", gguf([string("k") + struct.pack("<I", n) + bytes(16)], [ONE], ONE_DATA), "gguf.value-type")
        R(f"type_array_{n}", f"an array of type {n}",
          gguf([string("k") + struct.pack("<IIQ", ARR, n, 1) + bytes(16)], [ONE], ONE_DATA), "gguf.value-type")
    R("array_nested", "an array of arrays",
      gguf([string("k") + struct.pack("<IIQIQ", ARR, ARR, 1, U8, 1) + b"\1"], [ONE], ONE_DATA), "gguf.value-type")
    for name, n in (("2_62", 2**62), ("2_64", 2**64 - 1), ("2_61", 2**61), ("2_30_more", 2**30 + 1)):
        for kind, word in ((U64, "u64"), (STR, "str"), (U8, "u8"), (BOOL, "bool")):
            R(f"array_{word}_{name}", f"an array of {n} {word}", gguf([array("k", kind, [], n) + bytes(64)], [ONE], ONE_DATA), "gguf.array-length")
    for kind, word in ((U64, "u64"), (STR, "str"), (U8, "u8"), (BOOL, "bool")):
        R(f"array_{word}_past_end", f"an array of 2^29 {word} in a small file",
          gguf([array("k", kind, [], 2**29) + bytes(64)], [ONE], ONE_DATA), "gguf.truncated")
    W("bool_2", "a truth value of 2", gguf([kv("k", BOOL, 2)], [ONE], ONE_DATA))
    W("bool_in_array", "a truth value of 7 in an array", gguf([array("k", BOOL, [0, 1, 7])], [ONE], ONE_DATA))
    A("bool_array", "truth values", gguf([array("k", BOOL, [0, 1, 1])], [ONE], ONE_DATA))


def tokens():
    def vocab(words, types):
        return gguf([array("tokenizer.ggml.tokens", STR, words), array("tokenizer.ggml.token_type", I32, types)], [ONE], ONE_DATA)
    A("token_bytes", "byte tokens as they should be", vocab(["<0x00>", "<0xfF>", "a"], [6, 6, 1]))
    A("token_normal_text", "text that looks like a byte token and is none", vocab(["<0x-1>", "<0xZZ>"], [1, 4]))
    for name, word in (("minus", "<0x-1>"), ("letters", "<0xZZ>"), ("short", "<0x>"), ("long", "<0x100>"), ("open", "<0x12")):
        S(f"token_byte_{name}", f"the byte token {word}", vocab(["a", word], [1, 6]), "gguf.byte-token", names=word)


def alignments():
    for n in (0, 3, 33, 2**31 + 1):
        R(f"alignment_{n}", f"general.alignment of {n}",
          gguf([kv("general.alignment", U32, n)], [ONE], ONE_DATA), "gguf.alignment")
    R("alignment_u64", "general.alignment as u64", gguf([kv("general.alignment", U64, 32)], [ONE], ONE_DATA), "gguf.alignment")
    R("alignment_str", "general.alignment as a string", gguf([kv("general.alignment", STR, "32")], [ONE], ONE_DATA), "gguf.alignment")
    R("alignment_2_31", "general.alignment of 2^31", gguf([kv("general.alignment", U32, 2**31)], [ONE], ONE_DATA), "gguf.alignment")
    two = [tensor("a", [40], 24), tensor("b", [1], 24, 64)]
    S("alignment_64_padded_32", "what llama-quantize COPY writes: offsets for 64, padding to 32",
      gguf([kv("general.alignment", U32, 64)], two, bytes(64) + bytes(32), alignment=32)[:-32], "gguf.past-end", names="b")
    R("offset_alignment_32_under_64", "offsets for 32 under general.alignment of 64",
      gguf([kv("general.alignment", U32, 64)], [tensor("a", [8]), tensor("b", [8], 0, 32)], bytes(64), alignment=64), "gguf.bad-offset")


def names():
    R("name_64_bytes", "a name of 64 bytes", gguf([], [tensor("n" * 64, [8])], bytes(32)), "gguf.name")
    R("name_twice", "a name twice", gguf([], [tensor("a", [8]), tensor("a", [8], 0, 32)], bytes(64)), "gguf.duplicate-name", names="a")
    S("name_not_utf8", "a name that is not UTF-8", gguf([], [tensor(b"\xff", [8])], bytes(32)), "gguf.name")
    S("name_nul", "a name with a NUL", gguf([], [tensor("a\0b", [8])], bytes(32)), "gguf.name")
    W("name_empty", "an empty name", gguf([], [tensor("", [8])], bytes(32)))
    W("name_control", "a name with an escape character", gguf([], [tensor("a\x1b[2J", [8])], bytes(32)))


def shapes():
    R("dims_5", "five dimensions", gguf([], [tensor("a", [1, 1, 1, 1, 1])], bytes(32)), "gguf.dimensions", names="a")
    R("dims_2_32", "2^32 - 1 dimensions", gguf([], [tensor("a", [8], n_dims=2**32 - 1)], bytes(32)), "gguf.dimensions")
    R("dims_negative", "a dimension of -1", gguf([], [tensor("a", [8, -1])], bytes(32)), "gguf.dimensions", names="a")
    R("dims_most_negative", "a dimension of -2^63", gguf([], [tensor("a", [-2**63])], bytes(32)), "gguf.dimensions")
    W("dims_zero", "a dimension of 0", gguf([], [tensor("a", [8, 0])], b""))
    W("dims_zero_between", "a dimension of 0, then another tensor",
      gguf([], [tensor("a", [0], 0), tensor("b", [8])], bytes(32)), names="a")
    R("size_2_31", "[2^31, 2^31, 4]: 2^64 elements", gguf([], [tensor("a", [2**31, 2**31, 4, 1])], bytes(32)), "gguf.size-overflow")
    R("size_2_32", "[2^32, 2^32]: the product wraps to 0", gguf([], [tensor("a", [2**32, 2**32, 1, 1])], bytes(32)), "gguf.size-overflow")
    S("size_2_62_bytes", "2^62 bytes in a small file", gguf([], [tensor("a", [2**60])], bytes(32)), "gguf.past-end", names="a")
    S("size_2_63_bytes", "2^63 bytes: no file offset holds them", gguf([], [tensor("a", [2**61])], bytes(32)), "gguf.size-overflow")
    R("size_2_65_bytes", "2^63 - 1 elements of 8 bytes", gguf([], [tensor("a", [2**63 - 1], 27)], bytes(32)), "gguf.size-overflow")
    R("size_sum", "five tensors of 2^62 bytes: their padded sizes sum past 2^64",
      gguf([], [tensor("abcde"[i], [2**62], 24, i * 2**62) for i in range(5)], bytes(32)), "gguf.size-overflow")
    R("block_31", "rows of 31 in blocks of 32", gguf([], [tensor("a", [31, 32], 2)], bytes(18 * 31)), "gguf.partial-block", names="a")
    R("block_128", "rows of 128 in blocks of 256", gguf([], [tensor("a", [128, 2], 12)], bytes(160)), "gguf.partial-block", names="Q4_K")
    for n in (4, 5, 31, 32, 33, 36, 37, 38, 43, 139, 2**31, 2**32 - 1):
        R(f"type_tensor_{n}", f"a tensor of type {n}", gguf([], [tensor("a", [256], n)], bytes(256)), "gguf.type", names="a")


def offsets():
    R("offset_gap", "a hole of 32 bytes", gguf([], [tensor("a", [8]), tensor("b", [8], 0, 64)], bytes(96)), "gguf.bad-offset", names="b")
    R("offset_overlap", "two tensors in one place", gguf([], [tensor("a", [8]), tensor("b", [8], 0, 0)], bytes(64)), "gguf.bad-offset", names="b")
    R("offset_swapped", "in another order than the data", gguf([], [tensor("a", [8], 0, 32), tensor("b", [8])], bytes(64)), "gguf.bad-offset", names="a")
    R("offset_first", "the first one not at 0", gguf([], [tensor("a", [8], 0, 32)], bytes(64)), "gguf.bad-offset")
    R("offset_unaligned", "a tensor right behind another of 12 bytes",
      gguf([], [tensor("a", [3]), tensor("b", [1], 0, 12)], bytes(64)), "gguf.bad-offset", names="b")
    R("offset_2_64", "an offset of 2^64 - 32", gguf([], [tensor("a", [8], 0, 2**64 - 32)], bytes(64)), "gguf.bad-offset")
    W("padding_header", "padding of the header that is not zero", gguf([], [tensor("abc", [8])], bytes(32), pad=b"\xaa"), code="gguf.padding")
    W("padding_tensor", "padding of a tensor that is not zero",
      gguf([], [tensor("a", [3]), tensor("b", [8], 0, 32)], bytes(12) + b"\xff" * 20 + bytes(32)), code="gguf.padding", names="a")
    W("padding_none_at_end", "the last tensor without padding", gguf([], [tensor("a", [3])], bytes(12)), code="gguf.padding")
    W("trailing", "bytes behind the data", GOOD + b"extra", code="gguf.trailing")
    W("trailing_no_tensors", "bytes behind a header without tensors", gguf([ARCH]) + b"extra", code="gguf.trailing")


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    for group in (good, start, counts, strings, keys, tokens, alignments, names, shapes, offsets):
        group()
    (HERE / "cases.json").write_text(
        json.dumps({"made_by": "make.py", "reference": "ggml 0.25.3, gguf_init_from_file", "cases": CASES}, indent=1, ensure_ascii=False) + "\n")
    print(len(CASES), "cases")


main()
