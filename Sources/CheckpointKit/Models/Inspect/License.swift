/// The license that a checkpoint's own files state; never a guess.
public enum License {
  /// `license` (or `license_name`) in the front matter of README.md, else the title line of a license file.
  public static func stated(by checkpoint: Checkpoint) throws(CheckpointError) -> String? {
    let (folder, files) = (checkpoint.folder, checkpoint.files)
    if let text = try text(joinPath(folder, "README.md"), files) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { trimmed($0) }
      if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
        func value(_ key: String) -> String? {
          lines[1..<end].first { $0.hasPrefix(key + ":") }.map { trimmed($0.dropFirst(key.count + 1)) }
            .map { $0.trimmingQuotes }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let license = value("license") {
          return license == "other" ? value("license_name") ?? license : license
        }
      }
    }
    for name in ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENSE-MODEL"] {
      guard let text = try text(joinPath(folder, name), files) else { continue }
      if let title = text.split(separator: "\n").map({ trimmed($0) }).first(where: { !$0.isEmpty }) { return title }
    }
    return nil
  }

  private static func text(_ path: String, _ files: FileAccess) throws(CheckpointError) -> String? {
    if let refusal = files.refusal(of: path) { throw refusal }
    guard let file = try? OpenFile(reading: path, files), let size = try? file.size(),
      let bytes = try? file.readBytes(0..<min(size, beginning))
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What is said of a license is said at the beginning.
  private static let beginning = 64 << 10

  private static func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(String(text))
    while let first = text.first, first.isWhitespace || first == "#" { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
    return String(dropFirst().dropLast())
  }
}
