/// The index of a git clone (`.git/index`): the id of every tracked file, or of the git-lfs pointer that stands for it.
///
/// Versions 2, 3 and 4 with SHA-1 ids; format: git's `Documentation/gitformat-index.txt`.
enum GitIndex {
  static let path = ".git/index"
  static let byteLimit = 1 << 30

  struct Entry {
    var name: String
    var id: String
    /// A sparse checkout leaves it out of the working tree.
    var isLeftOut: Bool
  }

  /// What an index says. nil where the bytes are none that is read here: another format, or one that has an extension
  /// without which the entries are not the whole (`link`: the rest is in a shared index, `sdir`: folders stand for
  /// their files).
  static func entries(_ bytes: [UInt8]) -> [Entry]? {
    func integer(_ offset: Int) -> Int? {
      guard offset >= 0, offset + 4 <= bytes.count else { return nil }
      return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard bytes.starts(with: "DIRC".utf8), let version = integer(4), (2...4).contains(version), let count = integer(8)
    else { return nil }
    var entries: [Entry] = []
    var offset = 12
    var previous: [UInt8] = []
    for _ in 0..<count {
      // Times, device, inode, mode, owner and size; then the id and the flags.
      guard offset + 62 <= bytes.count, let mode = integer(offset + 24) else { return nil }
      let id = hexText(bytes[offset + 40..<offset + 60])
      let flags = Int(bytes[offset + 60]) << 8 | Int(bytes[offset + 61])
      let isExtended = flags & 0x4000 != 0 && version > 2
      var start = offset + 62 + (isExtended ? 2 : 0)
      guard start <= bytes.count else { return nil }
      // Of the extended flags, skip-worktree.
      let isLeftOut = isExtended && bytes[offset + 62] & 0x40 != 0
      var name: [UInt8] = []
      if version == 4 {
        guard let (strip, next) = variableInteger(bytes, at: start), strip <= previous.count else { return nil }
        name = Array(previous.dropLast(strip))
        start = next
      }
      guard let end = bytes[start...].firstIndex(of: 0) else { return nil }
      name += bytes[start..<end]
      previous = name
      offset = version == 4 ? end + 1 : offset + (end - offset + 8) / 8 * 8
      // Regular files of stage 0; links and submodules have ids of another kind.
      if mode >> 12 == 0x8, flags & 0x3000 == 0 {
        entries.append(Entry(name: PathBytes.decode(name), id: id, isLeftOut: isLeftOut))
      }
    }
    // Extensions up to the checksum. One whose name begins with a capital letter may be passed over.
    while offset + 8 <= bytes.count - checksumBytes {
      guard let length = integer(offset + 4), length <= bytes.count - checksumBytes - offset - 8,
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[offset])
      else { return nil }
      offset += 8 + length
    }
    return offset == bytes.count - checksumBytes ? entries : nil
  }

  private static let checksumBytes = 20

  /// Git's offset encoding: seven bits a byte, most significant first, one added for each continuation.
  private static func variableInteger(_ bytes: [UInt8], at start: Int) -> (value: Int, next: Int)? {
    var offset = start
    var value = 0
    while offset < bytes.count, offset - start < 5 {
      value = value << 7 | Int(bytes[offset] & 0x7f)
      offset += 1
      if bytes[offset - 1] & 0x80 == 0 { return (value, offset) }
      value += 1
    }
    return nil
  }

  /// What the index of a clone says of its files; nil where the folder is no clone.
  static func evidence(_ folder: String, _ access: FileAccess) throws(CheckpointError) -> Evidence? {
    let file = joinPath(folder, path)
    guard try access.status(file)?.kind == .regular else { return nil }
    var evidence = Evidence(.gitIndex, "the git index")
    let isSmall = try access.status(file)?.size ?? 0 <= byteLimit
    guard isSmall, let entries = entries(try access.readAll(file, limit: byteLimit)) else {
      evidence.findings.append(
        Finding(
          .note, .verifyEvidence, file: path,
          "is of a form that is not read here (split, sparse or of another hash): it is not used",
          hint: "'git update-index --no-split-index' or 'git sparse-checkout disable' writes one that is"))
      return evidence
    }
    for entry in entries where !entry.isLeftOut || access.exists(joinPath(folder, entry.name)) {
      evidence.expect(entry.name, gitEntry: entry.id)
    }
    evidence.isListing = true
    return evidence
  }
}
