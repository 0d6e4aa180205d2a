#!/usr/bin/env bash
# Builds the llama.cpp that judges ckpt's GGUF files, and prints its folder. Progress goes to stderr.
#
#   Tests/Conformance/setup-llama.sh
#
# FOLDER/bin   llama-quantize, llama-gguf-split, llama-gguf-hash, llama-gguf, llama-imatrix, logits; libggml-base.so, libllama.so
# FOLDER/src   convert_hf_to_gguf.py, with its conversion/ and gguf-py/
#
# The tree is that inside the source distribution of llama-cpp-python on PyPI, for the CPU alone; about six minutes of one core's time.
# It needs cmake, ninja and g++: on Debian, as root, they are installed. CKPT_PEERS is that of setup.sh, which makes the Python.
#
# The folder is complete or absent: it is made under another name, tried, and renamed. Two runs side by side wait for each other.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="${CKPT_PEERS:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ckpt-peers}"
pin=llama-cpp-python==0.3.36
digest=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

stop() { echo "Tests/Conformance/setup-llama.sh: $*" >&2; exit 1; }
# Kernels that run a model are compiled for this CPU; another one makes its own. The quantizers (ggml-base) are compiled for none.
cpu="$(grep -m 1 -iE '^(flags|features)' /proc/cpuinfo || uname -m)"
hash="$({ echo "$pin $cpu"; grep -v '^#' "${BASH_SOURCE[0]}"; cat "$here/llama/logits.c"; } | sha256sum | cut -c1-12)"
llama="$root/llama-$hash"
if [ ! -d "$llama" ]; then
  "$here/../../Tools/setup.sh" judges >&2
  python="$("$here/setup.sh")"
  exec 9>"$root/.llama-lock"
  flock 9
fi
if [ ! -d "$llama" ]; then
  new="$(mktemp -d "$root/.new-XXXXXX")" log="$root/llama-$hash.log"
  trap 'rm -rf "$new"' EXIT
  echo "building llama.cpp in $llama (some minutes)" >&2
  began=$SECONDS
  "$python" -m pip download --no-input --progress-bar off --disable-pip-version-check --no-deps --no-binary llama-cpp-python -d "$new" "$pin" \
    >"$log" 2>&1 9>&- || stop "no source distribution, see $log"
  archive="$(echo "$new"/llama_cpp_python-*.tar.gz)"
  echo "$digest  $archive" | sha256sum --check --status || stop "$archive is not the one that is pinned"
  mkdir "$new/tree"
  tar xzf "$archive" -C "$new/tree" --strip-components 3 --wildcards '*/vendor/llama.cpp'
  rm "$archive"

  # The quantizers and what the loader runs hot are C and get -O3; of the C++ no speed is asked, and it compiles sooner.
  cmake -S "$new/tree" -B "$new/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" \
    -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON -DBUILD_SHARED_LIBS=ON -DGGML_NATIVE=ON -DGGML_LLAMAFILE=OFF -DLLAMA_OPENSSL=OFF \
    -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_BUILD_TESTS=OFF >>"$log" 2>&1 9>&- ||
    stop "cmake failed, see $log"
  cmake --build "$new/build" --target llama-quantize llama-gguf-split llama-gguf-hash llama-gguf llama-imatrix llama \
    >>"$log" 2>&1 9>&- || stop "the build failed, see $log"
  mkdir "$new/llama" "$new/llama/src"
  mv "$new/build/bin" "$new/llama/bin"
  cc -O1 -o "$new/llama/bin/logits" "$here/llama/logits.c" -I"$new/tree/include" -I"$new/tree/ggml/include" -L"$new/llama/bin" \
    -lllama -lggml -lggml-base -Wl,-rpath,'$ORIGIN' >>"$log" 2>&1 || stop "logits.c does not compile, see $log"
  mv "$new/tree/convert_hf_to_gguf.py" "$new/tree/conversion" "$new/tree/gguf-py" "$new/tree/LICENSE" "$new/llama/src/"
  # llama-quantize ends with 1 after its help.
  { "$new/llama/bin/llama-quantize" --help || true; } 2>>"$log" | grep -q Q4_K_M || stop "llama-quantize does not work, see $log"
  mv "$new/llama" "$llama"
  echo "built in $((SECONDS - began)) s" >&2
fi
echo "$llama"
