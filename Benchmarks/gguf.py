"""Speed of block-fp8 -> Q4_K_M GGUF, end to end, beside llama.cpp's converter followed by llama-quantize, on the same files.

    python Benchmarks/gguf.py --ckpt .build/release/ckpt --source DIR --folder DIR [--runs 2] [--mix Q4_K_M] [--json FILE]

LLAMA_SRC is llama.cpp's source tree, PEERS_LLAMA the folder of llama-quantize; this Python needs what the converter imports (see
Tests/Conformance/setup.sh). The converter writes BF16, as people do who have the disk for it, without a tokenizer. Programs are run in
turns on a warm source; ratios are of medians.
"""
import argparse, json, os, pathlib, platform, shutil, statistics, subprocess, sys, time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--ckpt", default=".build/release/ckpt")
parser.add_argument("--source", required=True)
parser.add_argument("--folder", required=True)
parser.add_argument("--runs", type=int, default=2)
parser.add_argument("--mix", default="Q4_K_M")
parser.add_argument("--json")
a = parser.parse_args()
here = pathlib.Path(__file__).resolve().parent.parent
work = pathlib.Path(a.folder)
work.mkdir(parents=True, exist_ok=True)
cores = str(os.cpu_count())


def run(*command):
    began = time.monotonic()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]}: exit {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began


times = {"ckpt": [], "convert_hf_to_gguf": [], "llama-quantize": [], "copy": []}
for _ in range(a.runs):
    subprocess.run(["cat", *map(str, pathlib.Path(a.source).glob("*.safetensors"))], stdout=subprocess.DEVNULL)
    for name in ("ours.gguf", "bf16.gguf", "theirs.gguf"):
        (work / name).unlink(missing_ok=True)
    times["ckpt"].append(run(a.ckpt, "convert", a.source, work / "ours.gguf", "--to", f"llama.cpp/{a.mix}", "--pre", "gpt-2", "-q"))
    times["convert_hf_to_gguf"].append(run(
        sys.executable, here / "Tests/Conformance/oracle/convert_f32.py", a.source, work / "bf16.gguf", "--outtype", "bf16",
        "--vocab", "none"))
    times["llama-quantize"].append(run(
        os.path.join(os.environ["PEERS_LLAMA"], "llama-quantize"), work / "bf16.gguf", work / "theirs.gguf", a.mix, cores))
    times["copy"].append(run("cp", "--reflink=never", "--sparse=never", work / "ours.gguf", work / "copy"))
sizes = {"source": sum(p.stat().st_size for p in pathlib.Path(a.source).glob("*.safetensors")),
         "result": (work / "ours.gguf").stat().st_size, "intermediate": (work / "bf16.gguf").stat().st_size}
shutil.rmtree(work)
medians = {name: statistics.median(values) for name, values in times.items()}
peer = medians["convert_hf_to_gguf"] + medians["llama-quantize"]
version = subprocess.run([a.ckpt, "--version"], capture_output=True, text=True).stdout.strip()
result = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "ckpt": version, "peer": "llama.cpp 0c1e57098bba",
          "mix": a.mix, "bytes": sizes, "seconds": {n: [round(v, 2) for v in values] for n, values in times.items()},
          "times_faster": round(peer / medians["ckpt"], 2), "of_copying_the_result": round(medians["ckpt"] / medians["copy"], 1)}
text = json.dumps(result, indent=1)
print(text)
if a.json:
    pathlib.Path(a.json).write_text(text + "\n")
