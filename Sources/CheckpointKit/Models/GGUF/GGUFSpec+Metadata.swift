extension GGUFSpec {
  /// The keys of a model's architecture, in the order of the spec.
  ///
  /// - Parameters:
  ///   - hasMTP: whether the file has layers for multi-token prediction, which expressions call `has_mtp`.
  ///   - documents: what expressions may speak of beside config.json, by name.
  /// - Throws: where the config lacks what a key needs, or has a value that its type cannot hold.
  public func entries(
    of model: ModelLayout, hasMTP: Bool = false, documents: [String: JSONValue] = [:]
  ) throws(CheckpointError) -> [GGUFEntry] {
    var environment = try model.environment.adding("has_mtp", hasMTP)
    environment.documents = documents
    var entries: [GGUFEntry] = []
    if let projector { entries.append(GGUFEntry("\(architecture).\(Self.projectorKey)", text: projector)) }
    for key in metadata {
      if let when = key.when, try !environment.bool(when) { continue }
      let value = try key.value.evaluated(in: environment)
      if value == .missing, key.isOptional { continue }
      guard let entry = Self.entry(fullName(of: key), key.type, value) else {
        throw CheckpointError(
          .configKey, file: model.config.file,
          "'\(key.value.text)' is \(value.kind), where the key \(fullName(of: key)) needs \(key.type.name)")
      }
      entries.append(entry)
    }
    return entries
  }

  static let projectorKey = "projector_type"

  /// Before the number of a layer, in every architecture.
  static let blockPrefix = "blk."

  /// A key as it stands in the file.
  func fullName(of key: Key) -> String { key.isBare ? key.name : "\(architecture).\(key.name)" }

  /// The value of one key; nil where the model has none.
  public func integer(_ key: String, of model: ModelLayout, hasMTP: Bool) throws(CheckpointError) -> Int? {
    let environment = try model.environment.adding("has_mtp", hasMTP)
    for known in metadata where sameBytes(known.name, key) {
      if let when = known.when, try !environment.bool(when) { continue }
      if case .int(let value) = try known.value.evaluated(in: environment) { return value }
    }
    return nil
  }

  private static func entry(_ key: String, _ type: GGUFValueType, _ value: SpecValue) -> GGUFEntry? {
    switch (type, value) {
    case (_, .list(let values)): elements(type, values).map { GGUFEntry(key, $0) }
    case (.uint32, .int(let number)): UInt32(exactly: number).map { GGUFEntry(key, uint32: $0) }
    case (.uint32, .double(let number)): UInt32(exactly: number).map { GGUFEntry(key, uint32: $0) }
    case (.int32, .int(let number)): Int32(exactly: number).map { GGUFEntry(key, int32: $0) }
    case (.float32, _): value.asDouble.map { GGUFEntry(key, float32: $0) }
    case (.bool, .bool(let flag)): GGUFEntry(key, bool: flag)
    case (.string, .string(let text)): GGUFEntry(key, text: text)
    default: nil
    }
  }

  private static func elements(_ type: GGUFValueType, _ values: [SpecValue]) -> GGUFElements? {
    var elements = GGUFElements(type)
    for value in values {
      switch (type, value) {
      case (.int32, .int(let number)):
        guard let number = Int32(exactly: number) else { return nil }
        elements.append(int32: number)
      case (.bool, .bool(let flag)): elements.append(bool: flag)
      case (.float32, _):
        guard let number = value.asDouble else { return nil }
        elements.append(float32: Float(number))
      default: return nil
      }
    }
    return elements
  }
}
