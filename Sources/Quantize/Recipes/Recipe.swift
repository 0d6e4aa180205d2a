public import CheckpointKit

/// Which encoding each tensor gets: ordered rules, of which the last that matches wins.
///
/// A tensor that no rule matches is kept as it is stored. Format: `docs/recipes.md`; schema: `Specs/schema/recipe.json`.
public struct Recipe: Sendable {
  public struct Rule: Sendable {
    /// Role patterns; `family.fp8` means the roles of the family's published fp8 repositories. Empty: all.
    public var roles: [String]
    /// A condition on `layer`, `expert`, the spec's values and config keys. One that speaks of the layer or expert does not
    /// hold for a tensor without.
    public var when: Expression?
    /// A pattern for the tensor's name, with `*` and `?`.
    public var name: String?
    /// How the tensor is stored now: `plain`, `encoded`, or the name of an encoding.
    public var stored: String?
    /// In which kind of result it holds; in both where nil.
    public var container: Container?
    /// What it gets: the name of an encoding, or `keep`.
    public let encoding: String
    /// The layout of that name; nil for `keep`.
    let layout: (any EncodingLayout)?
  }

  public var name: String
  public var title: String
  public var rules: [Rule]
  /// What kind of result it is for; either where nil.
  public var container: Container?
  /// `general.file_type` of a GGUF file; what it is made of most.
  public var fileType: UInt32?
  /// In place of rules: what `llama-quantize` would do.
  public private(set) var mix: LlamaMix?
  /// Whether the block encodings of GGUF are searched as `llama-quantize` does it without importance.
  public var searchesPlainly: Bool { mix != nil }
  /// The JSON it was read from, for the digest in a plan.
  public let text: String

  public init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    do throws(CheckpointError) {
      try reader.expectSchema("ckpt.recipe/1")
      try reader.expectKeys(["schema", "name", "title", "container", "file_type", "rules"])
      name = try reader.string("name")
      title = try reader.optionalString("title") ?? ""
      let containerName = try reader.optionalString("container") ?? "safetensors"
      container = Container(rawValue: containerName)
      guard container != nil || containerName == "any" else {
        throw reader.malformed("container '\(containerName)' is none: safetensors, gguf or any")
      }
      fileType = try reader.optionalInt("file_type").flatMap { UInt32(exactly: $0) }
      rules = []
      for value in try reader.array("rules") { rules.append(try Rule(value, file: file)) }
    } catch {
      var error = error
      error.code = .recipeMalformed
      throw error
    }
    text = json.text()
  }

  /// What stands before the name of a mix of llama.cpp.
  public static let mixPrefix = "llama.cpp/"

  /// Names of all mixes that can be written here.
  public static var mixNames: [String] { LlamaMix.all.filter(\.isWritable).map { mixPrefix + $0.name } }

  /// The very types and bytes of `llama-quantize`.
  public init(_ mix: LlamaMix) {
    name = Self.mixPrefix + mix.name
    title = "the types and bytes of llama-quantize \(mix.name)"
    rules = []
    container = .gguf
    fileType = mix.fileType
    self.mix = mix
    // Its rules are code of this version, which a plan depends on anyway.
    text = JSONValue.object(["name": .string(name)]).text()
  }

  /// The recipe of a name, or of a `.json` file.
  ///
  /// - Returns: nil where there is no recipe of that name.
  public static func find(
    _ nameOrFile: String, in library: SpecLibrary, files: FileAccess
  ) throws(CheckpointError) -> Recipe? {
    if nameOrFile.hasSuffix(".json") {
      let bytes = try files.readAll(nameOrFile, limit: 16 << 20)
      return try Recipe(JSONValue(parsing: bytes, file: nameOrFile), file: nameOrFile)
    }
    if foldedName(nameOrFile).hasPrefix(mixPrefix) {
      return LlamaMix.named(String(nameOrFile.dropFirst(mixPrefix.count))).map { Recipe($0) }
    }
    guard let document = library.document(.recipes, named: nameOrFile) else { return nil }
    return try Recipe(document.json, file: document.file)
  }

  /// The rule that decides for a tensor: its place in the list, counted from 1, and what it says; nil where none
  /// matches.
  public func rule(
    for tensor: ModelLayout.Tensor, of model: ModelLayout, stored: any EncodingLayout,
    in container: Container
  ) throws(CheckpointError) -> (number: Int, rule: Rule)? {
    for (i, rule) in rules.enumerated().reversed() where rule.container ?? container == container {
      do throws(CheckpointError) {
        if try rule.matches(tensor, of: model, stored: stored) { return (i + 1, rule) }
      } catch {
        throw CheckpointError(.recipeMalformed, file: name, "rule \(i + 1): \(error.problem)", hint: error.hint)
      }
    }
    return nil
  }
}

extension Recipe.Rule {
  static let keep = "keep"

  fileprivate init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectKeys(["roles", "when", "name", "stored", "container", "encoding"])
    roles = try reader.strings("roles", orEmpty: true)
    for role in roles where role != "family.fp8" && !Role.all.contains(where: { $0.matches(role) }) {
      throw reader.malformed("'\(role)' means no role")
    }
    when = try reader.optionalExpression("when")
    name = try reader.optionalString("name")
    stored = try reader.optionalString("stored")
    if let stored, !["plain", "encoded"].contains(stored), EncodingLayouts.named(stored) == nil {
      throw reader.malformed("stored '\(stored)' is neither plain, encoded nor the name of an encoding")
    }
    let containerName = try reader.optionalString("container")
    container = containerName.flatMap { Container(rawValue: $0) }
    guard (container == nil) == (containerName == nil) else {
      throw reader.malformed("container '\(containerName ?? "")' is none: safetensors or gguf")
    }
    encoding = try reader.string("encoding")
    layout = EncodingLayouts.named(encoding)
    if encoding != Self.keep, layout == nil {
      throw reader.malformed("'\(encoding)' is no encoding")
    }
    if let refusal = layout?.writingRefusal { throw refusal.inFile(file) }
  }

  func matches(
    _ tensor: ModelLayout.Tensor, of model: ModelLayout, stored layout: any EncodingLayout
  ) throws(CheckpointError) -> Bool {
    if !roles.isEmpty {
      let patterns = roles.flatMap { $0 == "family.fp8" ? model.spec.fp8Roles : [$0] }
      guard patterns.contains(where: { tensor.role.matches($0) }) else { return false }
    }
    switch stored {
    case nil: break
    case "plain": guard layout.isPlain else { return false }
    case "encoded": guard !layout.isPlain else { return false }
    case let name?: guard foldedName(name) == foldedName(layout.name) else { return false }
    }
    if let name, !Glob.matches(model.name(of: tensor), name) { return false }
    guard let when else { return true }
    // A condition on the layer says nothing of a tensor that belongs to none.
    if tensor.layer == nil, when.mentions("layer") || when.mentions("moe_layer") { return false }
    if tensor.expert == nil, when.mentions("expert") || when.mentions("moe_layer") { return false }
    return try model.holds(when, for: tensor)
  }
}
