public import CheckpointKit
internal import Kernels

/// Block-fp8: `value = fp8 × scale` of its 128 × 128 block.
///
/// Encoding takes the largest magnitude of each block, cut at the edges; the scale is `largest / 448`, rounded to the
/// scale's dtype (to the next power of two above, for F8_E8M0), and a code is the quotient by the rounded scale.
public struct FP8BlockCodec: Codec {
  public let layout: FP8BlockLayout

  public init(_ layout: FP8BlockLayout) { self.layout = layout }

  private static let block = FP8BlockLayout.block

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let width = stored.shape.columns
    let blocks = width.ceilDiv(Self.block)
    let firstScaleRow = stored.rows.lowerBound / Self.block
    FloatFormats.e4m3Values.withUnsafeBufferPointer { values in
      var target = 0
      for row in rows {
        let weights = UnsafeRawBufferPointer(
          rebasing: stored.parts[0][((row - stored.rows.lowerBound) * width)...])
        let scaleRow = (row / Self.block - firstScaleRow) * blocks
        for column in columns {
          let scale = Scales.load(stored.parts[1], scaleRow + column / Self.block, layout.scale)
          output[target] = values[Int(weights[column])] * scale
          target += 1
        }
      }
    }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    let width = shape.columns
    let blocks = width.ceilDiv(Self.block)
    var report = EncodeReport()
    for blockRow in 0..<rows.count.ceilDiv(Self.block) {
      let blockRows = blockRow * Self.block..<min(rows.count, (blockRow + 1) * Self.block)
      for blockColumn in 0..<blocks {
        let columns = blockColumn * Self.block..<min(width, (blockColumn + 1) * Self.block)
        var largest: Float = 0
        for row in blockRows {
          for column in columns {
            let value = values[row * width + column]
            guard value.isFinite else {
              report.nonFinite = (rows.lowerBound + row, column)
              return report
            }
            largest = max(largest, abs(value))
          }
        }
        let place = blockRow * blocks + blockColumn
        Scales.store(FP8Reference.scale(largest: largest), parts[1], place, layout.scale)
        let scale = Scales.load(UnsafeRawBufferPointer(parts[1]), place, layout.scale)
        for row in blockRows {
          for column in columns {
            parts[0][row * width + column] = FP8Reference.code(values[row * width + column], scale: scale)
          }
        }
      }
    }
    return report
  }
}
