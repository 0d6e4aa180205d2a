"""Killed at any moment, continued by the same command, cut into shares, on one thread or many: the same bytes."""
# seconds: 30
import json, os, random, shutil, signal, struct, subprocess, time

from harness import BF16, checks, ckpt, command, new_folder, np, remove, tree

LAYERS, EXPERTS, HIDDEN, MOE = 6, 6, 1536, 1024
RANDOM = random.Random(20)


def big_source():
    """A Kimi K2 of some 200 MB in 24 shards: random fp8 bytes that are no NaN, scales of ordinary size."""
    import families
    out = new_folder("source")
    out.mkdir(parents=True)
    config = families.kimi_k2()
    config.pop("_inv_freq_junk")
    config.update(hidden_size=HIDDEN, moe_intermediate_size=MOE, intermediate_size=2 * MOE, num_hidden_layers=LAYERS, n_routed_experts=EXPERTS,
                  quantization_config={"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]})
    (out / "config.json").write_text(json.dumps(config, indent=1))
    (out / "generation_config.json").write_text('{"temperature": 0.6}')
    from expected_tensors import rows_for, LINEAR
    generator = np.random.default_rng(7)
    rows = [r for r in rows_for(config, "fp8") if r[2] != "junk"]
    total = sum(int(np.prod(r[1])) * (1 if r[2] in LINEAR else 2) for r in rows)
    shards, current, size = [], {}, 0
    for name, shape, role, _ in rows:
        if role in LINEAR:
            codes = generator.integers(0, 256, shape, np.uint8)
            codes[(codes & 0x7F) == 0x7F] = 0x38
            grid = [-(-n // 128) for n in shape]
            new = {name: codes, name + "_scale_inv": generator.uniform(1e-4, 1e-3, grid).astype(np.float32)}
        else:
            new = {name: (generator.standard_normal(shape) * 0.02).astype(np.float32 if role == "router_bias" else BF16)}
        current.update(new)
        size += sum(a.nbytes for a in new.values())
        if size > total / 23:
            shards.append(current)
            current, size = {}, 0
    shards.append(current)
    weight_map = {}
    for i, shard in enumerate(shards):
        file = f"model-{i + 1}-of-{len(shards)}.safetensors"
        write(out / file, shard)
        weight_map.update({name: file for name in shard})
    (out / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return out


def write(path, arrays):
    """A safetensors file whose U8 arrays are fp8: the library writes none from NumPy."""
    names = {np.dtype(np.uint8): "F8_E4M3", np.dtype(BF16): "BF16", np.dtype(np.float32): "F32"}
    entries, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        entries[name] = {"dtype": names[array.dtype], "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    head = json.dumps(entries).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for array in arrays.values():
            file.write(array.tobytes())


def start(*arguments):
    return subprocess.Popen(command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def records(out):
    folder = out / ".ckpt" / "records"
    try:
        return len([n for n in os.listdir(folder) if n.endswith(".json")])
    except FileNotFoundError:
        return 0


def interrupt(arguments, out, when, how):
    """Starts the command, sends the signal when `when` records are there (or so many seconds are over), waits for its end."""
    process = start(*arguments)
    began = time.monotonic()
    while process.poll() is None:
        if (records(out) >= when) if isinstance(when, int) else (time.monotonic() - began >= when):
            process.send_signal(how)
            break
        time.sleep(0.0005)
    stdout, stderr = process.communicate(timeout=120)
    return process.returncode, stdout, stderr


def judge_unfinished(label, out, reference):
    """Whatever bears its final name is complete, and config.json and the index are not there before all weights are."""
    if not out.exists():
        return 0
    names = {p.name for p in out.iterdir()}
    if ".ckpt" in names:
        for early in ("config.json", "model.safetensors.index.json"):
            if early in names:
                weights = {n for n in reference if n.endswith(".safetensors")}
                checks.true(weights <= names, f"{label}: {early} comes after the weights")
    done = {n: d for n, d in tree(out).items() if "/" not in n}
    checks.equal({n: d for n, d in done.items() if n not in reference}, {}, f"{label}: nothing has a name that the result does not have")
    checks.equal([n for n, d in done.items() if n in reference and reference[n] != d], [], f"{label}: files under their final name are complete")
    return records(out)


def judge_kills(verb, arguments, reference, seconds):
    """SIGKILL by records and by the clock, then the same command again."""
    moments = [0, 1, 3, 10, 20] + [RANDOM.uniform(0.02, max(0.1, 0.6 * seconds)) for _ in range(7)]
    in_flight = continued = 0
    for moment in moments:
        label = f"{verb} killed at {f'{moment} records' if isinstance(moment, int) else f'{moment:.2f} s'}"
        with checks.case(label):
            out = new_folder()
            line = arguments(out)
            code, _, _ = interrupt(line, out, moment, signal.SIGKILL)
            if code == 0:
                remove(out)
                continue
            in_flight += 1
            checks.equal(code, -signal.SIGKILL, f"{label}: it was killed")
            left = judge_unfinished(label, out, reference)
            if RANDOM.random() < 0.5:  # killed a second time
                interrupt(line, out, left + 2, signal.SIGKILL)
                left = max(left, judge_unfinished(label + " twice", out, reference))
            was_complete = not (out / ".ckpt").exists() and (out / "config.json").exists()
            again = ckpt(*line)
            checks.equal(again.exit, 0, f"{label}: the same command continues")
            checks.equal(again.summary["was_complete"], was_complete, f"{label}: whether it was complete is said")
            if not was_complete:
                checks.true(again.summary["jobs_skipped"] >= left, f"{label}: what was done is not done again",
                            f"{again.summary['jobs_skipped']} skipped, {left} recorded")
                continued += again.summary["jobs_skipped"] > 0
            checks.equal(tree(out), reference, f"{label}: the same bytes as an uninterrupted run")
            remove(out)
    checks.note(f"{verb}: {in_flight} of {len(moments)} runs were killed in flight, {continued} continued with work done before")
    checks.true(in_flight >= 5 and continued >= 3, f"{verb}: enough runs were killed in flight", f"{in_flight} killed, {continued} continued")


def catches(process, how):
    """Whether a process has a handler of its own for a signal."""
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith("SigCgt:"):
            return int(line.split()[1], 16) >> (how - 1) & 1 == 1
    return False


def judge_planning():
    """A signal that comes while a result is planned, before anything is written."""
    for how, status in ((signal.SIGTERM, 75), (signal.SIGINT, 130)):
        label = f"{how.name} while planning"
        with checks.case(label):
            out = new_folder()
            process = start("synth", out, "--preset", "Kimi-K2-Instruct", "--sparse", "--json")
            while process.poll() is None and not catches(process, how):
                time.sleep(0.0005)
            process.send_signal(how)
            stdout, _ = process.communicate(timeout=120)
            checks.equal(process.returncode, status, f"{label}: exit status")
            checks.equal(json.loads(stdout)["error"]["code"], "run.stopped", f"{label}: one document that says so")
            remove(out)


def judge_signals(verb, arguments, reference):
    for how, status in ((signal.SIGTERM, 75), (signal.SIGINT, 130)):
        for moment in (1, 6):
            label = f"{verb} stopped by {how.name} at {moment} records"
            with checks.case(label):
                out = new_folder()
                line = arguments(out) + ["--json", "--threads", "2"]
                code, stdout, _ = interrupt(line, out, moment, how)
                checks.equal(code, status, f"{label}: the exit status")
                document = json.loads(stdout)
                checks.equal(document["status"], "error", f"{label}: the status in JSON")
                judge_unfinished(label, out, reference)
                checks.true((out / ".ckpt").exists(), f"{label}: it can be continued")
                ckpt(*arguments(out), expect=0)
                checks.equal(tree(out), reference, f"{label}: the same bytes as an uninterrupted run")
                remove(out)


def judge_refusals(source, reference):
    with checks.case("another recipe over an unfinished folder"):
        out = new_folder()
        interrupt(["convert", source, out, "--to", "int4-g32", "--threads", "1"], out, 3, signal.SIGKILL)
        before = tree(out)
        checks.true((out / ".ckpt").exists(), "the run was killed in flight")
        for other in (["--to", "int4-g64"], ["--to", "bf16"], ["--to", "int4-g32", "--rounding", "mse"],
                      ["--to", "int4-g32", "--max-shard-size", "10MB"]):
            result = ckpt("convert", source, out, *other)
            checks.equal(result.exit, 2, f"{' '.join(other)} over an unfinished folder is refused")
            checks.equal(result.json["error"]["code"], "output.unfinished", f"{' '.join(other)} over an unfinished folder: the code")
            checks.true(result.json["error"]["hint"], f"{' '.join(other)} over an unfinished folder: a hint")
            checks.equal(tree(out), before, f"{' '.join(other)} over an unfinished folder: it is unchanged")
        result = ckpt("convert", out, new_folder(), "--to", "bf16")
        checks.equal(result.exit, 2, "an unfinished folder as the source is refused")
        ckpt("convert", source, out, "--to", "int4-g32", expect=0)
        checks.equal(tree(out), reference, "the first recipe still continues")
        result = ckpt("convert", source, out, "--to", "bf16")
        checks.equal(result.exit, 2, "another recipe over a complete result is refused")
        checks.equal(result.json["error"]["code"], "output.exists", "another recipe over a complete result: the code")
        result = ckpt("convert", source, out, "--to", "int4-g32", expect=0)
        checks.true(result.summary["was_complete"], "the same recipe over a complete result says that it is complete")
        checks.equal(tree(out), reference, "a complete result stays as it is")
        remove(out)


def judge_shares(source, reference):
    with checks.case("a plan in shares"):
        out, plan = new_folder(), new_folder("plan.json")
        ckpt("convert", source, out, "--to", "int4-g32", "--plan-only", plan, expect=0)
        checks.true(not out.exists(), "--plan-only writes nothing else")
        status = ckpt("status", plan, expect=75)
        units = status.summary["units"]
        checks.equal((status.summary["done"], status.summary["missing"]), (0, units), "status before the first share")
        checks.equal(status.summary["missing_units"], f"0-{units - 1}", "status: the missing units as an array expression")
        ckpt("finish", plan, expect=75)
        checks.true(not (out / "config.json").exists(), "finish publishes nothing while units are missing")
        ckpt("run", plan, "--worker", "1/3", "--threads", "1", expect=0)
        status = ckpt("status", plan, expect=75)
        checks.equal(status.summary["done"], len(range(1, units, 3)), "status after one share of three")
        workers = [start("run", plan, "--worker", f"{i}/3", "--threads", "2") for i in (0, 2, 0, 1)]  # one share twice at once
        for worker in workers:
            _, stderr = worker.communicate(timeout=300)
            checks.equal((worker.returncode, stderr if worker.returncode else ""), (0, ""), "a worker exits with 0")
        checks.equal(ckpt("status", plan, expect=0).summary["missing_units"], "", "status after all shares")
        ckpt("finish", plan, expect=0)
        checks.equal(tree(out), reference, "a plan run in shares gives the same bytes")
        ckpt("finish", plan, expect=0)
        ckpt("run", plan, expect=0)
        checks.equal(tree(out), reference, "finish and run on a finished plan change nothing")
        remove(out)
    with checks.case("a plan whose input changed"):
        copy, out, plan = new_folder("copy"), new_folder(), new_folder("plan.json")
        shutil.copytree(source, copy)
        ckpt("convert", copy, out, "--to", "int4-g32", "--plan-only", plan, expect=0)
        config = json.loads((copy / "config.json").read_text())
        config["rms_norm_eps"] = 1e-5
        (copy / "config.json").write_text(json.dumps(config))
        checks.equal(ckpt("run", plan).exit, 2, "run refuses a plan whose config.json changed")
        checks.true(not (out / "config.json").exists(), "nothing is published from changed input")
        remove(copy, out)


def main():
    judge_planning()
    source = big_source()
    size = sum(p.stat().st_size for p in source.iterdir())
    for verb, tail in (("convert", ["--to", "int4-g32"]), ("reshard", ["--max-shard-size", "8MB"])):
        def arguments(out):
            return [verb, source, out, *tail]
        whole = new_folder()
        began = time.monotonic()
        ckpt(*arguments(whole), "--threads", "4", expect=0)
        seconds = time.monotonic() - began
        reference = tree(whole)
        checks.note(f"{verb}: {size / 1e6:.0f} MB in {len(reference)} files, {seconds:.2f} s")
        for threads in ("1", "2", "3"):
            out = new_folder()
            ckpt(*arguments(out), "--threads", threads, expect=0)
            checks.equal(tree(out), reference, f"{verb} --threads {threads} and --threads 4: the same bytes")
            remove(out)
        out = new_folder()
        ckpt(*arguments(out), "--memory", "64MiB", expect=0)
        checks.equal(tree(out), reference, f"{verb} --memory 64MiB: the same bytes")
        remove(whole, out)
        judge_kills(verb, arguments, reference, seconds)
        judge_signals(verb, arguments, reference)
        if verb == "convert":
            judge_refusals(source, reference)
            judge_shares(source, reference)
    remove(source)


main()
checks.end()
