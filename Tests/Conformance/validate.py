"""What `ckpt validate` finds: planted faults of meaning, alone and in pairs, and nothing on good checkpoints.

A fault is a small change of tensors, config or side files, drawn with a seed. Each is planted in a fresh copy of a tiny checkpoint and
must be found with its code, severity and place; nothing but what it brings along may be found beside it. `--table` prints the table of
`docs/findings.md`.
"""
# slices: 2
# seconds: 50
import copy, itertools, json, os, pathlib, random, re, shutil, struct, subprocess, sys

import numpy as np

from harness import BF16, DTYPES, ROOT, checks, ckpt, command, fixture, new_folder, remove, Result

PAIRS = int(os.environ.get("CKPT_VALIDATE_PAIRS", "80"))
FP8, E8M0 = DTYPES["F8_E4M3"], DTYPES["F8_E8M0"]
NAMES = {np.dtype(v): k for k, v in DTYPES.items()}


# ---------------------------------------------------------------- checkpoints in memory
class Model:
    def __init__(self, folder):
        self.shards, self.tensors = {}, {}
        for path in sorted(pathlib.Path(folder).glob("*.safetensors")):
            with open(path, "rb") as file:
                length = struct.unpack("<Q", file.read(8))[0]
                header = json.loads(file.read(length))
                data = file.read()
            for name, entry in header.items():
                if name != "__metadata__":
                    a, b = entry["data_offsets"]
                    self.tensors[name] = np.frombuffer(data[a:b], DTYPES[entry["dtype"]]).reshape(entry["shape"])
                    self.shards[name] = path.name
        self.config = json.loads((folder / "config.json").read_text())
        self.side = {p.name: p.read_bytes() for p in sorted(folder.iterdir())
                     if p.is_file() and p.name != "config.json" and not p.name.endswith((".safetensors", ".index.json"))}

    def copy(self):
        new = copy.copy(self)
        new.shards, new.tensors, new.side = dict(self.shards), dict(self.tensors), dict(self.side)
        new.config = copy.deepcopy(self.config)
        return new

    @property
    def text(self):
        return self.config.get("text_config", self.config)

    @property
    def quantization(self):
        return self.text["quantization_config"] if "quantization_config" in self.text else self.config["quantization_config"]

    def put(self, name, array, beside=None):
        self.tensors[name] = np.ascontiguousarray(array)
        self.shards.setdefault(name, self.shards[beside] if beside else next(iter(self.shards.values())))

    def drop(self, *names):
        for name in names:
            del self.tensors[name], self.shards[name]

    def pick(self, rng, *ends, without=()):
        names = [n for n in self.tensors if n.endswith(ends) and not any(w in n for w in without)]
        return rng.choice(sorted(names))

    def json_file(self, name, change):
        value = json.loads(self.side[name])
        change(value)
        self.side[name] = json.dumps(value).encode()

    def write(self, folder):
        folder.mkdir(parents=True)
        files = {}
        for name in self.tensors:
            files.setdefault(self.shards[name], []).append(name)
        for file, names in files.items():
            header, end, blobs = {"__metadata__": {"format": "pt"}}, 0, []
            for name in names:
                array = self.tensors[name]
                blob = array.tobytes()
                header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [end, end + len(blob)]}
                end += len(blob)
                blobs.append(blob)
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            (folder / file).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
        if len(files) > 1:
            total = sum(a.nbytes for a in self.tensors.values())
            (folder / "model.safetensors.index.json").write_text(json.dumps(
                {"metadata": {"total_size": total}, "weight_map": dict(sorted(self.shards.items()))}))
        (folder / "config.json").write_text(json.dumps(self.config, indent=1))
        for name, data in self.side.items():
            (folder / name).write_bytes(data)


def edited(array, change):
    new = np.array(array)
    change(new)
    return new


def decoded(model, name):
    """The Float32 product of a block-fp8 matrix."""
    scale = model.tensors[name + "_scale_inv"].astype(np.float32)
    grid = np.repeat(np.repeat(scale, 128, 0), 128, 1)
    weight = model.tensors[name].astype(np.float32)
    return weight * grid[: weight.shape[0], : weight.shape[1]]


# ---------------------------------------------------------------- faults
FAULTS = []


def fault(base, code, severity, meaning, also=(), needs=None):
    """A fault of a base: `plant(model, rng)` returns the place: a tensor, or a file where it ends in a known ending."""
    def wrap(plant):
        FAULTS.append((plant.__name__, base, code, severity, meaning, set(also) | {code}, plant))
        return plant
    return wrap


MOE, INT4, DENSE, PLAIN, TIED, VISION, POWERS, SQUARE, STACKED, LISTED = "moe-fp8", "moe-int4", "dense-fp8", "moe-plain", "tied", "vision-int4", "moe-ue8m0", "square-fp8", "stacked-mxfp4", "listed-fp8"
EXPERT = ("experts.",)


def an_expert(m, rng, projection="gate_proj"):
    return m.pick(rng, f".{projection}.weight", without=("shared", "layers.0.", "layers.2."))


# parts of encodings
@fault(MOE, "encoding.missing-part", "error", "an expert's scale is lost")
def expert_scale_lost(m, rng):
    name = an_expert(m, rng)
    m.drop(name + "_scale_inv")
    return name


@fault(MOE, "encoding.missing-part", "error", "an attention scale is lost")
def attention_scale_lost(m, rng):
    name = m.pick(rng, "self_attn.o_proj.weight")
    m.drop(name + "_scale_inv")
    return name


@fault(MOE, "encoding.stray-part", "error", "a scale without its weight", also={"tensor.missing"})
def weight_lost(m, rng):
    name = an_expert(m, rng, "up_proj")
    m.drop(name)
    return name + "_scale_inv"


@fault(MOE, "encoding.stray-part", "error", "a weight was decoded, its scale left behind")
def decoded_but_scale_left(m, rng):
    name = m.pick(rng, "self_attn.kv_b_proj.weight")
    m.put(name, decoded(m, name).astype(BF16))
    return name + "_scale_inv"


@fault(MOE, "encoding.part-shape", "error", "one scale for a whole matrix")
def per_tensor_scale(m, rng):
    name = an_expert(m, rng)
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"][:1, :1])
    return name + "_scale_inv"


@fault(MOE, "encoding.part-shape", "error", "a grid of scales stored transposed, where its shape tells")
def grid_transposed(m, rng):
    name = m.pick(rng, "layers.0.mlp.gate_proj.weight", "layers.0.mlp.down_proj.weight")
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"].T)
    return name + "_scale_inv"


@fault(MOE, "encoding.part-shape", "error", "a partial block has no scale")
def partial_block_lost(m, rng):
    name = m.pick(rng, "self_attn.kv_a_proj_with_mqa.weight")
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"][:-1])
    return name + "_scale_inv"


@fault(MOE, "encoding.part-dtype", "error", "scales of a type that is none")
def scale_dtype(m, rng):
    name = an_expert(m, rng)
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"].astype(np.int32))
    return name + "_scale_inv"


@fault(MOE, "encoding.mixed-scales", "warning", "the scales of one matrix are of another type than all others")
def mixed_scales(m, rng):
    name = an_expert(m, rng)
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"].astype(BF16))
    return name + "_scale_inv"


@fault(MOE, "encoding.unsupported", "error", "codes of a type that no encoding has")
def integer_codes(m, rng):
    name = m.pick(rng, "self_attn.o_proj.weight")
    m.put(name, m.tensors[name].view(np.int8))
    return name


@fault(MOE, "encoding.role", "error", "the router is quantized")
def router_quantized(m, rng):
    name = m.pick(rng, "mlp.gate.weight")
    weight = m.tensors[name].astype(np.float32)
    m.put(name, (weight / (np.abs(weight).max() / 448)).astype(FP8))
    rows, columns = weight.shape
    m.put(name + "_scale_inv", np.full((-(-rows // 128), -(-columns // 128)), np.abs(weight).max() / 448, np.float32), beside=name)
    return name


@fault(MOE, "encoding.role", "warning", "the embedding is quantized")
def embedding_quantized(m, rng):
    name = "model.embed_tokens.weight"
    weight = m.tensors[name].astype(np.float32)
    m.put(name, (weight / (np.abs(weight).max() / 448)).astype(FP8))
    m.put(name + "_scale_inv", np.full((weight.shape[0] // 128, weight.shape[1] // 128), np.abs(weight).max() / 448, np.float32), beside=name)
    return name


@fault(MOE, "encoding.unlike-siblings", "warning", "one expert is left plain", also={"quantization.not-ignored"})
def expert_left_plain(m, rng):
    name = an_expert(m, rng, "down_proj")
    m.put(name, decoded(m, name).astype(BF16))
    m.drop(name + "_scale_inv")
    return name


@fault(MOE, "quantization.not-ignored", "error", "one attention matrix is plain, and no list says so")
def plain_not_listed(m, rng):
    name = m.pick(rng, "self_attn.o_proj.weight")
    m.put(name, decoded(m, name).astype(BF16))
    m.drop(name + "_scale_inv")
    return name


@fault(LISTED, "quantization.not-ignored", "error", "a plain router is not listed, in a family whose engines build it as a layer")
def router_not_listed(m, rng):
    name = m.pick(rng, "mlp.gate.weight")
    m.quantization["modules_to_not_convert"].remove(name[: -len(".weight")])
    return name


@fault(MOE, "encoding.joined", "warning", "gate is fp8, up is plain: engines join them", also={"quantization.not-ignored"})
def half_of_a_joined_matrix(m, rng):
    name = m.pick(rng, "shared_experts.up_proj.weight")
    m.put(name, decoded(m, name).astype(BF16))
    m.drop(name + "_scale_inv")
    return name


# tensors and config
@fault(MOE, "tensor.missing", "error", "one projection of one expert is missing")
def projection_missing(m, rng):
    name = an_expert(m, rng)
    m.drop(name, name + "_scale_inv")
    return name


@fault(MOE, "tensor.missing", "error", "an expert is missing")
def expert_missing(m, rng):
    name = an_expert(m, rng)
    for projection in ("gate_proj", "up_proj", "down_proj"):
        one = name.replace("gate_proj", projection)
        m.drop(one, one + "_scale_inv")
    return name


@fault(MOE, "tensor.missing", "error", "a norm is missing")
def norm_missing(m, rng):
    name = m.pick(rng, "input_layernorm.weight")
    m.drop(name)
    return name


@fault(MOE, "tensor.missing", "error", "the router's bias is missing")
def router_bias_missing(m, rng):
    name = m.pick(rng, "e_score_correction_bias")
    m.drop(name)
    return name


@fault(MOE, "tensor.dtype", "warning", "the router's bias is rounded to BF16")
def router_bias_rounded(m, rng):
    name = m.pick(rng, "e_score_correction_bias")
    m.put(name, m.tensors[name].astype(BF16))
    return name


@fault(MOE, "tensor.shape", "error", "a matrix is stored transposed")
def matrix_transposed(m, rng):
    name = m.pick(rng, "self_attn.q_b_proj.weight")
    m.put(name, m.tensors[name].T)
    m.put(name + "_scale_inv", m.tensors[name + "_scale_inv"].T)
    return name


@fault(MOE, "tensor.shape", "error", "a norm of another size")
def norm_shape(m, rng):
    name = m.pick(rng, "post_attention_layernorm.weight")
    m.put(name, m.tensors[name][:-4])
    return name


@fault(MOE, "tensor.shape", "error", "the embedding has fewer rows than the config says")
def embedding_cut(m, rng):
    m.put("model.embed_tokens.weight", m.tensors["model.embed_tokens.weight"][:-8])
    return "model.embed_tokens.weight"


@fault(MOE, "tensor.outside", "error", "an expert more than the config says", also={"content.identical-experts"})
def expert_too_many(m, rng):
    name = an_expert(m, rng)
    parts = name.split(".experts.")
    number = parts[1].split(".")[0]
    count = m.config["n_routed_experts"]
    for part in ("", "_scale_inv"):
        m.put(f"{parts[0]}.experts.{count}.gate_proj.weight{part}", m.tensors[f"{parts[0]}.experts.{number}.gate_proj.weight{part}"], beside=name)
    return f"{parts[0]}.experts.{count}.gate_proj.weight"


@fault(MOE, "tensor.outside", "warning", "a layer more than the config says")
def layer_too_many(m, rng):
    m.put("model.layers.9.input_layernorm.weight", m.tensors["model.layers.0.input_layernorm.weight"], beside="model.layers.0.input_layernorm.weight")
    return "model.layers.9.input_layernorm.weight"


@fault(MOE, "tensor.unknown", "warning", "a stray tensor in a layer")
def stray(m, rng):
    m.put("model.layers.0.adapter.weight", np.ones((4, 4), BF16) * BF16(0.5))
    return "model.layers.0.adapter.weight"


@fault(MOE, "tensor.junk", "note", "a buffer that no model uses")
def junk(m, rng):
    m.put("model.layers.0.self_attn.rotary_emb.inv_freq", np.ones(16, np.float32))
    return "model.layers.0.self_attn.rotary_emb.inv_freq"


@fault(MOE, "tensor.group-absent", "note", "the multi-token-prediction layer is promised and absent", also={"index.shard-numbering"})
def mtp_absent(m, rng):
    m.drop(*[n for n in m.tensors if n.startswith("model.layers.2.")])
    return None


@fault(MOE, "tensor.missing", "error", "the config says one layer more", also={"tensor.outside", "tensor.group-absent"})
def config_layers(m, rng):
    m.config["num_nextn_predict_layers"] = 0
    m.config["num_hidden_layers"] = 4
    return "model.layers.3.input_layernorm.weight"


@fault(MOE, "config.key", "error", "more experts per token than experts")
def too_many_experts_per_token(m, rng):
    m.config["num_experts_per_tok"] = m.config["n_routed_experts"] + rng.randint(1, 9)
    return "config.json"


@fault(MOE, "config.key", "error", "groups that do not divide the experts", also={"config.key"})
def uneven_groups(m, rng):
    m.config["n_group"] = 3
    m.config["topk_group"] = 2
    return "config.json"


@fault(MOE, "config.key", "warning", "no architectures: engines choose the model by it")
def no_architectures(m, rng):
    del m.config["architectures"]
    return "config.json"


@fault(MOE, "config.token-id", "error", "the end token's id is beyond the embedding")
def end_token_beyond(m, rng):
    m.config["eos_token_id"] = m.config["vocab_size"] + rng.randint(0, 1000)
    return "config.json"


@fault(MOE, "config.token-id", "error", "generation_config.json has an id beyond the embedding")
def generation_token_beyond(m, rng):
    m.json_file("generation_config.json", lambda c: c.__setitem__("eos_token_id", [1, 4096]))
    return "generation_config.json"


@fault(MOE, "config.code", "warning", "auto_map names a file that is not here")
def code_missing(m, rng):
    m.config["auto_map"] = {"AutoModelForCausalLM": "modeling_deepseek.DeepseekV3ForCausalLM"}
    return "config.json"


# side files
@fault(MOE, "tokenizer.missing", "warning", "no tokenizer")
def tokenizer_missing(m, rng):
    del m.side["tokenizer.json"]
    return None


@fault(MOE, "tokenizer.malformed", "error", "tokenizer.json is cut off")
def tokenizer_cut(m, rng):
    data = m.side["tokenizer.json"]
    m.side["tokenizer.json"] = data[: rng.randint(len(data) // 4, len(data) // 2)]
    return "tokenizer.json"


@fault(MOE, "tokenizer.malformed", "error", "tokenizer_config.json is a web page")
def tokenizer_config_page(m, rng):
    m.side["tokenizer_config.json"] = b"<!DOCTYPE html><html>"
    return "tokenizer_config.json"


@fault(MOE, "tokenizer.size", "error", "the tokenizer is of a larger model")
def tokenizer_too_large(m, rng):
    m.json_file("tokenizer.json", lambda t: t["model"]["vocab"].__setitem__("zzz", m.config["vocab_size"] + 5))
    return "tokenizer.json"


@fault(MOE, "tokenizer.size", "error", "added tokens beyond the embedding")
def added_tokens_beyond(m, rng):
    m.json_file("tokenizer_config.json", lambda t: t.setdefault("added_tokens_decoder", {}).__setitem__("2000", {"content": "<x>"}))
    return "tokenizer_config.json"


@fault(MOE, "side.generation-config", "note", "no generation_config.json")
def generation_missing(m, rng):
    del m.side["generation_config.json"]
    return None


@fault(MOE, "side.generation-config", "error", "generation_config.json cannot be read")
def generation_malformed(m, rng):
    m.side["generation_config.json"] = b'{"eos_token_id": 1,}'
    return "generation_config.json"


# the quantization config
@fault(MOE, "quantization.absent", "error", "config.json does not announce the quantization")
def quantization_absent(m, rng):
    del m.config["quantization_config"]
    return "model."


@fault(PLAIN, "quantization.stale", "error", "config.json announces a quantization that was undone")
def quantization_stale(m, rng):
    m.config["quantization_config"] = {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
    return "config.json"


@fault(MOE, "quantization.method", "error", "config.json announces another method", also={"quantization.parameter"})
def another_method(m, rng):
    m.config["quantization_config"] = {"quant_method": "compressed-tensors", "format": "pack-quantized", "ignore": [], "config_groups": {}}
    return "model.layers."


def parameter(name, key, value, meaning):
    def plant(m, rng):
        if value is None:
            del m.quantization[key]
        else:
            m.quantization[key] = value
        return "config.json"
    plant.__name__ = name
    fault(MOE, "quantization.parameter", "error", meaning)(plant)


parameter("block_size", "weight_block_size", [64, 128], "blocks of another size are announced")
parameter("block_size_absent", "weight_block_size", None, "the block size is not announced")
parameter("float_format", "fmt", "e5m2", "another fp8 format is announced")
parameter("activation_scheme", "activation_scheme", "static", "static activation scales are announced")


@fault(POWERS, "quantization.parameter", "warning", "power-of-two scales that are not announced")
def powers_not_announced(m, rng):
    del m.quantization["scale_fmt"]
    return "weight"


@fault(MOE, "content.scale-format", "warning", "scales are announced as powers of two and are none")
def not_powers(m, rng):
    m.quantization["scale_fmt"] = "ue8m0"
    return "weight"


@fault(MOE, "quantization.ignored", "error", "the list of plain modules names an encoded one")
def encoded_is_ignored(m, rng):
    name = m.pick(rng, "self_attn.o_proj.weight")
    m.quantization["modules_to_not_convert"] = [name[: -len(".weight")]]
    return name


@fault(MOE, "quantization.ignored", "error", "an entry means all of an encoded layer", also={"quantization.readings"})
def encoded_layer_is_ignored(m, rng):
    m.quantization["modules_to_not_convert"] = ["model.layers.1"]
    return "model.layers.1."


@fault(MOE, "quantization.dead-entry", "note", "an entry that means no module")
def dead_entry(m, rng):
    m.quantization["modules_to_not_convert"] = ["model.layers.77.mlp.gate", "lm_head"]
    return "config.json"


@fault(MOE, "quantization.twice", "warning", "a quantization config of another method lies beside")
def stale_file(m, rng):
    m.side["quantize_config.json"] = b'{"quant_method": "gptq", "bits": 4}'
    return "quantize_config.json"


@fault(VISION, "quantization.twice", "warning", "two quantization configs that differ", also={"quantization.method", "quantization.parameter"})
def two_configs(m, rng):
    m.config["quantization_config"] = {"quant_method": "fp8"}
    return "config.json"


@fault(VISION, "config.disagrees", "note", "a size differs between the root and text_config")
def disagreeing_sizes(m, rng):
    m.config["vocab_size"] = 1024
    return "config.json"


@fault(VISION, "tensor.missing", "error", "a tensor of the vision tower is missing")
def vision_tensor_missing(m, rng):
    name = m.pick(rng, "wqkv.weight", "mlp.fc1.weight")
    m.drop(name)
    return name


@fault(VISION, "tensor.group-absent", "note", "the vision tower is promised and absent", also={"tensor.outside"})
def vision_absent(m, rng):
    m.drop(*[n for n in m.tensors if n.startswith(("vision_tower", "mm_projector"))])
    return None


# INT4
def int4_expert(m, rng):
    return m.pick(rng, ".weight_packed")[: -len("_packed")]


@fault(INT4, "encoding.missing-part", "error", "weight_shape is missing")
def shape_part_missing(m, rng):
    name = int4_expert(m, rng)
    m.drop(name + "_shape")
    return name


@fault(INT4, "encoding.missing-part", "error", "an INT4 scale is missing")
def int4_scale_missing(m, rng):
    name = int4_expert(m, rng)
    m.drop(name + "_scale")
    return name


@fault(INT4, "encoding.stray-part", "error", "packed codes are missing, their scale is left")
def packed_missing(m, rng):
    name = int4_expert(m, rng)
    m.drop(name + "_packed")
    return name


@fault(INT4, "tensor.shape", "error", "packed codes of another width")
def packed_width(m, rng):
    name = int4_expert(m, rng)
    m.put(name + "_packed", m.tensors[name + "_packed"][:, ::2])
    return name


@fault(INT4, "encoding.part-shape", "error", "one scale for a whole row")
def channel_scale(m, rng):
    name = int4_expert(m, rng)
    m.put(name + "_scale", m.tensors[name + "_scale"][:, :1])
    return name


@fault(INT4, "encoding.unsupported", "error", "a zero point beside symmetric codes")
def zero_point(m, rng):
    name = int4_expert(m, rng)
    rows, groups = m.tensors[name + "_scale"].shape
    m.put(name + "_zero_point", np.zeros((rows // 8, groups), np.int32), beside=name + "_packed")
    return name


@fault(INT4, "encoding.shape-values", "error", "weight_shape holds another shape")
def shape_values(m, rng):
    name = int4_expert(m, rng)
    m.put(name + "_shape", m.tensors[name + "_shape"] + rng.randint(1, 64))
    return name


@fault(INT4, "quantization.parameter", "error", "another group size is announced")
def group_size(m, rng):
    m.quantization["config_groups"]["group_0"]["weights"]["group_size"] = rng.choice([64, 128])
    return "experts."


def weights_parameter(name, key, value, meaning):
    def plant(m, rng):
        m.quantization["config_groups"]["group_0"]["weights"][key] = value
        return "config.json"
    plant.__name__ = name
    fault(INT4, "quantization.parameter", "error", meaning)(plant)


weights_parameter("num_bits", "num_bits", 8, "another number of bits is announced")
weights_parameter("asymmetric", "symmetric", False, "zero points are announced and absent")
weights_parameter("act_order", "actorder", "group", "an order of columns is announced and absent")
weights_parameter("strategy", "strategy", "channel", "scales per row are announced")
weights_parameter("float_type", "type", "float", "float codes are announced")


@fault(INT4, "quantization.parameter", "error", "no config groups")
def no_groups(m, rng):
    m.quantization["config_groups"] = {}
    return "config.json"


@fault(INT4, "quantization.ignored", "error", "a careless pattern for the dense layers means every expert")
def careless_pattern(m, rng):
    m.quantization["ignore"] = [r"re:.*mlp\..*(gate|up|down)_proj.*" if "mlp" in e else e for e in m.quantization["ignore"]]
    return "experts."


@fault(INT4, "quantization.not-ignored", "error", "a misspelt pattern leaves the shared experts unlisted", also={"quantization.dead-entry"})
def misspelt_pattern(m, rng):
    m.quantization["ignore"] = [e.replace("shared_experts", "shared_expert\\.") for e in m.quantization["ignore"]]
    return "shared_experts."


@fault(INT4, "quantization.not-ignored", "error", "the head is not on the list")
def head_not_listed(m, rng):
    m.quantization["ignore"].remove("lm_head")
    return "lm_head.weight"


@fault(INT4, "quantization.untargeted", "error", "targets mean some experts alone", also={"quantization.not-ignored"})
def untargeted(m, rng):
    m.quantization["config_groups"]["group_0"]["targets"] = [r"re:.*mlp\.experts\.[0-3]\..*"]
    return "experts."


@fault(INT4, "quantization.overlap", "warning", "two groups mean the same experts")
def overlap(m, rng):
    groups = m.quantization["config_groups"]
    groups["group_1"] = copy.deepcopy(groups["group_0"])
    groups["group_1"]["targets"] = [r"re:.*mlp\.experts\.\d+\.down_proj$"]
    return "down_proj"


@fault(INT4, "quantization.dead-entry", "warning", "a target that means no module")
def dead_target(m, rng):
    m.quantization["config_groups"]["group_0"]["targets"].append(r"re:.*block_sparse_moe\.experts.*")
    return "config.json"


@fault(INT4, "quantization.pattern", "note", "a pattern that is not matched here")
def unread_pattern(m, rng):
    m.quantization["ignore"].append(r"re:^(?!.*experts).*$")
    return "config.json"


# values
@fault(MOE, "content.non-finite", "error", "an fp8 code that is no number")
def fp8_nan(m, rng):
    name = an_expert(m, rng)
    array = np.array(m.tensors[name]).view(np.uint8)
    array[rng.randrange(array.shape[0]), rng.randrange(array.shape[1])] = rng.choice([0x7F, 0xFF])
    m.put(name, array.view(FP8))
    return name


@fault(MOE, "content.non-finite", "error", "an infinite value in a norm")
def infinite_norm(m, rng):
    name = m.pick(rng, "input_layernorm.weight")
    m.put(name, edited(m.tensors[name], lambda a: a.__setitem__(rng.randrange(len(a)), np.inf)))
    return name


@fault(MOE, "content.non-finite", "error", "NaN in the embedding")
def nan_embedding(m, rng):
    name = "model.embed_tokens.weight"
    m.put(name, edited(m.tensors[name], lambda a: a.__setitem__((rng.randrange(a.shape[0]), 3), np.nan)))
    return name


def bad_scale(name, value, severity, meaning):
    def plant(m, rng):
        tensor = an_expert(m, rng, "down_proj")
        m.put(tensor + "_scale_inv", edited(m.tensors[tensor + "_scale_inv"], lambda a: a.__setitem__((0, -1), value(a[0, -1]))))
        return tensor
    plant.__name__ = name
    fault(MOE, "content.bad-scale", severity, meaning)(plant)


bad_scale("nan_scale", lambda s: np.nan, "error", "a scale that is no number")
bad_scale("infinite_scale", lambda s: np.inf, "error", "an infinite scale")
bad_scale("zero_scale", lambda s: 0.0, "error", "a scale of 0")
bad_scale("negative_scale", lambda s: -s, "warning", "a negative scale")


@fault(POWERS, "content.bad-scale", "error", "an E8M0 scale that is no number")
def e8m0_nan(m, rng):
    name = m.pick(rng, ".gate_proj.weight_scale_inv", without=("shared", "layers.0."))
    array = np.array(m.tensors[name]).view(np.uint8)
    array[0, 0] = 0xFF
    m.put(name, array.view(E8M0))
    return name[: -len("_scale_inv")]


@fault(INT4, "content.bad-scale", "error", "an INT4 scale that is no number")
def int4_nan_scale(m, rng):
    name = int4_expert(m, rng)
    m.put(name + "_scale", edited(m.tensors[name + "_scale"], lambda a: a.__setitem__((5, 1), np.nan)))
    return name


@fault(INT4, "content.implausible", "warning", "one bit of a scale's exponent is flipped")
def flipped_exponent(m, rng):
    name = int4_expert(m, rng)
    array = np.array(m.tensors[name + "_scale"]).view(np.uint16)
    array[rng.randrange(array.shape[0]), rng.randrange(array.shape[1])] ^= 0x0800
    m.put(name + "_scale", array.view(BF16))
    return name


@fault(MOE, "content.implausible", "warning", "an expert's scales are all 1: they were lost and made up")
def scales_of_one(m, rng):
    name = an_expert(m, rng)
    m.put(name + "_scale_inv", np.ones_like(m.tensors[name + "_scale_inv"]))
    return name


@fault(MOE, "content.implausible", "warning", "an expert's scales are inverted")
def scales_inverted(m, rng):
    name = an_expert(m, rng, "up_proj")
    m.put(name + "_scale_inv", 1 / m.tensors[name + "_scale_inv"])
    return name


@fault(MOE, "content.identical-experts", "warning", "two experts have the same codes")
def identical_experts(m, rng):
    name = an_expert(m, rng)
    parts = name.split(".experts.")
    number = int(parts[1].split(".")[0])
    other = f"{parts[0]}.experts.{(number + 1) % m.config['n_routed_experts']}.gate_proj.weight"
    m.put(other, m.tensors[name])
    return other


@fault(INT4, "content.identical-experts", "warning", "two packed experts have the same codes")
def identical_packed(m, rng):
    name = m.pick(rng, "experts.2.down_proj.weight_packed")
    other = name.replace("experts.2.", "experts.6.")
    m.put(other, m.tensors[name])
    return other[: -len("_packed")]


@fault(MOE, "content.zero-tensor", "warning", "a matrix was never written")
def zero_matrix(m, rng):
    name = m.pick(rng, "self_attn.q_b_proj.weight")
    m.put(name, np.zeros(m.tensors[name].shape, np.uint8).view(FP8))
    return name


@fault(INT4, "content.constant-tensor", "warning", "packed codes that are all the same")
def constant_codes(m, rng):
    name = int4_expert(m, rng)
    m.put(name + "_packed", np.full_like(m.tensors[name + "_packed"], 0x08888888))
    return name


@fault(PLAIN, "content.unscaled", "error", "a plain matrix holds bare fp8 codes", also={"content.implausible"})
def bare_codes(m, rng):
    name = an_expert(m, rng)
    weight = m.tensors[name].astype(np.float32)
    m.put(name, (weight / (np.abs(weight).max() / 448)).astype(FP8).astype(BF16))
    return name


@fault(PLAIN, "content.implausible", "warning", "an expert's values are 200 times too large")
def values_too_large(m, rng):
    name = an_expert(m, rng, "down_proj")
    m.put(name, (m.tensors[name].astype(np.float32) * 200).astype(BF16))
    return name


@fault(TIED, "tensor.tied", "warning", "a stored head differs from the embedding it is tied to")
def tied_values(m, rng):
    m.put("lm_head.weight", edited(m.tensors["lm_head.weight"], lambda a: a.__setitem__((7, 7), 0.125)))
    return "lm_head.weight"


@fault(TIED, "tensor.tied", "warning", "a stored head is of another type than the embedding")
def tied_type(m, rng):
    m.put("lm_head.weight", m.tensors["lm_head.weight"].astype(np.float32))
    return "lm_head.weight"


@fault(SQUARE, "encoding.transposed-scales", "warning", "a square grid of scales stored transposed")
def square_grid_transposed(m, rng):
    name = m.pick(rng, "self_attn.o_proj.weight", "self_attn.q_proj.weight")
    rows, columns = m.tensors[name].shape
    weight = np.random.default_rng(rng.randrange(1000)).normal(0, 0.02, (rows, columns)).astype(np.float32)  # as trained ones are
    blocks = weight.reshape(rows // 128, 128, columns // 128, 128)
    scale = np.abs(blocks).max((1, 3)) / 448
    m.put(name, (blocks / scale[:, None, :, None]).reshape(rows, columns).astype(FP8))
    m.put(name + "_scale_inv", scale.T.astype(m.tensors[name + "_scale_inv"].dtype))
    return name


@fault(DENSE, "encoding.joined", "warning", "k is plain between fp8 q and v", also={"quantization.not-ignored"})
def plain_key(m, rng):
    name = m.pick(rng, "self_attn.k_proj.weight")
    m.put(name, decoded(m, name).astype(BF16))
    m.drop(name + "_scale_inv")
    return name


# MXFP4, all experts of a layer in one tensor
@fault(STACKED, "encoding.missing-part", "error", "the scales of stacked experts are missing")
def mxfp4_scales_missing(m, rng):
    name = m.pick(rng, "_scales")
    m.drop(name)
    return name[: -len("_scales")]


@fault(STACKED, "encoding.part-shape", "error", "scales of another block size")
def mxfp4_block(m, rng):
    name = m.pick(rng, "_scales")
    m.put(name, m.tensors[name][..., ::2])
    return name


@fault(STACKED, "content.bad-scale", "error", "an MXFP4 scale that is no number")
def mxfp4_nan(m, rng):
    name = m.pick(rng, "_scales")
    m.put(name, edited(m.tensors[name], lambda a: a.__setitem__((1, 3, 0), 0xFF)))
    return name[: -len("_scales")]


@fault(STACKED, "content.implausible", "warning", "an MXFP4 scale with a flipped bit")
def mxfp4_flipped(m, rng):
    name = m.pick(rng, "_scales")
    m.put(name, edited(m.tensors[name], lambda a: a.__setitem__((0, 2, 1), a[0, 2, 1] ^ 0x20)))
    return name[: -len("_scales")]


@fault(STACKED, "quantization.absent", "error", "MXFP4 that config.json does not announce")
def mxfp4_absent(m, rng):
    del m.config["quantization_config"]
    return "model."


# ---------------------------------------------------------------- bases
_bases = {}


def base(name):
    if name not in _bases:
        fixtures = {MOE: ("deepseek_v3", "fp8-block"), INT4: ("kimi_k2_thinking", "int4"), DENSE: ("qwen3", "fp8-block"),
                    PLAIN: ("deepseek_v3", "none"), TIED: ("qwen3_tied_lmhead", "none"), VISION: ("kimi_k25", "int4"),
                    POWERS: ("deepseek_v3", "fp8-ue8m0"), STACKED: ("gpt_oss", "mxfp4"),
                    LISTED: ("qwen3_moe", "fp8-block")}
        if name == SQUARE:
            folder = new_folder("square")
            ckpt("synth", folder, "--preset", "tiny", "--family", "qwen3", "--storage", "fp8-block", "--set", "hidden_size=1024",
                 "--set", "num_attention_heads=8", "--set", "head_dim=128", "--set", "num_hidden_layers=4", expect=0)
            _bases[name] = Model(folder)
        else:
            _bases[name] = Model(fixture(*fixtures[name]).path)
    return _bases[name].copy()


def run(folder, *more):
    done = subprocess.run(command("validate", folder, "--read-data", "--json", *more), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    return Result(done.returncode, done.stdout, done.stderr)


def validate(model, label):
    folder = new_folder(label)
    model.write(folder)
    result = run(folder)
    remove(folder)
    return result


def unfolded(name):
    """model.layers.1.mlp.experts.{0-3,7}.x -> each name."""
    if "{" not in name:
        return [name]
    before, rest = name.split("{", 1)
    inner, after = rest.split("}", 1)
    numbers = []
    for part in inner.split(","):
        a, _, b = part.partition("-")
        numbers += range(int(a), int(b or a) + 1)
    return [f"{before}{n}{after}" for n in numbers]


def is_at(finding, place):
    if place is None:
        return True
    if place.endswith((".json", ".model")):
        return os.path.basename(finding["file"] or "") == place
    names = unfolded(finding["tensor"] or "") + finding.get("tensors", [])
    return any(place in n for n in names)


def check(result, label, planted, allowed, good):
    """Each planted (code, severity, place) is found, and no error or warning beside what they bring along."""
    for code, severity, place in planted:
        hits = [f for f in result.json["findings"] if f["code"] == code and f["severity"] == severity]
        checks.true(any(is_at(f, place) for f in hits), f"{label}: {severity} {code} at {place}",
                    [(f["severity"], f["code"], f["tensor"], f["file"]) for f in result.json["findings"]][:8])
    worst = {s for _, s, _ in planted}
    if "error" in worst:
        checks.equal(result.exit, 1, f"{label}: exit status")
    beside = sorted({f["code"] for f in result.json["findings"] if f["severity"] != "note"} - allowed - good)
    checks.equal(beside, [], f"{label}: nothing else is found")


def planted_faults():
    good = {}
    for name in sorted({f[1] for f in FAULTS}):
        result = validate(base(name), f"good-{name}")
        checks.equal(result.exit, 0, f"{name}: the good one exits with 0")
        good[name] = {f["code"] for f in result.json["findings"] if f["severity"] != "note"}
        checks.equal(sorted(good[name]), [], f"{name}: the good one has no errors and no warnings")
    for seed, (name, source, code, severity, meaning, allowed, plant) in enumerate(FAULTS):
        if not checks.selected(name):
            continue
        with checks.case(name):
            model = base(source)
            place = plant(model, random.Random(seed))
            check(validate(model, name), name, [(code, severity, place)], allowed, good[source])
    pairs = [(a, b) for a, b in itertools.combinations(FAULTS, 2) if a[1] == b[1]]
    rng = random.Random(20)
    rng.shuffle(pairs)
    tried = 0
    for number, (a, b) in enumerate(pairs):
        if tried == PAIRS:
            break
        model = base(a[1])
        try:
            places = [one[6](model, random.Random(1000 + number + i)) for i, one in enumerate((a, b))]
        except (KeyError, ValueError, IndexError):
            continue  # the second has nothing left to change
        if hides(a, b, places):
            continue
        label = f"{a[0]} and {b[0]}"
        tried += 1
        if not checks.selected(label):
            continue
        with checks.case(label):
            check(validate(model, "pair"), label, [(one[2], one[3], place) for one, place in zip((a, b), places)], a[5] | b[5] | BROUGHT, good[a[1]])
    checks.note(f"{len(FAULTS)} kinds of planted faults in {len(good)} checkpoints, alone and in {tried} pairs")


# What a fault makes impossible for another to show.
CONFIG = {"quantization.absent", "quantization.method", "quantization.stale"}
BROUGHT = {"quantization.not-ignored", "quantization.ignored", "encoding.unlike-siblings", "encoding.joined", "quantization.parameter"}


def hides(a, b, places):
    for one, other in ((a, b), (b, a)):
        if one[2] in CONFIG and other[2].startswith(("quantization.", "content.scale-format", "encoding.unlike")):
            return True
        if one[0] in HIDING and (other[2].startswith(HIDING[one[0]]) or other[0] in HIDING[one[0]]):
            return True
    # Two faults in one tensor, or in one file: the one replaces the other.
    a, b = (p or "" for p in places)
    stem = lambda p: p.replace("_scale_inv", "").replace("_packed", "").replace(".weight", "")
    return bool(a and b) and (stem(a) in b or stem(b) in a or a == b)


HIDING = {
    "tokenizer_missing": ("tokenizer", "added_tokens_beyond", "tokenizer_config_page"), "tokenizer_cut": ("tokenizer_too_large",),
    "tokenizer_config_page": ("added_tokens_beyond",), "generation_missing": ("generation",), "no_groups": ("quantization",),
    "encoded_is_ignored": ("encoded_layer_is_ignored", "dead_entry", "quantization"), "encoded_layer_is_ignored": ("quantization",), "dead_entry": ("quantization",),
    "tokenizer_too_large": ("added_tokens_beyond",), "config_layers": ("tensor", "encoding", "config", "quantization", "content"), "mtp_absent": ("config_layers", "tensor", "encoding"),
    "mixed_scales": ("encoding.mixed",), "untargeted": ("quantization",), "overlap": ("quantization",), "careless_pattern": ("quantization",),
    "dead_target": ("untargeted",), "another_method": ("quantization",), "quantization_absent": ("quantization",),
    "vision_absent": ("vision_tensor_missing",), "too_many_experts_per_token": ("config.key",), "quantization_stale": ("content.unscaled",),
    "bare_codes": ("content.implausible",), "asymmetric": ("quantization.parameter",),
}


# ---------------------------------------------------------------- good ones
SEEDS = int(os.environ.get("CKPT_VALIDATE_SEEDS", "2"))


def expect_clean(folder, label):
    result = run(folder)
    checks.equal(result.exit, 0, f"{label}: exit status")
    checks.equal([(f["severity"], f["code"], f["tensor"], f["problem"]) for f in result.json["findings"] if f["severity"] != "note"], [],
                 f"{label}: notes alone")
    return result


def good_fixtures():
    import families
    count = 0
    for family, entry in families.FAMILIES.items():
        for quant in entry["quants"]:
            for seed in range(SEEDS):
                label = f"{family} {quant} {seed}"
                if not checks.selected(label):
                    continue
                with checks.case(label):
                    expect_clean(fixture(family, quant, seed=seed).path, f"{family} {quant}, seed {seed}")
                    count += 1
    checks.note(f"{count} fixtures have nothing but notes")


def good_presets():
    names = [p["preset"] for p in ckpt("presets", json_output=True).json["summary"]["presets"]]
    for name in checks.sliced(names):
        with checks.case(name):
            out = new_folder(name)
            ckpt("synth", out, "--preset", name, "--sparse", "-q", expect=0)
            result = ckpt("validate", out, json_output=True, expect=0)
            checks.equal([f["code"] for f in result.json["findings"] if f["severity"] != "note"], [], f"{name} --sparse: notes alone")
            remove(out)
    checks.note(f"{len(names)} presets, sparse, have nothing but notes")


def good_conversions():
    count = 0
    for family, quant in (("kimi_k2", "fp8-block"), ("qwen3_moe", "none"), ("kimi_k2_thinking", "int4"), ("qwen3", "fp8-block"),
                          ("kimi_k25", "int4"), ("deepseek_v3", "fp8-ue8m0")):
        source = fixture(family, quant)
        for recipe in ("int4-g32", "int4-g64", "int4-g128", "bf16", "fp8-block"):
            label = f"{family} {quant} to {recipe}"
            if not checks.selected(label):
                continue
            with checks.case(label):
                out = new_folder("converted")
                done = ckpt("convert", source.path, out, "--to", recipe, "-q")
                if done.exit == 2:
                    checks.note(f"{family} {quant} is not converted to {recipe}: {done.stderr.strip().splitlines()[0][:160]}")
                    continue
                expect_clean(out, f"{family} {quant} converted to {recipe}")
                count += 1
                remove(out)
    checks.note(f"{count} conversions have nothing but notes")


def good_gguf():
    count = 0
    for family, quant in (("qwen3_moe", "none"), ("kimi_k2", "fp8-block"), ("llama", "none")):
        for recipe in ("bf16", "q8_0", "q4_0", "q2_K", "q4_K", "iq4_xs"):
            label = f"{family} {quant} to {recipe}.gguf"
            if not checks.selected(label):
                continue
            with checks.case(label):
                out = pathlib.Path(str(new_folder("converted")) + ".gguf")
                done = ckpt("convert", fixture(family, quant).path, out, "--to", recipe, "-q")
                if done.exit == 2:
                    checks.note(f"{family} {quant} is not converted to {recipe}: {done.stderr.strip().splitlines()[0][:160]}")
                    continue
                expect_clean(out, f"{family} {quant} as {recipe} GGUF")
                count += 1
                out.unlink()
    checks.note(f"{count} GGUF conversions have nothing but notes")


CONVERTER = """
import sys, runpy, pathlib
source, out = sys.argv[1:3]
sys.path[:0] = [source, str(pathlib.Path(source) / "gguf-py")]
from conversion.base import TextModel
TextModel.get_vocab_base_pre = lambda self, tokenizer: "qwen2"
sys.argv = ["convert_hf_to_gguf.py", *sys.argv[3:], "--outfile", out, "--outtype", "bf16"]
runpy.run_path(str(pathlib.Path(source) / "convert_hf_to_gguf.py"), run_name="__main__")
"""


def made_by_llama_cpp():
    source = os.environ.get("LLAMA_SRC")
    if not source:
        return checks.note("LLAMA_SRC is not set: what llama.cpp converts is not looked at")
    for family, quant in (("qwen3_moe", "none"), ("qwen3", "none"), ("llama", "none")):
        if not checks.selected(f"llama.cpp, {family}"):
            continue
        with checks.case(f"llama.cpp, {family}"):
            out = pathlib.Path(str(new_folder("llama-cpp")) + ".gguf")
            done = subprocess.run([sys.executable, "-c", CONVERTER, source, str(out), str(fixture(family, quant).path)],
                                  capture_output=True, text=True, timeout=600)
            if not checks.equal(done.returncode, 0, f"{family}: llama.cpp converts it"):
                checks.note(done.stderr[-600:])
                continue
            expect_clean(out, f"{family} converted by llama.cpp")
            out.unlink()


def made_by_llm_compressor():
    try:
        from llmcompressor import model_free_ptq
    except ImportError:
        return checks.note("llm-compressor is not installed: its folders are not looked at")
    for family, ignore in (("qwen3_moe", ["lm_head", "re:.*mlp.gate$"]), ("llama", ["lm_head"])):
        with checks.case(f"llm-compressor, {family}"):
            out = new_folder("llm-compressor")
            model_free_ptq(model_stub=str(fixture(family, "none").path), save_directory=str(out), scheme="W4A16",
                           ignore=ignore + ["model.embed_tokens", "re:.*norm$"], max_workers=1, device="cpu")
            expect_clean(out, f"{family} quantized by llm-compressor")
            remove(out)


def made_by_compressed_tensors():
    """transformers writes what compressed-tensors packed."""
    import torch, transformers
    from compressed_tensors.compressors import ModelCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationConfig, QuantizationScheme, apply_quantization_config
    source = fixture("qwen3", "none")
    with checks.case("compressed-tensors, qwen3"):
        out = new_folder("compressed-tensors")
        model = transformers.AutoModelForCausalLM.from_pretrained(source.path, dtype=torch.bfloat16)
        args = QuantizationArgs(num_bits=4, type="int", symmetric=True, strategy="group", group_size=32)
        config = QuantizationConfig(config_groups={"group_0": QuantizationScheme(targets=["Linear"], weights=args)}, ignore=["lm_head"],
                                    format="pack-quantized", quantization_status="initialized")
        apply_quantization_config(model, config)
        for module in model.modules():
            if hasattr(module, "weight_scale"):
                groups = module.weight.reshape(module.weight.shape[0], -1, 32).abs().amax(-1)
                module.weight_scale.data = (groups / 7.5).to(module.weight_scale.dtype)
        for module in model.modules():
            if hasattr(module, "quantization_scheme"):
                module.quantization_status = "frozen"
        compressor = ModelCompressor.from_pretrained_model(model)
        compressor.compress_model(model)
        model.save_pretrained(out)
        compressor.update_config(str(out))
        for file in source.path.glob("*token*"):
            shutil.copy(file, out / file.name)
        expect_clean(out, "qwen3 packed by compressed-tensors")
        remove(out)


# ---------------------------------------------------------------- formats
def formats():
    """Each format is read by another program's parser, and says the same as the JSON."""
    import xml.etree.ElementTree
    folders = {"good": fixture("qwen3_moe", "fp8-block").path}
    broken = base(MOE)
    name = an_expert(broken, random.Random(1))
    broken.put(name + "_scale_inv", edited(broken.tensors[name + "_scale_inv"], lambda a: a.__setitem__((0, 0), np.nan)))
    broken.put("x <&>\"'|`\x01\u20ac", np.ones((2, 2), np.float32), beside=name)
    broken.config["eos_token_id"] = 10**6
    folders["broken"] = new_folder("broken <&>")
    broken.write(folders["broken"])
    cases = [(folder, ["--read-data", "--for", "vllm:tp=8"], label) for label, folder in folders.items()]
    cases.append((folders["good"], ["--strict"], "strict"))
    cases.append((pathlib.Path("/does/not/exist"), [], "absent"))
    schema = os.environ.get("CKPT_SARIF_SCHEMA")
    for folder, options, label in cases:
        plain = ckpt("validate", folder, *options, json_output=True)
        wanted = [(f["code"], f["severity"]) for f in plain.json["findings"]]
        outputs = {}
        for form in ("sarif", "junit", "markdown", "json"):
            done = ckpt("validate", folder, *options, "--format", form, json_output=False)
            checks.equal(done.exit, plain.exit, f"{label}: {form} has the exit status of JSON")
            outputs[form] = done.stdout
        with checks.case(f"{label}: sarif"):
            log = json.loads(outputs["sarif"])
            results = log["runs"][0]["results"]
            checks.equal([(r["ruleId"], r["level"]) for r in results], wanted, f"{label}: SARIF has the findings of JSON")
            rules = [r["id"] for r in log["runs"][0]["tool"]["driver"]["rules"]]
            checks.true(all(rules[r["ruleIndex"]] == r["ruleId"] for r in results), f"{label}: SARIF names its rules")
            checks.equal(log["runs"][0]["invocations"][0]["exitCode"], plain.exit, f"{label}: SARIF has the exit status")
            for result in results:
                where = result["locations"][0]["physicalLocation"]
                if "region" in where:
                    size = (folder / where["artifactLocation"]["uri"]).stat().st_size
                    checks.true(where["region"]["byteOffset"] + where["region"]["byteLength"] <= size, f"{label}: SARIF regions lie in their files")
            if schema:
                import jsonschema
                validator = jsonschema.Draft7Validator(json.loads(pathlib.Path(schema).read_text()))
                checks.equal([e.message for e in validator.iter_errors(log)][:3], [], f"{label}: SARIF is what the OASIS schema says")
            try:
                import sarif_pydantic
            except ImportError:
                checks.note("sarif-pydantic is not installed")
            else:
                model = sarif_pydantic.Sarif.model_validate_json(outputs["sarif"])
                checks.equal(len(model.runs[0].results), len(wanted), f"{label}: sarif-pydantic reads all results")
        with checks.case(f"{label}: junit"):
            xml.etree.ElementTree.fromstring(outputs["junit"])
            try:
                import junitparser
            except ImportError:
                checks.note("junitparser is not installed")
            else:
                suites = junitparser.JUnitXml.fromstring(outputs["junit"].encode())
                failing = {c.name for suite in suites for c in suite for r in c.result if isinstance(r, junitparser.Failure)}
                lowest = ("error", "warning") if "--strict" in options else ("error",)
                checks.equal(failing, {c for c, s in wanted if s in lowest}, f"{label}: JUnit fails the codes that fail")
                errors = sum(isinstance(r, junitparser.Error) for suite in suites for c in suite for r in c.result)
                checks.equal((suites.failures, suites.errors, errors), (len(failing), int(plain.exit == 2), int(plain.exit == 2)), f"{label}: JUnit counts")
        rows = [line for line in outputs["markdown"].splitlines() if line.startswith(("| error |", "| warning |", "| note |"))]
        checks.equal(len(rows), len(wanted), f"{label}: Markdown has a row for each finding")
        outside = re.sub(r"`[^`]*`", "", outputs["markdown"])
        checks.true("<&>" not in outside, f"{label}: Markdown has no markup of the files'")
    remove(folders["broken"])


def table():
    rows = ["| planted fault | found as | severity |", "|---|---|---|"]
    rows += [f"| {meaning} | `{code}` | {severity} |" for _, _, code, severity, meaning, _, _ in FAULTS]
    return "\n".join(rows)


if __name__ == "__main__":
    if "--table" in sys.argv:
        print(table())
        sys.exit(0)
    checks.true(table() in (ROOT / "docs" / "findings.md").read_text(), "docs/findings.md has the table of planted faults: validate.py --table")
    planted_faults()
    good_fixtures()
    good_presets()
    good_conversions()
    good_gguf()
    made_by_llama_cpp()
    made_by_compressed_tensors()
    made_by_llm_compressor()
    formats()
    checks.end()
