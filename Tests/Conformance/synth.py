"""Synthetic checkpoints with values, judged by transformers, tokenizers and numpy.

    python synth.py [FAMILY ...]

For each tiny preset and storage: the folder is decoded here, from the raw bytes, and loaded into transformers' module;
logits must be finite and a few units large, hidden states must neither vanish nor explode, every expert must get tokens
and no choice may be a tie. The tokenizer must load, give ids within the vocabulary, and give the text back. The encoded
storages must hold the values of the plain one.
"""
# seconds: 17
import json, os, sys

from harness import AT_ONCE, checks, ckpt, new_folder, np, remove

import torch
import families as F
import quant as Q
from safetensors.torch import load_file

ORACLE_FAMILY = {"qwen3_tied": "qwen3_tied"}
TEXTS = ["The weights of the experts", "naïve café — 模型权重 🙂", "  def f(x):\n\treturn x\n", ""]


def decode(folder):
    """logical tensors as float32, by the definitions of the formats"""
    stored = {}
    for f in sorted(os.listdir(folder)):
        if f.endswith(".safetensors"):
            stored.update(load_file(os.path.join(folder, f)))
    out = {}
    for name, t in stored.items():
        if name.endswith(("_scale_inv", "_scale", "_shape", "_scales")):
            continue
        if name.endswith("_blocks"):
            base = name[: -len("_blocks")]
            codes = torch.stack([t & 15, t >> 4], -1).flatten(-2).long()
            out[base] = (Q.E2M1[codes] * torch.exp2(stored[base + "_scales"].float() - 127)[..., None]).flatten(-2)
            continue
        if name.endswith("_packed"):
            base = name[: -len("_packed")]
            rows, columns = stored[base + "_shape"].tolist()
            words = t.numpy().view(np.uint32)
            codes = np.stack([(words >> np.uint32(4 * i)) & 15 for i in range(8)], -1).reshape(rows, -1)[:, :columns]
            scale = stored[base + "_scale"].float().numpy()
            out[base] = torch.from_numpy((codes.astype(np.float32) - 8) * np.repeat(scale, columns // scale.shape[1], 1))
        elif t.dtype == torch.float8_e4m3fn:
            out[name] = t.float() * Q.expand(stored[name + "_scale_inv"], t.shape)
        else:
            out[name] = t.float()
    return out


def by_expert(tensors, config):
    """stacks of experts taken apart: one tensor for each expert, named as the ones that are stored so"""
    out = dict(tensors)
    is_oss = config["model_type"] == "gpt_oss"
    for name, t in tensors.items():
        base, _, last = name.rpartition(".experts.")
        if not base or last.split("_bias")[0] not in ("gate_up_proj", "down_proj"):
            continue
        end = ".bias" if last.endswith("_bias") else ".weight"
        for e, x in enumerate(out.pop(name)):
            halves = {"down_proj": x} if last.startswith("down") else dict(zip(
                ("gate_proj", "up_proj"), (x[0::2], x[1::2]) if is_oss else x.chunk(2)))
            out.update({f"{base}.experts.{e}.{n}{end}": h for n, h in halves.items()})
    return out


def as_oracle(tensors, config):
    """gpt-oss's experts as its oracle has them: stacks, [experts, out, in]"""
    if config["model_type"] != "gpt_oss":
        return tensors
    out = {n: t for n, t in tensors.items() if ".experts." not in n}
    for layer in range(config["num_hidden_layers"]):
        for end, suffix in ((".weight", ""), (".bias", "_bias")):
            base = f"model.layers.{layer}.mlp.experts."
            get = lambda n: [tensors[f"{base}{e}.{n}{end}"] for e in range(config["num_local_experts"])]
            out[base + "down_proj" + suffix] = torch.stack(get("down_proj"))
            pairs = [torch.stack([g, u], 1).flatten(0, 1) for g, u in zip(get("gate_proj"), get("up_proj"))]
            out[base + "gate_up_proj" + suffix] = torch.stack(pairs)
    return out


def forward(family, config, tensors):
    fam = F.FAMILIES[family]
    tensors = as_oracle(tensors, config)
    model, _ = F.load(fam, config, tensors)
    text = config.get("text_config", config)
    lm = model.model.language_model if hasattr(model.model, "language_model") else model.model
    hidden, routes = [], []
    for layer in lm.layers:
        layer.register_forward_hook(lambda m, a, o: hidden.append((o[0] if isinstance(o, tuple) else o).detach()))
    for _, m in lm.named_modules():
        if type(m).__name__.endswith("Router"):
            m.register_forward_hook(lambda mod, a, o: routes.append((o[0].detach(), o[2].detach(), mod, a[1:])))
    ids = torch.from_numpy(np.random.default_rng(0).integers(0, text["vocab_size"] - 32, (4, 64)))
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False).logits
    bad = []
    if not torch.isfinite(logits).all():
        bad.append("logits are not finite")
    std = logits.std().item()
    if not 0.5 < std < 6:
        bad.append(f"the logits' standard deviation is {std:.3f}")
    rms = [h.pow(2).mean().sqrt().item() for h in hidden]
    if not all(0.02 < r < 20 for r in rms):
        bad.append(f"hidden states have sizes {rms}")
    used, gap = [], float("inf")
    for lg, chosen, mod, extra in routes:
        score = F.selection_scores(fam, lg.float(), mod, extra).reshape(-1, lg.shape[-1]).sort(-1, descending=True).values
        k = chosen.shape[-1]
        gap = min(gap, (score[:, k - 1] - score[:, k]).min().item())
        used.append(chosen.unique().numel() / lg.shape[-1])
    if used and min(used) < 1:
        bad.append(f"experts without a token: only {min(used):.0%} are used")
    if used and gap <= 0:
        bad.append("a choice of experts is a tie")
    return bad, std, rms, (min(used) if used else None), gap


def tokenizer(folder, config):
    from transformers import PreTrainedTokenizerFast
    from tokenizers import Tokenizer
    bad, size = [], config.get("text_config", config)["vocab_size"]
    raw = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    fast = PreTrainedTokenizerFast.from_pretrained(folder)
    if raw.get_vocab_size() != size or len(fast) != size:
        bad.append(f"the tokenizer has {raw.get_vocab_size()} tokens ({len(fast)} in transformers), the model {size}")
    for text in TEXTS:
        ids = fast(text, add_special_tokens=False)["input_ids"]
        if any(not 0 <= i < size for i in ids) or fast.decode(ids) != text:
            bad.append(f"{text!r} becomes {ids} becomes {fast.decode(ids)!r}")
    if fast.bos_token_id != config.get("bos_token_id", config.get("text_config", {}).get("bos_token_id")):
        bad.append(f"bos is {fast.bos_token_id}")
    return bad


# Nothing of the family is published in it.
REFUSED = {("gpt_oss", "fp8-block")}


def main():
    only = sys.argv[1:]
    names = [p["preset"][5:] for p in ckpt("presets").summary["presets"] if p["preset"].startswith("tiny-")]
    for name in names:
        if only and name not in only:
            continue
        plain = None
        for storage in ("bf16", None, "fp8-block", "int4-g32"):
            label = f"{name} {storage or '(published)'}"
            with checks.case(label):
                folder = str(new_folder())
                if (name, storage) in REFUSED:
                    refused = ckpt("synth", folder, "--preset", "tiny", "--family", name, "--storage", storage, expect=2)
                    checks.equal(refused.json["error"]["code"], "recipe.unsuitable", f"{label}: is refused")
                    checks.true(not os.path.exists(folder), f"{label}: nothing is written")
                    continue
                ckpt("synth", folder, "--preset", "tiny", "--family", name, *(["--storage", storage] if storage else []), expect=0)
                config = json.load(open(os.path.join(folder, "config.json")))
                tensors = decode(folder)
                if config["model_type"] == "gpt_oss":
                    # Plain stacks hold each expert's transpose.
                    transposed = lambda n, t: t.dim() == 3 and storage == "bf16"
                    tensors = {n: t.transpose(1, 2) if transposed(n, t) else t for n, t in tensors.items()}
                tensors = by_expert(tensors, config)
                bad, std, rms, used, gap = forward(ORACLE_FAMILY.get(name, name), config, tensors)
                bad += tokenizer(folder, config)
                error = 0.0
                if plain is None:
                    plain = tensors
                else:
                    for n, t in tensors.items():
                        error = max(error, ((t - plain[n]).norm() / plain[n].norm()).item())
                    checks.at_most(error, 0.04 if storage == "fp8-block" else 0.16, f"{label}: distance of the values from the plain ones")
                routing = f"experts used {used:.0%} gap {gap:.1e}" if used else ""
                checks.note(f"{label:32s} logits std {std:5.2f} hidden {' '.join(f'{r:.2f}' for r in rms)} error {error:.4f} {routing}")
                checks.equal(bad, [], f"{label}: forward pass and tokenizer")
                remove(folder)


torch.set_num_threads(min(2, AT_ONCE))
main()
checks.end()
