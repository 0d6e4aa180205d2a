#!/usr/bin/env python3
"""Asks the `safetensors` library for its verdict on every file of Tests/Vectors/safetensors, against the column `reference`.

Usage: python safetensors_corpus.py [--only NAME]
Needs: safetensors (made with 0.8.0). Exits 1 where a verdict differs.
"""

import argparse
import json
import pathlib
import struct
import sys
import tempfile

import safetensors

CORPUS = pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "safetensors"


def content(case):
    """The bytes of a case: its file, or its pieces put together."""
    if "pieces" not in case:
        return (CORPUS / "files" / (case["name"] + ".safetensors")).read_bytes()
    out = bytearray()
    for kind, *what in case["pieces"]:
        if kind == "length":
            out += struct.pack("<Q", what[0])
        elif kind == "text":
            out += what[0].encode()
        elif kind == "repeat":
            out += what[0].encode() * what[1]
        elif kind == "numbered":
            out += ",".join(what[0].replace("@", str(i)) for i in range(what[1])).encode()
        elif kind == "zeros":
            out += bytes(what[0])
        else:
            raise ValueError(kind)
    return bytes(out)


def verdicts(data):
    """What `deserialize` and `safe_open` say, and the message of a refusal."""
    said, message = [], ""
    try:
        safetensors.deserialize(data)
        said.append("accepted")
    except safetensors.SafetensorError as error:
        said.append("refused")
        message = str(error)
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(data)
        file.flush()
        try:
            with safetensors.safe_open(file.name, framework="numpy") as opened:
                opened.keys()
            said.append("accepted")
        except (safetensors.SafetensorError, OSError) as error:
            said.append("refused")
            message = message or str(error)
    return said, message


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only")
    only = parser.parse_args().only
    cases = json.loads((CORPUS / "cases.json").read_text())["cases"]
    wrong = 0
    accepted = 0
    for case in cases:
        if only and case["name"] != only:
            continue
        said, message = verdicts(content(case))
        accepted += said[0] == "accepted"
        if any(verdict != case["reference"] for verdict in said):
            wrong += 1
            print(f"{case['name']}: the table says {case['reference']}, the library {' and '.join(said)} {message[:200]}")
    print(f"safetensors {safetensors.__version__}: {len(cases)} cases, {accepted} accepted, {wrong} verdicts differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
