#!/usr/bin/env bash
# Sets up the Python that runs vLLM's code, and prints the path of its interpreter. Progress goes to stderr.
#
#   Tests/Conformance/vllm/setup.sh
#
# CKPT_PEERS, CKPT_PEERS_PYTHON  as in ../setup.sh
#
# The folder is complete or absent: it is made under another name, tried, and renamed. Two runs side by side wait for each other.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
python="${CKPT_PEERS_PYTHON:-python3}"
pins="$here/requirements.txt"
root="${CKPT_PEERS:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ckpt-peers}"
# The operators of PyPI's torchvision are for another torch: its Python is kept aside, and common.py stands in for the operators.
vision=torchvision==0.28.0

stop() { echo "Tests/Conformance/vllm/setup.sh: $*" >&2; exit 1; }
command -v "$python" >/dev/null || stop "no $python; on Debian: apt-get install python3 python3-venv"
hash="$({ grep -v '^#' "$pins"; echo "$vision"; "$python" -c 'import sys; print(sys.version_info[:2])'; } | sha256sum | cut -c1-12)"
venv="$root/vllm-$hash"
if [ ! -d "$venv" ]; then
  mkdir -p "$root"
  exec 9>"$root/.lock-vllm"
  flock 9
fi
if [ ! -d "$venv" ]; then
  new="$(mktemp -d "$root/.new-XXXXXX")" log="$root/vllm-$hash.log"
  trap 'rm -rf "$new"' EXIT
  echo "setting up vLLM in $venv (about 3.4 GB, some minutes)" >&2
  "$python" -m venv "$new" >"$log" 2>&1 9>&- || stop "no venv; on Debian: apt-get install python3-venv; see $log"
  pip=("$new/bin/python" -m pip --no-input --disable-pip-version-check)
  { "${pip[@]}" install --progress-bar off -r "$pins" && "${pip[@]}" uninstall -y torchvision torchaudio torchcodec \
    && "${pip[@]}" install --progress-bar off --no-deps --target "$new/vision" "$vision"; } >>"$log" 2>&1 9>&- || {
    grep -m3 -i error "$log" >&2 || true
    stop "pip failed, see $log; where it finds no torch==…+cpu, set PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL"
  }
  # A venv knows its own place by its scripts alone, which nothing here uses.
  "$new/bin/python" "$here/drive.py" --version >>"$log" 2>&1 9>&- || stop "vLLM does not work, see $log"
  chmod 755 "$new"
  mv "$new" "$venv"
  trap - EXIT
fi
echo "$venv/bin/python"
