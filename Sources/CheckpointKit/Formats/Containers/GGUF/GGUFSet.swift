/// The files of one GGUF model: a single one, or a split set, found from any of its names.
///
/// The files of a set are called `<stem>-00001-of-00003.gguf`, counted from 1; `split.no` counts from 0. All keys of the
/// model are in the first file.
enum GGUFSet {
  /// What stands in front of the name of a text model's file in that of its vision tower's.
  static let projectorPrefix = "mmproj-"

  /// Whether a name is that of a vision tower's file, as people call them: `mmproj` somewhere in it.
  static func isProjector(_ name: String) -> Bool { name.lowercased().contains("mmproj") }

  /// The names of the set that a name belongs to: itself, where it is of none.
  static func names(with name: String) -> [String] {
    guard let (stem, _, count) = numbering(name) else { return [name] }
    return (0..<count).map { stem + ShardNames.numbered($0, of: count) + Container.gguf.fileEnding }
  }

  /// The name of the set: that of its only file, or of the files without their numbers.
  static func title(_ name: String) -> String {
    numbering(name).map { $0.stem + Container.gguf.fileEnding } ?? name
  }

  /// Stem, number (from 0) and count in a name of exactly that form; nil for others, and for numbers that no set has.
  private static func numbering(_ name: String) -> (stem: String, number: Int, count: Int)? {
    guard let (stem, number, count) = ShardNames.numbering(name), count >= 2, count <= GGUFWriter.mostFiles,
      (1...count).contains(number), stem.hasSuffix("-")
    else { return nil }
    let plain = String(stem.dropLast())
    // The digits must be those that a writer gives, or the other names could not be told.
    let expected = plain + ShardNames.numbered(number - 1, of: count) + Container.gguf.fileEnding
    return sameBytes(expected, name) ? (plain, number - 1, count) : nil
  }
}
