#!/bin/sh
# Measures the block encodings of GGUF at every level of this CPU beside libggml, on one core, and prints JSON.
# usage: Benchmarks/gguf-kernels/run.sh DIR-OF-LIBGGML [rounds]
set -eu
cd "$(dirname "$0")/../.."
build="swift build -c release --static-swift-stdlib --scratch-path .build-dist" # as `make dist`
$build --product gguf-kernels >&2
exec "$($build --show-bin-path)/gguf-kernels" measure "$1/libggml-base.so" "${2:-9}"
