#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The right to put results in place in a folder, which one process has at a time; it ends with its last use, and with
/// the process.
///
/// It keeps two commands apart that replace one result by two. Processes of one plan need none, and a file system that
/// has no such locks (`flock` on a folder) gives none: names that only one process can take are what results rely on.
final class PublicationLock: Sendable {
  private let descriptor: Int32

  /// Waits for another process, at most half a minute.
  init(_ folder: String, _ files: FileAccess) throws(CheckpointError) {
    try files.check(.open, folder)
    descriptor = folder.withSystemPath { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    for _ in 0..<600 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK && errno != EINTR { return }
      pause(milliseconds: 50)
    }
    throw CheckpointError(
      .outputBusy, file: folder, "is where another process is putting a result in place, and does not end",
      hint: "run the same command again when it is done")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
