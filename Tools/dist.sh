#!/usr/bin/env bash
# Packs dist/ckpt-VERSION-SYSTEM-ARCH.tar.gz: the release binary and the licences of what is linked into it.
# The same binary gives the same bytes.
# usage: Tools/dist.sh [BUILD]      (default: .build-dist, that of `make dist`)
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-.build-dist}
binary=$build/release/ckpt
[ -x "$binary" ] || { echo "dist: there is no $binary: make dist" >&2; exit 2; }
version="$("$binary" --version)"
name="ckpt-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/$name/bin" "$folder/$name/licenses" dist

install -m 755 "$binary" "$folder/$name/bin/ckpt"
strip "$folder/$name/bin/ckpt"
install -m 644 LICENSE README.md CHANGELOG.md "$folder/$name/"
Tools/make-man.sh "$binary" "$folder/$name/share"
for checkout in "$build"/checkouts/*/; do
  package="$(basename "$checkout")"
  for file in "$checkout"LICENSE* "$checkout"NOTICE* "$checkout"Sources/CCryptoBoringSSL/LICENSE*; do
    [ -f "$file" ] || continue
    part="${file#"$checkout"}"
    install -m 644 "$file" "$folder/$name/licenses/$package-$(echo "${part%.txt}" | sed 's#^Sources/##; s#/#-#g').txt"
  done
done
runtime="$(dirname "$(dirname "$(command -v swift)")")/share/swift/LICENSE.txt"
[ -f "$runtime" ] || runtime="$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/share/swift/LICENSE.txt"
[ -f "$runtime" ] || { echo "dist: no licence text of the Swift runtime beside the toolchain ($runtime)" >&2; exit 1; }
install -m 644 "$runtime" "$folder/$name/licenses/swift-runtime-LICENSE.txt"

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$folder" -cf - "$name" | gzip -9n >"dist/$name.tar.gz"
echo "dist/$name.tar.gz: $(stat -c %s "dist/$name.tar.gz") bytes"
# What it asks of a machine: the C library and the run-time libraries of GCC, nothing else.
ldd "$binary" | awk '{ print $1 }' | grep -vE '^(linux-vdso|/lib|lib(c|m|pthread|dl|rt|util|stdc\+\+|gcc_s)\.so)' && {
  echo "dist: the binary wants more than the C library and those of GCC" >&2
  exit 1
} || true
