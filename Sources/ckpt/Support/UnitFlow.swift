internal import CheckpointKit

/// Work that a saved plan divides into units: what `run`, `status` and `finish` do with it.
protocol UnitFlow {
  var planID: SHA256Digest { get }
  /// Where the result will be.
  var destination: String { get }
  var unitCount: Int { get }
  /// What stands at the destination.
  func state() throws -> ResultStatus.State
  /// What of a finished result is not as it was written.
  func changes() throws -> [Finding]
  /// Units that are not done.
  func missing() throws -> [Int]
  /// Does some units, or all.
  func run(units: [Int]?, _ progress: ProgressLine) throws
  /// Publishes the result, once no unit is missing; nothing where that was done before.
  ///
  /// - Parameter verifiesAll: all that was written is read once more, not only a share of it.
  func publish(verifiesAll: Bool) throws -> Report?
}

extension UnitFlow {
  /// One share of the units.
  func runShare(_ worker: (index: Int, count: Int)?, _ session: Session) throws -> Report {
    Terminal.catchStopSignals()
    let progress = ProgressLine(session.common, "run")
    defer { progress.clear() }
    let share = worker.map { worker in (0..<unitCount).filter { $0 % worker.count == worker.index } }
    try run(units: share, progress)
    progress.clear()
    var report = try report(missing: try missing())
    report.summary["share"] = .int(share?.count ?? unitCount)
    return report
  }

  func status() throws -> Report {
    let missing = try missing()
    var report = try report(missing: missing)
    if !missing.isEmpty {
      let counted = missing.count == 1 ? "1 unit is" : "\(missing.count) units are"
      report.isIncomplete = CheckpointError(
        .unitsMissing, file: destination, "\(counted) missing: \(foldedNumbers(missing))",
        hint: "run them, then finish")
    }
    return report
  }

  func finish(verifiesAll: Bool) throws -> Report {
    Terminal.catchStopSignals()
    let missing = try missing()
    guard missing.isEmpty else { return try status() }
    guard var report = try publish(verifiesAll: verifiesAll) else { return try report(missing: []) }
    report.summary.add(try figures(missing: []))
    return report
  }

  private func figures(missing: [Int]) throws -> JSONObject {
    let state = try state()
    return [
      "state": .string(state.name), "changed": .bool(state == .changed),
      "plan_id": .string(planID.hex), "destination": .string(destination), "units": .int(unitCount),
      "done": .int(unitCount - missing.count), "missing": .int(missing.count),
      "missing_units": .string(foldedNumbers(missing)),
    ]
  }

  private func report(missing: [Int]) throws -> Report {
    var report = Report()
    report.summary = try figures(missing: missing)
    report.findings = try changes()
    report.text = "\(printable(destination)): \(unitCount - missing.count) of \(unitCount) units are done"
    report.text += missing.isEmpty ? "\n" : "; missing: \(foldedNumbers(missing))\n"
    return report
  }
}

/// What is said when a plan was saved.
func planSaved(_ file: String, units count: Int) -> String {
  "plan saved: \(printable(file)), \(count) \(count == 1 ? "unit" : "units") (0-\(max(0, count - 1)))\n"
}
