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

/// Rows of text in columns.
struct TextTable {
  private var rows: [[String]] = []
  private let rightAligned: Set<Int>

  /// - Parameter right: columns that are aligned at their right.
  init(right: Set<Int> = []) { rightAligned = right }

  mutating func row(_ cells: String...) { rows.append(cells) }

  mutating func row(_ cells: [String]) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  /// Each row on a line, two spaces between columns.
  func text(indent: Int = 0) -> String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { c in rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0 }
    var text = ""
    for row in rows {
      var line = String(repeating: " ", count: indent)
      for (c, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[c] - cell.count)
        line += c > 0 ? "  " : ""
        line += rightAligned.contains(c) ? padding + cell : cell + padding
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
