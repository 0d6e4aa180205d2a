"""Speed of block-fp8 -> INT4 g32, end to end, beside llm-compressor's model_free_ptq and a plain copy, on the same files.

    python Benchmarks/convert.py --ckpt .build/release/ckpt --folder DIR [--layers 2] [--experts 48] [--runs 3] [--no-peer] [--json FILE]

Programs are run in turns; ratios are of medians. Warm: the source is read into the page cache before. Cold: the page cache is dropped
(root), and the result is synced. The peer needs llmcompressor 0.14.0.1, compressed-tensors 0.20.0 and torch in this Python; its
observer `memoryless_minmax` gives the same bytes as `--rounding ct`, which is checked.
"""
import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

PEER = """
import sys, time
import safetensors.torch as ST
from compressed_tensors.entrypoints.convert import FP8BlockDequantizer
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from llmcompressor import model_free_ptq
plain = ST.save_file
for m in [m for m in list(sys.modules.values()) if getattr(m, "save_file", None) is plain]:
    m.save_file = lambda d, *a, **k: plain({n: x.contiguous() for n, x in d.items()}, *a, **k)
began = time.monotonic()
model_free_ptq(sys.argv[1], sys.argv[2], device="cpu",
    ignore=["lm_head", "re:.*embed_tokens$", r"re:.*inv_freq$", r"re:.*self_attn\\..*", r"re:.*shared_experts\\..*", r"re:.*mlp\\.gate$",
            r"re:.*layers\\.0\\.mlp\\.(gate|up|down)_proj$"],
    converter=FP8BlockDequantizer(targets=[r"re:.*(_proj|_proj_with_mqa)$"]),
    scheme=QuantizationScheme(targets=["Linear"], format="pack-quantized", weights=QuantizationArgs(
        num_bits=4, type="int", strategy="group", group_size=32, symmetric=True, observer="memoryless_minmax")))
print("SECONDS", time.monotonic() - began)
"""


def run(command, **more):
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-3000:]}")
    return time.monotonic() - began, done.stdout


def warm(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                while f.read(1 << 24):
                    pass


def cold():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")


def tensors(folder):
    digests = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".safetensors"):
            continue
        with open(os.path.join(folder, name), "rb") as f:
            size = int.from_bytes(f.read(8), "little")
            header = json.loads(f.read(size))
            for key, entry in header.items():
                if key != "__metadata__":
                    begin, end = entry["data_offsets"]
                    f.seek(8 + size + begin)
                    digests[key] = hashlib.sha256(f.read(end - begin)).hexdigest()
    return digests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ckpt", required=True)
    parser.add_argument("--folder", required=True, help="where the files go; some times the source's size")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--experts", type=int, default=48)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--no-cold", action="store_true")
    parser.add_argument("--json")
    a = parser.parse_args()
    os.makedirs(a.folder, exist_ok=True)
    source, ours, theirs, copy = (os.path.join(a.folder, n) for n in ("source", "ours", "theirs", "copy"))
    if not os.path.exists(source):
        run([a.ckpt, "synth", source, "--preset", "Kimi-K2-Instruct", "--set", f"num_hidden_layers={a.layers}", "--set",
             "vocab_size=4096", "--set", f"n_routed_experts={a.experts}"])
    size = sum(os.path.getsize(os.path.join(source, n)) for n in os.listdir(source) if n.endswith(".safetensors"))
    times = {k: [] for k in ("ckpt_warm", "ckpt_no_digests_warm", "peer_warm", "copy_warm", "ckpt_cold", "copy_cold")}

    def ckpt(*more):
        shutil.rmtree(ours, ignore_errors=True)
        return run([a.ckpt, "convert", source, ours, "--to", "int4-g32", "-q", *more])[0]

    def plain_copy():
        shutil.rmtree(copy, ignore_errors=True)
        return run(["sh", "-c", f"cp -r --reflink=never --sparse=never '{source}' '{copy}' && sync -f '{copy}'"])[0]

    for turn in range(a.runs):
        warm(source)
        times["ckpt_warm"].append(ckpt())
        times["ckpt_no_digests_warm"].append(ckpt("--digests", "none"))
        times["copy_warm"].append(plain_copy())
        shutil.rmtree(copy, ignore_errors=True)
        if not a.no_peer:
            warm(source)
            shutil.rmtree(theirs, ignore_errors=True)
            out = run([sys.executable, "-c", PEER, source, theirs])[1]
            times["peer_warm"].append(float(out.rsplit("SECONDS", 1)[1]))
        if not a.no_cold:
            shutil.rmtree(ours, ignore_errors=True)
            cold()
            times["ckpt_cold"].append(ckpt())
            shutil.rmtree(ours, ignore_errors=True)
            cold()
            times["copy_cold"].append(plain_copy())
            shutil.rmtree(copy, ignore_errors=True)
    same = None
    if not a.no_peer:
        ckpt()
        x, y = tensors(ours), tensors(theirs)
        y = {k: v for k, v in y.items() if not k.endswith("inv_freq")}
        same = x == y
        if not same:
            print("differ:", [k for k in sorted(set(x) | set(y)) if x.get(k) != y.get(k)][:5], file=sys.stderr)
    median = {k: statistics.median(v) for k, v in times.items() if v}
    speed = {k: round(size / v / 1e9, 3) for k, v in median.items()}
    ratio = {"ckpt / peer, warm": None, "ckpt / copy, cold": None, "ckpt / copy, warm": None}
    if "peer_warm" in median:
        ratio["ckpt / peer, warm"] = round(median["peer_warm"] / median["ckpt_warm"], 2)
    if "ckpt_cold" in median:
        ratio["ckpt / copy, cold"] = round(median["copy_cold"] / median["ckpt_cold"], 3)
    ratio["ckpt / copy, warm"] = round(median["copy_warm"] / median["ckpt_warm"], 3)
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    result = {"benchmark": "convert", "machine": {"cpu": model, "cores": os.cpu_count()}, "load": os.getloadavg()[0],
              "version": run([a.ckpt, "--version"])[1].strip(), "source_bytes": size, "runs": a.runs,
              "seconds": {k: [round(x, 3) for x in v] for k, v in times.items() if v}, "input_gb_per_second": speed, "ratios": ratio,
              "same_bytes_as_peer": same}
    text = json.dumps(result, indent=2)
    print(text)
    if a.json:
        with open(a.json, "w") as f:
            f.write(text + "\n")


main()
