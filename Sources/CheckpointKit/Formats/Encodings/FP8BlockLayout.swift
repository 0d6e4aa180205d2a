/// FP8 (E4M3) weights with one scale per 128 × 128 block, as DeepSeek-V3, Kimi K2 and Qwen3 publish them.
///
/// | part | dtype | shape |
/// |---|---|---|
/// | `weight` | F8_E4M3 | `[rows, columns]` |
/// | `weight_scale_inv` | F32, BF16, F16 or F8_E8M0 | `[ceil(rows / 128), ceil(columns / 128)]` |
///
/// `value = fp8 × scale`: the scale multiplies, whatever its name says. Blocks at the right and bottom edges are cut
/// short, not padded. A scale that is missing is an error: the bytes alone read as plausible, wrong weights.
///
/// Format: `docs/formats/fp8-block.md`. Vectors: `Tests/Vectors/fp8-block/`.
public struct FP8BlockLayout: EncodingLayout, Equatable {
  public static let block = 128
  public static let scaleDTypes: [DType] = [.f32, .bf16, .f16, .f8e8m0]

  public let scale: DType

  public init(scale: DType = .f32) { self.scale = scale }

  public var name: String { "fp8-block" }
  public var tile: (rows: Int, columns: Int) { (Self.block, Self.block) }
  public static let suffixes = ["", "_scale_inv"]
  public static var named: [FP8BlockLayout] { [FP8BlockLayout()] }

  public static let containers: Set<Container> = [.safetensors]
  public var plainDType: DType? { nil }
  public var codeBits: Int? { 8 }
  public var scales: (part: Int, dtype: DType)? { (1, scale) }
  public var shapePart: Int? { nil }
  public var ggufType: GGUFType? { nil }
  public var isStacked: Bool { false }
  public var isCoarse: Bool { false }
  public var writingRefusal: CheckpointError? { nil }
  public var takesRounding: Bool { false }
  public var takesScaleDType: Bool { true }
  public var storage: StorageKind? { .fp8Block }
  public var announcement: QuantizationAnnouncement? { .fp8Block(hasPowerScales: scale == .f8e8m0) }

  /// What is in blocks already keeps its parts, unless other scales are asked for.
  public func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout {
    if let stored = stored as? Self, scale == nil || scale == stored.scale { return stored }
    return Self(scale: scale ?? usual)
  }

  public func with(scale: DType?, shape: DType?, usual: DType) -> Self? {
    let scale = scale ?? usual
    return shape == nil && Self.scaleDTypes.contains(scale) ? Self(scale: scale) : nil
  }

  public func parts(for shape: Shape) -> [StoredPart] {
    [
      StoredPart("", .f8e4m3, shape),
      StoredPart("_scale_inv", scale, Self.grid(shape), rowsPerRow: Self.block),
    ]
  }

  private static func grid(_ shape: Shape) -> Shape { [shape.rows.ceilDiv(block), shape.columns.ceilDiv(block)] }

  public func refusal(of shape: Shape) -> String? {
    shape.rank == 2 ? nil : "fp8-block holds matrices, and shape \(shape) is none"
  }

  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> FP8BlockLayout? {
    let scale = parts["_scale_inv"]
    guard let main = parts[""] else {
      guard scale != nil, parts.parts.count == 1 else { return nil }
      throw LayoutMismatch(.partStray, "_scale_inv", "is a scale without the tensor that it scales")
    }
    guard main.dtype == .f8e4m3, parts.parts.allSatisfy({ suffixes.contains($0.suffix) }) else {
      if scale != nil, PlainLayout.dtypes.contains(main.dtype) {
        throw LayoutMismatch(
          .partStray, "_scale_inv", "is an fp8 scale beside a tensor of \(main.dtype), which has no use for it")
      }
      return nil
    }
    guard let scale else {
      throw LayoutMismatch(.partMissing, "", "is F8_E4M3, but its scale '…_scale_inv' is missing")
    }
    guard main.shape == shape else {
      throw LayoutMismatch(.tensorShape, "", "has shape \(main.shape), where the config asks for \(shape)")
    }
    guard shape.rank == 2 else {
      throw LayoutMismatch(.encodingUnsupported, "", "is F8_E4M3 in blocks, but shape \(shape) is no matrix")
    }
    guard scaleDTypes.contains(scale.dtype) else {
      throw LayoutMismatch(
        .partDType, "_scale_inv", "is \(scale.dtype), where fp8 scales are F32, BF16, F16 or F8_E8M0")
    }
    guard scale.shape == grid(shape) else {
      throw LayoutMismatch(
        .partShape, "_scale_inv",
        "has shape \(scale.shape), where 128 × 128 blocks of \(shape) need \(grid(shape))")
    }
    return FP8BlockLayout(scale: scale.dtype)
  }
}
