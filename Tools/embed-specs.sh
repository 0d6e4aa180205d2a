#!/bin/sh
# Writes Sources/Specs/Embedded/*.swift: every JSON document under Specs/ as a raw string, a file for each kind of document.
# A test keeps the two equal; run `make specs` after a change.
set -eu
cd "$(dirname "$0")/.."
out=Sources/Specs/Embedded
new="$out.new"
rm -rf "$new"
mkdir "$new"
# A folder of Specs/, the name of its file, the name of its list.
while read -r folder file list; do
  {
    echo "// Made by Tools/embed-specs.sh out of Specs/$folder. Change the JSON there and run \`make specs\`."
    echo
    echo 'extension EmbeddedSpecs {'
    echo "  static let $list: [Document] = ["
    find "Specs/$folder" -name '*.json' | LC_ALL=C sort | while read -r document; do
      printf '    (\n      "%s",\n      #"""\n' "${document#Specs/}"
      sed 's/^\(.\)/      \1/' "$document"
      printf '      """#\n    ),\n'
    done
    echo '  ]'
    echo '}'
  } > "$new/$file.swift"
done <<KINDS
families Families families
presets Presets presets
recipes Recipes recipes
gguf GGUF gguf
tokenizers Tokenizers tokenizers
engines Engines engines
KINDS
rm -rf "$out"
mv "$new" "$out"
