internal import CheckpointKit
internal import Quantize

/// What every writing verb does with its job: check, show, save or carry it out, finish.
struct WritingFlow {
  let session: Session
  let job: any Job
  let place: PlanFile.Place
  /// What a progress line calls it.
  let verb: String
  /// What is there beside the panels: what the process holds when all is planned, and room for records, buffers and
  /// stacks.
  private let fixedMemory: Int

  init(session: Session, job: any Job, place: PlanFile.Place, verb: String, isSparse: Bool = false) {
    self.session = session
    self.job = job
    self.place = place
    self.verb = verb
    self.isSparse = isSparse
    fixedMemory = MemoryBudget.settledBytes() + (16 << 20)
  }
  /// Leaves the data of the files as holes.
  let isSparse: Bool

  /// What was done, for the report.
  struct Result {
    var report = Report()
    /// nil where only a plan was made.
    var outcome: Runner.Outcome?
  }

  private func runner(_ place: PlanFile.Place? = nil, progress: ProgressLine? = nil) throws(CheckpointError) -> Runner {
    var options = Runner.Options(
      threads: session.threads, budget: session.budget, fixedMemory: fixedMemory, takesDigests: job.takesDigests,
      isStopped: { Terminal.stopSignal != 0 })
    if let progress { options.progress = { done, total in progress.show(done, of: total) } }
    return try Runner(job, place: place ?? self.place, options: options, files: session.files)
  }

  // MARK: The writing verbs

  func perform(_ writing: WritingOptions) throws -> Result {
    let runner = try runner()
    if let file = writing.planOnly {
      try PlanFile.output(file, of: place, session.files)
      try runner.check()
      var result = Result()
      result.report = try planned(runner, isDry: false)
      var place = place
      place.command = ["run", session.files.absolutePath(file)]
      try PlanFile.write(job.plan, place: place, to: file, files: session.files)
      result.report.textIsNarration = true
      result.report.text += planSaved(file, units: unitCount)
      return result
    }
    if writing.dryRun { return Result(report: try planned(runner, isDry: true)) }
    return try carryOut()
  }

  private func carryOut() throws -> Result {
    if !isSparse { Terminal.catchStopSignals() }
    let progress = ProgressLine(session.common, verb)
    defer { progress.clear() }
    var place = place
    place.command = place.command(Terminal.arguments, session.files)
    let runner = try runner(place, progress: progress)
    try runner.check()
    let replaced = try runner.replacedBeside()
    try tellForeign(runner)
    let outcome =
      isSparse
      ? try runner.performSparse(try job.finishing(Runner.Outcome()))
      : try runner.perform()
    progress.clear()
    var result = Result(outcome: outcome)
    result.report = done(outcome)
    result.report.findings += try self.runner().leftBeside()
    result.report.findings += replaced.map {
      Finding(
        .note, .outputReplaced, file: $0,
        "was there without its text model, of the same tensors, and was replaced")
    }
    return result
  }

  /// Names what --overwrite-all will remove, before it does.
  private func tellForeign(_ runner: Runner) throws {
    let names = try runner.foreignNames()
    if names.isEmpty { return }
    let list = names.map { "  \(printable($0))" }.joined(separator: "\n")
    Terminal.note("ckpt: note: \(printable(place.destination)): these will be removed too:\n\(list)")
  }

  // MARK: Reports

  private var common: JSONObject {
    let plan = job.plan
    return [
      "plan_id": .string(plan.id.hex), "destination": .string(place.destination), "jobs": .int(plan.segments.count),
      "input_bytes": .int(orNull: job.inputBytes), "output_bytes": .int(plan.outputBytes),
      "output_files": .int(plan.files.count), "output_tensors": .int(plan.parts.count),
      "files": .array(
        plan.files.map {
          .object(["name": .string(place.name(of: $0)), "bytes": .int($0.byteCount), "tensors": .int($0.tensors.count)])
        }),
    ]
  }

  private func planned(_ runner: Runner, isDry: Bool) throws -> Report {
    var report = Report()
    report.findings = job.findings
    // A dry run is a look: what would be refused is said beside it.
    do throws(CheckpointError) { try runner.checkPlace() } catch {
      report.findings.append(Finding(error, severity: .warning))
    }
    report.findings += try runner.foreignNames().map {
      Finding(.note, .outputReplaced, file: $0, "would be removed, and is not ckpt's own")
    }
    // Whoever asks for a plan wants to see it; the disk may be another when it is carried out.
    do throws(CheckpointError) { try runner.checkSpace() } catch {
      report.findings.append(Finding(error, severity: .warning))
    }
    let workers = try runner.workers()
    let panel = runner.leastWorkerMemory
    let perWorker = try runner.workerMemory() + runner.leastWorkerMemory - job.plan.panelMemory
    report.summary = common
    report.summary.add([
      "dry_run": .bool(isDry),
      "memory": .object([
        "fixed_bytes": .int(fixedMemory), "panel_bytes": .int(panel), "worker_bytes": .int(perWorker),
        "workers": .int(workers), "peak_bytes": .int(fixedMemory + workers * perWorker),
        "least_bytes": .int(fixedMemory + panel),
      ]),
    ])
    var table = TextTable(right: [1, 2])
    table.row("file", "bytes", "tensors")
    for file in job.plan.files {
      table.row(printable(place.name(of: file)), ByteSize.grouped(file.byteCount), "\(file.tensors.count)")
    }
    let shown = session.common.verbose || job.plan.files.count <= 8
    report.text =
      "\(printable(place.destination)): would get \(counts) in \(counted(job.plan.files.count, "file")), \(ByteSize.text(job.plan.outputBytes))\n"
    if shown { report.text += table.text(indent: 2) }
    report.text +=
      "memory: \(ByteSize.text(fixedMemory)) + \(workers) × \(ByteSize.text(perWorker)); "
      + "at least --memory \((fixedMemory + panel) >> 20 + 1)MiB\n"
    return report
  }

  private var counts: String { "\(ByteSize.grouped(job.plan.parts.count)) tensors" }

  private func done(_ outcome: Runner.Outcome) -> Report {
    var report = Report()
    report.textIsNarration = true
    report.findings = job.findings + outcome.findings
    let peak = MemoryBudget.residentBytes().peak
    report.summary = common
    report.summary.add([
      "was_complete": .bool(outcome.wasFinished),
      "jobs_skipped": .int(outcome.wasFinished ? job.plan.segments.count : outcome.segmentsSkipped),
      "peak_memory_bytes": .int(peak),
      "not_carried": .object(JSONObject((job.source?.sideFiles.left ?? []).map { ($0.name, .string($0.reason)) })),
    ])
    let seconds = session.elapsed
    if outcome.wasFinished {
      report.text = "\(printable(place.destination)): was finished before by this very plan; nothing was written\n"
      return report
    }
    report.text =
      "\(printable(place.destination)): \(counts) in \(counted(job.plan.files.count, "file")), \(ByteSize.text(job.plan.outputBytes))"
    if let input = job.inputBytes, outcome.segmentsDone > 0 {
      report.text += " from \(ByteSize.text(input)), \(ByteSize.text(Int(Double(input) / max(seconds, 1e-3))))/s"
    }
    report.text += ", \(ByteSize.number(seconds, digits: 2)) s, peak memory \(ByteSize.text(peak))\n"
    for file in job.plan.files where file.isBeside {
      report.text +=
        "  \(printable(place.name(of: file))): \(file.tensors.count) of them, the vision tower, \(ByteSize.text(file.byteCount))\n"
    }
    if outcome.segmentsSkipped > 0 {
      report.text += "  continued: \(outcome.segmentsSkipped) of \(job.plan.segments.count) units were done before\n"
    }
    let left = (job.source?.sideFiles.left ?? []).filter { !["weights", "an index"].contains($0.reason) }
    if !left.isEmpty {
      let list = left.prefix(6).map { "\(printable($0.name)) (\($0.reason))" }.joined(separator: ", ")
      report.text += "  not carried over: \(list)\(left.count > 6 ? ", and \(left.count - 6) more" : "")\n"
    }
    return report
  }
}

extension WritingFlow: UnitFlow {
  var planID: SHA256Digest { job.plan.id }
  var destination: String { place.destination }
  var unitCount: Int { job.plan.segments.count }

  func state() throws -> ResultStatus.State { try runner().resultState() }

  func changes() throws -> [Finding] { try runner().changes() }

  func missing() throws -> [Int] { try runner().missingSegments() }

  func run(units: [Int]?, _ progress: ProgressLine) throws {
    let runner = try runner(progress: progress)
    _ = try runner.performUnits(units)
  }

  func publish(verifiesAll: Bool) throws -> Report? {
    let runner = try runner()
    guard let outcome = try runner.performFinish(verifiesAll: verifiesAll) else { return nil }
    var report = done(outcome)
    if let convert = job as? ConvertPlan { Convert.addErrors(convert, outcome, to: &report, session) }
    return report
  }
}

extension PlanFile.Place {
  /// The words that were given, with paths that mean the same from any folder.
  func command(_ words: [String], _ files: FileAccess) -> [String] {
    let paths = Set([source, destination, imatrix].compactMap { $0 } + specFolders)
    return words.map { word in
      if paths.contains(word) || recipe == word && word.hasSuffix(".json") { return files.absolutePath(word) }
      return word
    }
  }
}
