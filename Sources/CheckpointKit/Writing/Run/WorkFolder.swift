/// The folder in which the unfinished things of a result live: the plan, the claims and records, the partial files.
///
///     DST/.ckpt/plan.json                    what is being made
///     DST/.ckpt/claims/NAME.json             which partial file of a weight file the workers share, by its nonce
///     DST/.ckpt/files/NAME.<nonce>           a weight file whose segments are not all done
///     DST/.ckpt/records/000012.<nonce>.json  a segment that is done, and in which partial file
///     DST/.ckpt/sources/…                    with `--digests all`: digests of the source's files
///     DST/.ckpt/temporary-<plan>/…           what one process is writing whole
///
/// A folder that holds `.ckpt` is unfinished. For a result that is no folder but a file, `OUT.gguf` or the set that it
/// is split into, the folder is `.OUT.gguf.ckpt` beside it. What will replace something else is made beside it, in
/// `DST.ckpt-new/.ckpt` or `.OUT.gguf.ckpt-new`.
struct WorkFolder: Sendable {
  /// What is added to the name of a result while another is made beside it that will replace it.
  static let besideSuffix = ".ckpt-new"

  /// What is added, with a nonce, to that of one which is being replaced, where that takes two steps.
  static let oldSuffix = ".ckpt-old"

  /// What the names of folders begin with that are being removed.
  static let discardedName = OwnNames.workFolder + "-discarded"

  enum Stage: Sendable { case inPlace, beside }

  let place: PlanFile.Place
  let stage: Stage
  let files: FileAccess
  /// The folder that files are published into, at this stage.
  let destination: String
  /// The name of this one.
  let name: String
  /// The plan that is carried out in it; nil where it is only looked at.
  let plan: SHA256Digest?

  init(_ place: PlanFile.Place, _ stage: Stage, plan: SHA256Digest? = nil, files: FileAccess) {
    self.place = place
    self.stage = stage
    self.plan = plan
    self.files = files
    let root = Self.root(place, files)
    if place.isFile {
      destination = root
      name = OwnNames.workFolder(forFile: lastPathComponent(place.destination)) + (stage == .beside ? "-new" : "")
    } else {
      destination = stage == .beside ? root + Self.besideSuffix : root
      name = OwnNames.workFolder
    }
  }

  /// That in a folder under any other name.
  init(folder: String, _ place: PlanFile.Place, plan: SHA256Digest? = nil, files: FileAccess) {
    self.init(named: OwnNames.workFolder, in: folder, place, plan: plan, files: files)
  }

  init(
    named name: String, in folder: String, _ place: PlanFile.Place, plan: SHA256Digest? = nil, files: FileAccess
  ) {
    self.place = place
    self.plan = plan
    self.files = files
    self.name = name
    stage = .beside
    destination = folder
  }

  /// The result's folder, or the one that its files lie in. Behind a link, the folder that it leads to is meant.
  static func root(_ place: PlanFile.Place, _ files: FileAccess) -> String {
    if place.isFile { return parentPath(place.destination) }
    let path = trimSlashes(place.destination)
    return files.linkTarget(path) == nil ? path : files.realPath(path)
  }

  var path: String { joinPath(destination, name) }
  var planFile: String { joinPath(path, "plan.json") }
  /// Says which folder beside the result is the one that was replaced.
  var replacedFile: String { joinPath(path, "replaced.json") }
  var claimsFolder: String { joinPath(path, "claims") }
  var recordsFolder: String { joinPath(path, "records") }
  var filesFolder: String { joinPath(path, "files") }
  var sourcesFolder: String { joinPath(path, "sources") }
  /// Of one plan alone: where another's work folder has taken the place of this one, nothing is written into it.
  var temporaryFolder: String { joinPath(path, Self.temporaryName + (plan.map { "-" + $0.hex.prefix(16) } ?? "")) }
  static let temporaryName = "temporary"

  /// Whether a path is in it, or in the folder beside a result that it makes.
  func holds(_ file: String?) -> Bool {
    guard let file else { return false }
    return file.hasPrefix(stage == .beside && !place.isFile ? destination : path)
  }

  func finalFile(_ file: Plan.File) -> String { joinPath(destination, place.name(of: file)) }

  /// The plan that was begun here; nil where none was.
  func begunPlan() throws(CheckpointError) -> PlanFile? {
    let folders = stage == .beside && !place.isFile ? [destination, path] : [path]
    if let link = folders.first(where: { files.linkTarget($0) != nil }) {
      throw CheckpointError(
        .outputUnsuitable, file: link, "is a link, where a folder of ckpt's own should be: it is not followed",
        hint: "move it away: its name is needed while a result is made")
    }
    guard try files.status(planFile) != nil else { return nil }
    do throws(CheckpointError) { return try PlanFile(reading: planFile, files) } catch {
      // Removed meanwhile: the result was finished.
      if error.code == .notFound { return nil }
      guard error.code == .malformedFile || error.code == .planMalformed else { throw error }
      // Whose it was is not known any more.
      let isOwn = try isOwn()
      if place.overwriteAll || place.overwrite && isOwn { return nil }
      var error = error
      error.hint =
        "the plan of an unfinished result is damaged: --overwrite\(isOwn ? "" : "-all") makes the result anew"
      throw error
    }
  }

  /// Whether a plan lies here that cannot be read, and what was begun with it may go.
  func hasDamagedPlan() throws(CheckpointError) -> Bool {
    guard try files.status(planFile) != nil else { return false }
    return try begunPlan() == nil
  }

  /// Whether nothing is in it that ckpt has not put there.
  func isOwn() throws(CheckpointError) -> Bool {
    let own = [planFile, replacedFile, claimsFolder, recordsFolder, filesFolder, sourcesFolder].map(lastPathComponent)
    return try files.list(path).allSatisfy { own.contains($0) || $0.hasPrefix(Self.temporaryName) }
  }

  /// The weight files that were begun, as a plan calls them: where it cannot be read any more.
  func claimedNames() throws(CheckpointError) -> [String] {
    guard try files.status(claimsFolder)?.kind == .directory else { return [] }
    var names: [String] = []
    for claim in try files.list(claimsFolder) {
      guard let name = try SealedJSON.read(joinPath(claimsFolder, claim), files)?["file"]?.string,
        isPlainFileName(name)
      else { continue }
      names.append(name)
    }
    return names
  }

  private var folders: [String] { [claimsFolder, recordsFolder, filesFolder, temporaryFolder] }

  /// Makes what somebody removed of the folder of a plan that was begun; never the folder itself, which another process
  /// may just have removed.
  func mend() throws(CheckpointError) { for folder in folders { try files.makeDirectory(folder) } }

  /// Makes the folder with the plan in it. Of several processes one does; the others find its plan.
  ///
  /// - Throws: where another plan was begun here meanwhile.
  func begin(_ plan: Plan) throws(CheckpointError) {
    for folder in folders { try files.makeDirectories(folder) }
    let text = PlanFile.json(of: plan, place: place).text(indent: 1) + "\n"
    let new = try files.writePrivately(Array(text.utf8), in: temporaryFolder)
    if try !files.place(new, asNew: planFile) {
      try files.remove(new)
      if let other = try begunPlan(), other.id != plan.id { throw Self.anotherPlan(other, plan, place.destination) }
    }
    try files.syncDirectory(path)
    try files.syncDirectory(destination)
    try files.syncDirectory(parentPath(destination))
  }

  static func anotherPlan(_ begun: PlanFile, _ plan: Plan, _ destination: String) -> CheckpointError {
    CheckpointError(
      .outputUnfinished, file: destination,
      "holds an unfinished result of another plan (\(begun.inputs.summary); this is \(plan.inputs.summary))",
      hint:
        "run that command again to finish it ('ckpt status' shows it), give --overwrite to replace it, or a new name")
  }

  /// Throws where the plan that was begun here is another by now, or gone.
  func requireOwn() throws(CheckpointError) {
    guard try begunPlan()?.id == plan else {
      throw CheckpointError(
        .notFound, file: planFile, "is gone: another command has taken this place",
        hint: "see 'ckpt status \(place.destination)'")
    }
  }

  var stopped: CheckpointError {
    CheckpointError(
      .stopped, file: place.destination, "was stopped before it was finished",
      hint: "run the same command again: it continues")
  }

  /// Ends the unfinished state in one step, then removes the folder.
  func discard() throws(CheckpointError) {
    let discarded = discardedPrefix + "-" + nonce()
    do throws(CheckpointError) {
      try files.rename(path, to: discarded)
    } catch {
      // Another process may have done it.
      guard error.code == .notFound else { throw error }
      return
    }
    try files.syncDirectory(destination)
    try files.removeTree(discarded)
  }

  /// Removes what a run left that was stopped while it removed its folder.
  func sweep() throws(CheckpointError) { for path in try discarded() { try files.removeTree(path) } }

  /// Folders that a run was stopped while it removed them: of this result, and of what was to replace it.
  func discarded() throws(CheckpointError) -> [String] {
    guard try files.status(destination)?.kind == .directory else { return [] }
    var names = [Self.discardedName]
    if place.isFile {
      let own = OwnNames.workFolder(forFile: lastPathComponent(place.destination))
      names = [own, own + "-new"].map { $0 + Self.discardedSuffix }
    }
    var paths: [String] = []
    for entry in try files.list(destination)
    where names.contains(where: { Self.isName(entry, withNonceBehind: $0) }) {
      let path = joinPath(destination, entry)
      if try files.isFolderItself(path) { paths.append(path) }
    }
    return paths
  }

  /// Whether a name in a result's folder is that of one which was being removed.
  static func isDiscarded(_ name: String) -> Bool { isName(name, withNonceBehind: discardedName) }

  /// Whether a name is that of a folder to which ckpt gave a name that nothing else has.
  static func isName(_ name: String, withNonceBehind prefix: String) -> Bool {
    name.hasPrefix(prefix + "-")
      && hexDigest(String(name.dropFirst(prefix.count + 1)), digits: nonceDigits) != nil
  }

  private static let discardedSuffix = "-discarded"

  private var discardedPrefix: String {
    joinPath(destination, place.isFile ? name + Self.discardedSuffix : Self.discardedName)
  }
}
