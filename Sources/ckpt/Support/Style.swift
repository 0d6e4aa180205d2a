/// Colour, where it is wanted; never the only sign of anything.
struct Style {
  let isOn: Bool

  init(_ choice: CommonOptions.Color, isTerminal: Bool) {
    switch choice {
    case .always: isOn = true
    case .never: isOn = false
    case .auto:
      isOn = isTerminal && (Terminal.environment("NO_COLOR") ?? "").isEmpty && Terminal.environment("TERM") != "dumb"
    }
  }

  func red(_ text: String) -> String { wrap("31", text) }
  func yellow(_ text: String) -> String { wrap("33", text) }
  func green(_ text: String) -> String { wrap("32", text) }
  func bold(_ text: String) -> String { wrap("1", text) }
  func faint(_ text: String) -> String { wrap("2", text) }

  private func wrap(_ code: String, _ text: String) -> String { isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
}

/// Columns of text, as wide as their widest cell.
struct TextColumns {
  private var widths: [Int] = []
  private let rightAligned: Set<Int>

  /// - Parameter right: columns that are aligned at their right.
  init(right: Set<Int> = []) { rightAligned = right }

  mutating func measure(_ cells: [String]) {
    for (c, cell) in cells.enumerated() {
      if c == widths.count { widths.append(0) }
      widths[c] = max(widths[c], cell.count)
    }
  }

  /// Two spaces between columns, none at the end. The cells were measured.
  func line(_ cells: [String], indent: Int = 0) -> String {
    var line = String(repeating: " ", count: indent)
    for (c, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[c] - cell.count))
      line += c > 0 ? "  " : ""
      line += rightAligned.contains(c) ? padding + cell : cell + padding
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// Rows of text in columns.
struct TextTable {
  private var rows: [[String]] = []
  private var columns: TextColumns

  /// - Parameter right: columns that are aligned at their right.
  init(right: Set<Int> = []) { columns = TextColumns(right: right) }

  mutating func row(_ cells: String...) { row(cells) }

  mutating func row(_ cells: [String]) {
    columns.measure(cells)
    rows.append(cells)
  }

  var isEmpty: Bool { rows.isEmpty }

  /// Each row on a line.
  func text(indent: Int = 0) -> String { rows.map { columns.line($0, indent: indent) + "\n" }.joined() }
}
