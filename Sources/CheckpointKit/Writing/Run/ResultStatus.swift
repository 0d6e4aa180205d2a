/// What lies at the place of a result, as far as ckpt's own documents tell; nothing is planned again for it.
public struct ResultStatus: Sendable {
  public enum State: String, Sendable {
    /// Nothing of ckpt's own.
    case absent
    /// A command was stopped: the same one goes on.
    case unfinished
    case complete
    /// Complete once, and files of it are gone or changed since.
    case changed
    /// Something that belongs to no result: an unfinished one beside a complete one, the remains of a folder.
    case leftover

    /// The word that documents have for it: what is no whole result any more is left over.
    public var name: String { self == .changed ? Self.leftover.rawValue : rawValue }
  }

  public var state = State.absent
  public var planID: SHA256Digest?
  /// The words of the command that goes on.
  public var command: [String] = []
  public var units = 0
  public var missing: [Int] = []
  /// What of a complete result is not as it was written.
  public var changes: [Finding] = []
  /// Paths of what is not the result itself: work folders, folders that are being removed.
  public var work: [String] = []

  /// Looks at a destination: a folder, or a name that ends in `.gguf`.
  public init(of destination: String, files: FileAccess = .system) throws(CheckpointError) {
    let place = PlanFile.Place(source: nil, destination: destination)
    let inPlace = WorkFolder(place, .inPlace, files: files)
    if try take(inPlace, place) {
      state = .unfinished
    } else {
      if let changes = try ResultChanges.find(place, in: inPlace.destination, files) {
        self.changes = changes
        state = changes.isEmpty ? .complete : .changed
      }
      for folder in try Self.besides(place, files) where try take(folder, place) { state = .leftover }
    }
    if state != .unfinished, try addRemains(inPlace) { state = .leftover }
    if !place.isFile, try addFolders(WorkFolder.root(place, files), files), state != .unfinished { state = .leftover }
  }

  /// Work folders of results that are to replace this one.
  private static func besides(_ place: PlanFile.Place, _ files: FileAccess) throws(CheckpointError) -> [WorkFolder] {
    if place.isFile { return [WorkFolder(place, .beside, files: files)] }
    let paths = try Destination.paths(beside: WorkFolder.root(place, files), WorkFolder.besideSuffix, files)
    return paths.map { WorkFolder(folder: $0, place, files: files) }
  }

  /// Takes what is known of a plan that was begun; false where none was.
  private mutating func take(_ folder: WorkFolder, _ place: PlanFile.Place) throws(CheckpointError) -> Bool {
    guard let plan = try folder.begunPlan() else { return false }
    planID = plan.id
    command = plan.place.command
    units = plan.segmentCount
    work.append(folder.path)
    let done = try doneUnits(plan, folder, place)
    missing = (0..<units).filter { !done.contains($0) }
    if command.first == "run", missing.isEmpty { command[0] = "finish" }
    return true
  }

  private func doneUnits(
    _ plan: PlanFile, _ folder: WorkFolder, _ place: PlanFile.Place
  ) throws(CheckpointError) -> Set<Int> {
    let files = folder.files
    var live: Set<String> = []
    for name in plan.fileNames {
      let claim = joinPath(folder.claimsFolder, name + ".json")
      guard let nonce = try SealedJSON.read(claim, files)?["nonce"]?.string else { continue }
      let final = joinPath(folder.destination, place.name(ofFile: name))
      let partial = try files.status(joinPath(folder.filesFolder, "\(name).\(nonce)"))
      let published = try files.status(final)
      if partial != nil || published != nil { live.insert(nonce) }
    }
    var done: Set<Int> = []
    guard try files.status(folder.recordsFolder) != nil else { return [] }
    for name in try files.list(folder.recordsFolder) where name.hasSuffix(".json") {
      guard let json = try SealedJSON.read(joinPath(folder.recordsFolder, name), files),
        json["plan"]?.string == plan.id.hex, let nonce = json["partial"]?.string, live.contains(nonce),
        let segment = json["segment"]?.int
      else { continue }
      done.insert(segment)
    }
    return done
  }

  /// Whether folders beside the result belong to what replaces it, or was replaced.
  private mutating func addFolders(_ result: String, _ files: FileAccess) throws(CheckpointError) -> Bool {
    let new = try Destination.paths(beside: result, WorkFolder.besideSuffix, files)
    let found = try new + Destination.paths(beside: result, WorkFolder.oldSuffix, files)
    for path in found where !work.contains(where: { $0.hasPrefix(path + "/") }) { work.append(path) }
    return !found.isEmpty
  }

  /// Whether something lies there that an ended command could not remove any more.
  private mutating func addRemains(_ folder: WorkFolder) throws(CheckpointError) -> Bool {
    let files = folder.files
    var found = try folder.discarded()
    let besides = folder.place.isFile ? [WorkFolder(folder.place, .beside, files: files).path] : []
    for path in [folder.path] + besides where try files.isFolderItself(path) { found.append(path) }
    work += found.filter { !work.contains($0) }
    return !found.isEmpty
  }
}
