/// A stored tensor: what a header says of it, and where its bytes are.
///
/// There may be hundreds of thousands of them: 64 bytes each, beside the name's text.
public struct TensorRecord: Sendable {
  public let name: TensorName
  public let shape: Shape
  /// Its bytes in that file, counted from the file's start.
  public let range: Range<Int>
  private let shardNumber: Int32
  /// The plain element type; `u8` for blocks.
  public let dtype: DType
  /// The type of quantized blocks, which GGUF files alone have: rows are then whole blocks, and `shape` counts elements.
  public let block: GGUFType?

  public init(
    name: TensorName, dtype: DType, block: GGUFType? = nil, shape: Shape, shard: Int, range: Range<Int>
  ) {
    self.name = name
    self.dtype = dtype
    self.block = block
    self.shape = shape
    shardNumber = Int32(clamping: shard)
    self.range = range
  }

  /// Which shard of the checkpoint it lies in.
  public var shard: Int { Int(shardNumber) }

  public var byteCount: Int { range.count }

  /// The name of its type, as its container writes it: `BF16`, `Q4_K`.
  public var typeName: String { block?.name ?? dtype.name }
}
