/// The files of a folder beside its weights: what a conversion carries along, and what it leaves.
///
/// Carried are regular files at the top of the folder (links are followed) that are no weights, no index, no stale
/// quantization config and no dot file.
public struct SideFiles: Sendable {
  /// Sorted by name; config.json is not among them.
  public private(set) var carried: [String] = []
  /// Names that stay behind, with the reason.
  public private(set) var left: [(name: String, reason: String)] = []

  private static let weightEndings = [".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".npz", ".h5"]
  private static let staleConfigs = [
    "hf_quant_config.json", "quantize_config.json", "quant_config.json", "quantization_config.json",
  ]

  public init() {}

  init(in folder: String, _ files: FileAccess) throws(CheckpointError) {
    for name in try files.list(folder) where name != "config.json" {
      guard let status = try files.status(joinPath(folder, name)) else {
        left.append((name, "a link to nothing"))
        continue
      }
      if let reason = Self.reasonToLeave(name, status) { left.append((name, reason)) } else { carried.append(name) }
    }
  }

  private static func reasonToLeave(_ name: String, _ status: FileStatus) -> String? {
    if name == Provenance.fileName { return "the record of an earlier conversion" }
    if name.hasPrefix(".") { return "a dot file" }
    switch status.kind {
    case .directory: return "a folder"
    case .other: return "no regular file"
    case .regular: break
    }
    if weightEndings.contains(where: { name.hasSuffix($0) }) { return "weights" }
    if name.hasSuffix(".index.json") { return "an index" }
    if staleConfigs.contains(name) { return "a quantization config that would be stale" }
    return nil
  }
}
