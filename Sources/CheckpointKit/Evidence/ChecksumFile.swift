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
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.allSatisfy(Self.isBlank) || line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: ";") {
        continue
      }
      if let entry = Self.entry(line, bareName: bareName) {
        entries.append(entry)
      } else if !Self.isOtherDigest(line) {
        unreadable.append(i + 1)
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> SHA256Digest? {
    guard bytes.count == 64 else { return nil }
    return hexDigest(String(decoding: bytes, as: UTF8.self), digits: 64).map { SHA256Digest(hex: $0) }
  }

  private static func entry(_ line: ArraySlice<UInt8>, bareName: String?) -> Entry? {
    let isEscaped = line.first == UInt8(ascii: "\\")
    let line = isEscaped ? line.dropFirst() : line
    if let digest = digest(line.prefix(64)) {
      let rest = line.dropFirst(64)
      if rest.allSatisfy(isBlank) { return bareName.map { Entry(name: $0, digest: digest) } }
      // One space and one of ' ', '*'; some writers leave one space or a tab.
      guard let first = rest.first, isBlank(first) else { return nil }
      var name = rest.dropFirst()
      if name.first == UInt8(ascii: "*") || name.first == UInt8(ascii: " ") { name = name.dropFirst() }
      return entry(named: name, isEscaped, digest)
    }
    for tag in ["SHA256 (", "SHA256(", "SHA2-256(", "sha256 ("] where line.starts(with: tag.utf8) {
      guard let close = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let value = line[(close + 1)...].drop { $0 == UInt8(ascii: " ") }
      guard value.first == UInt8(ascii: "="),
        let digest = digest(value.dropFirst().drop { $0 == UInt8(ascii: " ") })
      else { return nil }
      return entry(named: line[..<close].dropFirst(tag.utf8.count), isEscaped, digest)
    }
    return nil
  }

  private static func entry(named bytes: ArraySlice<UInt8>, _ isEscaped: Bool, _ digest: SHA256Digest) -> Entry? {
    var name = isEscaped ? unescaped(bytes)[...] : bytes
    while name.starts(with: "./".utf8) { name = name.dropFirst(2) }
    return name.isEmpty ? nil : Entry(name: PathBytes.decode(name), digest: digest)
  }

  /// `\\`, `\n` and `\r` in a name.
  private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscape = false
    for byte in name {
      if isEscape {
        result.append(byte == UInt8(ascii: "n") ? 0x0a : byte == UInt8(ascii: "r") ? 0x0d : byte)
        isEscape = false
      } else if byte == UInt8(ascii: "\\") {
        isEscape = true
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// A line of another kind of digest (MD5, SHA-1, SHA-512), which says nothing here.
  private static func isOtherDigest(_ line: ArraySlice<UInt8>) -> Bool {
    let word = line.prefix { !isBlank($0) && $0 != UInt8(ascii: "(") }
    let text = String(decoding: word, as: UTF8.self)
    if ["MD5", "SHA1", "SHA512", "SHA384", "BLAKE2b", "BLAKE3"].contains(text) { return true }
    return [32, 40, 96, 128].contains(word.count) && hexDigest(text, digits: word.count) != nil
  }

  /// The line that `sha256sum` prints.
  static func line(name: String, digest: SHA256Digest) -> [UInt8] {
    let name = PathBytes.encode(name)
    var escaped: [UInt8] = []
    for byte in name {
      switch byte {
      case UInt8(ascii: "\\"): escaped += Array(#"\\"#.utf8)
      case UInt8(ascii: "\n"): escaped += Array(#"\n"#.utf8)
      case UInt8(ascii: "\r"): escaped += Array(#"\r"#.utf8)
      default: escaped.append(byte)
      }
    }
    return Array("\(escaped.count > name.count ? #"\"# : "")\(digest.hex)  ".utf8) + escaped + [UInt8(ascii: "\n")]
  }
}
