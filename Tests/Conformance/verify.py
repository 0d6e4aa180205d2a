"""What `ckpt verify` finds: planted faults in every layout that downloads have, without a network.

Each layout is built here by hand, after the client's own sources, from a tiny checkpoint; each fault is planted in a fresh copy. The
command runs in an empty network namespace where the system allows one. Digests come from hashlib, git ids from git itself where it is
installed.
"""
# slices: 2
# seconds: 50
import hashlib, itertools, json, os, pathlib, shutil, struct, subprocess, sys, time

from harness import checks, command, fixture, header, new_folder, remove, Result

COMMIT, OTHER = "1f" * 20, "2e" * 20
FIRST, SHARD, THIRD = (f"model-{n}-of-3.safetensors" for n in (1, 2, 3))  # as Kimi K2 names them
EXTRA = "model-4-of-3.safetensors"


def namespace():
    for line in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        try:
            if subprocess.run(line + ["true"], capture_output=True).returncode == 0:
                return line
        except OSError:
            pass
    checks.note("no empty network namespace here: the command runs in this one")
    return []


ALONE = namespace()


def ckpt(*arguments, prefix=()):
    line = [*prefix, *ALONE, *command(*arguments, "--json")]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    return Result(done.returncode, done.stdout, done.stderr)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def content(seed):
    source = fixture("kimi_k2", "fp8-block", seed=seed)
    return {p.name: p.read_bytes() for p in sorted(source.path.iterdir()) if p.is_file()}


def is_lfs(name):
    return name.endswith((".safetensors", ".model"))


def tree(files):
    entries = {}
    for name, data in files.items():
        if is_lfs(name):
            entries[name] = {"size": len(data), "blob_id": "ab" * 20, "lfs_sha256": sha256(data), "lfs_size": len(data),
                             "xet_hash": "cd" * 32}
        else:
            entries[name] = {"size": len(data), "blob_id": git_id(data)}
    return json.dumps({"format_version": 1, "files": entries})


# ---------------------------------------------------------------- layouts
class Layout:
    """`root` is given to the command, `folder` holds the names of the files; `real(name)` is where the bytes are."""

    def __init__(self, files, label):
        self.files, self.base = files, new_folder(label)
        self.base.mkdir(parents=True)
        self.build()

    def real(self, name):
        return pathlib.Path(os.path.realpath(self.folder / name))

    def verify(self, *more):
        return ckpt("verify", self.root, *self.options, *more)

    options = ()


class Cache(Layout):
    level = {True: "hub-tree", False: "hub-tree"}

    def build(self):
        self.root = self.base / "models--org--name"
        self.folder = self.root / "snapshots" / COMMIT
        for part in ("blobs", "refs", "trees", f"snapshots/{COMMIT}"):
            (self.root / part).mkdir(parents=True)
        (self.root / "refs/main").write_text(COMMIT)
        (self.root / f"trees/{COMMIT}.json").write_text(tree(self.files))
        for name, data in self.files.items():
            self.add(name, data)

    def add(self, name, data):
        etag = sha256(data) if is_lfs(name) else git_id(data)
        (self.root / "blobs" / etag).write_bytes(data)
        (self.folder / name).unlink(missing_ok=True)
        (self.folder / name).symlink_to(f"../../blobs/{etag}")

    def leave_incomplete(self):
        (self.root / "blobs" / ("ab" * 32 + ".0a1b2c3d.incomplete")).write_bytes(b"x" * 100)

    def mix(self, name, data):
        """The link of another commit."""
        self.add(name, data)


class OldCache(Cache):
    """Of a client that left no trees."""
    level = {True: "blob-name", False: "blob-name"}

    def build(self):
        super().build()
        shutil.rmtree(self.root / "trees")


class LocalFolder(Layout):
    level = {True: "hub-tree", False: "hub-tree"}

    def build(self):
        self.root = self.folder = self.base / "model"
        self.notes = self.folder / ".cache/huggingface/download"
        self.notes.mkdir(parents=True)
        (self.folder / ".cache/huggingface/.gitignore").write_text("*")
        (self.folder / ".cache/huggingface/trees").mkdir()
        (self.folder / f".cache/huggingface/trees/{COMMIT}.json").write_text(tree(self.files))
        for name, data in self.files.items():
            self.add(name, data, COMMIT)

    def add(self, name, data, commit=COMMIT):
        (self.folder / name).write_bytes(data)
        etag = sha256(data) if is_lfs(name) else git_id(data)
        (self.notes / f"{name}.metadata").write_text(f"{commit}\n{etag}\n{time.time() + 5}\n")

    def leave_incomplete(self):
        (self.notes / ("Yw1-." + "ab" * 32 + ".incomplete")).write_bytes(b"x" * 100)

    def mix(self, name, data):
        self.add(name, data, OTHER)


class Sums(Layout):
    level = {True: "sha256sums", False: "sha256sums"}

    def build(self):
        self.root = self.folder = self.base / "model"
        self.folder.mkdir()
        for name, data in self.files.items():
            (self.folder / name).write_bytes(data)
        (self.folder / "SHA256SUMS").write_text("".join(f"{sha256(d)}  {n}\n" for n, d in self.files.items()))

    def leave_incomplete(self):
        (self.folder / (SHARD + ".incomplete")).write_bytes(b"x" * 100)

    def mix(self, name, data):
        (self.folder / name).write_bytes(data)


class Manifest(Sums):
    level = {True: "manifest", False: "manifest"}

    def build(self):
        super().build()
        (self.folder / "SHA256SUMS").unlink()
        self.manifest = self.base / "manifest.json"
        done = ckpt("checksum", self.folder, "-o", self.manifest)
        checks.equal(done.exit, 0, "checksum of a clean folder exits with 0")
        self.options = ("--manifest", self.manifest)


class GitClone(Sums):
    """A clone with git-lfs: the index holds ids of small files, and of pointers for large ones."""
    level = {True: "git-index", False: "git-index"}

    def build(self):
        super().build()
        (self.folder / "SHA256SUMS").unlink()
        git = ["git", "-C", str(self.folder), "-c", "user.name=x", "-c", "user.email=x@x"]
        subprocess.run(git + ["init", "-q"], check=True, capture_output=True)
        for name, data in self.files.items():
            if is_lfs(name):
                (self.folder / name).write_text(pointer(data))
        subprocess.run(git + ["add", "-A"], check=True, capture_output=True)
        for name, data in self.files.items():
            (self.folder / name).write_bytes(data)


def pointer(data):
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(data)}\nsize {len(data)}\n"


# ---------------------------------------------------------------- faults
def overwrite(layout, name, change):
    path = layout.real(name)
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(bytes(data))


def flip(layout, other):
    def change(data):
        data[len(data) // 2] ^= 0x10
    overwrite(layout, SHARD, change)
    return {"verify.mismatch"}, SHARD


def zero_run(layout, other):
    def change(data):
        start = (len(data) // 2) // 4096 * 4096
        data[start:start + 131072] = bytes(131072)
    overwrite(layout, SHARD, change)
    return {"verify.mismatch"}, SHARD


def truncate(layout, other):
    path = layout.real(SHARD)
    os.truncate(path, path.stat().st_size - 5000)
    return {"verify.mismatch", "safetensors.wrong-length"}, SHARD


def swap(layout, other):
    a, b = layout.real(SHARD), layout.real(THIRD)
    x, y = a.read_bytes(), b.read_bytes()
    a.write_bytes(y)
    b.write_bytes(x)
    return {"verify.mismatch"}, SHARD


def missing(layout, other):
    (layout.folder / SHARD).unlink()
    return {"verify.missing"} if layout.level[True] != "blob-name" else {"index.missing-shard"}, SHARD


def extra(layout, other):
    (layout.folder / EXTRA).write_bytes(other[FIRST])
    return {"verify.extra"}, EXTRA


def mixed(layout, other):
    layout.mix(SHARD, other[SHARD])
    wanted = {"verify.mismatch"}
    if isinstance(layout, LocalFolder):
        wanted.add("verify.mixed-commits")
    if isinstance(layout, Cache):
        wanted.add("verify.wrong-link")
    return wanted, SHARD


def dangling(layout, other):
    (layout.folder / SHARD).unlink()
    (layout.folder / SHARD).symlink_to("../../blobs/" + "77" * 32)
    return {"verify.dangling-link"}, SHARD


def leftover(layout, other):
    layout.leave_incomplete()
    return {"verify.leftover"}, None


def lfs_pointer(layout, other):
    layout.real(SHARD).write_text(pointer(layout.files[SHARD]))
    # In a clone the pointer is what the index names; it is no weights all the same.
    return {"source.foreign-file"} | (set() if isinstance(layout, GitClone) else {"verify.mismatch"}), SHARD


def html(layout, other):
    layout.real(SHARD).write_text("<!DOCTYPE html><html><body>401 Unauthorized</body></html>")
    return {"verify.mismatch", "source.foreign-file"}, SHARD


def archive(layout, other):
    layout.real(SHARD).write_bytes(b"PK\3\4" + bytes(2000))
    return {"verify.mismatch", "source.foreign-file"}, SHARD


def zeros(layout, other):
    layout.real(SHARD).write_bytes(bytes(len(layout.files[SHARD])))
    return {"verify.mismatch", "source.foreign-file"}, SHARD


def hole(layout, other):
    path = layout.real(SHARD)
    os.truncate(path, 0)
    os.truncate(path, len(layout.files[SHARD]))
    return {"verify.mismatch", "source.foreign-file"}, SHARD


def empty(layout, other):
    layout.real(SHARD).write_bytes(b"")
    return {"verify.mismatch", "safetensors.header-too-small"}, SHARD


def longer(layout, other):
    with open(layout.real(SHARD), "ab") as file:
        file.write(b"\0")
    return {"verify.mismatch", "safetensors.wrong-length"}, SHARD


def stale_index(layout, other):
    name = "model.safetensors.index.json"
    index = json.loads(layout.files[name])
    index["weight_map"] = {t: f.replace("of-3", "of-30") for t, f in index["weight_map"].items()}
    layout.real(name).write_text(json.dumps(index))
    return {"verify.mismatch", "index.missing-shard"}, name


def small_file(layout, other):
    overwrite(layout, "config.json", lambda data: data.__setitem__(slice(0, 1), b" {"))
    return {"verify.mismatch"}, "config.json"


def hidden_code(layout, other):
    """Where an attacker would put it: a folder called as an unfinished manifest's notes."""
    name = "x.ckpt-partial/modeling_evil.py"
    (layout.folder / "x.ckpt-partial").mkdir()
    (layout.folder / name).write_text("import os")
    return {"verify.no-digest"}, name


def hidden_weights(layout, other):
    name = ".cache/evil.safetensors"
    (layout.folder / ".cache").mkdir(exist_ok=True)
    (layout.folder / name).write_bytes(other[FIRST])
    return {"verify.no-digest"}, name


def folder_link(layout, other):
    (layout.base / "elsewhere").mkdir()
    (layout.folder / "code").symlink_to(layout.base / "elsewhere")
    return {"verify.no-digest"}, "code"


def strange_name(layout, other):
    with open(os.fsencode(layout.folder) + b"/ev\xe9l.py", "w") as file:
        file.write("import os")
    return {"verify.no-digest"}, "ev\\xe9l.py"


STRICT = {hidden_code, hidden_weights, folder_link, strange_name}
FAULTS = [hidden_code, hidden_weights, folder_link, strange_name, flip, zero_run, truncate, swap, missing, extra, mixed, dangling, leftover, lfs_pointer, html, archive, zeros, hole, empty,
          longer, stale_index, small_file]
WARNINGS = {leftover}
LAYOUTS = [Cache, LocalFolder, Sums, Manifest, OldCache] + ([GitClone] if shutil.which("git") else [])


def matrix():
    clean, other = content(0), content(1)
    found = 0
    for layout in LAYOUTS:
        name = layout.__name__
        made = layout(clean, name)
        good = made.verify()
        checks.equal(good.exit, 0, f"{name}: the clean folder exits with 0")
        with checks.case(name):
            checks.equal(good.codes("error") + good.codes("warning"), [], f"{name}: the clean folder has no findings")
            wanted = {n: layout.level[is_lfs(n)] for n in clean}
            checks.equal(good.summary["evidence"], wanted, f"{name}: the evidence of every file")
            checks.equal((good.summary["files_ok"], good.summary["files_unverified"]), (len(clean), 0), f"{name}: all files are verified")
            checks.equal(made.verify("--require", "digest").exit, 0, f"{name}: --require digest is met")
        remove(made.base)
        for fault in FAULTS:
            if layout is OldCache and fault is mixed:
                # Without a tree, a blob of another commit is as good as its name: that this is not proven is said.
                made = layout(clean, "OldCache-mixed")
                mixed(made, other)
                said = [f["problem"] for f in made.verify().json["findings"] if f["code"] == "verify.not-checked"]
                checks.true(any("of this commit" in p and "not proven" in p for p in said), f"{name}: what blob names do not prove is said", said)
                remove(made.base)
                continue
            label = f"{name}, {fault.__name__}"
            if not checks.selected(label):
                continue
            with checks.case(label):
                made = layout(clean, label.replace(", ", "-"))
                codes, file = fault(made, other)
                result = made.verify(*(["--require", "digest"] if fault in STRICT else []))
                checks.equal(result.exit, 1 if fault not in WARNINGS else 0, f"{label}: exit status")
                got = {f["code"] for f in result.json["findings"] if f["severity"] != "note"}
                checks.true(codes <= got, f"{label}: {sorted(codes)}", sorted(got))
                if file:
                    named = {os.path.basename(f["file"] or "") for f in result.json["findings"] if f["code"] in codes}
                    if fault in STRICT:
                        file = os.path.basename(file)
                        checks.equal(result.summary["files_unverified"], 1, f"{label}: it is counted")
                    names = {file, os.path.basename(made.real(file)) if fault is dangling else file}
                    checks.true(named & names or fault is stale_index, f"{label}: names {file}", sorted(named))
                found += 1
                remove(made.base)
    checks.note(f"{found} planted faults in {len(LAYOUTS)} layouts, {'in an empty network namespace' if ALONE else 'network as it is'}")


def client_files():
    """Trees, notes and blob links as the Hub's own client writes them."""
    import huggingface_hub
    from huggingface_hub._local_folder import write_download_metadata
    try:
        from huggingface_hub._tree_cache import TreeCacheEntry, tree_cache_folder_for_local_dir, write_tree_cache
    except ImportError:
        return checks.note(f"huggingface_hub {huggingface_hub.__version__} leaves no trees: not compared")
    from huggingface_hub.file_download import _create_symlink
    clean = content(0)
    entries = {n: TreeCacheEntry(size=len(d), blob_id=git_id(d), lfs_sha256=sha256(d) if is_lfs(n) else None,
                                 lfs_size=len(d) if is_lfs(n) else None, xet_hash="0" * 64 if is_lfs(n) else None) for n, d in clean.items()}
    etag = {n: sha256(d) if is_lfs(n) else git_id(d) for n, d in clean.items()}
    local, cache = new_folder("local"), new_folder("hub") / "models--org--name"
    snapshot = cache / "snapshots" / COMMIT
    for folder in (local, cache / "blobs", cache / "refs", snapshot):
        folder.mkdir(parents=True)
    (cache / "refs/main").write_text(COMMIT)
    for name, data in clean.items():
        (local / name).write_bytes(data)
        write_download_metadata(local, name, COMMIT, etag[name])
        (cache / "blobs" / etag[name]).write_bytes(data)
        _create_symlink(str(cache / "blobs" / etag[name]), str(snapshot / name), new_blob=True)
    write_tree_cache(tree_cache_folder_for_local_dir(str(local)), COMMIT, entries)
    write_tree_cache(str(cache), COMMIT, entries)
    for folder, label in ((local, "--local-dir"), (cache, "cache"), (snapshot, "snapshot")):
        result = ckpt("verify", folder, "--require", "digest")
        checks.equal((result.exit, set(result.summary["evidence"].values()), result.summary["files_ok"]), (0, {"hub-tree"}, len(clean)),
                     f"{label} of huggingface_hub {huggingface_hub.__version__} is verified by its tree")
    remove(local, cache)


# ---------------------------------------------------------------- localisation and repair
def full_width():
    """One bit of a full-width expert: the tensor and its range; the repair list makes the folder good again."""
    good, bad = new_folder("full"), new_folder("full-bad")
    done = ckpt("synth", good, "--preset", "Kimi-K2-Instruct", "--set", "num_hidden_layers=2", "--set", "n_routed_experts=3", "--set",
                "vocab_size=1024", "--set", "num_experts_per_tok=1", "--max-shard-size", "100MB")
    if not checks.equal(done.exit, 0, "synth of full-width experts"):
        return
    manifest, repairs = new_folder("manifest.json"), new_folder("repair.tsv")
    checks.equal(ckpt("checksum", good, "-o", manifest).exit, 0, "checksum of full-width experts")
    shutil.copytree(good, bad)
    target = "model.layers.1.mlp.experts.2.down_proj.weight"
    shard = json.loads((good / "model.safetensors.index.json").read_text())["weight_map"][target]
    entries, start = header(good / shard)
    begin, end = (start + n for n in entries[target]["data_offsets"])
    with open(bad / shard, "r+b") as file:
        file.seek(begin + 12345)
        byte = file.read(1)[0]
        file.seek(begin + 12345)
        file.write(bytes([byte ^ 4]))
    result = ckpt("verify", bad, "--manifest", manifest, "--repair-list", repairs)
    checks.equal(result.exit, 1, "a flipped bit exits with 1")
    findings = [f for f in result.json["findings"] if f["code"] == "verify.mismatch"]
    checks.equal([(f["file"], f["tensors"], f["ranges"]) for f in findings], [(shard, [target], [[begin, end]])],
                 "a flipped bit is localised to its tensor and range")
    checks.true("layer 1, expert 2" in findings[0]["problem"], "layer and expert are named", findings[0]["problem"])
    checks.note(findings[0]["problem"])
    repair(repairs, good, bad)
    checks.equal(ckpt("verify", bad, "--manifest", manifest).exit, 0, "the repaired folder verifies")

    # A copy with other shards, one tensor of which was changed.
    cut = new_folder("cut")
    checks.equal(ckpt("reshard", good, cut, "--max-shard-size", "60MB").exit, 0, "reshard")
    result = ckpt("verify", cut, "--manifest", manifest)
    checks.equal((result.exit, result.codes("error")), (0, []), "a re-sharded copy is accepted")
    shard = json.loads((cut / "model.safetensors.index.json").read_text())["weight_map"][target]
    entries, start = header(cut / shard)
    begin, end = (start + n for n in entries[target]["data_offsets"])
    with open(cut / shard, "r+b") as file:
        file.seek(end - 1)
        byte = file.read(1)[0]
        file.seek(end - 1)
        file.write(bytes([byte ^ 1]))
    result = ckpt("verify", cut, "--manifest", manifest)
    findings = [f for f in result.json["findings"] if f["severity"] == "error"]
    checks.equal([(f["code"], f["file"], f["tensors"], f["ranges"]) for f in findings],
                 [("verify.mismatch", shard, [target], [[begin, end]])], "of a re-sharded copy, the one changed tensor is named")
    remove(good, bad, cut)


def repair(repairs, good, bad):
    """As a download script would, with dd for curl."""
    script = """
    grep -v '^#' "$1" | while IFS="$(printf '\\t')" read -r file range bytes digest basis; do
      first=${range%-*} last=${range#*-}
      dd if="$2/$file" of="$3/$file" bs=64K iflag=skip_bytes,count_bytes oflag=seek_bytes conv=notrunc status=none \
        skip="$first" seek="$first" count="$((last - first + 1))"
    done"""
    subprocess.run(["sh", "-c", script, "sh", str(repairs), str(good), str(bad)], check=True)


def repairs_of_every_fault():
    """Truncated, missing and zeroed files come back by the list, too."""
    clean, other = content(0), content(1)
    for layout, fault in itertools.product((Manifest, Sums), (zero_run, truncate, missing, empty)):
        made = layout(clean, f"repair-{layout.__name__}-{fault.__name__}")
        good = made.base / "good"
        good.mkdir()
        for name, data in clean.items():
            (good / name).write_bytes(data)
        fault(made, other)
        repairs = made.base / "repair.tsv"
        made.verify("--repair-list", repairs)
        with checks.case(f"repair {layout.__name__} {fault.__name__}"):
            if layout is Sums and fault in (truncate, missing, empty):
                # Nothing says how long the file should be: the whole of it, to its end.
                checks.true("\t0-\t" in repairs.read_text(), "a file of unknown length is to be fetched whole", repairs.read_text())
                continue
            repair(repairs, good, made.folder)
            checks.equal(made.verify().exit, 0, f"{layout.__name__}, {fault.__name__}: the repair list makes the folder good")
        remove(made.base)


# ---------------------------------------------------------------- memory
def bounded_memory():
    """A sparse shard of 4 GB in 64 MiB of memory."""
    folder = new_folder("sparse")
    folder.mkdir(parents=True)
    rows = 500_000
    text = json.dumps({"w": {"dtype": "BF16", "shape": [rows, 4096], "data_offsets": [0, rows * 8192]}}).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + rows * 8192)
    size = (folder / "model.safetensors").stat().st_size
    began = time.monotonic()
    digest = subprocess.run(["sha256sum", str(folder / "model.safetensors")], capture_output=True, text=True).stdout.split()[0]
    checks.note(f"sha256sum of {size} bytes: {time.monotonic() - began:.1f} s")
    (folder / "SHA256SUMS").write_text(f"{digest}  model.safetensors\n")
    inside, name = cgroup(64 << 20)
    result = ckpt("verify", folder, "--memory", "64MiB", prefix=inside)
    checks.equal((result.exit, result.summary["files_ok"] if result.exit < 2 else None), (0, 1), f"a sparse file of {size} bytes is verified in {name}")
    checks.note(f"{name}: {result.summary['elapsed_seconds']:.1f} s" if result.exit < 2 else result.stderr)
    remove(folder)


def cgroup(limit):
    """A prefix that runs a command in so much memory: a cgroup where one can be made."""
    for base, file in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        group = pathlib.Path(base) / f"ckpt-{os.getpid()}"
        try:
            group.mkdir()
            (group / file).write_text(str(limit))
            return ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"], f"a cgroup of {limit >> 20} MiB"
        except OSError:
            try:
                group.rmdir()
            except OSError:
                pass
    return [], "the memory there is (no cgroup could be made)"


# ---------------------------------------------------------------- resume
def resumed_checksum():
    """Killed at several moments, the same command goes on and writes the same manifest."""
    folder = new_folder("resume")
    checks.equal(ckpt("synth", folder, "--preset", "Kimi-K2-Instruct", "--set", "num_hidden_layers=2", "--set", "n_routed_experts=6",
                      "--set", "num_experts_per_tok=1", "--set", "vocab_size=2048", "--max-shard-size", "45MB").exit, 0, "synth for resume")
    whole, out = new_folder("whole.json"), new_folder("killed.json")
    checks.equal(ckpt("checksum", folder, "-o", whole).exit, 0, "checksum in one go")
    resumed = kills = 0
    for _ in range(40):
        process = subprocess.Popen(command("checksum", folder, "-o", out, "--threads", "1", "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            text, _ = process.communicate(timeout=0.15 + 0.15 * kills)  # the first is too short for any machine
            resumed = json.loads(text)["summary"]["files_resumed"]
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            checks.true(not out.exists(), "killed: no manifest under its name")
    checks.true(kills > 0 and resumed > 0, f"killed {kills} times, {resumed} files were taken from before")
    checks.equal(out.read_bytes() if out.exists() else b"", whole.read_bytes(), "the manifest after kills is that of one go")
    checks.true(not pathlib.Path(f"{out}.ckpt-partial").exists(), "the notes are gone in the end")
    checks.note(f"killed {kills} times, {resumed} files resumed")
    remove(folder)


def planned_checksum():
    """Many processes make one manifest; some are killed, some do the same units; the bytes are those of one process."""
    folder = new_folder("planned")
    checks.equal(ckpt("synth", folder, "--preset", "Kimi-K2-Instruct", "--set", "num_hidden_layers=2", "--set", "n_routed_experts=6",
                      "--set", "num_experts_per_tok=1", "--set", "vocab_size=2048", "--max-shard-size", "45MB").exit, 0, "synth for a planned checksum")
    for label, options in (("manifest", ()), ("sums", ("--sha256sums",))):
        whole, out, plan = (new_folder(f"{label}-{n}") for n in ("whole", "out", "plan.json"))
        checks.equal(ckpt("checksum", folder, "-o", whole, *options).exit, 0, f"{label}: checksum in one process")
        planned = ckpt("checksum", folder, "-o", out, "--plan-only", plan, *options)
        checks.equal((planned.exit, out.exists()), (0, False), f"{label}: planning writes no manifest")
        units = planned.summary["jobs"]
        kills, rounds = 0, 0
        while ckpt("status", plan).exit == 75 and rounds < 40:
            # Four shares of three, so that two workers are at the same units; the first rounds are killed.
            line = [*ALONE, "sh", "-c", 'exec "$@"', "sh"]
            workers = [subprocess.Popen([*line, *command("run", plan, "--worker", f"{i % 3}/3", "--threads", "1", "-q")],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(4)]
            end = time.monotonic() + (0.5 if rounds < 3 else 120)
            for worker in workers:
                try:
                    worker.wait(max(0.01, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    worker.kill()
                    worker.wait()
                    kills += 1
            checks.true(not out.exists(), f"{label}: no manifest before finish")
            rounds += 1
        checks.equal((ckpt("finish", plan).exit, out.read_bytes()), (0, whole.read_bytes()), f"{label}: {units} units in many processes give the bytes of one")
        checks.true(kills > 0, f"{label}: killed {kills} times")
        checks.true(not pathlib.Path(f"{out}.ckpt-partial").exists(), f"{label}: the notes are gone")
        checks.equal((ckpt("status", plan).exit, ckpt("finish", plan).exit, ckpt("run", plan).exit), (0, 0, 0), f"{label}: nothing is left to do")
        checks.note(f"{label}: {units} units, {kills} processes killed in {rounds} rounds")
    checks.equal(ckpt("checksum", folder, "-o", out, "--plan-only", plan).exit, 2, "a result that exists is not planned over")
    os.utime(folder / "config.json")
    result = ckpt("run", plan)
    checks.equal((result.exit, result.json["error"]["code"]), (2, "io.input-changed"), "a file that was touched since is refused")
    remove(folder)


def gguf_files():
    """Manifests of GGUF files, against the reader of the `gguf` package; an expert of a stack is localised and repaired."""
    try:
        import gguf, numpy
    except ImportError:
        return checks.note("no gguf package here: not compared")
    base = new_folder("gguf")
    good, bad = base / "good", base / "bad"
    good.mkdir(parents=True)
    random = numpy.random.default_rng(3)
    writer = gguf.GGUFWriter(str(good / "model.gguf"), "deepseek2")
    writer.add_tensor("token_embd.weight", random.standard_normal((512, 256), numpy.float32))
    for layer in range(2):
        experts = random.standard_normal((8, 128, 256), numpy.float32)
        kind = gguf.GGMLQuantizationType.Q8_0 if layer else gguf.GGMLQuantizationType.Q4_0
        writer.add_tensor(f"blk.{layer}.ffn_down_exps.weight", gguf.quants.quantize(experts, kind), raw_dtype=kind)
    for step in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
        step()
    manifest, repairs = base / "m.json", base / "repair.tsv"
    checks.equal(ckpt("checksum", good, "-o", manifest).exit, 0, "checksum of a GGUF file")
    listed = {t["name"]: t for t in json.loads(manifest.read_text())["files"][0]["tensors"]}
    reader = gguf.GGUFReader(good / "model.gguf")
    checks.equal(len(listed), len(reader.tensors), "every tensor is listed")
    for tensor in reader.tensors:
        mine, data = listed[tensor.name], tensor.data.tobytes()
        shape = [int(n) for n in reversed(tensor.shape)]
        checks.equal((mine["dtype"], mine["shape"], mine["range"], mine["sha256"]),
                     (tensor.tensor_type.name, shape, [int(tensor.data_offset), int(tensor.data_offset) + len(data)], sha256(data)), f"{tensor.name}: type, shape, range, digest")
        if len(shape) == 3:
            checks.equal(mine["slices"], [sha256(expert.tobytes()) for expert in tensor.data], f"{tensor.name}: a digest for each expert")
    shutil.copytree(good, bad)
    begin, end = listed["blk.1.ffn_down_exps.weight"]["range"]
    size = (end - begin) // 8
    with open(bad / "model.gguf", "r+b") as file:
        file.seek(begin + 5 * size + 1000)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    result = ckpt("verify", bad, "--manifest", manifest, "--repair-list", repairs)
    found = [(f["tensors"], f["ranges"]) for f in result.json["findings"] if f["code"] == "verify.mismatch"]
    checks.equal((result.exit, found), (1, [(["blk.1.ffn_down_exps.weight"], [[begin + 5 * size, begin + 6 * size]])]), "a flipped bit is localised to one expert of a stack")
    checks.note([f["problem"] for f in result.json["findings"] if f["code"] == "verify.mismatch"][0])
    repair(repairs, good, bad)
    checks.equal(ckpt("verify", bad, "--manifest", manifest).exit, 0, "the repaired GGUF file verifies")
    os.truncate(bad / "model.gguf", end - 1)
    checks.equal(ckpt("verify", bad / "model.gguf").codes("error"), ["gguf.past-end"], "a GGUF file whose end is missing is an error without any digest")
    remove(base)


def corpus():
    """Every malformed file: a verdict, no trap, no hang, bounded memory."""
    sys.argv = [sys.argv[0]]
    import safetensors_corpus as vectors
    cases = json.loads((vectors.CORPUS / "cases.json").read_text())["cases"]
    slowest, largest, wrong = 0.0, 0, []
    folder = new_folder("corpus")
    folder.mkdir(parents=True)
    for case in cases:
        path = folder / "model.safetensors"
        path.write_bytes(vectors.content(case))
        refused = case["ckpt"].startswith("rejected")
        for verb, bad in (("verify", 1), ("checksum", 2)):
            began = time.monotonic()
            process = subprocess.Popen(command(verb, path, "--json"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            exit = os.waitstatus_to_exitcode(status)
            slowest, largest = max(slowest, time.monotonic() - began), max(largest, usage.ru_maxrss)
            if exit != (bad if refused else 0):
                wrong.append((case["name"], verb, exit))
    checks.equal(wrong, [], f"{len(cases)} cases of the corpus: verify and checksum give the right exit status")
    checks.at_most(slowest, 30, "no case takes long")
    checks.note(f"{len(cases)} cases: slowest {slowest:.1f} s, most memory {largest / 1024:.0f} MiB")
    remove(folder)


def stock_tools():
    clean = content(0)
    made = Sums(clean, "stock")
    (made.folder / "SHA256SUMS").unlink()
    text = subprocess.run(command("checksum", made.folder, "--sha256sums"), capture_output=True, text=True).stdout
    (made.folder / "SHA256SUMS").write_text(text)
    done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=made.folder, capture_output=True, text=True)
    checks.equal((done.returncode, done.stdout.count(": OK")), (0, len(clean)), "sha256sum -c reads what --sha256sums writes")
    folder = os.fsencode(made.base / "names")
    os.mkdir(folder)
    for name in (b"caf\xe9", b"caf\xea", b"a\\b\nc\rd", b"\xff\xfe", "\u00e9\u0301".encode(), b"\x9b", b" x"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(name)
    text = subprocess.run(command("checksum", made.base / "names", "--sha256sums"), capture_output=True).stdout
    done = subprocess.run(["sha256sum", "-c", "--strict", "-"], cwd=folder, capture_output=True, input=text)
    checks.equal((done.returncode, done.stdout.count(b": OK")), (0, 7), "sha256sum -c reads names that are not UTF-8, or have line breaks")
    listed = json.loads(subprocess.run(command("checksum", made.base / "names"), capture_output=True).stdout)
    exact = {b"".join(bytes([ord(c) & 0xff]) if 0x10fe80 <= ord(c) <= 0x10feff else c.encode() for c in f["name"]) for f in listed["files"]}
    checks.equal(exact, set(os.listdir(folder)), "names of a manifest are the bytes of the files, as its format says")
    manifest = ckpt("checksum", made.folder)
    # The list itself is a file of the folder now.
    checks.equal(manifest.summary["files"], len(clean) + 1, "the manifest lists every file")
    bad = sum(hashlib.sha256(clean[f["name"]][t["range"][0]:t["range"][1]]).hexdigest() != t["sha256"]
              for f in manifest.summary["manifest"]["files"] if f["name"] in clean for t in f.get("tensors", []))
    checks.equal(bad, 0, "every tensor's digest is that of its bytes")
    remove(made.base)


for part in [globals()[p] for p in os.environ.get("PARTS", "matrix client_files full_width gguf_files repairs_of_every_fault corpus stock_tools resumed_checksum planned_checksum bounded_memory").split()]:
    # The faults of the matrix are cases of their own.
    if part is not matrix and not checks.selected(part.__name__):
        continue
    with checks.case(part.__name__):
        part()
checks.end()
