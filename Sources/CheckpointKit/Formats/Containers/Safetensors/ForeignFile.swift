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
  if let pointer = DownloadPointer(start) { return foreign(pointer.description, pointer.hint) }
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

/// A small text that stands in a clone where a large file should be.
///
/// git-lfs: `version https://git-lfs.github.com/spec/v1`, `oid sha256:…`, `size …`. git-xet: `# xet version 0`,
/// `filesize = …`, `hash = '…'`.
struct DownloadPointer {
  let description: String
  let hint: String
  /// SHA-256 of the file that it stands for, where it says so.
  let digest: SHA256Digest?

  /// Longer files are none.
  static let byteLimit = 1024

  /// - Parameter start: the first bytes of the file.
  init?(_ start: [UInt8]) {
    let lines = String(decoding: start.prefix(Self.byteLimit), as: UTF8.self).split(separator: "\n")
    let isXet = start.starts(with: "# xet version".utf8)
    guard isXet || start.starts(with: "version https://git-lfs".utf8) else { return nil }
    let details = lines.filter { line in
      ["oid ", "size ", "filesize ", "hash "].contains { line.hasPrefix($0) }
    }
    description =
      (isXet ? "a git-xet pointer" : "a git-lfs pointer")
      + (details.isEmpty ? "" : " (" + details.joined(separator: ", ") + ")")
    hint =
      isXet
      ? "install git-xet and check the files out again, or download the file itself"
      : "run 'git lfs pull', or download the file itself"
    let oid = lines.first { $0.hasPrefix("oid sha256:") }
    digest = oid.flatMap { hexDigest($0.dropFirst("oid sha256:".count), digits: 64) }.map { SHA256Digest(hex: $0) }
  }
}
