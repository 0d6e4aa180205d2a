import Kernels
import Testing

@Suite struct GGUFTests {
  @Test("the reference writes libggml's bytes, with importance and without", arguments: GGUFBlock.writable)
  func encodes(type: GGUFBlock) throws {
    let expected = try GGUFVectors.encoded(type)
    let importances = try GGUFVectors.importances()
    for (i, row) in try GGUFVectors.rows().enumerated() {
      for (j, importance) in importances.enumerated() {
        let blocks = GGUFReference.encode(row: row, importance: importance, type)
        #expect(blocks == expected[i * importances.count + j], "row \(i), importance \(j)")
      }
    }
  }

  @Test(
    "every level writes libggml's bytes, with importance and without", arguments: Level.available, GGUFBlock.writable)
  func encodesFast(level: Level, type: GGUFBlock) throws {
    let expected = try GGUFVectors.encoded(type)
    let importances = try GGUFVectors.importances()
    let rows = try GGUFVectors.rows()
    for (j, importance) in importances.enumerated() {
      // All rows at once, then one: lanes without a block of their own.
      for rows in [0..<rows.count, 5..<6] {
        let blocks = encode(Array(try GGUFVectors.rows()[rows].joined()), GGUFVectors.columns, importance, type, level)
        #expect(blocks == rows.flatMap { expected[$0 * importances.count + j] }, "importance \(j)")
      }
    }
  }

  @Test("every level writes the reference's bytes of rows of any width", arguments: Level.available, GGUFBlock.writable)
  func encodesAnyWidth(level: Level, type: GGUFBlock) {
    for (rows, blocks) in [(1, 1), (3, 1), (35, 1), (2, 17), (16, 2), (64, 2)] {
      let columns = blocks * type.valueCount
      let values = Distribution.gaussian.values(rows * columns, seed: rows)
      var random = RandomNumbers(seed: 3)
      let importance = (0..<columns).map { _ in random.uniform() }
      for importance in [nil, importance] where type.valueCount == 32 || rows < 35 {
        let expected = stride(from: 0, to: values.count, by: columns).flatMap {
          GGUFReference.encode(row: Array(values[$0..<$0 + columns]), importance: importance, type)
        }
        #expect(encode(values, columns, importance, type, level) == expected, "\(rows) rows of \(columns)")
      }
    }
  }

  private func encode(
    _ values: [Float], _ columns: Int, _ importance: [Float]?, _ type: GGUFBlock, _ level: Level
  ) -> [UInt8] {
    let count = values.count / type.valueCount * type.byteCount
    let blocks = filled(count + 16, with: UInt8(0xa5)) { blocks in
      let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: blocks[..<count]))
      values.withUnsafeBufferPointer { values in
        if let importance {
          importance.withUnsafeBufferPointer {
            level.encodeGGUF(values, columns: columns, importance: $0, type, into: target)
          }
        } else {
          level.encodeGGUF(values, columns: columns, importance: nil, type, into: target)
        }
      }
    }
    #expect(blocks.suffix(16).allSatisfy { $0 == 0xa5 })
    return Array(blocks[..<count])
  }

  @Test("every level reads the reference's values out of any bytes", arguments: Level.available, GGUFBlock.allCases)
  func decodesFast(level: Level, type: GGUFBlock) {
    var random = RandomNumbers(seed: Int(type.rawValue))
    for count in [1, 2, 40] {
      // Scales that are not finite among them.
      let blocks = (0..<count * type.byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let expected = stride(from: 0, to: blocks.count, by: type.byteCount).flatMap { start in
        blocks[start..<start + type.byteCount].withUnsafeBytes { GGUFReference.decode($0, type) }
      }
      let decoded = filled(expected.count + 1, with: Float(9)) { values in
        blocks.withUnsafeBytes {
          level.decodeGGUF($0, type, into: UnsafeMutableBufferPointer(rebasing: values[..<expected.count]))
        }
      }
      #expect(firstDifference(decoded, expected + [9]) == nil)
    }
  }

  @Test("the reference reads libggml's values out of any bytes", arguments: GGUFBlock.allCases)
  func decodes(type: GGUFBlock) throws {
    let (blocks, values) = try GGUFVectors.decoded(type)
    let decoded = stride(from: 0, to: blocks.count, by: type.byteCount).flatMap { start in
      blocks[start..<start + type.byteCount].withUnsafeBytes { GGUFReference.decode($0, type) }
    }
    #expect(firstDifference(decoded, values) == nil)
  }
}
