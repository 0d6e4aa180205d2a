extension PlanInputs {
  /// The fingerprint of a checkpoint: the headers of its shards, its index, its config, the side files that are carried
  /// over, and the chat templates in a folder of theirs.
  public static func files(of checkpoint: Checkpoint) throws(CheckpointError) -> [Fingerprint] {
    if let refusal = checkpoint.sideFiles.outside.first { throw refusal }
    let shards = checkpoint.shards
    let digests = fileDigests(count: shards.count, threads: availableProcessors) { i in
      Result { () throws(CheckpointError) in
        (try OpenFile(reading: shards[i].path, checkpoint.files), 0..<shards[i].dataStart)
      }
    }
    var files: [Fingerprint] = []
    for (shard, digest) in zip(shards, digests) {
      files.append(
        Fingerprint(
          name: shard.name, byteCount: shard.byteCount, digest: try digest.get(), modified: shard.status.modified))
    }
    let config = checkpoint.container == .safetensors ? ["config.json"] : []
    let index = checkpoint.indexFile.map { [$0] } ?? []
    for name in try config + index + checkpoint.sideFiles.carried + ChatTemplates.furtherFiles(of: checkpoint) {
      let path = joinPath(checkpoint.folder, name)
      guard let status = try checkpoint.files.status(path), status.kind == .regular else { continue }
      let digest = try OpenFile(reading: path, checkpoint.files).digest(of: 0..<status.size)
      files.append(Fingerprint(name: name, byteCount: status.size, digest: digest, modified: status.modified))
    }
    return files
  }
}
