#!/usr/bin/env bash
# Sets up the Python that judges ckpt, and prints the path of its interpreter. Progress goes to stderr.
#
#   Tests/Conformance/setup.sh
#
# CKPT_PEERS         where it is kept (default: ${XDG_CACHE_HOME:-$HOME/.cache}/ckpt-peers), one folder for each set of versions
# CKPT_PEERS_PYTHON  the python that makes it (default: python3)
#
# The folder is complete or absent: it is made under another name, tried, and renamed. Two runs side by side wait for each other.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${CKPT_PEERS_PYTHON:-python3}"
pins="$here/requirements.txt"
root="${CKPT_PEERS:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ckpt-peers}"

stop() { echo "Tests/Conformance/setup.sh: $*" >&2; exit 1; }
command -v "$python" >/dev/null || stop "no $python; on Debian: apt-get install python3 python3-venv"
hash="$({ grep -v '^#' "$pins"; "$python" -c 'import sys; print(sys.version_info[:2])'; } | sha256sum | cut -c1-12)"
venv="$root/python-$hash"
if [ ! -d "$venv" ]; then
  mkdir -p "$root"
  exec 9>"$root/.lock"
  flock 9
fi
if [ ! -d "$venv" ]; then
  new="$(mktemp -d "$root/.new-XXXXXX")" log="$root/python-$hash.log"
  trap 'rm -rf "$new"' EXIT
  echo "setting up the judges in $venv (about 1.2 GB, some minutes)" >&2
  "$python" -m venv "$new" >"$log" 2>&1 9>&- || stop "no venv; on Debian: apt-get install python3-venv; see $log"
  "$new/bin/python" -m pip install --no-input --progress-bar off --disable-pip-version-check -r "$pins" >>"$log" 2>&1 9>&- || {
    grep -m3 -i error "$log" >&2 || true
    stop "pip failed, see $log; where it finds no torch==…+cpu, set PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL"
  }
  "$new/bin/python" - >>"$log" 2>&1 <<'CHECK' 9>&- || stop "the judges do not work, see $log"
import accelerate, compressed_tensors, jsonschema, ml_dtypes, numpy, safetensors, sentencepiece, tiktoken, tokenizers, torch, transformers
assert torch.version.cuda is None, "a CUDA build of torch"
CHECK
  chmod 755 "$new"
  mv "$new" "$venv"
  trap - EXIT
fi
echo "$venv/bin/python"
