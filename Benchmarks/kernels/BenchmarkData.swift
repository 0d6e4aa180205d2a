import Kernels

/// Weights like those of a model, in each form that a kernel reads, and room for what it writes.
final class BenchmarkData {
  static let rows = 128
  static let columns = 2048
  static let count = rows * columns

  private let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
  private let halves = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count, alignment: 64)
  private let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
  private let others = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
  private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count, alignment: 64)
  private let scaleBytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count / 32, alignment: 64)
  private let scales = UnsafeMutableBufferPointer<Float>.allocate(capacity: columns / 32)
  private let blockScales = UnsafeMutableBufferPointer<Float>.allocate(capacity: columns / 128)
  private let largest = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: columns / 128)

  init() {
    var state: UInt64 = 88_172_645_463_325_252
    func uniform() -> Float {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) * 0x1p-24
    }
    for i in blockScales.indices { blockScales[i] = (uniform() + 1) * 1e-4 }
    for i in 0..<Self.count {
      var sum: Float = -6
      for _ in 0..<12 { sum += uniform() }
      codes[i] = FloatFormats.e4m3(sum * 100)
      values[i] = FP8Reference.value(codes[i], scale: blockScales[i % Self.columns / 128])
      others[i] = values[i] * 1.01
      halves.storeBytes(of: FloatFormats.bf16(values[i]), toByteOffset: 2 * i, as: UInt16.self)
    }
    scales.initialize(repeating: 0.01)
    largest.initialize(repeating: 0)
  }

  func copy() { bytes.copyMemory(from: UnsafeRawBufferPointer(codes)) }

  func subjects(_ level: Level) -> [Subject] {
    func subject(_ kernel: String, bytes: Int, isSlow: Bool = false, _ row: @escaping (Int) -> Void) -> Subject {
      Subject(kernel: kernel, level: level.name, inputBytes: bytes * Self.count, isSlow: isSlow) {
        for i in 0..<Self.rows { row(i) }
      }
    }
    let fused = [32, 64, 128].map { group in
      Subject(kernel: "fp8 to INT4 g\(group)", level: level.name, inputBytes: Self.count) { [self] in
        _ = level.encodeINT4(
          fp8: UnsafeRawBufferPointer(codes), columns: Self.columns, blockScales: UnsafeBufferPointer(blockScales),
          group: group, scales: UnsafeMutableRawBufferPointer(rebasing: scaleBytes[..<(2 * Self.count / group)]),
          packed: UnsafeMutableRawBufferPointer(rebasing: bytes[..<(Self.count / 2)]))
      }
    }
    return fused + [
      subject("fp8 to F32", bytes: 1) { [self] i in
        level.decodeFP8(
          bytes(codes, i, 1), columns: 0..<Self.columns, scales: UnsafeBufferPointer(blockScales), into: target(i))
      },
      subject("F32 to fp8, largest", bytes: 4) { [self] i in level.largestByBlock(row(values, i), into: largest) },
      subject("F32 to fp8, codes", bytes: 4) { [self] i in
        level.encodeFP8(row(values, i), scales: UnsafeBufferPointer(blockScales), into: target(bytes, i, 1))
      },
      subject("BF16 to F32", bytes: 2) { [self] i in level.decodeBF16(bytes(halves, i, 2), into: target(i)) },
      subject("F32 to BF16", bytes: 4) { [self] i in level.encodeBF16(row(values, i), into: target(bytes, i, 2)) },
      subject("F16 to F32", bytes: 2) { [self] i in level.decodeF16(bytes(halves, i, 2), into: target(i)) },
      subject("F32 to F16", bytes: 4) { [self] i in level.encodeF16(row(values, i), into: target(bytes, i, 2)) },
      subject("F32 to INT4 g32, ct, BF16", bytes: 4) { [self] i in encode(level, i, .bf16) },
      subject("F32 to INT4 g32, ct, F16", bytes: 4) { [self] i in encode(level, i, .f16) },
      subject("F32 to INT4 g32, ct, F32", bytes: 4) { [self] i in encode(level, i, .f32) },
      subject("F32 to INT4 g32, mse, BF16", bytes: 4, isSlow: true) { [self] i in
        _ = level.searchINT4(row(values, i), group: 32, .bf16, scales: scales, packed: packed(i))
      },
      subject("INT4 g32 to F32", bytes: 1) { [self] i in
        level.decodeINT4(
          UnsafeRawBufferPointer(rebasing: codes[i * Self.columns / 2..<(i + 1) * Self.columns / 2]),
          columns: 0..<Self.columns, group: 32, scales: UnsafeBufferPointer(scales), into: target(i))
      },
      subject("error sums", bytes: 8) { [self] i in
        _ = level.errorSums(of: row(values, i), against: row(others, i))
      },
      subject("finite check", bytes: 4) { [self] i in _ = level.firstNonFinite(row(values, i)) },
    ]
  }

  /// The same by the references, one value at a time.
  func referenceFP8ToINT4(rows: Int) {
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: 32) { nibbles in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { group in
        for start in stride(from: 0, to: rows * Self.columns, by: 32) {
          let scale = blockScales[start % Self.columns / 128]
          for i in 0..<32 { group[i] = FP8Reference.value(codes[start + i], scale: scale) }
          scales[0] = INT4Reference.encodeCT(UnsafeBufferPointer(group), .bf16, codes: nibbles)
          for i in 0..<16 {
            bytes[start / 2 + i] = UInt8(nibbles[2 * i] + 8) | UInt8(nibbles[2 * i + 1] + 8) << 4
          }
        }
      }
    }
  }

  private func encode(_ level: Level, _ i: Int, _ precision: INT4Reference.Precision) {
    _ = level.encodeINT4(row(values, i), group: 32, precision, scales: scales, packed: packed(i))
  }

  private func row(_ values: UnsafeMutableBufferPointer<Float>, _ i: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: values[i * Self.columns..<(i + 1) * Self.columns])
  }

  private func target(_ i: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: others[i * Self.columns..<(i + 1) * Self.columns])
  }

  private func bytes(_ bytes: UnsafeMutableRawBufferPointer, _ i: Int, _ width: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[i * Self.columns * width..<(i + 1) * Self.columns * width])
  }

  private func target(
    _ bytes: UnsafeMutableRawBufferPointer, _ i: Int, _ width: Int
  ) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[i * Self.columns * width..<(i + 1) * Self.columns * width])
  }

  private func packed(_ i: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: bytes[i * Self.columns / 2..<(i + 1) * Self.columns / 2])
  }
}
