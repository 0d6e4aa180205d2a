internal import CheckpointKit

/// A manifest that several processes make.
struct ChecksumFlow: UnitFlow {
  let session: Session
  let plan: ChecksumPlan
  let place: PlanFile.Place
  private let format: String

  /// Plans it again.
  ///
  /// - Parameter planFile: where the plan is, which is no part of the checkpoint even if it lies there.
  init(_ saved: PlanFile, planFile: String, library: SpecLibrary, _ session: Session) throws(CheckpointError) {
    let named = Dictionary(saved.inputs.options.map { ($0.name, $0.value) }) { first, _ in first }
    let format = named["format"] ?? ""
    guard ["", ChecksumVerb.sumsFormat].contains(format) else {
      throw CheckpointError(.planMalformed, file: planFile, "has no format that is known: '\(format)'")
    }
    self.session = session
    self.format = format
    place = saved.place
    var options = Checksum.Options(threads: session.threads, memory: session.budget.total)
    options.filesOnly = named["files-only"] == "true"
    options.excluded = [planFile]
    plan = try ChecksumPlan(
      place.source ?? "", output: place.destination, format: format, library: library, options: options,
      files: session.files)
  }

  var planID: SHA256Digest { plan.id }
  var destination: String { place.destination }
  var unitCount: Int { plan.unitCount }

  func state() throws -> ResultStatus.State {
    if try plan.isFinished() { return .complete }
    return try missing().count == unitCount ? .absent : .unfinished
  }

  func changes() throws -> [Finding] { [] }

  func missing() throws -> [Int] { try plan.missing() }

  func run(units: [Int]?, _ progress: ProgressLine) throws {
    try plan.run(units, ChecksumVerb.options(session, progress))
  }

  func publish(verifiesAll: Bool) throws -> Report? {
    if try plan.isFinished() { return nil }
    let outcome = try plan.manifest()
    try plan.publish { (print) throws(CheckpointError) in
      try ChecksumVerb.write(outcome.manifest, format, print)
    }
    var report = ChecksumVerb.report(outcome, destination)
    report.text += "; digest \(outcome.manifest.digest.hex)\n"
    return report
  }
}
