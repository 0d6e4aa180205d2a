#!/bin/sh
# Measures SHA-256 at every level of this CPU, on one core, and openssl where it is installed.
# usage: Benchmarks/run-digests.sh
set -eu
cd "$(dirname "$0")/.."
build="swift build -c release --static-swift-stdlib --scratch-path .build-dist" # as `make dist`
$build --product digest-benchmark >&2
"$($build --show-bin-path)/digest-benchmark"
if command -v openssl >/dev/null; then openssl speed -evp sha256 -bytes 1048576 -seconds 2; fi
