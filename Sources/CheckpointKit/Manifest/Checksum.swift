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
    var work = try ChecksumWork(path, options: options, files: files)
    let record = options.progressFolder.map { ChecksumRecord(folder: $0, isFull: !options.filesOnly, files: files) }
    let noted = try work.noted(record)
    let read = try work.read(work.listing.indices.filter { noted[$0] == nil }, record)
    let entries = zip(noted, read).compactMap { $0 ?? $1 }
    let manifest = try work.manifest(entries, library: library)
    return Outcome(
      manifest: manifest, findings: work.findings, readBytes: work.readBytes, filesResumed: noted.count { $0 != nil })
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

/// Where the records of a checkpoint stand in a manifest. Both have the tensors of a file in the order of their bytes, so
/// that a table of all names is needed only where a checkpoint left some out.
private struct TensorPlaces {
  private let files: [Manifest.File]
  private let records: [TensorRecord]
  /// For each shard, its file and the first of its records.
  private var shards: [(file: Int, first: Int)] = []
  private var byName: [TensorName: (file: Int, tensor: Int)] = [:]

  init(_ files: [Manifest.File], _ checkpoint: Checkpoint) {
    self.files = files
    records = checkpoint.records
    let numbers = Dictionary(files.enumerated().map { (TensorName($1.name), $0) }) { first, _ in first }
    for shard in checkpoint.shards {
      guard let file = numbers[TensorName(shard.name)], files[file].tensors.count == shard.records.count else {
        shards = []
        break
      }
      shards.append((file, shard.records.lowerBound))
    }
    if shards.count == checkpoint.shards.count { return }
    shards = []
    for (i, file) in files.enumerated() {
      for (j, tensor) in file.tensors.enumerated() { byName[tensor.name] = (i, j) }
    }
  }

  subscript(record: Int, name: TensorName) -> (file: Int, tensor: Int)? {
    if shards.isEmpty { return byName[name] }
    let (file, first) = shards[records[record].shard]
    return files[file].tensors[record - first].name == name ? (file, record - first) : nil
  }
}

extension Manifest {
  /// Adds the digests of all logical tensors that are bound.
  mutating func addLogical(_ binding: Binding) {
    guard let model = binding.model else { return }
    let places = TensorPlaces(files, binding.checkpoint)
    let records = binding.checkpoint.records
    for bound in binding.tensors {
      var parts: [(suffix: String, tensor: Tensor)] = []
      for piece in bound.pieces {
        let layout = piece.layout.parts(for: piece.shape)
        for (part, record) in zip(layout, piece.records) {
          guard record >= 0, let place = places[record, records[record].name] else { continue }
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
