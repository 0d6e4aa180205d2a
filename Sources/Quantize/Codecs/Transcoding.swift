internal import CheckpointKit
internal import Kernels

/// Exact changes of layout: codes stay as they are, and only their places change.
///
/// | from | to | because |
/// |---|---|---|
/// | INT4 in groups of 32 | Q4_0 | both are `(code − 8) × scale` of 32 values; exact where F16 holds the scale |
/// | MXFP4 of safetensors | MXFP4 of GGUF | the same E2M1 codes and E8M0 scale |
enum Transcoding {
  case int4ToQ4_0(PackedINT4Layout)
  case mxfp4

  /// The pair, where there is one.
  static func between(_ source: any EncodingLayout, _ target: any EncodingLayout) -> Transcoding? {
    switch (source, (target as? GGUFBlockLayout)?.type) {
    case (let int4 as PackedINT4Layout, .q4_0) where int4.group == 32: .int4ToQ4_0(int4)
    case (is MXFP4Layout, .mxfp4): .mxfp4
    default: nil
    }
  }

  /// Whether every value stays the same, whatever the scales.
  var isLossless: Bool { if case .mxfp4 = self { true } else { false } }

  /// Writes the blocks of one row.
  ///
  /// - Parameter row: absolute, within `stored.rows`.
  /// - Returns: groups, and those that keep their values; the first group whose scale is no number, if any.
  func row(
    _ row: Int, of stored: StoredRows, into output: UnsafeMutableRawBufferPointer
  ) -> (groups: Int, exact: Int, nonFinite: Int?) {
    let groups = stored.shape.columns / 32
    let first = (row - stored.rows.lowerBound) * groups
    var exact = 0
    for group in 0..<groups {
      let codes = (first + group) * 16
      let low = UInt64(littleEndian: stored.parts[0].loadUnaligned(fromByteOffset: codes, as: UInt64.self))
      let high = UInt64(littleEndian: stored.parts[0].loadUnaligned(fromByteOffset: codes + 8, as: UInt64.self))
      let header: Int
      switch self {
      case .int4ToQ4_0(let layout):
        let scale = Scales.load(stored.parts[1], first + group, layout.scale)
        let half = FloatFormats.f16(scale)
        guard FloatFormats.float(f16: half).isFinite else { return (groups, exact, group) }
        if FloatFormats.float(f16: half) == scale { exact += 1 }
        header = group * 18
        output.storeBytes(of: half.littleEndian, toByteOffset: header, as: UInt16.self)
      case .mxfp4:
        let scale = stored.parts[1][first + group]
        guard scale != 0xff else { return (groups, exact, group) }
        exact += 1
        header = group * 17 - 1
        output[header + 1] = scale
      }
      // Elements stand in order, lower nibble first; byte j of a block holds elements j and j + 16.
      let front = Self.spread(UInt32(truncatingIfNeeded: low)) | Self.spread(UInt32(truncatingIfNeeded: high)) << 4
      let back = Self.spread(UInt32(low >> 32)) | Self.spread(UInt32(high >> 32)) << 4
      output.storeBytes(of: front.littleEndian, toByteOffset: header + 2, as: UInt64.self)
      output.storeBytes(of: back.littleEndian, toByteOffset: header + 10, as: UInt64.self)
    }
    return (groups, exact, nil)
  }

  /// Eight nibbles, lowest first, as eight bytes.
  private static func spread(_ nibbles: UInt32) -> UInt64 {
    var x = UInt64(nibbles)
    x = (x | x << 16) & 0x0000_ffff_0000_ffff
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff
    return (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f
  }
}
