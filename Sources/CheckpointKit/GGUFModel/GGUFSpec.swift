/// How the models of a family stand in a GGUF file: names of tensors and what is done with their rows, keys of the
/// metadata, and the way back from both. Data, as ``FamilySpec`` is.
///
/// `Specs/README.md` is the manual of the format, `Specs/schema/gguf.json` its JSON Schema.
public struct GGUFSpec: Sendable {
  /// A tensor of the file, made of one logical tensor or of one for each expert.
  public struct Tensor: Sendable {
    public var template: NameTemplate
    /// nil for a tensor that is computed from the config.
    public var role: Role?
    public var group: FamilySpec.Group
    public var when: Expression?
    /// Every expert is a slice of it.
    public var isStacked: Bool
    public var rows: Rows
    /// Loaders and kernels of llama.cpp want it as F32, whatever the rest is.
    public var staysF32: Bool
  }

  /// Which rows of a logical tensor become which rows of the file's.
  public enum Rows: Sendable {
    case all
    /// Matrices of `shape`, `slices` of them (one where nil); row `row` of matrix `slice` is row `source` of the logical
    /// tensor.
    case picked(slices: Expression?, shape: [Expression], source: Expression)
    /// Matrices of `shape`, `slices` of them; each is what begins at row `source` of the logical tensor, transposed.
    case transposed(slices: Expression?, shape: [Expression], source: Expression)
    /// Computed from the config; see ``RopeFactors``.
    case ropeFactors
  }

  public struct Key: Sendable {
    /// Without the architecture in front.
    public var name: String
    public var type: GGUFValueType
    public var value: Expression
    public var when: Expression?
    /// Left out where the config has no value for it.
    public var isOptional: Bool
  }

  /// A key of config.json, dots going into objects; left out where the metadata has no value for it.
  public struct ConfigKey: Sendable {
    public var path: String
    public var value: Expression
    public var when: Expression?
  }

  public var name: String
  /// `general.architecture`.
  public var architecture: String
  /// Names of the family specs whose models it holds.
  public var families: [String]
  public var tensors: [Tensor]
  public var metadata: [Key]
  /// config.json, out of the metadata: expressions over the metadata's keys without the architecture in front, and
  /// `has_output` (is there an output projection of its own) and `embedding_rows`.
  public var config: [ConfigKey]
  public let sources: [String]
  /// The JSON it was read from, with that of the spec it extends: what a plan depends on.
  public let identity: String
}

// MARK: Reading

extension GGUFSpec {
  /// - Parameter parent: finds the spec that this one extends.
  init(_ json: JSONValue, file: String, parent: (String) throws(CheckpointError) -> GGUFSpec) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectSchema("ckpt.gguf/1")
    try reader.expectKeys([
      "schema", "name", "extends", "architecture", "families", "tensors", "metadata", "config", "sources",
    ])
    let base: GGUFSpec?
    if let name = try reader.optionalString("extends") { base = try parent(name) } else { base = nil }
    name = try reader.string("name")
    architecture = try reader.optionalString("architecture") ?? base?.architecture ?? ""
    families = try reader.strings("families", orEmpty: true)
    sources = try reader.strings("sources", orEmpty: true)
    var own: [Tensor] = []
    for value in try reader.array("tensors") { own.append(try Tensor(value, reader)) }
    // What a spec says of a name stands in place of what the one it extends says.
    tensors =
      (base?.tensors ?? []).filter { inherited in
        !own.contains { sameBytes($0.template.text, inherited.template.text) }
      } + own
    var keys: [Key] = []
    for value in try reader.array("metadata") { keys.append(try Key(value, reader)) }
    metadata =
      (base?.metadata ?? []).filter { inherited in !keys.contains { sameBytes($0.name, inherited.name) } } + keys
    var config: [ConfigKey] = []
    for value in try reader.array("config") { config.append(try ConfigKey(value, reader)) }
    self.config =
      (base?.config ?? []).filter { inherited in !config.contains { sameBytes($0.path, inherited.path) } } + config
    identity = (base?.identity ?? "") + json.text() + "\n"
  }
}

extension GGUFSpec.Tensor {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys([
      "name", "role", "group", "when", "stacked", "slices", "shape", "row", "transposed_from", "computed", "type",
    ])
    template = try NameTemplate(try reader.string("name"), file: reader.file)
    group = .text
    if let name = try reader.optionalString("group") {
      guard let known = FamilySpec.Group(rawValue: name) else { throw reader.malformed("'\(name)' is no group") }
      group = known
    }
    when = try reader.optionalExpression("when")
    isStacked = reader.value("stacked")?.bool ?? false
    let type = try reader.optionalString("type")
    guard type == nil || type == "F32" else { throw reader.malformed("'type' can only be F32") }
    staysF32 = type != nil
    if let computed = try reader.optionalString("computed") {
      guard computed == "rope_factors" else { throw reader.malformed("'\(computed)' is nothing that is computed") }
      rows = .ropeFactors
      role = nil
      staysF32 = true
      return
    }
    let roleName = try reader.string("role")
    guard let role = Role(roleName) else { throw reader.malformed("'\(roleName)' is no role") }
    self.role = role
    let slices = try reader.optionalExpression("slices")
    var shape: [Expression] = []
    for value in try reader.array("shape") { shape.append(try reader.expression(value)) }
    switch (try reader.optionalExpression("row"), try reader.optionalExpression("transposed_from")) {
    case (nil, nil):
      guard slices == nil, shape.isEmpty else {
        throw reader.malformed("'slices' and 'shape' need 'row' or 'transposed_from'")
      }
      rows = .all
    case (let row?, nil): rows = .picked(slices: slices, shape: shape, source: row)
    case (nil, let start?): rows = .transposed(slices: slices, shape: shape, source: start)
    default: throw reader.malformed("'row' and 'transposed_from' exclude each other")
    }
    if case .all = rows { return }
    guard !isStacked else { throw reader.malformed("a stacked tensor takes all rows") }
    guard shape.count == 2 else { throw reader.malformed("'shape' needs the rows and columns of a matrix") }
  }
}

extension GGUFSpec.Key {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["key", "type", "value", "when", "optional"])
    name = try reader.string("key")
    let typeName = try reader.string("type")
    guard let type = GGUFValueType(name: typeName) else {
      throw reader.malformed("'\(typeName)' is no type of a value")
    }
    self.type = type
    guard let value = try reader.optionalExpression("value") else { throw reader.malformed("needs a 'value'") }
    self.value = value
    when = try reader.optionalExpression("when")
    isOptional = reader.value("optional")?.bool ?? false
  }
}

extension GGUFSpec.ConfigKey {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["key", "value", "when"])
    path = try reader.string("key")
    guard let value = try reader.optionalExpression("value") else { throw reader.malformed("needs a 'value'") }
    self.value = value
    when = try reader.optionalExpression("when")
  }
}
