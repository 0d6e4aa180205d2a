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
  /// The tensors of the weight files, by their places in the listing.
  private var tensors: [Int: FileTensors] = [:]
  /// nil where there are no weights, or the folder holds several models.
  private var checkpoint: Checkpoint?
  private var needs = ReadingNeeds()

  /// The least memory with which it works, all told.
  var leastMemory: Int { needs.least }

  /// Lists the files and reads the headers and the index; no weight byte is read.
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
    if found.toolEntries.contains(OwnNames.workFolder) {
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
    needs.takesBuffers(ContentReader.leastBufferBytes(threads: options.threads))
    let budget = MemoryBudget(total: options.memory)
    let (listing, folder, files) = (listing, folder, files)
    let places =
      options.filesOnly
      ? []
      : listing.indices.compactMap { i in
        Container(ofFile: listing[i].name).map { (i, $0) }
      }
    for (place, container) in places { needs.add(joinPath(folder, listing[place].name), container, files) }
    for file in listing where !places.isEmpty && CheckpointIndex.isName(file.name) {
      needs.addIndex(joinPath(folder, file.name), files)
    }
    try needs.require(budget)
    if places.isEmpty { return }
    let results = parallelMap(count: places.count, threads: options.threads) { i in
      Result { () throws(CheckpointError) in
        try ShardHeader(reading: OpenFile(reading: joinPath(folder, listing[places[i].0].name), files), places[i].1)
      }
    }
    var headers: [TensorName: ShardHeader] = [:]
    for (place, result) in zip(places, consume results) {
      headers[TensorName(listing[place.0].name)] = try result.get()
    }
    checkpoint = try openCheckpoint(&headers)
    if let checkpoint {
      let numbers = Dictionary(listing.indices.map { (TensorName(listing[$0].name), $0) }) { first, _ in first }
      for shard in checkpoint.shards {
        if let place = numbers[TensorName(shard.name)] { tensors[place] = FileTensors(shard, of: checkpoint) }
      }
    }
    for (place, _) in places where tensors[place] == nil {
      guard let header = headers.removeValue(forKey: TensorName(listing[place].name)) else { continue }
      tensors[place] = FileTensors(header)
    }
    needs.keeps(digests: tensors.values.reduce(0) { $0 &+ $1.sliceCount })
    try needs.require(budget)
  }

  /// - Parameter headers: those of all weight files; the checkpoint's are taken out.
  private func openCheckpoint(
    _ headers: inout [TensorName: ShardHeader]
  ) throws(CheckpointError) -> Checkpoint? {
    do throws(CheckpointError) {
      return try Checkpoint.open(
        path, files: files, threads: options.threads, memory: MemoryBudget(total: options.memory), headers: &headers)
    } catch {
      // A folder of many GGUF files of one model is usual, and each of them stands for itself.
      guard error.code == .severalModels || error.code == .unknownSource else { throw error }
      return nil
    }
  }

  // MARK: Reading

  /// What a record has of each file; nil for those that are to be read.
  func noted(_ record: ChecksumRecord?) throws(CheckpointError) -> [ContentReader.Result?] {
    try record?.requireOwn()
    var noted: [ContentReader.Result?] = []
    for (i, file) in listing.enumerated() { noted.append(try record?.result(of: file, tensors[i])) }
    return noted
  }

  /// Reads some of the files, and notes each as soon as it is done.
  ///
  /// - Returns: for each file of the listing, what was found if it was read.
  mutating func read(_ places: [Int], _ record: ChecksumRecord?) throws(CheckpointError) -> [ContentReader.Result?] {
    let (listing, tensors, progress) = (listing, tensors, options.progress)
    if let record { try files.makeDirectories(record.folder) }
    let total = places.reduce(0) { $0 + listing[$1].byteCount }
    var reader = ContentReader(files: files, threads: options.threads)
    reader.takeBuffers(of: options.memory, held: needs.leastBeforeBuffers)
    reader.isStopped = options.isStopped
    let shown = SharedCount()
    reader.progress = { bytes in progress(shown.add(bytes), total) }
    let results = reader.read(places.map { task($0) }) { (i, result) throws(CheckpointError) in
      try record?.leave(Self.entry(listing[places[i]], tensors[places[i]], result), listing[places[i]])
    }
    var found = [ContentReader.Result?](repeating: nil, count: listing.count)
    for (i, result) in zip(places, try ContentReader.all(results)) {
      found[i] = result
      readBytes += listing[i].byteCount
    }
    return found
  }

  private func task(_ i: Int) -> ContentReader.Task {
    let file = listing[i]
    var task = ContentReader.Task(path: joinPath(folder, file.name), byteCount: file.byteCount, status: file.status)
    task.fileDigest = true
    task.gitBlob = file.byteCount <= Manifest.gitBlobLimit
    guard let tensors = tensors[i] else { return task }
    task.zeroRuns = true
    task.regions = tensors.regions
    return task
  }

  private static func entry(
    _ file: FolderListing.File, _ tensors: FileTensors?, _ result: ContentReader.Result
  ) -> Manifest.File {
    var entry = Manifest.File(
      name: file.name, byteCount: file.byteCount, digest: result.digest ?? SHA256Digest(hex: ""),
      gitBlob: result.gitBlob, zeroRuns: result.zeroRuns)
    guard let tensors else { return entry }
    entry.dataStart = tensors.dataStart
    entry.tensors = tensors.tensors(result.regions)
    return entry
  }

  // MARK: The whole

  /// Puts what was found of all files together, and adds what only all of them can show.
  mutating func manifest(
    _ results: [ContentReader.Result?], library: SpecLibrary
  ) throws(CheckpointError) -> Manifest {
    var manifest = Manifest(
      files: zip(listing.indices, results).compactMap { i, result in
        result.map { Self.entry(listing[i], tensors[i], $0) }
      })
    if options.filesOnly { return manifest }
    if tensors.isEmpty, !isSingleFile {
      findings.append(
        Finding(.note, .verifyNotChecked, "holds no .safetensors or .gguf file: there are digests of files alone"))
    }
    let binding = try checkpoint.map { (checkpoint) throws(CheckpointError) in
      try Binding.inspect(checkpoint, library: library)
    }
    if let binding { manifest.logical = logical(binding, results) }
    findings += ContentFindings.of(manifest, binding: binding, folder: folder, files: files)
    return manifest
  }

  private func logical(_ binding: Binding, _ results: [ContentReader.Result?]) -> OnDemand<Manifest.Logical> {
    let places = Dictionary(listing.indices.map { (TensorName(listing[$0].name), $0) }) { first, _ in first }
    let checkpoint = binding.checkpoint
    // For each shard, its first record and what was found of all.
    let shards = checkpoint.shards.map { shard in
      (shard.records.lowerBound, places[TensorName(shard.name)].flatMap { results[$0]?.regions } ?? RegionResults())
    }
    return Manifest.logical(binding) { number in
      let record = checkpoint.records[number]
      let (first, regions) = shards[record.shard]
      return number - first < regions.count ? Manifest.Tensor(record, regions[number - first]) : nil
    }
  }

  // MARK: Planning

  /// The fingerprint of the files: of each its size, and the digest of its header, or of its beginning where it has
  /// none that is read.
  func inputs(library: SpecLibrary) throws(CheckpointError) -> PlanInputs {
    let (listing, tensors, folder, files) = (listing, tensors, folder, files)
    let digests = fileDigests(count: listing.count, threads: options.threads) { i in
      Result { () throws(CheckpointError) in
        let end = tensors[i]?.dataStart ?? min(listing[i].byteCount, Self.fingerprintBytes)
        return (try OpenFile(reading: joinPath(folder, listing[i].name), files), 0..<end)
      }
    }
    var inputs: [Fingerprint] = []
    for (file, digest) in zip(listing, digests) {
      inputs.append(
        Fingerprint(
          name: file.name, byteCount: file.byteCount, digest: try digest.get(), modified: file.status?.modified ?? 0))
    }
    let binding = try checkpoint.map { (checkpoint) throws(CheckpointError) in
      try Binding.inspect(checkpoint, library: library)
    }
    return PlanInputs(
      verb: "checksum", options: [("files-only", options.filesOnly ? "true" : "")],
      rules: (binding?.documents ?? DocumentsInUse()).digest(), files: inputs)
  }

  private static let fingerprintBytes = 1 << 20
}
