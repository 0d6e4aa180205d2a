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
    let rowBytes = stored.shape.columns / block.valueCount * block.byteCount
    decodeBlocks(of: block.valueCount, rows: rows, columns: columns, into: output) { row, blocks, values in
      let start = (row - stored.rows.lowerBound) * rowBytes
      let range = start + blocks.lowerBound * block.byteCount..<start + blocks.upperBound * block.byteCount
      Level.current.decodeGGUF(UnsafeRawBufferPointer(rebasing: stored.parts[0][range]), block, into: values)
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
    if let block = firstOverflow(in: UnsafeRawBufferPointer(bytes)) {
      let place = largest(values, from: block * self.block.valueCount)
      report.nonFinite = (rows.lowerBound + place / shape.columns, place % shape.columns)
    }
    return report
  }

  /// The first block with a scale that F16 cannot hold. `llama-quantize` looks for one in what it wrote, too
  /// (`ggml_validate_row_data`).
  private func firstOverflow(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let (first, second) = block.halfOffsets, let base = bytes.baseAddress else { return nil }
    for i in 0..<bytes.count / block.byteCount {
      let start = base + i &* block.byteCount
      let a = UInt16(littleEndian: start.loadUnaligned(fromByteOffset: first, as: UInt16.self))
      let b = UInt16(littleEndian: start.loadUnaligned(fromByteOffset: second, as: UInt16.self))
      if a & 0x7c00 == 0x7c00 || b & 0x7c00 == 0x7c00 { return i }
    }
    return nil
  }

  /// The place of a block's largest magnitude.
  private func largest(_ values: UnsafeBufferPointer<Float>, from start: Int) -> Int {
    (start..<start + block.valueCount).max { abs(values[$0]) < abs(values[$1]) } ?? start
  }
}
