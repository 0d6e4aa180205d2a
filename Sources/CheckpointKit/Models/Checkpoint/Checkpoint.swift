internal import Synchronization

/// A checkpoint, opened: the headers of its shards, its config and its other files. No weight byte has been read.
public struct Checkpoint: Sendable {
  /// One weight file.
  public struct Shard: Sendable {
    public let name: String
    public let path: String
    public let byteCount: Int
    /// Where tensor bytes begin.
    public let dataStart: Int
    public let status: FileStatus
    public let metadata: [(key: String, value: String)]
    /// The keys of a GGUF file; empty for others.
    public let fields: [GGUFField]
    /// How many tensors its header names.
    public let tensorCount: Int
    /// Which of the checkpoint's records lie in it.
    public fileprivate(set) var records: Range<Int>
  }

  /// As it was given.
  public let path: String
  /// The folder that holds the files; for a single file, the folder it lies in.
  public let folder: String
  /// For its files: links that lead out of the checkpoint are refused, unless ``FileAccess/followsLinks``.
  public let files: FileAccess
  /// What its weight files are.
  public let container: Container
  public let config: ModelConfig?
  public let shards: [Shard]
  /// In the order of the shards and, within one, of their bytes.
  public let records: [TensorRecord]
  public let sideFiles: SideFiles
  /// Weight files beside its shards that the index does not name.
  public let unreadWeights: [String]
  /// What was found while it was opened, and is no error.
  public private(set) var findings: [Finding] = []
  /// The name of the index that was read.
  let indexFile: String?
  /// Whether the shards are only part of what the folder holds.
  public let isSingleFile: Bool
  /// Files of vision towers that lie beside a GGUF model, and are not read with it.
  public let projectors: [String]
  /// What reading and binding it takes.
  public let readingNeeds: ReadingNeeds
  /// How many threads opened it, and may bind it.
  let threads: Int

  public var dataBytes: Int { records.reduce(0) { $0 + $1.byteCount } }

  /// One note for each of ``projectors``.
  public var projectorNotes: [Finding] {
    CheckpointSource.notes(on: projectors, beside: shards.first.map { GGUFSet.title($0.name) } ?? path)
  }

  public func shard(of record: TensorRecord) -> Shard { shards[record.shard] }

  /// What every shard that says something under a key says alike, in `__metadata__`.
  public var commonMetadata: [(key: String, value: String)] {
    var values: [TensorName: Set<String>] = [:]
    for shard in shards {
      for (key, value) in shard.metadata { values[TensorName(key), default: []].insert(value) }
    }
    return values.filter { $0.value.count == 1 }.map { ($0.key.string, $0.value.first ?? "") }.sorted { $0.0 < $1.0 }
  }
}

// MARK: Opening

extension Checkpoint {
  /// Opens a checkpoint for work: whatever is wrong with its files is thrown.
  ///
  /// - Parameter memory: what reading it may take; refused before it is read where that is too little.
  public static func open(
    _ path: String, files: FileAccess = .system, threads: Int = 4, memory: MemoryBudget? = nil
  ) throws(CheckpointError) -> Checkpoint {
    var headers: [TensorName: ShardHeader] = [:]
    return try open(path, files: files, threads: threads, memory: memory, headers: &headers)
  }

  /// - Parameter headers: those of files that were read already, by name; what belongs to the checkpoint is taken out.
  static func open(
    _ path: String, files: FileAccess, threads: Int, memory: MemoryBudget?, headers: inout [TensorName: ShardHeader]
  ) throws(CheckpointError) -> Checkpoint {
    let (checkpoint, findings) = try inspect(path, files: files, threads: threads, memory: memory, headers: &headers)
    if let error = findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
    guard var checkpoint else { throw CheckpointError(.unknownSource, file: path, "holds no weights") }
    checkpoint.findings = findings
    return checkpoint
  }

  /// Opens a checkpoint to look at it: what is wrong with its files is found, as far as reading can go.
  ///
  /// - Returns: nil instead of a checkpoint where there is nothing to look into.
  /// - Throws: where the path is no checkpoint at all, and on I/O errors.
  public static func inspect(
    _ path: String, files: FileAccess = .system, threads: Int = 4, limits: SafetensorsHeader.Limits = .init(),
    memory: MemoryBudget? = nil
  ) throws(CheckpointError) -> (Checkpoint?, [Finding]) {
    var headers: [TensorName: ShardHeader] = [:]
    return try inspect(path, files: files, threads: threads, limits: limits, memory: memory, headers: &headers)
  }

  private static func inspect(
    _ path: String, files: FileAccess, threads: Int, limits: SafetensorsHeader.Limits = .init(),
    memory: MemoryBudget?, headers: inout [TensorName: ShardHeader]
  ) throws(CheckpointError) -> (Checkpoint?, [Finding]) {
    var source = try CheckpointSource(path, files: files)
    let files = source.files
    var needs = ReadingNeeds()
    for name in source.weightFiles { needs.add(joinPath(source.folder, name), source.container, files) }
    if let index = source.indexFile { needs.addIndex(joinPath(source.folder, index), files) }
    try needs.require(memory)
    var reader = CheckpointReader(
      folder: source.folder, container: source.container, files: files, limits: limits, threads: threads, memory: memory
    )
    // What is there is read at once, the index among it: which of the files it lists is known only afterwards.
    let unread = reader.take(&headers, of: source.weightFiles)
    if let index = reader.readHeaders(of: unread, index: source.indexFile) { try source.takeIndex(index) }
    defer { headers.merge(reader.unused) { known, _ in known } }
    try reader.readShards(source.shardNames, index: source.index)
    var findings = source.findings + reader.findings
    if let index = source.index {
      findings += index.findings(
        against: reader.records, shardNames: reader.shards.map(\.name), known: reader.numbers)
    }
    var config: ModelConfig?
    if source.container == .gguf {
      findings += GGUFSet.findings(
        reader.shards, named: source.shardNames.first.map { GGUFSet.names(with: $0) } ?? [])
    } else if !source.isSingleFile || source.configBelongs {
      do throws(CheckpointError) { config = try readConfig(source, files) } catch {
        if error.code == .ioFailed || error.code == .notPermitted { throw error }
        findings.append(Finding(error))
      }
    }
    let checkpoint = Checkpoint(
      path: path, folder: source.folder, files: files, container: source.container, config: config,
      shards: reader.shards, records: reader.records,
      sideFiles: source.isSingleFile ? SideFiles() : try SideFiles(in: source.folder, files),
      unreadWeights: source.unreadWeights, indexFile: source.indexFile, isSingleFile: source.isSingleFile,
      projectors: source.projectors,
      readingNeeds: needs, threads: threads)
    return (checkpoint, findings)
  }

  private static func readConfig(_ source: CheckpointSource, _ files: FileAccess) throws(CheckpointError)
    -> ModelConfig?
  {
    let file = joinPath(source.folder, "config.json")
    guard try files.status(file) != nil else { return nil }
    let size = try OpenFile(reading: file, files).size()
    guard size <= ModelConfig.byteLimit else {
      throw CheckpointError(
        .configMalformed, file: file,
        "has \(size) bytes, where at most \(ModelConfig.byteLimit) are read: no model's config has so many",
        hint: "get this file again")
    }
    return try ModelConfig(parsing: files.readAll(file, limit: ModelConfig.byteLimit), file: file)
  }
}

/// Reads the headers of all shards, several at a time.
private struct CheckpointReader {
  let folder: String
  let container: Container
  let files: FileAccess
  let limits: SafetensorsHeader.Limits
  let threads: Int
  let memory: MemoryBudget?
  private var headers: [TensorName: Result<ShardHeader, CheckpointError>] = [:]
  private(set) var shards: [Checkpoint.Shard] = []
  private(set) var records: [TensorRecord] = []
  /// For each record, the number of its name in the index, −1 where it has none.
  private(set) var numbers: [Int32] = []
  private(set) var findings: [Finding] = []

  init(
    folder: String, container: Container, files: FileAccess, limits: SafetensorsHeader.Limits, threads: Int,
    memory: MemoryBudget?
  ) {
    self.memory = memory
    self.folder = folder
    self.container = container
    self.files = files
    self.limits = limits
    self.threads = threads
  }

  /// Far above any checkpoint, and far enough below 2^63 that sizes can be added without a thought. A sparse file can
  /// claim more.
  private static let byteLimit = 1 << 56

  /// What is kept of a shard beside its records.
  private struct ReadShard: Sendable {
    var name: String
    var status: FileStatus
    var dataStart: Int
    var metadata: [(key: String, value: String)]
    var fields: [GGUFField]
  }

  private enum Read: Sendable {
    case index(Result<CheckpointIndex, CheckpointError>)
    case header(Result<ShardHeader, CheckpointError>)
  }

  /// Takes the headers that were read before; gives the files that are to be read.
  mutating func take(_ known: inout [TensorName: ShardHeader], of names: [String]) -> [String] {
    names.filter { name in
      guard let header = known.removeValue(forKey: TensorName(name)) else { return true }
      headers[TensorName(name)] = .success(header)
      return false
    }
  }

  /// Headers of files that are no shards.
  var unused: [TensorName: ShardHeader] { headers.compactMapValues { try? $0.get() } }

  /// Reads headers, and at the same time the index: the longest task, so the first.
  mutating func readHeaders(of names: [String], index: String?) -> Result<CheckpointIndex, CheckpointError>? {
    let (folder, container, files, limits) = (folder, container, files, limits)
    let first = index == nil ? 0 : 1
    let results = parallelMap(count: names.count + first, threads: threads) { i -> Read in
      if i == 0, let index {
        return .index(
          Result { () throws(CheckpointError) in
            try CheckpointIndex(reading: OpenFile(reading: joinPath(folder, index), files), file: index)
          })
      }
      return .header(
        Result { () throws(CheckpointError) in
          try ShardHeader(reading: OpenFile(reading: joinPath(folder, names[i - first]), files), container, limits)
        })
    }
    var parsed: Result<CheckpointIndex, CheckpointError>?
    for (i, result) in results.enumerated() {
      switch result {
      case .index(let index): parsed = index
      case .header(let header): headers[TensorName(names[i - first])] = header
      }
    }
    return parsed
  }

  /// Makes the records of these shards, in their order.
  mutating func readShards(_ names: [String], index: CheckpointIndex?) throws(CheckpointError) {
    _ = readHeaders(of: names.filter { headers[TensorName($0)] == nil }, index: nil)
    var read: [ReadShard] = []
    var entries: [[HeaderEntry]] = []
    var bytes = 0
    var nameBytes = 0
    for name in names {
      switch headers.removeValue(forKey: TensorName(name)) {
      case nil: break
      case .failure(let error):
        if [.ioFailed, .notPermitted].contains(error.code) { throw error }
        var finding = Finding(error)
        finding.file = name
        if error.code == .notFound, files.exists(joinPath(folder, name)) { finding.hint = brokenLinkHint }
        findings.append(finding)
      case .success(let header) where header.status.size > Self.byteLimit - bytes:
        findings.append(
          Finding(.error, .sizeOverflow, file: name, "has \(header.status.size) bytes: no checkpoint has that many"))
      case .success(let header):
        bytes += header.status.size
        findings += header.oddities.map { oddity in
          var oddity = oddity
          oddity.file = name
          return oddity
        }
        read.append(
          ReadShard(
            name: name, status: header.status, dataStart: header.dataStart, metadata: header.metadata,
            fields: header.fields))
        for entry in header.entries { nameBytes += entry.name.byteCount }
        entries.append(header.entries)
      }
    }
    try ReadingNeeds.require(tensors: entries.reduce(0) { $0 + $1.count }, nameBytes: nameBytes, memory)
    makeRecords(read, consume entries, index?.names)
    dropDuplicates(index?.names)
  }

  private mutating func makeRecords(
    _ read: [ReadShard], _ entries: consuming [[HeaderEntry]], _ listed: NameTable?
  ) {
    let counts = entries.map(\.count)
    // The last use of the entries, so that the threads free them as well.
    let pending = Mutex(entries)
    let records = parallelJoin(counts: counts, threads: threads) { shard in
      let start = read[shard].dataStart
      return pending.withLock { Self.take(&$0[shard]) }.lazy.map { entry in
        TensorRecord(
          name: entry.name, dtype: entry.dtype, block: entry.block, shape: entry.shape, shard: shard,
          range: entry.range.lowerBound + start..<entry.range.upperBound + start)
      }
    }
    var ranges: [Range<Int>] = []
    for count in counts { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + count) }
    let numbers = parallelJoin(counts: counts, threads: threads) { [ranges] shard in
      records[ranges[shard]].lazy.map { record in Int32(listed?.number(of: record.name) ?? -1) }
    }
    (self.records, self.numbers) = (records, numbers)
    shards = zip(read, ranges).map { read, records in
      Checkpoint.Shard(
        name: read.name, path: joinPath(folder, read.name), byteCount: read.status.size, dataStart: read.dataStart,
        status: read.status, metadata: read.metadata, fields: read.fields, tensorCount: records.count, records: records)
    }
  }

  private static func take<T>(_ array: inout [T]) -> [T] {
    defer { array = [] }
    return array
  }

  /// Of records with one name, only that of the first shard is kept.
  private mutating func dropDuplicates(_ listed: NameTable?) {
    // Names within one shard differ: its header was checked.
    guard shards.count > 1 else { return }
    // Names that the index lacks are numbered on from its last.
    var names = listed ?? NameTable(count: records.count)
    var firstShards = [Int32](repeating: -1, count: names.count)
    var duplicates: [(record: Int, other: Int)] = []
    for (record, number) in numbers.enumerated() {
      let number = number < 0 ? names.add(records[record].name).number : Int(number)
      if number == firstShards.count { firstShards.append(-1) }
      if firstShards[number] < 0 {
        firstShards[number] = Int32(records[record].shard)
      } else {
        duplicates.append((record, Int(firstShards[number])))
      }
    }
    if duplicates.isEmpty { return }
    let byShard = Dictionary(grouping: duplicates) { records[$0.record].shard }
    for (_, found) in byShard.sorted(by: { $0.key < $1.key }) {
      let first = records[found[0].record]
      findings.append(
        Finding(
          .error, .indexDuplicateTensor, file: shards[first.shard].name, tensor: first.name.string,
          "is in \(shards[found[0].other].name) too"
            + (found.count > 1 ? ", as are \(found.count - 1) others" : "")))
    }
    let dropped = Set(duplicates.map(\.record))
    let kept = records.indices.filter { !dropped.contains($0) }
    (records, numbers) = (kept.map { records[$0] }, kept.map { numbers[$0] })
    var start = 0
    for shard in shards.indices {
      let end = records[start...].firstIndex { $0.shard != shard } ?? records.count
      shards[shard].records = start..<end
      start = end
    }
  }
}
