/// A manifest of which the list of files is held; what it says of tensors is read when it is asked for, a file at a time.
struct ManifestOutline: Sendable {
  struct File: Sendable {
    /// Without its tensors.
    let entry: Manifest.File
    let tensorCount: Int
    /// One digest of the names of its tensors, in their order.
    let names: SHA256Digest
    /// Where the entry stands in the manifest.
    fileprivate let place: Range<Int>
  }

  /// In the order of the manifest.
  let files: [File]
  private let file: OpenFile

  /// Reads a manifest a window at a time, and checks all of it.
  init(reading file: OpenFile) throws(CheckpointError) {
    var outlines: [File] = []
    var parser = ManifestParser()
    let size = try file.size()
    let problem = try JSONScanner.scan(file, 0..<size, notText: Manifest.notText(file.path)) {
      (scanner) throws(JSONScanner.Problem) in
      try parser.parse(&scanner) { (scanner) throws(JSONScanner.Problem) in
        _ = scanner.peek()
        let start = scanner.position
        var names = NamesHasher()
        let entry = try ManifestParser.file(&scanner) { (_, name) in name.withUnsafeBufferPointer { names.add($0) } }
        outlines.append(
          File(entry: entry, tensorCount: names.count, names: names.finish(), place: start..<scanner.position))
        return entry
      } logical: { _ in
      }
    }
    if let problem { throw Manifest.malformed(problem, file.path) }
    try Manifest(files: parser.files).checkDigest(parser.digest, file.path)
    self.file = file
    files = outlines
  }

  /// The entry of a file with its tensors.
  func whole(_ outline: File) throws(CheckpointError) -> Manifest.File {
    var entry: Manifest.File?
    let problem = try JSONScanner.scan(file, outline.place, notText: Manifest.notText(file.path)) {
      (scanner) throws(JSONScanner.Problem) in entry = try ManifestParser.wholeFile(&scanner)
    }
    guard problem == nil, let entry, entry.digest == outline.entry.digest, entry.tensors.count == outline.tensorCount
    else {
      throw CheckpointError(
        .inputChanged, file: file.path, "was changed while it was in use", hint: "run the command again")
    }
    return entry
  }
}

/// One digest of many names: of the length and the bytes of each.
struct NamesHasher {
  private var hasher = SHA256Hasher()
  private(set) var count = 0

  mutating func add(_ name: UnsafeBufferPointer<UInt8>) {
    withUnsafeBytes(of: UInt64(name.count).littleEndian) { hasher.update($0) }
    hasher.update(UnsafeRawBufferPointer(name))
    count += 1
  }

  func finish() -> SHA256Digest { hasher.finish() }
}
