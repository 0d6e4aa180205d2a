/// What a file really is that should be safetensors, or GGUF, and is not, told from its first bytes.
///
/// These are what broken downloads leave behind; the plain parse error ("header too large") hides the cause.
/// Gives nil where nothing is recognised.
func foreignFileError(
  _ file: OpenFile, size: Int, expected: String = "safetensors"
) throws(CheckpointError) -> CheckpointError? {
  let start = try file.readBytes(0..<min(size, 1024))
  func says(_ prefix: String) -> Bool { start.starts(with: prefix.utf8) }
  func foreign(_ what: String, _ hint: String) -> CheckpointError {
    CheckpointError(.foreignFile, file: file.path, "is \(what), not \(expected)", hint: hint)
  }
  if says("version https://git-lfs") {
    return foreign("a git-lfs pointer\(pointerDetails(start))", "run 'git lfs pull', or download the file itself")
  }
  if says("<!DOCTYPE") || says("<!doctype") || says("<html") || says("<HTML") {
    return foreign("an HTML page", "the download got an error or login page: get the file again")
  }
  if says("PK\u{3}\u{4}") {
    return foreign("a ZIP archive (a PyTorch file?)", "get the safetensors version of this file")
  }
  if says("GGUF") { return foreign("a GGUF file", "name it .gguf") }
  if says("version ") || says("{") { return nil }
  if size >= 8, start.allSatisfy({ $0 == 0 }) {
    return foreign(
      "all zeros where its header should be (\(size) bytes in all)",
      "its content was never written, as after a power cut or a broken download: get the file again")
  }
  return nil
}

/// ` (oid …, size …)` of a git-lfs pointer.
private func pointerDetails(_ bytes: [UInt8]) -> String {
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  let details = lines.filter { $0.hasPrefix("oid ") || $0.hasPrefix("size ") }
  return details.isEmpty ? "" : " (" + details.joined(separator: ", ") + ")"
}
