#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Memory outside Swift's heap, on a page boundary: what panels are read into and written from.
///
/// One owner at a time uses it; it is sendable so that an owner may live on any thread.
public final class Buffer: @unchecked Sendable {
  public let byteCount: Int
  public let base: UnsafeMutableRawPointer

  /// Throws where the system has no such memory.
  public init(byteCount: Int) throws(CheckpointError) {
    let size = max(byteCount, 1).roundedUp(to: 4096)
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      throw CheckpointError(
        .planMemory, "the system has no \(byteCount) bytes of memory left", hint: "give a smaller --memory")
    }
    base = memory
    self.byteCount = byteCount
  }

  deinit { munmap(base, max(byteCount, 1).roundedUp(to: 4096)) }

  public var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: byteCount) }
}
