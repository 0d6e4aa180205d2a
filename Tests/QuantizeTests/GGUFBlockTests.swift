import CheckpointKit
import Kernels
import Quantize
import Testing

@Suite struct GGUFBlockTests {
  @Test("layout, GGUF type and kernels agree on the size of a block, for every type", arguments: GGUFBlock.allCases)
  func sizes(block: GGUFBlock) throws {
    let type = try #require(GGUFType(rawValue: block.rawValue))
    #expect(block.valueCount == type.blockSize && block.byteCount == type.blockBytes)
    let layout = try #require(GGUFBlockLayout(type))
    #expect(layout.tile == (1, block.valueCount))
    let parts = layout.parts(for: [3, 5, 512])
    #expect(parts.map(\.shape) == [[3, 5, 512 / block.valueCount * block.byteCount]])
    #expect(parts[0].byteRange(rows: 2..<4) == 2 * parts[0].byteCount / 15..<4 * parts[0].byteCount / 15)
    #expect(layout.refusal(of: [4, 512]) == nil && (layout.refusal(of: [4, 511]) == nil) == (block.valueCount == 1))
    #expect(layout.refusal(of: []) != nil)
  }

  @Test("a type has a layout exactly when it has kernels")
  func types() {
    #expect(Set(GGUFBlockLayout.types.map(\.rawValue)) == Set(GGUFBlock.allCases.map(\.rawValue)))
    for type in GGUFType.allCases {
      #expect((GGUFBlockLayout(type) == nil) == (GGUFBlock(rawValue: type.rawValue) == nil))
    }
    #expect(
      GGUFBlockLayout.named.map(\.name) == [
        "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_K", "q3_K", "q4_K", "q5_K", "q6_K", "iq4_nl", "iq4_xs",
        "gguf-mxfp4", "iq3_s", "iq3_xxs", "iq2_s", "iq2_xs", "iq2_xxs", "iq1_m", "iq1_s", "tq1_0", "tq2_0", "q1_0",
        "q2_0", "gguf-nvfp4", "i8", "i16", "i32", "i64", "f64",
      ])
  }

  @Test(
    "a type is writable exactly when its kernels encode, and a recipe for another is refused",
    arguments: GGUFBlockLayout.named)
  func writable(layout: GGUFBlockLayout) throws {
    #expect(layout.isWritable == GGUFBlock(rawValue: layout.type.rawValue)?.isWritable)
    #expect((layout.writingRefusal == nil) == layout.isWritable)
    let json = try JSONValue(
      parsing: Array(
        #"{"schema":"ckpt.recipe/1","name":"x","rules":[{"encoding":"\#(layout.name)"}]}"#.utf8), file: "x.json")
    if layout.isWritable {
      #expect(throws: Never.self) { try Recipe(json, file: "x.json") }
    } else {
      let error = #expect(throws: CheckpointError.self) { try Recipe(json, file: "x.json") }
      #expect(error?.code == .recipeMalformed && error?.problem.contains("not written") == true)
    }
  }

  private func gaussian(_ count: Int) -> [Float] {
    var state: UInt64 = 88_172_645_463_325_252
    func uniform() -> Float {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) * 0x1p-24
    }
    return (0..<count).map { _ in (uniform() + uniform() + uniform() + uniform() - 2) * 0.05 }
  }

  /// Rows of a 3 × 512 matrix by the codec.
  private func encoded(_ layout: GGUFBlockLayout, _ values: [Float], _ options: EncodeOptions) -> (
    [UInt8], EncodeReport
  ) {
    var bytes = [UInt8](repeating: 0xa5, count: layout.parts(for: [3, 512])[0].byteCount + 5)
    let report = values.withUnsafeBufferPointer { values in
      bytes.withUnsafeMutableBytes {
        Codecs.codec(for: layout).encode(values, rows: 0..<3, shape: [3, 512], options: options, into: [$0])
      }
    }
    return (bytes, report)
  }

  @Test(
    "any columns of any rows decode to what the whole matrix decodes to, close to what was encoded",
    arguments: GGUFBlockLayout.named.filter(\.isWritable))
  func roundTrip(layout: GGUFBlockLayout) {
    let values = gaussian(3 * 512)
    let (bytes, report) = encoded(layout, values, EncodeOptions())
    #expect(report.groups == 3 * 512 / layout.type.blockSize && report.nonFinite == nil)
    #expect(bytes.suffix(5) == [0xa5, 0xa5, 0xa5, 0xa5, 0xa5])
    func decoded(_ rows: Range<Int>, _ columns: Range<Int>) -> [Float] {
      var output = [Float](repeating: 9, count: rows.count * columns.count)
      bytes.withUnsafeBytes { bytes in
        output.withUnsafeMutableBufferPointer {
          Codecs.codec(for: layout).decode(
            rows: rows, columns: columns, of: StoredRows(shape: [3, 512], rows: 0..<3, parts: [bytes]), into: $0)
        }
      }
      return output
    }
    let whole = decoded(0..<3, 0..<512)
    for columns in [0..<512, 0..<32, 5..<6, 31..<65, 250..<300, 256..<512, 511..<512] {
      for rows in [0..<3, 1..<2] {
        let expected = rows.flatMap { row in columns.map { whole[row * 512 + $0].bitPattern } }
        #expect(decoded(rows, columns).map(\.bitPattern) == expected, "\(rows) × \(columns)")
      }
    }
    var (error, reference): (Double, Double) = (0, 0)
    for (a, b) in zip(whole, values) {
      error += Double((a - b) * (a - b))
      reference += Double(b * b)
    }
    // Q2_K loses 0.30 of Gaussian values (relative, root of the mean square), the others less.
    #expect(error < 0.31 * 0.31 * reference)
  }

  @Test("of types that are only read, any columns decode to what the whole row decodes to")
  func readOnly() {
    for layout in GGUFBlockLayout.named where !layout.isWritable {
      let bytes = (0..<layout.parts(for: [2, 512])[0].byteCount).map {
        UInt8(truncatingIfNeeded: $0 &* 73 ^ $0 >> 3 & 0x3f)
      }
      func decoded(_ rows: Range<Int>, _ columns: Range<Int>) -> [UInt32] {
        var output = [Float](repeating: 9, count: rows.count * columns.count)
        bytes.withUnsafeBytes { bytes in
          output.withUnsafeMutableBufferPointer {
            Codecs.codec(for: layout).decode(
              rows: rows, columns: columns, of: StoredRows(shape: [2, 512], rows: 0..<2, parts: [bytes]), into: $0)
          }
        }
        return output.map(\.bitPattern)
      }
      let whole = decoded(0..<2, 0..<512)
      #expect(Set(whole).count > 2, "\(layout.name)")
      for columns in [5..<6, 31..<65, 250..<300, 511..<512] {
        #expect(decoded(1..<2, columns) == columns.map { whole[512 + $0] }, "\(layout.name), \(columns)")
      }
    }
  }

  @Test("the first value that is not finite is named, and importance of a column changes what is kept")
  func reports() throws {
    let layout = try #require(GGUFBlockLayout(.q4K))
    var values = gaussian(3 * 512)
    let plain = encoded(layout, values, EncodeOptions(importance: .none)).0
    let equal = encoded(layout, values, EncodeOptions()).0
    let ones = encoded(layout, values, EncodeOptions(importance: .columns([Float](repeating: 1, count: 512)))).0
    let weighted = encoded(layout, values, EncodeOptions(importance: .columns((0..<512).map { Float($0 % 7) }))).0
    #expect(plain != equal && equal == ones && weighted != equal)
    values[2 * 512 + 300] = .nan
    values[512 + 3] = -.infinity
    let report = encoded(layout, values, EncodeOptions()).1
    #expect(report.nonFinite?.row == 1 && report.nonFinite?.column == 3)
  }

  @Test("a value that makes a scale larger than F16 holds is named, for every type whose scales are F16")
  func overflow() throws {
    for layout in GGUFBlockLayout.named where layout.isWritable && layout.type != .mxfp4 {
      for importance in [EncodeOptions.Importance.none, .equal] {
        var values = gaussian(3 * 512)
        // F16 ends at 65504; the coarsest code of a type stands for at most 128 × 128 times its scale.
        values[512 + 300] = -65504 * 2 * 128 * 128
        let report = encoded(layout, values, EncodeOptions(importance: importance)).1
        #expect(report.nonFinite?.row == 1 && report.nonFinite?.column == 300, "\(layout.name)")
        values[512 + 300] = 65504
        #expect(encoded(layout, values, EncodeOptions(importance: importance)).1.nonFinite == nil, "\(layout.name)")
      }
    }
  }

  @Test("a finite value that F16 or BF16 would make infinite is named; what is infinite itself stays so")
  func plainOverflow() {
    // 65520 is the middle between the largest F16 and what would follow it; ties go to the even neighbour, which is none.
    for (dtype, fits, tooLarge) in [
      (DType.f16, Float(65519.996), Float(65520)), (.bf16, Float(bitPattern: 0x7f7f_7fff), .greatestFiniteMagnitude),
    ] {
      func place(_ last: Float) -> (row: Int, column: Int)? {
        let values: [Float] = [1, -.infinity, .nan, 2, 3, last]
        var bytes = [UInt8](repeating: 0, count: 12)
        return values.withUnsafeBufferPointer { values in
          bytes.withUnsafeMutableBytes {
            Codecs.codec(for: PlainLayout(dtype)).encode(
              values, rows: 7..<9, shape: [9, 3], options: EncodeOptions(), into: [$0]
            ).nonFinite
          }
        }
      }
      #expect(place(fits) == nil)
      #expect(place(-tooLarge)?.row == 8 && place(tooLarge)?.column == 2)
    }
  }
}
