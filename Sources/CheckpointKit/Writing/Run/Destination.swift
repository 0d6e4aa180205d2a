/// The place of a result, looked at before anything is written.
///
/// | what is there | without `--overwrite` | with it |
/// |---|---|---|
/// | nothing, an empty folder | begun here | begun here |
/// | this plan, unfinished | continued | continued |
/// | this plan, finished | done | done; made anew beside it if files of it were changed |
/// | a finished result of ours, another plan's leftover | refused | made beside it, then exchanged |
/// | anything else | refused | refused with its names, but for `--overwrite-all` |
struct Destination: Sendable {
  enum State: Sendable {
    case free(WorkFolder)
    case begun(WorkFolder)
    case finished
    case occupied(CheckpointError)
  }

  let plan: Plan
  let place: PlanFile.Place
  let files: FileAccess

  var inPlace: WorkFolder { WorkFolder(place, .inPlace, plan: plan.id, files: files) }
  var beside: WorkFolder { WorkFolder(place, .beside, plan: plan.id, files: files) }

  /// Where this plan was begun beside the result: under the usual name, or under that of a process which was about to put
  /// it in place.
  private func begunBeside() throws(CheckpointError) -> WorkFolder? {
    let usual = beside
    if try usual.begunPlan()?.id == plan.id { return usual }
    if place.isFile { return nil }
    for path in try besidePaths() {
      let folder = WorkFolder(folder: path, place, plan: plan.id, files: files)
      if try folder.begunPlan()?.id == plan.id { return folder }
    }
    return nil
  }

  /// Folders beside a result that is a folder, in which one is made that will replace it, of any plan.
  func besidePaths() throws(CheckpointError) -> [String] {
    try Self.paths(beside: inPlace.destination, WorkFolder.besideSuffix, files)
  }

  /// Folders with the name of a result and a suffix, as ckpt itself names them: other names, and links, are somebody's.
  static func paths(
    beside result: String, _ suffix: String, _ files: FileAccess
  ) throws(CheckpointError) -> [String] {
    let (parent, name) = (parentPath(result), lastPathComponent(result) + suffix)
    guard try files.status(parent)?.kind == .directory else { return [] }
    var paths: [String] = []
    for entry in try files.list(parent)
    where entry == name && suffix == WorkFolder.besideSuffix || WorkFolder.isName(entry, withNonceBehind: name) {
      let path = joinPath(parent, entry)
      if try files.isFolderItself(path) { paths.append(path) }
    }
    return paths
  }

  func look() throws(CheckpointError) -> State {
    let inPlace = inPlace
    if let status = try files.status(place.destination), (status.kind == .directory) == place.isFile {
      return .occupied(
        place.isFile
          ? CheckpointError(
            .outputExists, file: place.destination, "is a folder", hint: "give the name of a new file")
          : CheckpointError(
            .outputExists, file: place.destination, "exists and is no folder", hint: "give a new folder"))
    }
    let begun = try inPlace.begunPlan()
    if begun?.id == plan.id { return .begun(inPlace) }
    // Before what is beside it: another process of this plan may have begun it anew, and been stopped.
    if begun == nil, try isFinished() { return .finished }
    let begunBeside = try begunBeside()
    if let begunBeside, place.overwrite { return .begun(begunBeside) }
    let occupants = try occupants()
    if begun == nil, occupants.isVacant { return begunBeside.map { .begun($0) } ?? .free(inPlace) }
    let mayReplace = place.overwrite || begun == nil && leftBeside(occupants) != nil
    if mayReplace, place.overwriteAll || occupants.foreign.isEmpty {
      return begunBeside.map { .begun($0) } ?? .free(beside)
    }
    if let begun, !place.overwrite { return .occupied(WorkFolder.anotherPlan(begun, plan, place.destination)) }
    return .occupied(refusal(occupants, begunBeside: begunBeside != nil))
  }

  /// The right to put this result in place.
  func lock() throws(CheckpointError) -> PublicationLock {
    try PublicationLock(parentPath(place.isFile ? place.destination : inPlace.destination), files)
  }

  func occupants() throws(CheckpointError) -> Occupants {
    place.isFile
      ? try Occupants(plan, place, files: files)
      : try Occupants(of: WorkFolder.root(place, files), place, files: files)
  }

  /// The names of vision towers that an earlier result left, whose text model is gone: they hold nobody up.
  func leftBeside(_ occupants: Occupants) -> [String]? {
    guard place.isFile, occupants.foreign.isEmpty else { return nil }
    let names = occupants.owned.filter { $0 != place.provenanceName }
    let areTowers = names.allSatisfy { name in
      plan.files.contains { $0.isBeside && sameBytes(place.name(of: $0), name) && hasTensors(of: $0, name) }
    }
    return !names.isEmpty && areTowers ? names : nil
  }

  /// Whether what is there under a name has the tensors of a planned file: only their types may be others.
  private func hasTensors(of file: Plan.File, _ name: String) -> Bool {
    let path = joinPath(inPlace.destination, name)
    guard let new = try? GGUFHeader(parsing: plan.header(of: file), fileSize: file.byteCount),
      let old = try? GGUFHeader(reading: OpenFile(reading: path, files)), new.entries.count == old.entries.count
    else { return false }
    return zip(new.entries, old.entries).allSatisfy { $0.name == $1.name && $0.shape == $1.shape }
  }

  private func refusal(_ occupants: Occupants, begunBeside: Bool) -> CheckpointError {
    let folder = place.isFile ? parentPath(place.destination) : place.destination
    if occupants.foreign.isEmpty {
      return CheckpointError(
        .outputExists,
        file: place.isFile ? joinPath(folder, occupants.owned.first { $0 != place.provenanceName } ?? "") : folder,
        place.isFile ? "exists" : "exists and is not empty",
        hint: begunBeside
          ? "give --overwrite to go on with the unfinished one that will replace it"
          : "give a new \(place.isFile ? "name" : "folder"), or --overwrite to replace it when the new one is complete")
    }
    let names = occupants.foreign.prefix(8).map { printable($0) }.joined(separator: ", ")
    let more = occupants.foreign.count > 8 ? " and \(occupants.foreign.count - 8) more" : ""
    return CheckpointError(
      .outputExists, file: place.isFile ? joinPath(folder, occupants.foreign[0]) : folder,
      place.overwrite
        ? "is not replaced: no result of ckpt names \(names)\(more)"
        : place.isFile ? "exists" : "exists and is not empty",
      hint: place.overwrite
        ? "give a new \(place.isFile ? "name" : "folder"); --overwrite-all removes these files too"
        : "give a new \(place.isFile ? "name" : "folder")")
  }

  /// Whether this very plan was carried out here, and nothing is left to do: with `--overwrite`, a result that was
  /// changed since is made anew.
  func isFinished() throws(CheckpointError) -> Bool {
    let folder = inPlace
    guard let json = try Provenance.read(joinPath(folder.destination, place.provenanceName), files),
      json["plan_id"]?.string == plan.id.hex, try folder.begunPlan() == nil
    else { return false }
    // Its weights may have been removed since.
    for file in plan.files {
      guard try files.status(folder.finalFile(file))?.size == file.byteCount else { return false }
    }
    if !place.overwrite { return true }
    return try changes().isEmpty
  }

  /// What of a finished result is not as it was written.
  func changes() throws(CheckpointError) -> [Finding] {
    try ResultChanges.find(place, in: inPlace.destination, files) ?? []
  }

  /// The unfinished result of another plan that is to replace this one, if there is one.
  func otherPlanBeside() throws(CheckpointError) -> PlanFile? {
    guard let begun = try beside.begunPlan(), begun.id != plan.id else { return nil }
    return begun
  }
}
