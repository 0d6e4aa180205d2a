/// The families, presets, recipes, tokenizers and engines of this build as JSON text, embedded so that the binary stands
/// alone. A file for each kind of document is in `Embedded`, made by `Tools/embed-specs.sh`.
public enum EmbeddedSpecs {
  /// Path under `Specs/` and content.
  public typealias Document = (path: String, text: String)

  /// Kind by kind, in the order of their paths.
  public static let documents: [Document] = families + presets + recipes + gguf + tokenizers + engines
}
