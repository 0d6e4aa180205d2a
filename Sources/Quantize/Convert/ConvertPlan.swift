public import CheckpointKit

/// A conversion, planned: the files to write, what is done for each tensor, and what there is to say about it.
public struct ConvertPlan: Sendable {
  /// What is done for one tensor of the result.
  public enum Operation: Sendable {
    /// The bytes of these records, as they are.
    case copy([Int])
    /// Put together out of rows that are stored.
    case arrange(Arrangement, EncodeOptions)
  }

  public struct Work: Sendable {
    /// Index into the model's tensors; nil for a stored tensor that no spec names.
    public var tensor: Int?
    public var operation: Operation
    public var target: (any EncodingLayout)?
    public var shape: Shape
    /// The recipe's rule that decided, counted from 1; nil where none matched.
    public var rule: Int?

    /// Records that are copied as they are; none where values are decoded.
    var copiedRecords: [Int] { if case .copy(let records) = operation { records } else { [] } }

    /// How it is put together; nil where it is copied.
    var arrangement: Arrangement? { if case .arrange(let arrangement, _) = operation { arrangement } else { nil } }

    /// Whether values are decoded and encoded on the way.
    var isEncoded: Bool { if case .copy = operation { false } else { true } }
  }

  public let binding: Binding
  public let plan: Plan
  public let works: [Work]
  public let recipe: Recipe
  public let options: ConvertOptions
  /// config.json of the result.
  public let config: [UInt8]?
  public let findings: [Finding]
  /// What of the source is in no file of the result, with the reason.
  public let leftBehind: [LeftBehind]
  public let fallbacks: [Fallback]

  /// What is known of a tensor of the plan, for messages and lists.
  public func name(of work: Work) -> String? {
    if let name = work.arrangement?.name { return name }
    guard let tensor = work.tensor, let model = binding.model else { return nil }
    return model.name(of: model.tensors[tensor])
  }

  public func role(of work: Work) -> Role? {
    guard let tensor = work.tensor, let model = binding.model else { return nil }
    return model.tensors[tensor].role
  }

  public func layer(of work: Work) -> Int? {
    guard let tensor = work.tensor, let model = binding.model else { return nil }
    return model.tensors[tensor].layer
  }
}
