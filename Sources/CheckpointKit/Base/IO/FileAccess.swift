private import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Every system call on files that the libraries make goes through here.
///
/// A test hands in an interceptor, which sees each call before it is made and may make it fail.
public struct FileAccess: Sendable {
  public enum Call: String, Sendable, CaseIterable {
    case open, create, read, write, reserve, sync, close, status, list, makeDirectory, rename, exchange, remove, link
  }

  /// What becomes of a call in place of what the system would make of it.
  public enum Fault: Sendable, Equatable {
    /// It fails with this `errno` value; `EINTR` is tried again, as after a signal.
    case error(Int32)
    /// A read or write does only a part; any other call is made as it is.
    case short
  }

  /// Gets the call and its path, once for every system call.
  public typealias Interceptor = @Sendable (Call, String) -> Fault?

  let interceptor: Interceptor?
  /// Whether links of a checkpoint may lead out of it.
  public let followsLinks: Bool
  /// How far links are followed; nil: wherever they lead.
  var links: LinkPolicy?

  public init(followsLinks: Bool = false, interceptor: Interceptor? = nil) {
    self.followsLinks = followsLinks
    self.interceptor = interceptor
  }

  /// The real thing.
  public static let system = FileAccess()

  func check(_ call: Call, _ path: String) throws(CheckpointError) {
    _ = try admitted(1, call, path)
    if let links, [.open, .status, .list].contains(call), let refusal = links.refusal(of: path) { throw refusal }
  }

  /// How many of so many bytes the next read or write may try to move.
  func admitted(_ bytes: Int, _ call: Call, _ path: String) throws(CheckpointError) -> Int {
    guard let interceptor else { return bytes }
    while true {
      switch interceptor(call, path) {
      case nil: return bytes
      case .short: return max(1, bytes / 2)
      case .error(EINTR): continue
      case .error(let code): throw systemError(call, path, code)
      }
    }
  }
}

/// The error behind a failed call.
func systemError(_ call: FileAccess.Call, _ path: String, _ code: Int32) -> CheckpointError {
  let reason = String(cString: strerror(code))
  let verb =
    switch call {
    case .open, .read, .link: "cannot be read"
    case .create, .write, .reserve, .sync, .close: "cannot be written"
    case .status: "cannot be looked at"
    case .list: "cannot be listed"
    case .makeDirectory: "cannot be made"
    case .rename, .exchange: "cannot be renamed"
    case .remove: "cannot be removed"
    }
  switch code {
  case ENOENT: return CheckpointError(.notFound, file: path, "does not exist")
  case EACCES, EPERM: return CheckpointError(.notPermitted, file: path, "\(verb): \(reason)")
  case ENOSPC, EDQUOT:
    return CheckpointError(
      .noSpace, file: path, "\(verb): \(reason)", hint: "free some space and run the same command again: it continues")
  default: return CheckpointError(.ioFailed, file: path, "\(verb): \(reason)")
  }
}

/// Repeats a call that a signal interrupted; gives its errno where it failed.
@inline(__always)
func retrying<T: SignedInteger>(_ body: () -> T) -> Result<T, SystemFailure> {
  while true {
    let result = body()
    if result >= 0 { return .success(result) }
    let code = errno
    if code != EINTR { return .failure(SystemFailure(code: code)) }
  }
}

struct SystemFailure: Error {
  var code: Int32
}

// MARK: Names and folders

/// What is known of a file without opening it.
public struct FileStatus: Sendable, Equatable {
  public enum Kind: Sendable { case regular, directory, other }
  public var kind: Kind
  public var size: Int
  /// Nanoseconds since 1970.
  public var modified: Int
  /// When its content, name or rights were changed, as the system keeps it: no program can set it back.
  public var changed: Int
  /// Which file it really is, behind all links.
  public var identity: [UInt64]
  /// How many names it has: hard links.
  public var linkCount: Int
}

extension FileAccess {
  /// The file behind all links; nil where there is none, as behind links in a circle or for a name that is too long.
  public func status(_ path: String) throws(CheckpointError) -> FileStatus? {
    try check(.status, path)
    var info = stat()
    switch retrying({ path.withSystemPath { stat($0, &info) } }) {
    case .failure(let failure) where [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(failure.code): return nil
    case .failure(let failure): throw systemError(.status, path, failure.code)
    case .success: return FileStatus(info)
    }
  }

  /// Whether a folder stands there, and no link to one.
  func isFolderItself(_ path: String) throws(CheckpointError) -> Bool {
    linkTarget(path) == nil ? try status(path)?.kind == .directory : false
  }

  /// Whether the name exists, even as a link to nothing.
  public func exists(_ path: String) -> Bool {
    var info = stat()
    return path.withSystemPath { lstat($0, &info) } == 0
  }

  /// Names in a folder, sorted by their bytes, without `.` and `..`.
  public func list(_ path: String) throws(CheckpointError) -> [String] {
    try check(.list, path)
    guard let handle = path.withSystemPath({ opendir($0) }) else { throw systemError(.list, path, errno) }
    defer { closedir(handle) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(handle) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        PathBytes.decode(raw.prefix { $0 != 0 })
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw systemError(.list, path, errno) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes the folder and those above it; fine where it exists.
  public func makeDirectories(_ path: String) throws(CheckpointError) {
    if try status(path)?.kind == .directory { return }
    let parent = parentPath(path)
    if parent != path, try status(parent) == nil { try makeDirectories(parent) }
    try check(.makeDirectory, path)
    if case .failure(let failure) = retrying({ path.withSystemPath { mkdir($0, 0o777) } }), failure.code != EEXIST {
      throw systemError(.makeDirectory, path, failure.code)
    }
  }

  /// Makes a folder in one that exists; fine where it exists itself.
  func makeDirectory(_ path: String) throws(CheckpointError) {
    try check(.makeDirectory, path)
    if case .failure(let failure) = retrying({ path.withSystemPath { mkdir($0, 0o777) } }), failure.code != EEXIST {
      throw systemError(.makeDirectory, path, failure.code)
    }
  }

  public func rename(_ from: String, to: String) throws(CheckpointError) {
    try check(.rename, to)
    if case .failure(let failure) = retrying({
      from.withSystemPath { from in to.withSystemPath { to in Glibc.rename(from, to) } }
    }) {
      throw systemError(.rename, from, failure.code)
    }
  }

  /// Gives a file a name that must be free; false where it is taken, and then `from` stays.
  ///
  /// Of several processes that try, one succeeds: by a hard link, where the file system has them.
  func place(_ from: String, asNew to: String) throws(CheckpointError) -> Bool {
    try check(.rename, to)
    switch retrying({ from.withSystemPath { from in to.withSystemPath { to in link(from, to) } } }) {
    case .success:
      try remove(from)
      return true
    case .failure(let failure) where failure.code == EEXIST: return false
    case .failure(let failure) where [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(failure.code):
      let code = from.withSystemPath { from in to.withSystemPath { to in csystem_rename_new(from, to) } }
      if code == EEXIST { return false }
      guard code == 0 else { throw systemError(.rename, to, code) }
      return true
    case .failure(let failure): throw systemError(.rename, to, failure.code)
    }
  }

  /// Swaps two names in one step.
  public func exchange(_ a: String, _ b: String) throws(CheckpointError) {
    try check(.exchange, b)
    let code = a.withSystemPath { a in b.withSystemPath { b in csystem_exchange(a, b) } }
    guard code == 0 else { throw systemError(.exchange, b, code) }
  }

  /// Removes a file; fine where there is none.
  public func remove(_ path: String) throws(CheckpointError) {
    try check(.remove, path)
    if case .failure(let failure) = retrying({ path.withSystemPath { unlink($0) } }), failure.code != ENOENT {
      throw systemError(.remove, path, failure.code)
    }
  }

  /// Removes a folder that is empty; false where it is not.
  func removeEmptyFolder(_ path: String) throws(CheckpointError) -> Bool {
    try check(.remove, path)
    switch retrying({ path.withSystemPath { rmdir($0) } }) {
    case .success: return true
    case .failure(let failure) where failure.code == ENOENT: return true
    case .failure(let failure) where failure.code == ENOTEMPTY || failure.code == EEXIST: return false
    case .failure(let failure): throw systemError(.remove, path, failure.code)
    }
  }

  /// Removes a folder with all that is in it; links are removed, not followed.
  public func removeTree(_ path: String) throws(CheckpointError) {
    var info = stat()
    guard path.withSystemPath({ lstat($0, &info) }) == 0 else {
      if errno == ENOENT { return }
      throw systemError(.remove, path, errno)
    }
    guard info.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
    // Another process may remove it at the same time.
    let names: [String]
    do throws(CheckpointError) { names = try list(path) } catch {
      if error.code == .notFound { return }
      throw error
    }
    for name in names { try removeTree(joinPath(path, name)) }
    guard try removeEmptyFolder(path) else {
      throw CheckpointError(
        .ioFailed, file: path, "cannot be removed: something was put into it meanwhile",
        hint: "run the same command again")
    }
  }

  /// Makes the names in a folder durable.
  public func syncDirectory(_ path: String) throws(CheckpointError) {
    try check(.sync, path)
    let descriptor = path.withSystemPath { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw systemError(.sync, path, errno) }
    defer { close(descriptor) }
    // Some network file systems cannot sync a folder and say EINVAL: there is nothing more to do then.
    if case .failure(let failure) = retrying({ fsync(descriptor) }), failure.code != EINVAL {
      throw systemError(.sync, path, failure.code)
    }
  }

  /// Bytes that an ordinary user may still write to the file system that holds `path`.
  public func freeBytes(at path: String) -> Int? {
    var info = statvfs()
    guard path.withSystemPath({ statvfs($0, &info) }) == 0 else { return nil }
    let (bytes, overflow) = UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize))
    return overflow ? .max : Int(clamping: bytes)
  }

  /// The path from the root on, whatever the working folder is later.
  public func absolutePath(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return joinPath(PathBytes.decode(cString: folder), path)
  }

  /// The path with all links resolved, or as it is where that fails.
  public func realPath(_ path: String) -> String {
    guard let resolved = path.withSystemPath({ realpath($0, nil) }) else { return path }
    defer { free(resolved) }
    return PathBytes.decode(cString: resolved)
  }
}

extension FileStatus {
  init(_ info: stat) {
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    default: kind = .other
    }
    size = Int(info.st_size)
    #if canImport(Glibc)
      modified = nanoseconds(info.st_mtim)
      changed = nanoseconds(info.st_ctim)
    #else
      modified = nanoseconds(info.st_mtimespec)
      changed = nanoseconds(info.st_ctimespec)
    #endif
    linkCount = Int(clamping: info.st_nlink)
    identity = [UInt64(truncatingIfNeeded: info.st_dev), UInt64(truncatingIfNeeded: info.st_ino)]
  }
}

/// A file may claim to be of any year: beyond 1677 to 2262 the time is kept modulo 2^64, which still tells two apart.
private func nanoseconds(_ time: timespec) -> Int { Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec) }

// MARK: Whole files

extension FileAccess {
  /// The content of a file of at most `limit` bytes.
  public func readAll(_ path: String, limit: Int) throws(CheckpointError) -> [UInt8] {
    let file = try OpenFile(reading: path, self)
    let size = try file.size()
    guard size <= limit else {
      throw CheckpointError(.malformedFile, file: path, "has \(size) bytes, where at most \(limit) are read")
    }
    return try file.readBytes(0..<size)
  }

  /// Puts a small file in place: complete and durable, or not at all.
  ///
  /// - Parameter folder: where it has a name of this process alone until it is complete (default: where it will be).
  public func writeAtomically(
    _ bytes: [UInt8], to path: String, by folder: String? = nil
  ) throws(CheckpointError) {
    try requireFilePlace(path)
    if folder == nil { sweepPrivateFiles(in: parentPath(path)) }
    let partial = try writePrivately(bytes, in: folder ?? parentPath(path))
    do throws(CheckpointError) { try rename(partial, to: path) } catch {
      try? remove(partial)
      throw error
    }
    try syncDirectory(parentPath(path))
  }

  /// Writes a file, whole and synced, under a name of this process alone; gives its path.
  func writePrivately(_ bytes: [UInt8], in folder: String, syncs: Bool = true) throws(CheckpointError) -> String {
    let path = privateName(in: folder)
    let file = try OpenFile(creating: path, self)
    do throws(CheckpointError) {
      try file.write(bytes, at: 0)
      if syncs { try file.sync() }
    } catch {
      try? remove(path)
      throw error
    }
    return path
  }
}

extension FileAccess {
  /// That a file can be put in this place: a rename would end a device or a pipe for everyone, and fail over a folder.
  public func requireFilePlace(_ path: String) throws(CheckpointError) {
    // /dev/stdout is a link into /proc, whatever stands behind it.
    let isDescriptor = linkTarget(path)?.hasPrefix("/proc/") ?? false
    switch isDescriptor ? .other : try status(path)?.kind {
    case nil, .regular: return
    case .directory:
      throw CheckpointError(.outputUnsuitable, file: path, "is a folder, where a file is to be written")
    case .other:
      throw CheckpointError(
        .outputUnsuitable, file: path, "is a pipe or a device, where a file is to be written",
        hint: "give the name of a file")
    }
  }
}

extension Array where Element == UInt8 {
  /// `withUnsafeBytes` that keeps the type of a thrown error.
  func withUnsafeBytesTyped<R>(
    _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> R
  ) throws(CheckpointError) -> R {
    let result: Result<R, CheckpointError> = withUnsafeBytes { raw in
      do throws(CheckpointError) { return .success(try body(raw)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

// MARK: Paths

/// Paths are bytes: as a `Character`, a slash before a combining mark would be none.
private let slashByte = UInt8(ascii: "/")

/// `folder/name`.
public func joinPath(_ folder: String, _ name: String) -> String {
  folder.isEmpty ? name : folder.utf8.last == slashByte ? folder + name : folder + "/" + name
}

/// The folder that holds a path; `.` for a bare name.
public func parentPath(_ path: String) -> String {
  let trimmed = trimSlashes(path)
  guard let slash = trimmed.utf8.lastIndex(of: slashByte) else { return "." }
  return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}

/// The last component of a path.
public func lastPathComponent(_ path: String) -> String {
  let trimmed = trimSlashes(path)
  guard let slash = trimmed.utf8.lastIndex(of: slashByte) else { return trimmed }
  return String(trimmed[trimmed.utf8.index(after: slash)...])
}

func trimSlashes(_ path: String) -> String {
  let kept = path.utf8.reversed().drop { $0 == slashByte }.count
  return String(decoding: path.utf8.prefix(max(1, kept)), as: UTF8.self)
}

/// Whether a name found inside a file may name a file of the same folder.
func isPlainFileName(_ name: String) -> Bool {
  !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(slashByte) && !name.utf8.contains(0)
}

extension FileAccess {
  /// The same of any length.
  func readWhole(_ path: String) throws(CheckpointError) -> [UInt8] {
    guard let file = fopen(path, "r") else { throw systemError(.open, path, errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
    }
  }

  /// A file of the kernel's, which says it has no size.
  func readSmall(_ path: String) throws(CheckpointError) -> [UInt8] {
    guard let file = path.withSystemPath({ fopen($0, "r") }) else { throw systemError(.open, path, errno) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }
}
