// How a new result takes the place of an old one. Every step may be begun again by the same command.
extension Runner {
  private static let replacedSchema = "ckpt.replaced/1"

  func replacedFolder(_ folder: WorkFolder) throws(CheckpointError) -> String? {
    guard let json = try SealedJSON.read(folder.replacedFile, files), json["schema"]?.string == Self.replacedSchema,
      let name = json["folder"]?.string, isPlainFileName(name)
    else { return nil }
    return joinPath(parentPath(destination.inPlace.destination), name)
  }

  /// Puts the new folder in the old one's place, in one step where the file system can. The work folder goes along: the
  /// result stays unfinished until the old one is removed.
  ///
  /// Two processes that both did it would undo it: who does it gives the folder a name of its own first, which one alone
  /// can.
  func exchange() throws(CheckpointError) {
    let old = destination.inPlace.destination
    let before = try replacedFolder(folder)
    let claimed = old + WorkFolder.besideSuffix + "-" + nonce()
    try files.rename(folder.destination, to: claimed)
    let new = WorkFolder(folder: claimed, place, plan: plan.id, files: files)
    let isThere = try files.status(old) != nil
    // Where an earlier run moved the old one away and got no further, that is the one.
    var replaced = claimed
    if !isThere, let before, try files.isFolderItself(before) { replaced = before }
    let document = SealedJSON.bytes([
      "schema": .string(Self.replacedSchema), "folder": .string(lastPathComponent(replaced)),
    ])
    try files.writeAtomically(document, to: new.replacedFile, by: new.temporaryFolder)
    if isThere {
      do throws(CheckpointError) { try files.exchange(claimed, old) } catch {
        guard error.code == .ioFailed else { throw error }
        try exchangeInSteps(claimed, new, old)
      }
    } else {
      try files.rename(claimed, to: old)
    }
    try files.syncDirectory(parentPath(old))
  }

  /// Where a command that replaced one result by another in two steps was stopped between them, and this is another: puts
  /// the old result back.
  ///
  /// - Returns: whether there was one.
  func putBackMovedAway() throws(CheckpointError) -> Bool {
    let old = destination.inPlace.destination
    guard !place.isFile, !files.exists(old) else { return false }
    for path in try destination.besidePaths() {
      let work = WorkFolder(folder: path, place, files: files)
      guard let away = try replacedFolder(work), away != path, try files.isFolderItself(away) else {
        continue
      }
      try files.rename(away, to: old)
      try files.syncDirectory(parentPath(old))
      return true
    }
    return false
  }

  /// Makes room for what will replace something else: other plans' leftovers go, what is nobody's stays.
  ///
  /// - Parameter ofThisPlanToo: when it is finished: what was begun of it beside is of no use.
  func clearBeside(ofThisPlanToo: Bool = false) throws(CheckpointError) {
    let lock = try destination.lock()
    defer { withExtendedLifetime(lock) {} }
    if place.isFile {
      let beside = destination.beside
      if let begun = try beside.begunPlan() {
        if ofThisPlanToo || begun.id != plan.id { try beside.discard() }
      } else if try files.isFolderItself(beside.path) {
        // Begun, and stopped before it had a plan, or with one that something damaged; or somebody's.
        if try beside.isOwn() || place.overwriteAll { return try beside.discard() }
        if ofThisPlanToo { return }
        throw CheckpointError(
          .outputExists, file: beside.path, "holds what is not ckpt's own",
          hint: "move it away: the new result is made there before it takes its place")
      }
      return
    }
    for path in try destination.besidePaths() {
      let work = WorkFolder(folder: path, place, files: files)
      if !ofThisPlanToo, try work.begunPlan()?.id == plan.id { continue }
      let found = try Occupants(of: path, place, files: files)
      if let name = found.foreign.first {
        if ofThisPlanToo { continue }
        throw CheckpointError(
          .outputExists, file: path, "holds \(printable(name)), which is not ckpt's own",
          hint: "move it away: the new result is made there before it takes its place")
      }
      // In one step: whoever works in it finds it gone, and not half there.
      let away = destination.inPlace.destination + WorkFolder.oldSuffix + "-" + nonce()
      try files.rename(path, to: away)
      _ = try removeReplaced(away)
    }
    // What was being removed when its command was stopped; while there is a result, nobody needs it.
    let result = destination.inPlace.destination
    guard files.exists(result) else { return }
    for path in try Destination.paths(beside: result, WorkFolder.oldSuffix, files) { _ = try removeReplaced(path) }
  }

  /// For a file system that cannot exchange two names: for a moment there is no result under the name.
  private func exchangeInSteps(_ claimed: String, _ new: WorkFolder, _ old: String) throws(CheckpointError) {
    let away = old + WorkFolder.oldSuffix + "-" + nonce()
    let document = SealedJSON.bytes([
      "schema": .string(Self.replacedSchema), "folder": .string(lastPathComponent(away)),
    ])
    try files.writeAtomically(document, to: new.replacedFile, by: new.temporaryFolder)
    try files.rename(old, to: away)
    try files.rename(claimed, to: old)
  }

  /// Removes what was replaced, and what that was about to replace itself.
  ///
  /// - Returns: what was in it that is not the tool's own, and stays.
  func removeReplaced(_ path: String, depth: Int = 0) throws(CheckpointError) -> [Finding] {
    guard try files.isFolderItself(path) else { return [] }
    var kept: [Finding] = []
    let work = WorkFolder(folder: path, place, files: files)
    if depth < 8, let earlier = try replacedFolder(work) { kept = try removeReplaced(earlier, depth: depth + 1) }
    if place.overwriteAll {
      try files.removeTree(path)
    } else {
      let occupants = try Occupants(of: path, place, files: files)
      try removeOwned(occupants, in: work)
      if try !files.removeEmptyFolder(path) {
        kept.append(
          Finding(
            .warning, .outputLeftover, file: path,
            "keeps what is not ckpt's own and came into the replaced folder meanwhile: "
              + occupants.foreign.prefix(8).map { printable($0) }.joined(separator: ", ")))
      }
    }
    try files.syncDirectory(parentPath(path))
    return kept
  }

  /// Removes what is ours in a folder; what names the rest goes last, so that this can be begun again.
  func removeOwned(_ occupants: Occupants, in work: WorkFolder) throws(CheckpointError) {
    for name in occupants.owned where name != OwnNames.workFolder {
      let path = joinPath(work.destination, name)
      if WorkFolder.isDiscarded(name) { try files.removeTree(path) } else { try files.remove(path) }
    }
    if occupants.owned.contains(OwnNames.workFolder) { try work.discard() }
  }

  /// Lets the work folder of a file that is complete take the name of an unfinished result, so that readers are told while
  /// its files get their names. Another plan's leftover of that name goes.
  func takePlace() throws(CheckpointError) {
    let inPlace = destination.inPlace
    let begun = try inPlace.begunPlan()
    let isDamaged = try inPlace.hasDamagedPlan()
    if isDamaged || begun != nil && begun?.id != plan.id {
      // What it had put in place, its plan and claims alone name.
      let new = Set(plan.files.map { TensorName(place.name(of: $0)) })
      let names = isDamaged ? try inPlace.claimedNames() : begun?.fileNames ?? []
      for name in names.map({ place.name(ofFile: $0) }) where !new.contains(TensorName(name)) {
        try files.remove(joinPath(inPlace.destination, name))
      }
      try inPlace.discard()
    }
    do throws(CheckpointError) { try files.rename(folder.path, to: inPlace.path) } catch {
      // Another process did it.
      guard error.code == .notFound, try inPlace.begunPlan()?.id == plan.id else { throw error }
    }
    try files.syncDirectory(inPlace.destination)
  }
}
