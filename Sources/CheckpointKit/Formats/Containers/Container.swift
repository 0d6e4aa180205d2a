/// The kinds of files that hold tensors.
public enum Container: String, Sendable, CaseIterable {
  case safetensors, gguf

  /// How the names of its files end.
  public var fileEnding: String { "." + rawValue }
}

/// A tensor as the header of its file describes it.
public struct HeaderEntry: Sendable {
  public var name: TensorName
  /// The plain element type; `u8` for blocks.
  public var dtype: DType
  /// The type of quantized blocks, which GGUF files alone have.
  public var block: GGUFType?
  public var shape: Shape
  /// Counted from the end of the header.
  public var range: Range<Int>
}

/// A tensor of a file that is to be written.
public struct StoredTensor: Sendable {
  public var name: TensorName
  /// The plain element type; `u8` for blocks.
  public var dtype: DType
  /// The type of quantized blocks, which GGUF files alone have.
  public var block: GGUFType?
  public var shape: Shape
  public var byteCount: Int

  public init(name: TensorName, dtype: DType, block: GGUFType? = nil, shape: Shape, byteCount: Int) {
    self.name = name
    self.dtype = dtype
    self.block = block
    self.shape = shape
    self.byteCount = byteCount
  }
}

/// Where everything goes in a file that is to be written.
public struct FileLayout: Sendable {
  /// What stands before the first tensor.
  public let header: [UInt8]
  /// Where each tensor's bytes go, from the start of the file, in the order the tensors were given. What lies between
  /// them is zeros.
  public let ranges: [Range<Int>]
  public let byteCount: Int
}

/// Which file of a result a layout is for.
public struct FilePlace: Sendable {
  /// From 0.
  public var number: Int
  public var count: Int
  /// Tensors of all files together.
  public var tensorCount: Int

  public init(number: Int = 0, count: Int = 1, tensorCount: Int) {
    self.number = number
    self.count = count
    self.tensorCount = tensorCount
  }
}

/// Lays out the files of a result before their first byte is written: one conformance for each container.
///
/// Same tensors, same bytes. Sizes are known from the tensors alone.
public protocol ContainerWriter: Sendable {
  var container: Container { get }
  func layout(_ tensors: [StoredTensor], at place: FilePlace) -> FileLayout
}
