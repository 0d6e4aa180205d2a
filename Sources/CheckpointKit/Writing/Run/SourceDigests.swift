/// SHA-256 of the source's files, each with the stamp that the file had: with `--digests all`, a work folder keeps them.
///
/// Records have stamps too. So it is known which bytes a segment was made of, whatever became of the file.
struct SourceDigests: Sendable {
  private static let schema = "ckpt.source/1"

  private struct Entry: Sendable {
    var stamp: SourceStamp
    var digest: SHA256Digest
    var isKept: Bool
  }

  private let source: Checkpoint
  private let folder: WorkFolder
  private var entries: [TensorName: [Entry]] = [:]

  /// Reads what is kept: of all files, or of one.
  init(_ source: Checkpoint, in folder: WorkFolder, ofShard shard: Int? = nil) throws(CheckpointError) {
    self.source = source
    self.folder = folder
    guard try folder.files.status(folder.sourcesFolder) != nil else { return }
    let prefix = shard.map { Self.prefix($0) } ?? ""
    for name in try folder.files.list(folder.sourcesFolder) where name.hasPrefix(prefix) && name.hasSuffix(".json") {
      guard let json = try SealedJSON.read(joinPath(folder.sourcesFolder, name), folder.files),
        json["schema"]?.string == Self.schema, let stamp = json["source"].flatMap({ SourceStamp($0) }),
        let digest = json["sha256"]?.string.flatMap({ hexDigest($0, digits: 64) })
      else { continue }
      add(Entry(stamp: stamp, digest: SHA256Digest(hex: digest), isKept: true))
    }
  }

  private static func prefix(_ shard: Int) -> String { ShardNames.padded(shard, digits: 6) + "." }

  private mutating func add(_ entry: Entry) { entries[TensorName(entry.stamp.name), default: []].append(entry) }

  private func known(_ stamp: SourceStamp) -> SHA256Digest? {
    entries[TensorName(stamp.name)]?.first { $0.stamp.matches(stamp) }?.digest
  }

  private func stamp(_ shard: Int) -> SourceStamp {
    SourceStamp(source.shards[shard].name, source.shards[shard].status)
  }

  /// That of a file as it is now: as it is known, or taken.
  private mutating func current(_ shard: Int) throws(CheckpointError) -> SHA256Digest {
    let stamp = stamp(shard)
    if let known = known(stamp) { return known }
    let digest = try SourceFiles(source).digest(ofShard: shard)
    add(Entry(stamp: stamp, digest: digest, isKept: false))
    return digest
  }

  /// Whether a file that had this stamp has the same bytes now; nil where none were taken of it then.
  mutating func isUnchanged(since stamp: SourceStamp) throws(CheckpointError) -> Bool? {
    guard let then = known(stamp), let shard = source.shards.firstIndex(where: { sameBytes($0.name, stamp.name) })
    else { return nil }
    return try current(shard) == then
  }

  /// Leaves what was taken for whoever goes on.
  mutating func keep() throws(CheckpointError) {
    for (shard, file) in source.shards.enumerated() {
      guard let list = entries[TensorName(file.name)] else { continue }
      for (i, entry) in list.enumerated() where !entry.isKept {
        let name = Self.prefix(shard) + SHA256Digest(of: entry.stamp.json.text()).hex.prefix(16) + ".json"
        let document = SealedJSON.bytes([
          "schema": .string(Self.schema), "source": entry.stamp.json, "sha256": .string(entry.digest.hex),
        ])
        let new = try folder.files.writePrivately(document, in: folder.temporaryFolder, syncs: false)
        try folder.files.rename(new, to: joinPath(folder.sourcesFolder, name))
        entries[TensorName(file.name)]?[i].isKept = true
      }
    }
  }

  /// Those of all files as they are now. What is not known is taken, and kept.
  ///
  /// Several processes may do this at a time, each in an order of its own, and take over what others have left meanwhile.
  static func current(
    of source: Checkpoint, in folder: WorkFolder, threads: Int, isStopped: @escaping @Sendable () -> Bool
  ) throws(CheckpointError) -> [TensorName: SHA256Digest] {
    try folder.files.makeDirectory(folder.sourcesFolder)
    let order = source.shards.indices.shuffled()
    let results = parallelMap(count: order.count, threads: threads) { number in
      Result { () throws(CheckpointError) in
        if isStopped() { throw folder.stopped }
        var digests = try SourceDigests(source, in: folder, ofShard: order[number])
        let digest = try digests.current(order[number])
        try digests.keep()
        return (TensorName(source.shards[order[number]].name), digest)
      }
    }
    var digests: [TensorName: SHA256Digest] = [:]
    for result in results {
      let (name, digest) = try result.get()
      digests[name] = digest
    }
    return digests
  }
}
