internal import CKernels

/// One level of the CPU, with the fast kernels compiled for it. Every level returns the same bits.
///
/// What each kernel computes is said by its reference in `Reference/`, one value or one group at a time.
public struct Level: @unchecked Sendable {
  private let pointer: UnsafePointer<ckernels_table>

  @inline(__always)
  var table: ckernels_table { pointer.pointee }

  /// The levels that this CPU can run, lowest first; the first is the baseline of the architecture.
  public static let available: [Level] = (0..<Int32(ckernels_levels)).compactMap { number in
    ckernels_at(number).map { Level(pointer: $0) }
  }

  /// The level in use: the highest of this CPU, or the one named by the environment variable `CKPT_CPU`. A name that
  /// this CPU does not have changes nothing.
  public static let current = Level(pointer: ckernels_best())

  /// `baseline`, `avx2` or `avx512`.
  public var name: String { String(cString: table.name) }
}

extension Level: CustomStringConvertible {
  public var description: String { name }
}

extension UnsafeRawBufferPointer {
  /// The first byte, for a kernel; nil where there is none, and so nothing to do.
  @inline(__always)
  var bytePointer: UnsafePointer<UInt8>? { isEmpty ? nil : baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawBufferPointer {
  @inline(__always)
  var bytePointer: UnsafeMutablePointer<UInt8>? { isEmpty ? nil : baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
