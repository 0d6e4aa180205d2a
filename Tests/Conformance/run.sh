#!/usr/bin/env bash
# Runs the live judges, or those named. A judge is a *.py beside this file that imports the harness and ends with checks.end().
#
#   Tests/Conformance/run.sh [int4 resume ...]
#
# CKPT                  the command under test (default: the release build of this checkout)
# CKPT_CONFORMANCE_DIR  where fixtures and results go; kept (default: a temporary folder, removed at the end)
# CKPT_PEERS            see setup.sh
#
# A judge with a line `# needs: llama` gets llama.cpp (setup-llama.sh), by PEERS_LLAMA (programs), LLAMA_LIB, LLAMA_SRC and ORACLE.
#
# The last line is `N passed, N failed`, of all checks together.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
export CKPT="${CKPT:-$root/.build/release/ckpt}" PYTHONDONTWRITEBYTECODE=1
[ -x "$CKPT" ] || { echo "Tests/Conformance/run.sh: no $CKPT; build it with 'make release'" >&2; exit 1; }

judges=("$@")
if [ $# -eq 0 ]; then
  for file in "$here"/*.py; do
    name="$(basename "$file" .py)"
    if grep -q '^from harness import' "$file" && grep -q 'checks\.end()' "$file"; then judges+=("$name"); fi
  done
fi
for name in "${judges[@]}"; do
  [ -f "$here/$name.py" ] || { echo "Tests/Conformance/run.sh: there is no judge '$name'" >&2; exit 64; }
done
python="$("$here/setup.sh")"
if (cd "$here" && grep -qxs '# needs: llama' "${judges[@]/%/.py}"); then
  llama="$("$here/setup-llama.sh")"
  export PEERS_LLAMA="$llama/bin" LLAMA_LIB="$llama/bin" LLAMA_SRC="$llama/src" ORACLE="$here/oracle"
fi
if [ -z "${CKPT_CONFORMANCE_DIR:-}" ]; then
  CKPT_CONFORMANCE_DIR="$(mktemp -d "${TMPDIR:-/tmp}/ckpt-conformance-XXXXXX")"
  trap 'rm -rf "$CKPT_CONFORMANCE_DIR"' EXIT
fi
export CKPT_CONFORMANCE_DIR

passed=0 failed=0 broken=()
log="$CKPT_CONFORMANCE_DIR/run.log"
mkdir -p "$CKPT_CONFORMANCE_DIR"
for name in "${judges[@]}"; do
  echo "== $name"
  status=0
  "$python" "$here/$name.py" </dev/null 2>&1 | tee "$log" || status=$?
  line="$(grep -E "^$name: [0-9]+ passed, [0-9]+ failed" "$log" | tail -n 1 || true)"
  if [ -z "$line" ]; then
    echo "FAILED $name: it ended without its closing line"
    failed=$((failed + 1)) broken+=("$name")
    continue
  fi
  read -r _ ok _ bad _ <<<"$line"
  passed=$((passed + ok)) failed=$((failed + bad))
  if [ "$status" -ne 0 ]; then
    broken+=("$name")
    [ "$bad" -gt 0 ] || failed=$((failed + 1))
  fi
done
rm -f "$log"
[ ${#broken[@]} -eq 0 ] || echo "failed: ${broken[*]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
