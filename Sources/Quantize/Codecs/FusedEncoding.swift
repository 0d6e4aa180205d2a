internal import CheckpointKit

/// A pair of encodings between which rows go without values in between: the same bytes and figures, several times faster.
///
/// | from | to | where |
/// |---|---|---|
/// | block-fp8 | INT4 with BF16 scales | the rule is `ct`, and a library would hold the weight in BF16 |
struct FusedEncoding {
  let decoder: FP8BlockCodec
  let encoder: PackedINT4Codec

  /// Rows that are taken in one go.
  var step: Int { FP8BlockLayout.block }

  /// The pair, where there is one.
  static func between(_ decoder: any Codec, _ encoder: any Codec, _ options: EncodeOptions) -> FusedEncoding? {
    guard let decoder = decoder as? FP8BlockCodec, let encoder = encoder as? PackedINT4Codec,
      options.rounding == .ct, options.weightDType == .bf16, encoder.layout.scale == .bf16
    else { return nil }
    return FusedEncoding(decoder: decoder, encoder: encoder)
  }

  /// - Returns: nil where there is something in the rows that the longer way must look at.
  func encode(
    _ stored: StoredRows, rows: Range<Int>, into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport? {
    encoder.encode(stored, of: decoder, rows: rows, into: parts)
  }
}
