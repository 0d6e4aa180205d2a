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
