/// The block encodings of GGUF files: a row is a whole number of blocks, each with its own scales.
///
/// | part | dtype | shape |
/// |---|---|---|
/// | (the tensor itself) | U8: bytes of blocks | `[rows, columns / blockSize × blockBytes]` |
///
/// Which of them a tensor has is said by the type in the file (``GGUFType``), never by dtype and shape: bytes in a
/// safetensors file are not taken for blocks.
///
/// Format: `docs/formats/gguf-blocks.md`. Vectors: `Tests/Vectors/gguf-blocks/`.
public struct GGUFBlockLayout: EncodingLayout, Equatable {
  /// The types that are read and written here.
  public static let writableTypes: [GGUFType] = [
    .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .q2K, .q3K, .q4K, .q5K, .q6K, .iq4NL, .iq4XS, .mxfp4,
  ]

  /// Those and the types that are only read: numbers that are no weights as they are, each a block of its own, among them.
  public static let types: [GGUFType] =
    writableTypes + [
      .iq3S, .iq3XXS, .iq2S, .iq2XS, .iq2XXS, .iq1M, .iq1S, .tq1_0, .tq2_0, .q1_0, .q2_0, .nvfp4, .i8, .i16, .i32, .i64,
      .f64,
    ]

  public let type: GGUFType

  /// - Returns: nil for F32, F16 and BF16, which are ``PlainLayout``'s, and for Q8_1 and Q8_K, which no file holds.
  public init?(_ type: GGUFType) {
    guard Self.types.contains(type) else { return nil }
    self.type = type
  }

  /// As recipes write it: `q4_0`, `q2_K`, `iq4_xs`. MXFP4 and NVFP4 are also names of encodings in other containers.
  public var name: String {
    if type == .mxfp4 || type == .nvfp4 { return "gguf-" + type.name.lowercased() }
    let name = type.name.lowercased()
    return name.hasSuffix("_k") ? name.dropLast() + "K" : name
  }

  /// Whether tensors can be encoded as it.
  public var isWritable: Bool { Self.writableTypes.contains(type) }

  public var writingRefusal: CheckpointError? {
    isWritable
      ? nil
      : CheckpointError(
        .encodingUnsupported, "\(name) is read by this version, but not written",
        hint: "the encodings of GGUF that are written are \(Self.writableTypes.map(\.name).joined(separator: ", "))")
  }

  public var tile: (rows: Int, columns: Int) { (1, type.blockSize) }
  public static let suffixes = [""]
  public static var named: [GGUFBlockLayout] { types.compactMap { GGUFBlockLayout($0) } }

  public static let containers: Set<Container> = [.gguf]
  public var plainDType: DType? { nil }
  public var codeBits: Int? { nil }
  public var scales: (part: Int, dtype: DType)? { nil }
  public var shapePart: Int? { nil }
  public var ggufType: GGUFType? { type }
  public var isStacked: Bool { false }
  public var isCoarse: Bool { true }
  public var takesRounding: Bool { false }
  public var takesScaleDType: Bool { false }
  public var storage: StorageKind? { nil }
  public var announcement: QuantizationAnnouncement? { nil }

  public func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout { self }

  public func with(scale: DType?, shape: DType?, usual: DType) -> Self? { scale == nil && shape == nil ? self : nil }

  public func parts(for shape: Shape) -> [StoredPart] {
    let rowBytes = type.byteCount(columns: shape.columns) ?? 0
    return [StoredPart("", .u8, Shape(shape.dimensions.dropLast() + [rowBytes]))]
  }

  public func refusal(of shape: Shape) -> String? {
    if shape.rank == 0 { return "\(name) holds rows, and a scalar has none" }
    return shape.columns % type.blockSize == 0
      ? nil : "its \(shape.columns) columns are no multiple of \(type.blockSize)"
  }

  /// Never: no dtype and shape tells blocks from other bytes.
  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> GGUFBlockLayout? { nil }
}
