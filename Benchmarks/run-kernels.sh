#!/bin/sh
# Measures every kernel at every level of this CPU, on one core, and prints JSON.
# usage: Benchmarks/run-kernels.sh [rounds]
set -eu
cd "$(dirname "$0")/.."
swift build -c release --product kernel-benchmark >&2
exec "$(swift build -c release --show-bin-path)/kernel-benchmark" "$@"
