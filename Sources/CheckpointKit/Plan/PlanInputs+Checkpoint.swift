extension PlanInputs {
  /// The fingerprint of a checkpoint: the headers of its shards, its config, and the side files that are carried over.
  public static func files(of checkpoint: Checkpoint) throws(CheckpointError) -> [File] {
    var files = checkpoint.shards.map {
      File(name: $0.name, byteCount: $0.byteCount, digest: $0.headerDigest, modified: $0.status.modified)
    }
    for name in ["config.json"] + checkpoint.sideFiles.carried {
      let path = joinPath(checkpoint.folder, name)
      guard let status = try checkpoint.files.status(path), status.kind == .regular else { continue }
      let digest = try OpenFile(reading: path, checkpoint.files).digest(of: 0..<status.size)
      files.append(File(name: name, byteCount: status.size, digest: digest, modified: status.modified))
    }
    return files
  }
}
