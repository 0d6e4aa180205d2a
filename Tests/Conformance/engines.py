"""`validate --for vllm:…` against vLLM's own code (vllm/drive.py), on checkpoints that ckpt makes; Tests/Vectors/engines/judged.json holds
what vLLM said, which the Swift tests replay.

    engines.py             judges every case, and holds the record against it
    engines.py --record    writes the record anew
"""
# full-only
# needs: vllm
# seconds: 300
import json, sys

from harness import ROOT, checks, remove

from engine_cases import Engine, make, refusals

RECORD = ROOT / "Tests" / "Vectors" / "engines" / "judged.json"


def main():
    record = "--record" in sys.argv
    document = json.loads(RECORD.read_text())
    engine, made = Engine("drive.py"), {}
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
            said = engine.ask(made[key], tp=tp, ep=ep)
            loads = "error" not in said
            refusing = refusals(made[key], f"vllm:tp={tp},ep={ep}")
            if record:
                case["loads"] = loads
                case.pop("error", None)
                if not loads:
                    case["error"] = f"{said['error'][:120]} [{said.get('place', '')}]"
            checks.equal(loads, case["loads"], f"{label}: vLLM, as recorded ({said.get('error')})")
            checks.equal(loads, not refusing if "differs" not in case else bool(refusing),
                         f"{label}: ckpt says what vLLM does ({said.get('error')} {said.get('place')} {refusing})")
            checks.note(f"{label}: {said.get('error', 'loads')} {said['notes']}")
    remove(*made.values())
    if record:
        rows = ",\n".join("    " + json.dumps(case) for case in document["cases"])
        head = {k: v for k, v in document.items() if k != "cases"}
        RECORD.write_text("{\n" + "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items()) + '  "cases": [\n' + rows + "\n  ]\n}\n")


main()
checks.end()
