/// The config.json of a checkpoint.
///
/// Models with several parts keep the text model's keys in `text_config`: a key is looked for there first, then at the
/// root.
public struct ModelConfig: Sendable {
  /// Its path, for messages.
  public let file: String
  public let root: JSONObject
  /// What the file itself says, where ``root`` was completed.
  private var stated: JSONObject?
  /// The text as it was read, for a rewriting that changes nothing but what it must.
  public let source: [UInt8]

  /// The largest published have some 100 KB; a tree of values takes many times the text.
  static let byteLimit = 8 << 20

  public init(parsing source: [UInt8], file: String) throws(CheckpointError) {
    let value: JSONValue
    do throws(CheckpointError) { value = try JSONValue(parsing: source, file: file) } catch {
      throw CheckpointError(.configMalformed, file: file, error.problem)
    }
    guard let root = value.object else { throw CheckpointError(.configMalformed, file: file, "is no JSON object") }
    self.file = file
    self.root = root
    self.source = source
  }

  /// A config made of values, as a preset has it.
  public init(_ root: JSONObject, file: String) {
    self.root = root
    self.file = file
    source = Array((JSONValue.object(root).text(indent: 2) + "\n").utf8)
  }

  private init(root: JSONObject, file: String, source: [UInt8]) {
    self.root = root
    self.file = file
    self.source = source
  }

  /// The config with what the model's own config class takes where the file says nothing; `source` stays the file's.
  func completed(with defaults: [FamilySpec.Default], of spec: String) throws(CheckpointError) -> ModelConfig {
    var config = self
    for one in defaults where !one.places.contains(where: { config.value(at: $0)?.isNull == false }) {
      guard let place = one.places.first(where: { config.hasObject(around: $0) }) else { continue }
      let environment = SpecEnvironment(config: config, values: [:], spec: spec)
      if let when = one.when, try !environment.bool(when) { continue }
      let value: JSONValue?
      switch one.value {
      case .literal(let literal): value = literal
      case .computed(let expression): value = try environment.evaluate(expression).json
      }
      if let value { config = config.setting(place, to: value) }
    }
    return config
  }

  /// Whether a path is a key at the top, or one of an object that is there.
  private func hasObject(around path: [String]) -> Bool {
    path.count == 1 || value(at: Array(path.dropLast()))?.object != nil
  }

  /// In the text model's part, where the config has one.
  private func setting(_ path: [String], to value: JSONValue) -> ModelConfig {
    var root = root
    let isAtRoot = path.count > 1 && text?[path[0]]?.object == nil && root[path[0]]?.object != nil
    let prefix = text == nil || isAtRoot ? [] : [Self.textKey]
    root.set((prefix + path)[...], to: value)
    var config = ModelConfig(root: root, file: file, source: source)
    config.stated = stated ?? self.root
    return config
  }

  /// Without what it was completed with: for questions about the file.
  public var asStated: ModelConfig { stated.map { ModelConfig(root: $0, file: file, source: source) } ?? self }

  static let textKey = "text_config"
  static let layersKey = "num_hidden_layers"

  /// Whether a key of this name holds one entry for each layer.
  static func isLayerList(_ key: String) -> Bool {
    ["layer_types", "mlp_layer_types", "indexer_types"].contains(key)
  }

  /// The outermost `model_type`.
  public var modelType: String? { root["model_type"]?.string }

  public var text: JSONObject? { root[Self.textKey]?.object }

  /// Where the quantization config stands: at the root, or inside `text_config`.
  public var quantizationPlace: [String]? {
    if root["quantization_config"]?.object != nil { return ["quantization_config"] }
    if text?["quantization_config"]?.object != nil { return [Self.textKey, "quantization_config"] }
    return nil
  }

  public var quantization: JSONObject? {
    switch quantizationPlace?.count {
    case 1: root["quantization_config"]?.object
    case 2: text?["quantization_config"]?.object
    default: nil
    }
  }

  /// The value at a path of keys, in the text model's part or at the root; nil where there is none.
  public func value(at path: [String]) -> JSONValue? {
    func walk(_ object: JSONObject?) -> JSONValue? {
      guard let object, var value = object[path[0]] else { return nil }
      for key in path.dropFirst() {
        guard let inner = value[key] else { return nil }
        value = inner
      }
      return value
    }
    return walk(text) ?? walk(root)
  }

  public func value(_ key: String) -> JSONValue? { value(at: [key]) }
}
