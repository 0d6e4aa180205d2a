internal import ArgumentParser
internal import CheckpointKit
internal import Quantize

/// A plan that `--plan-only` saved, planned again from the same inputs.
struct SavedPlan {
  let flow: any UnitFlow

  /// - Throws: where the plan is of another version, or what it was made of is no longer the same.
  init(_ path: String, _ session: Session) throws {
    let saved = try PlanFile(reading: path, session.files)
    guard saved.version == Toolkit.version else {
      throw CheckpointError(
        .planChanged, file: path, "was made by version \(saved.version), and this is \(Toolkit.version)",
        hint: "use the same version everywhere, or plan again")
    }
    let session = session.followingLinks(of: saved.place)
    let library = try SpecLibrary(folders: saved.place.specFolders, files: session.files)
    if saved.inputs.verb == ChecksumVerb.verb {
      let checksum = try ChecksumFlow(saved, planFile: path, library: library, session)
      try Self.check(saved, checksum.plan.id, checksum.plan.inputs, path)
      flow = checksum
    } else {
      let job = try Self.job(saved, library, session)
      try Self.check(saved, job.plan.id, job.plan.inputs, path)
      flow = WritingFlow(session: session, job: job, place: saved.place, verb: saved.inputs.verb)
    }
  }

  /// Refuses a plan that its inputs no longer give.
  private static func check(
    _ saved: PlanFile, _ id: SHA256Digest, _ inputs: PlanInputs, _ path: String
  ) throws(CheckpointError) {
    guard id == saved.id else {
      throw CheckpointError(
        .planChanged, file: path,
        "no longer fits: " + (difference(saved.inputs, inputs) ?? "its rules were changed"),
        hint: "plan again, into a new folder")
    }
    for (old, new) in zip(saved.inputs.files, inputs.files) where old.modified != new.modified {
      throw CheckpointError(.inputChanged, file: new.name, "was changed since the plan was made", hint: "plan again")
    }
  }

  private static func difference(_ old: PlanInputs, _ new: PlanInputs) -> String? {
    if old.files.map(\.name) != new.files.map(\.name) { return "the source has other files" }
    for (old, new) in zip(old.files, new.files) where old.byteCount != new.byteCount || old.digest != new.digest {
      return "\(new.name) is another than when the plan was made"
    }
    return old.rules == new.rules ? nil : "the recipe or the family's spec was changed"
  }

  private static func job(_ saved: PlanFile, _ library: SpecLibrary, _ session: Session) throws -> any Job {
    let options = Dictionary(saved.inputs.options.map { ($0.name, $0.value) }) { first, _ in first }
    switch saved.inputs.verb {
    case "convert":
      var convert = try ConvertOptions(named: options)
      convert.importance = try saved.place.imatrix.map { try ImportanceMatrix($0, files: session.files) }
      return try Convert.plan(
        source: saved.place.source ?? "", recipe: saved.place.recipe ?? options["to"] ?? "", options: convert,
        library: library, session)
    case "reshard":
      return try ReshardVerb.plan(source: saved.place.source ?? "", named: options, library: library, session)
    case "synth": return try Synth.plan(named: options, library: library)
    case let verb:
      throw CheckpointError(.planMalformed, "is a plan of '\(verb)', which this version does not know")
    }
  }
}
