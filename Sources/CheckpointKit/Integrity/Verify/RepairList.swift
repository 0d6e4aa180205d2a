/// What to fetch again so that damaged files become the published ones.
///
/// A text of lines, tab between fields: file (percent-encoded as in a URL), `first-last` (both inclusive, as `curl
/// --range` and `Range: bytes=` take them), bytes of the whole file (or `-`), its SHA-256 (or `-`), and `digest` where
/// the range follows from digests, `guess` where it is only the visible part of the damage.
public struct RepairList: Sendable {
  public struct Entry: Sendable {
    public var file: String
    public var ranges: [Range<Int>]
    public var byteCount: Int?
    public var digest: SHA256Digest?
    /// Whether digests say that nothing else is damaged.
    public var isProven: Bool
  }

  public var entries: [Entry] = []

  public init() {}

  /// Of all ranges together, as far as they are known.
  public var byteCount: Int {
    entries.reduce(0) { $0 + $1.ranges.reduce(0) { $0 + $1.count } }
  }

  static let firstLine = "# file\trange\tbytes\tsha256\tbasis"

  public var text: String {
    var text = Self.firstLine + "\n"
    for entry in entries {
      for range in entry.ranges where !range.isEmpty {
        text += Self.encoded(entry.file) + "\t\(range.lowerBound)-\(range.upperBound - 1)"
        text += "\t\(entry.byteCount.map(String.init) ?? "-")\t\(entry.digest?.hex ?? "-")"
        text += entry.isProven ? "\tdigest\n" : "\tguess\n"
      }
      if entry.ranges.isEmpty {
        text += Self.encoded(entry.file) + "\t0-\t\(entry.byteCount.map(String.init) ?? "-")"
        text += "\t\(entry.digest?.hex ?? "-")\tdigest\n"
      }
    }
    return text
  }

  private static func encoded(_ name: String) -> String {
    var text = ""
    for byte in PathBytes.encode(name) {
      let character = Unicode.Scalar(byte)
      if byte < 0x80, character.properties.isAlphabetic || isDigit(byte) || "-._~/".unicodeScalars.contains(character) {
        text.unicodeScalars.append(character)
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }
}

extension SideOutput.Kind {
  public static let repairList = Self("a repair list") { (line: String) in line == RepairList.firstLine }
}
