/// What a file is held against. In the order of trust, strongest first.
public enum EvidenceLevel: String, Sendable, CaseIterable {
  /// A manifest of ours that the user gave.
  case manifest
  /// The listing of a commit that a Hub client left: `trees/<commit>.json`.
  case hubTree = "hub-tree"
  /// The name of a blob of the Hub cache.
  case blobName = "blob-name"
  /// The etag that a Hub client noted beside a file.
  case hubEtag = "hub-etag"
  /// The index of a git clone: ids of files, or of their git-lfs pointers.
  case gitIndex = "git-index"
  /// A manifest of ours that came with the files.
  case manifestInside = "manifest-inside"
  /// The provenance of a result of ours.
  case provenance
  /// `SHA256SUMS` and its like.
  case sha256sums
  /// Nothing: that the file is well formed is all that is known.
  case structure

  func isStronger(than other: EvidenceLevel) -> Bool {
    (Self.allCases.firstIndex(of: self) ?? 0) < (Self.allCases.firstIndex(of: other) ?? 0)
  }
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
  /// The digest root of the file's tensors.
  var digestRoot: SHA256Digest?
  /// The digest of all that is before the tensors: what a digest root does not cover.
  var headerDigest: SHA256Digest?
  /// Whether the list says two unlike things of the file: it is not right by either.
  var isContradicted = false

  var hasDigest: Bool { digest != nil || gitBlob != nil || gitEntry != nil || digestRoot != nil }

  /// Whether two entries of one list name unlike digests or sizes.
  func contradicts(_ other: Expectation) -> Bool {
    func differ<T: Equatable>(_ a: T?, _ b: T?) -> Bool { a != nil && b != nil && a != b }
    return differ(digest, other.digest) || differ(gitBlob, other.gitBlob) || differ(gitEntry, other.gitEntry)
      || differ(digestRoot, other.digestRoot) || differ(headerDigest, other.headerDigest)
      || differ(byteCount, other.byteCount)
  }
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
  /// Whether it lists all files of one result, beside which there may be others.
  var listsItsOwn = false
  var findings: [Finding] = []
  /// Files of the folder that are the evidence itself.
  var ownFiles: Set<TensorName> = []

  init(_ level: EvidenceLevel, _ source: String) {
    self.level = level
    self.source = source
  }

  mutating func expect(
    _ name: String, byteCount: Int? = nil, digest: SHA256Digest? = nil, gitBlob: String? = nil, gitEntry: String? = nil,
    digestRoot: SHA256Digest? = nil, headerDigest: SHA256Digest? = nil
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
    var entry = Expectation(
      level: level, source: source, byteCount: byteCount, digest: digest, gitBlob: gitBlob, gitEntry: gitEntry,
      digestRoot: digestRoot, headerDigest: headerDigest)
    if let other = entries[TensorName(name)] {
      entry.isContradicted = other.isContradicted || entry.contradicts(other)
      if entry.isContradicted, !other.isContradicted {
        let place = other.source == source ? "in \(source)" : "in \(other.source) and \(source)"
        findings.append(
          Finding(
            .error, .verifyEvidence, file: name, "has two unlike digests \(place): it is not right by either",
            hint: "get the list again from whoever published the files"))
      }
    }
    entries[TensorName(name)] = entry
  }
}

// MARK: Manifest and checksum files

extension Evidence {
  init(_ manifest: ManifestOutline, _ level: EvidenceLevel) {
    self.init(level, level == .manifest ? "the manifest" : "the manifest that came with the files")
    isListing = true
    for file in manifest.files.map(\.entry) { expect(file.name, byteCount: file.byteCount, digest: file.digest) }
  }

  static let checksumFileLimit = 64 << 20

  static func isChecksumFile(_ file: FolderListing.File) -> Bool {
    SideFiles.isListOfDigests(file.name) && file.isRegular && !file.name.contains("/")
  }

  /// All checksum files at the top of a folder; nil where there is none.
  static func checksumFiles(_ listing: FolderListing, _ access: FileAccess) throws(CheckpointError) -> Evidence? {
    var evidence = Evidence(.sha256sums, "SHA256SUMS")
    let base = lastPathComponent(access.realPath(listing.folder)) + "/"
    for file in listing.files where isChecksumFile(file) {
      guard file.byteCount <= checksumFileLimit else {
        evidence.findings.append(
          Finding(
            .warning, .verifyEvidence, file: file.name,
            "has \(file.byteCount) bytes, where at most \(checksumFileLimit) are read: it is not used"))
        continue
      }
      let bytes = try access.readAll(joinPath(listing.folder, file.name), limit: checksumFileLimit)
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
        evidence.expect(name, digest: entry.digest)
      }
      if list.entries.count > 1 || bareName == nil {
        evidence.listsWeightsOnly =
          evidence.listsWeightsOnly || list.entries.contains { FolderListing.isWeight($0.name) }
      }
    }
    return evidence.ownFiles.isEmpty && evidence.findings.isEmpty ? nil : evidence
  }
}
