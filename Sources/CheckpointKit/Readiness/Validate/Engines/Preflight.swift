/// Asks the rules of an engine about a checkpoint and a deployment.
public enum Preflight {
  /// What the engine would say: refusals are errors, drawbacks warnings, what cannot be known notes.
  public static func findings(_ deployment: Deployment, _ facts: EngineFacts) -> [Finding] {
    let engine = deployment.engine
    var findings: [Finding] = []
    for (rule, environment, tensor) in broken(deployment, facts) {
      let severity: Finding.Severity
      let code: ProblemCode
      switch rule.verdict {
      case .refuses: (severity, code) = (.error, .engineRefuses)
      case .warns: (severity, code) = (.warning, .engineWarns)
      case .unknown: (severity, code) = (.note, .engineUnknown)
      }
      var hint = rule.hint?.text(environment)
      if rule.verdict == .refuses {
        let others = alternatives(to: deployment, facts)
        if !others.isEmpty {
          let list = "no rule here speaks against " + others.map(\.text).joined(separator: " or ")
          hint = hint.map { $0 + "; " + list } ?? list
        }
      }
      findings.append(
        Finding(
          severity, code, tensor: tensor,
          "\(deployment.text): \(rule.problem.text(environment)) [\(engine.file) \(engine.version), \(rule.id)]",
          hint: hint))
    }
    if let finding = loading(deployment, facts), finding.severity != .error || !findings.contains(where: \.isError) {
      findings.append(finding)
    }
    return findings
  }

  /// What is known of the family in this storage, where the engine does not load it or that is not known.
  private static func loading(_ deployment: Deployment, _ facts: EngineFacts) -> Finding? {
    let engine = deployment.engine
    guard let model = facts.model, let type = model.config.modelType else {
      return Finding(
        .note, .engineUnknown,
        "\(deployment.text): whether it loads this cannot be said: the tensors are not bound to a model "
          + "[\(engine.file) \(engine.version), loads]",
        hint: "where the family is not known, --specs DIR adds it")
    }
    let what = "\(type) stored as \(facts.storage?.title ?? "a mixture of encodings")"
    let fact = facts.storage.flatMap { model.spec.isBuiltIn ? engine.loadFact(type, $0) : nil }
    switch fact?.verdict {
    case .loads: return nil
    case .refuses:
      return Finding(
        .error, .engineRefuses,
        "\(deployment.text): does not load \(what): \(fact?.problem ?? "") [\(engine.file) \(engine.version), loads]",
        hint: "'docs/families.md' says which engines read which storage of it")
    case nil:
      return Finding(
        .note, .engineUnknown,
        "\(deployment.text): whether it loads \(what) was not read in its sources [\(engine.file) \(engine.version), loads]"
      )
    }
  }

  /// Whether any rule refuses.
  public static func refuses(_ deployment: Deployment, _ facts: EngineFacts) -> [EngineSpec.Rule] {
    broken(deployment, facts).filter { $0.rule.verdict == .refuses }.map(\.rule)
  }

  private typealias Broken = (rule: EngineSpec.Rule, environment: SpecEnvironment, tensor: String?)

  /// The rules that do not hold, each once, with the first tensor that it speaks of.
  private static func broken(_ deployment: Deployment, _ facts: EngineFacts) -> [Broken] {
    var result: [Broken] = []
    let environment = facts.environment(deployment, nil)
    let kinds = facts.kinds.filter { $0.group == .text }.map { ($0, facts.environment(deployment, $0)) }
    for rule in deployment.engine.rules {
      if rule.roles.isEmpty {
        if isBroken(rule, environment) { result.append((rule, environment, nil)) }
        continue
      }
      for (kind, environment) in kinds where rule.roles.contains(where: { kind.role.matches($0) }) {
        guard isBroken(rule, environment) else { continue }
        result.append((rule, environment, facts.model.map { $0.name(of: $0.tensors[kind.first]) }))
        break
      }
    }
    return result
  }

  /// A rule that asks for a key which is not there says nothing.
  private static func isBroken(_ rule: EngineSpec.Rule, _ environment: SpecEnvironment) -> Bool {
    if let when = rule.when {
      guard (try? environment.bool(when)) == true else { return false }
    }
    guard let require = rule.require else { return true }
    return (try? environment.bool(require)) == false
  }

  /// Deployments of as many ranks, or fewer, that no rule refuses: the largest tensor-parallel one, and one with the
  /// experts spread over as many ranks.
  private static func alternatives(to deployment: Deployment, _ facts: EngineFacts) -> [Deployment] {
    guard let tp = deployment.sizes["tp"] else { return [] }
    var found: [Deployment] = []
    func works(_ sizes: [String: Int]) -> Deployment? {
      let other = Deployment(deployment.engine, sizes: deployment.sizes.merging(sizes) { $1 })
      return broken(other, facts).contains { $0.rule.verdict == .refuses } ? nil : other
    }
    var smaller = tp
    while smaller > 1, found.isEmpty {
      smaller = smaller.isMultiple(of: 2) ? smaller / 2 : smaller - 1
      if let other = works(["tp": smaller]) { found.append(other) }
    }
    if deployment.sizes["ep"] == 1, tp > 1, let other = works(["ep": tp]) { found.append(other) }
    return found
  }
}

extension EngineFacts {
  /// The names that a rule may use, for a deployment and a kind of tensor.
  func environment(_ deployment: Deployment, _ kind: Kind?) -> SpecEnvironment {
    var root = JSONObject()
    for (key, value) in deployment.sizes.sorted(by: { $0.key < $1.key }) { root[key] = .int(value) }
    if let kind {
      root["role"] = .string(kind.role.name)
      root["rows"] = .int(kind.shape.rows)
      root["columns"] = .int(kind.shape.columns)
      root["encoding"] = .string(kind.layout.name)
      root["bits"] = .int(kind.bits)
      root["group"] = .int(kind.layout.tile.columns)
    }
    for (key, value) in objects { root[key] = .object(value) }
    for (key, value) in config.root.members where root[key] == nil { root[key] = value }
    // The text model's own keys come first, as in every spec.
    if let text = config.text {
      for (key, value) in text.members where !deployment.sizes.keys.contains(key) { root[key] = value }
    }
    root["text_config"] = nil
    var values = model?.spec.values ?? [:]
    for (key, value) in deployment.engine.values { values[key] = value }
    return SpecEnvironment(
      config: ModelConfig(root, file: config.file), values: values, spec: deployment.engine.name)
  }
}

extension Finding {
  fileprivate var isError: Bool { severity == .error }
}
