"""The types of `llama.cpp/<MIX>`: what `llama-quantize` decides, for models of many shapes.

    Tests/Conformance/run.sh mixes      holds Tests/Vectors/mixes/ against the program
    python mixes.py --write             writes Tests/Vectors/mixes/ anew

`swift test` holds our choices against the vectors. The tiny models are those of the fixtures, through llama.cpp's converter. The others have
true headers and no data: `llama-quantize --dry-run` reads none.

A vector: the facts of a model, its tensors (`{0-3}` stands for layers; dimensions as in GGUF), and by command line what each tensor gets, in
the order of the list: `-` is left alone, `*4` are four layers alike, `Q5_0<Q4_K` fell back, `! name` means that the program refused because
of this tensor.
"""
# needs: llama
# slices: 4
# seconds: 50
import concurrent.futures, json, os, pathlib, re, subprocess, sys

from harness import AT_ONCE, checks, fixture, new_folder, np, remove

from llama import BIN, convert, gguf

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "Vectors" / "mixes"

MIXES = """Q1_0 Q2_0 Q4_0 Q4_1 MXFP4_MOE Q5_0 Q5_1 IQ2_XXS IQ2_XS IQ2_S IQ2_M IQ1_S IQ1_M TQ1_0 TQ2_0 Q2_K Q2_K_S IQ3_XXS IQ3_S IQ3_M IQ3_XS
Q3_K_S Q3_K_M Q3_K_L IQ4_NL IQ4_XS Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K Q8_0 F16 BF16 F32""".split()
OPTIONS = [
    "Q3_K", "Q4_K", "Q5_K", "Q2_K --pure", "Q4_K_M --pure", "Q8_0 --pure --imatrix", "Q4_K_M --leave-output-tensor",
    "Q4_K_M --output-tensor-type q8_0", "Q4_K_M --token-embedding-type bf16", "F16 --token-embedding-type q8_0",
    "Q4_K_M --output-tensor-type f16 --token-embedding-type q5_1", "Q2_K --pure --output-tensor-type q5_1",
    "Q3_K_M --tensor-type ffn_down=q6_K --tensor-type attn_[qk].=Q8_0",
    "Q4_K_M --tensor-type ^blk\\.([0-9]*[13579])\\.ffn_(up|gate)(_exps)?\\.weight$=iq4_xs --tensor-type BLK\\.\\D*[0-4]\\.=q5_0",
    "IQ4_XS --tensor-type _(?!q|k)[a-z]{4,6}\\.w=q4_1 --tensor-type \\b(token|output)=q6_k", "F16 --tensor-type attn=q8_0",
    "Q6_K --tensor-type ffn_gate_inp|norm=q4_0 --tensor-type blk\\.\\d.ffn=bf16",
]
REAL = ["Q2_K_S --imatrix --include-weights ffn_", "IQ3_XXS --imatrix --include-weights attn_", "IQ2_M --imatrix --include-weights blk.0."]


# ---------------------------------------------------------------- models without data
def layers(count, names):
    return [(f"blk.{i}.{name}.weight", shape) for i in range(count) for name, shape in names.items()]


def dense(width, heads, shared, hidden, head=64):
    return {
        "attn_norm": [width], "attn_q": [width, heads * head], "attn_k": [width, shared * head], "attn_v": [width, shared * head],
        "attn_output": [heads * head, width], "ffn_norm": [width], "ffn_gate": [width, hidden], "ffn_up": [width, hidden],
        "ffn_down": [hidden, width],
    }


def experts(width, count, hidden, shared=0):
    names = {
        "ffn_norm": [width], "ffn_gate_inp": [width, count], "ffn_gate_exps": [width, hidden, count], "ffn_up_exps": [width, hidden, count],
        "ffn_down_exps": [hidden, width, count],
    }
    if shared:
        names |= {"ffn_gate_shexp": [width, shared], "ffn_up_shexp": [width, shared], "ffn_down_shexp": [shared, width]}
    return names


def attention(names):
    return {name: shape for name, shape in names.items() if not name.startswith("ffn_")}


def mla(width, heads):
    return {
        "attn_norm": [width], "attn_q_a": [width, 512], "attn_q_a_norm": [512], "attn_q_b": [512, heads * 192], "attn_kv_a_mqa": [width, 576],
        "attn_kv_a_norm": [512], "attn_k_b": [128, 512, heads], "attn_v_b": [512, 128, heads], "attn_output": [heads * 128, width],
    }


def ends(width, tied=False):
    return [("token_embd.weight", [width, 1000]), ("output_norm.weight", [width])] + ([] if tied else [("output.weight", [width, 1000])])


def llama(count, heads, shared, width=512, hidden=1024, tied=False, arch="llama", **more):
    return model(arch, count, heads, shared, ends(width, tied) + layers(count, dense(width, heads, shared, hidden)), **more)


def mixture(arch, count, heads, shared, number, first=0, width=256, hidden=256, shared_hidden=0, is_mla=False, **more):
    dense_layer = dense(width, heads, shared, 512)
    attn = mla(width, heads) if is_mla else attention(dense_layer)
    ffn = {name: shape for name, shape in dense_layer.items() if name.startswith("ffn_")}
    tensors = ends(width)
    for i in range(count):
        names = attn | (ffn if i < first else experts(width, number, hidden, shared_hidden))
        tensors += [(f"blk.{i}.{name}.weight", shape) for name, shape in names.items()]
    return model(arch, count, heads, 1 if is_mla else shared, tensors, expert_count=number, expert_used_count=2, **more)


def falcon(count):
    width = 512
    names = {"attn_norm": [width], "attn_qkv": [width, 640], "attn_output": [width, width], "ffn_up": [width, 2048], "ffn_down": [2048, width]}
    return model("falcon", count, 8, 1, ends(width) + layers(count, names))


def model(arch, count, heads, shared, tensors, **more):
    width = dict(tensors)["token_embd.weight"][0]
    keys = {
        "block_count": count, "context_length": 4096, "embedding_length": width, "feed_forward_length": 1024, "attention.head_count": heads,
        "attention.head_count_kv": shared, "attention.layer_norm_rms_epsilon": 1e-5, "attention.layer_norm_epsilon": 1e-5,
    }
    return arch, keys | more, tensors


DEEPSEEK = {
    "attention.q_lora_rank": 512, "attention.kv_lora_rank": 512, "attention.key_length": 576, "attention.value_length": 512,
    "attention.key_length_mla": 192, "attention.value_length_mla": 128, "rope.dimension_count": 64, "expert_feed_forward_length": 256,
    "expert_shared_count": 1, "expert_weights_scale": 2.5, "expert_weights_norm": True, "expert_gating_func": 2, "vocab_size": 1000,
}


def deepseek(count, first, number, **more):
    return mixture("deepseek2", count, 8, 1, number, first, shared_hidden=256, is_mla=True, leading_dense_block_count=first, **(DEEPSEEK | more))


KDA = {"ssm.conv_kernel": 4, "kda.head_dim": 128, "kda.gate_lower_bound": -5.0}
GLM5_NEXT = DEEPSEEK | KDA | {
    "attention.indexer.head_count": 8, "attention.indexer.key_length": 128, "attention.indexer.top_k": 64, "attention.indexer.kpool": 4,
    "hyper_connection.count": 4, "hyper_connection.sinkhorn_iterations": 4, "hyper_connection.epsilon": 1e-6,
}


def glm5_next(count):
    """Of every tensor that this architecture treats in its own way, one a layer."""
    arch, keys, tensors = mixture("glm5-next", count, 8, 1, 16, 1, shared_hidden=256, is_mla=True, leading_dense_block_count=1, **GLM5_NEXT)
    more = {
        "hc_attn_fn": [256, 256], "indexer.attn_q_b": [512, 1024], "indexer.attn_k": [256, 256], "indexer.proj": [256, 8],
        "indexer_compressor_gate": [256, 256], "indexer_compressor_ape": [256, 4], "ssm_f_a": [256, 256], "ssm_f_b": [256, 256],
        "ssm_g_a": [256, 256], "ssm_g_b": [256, 256], "ssm_beta": [256, 8], "nextn.eh_proj": [512, 256],
    }
    return arch, keys, tensors + layers(count, more)


SYNTHETIC = {
    "llama, 8 layers, 4 heads share": llama(8, 8, 2),
    "llama, 37 layers, 2 heads share": llama(37, 8, 4),
    "llama, 80 layers, 8 heads share": llama(80, 8, 1),
    "llama, 80 layers, no heads share": llama(80, 2, 2),
    "llama, tied": llama(9, 8, 8, tied=True),
    "llama, rows of 96, 320 and 40": llama(16, 5, 5, width=96, hidden=40, tied=False),
    "llama, tied, rows of 320 and 1000": llama(16, 5, 1, width=320, hidden=1000, tied=True),
    "llama, 8 experts": mixture("llama", 32, 4, 1, 8),
    "llama, 8 experts, no heads share": mixture("llama", 13, 4, 4, 8),
    "llama, 4 experts, 2 heads share": mixture("llama", 11, 4, 2, 4),
    "llama, 3 experts, 2 heads share": mixture("llama", 11, 4, 2, 3),
    "qwen2, 80 layers": llama(80, 4, 4, arch="qwen2"),
    "qwen3, 64 layers": llama(64, 8, 1, arch="qwen3"),
    "qwen3moe, 94 layers, 128 experts": mixture("qwen3moe", 94, 16, 4, 128, expert_feed_forward_length=256),
    "deepseek2, 61 layers, 256 experts": deepseek(61, 3, 256),
    "deepseek2, 61 layers, 384 experts": deepseek(61, 1, 384),
    "deepseek2, 8 experts": deepseek(24, 1, 8),
    "olmo, 80 layers": llama(80, 4, 4, arch="olmo"),
    "jais2, 68 layers": llama(68, 4, 2, arch="jais2"),
    "glm5-next, 12 layers": glm5_next(12),
    "bailingmoe3, 12 layers": mixture(
        "bailingmoe3", 12, 8, 1, 16, 1, shared_hidden=256, is_mla=True, leading_dense_block_count=1, **(DEEPSEEK | KDA)),
    "falcon, 32 layers": falcon(32),
    "falcon, 60 layers": falcon(60),
}
TINY = [("llama", "none"), ("llama_tied", "none"), ("qwen3", "none"), ("qwen3_tied", "none"), ("qwen3_moe", "none"), ("deepseek_v3", "none"),
        ("kimi_k2", "none"), ("qwen3_next", "none"), ("gpt_oss", "none"), ("minimax_m2", "none"), ("glm5", "none")]


def write_header(path, arch, keys, tensors):
    writer = gguf.GGUFWriter(path, arch)
    for key, value in keys.items():
        key = f"{arch}.{key}"
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, float):
            writer.add_float32(key, value)
        else:
            writer.add_uint32(key, value)
    size = 0
    for name, shape in tensors:
        bytes = int(np.prod(shape, dtype=np.int64)) * 4
        writer.add_tensor_info(name, tuple(reversed(shape)), np.dtype(np.float32), bytes)
        size += -(-bytes // 32) * 32
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    os.truncate(path, -(-os.path.getsize(path) // 32) * 32 + size)


# ---------------------------------------------------------------- asking
def write_imatrix(path, tensors):
    writer = gguf.GGUFWriter(path, "imatrix")
    writer.add_string("general.type", "imatrix")
    writer.add_array("imatrix.datasets", ["none"])
    writer.add_uint32("imatrix.chunk_count", 1)
    writer.add_uint32("imatrix.chunk_size", 64)
    for name, shape in tensors:
        if len(shape) > 1:
            matrices = shape[2] if len(shape) > 2 else 1
            writer.add_tensor(name + ".in_sum2", np.ones((matrices, shape[0]), np.float32))
            writer.add_tensor(name + ".counts", np.ones((matrices, 1), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def ask(path, imatrix, line, dry=True):
    """What `llama-quantize` says, by tensor, or the tensor it refuses."""
    mix, *options = line.split()
    if "--imatrix" in options:
        options.insert(options.index("--imatrix") + 1, str(imatrix))
    out = [] if dry else [str(path) + ".out"]
    done = subprocess.run(
        [os.path.join(BIN, "llama-quantize"), *(["--dry-run"] if dry else []), *options, str(path), *out, mix, "1"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=600)
    for file in out:
        pathlib.Path(file).unlink(missing_ok=True)
    text = done.stdout + done.stderr
    fallbacks = dict(re.findall(r"warning: (\S+) +- ncols .*?required for type +(\S+?)\) ", text))
    if done.returncode:
        named = re.findall(r"offending tensor: (\S+)|Missing importance matrix for tensor (\S+) in", text)
        if named:
            return "".join(named[0])
        if "no tensor type fallback" in text:
            return list(fallbacks)[-1]
        raise RuntimeError(f"{line}: {text[-800:]}")
    if not dry:
        return ask(path, imatrix, line)
    if "will require an imatrix" in text:
        return ask(path, imatrix, line, dry=False)
    types = {}
    for name, rest in re.findall(r"^\[ *\d+/ *\d+\] (\S+) +- \[.*?\], type = +f32, size = (.*)$", text, re.M):
        made = re.search(r"\((\S+)\)$", rest)
        types[name] = (made[1].upper() if made else "-") + (f"<{fallbacks[name].upper()}" if name in fallbacks else "")
    return types


def grouped(tensors):
    """The list with layers folded: (name with {a-b}, shape, names)."""
    groups = {}
    for name, shape in tensors:
        found = re.match(r"blk\.(\d+)\.(.*)", name)
        key = (f"blk.{{}}.{found[2]}" if found else name, tuple(shape))
        groups.setdefault(key, []).append((int(found[1]) if found else None, name))
    result = []
    for (name, shape), members in groups.items():
        runs = []
        for layer, full in members:
            if runs and layer is not None and layer == runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], layer, runs[-1][2] + [full])
            else:
                runs.append((layer, layer, [full]))
        for first, last, names in runs:
            result.append((name if first is None else name.replace("{}", f"{{{first}-{last}}}"), list(shape), names))
    return result


def folded(types, groups):
    words = []
    for _, _, names in groups:
        runs = []
        for name in names:
            if runs and runs[-1][0] == types[name]:
                runs[-1][1] += 1
            else:
                runs.append([types[name], 1])
        words.append(",".join(kind + (f"*{count}" if count > 1 else "") for kind, count in runs))
    return " ".join(words)


def vector(path, label, arch, keys, tensors, pool, options):
    imatrix = pathlib.Path(str(path) + ".imatrix")
    write_imatrix(imatrix, tensors)
    groups = grouped(tensors)
    lines = MIXES + [mix + " --imatrix" for mix in MIXES if mix not in ("F16", "BF16", "F32")] + options
    answers = dict(zip(lines, pool.map(lambda line: ask(path, imatrix, line), lines)))
    if path.stat().st_size < 1 << 24:
        for line in REAL:
            answers[line] = ask(path, imatrix, line, dry=False)
    imatrix.unlink()
    said = {}
    for line, answer in answers.items():
        said[line] = "! " + answer if isinstance(answer, str) else folded(answer, groups)
    for mix in MIXES:
        if said.get(mix + " --imatrix") == said[mix]:
            del said[mix + " --imatrix"]
    facts = {
        "architecture": arch, "layers": keys["block_count"], "next_token_layers": keys.get("nextn_predict_layers", 0),
        "experts": keys.get("expert_count", 0), "heads": keys["attention.head_count"], "key_value_heads": keys["attention.head_count_kv"],
    }
    return {"model": label, **facts, "tensors": [[name, *shape] for name, shape, _ in groups], "types": said}


def first(value):
    return value[0] if isinstance(value, list) else value


def vectors():
    folder = new_folder("models")
    folder.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        tiny = {(family, quant): folder / f"{family}.gguf" for family, quant in TINY if checks.selected(f"tiny {family}")}
        convert(*((fixture(family, quant), out, "f32", "golden") for (family, quant), out in tiny.items()))
        for (family, quant), path in tiny.items():
            reader = gguf.GGUFReader(path)
            arch = reader.fields["general.architecture"].contents()
            keys = {key.removeprefix(arch + "."): first(field.contents()) for key, field in reader.fields.items() if key.startswith(arch + ".")}
            keys.setdefault("attention.head_count_kv", keys["attention.head_count"])
            tensors = [(t.name, [int(n) for n in t.shape]) for t in reader.tensors]
            yield vector(path, f"tiny {family}", arch, keys, tensors, pool, OPTIONS)
            path.unlink()
        path = folder / "m.gguf"
        for label in checks.sliced(SYNTHETIC):
            arch, keys, tensors = SYNTHETIC[label]
            write_header(path, arch, keys, tensors)
            yield vector(path, label, arch, keys, tensors, pool, OPTIONS[:1] + OPTIONS[3:5] + OPTIONS[12:15])
            path.unlink()
    remove(folder)


def file_name(label):
    return re.sub(r"\W+", "-", label) + ".json"


def program():
    text = subprocess.run([os.path.join(BIN, "llama-quantize"), "--help"], capture_output=True, text=True).stdout
    commit = os.environ.get("LLAMA_COMMIT", "0c1e57098bba")
    listed = re.findall(r"^ +(?:\d+ +or +)?([A-Z]\w+) +:", text, re.M)
    return {"program": "llama-quantize", "of": f"llama.cpp {commit}, ggml 0.25.3", "mixes": listed}


def main():
    known = program()
    missing = sorted(set(known["mixes"]) - set(MIXES) - {"COPY", "Q3_K", "Q4_K", "Q5_K"})
    checks.equal(missing, [], "mixes that the program lists and this file does not")
    for made in vectors():
        text = json.dumps({"made_by": f"{known['program']} of {known['of']}", **made}, indent=1)
        # A tensor on a line.
        text = re.sub(r"\[\n +(\"[^\"]+\"),((?:\n +\d+,?)+)\n +\]", lambda m: "[" + m[1] + "," + re.sub(r"\s+", " ", m[2]) + "]", text) + "\n"
        path = VECTORS / file_name(made["model"])
        if "--write" in sys.argv:
            path.write_text(text)
        checks.true(path.exists() and path.read_text() == text, f"{made['model']}: the vector says what llama-quantize says")
    checks.equal(len(list(VECTORS.glob("*.json"))), len(TINY) + len(SYNTHETIC), "vectors")


main()
checks.end()
