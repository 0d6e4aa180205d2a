extension GGUFSpec {
  /// The keys of a model's architecture, in the order of the spec.
  ///
  /// - Throws: where the config lacks what a key needs, or has a value that its type cannot hold.
  public func entries(of model: ModelLayout) throws(CheckpointError) -> [GGUFEntry] {
    var entries: [GGUFEntry] = []
    for key in metadata {
      if let when = key.when, try !model.holds(when, layer: nil) { continue }
      let value = try model.environment.evaluate(key.value)
      if value == .missing, key.isOptional { continue }
      guard let entry = Self.entry("\(architecture).\(key.name)", key.type, value) else {
        throw CheckpointError(
          .configKey, file: model.config.file,
          "'\(key.value.text)' is \(value.kind), where the key \(architecture).\(key.name) needs \(key.type.name)")
      }
      entries.append(entry)
    }
    return entries
  }

  /// The value of one key; nil where the model has none.
  public func integer(_ key: String, of model: ModelLayout) throws(CheckpointError) -> Int? {
    for known in metadata where sameBytes(known.name, key) {
      if let when = known.when, try !model.holds(when, layer: nil) { continue }
      if case .int(let value) = try model.environment.evaluate(known.value) { return value }
    }
    return nil
  }

  private static func entry(_ key: String, _ type: GGUFValueType, _ value: SpecValue) -> GGUFEntry? {
    switch (type, value) {
    case (.uint32, .int(let number)): UInt32(exactly: number).map { GGUFEntry(key, uint32: $0) }
    case (.uint32, .double(let number)): UInt32(exactly: number).map { GGUFEntry(key, uint32: $0) }
    case (.int32, .int(let number)): Int32(exactly: number).map { GGUFEntry(key, int32: $0) }
    case (.float32, _): value.asDouble.map { GGUFEntry(key, float32: $0) }
    case (.bool, .bool(let flag)): GGUFEntry(key, bool: flag)
    case (.string, .string(let text)): GGUFEntry(key, text: text)
    default: nil
    }
  }
}
