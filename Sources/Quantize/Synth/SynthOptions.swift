public import CheckpointKit

/// What a synthetic checkpoint may be told beside its preset.
public struct SynthOptions: Sendable {
  public var changes = PresetModel.Changes()
  public var seed: UInt64 = 0
  /// True headers, data left as holes.
  public var isSparse = false

  public init() {}

  /// The options as a plan names them; those with `set ` in front are settings of the config.
  func named(preset: String) -> [(name: String, value: String)] {
    [("preset", preset)] + changes.settings.map { (Self.set + $0.key, $0.value) } + [
      ("storage", changes.storage ?? ""), ("seed", String(seed)),
      ("max-shard-size", changes.maxShardBytes.map(String.init) ?? ""), ("sparse", isSparse ? "true" : ""),
    ]
  }

  private static let set = "set "

  /// The options that a saved plan names.
  public init(named options: [String: String]) throws(CheckpointError) {
    func value(_ key: String) -> String? { options[key].flatMap { $0.isEmpty ? nil : $0 } }
    // The order in which keys were set does not matter: each is set once.
    for (key, value) in options.sorted(by: { $0.key < $1.key }) where key.hasPrefix(Self.set) {
      changes.settings.append((String(key.dropFirst(Self.set.count)), value))
    }
    changes.storage = value("storage")
    changes.maxShardBytes = value("max-shard-size").flatMap { Int($0) }
    guard let seed = UInt64(options["seed"] ?? "") else {
      throw CheckpointError(.planMalformed, "has no seed that is a number")
    }
    self.seed = seed
    isSparse = value("sparse") != nil
  }
}
