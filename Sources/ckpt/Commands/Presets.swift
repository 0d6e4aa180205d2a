internal import ArgumentParser
internal import CheckpointKit

struct Presets: Verb {
  static let verb = "presets"
  static let configuration = CommandConfiguration(
    abstract: "List the published checkpoints that synth can make, or show one.",
    discussion: """
      EXAMPLES
        ckpt presets
        ckpt presets Kimi-K2-Instruct --json | jq .summary.config
      """)

  @Argument(help: "A preset, to see all of it.")
  var name: String?

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    let library = try session.library()
    guard let name else { return try list(library) }
    guard let document = library.document(.presets, named: name) else {
      throw ValidationError("no preset is called '\(name)'" + suggestion(name, among: library.names(.presets)))
    }
    return try show(try Preset(document.json, file: document.file), library)
  }

  private func list(_ library: SpecLibrary) throws -> Report {
    var report = Report()
    var rows: [JSONValue] = []
    var table = TextTable(right: [2, 3])
    table.row("preset", "family", "parameters", "bytes", "")
    for preset in try Preset.all(in: library) {
      let model = try PresetModel(preset, library: library)
      table.row(
        preset.name, preset.modelType ?? "", ByteSize.grouped(model.counts.total), ByteSize.grouped(model.dataBytes),
        preset.title)
      var row = model.summary
      row["title"] = .string(preset.title)
      rows.append(.object(row))
    }
    report.summary["presets"] = .array(rows)
    report.text = table.text(indent: 0)
    return report
  }

  private func show(_ preset: Preset, _ library: SpecLibrary) throws -> Report {
    let model = try PresetModel(preset, library: library)
    var report = Report()
    report.summary = model.summary
    report.summary.add([
      "title": .string(preset.title), "sources": .array(preset.sources.map { .string($0) }),
      "config": .object(preset.config),
      "files": .array(model.files.map { .string($0.name) }),
    ])
    var table = TextTable(right: [])
    table.row("family", preset.modelType ?? "")
    table.row("parameters", ByteSize.grouped(model.counts.total))
    table.row("  of the text model", ByteSize.grouped(model.counts.text))
    table.row("  active per token", ByteSize.grouped(model.counts.active))
    table.row("stored tensors", ByteSize.grouped(model.storedTensorCount))
    table.row("tensor bytes", ByteSize.grouped(model.dataBytes))
    table.row("files", "\(model.files.count), \(model.files.first?.name ?? "")")
    report.text = "\(preset.name): \(preset.title)\n" + table.text(indent: 2) + "sources:\n"
    for source in preset.sources { report.text += "  \(source)\n" }
    if common.verbose { report.text += "config.json:\n" + JSONValue.object(preset.config).text(indent: 2) + "\n" }
    return report
  }
}
