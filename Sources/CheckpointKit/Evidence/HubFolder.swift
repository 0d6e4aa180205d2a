/// What the client of the Hugging Face Hub left about a download: the cache (`blobs`, `snapshots`, `refs`, `trees`), or
/// the notes in `.cache/huggingface` of a `--local-dir` folder.
///
/// Layout as of huggingface_hub 2.4.0; older clients leave no trees.
struct HubFolder: Sendable {
  enum Kind: Sendable { case cache, localFolder }

  var kind: Kind
  /// `models--ORG--NAME`, or `.cache/huggingface` of the folder.
  var root: String
  /// The commit that the folder is, or that most of its files are.
  var commit: String?
  /// Notes of a local folder, by file.
  var notes: [TensorName: Note] = [:]
  var findings: [Finding] = []

  private static let noteLimit = 1 << 20

  /// `<path>.metadata`: commit, etag, and when it was written.
  struct Note: Sendable {
    var commit: String
    var etag: String
    var seconds: Double
  }

  /// nil where no Hub client was at work.
  init?(_ listing: FolderListing, _ access: FileAccess) throws(CheckpointError) {
    let folder = access.realPath(listing.folder)
    let snapshots = parentPath(folder)
    if lastPathComponent(snapshots) == "snapshots",
      try access.status(joinPath(parentPath(snapshots), "blobs"))?.kind == .directory
    {
      kind = .cache
      root = parentPath(snapshots)
      commit = lastPathComponent(folder)
      return
    }
    root = joinPath(listing.folder, ".cache/huggingface")
    kind = .localFolder
    guard try access.status(root)?.kind == .directory else { return nil }
    try readNotes(access)
    if commit == nil { commit = try onlyTree(access) }
  }

  private mutating func readNotes(_ access: FileAccess) throws(CheckpointError) {
    let folder = joinPath(root, "download")
    guard try access.status(folder)?.kind == .directory else { return }
    let listing = try FolderListing(folder, files: access)
    var commits: [String: Int] = [:]
    for file in listing.files where file.name.hasSuffix(".metadata") && file.isRegular {
      let name = String(file.name.dropLast(".metadata".count))
      // A note is three lines; what is longer is none, and is not read.
      let bytes =
        file.byteCount <= Self.noteLimit ? try access.readAll(joinPath(folder, file.name), limit: Self.noteLimit) : []
      let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      guard lines.count >= 2, let commit = hexDigest(lines[0], digits: 40) else {
        findings.append(
          Finding(.warning, .verifyEvidence, file: name, "has a note of the Hub client that cannot be read"))
        continue
      }
      notes[TensorName(name)] = Note(
        commit: commit, etag: String(lines[1]), seconds: lines.count > 2 ? Double(lines[2]) ?? 0 : 0)
      commits[commit, default: 0] += 1
    }
    commit = commits.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// The commit whose listing is the only one that is here.
  private func onlyTree(_ access: FileAccess) throws(CheckpointError) -> String? {
    let folder = joinPath(root, "trees")
    guard try access.status(folder)?.kind == .directory else { return nil }
    let names = try access.list(folder).filter { $0.hasSuffix(".json") }
    return names.count == 1 ? String(names[0].dropLast(".json".count)) : nil
  }

  // MARK: Evidence

  /// The listing of the commit; nil where the client left none.
  func tree(_ access: FileAccess) throws(CheckpointError) -> Evidence? {
    guard let commit, isPlainFileName(commit) else { return nil }
    let path = joinPath(joinPath(root, "trees"), commit + ".json")
    guard try access.status(path)?.kind == .regular else { return nil }
    var evidence = Evidence(.hubTree, "the tree of commit \(commit.prefix(12))")
    do throws(CheckpointError) {
      try evidence.expect(tree: OpenFile(reading: path, access))
    } catch {
      if [.ioFailed, .notPermitted].contains(error.code) { throw error }
      // A list that was damaged, or doctored, must not give way to weaker evidence as if it had never been there. One of
      // another version may be sound.
      let isDamaged = error.code != .verifyEvidence
      evidence.findings.append(
        Finding(
          isDamaged ? .error : .warning, .verifyEvidence, file: path, "\(error.problem): it is not used",
          hint: isDamaged ? "download the snapshot again, which writes the list anew" : nil))
      return evidence
    }
    evidence.isListing = true
    return evidence
  }

  /// Names of blobs, and etags in notes.
  func etags(_ listing: FolderListing) -> Evidence {
    var evidence = Evidence(
      kind == .cache ? .blobName : .hubEtag, kind == .cache ? "the name of its blob" : "the etag in its metadata")
    for file in listing.files {
      let etag: String?
      switch kind {
      case .cache: etag = blobName(file)
      case .localFolder: etag = notes[TensorName(file.name)]?.etag
      }
      guard let etag else { continue }
      if let hex = hexDigest(etag, digits: 64) {
        evidence.expect(file.name, digest: SHA256Digest(hex: hex))
      } else if let hex = hexDigest(etag, digits: 40) {
        evidence.expect(file.name, gitBlob: hex)
      }
    }
    return evidence
  }

  /// The blob that a file of a snapshot is a link to.
  func blobName(_ file: FolderListing.File) -> String? {
    guard kind == .cache, let target = file.linkTarget, lastPathComponent(parentPath(target)) == "blobs" else {
      return nil
    }
    return lastPathComponent(target)
  }

  // MARK: Findings

  /// What can be seen without reading a file: partial downloads, links to other blobs, blobs without a use.
  func look(_ listing: FolderListing, tree: Evidence?, _ access: FileAccess) throws(CheckpointError) -> [Finding] {
    var findings = findings
    let partials = joinPath(root, kind == .cache ? "blobs" : "download")
    if try access.status(partials)?.kind == .directory {
      for file in try FolderListing(partials, files: access).files where file.name.hasSuffix(".incomplete") {
        let whose = self.file(ofPartial: file.name, listing, tree).map { " of '\($0)'" } ?? ""
        findings.append(
          Finding(
            .warning, .verifyLeftover, file: file.name,
            "is a partial download\(whose) of \(file.byteCount) bytes that was left behind",
            hint: "run the download again, or remove it"))
      }
    }
    if tree?.isListing != true, let commit { findings.append(try unlisted(commit, access)) }
    guard kind == .cache else { return findings }
    for file in listing.files {
      guard let blob = blobName(file), let expected = tree?.entries[TensorName(file.name)],
        let name = expected.digest?.hex ?? expected.gitBlob, name != blob
      else { continue }
      findings.append(
        Finding(
          .error, .verifyWrongLink, file: file.name,
          "is a link to blob \(blob.prefix(12))…, where \(expected.source) lists \(name.prefix(12))…",
          hint: "download the snapshot again"))
    }
    findings += try unreferencedBlobs(access)
    return findings
  }

  /// The file that a partial download was to become, by the etag in its name.
  private func file(ofPartial name: String, _ listing: FolderListing, _ tree: Evidence?) -> String? {
    guard let etag = name.split(separator: ".").first(where: { hexDigest($0, digits: $0.utf8.count) != nil }) else {
      return nil
    }
    let listed = tree?.entries.first { ($0.value.digest?.hex ?? $0.value.gitBlob) == etag.lowercased() }
    return listed?.key.string ?? listing.files.first { blobName($0) == String(etag) }?.name
  }

  /// What blob names and etags do not prove.
  private func unlisted(_ commit: String, _ access: FileAccess) throws(CheckpointError) -> Finding {
    var problem =
      "no list of the files of commit \(commit.prefix(12)) is here (older clients leave none): each file is held against "
      + "its own \(kind == .cache ? "blob's name" : "etag"), but that it is of this commit, and that none is missing, is "
      + "not proven"
    if kind == .cache {
      let others = try access.list(joinPath(root, "snapshots")).filter { $0 != commit }
      if !others.isEmpty {
        problem += "; there are snapshots of \(others.count) other commits, whose files could be taken for its own"
      }
    }
    return Finding(
      .note, .verifyNotChecked, problem, hint: "a manifest made by 'ckpt checksum' where the files are good proves both"
    )
  }

  private func unreferencedBlobs(_ access: FileAccess) throws(CheckpointError) -> [Finding] {
    let blobs = joinPath(root, "blobs")
    var used = Set<String>()
    for file in try FolderListing(joinPath(root, "snapshots"), files: access).files {
      if let target = file.linkTarget { used.insert(lastPathComponent(target)) }
    }
    if used.isEmpty { return [] }
    return try FolderListing(blobs, files: access).files.compactMap { file in
      if used.contains(file.name) || file.name.hasSuffix(".incomplete") { return nil }
      return Finding(
        .note, .verifyUnreferenced, file: file.name, "is a blob of \(file.byteCount) bytes that no snapshot uses")
    }
  }
}

extension Evidence {
  /// All files of a tree: `{"format_version": 1, "files": {name: …}}`. An entry at a time is held.
  fileprivate mutating func expect(tree open: OpenFile) throws(CheckpointError) {
    var listed = self
    var version: Int?
    var hasFiles = false
    let notText = CheckpointError(.malformedFile, file: open.path, "is not UTF-8 text")
    let problem = try JSONScanner.scan(open, 0..<(try open.size()), notText: notText) {
      (scanner) throws(JSONScanner.Problem) in
      var keys = Set<String>()
      try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
        let key = scanner.decoded(key)
        guard keys.insert(key).inserted else { throw scanner.problem("key \"\(key)\" stands twice") }
        switch key {
        case "format_version": version = try JSONValue(from: &scanner, depth: 2).int
        case "files" where scanner.peek() == UInt8(ascii: "{"):
          hasFiles = true
          var names = NameTable()
          try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
            guard scanner.withContent(of: key, { names.add($0) }).isNew else {
              throw scanner.problem("key \"\(scanner.decoded(key))\" stands twice")
            }
            listed.expect(PathBytes.decode(names[names.count - 1].utf8), tree: try JSONValue(from: &scanner, depth: 3))
          }
        default: try scanner.skipValue(depth: 2)
        }
      }
      try scanner.expectEnd()
    }
    if let problem {
      throw CheckpointError(
        .malformedFile, file: open.path, "is not JSON: \(problem.message) (byte \(problem.offset))")
    }
    guard version != nil, hasFiles else {
      throw CheckpointError(.malformedFile, file: open.path, "has no format version, or no files")
    }
    guard version == 1 else {
      throw CheckpointError(.verifyEvidence, file: open.path, "is no listing of a commit in a form that is read here")
    }
    self = listed
  }

  /// One file of a tree: `{size, blob_id, lfs_sha256?, lfs_size?, xet_hash?}`.
  private mutating func expect(_ name: String, tree entry: JSONValue) {
    let size = entry["lfs_size"]?.int ?? entry["size"]?.int
    if let text = entry["lfs_sha256"]?.string {
      guard let hex = hexDigest(text, digits: 64) else {
        findings.append(Finding(.error, .verifyEvidence, file: name, "has no SHA-256 in \(source): '\(text)'"))
        return expect(name, byteCount: size)
      }
      return expect(name, byteCount: size, digest: SHA256Digest(hex: hex))
    }
    // The id of a file that is kept elsewhere is that of its pointer.
    let isElsewhere = entry["xet_hash"]?.string != nil
    let blob = isElsewhere ? nil : entry["blob_id"]?.string.flatMap { hexDigest($0, digits: 40) }
    expect(name, byteCount: size, gitBlob: blob)
  }
}
