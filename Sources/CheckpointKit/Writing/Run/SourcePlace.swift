// Where the source lies and where the result will: neither may lie in the other, whatever links and mounts lead there.
extension Runner {
  func checkSource() throws(CheckpointError) {
    try checkMounts()
    guard let source = job.source else { return }
    try checkFolders(source)
    try checkReplaced(source)
  }

  private func checkFolders(_ source: Checkpoint) throws(CheckpointError) {
    let root = WorkFolder.root(place, files)
    // Of a Hub cache, all of the repository's folder: what leads to the source, and what it is made of.
    let cache = LinkPolicy.hubRoot(of: files.realPath(source.folder))
    for path in [source.isSingleFile ? nil : source.folder, cache].compactMap({ $0 }) {
      guard let folder = try files.status(path)?.identity else { continue }
      let there = try files.status(root)?.identity
      let isItself = !place.isFile && there == folder
      if try identities(upFrom: root).contains(folder) {
        throw refused(
          place.destination, isItself ? "is the source itself" : "lies inside the source",
          "give a new \(place.isFile ? "name" : "folder") outside it; nothing is changed in place")
      }
    }
    guard !place.isFile, let there = try files.status(root)?.identity else { return }
    var looked: Set<String> = []
    let recipe = [place.recipe].compactMap { $0 }.filter { $0.hasSuffix(".json") }
    let others = place.overwrite ? place.specFolders + ([place.imatrix].compactMap { $0 } + recipe).map(parentPath) : []
    for path in [source.folder] + source.shards.map({ parentPath(files.realPath($0.path)) }) + others {
      guard looked.insert(path).inserted else { continue }
      if try identities(upFrom: path).contains(there) {
        throw refused(
          place.destination,
          others.contains(path)
            ? "holds \(printable(path)), which is read for it" : "holds the source, \(printable(source.path))",
          "give a new folder; what is written must not take the source's place")
      }
    }
  }

  /// Nothing that is read may be among what is replaced or removed, whatever name it has there.
  private func checkReplaced(_ source: Checkpoint) throws(CheckpointError) {
    let occupants = try destination.occupants()
    let names = place.isFile ? plan.files.map { place.name(of: $0) } : []
    var read = Set(source.shards.map(\.status.identity))
    for name in ["config.json", CheckpointIndex.usualName] + source.sideFiles.carried where !source.isSingleFile {
      if let status = try source.files.unconfined.status(joinPath(source.folder, name)) { read.insert(status.identity) }
    }
    let folder = destination.inPlace.destination
    for name in names + occupants.owned + occupants.foreign {
      let path = joinPath(folder, name)
      if let status = try files.status(path), status.kind == .regular, read.contains(status.identity) {
        throw refused(
          path, "is a file of the source",
          "give another \(place.isFile ? "name" : "folder"); nothing is changed in place")
      }
    }
  }

  /// Blanks, line feeds and backslashes of a mount point are written in octal.
  private static func mountPoint(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(3), as: UTF8.self)
      if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let code = UInt8(digits, radix: 8) {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return PathBytes.decode(bytes)
  }

  private func refused(_ path: String, _ problem: String, _ hint: String) -> CheckpointError {
    CheckpointError(.outputExists, file: path, problem, hint: hint)
  }

  /// The identities of a folder, behind all links, and of those above it; of those that exist.
  private func identities(upFrom path: String) throws(CheckpointError) -> [[UInt64]] {
    var path = files.absolutePath(path)
    while try files.status(path) == nil, parentPath(path) != path { path = parentPath(path) }
    path = files.realPath(path)
    var found: [[UInt64]] = []
    while true {
      if let status = try files.status(path) { found.append(status.identity) }
      let parent = parentPath(path)
      if parent == path { return found }
      path = parent
    }
  }

  /// A folder that something is mounted in is not removed: what is mounted would go with it.
  private func checkMounts() throws(CheckpointError) {
    guard place.overwrite, folder.stage == .beside, !place.isFile else { return }
    let root = files.realPath(files.absolutePath(destination.inPlace.destination)) + "/"
    let table = String(decoding: (try? files.readWhole("/proc/self/mountinfo")) ?? [], as: UTF8.self)
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 4 else { continue }
      let point = Self.mountPoint(fields[4]) + "/"
      // What is nested is foreign, and stops --overwrite by its name.
      guard point == root || place.overwriteAll && point.hasPrefix(root) else { continue }
      throw CheckpointError(
        .outputExists, file: place.destination,
        "is not replaced: \(printable(String(point.dropLast()))) is a mount point",
        hint: "give a new folder, in it or elsewhere")
    }
  }
}
