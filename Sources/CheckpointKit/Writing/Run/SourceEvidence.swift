/// What evidence beside the source says of its files: the Hub's listing or etags, a manifest that came with them.
///
/// For a file that was touched, not replaced, since parts of a result were made of it: where its bytes are still those
/// that evidence has a digest of, what was made of it stays.
struct SourceEvidence: Sendable {
  private let checkpoint: Checkpoint
  private let lists: [Evidence]

  init(_ checkpoint: Checkpoint) throws(CheckpointError) {
    self.checkpoint = checkpoint
    let access = checkpoint.files
    let listing = try FolderListing(checkpoint.folder, files: access)
    var lists: [Evidence] = []
    if let hub = try HubFolder(listing, access) {
      if let tree = try hub.tree(access) { lists.append(tree) }
      lists.append(hub.etags(listing))
    }
    let path = joinPath(checkpoint.folder, OwnNames.manifest)
    if access.refusal(of: path) == nil, try access.status(path)?.kind == .regular {
      do throws(CheckpointError) {
        let manifest = try ManifestOutline(reading: OpenFile(reading: path, access))
        lists.append(Evidence(manifest, .manifestInside))
      } catch {
        guard error.code == .manifestMalformed || error.code == .malformedFile else { throw error }
      }
    }
    self.lists = lists
  }

  /// Whether the bytes of a shard are those that the strongest evidence has a digest of; false where there is none.
  func proves(_ name: TensorName) throws(CheckpointError) -> Bool {
    guard let shard = checkpoint.shards.first(where: { TensorName($0.name) == name }),
      let digest = lists.compactMap({ $0.entries[name]?.digest }).first
    else { return false }
    let file = try OpenFile(reading: shard.path, checkpoint.files)
    return try file.digest(of: 0..<shard.byteCount) == digest
  }
}
