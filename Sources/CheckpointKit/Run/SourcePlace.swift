// Where the source lies and where the result will: neither may lie in the other, whatever links and mounts lead there.
extension Runner {
  func checkSource() throws(CheckpointError) {
    try checkMounts()
    guard let source = job.source else { return }
    let root = WorkFolder.root(place, files)
    if place.isFile {
      for file in plan.files {
        let path = folderFile(file)
        guard let identity = try files.status(path)?.identity else { continue }
        if source.shards.contains(where: { $0.status.identity == identity }) {
          throw refused(path, "is a file of the source", "give another name; nothing is changed in place")
        }
      }
    }
    if !source.isSingleFile, let folder = try files.status(source.folder)?.identity {
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
    for path in [source.folder] + source.shards.map({ parentPath(files.realPath($0.path)) }) {
      guard looked.insert(path).inserted else { continue }
      if try identities(upFrom: path).contains(there) {
        throw refused(
          place.destination, "holds the source, \(printable(source.path))",
          "give a new folder; what is written must not take the source's place")
      }
    }
  }

  private func folderFile(_ file: Plan.File) -> String {
    joinPath(parentPath(place.destination), place.name(of: file))
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
    guard place.overwriteAll, !place.isFile, try files.status(destination.inPlace.destination) != nil else { return }
    let root = files.realPath(files.absolutePath(destination.inPlace.destination)) + "/"
    let table = String(decoding: (try? files.readWhole("/proc/self/mountinfo")) ?? [], as: UTF8.self)
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      // Blanks and backslashes in it are written in octal; the beginning is compared as it is.
      guard fields.count > 4, fields[4].hasPrefix(root) || String(fields[4]) + "/" == root else { continue }
      throw CheckpointError(
        .outputExists, file: place.destination, "is not replaced: \(printable(String(fields[4]))) is mounted there",
        hint: "unmount it, or give a new folder")
    }
  }
}
