internal import CheckpointKit

extension SpecLibrary {
  /// Names of all documents of a kind, sorted.
  func names(_ kind: Kind) -> [String] { documents(kind).compactMap { $0.json["name"]?.string } }
}

/// `1 note`, `2 notes`.
func counted(_ count: Int, _ noun: String) -> String { "\(ByteSize.grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
