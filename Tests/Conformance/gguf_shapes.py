"""GGUF files of models that no fixture has: other shapes, other configs, other tokenizers' folders, drawn by a seed.

    python gguf_shapes.py [--seed N] [--cases N] [--first N] [--only TEXT] [--keep]

Each case is a family of the fixtures whose config was varied: layers, heads, experts, rows that are no whole blocks, keys that are absent,
scalings of the rotation, biases, dtypes, shards, side files. llama.cpp's converter and `llama-quantize` say what comes of it; ours must be the
same tensors, types, bytes and keys, or a refusal where both refuse. A case is built again by its seed and number alone.
"""
# needs: llama
# slices: 3
# seconds: 38
import argparse, concurrent.futures, json, os, pathlib, random, re, shutil, subprocess, sys, time

from harness import AT_ONCE, HERE, checks, ckpt, new_folder, np, remove, tensors

import expected_tensors, families, llama, make_tiny, make_tiny_tokenizers
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--cases", type=int, default=15)
parser.add_argument("--first", type=int, default=0)
parser.add_argument("--only", default="")
parser.add_argument("--keep", action="store_true")
arguments = parser.parse_args()

# Key -> why ours is another: as in gguf_convert.py.
DIFFERENCES = {"general.name", "general.basename", "general.version", "quantize.imatrix.file"}
KIMI = {"tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.padding_token_id"}
SMALL = ("--threads", "1", "--memory", "256MiB", "--digests", "none", "--errors", "none")
MIXES = [r["name"] for r in ckpt("recipes", expect=0).summary["recipes"] if r["name"].startswith("llama.cpp/")]
PURE = {"mxfp4": "MXFP4_MOE", "q3_K": "Q3_K_M", "q4_K": "Q4_K_M", "q5_K": "Q5_K_M"}
TYPES = "q8_0 q4_0 q4_1 q5_0 q5_1 q2_K q3_K q4_K q5_K q6_K iq4_nl iq4_xs mxfp4".split()
base_dtype = expected_tensors.base_dtype


# ---------------------------------------------------------------- drawing a config
def grouped(draw, config, heads=(1, 2, 3, 4, 5, 8), widths=(32, 64, 96, 80, 128)):
    count = draw.choice(heads)
    config["num_attention_heads"] = count
    config["num_key_value_heads"] = draw.choice([n for n in (1, 2, 3, 4, 5, 8) if count % n == 0])
    config["head_dim"] = draw.choice(widths)


def sizes(draw, config, wide=True):
    config["hidden_size"] = draw.choice([256, 256, 512, 320, 352, 128, 96, 288] if wide else [256, 512, 128, 384])
    if "intermediate_size" in config:
        config["intermediate_size"] = draw.choice([512, 256, 352, 288, 96, 768, 1000, 200] if wide else [512, 256, 128, 384])
    config["vocab_size"] = draw.choice([512, 512, 513, 600, 1000, 544])


def rotation(draw, config, kinds=("none", "llama3", "yarn", "linear", "dynamic")):
    """A scaling of the rotation, as older and as newer configs write it."""
    kind = draw.choice(kinds)
    key = draw.choice(["type", "rope_type"])
    theta = draw.choice([10000.0, 500000, 1e6, 12345.5])
    made = None
    if kind == "llama3":
        made = {key: "llama3", "factor": draw.choice([8.0, 32.0, 4]), "low_freq_factor": 1.0, "high_freq_factor": draw.choice([4.0, 2.0]),
                "original_max_position_embeddings": draw.choice([8192, 512])}
        made["rope_type"] = made.pop(key)
    elif kind == "yarn":
        made = {key: "yarn", "factor": draw.choice([4.0, 2, 40.0]), "original_max_position_embeddings": draw.choice([4096, 32768])}
        for name, value in (("beta_fast", 32.0), ("beta_slow", 1), ("attention_factor", 0.7), ("mscale", 1.0), ("extrapolation_factor", 0.5)):
            if draw.random() < 0.3:
                made[name] = value
    elif kind in ("linear", "dynamic"):
        made = {key: kind, "factor": draw.choice([2.0, 4, 1.5])}
    for name in ("rope_theta", "rope_scaling", "rope_parameters"):
        config.pop(name, None)
    if draw.random() < 0.3 and made:
        made["rope_type"] = made.pop("type", None) or made["rope_type"]
        config["rope_parameters"] = made | {"rope_theta": theta}
    else:
        config["rope_scaling"] = made
        if draw.random() < 0.8:
            config["rope_theta"] = theta


def dropped(draw, config, *names):
    """Keys that a config may leave to the defaults of its class."""
    for name in names:
        if draw.random() < 0.15:
            config.pop(name, None)


def dense(draw, config):
    sizes(draw, config)
    grouped(draw, config)
    config["num_hidden_layers"] = draw.choice([1, 2, 3, 5, 9, 17])
    config["tie_word_embeddings"] = draw.random() < 0.35
    rotation(draw, config)
    if "max_window_layers" in config:
        config["max_window_layers"] = config["num_hidden_layers"]
    if config["model_type"] == "llama":
        if draw.random() < 0.4:
            config["head_dim"] = config["hidden_size"] // config["num_attention_heads"]
            while config["hidden_size"] % config["num_attention_heads"] or config["head_dim"] % 2:
                config["num_attention_heads"] = config["num_key_value_heads"] = draw.choice([1, 2, 4])
                config["head_dim"] = config["hidden_size"] // config["num_attention_heads"]
            if draw.random() < 0.5:
                del config["head_dim"]
            elif draw.random() < 0.3:
                config["head_dim"] = None
        if config["num_key_value_heads"] == config["num_attention_heads"] and draw.random() < 0.4:
            del config["num_key_value_heads"]
        config["mlp_bias"] = draw.random() < 0.15
    config["attention_bias"] = draw.random() < 0.3
    config["rms_norm_eps"] = draw.choice([1e-5, 1e-6, 3e-6])
    dropped(draw, config, "rms_norm_eps", "max_position_embeddings", "tie_word_embeddings" if not config["tie_word_embeddings"] else "")


def experts(draw, config, name="num_experts", used="num_experts_per_tok"):
    config[name] = draw.choice([8, 8, 4, 2, 3, 9, 16])
    config[used] = draw.choice([n for n in (1, 2, 3) if n <= config[name]])


def qwen3_moe(draw, config):
    sizes(draw, config)
    grouped(draw, config)
    rotation(draw, config)
    experts(draw, config)
    config["num_hidden_layers"] = draw.choice([1, 2, 3, 5, 9])
    config["moe_intermediate_size"] = draw.choice([256, 128, 96, 64, 320, 40])
    config["tie_word_embeddings"] = draw.random() < 0.2
    config["attention_bias"] = draw.random() < 0.15
    dropped(draw, config, "norm_topk_prob", "rms_norm_eps", "mlp_only_layers", "decoder_sparse_step", "rope_theta")


def latent(draw, config):
    sizes(draw, config)
    heads = draw.choice([1, 2, 3, 4, 8])
    config.update(num_attention_heads=heads, num_key_value_heads=heads, num_hidden_layers=draw.choice([1, 2, 3, 5]),
                  q_lora_rank=draw.choice([192, 256, 96, 64, None]), kv_lora_rank=draw.choice([128, 256, 96, 512, 64]),
                  qk_nope_head_dim=draw.choice([64, 128, 96, 40, 32]), qk_rope_head_dim=draw.choice([32, 64, 16]),
                  v_head_dim=draw.choice([64, 128, 96, 40]), moe_intermediate_size=draw.choice([256, 128, 96, 64, 320]),
                  n_shared_experts=draw.choice([1, 1, 2]), first_k_dense_replace=draw.choice([0, 1, 2]),
                  num_nextn_predict_layers=draw.choice([0, 0, 1, 1, 2]), norm_topk_prob=draw.random() < 0.7,
                  routed_scaling_factor=draw.choice([1.0, 2.5, 2.827]), rms_norm_eps=draw.choice([1e-5, 1e-6]))
    experts(draw, config, "n_routed_experts")
    # llama.cpp insists on fewer groups than experts.
    groups = draw.choice([n for n in (1, 2, 4) if config["n_routed_experts"] % n == 0 and n < config["n_routed_experts"]])
    config.update(n_group=groups, topk_group=draw.choice([n for n in (1, 2) if n < max(2, groups)]))
    if "qk_head_dim" in config:
        config["qk_head_dim"] = config["qk_nope_head_dim"] + config["qk_rope_head_dim"]
        config["head_dim"] = config["qk_rope_head_dim"]
    if config["model_type"] in ("deepseek_v3", "kimi_k2", "deepseek_v32"):
        made = families.yarn(draw.choice([32, 40, 4]), draw.choice([1.0, 32]), orig=draw.choice([4096, 2048]))
        if draw.random() < 0.3:
            scale = draw.choice([0.707, 1, 0.9])
            made.update(mscale=scale, mscale_all_dim=scale)
        if draw.random() < 0.1:
            del made["mscale_all_dim"]
        config["rope_scaling"] = draw.choice([made, made, made, None])
        config["rope_theta"] = draw.choice([10000, 50000.0, 1000000])
        dropped(draw, config, "norm_topk_prob", "num_nextn_predict_layers" if not config["num_nextn_predict_layers"] else "")
        if config["rope_scaling"] is None:
            dropped(draw, config, "rope_scaling", "rope_scaling")
        config["tie_word_embeddings"] = draw.random() < 0.1


def sparse(draw, config):
    """DeepSeek-V3.2 and GLM-5: an indexer too."""
    latent(draw, config)
    config["q_lora_rank"] = config["q_lora_rank"] or 128
    config.update(index_head_dim=draw.choice([64, 128]), index_n_heads=draw.choice([2, 4, 8]), index_topk=draw.choice([4, 8]))
    layers, first = config["num_hidden_layers"], config["first_k_dense_replace"]
    if "mlp_layer_types" in config:
        config["mlp_layer_types"] = ["dense" if i < first else "sparse" for i in range(layers)]
    if "indexer_types" in config:
        config["indexer_types"] = ["full"] + [draw.choice(["full", "shared"]) for _ in range(layers - 1)]


def kimi_k25(draw, config):
    latent(draw, config["text_config"])
    text = config["text_config"]
    text["tie_word_embeddings"] = False
    config["vision_config"]["text_hidden_size"] = text["hidden_size"]


def hybrid(draw, config):
    text = config.get("text_config", config)
    sizes(draw, text)
    config["tie_word_embeddings"] = draw.random() < 0.2 and text is not config
    grouped(draw, text, widths=(32, 64, 128))
    keys = draw.choice([1, 2, 3, 4])
    text.update(num_hidden_layers=draw.choice([1, 2, 4, 5, 8]), linear_num_key_heads=keys,
                linear_num_value_heads=keys * draw.choice([1, 2, 3]), linear_key_head_dim=draw.choice([32, 64]),
                linear_conv_kernel_dim=draw.choice([4, 4, 2]))
    text["linear_value_head_dim"] = text["linear_key_head_dim"] if draw.random() < 0.7 else draw.choice([32, 64, 96])
    if "num_experts" in text:
        experts(draw, text)
        text.update(moe_intermediate_size=draw.choice([128, 96, 256, 64]), shared_expert_intermediate_size=draw.choice([128, 96, 256]))
    every = draw.choice([4, 4, 2])
    if "layer_types" in text or every != 4:
        text["layer_types"] = ["linear_attention" if (i + 1) % every else "full_attention" for i in range(text["num_hidden_layers"])]
        text["full_attention_interval"] = every
    if text is not config:
        text["mtp_num_hidden_layers"] = draw.choice([1, 1, 2])
        config["vision_config"]["out_hidden_size"] = text["hidden_size"]
        if draw.random() < 0.2:
            for key in ("mrope_section", "mrope_interleaved"):
                text["rope_parameters"].pop(key)


def minimax(draw, config):
    sizes(draw, config)
    grouped(draw, config, widths=(32, 64, 128))
    experts(draw, config, "num_local_experts")
    config.update(num_hidden_layers=draw.choice([1, 2, 3, 5]), rotary_dim=config["head_dim"] // draw.choice([1, 2]))
    config["intermediate_size"] = draw.choice([256, 128, 96, 320])


def gpt_oss(draw, config):
    sizes(draw, config)
    if config["_quant"] == "mxfp4":
        config["hidden_size"] = draw.choice([256, 320, 96])
        config["intermediate_size"] = draw.choice([256, 96, 352])
    grouped(draw, config, widths=(32, 64, 128))
    experts(draw, config, "num_local_experts")
    config["experts_per_token"] = config["num_experts_per_tok"]
    config["num_hidden_layers"] = draw.choice([1, 2, 3, 5])
    config["layer_types"] = [("sliding_attention", "full_attention")[i % 2] for i in range(config["num_hidden_layers"])]
    config["sliding_window"] = draw.choice([8, 128])


DRAWN = {"llama": dense, "qwen3": dense, "qwen3_moe": qwen3_moe, "kimi_k2": latent, "kimi_k2_thinking": latent, "deepseek_v3": latent,
         "minimax_m2": minimax, "gpt_oss": gpt_oss, "deepseek_v32": sparse, "glm5": sparse, "glm52": sparse, "qwen3_next": hybrid,
         "qwen35": hybrid, "qwen35_moe": hybrid, "kimi_k25": kimi_k25}
QUANTS = {"kimi_k2": ["fp8-block", "none"], "kimi_k2_thinking": ["int4"], "kimi_k25": ["int4"]}


# ---------------------------------------------------------------- making a folder
class Case:
    def __init__(self, seed, number):
        self.draw = draw = random.Random(f"{seed}/{number}")
        self.seed, self.number = seed, number
        self.family = list(DRAWN)[number % len(DRAWN)]
        self.entry = families.FAMILIES[self.family]
        self.quant = draw.choice(QUANTS.get(self.family, self.entry["quants"]))
        self.config = self.entry["config"]()
        self.config["_quant"] = self.quant
        DRAWN[self.family](draw, self.config)
        self.text = self.config.get("text_config", self.config)
        scheme, scale = families.QUANT[self.quant]
        self.scheme = scheme
        if scheme == "int4ct":
            for key in ("hidden_size", "moe_intermediate_size"):
                self.text[key] = -(-self.text[key] // 32) * 32
            if self.text is not self.config:
                self.config["vision_config"]["text_hidden_size"] = self.text["hidden_size"]
        self.scale = scale or {"BF16": "bf16", "F16": "f16", "F32": "f32"}[families.default_scale(self.config)]
        # Where the converter adds 1 to a norm, it does so in the tensor's own dtype.
        self.dtype = draw.choice(["BF16"] * 4 + ["F16" if DRAWN[self.family] is not hybrid else "F32", "F32"])
        self.label = f"{seed}/{number} {self.family} {self.quant} {self.dtype}"

    def rows(self):
        rows = expected_tensors.rows_for(self.config, self.scheme)
        text = self.text
        if self.family in ("llama", "qwen3", "qwen3_moe"):
            width = text.get("head_dim") or text["hidden_size"] // text["num_attention_heads"]
            heads = text["num_attention_heads"]
            biases = []
            if text.get("attention_bias"):
                biases = [("self_attn.q_proj", heads * width), ("self_attn.k_proj", text.get("num_key_value_heads", heads) * width),
                          ("self_attn.v_proj", text.get("num_key_value_heads", heads) * width), ("self_attn.o_proj", text["hidden_size"])]
            if text.get("mlp_bias"):
                biases += [("mlp.gate_proj", text["intermediate_size"]), ("mlp.up_proj", text["intermediate_size"]),
                           ("mlp.down_proj", text["hidden_size"])]
            for layer in range(text["num_hidden_layers"]):
                rows += [(f"model.layers.{layer}.{name}.bias", (size,), "bias", "text") for name, size in biases]
        return rows

    def build(self, out):
        draw, config = self.draw, self.config
        out.mkdir(parents=True)
        families.set_quant_config(config, self.entry, self.quant, self.scheme)
        filled = config
        if "num_key_value_heads" not in self.text:
            filled = config | {"num_key_value_heads": config["num_attention_heads"]}
        self.config, kept = filled, config
        self.text = filled.get("text_config", filled)
        rows = self.rows()
        names = {row[0] for row in rows}
        expected = expected_tensors.expected
        expected_tensors.base_dtype = lambda mt, role: self.dtype if base_dtype(mt, role) == "BF16" else base_dtype(mt, role)
        make_tiny.expected = lambda c, scheme: expected(c, scheme) + [
            expected_tensors.R(row[0], row[1], self.dtype, row[2], row[3]) for row in rows if row[2] == "bias" and self.family in
            ("llama", "qwen3", "qwen3_moe")]
        tensors, _ = make_tiny.store(rows, f"{self.seed}/{self.number}", self.entry, filled["model_type"], self.scheme, self.scale, filled)
        make_tiny.expected, expected_tensors.base_dtype = expected, base_dtype
        self.config, self.text = kept, kept.get("text_config", kept)
        order = list(tensors)
        if self.scheme != "mxfp4" and draw.random() < 0.5:
            # Scales and their weights, experts and their like in files of their own.
            draw.shuffle(order)
        shards = draw.choice([1, 2, 3, 5])
        made = {name: tensors[name] for name in order}
        if shards == 1 and draw.random() < 0.5:
            from safetensors.torch import save_file
            save_file({k: v.contiguous() for k, v in made.items()}, out / "model.safetensors", metadata={"format": "pt"})
        else:
            make_tiny.write(str(out), made, draw.choice(["hf", "hf6", "plain"]), shards, None)
        (out / "config.json").write_text(json.dumps({k: v for k, v in kept.items() if not k.startswith("_")}, indent=1))
        make_tiny_tokenizers.build(families.TOKENIZER[kept["model_type"]], str(out), quiet=True)
        golden = pathlib.Path(str(out) + ".golden")
        golden.mkdir()
        (out / "golden_tokenizer.json").rename(golden / "golden_tokenizer.json")
        self.path, self.golden = out, golden
        self.side_files()
        return self

    def side_files(self):
        draw, out = self.draw, self.path
        if draw.random() < 0.8:
            generation = {"bos_token_id": self.text.get("bos_token_id"), "eos_token_id": draw.choice([481, [481, 482], None])}
            for key, value in (("temperature", 0.6), ("top_p", 0.95), ("top_k", 20), ("repetition_penalty", 1.05), ("min_p", 0), ("do_sample", True)):
                if draw.random() < 0.4:
                    generation[key] = value
            (out / "generation_config.json").write_text(json.dumps(generation))
        path = out / "tokenizer_config.json"
        config = json.loads(path.read_text())
        template = "{% for m in messages %}<|im_start|>{{ m['content'] }} ä☃\n{% endfor %}"
        kind = draw.choice(["none", "jinja", "config", "named", "both"])
        if kind in ("jinja", "both"):
            (out / "chat_template.jinja").write_text(template)
        if kind in ("config", "both"):
            config["chat_template"] = template + "!"
        if kind == "named":
            config["chat_template"] = [{"name": "default", "template": template}, {"name": "tool_use", "template": template + "?"}]
        for key in ("add_bos_token", "add_eos_token"):
            if draw.random() < 0.3:
                config[key] = draw.random() < 0.5
        if draw.random() < 0.3:
            config["pad_token"] = config["eos_token"]
        if draw.random() < 0.2:
            config["unk_token"] = None
        path.write_text(json.dumps(config, ensure_ascii=False, indent=1))
        if draw.random() < 0.3:
            (out / "README.md").write_text("---\nlicense: mit\ntags:\n- a\n- b\nlanguage: [en, de]\nbase_model: some/Model-7B\n---\n# x\n")
        if draw.random() < 0.2:
            (out / "special_tokens_map.json").write_text(json.dumps({"bos_token": config["bos_token"], "eos_token": config["eos_token"]}))

    @property
    def vocab(self):
        return "golden" if "kimi" in self.family or self.family == "deepseek_v32" else "own"

    @property
    def pre(self):
        return ("--pre", json.loads((self.golden / "golden_tokenizer.json").read_text())["gguf"]["tokenizer.ggml.pre"])


# ---------------------------------------------------------------- judging
def theirs(jobs):
    """Runs the converter on all; what it refuses, and why."""
    path = new_folder("jobs.json")
    path.write_text(json.dumps([[str(case.path), str(out), outtype, case.vocab] for case, out, outtype in jobs]))
    done = subprocess.run([sys.executable, str(HERE / "oracle" / "convert_f32.py"), "--jobs", str(path)], capture_output=True, text=True, timeout=3000)
    refused = {}
    for text in re.split(r"^(?=\[')", done.stderr, flags=re.M):
        found = re.match(r"\['(.*?)', '(.*?)', ", text)
        if found:
            refused[found[2]] = text.strip()[-300:]
    return refused


def compare(label, ours, wanted, case):
    ours, wanted = llama.Model(ours), llama.Model(wanted)
    checks.equal(llama.differing(ours, wanted)[:6], [], f"{label}: tensors")
    but = set(DIFFERENCES)
    if case.vocab == "golden":
        but |= {k for k in {*ours.keys, *wanted.keys} if k.startswith("tokenizer.")}
    # There is no config class of Kimi K2 that the converter could ask; the model renormalises where its config does not say.
    if "norm_topk_prob" not in case.text and case.text.get("model_type") == "kimi_k2":
        but.add("deepseek2.expert_weights_norm")
    mine, want = ({k: v for k, v in model.keys.items() if k not in but} for model in (ours, wanted))
    wrong = [f"{k}: {str(mine.get(k))[:200]}, expected {str(want.get(k))[:200]}" for k in sorted({*mine, *want}) if mine.get(k) != want.get(k)]
    checks.equal(wrong, [], f"{label}: keys")


def write_importance(case, folder, model):
    """Weights in one of both formats: whole; with entries missing; with experts that no token met; with zeros."""
    draw = case.draw
    rng = np.random.default_rng(draw.randrange(1 << 30))
    kind = draw.choice(["whole", "missing", "experts", "zeros", "embedding"])
    isLegacy = draw.random() < 0.4
    entries = []
    path = folder / f"imatrix.{'dat' if isLegacy else 'gguf'}"
    writer = None if isLegacy else llama.gguf.GGUFWriter(path, "imatrix")
    if writer:
        writer.add_string("general.type", "imatrix")
        writer.add_array("imatrix.datasets", ["a text", "another"])
        writer.add_uint32("imatrix.chunk_count", 5)
        writer.add_uint32("imatrix.chunk_size", 512)
    for name, (_, shape, _) in llama.Model(model).tensors.items():
        if len(shape) < 2 or not name.startswith("blk.") and not (kind == "embedding" and name in ("output.weight", "token_embd.weight")):
            continue
        if kind == "missing" and rng.random() < 0.1:
            continue
        matrices = shape[2] if len(shape) > 2 else 1
        counts = rng.integers(1, 4000, (matrices, 1)).astype(np.float32)
        if kind == "experts":
            counts[rng.random(counts.shape) < 0.3] = 0
        if kind == "zeros" and rng.random() < 0.2:
            counts[:] = 0
        sums = (rng.lognormal(0, 2, (matrices, shape[0])) * np.maximum(counts, 1)).astype(np.float32)
        sums[rng.random(sums.shape) < (0.5 if kind == "zeros" else 0.02)] = 0
        if kind == "zeros" and rng.random() < 0.2:
            sums[:] = 0
        if writer:
            writer.add_tensor(name + ".in_sum2", sums)
            writer.add_tensor(name + ".counts", counts)
        else:
            entries.append((name.encode(), draw.choice([0, 1, 7]), sums.tobytes()))
    if writer:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    else:
        def number(*values):
            return np.array(values, "<i4").tobytes()
        body = b"".join(number(len(n)) + n + number(calls, len(w) // 4) + w for n, calls, w in entries)
        path.write_bytes(number(len(entries)) + body + draw.choice([b"", number(5, 6) + b"a text", number(5)]))
    return path, kind


def quantized(case, label, source, model, ours, wanted, name, line, options):
    """Ours and llama-quantize's, or both refuse."""
    try:
        llama.quantize(model, wanted, name, *options)
    except RuntimeError as error:
        result = ckpt("convert", source, ours, *line)
        checks.true(result.exit == 2 and result.json["error"], f"{label}: llama-quantize refuses, and so do we",
                    f"exit {result.exit}; it says {str(error)[-200:]}")
        return None
    result = ckpt("convert", source, ours, *line)
    if not checks.true(result.exit == 0, f"{label}: exits with 0", f"exit {result.exit}: {(result.stderr or result.stdout)[-500:]}"):
        return None
    return True


def unsaid(text):
    """Whether a model asks for YaRN with unlike mscales or without them: the converter writes one number for both, and the file is another model."""
    scaling = text.get("rope_scaling") or text.get("rope_parameters") or {}
    if scaling.get("type", scaling.get("rope_type")) != "yarn":
        return False
    if "kv_lora_rank" not in text:
        return scaling.get("truncate", True) is (text.get("model_type") == "gpt_oss")
    return not scaling.get("mscale_all_dim") or scaling.get("mscale") != scaling["mscale_all_dim"]


def judge(case, folder, refused):
    draw, label = case.draw, case.label
    plain = {t: folder / f"theirs.{t}.gguf" for t in case.outtypes}
    for outtype in case.outtypes:
        ours = folder / f"ours.{outtype}.gguf"
        recipe = "mxfp4-native" if case.quant == "mxfp4" else outtype
        result = ckpt("convert", case.path, ours, "--to", recipe, *case.pre, *SMALL)
        if str(plain[outtype]) in refused:
            checks.note(f"{label} {outtype}: the converter refuses: {refused[str(plain[outtype])][-160:]!r}; ckpt exits with {result.exit}: "
                        f"{(result.json['error'] or {}).get('problem', [f['problem'][:80] for f in result.json['findings'][:2]])}")
            return
        if unsaid(case.text):
            checks.equal(result.json["error"] and result.json["error"]["code"], "recipe.no-reader", f"{label} {outtype}: what no key says is refused")
            return
        if checks.true(result.exit == 0, f"{label} {outtype}: exits with 0", f"exit {result.exit}: {result.stdout[-600:]}"):
            compare(f"{label} {outtype}", ours, plain[outtype], case)
    # DeepSeek's attention without a query latent has a place in a file, but llama.cpp loads it for its smallest model alone.
    if case.quant == "mxfp4" or case.text.get("q_lora_rank", 1) is None:
        return
    f32 = plain["f32"]
    read_back(case, folder, plain)
    matrix, kind = write_importance(case, folder, f32)
    names = ["llama.cpp/Q8_0"] + draw.sample(MIXES, 3)
    for name in names:
        weights = ("--imatrix", matrix) if draw.random() < 0.6 else ()
        ours, wanted = folder / "ours.gguf", folder / "wanted.gguf"
        what = f"{label} {name} {kind + matrix.suffix if weights else 'plain'}"
        line = ("--to", name, *weights, *case.pre, *SMALL)
        if quantized(case, what, case.path, f32, ours, wanted, name.removeprefix("llama.cpp/"), line, weights):
            compare(what, ours, wanted, case)
        for path in (ours, wanted):
            path.unlink(missing_ok=True)
    pure(case, folder, f32)
    typed(case, folder, f32)
    again(case, folder, plain, matrix)


def read_back(case, folder, plain):
    """What llama.cpp wrote, read by ckpt: its checks find nothing, its values are the checkpoint's, and so is the folder made of it."""
    label, f32 = case.label, plain["f32"]
    found = ckpt("validate", f32)
    checks.true(found.exit == 0 and found.summary["errors"] == 0, f"{label}: validate", found.stdout[-600:])
    result = ckpt("compare", case.path, f32)
    one_sided = [f for f in result.json["findings"] if f["severity"] == "error"]
    left = [f for f in one_sided if f["code"] != "compare.one-sided" or not re.search(r"visual|vision|mm_proj|layers\.\d+\.|mtp", f["tensor"] or "")]
    checks.equal(left[:2], [], f"{label}: compare finds the tensors of both")
    inexact = sum("ssm_a" in name or name.endswith("norm.weight") for name in llama.Model(f32).tensors) if DRAWN[case.family] is hybrid else 0
    checks.true(result.summary["tensors"] and result.summary["identical"] >= result.summary["tensors"] - inexact, f"{label}: the same values",
                f"{result.summary['identical']} of {result.summary['tensors']}: {result.summary['worst'][:3]}")
    for mix in ("inspect", "list"):
        done = ckpt(mix, f32)
        checks.equal(done.exit, 0, f"{label}: {mix}")
    back = folder / "back"
    done = ckpt("convert", f32, back, "--to", "bf16", *SMALL)
    if checks.true(done.exit == 0, f"{label}: back to a folder", done.stdout[-500:]) and case.quant == "none" and case.dtype == "BF16":
        source, made = tensors(case.path), tensors(back)
        wrong = [name for name in made if name in source and DRAWN[case.family] is not hybrid
                 and not np.array_equal(made[name].astype(np.float32), source[name].astype(np.float32))]
        missing = [name for name in source if name not in made and not re.search(r"visual|vision|mm_proj|mtp|inv_freq|layers\.\d+\.|experts", name)]
        tied = case.config.get("tie_word_embeddings") or case.text.get("tie_word_embeddings")
        checks.equal((wrong[:3], [name for name in missing if not (tied and name == "lm_head.weight")]), ([], []), f"{label}: the folder's tensors")
    remove(back)


def differing(case, ours, wanted):
    """Codes of INT4 experts are kept where they become Q4_0, and not quantized again."""
    found = llama.differing(llama.Model(ours), llama.Model(wanted))
    return [text for text in found if case.quant != "int4" or not re.search(r"_exps.*bytes of Q4_0$", text)][:6]


def pure(case, folder, f32):
    name = case.draw.choice(TYPES)
    number = lambda *values: np.array(values, "<i4").tobytes()
    entries = [(n.encode(), np.ones(int(np.prod(shape)) // shape[1], np.float32).tobytes())
               for n, (_, shape, _) in llama.Model(f32).tensors.items() if len(shape) > 1]
    (folder / "ones.dat").write_bytes(number(len(entries)) + b"".join(number(len(n)) + n + number(1, len(w) // 4) + w for n, w in entries))
    ours, wanted, what = folder / "ours.gguf", folder / "wanted.gguf", f"{case.label} pure {name}"
    mix = PURE.get(name, name.upper())
    if quantized(case, what, case.path, f32, ours, wanted, mix, ("--to", name, *case.pre, *SMALL), ("--pure", "--imatrix", folder / "ones.dat")):
        checks.equal(differing(case, ours, wanted), [], f"{what}: tensors")
    for path in (ours, wanted):
        path.unlink(missing_ok=True)


RULES = ["ffn_down=q6_K", "attn_.*=Q8_0", r"^blk\.0\.=f16", "token_embd=q4_0", "norm|inp=q4_0", "exps=iq4_nl", "indexer=q8_0", r"blk\.[13579]\..*gate=q5_K",
         "ATTN_K=bf16", r"^output\.weight$=q5_1", "ssm_|_b=q4_1", "up=f32"]


def typed(case, folder, f32):
    """Types by name, as both read them; and the types that we wrote down, read by llama-quantize."""
    draw, rules = case.draw, folder / "rules"
    rules.write_text("\n".join(draw.sample(RULES, 4)) + "\n")
    ours, wanted, written = folder / "ours.gguf", folder / "wanted.gguf", folder / "written"
    for name in ("llama.cpp/" + draw.choice(["Q4_K_M", "Q3_K_S", "Q8_0", "Q5_1", "F16"]), draw.choice(["q4_0", "q5_K"])):
        what, isMix = f"{case.label} {name}, types by name {rules.read_text().split()}", name.startswith("llama")
        line = ("--to", name, "--tensor-type-file", rules, "--export-tensor-types", written, *case.pre, *SMALL)
        mix = name.removeprefix("llama.cpp/") if isMix else PURE.get(name, name.upper())
        flat = () if isMix else ("--pure", "--imatrix", folder / "ones.dat")
        if quantized(case, what, case.path, f32, ours, wanted, mix, line, (*flat, "--tensor-type-file", rules)):
            checks.equal(differing(case, ours, wanted), [], f"{what}: tensors")
            wanted.unlink()
            llama.quantize(f32, wanted, "Q8_0", *flat[1:], "--tensor-type-file", written)
            checks.equal(differing(case, ours, wanted), [], f"{what}, written down: tensors")
        for path in (ours, wanted):
            path.unlink(missing_ok=True)


def again(case, folder, plain, matrix):
    """From the converter's own files, and from llama-quantize's."""
    draw = case.draw
    eight = folder / "eight.gguf"
    llama.quantize(plain["f32"], eight, "Q8_0")
    for source in (*plain.values(), eight):
        name = draw.choice(MIXES)
        weights = ("--imatrix", matrix) if draw.random() < 0.4 else ()
        ours, wanted, what = folder / "ours.gguf", folder / "wanted.gguf", f"{case.label} {source.name} to {name} {'with' if weights else 'without'}"
        options = (*weights, "--allow-requantize") if source == eight else weights
        if quantized(case, what, source, source, ours, wanted, name.removeprefix("llama.cpp/"), ("--to", name, *weights, *SMALL), options):
            compare(what, ours, wanted, case)
        for path in (ours, wanted):
            path.unlink(missing_ok=True)


def main():
    torch.set_num_threads(1)
    began = time.monotonic()
    cases, jobs = [], []
    top = new_folder("cases")
    for number in range(arguments.first, arguments.first + arguments.cases):
        case = Case(arguments.seed, number)
        if arguments.only not in case.label or not checks.selected(case.label):
            continue
        with checks.case(case.label):
            case.build(top / str(number) / "model")
            case.outtypes = ["bf16"] if case.quant == "mxfp4" else ["f32", case.draw.choice(["bf16", "f16"])]
            cases.append(case)
            jobs += [(case, top / str(number) / f"theirs.{t}.gguf", t) for t in case.outtypes]
    built = time.monotonic()
    refused = theirs(jobs)
    converted = time.monotonic()
    if arguments.keep:
        print(top)

    def one(case):
        with checks.case(case.label):
            judge(case, top / str(case.number), refused)
        if not arguments.keep:
            remove(top / str(case.number))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, cases))
    checks.note(f"{len(cases)} cases, {len(refused)} files refused by the converter; built in {built - began:.0f} s, converted by llama.cpp in "
                f"{converted - built:.0f} s, judged in {time.monotonic() - converted:.0f} s")


main()
checks.end()
