"""Verbs that read stay within the least --memory that they state before they read: inspect, validate, list, checksum and verify within
128 MiB for 140,000 stored tensors and 256 MiB for 500,000; metadata and imatrix whatever the length of arrays and values.

The peak is VmHWM as `wait4` gives it, of a child that vfork and exec made: a fork would count this process's own pages."""
import json
import os
import random
import re
import struct
import subprocess
import sys

from harness import CKPT, WORK, checks, ckpt

MIB = 1 << 20


def peak(*arguments):
    """Exit status, peak bytes and standard error of a run of ckpt."""
    launcher = "import os,sys;pid=os.posix_spawn(sys.argv[1],sys.argv[1:],os.environ);" \
               "_,status,usage=os.wait4(pid,0);print(os.waitstatus_to_exitcode(status),usage.ru_maxrss,file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", launcher, str(CKPT), *map(str, arguments)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    lines = done.stderr.splitlines()
    status, kilobytes = map(int, lines[-1].split())
    return status, kilobytes * 1024, "\n".join(lines[:-1])


def bounded(verb, *arguments, limit, what, exit=0):
    """A verb refuses less than it states, before it reads, and keeps within what it states."""
    with checks.case(f"{verb} of {what}"):
        status, used, message = peak(verb, *arguments, "--memory", MIB)
        checks.equal(status, 2, f"{verb}: too little memory is refused")
        found = re.search(r"at least --memory (\d+)MiB", message)
        if not checks.true(found, f"{verb}: the least size is stated", message):
            return
        stated = int(found.group(1)) * MIB
        checks.at_most(used, 64 * MIB, f"{verb}: nothing is read before it is refused")
        checks.at_most(stated, limit, f"{verb}: the least size of {what}")
        status, used, message = peak(verb, *arguments, "--memory", stated)
        checks.equal(status, exit, f"{verb}: works with the size that it states ({message[:200]})")
        checks.at_most(used, stated, f"{verb}: peak of {what}")
        checks.note(f"{verb}: {what}, {used / MIB:.0f} of {stated / MIB:.0f} MiB")


def judge(folder, tensors, limit):
    for verb in (["inspect"], ["validate"], ["list"], ["list", "--json"], ["list", "--stored", "--json"]):
        bounded(verb[0], folder, *verb[1:], limit=limit, what=f"{tensors} tensors ({' '.join(verb)})")


def place(name):
    return WORK / f"memory-{os.getpid()}-{name}"


def shards(folder, tensors, count, name="model.layers.{0}.mlp.experts.{1}.down_proj.weight"):
    """Tensors of 64 bytes each, the same ones however many files they are in."""
    data = random.Random(1).randbytes(tensors * 64).translate(bytes(i & 0x3f for i in range(256)))
    folder.mkdir()
    each = tensors // count
    for shard in range(count):
        names = (name.format(i // 8192, i % 8192, i) for i in range(shard * each, (shard + 1) * each))
        header = ",".join(f'"{n}":{{"dtype":"BF16","shape":[4,8],"data_offsets":[{64 * i},{64 * i + 64}]}}' for i, n in enumerate(names))
        header = ("{" + header + "}").encode()
        header += b" " * (-len(header) % 8)
        (folder / f"model-{shard + 1:05}-of-{count:05}.safetensors").write_bytes(
            struct.pack("<Q", len(header)) + header + data[64 * shard * each:64 * (shard + 1) * each])


def digests():
    """checksum and verify, of the same cut and of another one."""
    folder, manifest, cut = place("shards"), place("manifest.json"), place("cut")
    try:
        shards(folder, 500_000, 20)
        bounded("checksum", folder, "-o", manifest, limit=256 * MIB, what="500000 small tensors")
        bounded("verify", folder, "--manifest", manifest, limit=256 * MIB, what="500000 small tensors")
        shards(cut, 500_000, 4)
        bounded("verify", cut, "--manifest", manifest, limit=256 * MIB, what="500000 small tensors, cut otherwise")
        done = ckpt("checksum", folder, "-o", manifest, "--json", "--files-only")
        checks.true(done.json["summary"]["least_memory_bytes"] > 0, "checksum: least_memory_bytes")
    finally:
        subprocess.run(["rm", "-rf", str(folder), str(manifest), str(cut)], check=False)
    small = [f"{key}={value}" for key, value in {
        "hidden_size": 32, "moe_intermediate_size": 16, "intermediate_size": 32, "vocab_size": 64, "q_lora_rank": 16, "kv_lora_rank": 16,
        "qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8, "num_attention_heads": 2, "num_key_value_heads": 2}.items()]
    # The tensors and names of the largest models, with an index and logical tensors; zeros make findings of all of them.
    for kind in ([], ["--sparse"]):
        folder, manifest = place("model"), place("model.json")
        try:
            subprocess.run([str(CKPT), "synth", str(folder), "--preset", "Kimi-K2-Instruct", "--max-shard-size", "1MiB", "-q", *kind,
                            *(word for setting in small for word in ("--set", setting))],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            what = "139644 tensors of zeros" if kind else "139644 tensors of a model"
            bounded("checksum", folder, "-o", manifest, limit=128 * MIB, what=what)
            bounded("verify", folder, "--manifest", manifest, limit=128 * MIB, what=what)
        finally:
            subprocess.run(["rm", "-rf", str(folder), str(manifest)], check=False)


def gguf_string(text):
    return struct.pack("<Q", len(text)) + text.encode()


def gguf_key(name, kind, value):
    return gguf_string(name) + struct.pack("<I", kind) + value


def arrays():
    """metadata of a GGUF file with arrays of tens of millions of elements, set in place and in a new file."""
    path = place("arrays.gguf")
    try:
        numbers = random.Random(2).randbytes(4_000_000)
        with open(path, "wb") as file:
            file.write(b"GGUF" + struct.pack("<IQQ", 3, 1, 5) + gguf_key("general.architecture", 8, gguf_string("llama")))
            for key in "ab":
                file.write(gguf_key(f"x.{key}", 9, struct.pack("<IQ", 5, 20_000_000)))
                for _ in range(20):
                    file.write(numbers)
            file.write(gguf_key("s", 8, gguf_string("old")) + gguf_key("n", 4, struct.pack("<I", 7)))
            file.write(gguf_string("t") + struct.pack("<IQIQ", 1, 64, 0, 0))
            file.write(bytes(-file.tell() % 32) + b"\1" * 256)
        before = path.read_bytes()
        what = "arrays of 40000000 elements"
        bounded("metadata", path, limit=64 * MIB, what=what)
        bounded("metadata", path, "--set", "s=new", limit=64 * MIB, what=f"{what}, in place")
        checks.true(path.read_bytes() == before.replace(gguf_string("old"), gguf_string("new")), "only the value is changed")
        bounded("metadata", path, "--set", "s=" + "longer" * 20, limit=64 * MIB, what=f"{what}, in a new file")
        bounded("metadata", path, "--set", "s=old", limit=64 * MIB, what=f"{what}, in a new file again")
        checks.true(path.read_bytes() == before, "the file is as it was when the value is")
    finally:
        path.unlink(missing_ok=True)


def importance():
    """imatrix of a file of some hundred megabytes."""
    path, columns, experts, count = place("imatrix.gguf"), 7168, 256, 30
    try:
        with open(path, "wb") as file:
            file.write(b"GGUF" + struct.pack("<IQQ", 3, 2 * count, 4) + gguf_key("general.type", 8, gguf_string("imatrix")))
            file.write(gguf_key("imatrix.datasets", 9, struct.pack("<IQ", 8, 1) + gguf_string("d")))
            file.write(gguf_key("imatrix.chunk_count", 4, struct.pack("<I", 3)) + gguf_key("imatrix.chunk_size", 4, struct.pack("<I", 512)))
            offset = 0
            for layer in range(count):
                for suffix, width in (("in_sum2", columns), ("counts", 1)):
                    file.write(gguf_string(f"blk.{layer}.ffn_up_exps.weight.{suffix}"))
                    file.write(struct.pack("<IQQIQ", 2, width, experts, 0, offset))
                    offset += 4 * width * experts
            file.write(bytes(-file.tell() % 32))
            for _ in range(count):
                file.write(struct.pack("<f", 1.5) * (columns * experts) + struct.pack("<f", 3.0) * experts)
        bounded("imatrix", path, limit=64 * MIB, what=f"{path.stat().st_size >> 20} MiB")
    finally:
        path.unlink(missing_ok=True)


def lists():
    """verify with lists of digests that are held as a whole: they are counted."""
    folder = place("lists")
    try:
        (folder / ".git").mkdir(parents=True)
        (folder / "f0").write_text("a")
        with open(folder / "SHA256SUMS", "w") as file:
            for i in range(200_000):
                file.write(f"{i:064x}  f{i}\n")
        with open(folder / ".git" / "index", "wb") as file:
            file.write(b"DIRC" + struct.pack(">II", 2, 200_000))
            for i in range(200_000):
                name = f"f{i}".encode()
                entry = struct.pack(">6II3I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 1) + struct.pack(">5I", *[i] * 5)
                entry += struct.pack(">H", len(name)) + name
                file.write(entry + bytes(8 - len(entry) % 8))
        bounded("verify", folder, limit=512 * MIB, what="lists of 200000 digests", exit=1)
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=False)


def main():
    for name, settings, tensors, limit in (
            ("k2", [], 139_644, 128 * MIB), ("large", ["--set", "n_routed_experts=1386"], 500_364, 256 * MIB)):
        folder = place(name)
        subprocess.run([str(CKPT), "synth", str(folder), "--preset", "Kimi-K2-Instruct", "--sparse", "-q", *settings],
                       check=True, stdout=subprocess.DEVNULL)
        try:
            stated = subprocess.run([str(CKPT), "inspect", str(folder), "--json"], capture_output=True, text=True)
            summary = json.loads(stated.stdout)["summary"]
            checks.equal(summary["stored_tensors"], tensors, "stored tensors")
            checks.true(summary["least_memory_bytes"] <= limit, "least_memory_bytes")
            judge(folder, tensors, limit)
        finally:
            subprocess.run(["rm", "-rf", str(folder)], check=False)
    digests()
    arrays()
    importance()
    lists()
    config()
    checks.end()


def config():
    """A config.json too large is refused before it is parsed."""
    folder = place("config")
    subprocess.run([str(CKPT), "synth", str(folder), "--preset", "tiny", "--family", "qwen3", "-q"], check=True,
                   stdout=subprocess.DEVNULL)
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"x": list(range(6_000_000))}))
    status, used, message = peak("validate", folder)
    checks.true(status in (1, 2), "a config.json of 48 MB is refused", status)
    checks.at_most(used, 64 * MIB, "a config.json of 48 MB: peak")
    subprocess.run(["rm", "-rf", str(folder)], check=False)


main()
