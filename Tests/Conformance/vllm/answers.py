"""What vLLM answers: the log-probabilities that it gives to every token of the vocabulary after each token of a prompt. It runs whole, on
one rank: its parsing, names, joined matrices, routing, attention and scheduler. setup.sh beside this file makes the Python.

    answers.py < CASES      one JSON object a line, {"path", "tokens", "out"}; OUT.npy is float32, [tokens - 1, vocab]; one answer a line:
                            {"experts": [router][token], those chosen, sorted}, or {"error": text, "place": file and line}

Where this CPU has no kernel for what is stored, the weights that vLLM has loaded are decoded to BF16 by the lines below, and vLLM's kernels
of BF16 do the rest.
"""
import common  # before vLLM
import os

os.environ.update(VLLM_ENABLE_V1_MULTIPROCESSING="0", TORCHDYNAMO_DISABLE="1")  # one process, and no compiler
import numpy as np
import torch
import vllm.model_executor.layers.fused_moe.oracle.fp8 as fp8_experts
import vllm.model_executor.layers.fused_moe.oracle.int_wna16 as int4_experts
import vllm.model_executor.layers.quantization.compressed_tensors.compressed_tensors_moe.compressed_tensors_moe_wna16 as int4_moe
import vllm.model_executor.layers.quantization.fp8 as fp8
import vllm.model_executor.layers.quantization.mxfp4 as mxfp4
from vllm import LLM, SamplingParams
from vllm.model_executor.layers.fused_moe.experts.cpu_moe import CPUUnquantizedExperts
from vllm.model_executor.layers.fused_moe.router.cpu_router import CPURouter
from vllm.model_executor.layers.fused_moe.unquantized_fused_moe_method import UnquantizedFusedMoEMethod
from vllm.model_executor.layers.quantization.utils.quant_utils import unpack_quantized_values_into_int32
from vllm.model_executor.utils import replace_parameter


def decode_fp8(weight, scale, block=128):
    rows, columns = weight.shape[-2:]
    grid = scale.float().repeat_interleave(block, -2)[..., :rows, :].repeat_interleave(block, -1)[..., :columns]
    return (weight.float() * grid).bfloat16()


def decode_int4(packed, scale, kind):
    codes = unpack_quantized_values_into_int32(packed, kind, packed.ndim - 1) - kind.bias
    return (codes * scale.float().repeat_interleave(codes.shape[-1] // scale.shape[-1], -1)).bfloat16()


class Fp8Linear:
    """A kernel of linear layers. The parameters stay as they are: MLA decodes some itself."""

    def process_weights_after_loading(self, layer):
        pass

    def apply_weights(self, layer, x, bias=None):
        return torch.nn.functional.linear(x, decode_fp8(layer.weight, layer.weight_scale_inv).to(x.dtype), bias)


def decode_mxfp4(packed, scale):
    halves = torch.tensor([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12])  # of E2M1
    codes = torch.stack([packed & 15, packed >> 4], -1).flatten(-2)
    return (halves[codes.int()] * torch.exp2(scale.float() - 128).repeat_interleave(32, -1)).bfloat16()


def run_in_bf16(method, decode):
    """The quantized experts of a class become plain ones once they are loaded."""

    def process_weights_after_loading(self, layer):
        for name in ("w13_weight", "w2_weight"):
            weight = torch.nn.Parameter(decode(self, layer, name), requires_grad=False)
            replace_parameter(layer, name, weight) if hasattr(layer, name) else layer.register_parameter(name, weight)
        plain = UnquantizedFusedMoEMethod(layer.moe_config)
        plain.process_weights_after_loading(layer)
        self.moe_kernel, self.apply = plain.moe_kernel, plain.apply

    method.process_weights_after_loading = process_weights_after_loading


fp8.init_fp8_linear_kernel = lambda **k: Fp8Linear()
fp8.select_fp8_moe_backend = lambda **k: (fp8_experts.Fp8MoeBackend.TRITON, CPUUnquantizedExperts)
int4_moe.select_wna16_moe_backend = lambda **k: (int4_experts.WNA16MoEBackend.TRITON, CPUUnquantizedExperts)
mxfp4.select_mxfp4_moe_backend = lambda *a, **k: (mxfp4.Mxfp4MoeBackend.MARLIN, CPUUnquantizedExperts)
run_in_bf16(fp8.Fp8MoEMethod, lambda self, layer, name: decode_fp8(getattr(layer, name), getattr(layer, name + "_scale_inv")))
run_in_bf16(int4_moe.CompressedTensorsWNA16MoEMethod,
            lambda self, layer, name: decode_int4(getattr(layer, name + "_packed"), getattr(layer, name + "_scale"), self.quant_type))
run_in_bf16(mxfp4.GptOssMxfp4MoEMethod, lambda self, layer, name: decode_mxfp4(getattr(layer, name), getattr(layer, name + "_scale")))

_router = CPURouter.__init__


def _one_group(self, *a, scoring_func="softmax", use_grouped_topk=False, custom_routing_function=None, **k):
    """Without groups the CPU's router knows softmax alone: a sigmoid's experts are one group."""
    if scoring_func == "sigmoid" and not use_grouped_topk and custom_routing_function is None:
        use_grouped_topk, k["num_expert_group"], k["topk_group"] = True, 1, 1
    _router(self, *a, scoring_func=scoring_func, use_grouped_topk=use_grouped_topk, custom_routing_function=custom_routing_function, **k)


CPURouter.__init__ = _one_group
_route = CPURouter._compute_routing
CHOSEN = []


def _note_route(self, *a, **k):
    weights, experts = _route(self, *a, **k)
    CHOSEN.append(experts.sort(-1).values.tolist())
    return weights, experts


CPURouter._compute_routing = _note_route


def answer(case):
    tokens = case["tokens"]
    engine = LLM(model=case["path"], dtype="bfloat16", max_model_len=128, max_num_seqs=1, enforce_eager=True, enable_prefix_caching=False,
                 max_logprobs=-1, disable_log_stats=True)
    CHOSEN.clear()  # of the runs before the first
    said = engine.generate({"prompt_token_ids": tokens}, SamplingParams(max_tokens=1, prompt_logprobs=-1, detokenize=False), use_tqdm=False)
    rows = [[row[token].logprob for token in range(len(row))] for row in said[0].prompt_logprobs[1:]]
    np.save(case["out"], np.array(rows, np.float32))
    return {"experts": CHOSEN}


if __name__ == "__main__":
    common.serve(answer)
