internal import ArgumentParser
internal import CheckpointKit

struct Metadata: Verb {
  static let verb = "metadata"
  static let configuration = CommandConfiguration(
    abstract: "Show or set the metadata of a weight file: GGUF keys, safetensors metadata.",
    discussion: """
      A key that is set keeps its place and, in GGUF, its type; a new one is a string, or TYPE:VALUE with a type of u8 i8 \
      u16 i16 u32 i32 u64 i64 f32 f64 bool str. An array is written in JSON, a new one as TYPE[]:VALUE. TYPE: before the \
      value of a key that has this type already says nothing new, so that the same command can be run again. Where the \
      new header has the length of the old, no tensor byte moves; otherwise, and where the file has other names (hard \
      links), which stay as they are, a new file takes the place of the old when it is complete.

      EXAMPLES
        ckpt metadata K2-Q2_K-00001-of-00009.gguf
        ckpt metadata Qwen3-8B-Q4_K_M.gguf --set general.name='Qwen3 8B' --set general.x=u32:5
        ckpt metadata Qwen3-8B-Q4_K_M.gguf --set 'general.tags=str[]:["chat","4-bit"]'
      """)

  @Argument(help: "A .gguf or .safetensors file.", completion: .file())
  var file: String

  @Option(name: .customLong("set"), help: "Set a key: KEY=VALUE; may be given again.")
  var settings: [String] = []

  @Flag(name: [.customShort("n"), .long], help: "Say what would be done to the file, and do nothing.")
  var dryRun = false

  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    for text in settings where !text.contains("=") { throw ValidationError("'\(text)' is not KEY=VALUE") }
    if dryRun, settings.isEmpty { throw ValidationError("--dry-run needs --set") }
  }

  /// Chunks of headers that are copied and parsed.
  private static let bufferBytes = 24 << 20

  func perform(_ session: Session) throws -> Report {
    let needs = ReadingNeeds(
      ofFile: file, bufferBytes: Self.bufferBytes + 8 * settings.reduce(0) { $0 + $1.utf8.count }, files: session.files)
    try needs.require(session.budget)
    var report = settings.isEmpty ? try show(session) : try set(session)
    report.summary["least_memory_bytes"] = .int(needs.least)
    return report
  }

  private func set(_ session: Session) throws -> Report {
    let settings = settings.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return HeaderEdit.Setting(key: parts[0], value: parts[1])
    }
    let edit =
      dryRun
      ? try HeaderEdit(settings, of: file, files: session.files)
      : try HeaderEdit.apply(settings, to: file, files: session.files)
    var report = Report()
    report.summary = [
      "file": .string(file), "keys_set": .int(settings.count), "in_place": .bool(edit.isInPlace),
      "data_bytes": .int(edit.data.count), "undoes_stopped_change": .bool(edit.undoesStoppedChange),
      "dry_run": .bool(dryRun),
    ]
    if edit.undoesStoppedChange {
      report.text =
        "\(printable(file)): an earlier change was stopped half written: its old header "
        + (dryRun ? "would be put back first\n" : "was put back first\n")
    }
    report.text +=
      "\(printable(file)): \(settings.count) \(settings.count == 1 ? "key" : "keys") \(dryRun ? "would be set" : "set"), "
      + (edit.isInPlace ? "in place\n" : "in a new file: \(ByteSize.text(edit.data.count)) of tensors copied\n")
    return report
  }

  private func show(_ session: Session) throws -> Report {
    try HeaderEdit.requireWhole(file, files: session.files)
    let opened = try OpenFile(reading: file, session.files)
    return file.hasSuffix(Container.gguf.fileEnding) ? try showGGUF(opened) : try showSafetensors(opened)
  }

  private func showSafetensors(_ file: OpenFile) throws -> Report {
    let header = try SafetensorsHeader(reading: file)
    var report = Report()
    report.findings = header.oddities
    report.summary = [
      "container": .string(Container.safetensors.rawValue), "tensors": .int(header.entries.count),
      "metadata": .object(JSONObject(header.metadata.map { ($0.key, .string($0.value)) })),
    ]
    var table = TextTable(right: [])
    for (key, value) in header.metadata { table.row(printable(key), shown(value)) }
    report.text = table.text()
    return report
  }

  // MARK: GGUF

  /// Elements of an array that are shown.
  private static let shownElements = 8

  private func showGGUF(_ file: OpenFile) throws -> Report {
    let header = try GGUFHeader(reading: file)
    var report = Report()
    report.findings = header.oddities
    var fields = JSONObject()
    var table = TextTable(right: [])
    for field in header.fields {
      let first = try firstElements(field, header, file)
      fields[field.key] = json(field, first)
      table.row(printable(field.key), typeName(field), text(field, first))
    }
    report.summary = [
      "container": .string(Container.gguf.rawValue), "gguf_version": .int(header.version),
      "alignment": .int(header.alignment), "tensors": .int(header.entries.count), "metadata": .object(fields),
    ]
    report.text = table.text()
    return report
  }

  private func firstElements(_ field: GGUFField, _ header: GGUFHeader, _ file: OpenFile) throws -> [GGUFValue] {
    guard case .array = field.value else { return [] }
    return try header.firstElements(Self.shownElements, of: field, from: file)
  }

  private func typeName(_ field: GGUFField) -> String {
    if case .array(let element, let count) = field.value { return "\(element.name) × \(ByteSize.grouped(count))" }
    return field.type.name
  }

  private func json(_ field: GGUFField, _ first: [GGUFValue]) -> JSONValue {
    if case .array(let element, let count) = field.value {
      return .object([
        "type": .string(field.type.name), "element": .string(element.name), "count": .int(count),
        "first": .array(first.map { json($0, element) }),
      ])
    }
    return .object(["type": .string(field.type.name), "value": json(field.value, field.type)])
  }

  private func json(_ value: GGUFValue, _ type: GGUFValueType) -> JSONValue {
    switch value {
    case .unsigned(let number): .number(String(number))
    case .signed(let number): .number(String(number))
    case .float(let number): number.isFinite ? .number(digits(number, type)) : .null
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .longString, .array: .null
    }
  }

  private func text(_ field: GGUFField, _ first: [GGUFValue]) -> String {
    guard case .array(let element, let count) = field.value else { return text(field.value, field.type) }
    return "[" + first.map { text($0, element) }.joined(separator: ", ") + (count > first.count ? ", …]" : "]")
  }

  /// The fewest digits that give the number back.
  private func digits(_ number: Double, _ type: GGUFValueType) -> String {
    type == .float32 ? String(Float(number)) : String(number)
  }

  private func text(_ value: GGUFValue, _ type: GGUFValueType) -> String {
    switch value {
    case .unsigned(let number): String(number)
    case .signed(let number): String(number)
    case .float(let number): digits(number, type)
    case .bool(let flag): String(flag)
    case .string(let text): shown(text)
    case .longString(let bytes): "(\(ByteSize.grouped(bytes)) bytes)"
    case .array: ""
    }
  }

  /// One line; -v shows long texts whole.
  private func shown(_ text: String) -> String {
    let line = printable(text)
    return common.verbose || line.count <= 100 ? line : line.prefix(100) + "…"
  }
}
