#!/usr/bin/env bash
# Checks that what the project needs is on the machine. As root it installs missing Debian packages; else it says how, and stops.
#
#   Tools/setup.sh [judges]      judges: what compiles llama.cpp, which judges GGUF files, too
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND...: the package is missing unless the command succeeds
  local package="$1"
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_library() { # has_library NAME: the dynamic linker finds it
  { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -qF "$1"
}

command -v swift >/dev/null || {
  echo "setup: no 'swift' on the PATH: install Swift 6.2 or later for Linux (swift.org), and add its usr/bin to the PATH" >&2
  exit 1
}
need libopenblas0-pthread has_library libopenblas.so.0   # opened by the forward pass when it runs
if [ "${1:-}" = judges ]; then
  need cmake command -v cmake
  need ninja-build command -v ninja
  need g++ command -v g++
fi

[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "setup: missing, under their Debian names: ${missing[*]}; install them, then run this again" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "setup: missing packages; run" >&2
  echo "  sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null; }
# Package lists are often absent or old on a fresh machine.
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! install >"$log" 2>&1; then
  { apt-get update -qq && install; } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "setup: could not install ${missing[*]}" >&2
    exit 1
  }
fi
