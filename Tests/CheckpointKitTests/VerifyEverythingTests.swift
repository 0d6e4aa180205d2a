import Testing

@testable import CheckpointKit

/// That `verify` and `checksum` see everything in a folder, and count what no evidence covers.
@Suite struct VerifyEverythingTests {
  /// What an attacker would call a file, so that it is loaded and not seen.
  private static let hidden = [
    "x.ckpt-partial/modeling_evil.py", "sub/y.ckpt-partial/evil.safetensors", ".cache/evil.safetensors",
    ".cache/huggingface/evil.so", ".cache/huggingface/download/evil.py", ".cache/huggingface/trees/sub/evil.json",
    ".huggingface/evil.bin", ".git/evil.PY", ".git/objects/evil.safetensors", ".locks/evil.pt",
    ".ckpt-discarded/evil.py",
    ".msc/evil.json", "._____temp/evil.py", ".hidden.py", "ev\u{10fee9}l.py", "evil.partial", ".cache/notes.txt",
  ]

  private static let own = [
    ".git/HEAD", ".git/objects/ab/cdef", ".cache/huggingface/.gitignore", ".cache/huggingface/CACHEDIR.TAG",
    ".cache/huggingface/download/a/model.py.metadata", ".cache/huggingface/download/x.lock",
    ".cache/huggingface/trees/\(String(repeating: "1", count: 40)).json", ".msc", ".mdl", ".locks/x.lock",
  ]

  @Test("what no list names is counted and fails --require digest, wherever it hides", arguments: hidden)
  func hiddenFile(name: String) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("m.json", try checksum(model.path).manifest.text)
    try folder.write("model/\(name)", "import os")
    let alone = try verify(model.path)
    #expect(alone.state(name) == .unverified || alone.state(name) == .bad)
    #expect(alone.evidence(name) == .structure)
    let listed = try verify(model.path) { $0.manifest = folder.file("m.json") }
    #expect(listed.extra == [name])
    let strict = try verify(model.path) {
      $0.manifest = folder.file("m.json")
      $0.requiresDigest = true
    }
    #expect(strict.findings.contains { $0.severity == .error && $0.file == name })
    // A manifest made now has it.
    #expect(try checksum(model.path) { $0.filesOnly = true }.manifest.files.contains { $0.name == name })
  }

  @Test("what tools write for themselves is no file of the checkpoint")
  func toolsOwn() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    for name in Self.own { try folder.write("model/\(name)", "x") }
    #expect(Set(try verify(model.path).files.map(\.name)) == Set(model.files.map(\.name)))
    #expect(try checksum(model.path).manifest.files.map(\.name) == model.files.map(\.name))
  }

  @Test("a link to a folder is one entry that is not followed: counted, named, not verified")
  func folderLink() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("elsewhere/evil.py", "import os")
    try folder.write("m.json", try checksum(model.path).manifest.text)
    folder.link("model/code", to: "../elsewhere")
    let alone = try verify(model.path)
    #expect(alone.state("code") == .unverified && alone.codes().isEmpty)
    #expect(alone.findings.contains { $0.file == "code" && $0.problem.contains("../elsewhere") })
    let listed = try verify(model.path) { $0.manifest = folder.file("m.json") }
    #expect(listed.extra == ["code"])
    #expect(
      try verify(model.path) { $0.requiresDigest = true }.findings.contains {
        $0.file == "code" && $0.severity == .error
      })
    // In the place of a file that is listed.
    try FileAccess.system.remove(joinPath(model.path, "notes.txt"))
    folder.link("model/notes.txt", to: "../elsewhere")
    let replaced = try verify(model.path) { $0.manifest = folder.file("m.json") }
    #expect(replaced.state("notes.txt") == .bad && replaced.codes() == ["verify.mismatch"])
    #expect(try checksum(model.path).findings.contains { $0.file == "code" && $0.code == .verifyNotChecked })
  }

  @Test("a file at the top is counted though a partial download has its name")
  func leftoverOfTheSameName() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("model/._____temp/evil.py", "x")
    try folder.write("model/evil.py", "import os")
    #expect(try verify(model.path).state("evil.py") == .unverified)
  }

  @Test("the manifest that is being made and its notes are left out, other manifests and notes are not")
  func notesOfThisManifest() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    for name in ["a.json.ckpt-partial/1.json", "b.json.ckpt-partial/1.json", "a.json", "ckpt-manifest.json"] {
      try folder.write("model/\(name)", "{}")
    }
    let output = joinPath(model.path, "a.json")
    let made = try checksum(model.path) { $0.excluded = [output, output + ChecksumRecord.folderSuffix] }
    #expect(
      Set(made.manifest.files.map(\.name)).subtracting(model.files.map(\.name)) == [
        "b.json.ckpt-partial/1.json", "ckpt-manifest.json",
      ])
  }
}
