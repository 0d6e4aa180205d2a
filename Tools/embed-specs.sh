#!/bin/sh
# Writes Sources/Specs/EmbeddedSpecs.swift: every JSON document under Specs/ as a raw string.
# A test keeps the two equal; run `make specs` after a change.
set -eu
cd "$(dirname "$0")/.."
out=Sources/Specs/EmbeddedSpecs.swift
{
  echo '// Made by Tools/embed-specs.sh out of Specs/. Change the JSON there and run `make specs`.'
  echo
  echo '/// The families, presets, recipes, tokenizers and engines of this build as JSON text, embedded so that the binary stands alone.'
  echo 'public enum EmbeddedSpecs {'
  echo '  /// Path under `Specs/` and content, in the order of their paths.'
  echo '  public static let documents: [(path: String, text: String)] = ['
  for folder in families presets recipes gguf tokenizers engines; do
    find "Specs/$folder" -name '*.json' | LC_ALL=C sort | while read -r file; do
      printf '    (\n      "%s",\n      #"""\n' "${file#Specs/}"
      sed 's/^\(.\)/      \1/' "$file"
      printf '      """#\n    ),\n'
    done
  done
  echo '  ]'
  echo '}'
} > "$out.new"
mv "$out.new" "$out"
