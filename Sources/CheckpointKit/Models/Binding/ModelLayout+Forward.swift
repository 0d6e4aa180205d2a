extension ModelLayout {
  /// What the spec says of the forward pass in a layer, with the values of this config; ``SpecValue/missing`` where the
  /// config has none.
  ///
  /// A family whose spec has no `forward` block gives an empty dictionary.
  public func forwardValues(layer: Int = 0) throws(CheckpointError) -> [String: SpecValue] {
    var environment = environment
    environment.layer = layer
    var values: [String: SpecValue] = [:]
    for (key, expression) in spec.forward { values[key] = try environment.evaluate(expression) }
    return values
  }

  /// A text out of the spec's `forward` block, such as the kind of attention of a layer; nil where it has none.
  public func forwardText(_ key: String, layer: Int = 0) -> String? {
    var environment = environment
    environment.layer = layer
    guard let expression = spec.forward[key], case .string(let text)? = try? environment.evaluate(expression) else {
      return nil
    }
    return text
  }
}

extension FamilySpec {
  /// The keys of config.json, as paths, that decide something about the forward pass or about which tensors there are:
  /// those that the `forward` block and the conditions of tensors speak of, through the spec's values too.
  public var keysTakenIntoAccount: Set<[String]> {
    var pending = forward.values.flatMap(\.names) + tensors.compactMap(\.when).flatMap(\.names)
    var seen: Set<[String]> = []
    while let name = pending.popLast() {
      guard seen.insert(name).inserted, name.count == 1, let value = values[name[0]] else { continue }
      pending += value.names
    }
    return seen
  }
}
