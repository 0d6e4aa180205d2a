/// The work of a manifest: which files belong to it, what their headers say, and the read of their bytes.
struct ChecksumWork: Sendable {
  let path: String
  var options: Checksum.Options
  private(set) var files: FileAccess
  private(set) var listing: [FolderListing.File] = []
  private(set) var findings: [Finding] = []
  private(set) var readBytes = 0
  private var folder = ""
  private var isSingleFile = false
  private var headers: [Int: ShardHeader] = [:]

  /// Lists the files and reads the headers; no weight byte is read.
  init(_ path: String, options: Checksum.Options, files: FileAccess) throws(CheckpointError) {
    self.path = path
    self.options = options
    self.files = files
    try list()
    try readHeaders()
  }

  private mutating func list() throws(CheckpointError) {
    guard let status = try files.unconfined.status(path) else {
      throw CheckpointError(.notFound, file: path, "does not exist")
    }
    isSingleFile = status.kind != .directory
    (folder, files) =
      isSingleFile ? CheckpointSource.folder(ofFile: path, files) : try CheckpointSource.folder(of: path, files)
    let found = isSingleFile ? try FolderListing(file: path, files: files) : try FolderListing(folder, files: files)
    if found.isBareRepository { throw bareRepositoryError(path) }
    if let name = found.absent.first {
      throw CheckpointError(
        .ggufSplit, file: joinPath(folder, name), "belongs to the set, but is not here", hint: "get this file")
    }
    if found.toolEntries.contains(WorkFolder.name) {
      throw unfinishedError(path)
    }
    let excluded = options.excluded.compactMap { found.name(of: $0, files) }
    for file in found.outside where !excluded.contains(where: { sameBytes($0, file.name) }) {
      if let refusal = file.refusal { throw refusal }
    }
    for file in found.files {
      if excluded.contains(where: { sameBytes($0, file.name) || file.name.utf8.starts(with: ($0 + "/").utf8) }) {
        continue
      }
      if let reason = file.reasonNotRead {
        findings.append(Finding(.note, .verifyNotChecked, file: file.name, "\(reason): it is left out"))
        continue
      }
      guard file.status != nil else {
        throw CheckpointError(
          .notFound, file: joinPath(folder, file.name), "is a link to nothing", hint: brokenLinkHint)
      }
      listing.append(file)
    }
    guard !listing.isEmpty else { throw CheckpointError(.unknownSource, file: path, "holds no files") }
  }

  private mutating func readHeaders() throws(CheckpointError) {
    if options.filesOnly { return }
    let (listing, folder, files) = (listing, folder, files)
    let places = listing.indices.compactMap { i in Container(ofFile: listing[i].name).map { (i, $0) } }
    let results = parallelMap(count: places.count, threads: options.threads) { i in
      Result { () throws(CheckpointError) in
        try ShardHeader(reading: OpenFile(reading: joinPath(folder, listing[places[i].0].name), files), places[i].1)
      }
    }
    for (place, result) in zip(places, results) { headers[place.0] = try result.get() }
  }

  // MARK: Reading

  /// What a record has of each file; nil for those that are to be read.
  func noted(_ record: ChecksumRecord?) throws(CheckpointError) -> [Manifest.File?] {
    var noted: [Manifest.File?] = []
    for file in listing { noted.append(try record?.entry(file)) }
    return noted
  }

  /// Reads some of the files, and notes each as soon as it is done.
  ///
  /// - Returns: for each file of the listing, its entry if it was read.
  mutating func read(_ places: [Int], _ record: ChecksumRecord?) throws(CheckpointError) -> [Manifest.File?] {
    let (listing, headers, progress) = (listing, headers, options.progress)
    if let record { try files.makeDirectories(record.folder) }
    let total = places.reduce(0) { $0 + listing[$1].byteCount }
    var reader = ContentReader(files: files, threads: options.threads)
    reader.bufferBytes = max(8 << 20, min(128 << 20, options.memory / 4))
    reader.isStopped = options.isStopped
    let shown = SharedCount()
    reader.progress = { bytes in progress(shown.add(bytes), total) }
    let results = reader.read(places.map { task($0) }) { (i, result) throws(CheckpointError) in
      try record?.leave(Self.entry(listing[places[i]], headers[places[i]], result), listing[places[i]])
    }
    var entries = [Manifest.File?](repeating: nil, count: listing.count)
    for (i, result) in zip(places, try ContentReader.all(results)) {
      entries[i] = Self.entry(listing[i], headers[i], result)
      readBytes += listing[i].byteCount
    }
    return entries
  }

  private func task(_ i: Int) -> ContentReader.Task {
    let file = listing[i]
    var task = ContentReader.Task(path: joinPath(folder, file.name), byteCount: file.byteCount, status: file.status)
    task.fileDigest = true
    task.gitBlob = file.byteCount <= Manifest.gitBlobLimit
    guard let header = headers[i] else { return task }
    task.zeroRuns = true
    task.regions = header.entries.map { entry in
      var region = ContentReader.Region(
        range: entry.range.lowerBound + header.dataStart..<entry.range.upperBound + header.dataStart)
      region.sliceBytes = Manifest.sliceBytes(entry.shape, byteCount: entry.range.count)
      region.scanned = entry.dtype
      region.isScale = isFP8Scale(entry.name)
      return region
    }
    return task
  }

  private static func entry(
    _ file: FolderListing.File, _ header: ShardHeader?, _ result: ContentReader.Result
  ) -> Manifest.File {
    let none = SHA256Digest(hex: "")
    var entry = Manifest.File(
      name: file.name, byteCount: file.byteCount, digest: result.digest ?? none, gitBlob: result.gitBlob,
      zeroRuns: result.zeroRuns)
    guard let header else { return entry }
    entry.dataStart = header.dataStart
    entry.tensors = zip(header.entries, result.regions).map { tensor, region in
      Manifest.Tensor(
        name: tensor.name, dtype: tensor.dtype, block: tensor.block, shape: tensor.shape,
        range: tensor.range.lowerBound + header.dataStart..<tensor.range.upperBound + header.dataStart,
        digest: region.digest ?? none, slices: region.slices,
        content: region.scan.map { Manifest.Content($0) } ?? Manifest.Content())
    }
    return entry
  }

  // MARK: The whole

  /// Puts the entries of all files together, and adds what only all of them can show.
  mutating func manifest(
    _ entries: [Manifest.File], library: SpecLibrary
  ) throws(CheckpointError) -> Manifest {
    var manifest = Manifest(files: entries)
    if options.filesOnly { return manifest }
    let binding = try binding(library)
    if headers.isEmpty, !isSingleFile {
      findings.append(
        Finding(.note, .verifyNotChecked, "holds no .safetensors or .gguf file: there are digests of files alone"))
    }
    if let binding, binding.model != nil { manifest.addLogical(binding) }
    findings += ContentFindings.of(manifest, binding: binding, folder: folder, files: files)
    return manifest
  }

  /// The model that the tensors are of; nil where there are none, or the folder holds several models.
  func binding(_ library: SpecLibrary) throws(CheckpointError) -> Binding? {
    guard !headers.isEmpty else { return nil }
    let checkpoint: Checkpoint
    do throws(CheckpointError) {
      checkpoint = try Checkpoint.open(
        path, files: files, threads: options.threads, memory: MemoryBudget(total: options.memory))
    } catch {
      // A folder of many GGUF files of one model is usual, and each of them stands for itself.
      guard error.code == .severalModels || error.code == .unknownSource else { throw error }
      return nil
    }
    return try Binding.inspect(checkpoint, library: library)
  }

  // MARK: Planning

  /// The fingerprint of the files: of each its size, and the digest of its header, or of its beginning where it has
  /// none that is read.
  func inputs(library: SpecLibrary) throws(CheckpointError) -> PlanInputs {
    let (listing, headers, folder, files) = (listing, headers, folder, files)
    let digests = fileDigests(count: listing.count, threads: options.threads) { i in
      Result { () throws(CheckpointError) in
        let end = headers[i]?.dataStart ?? min(listing[i].byteCount, Self.fingerprintBytes)
        return (try OpenFile(reading: joinPath(folder, listing[i].name), files), 0..<end)
      }
    }
    var inputs: [PlanInputs.File] = []
    for (file, digest) in zip(listing, digests) {
      inputs.append(
        PlanInputs.File(
          name: file.name, byteCount: file.byteCount, digest: try digest.get(), modified: file.status?.modified ?? 0))
    }
    return PlanInputs(
      verb: "checksum", options: [("files-only", options.filesOnly ? "true" : "")],
      rules: SHA256Digest(of: try binding(library)?.model?.spec.identity ?? ""), files: inputs)
  }

  private static let fingerprintBytes = 1 << 20
}
