/// What tools keep beside the files of a checkpoint, at the top of its folder: git, clients of the Hub and of
/// ModelScope, and this program.
///
/// The name of a folder makes nothing its tool's own: only the files that the tool itself writes there are. Whatever
/// else lies there is a file of the folder like any other, so that nobody can hide weights or code behind a dot.
///
/// | at the top | own |
/// |---|---|
/// | `.git` | all but weights and code |
/// | `.cache/huggingface`, `.huggingface` | `*.metadata`, `*.lock`, `*.incomplete`, `trees/*.json`, … |
/// | `.locks` | `*.lock` |
/// | `.ckpt` | all: a folder that has it is unfinished, which is an error of its own |
/// | `.msc`, `.mdl`, `.mv` | the file of that name |
enum ToolFiles {
  /// Of a folder that ModelScope's client fills before it moves a file to its place.
  static let modelScopeTemporary = "._____temp"
  static let modelScope: Set<String> = [".msc", ".mdl", ".mv"]

  private static let topNames: Set<String> = modelScope.union([
    ".git", ".cache", ".huggingface", OwnNames.workFolder, modelScopeTemporary, ".locks",
  ])

  static func isTop(_ name: String) -> Bool { topNames.contains(name) }

  /// Whether a file is a tool's own.
  ///
  /// - Parameter name: relative to the checkpoint's folder.
  static func isOwn(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }
    guard let top = parts.first, let last = parts.last else { return false }
    switch top {
    case ".git": return !isWeightOrCode(last)
    case ".cache": return parts.count > 2 && parts[1] == "huggingface" && isHubClients(parts.dropFirst(2))
    case ".huggingface": return parts.count > 1 && isHubClients(parts.dropFirst())
    case ".locks": return parts.count > 1 && last.hasSuffix(".lock")
    case OwnNames.workFolder: return parts.count > 1
    default: return modelScope.contains(top) && parts.count == 1
    }
  }

  private static func isHubClients(_ parts: ArraySlice<String>) -> Bool {
    guard let first = parts.first, let last = parts.last else { return false }
    if parts.count == 1, [".gitignore", "CACHEDIR.TAG"].contains(last) { return true }
    if parts.count == 2, first == "trees", last.hasSuffix(".json") { return true }
    return parts.count > 1 && [".metadata", ".lock", ".incomplete"].contains { last.hasSuffix($0) }
  }

  private static let codeEndings = [
    ".py", ".pyc", ".pyd", ".pth", ".so", ".dll", ".dylib", ".sh", ".pkl", ".pickle", ".jinja",
  ]

  /// Whether a loader of models may take a file of this name for weights or for code.
  static func isWeightOrCode(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return (SideFiles.weightEndings + codeEndings).contains { lowered.hasSuffix($0) } || lowered.contains(".so.")
  }
}
