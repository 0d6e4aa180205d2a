extension SideOutput {
  /// Looks at the place, before any work.
  ///
  /// - Parameters:
  ///   - others: paths of what the command reads or writes beside this.
  ///   - checkpoint: what it reads: none of its files is written over, not even an empty one.
  /// - Throws: where something else stands there.
  public init(
    _ path: String, _ kind: Kind, apartFrom others: [String?] = [], readFrom checkpoint: String?,
    files: FileAccess = .system
  ) throws(CheckpointError) {
    let access = files.unconfined
    try self.init(path, kind, apartFrom: others, files: files) { (status) throws(CheckpointError) in
      // Under any name.
      guard let checkpoint, let kind = try access.status(checkpoint)?.kind else { return false }
      let listing =
        kind == .directory
        ? try FolderListing(checkpoint, files: access) : try FolderListing(file: checkpoint, files: access)
      return listing.files.contains { $0.status?.identity == status.identity }
    }
  }
}

extension SideOutput.Kind {
  /// A manifest, or lines of digests.
  public static let manifest = Self("a manifest or a list of digests") { (file) throws(CheckpointError) in
    if try manifestDocument.isOne(file) { return true }
    let size = try file.size()
    let beginning = try file.readBytes(0..<min(size, SideOutput.beginningBytes))
    // The last line may be cut.
    let lines = beginning.count == size ? beginning : Array(beginning.prefix { $0 != UInt8(ascii: "\n") })
    let list = ChecksumFile(parsing: lines)
    return !list.entries.isEmpty && list.unreadable.isEmpty
  }
  private static let manifestDocument = Self("a manifest", schema: Manifest.schema)
}
