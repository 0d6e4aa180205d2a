"""What the programs beside this file share: vLLM's package on one thread without network, and each case in a process of its own."""
import gc, json, os, pathlib, sys, traceback

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", VLLM_NO_USAGE_STATS="1", DO_NOT_TRACK="1", OMP_NUM_THREADS="1",
                  VLLM_LOGGING_LEVEL="ERROR", VLLM_CPU_KVCACHE_SPACE="1")
sys.path.append(str(pathlib.Path(sys.prefix) / "vision"))
import torch

torch.set_num_threads(1)
_operators = torch.library.Library("torchvision", "DEF")
for _name in ("nms", "qnms"):
    _operators.define(_name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
_register = torch.library.register_fake
torch.library.register_fake = lambda op, *a, **k: (
    (lambda f: f) if isinstance(op, str) and op.startswith("torchvision::") else _register(op, *a, **k))
import torchvision
import vllm
import vllm.model_executor.models.registry as registry

registry._run_in_subprocess = lambda function: function()


NOTES = []


def answer(function, case):
    """What `function` returns for a case, a dictionary; or the error and its place; and the notes taken meanwhile. In a process of its own:
    a process group is made once. What vLLM prints goes to the file CKPT_VLLM_LOG, if that is set."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        os.dup2(os.open(os.environ.get("CKPT_VLLM_LOG", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 1)
        os.dup2(1, 2)
        try:
            said = function(case)
        except BaseException as error:
            traceback.print_exc()
            last = traceback.extract_tb(error.__traceback__)[-1]
            said = {"error": (type(error).__name__ + ": " + " ".join(str(error).split()))[:300],
                    "place": f"{last.filename.split('site-packages/')[-1]}:{last.lineno}"}
        text = json.dumps({**said, "notes": sorted(set(NOTES))[:5]}).encode()
        while text:
            text = text[os.write(writing, text):]
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(process, 0)
    return json.loads(text) if text else {"error": "the process died", "notes": []}


def serve(function):
    """One JSON object a line of the input, one answer a line."""
    if sys.argv[1:] == ["--version"]:
        print(vllm.__version__)
        return
    gc.freeze()  # what is imported is not looked through again in each process
    for line in sys.stdin:
        print(json.dumps(answer(function, json.loads(line))), flush=True)
