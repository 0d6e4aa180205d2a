"""llama.cpp's own converter on fixtures, with the tokenizer step made to work: GGUF files of the same weights, made by another program.

    python convert_f32.py SRC OUT.gguf [--outtype f32|bf16|f16] [--vocab golden|own|none|mmproj]
    python convert_f32.py --jobs FILE        many at once: a JSON list of [SRC, OUT.gguf, outtype, vocab]

LLAMA_SRC is the source tree that the converter comes from. golden_tokenizer.json lies in SRC or in SRC.golden.

The converter knows a tokenizer by the hash of a probe text, and tiny ones are not in its list. --vocab
  golden  (default) the arrays of golden_tokenizer.json are written
  own     the converter's own tokenizer code runs, only the question for its hash is answered from golden_tokenizer.json
          (not for the Kimi fixtures, whose tokenizer needs Python code that is not in the folder)
  none    no tokenizer (tensor bytes do not depend on it; the file cannot generate text)
  mmproj  the vision tower in place of the text model
Tensor bytes of an F32 file from an fp8 fixture are the exact Float32 product; kv_b_proj comes out as attn_k_b, attn_v_b.
"""
import argparse, json, os, pathlib, sys, tempfile

ROOT = os.environ.get("LLAMA_SRC") or sys.exit("convert_f32.py: LLAMA_SRC is not set (../setup-llama.sh makes it)")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path[:0] = [ROOT, os.path.join(ROOT, "gguf-py")]
from conversion.base import ModelBase
import convert_hf_to_gguf


def tokenizer(model):
    folder = pathlib.Path(model.dir_model)
    places = [folder / "golden_tokenizer.json", folder.with_name(folder.name + ".golden") / "golden_tokenizer.json"]
    return json.loads(next(p for p in places if p.exists()).read_text())["gguf"]


def golden(model):
    g, w = tokenizer(model), model.gguf_writer
    w.add_tokenizer_model(g["tokenizer.ggml.model"])
    w.add_tokenizer_pre(g["tokenizer.ggml.pre"])
    w.add_token_list(g["tokenizer.ggml.tokens"])
    w.add_token_types(g["tokenizer.ggml.token_type"])
    w.add_token_merges(g["tokenizer.ggml.merges"])
    w.add_bos_token_id(g["bos"])
    w.add_eos_token_id(g["eos"])


def convert(source, out, outtype="f32", vocab="golden"):
    """Once in a process: the converter reads sys.argv, and its classes are changed."""
    init = ModelBase.__init__

    def patched(self, *args, **kw):
        init(self, *args, **kw)
        if vocab == "none":
            self.set_vocab = lambda: self.gguf_writer.add_tokenizer_model("none")
        elif vocab == "golden":
            self.set_vocab = lambda: golden(self)
        else:
            self.get_vocab_base_pre = lambda tok: tokenizer(self)["tokenizer.ggml.pre"]

    ModelBase.__init__ = patched
    sys.argv = ["convert_hf_to_gguf.py", str(source), "--outtype", outtype, "--outfile", str(out)]
    if vocab == "mmproj":
        sys.argv.append("--mmproj")
    convert_hf_to_gguf.main()


def convert_all(jobs, at_once):
    """Each in a process of its own, which has the libraries already."""
    running, failed = {}, []
    for job in [*jobs, None]:
        while running and (job is None or len(running) >= at_once):
            child, status = os.wait()
            done, log = running.pop(child)
            if status:
                log.seek(0)
                failed.append(f"{done}: {log.read().decode(errors='replace')[-1500:]}")
        if job is None:
            break
        log = tempfile.TemporaryFile()
        child = os.fork()
        if child == 0:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            status = 1
            try:
                convert(*job)
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                status = 0 if isinstance(error, SystemExit) and not error.code else 1
            sys.stderr.flush()
            os._exit(status)
        running[child] = (job, log)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("src", nargs="?")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--outtype", default="f32", choices=["f32", "bf16", "f16"])
    parser.add_argument("--vocab", default="golden", choices=["golden", "own", "none", "mmproj"])
    parser.add_argument("--jobs")
    a = parser.parse_args()
    if a.jobs:
        import torch, transformers
        torch.set_num_threads(1)
        # What every process would load for itself.
        transformers.AutoConfig, transformers.AutoTokenizer, transformers.PreTrainedTokenizerFast
        failed = convert_all(json.loads(pathlib.Path(a.jobs).read_text()), int(os.environ.get("CKPT_CONFORMANCE_AT_ONCE") or os.cpu_count() or 1))
        sys.exit("\n".join(failed) or None)
    if not a.out:
        parser.error("SRC and OUT.gguf, or --jobs")
    convert(a.src, a.out, a.outtype, a.vocab)


if __name__ == "__main__":
    main()
