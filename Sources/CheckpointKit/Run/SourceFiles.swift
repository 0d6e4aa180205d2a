internal import Synchronization

/// The shards of a checkpoint, opened once each for all threads.
///
/// A shard that is not what it was when the checkpoint was opened is refused.
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
    guard status.size == known.status.size, status.modified == known.status.modified else {
      throw CheckpointError(
        .inputChanged, file: known.name, "was changed while it was in use", hint: "run the command again")
    }
    file.advise(.sequential, 0..<status.size)
    opened.withLock { $0[shard] = file }
    return file
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
