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
  case iq2XXS = 16
  case iq2XS = 17
  case iq3XXS = 18
  case iq1S = 19
  case iq3S = 21
  case iq2S = 22
  case iq1M = 29
  case tq1_0 = 34
  case tq2_0 = 35
  case nvfp4 = 40
  case q1_0 = 41
  case q2_0 = 42
  /// Plain numbers, each a block of its own.
  case i8 = 24
  case i16 = 25
  case i32 = 26
  case i64 = 27
  case f64 = 28

  /// Whether values can be encoded as it; the others are decoded only.
  public var isWritable: Bool {
    switch self {
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2K, .q3K, .q4K, .q5K, .q6K, .iq4NL, .iq4XS, .mxfp4: true
    default: false
    }
  }

  /// Where the F16 scales of a writable block stand; both places are the same where it has one, and nil where it has none.
  public var halfOffsets: (Int, Int)? {
    switch self {
    case .q4_0, .q5_0, .q8_0, .iq4NL, .iq4XS: (0, 0)
    case .q4_1, .q5_1, .q4K, .q5K: (0, 2)
    case .q2K: (80, 82)
    case .q3K: (108, 108)
    case .q6K: (208, 208)
    default: nil
    }
  }

  /// Values of a block.
  public var valueCount: Int {
    switch self {
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4NL, .mxfp4: 32
    case .q2_0, .nvfp4: 64
    case .q1_0: 128
    case .i8, .i16, .i32, .i64, .f64: 1
    default: 256
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
    case .iq2XXS, .tq2_0: 66
    case .iq2XS: 74
    case .iq2S: 82
    case .iq3XXS: 98
    case .iq3S: 110
    case .iq1S: 50
    case .iq1M: 56
    case .tq1_0: 54
    case .nvfp4: 36
    case .q1_0, .q2_0: 18
    case .i8: 1
    case .i16: 2
    case .i32: 4
    case .i64, .f64: 8
    }
  }
}
