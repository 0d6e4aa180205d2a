/// What stands where a result is to be written: which of it is ours, by what our own documents name, and what is not.
struct Occupants: Sendable {
  /// Names that may be removed, the document that names the others last.
  private(set) var owned: [String] = []
  /// Names that no document of ours has. Nothing removes them unasked.
  private(set) var foreign: [String] = []

  /// Whether there is an unfinished result whose plan cannot be read any more.
  private let hasDamagedPlan: Bool

  /// Whether there is nothing but what an ended run may leave of its own folder.
  var isVacant: Bool {
    !hasDamagedPlan && foreign.isEmpty && owned.allSatisfy { $0.hasPrefix(OwnNames.workFolder) }
  }

  /// Of a result that is a folder: everything in it.
  init(of folder: String, _ place: PlanFile.Place, files: FileAccess) throws(CheckpointError) {
    guard try files.status(folder)?.kind == .directory else {
      hasDamagedPlan = false
      return
    }
    let ours = try Ours(in: folder, work: OwnNames.workFolder, place, files)
    hasDamagedPlan = ours.hasDamagedPlan
    for name in try files.list(folder) { try add(name, ours.has(name), joinPath(folder, name), files) }
    owned = owned.filter { $0 != OwnNames.provenance } + owned.filter { $0 == OwnNames.provenance }
  }

  /// Of a result that is a file, or a set: what bears one of its names, or one that an earlier result of its name had.
  init(_ plan: Plan, _ place: PlanFile.Place, files: FileAccess) throws(CheckpointError) {
    let folder = parentPath(place.destination)
    let ours = try Ours(
      in: folder, work: OwnNames.workFolder(forFile: lastPathComponent(place.destination)), place, files)
    hasDamagedPlan = ours.hasDamagedPlan
    let planned = Set(plan.files.map { TensorName(place.name(of: $0)) })
    for name in planned.union(ours.names).map(\.string).sorted() + [place.provenanceName] {
      let path = joinPath(folder, name)
      guard files.exists(path), !owned.contains(name), !foreign.contains(name) else { continue }
      // A provenance without a file of its result holds nobody up.
      try add(name, ours.has(name) || name == place.provenanceName, path, files)
    }
    // Nor does the tower of an earlier result, whose text model is gone, where none is written: it stays.
    let left = owned.filter { $0 != place.provenanceName }
    if foreign.isEmpty, left.allSatisfy({ GGUFSet.isProjector($0) && !planned.contains(TensorName($0)) }) { owned = [] }
  }

  private mutating func add(
    _ name: String, _ isOurs: Bool, _ path: String, _ files: FileAccess
  ) throws(CheckpointError) {
    let kind = try files.status(path)?.kind
    let isFolder = files.linkTarget(path) == nil && kind == .directory
    let isWork = name == OwnNames.workFolder || WorkFolder.isDiscarded(name)
    if isWork ? isFolder && isOurs : !isFolder && isOurs { owned.append(name) } else { foreign.append(name) }
  }

  /// The names that a provenance, or the plan of an unfinished result, speaks of.
  private struct Ours {
    private(set) var names: Set<TensorName> = []
    private var hasWork = false
    private(set) var hasDamagedPlan = false

    init(in folder: String, work: String, _ place: PlanFile.Place, _ files: FileAccess) throws(CheckpointError) {
      let provenance = place.provenanceName
      if let json = try Provenance.read(joinPath(folder, provenance), files) {
        insert([provenance] + Self.names(json["outputs"]).map { place.name(ofFile: $0) })
        // Beside a result that is a file, everything else is somebody's.
        if !place.isFile {
          let beside = json["side_files"]?.array == nil ? nil : Self.names(json["side_files"])
          if let beside { insert(beside) } else { insertUsual(Self.names(json["inputs"])) }
        }
      }
      let folder = WorkFolder(named: work, in: folder, place, files: files)
      if files.linkTarget(folder.path) != nil { return }
      if let plan = try folder.begunPlan() {
        hasWork = true
        insert([provenance] + plan.fileNames.map { place.name(ofFile: $0) })
        if !place.isFile { insertUsual(plan.inputs.files.map(\.name)) }
      } else if try files.status(folder.path)?.kind == .directory {
        // Begun, and stopped before it had a plan; or with one that something damaged.
        hasDamagedPlan = try folder.hasDamagedPlan()
        hasWork = try folder.isOwn()
        if hasWork { insert(try folder.claimedNames().map { place.name(ofFile: $0) }) }
      }
    }

    private static func names(_ list: JSONValue?) -> [String] { (list?.array ?? []).compactMap { $0["name"]?.string } }

    private mutating func insert(_ names: [String]) { for name in names { self.names.insert(TensorName(name)) } }

    /// What is carried over from the source, and what every folder gets.
    private mutating func insertUsual(_ inputs: [String]) {
      insert(inputs.filter { !FolderListing.isWeight($0) } + ["config.json", CheckpointIndex.usualName])
    }

    func has(_ name: String) -> Bool {
      if name == OwnNames.workFolder { return hasWork }
      return WorkFolder.isDiscarded(name) || names.contains(TensorName(name))
    }
  }
}
