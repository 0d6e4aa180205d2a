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
    let rowBytes = stored.shape.columns.ceilDiv(8) * 4
    let groups = stored.shape.columns / layout.group
    withUnsafeTemporaryAllocation(of: Float.self, capacity: groups) { scales in
      for (i, row) in rows.enumerated() {
        let place = row - stored.rows.lowerBound
        Scales.load(stored.parts[1], from: place * groups, layout.scale, into: scales)
        Level.current.decodeINT4(
          UnsafeRawBufferPointer(rebasing: stored.parts[0][place * rowBytes..<(place + 1) * rowBytes]),
          columns: columns, group: layout.group, scales: UnsafeBufferPointer(scales),
          into: UnsafeMutableBufferPointer(rebasing: output[i * columns.count..<(i + 1) * columns.count]))
      }
    }
  }

  /// A value counts as not finite where the weights' dtype cannot hold it, because a library would see infinity.
  public func encode(
    _ values: UnsafeBufferPointer<Float>, rows: Range<Int>, shape: Shape, options: EncodeOptions,
    into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport {
    var report = EncodeReport()
    let width = shape.columns
    let groups = width / layout.group
    let precision = INT4Reference.Precision(options.weightDType)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: groups) { scales in
      for i in 0..<rows.count {
        let row = UnsafeBufferPointer(rebasing: values[i * width..<(i + 1) * width])
        let packed = UnsafeMutableRawBufferPointer(rebasing: parts[0][i * width / 2..<(i + 1) * width / 2])
        let column =
          switch options.rounding {
          case .ct:
            Level.current.encodeINT4(row, group: layout.group, precision, scales: scales, packed: packed)
          case .mse:
            Level.current.searchINT4(row, group: layout.group, precision, scales: scales, packed: packed)
          case .exact:
            encodeExact(row, precision, scales, packed, &report.exactGroups)
          }
        if let column {
          report.nonFinite = (rows.lowerBound + i, column)
          return
        }
        for (group, scale) in scales.enumerated() { Scales.store(scale, parts[1], i * groups + group, layout.scale) }
        report.groups += groups
      }
    }
    storeShape(rows, shape, parts)
    return report
  }

  private func encodeExact(
    _ row: UnsafeBufferPointer<Float>, _ precision: INT4Reference.Precision,
    _ scales: UnsafeMutableBufferPointer<Float>, _ packed: UnsafeMutableRawBufferPointer, _ exactGroups: inout Int
  ) -> Int? {
    if let column = row.firstIndex(where: { !precision.rounded($0).isFinite }) { return column }
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: layout.group) { codes in
      for group in scales.indices {
        let start = group * layout.group
        let values = UnsafeBufferPointer(rebasing: row[start..<start + layout.group])
        if let scale = INT4Reference.encodeExact(values, precision, codes: codes) {
          scales[group] = scale
          exactGroups += 1
        } else {
          scales[group] = INT4Reference.encodeCT(values, precision, codes: codes)
        }
        for pair in 0..<layout.group / 2 {
          let (low, high) = (UInt8(codes[2 * pair] + 8), UInt8(codes[2 * pair + 1] + 8))
          packed[start / 2 + pair] = low | high << 4
        }
      }
    }
    return nil
  }

  /// Encodes rows of block-fp8 by the `ct` rule in BF16 without going through Float32: the bytes that decoding and
  /// encoding would give.
  ///
  /// - Returns: nil where this way cannot be taken, which leaves it to the other to say why.
  func encode(
    _ stored: StoredRows, of codec: FP8BlockCodec, rows: Range<Int>, into parts: [UnsafeMutableRawBufferPointer]
  ) -> EncodeReport? {
    let shape = stored.shape
    let (width, block) = (shape.columns, FP8BlockLayout.block)
    let isDone = codec.withScales(width) { blockScales in
      var start = rows.lowerBound
      while start < rows.upperBound {
        let run = start..<min(rows.upperBound, (start / block + 1) * block)
        codec.loadScales(ofRow: start, stored, into: blockScales)
        let source = (start - stored.rows.lowerBound) * width
        let target = (start - rows.lowerBound) * width
        let values = run.count * width
        let scales = target / layout.group * 2..<(target + values) / layout.group * 2
        guard
          Level.current.encodeINT4(
            fp8: UnsafeRawBufferPointer(rebasing: stored.parts[0][source..<source + values]), columns: width,
            blockScales: UnsafeBufferPointer(blockScales), group: layout.group,
            scales: UnsafeMutableRawBufferPointer(rebasing: parts[1][scales]),
            packed: UnsafeMutableRawBufferPointer(rebasing: parts[0][target / 2..<(target + values) / 2]))
        else { return false }
        start = run.upperBound
      }
      return true
    }
    guard isDone else { return nil }
    storeShape(rows, shape, parts)
    var report = EncodeReport()
    report.groups = rows.count * width / layout.group
    return report
  }

  private func storeShape(_ rows: Range<Int>, _ shape: Shape, _ parts: [UnsafeMutableRawBufferPointer]) {
    if rows.lowerBound == 0 { storeShape(shape, parts[2]) }
  }

  private func storeShape(_ shape: Shape, _ bytes: UnsafeMutableRawBufferPointer) {
    for (i, dimension) in [shape.rows, shape.columns].enumerated() {
      switch layout.shapeDType.bitsPerElement {
      case 64: bytes.storeBytes(of: Int64(dimension), toByteOffset: 8 * i, as: Int64.self)
      case 32: bytes.storeBytes(of: Int32(truncatingIfNeeded: dimension), toByteOffset: 4 * i, as: Int32.self)
      default: bytes.storeBytes(of: Int16(truncatingIfNeeded: dimension), toByteOffset: 2 * i, as: Int16.self)
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
