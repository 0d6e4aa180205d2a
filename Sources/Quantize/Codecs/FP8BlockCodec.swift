public import CheckpointKit
internal import Kernels

/// Block-fp8: `value = fp8 × scale` of its 128 × 128 block.
///
/// Encoding takes the largest magnitude of each block, cut at the edges; the scale is `largest / 448`, rounded to the
/// scale's dtype (to the next power of two above, for F8_E8M0 or where the options ask for powers), and a code is the
/// quotient by the rounded scale.
public struct FP8BlockCodec: Codec {
  public let layout: FP8BlockLayout

  public init(_ layout: FP8BlockLayout) { self.layout = layout }

  private static let block = FP8BlockLayout.block

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let width = stored.shape.columns
    withScales(width) { scales in
      var scaleRow = -1
      for (i, row) in rows.enumerated() {
        if row / Self.block != scaleRow {
          scaleRow = row / Self.block
          loadScales(ofRow: row, stored, into: scales)
        }
        let start = (row - stored.rows.lowerBound) * width
        Level.current.decodeFP8(
          UnsafeRawBufferPointer(rebasing: stored.parts[0][start..<start + width]), columns: columns,
          scales: UnsafeBufferPointer(scales),
          into: UnsafeMutableBufferPointer(rebasing: output[i * columns.count..<(i + 1) * columns.count]))
      }
    }
  }

  /// The scales of the blocks that a row, absolute in the stored matrix, passes through.
  func loadScales(ofRow row: Int, _ stored: StoredRows, into scales: UnsafeMutableBufferPointer<Float>) {
    let scaleRow = row / Self.block - stored.rows.lowerBound / Self.block
    Scales.load(stored.parts[1], from: scaleRow * scales.count, layout.scale, into: scales)
  }

  /// Room for the scales of one row of blocks.
  func withScales<R>(_ columns: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns.ceilDiv(Self.block)) { body($0) }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    let width = shape.columns
    let blocks = width.ceilDiv(Self.block)
    var report = EncodeReport()
    withScales(width) { scales in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: blocks) { largest in
        for blockRow in 0..<rows.count.ceilDiv(Self.block) {
          let blockRows = blockRow * Self.block..<min(rows.count, (blockRow + 1) * Self.block)
          largest.update(repeating: 0)
          for row in blockRows { Level.current.largestByBlock(Self.row(row, width, values), into: largest) }
          for block in 0..<blocks {
            let magnitude = Float(bitPattern: largest[block])
            guard magnitude.isFinite else {
              let columns = block * Self.block..<min(width, (block + 1) * Self.block)
              report.nonFinite = Self.firstNonFinite(values, blockRows, columns, width)
                .map { (rows.lowerBound + $0.row, $0.column) }
              return
            }
            let place = blockRow * blocks + block
            var scale = FP8Reference.scale(largest: magnitude)
            if options.hasPowerScales { scale = FloatFormats.float(e8m0: FloatFormats.e8m0RoundedUp(scale)) }
            Scales.storePositive(scale, parts[1], place, layout.scale)
            scales[block] = Scales.load(UnsafeRawBufferPointer(parts[1]), place, layout.scale)
          }
          for row in blockRows {
            Level.current.encodeFP8(
              Self.row(row, width, values), scales: UnsafeBufferPointer(scales),
              into: UnsafeMutableRawBufferPointer(rebasing: parts[0][row * width..<(row + 1) * width]))
          }
        }
      }
    }
    return report
  }

  private static func row(
    _ row: Int, _ width: Int, _ values: UnsafeBufferPointer<Float>
  ) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width])
  }

  /// The first place in a block, row by row.
  private static func firstNonFinite(
    _ values: UnsafeBufferPointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, _ width: Int
  ) -> (row: Int, column: Int)? {
    for row in rows {
      let start = row * width
      let part = UnsafeBufferPointer(rebasing: values[start + columns.lowerBound..<start + columns.upperBound])
      if let column = Level.current.firstNonFinite(part) { return (row, columns.lowerBound + column) }
    }
    return nil
  }
}
