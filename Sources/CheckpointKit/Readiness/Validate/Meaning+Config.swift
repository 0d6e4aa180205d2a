/// The config against itself and against the tensors.
extension Meaning {
  mutating func checkConfig(_ model: ModelLayout) {
    checkCounts(model)
    checkLayerLists(model.config)
    checkTokenIds(model)
    checkAgreement(model.config)
    checkCode(model.config)
    if model.config.root["architectures"]?.array?.first?.string == nil {
      add(
        .warning, .configKey, file: "config.json", "names no architectures",
        hint: "vLLM and SGLang choose the model by it")
    }
    checkDType(model)
  }

  private mutating func checkCounts(_ model: ModelLayout) {
    func wrong(_ problem: String) { add(.error, .configKey, file: "config.json", problem) }
    if let each = model.integer("experts_per_token"), model.expertCount > 0 {
      if each > model.expertCount {
        wrong("asks for \(each) experts per token, but there are \(model.expertCount)")
      } else if each < 1 {
        wrong("asks for \(each) experts per token")
      }
    }
    if let heads = model.integer("heads"), let keys = model.integer("kv_heads"), keys > 0, heads % keys != 0 {
      wrong("has \(heads) attention heads, which \(keys) key-value heads do not divide")
    }
    let groups = model.forwardInteger("router_groups")
    if let groups, groups > 0, model.expertCount % groups != 0 {
      wrong("has \(model.expertCount) experts, which \(groups) groups do not divide")
    }
    if let groups, let kept = model.forwardInteger("router_groups_kept"), kept > groups || kept < 1 {
      wrong("keeps \(kept) of \(groups) groups of experts")
    }
  }

  /// Lists with an entry for each layer: transformers refuses one of another length, engines look up entries that are not
  /// there.
  private mutating func checkLayerLists(_ config: ModelConfig) {
    let object = config.text?[ModelConfig.layersKey] == nil ? config.root : config.text ?? config.root
    guard let layers = object[ModelConfig.layersKey]?.int else { return }
    for (key, value) in object.members where ModelConfig.isLayerList(key) {
      guard let list = value.array, list.count != layers else { continue }
      add(
        .error, .configKey, file: "config.json",
        "\(key) has \(list.count) entries, but \(ModelConfig.layersKey) is \(layers)",
        hint: "loaders want one entry for each layer: take both from the same config")
    }
  }

  /// Ids in config.json and generation_config.json against the rows of the embedding.
  private mutating func checkTokenIds(_ model: ModelLayout) {
    guard let vocabulary = model.integer("vocab") else { return }
    func check(_ value: JSONValue?, _ key: String, _ file: String) {
      let ids = value?.array?.compactMap(\.int) ?? value?.int.map { [$0] } ?? []
      if let id = ids.first(where: { $0 >= vocabulary }) {
        add(
          .error, .tokenId, file: file, "\(key) is \(id), but the embedding has \(vocabulary) rows",
          hint: "the model would look behind its table, or never stop: compare with the published file")
      }
    }
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] { check(model.config.value(key), key, "config.json") }
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] where generationConfig?[key] != nil {
      check(generationConfig?[key], key, Self.generationConfigName)
    }
  }

  static let generationConfigName = "generation_config.json"

  private var generationConfig: JSONValue? {
    guard checkpoint.sideFiles.carried.contains(Self.generationConfigName) else { return nil }
    let path = joinPath(checkpoint.folder, Self.generationConfigName)
    guard let bytes = try? checkpoint.files.readAll(path, limit: 1 << 20) else { return nil }
    return try? JSONValue(parsing: bytes, file: path)
  }

  /// Keys that stand at the root and in text_config: engines read one or the other.
  private mutating func checkAgreement(_ config: ModelConfig) {
    guard let text = config.text else { return }
    for key in ["vocab_size", "hidden_size", "num_hidden_layers", "tie_word_embeddings"] {
      guard let outer = config.root[key], let inner = text[key], outer != inner else { continue }
      add(
        .note, .configDisagrees, file: "config.json",
        "\(key) is \(outer.text()) at the root and \(inner.text()) in text_config: the latter is taken here")
    }
  }

  /// Python files that config.json names and loaders run: they must be here. They are never opened.
  private mutating func checkCode(_ config: ModelConfig) {
    guard !checkpoint.isSingleFile else { return }
    var missing: Set<String> = []
    for (_, value) in config.root["auto_map"]?.object?.members ?? [] {
      for text in value.array?.compactMap(\.string) ?? value.string.map({ [$0] }) ?? [] {
        // "other/repository--module.Class" is fetched from elsewhere.
        guard let module = text.split(separator: ".").first, !text.contains("--"), text.contains(".") else { continue }
        let file = String(module) + ".py"
        if !checkpoint.sideFiles.carried.contains(file) { missing.insert(file) }
      }
    }
    for file in missing.sorted() {
      add(
        .warning, .configCode, file: "config.json", "auto_map names \(file), which is not here",
        hint: "loaders with trust_remote_code fail without it: get the file")
    }
  }

  /// Plain matrices of another type than the config announces.
  private mutating func checkDType(_ model: ModelLayout) {
    let names = ["bfloat16": DType.bf16, "float16": .f16, "float32": .f32]
    guard let text = (model.config.value("torch_dtype") ?? model.config.value("dtype"))?.string,
      let announced = names[text]
    else { return }
    let plain = binding.tensors.filter {
      $0.layout.isPlain && model.tensors[$0.tensor].shape.rank == 2
        && model.spec.tensors[model.tensors[$0.tensor].template].dtype == .bf16
    }
    let others = plain.filter { $0.layout.plainDType != announced }
    guard 2 * others.count > plain.count else { return }
    add(
      .note, .tensorDType, about: others,
      "is \(others.first?.layout.name ?? ""), where config.json says \(text): loaders convert it")
  }
}

extension ModelLayout {
  /// A value that the forward pass needs; nil where the spec or the config has none.
  func forwardInteger(_ key: String) -> Int? { spec.forward[key].flatMap { try? environment.int($0) } }
}
