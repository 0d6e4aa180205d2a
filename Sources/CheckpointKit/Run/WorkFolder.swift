/// The folder in which the unfinished things of a result live: the plan, the records, the partial files.
///
///     DST/.ckpt/plan.json           what is being made
///     DST/.ckpt/records/000012.json a segment that is done
///     DST/.ckpt/files/…             files whose segments are not all done
///
/// A folder that holds `.ckpt` is unfinished. For a result that is no folder but a file, `OUT.gguf` or the set that it
/// is split into, the folder is `.OUT.gguf.ckpt` beside it.
struct WorkFolder: Sendable {
  static let name = ".ckpt"

  /// The name of the folder for a file.
  static func name(forFile file: String) -> String { ".\(file).ckpt" }

  let place: PlanFile.Place
  let files: FileAccess
  /// The result's folder.
  let destination: String
  /// The name of this one.
  let name: String

  init(_ place: PlanFile.Place, files: FileAccess) {
    self.place = place
    self.files = files
    if place.isFile {
      destination = parentPath(place.destination)
      name = Self.name(forFile: lastPathComponent(place.destination))
    } else {
      // Built beside the destination when it will replace what is there.
      destination = place.overwrite ? trimSlashes(place.destination) + ".ckpt-new" : place.destination
      name = Self.name
    }
  }

  var path: String { joinPath(destination, name) }
  /// Where the folder goes when the result is finished, to be removed.
  var discarded: String { path + "-discarded" }
  var planFile: String { joinPath(path, "plan.json") }
  var recordsFolder: String { joinPath(path, "records") }
  var filesFolder: String { joinPath(path, "files") }

  func partialFile(_ file: Plan.File) -> String { joinPath(filesFolder, file.name) }
  func finalFile(_ file: Plan.File) -> String { joinPath(destination, place.name(of: file)) }
  func recordFile(_ segment: Int) -> String { joinPath(recordsFolder, SegmentRecord.fileName(segment)) }

  /// Whether the same plan was begun here.
  ///
  /// - Throws: where the destination holds something else.
  func check(_ plan: Plan) throws(CheckpointError) -> Bool {
    guard let status = try files.status(destination) else { return false }
    guard status.kind == .directory else {
      throw CheckpointError(.outputExists, file: destination, "exists and is no folder", hint: "give a new folder")
    }
    if place.isFile, try files.status(place.destination)?.kind == .directory {
      throw CheckpointError(.outputExists, file: place.destination, "is a folder", hint: "give the name of a new file")
    }
    let names = try files.list(destination)
    if names.contains(name) {
      guard try files.status(planFile) != nil else { return false }
      try checkBegun(plan)
      return true
    }
    if place.isFile {
      if place.overwrite { return false }
      let replaced = try leftovers(plan).map { place.name(of: $0) }
      let taken = plan.files.map { place.name(of: $0) }.first { names.contains($0) && !replaced.contains($0) }
      guard let taken else { return false }
      throw CheckpointError(
        .outputExists, file: joinPath(destination, taken), "exists",
        hint: "give a new name, or --overwrite to replace it when the new one is complete")
    }
    guard names.isEmpty else {
      throw CheckpointError(
        .outputExists, file: destination, "exists and is not empty",
        hint: "give a new folder, or --overwrite to replace it when the new one is complete")
    }
    return false
  }

  /// Files of the plan beside the result's own that are there under their final names, with the same tensors: only their
  /// types may be others.
  func leftovers(_ plan: Plan) throws(CheckpointError) -> [Plan.File] {
    var found: [Plan.File] = []
    for file in plan.files where file.isBeside {
      let path = finalFile(file)
      guard try files.status(path)?.kind == .regular else { continue }
      let planned = plan.header(of: file)
      guard let new = try? GGUFHeader(parsing: planned, fileSize: file.byteCount),
        let old = try? GGUFHeader(reading: OpenFile(reading: path, files)),
        new.entries.count == old.entries.count,
        zip(new.entries, old.entries).allSatisfy({ $0.name == $1.name && $0.shape == $1.shape })
      else { continue }
      found.append(file)
    }
    return found
  }

  /// Makes the folder. Several processes may do it at once for the same plan.
  func begin(_ plan: Plan, _ place: PlanFile.Place) throws(CheckpointError) {
    try files.makeDirectories(recordsFolder)
    try files.makeDirectories(filesFolder)
    let text = PlanFile.json(of: plan, place: place).text(indent: 1) + "\n"
    try files.writeAtomically(Array(text.utf8), to: planFile, partial: planFile + ".\(processID).partial")
    try files.syncDirectory(destination)
    try files.syncDirectory(parentPath(destination))
  }

  private func checkBegun(_ plan: Plan) throws(CheckpointError) {
    let begun = try PlanFile(reading: planFile, files)
    guard begun.id == plan.id else {
      throw CheckpointError(
        .outputUnfinished, file: destination,
        "holds an unfinished result of another plan (\(begun.inputs.summary); this is \(plan.inputs.summary))",
        hint: "run that command again to finish it, remove the folder, or give --overwrite")
    }
    for (old, new) in zip(begun.inputs.files, plan.inputs.files) where old.modified != new.modified {
      throw CheckpointError(
        .inputChanged, file: new.name, "was changed since this result was begun",
        hint: "remove \(destination) and begin again")
    }
  }

  /// Records that are there and of this plan, by segment.
  func records(of plan: Plan) throws(CheckpointError) -> [Int: SegmentRecord] {
    guard try files.status(recordsFolder) != nil else { return [:] }
    var records: [Int: SegmentRecord] = [:]
    for name in try files.list(recordsFolder) where name.hasSuffix(".json") {
      let path = joinPath(recordsFolder, name)
      // A record that a power cut left torn counts as absent: its segment is done again.
      guard let bytes = try? files.readAll(path, limit: 64 << 20),
        let json = try? JSONValue(parsing: bytes, file: path),
        let record = SegmentRecord(json, plan: plan), SegmentRecord.fileName(record.segment) == name
      else { continue }
      records[record.segment] = record
    }
    return records
  }

  /// Leaves a record. It need not be durable: without it, the segment is done again.
  func leave(_ record: SegmentRecord) throws(CheckpointError) {
    let path = recordFile(record.segment)
    let partial = path + ".\(processID).partial"
    try files.remove(partial)
    let file = try OpenFile(creating: partial, files)
    try file.write(Array((record.json.text() + "\n").utf8), at: 0)
    try files.rename(partial, to: path)
  }
}

extension PlanInputs {
  var summary: String {
    ([verb] + options.filter { !$0.value.isEmpty }.map { "\($0.name) \($0.value)" }).joined(separator: " ")
  }
}
