#!/usr/bin/env bash
# Measures `ckpt checksum` beside `openssl dgst -sha256` on the same files, interleaved, and prints medians as JSON.
# usage: Benchmarks/checksum.sh [FOLDER [ROUNDS]]     (without FOLDER: about 4.3 GB are synthesized and removed again)
# COLD=1 empties the page cache before each run; that needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
ckpt=${CKPT:-.build/release/ckpt}
ckpt=$(readlink -f "$ckpt")
folder=${1:-} rounds=${2:-5} cores=$(nproc)
work=$(mktemp -d -p "${TMPDIR:-/tmp}")
trap 'rm -rf "$work"' EXIT
if [ -z "$folder" ]; then
  folder=$work/model
  "$ckpt" synth "$folder" --preset Kimi-K2-Instruct --set num_hidden_layers=2 --set n_routed_experts=84 --set vocab_size=4096 \
    --max-shard-size 180MB -q
fi
bytes=$(find -L "$folder" -maxdepth 1 -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')

cold() { if [ -n "${COLD:-}" ]; then sync; echo 3 > /proc/sys/vm/drop_caches; fi; }
# Wall and processor seconds: the latter tell how much a core does where other programs are at work too.
seconds() { cold; local TIMEFORMAT='%R %U %S'; { time "$@" > /dev/null 2>&1; } 2>&1 | awk -v to="$work/$1" '{ print $1 >> to; print $2 + $3 >> (to ".cpu") }'; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# One process for each core, each with the next file as it gets free.
openssl_all() { find -L "$folder" -maxdepth 1 -type f -print0 | xargs -0 -P "$cores" -n 1 openssl dgst -sha256; }
openssl_one() { find -L "$folder" -maxdepth 1 -type f -print0 | xargs -0 -n 1 openssl dgst -sha256; }
plain() { find -L "$folder" -maxdepth 1 -type f -print0 | xargs -0 -P "$cores" -n 1 cat; }
files_only() { "$ckpt" checksum "$folder" --files-only -o "$work/f.json"; }
full() { "$ckpt" checksum "$folder" -o "$work/m.json"; }

runs="plain openssl_one openssl_all files_only full"
for ((i = 0; i < rounds; i++)); do for run in $runs; do seconds "$run"; done; done
rate() { echo "$bytes $(median "$work/$1")" | awk '{ printf "%.3f", $1 / $2 / 1e9 }'; }
ratio() { echo "$(rate "$1") $(rate "$2") $3" | awk '{ printf "%.2f", $1 / ($2 * $3) }'; }
per_cpu() { echo "$(median "$work/openssl_one.cpu") $(median "$work/$1.cpu")" | awk '{ printf "%.2f", $1 / $2 }'; }
cat << END
{ "machine": "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)", "cores": $cores, "sha_ni": $(grep -qw sha_ni /proc/cpuinfo && echo true || echo false),
  "ckpt": "$("$ckpt" --version)", "openssl": "$(openssl version)", "bytes": $bytes, "rounds": $rounds, "load": $(cut -d' ' -f1 /proc/loadavg), "cold": $([ -n "${COLD:-}" ] && echo true || echo false),
  "gb_per_second": { "read": $(rate plain), "openssl_one_core": $(rate openssl_one), "openssl_all_cores": $(rate openssl_all), "files_only": $(rate files_only), "with_tensors": $(rate full) },
  "files_only_to_openssl_times_cores": $(ratio files_only openssl_one "$cores"), "with_tensors_to_openssl_times_cores": $(ratio full openssl_one "$cores"),
  "files_only_to_openssl_per_cpu_second": $(per_cpu files_only), "with_tensors_to_openssl_per_cpu_second": $(per_cpu full),
  "files_only_to_openssl_all_cores": $(ratio files_only openssl_all 1), "with_tensors_to_openssl_all_cores": $(ratio full openssl_all 1) }
END
