"""inspect, validate and list stay within their bounds: 128 MiB for 140,000 stored tensors, 256 MiB for 500,000, and within the least
--memory that they state.

The peak is VmHWM as `wait4` gives it, of a child that vfork and exec made: a fork would count this process's own pages."""
import json
import os
import re
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


def judge(folder, tensors, limit):
    for verb in (["inspect"], ["validate"], ["list"], ["list", "--json"], ["list", "--stored", "--json"]):
        with checks.case(f"{verb} of {tensors} tensors"):
            status, least, message = peak(verb[0], folder, *verb[1:], "--memory", MIB)
            checks.equal(status, 2, f"{verb}: too little memory is refused")
            found = re.search(r"at least --memory (\d+)MiB", message)
            if not checks.true(found, f"{verb}: the least size is stated", message):
                continue
            stated = int(found.group(1)) * MIB
            checks.at_most(least, 64 * MIB, f"{verb}: nothing is read before it is refused")
            checks.at_most(stated, limit, f"{verb}: the least size of {tensors} tensors")
            status, used, message = peak(verb[0], folder, *verb[1:], "--memory", stated)
            checks.equal(status, 0, f"{verb}: works with the size that it states ({message[:200]})")
            checks.at_most(used, stated, f"{verb}: peak of {tensors} tensors")
            checks.note(f"{' '.join(verb)}: {tensors} tensors, {used / MIB:.0f} of {stated / MIB:.0f} MiB")


def main():
    for name, settings, tensors, limit in (
            ("k2", [], 139_644, 128 * MIB), ("large", ["--set", "n_routed_experts=1386"], 500_364, 256 * MIB)):
        folder = WORK / f"memory-{os.getpid()}-{name}"
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
    config()
    checks.end()


def config():
    """A config.json too large is refused before it is parsed."""
    folder = WORK / f"memory-{os.getpid()}-config"
    subprocess.run([str(CKPT), "synth", str(folder), "--preset", "tiny", "--family", "qwen3", "-q"], check=True,
                   stdout=subprocess.DEVNULL)
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"x": list(range(6_000_000))}))
    status, used, message = peak("validate", folder)
    checks.true(status in (1, 2), "a config.json of 48 MB is refused", status)
    checks.at_most(used, 64 * MIB, "a config.json of 48 MB: peak")
    subprocess.run(["rm", "-rf", str(folder)], check=False)


main()
