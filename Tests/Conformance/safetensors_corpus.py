"""Asks the `safetensors` library for its verdict on every file of Tests/Vectors/safetensors, against the column `reference`.

    python safetensors_corpus.py [NAME ...]
"""

# seconds: 2
import json
import pathlib
import struct
import sys
import tempfile

from harness import checks

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
    only = sys.argv[1:]
    cases = [c for c in json.loads((CORPUS / "cases.json").read_text())["cases"] if not only or c["name"] in only]
    accepted = 0
    for case in cases:
        said, message = verdicts(content(case))
        accepted += said[0] == "accepted"
        checks.true(all(verdict == case["reference"] for verdict in said), case["name"],
                    f"the table says {case['reference']}, the library {' and '.join(said)} {message[:200]}")
    checks.note(f"safetensors {safetensors.__version__}: {len(cases)} cases, {accepted} accepted")


if __name__ == "__main__":
    main()
    checks.end()
