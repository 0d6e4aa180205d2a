extension Checkpoint {
  /// SHA-256 of each weight file, several at a time.
  public func fileDigests(threads: Int) throws(CheckpointError) -> [(name: String, digest: SHA256Digest)] {
    let results = CheckpointKit.fileDigests(count: shards.count, threads: threads) { [shards, files] i in
      Result { () throws(CheckpointError) in
        (try OpenFile(reading: shards[i].path, files), 0..<shards[i].byteCount)
      }
    }
    var digests: [(name: String, digest: SHA256Digest)] = []
    for (shard, result) in zip(shards, results) { digests.append((shard.name, try result.get())) }
    return digests
  }
}
