extension ModelLayout {
  /// What the spec says of the forward pass, with the values of this config; ``SpecValue/missing`` where the config has
  /// none.
  ///
  /// A family whose spec has no `forward` block gives an empty dictionary.
  public func forwardValues() throws(CheckpointError) -> [String: SpecValue] {
    var values: [String: SpecValue] = [:]
    for (key, expression) in spec.forward { values[key] = try environment.evaluate(expression) }
    return values
  }

  /// A text out of the spec's `forward` block, such as the kind of attention; nil where it has none.
  public func forwardText(_ key: String) -> String? {
    guard let expression = spec.forward[key], case .string(let text)? = try? environment.evaluate(expression) else {
      return nil
    }
    return text
  }
}
