"""What every judge in this folder uses: fixtures, the command under test, raw tensors, and a count of checks.

A judge is a Python file in this folder that imports this one. run.sh starts each of them as a program; it ends with `checks.end()`, which
prints `NAME: N passed, N failed` and exits with 1 if any failed. In a judge:

    from harness import checks, ckpt, fixture, tensors
    source = fixture("kimi_k2", "fp8-block")
    result = ckpt("convert", source.path, out, "--to", "bf16")
    checks.equal(result.exit, 0, "convert exits with 0")
    checks.end()

Everything is written under one temporary folder, which run.sh shares among the judges and removes at the end.

A judge of more than a minute says `# slices: N` in a line of its own and asks `checks.selected(name)` before each case, or goes over
`checks.sliced(cases)`. With `--slice K/N` a case is run if the digest of its name falls into slice K, or if always.txt names it.
"""
import atexit, contextlib, fcntl, hashlib, json, os, pathlib, shutil, struct, subprocess, sys, tempfile, threading, time, traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE / "oracle"))
sys.dont_write_bytecode = True
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false",
                  HF_HUB_DISABLE_PROGRESS_BARS="1", TQDM_DISABLE="1")

import ml_dtypes
import numpy as np

BF16 = ml_dtypes.bfloat16
DTYPES = {"BF16": BF16, "F32": np.dtype(np.float32), "F16": np.dtype(np.float16), "F64": np.dtype(np.float64),
          "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E8M0": ml_dtypes.float8_e8m0fnu, "U8": np.dtype(np.uint8),
          "I8": np.dtype(np.int8), "I32": np.dtype(np.int32), "I64": np.dtype(np.int64)}
CKPT = os.environ.get("CKPT") or str(ROOT / ".build" / "release" / "ckpt")
NAME = pathlib.Path(sys.argv[0]).stem
# Judges that run programs side by side run so many; one where run.sh has two judges going.
AT_ONCE = int(os.environ.get("CKPT_CONFORMANCE_AT_ONCE") or os.cpu_count() or 1)


def _slice_of(arguments):
    """Takes `--slice K/N` out of the arguments of a judge: (K, N), or None for all cases."""
    if "--slice" not in arguments:
        return None
    at = arguments.index("--slice")
    number, _, count = "".join(arguments[at + 1:at + 2]).partition("/")
    if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        sys.exit(f"{NAME}: --slice wants K/N, 1 <= K <= N")
    del arguments[at:at + 2]
    return int(number), int(count)


SLICE = _slice_of(sys.argv)


# ---------------------------------------------------------------- places
def _work_folder():
    shared = os.environ.get("CKPT_CONFORMANCE_DIR")
    if shared:
        os.makedirs(shared, exist_ok=True)
        return pathlib.Path(shared)
    folder = tempfile.mkdtemp(prefix="ckpt-conformance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


WORK = _work_folder()
_count = 0


def new_folder(label="out"):
    """A path under the work folder that does not exist yet."""
    global _count
    _count += 1
    parent = WORK / f"{NAME}-{os.getpid()}"
    parent.mkdir(exist_ok=True)
    return parent / f"{_count:03d}-{label}"


def remove(*folders):
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- checks
def always():
    """The cases of this judge that are in every slice."""
    lines = [line.partition(": ") for line in (HERE / "always.txt").read_text().splitlines() if line and not line.startswith("#")]
    return {case for judge, _, case in lines if judge == NAME}


def number_of(case, count):
    """Which slice of 1...count a case is in: the same one on every machine, whatever other cases there are."""
    return int.from_bytes(hashlib.sha256(case.encode()).digest(), "big") % count + 1


class Checks:
    def __init__(self):
        self.passed = self.failed = 0
        self.began = time.monotonic()
        self.offered, self.taken, self.failing = set(), set(), set()
        self.always = always()
        self.current = threading.local()

    def selected(self, case):
        """Whether this run is to make the case."""
        self.offered.add(case)
        if SLICE is None or case in self.always or number_of(case, SLICE[1]) == SLICE[0]:
            self.taken.add(case)
            return True
        return False

    def sliced(self, cases, name=str):
        """Those of the cases that this run is to make."""
        return [case for case in cases if self.selected(name(case))]

    def true(self, holds, what, detail=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.failing.add(getattr(self.current, "case", None))
            print(f"FAILED {NAME}: {what}" + (f": {detail}" if detail != "" else ""), flush=True)
        return bool(holds)

    def equal(self, found, expected, what):
        same = found == expected
        return self.true(same, what, "" if same else f"found {short(found)}, expected {short(expected)}")

    def near(self, found, expected, tolerance, what):
        """Absolute and relative: |found - expected| <= tolerance * max(1, |expected|)."""
        good = found is not None and abs(found - expected) <= tolerance * max(1.0, abs(expected))
        return self.true(good, what, "" if good else f"found {found}, expected {expected} within {tolerance}")

    def at_most(self, found, limit, what):
        return self.true(found is not None and found <= limit, what, f"found {found}, at most {limit}")

    def same(self, found, expected, what):
        """Two arrays: dtype, shape and bytes."""
        return self.true(same_array(found, expected), what, describe(found, expected))

    @contextlib.contextmanager
    def case(self, label):
        """An exception inside counts as one failed check, and the next case goes on."""
        outer, self.current.case = getattr(self.current, "case", None), label
        try:
            yield
        except Exception as error:
            self.true(False, label, f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=4)}")
        finally:
            self.current.case = outer

    def note(self, text):
        print(f"  {text}", flush=True)

    def end(self):
        # Failures alone: a judge that checked nothing has not passed.
        if SLICE is not None and not self.taken:
            self.true(False, f"slice {SLICE[0]}/{SLICE[1]} has none of {len(self.offered)} cases")
        if len(sys.argv) == 1 and not self.always <= self.offered:
            self.true(False, "always.txt names cases that there are not", short(sorted(self.always - self.offered)))
        for case in sorted(self.failing & self.offered - self.always):
            self.note(f"to have it in every slice, add to always.txt: {NAME}: {case}")
        slice = "" if SLICE is None else f", slice {SLICE[0]}/{SLICE[1]}: {len(self.taken)} of {len(self.offered)} cases"
        print(f"{NAME}: {self.passed} passed, {self.failed} failed  ({time.monotonic() - self.began:.1f} s{slice})", flush=True)
        remove(WORK / f"{NAME}-{os.getpid()}")
        sys.exit(1 if self.failed or not self.passed else 0)


checks = Checks()


def short(value):
    text = repr(value)
    return text if len(text) <= 600 else text[:600] + " …"


def same_array(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()


def describe(a, b):
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"found {a.dtype} {list(a.shape)}, expected {b.dtype} {list(b.shape)}"
    width = np.dtype(a.dtype).itemsize
    x, y = (np.ascontiguousarray(t).reshape(-1).view(f"u{width}") for t in (a, b))
    where = np.flatnonzero(x != y)
    if where.size == 0:
        return ""
    place = np.unravel_index(where[0], a.shape) if a.shape else ()
    return f"{where.size} of {x.size} elements differ, first at {[int(i) for i in place]}: {x[where[0]]:#x}, expected {y[where[0]]:#x}"


# ---------------------------------------------------------------- the command under test
class Result:
    def __init__(self, exit, stdout, stderr):
        self.exit, self.stdout, self.stderr = exit, stdout, stderr

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def summary(self):
        return self.json["summary"]

    def codes(self, severity=None):
        return [f["code"] for f in self.json["findings"] if severity in (None, f["severity"])]


def command(*arguments):
    return [CKPT, *map(str, arguments)]


def ckpt(*arguments, json_output=True, expect=None):
    """Runs the command to its end. `expect`: a check on the exit status."""
    line = command(*arguments, *(["--json"] if json_output else []))
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
    result = Result(done.returncode, done.stdout, done.stderr)
    if expect is not None:
        shown = " ".join(map(str, arguments)).replace(str(WORK), "…")
        checks.true(result.exit == expect, f"`ckpt {shown}` exits with {expect}",
                    f"exit {result.exit}: {(result.stderr or result.stdout)[-700:]}")
    return result


# ---------------------------------------------------------------- fixtures
class Fixture:
    """A tiny checkpoint: `path` holds what a download would, `golden` the reference data (see `oracle/README.md`)."""

    def __init__(self, path):
        self.path, self.golden = pathlib.Path(path), pathlib.Path(str(path) + ".golden")

    @property
    def meta(self):
        return json.loads((self.golden / "golden.json").read_text())

    @property
    def config(self):
        return json.loads((self.path / "config.json").read_text())

    def array(self, name):
        return np.load(self.golden / f"golden_{name}.npy")


def fixture(family, quant=None, seed=0, shard_style=None, shards=3):
    """Makes a tiny checkpoint of a family, once for all judges of a run."""
    import families
    quant = quant or families.FAMILIES[family]["default_quant"]
    key = f"{family}-{quant}-{seed}" + (f"-{shard_style}" if shard_style else "") + (f"-{shards}" if shards != 3 else "")
    folder = WORK / "fixtures"
    folder.mkdir(exist_ok=True)
    with open(folder / f".{key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / key
        if not path.exists():
            import make_tiny, torch
            torch.set_num_threads(min(2, AT_ONCE))
            new = folder / f".{key}.new"
            remove(new)
            make_tiny.build(family, quant, seed, str(new), shards=shards, shard_style=shard_style)
            golden = pathlib.Path(str(path) + ".golden")
            remove(golden)
            golden.mkdir()
            for file in sorted(new.glob("golden*")):
                file.rename(golden / file.name)
            new.rename(path)
    return Fixture(path)


def derive(source, change, label, config=None, shards=True):
    """Another checkpoint out of a fixture: `change(name, torch tensor)` returns a dict of tensors or None to drop it."""
    from safetensors import safe_open
    from safetensors.torch import save_file
    out = new_folder(label)
    out.mkdir(parents=True)
    weight_map, total, pending = {}, 0, {}
    for shard in sorted(source.path.glob("*.safetensors")):
        with safe_open(shard, "pt") as file:
            for name in file.keys():
                pending.update(change(name, file.get_tensor(name)) or {})
        if shards:
            save_file({k: v.contiguous() for k, v in pending.items()}, out / shard.name, metadata={"format": "pt"})
            weight_map.update({k: shard.name for k in pending})
            total += sum(v.numel() * v.element_size() for v in pending.values())
            pending = {}
    if not shards:
        save_file({k: v.contiguous() for k, v in pending.items()}, out / "model.safetensors", metadata={"format": "pt"})
    else:
        (out / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}))
    for file in source.path.iterdir():
        if not file.name.endswith((".safetensors", ".index.json")):
            shutil.copy(file, out / file.name)
    if config is not None:
        (out / "config.json").write_text(json.dumps(config, indent=1))
    made = Fixture(out)
    made.golden = source.golden
    return made


# ---------------------------------------------------------------- tensors
def header(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        return json.loads(file.read(length)), 8 + length


def tensors(folder):
    """name -> array, read from the bytes, without any library of ours or theirs."""
    found = {}
    paths = [folder] if str(folder).endswith(".safetensors") else sorted(pathlib.Path(folder).glob("*.safetensors"))
    for path in paths:
        entries, start = header(path)
        data = np.memmap(path, np.uint8, "r") if os.path.getsize(path) else b""
        for name, entry in entries.items():
            if name != "__metadata__":
                a, b = entry["data_offsets"]
                found[name] = data[start + a:start + b].view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return found


def index(folder):
    return json.loads((pathlib.Path(folder) / "model.safetensors.index.json").read_text())


def fp8_product(weight, scale, block=128):
    """The exact Float32 product of block-fp8 codes and scales."""
    grid = np.repeat(np.repeat(scale.astype(np.float32), block, 0), block, 1)[: weight.shape[0], : weight.shape[1]]
    return weight.astype(np.float32) * grid


def int4_codes(packed, shape):
    words = np.ascontiguousarray(packed).view(np.uint32)
    return np.stack([(words >> np.uint32(4 * i)) & 15 for i in range(8)], -1).reshape(tuple(int(n) for n in shape)).astype(np.int8) - 8


def int4_product(packed, scale, shape):
    codes = int4_codes(packed, shape)
    groups = codes.reshape(codes.shape[0], scale.shape[1], -1).astype(np.float32)
    return (groups * scale.astype(np.float32)[..., None]).reshape(codes.shape)


def decode(stored):
    """stored tensors -> {logical name: Float32 product}; names of plain tensors stay."""
    out = {}
    for name, array in stored.items():
        if name.endswith(("_scale_inv", ".weight_scale", ".weight_shape")):
            continue
        if name + "_scale_inv" in stored:
            out[name] = fp8_product(array, stored[name + "_scale_inv"])
        elif name.endswith(".weight_packed"):
            base = name[: -len("_packed")]
            out[base] = int4_product(array, stored[base + "_scale"], stored[base + "_shape"])
        else:
            out[name] = array.astype(np.float32)
    return out


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree(folder):
    """Relative path -> digest of every file below a folder."""
    folder = pathlib.Path(folder)
    return {str(p.relative_to(folder)): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def digest_of_digests(folder):
    """One digest for all tensors, independent of files: of the hex digests of all, in byte order of their names."""
    found = tensors(folder)
    return hashlib.sha256("".join(hashlib.sha256(np.ascontiguousarray(found[n]).tobytes()).hexdigest()
                                  for n in sorted(found, key=lambda n: n.encode())).encode()).hexdigest()


def rel_rmse(reference, other):
    a, b = reference.astype(np.float64), other.astype(np.float64)
    return float(np.sqrt(((a - b) ** 2).sum() / (a ** 2).sum()))


# ---------------------------------------------------------------- transformers
def load_in_transformers(folder, source, by_class=False):
    """transformers' own loader on a folder -> (model, loading info). `by_class`: the folder's config.json as it is; else through
    the mapping of `oracle/families.py`, for families that transformers knows under another name."""
    import torch, transformers, families, verify_tiny, warnings
    warnings.simplefilter("ignore")
    transformers.utils.logging.disable_progress_bar()
    verify_tiny.patch_partial_blocks()
    config = json.loads((pathlib.Path(folder) / "config.json").read_text())
    family = families.FAMILIES[source.meta["family"]]
    kwargs = dict(dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    quantization = config.get("quantization_config") or (config.get("text_config") or {}).get("quantization_config")
    if quantization and quantization["quant_method"] == "compressed-tensors":
        kwargs["quantization_config"] = transformers.CompressedTensorsConfig(run_compressed=False)
    elif quantization:
        kwargs["quantization_config"] = transformers.FineGrainedFP8Config(
            dequantize=True, weight_block_size=(128, 128), modules_to_not_convert=quantization.get("modules_to_not_convert"))
    if by_class:
        model, info = transformers.AutoModelForCausalLM.from_pretrained(folder, **kwargs)
    else:
        hf = families.hf_config(family, config)
        if quantization:
            hf.quantization_config = {**quantization, "dequantize": True} if quantization["quant_method"] == "fp8" else quantization
        model, info = getattr(transformers, family["hf_model"]).from_pretrained(folder, config=hf, **kwargs)
    model = model.eval()
    try:
        model.set_experts_implementation("eager")
    except Exception:
        pass
    return model.float(), info


def logits_of(model, source):
    import torch
    with torch.no_grad():
        return model(input_ids=torch.from_numpy(source.array("input_ids"))[None], use_cache=False).logits[0].numpy()


def kl_mean(a, b):
    """KL(A || B) in nats, mean over positions, softmax in double."""
    def log_softmax(x):
        x = x.astype(np.float64)
        x = x - x.max(-1, keepdims=True)
        return x - np.log(np.exp(x).sum(-1, keepdims=True))
    p, q = log_softmax(a), log_softmax(b)
    return float((np.exp(p) * (p - q)).sum(-1).mean())
