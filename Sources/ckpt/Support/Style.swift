internal import CheckpointKit

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

extension Style {
  /// Lines for a terminal: what is in them from files moves nothing there. Line feeds and colours of ``Style`` stay.
  static func safe(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == UInt8(ascii: "\n") }) { return text }
    var result = ""
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.first {
      if scalar == "\u{1b}", rest.dropFirst().first == "[" {
        let digits = rest.dropFirst(2).prefix { ("0"..."9").contains($0) }
        if digits.count <= 2, rest.dropFirst(2 + digits.count).first == "m" {
          result += String(rest.prefix(3 + digits.count))
          rest = rest.dropFirst(3 + digits.count)
          continue
        }
      }
      if scalar == "\n" { result += "\n" } else { result += printable(String(scalar)) }
      rest = rest.dropFirst()
    }
    return result
  }
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
