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
    /// Which of the checkpoint's records lie in it.
    public let records: Range<Int>
  }

  /// As it was given.
  public let path: String
  /// The folder that holds the files; for a single file, the folder it lies in.
  public let folder: String
  public let files: FileAccess
  public let config: ModelConfig?
  public let shards: [Shard]
  /// In the order of the shards and, within one, of their bytes.
  public let records: [TensorRecord]
  public let sideFiles: SideFiles
  /// Whether the shards are only part of what the folder holds.
  public let isSingleFile: Bool
  /// How many threads opened it, and may bind it.
  let threads: Int

  public var dataBytes: Int { records.reduce(0) { $0 + $1.byteCount } }

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
  public static func open(_ path: String, files: FileAccess = .system, threads: Int = 4) throws(CheckpointError)
    -> Checkpoint
  {
    let (checkpoint, findings) = try inspect(path, files: files, threads: threads)
    if let error = findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
    guard let checkpoint else { throw CheckpointError(.unknownSource, file: path, "holds no weights") }
    return checkpoint
  }

  /// Opens a checkpoint to look at it: what is wrong with its files is found, as far as reading can go.
  ///
  /// - Returns: nil instead of a checkpoint where there is nothing to look into.
  /// - Throws: where the path is no checkpoint at all, and on I/O errors.
  public static func inspect(
    _ path: String, files: FileAccess = .system, threads: Int = 4, limits: SafetensorsHeader.Limits = .init()
  ) throws(CheckpointError) -> (Checkpoint?, [Finding]) {
    var source = try CheckpointSource(path, files: files)
    var reader = CheckpointReader(folder: source.folder, files: files, limits: limits, threads: threads)
    // What is there is read at once, the index among it: which of the files it lists is known only afterwards.
    if let index = reader.readHeaders(of: source.weightFiles, index: source.indexFile) {
      try source.takeIndex(index, files)
    }
    try reader.readShards(source.shardNames, index: source.index)
    var findings = source.findings + reader.findings
    if let index = source.index {
      findings += index.findings(
        against: reader.records, shardNames: reader.shards.map(\.name), known: reader.numbers)
    }
    var config: ModelConfig?
    if !source.isSingleFile || source.configBelongs {
      do throws(CheckpointError) { config = try readConfig(source, files) } catch {
        if error.code == .ioFailed || error.code == .notPermitted { throw error }
        findings.append(Finding(error))
      }
    }
    let checkpoint = Checkpoint(
      path: path, folder: source.folder, files: files, config: config, shards: reader.shards, records: reader.records,
      sideFiles: source.isSingleFile ? SideFiles() : try SideFiles(in: source.folder, files),
      isSingleFile: source.isSingleFile, threads: threads)
    return (checkpoint, findings)
  }

  private static func readConfig(_ source: CheckpointSource, _ files: FileAccess) throws(CheckpointError)
    -> ModelConfig?
  {
    let file = joinPath(source.folder, "config.json")
    guard try files.status(file) != nil else { return nil }
    return try ModelConfig(parsing: files.readAll(file, limit: 64 << 20), file: file)
  }
}

/// Reads the headers of all shards, several at a time.
private struct CheckpointReader {
  let folder: String
  let files: FileAccess
  let limits: SafetensorsHeader.Limits
  let threads: Int
  private var headers: [TensorName: Result<ReadHeader, CheckpointError>] = [:]
  private(set) var shards: [Checkpoint.Shard] = []
  private(set) var records: [TensorRecord] = []
  /// For each record, the number of its name in the index, −1 where it has none.
  private(set) var numbers: [Int32] = []
  private(set) var findings: [Finding] = []

  init(folder: String, files: FileAccess, limits: SafetensorsHeader.Limits, threads: Int) {
    self.folder = folder
    self.files = files
    self.limits = limits
    self.threads = threads
  }

  /// Far above any checkpoint, and far enough below 2^63 that sizes can be added without a thought. A sparse file can
  /// claim more.
  private static let byteLimit = 1 << 56

  private struct ReadHeader: Sendable {
    var header: SafetensorsHeader
    var status: FileStatus
  }

  private enum Read: Sendable {
    case index(Result<CheckpointIndex, CheckpointError>)
    case header(Result<ReadHeader, CheckpointError>)
  }

  /// Reads headers, and at the same time the index: the longest task, so the first.
  mutating func readHeaders(of names: [String], index: String?) -> Result<CheckpointIndex, CheckpointError>? {
    let (folder, files, limits) = (folder, files, limits)
    let first = index == nil ? 0 : 1
    let results = parallelMap(count: names.count + first, threads: threads) { i -> Read in
      if i == 0, let index {
        return .index(
          Result { () throws(CheckpointError) in
            try CheckpointIndex(parsing: files.readAll(joinPath(folder, index), limit: 1 << 30), file: index)
          })
      }
      return .header(
        Result { () throws(CheckpointError) in
          let file = try OpenFile(reading: joinPath(folder, names[i - first]), files)
          return ReadHeader(header: try SafetensorsHeader(reading: file, limits: limits), status: try file.status())
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
    var read: [(name: String, ReadHeader)] = []
    var bytes = 0
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
        findings += header.header.oddities.map { oddity in
          var oddity = oddity
          oddity.file = name
          return oddity
        }
        read.append((name, header))
      }
    }
    makeRecords(read, index?.names)
  }

  private mutating func makeRecords(_ read: [(name: String, ReadHeader)], _ listed: NameTable?) {
    let made = parallelMap(count: read.count, threads: threads) { shard -> (records: [TensorRecord], numbers: [Int32]) in
      let header = read[shard].1.header
      return (
        header.entries.map { entry in
          let range = entry.range.lowerBound + header.dataStart..<entry.range.upperBound + header.dataStart
          return TensorRecord(name: entry.name, dtype: entry.dtype, shape: entry.shape, shard: shard, range: range)
        },
        header.entries.map { entry in Int32(listed?.number(of: entry.name) ?? -1) }
      )
    }
    let count = made.reduce(0) { $0 + $1.records.count }
    records.reserveCapacity(count)
    numbers.reserveCapacity(count)
    // Names that the index lacks are numbered on from its last.
    var names = listed ?? NameTable(count: read.count > 1 ? count : 0)
    let listedCount = names.count
    // The first shard that has a name, whose record is kept; −1 where none has it yet.
    var firstShards = [Int32](repeating: -1, count: listedCount)
    for (shard, (name, read)) in read.enumerated() {
      let start = records.count
      var duplicates: (first: TensorName, other: Int, places: Set<Int>)?
      for (place, number) in made[shard].numbers.enumerated() where number >= 0 || made.count > 1 {
        var number = Int(number)
        if number < 0 { number = names.add(made[shard].records[place].name).number }
        if number == firstShards.count { firstShards.append(-1) }
        if firstShards[number] < 0 {
          firstShards[number] = Int32(shard)
        } else if duplicates?.places.insert(place) == nil {
          duplicates = (made[shard].records[place].name, Int(firstShards[number]), [place])
        }
      }
      if let duplicates {
        for place in made[shard].records.indices where !duplicates.places.contains(place) {
          records.append(made[shard].records[place])
          numbers.append(made[shard].numbers[place])
        }
        let count = duplicates.places.count
        findings.append(
          Finding(
            .error, .indexDuplicateTensor, file: name, tensor: duplicates.first.string,
            "is in \(shards[duplicates.other].name) too" + (count > 1 ? ", as are \(count - 1) others" : "")))
      } else {
        records += made[shard].records
        numbers += made[shard].numbers
      }
      shards.append(
        Checkpoint.Shard(
          name: name, path: joinPath(folder, name), byteCount: read.status.size, dataStart: read.header.dataStart,
          status: read.status, metadata: read.header.metadata, records: start..<records.count))
    }
  }
}
