internal import ArgumentParser
internal import CheckpointKit

struct VerifyVerb: ReadingVerb {
  static let verb = "verify"
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that every byte of a checkpoint is the one that was published, without a network.",
    discussion: """
      Each file is held against the strongest evidence there is: a manifest that is given, the listing or the blob names \
      that a Hub client left (cache and --local-dir), the index of a git clone, a manifest that came with the files, the \
      provenance of a result of convert or reshard, SHA256SUMS and its like. What has no digest is checked for its \
      structure and reported as not verified. Damage is named down to tensors and byte ranges where that can be known.

      EXIT STATUS
        0   nothing is wrong
        1   a file is damaged, missing or too many (with --require digest: or has no digest)
        2   the check could not be finished

      EXAMPLES
        ckpt verify ~/.cache/huggingface/hub/models--moonshotai--Kimi-K2-Instruct
        ckpt verify Kimi-K2-Instruct --manifest kimi.json --repair-list repair.tsv
      """)

  enum Requirement: String, CaseIterable, ExpressibleByArgument { case digest }

  @Argument(help: "A checkpoint: a folder, a Hub cache folder or snapshot, or one file.", completion: .directory)
  var checkpoint: String

  @Option(help: "A manifest that 'ckpt checksum' made of the good files.", completion: .file())
  var manifest: String?

  @Option(help: "What every file must have: digest.")
  var require: Requirement?

  @Option(help: "Read one slice of the files only: n/m, counted from 1.")
  var sample: Slice?

  @Option(help: "Read at most so much a second, such as 200MB.", transform: parseSize)
  var rate: Int?

  @Option(help: "Write the byte ranges to fetch again to FILE, over an earlier such list alone.", completion: .file())
  var repairList: String?

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    Terminal.catchStopSignals()
    let repairs = try repairList.map { (path) throws(CheckpointError) in
      try SideOutput(path, .repairList, apartFrom: [manifest], readFrom: checkpoint, files: session.files)
    }
    let progress = ProgressLine(session.common, Self.verb)
    defer { progress.clear() }
    var options = Verifier.Options(threads: session.threads, memory: session.budget.total)
    options.manifest = manifest
    options.requiresDigest = require == .digest
    options.sample = sample.map { ($0.number, $0.count) }
    options.rate = rate
    options.progress = { done, total in progress.show(done, of: total) }
    options.isStopped = { Terminal.stopSignal != 0 }
    let outcome = try Verifier.verify(
      checkpoint, library: try session.library(), options: options, files: session.files)
    progress.clear()
    try repairs?.write(Array(outcome.repairs.text.utf8))
    return report(outcome, session)
  }

  private func report(_ outcome: Verifier.Outcome, _ session: Session) -> Report {
    func count(_ state: Verifier.FileState) -> Int { outcome.files.count { $0.state == state } }
    var report = Report()
    report.findings = outcome.findings
    report.findingsAreResult = true
    report.summary = [
      "layout": .string(outcome.layout), "commit": .string(orNull: outcome.commit),
      "files_ok": .int(count(.ok)), "files_bad": .int(count(.bad)), "files_missing": .int(outcome.missing.count),
      "files_extra": .int(outcome.extra.count), "files_unverified": .int(count(.unverified)),
      "files_not_read": .int(count(.notRead)),
      "evidence": .object(JSONObject(outcome.files.map { ($0.name, .string($0.evidence.rawValue)) })),
      "read_bytes": .int(outcome.readBytes), "repair_bytes": .int(outcome.repairs.byteCount),
      "least_memory_bytes": .int(outcome.leastMemory),
    ]
    let style = session.style
    let verdict =
      report.fails
      ? style.red("wrong")
      : count(.unverified) + count(.notRead) > 0 ? style.yellow("nothing wrong found") : style.green("verified")
    var levels: [String] = []
    for level in EvidenceLevel.allCases {
      let good = outcome.files.count { $0.evidence == level && $0.state == .ok }
      if good > 0 { levels.append("\(good) by \(level.rawValue)") }
    }
    report.text = "\(printable(checkpoint)): \(verdict): \(count(.ok)) files verified"
    if !levels.isEmpty { report.text += " (\(levels.joined(separator: ", ")))" }
    report.text += ", \(count(.bad)) bad, \(outcome.missing.count) missing, \(outcome.extra.count) extra"
    report.text += ", \(count(.unverified)) without a digest"
    report.text += "; \(ByteSize.text(outcome.readBytes)) read\n"
    if let repairList, !outcome.repairs.entries.isEmpty {
      report.text += "to fetch again: \(printable(repairList)), \(ByteSize.text(outcome.repairs.byteCount))\n"
    }
    return report
  }
}

/// `n/m`: slice n, counted from 1, of m.
struct Slice: ExpressibleByArgument {
  let number: Int
  let count: Int

  init?(argument: String) {
    let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], (1...100_000).contains(count),
      (1...count).contains(number)
    else { return nil }
    (self.number, self.count) = (number, count)
  }
}
