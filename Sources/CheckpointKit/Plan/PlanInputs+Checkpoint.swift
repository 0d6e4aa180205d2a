extension PlanInputs {
  /// The fingerprint of a checkpoint: the headers of its shards, its config, and the side files that are carried over.
  public static func files(of checkpoint: Checkpoint) throws(CheckpointError) -> [File] {
    if let refusal = checkpoint.sideFiles.outside.first { throw refusal }
    let shards = checkpoint.shards
    let digests = fileDigests(count: shards.count, threads: availableProcessors) { i in
      Result { () throws(CheckpointError) in
        (try OpenFile(reading: shards[i].path, checkpoint.files), 0..<shards[i].dataStart)
      }
    }
    var files: [File] = []
    for (shard, digest) in zip(shards, digests) {
      files.append(
        File(name: shard.name, byteCount: shard.byteCount, digest: try digest.get(), modified: shard.status.modified))
    }
    let config = checkpoint.container == .safetensors ? ["config.json"] : []
    for name in config + checkpoint.sideFiles.carried {
      let path = joinPath(checkpoint.folder, name)
      guard let status = try checkpoint.files.status(path), status.kind == .regular else { continue }
      let digest = try OpenFile(reading: path, checkpoint.files).digest(of: 0..<status.size)
      files.append(File(name: name, byteCount: status.size, digest: digest, modified: status.modified))
    }
    return files
  }
}
