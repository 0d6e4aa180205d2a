"""Every spec document against the JSON Schema of its kind: python schemas.py [FOLDER]

Judged by the jsonschema library. A document that is changed in one place must be refused: a schema that accepts
everything would pass otherwise.
"""
import copy, json, os, sys

import jsonschema

KINDS = {"families": "family", "presets": "preset", "recipes": "recipe"}
root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Specs")
failures = count = refused = 0
for folder, kind in KINDS.items():
    schema = json.load(open(os.path.join(root, "schema", kind + ".json")))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for place, _, files in sorted(os.walk(os.path.join(root, folder))):
        for name in sorted(f for f in files if f.endswith(".json")):
            document = json.load(open(os.path.join(place, name)))
            count += 1
            for error in validator.iter_errors(document):
                failures += 1
                print(f"{folder}/{name}: {error.json_path}: {error.message}")
            for change in (lambda d: d.update(schema="ckpt.other/1"), lambda d: d.update(misspelt=1), lambda d: d.pop("name")):
                wrong = copy.deepcopy(document)
                change(wrong)
                if validator.is_valid(wrong):
                    failures += 1
                    print(f"{folder}/{name}: the schema accepts a wrong document")
                refused += 1
print(f"{count} documents, {refused} wrong ones, {failures} failures")
sys.exit(bool(failures))
