/// A text with a digest and a name on each line, as checksum programs write it.
///
/// | dialect | line |
/// |---|---|
/// | GNU, text or binary | `hash  name`, `hash *name` |
/// | GNU, a name with a backslash or a line break | `\hash  na\\me\n` |
/// | BSD, `openssl dgst` | `SHA256 (name) = hash`, `SHA2-256(name)= hash` |
/// | `*.sha256` with a digest alone | `hash`: of the file that the name without `.sha256` names |
///
/// Empty lines and those that begin with `#` or `;` are passed over, as is a `\r` at a line's end.
struct ChecksumFile: Sendable {
  struct Entry: Sendable, Equatable {
    /// As a path below the folder: a leading `./` is taken away.
    var name: String
    var digest: SHA256Digest
  }

  var entries: [Entry] = []
  /// Numbers of lines that are of no dialect.
  var unreadable: [Int] = []

  /// - Parameter bareName: whose digest one alone on a line is.
  init(parsing bytes: [UInt8], bareName: String? = nil) {
    var bytes = bytes[...]
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
    for (i, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      var text = Substring(String(decoding: line, as: UTF8.self))
      if text.utf8.last == UInt8(ascii: "\r") {
        text = Substring(String(decoding: text.utf8.dropLast(), as: UTF8.self))
      }
      if text.allSatisfy({ $0 == " " || $0 == "\t" }) || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if let entry = Self.entry(text, bareName: bareName) {
        entries.append(entry)
      } else if !Self.isOtherDigest(text) {
        unreadable.append(i + 1)
      }
    }
  }

  private static func entry(_ line: Substring, bareName: String?) -> Entry? {
    var line = line
    let isEscaped = line.utf8.first == UInt8(ascii: "\\")
    if isEscaped { line = line.dropFirst() }
    if let hex = hexDigest(line.prefix(64), digits: 64) {
      let rest = line.dropFirst(64)
      if rest.allSatisfy({ $0 == " " || $0 == "\t" }) {
        return bareName.map { Entry(name: $0, digest: SHA256Digest(hex: hex)) }
      }
      // One space and one of ' ', '*'; some writers leave one space or a tab.
      guard let first = rest.first, first == " " || first == "\t" else { return nil }
      var name = rest.dropFirst()
      if name.first == "*" || name.first == " " { name = name.dropFirst() }
      return entry(named: isEscaped ? unescaped(name) : String(name), hex)
    }
    for tag in ["SHA256 (", "SHA256(", "SHA2-256(", "sha256 ("] where line.hasPrefix(tag) {
      guard let close = String(line).lastRange(of: ")") else { return nil }
      let text = String(line)
      let name = text[..<close.lowerBound].dropFirst(tag.count)
      let value = text[close.upperBound...].drop { $0 == " " }
      guard value.first == "=", let hex = hexDigest(value.dropFirst().drop { $0 == " " }, digits: 64) else {
        return nil
      }
      return entry(named: isEscaped ? unescaped(name) : String(name), hex)
    }
    return nil
  }

  private static func entry(named name: String, _ hex: String) -> Entry? {
    var name = Substring(name)
    while name.hasPrefix("./") { name = name.dropFirst(2) }
    return name.isEmpty ? nil : Entry(name: String(name), digest: SHA256Digest(hex: hex))
  }

  /// `\\`, `\n` and `\r` in a name.
  private static func unescaped(_ name: Substring) -> String {
    var result = ""
    var isEscape = false
    for scalar in name.unicodeScalars {
      if isEscape {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A line of another kind of digest (MD5, SHA-1, SHA-512), which says nothing here.
  private static func isOtherDigest(_ line: Substring) -> Bool {
    let word = line.prefix { $0 != " " && $0 != "\t" && $0 != "(" }
    if ["MD5", "SHA1", "SHA512", "SHA384", "BLAKE2b", "BLAKE3"].contains(String(word)) { return true }
    return [32, 40, 96, 128].contains(word.utf8.count) && hexDigest(word, digits: word.utf8.count) != nil
  }

  /// Whether a file of this name is taken for one of digests.
  static func isUsualName(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return [
      "sha256sums", "sha256sums.txt", "sha256sum.txt", "sha256sum", "checksums.txt", "checksums.sha256", "checksum.txt",
    ]
    .contains(lowered) || lowered.hasSuffix(".sha256") || lowered.hasSuffix(".sha256sum")
  }

  /// The line that `sha256sum` prints.
  static func line(name: String, digest: SHA256Digest) -> String {
    guard name.utf8.contains(where: { $0 == 0x5c || $0 == 0x0a || $0 == 0x0d }) else {
      return "\(digest.hex)  \(name)\n"
    }
    var escaped = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\\\(digest.hex)  \(escaped)\n"
  }
}
