extension Preset {
  /// The preset's config with some keys set.
  ///
  /// A key is looked for where the model looks: in `text_config` and at the root. A value is JSON (`2`, `null`,
  /// `[1, 2]`), or else a string. Where the vocabulary shrinks, the ids of special tokens move down with its end.
  ///
  /// - Throws: where the config has no such key: a misspelt one would change nothing.
  public func config(with settings: [(key: String, value: String)]) throws(CheckpointError) -> ModelConfig {
    var root = config
    let oldVocabulary = ModelConfig(root, file: name).value("vocab_size")?.int
    for (key, text) in settings {
      let value = (try? JSONValue(parsing: text, file: "--set")) ?? .string(text)
      let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let inText = root[ModelConfig.textKey].flatMap { Self.set(path, to: value, in: $0) }
      if let inText { root[ModelConfig.textKey] = inText }
      let atRoot = Self.set(path, to: value, in: .object(root))?.object
      if let atRoot { root = atRoot }
      guard inText != nil || atRoot != nil else {
        let known = (root[ModelConfig.textKey]?.object?.keys ?? []) + root.keys
        throw CheckpointError(
          .configKey, file: name, "its config has no key '\(key)'",
          hint: "there are: \(known.filter { !$0.hasSuffix("_config") }.joined(separator: ", "))")
      }
    }
    if let old = oldVocabulary, let new = ModelConfig(root, file: name).value("vocab_size")?.int, new < old, new > 0 {
      root = Self.movingSpecials(in: root, from: old, to: new)
    }
    return ModelConfig(listingLayers(root, settings.map(\.key)), file: name)
  }

  /// Lists with an entry for each layer, cut or repeated to the new number of layers; those that were given stay.
  private func listingLayers(_ root: JSONObject, _ given: [String]) -> JSONObject {
    func fitted(_ object: JSONObject, _ before: JSONObject?) -> JSONObject {
      guard let old = before?[ModelConfig.layersKey]?.int, let new = object[ModelConfig.layersKey]?.int, new != old,
        (1...1 << 16).contains(new)
      else { return object }
      var result = object
      for (key, value) in object.members {
        guard ModelConfig.isLayerList(key), !given.contains(where: { $0.split(separator: ".").last == key[...] }),
          let list = value.array, list.count == old, old > 0
        else { continue }
        result[key] = .array((0..<new).map { list[$0 % old] })
      }
      return result
    }
    var result = fitted(root, config)
    if let text = root[ModelConfig.textKey]?.object {
      result[ModelConfig.textKey] = .object(fitted(text, config[ModelConfig.textKey]?.object))
    }
    return result
  }

  /// The object with the value at a path; nil where the path does not exist.
  private static func set(_ path: [String], to value: JSONValue, in json: JSONValue) -> JSONValue? {
    guard var object = json.object, let key = path.first, let old = object[key] else { return nil }
    if path.count == 1 {
      object[key] = value
    } else {
      guard let inner = set(Array(path.dropFirst()), to: value, in: old) else { return nil }
      object[key] = inner
    }
    return .object(object)
  }

  private static func movingSpecials(in object: JSONObject, from old: Int, to new: Int) -> JSONObject {
    func moved(_ value: JSONValue) -> JSONValue {
      if let list = value.array { return .array(list.map(moved)) }
      guard let id = value.int, id >= new, id < old else { return value }
      return .int(max(0, id - (old - new)))
    }
    var result = object
    for (key, value) in object.members {
      if key.hasSuffix("_token_id") { result[key] = moved(value) }
      if key == ModelConfig.textKey, let text = value.object {
        result[key] = .object(movingSpecials(in: text, from: old, to: new))
      }
    }
    return result
  }
}
