"""The keys of a GGUF that do not come from weights, held against llama.cpp's own converter, key by key.

    LLAMA_SRC=… python tokenizer.py [--vectors]        (--vectors: writes Tests/Vectors/tokenizer anew)

LLAMA_SRC           llama.cpp's source tree; without it only the golden arrays of the fixtures judge
CKPT_GGUF_HEADER    the tool under test (default: gguf-header of the release build, else of the debug build)

The converter's class of each model writes into its own writer, with two things replaced: the question which pre-tokenizer it is (its
hash of an encoded text knows published tokenizers alone; we are told the same with --pre, or find it by the fingerprint), and, for Kimi, the
Python class that its repository brings, by the stand-in below. Values, types and order must be equal. Where we differ by decision:

DIFFERENCES         key, and why; docs/formats/gguf-tokenizer.md has the others, where we refuse, or never use the name of a folder
"""
# needs: llama
# seconds: 10
import base64, json, os, pathlib, shutil, subprocess, sys

from harness import ROOT, checks, fixture, new_folder

DIFFERENCES = {
    "tokenizer.chat_templates": "the order of names: the converter takes that of a Python set, which changes from run to run; ours is that of the files",
}
SRC = os.environ.get("LLAMA_SRC")
TOOL = os.environ.get("CKPT_GGUF_HEADER") or next(
    (str(p) for p in (ROOT / ".build" / kind / "gguf-header" for kind in ("release", "debug")) if p.exists()), None)
if not TOOL:
    checks.note("gguf-header is not built: swift build --product gguf-header")
    checks.true(False, "the tool under test is there")
    checks.end()
if SRC:
    sys.path[:0] = [SRC, os.path.join(SRC, "gguf-py")]

STAND_IN = '''
"""What tokenization_kimi.py does for a converter: ranks from tiktoken.model, 256 special ids behind them."""
import tiktoken
from tiktoken.load import load_tiktoken_bpe
from transformers import PreTrainedTokenizer


class TikTokenTokenizer(PreTrainedTokenizer):
    vocab_files_names = {"vocab_file": "tiktoken.model"}

    def __init__(self, vocab_file, added_tokens_decoder=None, **kwargs):
        ranks = load_tiktoken_bpe(vocab_file)
        names = {int(i): t.content if hasattr(t, "content") else t["content"] for i, t in (added_tokens_decoder or {}).items()}
        base = len(ranks)
        self.special_tokens = {names.get(i, f"<|reserved_token_{i}|>"): i for i in range(base, base + 256)}
        self.model = tiktoken.Encoding(name="kimi", pat_str=r"\\S+|\\s+", mergeable_ranks=ranks, special_tokens=self.special_tokens)
        self.ranks = ranks
        super().__init__(**kwargs)

    @property
    def vocab_size(self):
        return self.model.n_vocab

    def get_vocab(self):
        return {}

    def _tokenize(self, text, **kwargs):
        return []
'''


# ---------------------------------------------------------------- reading
def keys_of(path):
    """Key -> (type, value) in order, read by the bytes: the reader of the `gguf` package hides order and types."""
    import struct
    data = pathlib.Path(path).read_bytes()
    at = 24
    assert data[:4] == b"GGUF"
    count = struct.unpack_from("<q", data, 16)[0]
    sizes = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

    def string():
        nonlocal at
        n = struct.unpack_from("<Q", data, at)[0]
        at += 8 + n
        return data[at - n:at].decode()

    def value(kind):
        nonlocal at
        if kind == 8:
            return string()
        if kind == 9:
            inner, n = struct.unpack_from("<IQ", data, at)
            at += 12
            return inner, [value(inner) for _ in range(n)]
        at += struct.calcsize("<" + sizes[kind])
        return struct.unpack_from("<" + sizes[kind], data, at - struct.calcsize("<" + sizes[kind]))[0]

    found = {}
    for _ in range(count):
        key = string()
        kind = struct.unpack_from("<I", data, at)[0]
        at += 4
        found[key] = (kind, value(kind))
    return found


def ours(folder, size, pre=None, name=None, counts=()):
    out = new_folder("ours.gguf")
    line = [TOOL, folder, out, size, pre or "-", name or "-", *counts]
    done = subprocess.run([str(a) for a in line], capture_output=True, text=True, timeout=300)
    return (keys_of(out) if done.returncode == 0 else None), done.stdout


def written(fill):
    """What a GGUFWriter of the `gguf` package writes after `fill(writer)`."""
    import gguf
    out = new_folder("theirs.gguf")
    writer = gguf.GGUFWriter(out, "llama")
    fill(writer)
    writer.kv_data[0].pop("general.architecture", None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return keys_of(out)


def theirs(folder, pre):
    """The tokenizer's keys as the converter's class for this config writes them."""
    import logging
    logging.disable(logging.ERROR)
    from conversion import get_model_class
    from conversion.base import ModelBase
    config = json.loads((folder / "config.json").read_text())
    text = config.get("text_config", {})
    model = get_model_class((config.get("architectures") or text.get("architectures"))[0])
    made = object.__new__(model)
    made.dir_model, made.hparams, made.is_mistral_format = folder, {**config, **text}, False
    made.hf_arch = made.origin_hf_arch = config["architectures"][0]
    made.get_vocab_base_pre = lambda _: pre

    def fill(writer):
        made.gguf_writer = writer
        if model.__name__ == "DeepseekV32Model":  # its own asserts add_bos_token, which this transformers drops, and goes on so
            return made._set_vocab_gpt2()
        made.set_vocab()
    return written(fill)


def compare(label, found, expected):
    if found is None:
        return checks.true(False, f"{label}: keys are written")
    checks.equal(list(found), list(expected), f"{label}: the same keys in the same order")
    for key in expected:
        mine, want = found.get(key), expected[key]
        if key in DIFFERENCES and mine is not None and want[0] == 9:
            mine, want = ((kind, (inner, sorted(texts))) for kind, (inner, texts) in (mine, want))
        checks.true(mine == want, f"{label}: {key}", difference(mine, want))


def difference(mine, want):
    if mine is None or mine[0] != want[0] or mine[0] != 9 or mine[1][0] != want[1][0]:
        return f"found {str(mine)[:300]}, expected {str(want)[:300]}"
    a, b = mine[1][1], want[1][1]
    where = [i for i in range(min(len(a), len(b))) if a[i] != b[i]]
    return f"{len(a)} elements, expected {len(b)}; {len(where)} differ" + (
        f", first {where[0]}: {a[where[0]]!r}, expected {b[where[0]]!r}" if where else "")


# ---------------------------------------------------------------- fixtures
def folder_of(source, label):
    out = new_folder(label)
    shutil.copytree(source.path, out)
    if (out / "tiktoken.model").exists():
        (out / "tokenization_kimi.py").write_text(STAND_IN)
    return out


def edit(path, **changes):
    """Sets members of a JSON file; None removes one."""
    document = json.loads(path.read_text()) if path.exists() else {}
    document.update(changes)
    path.write_text(json.dumps({k: v for k, v in document.items() if v is not None}, ensure_ascii=False, indent=1))


def with_remote_code(run):
    """Kimi's class is given where the converter would run the repository's own."""
    import importlib.util, transformers
    original = transformers.AutoTokenizer.from_pretrained

    def load(folder, *arguments, **options):
        file = pathlib.Path(folder) / "tokenization_kimi.py"
        if not file.exists():
            return original(folder, *arguments, **options)
        if not options.get("trust_remote_code"):
            raise ValueError("needs trust_remote_code")
        spec = importlib.util.spec_from_file_location("tokenization_kimi", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        config = json.loads((pathlib.Path(folder) / "tokenizer_config.json").read_text())
        made = module.TikTokenTokenizer(str(pathlib.Path(folder) / "tiktoken.model"), config.get("added_tokens_decoder"))
        made.model._mergeable_ranks = made.ranks
        return made
    transformers.AutoTokenizer.from_pretrained = load
    try:
        return run()
    finally:
        transformers.AutoTokenizer.from_pretrained = original


FAMILIES = ["llama", "qwen3", "qwen3_moe", "deepseek_v3", "kimi_k2", "kimi_k2_thinking", "kimi_k25", "deepseek_v32", "glm5", "minimax_m2",
            "gpt_oss", "qwen3_next", "qwen35", "qwen35_moe"]
for family in FAMILIES:
    source = fixture(family, "none")
    golden = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]
    folder = folder_of(source, family)
    size = len(golden["tokenizer.ggml.tokens"])
    found, said = ours(folder, size)
    if not checks.true(found is not None, f"{family}: the tokenizer is known without --pre", said):
        continue
    checks.equal(found["tokenizer.ggml.pre"][1], golden["tokenizer.ggml.pre"], f"{family}: pre")
    checks.true(found["tokenizer.ggml.merges"][1][1] == golden["tokenizer.ggml.merges"], f"{family}: merges of the oracle")
    tokens = list(zip(found["tokenizer.ggml.tokens"][1][1], found["tokenizer.ggml.token_type"][1][1]))
    expected = list(zip(golden["tokenizer.ggml.tokens"], golden["tokenizer.ggml.token_type"]))
    if "kimi" in family:  # the oracle pads unnamed special ids, the published class names them
        expected = [(f"<|reserved_token_{i}|>", 3) if kind == 5 else (text, kind) for i, (text, kind) in enumerate(expected)]
    checks.true(tokens == expected, f"{family}: tokens of the oracle")
    if SRC:
        compare(family, found, with_remote_code(lambda: theirs(folder, golden["tokenizer.ggml.pre"])))


# ---------------------------------------------------------------- tokenizers of our own
def tokenizer_json(folder, change):
    path = folder / "tokenizer.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False))
    return document


def special_piece(text):
    return {"SpecialToken": {"id": text, "type_id": 0}}


def template(single, pair, *tokens):
    def piece(text):
        return {"Sequence": {"id": text[1], "type_id": 0}} if text in ("$A", "$B") else special_piece(text)
    return {"type": "TemplateProcessing", "single": [piece(t) for t in single], "pair": [piece(t) for t in pair],
            "special_tokens": {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in tokens}}


A, B = ("<|endoftext|>", 480), ("<|im_end|>", 481)  # of the qwen3 fixture
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}


def added(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False, **flags}


def post(value):
    return lambda folder: tokenizer_json(folder, lambda d: d.update(post_processor=value))


def odd_tokens(folder):
    """Added tokens that are no control tokens, that look like some, whose text is changed by decoding."""
    def change(document):
        document["added_tokens"] += [
            added(512, "<think>"), added(513, "<|like|>"), added(514, "a\u2581b"), added(515, "caf\u00e9"), added(516, "\u00c3\u00bf"),
            added(517, "\u0120x\u0120"), added(518, "two words"), added(519, "\u00c3\u00bf normalized", normalized=True),
            added(520, "\u00c3\u00be", normalized=True), added(521, "<pad>"), added(522, "<unused7>"), added(523, "<\uff5cx\uff5c>"),
            added(524, "\u00c3\u00bd", special=True), added(525, "\U0001f642")]
    tokenizer_json(folder, change)
    edit(folder / "config.json", vocab_size=530)


def config_tokens(folder):
    """tokenizer_config.json changes flags, adds tokens, and names tokens that are no added ones yet."""
    path = folder / "tokenizer_config.json"
    decoder = json.loads(path.read_text())["added_tokens_decoder"]
    decoder["482"]["special"] = False
    decoder["482"]["normalized"] = True
    decoder["512"] = {k: v for k, v in added(0, "<more>").items() if k != "id"}
    decoder["513"] = {"content": "<most>", "special": True}
    edit(path, added_tokens_decoder=decoder, pad_token="<|pad|>", unk_token={**added(0, "!"), "__type": "AddedToken"},
         additional_special_tokens=["<|extra|>", "<more>"], add_bos_token=False, add_eos_token=True)
    edit(folder / "config.json", vocab_size=520, pad_token_id=3, sep_token_id=7)


def legacy_merges(folder):
    tokenizer_json(folder, lambda d: d["model"].update(merges=[" ".join(m) for m in d["model"]["merges"]]))


def merges_with_spaces(folder):
    def change(document):
        texts = [" ", "a b", " a b"]  # in the place of the last three
        for old, new in zip([t for t, i in document["model"]["vocab"].items() if i in (477, 478, 479)], texts):
            document["model"]["vocab"][new] = document["model"]["vocab"].pop(old)
        document["model"]["merges"] = document["model"]["merges"][:-3] + [[" ", "a b"]]
    tokenizer_json(folder, change)


def merges_file(folder):
    tokenizer_json(folder, lambda d: d["model"].update(merges=[]))


def templates_by_name(folder):
    edit(folder / "tokenizer_config.json", chat_template=[
        {"name": "default", "template": "{{ messages }}"}, {"name": "tool_use", "template": "{{ tools }}"}, {"name": "r a-g", "template": "\u00e9"},
        {"name": "none", "template": None}])


def templates_as_files(folder):
    (folder / "chat_template.jinja").write_bytes("{# one #}\r\n{{ messages }}\r\u00e9\n".encode())
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "tool_use.jinja").write_text("{{ tools }}")


def template_json(folder):
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": "{{ x }}"}))


def null_template(folder):
    edit(folder / "tokenizer_config.json")
    path = folder / "tokenizer_config.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "chat_template": None}))
    (folder / "chat_template.jinja").write_text("{{ hidden }}")


def sparse(folder):
    """Fewer tokens than the model has rows."""
    def change(document):
        document["added_tokens"] = [t for t in document["added_tokens"] if t["id"] < 500]
    tokenizer_json(folder, change)
    path = folder / "tokenizer_config.json"
    decoder = json.loads(path.read_text())["added_tokens_decoder"]
    edit(path, added_tokens_decoder={k: v for k, v in decoder.items() if int(k) < 500})
    edit(folder / "config.json", vocab_size=640)


def no_config(folder):
    (folder / "tokenizer_config.json").unlink()


def sentencepiece_like(folder):
    """What transformers makes of a Llama 2 vocabulary."""
    vocab = {"<unk>": 0, "<s>": 1, "</s>": 2, **{f"<0x{i:02X}>": 3 + i for i in range(256)}}
    for text in ["\u2581", "t", "h", "e", "\u2581t", "he", "\u2581the"]:
        vocab[text] = len(vocab)
    document = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added(i, t, special=True) for i, t in enumerate(["<unk>", "<s>", "</s>"])] + [added(len(vocab), "<tool>")],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
                                                          {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
        "pre_tokenizer": None, "post_processor": template(["<s>", "$A"], ["<s>", "$A", "<s>", "$B"], ("<s>", 1)),
        "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
                                                     {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
                  "byte_fallback": True, "ignore_merges": False, "vocab": vocab,
                  "merges": [["\u2581", "t"], ["h", "e"], ["\u2581t", "he"]]}}
    (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "add_prefix_space": False}))
    edit(folder / "config.json", vocab_size=len(vocab) + 1)


VARIANTS = [
    ("qwen3", "ByteLevel post-processor", post(BYTE_LEVEL)),
    ("qwen3", "Roberta post-processor", post({"type": "RobertaProcessing", "sep": list(B), "cls": list(A), "trim_offsets": True, "add_prefix_space": False})),
    ("qwen3", "closing token", post(template(["$A", B[0]], ["$A", B[0], "$B", B[0]], B))),
    ("qwen3", "another closing token", post(template([A[0], "$A", "<|im_start|>"], [A[0], "$A", A[0], "$B"], A, ("<|im_start|>", 482)))),
    ("qwen3", "opening token that is not bos", post(template(["<|im_start|>", "$A"], ["<|im_start|>", "$A", "$B"], ("<|im_start|>", 482)))),
    ("qwen3", "separator", post(template([A[0], "$A"], [A[0], "$A", B[0], "$B"], A, B))),
    ("qwen3", "two separators", post(template([A[0], "$A", B[0]], [A[0], "$A", "<|im_start|>", B[0], "$B", B[0]], A, B, ("<|im_start|>", 482)))),
    ("qwen3", "sequence of post-processors", post({"type": "Sequence", "processors": [BYTE_LEVEL, template([A[0], "$A"], [A[0], "$A", "$B"], A)]})),
    ("qwen3", "no tokenizer_config.json", no_config),
    ("qwen3", "odd tokens", odd_tokens),
    ("qwen3", "tokens of tokenizer_config.json", config_tokens),
    ("qwen3", "merges as strings", legacy_merges),
    ("qwen3", "merges with spaces", merges_with_spaces),
    ("qwen3", "merges.txt", merges_file),
    ("qwen3", "named templates", templates_by_name),
    ("qwen3", "template files", templates_as_files),
    ("qwen3", "chat_template.json", template_json),
    ("qwen3", "null template", null_template),
    ("qwen3", "sparse", sparse),
    ("qwen3", "lower case", lambda folder: tokenizer_json(folder, lambda d: d.update(normalizer={"type": "Sequence", "normalizers": [
        {"type": "Lowercase"}, {"type": "StripAccents"}]}))),
    ("llama", "add_prefix_space", lambda folder: edit(folder / "tokenizer_config.json", add_prefix_space=True)),
    ("llama", "null ids in config.json", lambda folder: edit(folder / "config.json", bos_token_id=None, eos_token_id=[1, 2], pad_token_id=5)),
    ("llama", "sentencepiece-like", sentencepiece_like),
    ("kimi_k2", "fewer tokens than 256 behind the ranks", lambda folder: edit(folder / "config.json", vocab_size=800)),
    ("glm5", "template and pad", lambda folder: (edit(folder / "tokenizer_config.json", pad_token="<sop>"), template_json(folder))),
]
if SRC:
    for family, label, change in VARIANTS:
        source = fixture(family, "none")
        folder = folder_of(source, family)
        change(folder)
        pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
        size = json.loads((folder / "config.json").read_text())["vocab_size"]
        found, said = ours(folder, size, pre)
        label = f"{family}, {label}"
        if not checks.true(found is not None, f"{label}: keys are written", said):
            continue
        try:
            expected = with_remote_code(lambda: theirs(folder, pre))
        except Exception as error:
            checks.true(False, f"{label}: the converter writes keys", repr(error))
            continue
        compare(label, found, expected)
else:
    checks.note("the converter was not asked: LLAMA_SRC is not set")

# ---------------------------------------------------------------- general.*
CARDS = {
    "none": None,
    "plain": """---
license: mit
library_name: transformers
pipeline_tag: text-generation
tags:
- moe
- "quoted: yes"
- 'it''s'
language:
- en
- no
base_model:
- moonshotai/Kimi-K2-Base
- https://huggingface.co/Qwen/Qwen3-8B-v1.2
- https://example.org/model
datasets: [allenai/c4, 'x']
---
# A model
""".replace(", 'x'", ", bigcode/the-stack-v2"),
    "other license": """---
license: other
license_name: modified-mit
license_link: https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/LICENSE # where it is
language: en
base_model: Qwen/Qwen2.5-72B-Instruct
base_model_relation: finetune
model-index:
- name: x
  results:
  - task:
      type: text-generation
tags: []
extra_gated_prompt: >-
  some text
  over lines
---
""",
    "named": """---
name: "A Model With A Name"
model_creator: someone
version: v1.0
organization: Some Org
description: a plain text   # and a comment
model_type: some-base
size_label: 12B
url: https://example.org
license: [mit, apache-2.0]
language:
  - zh
  - en
datasets:
base_model: null
---
""",
    "no front matter": "# A model\n---\nlicense: mit\n---\n",
    "carriage returns": "---\r\nlicense: mit\r\ntags:\r\n- a\r\n---\r\n",
}
NAMES = ["Kimi-K2-Instruct", "Qwen3-8B", "Qwen3-30B-A3B-Instruct-2507", "DeepSeek-V3-0324", "Llama-3.3-70B-Instruct", "bloom-7b1-chat", "phi-3-mini-128k-instruct",
         "model", "Mixtral-8x7B-v0.1", "a sentence with 7B", "Qwen3-Coder-480B-A35B-Instruct-FP8", "x-small-7b-q4_K_M-fp16", "gpt-oss-120b", "GLM-4.5-Air", "deepseek_v3", "-x--y-",
         "v2.5", "MiniMax-M2", "iter3-lora-vision", "K2-1.5_7b-xl"]
COUNTS = [(1026408232448, 11800000000, 44000000, 384), (8190735360, 8190735360, 0, 0), (600000000, 600000000, 0, 0), (1000000, 1000000, 0, 0), (999, 999, 0, 0),
          (30532122624, 1540000000, 226492416, 128), (1500000000, 1500000000, 0, 0), (9950000000, 9950000000, 0, 0), (505, 505, 0, 0), (0, 0, 0, 0), (70553706496, 70553706496, 0, 0),
          (10500000000, 10500000000, 0, 0), (2500000, 2500000, 0, 0), (125, 125, 0, 0)]
SIZES = [*range(995, 1006), 94500, 95500, 99499, 99500, 9949999, 9950001, 2_449_999_999, 2_450_000_000, 2_550_000_000, 999_500_000, 1_000_000_001,
         1_000_000_000_001]
GENERATION = [None, {"temperature": 0.6, "top_p": 0.95, "top_k": 20, "eos_token_id": [1, 2], "do_sample": True},
              {"temperature": 1, "min_p": 0, "repetition_penalty": 1.05, "top_k": None, "mirostat": 2, "mirostat_tau": 5.0, "penalty_last_n": 64, "sequence": "top_k;temp",
               "xtc_probability": 0.1, "xtc_threshold": 0.2, "mirostat_eta": 0.1, "penalty_repeat": 1.1}]


def expected_general(folder, name, counts):
    import gguf
    metadata = gguf.Metadata.load(None, folder, name, counts[0])
    if metadata.size_label is None and counts[0] > 0:
        metadata.size_label = gguf.size_label(*counts)

    def fill(writer):
        writer.add_type(gguf.GGUFType.MODEL)
        metadata.set_gguf_meta_model(writer)
    return written(fill)


def general_case(label, name, counts, card=None, generation=None, path=None):
    """The converter gets the name as its folder's and with --model-name, ours by its parameter, in a folder of another name."""
    parent = new_folder("general")
    folder, other = parent / name, parent / "elsewhere"
    shutil.copytree(fixture("llama", "none").path, folder)
    if card is not None:
        (folder / "README.md").write_bytes(card.encode())
    (folder / "generation_config.json").unlink()
    if generation is not None:
        (folder / "generation_config.json").write_text(json.dumps(generation))
    if path is not None:
        edit(folder / "config.json", _name_or_path=path)
    expected = expected_general(folder, name, counts)
    folder.rename(other)
    found, said = ours(other, 512, None, name, counts)
    compare(label, found, expected)
    shutil.rmtree(parent)


if SRC:
    for name in NAMES:
        for counts in COUNTS[:2] if name != "Qwen3-8B" else COUNTS:
            general_case(f"general, {name}, {counts[0]} parameters", name, counts)
    for label, card in CARDS.items():
        for name, path in (("Kimi-K2-Instruct", None), ("model", "moonshotai/Kimi-K2-Instruct-0905"), ("model", "/home/someone/a/b")):
            general_case(f"general, card '{label}', {path}", name, COUNTS[0], card, GENERATION[1], path)
    for generation in GENERATION:
        general_case(f"general, {generation}", "Qwen3-8B", COUNTS[1], None, generation)
    for counts in [(n, n, 0, 0) for n in SIZES]:
        import gguf
        found, said = ours(fixture("llama", "none").path, 512, None, "model", counts)
        checks.equal(found and found["general.size_label"][1], gguf.size_label(*counts), f"size label of {counts[0]}")

# ---------------------------------------------------------------- vectors
VECTORS = [("llama", "template", lambda folder: edit(folder / "tokenizer_config.json", add_prefix_space=False)),
           ("deepseek_v3", "front-specials", template_json), ("kimi_k2", "tiktoken", templates_as_files), ("glm5", "family-tokens", lambda folder: None),
           ("qwen3", "odd-tokens", odd_tokens), ("qwen3", "config-tokens", config_tokens), ("qwen3", "named-templates", lambda folder: edit(folder / "tokenizer_config.json", chat_template=[
               {"name": "default", "template": "{{ messages }}"}, {"name": "tool use", "template": "{{ tools }}"}])),
           ("qwen3", "legacy-merges", legacy_merges), ("llama", "sentencepiece-like", sentencepiece_like)]


def shrink(folder):
    """Six of the 224 merges, six of the 32 special tokens; ids as they were, so with holes where a library allows them."""
    if (folder / "tiktoken.model").exists():
        lines = (folder / "tiktoken.model").read_text().splitlines()[:262]
        (folder / "tiktoken.model").write_text("\n".join(lines) + "\n")
        base = 262
    else:
        document = json.loads((folder / "tokenizer.json").read_text())
        model, specials = document["model"], [t for t in document["added_tokens"]][:6]
        front = sum(1 for t in document["added_tokens"] if t["content"] in model["vocab"])
        base = 256 + front + 6
        model["vocab"] = {t: i for t, i in model["vocab"].items() if i < base}
        model["merges"] = model["merges"][:6]
        for i, token in enumerate(specials[front:]):
            token["id"] = base + i
        document["added_tokens"] = specials
        (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False))
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    named = list(config["added_tokens_decoder"].items())[:6]
    if not (folder / "tiktoken.model").exists():
        ids = {t["content"]: t["id"] for t in document["added_tokens"]}
        named = [(str(ids[t["content"]]), t) for _, t in named if t["content"] in ids]
    else:
        named = [(str(base + i), t) for i, (_, t) in enumerate(named)]
    edit(path, added_tokens_decoder=dict(named))
    edit(folder / "config.json", vocab_size=base + 12, bos_token_id=base, eos_token_id=base + 1)


if "--vectors" in sys.argv:
    import gguf
    (ROOT / "Tests" / "Vectors" / "tokenizer").mkdir(exist_ok=True)
    (ROOT / "Tests" / "Vectors" / "tokenizer" / "names.json").write_text(json.dumps({
        "producer": "llama.cpp 0c1e57098bba, gguf-py: Metadata.get_model_id_components, id_to_title, size_label",
        "names": [{"id": id, "parameters": n, "components": gguf.Metadata.get_model_id_components(id, n)[1:],
                   "title": gguf.Metadata.id_to_title(gguf.Metadata.get_model_id_components(id, n)[0])}
                  for id in [*NAMES, "moonshotai/Kimi-K2-Instruct-0905", "./model", "org/a/b-7b"] for n in (0, 8190735360)],
        "sizes": [{"counts": counts, "label": gguf.size_label(*counts)} for counts in COUNTS + [(n, n, 0, 0) for n in SIZES]],
    }, ensure_ascii=False, indent=1) + "\n")
    for family, label, change in VECTORS:
        source = fixture(family, "none")
        folder = folder_of(source, family)
        if label not in ("odd-tokens", "config-tokens"):
            shrink(folder)
        change(folder)
        pre = json.loads((source.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"]
        with_remote_code(lambda: theirs(folder, pre))
        made = max(folder.parent.glob("*-theirs.gguf"), key=lambda path: path.name)
        out = ROOT / "Tests" / "Vectors" / "tokenizer" / label
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        shutil.copy(made, out / "expected.gguf")
        for file in sorted(folder.iterdir()):
            if file.name in ("additional_chat_templates",):
                shutil.copytree(file, out / file.name)
            elif file.name in ("tokenizer.json", "tokenizer_config.json", "tiktoken.model", "chat_template.jinja", "chat_template.json"):
                shutil.copy(file, out / file.name)
        config = json.loads((folder / "config.json").read_text())
        kept = {k: config[k] for k in ("architectures", "model_type", "vocab_size", *(k for k in config if k.endswith("_token_id")))}
        (out / "config.json").write_text(json.dumps(kept, indent=1) + "\n")
checks.end()
