public import CheckpointKit
internal import Kernels

/// The block encodings of GGUF files: bytes equal to those of libggml for the same values and importance. Of those that
/// are only read (``GGUFBlockLayout/isWritable``), a plan encodes none.
///
/// Values of little importance may lose more, so that the others lose less (``EncodeOptions/Importance``).
public struct GGUFBlockCodec: Codec {
  public let layout: GGUFBlockLayout
  private let block: GGUFBlock

  public init(_ layout: GGUFBlockLayout) {
    self.layout = layout
    guard let block = GGUFBlock(rawValue: layout.type.rawValue) else {
      preconditionFailure("the layout \(layout.name) has no kernels")
    }
    self.block = block
  }

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let (size, bytes) = (block.valueCount, block.byteCount)
    let rowBytes = stored.shape.columns / size * bytes
    // The blocks that the columns touch; only the first and the last may be cut.
    let touched = columns.lowerBound / size..<columns.upperBound.ceilDiv(size)
    let isWhole = columns.lowerBound % size == 0 && columns.upperBound % size == 0
    for (i, row) in rows.enumerated() {
      let start = (row - stored.rows.lowerBound) * rowBytes
      let source = UnsafeRawBufferPointer(
        rebasing: stored.parts[0][start + touched.lowerBound * bytes..<start + touched.upperBound * bytes])
      let target = UnsafeMutableBufferPointer(rebasing: output[i * columns.count..<(i + 1) * columns.count])
      if isWhole {
        Level.current.decodeGGUF(source, block, into: target)
        continue
      }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: touched.count * size) { values in
        Level.current.decodeGGUF(source, block, into: values)
        let first = columns.lowerBound - touched.lowerBound * size
        _ = target.update(fromContentsOf: values[first..<first + columns.count])
      }
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
    let blocks = values.count / block.valueCount
    let bytes = UnsafeMutableRawBufferPointer(rebasing: parts[0][..<(blocks * block.byteCount)])
    let importance: [Float]?
    switch options.importance {
    case .none: importance = nil
    case .equal: importance = [Float](repeating: 1, count: shape.columns)
    case .columns(let weights): importance = weights
    }
    if let importance {
      importance.withUnsafeBufferPointer {
        Level.current.encodeGGUF(values, columns: shape.columns, importance: $0, block, into: bytes)
      }
    } else {
      Level.current.encodeGGUF(values, columns: shape.columns, importance: nil, block, into: bytes)
    }
    report.groups = blocks
    return report
  }
}
