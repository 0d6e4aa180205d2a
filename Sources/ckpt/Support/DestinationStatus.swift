internal import CheckpointKit

/// What `status DST` says.
struct DestinationStatus {
  let destination: String
  let status: ResultStatus

  init(_ destination: String, _ session: Session) throws(CheckpointError) {
    self.destination = destination
    status = try ResultStatus(of: destination, files: session.files)
  }

  var report: Report {
    var report = Report()
    report.findings = status.changes
    let command = status.command.isEmpty ? nil : shellCommand(status.command)
    report.summary = [
      "state": .string(status.state.name), "changed": .bool(status.state == .changed),
      "destination": .string(destination),
      "plan_id": .string(orNull: status.planID?.hex), "command": .string(orNull: command),
      "units": .int(status.units), "done": .int(status.units - status.missing.count),
      "missing": .int(status.missing.count), "missing_units": .string(foldedNumbers(status.missing)),
      "work": .array(status.work.map { .string($0) }),
    ]
    report.text = "\(printable(destination)): \(words)\n"
    for path in status.work { report.text += "  ckpt's own: \(printable(path))\n" }
    if let command { report.text += "  to go on: \(printable(command))\n" }
    if status.state == .unfinished {
      report.isIncomplete = CheckpointError(
        .unitsMissing, file: destination,
        status.missing.isEmpty
          ? "all units are done, and the result is not published yet"
          : "\(status.missing.count) of \(status.units) units are missing: \(foldedNumbers(status.missing))",
        hint: command.map { "run: \($0)" } ?? "run the same command again: it continues")
    }
    return report
  }

  private var words: String {
    switch status.state {
    case .absent: "holds no result of ckpt, and no unfinished one"
    case .unfinished: "unfinished: \(status.units - status.missing.count) of \(status.units) units are done"
    case .complete: "complete"
    case .changed: "was complete, and is changed since"
    case .leftover: "something of ckpt's is left over here"
    }
  }
}

/// A command line that a shell takes.
func shellCommand(_ words: [String]) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%".utf8)
  return (["ckpt"] + words).map { word in
    !word.isEmpty && word.utf8.allSatisfy { plain.contains($0) }
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }.joined(separator: " ")
}
