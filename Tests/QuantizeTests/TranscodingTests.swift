import CheckpointKit
import Testing

@testable import Quantize

/// Values on both sides are worked out here from the formats' definitions: `(nibble − 8) × scale` in order of the words,
/// against ggml's `d × (q − 8)` with element j in the low half of byte j and element j + 16 in its high half.
@Suite("Transcoding")
struct TranscodingTests {
  private func stored(_ parts: [[UInt8]], _ body: (StoredRows) -> Void) {
    parts[0].withUnsafeBytes { first in
      parts[1].withUnsafeBytes { second in
        body(StoredRows(shape: [1, 64], rows: 0..<1, parts: [first, second]))
      }
    }
  }

  @Test("INT4 in groups of 32 becomes Q4_0 with the same values; a scale that F16 does not hold is counted")
  func int4() throws {
    var generator = SplitMix(state: 7)
    let nibbles = (0..<64).map { _ in UInt8(generator.next() & 15) }
    let packed = (0..<32).map { nibbles[2 * $0] | nibbles[2 * $0 + 1] << 4 }
    // 0x3c1b is 0.00946… in BF16, which F16 holds; 0x3580 is 2^-20 · 1, 0x3381 is 2^-24 · 1.0078, below F16's grid.
    for (scales, exact) in [([UInt16(0x3c1b), 0x3580], 2), ([0x3c1b, 0x3381], 1)] {
      let scaleBytes = scales.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      let q4_0 = try #require(GGUFBlockLayout(.q4_0))
      let transcoding = try #require(Transcoding.between(PackedINT4Layout(group: 32), q4_0))
      var output = [UInt8](repeating: 0, count: 36)
      stored([packed, scaleBytes]) { rows in
        output.withUnsafeMutableBytes { bytes in
          let done = transcoding.row(0, of: rows, into: bytes)
          #expect(done.groups == 2 && done.exact == exact && done.nonFinite == nil)
        }
      }
      for block in 0..<2 {
        let d = Float16(bitPattern: UInt16(output[18 * block]) | UInt16(output[18 * block + 1]) << 8)
        let scale = Float(bitPattern: UInt32(scales[block]) << 16)
        #expect(d == Float16(scale))
        for j in 0..<16 {
          let byte = output[18 * block + 2 + j]
          #expect(byte & 15 == nibbles[32 * block + j])
          #expect(byte >> 4 == nibbles[32 * block + 16 + j])
        }
      }
    }
  }

  @Test("a scale that is no number is not passed on")
  func nonFinite() throws {
    let q4_0 = try #require(GGUFBlockLayout(.q4_0))
    let transcoding = try #require(Transcoding.between(PackedINT4Layout(group: 32), q4_0))
    // The second is 2^127 in BF16, which F16 cannot hold.
    for (bits, group) in [([UInt16(0x7fc0), 0x3c1b], 0), ([0x3c1b, 0x7f00], 1)] {
      let scales = bits.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
      var output = [UInt8](repeating: 0, count: 36)
      stored([Array(repeating: 0x88, count: 32), scales]) { rows in
        output.withUnsafeMutableBytes { #expect(transcoding.row(0, of: rows, into: $0).nonFinite == group) }
      }
    }
  }

  @Test("MXFP4 keeps codes and scales")
  func mxfp4() throws {
    let blocks = try #require(GGUFBlockLayout(.mxfp4))
    let transcoding = try #require(Transcoding.between(MXFP4Layout(), blocks))
    var generator = SplitMix(state: 9)
    let nibbles = (0..<64).map { _ in UInt8(generator.next() & 15) }
    let codes = (0..<32).map { nibbles[2 * $0] | nibbles[2 * $0 + 1] << 4 }
    var output = [UInt8](repeating: 0, count: 34)
    stored([codes, [120, 131]]) { rows in
      output.withUnsafeMutableBytes { bytes in
        let done = transcoding.row(0, of: rows, into: bytes)
        #expect(done.groups == 2 && done.exact == 2 && done.nonFinite == nil)
      }
    }
    for block in 0..<2 {
      #expect(output[17 * block] == [120, 131][block])
      for j in 0..<16 {
        #expect(output[17 * block + 1 + j] == nibbles[32 * block + j] | nibbles[32 * block + 16 + j] << 4)
      }
    }
  }

  @Test("other pairs are none")
  func others() throws {
    let (q4_0, mxfp4) = (try #require(GGUFBlockLayout(.q4_0)), try #require(GGUFBlockLayout(.mxfp4)))
    for pair in [
      Transcoding.between(PackedINT4Layout(group: 64), q4_0), Transcoding.between(PlainLayout(.bf16), mxfp4),
      Transcoding.between(MXFP4Layout(), q4_0),
    ] {
      #expect(pair.map { _ in true } ?? false == false)
    }
  }
}
