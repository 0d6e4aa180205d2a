/// The `general.*` keys of a GGUF file that tell what a model is called, whose it is, and how it is to be sampled.
///
/// Order, types and rules are those of `gguf.Metadata` (llama.cpp, gguf-py/gguf/metadata.py), from `general.type` to
/// `general.languages`; `general.architecture`, `.file_type` and `.quantization_version` are others' work. The sources, the
/// first that says something wins:
///
/// 1. the front matter of README.md (``ModelCard``),
/// 2. `_name_or_path` of config.json, where it is a name of the Hub,
/// 3. the name that is given.
///
/// The name of the folder is never used, so that the same files give the same bytes wherever they lie. A model without
/// any name is called by its `model_type`.
public struct GeneralMetadata: Sendable {
  public private(set) var entries: [GGUFEntry] = []
  /// What of README.md or generation_config.json could not be read, and is left out.
  public private(set) var findings: [Finding] = []

  private var texts: [String: String] = [:]
  private let parameters: Int
  private let folder: String

  /// - Parameters:
  ///   - name: becomes `general.name` as it is, and says what the other sources leave open.
  ///   - counts: of the tensors that are written; they decide the size label.
  ///   - type: `general.type`.
  public init(
    of checkpoint: Checkpoint, name: String? = nil, counts: ParameterCounts, type: String = "model"
  ) throws(CheckpointError) {
    try self.init(
      in: checkpoint.folder, checkpoint.files, config: checkpoint.config, name: name, counts: counts, type: type)
  }

  init(
    in folder: String, _ files: FileAccess = .system, config: ModelConfig?, name: String?, counts: ParameterCounts,
    type: String = "model"
  ) throws(CheckpointError) {
    self.folder = folder
    parameters = counts.total
    let card = try card(files)
    for (key, names) in Self.cardKeys {
      for name in names where texts[key] == nil { texts[key] = text(name, of: card) }
    }
    if let path = config?.root["_name_or_path"]?.string, !path.isEmpty, path.count(where: { $0 == "/" }) <= 1 {
      take(ModelName(path, parameters: parameters))
    }
    if let name { take(ModelName(name, parameters: parameters)) }
    texts["name"] = name ?? texts["name"] ?? config?.modelType ?? "model"
    if texts["size_label"] == nil, counts.total > 0 { texts["size_label"] = counts.sizeLabel }

    entries.append(GGUFEntry("general.type", text: type))
    try addSampling(files)
    addTexts([
      "name", "author", "version", "organization", "finetune", "basename", "description", "size_label",
    ])
    addLicense(card)
    addTexts(["source.url", "source.doi", "source.uuid", "source.repo_url"])
    addSources("base_model", ["base_model", "base_models", "base_model_sources"], card)
    addSources("dataset", ["datasets", "dataset", "dataset_sources"], card)
    addList("tags", ["tags", "pipeline_tag"], card)
    addList("languages", ["languages", "language"], card)
  }

  /// Keys of ours, and those of a model card that give them, the first one first.
  private static let cardKeys: [(key: String, names: [String])] = [
    ("name", ["name", "model_name"]), ("author", ["author", "model_author", "model_creator"]),
    ("version", ["version", "model_version"]), ("organization", ["organization", "model_organization"]),
    ("description", ["description", "model_description"]), ("finetune", ["finetune", "model_finetune"]),
    ("basename", ["basename", "model_basename", "model_type"]), ("size_label", ["size_label", "model_size_label"]),
    ("source.url", ["url", "model_url"]), ("source.doi", ["doi", "model_doi"]),
    ("source.uuid", ["uuid", "model_uuid"]), ("source.repo_url", ["repo_url", "model_repo_url"]),
    ("license.name", ["license_name"]), ("license.link", ["license_link"]),
  ]

  // MARK: Sources

  private mutating func card(_ files: FileAccess) throws(CheckpointError) -> ModelCard {
    let path = joinPath(folder, "README.md")
    guard try files.status(path)?.kind == .regular else { return ModelCard("") }
    let bytes = try files.readAll(path, limit: 16 << 20)
    guard isValidUTF8(bytes) else {
      leaveOut("README.md", "is not UTF-8 text")
      return ModelCard("")
    }
    let card = ModelCard(withLineFeeds(bytes))
    if let problem = card.problem { leaveOut("README.md", problem) }
    return card
  }

  private mutating func leaveOut(_ file: String, _ problem: String) {
    findings.append(Finding(.note, .notCarried, file: joinPath(folder, file), problem + ": it is left out of the GGUF"))
  }

  private mutating func text(_ key: String, of card: ModelCard) -> String? {
    switch card[key] {
    case .text(let text): return text
    case .list: leaveOut("README.md", "'\(key)' is a list")
    case .other(let what): leaveOut("README.md", "'\(key)' is \(what)")
    case nil, .some(.none): break
    }
    return nil
  }

  /// A list, or a single text as one.
  private mutating func list(_ key: String, of card: ModelCard) -> [String] {
    if case .list(let items) = card[key] { return items }
    return text(key, of: card).map { [$0] } ?? []
  }

  private mutating func take(_ name: ModelName) {
    let found = [
      ("name", ModelName.title(name.name)), ("organization", name.organization.map(ModelName.title)),
      ("basename", name.basename), ("finetune", name.finetune), ("version", name.version),
      ("size_label", name.sizeLabel),
    ]
    for (key, value) in found where texts[key] == nil { texts[key] = value }
  }

  // MARK: Keys

  /// An empty text is no key.
  private mutating func addTexts(_ keys: [String]) {
    for key in keys {
      if let text = texts[key], !text.isEmpty { entries.append(GGUFEntry("general.\(key)", text: text)) }
    }
  }

  private mutating func addLicense(_ card: ModelCard) {
    texts["license"] = list("license", of: card).joined(separator: ",")
    addTexts(["license", "license.name", "license.link"])
  }

  private mutating func addList(_ key: String, _ names: [String], _ card: ModelCard) {
    var items: [String] = []
    for name in names { items += list(name, of: card) }
    if !items.isEmpty { entries.append(GGUFEntry("general.\(key)", texts: items)) }
  }

  /// Models or datasets that the card names, each by its name on the Hub or its address.
  private mutating func addSources(_ kind: String, _ names: [String], _ card: ModelCard) {
    guard let name = names.first(where: { card[$0] != nil }) else { return }
    if case .other(let what) = card[name] { return leaveOut("README.md", "'\(name)' is \(what)") }
    let ids = list(name, of: card)
    entries.append(GGUFEntry("general.\(kind).count", uint32: UInt32(ids.count)))
    for (i, id) in ids.enumerated() {
      var (url, named): (String?, String?) = (nil, id)
      if ["http://", "https://", "ssh://"].contains(where: { id.hasPrefix($0) }) {
        url = id
        named = id.wholeMatch(of: /https?:\/\/huggingface.co\/([^\/]+\/[^\/]+)/).map { String($0.1) }
      }
      let parts = named.map { ModelName($0, parameters: parameters) }
      if url == nil, let parts, let organization = parts.organization {
        url = "https://huggingface.co/\(organization)/\(parts.name)"
      }
      let values = [
        ("name", parts.map { ModelName.title($0.name) }), ("version", parts?.version),
        ("organization", parts?.organization.map(ModelName.title)), ("repo_url", url),
      ]
      for case (let key, let value?) in values where !value.isEmpty {
        entries.append(GGUFEntry("general.\(kind).\(i).\(key)", text: value))
      }
    }
  }

  /// Key of ours, keys of generation_config.json, and whether it is an integer.
  private static let samplingKeys: [(key: String, names: [String], isInteger: Bool)] = [
    ("top_k", ["top_k"], true), ("top_p", ["top_p"], false), ("min_p", ["min_p"], false),
    ("xtc_probability", ["xtc_probability"], false), ("xtc_threshold", ["xtc_threshold"], false),
    ("temp", ["temperature"], false), ("penalty_last_n", ["penalty_last_n"], true),
    ("penalty_repeat", ["penalty_repeat", "repetition_penalty"], false), ("mirostat", ["mirostat"], true),
    ("mirostat_tau", ["mirostat_tau"], false), ("mirostat_eta", ["mirostat_eta"], false),
  ]

  private mutating func addSampling(_ files: FileAccess) throws(CheckpointError) {
    let name = "generation_config.json"
    let path = joinPath(folder, name)
    guard try files.status(path)?.kind == .regular else { return }
    let config: JSONValue
    do throws(CheckpointError) {
      config = try JSONValue(parsing: files.readAll(path, limit: 1 << 20), file: path)
    } catch {
      // Published ones are not always valid; the converter goes on without it, too.
      guard error.code == .malformedFile else { throw error }
      return leaveOut(name, error.problem)
    }
    if let sequence = config["sequence"]?.string, !sequence.isEmpty {
      entries.append(GGUFEntry("general.sampling.sequence", text: sequence))
    }
    for (key, names, isInteger) in Self.samplingKeys {
      guard let name = names.first(where: { config[$0] != nil }) else { continue }
      guard let value = config[name], !value.isNull else { continue }
      if isInteger, let number = value.int.flatMap(Int32.init(exactly:)) {
        entries.append(GGUFEntry("general.sampling.\(key)", int32: number))
      } else if !isInteger, let number = value.double, Float(number).isFinite {
        entries.append(GGUFEntry("general.sampling.\(key)", float32: number))
      } else {
        leaveOut("generation_config.json", "'\(name)' is no \(isInteger ? "integer" : "number") that a GGUF holds")
      }
    }
  }
}
