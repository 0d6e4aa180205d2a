#!/usr/bin/env bash
# Holds the rooms of CheckpointKit to the direction of their references: each is compiled (types alone) with those that it may use and no
# other, so that a reference against the direction is an error of the compiler. docs/design.md has the picture.
#
#   Tools/check-rooms.sh [ROOM ...]
#
# Takes the compiler's options from the last build: 'swift build' first.
set -euo pipefail
cd "$(dirname "$0")/.."

# A room, and those that it uses directly.
rooms="Base:
Formats: Base
Models: Formats
GGUFMetadata: Models
Evidence: Models
Journal: Evidence
Writing: Journal GGUFMetadata
Integrity: Journal
Readiness: Integrity GGUFMetadata"

stop() { echo "Tools/check-rooms.sh: $*" >&2; exit 1; }
used() { sed -n "s/^$1: *//p" <<<"$rooms"; }
with() { echo "$1"; local room; for room in $(used "$1"); do with "$room"; done; }

for folder in Sources/CheckpointKit/*/; do
  room="$(basename "$folder")"
  [ "$room" = CheckpointKit.docc ] || grep -q "^$room:" <<<"$rooms" || stop "$folder is no room of the picture"
done
manifest=.build/release.yaml
if [ ! -f "$manifest" ] || [ .build/debug.yaml -nt "$manifest" ]; then manifest=.build/debug.yaml; fi
[ -f "$manifest" ] || stop "nothing was built: 'make release' first"
arguments="$(awk '/^  "C\.CheckpointKit-/ { found = 1 } found && /args:/ { sub(/^[^[]*\[/, ""); sub(/\]$/, ""); print; exit }' "$manifest")"
[ -n "$arguments" ] || stop "$manifest says nothing of CheckpointKit"
# What a check of types needs: where modules are found, what is defined, what the language is.
options=()
last=
while IFS= read -r option; do
  case "$last" in -Xcc | -I | -swift-version | -enable-upcoming-feature | -package-name | -target | -module-cache-path) options+=("$last" "$option"); last=; continue ;; esac
  last=
  case "$option" in
    -Xcc | -I | -swift-version | -enable-upcoming-feature | -package-name | -target | -module-cache-path) last="$option" ;;
    -D* | -enable-testing) options+=("$option") ;;
  esac
done < <(sed 's/^"//; s/"$//; s/","/\n/g' <<<"$arguments")
# Without a name, all: two at a time, the largest first.
[ $# -gt 0 ] || exec xargs -P 2 -n 1 "$0" < <(cut -d: -f1 <<<"$rooms" | tac)
errors=0
for room in "$@"; do
  grep -q "^$room:" <<<"$rooms" || stop "there is no room '$room'"
  mapfile -t files < <(for each in $(with "$room" | sort -u); do find "Sources/CheckpointKit/$each" -name '*.swift'; done | sort)
  if ! found="$(swiftc -typecheck -parse-as-library -module-name CheckpointKit "${options[@]}" "${files[@]}" 2>&1)"; then
    grep -E '^[^ ].*error:' <<<"$found" | sort -u >&2 || echo "$found" >&2
    echo "Tools/check-rooms.sh: $room refers to a room that it may not use" >&2
    errors=1
  fi
  echo "$room: ${#files[@]} files"
done
exit $errors
