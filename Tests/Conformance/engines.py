"""`validate --for vllm:…` against vLLM's own code (vllm/drive.py), on checkpoints that ckpt makes; Tests/Vectors/engines/judged.json holds
what vLLM said, which the Swift tests replay.

    engines.py             judges every case, and holds the record against it
    engines.py --record    writes the record anew
"""
# full-only
# needs: vllm
# seconds: 300
import json, os, subprocess, sys

from harness import ROOT, checks, ckpt, new_folder, remove

RECORD = ROOT / "Tests" / "Vectors" / "engines" / "judged.json"
# Kimi's class in transformers knows the tower under other keys than the published config.
TOWER_KEYS = {"vt_hidden_size": "hidden_size", "vt_intermediate_size": "intermediate_size", "vt_num_attention_heads": "num_attention_heads",
              "vt_num_hidden_layers": "num_hidden_layers", "init_pos_emb_height": "pos_emb_height", "init_pos_emb_width": "pos_emb_width",
              "init_pos_emb_time": "pos_emb_time"}


class Engine:
    def __init__(self):
        self.process = subprocess.Popen([os.environ["PEERS_VLLM"], str(ROOT / "Tests" / "Conformance" / "vllm" / "drive.py")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, path, tp, ep):
        print(json.dumps({"path": str(path), "tp": tp, "ep": ep}), file=self.process.stdin, flush=True)
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


def verdict_of_ckpt(folder, deployment):
    found = ckpt("validate", folder, "--for", deployment).json["findings"]
    return [f["problem"].rsplit(", ", 1)[-1].rstrip("]") for f in found if f["code"] == "engine.refuses"]


def main():
    record = "--record" in sys.argv
    document = json.loads(RECORD.read_text())
    engine, made = Engine(), {}
    for case in document["cases"]:
        key = json.dumps({k: v for k, v in case.items() if k not in ("tp", "ep", "loads", "error", "differs")})
        label = key + f" tp={case.get('tp', 1)} ep={case.get('ep', 1)}"
        if not checks.selected(label):
            continue
        with checks.case(label):
            if key not in made:
                remove(*made.values())
                made = {key: make(case)}
            tp, ep = case.get("tp", 1), case.get("ep", 1)
            said = engine.ask(made[key], tp, ep)
            refusing = verdict_of_ckpt(made[key], f"vllm:tp={tp},ep={ep}")
            if record:
                case["loads"] = said["loads"]
                case.pop("error", None)
                if not said["loads"]:
                    case["error"] = f"{said['error'][:120]} [{said.get('place', '')}]"
            checks.equal(said["loads"], case["loads"], f"{label}: vLLM, as recorded ({said['error']})")
            checks.equal(said["loads"], not refusing if "differs" not in case else bool(refusing),
                         f"{label}: ckpt says what vLLM does ({said['error']} {said.get('place')} {refusing})")
            checks.note(f"{label}: {'loads' if said['loads'] else said['error']} {said['notes'] if 'notes' in said else ''}")
    remove(*made.values())
    if record:
        rows = ",\n".join("    " + json.dumps(case) for case in document["cases"])
        head = {k: v for k, v in document.items() if k != "cases"}
        RECORD.write_text("{\n" + "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items()) + '  "cases": [\n' + rows + "\n  ]\n}\n")


main()
checks.end()
