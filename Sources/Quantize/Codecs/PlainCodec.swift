public import CheckpointKit
internal import Kernels

/// BF16, F16 and F32 as they are. Encoding rounds once, to nearest even.
public struct PlainCodec: Codec {
  public let layout: PlainLayout

  public init(_ layout: PlainLayout) { self.layout = layout }

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let bytesPerValue = layout.dtype.bitsPerElement / 8
    // Whole rows lie behind one another in both, and are one run.
    let isWhole = columns == 0..<stored.shape.columns
    let count = isWhole ? rows.count * columns.count : columns.count
    for (i, row) in (isWhole ? rows.prefix(1) : rows).enumerated() {
      let start = ((row - stored.rows.lowerBound) * stored.shape.columns + columns.lowerBound) * bytesPerValue
      let bytes = UnsafeRawBufferPointer(rebasing: stored.parts[0][start..<start + count * bytesPerValue])
      let values = UnsafeMutableBufferPointer(rebasing: output[i * count..<(i + 1) * count])
      switch layout.dtype {
      case .bf16: Level.current.decodeBF16(bytes, into: values)
      case .f16: Level.current.decodeF16(bytes, into: values)
      default: UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
      }
    }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: parts[0][..<(values.count * layout.dtype.bitsPerElement / 8)])
    var report = EncodeReport()
    var overflow: Int?
    switch layout.dtype {
    case .bf16:
      Level.current.encodeBF16(values, into: bytes)
      overflow = firstOverflow(values, UnsafeRawBufferPointer(bytes), infinity: 0x7f80)
    case .f16:
      Level.current.encodeF16(values, into: bytes)
      overflow = firstOverflow(values, UnsafeRawBufferPointer(bytes), infinity: 0x7c00)
    default: bytes.copyMemory(from: UnsafeRawBufferPointer(values))
    }
    if let overflow, shape.columns > 0 {
      report.nonFinite = (rows.lowerBound + overflow / shape.columns, overflow % shape.columns)
    }
    return report
  }

  /// The first finite value that became infinite. What is infinite itself stays so.
  private func firstOverflow(
    _ values: UnsafeBufferPointer<Float>, _ bytes: UnsafeRawBufferPointer, infinity: UInt16
  ) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    func magnitude(_ i: Int) -> Int16 {
      Int16(bitPattern: UInt16(littleEndian: base.loadUnaligned(fromByteOffset: 2 &* i, as: UInt16.self)) & 0x7fff)
    }
    // The largest alone, in whole registers: hardly any panel holds one to look for.
    let limit = Int16(bitPattern: infinity)
    var largest: Int16 = 0
    for i in 0..<values.count { largest = max(largest, magnitude(i)) }
    return largest < limit ? nil : values.indices.first { values[$0].isFinite && magnitude($0) == limit }
  }
}
