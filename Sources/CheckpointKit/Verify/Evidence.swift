/// What a file is held against. In the order of trust, strongest first.
public enum EvidenceLevel: String, Sendable, CaseIterable {
  /// A manifest of ours.
  case manifest
  /// The listing of a commit that a Hub client left: `trees/<commit>.json`.
  case hubTree = "hub-tree"
  /// The name of a blob of the Hub cache, or the etag that a Hub client noted beside a file.
  case hubEtag = "hub-etag"
  /// The index of a git clone: ids of files, or of their git-lfs pointers.
  case gitIndex = "git-index"
  /// `SHA256SUMS` and its like.
  case sha256sums
  /// Nothing: that the file is well formed is all that is known.
  case structure
}

/// What one file should be.
struct Expectation: Sendable {
  var level: EvidenceLevel
  /// Who says so, for messages: `the tree of commit 1234abcd`.
  var source: String
  var byteCount: Int?
  var digest: SHA256Digest?
  /// The git id of the content.
  var gitBlob: String?
  /// The git id of the content, or of the git-lfs pointer that stands for it.
  var gitEntry: String?

  var hasDigest: Bool { digest != nil || gitBlob != nil || gitEntry != nil }
}

/// What one list, or one tool's notes, say of the files of a folder.
struct Evidence: Sendable {
  var level: EvidenceLevel
  var source: String
  var entries: [TensorName: Expectation] = [:]
  /// Whether it lists all files, so that others are missing or too many.
  var isListing = false
  /// Whether it lists all weights, but perhaps not every other file.
  var listsWeightsOnly = false
  var findings: [Finding] = []
  /// Files of the folder that are the evidence itself.
  var ownFiles: Set<TensorName> = []

  init(_ level: EvidenceLevel, _ source: String) {
    self.level = level
    self.source = source
  }

  mutating func expect(
    _ name: String, byteCount: Int? = nil, digest: SHA256Digest? = nil, gitBlob: String? = nil, gitEntry: String? = nil
  ) {
    guard isSafeRelativePath(name) else {
      findings.append(
        Finding(
          .error, .unsafeName, file: name, "is a name in \(source) that would lead out of the folder: it is not opened")
      )
      return
    }
    // A size that no file has says nothing; the digest will.
    let byteCount = byteCount.flatMap { (0...FolderListing.byteLimit).contains($0) ? $0 : nil }
    entries[TensorName(name)] = Expectation(
      level: level, source: source, byteCount: byteCount, digest: digest, gitBlob: gitBlob, gitEntry: gitEntry)
  }
}

// MARK: Manifest and checksum files

extension Evidence {
  init(_ manifest: Manifest, file: String) {
    self.init(.manifest, "the manifest")
    isListing = true
    for file in manifest.files { expect(file.name, byteCount: file.byteCount, digest: file.digest) }
  }

  /// All checksum files at the top of a folder; nil where there is none.
  static func checksumFiles(_ listing: FolderListing, _ access: FileAccess) throws(CheckpointError) -> Evidence? {
    var evidence = Evidence(.sha256sums, "SHA256SUMS")
    let base = lastPathComponent(access.realPath(listing.folder)) + "/"
    for file in listing.files where ChecksumFile.isUsualName(file.name) && file.isRegular && !file.name.contains("/") {
      guard file.byteCount <= 64 << 20 else { continue }
      let bytes = try access.readAll(joinPath(listing.folder, file.name), limit: 64 << 20)
      let bareName = file.name.lastRange(of: ".sha256").map { String(file.name[..<$0.lowerBound]) }
      let list = ChecksumFile(parsing: bytes, bareName: bareName)
      evidence.source = file.name
      evidence.ownFiles.insert(TensorName(file.name))
      if !list.unreadable.isEmpty || list.entries.isEmpty {
        let lines = foldedNumbers(list.unreadable.prefix(20))
        evidence.findings.append(
          Finding(
            .warning, .verifyEvidence, file: file.name,
            list.entries.isEmpty ? "has no line with a SHA-256 digest" : "cannot be read in line \(lines)"))
      }
      for entry in list.entries {
        var name = entry.name
        // Made from the folder above.
        if name.hasPrefix(base) { name = String(name.dropFirst(base.count)) }
        if let other = evidence.entries[TensorName(name)], other.digest != entry.digest {
          evidence.findings.append(
            Finding(.warning, .verifyEvidence, file: name, "has two unlike digests in \(other.source) and \(file.name)")
          )
        }
        evidence.expect(name, digest: entry.digest)
      }
      if list.entries.count > 1 || bareName == nil {
        evidence.listsWeightsOnly =
          evidence.listsWeightsOnly || list.entries.contains { FolderListing.isWeight($0.name) }
      }
    }
    return evidence.ownFiles.isEmpty ? nil : evidence
  }
}
