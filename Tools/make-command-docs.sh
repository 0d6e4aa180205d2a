#!/usr/bin/env bash
# Writes docs/commands.md: what `ckpt help` says of every verb, 80 columns wide.
# usage: Tools/make-command-docs.sh [CKPT] [OUT]
set -euo pipefail
cd "$(dirname "$0")/.."
ckpt=${1:-.build/release/ckpt}
out=${2:-docs/commands.md}
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
  "$ckpt" help | sed 's/[[:space:]]*$//'
  echo '```'
  for verb in $verbs; do
    printf '\n## %s\n\n```text\n' "$verb"
    "$ckpt" help "$verb" | sed 's/[[:space:]]*$//' | awk 'NF { for (; blank > 0; blank--) print ""; print; next } { blank++ }'
    echo '```'
  done
} > "$out.new"
mv "$out.new" "$out"
