"""Runs the judges for run.sh, two at a time, and adds up what they say. run.sh has the options and the environment.

A judge says of itself, in comments:

    # needs: llama        llama.cpp, by setup-llama.sh
    # needs: vllm         the Python of vllm/setup.sh, by PEERS_VLLM
    # full-only           run with --whole, or by its name
    # slices: 4           without --whole, one slice of four is run: the cases whose names' digests fall into it
    # seconds: 50         processor time of one run (of one slice); the longest are started first, those that do not say before all
"""
import argparse, os, pathlib, re, shutil, signal, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = "Tests/Conformance/run.sh"
AT_ONCE = 2
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "CKPT_CONFORMANCE_AT_ONCE")}
CLOSING = re.compile(r"^(\w+): (\d+) passed, (\d+) failed")


def stop(status, text):
    print(f"{PROGRAM}: {text}", file=sys.stderr)
    sys.exit(status)


class Judge:
    def __init__(self, name):
        self.name, self.path = name, HERE / f"{name}.py"
        if not self.path.is_file():
            stop(64, f"there is no judge '{name}'")
        self.text = self.path.read_text()
        self.slices, self.seconds = self.number("slices", 1), self.number("seconds", None)
        self.slice = None

    def number(self, key, default):
        found = re.search(rf"^# {key}: ([0-9]+)$", self.text, re.M)
        return max(1, int(found[1])) if found else default

    @property
    def is_one(self):
        return re.search(r"^from harness import", self.text, re.M) and "checks.end()" in self.text

    @property
    def needs_llama(self):
        return re.search(r"^# needs: llama$", self.text, re.M)

    @property
    def needs_vllm(self):
        return re.search(r"^# needs: vllm$", self.text, re.M)

    @property
    def is_full_only(self):
        return re.search(r"^# full-only$", self.text, re.M)

    def start(self, environment):
        self.log = pathlib.Path(environment["CKPT_CONFORMANCE_DIR"]) / f"{self.name}.log"
        self.began = time.monotonic()
        options = ["--slice", self.slice] if self.slice else []
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([sys.executable, self.path, *options], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    def end(self, status, usage):
        """Prints what it said. A judge that ends without its closing line, or badly without a failed check, is one failure."""
        self.wall, self.processor = time.monotonic() - self.began, usage.ru_utime + usage.ru_stime
        said = self.log.read_text(errors="replace")
        self.log.unlink()
        print(f"== {self.name}" + (f" --slice {self.slice}" if self.slice else "") + "\n" + said, end="" if said.endswith("\n") else "\n")
        closing = [found for found in map(CLOSING.match, said.splitlines()) if found and found[1] == self.name]
        self.passed, self.failed = (int(closing[-1][2]), int(closing[-1][3])) if closing else (0, 0)
        if not closing:
            print(f"FAILED {self.name}: it ended without its closing line, status {status}")
        self.failed += not self.failed and (status != 0 or not closing)
        sys.stdout.flush()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def day_of_commit():
    """The same commit runs the same slices; where git does not know one, the first."""
    done = subprocess.run(["git", "-C", HERE, "log", "-1", "--format=%cd", "--date=format:%j"], capture_output=True, text=True) if shutil.which("git") else None
    return int(done.stdout) if done and done.returncode == 0 and done.stdout.strip().isdigit() else 0


def run(judges, at_once, environment):
    # One that does not say what it costs may be the longest.
    waiting = sorted(judges, key=lambda judge: (judge.seconds is not None, -(judge.seconds or 0)))
    running = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                judge = waiting.pop(0)
                judge.start(environment)
                running[judge.process.pid] = judge
            pid, status, usage = os.wait4(-1, 0)
            if pid in running:
                judge = running.pop(pid)
                judge.process.returncode = os.waitstatus_to_exitcode(status)
                judge.end(judge.process.returncode, usage)
    finally:
        for judge in running.values():
            judge.kill()


def table(judges, wall):
    print(f"\n{'judge':20s} {'slice':>6s} {'passed':>8s} {'failed':>7s} {'wall':>8s} {'processor':>10s}")
    for judge in sorted(judges, key=lambda judge: -judge.processor):
        print(f"{judge.name:20s} {judge.slice or '':>6s} {judge.passed:8d} {judge.failed:7d} {judge.wall:6.0f} s {judge.processor:8.0f} s")
    print(f"{'together':20s} {'':6s} {sum(j.passed for j in judges):8d} {sum(j.failed for j in judges):7d} {wall:6.0f} s "
          f"{sum(j.processor for j in judges):8.0f} s")


def main():
    parser = argparse.ArgumentParser(prog=PROGRAM)
    parser.add_argument("judges", nargs="*")
    parser.add_argument("--whole", action="store_true", help="all cases of every judge; the output goes to a log, which is named")
    parser.add_argument("--slice", metavar="K/N", help="of the judges named")
    options = parser.parse_args()
    if options.slice and (options.whole or not options.judges or not re.fullmatch(r"[0-9]+/[0-9]+", options.slice)):
        stop(64, "--slice K/N goes with the names of judges, and without --whole")
    judges = [Judge(name) for name in options.judges] or [j for j in map(Judge, sorted(p.stem for p in HERE.glob("*.py")))
                                                        if j.is_one and (options.whole or not j.is_full_only)]
    day = day_of_commit()
    for judge in judges:
        if options.slice or (judge.slices > 1 and not options.whole and not options.judges):
            judge.slice = options.slice or f"{day % judge.slices + 1}/{judge.slices}"

    environment = {**os.environ, **(ONE_THREAD if len(judges) > 1 else {})}
    if any(judge.needs_llama for judge in judges):
        made = subprocess.run([HERE / "setup-llama.sh"], stdout=subprocess.PIPE, text=True)
        if made.returncode:
            sys.exit(made.returncode)
        llama = made.stdout.strip()
        environment.update(PEERS_LLAMA=f"{llama}/bin", LLAMA_LIB=f"{llama}/bin", LLAMA_SRC=f"{llama}/src", ORACLE=str(HERE / "oracle"))
    if any(judge.needs_vllm for judge in judges):
        made = subprocess.run([HERE / "vllm" / "setup.sh"], stdout=subprocess.PIPE, text=True)
        if made.returncode:
            sys.exit(made.returncode)
        environment.update(PEERS_VLLM=made.stdout.strip())
    kept = os.environ.get("CKPT_CONFORMANCE_DIR")
    work = kept or tempfile.mkdtemp(prefix="ckpt-conformance-", dir=os.environ.get("TMPDIR", "/tmp"))
    os.makedirs(work, exist_ok=True)
    environment["CKPT_CONFORMANCE_DIR"] = work
    terminal = os.dup(1)
    if options.whole:
        # Not in the work folder where that goes away.
        log = os.path.join(work, "full.log") if kept else tempfile.mkstemp(prefix="ckpt-conformance-", suffix=".log", dir=os.path.dirname(work))[1]
        print(f"{len(judges)} judges, all cases; their output goes to {log}", flush=True)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    began = time.monotonic()
    try:
        run(judges, AT_ONCE, environment)
    finally:
        if not kept:
            shutil.rmtree(work, ignore_errors=True)
        sys.stdout.flush()
        os.dup2(terminal, 1)
    if len(judges) > 1:
        table(judges, time.monotonic() - began)
    broken = [judge.name for judge in judges if judge.failed]
    if broken:
        print(f"failed: {' '.join(broken)}")
    passed, failed = sum(judge.passed for judge in judges), sum(judge.failed for judge in judges)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
