#!/usr/bin/env bash
# What ckpt is for, on a checkpoint small enough to make on the spot: a Kimi K2 with block-fp8 weights, its INT4 form,
# and the error between the two.
#
#   Tools/demo.sh [FOLDER]     (default: a temporary folder, removed at the end)
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
ckpt="$root/.build/release/ckpt"
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  cd "$1"
else
  folder="$(mktemp -d "${TMPDIR:-/tmp}/ckpt-demo-XXXXXX")"
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
fi

step() {
  printf '\n$ ckpt %s\n' "$*"
  "$ckpt" "$@"
}

step synth k2-fp8 --preset tiny --family kimi_k2 --storage fp8-block
step inspect k2-fp8
step validate k2-fp8
step convert k2-fp8 k2-int4 --to int4-g32
step validate k2-int4
step compare k2-fp8 k2-int4 --forward
