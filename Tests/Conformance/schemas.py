"""Every spec document against the JSON Schema of its kind.

Judged by the jsonschema library. A document that is changed in one place must be refused: a schema that accepts
everything would pass otherwise.
"""
# seconds: 1
import copy, json

from harness import ROOT, checks

import jsonschema

KINDS = {"families": "family", "presets": "preset", "recipes": "recipe", "gguf": "gguf", "tokenizers": "tokenizer",
         "engines": "engine"}
for folder, kind in KINDS.items():
    schema = json.loads((ROOT / "Specs" / "schema" / f"{kind}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted((ROOT / "Specs" / folder).rglob("*.json")):
        document = json.loads(path.read_text())
        errors = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)]
        checks.equal(errors, [], f"{folder}/{path.name} is what its schema says")
        for change in (lambda d: d.update(schema="ckpt.other/1"), lambda d: d.update(misspelt=1), lambda d: d.pop("name")):
            wrong = copy.deepcopy(document)
            change(wrong)
            checks.true(not validator.is_valid(wrong), f"{folder}/{path.name}: the schema refuses a wrong document")
checks.end()
