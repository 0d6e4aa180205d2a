internal import ArgumentParser
internal import CheckpointKit
internal import Quantize
internal import ReferenceForward

struct Compare: ReadingVerb {
  static let verb = "compare"
  static let configuration = CommandConfiguration(
    abstract: "Measure the error of B against A, for every logical tensor, across unlike encodings.",
    discussion: """
      Both are decoded to exact Float32 products and compared value by value; tensors are matched by what they mean, so \
      names, shards and encodings may differ. In a model of no known family they are matched by their stored names. \
      Definitions: docs/metrics.md.

      EXIT STATUS
        0   compared, within the budget if one was given
        1   a tensor is on one side only, or the budget is exceeded
        2   the comparison could not be made

      EXAMPLES
        ckpt compare Kimi-K2-Instruct Kimi-K2-INT4
        ckpt compare Qwen3-8B Qwen3-8B-INT4 --forward --tokens ids.npy --budget budget.json --json | jq .summary.by_role
      """)

  @Argument(help: "A, the reference.", completion: .directory)
  var reference: String

  @Argument(help: "B.", completion: .directory)
  var other: String

  @Option(help: "Bounds to keep: a JSON file.", completion: .file())
  var budget: String?

  @Option(help: "Compare a share of the rows only, such as 5% or 1/16; always the same ones.")
  var sample: Share?

  @Flag(help: "Run both models too, and compare what they predict.")
  var forward = false

  @Option(
    help: "Token ids for --forward: .npy of int32 or int64, or a text of ids (default: 64 drawn from the vocabulary).",
    completion: .file())
  var tokens: String?

  @OptionGroup var allow: AllowOptions
  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if tokens != nil, !forward { throw ValidationError("--tokens goes with --forward") }
  }

  func perform(_ session: Session) throws -> Report {
    let budget = try self.budget.map { file in
      try ErrorBudget(JSONValue(parsing: session.files.readAll(file, limit: 16 << 20), file: file), file: file)
    }
    Terminal.catchStopSignals()
    let library = try session.library()
    let a = try Binding.bind(try session.open(reference), library: library)
    let b = try Binding.bind(try session.open(other), library: library)
    let progress = ProgressLine(session.common, "compare")
    defer { progress.clear() }
    var options = Comparer.Options(
      threads: session.threads, budget: session.budget, fixedMemory: MemoryBudget.residentBytes().now + (16 << 20))
    options.sampleEvery = sample?.every ?? 1
    options.progress = { done, total in progress.show(done * 4, of: total * 4) }
    options.isStopped = { Terminal.stopSignal != 0 }
    let comparison = try Comparer(a, b, options: options).compare()
    progress.clear()
    var report = Report()
    report.summary = Self.summary(comparison)
    report.findings = comparison.findings
    report.text = Self.text(comparison)
    if forward { try addForward(a, b, to: &report, session) }
    if let budget { report.findings += try budget.findings(summary: report.summary, comparison: comparison) }
    return report
  }

  // MARK: Predictions

  private func addForward(_ a: Binding, _ b: Binding, to report: inout Report, _ session: Session) throws {
    var options = ReferenceModel.Options(
      threads: session.threads, memory: session.budget, isStopped: { Terminal.stopSignal != 0 })
    options.allowances = allow.allowances
    let (left, right) = (
      try ReferenceModel(TensorReader(a), options: options), try ReferenceModel(TensorReader(b), options: options)
    )
    let input =
      if let tokens { try TokenInput(reading: tokens, files: session.files) } else {
        try TokenInput(random: 64, seed: 0, vocabulary: left.vocabularySize)
      }
    let logits = try LogitComparison(left, right, on: input)
    if logits.undefined > 0 {
      report.findings.append(
        Finding(
          .error, .nonFinite, file: other,
          "and \(reference) give logits that are not finite at \(counted(logits.undefined, "position")): no figure speaks of them"
        ))
    }
    if logits.unlikeLayers > 0 {
      report.findings.append(
        Finding(
          .warning, .oneSided, file: other,
          "routes \(counted(logits.unlikeLayers, "layer")) unlike \(reference): router_agreement leaves them out"))
    }
    report.summary.add([
      "positions": .int(logits.positions), "kl_mean": .double(orNull: logits.divergenceMean),
      "kl_max": .double(orNull: logits.divergenceMax), "kl_p99": .double(orNull: logits.divergence99),
      "top1_agreement": .double(orNull: logits.topAgreement), "logit_rel_rmse": .double(orNull: logits.relativeRMSE),
      "router_agreement": .double(orNull: logits.routerAgreement),
    ])
    func cell(_ value: Double?, _ digits: Int = 3) -> String {
      value.map { ByteSize.number($0, digits: digits) } ?? "–"
    }
    var facts = TextTable()
    facts.row("positions", ByteSize.grouped(logits.positions))
    facts.row(
      "KL(A‖B), nats",
      "mean \(cell(logits.divergenceMean)), 99 % below \(cell(logits.divergence99)), worst \(cell(logits.divergenceMax))"
    )
    facts.row("same best token", cell(logits.topAgreement.map { $0 * 100 }) + " %")
    facts.row("rel. RMSE of logits", cell(logits.relativeRMSE))
    if logits.routerAgreement != nil {
      facts.row("same experts chosen", cell(logits.routerAgreement.map { $0 * 100 }) + " %")
    }
    report.text += "\nforward pass, B against A:\n" + facts.text(indent: 2)
  }

  // MARK: Report

  private static func summary(_ comparison: Comparison) -> JSONObject {
    var summary = figures(comparison.all)
    summary.add([
      "identical": .int(comparison.identical), "identical_bf16": .int(comparison.identicalInBF16),
      "rows_share": .double(orNull: comparison.rowsShare),
      "by_role": .object(JSONObject(comparison.byRole.map { ($0.role.name, .object(figures($0.group))) })),
      "worst": .array(
        comparison.worst(10).map {
          .object(["tensor": .string($0.name), "rel_rmse": .double(orNull: $0.errors.relativeRMSE)])
        }),
    ])
    return summary
  }

  private static func figures(_ group: Comparison.Group) -> JSONObject {
    [
      "tensors": .int(group.errors.tensors), "rel_rmse_mean": .double(orNull: group.errors.relativeMean),
      "rel_rmse_max": .double(orNull: group.errors.relativeMax), "sqnr_db": .double(orNull: group.errors.sqnr),
      "cosine_min": .double(orNull: group.cosineMin),
    ]
  }

  private static func text(_ comparison: Comparison) -> String {
    func cell(_ value: Double?, _ decimals: Int) -> String {
      value.map { ByteSize.fixed($0, decimals: decimals) } ?? "–"
    }
    var table = TextTable(right: [1, 2, 3, 4, 5])
    table.row("role", "tensors", "rel. RMSE", "worst", "SQNR dB", "least cosine")
    func row(_ name: String, _ group: Comparison.Group) {
      table.row(
        name, ByteSize.grouped(group.errors.tensors), cell(group.errors.relativeMean, 5),
        cell(group.errors.relativeMax, 5),
        cell(group.errors.sqnr, 2), cell(group.cosineMin, 6))
    }
    for (role, group) in comparison.byRole { row(role.name, group) }
    row("all", comparison.all)
    var text = table.text()
    text +=
      "\(ByteSize.grouped(comparison.rows.count)) tensors compared, \(ByteSize.grouped(comparison.identical)) identical, "
    text += "\(ByteSize.grouped(comparison.identicalInBF16)) identical in BF16"
    if let share = comparison.rowsShare, share < 1 {
      text += "; \(ByteSize.number(share * 100, digits: 3)) % of the rows"
    }
    text += "\n"
    let worst = comparison.worst(3)
    if !worst.isEmpty {
      text +=
        "worst: " + worst.map { "\(printable($0.name)) \(cell($0.errors.relativeRMSE, 5))" }.joined(separator: ", ")
        + "\n"
    }
    return text
  }
}

/// `5%` or `1/16`, as one out of so many.
struct Share: ExpressibleByArgument {
  let every: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    let whole: Double
    if parts.count == 2, let part = Int(parts[0]), let all = Int(parts[1]), part > 0, part <= all {
      whole = Double(all) / Double(part)
    } else if argument.hasSuffix("%"), let percent = Double(argument.dropLast()), percent > 0, percent <= 100 {
      whole = 100 / percent
    } else {
      return nil
    }
    guard whole <= Self.mostParts else { return nil }
    every = max(1, Int(whole.rounded()))
  }

  /// No tensor has more rows.
  private static let mostParts = 1e9
}
