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
    /// nil where every group is meant whose layers the file has.
    public var group: FamilySpec.Group?
    public var when: Expression?
    /// Every expert is a slice of it.
    public var isStacked: Bool
    public var rows: Rows
    /// The column of the logical tensor for each `column`; nil where they are the same.
    public var column: Expression?
    /// What every value goes through.
    public var function: Elementwise?
    public var kept: Kept?
  }

  /// What a tensor is, whatever the rest of the file is: loaders and kernels of llama.cpp want it so.
  public enum Kept: String, Sendable {
    case f32 = "F32"
    /// F16 in a file of F16, F32 in any other.
    case f32OrF16 = "F32|F16"
  }

  /// Which rows of a logical tensor become which rows of the file's.
  public enum Rows: Sendable {
    case all
    /// Matrices of `shape` (all dimensions but the last are rows), `slices` of them (one where nil); row `row` of matrix `slice` is row `source` of the logical
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
    /// Stands in the file without the architecture, too.
    public var isBare: Bool
    /// Of its elements, where it is an array.
    public var type: GGUFValueType
    public var value: Value
    public var when: Expression?
    /// Left out where the config has no value for it.
    public var isOptional: Bool
  }

  /// A key of config.json, dots going into objects; left out where the metadata has no value for it.
  public struct ConfigKey: Sendable {
    public var path: String
    public var value: Value
    public var when: Expression?
  }

  /// What stands under a key.
  public enum Value: Sendable {
    case one(Expression)
    case list([Expression])
    /// So many elements, each what the expression says of a `layer`, from 0.
    case each(count: Expression, Expression)
  }

  /// What readers of the file take for granted, because no key of it says otherwise.
  public struct Assumption: Sendable {
    /// Of the model, or of each `layer` of its text model.
    public var holds: Expression
    /// What becomes of a model that is not so.
    public var problem: String
    /// Whether no reader loads it; otherwise it is loaded, and computes something else.
    public var refuses: Bool
  }

  public var name: String
  /// `general.architecture`.
  public var architecture: String
  /// Names of the family specs whose models it holds.
  public var families: [String]
  /// `<architecture>.projector_type` of a vision tower with its projector, in a file of its own beside the text model's:
  /// `general.type` is `mmproj`. nil for what holds a text model.
  public var projector: String?
  /// What a published `preprocessor_config.json` of these families says, for a checkpoint that has none.
  public var preprocessor: JSONValue?
  /// Of which models of its families; all where nil.
  public var when: Expression?
  /// The groups whose layers the file has, each with the number of the block that a layer becomes.
  public var blocks: [FamilySpec.Group: Expression]
  public var assumptions: [Assumption]
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
      "schema", "name", "extends", "architecture", "families", "projector", "preprocessor", "when", "assumes", "blocks",
      "tensors", "metadata", "config", "sources",
    ])
    let base: GGUFSpec?
    if let name = try reader.optionalString("extends") { base = try parent(name) } else { base = nil }
    name = try reader.string("name")
    architecture = try reader.optionalString("architecture") ?? base?.architecture ?? ""
    families = try reader.strings("families", orEmpty: true)
    projector = try reader.optionalString("projector") ?? base?.projector
    preprocessor = reader.value("preprocessor") ?? base?.preprocessor
    when = try reader.optionalExpression("when")
    sources = try reader.strings("sources", orEmpty: true)
    assumptions = base?.assumptions ?? []
    for value in try reader.array("assumes") { assumptions.append(try Assumption(value, reader)) }
    blocks = base?.blocks ?? [:]
    for (name, value) in try reader.expressions("blocks") {
      guard let group = FamilySpec.Group(rawValue: name) else { throw reader.malformed("'\(name)' is no group") }
      blocks[group] = value
    }
    if blocks.isEmpty { blocks[.text] = try Expression("layer", file: file) }
    var own: [Tensor] = []
    for value in try reader.array("tensors") { own.append(try Tensor(value, reader)) }
    // What a spec says of a name stands in place of what the one it extends says.
    tensors =
      (base?.tensors ?? []).filter { inherited in
        !own.contains { sameBytes($0.template.text, inherited.template.text) }
      } + own
    var keys: [Key] = []
    for value in try reader.array("metadata") { keys.append(try Key(value, reader)) }
    metadata = Self.overriding(base?.metadata ?? [], with: keys)
    var config: [ConfigKey] = []
    for value in try reader.array("config") { config.append(try ConfigKey(value, reader)) }
    self.config =
      (base?.config ?? []).filter { inherited in !config.contains { sameBytes($0.path, inherited.path) } } + config
    identity = (base?.identity ?? "") + json.text() + "\n"
  }

  /// The assumptions that do not hold for a model, each with the first layer of which that is so.
  public func brokenAssumptions(
    of model: ModelLayout
  ) throws(CheckpointError) -> [(assumption: Assumption, layer: Int)] {
    var broken: [(Assumption, Int)] = []
    for assumption in assumptions {
      for layer in 0..<model.layerCount where try !model.holds(assumption.holds, layer: layer) {
        broken.append((assumption, layer))
        break
      }
    }
    return broken
  }

  /// What is said of a key stands where the spec that is extended says something of it; further keys follow.
  private static func overriding(_ inherited: [Key], with own: [Key]) -> [Key] {
    var rest = own
    var keys: [Key] = []
    for key in inherited {
      guard own.contains(where: { sameBytes($0.name, key.name) }) else {
        keys.append(key)
        continue
      }
      keys += rest.filter { sameBytes($0.name, key.name) }
      rest.removeAll { sameBytes($0.name, key.name) }
    }
    return keys + rest
  }
}

extension GGUFSpec.Assumption {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["holds", "problem", "refuses"])
    guard let holds = try reader.optionalExpression("holds") else {
      throw reader.malformed("assumes: needs an expression 'holds'")
    }
    self.holds = holds
    problem = try reader.string("problem")
    refuses = try reader.bool("refuses", default: false)
  }
}

extension GGUFSpec.Tensor {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys([
      "name", "role", "group", "when", "stacked", "slices", "shape", "row", "transposed_from", "column", "function",
      "computed", "type",
    ])
    template = try NameTemplate(try reader.string("name"), file: reader.file)
    if let name = try reader.optionalString("group") {
      guard let known = FamilySpec.Group(rawValue: name) else { throw reader.malformed("'\(name)' is no group") }
      group = known
    }
    when = try reader.optionalExpression("when")
    isStacked = try reader.bool("stacked", default: false)
    if let type = try reader.optionalString("type") {
      guard let known = GGUFSpec.Kept(rawValue: type) else {
        throw reader.malformed("'type' can only be F32 or F32|F16")
      }
      kept = known
    }
    column = try reader.optionalExpression("column")
    if let name = try reader.optionalString("function") {
      guard let known = Elementwise(rawValue: name) else { throw reader.malformed("'\(name)' is no function") }
      function = known
    }
    if let computed = try reader.optionalString("computed") {
      guard computed == "rope_factors" else { throw reader.malformed("'\(computed)' is nothing that is computed") }
      rows = .ropeFactors
      role = nil
      kept = .f32
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
    if case .transposed = rows, column != nil {
      throw reader.malformed("'column' and 'transposed_from' exclude each other")
    }
    if case .all = rows { return }
    guard !isStacked else { throw reader.malformed("a stacked tensor takes all rows") }
    guard shape.count >= 2 else { throw reader.malformed("'shape' needs the rows and columns of a matrix") }
  }
}

extension GGUFSpec.Key {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["key", "bare", "type", "value", "each", "when", "optional"])
    name = try reader.string("key")
    isBare = try reader.bool("bare", default: false)
    let fullName = try reader.string("type")
    let isArray = fullName.hasSuffix("[]")
    let typeName = isArray ? String(fullName.dropLast(2)) : fullName
    guard let type = GGUFValueType(name: typeName) else {
      throw reader.malformed("'\(typeName)' is no type of a value")
    }
    self.type = type
    value = try GGUFSpec.Value(reader)
    if case .one = value, isArray { throw reader.malformed("needs 'each' or a list, since it is an array") }
    if !isArray { guard case .one = value else { throw reader.malformed("is no array") } }
    when = try reader.optionalExpression("when")
    isOptional = try reader.bool("optional", default: false)
  }
}

extension GGUFSpec.ConfigKey {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["key", "value", "each", "when"])
    path = try reader.string("key")
    value = try GGUFSpec.Value(reader)
    when = try reader.optionalExpression("when")
  }
}

extension GGUFSpec.Value {
  fileprivate init(_ reader: SpecReader) throws(CheckpointError) {
    let count = try reader.optionalExpression("each")
    if count == nil, reader.value("value")?.array != nil {
      var list: [Expression] = []
      for value in try reader.array("value") { list.append(try reader.expression(value)) }
      self = .list(list)
      return
    }
    guard let value = try reader.optionalExpression("value") else { throw reader.malformed("needs a 'value'") }
    self = count.map { .each(count: $0, value) } ?? .one(value)
  }

  /// What an array can have: no model has as many layers.
  private static let longest = 10_000

  /// The value, or the elements of a list.
  func evaluated(in environment: SpecEnvironment) throws(CheckpointError) -> SpecValue {
    var environment = environment
    switch self {
    case .one(let value): return try environment.evaluate(value)
    case .list(let values):
      var list: [SpecValue] = []
      for value in values { list.append(try environment.evaluate(value)) }
      return .list(list)
    case .each(let count, let value):
      let count = try environment.int(count)
      guard (0...Self.longest).contains(count) else {
        throw CheckpointError(.configKey, file: environment.config.file, "asks for a list of \(count) values")
      }
      var list: [SpecValue] = []
      for layer in 0..<count {
        environment.layer = layer
        list.append(try environment.evaluate(value))
      }
      return .list(list)
    }
  }

  /// As written, for messages.
  var text: String {
    switch self {
    case .one(let value), .each(_, let value): value.text
    case .list(let values): values.map(\.text).joined(separator: ", ")
    }
  }
}
