/// Everything in a checkpoint's folder and its sub-folders, but for what is a tool's own (``ToolFiles``).
struct FolderListing: Sendable {
  struct File: Sendable {
    /// Relative to the folder, with `/` between components.
    var name: String
    /// Of the file behind all links; nil for a link to nothing.
    var status: FileStatus?
    /// What the link says, where it is one.
    var linkTarget: String?
    /// Why the link is not followed, where it leads out of the checkpoint.
    var refusal: CheckpointError?

    var isRegular: Bool { status?.kind == .regular }
    /// Why it is not read, where it is neither a file nor a link to nothing.
    var reasonNotRead: String? {
      switch status?.kind {
      case nil, .regular: nil
      case .directory:
        linkTarget.map { "is a link to the folder '\($0)', which is not followed" }
          ?? "is a folder more than \(FolderListing.depthLimit) folders deep: it is not looked into"
      case .other: "is a pipe, a device or a socket"
      }
    }
    var byteCount: Int { status?.size ?? 0 }
    var isWeight: Bool { FolderListing.isWeight(name) }
  }

  var folder: String
  /// Sorted by their names. Regular files and links; also what is neither, and folders that are not looked into.
  var files: [File] = []
  /// Links to files out of the checkpoint, which are not read.
  var outside: [File] = []
  /// What stands at the top under the names of tools: `.git`, `.cache`, `.msc`, ….
  var toolEntries: Set<String> = []
  /// Files of a split GGUF set that was given by one of its files, and that are not here.
  var absent: [String] = []

  private static let depthLimit = 32
  /// Far above any checkpoint, and far enough below 2^63 that sizes can be added without a thought.
  static let byteLimit = 1 << 48

  static func isWeight(_ name: String) -> Bool { SideFiles.weightEndings.contains { name.hasSuffix($0) } }

  init(_ folder: String, files access: FileAccess) throws(CheckpointError) {
    self.folder = folder
    try add("", depth: 0, access)
    files.sort { TensorName($0.name) < TensorName($1.name) }
  }

  /// One file alone, or the split GGUF set that it belongs to.
  init(file path: String, files access: FileAccess) throws(CheckpointError) {
    folder = parentPath(path)
    let given = lastPathComponent(path)
    for name in Container(ofFile: given) == .gguf ? GGUFSet.names(with: given) : [given] {
      let path = joinPath(folder, name)
      let target = access.linkTarget(path)
      let status = try access.unconfined.status(path)
      if status == nil, target == nil {
        absent.append(name)
        continue
      }
      try checkSize(status, path)
      add(File(name: name, status: status, linkTarget: target, refusal: access.refusal(of: path)))
    }
    files.sort { TensorName($0.name) < TensorName($1.name) }
  }

  /// Whether the folder is a git repository without a working tree: its files are objects and packs, no checkpoint.
  var isBareRepository: Bool {
    files.contains { $0.name == "HEAD" } && files.contains { $0.name.hasPrefix("objects/") }
      && !files.contains { Container(ofFile: $0.name) != nil }
  }

  private mutating func add(_ file: File) {
    if file.refusal == nil { files.append(file) } else { outside.append(file) }
  }

  /// What the listing calls a path; nil for one outside the folder.
  func name(of path: String, _ access: FileAccess) -> String? {
    let path = joinPath(access.realPath(parentPath(path)), lastPathComponent(path))
    let root = joinPath(access.realPath(folder), "")
    guard path.utf8.starts(with: root.utf8) else { return nil }
    return String(path.utf8.dropFirst(root.utf8.count))
  }

  private func checkSize(_ status: FileStatus?, _ path: String) throws(CheckpointError) {
    if let status, status.size > Self.byteLimit {
      throw CheckpointError(.sizeOverflow, file: path, "has \(status.size) bytes: no checkpoint has that many")
    }
  }

  private mutating func add(_ prefix: String, depth: Int, _ access: FileAccess) throws(CheckpointError) {
    for entry in try access.list(prefix.isEmpty ? folder : joinPath(folder, prefix)) {
      if depth == 0, ToolFiles.isTop(entry) { toolEntries.insert(entry) }
      let name = prefix.isEmpty ? entry : prefix + "/" + entry
      let path = joinPath(folder, name)
      let target = access.linkTarget(path)
      let status = try access.unconfined.status(path)
      switch status?.kind {
      case .directory:
        if target != nil || depth >= Self.depthLimit {
          files.append(File(name: name, status: status, linkTarget: target))
        } else {
          try add(name, depth: depth + 1, access)
        }
      // Gone since it was listed.
      case nil where target == nil: break
      case .other, .regular, nil:
        if ToolFiles.isOwn(name) { continue }
        try checkSize(status, path)
        let refusal = status?.kind == .regular ? access.refusal(of: path) : nil
        add(File(name: name, status: status, linkTarget: target, refusal: refusal))
      }
    }
  }
}

func bareRepositoryError(_ path: String) -> CheckpointError {
  CheckpointError(
    .unknownSource, file: path, "is a bare git repository: it has objects, and no files of a checkpoint",
    hint: "make a working tree with 'git worktree add', then 'git lfs pull' in it")
}

/// Whether a name found inside a file may name a file below the folder: no empty part, `.`, `..`, zero byte or leading
/// `/`.
func isSafeRelativePath(_ name: String) -> Bool {
  guard name.utf8.count <= 4096 else { return false }
  return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
    isPlainFileName(String($0) ?? "")
  }
}
