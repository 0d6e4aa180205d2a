#!/usr/bin/env bash
# Writes docs/commands.md: what `ckpt help` says of every verb, 80 columns wide.
# usage: Tools/make-command-docs.sh [--check] [CKPT]      --check writes nothing and fails where the page is out of date
set -euo pipefail
cd "$(dirname "$0")/.."
check=
[ "${1:-}" != --check ] || { check=1; shift; }
ckpt=${1:-.build/release/ckpt}
out=docs/commands.md
new=$(mktemp)
trap 'rm -f "$new"' EXIT
[ -x "$ckpt" ] || { echo "make-command-docs: there is no $ckpt: build it first" >&2; exit 2; }
export COLUMNS=80
# Lines of two spaces and a name, below a heading that ends in SUBCOMMANDS.
verbs=$("$ckpt" help | awk '/SUBCOMMANDS:$/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ { print $1 }')
[ -n "$verbs" ] || { echo "make-command-docs: ckpt help lists no verbs" >&2; exit 1; }
{
  echo '# Commands'
  echo
  echo 'Made by `Tools/make-command-docs.sh` from `ckpt help`; do not edit. The fields of `--json` are in'
  echo '[formats/json-output.md](formats/json-output.md).'
  echo
  echo '```text'
  "$ckpt" help | fold -s -w 80 | sed 's/[[:space:]]*$//'
  echo '```'
  for verb in $verbs; do
    printf '\n## %s\n\n```text\n' "$verb"
    "$ckpt" help "$verb" | fold -s -w 80 | sed 's/[[:space:]]*$//' | awk 'NF { for (; blank > 0; blank--) print ""; print; next } { blank++ }'
    echo '```'
  done
} > "$new"
if [ -n "$check" ]; then
  diff -u "$out" "$new" || { echo "make-command-docs: $out is out of date: run Tools/make-command-docs.sh" >&2; exit 1; }
else
  cat "$new" > "$out"
fi
