private import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An open file. Reads and writes name their place, so that threads share one without a lock; closed by its last owner.
public final class OpenFile: Sendable {
  public let path: String
  private let descriptor: Int32
  private let access: FileAccess

  public init(reading path: String, _ access: FileAccess) throws(CheckpointError) {
    try access.check(.open, path)
    self.path = path
    self.access = access
    // Not blocking, so that a pipe of that name is opened and refused, not waited for.
    descriptor = try Self.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, .open)
    // All members are set: where this throws, deinit closes the file.
    switch try status().kind {
    case .regular: break
    case .directory: throw CheckpointError(.foreignFile, file: path, "is a folder, where a file should be")
    case .other: throw CheckpointError(.foreignFile, file: path, "is a pipe or a device, where a file should be")
    }
  }

  /// A new file with the mode that the umask leaves; refused where the name exists.
  public init(creating path: String, _ access: FileAccess) throws(CheckpointError) {
    try access.check(.create, path)
    self.path = path
    self.access = access
    descriptor = try Self.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, .create)
  }

  /// A file that is there, to write into as it is; a link is not followed.
  public init(updating path: String, _ access: FileAccess) throws(CheckpointError) {
    try access.check(.create, path)
    self.path = path
    self.access = access
    descriptor = try Self.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, .create)
  }

  private static func open(_ path: String, _ flags: Int32, _ call: FileAccess.Call) throws(CheckpointError) -> Int32 {
    switch retrying({ path.withSystemPath { Glibc.open($0, flags, 0o666) } }) {
    case .success(let descriptor): return descriptor
    case .failure(let failure): throw systemError(call, path, failure.code)
    }
  }

  deinit { close(descriptor) }

  public func status() throws(CheckpointError) -> FileStatus {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw systemError(.status, path, errno) }
    return FileStatus(info)
  }

  public func size() throws(CheckpointError) -> Int { try status().size }

  /// Fills the buffer from `offset` on; throws where the file ends before it is full.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(CheckpointError) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let wanted = try access.admitted(buffer.count - done, .read, path)
      let count: Int
      switch retrying({ pread(descriptor, base + done, wanted, off_t(offset + done)) }) {
      case .success(let value): count = value
      case .failure(let failure): throw systemError(.read, path, failure.code)
      }
      guard count > 0 else {
        throw CheckpointError(
          .truncated, file: path,
          "needs bytes \(offset)..<\(offset + buffer.count), but the file ends at \(offset + done)",
          hint: "get this file again")
      }
      done += count
    }
  }

  public func readBytes(_ range: Range<Int>) throws(CheckpointError) -> [UInt8] {
    var failure: CheckpointError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(CheckpointError) {
        try read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]),
          at: range.lowerBound)
        count = range.count
      } catch {
        failure = error
        count = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all of the buffer at `offset`.
  public func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) throws(CheckpointError) {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let wanted = try access.admitted(buffer.count - done, .write, path)
      switch retrying({ pwrite(descriptor, base + done, wanted, off_t(offset + done)) }) {
      case .success(let count): done += count
      case .failure(let failure): throw systemError(.write, path, failure.code)
      }
    }
  }

  public func write(_ bytes: [UInt8], at offset: Int) throws(CheckpointError) {
    try bytes.withUnsafeBytesTyped { (raw) throws(CheckpointError) in try write(raw, at: offset) }
  }

  /// Makes the file `bytes` long with the space for it taken, so that no later write can find the disk full.
  ///
  /// Where the file system cannot reserve space the file only gets its length.
  public func reserve(_ bytes: Int) throws(CheckpointError) {
    try access.check(.reserve, path)
    var code: Int32 = 0
    repeat { code = bytes > 0 ? csystem_reserve(descriptor, Int64(bytes)) : 0 } while code == EINTR
    switch code {
    case 0: break
    case EOPNOTSUPP, ENOSYS, EINVAL: try setLength(bytes)
    default: throw systemError(.reserve, path, code)
    }
  }

  /// Makes the file `bytes` long; new bytes are a hole.
  public func setLength(_ bytes: Int) throws(CheckpointError) {
    try access.check(.reserve, path)
    if case .failure(let failure) = retrying({ ftruncate(descriptor, off_t(bytes)) }) {
      throw systemError(.reserve, path, failure.code)
    }
  }

  /// Waits until content and length are on the disk.
  public func sync() throws(CheckpointError) {
    try access.check(.sync, path)
    if case .failure(let failure) = retrying({ fdatasync(descriptor) }) {
      throw systemError(.sync, path, failure.code)
    }
  }

  /// Whether no block of a range was ever written: it reads as zeros that are not on the disk. False where the file
  /// system cannot tell.
  func isHole(_ range: Range<Int>) -> Bool {
    #if canImport(Glibc)
      let seekData: Int32 = 3
    #else
      let seekData = SEEK_DATA
    #endif
    let next = lseek(descriptor, off_t(range.lowerBound), seekData)
    return next < 0 ? errno == ENXIO : Int(next) >= range.upperBound
  }

  /// Asks the kernel to begin writing a range out; a hint.
  public func startWriteback(_ range: Range<Int>) {
    _ = csystem_start_writeback(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  public enum Advice: Sendable { case sequential, willNeed, dontNeed }

  /// Tells the kernel how a range will be used; a hint.
  public func advise(_ advice: Advice, _ range: Range<Int>) {
    #if canImport(Glibc)
      let value =
        switch advice {
        case .sequential: POSIX_FADV_SEQUENTIAL
        case .willNeed: POSIX_FADV_WILLNEED
        case .dontNeed: POSIX_FADV_DONTNEED
        }
      _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), value)
    #endif
  }
}
