/// Notes of files that are done while a manifest is being made, one small file each.
///
/// A note counts only for the very file it was made of: same name, size, time of change and identity. Notes of a plan
/// that several machines share go without the identity, which is not the same on all; the plan has looked at the file.
public struct ChecksumRecord: Sendable {
  let folder: String
  /// Whether tensors were digested too.
  let isFull: Bool
  /// The plan that it is done for, if any.
  var plan: SHA256Digest?
  let files: FileAccess

  /// What the name of the folder adds to that of the manifest.
  public static let folderSuffix = ".ckpt-partial"

  /// Puts a finished manifest in its place, and removes its notes. What a kill leaves of it lies among the notes.
  ///
  /// - Parameter write: gives the text piece by piece.
  public static func publish(
    to output: String, _ files: FileAccess,
    _ write: (([UInt8]) throws(CheckpointError) -> Void) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try files.requireFilePlace(output)
    let folder = output + folderSuffix
    // Another process may publish the same, and remove the notes meanwhile.
    for _ in 0..<16 {
      do throws(CheckpointError) {
        try files.makeDirectories(folder)
        let partial = files.privateName(in: folder)
        let file = try OpenFile(creating: partial, files)
        var end = 0
        try write { (bytes) throws(CheckpointError) in
          try file.write(bytes, at: end)
          end += bytes.count
        }
        try file.sync()
        try files.rename(partial, to: output)
        break
      } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    try files.syncDirectory(parentPath(output))
    try files.removeTree(folder)
  }

  /// That what stands under the name of a manifest is one, or lines of digests: nothing else is written over.
  public static func requireReplaceable(_ output: String, _ files: FileAccess) throws(CheckpointError) {
    try files.requireFilePlace(output)
    guard let status = try files.status(output), status.size > 0 else { return }
    let beginning = try OpenFile(reading: output, files).readBytes(0..<min(status.size, 4096))
    if String(decoding: beginning, as: UTF8.self).contains("\"\(Manifest.schema)\"") { return }
    // The last line may be cut.
    let lines = beginning.count == status.size ? beginning : Array(beginning.prefix { $0 != UInt8(ascii: "\n") })
    let list = ChecksumFile(parsing: lines)
    guard list.entries.isEmpty || !list.unreadable.isEmpty else { return }
    throw CheckpointError(
      .outputExists, file: output, "exists, and is neither a manifest nor a list of digests: it is not written over",
      hint: "give another name")
  }

  static let schema = "ckpt.checksum-record/1"

  private func path(_ file: FolderListing.File) -> String {
    joinPath(folder, String(SHA256Digest(of: file.name).hex.prefix(32)) + ".json")
  }

  private func stamp(_ file: FolderListing.File) -> String {
    let identity = plan?.hex ?? (file.status?.identity ?? []).map(String.init).joined(separator: " ")
    let text = "\(Toolkit.version) \(isFull) \(file.name) \(file.byteCount) \(file.status?.modified ?? 0) \(identity)"
    return "\(Self.schema) \(SHA256Digest(of: text).hex)\n"
  }

  /// What was noted of a file; nil where it has to be read.
  ///
  /// - Throws: where a note is there and cannot be read.
  func entry(_ file: FolderListing.File) throws(CheckpointError) -> Manifest.File? {
    let bytes: [UInt8]
    do throws(CheckpointError) { bytes = try files.readAll(path(file), limit: 1 << 30) } catch {
      guard [.notFound, .malformedFile, .truncated, .foreignFile].contains(error.code) else { throw error }
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let stamp = stamp(file)
    guard text.hasPrefix(stamp) else { return nil }
    // A note that a power cut left torn counts as absent: its last 64 digits are those of what stands above them.
    let body = text.utf8.dropFirst(stamp.utf8.count)
    guard body.count > 65 else { return nil }
    let content = String(decoding: body.dropLast(65), as: UTF8.self)
    guard body.suffix(64).elementsEqual(SHA256Digest(of: content).hex.utf8) else { return nil }
    guard let entry = Manifest.file(parsing: content), entry.name == file.name, entry.byteCount == file.byteCount else {
      return nil
    }
    return entry
  }

  func leave(_ entry: Manifest.File, _ file: FolderListing.File) throws(CheckpointError) {
    var content = ""
    Manifest.write(entry, to: &content)
    let text = stamp(file) + content + "\n" + SHA256Digest(of: content).hex
    let path = path(file)
    do throws(CheckpointError) {
      try files.rename(try files.writePrivately(Array(text.utf8), in: folder, syncs: false), to: path)
    } catch {
      // Another process has published the whole, and removed the notes: nobody needs this one.
      guard error.code == .notFound, plan == nil else { throw error }
    }
  }
}
