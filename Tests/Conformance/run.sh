#!/usr/bin/env bash
# Runs the live judges, two at a time, or those named. A judge is a *.py beside this file that imports the harness and ends with checks.end().
#
#   Tests/Conformance/run.sh                          every judge; of a long one, a slice of its cases that the day of the commit chooses
#   Tests/Conformance/run.sh --whole                  every judge, all cases; the output goes to a log
#   Tests/Conformance/run.sh [--slice K/N] NAME ...   those judges, all cases or those of a slice
#
# CKPT                  the command under test (default: the release build of this checkout)
# CKPT_CONFORMANCE_DIR  where fixtures, results and the log go; kept (default: a temporary folder, removed at the end, and the log beside it)
# CKPT_PEERS            see setup.sh
#
# A judge with a line `# needs: llama` gets llama.cpp (setup-llama.sh), by PEERS_LLAMA (programs), LLAMA_LIB, LLAMA_SRC and ORACLE.
# One with `# needs: vllm` gets the Python of vllm/setup.sh (3.4 GB), by PEERS_VLLM; one with `# full-only` runs with --whole, or by its name.
# Cases that `always.txt` names are in every slice.
#
# The last line is `N passed, N failed`, of all checks together; a table before it has the seconds of each judge.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
export CKPT="${CKPT:-$root/.build/release/ckpt}" PYTHONDONTWRITEBYTECODE=1
[ -x "$CKPT" ] || { echo "Tests/Conformance/run.sh: no $CKPT; build it with 'make release'" >&2; exit 1; }
python="$("$here/setup.sh")"
exec "$python" "$here/runner.py" "$@"
