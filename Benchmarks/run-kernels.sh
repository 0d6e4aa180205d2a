#!/bin/sh
# Measures every kernel at every level of this CPU, on one core, and prints JSON.
# usage: Benchmarks/run-kernels.sh [rounds]
set -eu
cd "$(dirname "$0")/.."
build="swift build -c release --static-swift-stdlib --scratch-path .build-dist" # as `make dist`
$build --product kernel-benchmark >&2
exec "$($build --show-bin-path)/kernel-benchmark" "$@"
