import CheckpointKit
import Testing

@testable import Quantize

@Suite struct MXFP4Tests {
  /// OCP Microscaling Formats 1.0, 5.3.3: codes 1 to 7 are 0.5, 1, 1.5, 2, 3, 4, 6; the highest bit is the sign. A scale byte b
  /// means 2^(b − 127).
  @Test("low halves are even elements, and a scale byte is a power of two")
  func decodes() {
    var blocks = [UInt8](repeating: 0, count: 32)
    blocks[0] = 0x71  // 0.5 and 6
    blocks[1] = 0xa4  // 2 and −1
    blocks[15] = 0x3d  // −3 and 1.5
    blocks[16] = 0x0f  // the second block: −6 and 0
    let scales: [UInt8] = [128, 125]
    let values = decode(blocks, scales, shape: [1, 64], rows: 0..<1, columns: 0..<64)
    #expect(Array(values[0..<4]) == [1, 12, 4, -2])
    #expect(Array(values[30..<34]) == [-6, 3, -1.5, 0])
    // A run that begins and ends inside of blocks.
    #expect(decode(blocks, scales, shape: [1, 64], rows: 0..<1, columns: 1..<33) == Array(values[1..<33]))
  }

  @Test("values that MXFP4 holds are encoded without loss, in any number of leading dimensions")
  func exact() {
    let shape: Shape = [2, 3, 32]
    let levels: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.5, -1, -1.5, -2, -3, -4, -6]
    // Every row has a 6, which decides the scale: 2^(floor(log2 6) − 2) = 1, times the row's own power of two.
    var values: [Float] = []
    for row in 0..<6 {
      let unit: Float = row % 2 == 0 ? 1 : 0.125
      for column in 0..<32 { values.append(unit * (column == 5 ? 6 : levels[(column * 7 + row) % 15])) }
    }
    var blocks = [UInt8](repeating: 0, count: 6 * 16)
    var scales = [UInt8](repeating: 0, count: 6)
    let codec = MXFP4Codec(MXFP4Layout())
    blocks.withUnsafeMutableBytes { blocks in
      scales.withUnsafeMutableBytes { scales in
        values.withUnsafeBufferPointer { values in
          let report = codec.encode(
            values, rows: 0..<6, shape: shape, options: EncodeOptions(), into: [blocks, scales])
          #expect(report.nonFinite == nil)
        }
      }
    }
    #expect(scales == [127, 124, 127, 124, 127, 124])
    #expect(decode(blocks, scales, shape: shape, rows: 0..<6, columns: 0..<32) == values)
  }

  @Test("parts that do not fit together are named")
  func broken() {
    func recognise(_ parts: [(String, DType, Shape)], _ shape: Shape) -> ProblemCode? {
      do throws(LayoutMismatch) {
        _ = try MXFP4Layout.recognise(
          StoredParts(parts.map { .init(suffix: $0.0, dtype: $0.1, shape: $0.2) }), of: shape)
        return nil
      } catch { return error.code }
    }
    let good: [(String, DType, Shape)] = [("_blocks", .u8, [4, 8, 2, 16]), ("_scales", .u8, [4, 8, 2])]
    #expect(recognise(good, [4, 8, 64]) == nil)
    #expect(recognise([good[0]], [4, 8, 64]) == .partMissing)
    #expect(recognise([good[1]], [4, 8, 64]) == .partStray)
    #expect(recognise([good[0], ("_scales", .u8, [4, 8, 3])], [4, 8, 64]) == .partShape)
    #expect(recognise([good[0], ("_scales", .bf16, [4, 8, 2])], [4, 8, 64]) == .partDType)
    #expect(recognise(good, [4, 64, 8]) == .tensorShape)
    #expect(recognise(good, [4, 8, 128]) == .tensorShape)
  }

  private func decode(
    _ blocks: [UInt8], _ scales: [UInt8], shape: Shape, rows: Range<Int>, columns: Range<Int>
  ) -> [Float] {
    var values = [Float](repeating: .nan, count: rows.count * columns.count)
    blocks.withUnsafeBytes { blocks in
      scales.withUnsafeBytes { scales in
        values.withUnsafeMutableBufferPointer {
          MXFP4Codec(MXFP4Layout()).decode(
            rows: rows, columns: columns, of: StoredRows(shape: shape, rows: rows, parts: [blocks, scales]), into: $0)
        }
      }
    }
    return values
  }
}
