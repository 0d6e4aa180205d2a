"""What the judges of an engine's own code share: its process, and the checkpoints they ask it about."""
import json, os, subprocess

from harness import ROOT, ckpt, new_folder, remove

# Kimi's class in transformers knows the tower under other keys than the published config.
TOWER_KEYS = {"vt_hidden_size": "hidden_size", "vt_intermediate_size": "intermediate_size", "vt_num_attention_heads": "num_attention_heads",
              "vt_num_hidden_layers": "num_hidden_layers", "init_pos_emb_height": "pos_emb_height", "init_pos_emb_width": "pos_emb_width",
              "init_pos_emb_time": "pos_emb_time"}


class Engine:
    """A program of vllm/ in the Python of vllm/setup.sh: a JSON object a line goes in, one comes out."""

    def __init__(self, program):
        self.process = subprocess.Popen([os.environ["PEERS_VLLM"], str(ROOT / "Tests" / "Conformance" / "vllm" / program)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, path, **more):
        print(json.dumps({"path": str(path), **more}), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def make(case):
    """The checkpoint of a case: synthesised, converted where it says so, and its config changed."""
    name = ["--preset", "tiny", "--family", case["tiny"]] if "tiny" in case else ["--preset", case["preset"]]
    settings = [part for text in case.get("set", []) for part in ("--set", text)]
    folder = new_folder("made")
    ckpt("synth", folder, *name, *settings, expect=0)
    for recipe in (case.get("through"), case.get("storage")):
        if recipe:
            source, folder = folder, new_folder("converted")
            ckpt("convert", source, folder, "--to", recipe, expect=0)
            remove(source)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for key, value in case.get("config", {}).items():
        if value is None:
            config.pop(key, None)
        elif isinstance(value, dict):
            config[key] = {**config.get(key, {}), **value}
        else:
            config[key] = value
    tower = config.get("vision_config", {})
    tower.update({TOWER_KEYS[k]: v for k, v in list(tower.items()) if k in TOWER_KEYS})
    if "mm_hidden_size" in tower:
        config["projection_hidden_size"] = tower["mm_hidden_size"]
    path.write_text(json.dumps(config))
    if tower:
        (folder / "preprocessor_config.json").write_text("{}")
    return folder


def refusals(folder, deployment):
    """The rules by which `ckpt validate --for` says that the engine refuses it."""
    found = ckpt("validate", folder, "--for", deployment).json["findings"]
    return [f["problem"].rsplit(", ", 1)[-1].rstrip("]") for f in found if f["code"] == "engine.refuses"]
