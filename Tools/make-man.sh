#!/usr/bin/env bash
# Writes man pages to OUT/man1 (a page for ckpt and one for each verb) and completions for bash, zsh and fish to
# OUT/completions, out of what the built command says of itself.
# usage: Tools/make-man.sh [CKPT] [OUT]      (.build/release/ckpt, dist)
set -euo pipefail
cd "$(dirname "$0")/.."
ckpt=${1:-.build/release/ckpt}
out=${2:-dist}
[ -x "$ckpt" ] || { echo "make-man: there is no $ckpt: build it first" >&2; exit 2; }
mkdir -p "$out/man/man1" "$out/completions"
export COLUMNS=78
version=$("$ckpt" --version)

# page NAME ABSTRACT: the help text on standard input, set as it stands.
page() {
  printf "'\\\\\" -*- coding: UTF-8 -*-\n"
  printf '.TH "%s" "1" "" "ckpt %s" "ckpt"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n' \
    "$(printf '%s' "$1" | tr '[:lower:]' '[:upper:]')" "$version" "$1" "$2"
  sed -e '1s/^OVERVIEW: //' -e 's/[[:space:]]*$//' -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
  printf '.fi\n'
}
# The first sentence of a help text, put on one line.
abstract() { sed -n '/^OVERVIEW: /,/^$/p' | sed 's/^OVERVIEW: //' | paste -sd ' ' - | sed 's/[[:space:]]*$//'; }

verbs=$("$ckpt" help | awk '/SUBCOMMANDS:$/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ { print $1 }')
[ -n "$verbs" ] || { echo "make-man: ckpt help lists no verbs" >&2; exit 1; }
"$ckpt" help | page ckpt "$("$ckpt" help | abstract)" > "$out/man/man1/ckpt.1"
for verb in $verbs; do
  "$ckpt" help "$verb" | page "ckpt-$verb" "$("$ckpt" help "$verb" | abstract)" > "$out/man/man1/ckpt-$verb.1"
done
for shell in bash zsh fish; do "$ckpt" --generate-completion-script "$shell" > "$out/completions/ckpt.$shell"; done
echo "make-man: $(ls "$out/man/man1" | wc -l) pages and 3 completions in $out"
