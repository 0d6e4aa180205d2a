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
    /// The least memory with which this works, as ``Options/memory`` gives it.
    public var leastMemory = 0
  }

  let options: Options
  let access: FileAccess
  let path: String
  let library: SpecLibrary
  var outcome = Outcome()
  var listing: FolderListing
  var manifest: ManifestOutline?
  /// Whose word the manifest is.
  var manifestLevel = EvidenceLevel.manifest
  var sources: [Evidence] = []
  var hub: HubFolder?
  var checkpoint: Checkpoint?
  var model: ModelLayout?
  /// Files whose tensors are held against digests, and whose headers against nothing.
  var withoutHeaderDigest: Set<TensorName> = []
  /// Files whose structure is wrong.
  var malformed: Set<TensorName> = []
  /// Names of files that are evidence, and no part of the checkpoint.
  var ownFiles: Set<TensorName> = []

  public static func verify(
    _ path: String, library: SpecLibrary, options: Options, files: FileAccess = .system
  ) throws(CheckpointError) -> Outcome {
    var verifier = try Verifier(path, library: library, options: options, files: files)
    try verifier.requireMemory()
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
    self.path = path
    self.library = library
    guard let status = try files.status(path) else {
      throw CheckpointError(.notFound, file: path, "does not exist")
    }
    if status.kind == .directory {
      let folder: String
      (folder, access) = try CheckpointSource.folder(of: path, files)
      listing = try FolderListing(folder, files: access)
      if listing.isBareRepository { throw bareRepositoryError(path) }
      if listing.files.isEmpty, listing.outside.isEmpty {
        if listing.toolEntries.contains(OwnNames.workFolder) { throw unfinishedError(path) }
        throw CheckpointError(.unknownSource, file: path, "holds no files")
      }
    } else {
      guard status.kind == .regular else {
        throw CheckpointError(.unknownSource, file: path, "is neither a file nor a folder")
      }
      access = CheckpointSource.folder(ofFile: path, files).1
      listing = try FolderListing(file: path, files: access)
      isSingleFile = true
    }
  }

  private var isSingleFile = false
  var needs = ReadingNeeds()

  // MARK: Memory

  /// Counts what is held of the headers, the index and the lists, from the sizes of the files.
  private mutating func requireMemory() throws(CheckpointError) {
    needs.takesBuffers(ContentReader.leastBufferBytes(threads: options.threads))
    for file in listing.files where file.isRegular {
      let path = joinPath(listing.folder, file.name)
      if let container = Container(ofFile: file.name) { needs.add(path, container, access) }
      if CheckpointIndex.isName(file.name) { needs.addIndex(path, access) }
      if Evidence.isChecksumFile(file) { needs.addList(path, limit: Evidence.checksumFileLimit, access) }
    }
    needs.addList(joinPath(listing.folder, GitIndex.path), limit: GitIndex.byteLimit, access)
    try needs.require(MemoryBudget(total: options.memory))
    outcome.leastMemory = needs.least
  }

  // MARK: Evidence

  private mutating func gatherEvidence() throws(CheckpointError) {
    if let file = options.manifest {
      // Where the user says it is, it may be behind any link.
      let found = try ManifestOutline(reading: OpenFile(reading: file, access.unconfined))
      manifest = found
      var evidence = Evidence(found, .manifest)
      if let name = listing.name(of: file, access) { evidence.ownFiles.insert(TensorName(name)) }
      sources.append(evidence)
    }
    reportOutside()
    let (listing, access) = (listing, access)
    hub = try evidence { () throws(CheckpointError) in try HubFolder(listing, access) }
    if let hub {
      outcome.layout = hub.kind == .cache ? "hub-cache" : "hub-local-dir"
      outcome.commit = hub.commit
      let tree = try hub.tree(access)
      if let tree { sources.append(tree) }
      sources.append(hub.etags(listing))
      outcome.findings += try hub.look(listing, tree: tree, access)
    }
    if let index = try evidence({ () throws(CheckpointError) in try GitIndex.evidence(listing.folder, access) }) {
      sources.append(index)
      outcome.layout = "git"
    }
    if let inside = try manifestInside() { sources.append(inside) }
    if let provenance = try Evidence.provenance(listing, ofFiles: isSingleFile, access) { sources.append(provenance) }
    if let sums = try Evidence.checksumFiles(listing, access) { sources.append(sums) }
    if !listing.toolEntries.isDisjoint(with: ToolFiles.modelScope) { outcome.layout = "modelscope" }
    if outcome.layout.isEmpty { outcome.layout = isSingleFile ? "file" : "folder" }
    for i in sources.indices {
      // No list is evidence of itself; one that another lists is a file like any other.
      for name in sources[i].ownFiles { sources[i].entries[name] = nil }
      if isSingleFile {
        (sources[i].isListing, sources[i].listsWeightsOnly, sources[i].listsItsOwn) = (false, false, false)
      }
    }
    for source in sources {
      outcome.findings += source.findings
      ownFiles.formUnion(source.ownFiles.filter { name in !sources.contains { $0.entries[name]?.hasDigest == true } })
    }
    findLeftovers()
  }

  /// Links that lead out of the checkpoint: what is behind them is not read.
  private mutating func reportOutside() {
    for file in listing.outside {
      guard let refusal = file.refusal else { continue }
      var finding = Finding(refusal)
      finding.file = file.name
      outcome.findings.append(finding)
      outcome.files.append((file.name, .structure, .bad))
    }
  }

  /// Evidence that is behind a link out of the checkpoint is none.
  private mutating func evidence<T>(_ find: () throws(CheckpointError) -> T?) throws(CheckpointError) -> T? {
    do throws(CheckpointError) { return try find() } catch {
      guard error.code == .linkOutside else { throw error }
      outcome.findings.append(Finding(error))
      return nil
    }
  }

  /// The manifest in the folder: whoever made the files may have made it. One that cannot be read is no evidence.
  private mutating func manifestInside() throws(CheckpointError) -> Evidence? {
    let path = joinPath(listing.folder, OwnNames.manifest)
    if let given = options.manifest, listing.name(of: given, access) == OwnNames.manifest { return nil }
    guard access.refusal(of: path) == nil, try access.status(path)?.kind == .regular else { return nil }
    do throws(CheckpointError) {
      let found = try ManifestOutline(reading: OpenFile(reading: path, access))
      if manifest == nil { (manifest, manifestLevel) = (found, .manifestInside) }
      var evidence = Evidence(found, .manifestInside)
      evidence.ownFiles.insert(TensorName(OwnNames.manifest))
      return evidence
    } catch {
      guard error.code == .manifestMalformed || error.code == .malformedFile else { throw error }
      var finding = Finding(error)
      finding.file = OwnNames.manifest
      outcome.findings.append(finding)
      return nil
    }
  }

  private mutating func findLeftovers() {
    let found = listing.files.filter { file in
      [".incomplete", ".aria2", ".part", ".crdownload", ".partial"].contains { file.name.hasSuffix($0) }
        || file.name.hasPrefix(ToolFiles.modelScopeTemporary + "/")
    }
    for file in found {
      outcome.findings.append(
        Finding(
          .warning, .verifyLeftover, file: file.name,
          "is a partial download of \(file.byteCount) bytes that was left behind",
          hint: "run the download again, or remove it"))
    }
    if listing.toolEntries.contains(OwnNames.workFolder) {
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
      let outside = Set(listing.outside.map { TensorName(lastPathComponent($0.name)) })
      for finding in findings where finding.code != .unfinishedSource {
        let name = finding.file.map { TensorName(lastPathComponent($0)) }
        if finding.code == .linkOutside, name.map({ outside.contains($0) }) ?? false { continue }
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

  /// The strongest list of files.
  var list: Evidence? { sources.first { $0.isListing || $0.listsWeightsOnly } }

  /// What is missing and what is too many, by the strongest list of files.
  private mutating func checkNames() {
    let present = Set((listing.files + listing.outside).map { TensorName($0.name) })
    for file in listing.files where file.status == nil {
      outcome.findings.append(
        Finding(.error, .verifyDanglingLink, file: file.name, "is a link to nothing", hint: brokenLinkHint))
      outcome.missing.append(file.name)
      addRepair(file.name, [])
    }
    for list in sources where list.listsItsOwn {
      for name in list.entries.keys.sorted() where !present.contains(name) { reportMissing(name.string, list) }
    }
    guard let list else { return checkAgainstIndex() }
    for name in list.entries.keys.sorted() where !present.contains(name) {
      // Where its tensors may lie in other files, that is found out when those are read.
      if list.level == manifestLevel, manifestFile(name.string)?.dataStart != nil { continue }
      reportMissing(name.string, list)
    }
    for file in listing.files
    where list.entries[TensorName(file.name)] == nil && !ownFiles.contains(TensorName(file.name))
      && !list.ownFiles.contains(TensorName(file.name))
    {
      let isRead = checkpoint?.shards.contains { sameBytes($0.name, file.name) } ?? false
      if list.level == manifestLevel, isRead, hasOtherShards { continue }
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

  /// What the manifest says of a file, but for its tensors.
  func manifestFile(_ name: String) -> Manifest.File? { outline(name)?.entry }

  func outline(_ name: String) -> ManifestOutline.File? {
    manifest?.files.first { sameBytes($0.entry.name, name) }
  }

  // MARK: The end

  private mutating func conclude() {
    let unverified = outcome.files.filter { $0.state == .unverified }
    let reasons = Dictionary(
      listing.files.compactMap { file in file.reasonNotRead.map { (TensorName(file.name), $0) } }
    ) { first, _ in first }
    for file in unverified {
      if withoutHeaderDigest.contains(TensorName(file.name)) {
        outcome.findings.append(
          Finding(
            .error, .verifyNoDigest, file: file.name,
            "has no digest of its header: its tensors are right, and its types, shapes and metadata were held against "
              + "nothing", hint: "the same conversion by this version writes a provenance that has one"))
        continue
      }
      let code: ProblemCode = options.requiresDigest ? .verifyNoDigest : .verifyUnverified
      outcome.findings.append(
        Finding(
          options.requiresDigest ? .error : .note, code, file: file.name,
          reasons[TensorName(file.name)] ?? "has no digest to be held against: "
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
