internal import ArgumentParser
internal import CheckpointKit
internal import Quantize

struct Validate: ReadingVerb {
  static let verb = "validate"
  static let configuration = CommandConfiguration(
    abstract: "Check that a checkpoint is whole and means what its config says.",
    discussion: """
      Files, headers and index are held against each other, then every stored tensor against the family's spec (names, \
      shapes, encodings, roles), the config and its quantization part against the tensors, and the tokenizer against the \
      embedding. Values are read with --read-data alone: scales, codes, contents, and each tensor beside its neighbours.

      --for says what an engine would do with it: vllm, sglang, trtllm, ktransformers, llama.cpp or transformers, with \
      the sizes of the deployment. Every rule names its numbers, its source and the way out.

      EXIT STATUS
        0   nothing wrong
        1   findings of severity error (with --strict also warnings)
        2   the check could not be made

      EXAMPLES
        ckpt validate Kimi-K2-Instruct --read-data --for vllm:tp=16 --for sglang:tp=8,ep=8
        ckpt validate Qwen3-8B-FP8 --strict --allow 'safetensors.unaligned' --json | jq .findings
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, sarif, junit, markdown }

  @Argument(help: "A checkpoint: a folder, a Hub cache folder, a .safetensors or a .gguf file.", completion: .directory)
  var checkpoint: String

  @Flag(help: "Read all values and look whether they can be meant.")
  var readData = false

  @Option(help: "Read a share of the tensors only: 5%, or slice 3 of 10 as 3/10; implies --read-data.")
  var sample: DataSample?

  @Option(
    name: .customLong("for"),
    help: "An engine and its deployment, such as vllm:tp=8,ep=16; may be given again.")
  var engines: [String] = []

  @Flag(help: "Warnings count as errors do.")
  var strict = false

  @OptionGroup var allow: AllowOptions

  @Option(help: "How to print: text, json, sarif, junit or markdown.")
  var format: Format?

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var options: CommonOptions

  var common: CommonOptions {
    var common = options
    common.json = common.json || format == .json
    return common
  }

  func validate() throws {
    if options.json, format != nil { throw ValidationError("--json and --format exclude each other") }
  }

  func perform(_ session: Session) throws -> Report {
    do { return try check(session) } catch let error as CheckpointError {
      // A program that reads the document learns of the failure there.
      let document = ReportDocument(checkpoint, findings: [], failsFrom: failsFrom, error: error)
      if let text = self.text(of: document) { Terminal.print(text) }
      throw error
    }
  }

  private var failsFrom: Finding.Severity { strict ? .warning : .error }

  /// The document in the format that was asked for; nil for text and JSON, which all verbs print alike.
  private func text(of document: ReportDocument) -> String? {
    switch format {
    case .sarif: SARIFReport(document: document).text
    case .junit: JUnitReport(document: document).text
    case .markdown: MarkdownReport(document: document).text
    case .text, .json, nil: nil
    }
  }

  private func check(_ session: Session) throws -> Report {
    let library = try session.library()
    let deployments = try self.deployments(library)
    let (checkpoint, fileFindings) = try Checkpoint.inspect(
      checkpoint, files: session.files, threads: session.threads, memory: session.budget)
    var findings = fileFindings
    var notMade: [String] = []
    var logical: Int?
    var data: DataCheck.Outcome?
    var verdicts = JSONObject()
    if let checkpoint {
      let binding = try Binding.inspect(checkpoint, library: library)
      if binding.model != nil { logical = binding.tensors.count }
      let meaning = try Meaning(of: binding)
      findings += meaning.bindingFindings + meaning.findings
      notMade += meaning.notMade
      if readData || sample != nil { data = try read(binding, session) }
      let facts = deployments.isEmpty ? nil : EngineFacts(of: binding)
      for deployment in deployments {
        let said = facts.map { Preflight.findings(deployment, $0) } ?? []
        findings += said
        let isFine = !said.contains { $0.severity == .error }
        if verdicts[deployment.engine.name] != "findings" {
          verdicts[deployment.engine.name] = isFine ? "ok" : "findings"
        }
      }
    } else {
      notMade.append("meaning")
    }
    if let data { findings += data.findings } else { notMade.append("values") }
    let allowances = allow.allowances
    let allowed = findings.count { finding in allowances.contains { $0.covers(finding) } }
    findings.removeAll { finding in allowances.contains { $0.covers(finding) } }
    func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }
    var report = Report()
    report.findings = findings
    report.findingsAreResult = true
    report.textIsNarration = true
    report.failsFrom = failsFrom
    report.summary = [
      "logical_tensors": .int(orNull: logical), "stored_tensors": .int(orNull: checkpoint?.records.count),
      "errors": .int(count(.error)), "warnings": .int(count(.warning)), "notes": .int(count(.note)),
      "allowed": .int(allowed), "data_read_bytes": .int(data?.readBytes ?? 0), "engines": .object(verdicts),
      "checks_not_made": .array(notMade.map { .string($0) }),
      "least_memory_bytes": .int(orNull: checkpoint?.readingNeeds.least),
    ]
    let style = session.style
    let verdict =
      report.fails
      ? style.red("wrong") : count(.warning) > 0 ? style.yellow("usable, with warnings") : style.green("fine")
    report.text =
      "\(printable(self.checkpoint)): \(verdict): \(counted(count(.error), "error")), "
      + "\(counted(count(.warning), "warning")), \(counted(count(.note), "note"))"
    if let checkpoint { report.text += "; \(ByteSize.grouped(checkpoint.records.count)) stored tensors" }
    if let logical { report.text += ", \(ByteSize.grouped(logical)) logical" }
    report.text += data.map { "; \(ByteSize.text($0.readBytes)) of values read\n" } ?? "; values were not read\n"
    var document = ReportDocument(self.checkpoint, findings: findings, failsFrom: failsFrom)
    if let checkpoint { document.locate(in: checkpoint) }
    if data == nil { document.notMade["content"] = "values were not read: --read-data" }
    if deployments.isEmpty { document.notMade["engine"] = "no engine was asked for: --for" }
    for area in ["quantization", "tokenizer", "side"] where notMade.contains("meaning") {
      document.notMade[area] = "the family is not known"
    }
    document.figures = [
      ("stored tensors", checkpoint.map { ByteSize.grouped($0.records.count) } ?? "–"),
      ("logical tensors", logical.map { ByteSize.grouped($0) } ?? "–"),
      ("values read", data.map { ByteSize.text($0.readBytes) } ?? "none"),
    ]
    for (engine, verdict) in verdicts.members { document.figures.append((engine, verdict.string ?? "")) }
    report.ownJSON = text(of: document)
    return report
  }

  /// What `--for` means; wrong usage where it means nothing.
  private func deployments(_ library: SpecLibrary) throws -> [Deployment] {
    if engines.isEmpty { return [] }
    let known = try library.engines()
    return try engines.map { text in
      do throws(Deployment.Misuse) { return try Deployment(text, engines: known) } catch {
        throw ValidationError(
          "--for: " + error.message + (error.unknown.map { suggestion($0.name, among: $0.known) } ?? ""))
      }
    }
  }

  private func read(_ binding: Binding, _ session: Session) throws -> DataCheck.Outcome {
    Terminal.catchStopSignals()
    let progress = ProgressLine(session.common, Self.verb)
    defer { progress.clear() }
    var options = DataCheck.Options(
      threads: session.threads, budget: session.budget, fixedMemory: MemoryBudget.residentBytes().now + (16 << 20))
    options.sample = sample.map { ($0.number, $0.count) }
    options.progress = { done, total in progress.show(done, of: total) }
    options.isStopped = { Terminal.stopSignal != 0 }
    return try DataCheck(binding, options: options).run()
  }
}

/// `5%`, or `3/10`: slice 3, counted from 1, of 10.
struct DataSample: ExpressibleByArgument {
  let number: Int
  let count: Int

  init?(argument: String) {
    if let slice = Slice(argument: argument) {
      (number, count) = (slice.number, slice.count)
    } else if argument.hasSuffix("%"), let share = Share(argument: argument) {
      (number, count) = (1, share.every)
    } else {
      return nil
    }
  }
}
