internal import ArgumentParser
internal import CheckpointKit

struct ChecksumVerb: ReadingVerb {
  static let verb = "checksum"
  static let configuration = CommandConfiguration(
    commandName: "checksum",
    abstract: "Write a manifest: the digests of all files and tensors, from one read of every byte.",
    discussion: """
      The manifest depends on names and bytes alone. Tensors keep their digests when a checkpoint is re-sharded, so that \
      'ckpt verify --manifest' can check a copy with other files, and name the damaged tensor of a damaged file. While \
      they are read, contents are looked at too: zeros, values that are no numbers, experts that are the same.

      With -o, a command that was stopped continues where it was. With --plan-only too, many processes share the work: \
      'ckpt run', 'ckpt status' and 'ckpt finish' take the plan. Format: docs/formats/manifest.md.

      EXAMPLES
        ckpt checksum Kimi-K2-Instruct -o kimi.json
        ckpt checksum Kimi-K2-Instruct -o kimi.json --plan-only plan.json && ckpt run plan.json && ckpt finish plan.json
        ckpt checksum Qwen3-8B --sha256sums -o Qwen3-8B/SHA256SUMS && (cd Qwen3-8B && sha256sum -c SHA256SUMS)
      """)

  @Argument(help: "A checkpoint: a folder, a Hub cache folder or one file.", completion: .directory)
  var checkpoint: String

  @Option(name: [.customShort("o"), .long], help: "Where to write (default: standard output).", completion: .file())
  var output: String?

  @Flag(help: "Digests of files alone, none of tensors.")
  var filesOnly = false

  @Flag(name: .customLong("sha256sums"), help: "Write what sha256sum -c reads; implies --files-only.")
  var sha256sums = false

  @Option(help: "Save the plan to FILE for 'ckpt run', and read nothing else; needs -o.", completion: .file())
  var planOnly: String?

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if planOnly != nil, output == nil { throw ValidationError("--plan-only needs -o FILE, where the manifest will be") }
  }

  func perform(_ session: Session) throws -> Report {
    Terminal.catchStopSignals()
    if let output {
      _ = try SideOutput(
        output, .manifest, apartFrom: [checkpoint, planOnly], readFrom: checkpoint, files: session.files)
    }
    let progress = ProgressLine(session.common, Self.verb)
    defer { progress.clear() }
    var options = Self.options(session, progress)
    options.filesOnly = filesOnly || sha256sums
    options.excluded = [output, output.map { $0 + ChecksumRecord.folderSuffix }, planOnly].compactMap { $0 }
    if let planOnly, let output { return try savePlan(to: planOnly, output, options, session) }
    options.progressFolder = output.map { $0 + ChecksumRecord.folderSuffix }
    let outcome = try Checksum.make(checkpoint, library: try session.library(), options: options, files: session.files)
    progress.clear()
    let manifest = outcome.manifest
    let format = sha256sums ? Self.sumsFormat : ""
    if let output {
      try ChecksumRecord.publish(to: output, session.files) { (print) throws(CheckpointError) in
        try Self.write(manifest, format, print)
      }
    }
    var report = Self.report(outcome, output)
    if output != nil {
      let rate = Double(outcome.readBytes) / max(session.elapsed, 1e-3)
      report.text += ", \(ByteSize.text(Int(rate)))/s; digest \(manifest.digest.hex)\n"
      if outcome.filesResumed > 0 {
        report.text += "  continued: \(outcome.filesResumed) files were done before\n"
      }
    } else if common.json {
      report.ownMember = ("manifest", { Self.write(manifest, "") { Terminal.write($0, to: 1) } })
    } else {
      report.printOwnFile = { Self.write(manifest, format) { Terminal.write($0, to: 1) } }
    }
    return report
  }
  /// Lines of `sha256sum` in place of a manifest.
  static let sumsFormat = "sha256sums"

  /// Gives the text piece by piece.
  static func write<E: Error>(
    _ manifest: Manifest, _ format: String, _ print: ([UInt8]) throws(E) -> Void
  ) throws(E) {
    if format == sumsFormat {
      try print(manifest.checksumFile)
    } else {
      try manifest.write { (text) throws(E) in try print(Array(text.utf8)) }
    }
  }

  static func options(_ session: Session, _ progress: ProgressLine) -> Checksum.Options {
    var options = Checksum.Options(threads: session.threads, memory: session.budget.total)
    options.progress = { done, total in progress.show(done, of: total) }
    options.isStopped = { Terminal.stopSignal != 0 }
    return options
  }

  /// Figures of a manifest, and the beginning of a line.
  static func report(_ outcome: Checksum.Outcome, _ output: String?) -> Report {
    let manifest = outcome.manifest
    var report = Report()
    report.findings = outcome.findings
    report.summary = [
      "files": .int(manifest.files.count), "tensors": .int(manifest.tensorCount),
      "logical_tensors": .int(manifest.logical.count), "bytes": .int(manifest.byteCount),
      "read_bytes": .int(outcome.readBytes), "files_resumed": .int(outcome.filesResumed),
      "digest": .string(manifest.digest.hex),
      "least_memory_bytes": .int(outcome.leastMemory), "output": .string(orNull: output),
    ]
    if let output {
      report.text =
        "\(printable(output)): \(counted(manifest.files.count, "file")), "
        + "\(ByteSize.grouped(manifest.tensorCount)) tensors, \(ByteSize.text(manifest.byteCount))"
    }
    return report
  }

  private func savePlan(
    to file: String, _ output: String, _ options: Checksum.Options, _ session: Session
  ) throws -> Report {
    let plan = try ChecksumPlan(
      checkpoint, output: output, format: sha256sums ? Self.sumsFormat : "", library: try session.library(),
      options: options, files: session.files)
    let place = PlanFile.Place(
      source: checkpoint, destination: output, specFolders: common.specs, followLinks: followsLinks)
    try plan.write(to: file, place: place)
    var report = Report()
    report.textIsNarration = true
    report.summary = [
      "plan_id": .string(plan.id.hex), "destination": .string(output), "jobs": .int(plan.unitCount),
      "files": .int(plan.unitCount), "input_bytes": .int(plan.byteCount),
      "least_memory_bytes": .int(plan.leastMemory),
    ]
    report.text =
      "\(printable(output)): would list \(counted(plan.unitCount, "file")), \(ByteSize.text(plan.byteCount))\n"
      + planSaved(file, units: plan.unitCount)
    return report
  }
}
