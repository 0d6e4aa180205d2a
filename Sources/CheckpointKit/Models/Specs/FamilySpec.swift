/// What a model family consists of: its logical tensors, as data.
///
/// A spec names each tensor once, with its role and shape; encodings add the parts. `Specs/README.md` is the manual of
/// the format, `Specs/schema/family.json` its JSON Schema.
public struct FamilySpec: Sendable {
  /// Parts of a model that are counted and treated separately.
  public enum Group: String, Sendable, CaseIterable {
    case text, mtp, vision
  }

  public struct Tensor: Sendable {
    public var template: NameTemplate
    public var role: Role
    public var shape: [Expression]
    /// Rows of the projections that it holds one after another; empty where it is one.
    public var segments: [Expression]
    public var groups: [Group]
    /// Where the tensor exists; everywhere if nil.
    public var when: Expression?
    /// Where its absence is fine.
    public var optional: Expression?
    /// The dtype of its published, unencoded form.
    public var dtype: DType
    /// One stored tensor that may hold it for all experts of a layer.
    public var stack: Stack?
  }

  /// A stored tensor with the experts of a layer behind one another, and perhaps several tensors of each in alternation
  /// or one after the other: a view is read from it.
  public struct Stack: Sendable {
    public var template: NameTemplate
    /// Rows that it has for each expert; for a stack of vectors, values.
    public var rows: Expression
    /// The first of them that is this tensor's, and the distance to the next.
    public var first: Expression
    public var step: Expression
    /// Whether plain values of an expert are stored as the transpose.
    public var isTransposedWherePlain: Bool
    /// The encodings in which the family is published so, `plain` for all plain ones; in others it has one tensor for
    /// each expert.
    public var encodings: [String]
  }

  /// A value for a key of config.json that is absent or null in all of its places; it goes to the first of them that is
  /// at the top, or in an object that is there.
  public struct Default: Sendable {
    public enum Value: Sendable {
      case literal(JSONValue)
      /// What the config class works out from other keys.
      case computed(Expression)
    }

    public var places: [[String]]
    public var value: Value
    public var when: Expression?
  }

  public var name: String
  public var title: String
  /// Values of `model_type` in config.json that mean this family.
  public var modelTypes: [String]
  public var values: [String: Expression]
  /// The layers of each group that has any: first, and one past the last.
  public var layers: [Group: (Expression, Expression)]
  public var tensors: [Tensor]
  /// Names that published checkpoints carry and no model uses.
  public var junk: [NameTemplate]
  /// Role patterns that the family's published block-fp8 repositories encode.
  public var fp8Roles: [String]
  /// Roles beyond attention and feed-forward that engines build as quantizable layers: where they stay plain, the
  /// quantization config has to say so.
  public var listedRoles: [String]
  /// What engines have in front of a module's name in place of what is stored; the first that fits counts.
  public var engineNames: [(stored: String, engine: String)]
  /// The dtype of the scales in them.
  public var fp8Scale: DType
  /// What the forward pass needs beyond the tensors; see ``ModelLayout/forward``.
  public var forward: [String: Expression]
  /// What the model's own config class takes where config.json says nothing.
  public var defaults: [Default]
  public var sources: [String]
  /// Whether it is this build's own: what is known of readers speaks of those alone.
  public internal(set) var isBuiltIn = false
  /// The document, behind those that it extends.
  let identity: String

  /// A stored module's name in the engines.
  func engineName(of module: String) -> String {
    guard let (stored, engine) = engineNames.first(where: { module.hasPrefix($0.stored) }) else { return module }
    return engine + module.dropFirst(stored.count)
  }

  /// What stands before the number of a decoder layer in the names of its tensors.
  var layerPrefixes: Set<String> {
    var prefixes: Set<String> = []
    for tensor in tensors where tensor.groups.contains(.text) {
      let text = tensor.template.text
      if let place = text.firstRange(of: "{layer}") { prefixes.insert(String(text[..<place.lowerBound])) }
    }
    return prefixes
  }
}

// MARK: Reading

extension FamilySpec {
  /// Reads a spec.
  ///
  /// - Parameter parent: finds the spec that this one extends.
  init(
    _ json: JSONValue, file: String, parent: (String) throws(CheckpointError) -> FamilySpec
  ) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectSchema("ckpt.family/1")
    try reader.expectKeys([
      "schema", "name", "title", "extends", "prefix", "model_types", "values", "layers", "tensors", "junk", "fp8_roles",
      "listed_roles", "fp8_scale", "engine_names", "forward", "defaults", "sources",
    ])
    let base: FamilySpec?
    if let name = try reader.optionalString("extends") {
      base = try parent(name).prefixed(with: try reader.optionalString("prefix") ?? "", file: file)
    } else {
      base = nil
    }
    identity = (base?.identity ?? "") + json.text() + "\n"
    name = try reader.string("name")
    title = try reader.string("title")
    modelTypes = try reader.strings("model_types")
    sources = try reader.strings("sources")
    values = base?.values ?? [:]
    for (key, value) in try reader.expressions("values") { values[key] = value }
    forward = base?.forward ?? [:]
    for (key, value) in try reader.expressions("forward") { forward[key] = value }
    // The first that applies counts.
    defaults = []
    for (key, value) in try reader.members("defaults") { defaults.append(try Default(key, value, reader)) }
    defaults += base?.defaults ?? []
    layers = base?.layers ?? [:]
    for (key, value) in try reader.members("layers") {
      guard let group = Group(rawValue: key), let bounds = value.array, bounds.count == 2 else {
        throw reader.malformed("layers: '\(key)' needs a known group and two expressions")
      }
      layers[group] = (try reader.expression(bounds[0]), try reader.expression(bounds[1]))
    }
    tensors = base?.tensors ?? []
    var own: [Tensor] = []
    for value in try reader.array("tensors") {
      let tensor = try Tensor(value, reader)
      // Two of a name can only be meant where conditions keep them apart.
      for other in own where other.template.text == tensor.template.text && (other.when == nil || tensor.when == nil) {
        throw reader.malformed("tensor '\(tensor.template.text)' stands twice")
      }
      own.append(tensor)
    }
    // What is said again replaces what the other family says.
    let again = Set(own.map(\.template.text))
    tensors.removeAll { again.contains($0.template.text) }
    tensors += own
    junk = base?.junk ?? []
    for text in try reader.strings("junk", orEmpty: true) { junk.append(try NameTemplate(text, file: file)) }
    fp8Roles = try reader.strings("fp8_roles", orEmpty: true)
    if fp8Roles.isEmpty { fp8Roles = base?.fp8Roles ?? [] }
    listedRoles = try reader.strings("listed_roles", orEmpty: true)
    if listedRoles.isEmpty { listedRoles = base?.listedRoles ?? [] }
    engineNames = base?.engineNames ?? []
    for (stored, engine) in try reader.members("engine_names") {
      guard let engine = engine.string else { throw reader.malformed("engine_names: '\(stored)' needs a name") }
      engineNames.append((stored, engine))
    }
    fp8Scale = base?.fp8Scale ?? .f32
    if let name = try reader.optionalString("fp8_scale") {
      guard let dtype = DType(name: name), FP8BlockLayout.scaleDTypes.contains(dtype) else {
        throw reader.malformed("fp8_scale '\(name)' is no dtype of a scale")
      }
      fp8Scale = dtype
    }
    for tensor in tensors where tensor.template.hasLayer {
      for group in tensor.groups where layers[group] == nil {
        throw reader.malformed("tensor '\(tensor.template.text)' is in group '\(group.rawValue)', which has no layers")
      }
    }
  }

  private func prefixed(with prefix: String, file: String) throws(CheckpointError) -> FamilySpec {
    var spec = self
    for i in spec.tensors.indices {
      spec.tensors[i].template = try NameTemplate(prefix + spec.tensors[i].template.text, file: file)
      if let stack = spec.tensors[i].stack {
        spec.tensors[i].stack?.template = try NameTemplate(prefix + stack.template.text, file: file)
      }
    }
    for i in spec.junk.indices { spec.junk[i] = try NameTemplate(prefix + spec.junk[i].text, file: file) }
    return spec
  }
}

extension FamilySpec.Tensor {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["name", "role", "shape", "segments", "groups", "when", "optional", "dtype", "stacked"])
    template = try NameTemplate(try reader.string("name"), file: reader.file)
    let roleName = try reader.string("role")
    guard let role = Role(roleName) else { throw reader.malformed("'\(roleName)' is no role") }
    self.role = role
    shape = []
    for value in try reader.array("shape") { shape.append(try reader.expression(value)) }
    segments = []
    if let list = reader.value("segments") {
      for value in list.array ?? [] { segments.append(try reader.expression(value)) }
      guard !segments.isEmpty else { throw reader.malformed("segments: expected a list of expressions") }
    }
    groups = []
    for name in try reader.strings("groups", orEmpty: true) {
      guard let group = FamilySpec.Group(rawValue: name) else { throw reader.malformed("'\(name)' is no group") }
      groups.append(group)
    }
    if groups.isEmpty { groups = [.text] }
    when = try reader.optionalExpression("when")
    optional = try reader.optionalExpression("optional")
    let dtypeName = try reader.optionalString("dtype") ?? "BF16"
    guard let dtype = DType(name: dtypeName) else { throw reader.malformed("'\(dtypeName)' is no dtype") }
    self.dtype = dtype
    stack = try reader.value("stacked").map { (json) throws(CheckpointError) in try FamilySpec.Stack(json, reader) }
    if stack != nil, !template.hasExpert || !(1...2).contains(shape.count) {
      throw reader.malformed("tensor '\(template.text)' is stacked, but is no matrix or vector of an expert")
    }
  }
}

extension FamilySpec.Default {
  fileprivate init(_ key: String, _ value: JSONValue, _ reader: SpecReader) throws(CheckpointError) {
    places = key.split(separator: "|").map {
      $0.filter { $0 != " " }.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }
    guard !places.isEmpty, !places.contains(where: { $0.contains("") || $0.count > 2 }) else {
      throw reader.malformed("defaults: '\(key)' is no key, nor keys with | between them")
    }
    let keys = Set(value.object?.members.map(\.key) ?? [])
    guard keys.contains("expression"), keys.isSubset(of: ["expression", "when"]) else {
      self.value = .literal(value)
      return
    }
    let inner = SpecReader(value, file: reader.file)
    self.value = .computed(try inner.expression(inner.value("expression") ?? .null))
    when = try inner.optionalExpression("when")
  }
}

extension FamilySpec.Stack {
  fileprivate init(_ json: JSONValue, _ outer: SpecReader) throws(CheckpointError) {
    let reader = SpecReader(json, file: outer.file)
    try reader.expectKeys(["name", "rows", "first", "step", "transposed_where_plain", "encodings"])
    template = try NameTemplate(try reader.string("name"), file: reader.file)
    guard !template.hasExpert else { throw reader.malformed("a stack of all experts has no place for one") }
    guard let rows = try reader.optionalExpression("rows") else { throw reader.malformed("needs an expression 'rows'") }
    self.rows = rows
    first = try reader.expression(reader.value("first") ?? .int(0))
    step = try reader.expression(reader.value("step") ?? .int(1))
    isTransposedWherePlain = try reader.bool("transposed_where_plain", default: false)
    encodings = try reader.strings("encodings", orEmpty: true)
    for name in encodings where name != "plain" && EncodingLayouts.named(name) == nil {
      throw reader.malformed("'\(name)' is no encoding")
    }
  }
}
