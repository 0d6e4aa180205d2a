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
    let checkpoint = try session.open(checkpoint)
    var report = Report()
    var rows: [Row]
    if stored {
      rows = checkpoint.records.map { Row(stored: $0, in: checkpoint) }
    } else {
      let binding = try Binding.inspect(checkpoint, library: try session.library())
      if let error = binding.findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
      report.findings = binding.findings
      rows = Self.logical(binding)
    }
    if let match {
      rows = rows.filter { Glob.matches($0.name, match) }
      if rows.isEmpty {
        report.findings.append(Finding(.note, .tensorUnknown, "no tensor's name matches '\(match)'"))
      }
    }
    if common.json {
      printLines(rows)
      report.ownJSON = lastLine(report)
    } else {
      report.text = common.verbose ? each(rows) : folded(rows)
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

  /// Logical tensors by the place of their main part; what no spec names is listed as it is stored.
  private static func logical(_ binding: Binding) -> [Row] {
    let checkpoint = binding.checkpoint
    var rows: [(record: Int, row: Row)] = []
    if let model = binding.model {
      for bound in binding.tensors {
        let tensor = model.tensors[bound.tensor]
        let main = bound.pieces[0].records[0]
        var row = Row(stored: checkpoint.records[main], in: checkpoint)
        row.name = model.name(of: tensor)
        row.role = tensor.role.name
        row.layer = tensor.layer
        row.expert = tensor.expert
        row.shape = tensor.shape
        row.encoding = bound.layout.name
        row.bytes = bound.byteCount
        row.offset += bound.pieces[0].offset
        rows.append((main, row))
      }
    }
    for record in binding.junk + binding.unknown {
      var row = Row(stored: checkpoint.records[record], in: checkpoint)
      row.encoding = row.encoding.lowercased()
      rows.append((record, row))
    }
    return rows.sorted { $0.record < $1.record }.map(\.row)
  }

  // MARK: JSON Lines

  private func printLines(_ rows: [Row]) {
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
      if text.utf8.count > 1 << 20 {
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

  private func each(_ rows: [Row]) -> String {
    var table = TextTable(right: [3])
    for row in rows {
      table.row(
        printable(row.name), row.encoding, "\(row.shape)", ByteSize.grouped(row.bytes), row.role ?? "",
        printable(row.file))
    }
    return table.text()
  }

  /// Tensors that differ in their numbers alone, on one line.
  private func folded(_ rows: [Row]) -> String {
    struct Key: Hashable {
      var form: String
      var encoding: String
      var shape: Shape
    }
    var order: [Key] = []
    var groups: [Key: (numbers: [Set<Int>], count: Int, bytes: Int, role: String?)] = [:]
    for row in rows {
      let (form, numbers) = Self.form(row.name)
      let key = Key(form: form, encoding: row.encoding, shape: row.shape)
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
