extension JSONValue {
  /// The value as text.
  ///
  /// - Parameter indent: spaces per level, or nil for one line without spaces.
  public func text(indent: Int? = nil) -> String {
    var out = ""
    write(to: &out, indent: indent, level: 0)
    return out
  }

  private func write(to out: inout String, indent: Int?, level: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let text): out += text
    case .string(let text): appendJSONString(text, to: &out)
    case .array(let values):
      writeList(values, "[", "]", to: &out, indent: indent, level: level) { value, out in
        value.write(to: &out, indent: indent, level: level + 1)
      }
    case .object(let object):
      writeList(object.members, "{", "}", to: &out, indent: indent, level: level) { member, out in
        appendJSONString(member.key, to: &out)
        out += indent == nil ? ":" : ": "
        member.value.write(to: &out, indent: indent, level: level + 1)
      }
    }
  }
}

private func writeList<T>(
  _ items: [T], _ open: String, _ close: String, to out: inout String, indent: Int?, level: Int,
  _ write: (T, inout String) -> Void
) {
  out += open
  func newLine(_ level: Int) {
    if let indent { out += "\n" + String(repeating: " ", count: indent * level) }
  }
  for (i, item) in items.enumerated() {
    if i > 0 { out += "," }
    newLine(level + 1)
    write(item, &out)
  }
  if !items.isEmpty { newLine(level) }
  out += close
}

/// Appends a string with its quotes. Escaped is what JSON demands and what would move a terminal or break a line:
/// control characters (C0, DEL, C1), U+2028 and U+2029; no more, so that equal text gives equal bytes.
func appendJSONString(_ text: String, to out: inout String) {
  out += "\""
  func isPlain(_ byte: UInt8) -> Bool {
    // C2 begins the C1 controls, E2 the line separators.
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0x7f && byte != 0xc2
      && byte != 0xe2
  }
  if text.utf8.withContiguousStorageIfAvailable({ $0.allSatisfy(isPlain) }) ?? text.utf8.allSatisfy(isPlain) {
    out += text
  } else {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _
      where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
  out += "\""
}
