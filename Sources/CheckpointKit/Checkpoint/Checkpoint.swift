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
    public let records: Range<Int>
  }

  /// As it was given.
  public let path: String
  /// The folder that holds the files; for a single file, the folder it lies in.
  public let folder: String
  public let files: FileAccess
  /// What its weight files are.
  public let container: Container
  public let config: ModelConfig?
  public let shards: [Shard]
  /// In the order of the shards and, within one, of their bytes.
  public let records: [TensorRecord]
  public let sideFiles: SideFiles
  /// Whether the shards are only part of what the folder holds.
  public let isSingleFile: Bool

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
    let source = try CheckpointSource(path, files: files)
    var findings = source.findings
    var reader = CheckpointReader(source: source, files: files, limits: limits)
    try reader.readShards(threads: threads)
    findings += reader.findings
    if let index = source.index {
      findings += index.findings(
        against: reader.records, shardNames: reader.shards.map(\.name), known: reader.shardOfName)
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
      isSingleFile: source.isSingleFile)
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
  let source: CheckpointSource
  let files: FileAccess
  let limits: SafetensorsHeader.Limits
  var shards: [Checkpoint.Shard] = []
  var records: [TensorRecord] = []
  /// The first shard that has a name: the one whose record is kept.
  var shardOfName: [TensorName: Int32] = [:]
  var findings: [Finding] = []

  init(source: CheckpointSource, files: FileAccess, limits: SafetensorsHeader.Limits) {
    self.source = source
    self.files = files
    self.limits = limits
  }

  /// Far above any checkpoint, and far enough below 2^63 that sizes can be added without a thought. A sparse file can
  /// claim more.
  private static let byteLimit = 1 << 56

  /// What the headers of all containers have.
  private struct ReadHeader: Sendable {
    struct Entry: Sendable {
      var name: TensorName
      var dtype: DType
      var block: GGUFType?
      var shape: Shape
      var range: Range<Int>
    }

    var entries: [Entry]
    var dataStart: Int
    var metadata: [(key: String, value: String)] = []
    var fields: [GGUFField] = []
    var oddities: [Finding]
    var status: FileStatus

    init(_ header: SafetensorsHeader, _ status: FileStatus) {
      entries = header.entries.map { Entry(name: $0.name, dtype: $0.dtype, shape: $0.shape, range: $0.range) }
      dataStart = header.dataStart
      metadata = header.metadata
      oddities = header.oddities
      self.status = status
    }

    init(_ header: GGUFHeader, _ status: FileStatus) {
      entries = header.entries.map {
        let dtype = $0.type.dtype
        return Entry(
          name: $0.name, dtype: dtype ?? .u8, block: dtype == nil ? $0.type : nil, shape: $0.shape, range: $0.range)
      }
      dataStart = header.dataStart
      fields = header.fields
      oddities = header.oddities
      self.status = status
    }
  }

  mutating func readShards(threads: Int) throws(CheckpointError) {
    let names = source.shardNames
    let (folder, files, limits, container) = (source.folder, files, limits, source.container)
    let results = parallelMap(count: names.count, threads: threads) { i -> Result<ReadHeader, CheckpointError> in
      do throws(CheckpointError) {
        let file = try OpenFile(reading: joinPath(folder, names[i]), files)
        let status = try file.status()
        switch container {
        case .safetensors: return .success(ReadHeader(try SafetensorsHeader(reading: file, limits: limits), status))
        case .gguf: return .success(ReadHeader(try GGUFHeader(reading: file), status))
        }
      } catch { return .failure(error) }
    }
    var bytes = 0
    let count = results.reduce(0) { sum, result in sum + ((try? result.get().entries.count) ?? 0) }
    shardOfName.reserveCapacity(count)
    records.reserveCapacity(count)
    var duplicates: [String: (first: TensorName, other: Int, count: Int)] = [:]
    for (name, result) in zip(names, results) {
      switch result {
      case .failure(let error):
        if [.ioFailed, .notPermitted].contains(error.code) { throw error }
        var finding = Finding(error)
        finding.file = name
        if error.code == .notFound, files.exists(joinPath(folder, name)) { finding.hint = brokenLinkHint }
        findings.append(finding)
      case .success(let read) where read.status.size > Self.byteLimit - bytes:
        findings.append(
          Finding(.error, .sizeOverflow, file: name, "has \(read.status.size) bytes: no checkpoint has that many"))
      case .success(let read):
        bytes += read.status.size
        let shard = shards.count
        let start = records.count
        for entry in read.entries {
          if let other = shardOfName.updateValue(Int32(shard), forKey: entry.name) {
            // The record that is kept is the first one's.
            shardOfName[entry.name] = other
            duplicates[name, default: (entry.name, Int(other), 0)].count += 1
            continue
          }
          let range = entry.range.lowerBound + read.dataStart..<entry.range.upperBound + read.dataStart
          records.append(
            TensorRecord(
              name: entry.name, dtype: entry.dtype, block: entry.block, shape: entry.shape, shard: shard, range: range)
          )
        }
        findings += read.oddities.map { oddity in
          var oddity = oddity
          oddity.file = name
          return oddity
        }
        shards.append(
          Checkpoint.Shard(
            name: name, path: joinPath(folder, name), byteCount: read.status.size, dataStart: read.dataStart,
            status: read.status, metadata: read.metadata, fields: read.fields, tensorCount: read.entries.count,
            records: start..<records.count))
      }
    }
    for (name, duplicate) in duplicates {
      findings.append(
        Finding(
          .error, .indexDuplicateTensor, file: name, tensor: duplicate.first.string,
          "is in \(shards[duplicate.other].name) too"
            + (duplicate.count > 1 ? ", as are \(duplicate.count - 1) others" : "")))
    }
  }
}
