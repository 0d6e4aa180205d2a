/// Symmetric INT4 in groups along the columns: the `pack-quantized` format of compressed-tensors, as Kimi K2 Thinking
/// publishes it.
///
/// | part | dtype | shape |
/// |---|---|---|
/// | `weight_packed` | I32 | `[rows, ceil(columns / 8)]` |
/// | `weight_scale` | BF16, F16 or F32 | `[rows, columns / group]` |
/// | `weight_shape` | I64 (any integer type is read) | `[2]`: rows, columns |
///
/// `value = (nibble − 8) × scale`; column 0 is the lowest nibble of word 0. Padding nibbles are 0.
///
/// Format: `docs/formats/int4-pack-quantized.md`. Vectors: `Tests/Vectors/int4/`.
public struct PackedINT4Layout: EncodingLayout, Equatable {
  public static let groups = [32, 64, 128]
  static let shapeDTypes: [DType] = [.i64, .i32, .u64, .u32, .i16, .u16]

  public let group: Int
  public let scale: DType
  /// The type of `weight_shape`.
  public let shapeDType: DType

  public init(group: Int, scale: DType = .bf16, shapeDType: DType = .i64) {
    self.group = group
    self.scale = scale
    self.shapeDType = shapeDType
  }

  public var name: String { "int4-g\(group)" }
  public var tile: (rows: Int, columns: Int) { (1, group) }
  public static let suffixes = ["_packed", "_scale", "_shape"]
  public static var named: [PackedINT4Layout] { groups.map { PackedINT4Layout(group: $0) } }

  public static let containers: Set<Container> = [.safetensors]
  public var plainDType: DType? { nil }
  public var codeBits: Int? { 4 }
  public var scales: (part: Int, dtype: DType)? { (1, scale) }
  public var shapePart: Int? { 2 }
  public var ggufType: GGUFType? { nil }
  public var isStacked: Bool { false }
  public var isCoarse: Bool { true }
  public var writingRefusal: CheckpointError? { nil }
  public var takesRounding: Bool { true }
  public var takesScaleDType: Bool { false }
  public var storage: StorageKind? { .int4 }
  public var announcement: QuantizationAnnouncement? { .packedINT4(group: group) }

  /// What is INT4 already keeps its own parts: quantizing it again could only lose. Scales are of the type in which a
  /// library would hold the weight.
  public func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout {
    stored as? Self ?? Self(group: group, scale: stored.plainDType ?? .bf16)
  }

  public func with(scale: DType?, shape: DType?, usual: DType) -> Self? {
    let (scale, shape) = (scale ?? self.scale, shape ?? shapeDType)
    guard PlainLayout.dtypes.contains(scale), Self.shapeDTypes.contains(shape) else { return nil }
    return Self(group: group, scale: scale, shapeDType: shape)
  }

  public func parts(for shape: Shape) -> [StoredPart] {
    [
      StoredPart("_packed", .i32, [shape.rows, shape.columns.ceilDiv(8)]),
      StoredPart("_scale", scale, [shape.rows, shape.columns / group]),
      StoredPart("_shape", shapeDType, [2], rowsPerRow: nil),
    ]
  }

  public func refusal(of shape: Shape) -> String? {
    if shape.rank != 2 { return "int4 holds matrices, and shape \(shape) is none" }
    return shape.columns % group == 0 ? nil : "its \(shape.columns) columns are no multiple of \(group)"
  }

  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> PackedINT4Layout? {
    guard let packed = parts["_packed"] else {
      if parts.parts.allSatisfy({ suffixes.contains($0.suffix) }), let stray = parts.parts.first {
        throw LayoutMismatch(.partStray, stray.suffix, "belongs to a packed tensor '…_packed' that is missing")
      }
      return nil
    }
    guard packed.dtype == .i32, parts.parts.allSatisfy({ suffixes.contains($0.suffix) }) else { return nil }
    guard let scale = parts["_scale"] else {
      throw LayoutMismatch(.partMissing, "_packed", "is packed INT4, but its scale '…_scale' is missing")
    }
    guard let shapePart = parts["_shape"] else {
      throw LayoutMismatch(.partMissing, "_packed", "is packed INT4, but '…_shape' is missing")
    }
    guard shape.rank == 2, packed.shape == [shape.rows, shape.columns.ceilDiv(8)] else {
      throw LayoutMismatch(
        .tensorShape, "_packed",
        "has shape \(packed.shape), where INT4 of \(shape) needs [\(shape.rows), \(shape.columns.ceilDiv(8))]")
    }
    guard PlainLayout.dtypes.contains(scale.dtype) else {
      throw LayoutMismatch(.partDType, "_scale", "is \(scale.dtype), where INT4 scales are BF16, F16 or F32")
    }
    guard scale.shape.rank == 2, scale.shape[0] == shape.rows,
      let group = groups.first(where: { $0.multipliedReportingOverflow(by: scale.shape[1]) == (shape.columns, false) })
    else {
      throw LayoutMismatch(
        .partShape, "_scale",
        "has shape \(scale.shape), where INT4 of \(shape) needs [\(shape.rows), \(shape.columns) / (32, 64 or 128)]")
    }
    guard shapeDTypes.contains(shapePart.dtype), shapePart.shape == [2] else {
      throw LayoutMismatch(
        .partShape, "_shape", "is \(shapePart.dtype) \(shapePart.shape), where two integers should be")
    }
    return PackedINT4Layout(group: group, scale: scale.dtype, shapeDType: shapePart.dtype)
  }
}
