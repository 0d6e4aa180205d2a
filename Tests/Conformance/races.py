"""Several processes on one destination: at least one ends with 0, whoever does has the reference's bytes, and the same command is then done.

A round is a case: 2 to 4 processes, started within some milliseconds, now and then stopped for a while or killed."""
# seconds: 60
# slices: 4
import hashlib, json, os, random, re, signal, subprocess, time

from harness import checks, ckpt, command, new_folder, remove

ROUNDS = 28  # of each kind
OWN = re.compile(r"\.ckpt|\.out\.gguf\.ckpt|out\.ckpt-(new|old)|m\.json\.ckpt-partial")  # what a killed process may leave


def digests(folder):
    """Every file below a folder, its name and digest; folders of ckpt's own too."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            found[os.path.relpath(file, folder)] = hashlib.sha256(open(file, "rb").read()).hexdigest()
    return found


class Race:
    """Starts commands at once, disturbs them, waits for all."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def __call__(self, lines, disturbed=True):
        processes = []
        for line in lines:
            processes.append(subprocess.Popen(command(*line), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
            time.sleep(self.random.choice([0, 0, 0.005, 0.02, 0.05]))
        stopped, killed = [], []
        if disturbed:
            for process in processes[1:]:
                time.sleep(self.random.uniform(0, 0.06))
                what = self.random.random()
                if what < 0.3:
                    process.send_signal(signal.SIGSTOP)
                    stopped.append(process)
                elif what < 0.45:
                    process.kill()
                    killed.append(process)
        if stopped:
            time.sleep(self.random.uniform(0.02, 0.4))
            for process in stopped:
                process.send_signal(signal.SIGCONT)
        said = [process.communicate(timeout=300)[1] for process in processes]
        return [(process.returncode, text, process in killed) for process, text in zip(processes, said)]


def judge(label, race, lines, folder, references, done=True):
    """Runs the lines at once in `folder`; `references`: for each line the files that it alone makes."""
    ended = race(lines)
    good = [i for i, (code, _, _) in enumerate(ended) if code == 0]
    said = [(code, text.strip().splitlines()[-2:]) for code, text, _ in ended]
    # A plan that was killed, and that nobody else carries out, keeps others of another plan out.
    alone = any(killed for _, _, killed in ended) and len({json.dumps(reference, sort_keys=True) for reference in references}) > 1
    checks.true(good or alone, f"{label}: at least one process ends with 0", said)
    checks.true(all(code in (0, 2, 75) or killed for code, _, killed in ended), f"{label}: no process ends in another way", said)
    found = digests(folder)
    if all(code == 0 for code, _, _ in ended):
        checks.true(found in references, f"{label}: nothing is left beside the result", sorted(set(found) ^ set(references[0]))[:6])
    visible = {name: digest for name, digest in found.items() if not any(OWN.match(part) for part in name.split("/"))}
    # With --overwrite, whoever came last has replaced the others.
    may = range(len(lines)) if any("--overwrite" in line for line in lines) else good
    checks.true(not good or any(references[i] == visible for i in may), f"{label}: whoever ended with 0 has the reference's bytes",
                {n: (d[:8], [r.get(n, "")[:8] for r in references]) for n, d in visible.items() if not any(r.get(n) == d for r in references)} or sorted(visible))
    again = [i for i in may if references[i] == visible][:1]
    for i in again:
        result = ckpt(*lines[i])
        checks.equal(result.exit, 0, f"{label}: the same command is done: {result.stderr[-300:]}")
        if done and result.exit == 0 and i in good:
            checks.true(result.summary.get("was_complete") or result.summary.get("state") == "complete", f"{label}: and says so")
        checks.equal(digests(folder), references[i], f"{label}: the same command leaves the result alone, and nothing beside it")


def main():
    source, llama = new_folder("k2"), new_folder("llama")
    ckpt("synth", source, "--preset", "tiny", "--family", "kimi_k2", "--storage", "fp8-block", expect=0)
    ckpt("synth", llama, "--preset", "tiny", "--family", "llama", expect=0)
    cut = ["--max-shard-size", "1MB"]
    tails = {
        "convert": (["convert", source], ["out"], ["--to", "int4-g32", *cut]),
        "other": (["convert", source], ["out"], ["--to", "bf16", *cut]),
        "reshard": (["reshard", source], ["out"], cut),
        "gguf": (["convert", llama], ["out.gguf"], ["--to", "q8_0", "--max-shard-size", "300KB"]),
        "other gguf": (["convert", llama], ["out.gguf"], ["--to", "q4_0", "--max-shard-size", "300KB"]),
    }

    def line(kind, folder, *more):
        verb, place, tail = tails[kind]
        return [*verb, folder / place[0], *tail, *more, "--threads", "2"]

    references = {}
    for kind in tails:
        folder = new_folder()
        folder.mkdir(parents=True)
        ckpt(*line(kind, folder), expect=0)
        references[kind] = digests(folder)
        remove(folder)

    def alone(kinds, more=(), before=None):
        """Processes of these kinds into one new place, or over what another made there before."""
        def round(label, race):
            folder = new_folder()
            folder.mkdir(parents=True)
            if before:
                ckpt(*line(before, folder), expect=0)
            count = race.random.randint(2, 4)
            chosen = [kinds[i % len(kinds)] for i in range(count)]
            race.random.shuffle(chosen)
            judge(label, race, [line(kind, folder, *more) for kind in chosen], folder, [references[kind] for kind in chosen])
            remove(folder)
        return round

    def planned(label, race):
        folder, plan = new_folder(), new_folder("plan.json")
        folder.mkdir(parents=True)
        ckpt(*line("convert", folder), "--plan-only", plan, expect=0)
        count = race.random.randint(2, 4)
        shares = race.random.random() < 0.5
        for code, text, killed in race([["run", plan, *(["--worker", f"{i}/{count}"] if shares else [])] for i in range(count)]):
            checks.true(killed or code == 0, f"{label}: a worker ends with 0", text[-300:])
        ckpt("run", plan, expect=0)
        judge(label, race, [["finish", plan]] * count, folder, [references["convert"]] * count)
        remove(folder)

    def mixed(label, race):
        """Workers of a plan, and the command that it was made by, at once."""
        folder, plan = new_folder(), new_folder("plan.json")
        folder.mkdir(parents=True)
        ckpt(*line("convert", folder), "--plan-only", plan, expect=0)
        race([["run", plan], line("convert", folder), ["run", plan, "--worker", "0/2"]][:race.random.randint(2, 3)])
        ckpt(*line("convert", folder), expect=0)
        checks.equal(digests(folder), references["convert"], f"{label}: the reference's bytes")
        remove(folder)

    manifest = new_folder("reference.json")
    ckpt("checksum", source, "-o", manifest, expect=0)

    def checksum(label, race):
        folder = new_folder()
        folder.mkdir(parents=True)
        lines = [["checksum", source, "-o", folder / "m.json"]] * race.random.randint(2, 4)
        judge(label, race, lines, folder, [{"m.json": hashlib.sha256(manifest.read_bytes()).hexdigest()}] * len(lines), done=False)
        remove(folder)

    kinds = {
        "convert": alone(["convert"]), "convert to GGUF": alone(["gguf"]), "reshard": alone(["reshard"]),
        "two recipes": alone(["convert", "other"]), "two recipes to GGUF": alone(["gguf", "other gguf"]),
        "overwrite": alone(["convert"], ["--overwrite"], "other"), "overwrite GGUF": alone(["gguf"], ["--overwrite"], "other gguf"),
        "overwrite by two recipes": alone(["convert", "reshard"], ["--overwrite"], "other"),
        "a plan": planned, "a plan and its command": mixed, "checksum": checksum,
    }
    for kind, round in kinds.items():
        began, made = time.monotonic(), 0
        for number in range(ROUNDS):
            label = f"{kind} {number}"
            if checks.selected(label):
                with checks.case(label):
                    round(label, Race(label))
                made += 1
        checks.note(f"{kind}: {made} rounds, {time.monotonic() - began:.1f} s")


main()
checks.end()
