internal import CheckpointKit
internal import Kernels

/// A scale as it is stored: F32, BF16, F16 or a power of two.
enum Scales {
  /// Scales from an index on, as Float32.
  static func load(
    _ bytes: UnsafeRawBufferPointer, from index: Int, _ dtype: DType, into scales: UnsafeMutableBufferPointer<Float>
  ) {
    for i in scales.indices { scales[i] = load(bytes, index + i, dtype) }
  }

  @inline(__always)
  static func load(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ dtype: DType) -> Float {
    switch dtype {
    case .bf16: FloatFormats.float(bf16: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    case .f16: FloatFormats.float(f16: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    case .f8e8m0: FloatFormats.float(e8m0: bytes[index])
    default: Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }
  }

  /// Stores the scale of an fp8 block, which must be a positive number in its dtype too: a scale that F16 cannot hold
  /// becomes the nearest that it can.
  static func storePositive(
    _ value: Float, _ bytes: UnsafeMutableRawBufferPointer, _ index: Int, _ dtype: DType
  ) {
    store(dtype == .f16 ? max(0x1p-24, min(65504, value)) : value, bytes, index, dtype)
  }

  @inline(__always)
  static func store(_ value: Float, _ bytes: UnsafeMutableRawBufferPointer, _ index: Int, _ dtype: DType) {
    switch dtype {
    case .bf16: bytes.storeBytes(of: FloatFormats.bf16(value), toByteOffset: 2 * index, as: UInt16.self)
    case .f16: bytes.storeBytes(of: FloatFormats.f16(value), toByteOffset: 2 * index, as: UInt16.self)
    case .f8e8m0: bytes[index] = FloatFormats.e8m0RoundedUp(value)
    default: bytes.storeBytes(of: value.bitPattern, toByteOffset: 4 * index, as: UInt32.self)
    }
  }
}
