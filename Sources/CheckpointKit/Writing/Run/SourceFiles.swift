internal import Synchronization

/// The shards of a checkpoint, opened once each for all threads.
///
/// A shard that is not what it was when the checkpoint was opened is refused: when it is opened, and after it was read,
/// before what was made of it counts.
public final class SourceFiles: Sendable {
  private let checkpoint: Checkpoint
  private let opened: Mutex<[OpenFile?]>

  public init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    opened = Mutex(Array(repeating: nil, count: checkpoint.shards.count))
  }

  private func file(_ shard: Int) throws(CheckpointError) -> OpenFile {
    if let file = opened.withLock({ $0[shard] }) { return file }
    let known = checkpoint.shards[shard]
    let file = try OpenFile(reading: known.path, checkpoint.files)
    let status = try file.status()
    guard status == known.status else { throw changed(shard) }
    file.advise(.sequential, 0..<status.size)
    opened.withLock { $0[shard] = file }
    return file
  }

  private func changed(_ shard: Int) -> CheckpointError {
    CheckpointError(
      .inputChanged, file: checkpoint.shards[shard].name, "was changed while it was in use",
      hint: "run the same command again when nothing writes to it any more: what was made of it is made again")
  }

  /// Throws where one of the files that were read is not what it was: by its size, times and inode, and by the name.
  public func requireUnchanged() throws(CheckpointError) {
    let files = opened.withLock { $0 }
    for (shard, file) in files.enumerated() {
      guard let file else { continue }
      let known = checkpoint.shards[shard]
      guard try file.status() == known.status, try checkpoint.files.status(known.path) == known.status else {
        throw changed(shard)
      }
    }
  }

  /// SHA-256 of a whole file.
  func digest(ofShard shard: Int) throws(CheckpointError) -> SHA256Digest {
    let digest = try file(shard).digest(of: 0..<checkpoint.shards[shard].byteCount)
    try requireUnchanged()
    return digest
  }

  /// What a record keeps of a file.
  func stamp(_ shard: Int) -> SourceStamp {
    SourceStamp(checkpoint.shards[shard].name, checkpoint.shards[shard].status)
  }

  /// Reads some bytes of a stored tensor, counted from its first.
  public func read(
    _ record: TensorRecord, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    do throws(CheckpointError) {
      try file(record.shard).read(into: buffer, at: record.range.lowerBound + range.lowerBound)
    } catch {
      var error = error
      error.tensor = error.tensor ?? record.name.string
      throw error
    }
  }

  /// Tells the kernel that these bytes will be wanted soon.
  public func expect(_ record: TensorRecord, _ range: Range<Int>) {
    guard let file = try? file(record.shard) else { return }
    file.advise(.willNeed, record.range.lowerBound + range.lowerBound..<record.range.lowerBound + range.upperBound)
  }
}
