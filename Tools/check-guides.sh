#!/usr/bin/env bash
# Runs what the guides tell people to run: every ```sh block of docs/guide/*.md whose first line begins with `# run`.
# The blocks of one page run in order, in one new folder, with the built ckpt in front of PATH; a failing one fails
# the check. `# run, with jq` is passed over, and said to be, where jq is not installed.
# usage: Tools/check-guides.sh [CKPT] [PAGE...]
set -euo pipefail
cd "$(dirname "$0")/.."
ckpt=${1:-.build/release/ckpt}
[ -x "$ckpt" ] || { echo "check-guides: there is no $ckpt: build it first (make release)" >&2; exit 2; }
shift $(($# > 0 ? 1 : 0))
[ $# -gt 0 ] || set -- docs/guide/*.md
bin=$(cd "$(dirname "$ckpt")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$bin:$PATH"
passed=0 failed=0 skipped=0
for page in "$@"; do
  name=$(basename "$page" .md)
  mkdir -p "$work/$name/blocks" "$work/$name/folder"
  awk -v out="$work/$name/blocks" '
    /^```/ && open { close(file); open = 0; next }
    /^```sh$/ { open = 1; number++; file = sprintf("%s/%03d.sh", out, number); printf "# %s:%d\n", FILENAME, FNR > file; next }
    /^```/ { open = 1; file = "/dev/null"; next }
    open { print > file }' "$page"
  for block in "$work/$name"/blocks/*.sh; do
    [ -e "$block" ] || continue
    mark=$(sed -n 2p "$block")
    case "$mark" in "# run"*) ;; *) continue ;; esac
    place=$(sed -n '1s/^# //p' "$block")
    if [ "$mark" = "# run, with jq" ] && ! command -v jq > /dev/null; then
      echo "check-guides: $place: not run: jq is not installed"
      skipped=$((skipped + 1))
      continue
    fi
    if (cd "$work/$name/folder" && bash -euo pipefail "$block") > "$work/log" 2>&1; then
      passed=$((passed + 1))
    else
      echo "check-guides: $place fails:" >&2
      sed 's/^/  /' "$work/log" >&2
      failed=$((failed + 1))
      break
    fi
  done
done
echo "check-guides: $passed blocks passed, $failed failed, $skipped not run"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
