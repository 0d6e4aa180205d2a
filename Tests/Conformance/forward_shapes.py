"""`ckpt forward` against transformers on models of drawn shapes: heads, widths, layers, experts, groups, windows, scalings.

    forward_shapes.py [--seed 0] [--cases 3] [FAMILY ...]

A case is one config of a family with about every size and switch drawn anew, tiny random weights in one of the family's
storages, and a prompt of a drawn length. What is drawn depends on the seed, the family and the case's number alone.
"""
# seconds: 19
import argparse, copy, hashlib, json, random, warnings

from harness import Fixture, checks, ckpt, new_folder, np, remove

import torch
import families
import make_tiny
from expected_tensors import params
from forward_checks import judge, judge_vision

ROPE_THETAS = [10000, 10000.0, 50000.0, 500000, 1000000.0, 5000000]


class Draw(random.Random):
    """What a case draws."""

    def one(self, *choices):
        return self.choice(choices)

    def often(self, value, *others):
        return value if self.random() < 0.6 else self.choice(others)

    def flag(self, share=0.5):
        return self.random() < share

    def scaling(self, dims):
        """A rope_scaling: none, or of a kind with drawn numbers."""
        kind = self.one(None, None, "default", "linear", "llama3", "yarn", "yarn", "yarn")
        name = self.one("type", "rope_type")
        if kind is None:
            return None
        if kind == "default":
            return {name: kind}
        factor = self.one(2, 4.0, 8.0, 32.0, 40, 1.0)
        if kind == "linear":
            return {name: kind, "factor": factor}
        original = self.one(256, 1024, 4096, 8192)
        if kind == "llama3":
            low = self.one(0.5, 1, 1.0, 2.0)
            return {name: kind, "factor": factor, "low_freq_factor": low, "high_freq_factor": low * self.one(2, 4.0, 8),
                    "original_max_position_embeddings": original}
        entry = {name: kind, "factor": factor, "original_max_position_embeddings": original}
        for key, choices in {"beta_fast": (1, 1.0, 16, 32.0), "beta_slow": (1, 1.0, 2), "truncate": (True, False),
                             "mscale": (1.0, 0.8, 0.707), "mscale_all_dim": (1.0, 0.5, 0), "attention_factor": (1.0, 1.3, None)}.items():
            if self.flag(0.4):
                entry[key] = self.one(*choices)
        if entry.get("beta_slow") == 2 and entry.get("beta_fast", 32) == 1:
            del entry["beta_slow"]
        return entry

    def rope(self, config, dims):
        """Puts theta and scaling where one of the two generations of configs has them."""
        for key in ("rope_theta", "rope_scaling", "rope_parameters"):
            config.pop(key, None)
        theta, scaling = self.one(*ROPE_THETAS), self.scaling(dims)
        if self.flag():
            config["rope_theta"] = theta
            if scaling is not None or self.flag():
                config["rope_scaling"] = scaling
        else:
            scaling = dict(scaling or {"rope_type": "default"})
            if "type" in scaling:
                scaling["rope_type"] = scaling.pop("type")
            config["rope_parameters"] = {**scaling, "rope_theta": theta}

    def common(self, config):
        config.update(hidden_size=self.one(64, 96, 128, 160, 192, 256, 288), vocab_size=self.one(96, 128, 200, 384), rms_norm_eps=self.one(1e-5, 1e-6, 1e-4),
                      num_hidden_layers=self.one(1, 2, 2, 3, 4, 5))
        for key in ("bos_token_id", "eos_token_id", "pad_token_id"):
            if key in config:
                config[key] = 1

    def heads(self, config, widths, keys=(1, 2, 3)):
        """Query heads that share key heads, with a width of its own."""
        kv = self.one(*keys)
        config.update(num_key_value_heads=kv, num_attention_heads=kv * self.one(1, 2, 3, 4), head_dim=self.one(*widths))

    def experts(self, config, count_key, groups=False):
        count = self.one(4, 6, 8, 12)
        config[count_key] = count
        kept = size = None
        if groups:
            number = self.one(*[g for g in (1, 2, 3, 4, 6) if count % g == 0 and count // g >= 2])
            config["n_group"], config["topk_group"] = number, self.randint(1, number)
            size, kept = count // number, config["topk_group"]
        config["num_experts_per_tok"] = self.randint(1, min(5, size * kept if groups else count, count - 1))

    def inner(self, quant):
        return self.one(32, 64, 96, 128, 160, 256) if quant in ("int4", "mxfp4") else self.one(40, 64, 96, 128, 160, 256)


# ---------------------------------------------------------------- families
def mla(draw, config, quant):
    draw.common(config)
    layers = config["num_hidden_layers"]
    heads = draw.one(1, 2, 3, 4, 6)
    config.update(num_attention_heads=heads, num_key_value_heads=heads, kv_lora_rank=draw.one(32, 64, 96, 128, 160),
                  qk_nope_head_dim=draw.one(8, 16, 32, 48, 64), qk_rope_head_dim=draw.one(2, 8, 16, 32, 64), v_head_dim=draw.one(8, 16, 32, 48, 96),
                  q_lora_rank=draw.one(32, 48, 96, 192), intermediate_size=draw.inner(quant), moe_intermediate_size=draw.inner(quant),
                  n_shared_experts=draw.often(1, 2, 3), first_k_dense_replace=draw.randint(0, layers - (quant == "int4")), num_nextn_predict_layers=draw.one(0, 0, 1, 2),
                  norm_topk_prob=draw.often(True, False), routed_scaling_factor=draw.one(1.0, 2.5, 2.827), tie_word_embeddings=draw.flag(0.2))
    config.pop("_inv_freq_junk", None)
    draw.experts(config, "n_routed_experts", groups=True)
    draw.rope(config, config["qk_rope_head_dim"])


def deepseek(draw, config, quant):
    mla(draw, config, quant)
    if draw.flag(0.2):
        config["q_lora_rank"] = None
    if draw.flag(0.2):
        config["n_shared_experts"] = 0


def sparse(draw, config, quant):
    mla(draw, config, quant)
    config.update(index_n_heads=draw.one(1, 2, 3, 4, 8), index_head_dim=config["qk_rope_head_dim"] + draw.one(0, 8, 32), index_topk=draw.one(1, 3, 8, 8, 12, 64))
    if draw.flag(0.3):
        config["mlp_layer_types"] = [draw.one("dense", "sparse") for _ in range(config["num_hidden_layers"])]


def glm(draw, config, quant):
    sparse(draw, config, quant)
    for key in ("head_dim", "qk_head_dim", "indexer_types", "index_topk_freq", "index_skip_topk_offset"):
        config.pop(key, None)
    layers = config["num_hidden_layers"]
    kind = draw.one("all", "types", "period", "pattern")
    if kind == "types":
        config["indexer_types"] = ["full"] + [draw.one("full", "shared") for _ in range(layers - 1)]
    elif kind == "period":
        config.update(index_topk_freq=draw.one(1, 2, 3), index_skip_topk_offset=draw.one(1, 2, 3))
    elif kind == "pattern":
        config["index_topk_pattern"] = "F" + "".join(draw.one("F", "S") for _ in range(layers - 1))


def kimi_k25(draw, config, quant):
    text, vision = config["text_config"], config["vision_config"]
    mla(draw, text, quant)
    text["num_nextn_predict_layers"], text["tie_word_embeddings"] = 0, False
    config["pad_token_id"] = config["bos_token_id"] = config["eos_token_id"] = 1
    config["media_placeholder_token_id"] = text["vocab_size"] - 2  # a prompt that holds it would ask for an image
    heads, side = draw.one(1, 2, 3, 4), draw.one(4, 8, 9)  # transformers takes the grid of positions to be square
    width = heads * draw.one(4, 8, 16, 24)
    vision.update(vt_hidden_size=width, vt_num_attention_heads=heads, vt_intermediate_size=draw.one(32, 56, 96), vt_num_hidden_layers=draw.one(1, 2, 3),
                  init_pos_emb_height=side, init_pos_emb_width=side, init_pos_emb_time=draw.one(2, 4),
                  mm_hidden_size=width, text_hidden_size=text["hidden_size"], projector_ln_eps=draw.one(1e-5, 1e-6))


def llama(draw, config, quant):
    draw.common(config)
    draw.heads(config, (8, 16, 24, 32, 40, 64, 128))
    while config["hidden_size"] % config["num_attention_heads"]:
        draw.heads(config, (8, 16, 24, 32, 40, 64, 128))
    if draw.flag(0.3) and config["hidden_size"] // config["num_attention_heads"] % 2 == 0:
        config["head_dim"] = None
    if draw.flag(0.2):
        config["num_key_value_heads"] = config["num_attention_heads"]
    config["intermediate_size"] = draw.inner(quant)
    config["tie_word_embeddings"] = draw.flag(0.3)
    draw.rope(config, None)


def qwen3(draw, config, quant):
    draw.common(config)
    draw.heads(config, (8, 16, 24, 32, 40, 64, 128))
    config["intermediate_size"] = draw.inner(quant)
    config["tie_word_embeddings"] = draw.flag(0.3)
    config["max_window_layers"] = draw.randint(0, config["num_hidden_layers"])
    config["sliding_window"] = draw.one(None, 1, 4, 8, 16, 100)
    config["use_sliding_window"] = draw.flag()
    if config["use_sliding_window"] and config["sliding_window"] and draw.flag():
        config["layer_types"] = [draw.one("sliding_attention", "full_attention") for _ in range(config["num_hidden_layers"])]
    draw.rope(config, None)


def qwen3_moe(draw, config, quant):
    qwen3(draw, config, quant)
    config.pop("layer_types", None)
    layers = config["num_hidden_layers"]
    config.update(moe_intermediate_size=draw.inner(quant), norm_topk_prob=draw.flag(), decoder_sparse_step=draw.often(1, 2, 3),
                  mlp_only_layers=draw.often([], [0], sorted(draw.sample(range(layers), layers // 2))))
    draw.experts(config, "num_experts")


def hybrid(draw, config, quant):
    draw.common(config)
    draw.heads(config, (16, 32, 48, 64), (1, 2))
    heads, layers = draw.one(1, 2, 3), config["num_hidden_layers"]
    config.update(linear_num_key_heads=heads, linear_num_value_heads=heads * draw.one(1, 2, 3), linear_key_head_dim=draw.one(8, 16, 32, 64),
                  linear_value_head_dim=draw.one(8, 16, 32, 64), linear_conv_kernel_dim=draw.one(2, 3, 4, 5))
    if draw.flag():
        config["layer_types"] = [draw.one("linear_attention", "full_attention") for _ in range(layers)]
    else:
        config.pop("layer_types", None)
        config["full_attention_interval"] = draw.one(1, 2, 3, 4)
    draw.rope(config, None)
    place = config["rope_parameters"] if "rope_parameters" in config and draw.flag() else config
    config.pop("partial_rotary_factor", None)
    if draw.flag(0.8):
        place["partial_rotary_factor"] = draw.one(0.25, 0.5, 1.0, 1)
    if "num_experts" in config:
        config.update(moe_intermediate_size=draw.inner(quant), shared_expert_intermediate_size=draw.inner(quant))
        draw.experts(config, "num_experts")
    else:
        config["intermediate_size"] = draw.inner(quant)


def qwen3_next(draw, config, quant):
    hybrid(draw, config, quant)
    config["norm_topk_prob"] = draw.often(True, False)


def qwen35(draw, config, quant):
    text, vision = config["text_config"], config["vision_config"]
    hybrid(draw, text, quant)
    text["mtp_num_hidden_layers"] = draw.one(0, 1, 2)
    if "rope_parameters" in text:
        pairs = int(text["head_dim"] * text.get("partial_rotary_factor", text["rope_parameters"].get("partial_rotary_factor", 0.25))) // 2
        text["rope_parameters"].update(mrope_interleaved=True, mrope_section=[pairs - 2 * (pairs // 3), pairs // 3, pairs // 3])
    for key in ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"):
        config[key] = text["vocab_size"] - 1
    text["tie_word_embeddings"] = draw.flag(0.2)
    heads = draw.one(1, 2, 3, 4)
    vision.update(num_heads=heads, hidden_size=heads * draw.one(4, 8, 16, 24), intermediate_size=draw.one(32, 56, 96), depth=draw.one(1, 2, 3), patch_size=draw.one(4, 14, 16),
                  temporal_patch_size=draw.one(1, 2), spatial_merge_size=draw.one(1, 2), num_position_embeddings=draw.one(16, 64, 81), out_hidden_size=text["hidden_size"])


def minimax_m2(draw, config, quant):
    draw.common(config)
    draw.heads(config, (8, 16, 24, 32, 64))
    config["intermediate_size"] = draw.inner(quant)
    draw.rope(config, None)
    config.pop("rotary_dim")
    if draw.flag(0.8):
        config["rotary_dim"] = draw.one(*[d for d in (2, 4, 8, 16, 32, 64) if d <= config["head_dim"]])
    draw.experts(config, "num_local_experts")


def gpt_oss(draw, config, quant):
    draw.common(config)
    draw.heads(config, (8, 16, 24, 32, 64))
    layers = config["num_hidden_layers"]
    config.update(intermediate_size=draw.inner(quant), sliding_window=draw.one(1, 2, 8, 13, 100), swiglu_limit=draw.often(7.0, 1.0, 3.5))
    config["layer_types"] = [draw.one("sliding_attention", "full_attention") for _ in range(layers)]
    if draw.flag(0.3):
        del config["layer_types"]
    if draw.flag(0.3):
        config["swiglu_alpha"] = draw.one(1.0, 1.702)
    draw.experts(config, "num_local_experts")
    config.pop("experts_per_token")
    draw.rope(config, None)
    if not config.get("rope_scaling") and "rope_parameters" not in config and draw.flag():
        config["rope_scaling"] = {"rope_type": "default"}  # else the class takes YaRN


SHAPES = {"kimi_k2": deepseek, "kimi_k2_thinking": deepseek, "kimi_k25": kimi_k25, "deepseek_v3": deepseek, "deepseek_v32": sparse, "glm5": glm,
          "llama": llama, "qwen3": qwen3, "qwen3_moe": qwen3_moe, "qwen3_next": qwen3_next, "qwen35_moe": qwen35, "qwen35": qwen35,
          "minimax_m2": minimax_m2, "gpt_oss": gpt_oss}


def complete(fix):
    """What transformers wants beyond what is stored: shared experts of no rows where there are none, and the head of a tied text model."""
    def fixed(stored, config):
        stored, text = fix(stored, config), config.get("text_config", config)
        if text is not config and text.get("tie_word_embeddings"):
            stored["lm_head.weight"] = stored["model.language_model.embed_tokens.weight"]
        if "n_shared_experts" in text and not text["n_shared_experts"]:
            hidden = text["hidden_size"]
            for name in [n for n in stored if n.endswith(".mlp.gate.weight")]:
                base = name[: -len("gate.weight")] + "shared_experts."
                for part, shape in {"gate_proj": (0, hidden), "up_proj": (0, hidden), "down_proj": (hidden, 0)}.items():
                    stored[f"{base}{part}.weight"] = torch.zeros(shape)
        return stored
    return fixed


def config_of(family, seed, number, quant):
    draw = Draw(hashlib.sha256(f"{seed}:{family}:{number}".encode()).hexdigest())
    config = copy.deepcopy(families.FAMILIES[family]["config"]())
    SHAPES[family](draw, config, quant)
    return config, draw.one(1, 2, 7, 13, 24, 24, 40)


def build(family, seed, number):
    quants = families.FAMILIES[family]["quants"]
    quant = quants[number % len(quants)]
    config, tokens = config_of(family, seed, number, quant)
    name = f"{family}-shape-{seed}-{number}"
    entry = dict(families.FAMILIES[family])
    entry.update(config=lambda: copy.deepcopy(config), fix=complete(entry["fix"]), tied=config.get("tie_word_embeddings", False))
    families.FAMILIES[name] = entry
    return name, quant, config, tokens


def case(family, seed, number):
    name, quant, config, tokens = build(family, seed, number)
    label = f"{family} {quant} seed {seed} case {number}, {tokens} tokens"
    if not checks.selected(label):
        del families.FAMILIES[name]
        return
    path = new_folder(name)
    try:
        before = checks.failed
        with checks.case(label):
            make_tiny.build(name, quant, seed, str(path), tokens=tokens, tokenizer=False)
            source = Fixture(path)
            source.golden = path
            judge(label, source)
            if families.FAMILIES[name].get("vision"):
                judge_vision(label, source)
            (path / "generation_config.json").unlink()  # has ids beyond the vocabulary
            result = ckpt("validate", path)
            checks.equal([(f["code"], f.get("tensor")) for f in result.json["findings"] if f["severity"] == "error"], [], f"{label}: validate finds no error")
            summary = ckpt("inspect", path, expect=0).summary
            every, text, active = params(source.config)
            checks.equal([summary["parameters_total"], summary["parameters_text"]], [every, text], f"{label}: parameters")
            # The oracle rounds the share of every tensor of experts down.
            checks.true(0 <= summary["parameters_active"] - active < summary["logical_tensors"], f"{label}: active parameters", f"{summary['parameters_active']}, {active}")
    finally:
        if checks.failed > before:
            checks.note(f"{label}: {json.dumps(config)}")
        remove(path)
        del families.FAMILIES[name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("families", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=3, help="of each family")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    for family in options.families or SHAPES:
        for number in range(options.cases):
            case(family, options.seed, number)


main()
checks.end()
