import Kernels
import Testing

/// The fused kernel against decoding and encoding by the references.
@Suite("Block-fp8 to INT4 without Float32 in between returns the bits of decoding and encoding, at every level")
struct FP8ToINT4Tests {
  private struct Result: Equatable {
    var scales: [UInt16]
    var packed: [UInt8]
    var isWhole: Bool
  }

  private func fast(_ level: Level, _ codes: [UInt8], columns: Int, _ blockScales: [Float], group: Int) -> Result {
    var isWhole = false
    var packed: [UInt8] = []
    let scales = filled(codes.count / group + 1, with: UInt16(0xabcd)) { scales in
      packed = filled(codes.count / 2 + 1, with: UInt8(0xee)) { packed in
        isWhole = codes.withUnsafeBytes { codes in
          blockScales.withUnsafeBufferPointer {
            level.encodeINT4(
              fp8: codes, columns: columns, blockScales: $0, group: group,
              scales: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(scales).dropLast(2)),
              packed: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(packed).dropLast(1)))
          }
        }
      }
    }
    #expect(scales.last == 0xabcd && packed.last == 0xee)
    return Result(scales: isWhole ? scales.dropLast() : [], packed: isWhole ? packed.dropLast() : [], isWhole: isWhole)
  }

  private func slow(_ codes: [UInt8], columns: Int, _ blockScales: [Float], group: Int) -> Result {
    let values = codes.enumerated().map { FP8Reference.value($1, scale: blockScales[$0 % columns / 128]) }
    let quantized = Quantized(values, group: group, .bf16) { INT4Reference.encodeCT($0, $1, codes: $2) }
    return Result(
      scales: quantized.scales.map { UInt16($0 >> 16) }, packed: quantized.packed, isWhole: quantized.nonFinite == nil)
  }

  /// Kinds of codes: like weights, any, many zeros, subnormal, large ones of few kinds, almost only zeros.
  private func codes(_ count: Int, kind: Int) -> [UInt8] {
    var random = RandomNumbers(seed: kind)
    return (0..<count).map { i in
      switch kind {
      case 0: return FloatFormats.e4m3(random.gaussian() * 100)
      case 1:
        let code = UInt8(truncatingIfNeeded: random.next())
        return code & 0x7f == 0x7f ? code - 1 : code
      case 2: return i / 32 % 3 == 0 ? 0 : FloatFormats.e4m3(random.gaussian())
      case 3: return UInt8(truncatingIfNeeded: random.next()) & 0x8f
      case 4: return UInt8(random.below(2)) << 7 | 0x60 + UInt8(random.below(16))
      default: return random.below(2) == 0 ? 0x80 : UInt8(random.below(8))
      }
    }
  }

  @Test("whole and ragged matrices of six kinds, in groups of 32, 64 and 128", arguments: Level.available)
  func matrices(level: Level) {
    for (rows, columns) in [(1, 128), (3, 32), (2, 160), (5, 2048 + 128 + 64), (128, 256), (33, 384)] {
      for kind in 0..<6 {
        let codes = codes(rows * columns, kind: kind)
        var random = RandomNumbers(seed: rows)
        let scales = (0..<(columns + 127) / 128).map { _ in (random.uniform() + 0.5) * 0x1p-10 }
        for group in [32, 64, 128] where columns % group == 0 {
          #expect(
            fast(level, codes, columns: columns, scales, group: group)
              == slow(codes, columns: columns, scales, group: group),
            "\(rows) × \(columns), kind \(kind), group \(group)")
        }
      }
    }
  }

  @Test("every magnitude beside every largest one, with every scale that can be used", arguments: Level.available)
  func everyPair(level: Level) {
    let scales = BlockScales.positive + [0x1p-110, 0x1.fffffep-110, 0x1p118, 0x1.23p118]
    // Groups of one largest magnitude and 31 others, with alternating signs.
    var codes: [UInt8] = []
    for largest in 0..<127 {
      for start in stride(from: 0, through: largest, by: 31) {
        codes.append(UInt8(largest) | UInt8(start % 2) << 7)
        for i in 0..<31 { codes.append(UInt8(min(start + i, largest)) | UInt8(i % 2) << 7) }
      }
    }
    codes += [UInt8](repeating: 0, count: (128 - codes.count % 128) % 128)
    for scale in scales {
      // Rows of one block each, so that all share one scale.
      let result = fast(level, codes, columns: 128, [scale], group: 32)
      let canBeTaken = (scale == 0 || scale >= 0x1p-110) && FloatFormats.roundedToBF16(448 * scale).isFinite
      #expect(result.isWhole == canBeTaken, "scale \(scale)")
      if canBeTaken { #expect(result == slow(codes, columns: 128, [scale], group: 32), "scale \(scale)") }
    }
  }

  @Test("every mantissa of the scale gives the reference's codes", arguments: Level.available)
  func everyMantissa(level: Level) {
    let codes = codes(128 * 64, kind: 1)
    for i in 0..<64 {
      let scales = (0..<16).map { Float(bitPattern: 0x3900_0000 + UInt32(i * 16 + $0) << 13 + UInt32(i * 77 % 8192)) }
      let rows = codes.count / 2048
      #expect(
        fast(level, codes, columns: 2048, scales, group: 32) == slow(codes, columns: 2048, scales, group: 32),
        "\(rows) rows, scales from \(scales[0])")
    }
  }

  @Test("a NaN code is noticed wherever it stands", arguments: Level.available)
  func noticesNaN(level: Level) {
    for place in [0, 31, 32, 127, 128, 160 * 3 - 1] {
      for nan: UInt8 in [0x7f, 0xff] {
        var codes = codes(160 * 3, kind: 0)
        codes[place] = nan
        #expect(!fast(level, codes, columns: 160, [1, 2], group: 32).isWhole)
      }
    }
  }

  @Test("a scale that is negative, not finite or too large is left to the other way", arguments: Level.available)
  func leavesUnusualScales(level: Level) {
    let codes = codes(256, kind: 0)
    for scale in BlockScales.unusual where !(scale == 0) {
      #expect(!fast(level, codes, columns: 256, [1, scale], group: 32).isWhole, "scale \(scale)")
    }
    #expect(fast(level, codes, columns: 256, [1, -0.0], group: 32) == slow(codes, columns: 256, [1, -0.0], group: 32))
  }
}

@Suite("Levels")
struct LevelTests {
  @Test("the baseline is always there, and the level in use is one of this CPU's")
  func available() {
    let names = Level.available.map(\.name)
    #expect(names.first == "baseline")
    #expect(names.contains(Level.current.name))
    #expect(Set(names).count == names.count)
  }
}
