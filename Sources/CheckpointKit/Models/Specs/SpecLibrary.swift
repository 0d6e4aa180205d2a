private import Specs

/// The families, presets, recipes, tokenizers and engines that this build knows, and those of further folders.
public struct SpecLibrary: Sendable {
  /// Documents by kind folder (`families`, `presets` and so on): file name for messages, and content.
  private var documents: [Kind: [(file: String, json: JSONValue)]] = [:]
  /// All of them, for lists: what decides anything is asked for by name, which is noted.
  public private(set) var families: [FamilySpec] = []
  /// How their models stand in GGUF files.
  public private(set) var ggufSpecs: [GGUFSpec] = []
  private var notes: DocumentNotes?

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
    for folder in folders { try Self.check(folder, files) }
    for document in try Self.parentsFirst(documents[.families] ?? [], "family") {
      var spec = try FamilySpec(document.json, file: document.file) { [families] (name) throws(CheckpointError) in
        guard let parent = families.first(where: { $0.name == name }) else {
          throw CheckpointError(.specMalformed, file: document.file, "extends '\(name)', which is no family here")
        }
        return parent
      }
      spec.isBuiltIn = EmbeddedSpecs.documents.contains { $0.path == document.file }
      try refuseSecondMeaning(of: spec, document.file)
      families.append(spec)
    }
    families.sort { $0.name < $1.name }
    for document in try Self.parentsFirst(documents[.gguf] ?? [], "GGUF spec") {
      let spec = try GGUFSpec(document.json, file: document.file) { [ggufSpecs] (name) throws(CheckpointError) in
        guard let parent = ggufSpecs.first(where: { $0.name == name }) else {
          throw CheckpointError(.specMalformed, file: document.file, "extends '\(name)', which is no GGUF spec here")
        }
        return parent
      }
      ggufSpecs.append(spec)
    }
  }

  /// The same library, which notes from here on what it hands out.
  public func noting() -> SpecLibrary {
    var library = self
    library.notes = DocumentNotes()
    return library
  }

  /// What was handed out since ``noting()``.
  public var documentsInUse: DocumentsInUse { notes?.documents ?? DocumentsInUse() }

  private func noted(_ spec: FamilySpec?) -> FamilySpec? {
    if let spec { notes?.add(.families, spec.name, spec.identity) }
    return spec
  }

  private func noted(_ spec: GGUFSpec?) -> GGUFSpec? {
    if let spec { notes?.add(.gguf, spec.name, spec.identity) }
    return spec
  }

  /// A folder given by mistake (one too deep, or misspelt) must not be passed over.
  private static func check(_ folder: String, _ files: FileAccess) throws(CheckpointError) {
    guard try files.status(folder)?.kind == .directory else {
      throw CheckpointError(.notFound, file: folder, "is no folder of specs")
    }
    for kind in Kind.allCases where try files.status(joinPath(folder, kind.rawValue))?.kind == .directory { return }
    throw CheckpointError(
      .notFound, file: folder,
      "is no folder of specs: it has none of the folders \(Kind.allCases.map(\.rawValue).joined(separator: ", "))",
      hint: "a family's document stands in 'families' inside the folder that is given")
  }

  /// Documents in an order in which each follows the one that it extends; otherwise by file.
  private static func parentsFirst(
    _ documents: [(file: String, json: JSONValue)], _ what: String
  ) throws(CheckpointError) -> [(file: String, json: JSONValue)] {
    var pending = documents.sorted { $0.file < $1.file }
    var ordered: [(file: String, json: JSONValue)] = []
    while !pending.isEmpty {
      let waiting = Set(pending.compactMap { $0.json["name"]?.string })
      let ready = pending.filter { document in
        document.json["extends"]?.string.map { !waiting.contains($0) } ?? true
      }
      guard !ready.isEmpty else {
        let stuck = pending.first { $0.json["extends"] == $0.json["name"] } ?? pending[0]
        throw CheckpointError(
          .specMalformed, file: stuck.file,
          "extends '\(stuck.json["extends"]?.string ?? "")', which is itself or extends it in turn",
          hint: "a \(what) that adds to another one needs a name of its own")
      }
      ordered += ready
      let done = Set(ready.map(\.file))
      pending.removeAll { done.contains($0.file) }
    }
    return ordered
  }

  /// A `model_type` means one family: of those that are not this build's, two may not claim the same.
  private func refuseSecondMeaning(of spec: FamilySpec, _ file: String) throws(CheckpointError) {
    for other in families where other.isBuiltIn == spec.isBuiltIn {
      if let type = spec.modelTypes.first(where: { other.modelTypes.contains($0) }) {
        throw CheckpointError(
          .specMalformed, file: file, "claims the model_type '\(type)', as the family \(other.name) does")
      }
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
      guard let when = spec.when, try !model.holds(when, layer: nil) else { return noted(spec) }
    }
    return nil
  }

  /// What the value of `general.architecture` means, and that of `<architecture>.projector_type` where there is one.
  public func gguf(architecture: String, projector: String? = nil) -> GGUFSpec? {
    noted(ggufSpecs.first { $0.architecture == architecture && $0.projector == projector && !$0.families.isEmpty })
  }

  private mutating func add(_ json: JSONValue, file: String, to kind: Kind) throws(CheckpointError) {
    guard let name = json["name"]?.string else { throw CheckpointError(.specMalformed, file: file, "has no 'name'") }
    documents[kind, default: []].removeAll { $0.json["name"]?.string == name }
    documents[kind, default: []].append((file, json))
  }

  /// The family behind a `model_type`: one out of a further folder goes before this build's own.
  public func family(modelType: String) -> FamilySpec? {
    let claiming = families.filter { $0.modelTypes.contains(modelType) }
    return noted(claiming.first { !$0.isBuiltIn } ?? claiming.first)
  }

  /// Documents of a kind, by name.
  public func documents(_ kind: Kind) -> [(file: String, json: JSONValue)] {
    let all = (documents[kind] ?? []).sorted { ($0.json["name"]?.string ?? "") < ($1.json["name"]?.string ?? "") }
    for document in all { note(kind, document.json) }
    return all
  }

  /// A document by its name; case, `-` and `_` make no difference.
  public func document(_ kind: Kind, named name: String) -> (file: String, json: JSONValue)? {
    let found = documents[kind]?.first { foldedName($0.json["name"]?.string ?? "") == foldedName(name) }
    if let found { note(kind, found.json) }
    return found
  }

  private func note(_ kind: Kind, _ json: JSONValue) {
    notes?.add(kind, json["name"]?.string ?? "", json.text())
  }
}
