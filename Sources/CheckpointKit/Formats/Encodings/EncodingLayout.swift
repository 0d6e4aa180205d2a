/// How the values of a matrix become bytes: which stored tensors (parts) there are, how they are called, what shapes they
/// have. Pure data; the arithmetic is the codec of the same name in `Quantize`.
///
/// A part's name is the tensor's name plus a suffix, so that parts stand beside a name that ends in `.weight`
/// (`x.weight_scale_inv`) and are joined to a bare one with `_` (`x_blocks`).
public protocol EncodingLayout: Sendable, Equatable {
  /// The field's word for it, such as `fp8-block`.
  var name: String { get }

  /// The fewest rows and columns that can be encoded on their own.
  var tile: (rows: Int, columns: Int) { get }

  /// The parts of a tensor, main part first. The shape was accepted.
  func parts(for shape: Shape) -> [StoredPart]

  /// Why a tensor of this shape cannot be encoded, or nil.
  func refusal(of shape: Shape) -> String?

  /// Each suffix that a part of this encoding may have; that of the main part first.
  static var suffixes: [String] { get }

  /// The layout with the properties (scale dtype, group size) that these parts have.
  ///
  /// - Returns: nil where the parts are of another encoding.
  /// - Throws: where they are of this encoding, but wrong.
  static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> Self?

  /// One layout for every name this encoding goes by.
  static var named: [Self] { get }

  // MARK: Traits
  // What is asked of encodings elsewhere. None has a default: a new encoding answers each.

  /// The containers whose files can hold it.
  static var containers: Set<Container> { get }

  /// The type of values that are stored as they are; nil where they are encoded.
  var plainDType: DType? { get }

  /// Bits of a code; nil for plain values, and where codes have several widths.
  var codeBits: Int? { get }

  /// Which part has the scales, and their type; nil where they stand among the codes, or there are none.
  var scales: (part: Int, dtype: DType)? { get }

  /// The part that says the shape in integers.
  var shapePart: Int? { get }

  /// The type that a GGUF file names for it; nil for plain values, and for encodings of other files.
  var ggufType: GGUFType? { get }

  /// Whether a family is published in it with the experts of a layer in one stored tensor, and in no other way.
  var isStacked: Bool { get }

  /// Whether so little is left of the values that encoding them once more deserves a warning.
  var isCoarse: Bool { get }

  /// Why no tensor can be encoded as it; nil where tensors can.
  var writingRefusal: CheckpointError? { get }

  /// Whether the rule that chooses a scale can be chosen.
  var takesRounding: Bool { get }

  /// Whether the type of the scales can be chosen.
  var takesScaleDType: Bool { get }

  /// How the lists of engines call what is stored so; nil for the encodings of GGUF files, which they call by the file.
  var storage: StorageKind? { get }

  /// How a `quantization_config` speaks of it; nil where it needs none.
  var announcement: QuantizationAnnouncement? { get }

  /// The layout with the properties that what it is made of gives it.
  ///
  /// - Parameters:
  ///   - scale: the dtype of scales that was asked for.
  ///   - usual: the one that the family is published with, where it is published in blocks.
  func made(of stored: any EncodingLayout, scale: DType?, usual: DType) -> any EncodingLayout

  /// The layout with part dtypes that a preset asks for; nil where it has no such parts, or not of that dtype.
  ///
  /// - Parameter usual: as in ``made(of:scale:usual:)``.
  func with(scale: DType?, shape: DType?, usual: DType) -> Self?
}

extension EncodingLayout {
  public var isPlain: Bool { plainDType != nil }

  /// Whether several rows share a scale, so that matrices which are joined must be whole blocks.
  public var isInBlocks: Bool { tile.rows > 1 }

  public var containers: Set<Container> { Self.containers }

  /// Whether another layout is the same encoding with the same properties.
  public func isSame(as other: any EncodingLayout) -> Bool { other as? Self == self }
}

/// How a `quantization_config` speaks of an encoding.
public enum QuantizationAnnouncement: Sendable, Hashable {
  /// `pack-quantized` of compressed-tensors: INT4 in groups.
  case packedINT4(group: Int)
  /// `fp8` with a `weight_block_size`.
  case fp8Block(hasPowerScales: Bool)
  /// `mxfp4`, which means the experts.
  case mxfp4

  /// Of what has groups.
  public var group: Int? { if case .packedINT4(let group) = self { group } else { nil } }
}

/// One stored tensor of an encoding.
public struct StoredPart: Sendable, Equatable {
  public var suffix: String
  public var dtype: DType
  public var shape: Shape
  /// How many rows of the tensor one row of the part serves; nil for a part that belongs to the tensor as a whole.
  public var rowsPerRow: Int?
  /// How many of the last dimensions make one row of the part.
  public var rowRank: Int

  public init(_ suffix: String, _ dtype: DType, _ shape: Shape, rowsPerRow: Int? = 1, rowRank: Int = 1) {
    self.suffix = suffix
    self.dtype = dtype
    self.shape = shape
    self.rowsPerRow = rowsPerRow
    self.rowRank = rowRank
  }

  /// Bytes of one row of the part.
  public var bytesPerRow: Int {
    var values = 1
    for dimension in max(0, shape.rank - rowRank)..<shape.rank { values *= shape[dimension] }
    return dtype.byteCount(of: values) ?? 0
  }

  /// Bytes of the whole part. Shapes were checked before a layout was made from them.
  public var byteCount: Int { dtype.byteCount(of: shape.elementCount) ?? 0 }

  /// The bytes of the part, from its start, that serve some rows of the tensor.
  public func byteRange(rows: Range<Int>) -> Range<Int> {
    guard let rowsPerRow, !rows.isEmpty else { return 0..<byteCount }
    let bytesPerRow = bytesPerRow
    return rows.lowerBound / rowsPerRow * bytesPerRow..<rows.upperBound.ceilDiv(rowsPerRow) * bytesPerRow
  }
}

/// The parts that were found stored for one logical tensor.
public struct StoredParts: Sendable {
  public struct Part: Sendable {
    public var suffix: String
    public var dtype: DType
    public var shape: Shape

    public init(suffix: String, dtype: DType, shape: Shape) {
      self.suffix = suffix
      self.dtype = dtype
      self.shape = shape
    }
  }

  public var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  public subscript(suffix: String) -> Part? { parts.first { $0.suffix == suffix } }
}

/// Parts that belong to an encoding and do not fit together.
public struct LayoutMismatch: Error, Sendable {
  public var code: ProblemCode
  /// Which part, by its suffix.
  public var suffix: String
  public var problem: String

  public init(_ code: ProblemCode, _ suffix: String, _ problem: String) {
    self.code = code
    self.suffix = suffix
    self.problem = problem
  }
}

/// Every encoding that this build can lay out. A test holds the list against the codecs in `Quantize`.
public enum EncodingLayouts {
  public static let all: [any EncodingLayout.Type] = [
    PlainLayout.self, FP8BlockLayout.self, PackedINT4Layout.self, MXFP4Layout.self, GGUFBlockLayout.self,
  ]

  /// All names, each with a layout.
  public static let named: [any EncodingLayout] = all.flatMap { type in instances(of: type) }

  /// Those of them that a safetensors file can hold.
  public static let ofSafetensors: [any EncodingLayout] = named.filter { $0.containers.contains(.safetensors) }

  /// The layout of a name; case, `-` and `_` make no difference.
  public static func named(_ name: String) -> (any EncodingLayout)? {
    named.first { foldedName($0.name) == foldedName(name) }
  }

  /// Every suffix of a part, known encodings' and others', so that a stray part is told from an unknown tensor.
  public static let partSuffixes: [String] = {
    var suffixes = [""]
    for suffix in all.flatMap({ $0.suffixes }) + unreadSuffixes where !suffixes.contains(suffix) {
      suffixes.append(suffix)
    }
    return suffixes
  }()

  /// Suffixes of encodings that are not read here: found beside a tensor, they are named in the error.
  private static let unreadSuffixes = ["_zero_point", "_g_idx", "_global_scale", "_scale_2"]

  private static func instances<L: EncodingLayout>(of type: L.Type) -> [any EncodingLayout] { type.named }

  /// The layout that these parts have.
  public static func recognise(_ parts: StoredParts, of shape: Shape) throws(LayoutMismatch) -> any EncodingLayout {
    for type in all {
      if let layout = try recognise(parts, of: shape, as: type) { return layout }
    }
    let list = parts.parts.map { "\($0.suffix.isEmpty ? "the tensor itself" : $0.suffix) \($0.dtype) \($0.shape)" }
    throw LayoutMismatch(
      .encodingUnsupported, parts.parts.first?.suffix ?? "",
      "no encoding that is read here has these parts: " + list.joined(separator: ", "))
  }

  private static func recognise<L: EncodingLayout>(
    _ parts: StoredParts, of shape: Shape, as type: L.Type
  ) throws(LayoutMismatch) -> (any EncodingLayout)? {
    try L.recognise(parts, of: shape)
  }
}
