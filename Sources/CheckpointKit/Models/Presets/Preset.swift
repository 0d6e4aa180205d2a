/// One published checkpoint as data: its config, how its tensors are stored, how its files are called.
///
/// With its family spec a preset gives every header of the checkpoint. `Specs/README.md` is the manual of the format,
/// `Specs/schema/preset.json` its JSON Schema.
public struct Preset: Sendable {
  /// A stored tensor that no model uses, once for each decoder layer if its name has a place for one.
  public struct Extra: Sendable {
    public var template: NameTemplate
    public var dtype: DType
    public var shape: Shape
  }

  /// What others counted in the published checkpoint; see ``ModelCounts``.
  public struct Totals: Sendable, Equatable {
    public var storedTensors: Int
    public var dataBytes: Int
    public var parametersTotal: Int
    public var parametersText: Int
    public var parametersActive: Int
  }

  public let name: String
  public let title: String
  /// config.json, whole.
  public let config: JSONObject
  public let storage: [StorageRule]
  /// Roles of optional tensors that are stored: a tied head, the copies in a multi-token-prediction layer.
  public let optional: [String]
  public let extras: [Extra]
  public let shardStyle: ShardStyle
  public let shardCount: Int
  /// nil for what is not published: the tiny presets.
  public let published: Totals?
  public let sources: [String]
  /// The JSON it was read from, for the digest in a plan.
  public let text: String

  public init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectSchema("ckpt.preset/1")
    try reader.expectKeys([
      "schema", "name", "title", "config", "storage", "optional", "extras", "shards", "published", "sources",
    ])
    name = try reader.string("name")
    title = try reader.string("title")
    guard let config = reader.value("config")?.object else { throw reader.malformed("needs an object 'config'") }
    self.config = config
    var storage: [StorageRule] = []
    for value in try reader.array("storage") { storage.append(try StorageRule(value, file: file)) }
    self.storage = storage
    optional = try reader.strings("optional", orEmpty: true)
    for role in optional where Role(role) == nil { throw reader.malformed("'\(role)' is no role") }
    var extras: [Extra] = []
    for value in try reader.array("extras") { extras.append(try Extra(value, file: file)) }
    self.extras = extras
    let shards = SpecReader(reader.value("shards") ?? .object([:]), file: file)
    try shards.expectKeys(["style", "count"])
    let styleName = try shards.string("style")
    guard let style = ShardStyle(rawValue: styleName) else {
      throw shards.malformed("'\(styleName)' is no shard style")
    }
    shardStyle = style
    guard let count = try shards.optionalInt("count"), (1...100_000).contains(count) else {
      throw shards.malformed("needs a 'count' of shards")
    }
    shardCount = count
    published = try reader.value("published").map { (value) throws(CheckpointError) in try Totals(value, file: file) }
    sources = try reader.strings("sources")
    text = json.text()
  }

  public var modelType: String? { config["model_type"]?.string }
}

extension Preset.Extra {
  fileprivate init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectKeys(["name", "dtype", "shape"])
    template = try NameTemplate(try reader.string("name"), file: file)
    let name = try reader.string("dtype")
    guard let dtype = DType(name: name), PlainLayout.dtypes.contains(dtype) else {
      throw reader.malformed("'\(name)' is no dtype of plain values")
    }
    self.dtype = dtype
    var dimensions: [Int] = []
    for value in try reader.array("shape") {
      guard let dimension = value.int, (1...1 << 24).contains(dimension), dimensions.count < 2 else {
        throw reader.malformed("'shape' is no list of one or two dimensions")
      }
      dimensions.append(dimension)
    }
    shape = Shape(dimensions)
  }
}

extension Preset.Totals {
  fileprivate init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectKeys([
      "stored_tensors", "data_bytes", "parameters_total", "parameters_text", "parameters_active",
    ])
    func count(_ key: String) throws(CheckpointError) -> Int {
      guard let value = try reader.optionalInt(key), value > 0 else { throw reader.malformed("needs a count '\(key)'") }
      return value
    }
    storedTensors = try count("stored_tensors")
    dataBytes = try count("data_bytes")
    parametersTotal = try count("parameters_total")
    parametersText = try count("parameters_text")
    parametersActive = try count("parameters_active")
  }
}

// MARK: Finding

extension Preset {
  /// What the names of small made-up models begin with: `tiny-kimi_k2`.
  static let tiny = "tiny"

  /// All presets of a library, by name.
  public static func all(in library: SpecLibrary) throws(CheckpointError) -> [Preset] {
    var presets: [Preset] = []
    for document in library.documents(.presets) { presets.append(try Preset(document.json, file: document.file)) }
    return presets
  }

  /// The preset of a name; `tiny` with a family means the small model of that family.
  ///
  /// - Parameter family: the name of a family spec, a `model_type`, or what follows `tiny-` in a preset's name.
  public static func find(
    _ name: String, family: String? = nil, in library: SpecLibrary
  ) throws(CheckpointError) -> Preset {
    let isTiny = foldedName(name) == tiny
    let names = library.documents(.presets).compactMap { $0.json["name"]?.string }
    guard isTiny == (family != nil) else {
      throw CheckpointError(
        .familyUnknown,
        isTiny ? "the preset 'tiny' needs a family" : "the preset '\(name)' says its family itself",
        hint: isTiny ? "give --family, one of: \(tinyFamilies(names))" : "leave out --family")
    }
    if let document = library.document(.presets, named: family.map { "\(tiny)-\($0)" } ?? name) {
      return try Preset(document.json, file: document.file)
    }
    if let family {
      let types = library.families.first { foldedName($0.name) == foldedName(family) }?.modelTypes ?? [family]
      let small = library.documents(.presets).first { document in
        guard document.json["name"]?.string?.hasPrefix("\(tiny)-") ?? false else { return false }
        let type = document.json["config"]?["model_type"]?.string.map(foldedName)
        return types.contains { foldedName($0) == type }
      }
      if let small { return try Preset(small.json, file: small.file) }
      throw CheckpointError(
        .familyUnknown, "no tiny preset is of a family '\(family)'", hint: "there are: \(tinyFamilies(names))")
    }
    throw CheckpointError(
      .notFound, "no preset is called '\(name)'", hint: "'ckpt presets' lists them: \(names.joined(separator: ", "))")
  }

  private static func tinyFamilies(_ names: [String]) -> String {
    names.filter { $0.hasPrefix("\(tiny)-") }.map { String($0.dropFirst(tiny.count + 1)) }.joined(separator: ", ")
  }
}
