internal import ArgumentParser
internal import CheckpointKit

struct List: ReadingVerb {
  static let verb = "list"
  static let isJSONLines = true
  static let configuration = CommandConfiguration(
    abstract: "List tensors, folded or each.",
    discussion: """
      Text folds numbers (experts.{0-383}); -v shows each tensor. --json prints one object a line: first the schema, then \
      a row for each tensor, last the findings.

      EXAMPLES
        ckpt list Kimi-K2-Instruct --match '*.layers.4.*'
        ckpt list Kimi-K2-Instruct --stored --json | jq -r 'select(.dtype=="F32") | .name'
      """)

  @Argument(help: "A checkpoint.", completion: .directory)
  var checkpoint: String

  @Option(help: "Only tensors whose name matches: * is any run of characters, ? any one.")
  var match: String?

  @Flag(help: "Stored tensors, as the headers have them, instead of logical ones.")
  var stored = false

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    let checkpoint = try session.openToRead(checkpoint)
    var report = Report()
    let listing: Listing
    if stored {
      listing = Listing(checkpoint)
    } else {
      let binding = try Binding.inspect(checkpoint, library: try session.library())
      if let error = binding.findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
      report.findings = binding.findings
      listing = Listing(binding)
    }
    let rows = listing.rows.lazy.map { listing.row($0) }.filter { row in
      match.map { Glob.matches(row.name, $0) } ?? true
    }
    if let match, rows.first == nil {
      report.findings.append(Finding(.note, .tensorUnknown, "no tensor's name matches '\(match)'"))
    }
    if common.json {
      printLines(rows)
      report.ownJSON = lastLine(report)
    } else if common.verbose {
      report.printText = { printEach(rows) }
    } else {
      report.text = folded(rows)
    }
    return report
  }

  // MARK: Rows

  private struct Row {
    var name: String
    var role: String?
    var layer: Int?
    var expert: Int?
    var shape: Shape
    /// The encoding of a logical tensor, the dtype of a stored one.
    var encoding: String
    var bytes: Int
    var file: String
    var offset: Int

    init(stored record: TensorRecord, in checkpoint: Checkpoint) {
      name = record.name.string
      shape = record.shape
      encoding = record.typeName
      bytes = record.byteCount
      file = checkpoint.shard(of: record).name
      offset = record.range.lowerBound
    }
  }

  /// Which rows there are, in their order. They are made when they are printed: there may be hundreds of thousands.
  private struct Listing {
    let checkpoint: Checkpoint
    let binding: Binding?
    /// Logical tensors by their number in the binding; stored ones, of no model, by their record, from −1 down.
    let rows: [Int32]

    init(_ checkpoint: Checkpoint) {
      self.checkpoint = checkpoint
      binding = nil
      rows = checkpoint.records.indices.map { Int32(-1 - $0) }
    }

    /// Logical tensors by the place of their main part; what no spec names is listed as it is stored.
    init(_ binding: Binding) {
      checkpoint = binding.checkpoint
      self.binding = binding
      var rows: [(record: Int32, row: Int32)] = []
      if binding.model != nil {
        for (i, bound) in binding.tensors.enumerated() { rows.append((Int32(bound.mainRecord), Int32(i))) }
      }
      for record in binding.junk + binding.unknown { rows.append((Int32(record), Int32(-1 - record))) }
      rows.sort { ($0.record, $0.row) < ($1.record, $1.row) }
      self.rows = rows.map(\.row)
    }

    func row(_ number: Int32) -> Row {
      guard number >= 0, let binding, let model = binding.model else {
        var row = Row(stored: checkpoint.records[Int(-1 - number)], in: checkpoint)
        if binding != nil { row.encoding = row.encoding.lowercased() }
        return row
      }
      let bound = binding.tensors[Int(number)]
      let tensor = model.tensors[bound.tensor]
      var row = Row(stored: checkpoint.records[bound.mainRecord], in: checkpoint)
      row.name = model.name(of: tensor)
      row.role = tensor.role.name
      row.layer = tensor.layer
      row.expert = tensor.expert
      row.shape = tensor.shape
      row.encoding = bound.layout.name
      row.bytes = bound.byteCount
      row.offset += bound.offset
      return row
    }
  }

  // MARK: JSON Lines

  private func printLines(_ rows: some Sequence<Row>) {
    var text = JSONValue.object(["schema": .string(Self.schema), "version": .string(Toolkit.version)]).text() + "\n"
    for row in rows {
      var object: JSONObject = ["name": .string(row.name)]
      if stored {
        object["dtype"] = .string(row.encoding)
      } else {
        object.add([
          "role": .string(orNull: row.role), "layer": .int(orNull: row.layer), "expert": .int(orNull: row.expert),
        ])
      }
      object["shape"] = .array(row.shape.dimensions.map { .int($0) })
      if !stored { object["encoding"] = .string(row.encoding) }
      object.add(["bytes": .int(row.bytes), "file": .string(row.file), "offset": .int(row.offset)])
      text += JSONValue.object(object).shown.text() + "\n"
      if text.utf8.count > 1 << 18 {
        Terminal.print(text)
        text = ""
      }
    }
    Terminal.print(text)
  }

  private func lastLine(_ report: Report) -> String {
    JSONValue.object([
      "status": .string(report.fails ? "findings" : "ok"),
      "findings": .array(report.findings.sortedForReport().map(\.json)), "error": nil,
    ]).shown.text() + "\n"
  }

  // MARK: Text

  /// A line for each tensor: once through them for the widths of the columns, once to print.
  private func printEach(_ rows: some Sequence<Row>) {
    func cells(_ row: Row) -> [String] {
      [
        printable(row.name), row.encoding, "\(row.shape)", ByteSize.grouped(row.bytes), row.role ?? "",
        printable(row.file),
      ]
    }
    var columns = TextColumns(right: [3])
    for row in rows { columns.measure(cells(row)) }
    var text = ""
    for row in rows {
      text += columns.line(cells(row)) + "\n"
      if text.utf8.count > 1 << 20 {
        Terminal.print(text)
        text = ""
      }
    }
    Terminal.print(text)
  }

  private struct FoldedKey: Hashable {
    var form: String
    var encoding: String
    var shape: Shape
  }

  /// Tensors that differ in their numbers alone, on one line.
  private func folded(_ rows: some Sequence<Row>) -> String {
    var order: [FoldedKey] = []
    var groups: [FoldedKey: (numbers: [Set<Int>], count: Int, bytes: Int, role: String?)] = [:]
    for row in rows {
      let (form, numbers) = Self.form(row.name)
      let key = FoldedKey(form: form, encoding: row.encoding, shape: row.shape)
      if groups[key] == nil {
        order.append(key)
        groups[key] = (Array(repeating: [], count: numbers.count), 0, 0, row.role)
      }
      for (i, number) in numbers.enumerated() { groups[key]?.numbers[i].insert(number) }
      groups[key]?.count += 1
      groups[key]?.bytes += row.bytes
    }
    var table = TextTable(right: [3, 4])
    for key in order {
      guard let group = groups[key] else { continue }
      var name = key.form
      for numbers in group.numbers.reversed() {
        guard let place = name.lastRange(of: "{}") else { break }
        let folded = foldedNumbers(numbers)
        name.replaceSubrange(place, with: numbers.count == 1 ? folded : "{\(folded)}")
      }
      table.row(
        printable(name), key.encoding, "\(key.shape)", group.count == 1 ? "" : "× \(ByteSize.grouped(group.count))",
        ByteSize.text(group.bytes), group.role ?? "")
    }
    return table.text()
  }

  /// The name with `{}` for each number between dots, and the numbers.
  private static func form(_ name: String) -> (String, [Int]) {
    var numbers: [Int] = []
    let segments = name.split(separator: ".", omittingEmptySubsequences: false).map { segment -> String in
      guard let number = Int(segment), String(number) == segment else { return String(segment) }
      numbers.append(number)
      return "{}"
    }
    return (segments.joined(separator: "."), numbers)
  }
}
