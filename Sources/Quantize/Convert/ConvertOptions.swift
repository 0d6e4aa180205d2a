public import CheckpointKit

/// What a conversion may be told beside its recipe.
public struct ConvertOptions: Sendable {
  public enum Digests: String, Sendable, CaseIterable { case none, output, all }

  /// On which rows the error is measured.
  public enum Errors: String, Sendable, CaseIterable {
    case none
    /// Every sixteenth strip of sixteen rows, beginning with the first.
    case sample
    case all
  }

  public var rounding = EncodeOptions.Rounding.ct
  public var scaleDType: DType?
  public var maxShardBytes: Int?
  public var digests = Digests.output
  public var errors = Errors.sample

  public init() {}

  /// The options as a plan names them: only those that change bytes.
  func named(recipe: String) -> [(name: String, value: String)] {
    [
      ("to", recipe), ("rounding", rounding.rawValue), ("scale-dtype", scaleDType?.name ?? ""),
      ("max-shard-size", maxShardBytes.map(String.init) ?? ""), ("digests", digests.rawValue),
      ("errors", errors.rawValue),
    ]
  }
}
