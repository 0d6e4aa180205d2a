internal import ArgumentParser
internal import CheckpointKit

struct ChecksumVerb: Verb {
  static let verb = "checksum"
  static let configuration = CommandConfiguration(
    commandName: "checksum",
    abstract: "Write a manifest: the digests of all files and tensors, from one read of every byte.",
    discussion: """
      The manifest depends on names and bytes alone. Tensors keep their digests when a checkpoint is re-sharded, so that \
      'ckpt verify --manifest' can check a copy with other files, and name the damaged tensor of a damaged file. While \
      they are read, contents are looked at too: zeros, values that are no numbers, experts that are the same.

      With -o, a command that was stopped continues where it was. Format: docs/formats/manifest.md.

      EXAMPLES
        ckpt checksum Kimi-K2-Instruct -o kimi.json
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

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    Terminal.catchStopSignals()
    if let output, try session.files.status(output)?.kind == .directory {
      throw CheckpointError(.outputUnsuitable, file: output, "is a folder, where -o takes a file")
    }
    let progress = ProgressLine(session.common, Self.verb)
    defer { progress.clear() }
    var options = Checksum.Options(threads: session.threads, memory: session.budget.total)
    options.filesOnly = filesOnly || sha256sums
    options.progressFolder = output.map { $0 + ChecksumRecord.folderSuffix }
    options.excluded = output.map { [$0] } ?? []
    options.progress = { done, total in progress.show(done, of: total) }
    options.isStopped = { Terminal.stopSignal != 0 }
    let outcome = try Checksum.make(checkpoint, library: try session.library(), options: options, files: session.files)
    progress.clear()
    let manifest = outcome.manifest
    let text = sha256sums ? manifest.checksumFile : manifest.text
    if let output {
      try session.files.writeAtomically(Array(text.utf8), to: output)
      try session.files.removeTree(output + ChecksumRecord.folderSuffix)
    }
    var report = Report()
    report.findings = outcome.findings
    report.summary = [
      "files": .int(manifest.files.count), "tensors": .int(manifest.tensorCount),
      "logical_tensors": .int(manifest.logical.count), "bytes": .int(manifest.byteCount),
      "read_bytes": .int(outcome.readBytes), "files_resumed": .int(outcome.filesResumed),
      "digest": .string(manifest.digest.hex), "output": .string(orNull: output),
    ]
    if output != nil {
      let rate = Double(outcome.readBytes) / max(session.elapsed, 1e-3)
      report.text =
        "\(printable(output ?? "")): \(ByteSize.grouped(manifest.files.count)) files, "
        + "\(ByteSize.grouped(manifest.tensorCount)) tensors, \(ByteSize.text(manifest.byteCount)), "
        + "\(ByteSize.text(Int(rate)))/s; digest \(manifest.digest.hex)\n"
      if outcome.filesResumed > 0 {
        report.text += "  continued: \(outcome.filesResumed) files were done before\n"
      }
    } else if common.json {
      report.summary["manifest"] = try JSONValue(parsing: manifest.text, file: "manifest")
    } else {
      report.ownJSON = text
    }
    return report
  }
}
