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
  /// - Parameter tensors: what its header says; a note of other tensors is none.
  /// - Throws: where a note is there and cannot be read.
  func result(
    of file: FolderListing.File, _ tensors: FileTensors?
  ) throws(CheckpointError) -> ContentReader.Result? {
    do throws(CheckpointError) { return try read(file, tensors) } catch {
      guard [.notFound, .malformedFile, .truncated, .foreignFile].contains(error.code) else { throw error }
      return nil
    }
  }

  private func read(
    _ file: FolderListing.File, _ tensors: FileTensors?
  ) throws(CheckpointError) -> ContentReader.Result? {
    let note = try OpenFile(reading: path(file), files)
    let stamp = Array(stamp(file).utf8)
    let size = try note.size()
    // A note that a power cut left torn counts as absent: its last 64 digits are those of what stands above them.
    let body = stamp.count..<max(stamp.count, size - 65)
    guard !body.isEmpty, try note.readBytes(0..<stamp.count) == stamp,
      try note.readBytes(body.upperBound + 1..<size) == Array(note.digest(of: body).hex.utf8)
    else { return nil }
    var result = ContentReader.Result()
    result.regions = RegionResults(count: tensors?.count ?? 0)
    var count = 0
    var entry: Manifest.File?
    let notText = CheckpointError(.malformedFile, file: note.path, "is not UTF-8 text")
    let problem = try JSONScanner.scan(note, body, notText: notText) { (scanner) throws(JSONScanner.Problem) in
      entry = try ManifestParser.file(&scanner) { (tensor, name) throws(JSONScanner.Problem) in
        guard let tensors, count < tensors.count, tensors[count].name.withBytes({ $0.elementsEqual(name) }) else {
          throw JSONScanner.Problem(offset: 0, message: "it is of other tensors")
        }
        result.regions[count] = ContentReader.RegionResult(
          digest: tensor.digest, slices: tensor.slices, content: tensor.content)
        count += 1
      }
    }
    guard problem == nil, let entry, entry.name == file.name, entry.byteCount == file.byteCount,
      entry.dataStart == tensors?.dataStart, count == tensors?.count ?? 0
    else { return nil }
    (result.digest, result.gitBlob, result.zeroRuns) = (entry.digest, entry.gitBlob, entry.zeroRuns)
    return result
  }

  func leave(_ entry: Manifest.File, _ file: FolderListing.File) throws(CheckpointError) {
    let partial = files.privateName(in: folder)
    do throws(CheckpointError) {
      do throws(CheckpointError) { try write(entry, file, to: partial) } catch {
        try? files.remove(partial)
        throw error
      }
      try files.rename(partial, to: path(file))
    } catch {
      // Another process has published the whole, and removed the notes: nobody needs this one.
      guard error.code == .notFound, plan == nil else { throw error }
    }
  }

  private func write(
    _ entry: Manifest.File, _ file: FolderListing.File, to path: String
  ) throws(CheckpointError) {
    let note = try OpenFile(creating: path, files)
    var end = 0
    func write(_ text: String) throws(CheckpointError) {
      let bytes = Array(text.utf8)
      try note.write(bytes, at: end)
      end += bytes.count
    }
    var hasher = SHA256Hasher()
    try write(stamp(file))
    try Manifest.write(entry) { (text) throws(CheckpointError) in
      hasher.update(text)
      try write(text)
    }
    try write("\n" + hasher.finish().hex)
  }
}
