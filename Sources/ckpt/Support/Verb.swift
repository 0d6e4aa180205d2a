internal import ArgumentParser
internal import CheckpointKit

/// A verb of the command: options in, a report out. Printing and exit statuses are the same for all.
protocol Verb: ParsableCommand {
  /// The name in `schema`: `convert` gives `ckpt.convert/1`.
  static var verb: String { get }
  /// Whether `--json` prints an object a line instead of one document.
  static var isJSONLines: Bool { get }
  var common: CommonOptions { get }
  /// Whether links of a checkpoint may lead out of it.
  var followsLinks: Bool { get }
  func perform(_ session: Session) throws -> Report
}

/// A verb that reads a checkpoint.
protocol ReadingVerb: Verb {
  var links: LinkOptions { get }
}

extension ReadingVerb {
  var followsLinks: Bool { links.followLinks }
}

/// What a verb works with.
struct Session {
  let common: CommonOptions
  private(set) var files: FileAccess
  let started = Terminal.monotonicSeconds

  init(_ common: CommonOptions, followsLinks: Bool) {
    self.common = common
    files = FileAccess(followsLinks: followsLinks)
  }

  /// The same, with the links followed that a saved plan says.
  func followingLinks(of place: PlanFile.Place) -> Session {
    var session = self
    session.files = FileAccess(followsLinks: place.followLinks)
    return session
  }

  var threads: Int { common.threads }
  var budget: MemoryBudget { MemoryBudget(total: common.memory) }

  func library() throws(CheckpointError) -> SpecLibrary { try SpecLibrary(folders: common.specs, files: files) }

  /// For verbs that count what reading took among what their work takes, and say the least of both together.
  func open(_ path: String) throws(CheckpointError) -> Checkpoint {
    try Checkpoint.open(path, files: files, threads: threads)
  }

  /// For verbs that only read: too little memory is refused before anything is read.
  func openToRead(_ path: String) throws(CheckpointError) -> Checkpoint {
    try Checkpoint.open(path, files: files, threads: threads, memory: budget)
  }

  var style: Style { Style(common.color, isTerminal: Terminal.outputIsTerminal) }

  var elapsed: Double { Terminal.monotonicSeconds - started }
}

extension Verb {
  static var schema: String { "ckpt.\(verb)/1" }
  static var isJSONLines: Bool { false }
  var followsLinks: Bool { false }

  func run() throws {
    let session = Session(common, followsLinks: followsLinks)
    let printer = Printer(session, Self.schema)
    printer.prepareForStopSignals(lines: Self.isJSONLines)
    let report: Report
    do {
      report = try perform(session)
    } catch let error as CheckpointError {
      // From here on there is something to say already, but perhaps nobody who reads it.
      Terminal.endOnStopSignals(output: nil, note: "")
      throw ExitCode(printer.fail(error, lines: Self.isJSONLines))
    }
    Terminal.endOnStopSignals(output: nil, note: "")
    throw ExitCode(printer.print(report))
  }
}

/// Puts reports and errors where they belong.
private struct Printer {
  let session: Session
  let schema: String
  private let errors: Style

  init(_ session: Session, _ schema: String) {
    self.session = session
    self.schema = schema
    errors = Style(session.common.color, isTerminal: Terminal.errorIsTerminal)
  }

  /// Findings of one code that text shows, unless more is asked for.
  private static let shownOfACode = 12

  // MARK: Reports

  func print(_ report: Report) -> Int32 {
    var report = report
    report.findings = report.findings.sortedForReport()
    report.summary["elapsed_seconds"] = .double(session.elapsed)
    let code =
      report.isIncomplete != nil ? ExitStatus.unfinished : report.fails ? ExitStatus.findings : ExitStatus.fine
    if report.ownJSON != nil || report.printOwnFile != nil {
      if let ownJSON = report.ownJSON { Terminal.print(ownJSON) }
      report.printOwnFile?()
      if !session.common.json, !report.findingsAreResult { printFindings(report.findings, to: 2) }
      return code
    }
    if session.common.json {
      let status = report.isIncomplete != nil ? "error" : report.fails ? "findings" : "ok"
      printDocument(status, report)
      if let error = report.isIncomplete { printError(error) }
      return code
    }
    if report.findingsAreResult {
      Terminal.print(findingLines(report.findings, Style(session.common.color, isTerminal: Terminal.outputIsTerminal)))
    } else {
      printFindings(report.findings, to: 2)
    }
    if !session.common.quiet || !report.textIsNarration {
      Terminal.print(Style.safe(report.text))
      report.printText?()
    }
    if let error = report.isIncomplete { printError(error) }
    return code
  }

  private func printDocument(
    _ status: String, _ summary: JSONObject, _ findings: [Finding], error: CheckpointError?
  ) {
    Terminal.print(document(status, summary, findings, error: error))
  }

  private func printDocument(_ status: String, _ report: Report) {
    guard let member = report.ownMember else {
      return printDocument(status, report.summary, report.findings, error: report.isIncomplete)
    }
    // What stands in for the member is cut out again: the key with a null, where the summary ends.
    var summary = report.summary
    summary[member.key] = .null
    let place = "\"\(member.key)\": "
    let parts = document(status, summary, report.findings, error: report.isIncomplete)
      .split(separator: place + "null", maxSplits: 1)
    guard parts.count == 2 else { return }
    Terminal.print(parts[0] + place)
    member.print()
    Terminal.print(String(parts[1]))
  }

  private func document(
    _ status: String, _ summary: JSONObject, _ findings: [Finding], error: CheckpointError?
  ) -> String {
    let document: JSONValue = .object([
      "schema": .string(schema), "version": .string(Toolkit.version), "status": .string(status),
      "summary": .object(
        JSONObject(summary.members.map { ($0.key, $0.value.shown) })),
      "findings": .array(findings.map(\.json.shown)), "error": error?.json.shown ?? .null,
    ])
    return document.text(indent: 2) + "\n"
  }

  private func printFindings(_ findings: [Finding], to descriptor: Int32) {
    Terminal.write(findingLines(findings, errors), to: descriptor)
  }

  private func findingLines(_ findings: [Finding], _ style: Style) -> String {
    var text = ""
    var counts: [ProblemCode: Int] = [:]
    for finding in findings {
      if session.common.quiet, finding.severity == .note { continue }
      counts[finding.code, default: 0] += 1
      if !session.common.verbose, let count = counts[finding.code], count > Self.shownOfACode { continue }
      text += "ckpt: \(label(finding.severity, style)): \(finding)\n"
      if let hint = finding.hint { text += "ckpt: hint: \(printable(hint))\n" }
    }
    for (code, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > Self.shownOfACode {
      if session.common.verbose { continue }
      text += "ckpt: and \(count - Self.shownOfACode) more of \(code.rawValue): -v or --json shows all\n"
    }
    return text
  }

  private func label(_ severity: Finding.Severity, _ style: Style) -> String {
    switch severity {
    case .error: style.red("error")
    case .warning: style.yellow("warning")
    case .note: "note"
    }
  }

  // MARK: Errors

  func fail(_ error: CheckpointError, lines: Bool) -> Int32 {
    if session.common.json, lines {
      Terminal.print(failureLines(error))
    } else if session.common.json {
      printDocument("error", ["elapsed_seconds": .double(session.elapsed)], [], error: error)
    }
    printError(error)
    switch error.code {
    case .stopped: return Terminal.stopSignal == Terminal.interrupt ? ExitStatus.interrupted : ExitStatus.unfinished
    case .unitsMissing: return ExitStatus.unfinished
    default: return ExitStatus.failed
    }
  }

  /// What stands in for the rows of a verb that prints an object a line.
  private func failureLines(_ error: CheckpointError) -> String {
    let first: JSONValue = .object(["schema": .string(schema), "version": .string(Toolkit.version)])
    let last: JSONValue = .object(["status": "error", "findings": [], "error": error.json.shown])
    return first.text() + "\n" + last.text() + "\n"
  }

  private func printError(_ error: CheckpointError) { Terminal.write(errorLines(error), to: 2) }

  private func errorLines(_ error: CheckpointError) -> String {
    let text = "ckpt: \(errors.red("error")): \(error)\n"
    guard let hint = error.hint else { return text }
    return text + "ckpt: hint: \(printable(hint))\n"
  }

  /// What a signal that arrives before the verb looks out for one makes of it.
  func prepareForStopSignals(lines: Bool) {
    let error = CheckpointError(.stopped, "was stopped before it was finished")
    guard session.common.json else { return Terminal.endOnStopSignals(output: nil, note: errorLines(error)) }
    if lines { return Terminal.endOnStopSignals(output: (failureLines(error), nil), note: errorLines(error)) }
    let key = "\"elapsed_seconds\": "
    let parts = document("error", ["elapsed_seconds": .int(0)], [], error: error).split(
      separator: key + "0", maxSplits: 1)
    guard parts.count == 2 else { return }
    Terminal.endOnStopSignals(output: (parts[0] + key, String(parts[1])), note: errorLines(error))
  }
}
