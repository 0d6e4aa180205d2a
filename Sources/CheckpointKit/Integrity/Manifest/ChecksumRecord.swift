/// Notes of files that are done while a manifest is being made, one small file each.
///
/// A note counts only for the very file it was made of: same name, size, times and identity. Notes of a plan that several
/// machines share count on another machine, or for a copy on another disk, without the identity and the time that no
/// program can set; the plan has looked at the file.
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
    let place = try SideOutput(output, .manifest, files: files)
    let record = ChecksumRecord(folder: output + folderSuffix, isFull: false, files: files)
    let folder = record.folder
    try record.requireOwn()
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
        try place.require()
        try files.rename(partial, to: output)
        break
      } catch {
        guard error.code == .notFound else { throw error }
      }
    }
    try files.syncDirectory(parentPath(output))
    try record.removeFolder()
  }

  // MARK: The folder

  /// That the folder of notes is ckpt's own, or not there: it is removed in the end.
  func requireOwn() throws(CheckpointError) {
    if files.linkTarget(folder) != nil {
      throw CheckpointError(
        .outputUnsuitable, file: folder, "is a link, where a folder of ckpt's own should be: it is not followed",
        hint: "remove the link, or give another name")
    }
    guard let kind = try files.status(folder)?.kind else { return }
    guard kind == .directory else {
      throw CheckpointError(
        .outputExists, file: folder, "is a file, where a folder of ckpt's own should be", hint: "give another name")
    }
    for name in try entries() where !Self.isOwn(name) {
      throw CheckpointError(
        .outputExists, file: folder,
        "holds \(printable(name)), which is not ckpt's own: the folder would be removed in the end",
        hint: "move it away, or give another name")
    }
  }

  private func entries() throws(CheckpointError) -> [String] {
    do throws(CheckpointError) { return try files.list(folder) } catch {
      // Another process was done.
      guard error.code == .notFound else { throw error }
      return []
    }
  }

  private static let nameDigits = 32
  private static let ending = ".json"

  private static func isOwn(_ name: String) -> Bool {
    FileAccess.isPrivateName(name)
      || name.hasSuffix(ending) && hexDigest(String(name.dropLast(ending.count)), digits: nameDigits) != nil
  }

  /// Removes what is ckpt's own of the folder, and the folder.
  private func removeFolder() throws(CheckpointError) {
    for name in try entries() where Self.isOwn(name) { try files.remove(joinPath(folder, name)) }
    guard try files.removeEmptyFolder(folder) else {
      throw CheckpointError(
        .ioFailed, file: folder, "cannot be removed: something was put into it meanwhile",
        hint: "run the same command again")
    }
  }

  // MARK: Notes

  static let schema = "ckpt.checksum-record/1"

  private func path(_ file: FolderListing.File) -> String {
    joinPath(folder, String(SHA256Digest(of: file.name).hex.prefix(Self.nameDigits)) + Self.ending)
  }

  /// What a note begins with: a line for what it is of, and one for where the file was seen.
  private func stamp(_ file: FolderListing.File) -> String {
    let text =
      "\(Toolkit.version) \(isFull) \(file.name) \(file.byteCount) \(file.status?.modified ?? 0) \(plan?.hex ?? "")"
    return "\(Self.schema) \(SHA256Digest(of: text).hex)\n"
  }

  private func seen(_ file: FolderListing.File) -> String {
    let numbers = (file.status?.identity.map(String.init) ?? []) + [String(file.status?.changed ?? 0)]
    return ([machineName] + numbers).joined(separator: " ") + "\n"
  }

  /// Whether a file that was seen so may be the one that is here now.
  private func isSame(_ line: String, _ file: FolderListing.File) -> Bool {
    let now = seen(file)
    if line == now { return true }
    let (then, here) = (line.split(separator: " "), now.split(separator: " "))
    guard plan != nil, then.count == here.count, here.count == 4 else { return false }
    // On the same disk of the same machine it is another file, or was changed.
    return then[0] != here[0] || then[1] != here[1]
  }

  private static let seenLimit = 256

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
    guard size > stamp.count else { return nil }
    let beginning = try note.readBytes(0..<min(size, stamp.count + Self.seenLimit))
    guard let end = beginning[stamp.count...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let seen = String(decoding: beginning[stamp.count...end], as: UTF8.self)
    // A note that a power cut left torn counts as absent: its last 64 digits are those of what stands above them.
    let body = end + 1..<max(end + 1, size - 65)
    guard !body.isEmpty, beginning.starts(with: stamp), isSame(seen, file),
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
    try write(stamp(file) + seen(file))
    try Manifest.write(entry) { (text) throws(CheckpointError) in
      hasher.update(text)
      try write(text)
    }
    try write("\n" + hasher.finish().hex)
  }
}
