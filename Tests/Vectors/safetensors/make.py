#!/usr/bin/env python3
"""Writes the corpus of well-formed and malformed safetensors files: `files/*.safetensors` and `cases.json`.

Needs Python 3.9 and nothing else; the bytes are put together here, by no safetensors writer. The verdicts in the column
`reference` are those of the Rust reader of safetensors 0.8.0 (PyPI); `Tests/Conformance/safetensors_corpus.py` asks it again.

A case of `cases.json`:
  name       also the file's name
  why        what is odd about it
  reference  "accepted" or "refused": `safetensors.deserialize`
  ckpt       "accepted", "rejected: <code>" or "warning: <code>": what our reader must say
  names      the tensor or word that our message must name, where that matters
  pieces     instead of a file, where it would be large: what to write, one piece after the other
               ["length", N] 8 bytes little endian; ["text", s]; ["repeat", s, n]; ["numbered", s, n] (`@` is 0 .. n-1,
               with commas between); ["zeros", n]
"""

import json
import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
CASES = []


def case(name, why, reference, ckpt, content=None, pieces=None, names=None):
    entry = {"name": name, "why": why, "reference": reference, "ckpt": ckpt}
    if names is not None:
        entry["names"] = names
    if pieces is not None:
        entry["pieces"] = pieces
    else:
        (FILES / f"{name}.safetensors").write_bytes(content)
    assert name not in [c["name"] for c in CASES], name
    CASES.append(entry)


def A(name, why, content, **more):
    case(name, why, "accepted", "accepted", content, **more)


def W(name, why, content, code="safetensors.oddity", **more):
    case(name, why, "accepted", "warning: " + code, content, **more)


def S(name, why, content, code, **more):
    """Accepted by the reference, refused here."""
    case(name, why, "accepted", "rejected: " + code, content, **more)


def R(name, why, content, code, **more):
    case(name, why, "refused", "rejected: " + code, content, **more)


def st(header, data=b"", n=None):
    """A file of a header (text or bytes), data, and a length that may lie."""
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header) if n is None else n) + header + data


def entry(dtype="U8", shape="[1]", offsets="[0,1]"):
    return '{"dtype":"%s","shape":%s,"data_offsets":%s}' % (dtype, shape, offsets)


def one(dtype="U8", shape="[1]", offsets="[0,1]", data=b"\x01", name="t"):
    return st('{%s:%s}' % (json.dumps(name), entry(dtype, shape, offsets)), data)


def with_metadata(text):
    return st('{"__metadata__":%s,"t":%s}' % (text, entry()), b"\x01")


GOOD = '{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
GOOD_DATA = struct.pack("<2f", 1.0, -2.0)
PAD = " " * (-len(GOOD) % 8)


def length():
    A("good", "one F32 tensor, header padded to a multiple of 8", st(GOOD + PAD, GOOD_DATA))
    code = "safetensors.header-too-small"
    R("length_0_bytes", "an empty file", b"", code)
    R("length_7_bytes", "too short for a length", b"\x01" * 7, code)
    R("length_zero_alone", "a header of no bytes, nothing after it", bytes(8), "source.foreign-file", names="zeros")
    R("length_zero_and_data", "a header of no bytes, then data", st("", b"abcdefgh"), "safetensors.header-malformed")
    code = "safetensors.header-past-end"
    n = len(GOOD)
    R("length_one_over_file", "header of one byte more than the file has", st(GOOD, n=n + 1), code)
    R("length_1000_in_80", "header of 1000 bytes in a file of 80", st("{" + " " * 71, n=1000), code)
    R("length_1e8_short", "the longest legal header in a short file", st(GOOD, GOOD_DATA, n=100_000_000), code)
    R("length_cut_in_header", "cut inside the header", st(GOOD, n=n)[:40], code)
    code = "safetensors.header-too-large"
    R("length_1e8_and_1", "one byte more than the longest legal header", st(GOOD, GOOD_DATA, n=100_000_001), code)
    R("length_2_64_minus_1", "all bits set", st(GOOD, GOOD_DATA, n=2**64 - 1), code)
    R("length_2_63", "negative if read as signed", st(GOOD, GOOD_DATA, n=2**63), code)
    R("length_2_64_minus_8", "wraps to 0 when 8 is added", st(GOOD, GOOD_DATA, n=2**64 - 8), code)
    R("length_big_endian", "length in the wrong byte order", struct.pack(">Q", n) + GOOD.encode() + GOOD_DATA, code)
    code = "safetensors.header-malformed"
    R("length_minus_1", "header cut by one byte", st(GOOD, GOOD_DATA, n=n - 1), code)
    R("length_plus_1", "header runs into the data", st(GOOD, b"\x01" + GOOD_DATA[1:], n=n + 1), code)
    code = "safetensors.wrong-length"
    R("data_last_byte_missing", "cut by one byte", st(GOOD, GOOD_DATA[:-1]), code, names="t")
    R("data_all_missing", "header only", st(GOOD), code, names="t")
    R("data_one_byte_extra", "a byte after the last tensor", st(GOOD, GOOD_DATA + b"\0"), code)
    zip_trailer = b"PK\x05\x06" + bytes(18)
    R("data_zip_trailer", "an empty ZIP archive after the last tensor: a polyglot", st(GOOD, GOOD_DATA + zip_trailer), code)


def foreign():
    code = "source.foreign-file"
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 4997731544\n"
    R("foreign_lfs_pointer", "a git-lfs pointer", pointer, code, names="size 4997731544")
    R("foreign_html", "an error page", b"<!DOCTYPE html><html><body>Access denied</body></html>", code, names="HTML")
    R("foreign_zip", "the start of a PyTorch file", b"PK\x03\x04" + bytes(60), code, names="ZIP")
    R("foreign_gguf", "a GGUF header", b"GGUF\x03\0\0\0" + bytes(16), code, names="GGUF")
    R("foreign_zeros", "1 KiB that was never written", bytes(1024), code, names="zeros")


def json_text():
    code = "safetensors.header-malformed"
    R("json_bom", "a byte order mark", st(b"\xef\xbb\xbf" + GOOD.encode(), GOOD_DATA), code)
    R("json_nul_padding", "padded with NUL, not spaces", st(GOOD.encode() + bytes(2), GOOD_DATA), code)
    R("json_text_after", "a letter after the object", st("{}x"), code)
    R("json_two_objects", "two objects", st("{}{}"), code)
    for name, text in [("array", "[]"), ("null", "null"), ("string", '"t"'), ("open", "{"), ("number", "1")]:
        R("json_" + name, "not one object", st(text), code)
    R("json_comment", "a comment", st("{/* */}"), code)
    R("json_trailing_comma", "a comma before }", st(GOOD[:-1] + ",}", GOOD_DATA), code)
    R("json_single_quotes", "quotes of Python", st(GOOD.replace('"', "'"), GOOD_DATA), code)
    R("json_lone_surrogate", "half a surrogate pair as an escape", st('{"\\ud800":%s}' % entry(), b"\x01"), code)
    R("json_control_byte", "a raw control byte in a name", one().replace(b'"t"', b'"\x01"'), code)
    R("json_depth_200", "nested 200 deep in a field that is passed over",
      st('{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":%s}}' % ("[" * 200 + "]" * 200), b"\x01"), code)
    def deep(depth, inside=""):
        # The object and the entry are two levels more.
        nest = "[" * (depth - 2) + inside + "]" * (depth - 2)
        return st('{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":%s}}' % nest, b"\x01")

    W("json_depth_127", "as deep as serde_json goes", deep(127, "1"))
    R("json_depth_128", "one level deeper", deep(128), code)
    R("json_depth_100000", "nested 100,000 deep", None, code, pieces=[
        ["length", 200_000], ["repeat", "[", 100_000], ["repeat", "]", 100_000]])
    R("json_depth_100000_field", "nested 100,000 deep in a field that is passed over", None, code, pieces=[
        ["length", 10 + 200_000 + 2], ["text", '{"t":{"x":'], ["repeat", "[", 100_000],
        ["repeat", "]", 100_000], ["text", "}}"]])
    code = "safetensors.header-not-utf8"
    for name, raw in [("ff", b"\xff"), ("overlong", b"\xc0\x80"), ("surrogate", b"\xed\xa0\x80"),
                      ("above_10ffff", b"\xf4\x90\x80\x80"), ("cut", b"\xe2\x82")]:
        header = b'{"' + raw + b'":' + entry().encode() + b"}"
        R("utf8_" + name, "a name of bytes " + raw.hex(), st(header, b"\x01"), code)
    code = "safetensors.header-malformed"
    R("entry_no_dtype", "a member is missing", st('{"t":{"shape":[1],"data_offsets":[0,1]}}', b"\x01"), code, names="dtype")
    R("entry_no_shape", "a member is missing", st('{"t":{"dtype":"U8","data_offsets":[0,1]}}', b"\x01"), code, names="shape")
    R("entry_no_offsets", "a member is missing", st('{"t":{"dtype":"U8","shape":[1]}}', b"\x01"), code, names="data_offsets")
    R("entry_null", "no entry", st('{"t":null}'), code)
    R("entry_string", "no entry", st('{"t":"U8"}'), code)
    for field in ["dtype", "shape", "data_offsets"]:
        text = GOOD.replace('"dtype"', '"%s":%s,"dtype"' % (field, {"dtype": '"F32"', "shape": "[2]"}.get(field, "[0,8]")))
        R("entry_two_" + field, field + " stands twice", st(text, GOOD_DATA), code)
    A("json_empty", "no tensor at all", st("{}"))
    A("json_padded", "spaces after the object", st(GOOD + PAD + " " * 64, GOOD_DATA))
    A("json_leading_white_space", "TAB and LF before the object", st(
        "\t\n" + GOOD + " " * (-(len(GOOD) + 2) % 8), GOOD_DATA))
    A("json_surrogate_pair", "a character outside the BMP as two escapes", st(
        '{"\\ud83d\\ude00":%s}' % entry(), b"\x01"), names="\U0001f600")
    W("json_extra_field", "an unknown member of an entry", st(
        '{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":{"y":[1,null]}}}', b"\x01"), names="x")


def names():
    W("name_empty", "the empty name", one(name=""))
    W("name_nul", "NUL in a name", one(name="a\0b"), names="a\0b")
    W("name_path", "a name that climbs out of the folder", one(name="../../etc/passwd"), names="../../etc/passwd")
    W("name_terminal", "a name that clears the screen", one(name="a\n\x1b[2J"), names="a\n\x1b[2J")
    W("name_1_mb", "a name of a million bytes", None, pieces=[
        ["length", 1_000_000 + 54], ["text", '{"'], ["repeat", "n", 1_000_000],
        ["text", '":' + entry() + "}" + " " * (54 - 5 - len(entry()))], ["text", "\x01"]])
    A("name_twins", "one name in NFC and in NFD: two tensors", st(
        '{"\u00e9":%s,"e\u0301":%s}' % (entry(), entry(offsets="[1,2]")), b"\x01\x02"))
    code = "safetensors.duplicate-name"
    S("duplicate_identical", "a name twice, the same entry", st('{"t":%s,"t":%s}' % (entry(), entry()), b"\x01"), code, names="t")
    S("duplicate_bogus_first", "a name twice, the first entry nonsense", st(
        '{"t":%s,"t":%s}' % (entry("F64", "[7]", "[5,6]"), entry()), b"\x01"), code, names="t")
    S("duplicate_escaped", "a name twice, once escaped", st('{"t":%s,"\\u0074":%s}' % (entry(), entry()), b"\x01"), code, names="t")
    R("duplicate_two_ranges", "a name twice, for two ranges", st(
        '{"t":%s,"t":%s}' % (entry(), entry(offsets="[1,2]")), b"\x01\x02"), code, names="t")


def serde_forms():
    code = "safetensors.header-malformed"
    S("form_entry_array", "an entry as an array", st('{"t":["U8",[1],[0,1]]}', b"\x01"), code)
    S("form_dtype_object", "a dtype as an object", st(
        '{"t":{"dtype":{"U8":null},"shape":[1],"data_offsets":[0,1]}}', b"\x01"), code)
    W("metadata_null", "metadata of null", with_metadata("null"))
    S("metadata_key_twice", "a key of the metadata twice", with_metadata('{"a":"1","a":"2"}'), code, names="a")


def numbers():
    code = "safetensors.header-malformed"
    for name, text in [("minus_1", "-1"), ("minus_0", "-0"), ("point", "1.0"), ("exponent", "1e0"), ("leading_zero", "01"),
                       ("string", '"1"'), ("true", "true"), ("null", "null"), ("2_64", str(2**64)), ("plus", "+1"),
                       ("hex", "0x1"), ("nan", "NaN")]:
        R("number_shape_" + name, "a dimension of " + text, one(shape="[%s]" % text), code)
        R("number_offset_" + name, "an offset of " + text, one(offsets="[0,%s]" % text), code)
    for name, text in [("one", "[0]"), ("three", "[0,1,1]"), ("object", '{"0":0,"1":1}')]:
        R("number_offsets_" + name, "data_offsets of " + text, one(offsets=text), code)
    R("number_2_53_plus_1", "a size that a double cannot hold", one(
        shape="[%d]" % (2**53 + 1), offsets="[0,%d]" % (2**53 + 1)), "safetensors.wrong-length")


def sizes():
    A("size_scalar", "a shape of no dimensions", one(shape="[]"))
    A("size_zero", "no elements", one(shape="[2,0]", offsets="[0,0]", data=b""))
    A("size_zero_between", "a tensor of no bytes between two others", st('{"a":%s,"z":%s,"b":%s}' % (
        entry(), entry(shape="[0]", offsets="[1,1]"), entry(offsets="[1,2]")), b"\x01\x02"))
    A("size_zero_times_2_63", "a dimension of 2^63 behind a 0", one(shape="[0,%d,4]" % 2**63, offsets="[0,0]", data=b""))
    A("size_2_62_times_zero", "a dimension of 2^62 before a 0", one(shape="[%d,0]" % 2**62, offsets="[0,0]", data=b""))
    A("size_2_63_times_zero", "a dimension of 2^63 before a 0", one(shape="[%d,0]" % 2**63, offsets="[0,0]", data=b""))
    code = "safetensors.bad-offset"
    R("size_zero_inside", "a tensor of no bytes inside another", st('{"a":%s,"z":%s}' % (
        entry(shape="[8]", offsets="[0,8]"), entry(shape="[0]", offsets="[4,4]")), bytes(range(8))), code, names="z")
    R("size_zero_past", "a tensor of no bytes behind the end", st('{"a":%s,"z":%s}' % (
        entry(), entry(shape="[0]", offsets="[9,9]")), b"\x01"), code, names="z")
    code = "safetensors.size-overflow"
    R("size_overflow_a", "2 × (2^64 − 2)", one(shape="[2,%d]" % (2**64 - 2)), code, names="t")
    R("size_overflow_b", "(2^62 + 1) × 4", one(shape="[%d,4]" % (2**62 + 1)), code, names="t")
    R("size_overflow_bits", "2^61 bytes have 2^64 bits", one(shape="[%d]" % 2**61, offsets="[0,%d]" % 2**61), code, names="t")
    R("size_overflow_c", "2 × (2^63 − 1) × 4 bytes", one("I32", "[2,%d]" % (2**63 - 1)), code, names="t")
    R("size_overflow_before_zero", "2^63 × 4 overflows before the 0 comes", one(
        shape="[%d,4,0]" % 2**63, offsets="[0,0]", data=b""), code, names="t")
    code = "safetensors.wrong-size"
    R("size_too_small", "fewer bytes than the shape needs", one("F32", "[2]", "[0,4]", b"\x01" * 4), code, names="t")
    R("size_too_big", "more bytes than the shape needs", one("F32", "[2]", "[0,12]", b"\x01" * 12), code, names="t")
    R("size_zero_with_bytes", "no elements, one byte", one(shape="[0]"), code, names="t")
    W("size_rank_65", "65 dimensions; NumPy stops at 64", one(shape="[%s]" % ",".join(["1"] * 65)))
    A("size_rank_64", "64 dimensions", one(shape="[%s]" % ",".join(["1"] * 64)))
    W("size_rank_100000", "100,000 dimensions", None, pieces=[
        ["length", 200_056], ["text", '{"t":{"dtype":"U8","shape":['], ["repeat", "1,", 99_999],
        ["text", '1],"data_offsets":[0,1]}}'.ljust(200_056 - 199_998 - 28)], ["text", "\x01"]])


def dtypes():
    for name, bits in [("BOOL", 8), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8), ("F8_E8M0", 8),
                       ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16),
                       ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64), ("I64", 64), ("U64", 64)]:
        header = '{"t":%s}' % entry(name, "[2]", "[0,%d]" % (bits // 4))
        A("dtype_" + name, "two elements of " + name, st(header + " " * (-len(header) % 8), bytes(bits // 4)))
    A("dtype_F4", "two elements in a byte", one("F4", "[2]"))
    W("dtype_F4_odd_rows", "rows that end within a byte", one("F4", "[2,3]", "[0,3]", bytes(3)))
    A("dtype_F6_E2M3", "four elements in three bytes", one("F6_E2M3", "[4]", "[0,3]", bytes(3)))
    A("dtype_F6_E3M2", "four elements in three bytes", one("F6_E3M2", "[4]", "[0,3]", bytes(3)))
    R("dtype_F4_partial", "three elements end within a byte", one("F4", "[3]", "[0,2]", bytes(2)), "safetensors.partial-byte", names="t")
    R("dtype_F6_partial", "three elements end within a byte", one("F6_E3M2", "[3]", "[0,3]", bytes(3)), "safetensors.partial-byte", names="t")
    for name in ["I4", "U4", "F4_E2M1", "F8_E4M3FN", "f32", "F128", "C128", "FLOAT8", "", "bf16", "F8"]:
        R("dtype_unknown_" + (name or "empty").replace("f32", "small_f32").replace("bf16", "small_bf16"),
          "no dtype of the format", one(name, data=b"\x01"), "safetensors.unknown-dtype", names="t")
    for name, text in [("null", "null"), ("number", "7")]:
        R("dtype_" + name, "a dtype that is no string", st(
            '{"t":{"dtype":%s,"shape":[1],"data_offsets":[0,1]}}' % text, b"\x01"), "safetensors.header-malformed")


def layout():
    def two(first, second, data, name, why, shape="[4]", code="safetensors.bad-offset", names="b"):
        R("layout_" + name, why, st('{"a":%s,"b":%s}' % (entry(shape=shape, offsets=first), entry(shape=shape, offsets=second)), data),
          code, names=names)

    data = bytes(range(1, 9))
    two("[0,4]", "[5,9]", data + b"\x09", "hole", "a hole between two tensors")
    R("layout_first_not_zero", "a hole before the first tensor", one(offsets="[1,2]", data=b"\x01\x02"), "safetensors.bad-offset", names="t")
    two("[0,4]", "[3,7]", data[:7], "overlap", "two tensors share a byte")
    two("[0,4]", "[0,4]", data[:4], "same_range", "two tensors share all bytes")
    R("layout_nested", "a tensor inside another", st('{"a":%s,"b":%s}' % (
        entry(shape="[8]", offsets="[0,8]"), entry(shape="[4]", offsets="[2,6]")), data), "safetensors.bad-offset", names="b")
    R("layout_reversed", "end before begin", one(offsets="[1,0]"), "safetensors.bad-offset", names="t")
    R("layout_past_end", "a tensor that reaches past the file", one(shape="[9]", offsets="[0,9]"), "safetensors.wrong-length", names="t")
    R("layout_empty_and_data", "data that belongs to no tensor", st("{}", b"\x01"), "safetensors.wrong-length")
    R("layout_offset_2_63", "an offset of 2^63", one(offsets="[%d,%d]" % (2**63, 2**63 + 1)), "safetensors.bad-offset", names="t")
    R("layout_offset_2_64_minus_1", "an offset of 2^64 − 1", one(
        shape="[%d]" % (2**64 - 1), offsets="[0,%d]" % (2**64 - 1)), "safetensors.bad-offset", names="t")
    big, entries, end = 2**61 - 1, [], 0
    while end + big <= 2**63 - 1:
        entries.append('"t%d":%s' % (len(entries), entry(shape="[%d]" % big, offsets="[%d,%d]" % (end, end + big))))
        end += big
    rest = 2**63 - 1 - end
    entries.append('"last":%s' % entry(shape="[%d]" % rest, offsets="[%d,%d]" % (end, 2**63 - 1)))
    R("layout_ends_at_2_63", "tensors in a row up to offset 2^63 − 1: adding the header's length overflows", st(
        "{%s}" % ",".join(entries), b"\x01"), "safetensors.wrong-length", names="t0")
    R("layout_100000_on_one_range", "100,000 tensors share one byte: a memory bomb", None, "safetensors.bad-offset", pieces=[
        ["length", sum(len('"t%d":' % i + entry()) + 1 for i in range(100_000)) + 1], ["text", "{"],
        ["numbered", '"t@":' + entry(), 100_000], ["text", "}"], ["text", "\x01"]])
    A("layout_unordered_header", "the header names the second tensor first", st(
        '{"b":%s,"a":%s}' % (entry(shape="[4]", offsets="[4,8]"), entry(shape="[4]", offsets="[0,4]")), data))
    header = '{"a":%s,"b":%s}' % (entry(), entry("F32", "[1]", "[1,5]"))
    W("layout_unaligned_tensor", "F32 behind one byte", st(header + " " * (-len(header) % 8), bytes(5)),
      "safetensors.unaligned", names="b")
    assert len(GOOD) % 8 != 1
    W("layout_unaligned_header", "a header that is no multiple of 8 long", st(
        GOOD + " " * (-len(GOOD) % 8 + 1), GOOD_DATA), "safetensors.unaligned", names="t")


def metadata():
    A("metadata_empty", "metadata without a key", with_metadata("{}"))
    A("metadata_format", "what writers write", with_metadata('{"format":"pt"}'))
    A("metadata_last", "metadata behind the tensors", st('{"t":%s,"__metadata__":{"a":"b"}}' % entry(), b"\x01"))
    A("metadata_alone", "metadata and no tensor", st('{"__metadata__":{"a":"b"}}'))
    A("metadata_10_mb", "ten million bytes of metadata", None, pieces=[
        ["length", 10_000_088], ["text", '{"__metadata__":{"a":"'], ["repeat", "m", 10_000_000],
        ["text", ('"},"t":' + entry() + "}").ljust(88 - 22)], ["text", "\x01"]])
    code = "safetensors.header-malformed"
    for name, text in [("int", '{"a":1}'), ("nested", '{"a":{"b":"c"}}'), ("null_value", '{"a":null}'), ("array", "[]"),
                       ("string", '"a"'), ("tensor", entry())]:
        R("metadata_" + name, "metadata of " + text, with_metadata(text), code)
    R("metadata_twice", "metadata twice", st(
        '{"__metadata__":{},"__metadata__":{},"t":%s}' % entry(), b"\x01"), code)
    R("metadata_after_object", "what old writers made of a file without tensors", st('{},"__metadata__":{"a":"b"}'), code,
      names="tensors")


def limits():
    """Headers of spaces: legal to the last byte."""
    for name, size, reference, verdict in [
        ("limit_25_mb", 25_000_000, "accepted", "accepted"),
        ("limit_over_25_mb", 25_000_001, "accepted", "warning: safetensors.oddity"),
        ("limit_100_mb", 100_000_000, "accepted", "warning: safetensors.oddity"),
        ("limit_over_100_mb", 100_000_001, "refused", "rejected: safetensors.header-too-large"),
    ]:
        text = '{"t":%s}' % entry()
        case(name, f"a header of {size:,} bytes", reference, verdict, pieces=[
            ["length", size], ["text", text], ["repeat", " ", size - len(text)], ["text", "\x01"]])


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    for group in [length, foreign, json_text, names, serde_forms, numbers, sizes, dtypes, layout, metadata, limits]:
        group()
    listing = {"made_by": "make.py", "reference": "safetensors 0.8.0 (PyPI)", "cases": CASES}
    (HERE / "cases.json").write_text(json.dumps(listing, indent=1, ensure_ascii=True) + "\n")
    print(len(CASES), "cases")


if __name__ == "__main__":
    main()
