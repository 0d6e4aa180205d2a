#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The folder beside a weight file that says that its header is being changed: of a GGUF set, under the name of the set,
/// else `.ckpt`, which several files of a folder share.
///
///     header.saved.FILE      the old header, then the new one of the same length, while it is written over the old
///     partial.FILE.RANDOM    the same before it is complete
///     new.FILE.RANDOM        a new file, before it takes the place of the old
///
/// Only what is of its file is ever removed, and the folder when it is empty.
struct HeaderWorkFolder: Sendable {
  /// What is being written; each process has a name of its own.
  enum Unfinished: String, CaseIterable {
    case saved = "partial."
    case new = "new."
  }

  private let file: String
  private let name: String
  private let files: FileAccess
  private let path: String
  private let savedPath: String

  private static let savedPrefix = "header.saved."

  init(of file: String, _ files: FileAccess) {
    self.file = file
    self.files = files
    name = lastPathComponent(file)
    path = joinPath(
      parentPath(file),
      file.hasSuffix(Container.gguf.fileEnding)
        ? OwnNames.workFolder(forFile: GGUFSet.title(name)) : OwnNames.workFolder)
    savedPath = joinPath(path, Self.savedPrefix + name)
  }

  private func list() throws(CheckpointError) -> [String] {
    guard try files.status(path) != nil else { return [] }
    do throws(CheckpointError) { return try files.list(path) } catch {
      // Another process was done.
      if error.code == .notFound { return [] }
      throw error
    }
  }

  /// Refuses a folder that another command is writing.
  func requireOwn() throws(CheckpointError) {
    if files.linkTarget(path) != nil {
      throw CheckpointError(
        .outputUnsuitable, file: path, "is a link, where a folder of ckpt's own should be: it is not followed",
        hint: "move it away: its name is needed while a header is changed")
    }
    if let kind = try files.status(path)?.kind, kind != .directory {
      throw CheckpointError(
        .outputExists, file: path, "is a file, where a folder of ckpt's own should be",
        hint: "move it away: its name is needed while a header is changed")
    }
    let own = Unfinished.allCases.map(\.rawValue) + [Self.savedPrefix]
    guard try list().allSatisfy({ name in own.contains { name.hasPrefix($0) } }) else {
      throw CheckpointError(
        .unfinishedSource, file: file, "is unfinished: \(lastPathComponent(path)) is beside it",
        hint: "run the command that was writing it again: it continues")
    }
  }

  // MARK: Saved headers

  /// The headers of a change that was stopped while the new one was written over the old: a file with both, of so many
  /// bytes each; nil where there was none.
  ///
  /// - Throws: where the file is another than the one whose header was saved.
  func stoppedChange() throws(CheckpointError) -> (file: OpenFile, byteCount: Int)? {
    let saved: OpenFile
    do throws(CheckpointError) { saved = try OpenFile(reading: savedPath, files) } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    let size = try saved.size()
    let length = size / 2
    let opened = try OpenFile(reading: file, files)
    let now = try opened.size()
    var fits = size % 2 == 0 && now >= length
    var offset = 0
    while fits, offset < length {
      let end = min(length, offset + Self.chunkBytes)
      let (now, old) = (try opened.readBytes(offset..<end), try saved.readBytes(offset..<end))
      let new = try saved.readBytes(length + offset..<length + end)
      fits = zip(now, zip(old, new)).allSatisfy { $0 == $1.0 || $0 == $1.1 }
      offset = end
    }
    guard fits else {
      throw CheckpointError(
        .unfinishedSource, file: file, "is another than the file whose header was saved as \(savedPath)",
        hint: "if it was put there anew, remove the saved header; else get the file again")
    }
    return (saved, length)
  }

  private static let chunkBytes = 1 << 20

  /// Puts the old header back where a change was stopped; whether there was one.
  @discardableResult
  func undo() throws(CheckpointError) -> Bool {
    guard let (saved, length) = try stoppedChange() else { return false }
    let opened = try OpenFile(updating: file, files)
    try saved.copy(0..<length, to: opened, at: 0)
    try opened.sync()
    try forget()
    return true
  }

  /// Keeps both headers, durably: from then on the file may be half written.
  ///
  /// - Parameter old: the file, which begins with the old header, as long as the new one.
  /// - Returns: what was saved.
  func save(old: OpenFile, _ new: HeaderPieces) throws(CheckpointError) -> OpenFile {
    let partial = try create(.saved)
    try old.copy(0..<new.count, to: partial, at: 0)
    try new.write(to: partial, at: new.count)
    try partial.sync()
    try files.rename(partial.path, to: savedPath)
    try files.syncDirectory(path)
    try files.syncDirectory(parentPath(path))
    return partial
  }

  /// The file is whole.
  func forget() throws(CheckpointError) {
    try files.remove(savedPath)
    do throws(CheckpointError) { try files.syncDirectory(path) } catch {
      // Another process, done with another file, found it empty.
      guard error.code == .notFound else { throw error }
    }
  }

  // MARK: Unfinished files

  /// A new file with a name that no other process has.
  func create(_ what: Unfinished) throws(CheckpointError) -> OpenFile {
    var attempts = 0
    while true {
      try files.makeDirectories(path)
      do throws(CheckpointError) {
        return try OpenFile(creating: joinPath(path, "\(what.rawValue)\(name).\(nonce())"), files)
      } catch {
        // Another process, done with another file, may have removed the folder just now.
        attempts += 1
        guard error.code == .notFound, attempts < 1000 else { throw error }
        // Many of them at work on short headers do so again and again.
        if attempts > 4 { pause(milliseconds: 1) }
      }
    }
  }

  private static let digits = 16

  /// Removes what was never completed. No other process is at work on the file.
  func sweep() throws(CheckpointError) {
    for entry in try list() {
      for what in Unfinished.allCases where entry.hasPrefix("\(what.rawValue)\(name).") {
        let suffix = entry.utf8.dropFirst(what.rawValue.utf8.count + name.utf8.count + 1)
        if suffix.count == Self.digits, hexDigest(String(suffix) ?? "", digits: Self.digits) != nil {
          try files.remove(joinPath(path, entry))
        }
      }
    }
  }

  /// Removes the folder if nothing is in it: then the file is finished. What is of the file and stays is another process's,
  /// which has had the right to change it since a new file took this place.
  func leave() throws(CheckpointError) {
    _ = try files.removeEmptyFolder(path)
    try files.syncDirectory(parentPath(path))
  }
}

/// The right to change a file, which one process has at a time. It ends with its last use, and with the process.
///
/// A file system that has no locks (`flock`) gives none: there only the names of unfinished files keep processes apart.
final class FileLock: Sendable {
  private let descriptor: Int32

  init(_ path: String, _ files: FileAccess) throws(CheckpointError) {
    descriptor = try Self.acquire(path, files)
  }

  deinit { close(descriptor) }

  /// Whether the right is to the file that has the path now.
  func holds(_ path: String, _ files: FileAccess) -> Bool { Self.isOpen(descriptor, path, files) }

  private static func isOpen(_ descriptor: Int32, _ path: String, _ files: FileAccess) -> Bool {
    var info = stat()
    guard fstat(descriptor, &info) == 0, let there = try? files.status(path) else { return false }
    return there.identity == FileStatus(info).identity
  }

  private static func acquire(_ path: String, _ files: FileAccess) throws(CheckpointError) -> Int32 {
    for _ in 0..<100 {
      try files.check(.open, path)
      let descriptor: Int32
      // NFS locks only what may be written; elsewhere a file that may not be is replaced all the same.
      var opened = retrying { path.withSystemPath { open($0, O_RDWR | O_CLOEXEC) } }
      if case .failure(let failure) = opened, failure.code == EACCES {
        opened = retrying { path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC) } }
      }
      switch opened {
      case .success(let opened): descriptor = opened
      case .failure(let failure): throw systemError(.create, path, failure.code)
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, [EWOULDBLOCK, EAGAIN].contains(errno) {
        close(descriptor)
        break
      }
      // The process that had it may have put another file in this place.
      if isOpen(descriptor, path, files) { return descriptor }
      close(descriptor)
    }
    throw CheckpointError(
      .outputBusy, file: path, "is being changed by another process", hint: "run the command again when it is done")
  }
}
