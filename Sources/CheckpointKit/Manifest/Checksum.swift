internal import Synchronization

/// Makes the manifest of a checkpoint in one read of its bytes.
public struct Checksum: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var memory: Int
    /// Digests of files alone: headers are not looked at.
    public var filesOnly = false
    /// Where finished files are noted, so that the same command continues after it was killed; nil: nowhere.
    public var progressFolder: String?
    /// Files that do not belong to the checkpoint, such as the manifest itself.
    public var excluded: [String] = []
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    public var isStopped: @Sendable () -> Bool = { false }

    public init(threads: Int, memory: Int) {
      self.threads = threads
      self.memory = memory
    }
  }

  public struct Outcome: Sendable {
    public var manifest: Manifest
    public var findings: [Finding]
    public var readBytes: Int
    /// Files that an earlier run had done.
    public var filesResumed: Int
  }

  /// - Throws: where a file cannot be read, a link leads to nothing, or a header is malformed.
  public static func make(
    _ path: String, library: SpecLibrary, options: Options, files: FileAccess = .system
  ) throws(CheckpointError) -> Outcome {
    var work = Work(options: options, files: files)
    try work.list(path)
    try work.readHeaders()
    let entries = try work.readContents()
    var manifest = Manifest(files: entries)
    if !options.filesOnly { try work.addLogical(to: &manifest, path: path, library: library) }
    return Outcome(
      manifest: manifest, findings: work.findings, readBytes: work.readBytes, filesResumed: work.filesResumed)
  }

  private struct Work {
    let options: Options
    let files: FileAccess
    var listing = [FolderListing.File]()
    var folder = ""
    var isSingleFile = false
    var headers: [Int: SafetensorsHeader] = [:]
    var findings: [Finding] = []
    var readBytes = 0
    var filesResumed = 0

    init(options: Options, files: FileAccess) {
      self.options = options
      self.files = files
    }

    mutating func list(_ path: String) throws(CheckpointError) {
      guard let status = try files.status(path) else {
        throw CheckpointError(.notFound, file: path, "does not exist")
      }
      isSingleFile = status.kind != .directory
      let found =
        isSingleFile
        ? try FolderListing(file: path, files: files)
        : try FolderListing(CheckpointSource.snapshot(of: path, files) ?? path, files: files)
      folder = found.folder
      if found.toolEntries.contains(WorkFolder.name) {
        throw CheckpointError(
          .unfinishedSource, file: path, "is unfinished: it holds \(WorkFolder.name)",
          hint: "run the command that was writing it again: it continues")
      }
      for name in found.others {
        findings.append(Finding(.note, .verifyNotChecked, file: name, "is no regular file: it is left out"))
      }
      var excluded: [[UInt64]] = []
      for path in options.excluded {
        if let status = try files.status(path) { excluded.append(status.identity) }
      }
      for file in found.files {
        guard let status = file.status else {
          throw CheckpointError(
            .notFound, file: joinPath(folder, file.name), "is a link to nothing", hint: brokenLinkHint)
        }
        if excluded.contains(status.identity) || file.name == Manifest.usualName { continue }
        listing.append(file)
      }
      guard !listing.isEmpty else { throw CheckpointError(.unknownSource, file: path, "holds no files") }
    }

    mutating func readHeaders() throws(CheckpointError) {
      if options.filesOnly { return }
      let (listing, folder, files) = (listing, folder, files)
      let places = listing.indices.filter { listing[$0].name.hasSuffix(".safetensors") }
      let results = parallelMap(count: places.count, threads: options.threads) {
        i -> Result<SafetensorsHeader, CheckpointError> in
        do throws(CheckpointError) {
          let file = try OpenFile(reading: joinPath(folder, listing[places[i]].name), files)
          return .success(try SafetensorsHeader(reading: file))
        } catch { return .failure(error) }
      }
      for (place, result) in zip(places, results) { headers[place] = try result.get() }
    }

    mutating func readContents() throws(CheckpointError) -> [Manifest.File] {
      let (listing, headers) = (listing, headers)
      let record = options.progressFolder.map { ChecksumRecord(folder: $0, isFull: !options.filesOnly, files: files) }
      var done = [Manifest.File?](repeating: nil, count: listing.count)
      if let record {
        for i in listing.indices { done[i] = record.entry(listing[i]) }
        try files.makeDirectories(record.folder)
      }
      let pending = listing.indices.filter { done[$0] == nil }
      filesResumed = listing.count - pending.count
      let total = pending.reduce(0) { $0 + listing[$1].byteCount }
      let progress = options.progress
      var reader = ContentReader(files: files, threads: options.threads)
      reader.bufferBytes = max(8 << 20, min(128 << 20, options.memory / 4))
      reader.isStopped = options.isStopped
      let shown = SharedCount()
      reader.progress = { bytes in progress(shown.add(bytes), total) }
      let tasks = pending.map { task($0) }
      let results = reader.read(tasks) { (i, result) throws(CheckpointError) in
        guard let record else { return }
        let place = pending[i]
        try record.leave(Self.entry(listing[place], headers[place], result), listing[place])
      }
      for (i, result) in zip(pending, try ContentReader.all(results)) {
        done[i] = Self.entry(listing[i], headers[i], result)
        readBytes += listing[i].byteCount
      }
      return done.compactMap { $0 }
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
      _ file: FolderListing.File, _ header: SafetensorsHeader?, _ result: ContentReader.Result
    ) -> Manifest.File {
      let none = SHA256Digest(hex: "")
      var entry = Manifest.File(
        name: file.name, byteCount: file.byteCount, digest: result.digest ?? none, gitBlob: result.gitBlob,
        zeroRuns: result.zeroRuns)
      guard let header else { return entry }
      entry.dataStart = header.dataStart
      entry.tensors = zip(header.entries, result.regions).map { tensor, region in
        Manifest.Tensor(
          name: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
          range: tensor.range.lowerBound + header.dataStart..<tensor.range.upperBound + header.dataStart,
          digest: region.digest ?? none, slices: region.slices,
          content: region.scan.map { Manifest.Content($0) } ?? Manifest.Content())
      }
      return entry
    }

    mutating func addLogical(
      to manifest: inout Manifest, path: String, library: SpecLibrary
    ) throws(CheckpointError) {
      var binding: Binding?
      if !headers.isEmpty {
        let checkpoint = try Checkpoint.open(path, files: files, threads: options.threads)
        binding = try Binding.inspect(checkpoint, library: library)
      } else if !isSingleFile {
        findings.append(
          Finding(.note, .verifyNotChecked, "holds no .safetensors file: there are digests of files alone"))
      }
      if let binding, binding.model != nil { manifest.addLogical(binding) }
      findings += ContentFindings.of(manifest, binding: binding, folder: folder, files: files)
    }
  }
}

/// Whether a stored tensor holds the scales of fp8 blocks, by the suffix that the encoding gives them.
func isFP8Scale(_ name: TensorName) -> Bool {
  FP8BlockLayout.suffixes.dropFirst().contains { name.string.hasSuffix($0) }
}

/// Bytes, counted by many threads.
final class SharedCount: Sendable {
  private let value = Atomic<Int>(0)

  /// The sum with these.
  func add(_ count: Int) -> Int { value.wrappingAdd(count, ordering: .relaxed).newValue }
}

extension Manifest {
  /// Adds the digests of all logical tensors that are bound.
  mutating func addLogical(_ binding: Binding) {
    guard let model = binding.model else { return }
    var places: [TensorName: (file: Int, tensor: Int)] = [:]
    for (i, file) in files.enumerated() {
      for (j, tensor) in file.tensors.enumerated() { places[tensor.name] = (i, j) }
    }
    let records = binding.checkpoint.records
    for bound in binding.tensors {
      var parts: [(suffix: String, tensor: Tensor)] = []
      for piece in bound.pieces {
        let layout = piece.layout.parts(for: piece.shape)
        for (part, record) in zip(layout, piece.records) {
          guard record >= 0, let place = places[records[record].name] else { continue }
          parts.append((part.suffix, files[place.file].tensors[place.tensor]))
        }
      }
      let tensor = model.tensors[bound.tensor]
      logical.append(
        Logical(
          name: model.name(of: tensor), role: tensor.role.name, encoding: bound.layout.name,
          digest: Self.logicalDigest(parts)))
    }
  }
}
