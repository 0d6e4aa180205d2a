import Kernels
import Testing

/// A row quantized, or the column at which that stopped.
struct Quantized: Equatable {
  var scales: [UInt32]
  var packed: [UInt8]
  var nonFinite: Int?

  /// By the reference, group by group.
  init(
    _ values: [Float], group: Int, _ precision: INT4Reference.Precision,
    rule: (UnsafeBufferPointer<Float>, INT4Reference.Precision, UnsafeMutableBufferPointer<Int8>) -> Float
  ) {
    (scales, packed) = ([], [])
    nonFinite = values.firstIndex { !precision.rounded($0).isFinite }
    guard nonFinite == nil else { return }
    for start in stride(from: 0, to: values.count, by: group) {
      var scale: Float = 0
      let codes = filled(group, with: Int8(0)) { codes in
        values[start..<start + group].withUnsafeBufferPointer { scale = rule($0, precision, codes) }
      }
      scales.append(scale.bitPattern)
      for i in stride(from: 0, to: group, by: 2) { packed.append(UInt8(codes[i] + 8) | UInt8(codes[i + 1] + 8) << 4) }
    }
  }

  /// By a kernel.
  init(
    _ values: [Float], group: Int,
    kernel: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>, UnsafeMutableRawBufferPointer) -> Int?
  ) {
    var scales = [Float](repeating: 0, count: values.count / group)
    var packed = [UInt8](repeating: 0, count: values.count / 2)
    nonFinite = values.withUnsafeBufferPointer { values in
      scales.withUnsafeMutableBufferPointer { scales in
        packed.withUnsafeMutableBytes { kernel(values, scales, $0) }
      }
    }
    self.scales = nonFinite == nil ? scales.map(\.bitPattern) : []
    self.packed = nonFinite == nil ? packed : []
  }
}

@Suite("INT4 kernels return the reference's bits at every level")
struct INT4Tests {
  private static let groups = [32, 64, 128]

  @Test("the ct rule gives the reference's scales and codes in each precision", arguments: Level.available)
  func encodesCT(level: Level) {
    for distribution in Distribution.allCases {
      for group in Self.groups {
        for precision in INT4Reference.Precision.allCases {
          let values = distribution.values(1152, seed: group)
          let fast = Quantized(values, group: group) {
            level.encodeINT4($0, group: group, precision, scales: $1, packed: $2)
          }
          let slow = Quantized(values, group: group, precision) { INT4Reference.encodeCT($0, $1, codes: $2) }
          #expect(fast == slow, "\(distribution), groups of \(group), \(precision)")
        }
      }
    }
  }

  @Test("the mse rule gives the reference's scales and codes in each precision", arguments: Level.available)
  func encodesMSE(level: Level) {
    for distribution in Distribution.allCases {
      for group in Self.groups {
        for precision in INT4Reference.Precision.allCases {
          let values = distribution.values(256, seed: group)
          let fast = Quantized(values, group: group) {
            level.searchINT4($0, group: group, precision, scales: $1, packed: $2)
          }
          let slow = Quantized(values, group: group, precision) { INT4Reference.encodeMSE($0, $1, codes: $2) }
          #expect(fast == slow, "\(distribution), groups of \(group), \(precision)")
        }
      }
    }
  }

  @Test("the first value that the precision cannot hold stops both rules at its column", arguments: Level.available)
  func findsNonFinite(level: Level) {
    let bad: [Float] = [.infinity, -.infinity, .nan, Float(bitPattern: 0xff80_0001), 3.4e38, -3.4e38, 65520, 65519.996]
    for (i, value) in bad.enumerated() {
      for precision in INT4Reference.Precision.allCases {
        for column in [0, 31, 32, 100, 255] {
          var values = Distribution.gaussian.values(256, seed: i)
          values[column] = value
          if column < 200 { values[column + 20] = .nan }
          let expected = values.firstIndex { !precision.rounded($0).isFinite }
          let ct = Quantized(values, group: 64) { level.encodeINT4($0, group: 64, precision, scales: $1, packed: $2) }
          let mse = Quantized(values, group: 64) { level.searchINT4($0, group: 64, precision, scales: $1, packed: $2) }
          #expect(ct.nonFinite == expected)
          #expect(mse.nonFinite == expected)
        }
      }
    }
  }

  @Test("nibbles become the reference's products over any range of columns", arguments: Level.available)
  func decodes(level: Level) {
    var random = RandomNumbers(seed: 9)
    let packed = (0..<128).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for group in Self.groups {
      let unusual = BlockScales.unusual + [0.01, -3, .leastNonzeroMagnitude, 0]
      let scales = (0..<256 / group).map { unusual[($0 * 5 + group / 32) % unusual.count] }
      let expected = (0..<256).map { column in
        INT4Reference.value(nibble: packed[column / 2] >> (column % 2 * 4) & 15, scale: scales[column / group])
      }
      for columns in [0..<256, 0..<0, 0..<1, 1..<2, 3..<40, 31..<33, 33..<95, 64..<128, 127..<256, 200..<231] {
        let decoded = filled(columns.count + 1, with: Float(9)) { values in
          scales.withUnsafeBufferPointer { scales in
            packed.withUnsafeBytes {
              level.decodeINT4(
                $0, columns: columns, group: group, scales: scales,
                into: UnsafeMutableBufferPointer(rebasing: values[..<columns.count]))
            }
          }
        }
        #expect(firstDifference(decoded, Array(expected[columns]) + [9]) == nil, "groups of \(group), \(columns)")
      }
    }
  }
}
