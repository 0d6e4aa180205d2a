import Kernels
import Testing

@Suite struct GGUFTests {
  @Test("the reference writes libggml's bytes, with importance and without", arguments: GGUFBlock.allCases)
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

  @Test("the reference reads libggml's values out of any bytes", arguments: GGUFBlock.allCases)
  func decodes(type: GGUFBlock) throws {
    let (blocks, values) = try GGUFVectors.decoded(type)
    let decoded = stride(from: 0, to: blocks.count, by: type.byteCount).flatMap { start in
      blocks[start..<start + type.byteCount].withUnsafeBytes { GGUFReference.decode($0, type) }
    }
    #expect(firstDifference(decoded, values) == nil)
  }
}
