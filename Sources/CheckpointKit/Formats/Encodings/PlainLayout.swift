/// Values stored as they are: BF16, F16 or F32.
///
/// | part | dtype | shape |
/// |---|---|---|
/// | (the tensor itself) | BF16, F16 or F32 | the tensor's |
public struct PlainLayout: EncodingLayout, Equatable {
  public let dtype: DType

  public init(_ dtype: DType) { self.dtype = dtype }

  public static let dtypes: [DType] = [.bf16, .f16, .f32]

  public var name: String { dtype.name.lowercased() }
  public var tile: (rows: Int, columns: Int) { (1, 1) }
  public static let suffixes = [""]
  public static var named: [PlainLayout] { dtypes.map { PlainLayout($0) } }

  public static let containers: Set<Container> = [.safetensors, .gguf]
  public var plainDType: DType? { dtype }
  public var codeBits: Int? { nil }
  public var scales: (part: Int, dtype: DType)? { nil }
  public var shapePart: Int? { nil }
  public var ggufType: GGUFType? { nil }
  public var isStacked: Bool { false }
  public var isCoarse: Bool { false }
  public var writingRefusal: CheckpointError? { nil }
  public var takesRounding: Bool { false }
  public var takesScaleDType: Bool { false }
  public var storage: StorageKind? { .plain }
  public var announcement: QuantizationAnnouncement? { nil }

  public func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout { self }

  public func with(scale: DType?, shape: DType?, usual: DType) -> Self? { scale == nil && shape == nil ? self : nil }

  public func parts(for shape: Shape) -> [StoredPart] { [StoredPart("", dtype, shape)] }

  public func refusal(of shape: Shape) -> String? { nil }

  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> PlainLayout? {
    guard let main = parts[""], dtypes.contains(main.dtype), parts.parts.count == 1 else { return nil }
    guard main.shape == shape else {
      throw LayoutMismatch(.tensorShape, "", "has shape \(main.shape), where the config asks for \(shape)")
    }
    return PlainLayout(main.dtype)
  }
}
