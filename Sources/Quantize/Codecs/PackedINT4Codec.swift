public import CheckpointKit
internal import Kernels

/// Symmetric INT4 in groups: `value = (nibble − 8) × scale`.
///
/// Three rules choose a group's scale: `ct`, `mse` and `exact` (``EncodeOptions/Rounding``). A group that `exact` cannot
/// give back gets the `ct` rule.
public struct PackedINT4Codec: Codec {
  public let layout: PackedINT4Layout

  public init(_ layout: PackedINT4Layout) { self.layout = layout }

  public func decode(
    rows: Range<Int>, columns: Range<Int>, of stored: StoredRows, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let words = stored.shape.columns.ceilDiv(8)
    let groups = stored.shape.columns / layout.group
    var target = 0
    for row in rows {
      let place = row - stored.rows.lowerBound
      for column in columns {
        let byte = stored.parts[0][place * words * 4 + column / 2]
        let nibble = column % 2 == 0 ? byte & 15 : byte >> 4
        let scale = Scales.load(stored.parts[1], place * groups + column / layout.group, layout.scale)
        output[target] = Float(Int(nibble) - 8) * scale
        target += 1
      }
    }
  }

  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    var report = EncodeReport()
    let width = shape.columns
    let groups = width / layout.group
    let precision = INT4Reference.Precision(options.weightDType)
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: layout.group) { codes in
      for row in 0..<rows.count {
        for group in 0..<groups {
          let start = row * width + group * layout.group
          let values = UnsafeBufferPointer(rebasing: values[start..<start + layout.group])
          if let bad = values.firstIndex(where: { !$0.isFinite }) {
            report.nonFinite = (rows.lowerBound + row, group * layout.group + bad)
            return
          }
          let scale = encode(values, precision, options.rounding, codes, &report)
          Scales.store(scale, parts[1], row * groups + group, layout.scale)
          for pair in 0..<layout.group / 2 {
            let (low, high) = (UInt8(codes[2 * pair] + 8), UInt8(codes[2 * pair + 1] + 8))
            parts[0][start / 2 + pair] = low | high << 4
          }
        }
      }
    }
    if rows.lowerBound == 0 { storeShape(shape, parts[2]) }
    return report
  }

  private func encode(
    _ values: UnsafeBufferPointer<Float>, _ precision: INT4Reference.Precision, _ rounding: EncodeOptions.Rounding,
    _ codes: UnsafeMutableBufferPointer<Int8>, _ report: inout EncodeReport
  ) -> Float {
    report.groups += 1
    switch rounding {
    case .ct: return INT4Reference.encodeCT(values, precision, codes: codes)
    case .mse: return INT4Reference.encodeMSE(values, precision, codes: codes)
    case .exact:
      guard let scale = INT4Reference.encodeExact(values, precision, codes: codes) else {
        return INT4Reference.encodeCT(values, precision, codes: codes)
      }
      report.exactGroups += 1
      return scale
    }
  }

  private func storeShape(_ shape: Shape, _ bytes: UnsafeMutableRawBufferPointer) {
    for (i, dimension) in [shape.rows, shape.columns].enumerated() {
      if layout.shapeDType == .i64 {
        bytes.storeBytes(of: Int64(dimension), toByteOffset: 8 * i, as: Int64.self)
      } else {
        bytes.storeBytes(of: Int32(truncatingIfNeeded: dimension), toByteOffset: 4 * i, as: Int32.self)
      }
    }
  }
}

extension INT4Reference.Precision {
  init(_ dtype: DType) {
    switch dtype {
    case .f16: self = .f16
    case .f32: self = .f32
    default: self = .bf16
    }
  }
}
