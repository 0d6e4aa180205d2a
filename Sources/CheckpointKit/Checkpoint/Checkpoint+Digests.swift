extension Checkpoint {
  /// SHA-256 of each weight file, several at a time.
  public func fileDigests(threads: Int) throws(CheckpointError) -> [(name: String, digest: SHA256Digest)] {
    let results = parallelMap(count: shards.count, threads: threads) {
      [shards, files] i -> Result<SHA256Digest, CheckpointError> in
      do throws(CheckpointError) {
        let file = try OpenFile(reading: shards[i].path, files)
        return .success(try file.digest(of: 0..<shards[i].byteCount))
      } catch { return .failure(error) }
    }
    var digests: [(name: String, digest: SHA256Digest)] = []
    for (shard, result) in zip(shards, results) { digests.append((shard.name, try result.get())) }
    return digests
  }
}
