/// The files of a folder beside its weights: what a conversion carries along, and what it leaves.
///
/// Carried are regular files at the top of the folder that are no weights, no index, no stale quantization config, no
/// list of digests (which would vouch for other files than the result's) and no dot file. Links are followed inside the checkpoint (``FileAccess/followsLinks``) and carried as files.
public struct SideFiles: Sendable {
  /// Sorted by name; config.json is not among them.
  public private(set) var carried: [String] = []
  /// Names that stay behind, with the reason.
  public private(set) var left: [(name: String, reason: String)] = []
  /// Why files that would be carried are not: links that lead out of the checkpoint.
  public private(set) var outside: [CheckpointError] = []

  static let weightEndings = [".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".npz", ".h5"]
  private static let staleConfigs = [
    "hf_quant_config.json", "quantize_config.json", "quant_config.json", "quantization_config.json",
  ]

  public init() {}

  init(in folder: String, _ files: FileAccess) throws(CheckpointError) {
    for name in try files.list(folder) where name != "config.json" {
      let path = joinPath(folder, name)
      guard let status = try files.unconfined.status(path) else {
        left.append((name, "a link to nothing"))
        continue
      }
      if let reason = Self.reasonToLeave(name, status) {
        left.append((name, reason))
      } else if let refusal = files.refusal(of: path) {
        outside.append(refusal)
      } else {
        carried.append(name)
      }
    }
  }

  private static func reasonToLeave(_ name: String, _ status: FileStatus) -> String? {
    if name == OwnNames.provenance { return "the record of an earlier conversion" }
    if name.hasPrefix(".") { return "a dot file" }
    switch status.kind {
    case .directory: return "a folder"
    case .other: return "no regular file"
    case .regular: break
    }
    if weightEndings.contains(where: { name.hasSuffix($0) }) { return "weights" }
    if name.hasSuffix(".index.json") { return "an index" }
    if staleConfigs.contains(name) { return "a quantization config that would be stale" }
    if name == OwnNames.manifest || SideFiles.isListOfDigests(name) { return "digests of the source's files" }
    return nil
  }
}

extension SideFiles {
  /// Whether a file of this name is taken for one of digests.
  static func isListOfDigests(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return [
      "sha256sums", "sha256sums.txt", "sha256sum.txt", "sha256sum", "checksums.txt", "checksums.sha256", "checksum.txt",
    ]
    .contains(lowered) || lowered.hasSuffix(".sha256") || lowered.hasSuffix(".sha256sum")
  }
}
