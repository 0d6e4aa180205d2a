/// A stored tensor: what a header says of it, and where its bytes are.
public struct TensorRecord: Sendable {
  public let name: TensorName
  /// The plain element type; `u8` for blocks.
  public let dtype: DType
  /// The type of quantized blocks, which GGUF files alone have: rows are then whole blocks, and `shape` counts elements.
  public let block: GGUFType?
  public let shape: Shape
  /// Which shard of the checkpoint it lies in.
  public let shard: Int
  /// Its bytes in that file, counted from the file's start.
  public let range: Range<Int>

  public init(
    name: TensorName, dtype: DType, block: GGUFType? = nil, shape: Shape, shard: Int, range: Range<Int>
  ) {
    self.name = name
    self.dtype = dtype
    self.block = block
    self.shape = shape
    self.shard = shard
    self.range = range
  }

  public var byteCount: Int { range.count }

  /// The name of its type, as its container writes it: `BF16`, `Q4_K`.
  public var typeName: String { block?.name ?? dtype.name }
}
