public import CheckpointKit

/// The arithmetic of one encoding: stored rows to Float32 and back.
///
/// A codec opens no files and knows no model. Rows are absolute in the stored matrix, so that what is decoded may begin
/// inside a scale block. The layout of the same name, in CheckpointKit, says what the parts are.
public protocol Codec: Sendable {
  associatedtype Layout: EncodingLayout

  var layout: Layout { get }

  init(_ layout: Layout)

  /// Decodes to the exact Float32 product, never rounded further.
  ///
  /// - Parameters:
  ///   - rows: absolute, within `stored.rows`.
  ///   - output: `rows × columns` values, row by row.
  func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>)

  /// Encodes whole rows.
  ///
  /// - Parameters:
  ///   - values: `rows × columns` values, row by row.
  ///   - rows: absolute; they begin on a multiple of the layout's tile.
  ///   - parts: where the bytes go that serve these rows, one buffer a part.
  func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport
}

/// Some rows of a stored matrix, in memory.
public struct StoredRows {
  public var shape: Shape
  /// Which rows the parts serve.
  public var rows: Range<Int>
  /// The bytes of each part that serve these rows, in the layout's order.
  public var parts: [UnsafeRawBufferPointer]

  public init(shape: Shape, rows: Range<Int>, parts: [UnsafeRawBufferPointer]) {
    self.shape = shape
    self.rows = rows
    self.parts = parts
  }
}

/// How values become codes.
public struct EncodeOptions: Sendable, Equatable {
  /// Rules for choosing the scale of a group.
  public enum Rounding: String, Sendable, CaseIterable {
    /// As the compressed-tensors library, bit for bit.
    case ct
    /// The positive scale with the least squared error.
    case mse
    /// A scale that gives back every value, where there is one.
    case exact
  }

  /// How much each column of a tensor weighs where an encoding searches for its scales; the block encodings of GGUF do.
  public enum Importance: Sendable, Equatable {
    /// The search that ggml makes without importance: what `llama-quantize` writes without `--imatrix`.
    case none
    /// The weighted search with equal weights.
    case equal
    /// One finite weight of 0 or more for each column, the same for all rows of the call.
    case columns([Float])
  }

  public var rounding: Rounding
  /// The dtype of the weights as a library would hold them: what `ct` rounds to, what `exact` compares in.
  public var weightDType: DType
  public var importance: Importance
  /// Whether scales of block-fp8 are powers of two whatever their dtype, as `scale_fmt` "ue8m0" says.
  public var hasPowerScales: Bool

  public init(
    rounding: Rounding = .ct, weightDType: DType = .bf16, importance: Importance = .equal, hasPowerScales: Bool = false
  ) {
    self.rounding = rounding
    self.weightDType = weightDType
    self.importance = importance
    self.hasPowerScales = hasPowerScales
  }
}

public struct EncodeReport: Sendable, Equatable {
  /// The first value that is not finite, or that is and makes the encoding hold one that is not: the bytes are of no use.
  public var nonFinite: (row: Int, column: Int)?
  public var groups = 0
  public var exactGroups = 0

  public init() {}

  public static func == (a: EncodeReport, b: EncodeReport) -> Bool {
    a.nonFinite?.row == b.nonFinite?.row && a.nonFinite?.column == b.nonFinite?.column && a.groups == b.groups
      && a.exactGroups == b.exactGroups
  }
}

/// Every codec of this build, one for each layout of ``EncodingLayouts``.
public enum Codecs {
  public static let all: [any Codec.Type] = [
    PlainCodec.self, FP8BlockCodec.self, PackedINT4Codec.self, MXFP4Codec.self, GGUFBlockCodec.self,
  ]

  /// The codec of a layout. Each layout has one: a test walks both lists.
  public static func codec(for layout: any EncodingLayout) -> any Codec {
    for type in all {
      if let codec = make(type, layout) { return codec }
    }
    preconditionFailure("the layout \(layout.name) has no codec")
  }

  private static func make<C: Codec>(_ type: C.Type, _ layout: any EncodingLayout) -> (any Codec)? {
    (layout as? C.Layout).map { C($0) }
  }
}
