internal import CheckpointKit

/// What `validate` found, for the formats that other programs read: SARIF, JUnit, Markdown.
struct ReportDocument {
  /// As the user gave it.
  var checkpoint: String
  var findings: [Finding]
  /// Severity from which on a finding fails.
  var failsFrom: Finding.Severity
  var exitStatus: Int32
  /// Why the check could not be made; nil where it was.
  var error: CheckpointError?
  /// Where stored tensors lie that findings name.
  var places: [TensorName: (file: String, range: Range<Int>)] = [:]
  /// Areas of codes that were not looked at, with the reason.
  var notMade: [String: String] = [:]
  /// Figures for people: name and value.
  var figures: [(name: String, value: String)] = []

  init(
    _ checkpoint: String, findings: [Finding], failsFrom: Finding.Severity, error: CheckpointError? = nil
  ) {
    self.checkpoint = checkpoint
    self.findings = findings.sortedForReport()
    self.failsFrom = failsFrom
    self.error = error
    let fails = findings.contains { $0.severity >= failsFrom }
    exitStatus = error != nil ? ExitStatus.failed : fails ? ExitStatus.findings : ExitStatus.fine
  }

  /// Notes the places of the tensors that findings name.
  mutating func locate(in checkpoint: Checkpoint) {
    let wanted = Set(findings.compactMap { $0.tensor.map { TensorName($0) } })
    for record in checkpoint.records where wanted.contains(record.name) {
      places[record.name] = (checkpoint.shard(of: record).name, record.range)
    }
  }

  /// The part of a code before its dot.
  static func area(_ code: ProblemCode) -> String { String(code.rawValue.prefix { $0 != "." }) }
}
