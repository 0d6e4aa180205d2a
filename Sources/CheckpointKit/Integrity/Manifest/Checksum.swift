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
    /// The least memory with which this works, as ``Options/memory`` gives it.
    public var leastMemory: Int
  }

  /// - Throws: where a file cannot be read, a link leads to nothing, or a header is malformed.
  public static func make(
    _ path: String, library: SpecLibrary, options: Options, files: FileAccess = .system
  ) throws(CheckpointError) -> Outcome {
    var work = try ChecksumWork(path, options: options, files: files)
    let record = options.progressFolder.map { ChecksumRecord(folder: $0, isFull: !options.filesOnly, files: files) }
    let noted = try work.noted(record)
    let read = try work.read(work.listing.indices.filter { noted[$0] == nil }, record)
    let results = zip(noted, read).map { $0 ?? $1 }
    let manifest = try work.manifest(results, library: library)
    return Outcome(
      manifest: manifest, findings: work.findings, readBytes: work.readBytes, filesResumed: noted.count { $0 != nil },
      leastMemory: work.leastMemory)
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
  /// The digests of all logical tensors that are bound, each made when it is asked for.
  ///
  /// - Parameter tensor: what the manifest has of a record; nil where it has none.
  static func logical(
    _ binding: Binding, tensor: @escaping @Sendable (_ record: Int) -> Tensor?
  ) -> OnDemand<Logical> {
    guard let model = binding.model else { return [] }
    let bound = binding.tensors
    return OnDemand(count: bound.count) { i in
      let bound = bound[i]
      var parts: [(suffix: String, tensor: Tensor)] = []
      for piece in bound.pieces {
        for (part, record) in zip(piece.layout.parts(for: piece.shape), piece.records) {
          guard record >= 0, let found = tensor(record) else { continue }
          parts.append((part.suffix, found))
        }
      }
      let tensor = model.tensors[bound.tensor]
      return Logical(
        name: model.name(of: tensor), role: tensor.role.name, encoding: bound.layout.name,
        digest: Self.logicalDigest(parts))
    }
  }
}
