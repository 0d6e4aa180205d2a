public import CheckpointKit

/// A conversion, planned: the files to write, what is done for each tensor, and what there is to say about it.
public struct ConvertPlan: Sendable {
  /// What is done for one tensor of the result.
  public enum Operation: Sendable {
    /// The bytes of these records, as they are.
    case copy([Int])
    /// Decoded, and encoded anew.
    case quantize(Piece, EncodeOptions)
    /// A stack of experts of this name, decoded and written as the stack of plain values: the pieces of all its rows.
    case restack(String, [Piece], EncodeOptions)
    /// Put together out of the rows of logical tensors, for a GGUF file.
    case assemble(Assembly, EncodeOptions)
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

    /// The binding's tensors that a tensor of a GGUF file is put together from.
    var assembledSources: [Int] { if case .assemble(let assembly, _) = operation { assembly.sources } else { [] } }

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
    if case .assemble(let assembly, _) = work.operation { return assembly.name }
    if case .restack(let name, _, _) = work.operation { return name }
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

  /// Values that are decoded and encoded in one go: what stays in the cache between the two.
  static let stripBytes = 512 << 10

  /// Stored bytes that are read at a time: what is read, decoded and encoded before it leaves the cache.
  static let chunkBytes = 1 << 20

  /// Rows that are read at a time: whole tiles of both encodings.
  static func chunkRows(_ shape: Shape, _ source: any EncodingLayout, _ target: any EncodingLayout) -> Int {
    let unit = max(16, source.tile.rows, target.tile.rows)
    let bytes = source.parts(for: shape).reduce(0) { $0 + $1.byteRange(rows: 0..<min(unit, shape.rows)).count }
    return max(1, chunkBytes / max(1, bytes)) * unit
  }

  /// Rows of one strip: a multiple of sixteen and of the tiles of both encodings.
  static func stripRows(_ shape: Shape, _ source: any EncodingLayout, _ target: any EncodingLayout) -> Int {
    let unit = max(16, target.tile.rows)
    return max(unit, stripBytes / max(1, shape.columns * 4) / unit * unit)
  }
}
