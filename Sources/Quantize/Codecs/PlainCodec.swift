public import CheckpointKit
internal import Kernels

/// BF16, F16 and F32 as they are. Encoding rounds once, to nearest even.
public struct PlainCodec: Codec {
  public let layout: PlainLayout

  public init(_ layout: PlainLayout) { self.layout = layout }

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let width = stored.shape.columns
    var target = 0
    for row in rows {
      let start = (row - stored.rows.lowerBound) * width
      for column in columns {
        output[target] = load(stored.parts[0], start + column)
        target += 1
      }
    }
  }

  @inline(__always)
  private func load(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Float {
    switch layout.dtype {
    case .bf16: FloatFormats.float(bf16: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    case .f16: FloatFormats.float(f16: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    default: Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    for (i, value) in values.enumerated() {
      switch layout.dtype {
      case .bf16: parts[0].storeBytes(of: FloatFormats.bf16(value), toByteOffset: 2 * i, as: UInt16.self)
      case .f16: parts[0].storeBytes(of: FloatFormats.f16(value), toByteOffset: 2 * i, as: UInt16.self)
      default: parts[0].storeBytes(of: value.bitPattern, toByteOffset: 4 * i, as: UInt32.self)
      }
    }
    return EncodeReport()
  }
}
