#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How far the links of a checkpoint are followed: inside its folder, or the Hub cache that it lies in, and no further.
///
/// What counts is where a path leads in the end, by the identity of folders, not by text: `..`, chains and `/proc` make
/// no difference. The path that the user gave may go through links: that was the user's choice. Hard links are files.
///
/// The Hub cache of `…/models--ORG--NAME/snapshots/COMMIT` is `models--ORG--NAME`, and beside it the store `blobs` that
/// repositories share, if it has the client's mark (huggingface_hub 2.4.0, utils/_shared_blobs.py).
struct LinkPolicy: Sendable {
  /// Beginnings of paths that are looked at, with the slash: others are none of the checkpoint's.
  private var beginnings: [String] = []
  /// Folders that links may lead into.
  private var limits: [[UInt64]] = []
  /// The file that the user gave.
  private let given: String?

  init(folder: String, given: String? = nil) {
    self.given = given
    add(folder)
    guard let real = realPath(folder) else { return }
    add(real)
    guard let root = Self.hubRoot(of: real) else { return }
    add(root)
    let store = joinPath(parentPath(root), "blobs")
    if status(joinPath(store, ".huggingface-shared-blobs"), behindLinks: false)?.kind == .regular,
      let store = status(store, behindLinks: false), store.kind == .directory
    {
      limits.append(store.identity)
    }
  }

  private mutating func add(_ folder: String) {
    beginnings.append(joinPath(folder, ""))
    if let identity = status(folder)?.identity, !limits.contains(identity) { limits.append(identity) }
  }

  /// The folder of a repository in a Hub cache, of a folder that is one of its snapshots or lies in one.
  static func hubRoot(of folder: String) -> String? {
    var folder = folder
    while parentPath(folder) != folder {
      let snapshots = parentPath(folder)
      let root = parentPath(snapshots)
      if lastPathComponent(snapshots) == "snapshots", lastPathComponent(root).hasPrefix("models--") { return root }
      folder = snapshots
    }
    return nil
  }

  /// Why the links of a path are not followed; nil where they are, and where they lead to nothing.
  func refusal(of path: String) -> CheckpointError? {
    guard let beginning = beginnings.first(where: { path.utf8.starts(with: $0.utf8) }),
      !(given.map { sameBytes($0, path) } ?? false), goesThroughLinks(path, behind: beginning),
      let there = status(path)
    else { return nil }
    let real = realPath(path)
    // What `/proc` makes of an open file or another's root has no path, or one that is another file here.
    if let real, status(real, behindLinks: false)?.identity == there.identity, isInside(real) { return nil }
    return CheckpointError(
      .linkOutside, file: path, "is a link that leads out of the checkpoint, to '\(real ?? "a place without a name")'",
      hint: "put the file itself there, or give --follow-links if the link is meant")
  }

  private func goesThroughLinks(_ path: String, behind beginning: String) -> Bool {
    var part = beginning
    for name in path.utf8.dropFirst(beginning.utf8.count).split(separator: UInt8(ascii: "/")) {
      guard let name = String(name), name != ".." else { return true }
      part = joinPath(part, name)
      var info = stat()
      guard lstat(part, &info) == 0 else { return false }
      if info.st_mode & S_IFMT == S_IFLNK { return true }
    }
    return false
  }

  /// Whether a path without links is one of the folders, or below one.
  private func isInside(_ real: String) -> Bool {
    var folder = real
    while true {
      if let identity = status(folder, behindLinks: false)?.identity, limits.contains(identity) { return true }
      let parent = parentPath(folder)
      if parent == folder { return false }
      folder = parent
    }
  }
}

private func status(_ path: String, behindLinks: Bool = true) -> FileStatus? {
  var info = stat()
  guard (behindLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { return nil }
  return FileStatus(info)
}

private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

extension FileAccess {
  /// The same, but for links of this folder that lead out of the checkpoint: they are refused by every call that would
  /// go through them.
  ///
  /// - Parameter given: a file of the folder that the user gave, which may be a link to anywhere.
  func confined(to folder: String, given: String? = nil) -> FileAccess {
    if followsLinks { return self }
    var access = self
    access.links = LinkPolicy(folder: folder, given: given)
    return access
  }

  /// The same, following every link.
  var unconfined: FileAccess {
    var access = self
    access.links = nil
    return access
  }

  /// Why the links of a path are not followed; nil where they are.
  func refusal(of path: String) -> CheckpointError? { links?.refusal(of: path) }
}

extension FileAccess {
  /// What a symbolic link says; nil for what is none.
  func linkTarget(_ path: String) -> String? {
    if interceptor?(.link, path) != nil { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { base in
        path.withSystemPath { readlink($0, base.assumingMemoryBound(to: CChar.self), raw.count) }
      } ?? -1
    }
    return count < 0 ? nil : PathBytes.decode(buffer.prefix(count))
  }
}
