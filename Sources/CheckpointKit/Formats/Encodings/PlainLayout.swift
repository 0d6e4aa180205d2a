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
