/// The YAML between the two `---` lines at the top of a README.md, as far as it is simple.
///
/// Read are keys at the margin with a text on the same line (plain, in quotes), a list of texts (`[a, b]`, or one `- a` a
/// line), or nothing. Nested values, block texts, anchors and texts over several lines are told apart, not read.
struct ModelCard: Sendable {
  enum Value: Sendable, Equatable {
    case none
    case text(String)
    case list([String])
    /// What is not read, and why.
    case other(String)
  }

  private(set) var values: [(key: String, value: Value)] = []
  /// Why nothing could be read.
  private(set) var problem: String?

  subscript(key: String) -> Value? { values.last { $0.key == key }?.value }

  init(_ text: String) {
    var lines = text.replacing("\t", with: "  ").split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == "---" else { return }
    guard let end = lines.firstIndex(of: "---") else {
      problem = "its front matter does not end"
      return
    }
    lines = lines[..<end]
    while let line = lines.popFirst() {
      if Self.isBlank(line) { continue }
      // Lines that belong to this one: deeper ones, and list items at the margin.
      var block: [Substring] = []
      while let next = lines.first, Self.isBlank(next) || next.hasPrefix(" ") || next == "-" || next.hasPrefix("- ") {
        block.append(next)
        lines = lines.dropFirst()
      }
      guard let match = line.wholeMatch(of: /([A-Za-z0-9_-]+):(?: +(.*))?/) else {
        problem = "'\(line)' is no key with its value"
        values = []
        return
      }
      values.append((String(match.1), Self.value(String(match.2 ?? ""), block.filter { !Self.isBlank($0) })))
    }
  }

  private static func isBlank(_ line: Substring) -> Bool {
    line.allSatisfy { $0 == " " } || line.drop { $0 == " " }.hasPrefix("#")
  }

  private static func value(_ text: String, _ block: [Substring]) -> Value {
    let text = trimmed(text[...])
    if text.isEmpty || text.hasPrefix("#") { return block.isEmpty ? .none : list(block) }
    if !block.isEmpty { return .other("a value over several lines") }
    if text.hasPrefix("[") { return flowList(text) }
    return scalar(text)
  }

  private static func list(_ block: [Substring]) -> Value {
    let indent = block[0].prefix { $0 == " " }.count
    var items: [String] = []
    for line in block {
      let rest = line.dropFirst(indent)
      guard line.prefix(indent).allSatisfy({ $0 == " " }), rest.hasPrefix("- ") else { return .other("a nested value") }
      let item = trimmed(rest.dropFirst(2))
      // Norwegian, which YAML takes for a truth value.
      switch item == "no" ? .text("no") : scalar(item) {
      case .text(let text): items.append(text)
      case .other(let what): return .other(what)
      default: return .other("an empty item")
      }
    }
    return .list(items)
  }

  private static func flowList(_ text: String) -> Value {
    guard text.hasSuffix("]") else { return .other("a list over several lines") }
    let inner = text.dropFirst().dropLast()
    if inner.contains(where: { "[]{}\"'#".contains($0) }) { return .other("a list of more than plain texts") }
    var items: [String] = []
    for item in inner.split(separator: ",", omittingEmptySubsequences: false) {
      let item = trimmed(item)
      // A comma at the end is allowed.
      if item.isEmpty { continue }
      guard case .text(let text) = scalar(item) else { return .other("a list of more than texts") }
      items.append(text)
    }
    return .list(items)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private static func scalar(_ text: String) -> Value {
    if let match = text.wholeMatch(of: /'((?:[^']|'')*)'(?: +#.*)?/) {
      return .text(String(match.1.replacing("''", with: "'")))
    }
    if let match = text.wholeMatch(of: /"([^"\\]*)"(?: +#.*)?/) { return .text(String(match.1)) }
    guard let first = text.first, !"\"'[]{}>|&*!%@`,?".contains(first), !text.hasPrefix("- ") else {
      return .other("a value of more than plain text")
    }
    let plain = text.firstRange(of: " #").map { trimmed(text[..<$0.lowerBound]) } ?? String(text)
    if plain.contains(": ") || plain.hasSuffix(":") { return .other("a nested value") }
    if ["~", "null", "Null", "NULL"].contains(plain) { return .none }
    return isText(plain) ? .text(plain) : .other("'\(plain)', which is no text in YAML")
  }

  /// Whether YAML 1.1 takes a plain scalar for text, and for no truth value, number or date.
  private static func isText(_ plain: String) -> Bool {
    let truth = ["yes", "no", "true", "false", "on", "off"]
    let isTruth = truth.contains {
      [$0, $0.uppercased(), $0.prefix(1).uppercased() + $0.dropFirst()].contains(plain)
    }
    return !isTruth && plain != "=" && plain != "<<"
      && plain.wholeMatch(of: /[-+]?[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*([eE][-+][0-9]+)?)?/) == nil
      && plain.wholeMatch(of: /[-+]?0(x[0-9a-fA-F_]+|b[01_]+)/) == nil
      && plain.wholeMatch(of: /[-+]?\.([0-9_]+([eE][-+][0-9]+)?|inf|Inf|INF|nan|NaN|NAN)/) == nil
      && plain.wholeMatch(of: /[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?/) == nil
  }
}
