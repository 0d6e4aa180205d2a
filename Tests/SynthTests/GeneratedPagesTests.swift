import Foundation
import Testing

@testable import CheckpointKit
@testable import Quantize

/// `docs/families.md` and `docs/encodings.md`, made of the specs and the lists in the code. With `CKPT_UPDATE_PAGES=1` the
/// pages are written anew, to be read in the diff.
@Suite struct GeneratedPagesTests {
  @Test("docs/families.md says what the specs and presets say")
  func families() throws {
    try hold("families.md", against: FamiliesPage(try library.get()).text())
  }

  @Test("docs/encodings.md says what the layouts say")
  func encodings() throws {
    try hold("encodings.md", against: EncodingsPage.text())
  }

  private func hold(_ name: String, against expected: String) throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/\(name)")
    if ProcessInfo.processInfo.environment["CKPT_UPDATE_PAGES"] == "1" {
      try expected.write(to: page, atomically: true, encoding: .utf8)
    }
    let found = try? String(contentsOf: page, encoding: .utf8)
    #expect(found == expected, "write it anew: CKPT_UPDATE_PAGES=1 swift test --filter GeneratedPages")
  }
}

func row(_ cells: String...) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

private func grouped(_ number: Int) -> String {
  var text = String(number)
  for place in stride(from: text.count - 3, to: 0, by: -3) {
    text.insert(",", at: text.index(text.startIndex, offsetBy: place))
  }
  return text
}

private struct FamiliesPage {
  let library: SpecLibrary
  let presets: [Preset]

  init(_ library: SpecLibrary) throws {
    self.library = library
    presets = try Preset.all(in: library)
  }

  func text() throws -> String {
    var text = """
      # Families

      What this build knows of model families, out of `Specs/families` and `Specs/presets`. This page is generated from them and
      tested against them. [Add a family](guide/add-a-family.md) says how a new one is added.

      | family | `model_type` | models | attention | experts |
      |---|---|---|---|---|

      """
    for family in library.families {
      let model = try layout(family)
      text += row(
        "`\(family.name)`", family.modelTypes.map { "`\($0)`" }.joined(separator: ", "), family.title, attention(model),
        experts(model))
    }
    text += """

      Attention: `gqa` shares keys and values among heads, `mla` has them from a latent, `delta-net` is linear. An indexer (DSA)
      chooses the keys of each position. Experts: how scores come from the router's logits.

      ## Storage

      Which roles the recipes of safetensors folders encode. `int4-*` takes the routed experts, or `attn.*` and `mlp.*` of a model
      without experts. A stack is one stored tensor with all experts of a layer: it is read as a view of each expert, and written
      per expert where a recipe changes it.

      | family | `fp8-block` encodes | dtype of its scales | stacks |
      |---|---|---|---|

      """
    for family in library.families {
      let stacks = Set(family.tensors.compactMap { $0.stack }.map { stack in stackText(stack) }).sorted()
      text += row(
        "`\(family.name)`", family.fp8Roles.isEmpty ? "–" : family.fp8Roles.map { "`\($0)`" }.joined(separator: ", "),
        family.fp8Roles.isEmpty ? "–" : family.fp8Scale.name, stacks.isEmpty ? "–" : stacks.joined(separator: "; "))
    }
    var readers = try ReadersSection(library)
    text += try readers.text()
    text += """

      ## Published checkpoints

      Every preset: `ckpt synth DIR --preset NAME --sparse` writes its headers. Counts are those of the preset; parameters are counted on
      logical weights.

      | preset | family | tensors | bytes | parameters | of the text model | active |
      |---|---|---|---|---|---|---|

      """
    for preset in presets {
      guard let totals = preset.published, let family = library.family(modelType: preset.modelType ?? "") else {
        continue
      }
      text += row(
        preset.name, "`\(family.name)`", grouped(totals.storedTensors), grouped(totals.dataBytes),
        grouped(totals.parametersTotal), grouped(totals.parametersText), grouped(totals.parametersActive))
    }
    text += "\n## Sources\n"
    for family in library.families {
      text += "\n\(family.title):\n\n" + family.sources.map { "- \($0)\n" }.joined()
    }
    return text
  }

  /// The family on the config of its first preset.
  private func layout(_ family: FamilySpec) throws -> ModelLayout? {
    guard let preset = presets.first(where: { family.modelTypes.contains($0.modelType ?? "") && $0.published == nil })
    else { return nil }
    return try ModelLayout(family, config: ModelConfig(preset.config, file: preset.name))
  }

  private func attention(_ model: ModelLayout?) -> String {
    guard let model else { return "–" }
    let kinds = Set((0..<model.layerCount).compactMap { model.forwardText("attention", layer: $0) }).sorted()
    if kinds.isEmpty { return "no forward pass" }
    return kinds.joined(separator: ", ") + (model.spec.forward["index_topk"] == nil ? "" : " with an indexer")
      + (model.spec.forward["vision_heads"] == nil ? "" : "; vision tower")
  }

  private func experts(_ model: ModelLayout?) -> String {
    guard let model, model.spec.tensors.contains(where: { $0.role.isRoutedExpert }) else { return "–" }
    return model.forwardText("router") ?? "–"
  }

  private func stackText(_ stack: FamilySpec.Stack) -> String {
    "`\(stack.template.text)`"
      + (stack.encodings.isEmpty ? ", read" : " where \(stack.encodings.joined(separator: " or "))")
  }
}

private enum EncodingsPage {
  static func text() -> String {
    var text = """
      # Encodings

      How values become bytes. This page is generated from the layouts in `Sources/CheckpointKit/Formats/Encodings` and tested against them;
      `docs/formats` describes each format byte by byte. Parts are those of a matrix of 4096 × 4096 whose name ends in `.weight`; bits count
      all of them. A tile is the fewest rows × columns that stand alone.

      ## In safetensors files

      | encoding | bits per weight | tile | parts |
      |---|---|---|---|

      """
    let shape = Shape(4096, 4096)
    for layout in EncodingLayouts.ofSafetensors {
      let parts = layout.parts(for: shape)
      text += row(
        "`\(layout.name)`", bits(parts, shape), "\(layout.tile.rows) × \(layout.tile.columns)",
        parts.map { "`weight\($0.suffix)` \($0.dtype) \($0.shape)" }.joined(separator: ", "))
    }
    text += """

      Scales of `fp8-block` are \(FP8BlockLayout.scaleDTypes.map(\.name).joined(separator: ", ")); those of INT4 \
      \(PlainLayout.dtypes.map(\.name).joined(separator: ", ")). MXFP4 has the layout of gpt-oss, with all experts of a layer in one tensor whose
      bare name the parts are joined to.

      ## In GGUF files

      | encoding | bits per weight | tile | |
      |---|---|---|---|

      """
    for case let layout as GGUFBlockLayout in EncodingLayouts.named {
      text += row(
        "`\(layout.name)`", bits(layout.parts(for: shape), shape), "\(layout.tile.rows) × \(layout.tile.columns)",
        layout.isWritable ? "read and written" : "read")
    }
    return text
  }

  private static func bits(_ parts: [StoredPart], _ shape: Shape) -> String {
    let bits = 8 * parts.reduce(0) { $0 + $1.byteCount } * 1000 / shape.elementCount
    let fraction = String(bits % 1000)
    return "\(bits / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
