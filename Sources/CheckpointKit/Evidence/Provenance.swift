/// What a result was made from, and digests of what it is: `ckpt-provenance.json`.
///
/// It says nothing of time, host or path, so that the same inputs give the same bytes. Format:
/// `docs/formats/provenance.md`.
public enum Provenance {
  static let schema = "ckpt.provenance/1"
  /// Far above any that was written.
  static let byteLimit = 256 << 20

  /// What a provenance says; nil where there is none, or no such document.
  ///
  /// - Throws: where it is there and cannot be read.
  static func read(_ path: String, _ files: FileAccess) throws(CheckpointError) -> JSONValue? {
    do throws(CheckpointError) {
      guard try files.status(path)?.kind == .regular else { return nil }
      let json = try JSONValue(parsing: files.readAll(path, limit: 1 << 30), file: path)
      return json["schema"]?.string == schema ? json : nil
    } catch {
      guard [.notFound, .malformedFile].contains(error.code) else { throw error }
      return nil
    }
  }

  static func root(of tensors: [(name: TensorName, digest: SHA256Digest)]) -> SHA256Digest {
    var hasher = SHA256Hasher()
    for (name, digest) in tensors.sorted(by: { $0.name < $1.name }) { hasher.update("\(digest)  \(name)\n") }
    return hasher.finish()
  }
}
