/// The block encodings of GGUF files that are computed here; numbers are those of ggml's `enum ggml_type`.
///
/// A row is a whole number of blocks, each with its own scale. What the bytes of a block are: `docs/formats/gguf-blocks.md`.
public enum GGUFBlock: UInt32, Sendable, CaseIterable {
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q2K = 10
  case q3K = 11
  case q4K = 12
  case q5K = 13
  case q6K = 14
  case iq4NL = 20
  case iq4XS = 23
  case mxfp4 = 39

  /// Values of a block.
  public var valueCount: Int {
    switch self {
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4NL, .mxfp4: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K, .iq4XS: 256
    }
  }

  /// Bytes of a block.
  public var byteCount: Int {
    switch self {
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q2K: 84
    case .q3K: 110
    case .q4K: 144
    case .q5K: 176
    case .q6K: 210
    case .iq4NL: 18
    case .iq4XS: 136
    case .mxfp4: 17
    }
  }
}
