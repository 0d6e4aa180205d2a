public import CheckpointKit
internal import Kernels

/// MXFP4 in gpt-oss's layout.
///
/// Encoding takes ggml's scale, `2^(floor(log2(largest)) − 2)`, and for each value the nearest code, of two equally near
/// ones the first; the codes are those of the GGUF block of the same values.
public struct MXFP4Codec: Codec {
  public let layout: MXFP4Layout

  public init(_ layout: MXFP4Layout) { self.layout = layout }

  private static let block = MXFP4Layout.block

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let blocksPerRow = stored.shape.columns / Self.block
    decodeBlocks(of: Self.block, rows: rows, columns: columns, into: output) { row, blocks, values in
      let start = (row - stored.rows.lowerBound) * blocksPerRow
      let range = start + blocks.lowerBound..<start + blocks.upperBound
      MXFP4Reference.decode(
        UnsafeRawBufferPointer(rebasing: stored.parts[0][16 * range.lowerBound..<16 * range.upperBound]),
        scales: UnsafeRawBufferPointer(rebasing: stored.parts[1][range]), into: values)
    }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    var report = EncodeReport()
    if let place = Level.current.firstNonFinite(values) {
      report.nonFinite = (rows.lowerBound + place / shape.columns, place % shape.columns)
      return report
    }
    let type = GGUFBlock.mxfp4
    withUnsafeTemporaryAllocation(byteCount: type.byteCount, alignment: 8) { block in
      for number in 0..<values.count / Self.block {
        let group = UnsafeBufferPointer(rebasing: values[number * Self.block..<(number + 1) * Self.block])
        Level.current.encodeGGUF(group, columns: Self.block, importance: nil, type, into: block)
        MXFP4Reference.unpack(
          gguf: UnsafeRawBufferPointer(block),
          into: UnsafeMutableRawBufferPointer(rebasing: parts[0][16 * number..<16 * (number + 1)]),
          scale: &parts[1][number])
      }
    }
    report.groups = values.count / Self.block
    return report
  }
}
