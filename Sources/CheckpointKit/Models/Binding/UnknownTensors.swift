/// Stored tensors that nothing binds.
///
/// Outside the decoder layers they are somebody's addition. Inside one they are part of what the layer computes, by
/// whoever trained it: a model that is run, or written in another form, without them is another model.
extension Binding {
  /// Records inside a decoder layer of the text model that nothing binds, but for what is no weight.
  var unknownInLayers: [Int] {
    model.map { Self.inLayers(unknown, of: checkpoint, $0) } ?? []
  }

  static func inLayers(_ records: [Int], of checkpoint: Checkpoint, _ model: ModelLayout) -> [Int] {
    if records.isEmpty { return [] }
    let prefixes = checkpoint.container == .gguf ? [GGUFSpec.blockPrefix] : model.spec.layerPrefixes
    // Numbers beyond are layers for multi-token prediction.
    let layers = model.layerCount
    return records.filter { number in
      let name = checkpoint.records[number].name.string
      guard let prefix = prefixes.first(where: { name.hasPrefix($0) }) else { return false }
      let rest = name.dropFirst(prefix.count)
      let number = rest.prefix { $0.isASCII && $0.isNumber }
      guard let layer = Int(number), (0..<layers).contains(layer) else { return false }
      // Some GGUF files of DeepSeek have the projection whole beside its halves.
      if checkpoint.container == .gguf, name.hasSuffix(".attn_kv_b.weight") { return false }
      return !isNoWeight(name)
    }
  }

  /// What is found of them: those inside a decoder layer first, as a warning, the others as notes.
  static func unknownFindings(
    _ unknown: [Int], of checkpoint: Checkpoint, _ model: ModelLayout, spec: String
  ) -> [Finding] {
    // What the spec names for another config is found for what it is: `tensor.outside`.
    let inside = inLayers(unknown, of: checkpoint, model).filter { number in
      guard checkpoint.container == .safetensors, case .outside = model.match(checkpoint.records[number].name) else {
        return true
      }
      return false
    }
    let isInside = Set(inside)
    let outside = unknown.filter { !isInside.contains($0) }
    func findings(_ severity: Finding.Severity, _ records: [Int], _ what: String) -> [Finding] {
      var findings = records.prefix(20).map { number in
        let record = checkpoint.records[number]
        return Finding(
          severity, .tensorUnknown, file: checkpoint.shard(of: record).name, tensor: record.name.string,
          "is not named by the spec \(spec)\(what)")
      }
      if records.count > 20 {
        findings.append(
          Finding(
            severity, .tensorUnknown,
            "has \(records.count - 20) more tensors that the spec \(spec) does not name\(what)"))
      }
      return findings
    }
    return findings(.warning, inside, ", and stands in a decoder layer: what that computes with it is not known")
      + findings(.note, outside, "")
  }

  /// Scales of activations and of the cache are an engine's business, whatever the layer computes; the frequencies of a
  /// rotation, which old checkpoints store, come from the config.
  private static func isNoWeight(_ name: String) -> Bool {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    if last == "inv_freq" { return true }
    let kinds = ["input", "output", "act", "activation", "k", "v", "q", "kv", "prob", "k_cache", "v_cache", "kv_cache"]
    let values = ["scale", "scales", "global_scale", "zero_point", "scale_inv", "amax"]
    return kinds.contains { kind in values.contains { last == "\(kind)_\($0)" } }
  }

  /// Refuses to work with a checkpoint whose layers hold what nothing here knows.
  ///
  /// - Throws: `tensor.unknown`, unless every such tensor is allowed.
  public func requireKnownLayers(_ allowances: [Allowance]) throws(CheckpointError) {
    let unknown = unknownInLayers.map { number in
      let record = checkpoint.records[number]
      return Finding(
        .error, .tensorUnknown, file: checkpoint.shard(of: record).name, tensor: record.name.string, "")
    }.filter { finding in !allowances.contains { $0.covers(finding) } }
    guard let first = unknown.first, let model else { return }
    throw CheckpointError(
      .tensorUnknown, file: first.file, tensor: first.tensor,
      (unknown.count > 1 ? "and \(unknown.count - 1) others stand" : "stands")
        + " in a decoder layer, and the spec \(model.spec.name) does not name it: what the layer computes with it is not known",
      hint: "a spec that knows it can be given with --specs; --allow tensor.unknown[=GLOB] goes on without it")
  }
}
