import Kernels
import Testing

@Suite("Block-fp8 kernels return the reference's bits at every level")
struct FP8Tests {
  @Test("all codes with every kind of scale become the reference's products", arguments: Level.available)
  func decodes(level: Level) {
    let codes = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for scale in BlockScales.positive + BlockScales.unusual {
      let scales = [scale, 0.5, -scale, scale]
      let decoded = filled(512, with: Float(0)) { values in
        scales.withUnsafeBufferPointer { scales in
          codes.withUnsafeBytes { level.decodeFP8($0, columns: 0..<512, scales: scales, into: values) }
        }
      }
      let expected = codes.indices.map { FP8Reference.value(codes[$0], scale: scales[$0 / 128]) }
      #expect(firstDifference(decoded, expected) == nil, "scale \(scale)")
    }
  }

  @Test("any range of columns is decoded, also one that begins inside a block", arguments: Level.available)
  func columns(level: Level) {
    let codes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let scales: [Float] = [0.25, 3e-5, -7]
    let expected = codes.indices.map { FP8Reference.value(codes[$0], scale: scales[$0 / 128]) }
    for columns in [0..<0, 0..<1, 3..<4, 0..<16, 5..<133, 120..<136, 127..<129, 1..<300, 250..<300, 299..<300] {
      let decoded = filled(columns.count + 1, with: Float(9)) { values in
        scales.withUnsafeBufferPointer { scales in
          codes.withUnsafeBytes {
            level.decodeFP8(
              $0, columns: columns, scales: scales, into: UnsafeMutableBufferPointer(rebasing: values[..<columns.count])
            )
          }
        }
      }
      #expect(firstDifference(decoded, Array(expected[columns]) + [9]) == nil)
    }
  }

  /// Values about every code and about the middle between two codes, times a scale.
  private static func aroundCodes(_ scale: Float) -> [Float] {
    (0..<127).flatMap { code -> [Float] in
      let (low, high) = (FloatFormats.e4m3Values[code], code == 126 ? 512 : FloatFormats.e4m3Values[code + 1])
      return [low, (low + high) / 2].flatMap { value in
        let product = value * scale
        return [product, product.nextUp, product.nextDown, -product, (-product).nextUp, (-product).nextDown]
      }
    }
  }

  @Test("quotients are rounded to codes as the reference does, whatever the scale", arguments: Level.available)
  func encodes(level: Level) {
    for scale in BlockScales.positive + BlockScales.unusual {
      var values = Self.aroundCodes(scale.isFinite ? scale : 1)
      values += Distribution.manyMagnitudes.values(100, seed: 5) + [0, -0.0]
      let scales = [Float](repeating: scale, count: values.count / 128 + 1)
      let codes = filled(values.count + 1, with: UInt8(0xee)) { codes in
        values.withUnsafeBufferPointer { values in
          scales.withUnsafeBufferPointer {
            level.encodeFP8(
              values, scales: $0,
              into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(codes)[..<values.count]))
          }
        }
      }
      // What is not finite is refused before anything is encoded.
      let usable = values.indices.filter { values[$0].isFinite && !scale.isNaN }
      #expect(usable.allSatisfy { codes[$0] == FP8Reference.code(values[$0], scale: scale) }, "scale \(scale)")
      #expect(codes.last == 0xee)
    }
  }

  @Test("the largest magnitude of each block is found, and NaN is larger than all", arguments: Level.available)
  func largest(level: Level) {
    for distribution in Distribution.allCases {
      for count in [1, 17, 127, 128, 129, 160, 576] {
        let rows = (0..<3).map { distribution.values(count, seed: $0) }
        let largest = filled((count + 127) / 128, with: UInt32(0)) { largest in
          for row in rows { row.withUnsafeBufferPointer { level.largestByBlock($0, into: largest) } }
        }
        for block in largest.indices {
          let columns = block * 128..<min(count, block * 128 + 128)
          #expect(largest[block] == rows.flatMap { $0[columns].map { abs($0).bitPattern } }.max())
        }
      }
    }
    var values = [Float](repeating: 1, count: 200)
    values[190] = Float(bitPattern: 0xff80_0001)
    let largest = filled(2, with: UInt32(0)) { largest in
      values.withUnsafeBufferPointer { level.largestByBlock($0, into: largest) }
    }
    #expect(largest == [Float(1).bitPattern, 0x7f80_0001])
  }
}
