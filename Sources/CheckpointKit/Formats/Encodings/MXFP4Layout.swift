/// MXFP4 in gpt-oss's layout: 4-bit floats (E2M1) with one power of two for each 32 of a row.
///
/// | part | dtype | shape |
/// |---|---|---|
/// | `…_blocks` | U8 | `[rows…, columns / 32, 16]` |
/// | `…_scales` | U8 | `[rows…, columns / 32]` |
///
/// `value = E2M1 code × 2^(scale − 127)`. Of the 16 bytes of a block, byte i holds element 2i in its low and element
/// 2i + 1 in its high half. All experts of a layer stand in one tensor, so that there are two leading dimensions: the
/// expert and the row.
///
/// Format: `docs/formats/mxfp4.md`.
public struct MXFP4Layout: EncodingLayout, Equatable {
  public static let block = 32

  public init() {}

  public var name: String { "mxfp4" }
  public var tile: (rows: Int, columns: Int) { (1, Self.block) }
  public static let suffixes = ["_blocks", "_scales"]
  public static var named: [MXFP4Layout] { [MXFP4Layout()] }

  public static let containers: Set<Container> = [.safetensors]
  public var plainDType: DType? { nil }
  public var codeBits: Int? { 4 }
  public var scales: (part: Int, dtype: DType)? { (1, .f8e8m0) }
  public var shapePart: Int? { nil }
  public var ggufType: GGUFType? { nil }
  public var isStacked: Bool { true }
  public var isCoarse: Bool { true }
  public var writingRefusal: CheckpointError? { nil }
  public var takesRounding: Bool { false }
  public var takesScaleDType: Bool { false }
  public var storage: StorageKind? { .mxfp4 }
  public var announcement: QuantizationAnnouncement? { .mxfp4 }

  public func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout { self }

  public func with(scale: DType?, shape: DType?, usual: DType) -> Self? { scale == nil && shape == nil ? self : nil }

  public func parts(for shape: Shape) -> [StoredPart] {
    let scales = Shape(shape.dimensions.dropLast() + [shape.columns / Self.block])
    return [
      StoredPart("_blocks", .u8, Shape(scales.dimensions + [Self.block / 2]), rowRank: 2),
      StoredPart("_scales", .u8, scales),
    ]
  }

  public func refusal(of shape: Shape) -> String? {
    if shape.rank < 2 { return "mxfp4 holds matrices, and shape \(shape) is none" }
    return shape.columns % Self.block == 0 ? nil : "its \(shape.columns) columns are no multiple of \(Self.block)"
  }

  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> MXFP4Layout? {
    guard let blocks = parts["_blocks"] else {
      guard parts["_scales"] != nil, parts.parts.count == 1 else { return nil }
      throw LayoutMismatch(.partStray, "_scales", "is of MXFP4 blocks '…_blocks' that are missing")
    }
    guard parts.parts.allSatisfy({ suffixes.contains($0.suffix) }) else { return nil }
    guard let scales = parts["_scales"] else {
      throw LayoutMismatch(.partMissing, "_blocks", "is MXFP4, but its scales '…_scales' are missing")
    }
    for part in [blocks, scales] where part.dtype != .u8 {
      throw LayoutMismatch(.partDType, part.suffix, "is \(part.dtype), where the parts of MXFP4 are U8")
    }
    let layout = MXFP4Layout()
    if let refusal = layout.refusal(of: shape) {
      throw LayoutMismatch(.tensorShape, "_blocks", "is MXFP4, but \(refusal)")
    }
    for (part, expected) in zip([blocks, scales], layout.parts(for: shape)) where part.shape != expected.shape {
      throw LayoutMismatch(
        part.suffix == "_blocks" ? .tensorShape : .partShape, part.suffix,
        "has shape \(part.shape), where MXFP4 of \(shape) needs \(expected.shape)")
    }
    return layout
  }
}
