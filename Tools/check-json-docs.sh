#!/usr/bin/env bash
# Holds docs/formats/json-output.md against what the verbs print: every key of a summary must be named in the section of its
# verb. Keys that are names themselves (roles, encodings, files) are not looked into. Needs jq.
# usage: Tools/check-json-docs.sh [CKPT]
set -euo pipefail
cd "$(dirname "$0")/.."
ckpt=$(readlink -f "${1:-.build/release/ckpt}")
page=$PWD/docs/formats/json-output.md
[ -x "$ckpt" ] || { echo "check-json-docs: there is no $ckpt: build it first" >&2; exit 2; }
command -v jq > /dev/null || { echo "check-json-docs: not checked: jq is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0 checked=0

# section VERB: the text under the heading that names the verb.
section() { awk -v verb="$1" '/^###? / { on = index(" " $0, " " verb) > 0; next } on' <(sed 's/,/ /g; s/^### \(.*\)/### \1 /' "$page"); }

# look VERB KEY...: each key stands in the section in back quotes, alone or in a list.
look() {
  local verb=$1 key
  shift
  section "$verb" > section.txt
  # What finish says beside its own is said of the verb whose plan it finishes.
  if [ "$verb" = finish ]; then section convert >> section.txt; fi
  [ -s section.txt ] || { echo "check-json-docs: no section on $verb" >&2; failed=1; return; }
  for key in "$@"; do
    checked=$((checked + 1))
    case "$key" in elapsed_seconds) continue ;; parameters_*) grep -q 'parameters_' section.txt && continue ;; esac
    grep -qE "(^|[^a-z_])$key([^a-z_]|\$)" section.txt || { echo "check-json-docs: $verb: '$key' is not on the page" >&2; failed=1; }
  done
}

# keys VERB ARGUMENT...: runs the verb and looks up the keys of its summary.
keys() {
  local verb=$1 list
  "$ckpt" "$@" --json > out.json 2> err.txt || true
  list=$(jq -r '.summary | keys[]' out.json) || { echo "check-json-docs: $*: no document" >&2; cat err.txt >&2; failed=1; return; }
  # shellcheck disable=SC2086
  look "$verb" $list
}

keys synth a --preset tiny --family kimi_k2 --storage fp8-block
keys inspect a --layers --experts --context 64 --gpu 1GiB --ram 1GiB
look inspect $(jq -r '.summary | (.by_layer[0], .fit, .routed_experts) | keys[]' out.json)
keys validate a
keys convert a b --to int4-g32 --dry-run
look convert $(jq -r '.summary | (.memory, .files[0], .tensors[0]) | keys[]' out.json)
keys convert a b --to int4-g32
look convert $(jq -r '.summary.error_by_role[] | keys[]' out.json | sort -u)
keys reshard a c --by layer
keys compare a b
look compare $(jq -r '.summary.worst[0] | keys[]' out.json)
keys convert a d --to bf16 --plan-only plan.json
keys status plan.json
keys run plan.json
keys finish plan.json
for verb in families presets encodings recipes; do
  keys $verb
  look $verb $(jq -r --arg verb $verb '.summary[$verb][0] | keys[]' out.json)
done
keys presets tiny-llama
keys recipes bf16
"$ckpt" list a --json > list.json
look list $(sed -n '1p;2p;$p' list.json | jq -r 'keys[]' | sort -u)
"$ckpt" list a --json --stored > list.json
look list $(sed -n 2p list.json | jq -r 'keys[]')
if "$ckpt" forward a --random 4 --routing --json > out.json 2> err.txt; then
  look forward $(jq -r '.summary | keys[]' out.json) $(jq -r '.summary.routing[0] | keys[]' out.json)
  keys compare a b --forward
elif grep -q library.missing out.json; then
  echo "check-json-docs: forward: not checked: OpenBLAS is not installed"
else
  cat err.txt >&2
  failed=1
fi
echo "check-json-docs: $checked keys looked up"
[ "$failed" = 0 ]
