/// A file that was looked at: its size, the digest of what decides (the header of a shard, all of a small file).
public struct Fingerprint: Sendable, Equatable {
  public var name: String
  public var byteCount: Int
  public var digest: SHA256Digest
  /// Not part of the plan's identity: tells whether the file was touched since.
  public var modified: Int

  public init(name: String, byteCount: Int, digest: SHA256Digest, modified: Int) {
    self.name = name
    self.byteCount = byteCount
    self.digest = digest
    self.modified = modified
  }
}
