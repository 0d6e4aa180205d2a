/// Holds the bytes of a checkpoint against the best evidence there is, offline.
///
/// Each file is held against the strongest evidence that has a digest of it (``EvidenceLevel``). What has none is read
/// all the same, for its structure and for what its content makes suspect, and reported as not verified.
public struct Verifier: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var memory: Int
    public var manifest: String?
    public var requiresDigest = false
    /// One of so many slices of the files, counted from 1.
    public var sample: (slice: Int, count: Int)?
    /// Bytes a second.
    public var rate: Int?
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    public var isStopped: @Sendable () -> Bool = { false }

    public init(threads: Int, memory: Int) {
      self.threads = threads
      self.memory = memory
    }
  }

  public enum FileState: Sendable { case ok, bad, unverified, notRead }

  public struct Outcome: Sendable {
    public var findings: [Finding] = []
    /// Of every file that is here.
    public var files: [(name: String, evidence: EvidenceLevel, state: FileState)] = []
    public var missing: [String] = []
    public var extra: [String] = []
    public var readBytes = 0
    public var layout = ""
    public var commit: String?
    public var repairs = RepairList()
  }

  let options: Options
  let access: FileAccess
  let path: String
  let library: SpecLibrary
  var outcome = Outcome()
  var listing: FolderListing
  var manifest: Manifest?
  var sources: [Evidence] = []
  var hub: HubFolder?
  var checkpoint: Checkpoint?
  var model: ModelLayout?
  /// Files whose structure is wrong.
  var malformed: Set<TensorName> = []
  /// Names of files that are evidence, and no part of the checkpoint.
  var ownFiles: Set<TensorName> = []

  public static func verify(
    _ path: String, library: SpecLibrary, options: Options, files: FileAccess = .system
  ) throws(CheckpointError) -> Outcome {
    var verifier = try Verifier(path, library: library, options: options, files: files)
    try verifier.gatherEvidence()
    try verifier.checkStructure()
    verifier.checkNames()
    try verifier.readFiles()
    verifier.conclude()
    return verifier.outcome
  }

  private init(
    _ path: String, library: SpecLibrary, options: Options, files: FileAccess
  ) throws(CheckpointError) {
    self.options = options
    access = files
    self.path = path
    self.library = library
    guard let status = try files.status(path) else {
      throw CheckpointError(.notFound, file: path, "does not exist")
    }
    if status.kind == .directory {
      let folder = try CheckpointSource.snapshot(of: path, files) ?? path
      listing = try FolderListing(folder, files: files)
      if listing.isBareRepository { throw bareRepositoryError(path) }
      if listing.files.isEmpty {
        if listing.toolEntries.contains(WorkFolder.name) { throw unfinishedError(path) }
        throw CheckpointError(.unknownSource, file: path, "holds no files")
      }
    } else {
      guard status.kind == .regular else {
        throw CheckpointError(.unknownSource, file: path, "is neither a file nor a folder")
      }
      listing = try FolderListing(file: path, files: files)
      isSingleFile = true
    }
  }

  private var isSingleFile = false

  // MARK: Evidence

  private mutating func gatherEvidence() throws(CheckpointError) {
    let usual = joinPath(listing.folder, Manifest.usualName)
    var given = options.manifest
    if given == nil, try access.status(usual)?.kind == .regular { given = usual }
    if let file = given {
      let found = try Manifest(reading: OpenFile(reading: file, access), keepsLogical: false)
      manifest = found
      var evidence = Evidence(found, file: file)
      let identity = try access.status(file)?.identity
      for other in listing.files where other.status?.identity == identity {
        evidence.ownFiles.insert(TensorName(other.name))
      }
      sources.append(evidence)
      outcome.layout = "folder"
    }
    hub = try HubFolder(listing, access)
    if let hub {
      outcome.layout = hub.kind == .cache ? "hub-cache" : "hub-local-dir"
      outcome.commit = hub.commit
      let tree = try hub.tree(access)
      if let tree { sources.append(tree) }
      sources.append(hub.etags(listing))
      outcome.findings += try hub.look(listing, tree: tree, access)
    }
    if let index = try GitIndex.evidence(listing.folder, access) {
      sources.append(index)
      outcome.layout = "git"
    }
    if let sums = try Evidence.checksumFiles(listing, access) { sources.append(sums) }
    if !listing.toolEntries.isDisjoint(with: [".msc", ".mdl", ".mv"]) { outcome.layout = "modelscope" }
    if outcome.layout.isEmpty { outcome.layout = isSingleFile ? "file" : "folder" }
    for source in sources {
      outcome.findings += source.findings
      ownFiles.formUnion(source.ownFiles)
    }
    // A list that is itself listed by something stronger is a file like any other.
    for source in sources where source.level != .sha256sums {
      for name in source.entries.keys where source.level != .manifest || name.string != Manifest.usualName {
        ownFiles.remove(name)
      }
    }
    if isSingleFile { for i in sources.indices { sources[i].isListing = false } }
    try findLeftovers()
  }

  private mutating func findLeftovers() throws(CheckpointError) {
    var found = listing.files.filter { file in
      [".incomplete", ".aria2", ".part", ".crdownload", ".partial"].contains { file.name.hasSuffix($0) }
    }
    let temporary = joinPath(listing.folder, "._____temp")
    if try access.status(temporary)?.kind == .directory {
      found += try FolderListing(temporary, files: access).files
    }
    for file in found {
      outcome.findings.append(
        Finding(
          .warning, .verifyLeftover, file: file.name,
          "is a partial download of \(file.byteCount) bytes that was left behind",
          hint: "run the download again, or remove it"))
      ownFiles.insert(TensorName(file.name))
    }
    if listing.toolEntries.contains(WorkFolder.name) {
      outcome.findings.append(Finding(unfinishedError(path), severity: .error))
    }
  }

  /// The strongest that has a digest of the file; else the strongest that has anything.
  func expectation(_ name: String) -> Expectation? {
    let found = sources.compactMap { $0.entries[TensorName(name)] }
    return found.first(where: \.hasDigest) ?? found.first
  }

  // MARK: Structure

  private mutating func checkStructure() throws(CheckpointError) {
    guard
      listing.files.contains(where: { file in
        Container(ofFile: file.name) != nil && !file.name.contains("/")
      })
    else {
      outcome.findings.append(
        Finding(.note, .verifyNotChecked, "holds no .safetensors or .gguf file: its structure is not checked"))
      return
    }
    do throws(CheckpointError) {
      let (found, findings) = try Checkpoint.inspect(
        path, files: access, threads: options.threads, memory: MemoryBudget(total: options.memory))
      checkpoint = found
      if let found { model = try Binding.inspect(found, library: library).model }
      for finding in findings where finding.code != .unfinishedSource {
        outcome.findings.append(finding)
        let code = finding.code.rawValue
        if finding.severity == .error, let file = finding.file,
          ["safetensors.", "gguf.", "source."].contains(where: { code.hasPrefix($0) }) || code.hasPrefix("io.")
        {
          malformed.insert(TensorName(lastPathComponent(file)))
        }
      }
    } catch {
      guard [.unknownSource, .severalModels, .malformedFile].contains(error.code) else { throw error }
      outcome.findings.append(Finding(error, severity: .note))
    }
  }

  // MARK: Names

  /// What is missing and what is too many, by the strongest list of files.
  private mutating func checkNames() {
    let present = Set(listing.files.map { TensorName($0.name) })
    for file in listing.files where file.status == nil {
      outcome.findings.append(
        Finding(.error, .verifyDanglingLink, file: file.name, "is a link to nothing", hint: brokenLinkHint))
      outcome.missing.append(file.name)
      addRepair(file.name, [])
    }
    guard let list = sources.first(where: { $0.isListing || $0.listsWeightsOnly }) else { return checkAgainstIndex() }
    for name in list.entries.keys.sorted() where !present.contains(name) {
      // Where its tensors may lie in other files, that is found out when those are read.
      if list.level == .manifest, manifestFile(name.string)?.dataStart != nil { continue }
      reportMissing(name.string, list)
    }
    for file in listing.files
    where list.entries[TensorName(file.name)] == nil && !ownFiles.contains(TensorName(file.name)) {
      let isRead = checkpoint?.shards.contains { sameBytes($0.name, file.name) } ?? false
      if list.level == .manifest, isRead, hasOtherShards { continue }
      guard list.isListing || file.isWeight else { continue }
      outcome.extra.append(file.name)
      outcome.findings.append(
        Finding(
          file.isWeight ? .error : .note, .verifyExtra, file: file.name, "is here, but \(list.source) does not list it")
      )
    }
  }

  /// Where nothing lists the files, the index lists the shards.
  private mutating func checkAgainstIndex() {
    for finding in outcome.findings {
      guard let file = finding.file else { continue }
      switch finding.code {
      case .indexMissingShard where !outcome.missing.contains { sameBytes($0, file) }:
        outcome.missing.append(file)
        addRepair(file, [])
      // The same weights in the form of Mistral's own programs; no index lists them.
      case .indexUnlistedShard where !file.hasPrefix("consolidated"):
        outcome.extra.append(file)
        outcome.findings.append(
          Finding(.error, .verifyExtra, file: file, "is here, but the index does not list it"))
      default: break
      }
    }
  }

  mutating func reportMissing(_ name: String, _ list: Evidence) {
    outcome.missing.append(name)
    outcome.findings.append(
      Finding(
        FolderListing.isWeight(name) ? .error : .note, .verifyMissing, file: name,
        "is listed by \(list.source), but is not here", hint: FolderListing.isWeight(name) ? "get this file" : nil))
    if FolderListing.isWeight(name) { addRepair(name, []) }
  }

  func manifestFile(_ name: String) -> Manifest.File? { manifest?.files.first { sameBytes($0.name, name) } }

  // MARK: The end

  private mutating func conclude() {
    let unverified = outcome.files.filter { $0.state == .unverified }
    for file in unverified {
      let code: ProblemCode = options.requiresDigest ? .verifyNoDigest : .verifyUnverified
      outcome.findings.append(
        Finding(
          options.requiresDigest ? .error : .note, code, file: file.name,
          "has no digest to be held against: "
            + (FolderListing.isWeight(file.name) ? "its structure alone was checked" : "it was not checked")))
    }
    let skipped = outcome.files.filter { $0.state == .notRead }
    if !skipped.isEmpty, let sample = options.sample {
      outcome.findings.append(
        Finding(
          .note, .verifyNotChecked,
          "\(skipped.count) files were not read: they are not in slice \(sample.slice) of \(sample.count)"))
    }
    reportNotes()
  }

  /// Mixed commits and stale notes of a `--local-dir` folder, judged by what the files turned out to be.
  private mutating func reportNotes() {
    guard let hub, hub.kind == .localFolder else { return }
    let bad = Set(outcome.files.filter { $0.state == .bad }.map { TensorName($0.name) })
    let proven = Set(outcome.files.filter { $0.state == .ok && $0.evidence == .hubTree }.map { TensorName($0.name) })
    let others = hub.notes.filter { $0.value.commit != hub.commit }.sorted { $0.key < $1.key }
    if let first = others.first, let commit = hub.commit {
      let isHarmless = others.allSatisfy { proven.contains($0.key) }
      var finding = Finding(
        isHarmless ? .note : .error, .verifyMixedCommits, file: first.key.string,
        "is of commit \(first.value.commit.prefix(12)), where most files are of \(commit.prefix(12))"
          + (others.count > 1 ? "; \(others.count - 1) more are of other commits" : "")
          + (isHarmless ? "; they are the same in both" : ""))
      if !isHarmless { finding.hint = "get all files of one commit again" }
      outcome.findings.append(finding)
    }
    for file in listing.files {
      guard let note = hub.notes[TensorName(file.name)], let status = file.status, note.seconds > 0,
        Double(status.modified) / 1e9 - 1 > note.seconds
      else { continue }
      outcome.findings.append(
        Finding(
          bad.contains(TensorName(file.name)) ? .warning : .note, .verifyStaleMetadata, file: file.name,
          "was changed after the Hub client noted it"))
    }
  }

  mutating func addRepair(_ name: String, _ ranges: [Range<Int>], isProven: Bool = true) {
    let expected = expectation(name)
    var ranges = ranges
    if ranges.isEmpty, let count = expected?.byteCount { ranges = [0..<count] }
    outcome.repairs.entries.append(
      RepairList.Entry(
        file: name, ranges: ranges, byteCount: expected?.byteCount, digest: expected?.digest, isProven: isProven))
  }
}
