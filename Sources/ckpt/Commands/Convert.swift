public import ArgumentParser
internal import CheckpointKit
public import Quantize

struct Convert: ReadingVerb {
  static let verb = "convert"
  static let configuration = CommandConfiguration(
    abstract: "Write a checkpoint with other encodings: one pass, bounded memory, resumable.",
    discussion: """
      Every tensor gets the encoding that the recipe's last matching rule names; what already has it is copied byte for \
      byte. The result appears under its final name only when it is complete: a run that was stopped is continued by the \
      same command. Beside OUT.gguf a vision tower gets a file of its own, mmproj-OUT.gguf.

      EXIT STATUS
        0   done
        1   done, with findings of severity error (with --strict also warnings)
        2   could not finish
        64  wrong usage
        75  stopped: the same command continues
        130 interrupted

      EXAMPLES
        ckpt convert Kimi-K2-Instruct Kimi-K2-INT4 --to int4-g32
        ckpt convert Kimi-K2-Instruct K2.gguf --to q2_K-dynamic --imatrix K2.imatrix.gguf --dry-run
        ckpt convert Qwen3-8B-FP8 Qwen3-8B-BF16 --to bf16 --memory 1GiB --json | jq .summary
      """)

  @Argument(
    help: "The checkpoint to read: a folder, a Hub cache folder, a .safetensors or a .gguf file.",
    completion: .directory)
  var source: String

  @Argument(help: "The folder to write, new or empty; for a GGUF result a path that ends in .gguf.")
  var destination: String

  @Option(name: .customLong("to"), help: "A recipe: a built-in name ('ckpt recipes' lists them) or a .json file.")
  var recipe: String

  @Option(help: "How INT4 scales are chosen: ct (as compressed-tensors, bit for bit), mse or exact.")
  var rounding: EncodeOptions.Rounding = .ct

  @Option(help: "Dtype of fp8 scales: F32, BF16, F16 or F8_E8M0 (default: the family's).", transform: parseScaleDType)
  var scaleDtype: DType?

  @Option(
    help: "For GGUF: an importance matrix of llama-imatrix (default: all columns weigh the same).", completion: .file())
  var imatrix: String?

  @Option(
    help: "For GGUF: types by name, above the recipe: lines 'pattern=type' as llama-quantize takes them.",
    completion: .file())
  var tensorTypeFile: String?

  @Option(
    help: "For GGUF: write each tensor's type to a file for llama-quantize --tensor-type-file; with --plan-only too.",
    completion: .file())
  var exportTensorTypes: String?

  @Option(help: "For GGUF: the pre-tokenizer, where the tokenizer is not one that is known here.")
  var pre: String?

  @Option(help: "For GGUF: what the file calls the model.")
  var name: String?

  @Option(
    help: "Cut into files of at most so many bytes of tensors (default: the source's boundaries).", transform: parseSize
  )
  var maxShardSize: Int?

  @Option(help: "SHA-256 of tensors on the way: none, output, or all (the source's files too).")
  var digests: ConvertOptions.Digests = .output

  @Option(help: "Rows on which the error is measured: none, sample (every sixteenth run of 16) or all.")
  var errors: ConvertOptions.Errors = .sample

  @OptionGroup(title: "Writing") var writing: WritingOptions
  @Flag(help: "Warnings count as errors do: such as a tensor that gets another encoding than the recipe asks for.")
  var strict = false

  @OptionGroup var allow: AllowOptions
  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    var options = ConvertOptions()
    options.container = destination.hasSuffix(Container.gguf.fileEnding) ? .gguf : .safetensors
    if options.container == .safetensors {
      for (name, value) in [
        ("--imatrix", imatrix), ("--tensor-type-file", tensorTypeFile), ("--export-tensor-types", exportTensorTypes),
        ("--pre", pre), ("--name", name),
      ] where value != nil {
        throw ValidationError("\(name) is for a GGUF result: DST must end in .gguf")
      }
    }
    options.preTokenizer = pre
    options.modelName = name
    if let tensorTypeFile {
      let text = String(decoding: try session.files.readAll(tensorTypeFile, limit: 16 << 20), as: UTF8.self)
      options.tensorTypes = try LlamaMixTensorTypes(parsing: text, file: tensorTypeFile)
    }
    options.importance = try imatrix.map { try ImportanceMatrix($0, files: session.files) }
    options.rounding = rounding
    options.scaleDType = scaleDtype
    options.maxShardBytes = maxShardSize
    options.digests = digests
    options.allowances = allow.allowances
    options.errors = errors
    let job = try Self.plan(
      source: source, recipe: recipe, options: options, library: try session.library(), session)
    let place = PlanFile.Place(
      source: source, destination: destination, overwrite: writing.overwrite, overwriteAll: writing.overwriteAll,
      specFolders: common.specs, recipe: recipe, imatrix: imatrix, followLinks: followsLinks)
    let types = try exportTensorTypes.map { (path) throws(CheckpointError) in
      try SideOutput(
        path, LlamaMixTensorTypes.output,
        apartFrom: [source, tensorTypeFile, imatrix, recipe, writing.planOnly] + place.paths(of: job.plan),
        readFrom: source, files: session.files)
    }
    let flow = WritingFlow(session: session, job: job, place: place, verb: "convert")
    var result = try flow.perform(writing)
    if let outcome = result.outcome {
      if !outcome.wasFinished { Self.addErrors(job, outcome, to: &result.report, session) }
    } else {
      Self.addTensors(job, to: &result.report, session)
    }
    if let types { try export(job, to: types, &result.report) }
    result.report.findings += job.binding.findings.filter { $0.severity < .error && $0.code != .tensorUnknown }
    result.report.findings += idleOptions(job)
    result.report.findings += job.binding.checkpoint.findings.filter { $0.severity == .warning }
    if strict { result.report.failsFrom = .warning }
    result.report.summary["fallbacks"] = .array(
      job.fallbacks.map {
        .object([
          "tensor": .string($0.tensor), "role": .string(orNull: $0.role?.name), "tensors": .int($0.count),
          "problem": .string($0.problem),
        ])
      })
    result.report.summary["left_behind"] = .array(
      job.leftBehind.map { .object(["name": .string($0.name), "why": .string($0.why)]) })
    return result.report
  }

  private func export(_ job: ConvertPlan, to output: SideOutput, _ report: inout Report) throws {
    let types = job.plan.parts.compactMap { part in (part.block ?? GGUFType(part.dtype)).map { (part.name, $0) } }
    if writing.dryRun {
      report.text += "\(printable(output.path)): would get the types of \(ByteSize.grouped(types.count)) tensors\n"
    } else {
      try output.write(Array(try LlamaMixTensorTypes.text(types).utf8))
    }
  }

  /// Options that were given for an encoding of which the result has nothing.
  private func idleOptions(_ job: ConvertPlan) -> [Finding] {
    var idle: [(option: String, encoding: String)] = []
    if rounding != .ct, !job.works.contains(where: { $0.target?.takesRounding ?? false }) {
      idle.append(("--rounding", "INT4"))
    }
    if scaleDtype != nil, !job.works.contains(where: { $0.target?.takesScaleDType ?? false }) {
      idle.append(("--scale-dtype", "block-fp8"))
    }
    return idle.map { option, encoding in
      Finding(
        .warning, .recipeUnsuitable,
        "\(option) is about \(encoding), of which '\(job.recipe.name)' writes nothing here: it has no effect")
    }
  }

  /// Opens, binds and plans; also what `run` does with a saved plan.
  static func plan(
    source: String, recipe: String, options: ConvertOptions, library: SpecLibrary, _ session: Session
  ) throws -> ConvertPlan {
    guard let recipe = try Recipe.find(recipe, in: library, files: session.files) else {
      // Named as llama-quantize has it.
      let mix = LlamaMix.named(recipe).map { "; did you mean '\(Recipe.mixPrefix)\($0.name)'?" }
      throw ValidationError(
        "no recipe is called '\(recipe)'"
          + (mix ?? suggestion(recipe, among: library.names(.recipes) + Recipe.mixNames)))
    }
    if let wanted = recipe.container, wanted != options.container {
      throw ValidationError(
        wanted == .gguf
          ? "'\(recipe.name)' writes GGUF: DST must end in .gguf"
          : "'\(recipe.name)' writes a folder of safetensors files, and DST names a .gguf file")
    }
    let binding = try Binding.bind(try session.open(source), library: library)
    return try ConvertPlanner.plan(binding, recipe: recipe, options: options, library: library)
  }

  // MARK: Report

  static func addErrors(_ job: ConvertPlan, _ outcome: Runner.Outcome, to report: inout Report, _ session: Session) {
    let errors = ConvertErrors(job, outcome)
    report.findings += errors.inexact
    report.summary.add([
      "error_by_role": .object(errors.byRole.json),
      "error_rows_share": .double(orNull: errors.measuredShare),
      "groups": .int(errors.groups),
      "groups_exact": job.options.rounding == .exact ? .int(errors.exactGroups) : .null,
    ])
    if errors.byRole.rows.isEmpty || session.common.quiet { return }
    var table = TextTable(right: [1, 2, 3, 4])
    table.row("role", "tensors", "rel. RMSE", "worst", "SQNR dB")
    for (role, row) in errors.byRole.rows where row.measuredRows > 0 {
      func cell(_ value: Double?, _ decimals: Int) -> String {
        value.map { ByteSize.fixed($0, decimals: decimals) } ?? "–"
      }
      table.row(
        role.name, ByteSize.grouped(row.tensors), cell(row.statistics.relativeMean, 5),
        cell(row.statistics.relativeMax, 5),
        cell(row.statistics.sqnr, 2))
    }
    if job.options.errors != .none {
      let share = ByteSize.number((errors.measuredShare ?? 0) * 100, digits: 3)
      report.text += "error against the source, measured on \(share) % of the rows:\n" + table.text(indent: 2)
    }
    if job.options.rounding == .exact {
      report.text += "exact: \(ByteSize.grouped(errors.exactGroups)) of \(ByteSize.grouped(errors.groups)) groups\n"
    }
  }

  /// What a dry run says of each tensor, and of the roles together.
  static func addTensors(_ job: ConvertPlan, to report: inout Report, _ session: Session) {
    var tensors: [JSONValue] = []
    var byRole: [String: (count: Int, bytes: Int)] = [:]
    var lines = TextTable(right: [2])
    for tensor in job.plan.tensors {
      let work = job.works[tensor.work]
      let bytes = tensor.parts.reduce(0) { $0 + job.plan.parts[$1].range.count }
      let role = job.role(of: work)?.name ?? "(unknown)"
      let target = work.target?.name ?? "as stored"
      let name = job.name(of: work) ?? job.plan.parts[tensor.parts.lowerBound].name.string
      byRole[role + "  " + target, default: (0, 0)].count += 1
      byRole[role + "  " + target, default: (0, 0)].bytes += bytes
      let operation = if case .copy = work.operation { "copy" } else { "quantize" }
      if session.common.json {
        tensors.append(
          .object([
            "name": .string(name), "role": .string(orNull: job.role(of: work)?.name), "operation": .string(operation),
            "encoding": .string(target), "rule": .int(orNull: work.rule), "bytes": .int(bytes),
            "file": .string(job.plan.files[tensor.file].name),
          ]))
      }
      if session.common.verbose {
        lines.row(
          printable(name), target, ByteSize.grouped(bytes), operation, work.rule.map { "rule \($0)" } ?? "no rule")
      }
    }
    if session.common.json { report.summary["tensors"] = .array(tensors) }
    var table = TextTable(right: [2, 3])
    table.row("role", "encoding", "tensors", "bytes")
    for (key, value) in byRole.sorted(by: { $0.key < $1.key }) {
      let cells = key.split(separator: "  ", maxSplits: 1).map(String.init)
      table.row(cells[0], cells.count > 1 ? cells[1] : "", ByteSize.grouped(value.count), ByteSize.grouped(value.bytes))
    }
    report.text += table.text(indent: 2)
    if session.common.verbose { report.text += lines.text(indent: 2) }
  }
}

extension EncodeOptions.Rounding: ExpressibleByArgument {}
extension ConvertOptions.Digests: ExpressibleByArgument {}
extension ConvertOptions.Errors: ExpressibleByArgument {}

func parseScaleDType(_ text: String) throws -> DType {
  guard let dtype = DType(name: text.uppercased()), FP8BlockLayout.scaleDTypes.contains(dtype) else {
    throw ValidationError("'\(text)' is no dtype of fp8 scales: F32, BF16, F16 or F8_E8M0")
  }
  return dtype
}
