"""What vLLM answers (vllm/answers.py) against `ckpt forward`, on checkpoints that ckpt makes. Each has a twin, the same values in BF16: what
it leaves between vLLM and forward is what vLLM's arithmetic in BF16 does, and nothing may be between the two in vLLM.

    engine_numbers.py
"""
# full-only
# needs: vllm
# seconds: 180
import json

from harness import Fixture, checks, ckpt, derive, kl_mean, new_folder, np, remove

import quant  # after the harness, which says where it is
from engine_cases import Engine, make, refusals

# KL in nats, mean over tokens. Between forward and vLLM, BF16 leaves 1.1e-4 to 2.3e-4; between a twin and its original in vLLM is nothing,
# and up to 2.8e-5 with vLLM's own INT4 kernel. The least of BROKEN, one of eight experts in one layer with its scales swapped, makes 1.4e-4.
ANSWER, TWIN = 4e-4, 5e-5
# Of 39 tokens, BF16 decides up to two otherwise, in near ties.
AGREEING = 0.92
TOKENS = np.random.default_rng(1).integers(0, 480, 40)  # from 480 on: marks

MLA = ["kv_lora_rank=512", "qk_rope_head_dim=64"]  # vLLM knows the published widths alone
WHOLE_MLA = [*MLA, "q_lora_rank=256"]  # behind q_a another matrix is joined
NINE_HEADS = ["hidden_size=576", "num_attention_heads=9", "num_key_value_heads=3"]  # q has 576 rows, k and v 192
CASES = [
    dict(tiny="llama", storage="fp8-block"),
    dict(tiny="llama", storage="fp8-block", set=NINE_HEADS),
    dict(tiny="llama", storage="int4-g128"),
    dict(tiny="qwen3", storage="fp8-block"),
    dict(tiny="qwen3", storage="int4-g32"),
    dict(tiny="qwen35", storage="int4-g32"),
    dict(tiny="qwen3_moe", storage="fp8-block"),
    dict(tiny="qwen3_moe", storage="int4-g32"),
    dict(tiny="qwen35_moe", storage="fp8-block"),
    dict(tiny="qwen3_next", storage="int4-g128"),
    dict(tiny="minimax_m2"),
    dict(tiny="minimax_m2", storage="int4-g32", through="bf16"),
    dict(tiny="deepseek_v3", storage="fp8-block", through="bf16", set=WHOLE_MLA),
    dict(tiny="deepseek_v3", storage="int4-g128", set=MLA),
    dict(tiny="kimi_k2", storage="fp8-block", through="bf16", set=WHOLE_MLA),
    dict(tiny="kimi_k2_thinking", set=MLA),
    dict(tiny="gpt_oss"),
]


def swapped(scale):
    return scale.t().reshape(scale.shape)


def shifted(scale):
    return scale.roll(1, 0)


# What the bounds must tell: (case, tensor, change).
BROKEN = [
    (CASES[0], "model.layers.1.self_attn.o_proj.weight_scale_inv", swapped),
    (dict(tiny="qwen3_moe", storage="fp8-block"), "model.layers.1.mlp.experts.3.down_proj.weight_scale_inv", swapped),
    (dict(tiny="qwen3_moe", storage="int4-g32"), "model.layers.1.mlp.experts.3.down_proj.weight_scale", shifted),
]


class Answer:
    """The logits after each token of the prompt but the last, and through which experts it went."""

    def __init__(self, logits, routers):
        self.logits = logits
        self.routers = [np.sort(np.array(experts), -1)[: len(logits)] for experts in routers]

    def against(self, other):
        """KL(self || other), top-1 agreement, and the share of tokens with the same experts. The first two are over these tokens: where
        two experts are nearly even, BF16 chooses another than Float32, and the answer is another."""
        same = np.ones(len(self.logits), bool)
        for mine, theirs in zip(self.routers, other.routers, strict=True):
            same &= (mine == theirs).all(-1)
        mine, theirs = self.logits[same], other.logits[same]
        return kl_mean(mine, theirs), float((mine.argmax(-1) == theirs.argmax(-1)).mean()), float(same.mean())


def of_ckpt(folder):
    out = new_folder("forward")
    out.mkdir()
    np.save(out / "ids.npy", TOKENS)
    ckpt("forward", folder, "--tokens", out / "ids.npy", "--logits", out / "logits.npy", "--hidden", out / "hidden", expect=0)
    answer = Answer(np.load(out / "logits.npy")[:-1], [np.load(path) for path in sorted(out.glob("hidden/router-*-ids.npy"))])
    remove(out)
    return answer


def of_vllm(engine, folder):
    out = new_folder("vllm").with_suffix(".npy")
    said = engine.ask(folder, tokens=TOKENS.tolist(), out=str(out))
    if "error" in said:
        raise RuntimeError(f"vLLM: {said['error']} [{said.get('place')}]")
    answer = Answer(np.load(out), said["experts"])
    out.unlink()
    return answer


def judge(label, expected, found, bound):
    kl, top1, same = figures = expected.against(found)
    checks.at_most(kl, bound, f"{label}: KL")
    checks.true(top1 >= AGREEING, f"{label}: top-1", top1)
    checks.true(same >= AGREEING, f"{label}: tokens with the same experts", same)
    return "KL {:.1e}, top-1 {:.3f}, same experts {:.3f}".format(*figures)


def twin_of(folder):
    twin = new_folder("twin")
    ckpt("convert", folder, twin, "--to", "bf16", expect=0)
    return twin


def judge_case(engine, label, case):
    folder = make(case)
    twin = twin_of(folder)
    checks.equal(refusals(folder, "vllm:tp=1"), [], f"{label}: validate")
    answer, plain = of_vllm(engine, folder), of_vllm(engine, twin)
    checks.note(f"{label}: " + judge(label, of_ckpt(folder), answer, ANSWER))
    checks.note("  its BF16 twin: " + judge(f"{label}, BF16", of_ckpt(twin), plain, ANSWER))
    checks.note("  vLLM, the twin to it: " + judge(f"{label}, twin to it", plain, answer, TWIN))
    remove(folder, twin)


def judge_broken(engine, label, case, name, change):
    """A changed scale is told: else the bounds say nothing."""
    folder = make(case)
    broken = derive(Fixture(folder), lambda key, value: {key: change(value).contiguous() if key == name else value}, "broken").path
    kl, _, _ = of_vllm(engine, folder).against(of_vllm(engine, broken))
    checks.true(kl > 2 * TWIN, f"{label}: is told", kl)
    checks.note(f"{label}: KL {kl:.1e}")
    remove(folder, broken)


def judge_uneven(engine, label):
    """In blocks, q of 576 rows keeps k and v from beginning where a block of the joined matrix does: vLLM answers wrongly without a word,
    where forward, which reads them one by one, is right. `convert` leaves them plain, as the case of CASES shows; `validate` refuses them."""
    made = make(dict(tiny="llama", storage="fp8-block", set=NINE_HEADS))
    config = json.loads((made / "config.json").read_text())
    skipped = config["quantization_config"]["modules_to_not_convert"]
    config["quantization_config"]["modules_to_not_convert"] = [name for name in skipped if "self_attn" not in name]

    def to_blocks(name, value):
        if not name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight")):
            return {name: value}
        codes, scale, _ = quant.fp8_block(value.float())
        return {name: codes, name + "_scale_inv": scale}

    folder = derive(Fixture(made), to_blocks, "uneven", config=config).path
    twin = twin_of(folder)
    expected = of_ckpt(folder)
    kl, top1, _ = expected.against(of_vllm(engine, folder))
    checks.true(kl > 20 * ANSWER and top1 < AGREEING, f"{label}: vLLM is wrong", (kl, top1))
    checks.true(refusals(folder, "vllm:tp=1"), f"{label}: validate refuses")
    checks.note(f"{label}: KL {kl:.1e}, top-1 {top1:.3f}")
    checks.note("  its BF16 twin: " + judge(f"{label}, BF16", expected, of_vllm(engine, twin), ANSWER))
    remove(made, folder, twin)


def main():
    engine = Engine("answers.py")
    for case in CASES:
        label = " ".join([case["tiny"], case.get("storage", "as published"), *case.get("set", [])])
        if checks.selected(label):
            with checks.case(label):
                judge_case(engine, label, case)
    for case, name, change in BROKEN:
        label = f"{case['tiny']} {case['storage']}, {name} {change.__name__}"
        if checks.selected(label):
            with checks.case(label):
                judge_broken(engine, label, case, name, change)
    label = "llama, q, k and v in blocks that are not whole"
    if checks.selected(label):
        with checks.case(label):
            judge_uneven(engine, label)


main()
checks.end()
