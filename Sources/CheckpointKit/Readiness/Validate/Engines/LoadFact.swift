extension EngineSpec {
  /// Whether the engine loads models of some `model_type` in some storage, as its sources say. What no fact speaks of is not
  /// known.
  public struct LoadFact: Sendable {
    public enum Verdict: String, Sendable {
      case loads
      /// It stops, or drops weights in silence.
      case refuses
    }

    /// Values of `model_type`; `*` for all that no other fact names.
    public var models: [String]
    public var storage: [StorageKind]
    public var verdict: Verdict
    /// What happens instead of loading.
    public var problem: String?
    public var source: String
    public var evidence: Evidence

    init(_ json: JSONValue, file: String) throws(CheckpointError) {
      let reader = SpecReader(json, file: file)
      try reader.expectKeys(["models", "storage", "verdict", "problem", "source", "evidence"])
      models = try reader.strings("models")
      storage = []
      for name in try reader.strings("storage") {
        guard let kind = StorageKind(rawValue: name) else { throw reader.malformed("'\(name)' is no kind of storage") }
        storage.append(kind)
      }
      guard let verdict = Verdict(rawValue: try reader.string("verdict")) else {
        throw reader.malformed("a fact of 'loads' has no verdict of that name")
      }
      self.verdict = verdict
      problem = try reader.optionalString("problem")
      source = try reader.string("source")
      evidence = try Evidence(reader)
      guard (problem != nil) == (verdict == .refuses) else {
        throw reader.malformed("a fact of 'loads' has a 'problem' where the engine refuses, and there alone")
      }
    }
  }

  /// What is known of a model in a storage; nil where nothing is.
  public func loadFact(_ modelType: String, _ storage: StorageKind) -> LoadFact? {
    let facts = loads.filter { $0.storage.contains(storage) }
    return facts.first { $0.models.contains(modelType) } ?? facts.first { $0.models.contains("*") }
  }

  /// Refuses two facts of one model and storage: they could contradict each other.
  static func checkOverlap(_ facts: [LoadFact], file: String) throws(CheckpointError) {
    var seen: Set<String> = []
    for fact in facts {
      for model in fact.models {
        for storage in fact.storage where !seen.insert("\(model) \(storage.rawValue)").inserted {
          throw CheckpointError(
            .specMalformed, file: file, "'loads' speaks twice of '\(model)' in \(storage.rawValue)")
        }
      }
    }
  }
}

/// Which engines read models of a `model_type` in a storage.
public struct Readers: Sendable {
  public private(set) var loading: [EngineSpec] = []
  public private(set) var refusing: [(engine: EngineSpec, fact: EngineSpec.LoadFact)] = []
  /// Those whose sources were not read for it.
  public private(set) var unknown: [EngineSpec] = []

  public init(of modelType: String, in storage: StorageKind, among engines: [EngineSpec]) {
    for engine in engines {
      switch engine.loadFact(modelType, storage) {
      case let fact? where fact.verdict == .refuses: refusing.append((engine, fact))
      case .some: loading.append(engine)
      case nil: unknown.append(engine)
      }
    }
  }

  /// Whether every engine is known not to read it.
  public var isNone: Bool { loading.isEmpty && unknown.isEmpty && !refusing.isEmpty }
}
