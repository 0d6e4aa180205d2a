"""The harness and the runner of these judges, judged by made-up judges in a folder of their own: what they must not let pass."""
# seconds: 6
import os, re, shutil, subprocess, sys

from harness import HERE, checks, new_folder, number_of

OPENING = "from harness import checks\n"
CASES = [f"case {i}" for i in range(40)]
SLICED = "# slices: 4\n" + OPENING + """
for case in checks.sliced(f"case {i}" for i in range(40)):
    with checks.case(case):
        print("made", case)
        checks.true(case != "case 7", "seven")
checks.end()
"""


def place(always="", git=None, **judges):
    folder = new_folder("judges")
    folder.mkdir(parents=True)
    for name in ("harness.py", "runner.py"):
        shutil.copy(HERE / name, folder / name)
    (folder / "always.txt").write_text("# judge: case\n" + always)
    for name, text in judges.items():
        (folder / f"{name}.py").write_text(text)
    if git:
        run = lambda *line: subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *line], cwd=folder, check=True, capture_output=True,
                                           env={**os.environ, "GIT_COMMITTER_DATE": git, "GIT_AUTHOR_DATE": git})
        run("init", "-q")
        run("commit", "-q", "--allow-empty", "-m", "x")
    return folder


def run(folder, *arguments, **environment):
    """Exit status, what was printed, and the last line."""
    shared = folder / "work"
    line = [sys.executable, folder / "runner.py", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "CKPT_CONFORMANCE_DIR": str(shared), **environment}, timeout=300)
    said = done.stdout + done.stderr
    return done.returncode, said, said.splitlines()[-1] if said else ""


def slices():
    folder = place(sliced=SLICED)
    parts = [re.findall(r"^made (.*)$", run(folder, "--slice", f"{k}/4", "sliced")[1], re.M) for k in (1, 2, 3, 4)]
    checks.equal(sorted(case for part in parts for case in part), sorted(CASES), "four slices have every case, each once")
    checks.true(all(parts), "and each slice has some", [len(part) for part in parts])
    checks.equal([len(re.findall("^made", run(folder, "sliced")[1], re.M))], [40], "a judge that is named runs all its cases")
    own = number_of("case 7", 4)
    other = own % 4 + 1
    checks.equal((run(folder, "--slice", f"{own}/4", "sliced")[0], run(folder, "--slice", f"{other}/4", "sliced")[0]), (1, 0), "a failure is in its slice alone")
    said = run(folder, "sliced")[1]
    checks.true("add to always.txt: sliced: case 7" in said, "a whole run says what to add", said)
    remembering = place(always="sliced: case 7\n", sliced=SLICED)
    checks.equal(run(remembering, "--slice", f"{other}/4", "sliced")[0], 1, "a case that always.txt names is in every slice")
    status, said, _ = run(place(always="sliced: case 77\n", sliced=SLICED.replace("!=", "<=")), "sliced")
    checks.equal((status, "case 77" in said), (1, True), "a name in always.txt that no case has is a failure")
    few = place(few=OPENING + "checks.true(True, 'x')\nchecks.true(not checks.sliced(['alone']), 'y')\nchecks.end()\n")
    empty = number_of("alone", 9) % 9 + 1
    checks.equal(run(few, "--slice", f"{empty}/9", "few")[0], 1, "a slice without a case is a failure")
    for wrong in ("0/4", "5/4", "x", "1"):
        checks.true(run(folder, "--slice", wrong, "sliced")[0] not in (0, 75), f"--slice {wrong} is refused")


def days():
    for day, wanted in (("2026-01-01T12:00:00+0000", "2/4"), ("2026-01-04T12:00:00+0000", "1/4")):
        status, said, _ = run(place(git=day, sliced=SLICED, plain=OPENING + "checks.true(True, 'x')\nchecks.end()\n"))
        checks.true(f"== sliced --slice {wanted}\n" in said and "== plain\n" in said, f"a commit of {day} runs slice {wanted}", said)
    folder = place(sliced=SLICED)
    checks.true("== sliced --slice 1/4\n" in run(folder, GIT_CEILING_DIRECTORIES=str(folder.parent), GIT_DIR=str(folder / "none"))[1], "without git it is the first slice")
    status, said, last = run(folder, "--whole")
    log = folder / "work" / "full.log"
    checks.equal((status, last, str(log) in said), (1, "39 passed, 1 failed", True), "--whole runs all cases, and says where its log is")
    checks.equal(len(re.findall("^made", log.read_text(), re.M)), 40, "the log has what the judges said")


def ends():
    good = OPENING + "checks.true(True, 'x')\nchecks.end()\n"
    for label, text in {
            "dies": OPENING + "import os\nchecks.true(True, 'x')\nos._exit(0)\nchecks.end()\n",
            "raises": OPENING + "raise ValueError\nchecks.end()\n",
            "fails after its closing line": OPENING + "import atexit, os\natexit.register(lambda: os._exit(3))\nchecks.true(True, 'x')\nchecks.end()\n",
            "checks nothing": OPENING + "checks.end()\n",
            "says another's line": OPENING + "print('good: 5 passed, 0 failed', flush=True)\nimport os\nos._exit(0)\nchecks.end()\n"}.items():
        status, said, last = run(place(good=good, bad=text))
        checks.equal((status, last.partition(", ")[2]), (1, "1 failed"), f"a judge that {label} is one failure")
        checks.true("\nfailed: bad\n" in said, f"a judge that {label} is named", said)
    checks.equal(run(place(good=good, other=good))[0::2], (0, "2 passed, 0 failed"), "checks of all judges are added up")
    checks.equal(run(place(good=good), "absent")[0], 64, "a judge that there is not is refused")
    checks.equal(run(place())[0], 1, "no judges at all is a failure")


def two_at_once():
    # Each waits for the other's mark, and prints before and after.
    meet = OPENING + """
import pathlib, time
here = pathlib.Path(__file__)
print("begins", here.stem, flush=True)
here.with_suffix(".mark").touch()
other = here.with_name({"a": "b", "b": "a"}[here.stem] + ".mark")
limit = time.monotonic() + 60
while not other.exists() and time.monotonic() < limit:
    time.sleep(0.05)
checks.true(other.exists(), "the other one runs")
import os
checks.true(os.environ["OMP_NUM_THREADS"] == "1", "with one thread")
print("ends", here.stem, flush=True)
checks.end()
"""
    status, said, last = run(place(a=meet, b=meet))
    checks.equal((status, last), (0, "4 passed, 0 failed"), "two judges run at a time, with a thread each")
    words = re.findall(r"^(?:begins|ends) (.)$", said, re.M)
    checks.true(words in (["a", "a", "b", "b"], ["b", "b", "a", "a"]), "the output of one is not among that of the other", words)
    checks.true(re.search(r"^a +2 +0 +\d+ s +\d+ s$", said, re.M), "a table has the seconds of each", said)


def order():
    timed = lambda seconds: (f"# seconds: {seconds}\n" if seconds else "") + OPENING + """
import pathlib, time
with open(pathlib.Path(__file__).with_name("order"), "a") as file:
    file.write(pathlib.Path(__file__).stem)
time.sleep(0.3)
checks.true(True, 'x')
checks.end()
"""
    folder = place(a=timed(5), b=timed(50), c=timed(500), d=timed(None))
    run(folder)
    found = (folder / "order").read_text()
    checks.equal((set(found[:2]), set(found[2:])), ({"c", "d"}, {"a", "b"}), "the longest are started first, and those that do not say what they cost")


for part in (slices, days, ends, two_at_once, order):
    with checks.case(part.__name__):
        part()
checks.end()
