/// Names that this program gives to what is its own, by which every verb knows it again.
package enum OwnNames {
  /// The folder in which the unfinished things of a folder's result live.
  package static let workFolder = ".ckpt"

  /// That for a result that is a file, or the set it is split into.
  package static func workFolder(forFile file: String) -> String { ".\(file).ckpt" }

  /// What a result was made from.
  public static let provenance = "ckpt-provenance.json"

  /// Digests of a checkpoint, where no other name is given.
  public static let manifest = "ckpt-manifest.json"
}

/// A folder in which a result is being written, or was.
package func unfinishedError(_ path: String) -> CheckpointError {
  CheckpointError(
    .unfinishedSource, file: path, "is unfinished: it holds \(OwnNames.workFolder)",
    hint: "run the command that was writing it again: it continues")
}
