private import Specs

/// The families, presets, recipes, tokenizers and engines that this build knows, and those of further folders.
public struct SpecLibrary: Sendable {
  /// Documents by kind folder (`families`, `presets` and so on): file name for messages, and content.
  private var documents: [Kind: [(file: String, json: JSONValue)]] = [:]
  public private(set) var families: [FamilySpec] = []
  /// How their models stand in GGUF files.
  public private(set) var ggufSpecs: [GGUFSpec] = []

  public enum Kind: String, Sendable, CaseIterable { case families, presets, recipes, gguf, tokenizers, engines }

  /// - Parameter folders: each may hold `families`, `presets`, `recipes`, `gguf`, `tokenizers` and `engines` with JSON files. A later
  ///   document replaces an earlier one of the same name.
  public init(folders: [String] = [], files: FileAccess = .system) throws(CheckpointError) {
    for kind in Kind.allCases {
      for (name, text) in EmbeddedSpecs.documents where name.hasPrefix(kind.rawValue + "/") {
        documents[kind, default: []].append((name, try JSONValue(parsing: text, file: name)))
      }
      for folder in folders {
        let path = joinPath(folder, kind.rawValue)
        guard try files.status(path)?.kind == .directory else { continue }
        for name in try files.list(path) where name.hasSuffix(".json") {
          let file = joinPath(path, name)
          try add(try JSONValue(parsing: try files.readAll(file, limit: 16 << 20), file: file), file: file, to: kind)
        }
      }
    }
    for folder in folders where try files.status(folder)?.kind != .directory {
      throw CheckpointError(.notFound, file: folder, "is no folder of specs")
    }
    var pending = documents[.families] ?? []
    pending.sort { ($0.json["extends"] == nil ? 0 : 1, $0.file) < ($1.json["extends"] == nil ? 0 : 1, $1.file) }
    for document in pending {
      var spec = try FamilySpec(document.json, file: document.file) { [families] (name) throws(CheckpointError) in
        guard let parent = families.first(where: { $0.name == name }) else {
          throw CheckpointError(.specMalformed, file: document.file, "extends '\(name)', which is no family here")
        }
        return parent
      }
      spec.isBuiltIn = EmbeddedSpecs.documents.contains { $0.path == document.file }
      families.append(spec)
    }
    families.sort { $0.name < $1.name }
    try readGGUFSpecs()
  }

  private mutating func readGGUFSpecs() throws(CheckpointError) {
    var pending = documents[.gguf] ?? []
    pending.sort { ($0.json["extends"] == nil ? 0 : 1, $0.file) < ($1.json["extends"] == nil ? 0 : 1, $1.file) }
    for document in pending {
      let spec = try GGUFSpec(document.json, file: document.file) { [ggufSpecs] (name) throws(CheckpointError) in
        guard let parent = ggufSpecs.first(where: { $0.name == name }) else {
          throw CheckpointError(.specMalformed, file: document.file, "extends '\(name)', which is no GGUF spec here")
        }
        return parent
      }
      ggufSpecs.append(spec)
    }
  }

  /// How a model stands in a GGUF file; nil where that is not known of its family.
  public func gguf(_ model: ModelLayout) throws(CheckpointError) -> GGUFSpec? {
    try gguf(model, isProjector: false)
  }

  /// How the vision tower of a model stands in a file of its own; nil where it has none, or that is not known.
  public func projector(_ model: ModelLayout) throws(CheckpointError) -> GGUFSpec? {
    try gguf(model, isProjector: true)
  }

  private func gguf(_ model: ModelLayout, isProjector: Bool) throws(CheckpointError) -> GGUFSpec? {
    for spec in ggufSpecs where spec.families.contains(model.spec.name) && (spec.projector != nil) == isProjector {
      guard let when = spec.when, try !model.holds(when, layer: nil) else { return spec }
    }
    return nil
  }

  /// What the value of `general.architecture` means, and that of `<architecture>.projector_type` where there is one.
  public func gguf(architecture: String, projector: String? = nil) -> GGUFSpec? {
    ggufSpecs.first { $0.architecture == architecture && $0.projector == projector && !$0.families.isEmpty }
  }

  private mutating func add(_ json: JSONValue, file: String, to kind: Kind) throws(CheckpointError) {
    guard let name = json["name"]?.string else { throw CheckpointError(.specMalformed, file: file, "has no 'name'") }
    documents[kind, default: []].removeAll { $0.json["name"]?.string == name }
    documents[kind, default: []].append((file, json))
  }

  /// The family behind a `model_type`.
  public func family(modelType: String) -> FamilySpec? {
    families.first { $0.modelTypes.contains(modelType) }
  }

  /// Documents of a kind, by name.
  public func documents(_ kind: Kind) -> [(file: String, json: JSONValue)] {
    (documents[kind] ?? []).sorted { ($0.json["name"]?.string ?? "") < ($1.json["name"]?.string ?? "") }
  }

  /// A document by its name; case, `-` and `_` make no difference.
  public func document(_ kind: Kind, named name: String) -> (file: String, json: JSONValue)? {
    documents[kind]?.first { foldedName($0.json["name"]?.string ?? "") == foldedName(name) }
  }
}

/// A name as a person may type it: without case, `-` and `_` alike.
public func foldedName(_ name: String) -> String {
  String(name.lowercased().map { $0 == "_" ? "-" : $0 })
}
