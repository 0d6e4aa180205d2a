"""Whether vLLM loads checkpoints, without kernels and at any number of ranks: its own configuration, model and load_weights run as rank 0
of a process group that does not exist. setup.sh beside this file makes the Python.

    drive.py < CASES        one JSON object a line, {"path", "tp", "ep"}; one answer a line:
                            {"notes": kernels}, and where it does not: {"error": text, "place": file and line, "missing": parameters}

What is taken from elsewhere is the choice of kernels, for which the machine has no GPU: the checks of shapes are vLLM's own.
"""
import common  # before vLLM
from common import NOTES
import torch
import torch.distributed as dist
from torch.testing._internal.distributed.fake_pg import FakeStore
import vllm.distributed.parallel_state as groups
import vllm.model_executor.layers.fused_moe.oracle.fp8 as fp8_experts
import vllm.model_executor.layers.fused_moe.oracle.int_wna16 as int4_experts
import vllm.model_executor.layers.quantization.compressed_tensors.compressed_tensors_moe.compressed_tensors_moe_wna16 as int4_moe
import vllm.model_executor.layers.quantization.compressed_tensors.schemes.compressed_tensors_wNa16 as int4_linear
import vllm.model_executor.layers.quantization.fp8 as fp8
from vllm.config import set_current_vllm_config
from vllm.engine.arg_utils import EngineArgs
from vllm.model_executor.layers.quantization.utils import marlin_utils
from vllm.model_executor.model_loader import get_model_loader
from vllm.model_executor.model_loader.utils import initialize_model
from vllm.platforms import current_platform


class Kernel:
    """Any kernel: nothing is computed."""

    def __init__(self, *a, **k):
        pass

    def process_weights_after_loading(self, layer):
        pass

    @classmethod
    def get_min_capability(cls):
        return 0


def choose_fp8_experts(config, weight_key, activation_key, allow_vllm_cutlass=False):
    from vllm.model_executor.layers.fused_moe.experts.triton_moe import TritonExperts
    type(current_platform).supports_fp8 = classmethod(lambda cls: True)
    NOTES.append(f"fp8 experts in blocks of {tuple(weight_key.scale.group_shape)}")
    if not TritonExperts._supports_quant_scheme(weight_key, activation_key):
        raise NotImplementedError("no kernel of fp8 experts")
    return fp8_experts.Fp8MoeBackend.TRITON, TritonExperts


def choose_int4_experts(config, weight_key, quant_config, may_have_zp, may_have_bias, allow_tile_padding=False):
    for backend in (int4_experts.WNA16MoEBackend.MARLIN, int4_experts.WNA16MoEBackend.TRITON):
        reason = int4_experts._backend_incompatibility_reason(backend, config, quant_config, may_have_zp, may_have_bias, allow_tile_padding)
        kernel = int4_experts.backend_to_kernel_cls(backend)[0]
        if reason or not kernel._supports_quant_scheme(weight_key, None):
            NOTES.append(f"{backend.value}: {reason or 'quantization scheme'}")
            continue
        NOTES.append(f"int4 experts {backend.value}")
        return backend, kernel
    raise NotImplementedError("no kernel of INT4 experts")


def choose_int4_linear(config, cc=None):
    columns, rows = config.partition_weight_shape
    if config.group_size not in marlin_utils.MARLIN_SUPPORTED_GROUP_SIZES:
        NOTES.append(f"marlin: groups of {config.group_size}")
    else:
        fits, why = marlin_utils.check_marlin_supports_shape(rows, columns, config.full_weight_shape[0], config.group_size)
        if not fits:
            NOTES.append("marlin: " + why[:90])
    return type("AnyKernel", (Kernel,), {})


fp8.init_fp8_linear_kernel = lambda **k: Kernel()
fp8.select_fp8_moe_backend = choose_fp8_experts
int4_moe.select_wna16_moe_backend = choose_int4_experts
int4_linear.choose_mp_linear_kernel = choose_int4_linear

_new_group = dist.new_group
dist.new_group = lambda ranks=None, timeout=None, backend=None, **k: _new_group(ranks, timeout=timeout, backend="fake")
_init = groups.GroupCoordinator.__init__


def _coordinator(self, *a, **k):
    k["use_message_queue_broadcaster"] = False
    a = list(a)
    if len(a) > 3:
        a[3] = False
    else:
        k["use_device_communicator"] = False
    return _init(self, *a, **k)


groups.GroupCoordinator.__init__ = _coordinator
# Parameters that a checkpoint need not have.
OPTIONAL = (".attn.k_scale", ".attn.v_scale", ".attn.q_scale", ".attn.prob_scale", "q_zero_point", "k_zero_point", "v_zero_point",
            "weight_shape", "g_idx")


def load(path, tp, ep):
    """The parameters that loading left as they were."""
    config = EngineArgs(model=path, dtype="bfloat16", max_model_len=128, enforce_eager=True, skip_tokenizer_init=True,
                        tensor_parallel_size=tp, enable_expert_parallel=ep > 1, distributed_executor_backend="mp").create_engine_config()
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=tp)
    with set_current_vllm_config(config):
        groups.init_distributed_environment(world_size=tp, rank=0, local_rank=0, distributed_init_method="tcp://127.0.0.1:1", backend="fake")
        groups.initialize_model_parallel(tp, 1)
        torch.set_default_dtype(torch.bfloat16)
        try:
            model = initialize_model(vllm_config=config)
        finally:
            torch.set_default_dtype(torch.float32)
        names = {name for name, _ in model.named_parameters()}
        loaded = model.load_weights(get_model_loader(config.load_config).get_all_weights(config.model_config, model))
    return sorted(n for n in names - set(loaded) if not n.endswith(OPTIONAL)) if loaded is not None else []


def answer(case):
    missing = load(case["path"], case["tp"], case["ep"])
    return {"error": f"{len(missing)} parameters are not loaded", "missing": missing[:6]} if missing else {}


if __name__ == "__main__":
    common.serve(answer)
