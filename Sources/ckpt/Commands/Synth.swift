internal import ArgumentParser
internal import CheckpointKit
internal import Quantize

struct Synth: Verb {
  static let verb = "synth"
  static let configuration = CommandConfiguration(
    abstract: "Write a made-up checkpoint with the true names, shapes and encodings of a published one.",
    discussion: """
      Values look like weights (heavy tails, gains of rows and columns, experts that differ) and depend on the seed and \
      the tensor's name alone: the same bytes on every machine, whatever the files and threads. A tokenizer that loads \
      is written too.

      EXAMPLES
        ckpt synth demo --preset tiny --family kimi_k2 --storage fp8-block
        ckpt synth K2-headers --preset Kimi-K2-Instruct --sparse
      """)

  @Argument(help: "The folder to write; it must be new or empty.", completion: .directory)
  var destination: String

  @Option(help: "A published checkpoint ('ckpt presets' lists them), or 'tiny' with --family.")
  var preset: String

  @Option(help: "The family of a tiny preset: deepseek_v3, kimi_k2, llama, qwen3, qwen3_moe and others.")
  var family: String?

  @Option(
    name: .customLong("set"), help: "Change a key of config.json: key=value; may be given again.",
    transform: Synth.parseSetting)
  var settings: [(key: String, value: String)] = []

  @Option(help: "bf16, fp8-block or int4-g32 in place of the published encodings.")
  var storage: String?

  @Option(help: "Another seed gives other values.")
  var seed: UInt64 = 0

  @Option(
    help: "Cut into files of at most so many bytes of tensors (default: as the published files).", transform: parseSize)
  var maxShardSize: Int?

  @Flag(help: "True headers at full size, the data left as holes: no disk is needed.")
  var sparse = false

  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if (preset.lowercased() == "tiny") != (family != nil) {
      throw ValidationError(family == nil ? "--preset tiny needs --family" : "--family goes with --preset tiny alone")
    }
    let keys = settings.map(\.key)
    if let twice = keys.first(where: { key in keys.count { $0 == key } > 1 }) {
      throw ValidationError("--set \(twice)=… is given twice")
    }
    if sparse, writing.planOnly != nil {
      throw ValidationError("--sparse computes nothing, so there is no plan to save")
    }
  }

  func perform(_ session: Session) throws -> Report {
    let library = try session.library()
    var options = SynthOptions()
    options.changes.settings = settings.sorted { $0.key < $1.key }
    options.changes.storage = storage
    options.changes.maxShardBytes = maxShardSize
    options.seed = seed
    options.isSparse = sparse
    let found: Preset
    do throws(CheckpointError) { found = try Preset.find(preset, family: family, in: library) } catch {
      guard [.familyUnknown, .notFound].contains(error.code) else { throw error }
      // A name that means nothing here is a mistake of the command line.
      throw ValidationError(error.problem + (error.hint.map { "; \($0)" } ?? ""))
    }
    let target: PresetModel
    do throws(CheckpointError) {
      target = try PresetModel(found, changes: options.changes, library: library)
    } catch {
      guard error.code == .encodingUnsupported else { throw error }
      throw ValidationError(error.problem + (error.hint.map { "; \($0)" } ?? ""))
    }
    let job = try SynthPlan(target, options: options)
    let place = PlanFile.Place(
      source: nil, destination: destination, overwrite: writing.overwrite, overwriteAll: writing.overwriteAll,
      specFolders: common.specs)
    let flow = WritingFlow(session: session, job: job, place: place, verb: "synth", isSparse: sparse)
    var report = try flow.perform(writing).report
    report.summary.add(target.summary)
    report.summary.add(["seed": .string(String(seed)), "sparse": .bool(sparse)])
    return report
  }

  /// What `run` does with a saved plan.
  static func plan(named options: [String: String], library: SpecLibrary) throws -> SynthPlan {
    let synth = try SynthOptions(named: options)
    let preset = try Preset.find(options["preset"] ?? "", in: library)
    return try SynthPlan(try PresetModel(preset, changes: synth.changes, library: library), options: synth)
  }

  private static func parseSetting(_ text: String) throws -> (key: String, value: String) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ValidationError("--set takes key=value, not '\(text)'")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}

extension PresetModel {
  /// What is known of a checkpoint before it is written.
  var summary: JSONObject {
    let counts = counts
    return [
      "preset": .string(preset.name), "family": .string(orNull: preset.modelType),
      "parameters_total": .int(counts.total), "parameters_text": .int(counts.text),
      "parameters_active": .int(counts.active), "logical_tensors": .int(tensors.count { $0.index != nil }),
      "stored_tensors": .int(storedTensorCount), "data_bytes": .int(dataBytes), "shards": .int(files.count),
    ]
  }
}
