/// A stored tensor: what a header says of it, and where its bytes are.
public struct TensorRecord: Sendable {
  public let name: TensorName
  public let dtype: DType
  public let shape: Shape
  /// Which shard of the checkpoint it lies in.
  public let shard: Int
  /// Its bytes in that file, counted from the file's start.
  public let range: Range<Int>

  public init(name: TensorName, dtype: DType, shape: Shape, shard: Int, range: Range<Int>) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.shard = shard
    self.range = range
  }

  public var byteCount: Int { range.count }
}
