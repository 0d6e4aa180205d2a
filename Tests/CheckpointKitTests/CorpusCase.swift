import Testing

@testable import CheckpointKit

/// A file of a corpus under `Tests/Vectors`, and what a reader must say of it (`cases.json` beside the files).
struct CorpusCase: Sendable, CustomTestStringConvertible {
  var name: String
  /// The verdict of the reference library.
  var reference: String
  /// The verdict of this reader.
  var verdict: String
  /// What the reader's message must name.
  var names: String?
  /// How to make the file, where it is not stored.
  var pieces: [JSONValue]?

  var testDescription: String { name }

  static func all(in folder: String) -> [CorpusCase] {
    guard
      let bytes = try? FileAccess.system.readAll(joinPath(folder, "cases.json"), limit: 1 << 24),
      let list = try? JSONValue(parsing: bytes, file: "cases.json")["cases"]?.array
    else { return [] }
    return list.map {
      CorpusCase(
        name: $0["name"]?.string ?? "", reference: $0["reference"]?.string ?? "", verdict: $0["ckpt"]?.string ?? "",
        names: $0["names"]?.string, pieces: $0["pieces"]?.array)
    }
  }
}
