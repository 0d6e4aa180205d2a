"""Every seeded mistake of the oracle that can be made by an edit of a spec or of a config: it moves our logits exactly as
it moves transformers'.

A mistake that a test cannot see would move nothing. Here each is made on both sides: in the oracle's module
(`oracle/mutations.py`), and in ours by `--specs` or by a key of config.json. Both must give the same logits, away from the
goldens by what the oracle's own mistake moves them.
"""
# seconds: 24
import copy, json, shutil, sys

from harness import ROOT, checks, ckpt, fixture, new_folder, np, remove

import torch
import families
import make_tiny
import mutations as oracle  # the oracle's, not this file: see the import path
from expected_tensors import rows_for


def forward(**edits):
    """Expressions of the spec's forward block. They go on speaking of the config's keys: one that is not would be refused."""
    return lambda spec, config: spec["forward"].update(edits)


def unread(*ends):
    """Tensors that the spec calls junk, so that the model does without."""
    def edit(spec, config):
        gone = [t for t in spec["tensors"] if t["name"].endswith(ends)]
        spec["tensors"] = [t for t in spec["tensors"] if t not in gone]
        spec.setdefault("junk", []).extend(t["name"] for t in gone)
    return edit


def scaling(**edits):
    """Keys of rope_scaling."""
    return lambda spec, config: config["rope_scaling"].update(edits)


def halves(spec, config):
    for tensor in spec["tensors"]:
        stack = tensor.get("stacked")
        if stack and "gate_up" in stack["name"]:
            stack["step"], stack["first"] = 1, "moe_hidden" if stack["first"] == 1 else 0


MLA = {
    "rope half-split instead of interleaved": forward(rope_pairing="'half-split'"),
    # m = 1 both on the angles and in the scale of the softmax.
    "softmax scale without mscale^2": scaling(mscale=None, mscale_all_dim=None, attention_factor=1.0),
    "selection ignores the bias": unread("e_score_correction_bias"),
    "no top-k renormalisation": forward(router_renormalises="false"),
    "routed_scaling_factor dropped": forward(router_scale="1.0"),
    "shared expert dropped": unread("shared_experts.gate_proj.weight", "shared_experts.up_proj.weight", "shared_experts.down_proj.weight"),
    "yarn beta_fast 32 instead of 1": scaling(beta_fast=32.0),
    "q_a/kv_a norm eps 1e-5 instead of 1e-6": forward(latent_norm_eps="1e-5"),
    "norm eps 1e-5 in q_a/kv_a": forward(latent_norm_eps="1e-5"),
    "no group limit": forward(router_groups="1", router_groups_kept="1"),
    "DSA ignored (dense)": forward(index_topk="128 * index_topk"),
    "indexer rope interleaved": forward(index_rope_pairing="'interleaved'"),
    "indexer rope half-split": forward(index_rope_pairing="'half-split'"),
}
OTHERS = {
    "qwen3-none": {"norm eps 1e-5 instead of 1e-6": forward(norm_eps="1e-5")},
    "llama-none": {"norm eps 1e-6 instead of 1e-5": forward(norm_eps="1e-6"),
                   "llama3 rope scaling ignored": lambda spec, config: config.update(rope_scaling=None)},
    "qwen3_moe-none": {"no top-k renormalisation": forward(router_renormalises="false")},
    "minimax_m2-fp8-block": {"rotary on the whole head": forward(rope_dims="head"),
                             "selection ignores the bias": unread("e_score_correction_bias")},
    "gpt_oss-mxfp4": {"sinks ignored": unread("sinks"), "gate/up as halves": halves, "plain SwiGLU": forward(activation="'swiglu'"),
                      "no clamp (limit 1e9)": forward(activation_limit="swiglu_limit * 1e9"), "sliding window ignored": forward(window="if(is_sliding, 0 * sliding_window, 0)"),
                      "softmax over all experts": forward(router="'softmax'", router_renormalises="false"),
                      "yarn truncate true": scaling(truncate=True), "yarn attention factor dropped": scaling(attention_factor=1.0)},
    "qwen3_next-none": {"norms read as plain (no +1)": forward(norm_offset="0"),
                        "rotary on the whole head": forward(rope_dims="head * if(partial_rotary_factor > 0, 1, 1)"),
                        "shared_expert_gate ignored": unread("mlp.shared_expert_gate.weight")},
}
# What no spec and no config can say: the formula itself has it. `swift test` makes these (MistakeTests.swift) and holds them against
# what transformers gave with the mistake, in Tests/Vectors/forward under these names.
IN_CODE = {
    "combine weights include the bias": "biased-weights", "yarn ignored (plain rope)": "yarn-ignored", "yarn factor 32 instead of 64": "yarn-factor-32",
    "q/k norm per head": "norm-per-head", "up without +1": "up-without-one", "+1 also on linear_attn.norm": "linear-norm-plus-one",
    "q|gate split globally": "gates-behind", "qkvz read flat": "qkvz-flat", "q/k L2 norm missing": "no-length"}


def spec_of(model_type):
    """The family's spec with everything that it extends, as one document."""
    documents = [json.loads(p.read_text()) for p in sorted((ROOT / "Specs/families").glob("*.json"))]
    spec = next(d for d in documents if model_type in d["model_types"])
    while "extends" in spec:
        parent = next(d for d in documents if d["name"] == spec["extends"])
        assert "prefix" not in spec
        merged = {**parent, **{k: v for k, v in spec.items() if k != "extends"}}
        for key in ("values", "forward", "layers"):
            merged[key] = {**parent.get(key, {}), **spec.get(key, {})}
        for key in ("tensors", "junk"):
            merged[key] = parent.get(key, []) + spec.get(key, [])
        merged.pop("extends", None)
        if "extends" in parent:
            merged["extends"] = parent["extends"]
        spec = merged
    return copy.deepcopy(spec)


def theirs(source, mistake):
    """transformers with the mistake: logits near and far, on a module of its own."""
    meta = source.meta
    entry = families.FAMILIES[meta["family"]]
    config = entry["config"]()
    families.set_quant_config(config, entry, meta["quant"], meta["scheme"])
    _, weights = make_tiny.store(rows_for(config, meta["scheme"]), meta["seed"], entry, config["model_type"], meta["scheme"], meta["scale"], config)
    model, _ = families.load(entry, config, weights)
    ids = torch.from_numpy(source.array("input_ids"))[None]
    positions = torch.arange(ids.shape[1])[None] * meta["golden"]["stride"]
    with torch.no_grad():
        mistake(model)
        near = model(input_ids=ids, use_cache=False).logits[0].numpy()
        far = model(input_ids=ids, position_ids=positions, attention_mask=torch.ones_like(ids), use_cache=False).logits[0].numpy()
    return near, far


def ours(source, edit):
    folder = new_folder("mistake")
    (folder / "specs/families").mkdir(parents=True)
    checkpoint = folder / "model"
    shutil.copytree(source.path, checkpoint)
    config = source.config
    spec = spec_of(config["model_type"])
    edit(spec, config)
    (folder / "specs/families" / f"{spec['name']}.json").write_text(json.dumps(spec))
    (checkpoint / "config.json").write_text(json.dumps(config))
    np.save(folder / "positions.npy", np.arange(source.meta["tokens"]) * source.meta["golden"]["stride"])
    found = []
    for options in ([], ["--positions", folder / "positions.npy"]):
        ckpt("forward", checkpoint, "--specs", folder / "specs", "--tokens", source.golden / "golden_input_ids.npy",
             "--logits", folder / "logits.npy", "--allow", "tensor.unknown", *options, expect=0)
        found.append(np.load(folder / "logits.npy"))
        (folder / "logits.npy").unlink()
    remove(folder)
    return found


def largest(difference):
    return float(np.abs(difference).max())


def main():
    only = sys.argv[1:]
    made, not_made = 0, []
    for key, mistakes in oracle.TABLE.items():
        if only and key not in only:
            continue
        family = next(f for f in sorted(families.FAMILIES, key=len, reverse=True) if key.startswith(f + "-"))
        source = fixture(family, key[len(family) + 1:])
        for name, mistake in mistakes:
            edit = OTHERS.get(key, MLA).get(name)
            if edit is None:
                vectors = [*(ROOT / "Tests/Vectors/forward").glob(f"*/golden_logits_{IN_CODE.get(name)}.npy")]
                checks.true(vectors, f"{key}: '{name}' is made here, or by a test of the formula")
                not_made.append(f"{key}: {name}")
                continue
            if not checks.selected(f"{key}: {name}"):
                continue
            with checks.case(f"{key}: {name}"):
                (near, far), (our_near, our_far) = theirs(source, mistake), ours(source, edit)
                moved = largest(near - source.array("logits")), largest(far - source.array("logits_stride"))
                apart = largest(our_near - near), largest(our_far - far)
                checks.at_most(apart[0], 1e-3, f"{key}: {name}: our logits and transformers' with the mistake")
                checks.at_most(apart[1], 4e-3, f"{key}: {name}: the same at far positions")
                # What the tolerances of forward.py let through would go unseen.
                seen = largest(our_near - source.array("logits")) > 1e-3 or largest(our_far - source.array("logits_stride")) > 4e-3
                checks.true(seen, f"{key}: {name}: forward.py would see it")
                checks.note(f"{key:28s} {name:42s} moves {moved[0]:8.1e} far {moved[1]:8.1e}  ours apart {apart[0]:7.1e} {apart[1]:7.1e}")
                made += 1
    checks.note(f"{made} mistakes made on both sides; {len(not_made)} are made by tests of the formula: {'; '.join(not_made)}")


main()
checks.end()
