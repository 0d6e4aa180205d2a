import Testing

@testable import CheckpointKit

/// What each kind of evidence is worth.
@Suite struct VerifyEvidenceTests {
  @Test("two unlike digests for a name are an error, and the file is right by neither", arguments: [0, 1, 2])
  func contradiction(place: Int) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    var lines = model.files.map { "\(SHA256Digest(of: $0.bytes).hex)  \($0.name)\n" }
    let other = "\(SHA256Digest(of: "other").hex)  ./\(shard2)\n"
    switch place {
    case 0: lines.insert(other, at: 0)
    case 1: lines.append(other)
    default: try folder.write("model/\(shard2).sha256", other)
    }
    try folder.write("model/SHA256SUMS", lines.joined())
    let found = try verify(model.path)
    #expect(found.codes() == ["verify.evidence"] && found.state(shard2) == .bad)
    #expect(found.findings.first { $0.severity == .error }?.file == shard2)
    #expect(found.files.count { $0.state == .ok } == 3)
    // Stronger evidence decides of the file; that the list is wrong is said all the same.
    let manifest = folder.file("m.json")
    try folder.write("m.json", try checksum(model.path).manifest.text)
    let stronger = try verify(model.path) { $0.manifest = manifest }
    #expect(stronger.codes() == ["verify.evidence"] && stronger.state(shard2) == .ok)
  }

  @Test("the same digest twice is none")
  func twiceTheSame() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let lines = model.files.map { "\(SHA256Digest(of: $0.bytes).hex)  \($0.name)\n" }.joined()
    try folder.write("model/SHA256SUMS", lines + lines)
    #expect(try verify(model.path) { $0.requiresDigest = true }.codes().isEmpty)
  }

  @Test("a manifest that came with the files is weaker than what a Hub client left, and than none that is given")
  func manifestInside() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let text = try checksum(model.path).manifest.text
    try folder.write("model/ckpt-manifest.json", text)
    let inside = try verify(model.path) { $0.requiresDigest = true }
    #expect(inside.codes().isEmpty && inside.files.allSatisfy { $0.evidence.rawValue == "manifest-inside" })
    let given = try verify(model.path) { $0.manifest = joinPath(model.path, "ckpt-manifest.json") }
    #expect(given.files.allSatisfy { $0.evidence == .manifest && $0.state == .ok } && given.files.count == 4)
    // Whoever changed a file has made a manifest of the changed one; the Hub's tree knows better.
    let commit = String(repeating: "3", count: 40)
    let entries = model.files.map {
      #""\#($0.name)":{"size":1,"blob_id":"x","lfs_sha256":"\#(SHA256Digest(of: $0.bytes).hex)","lfs_size":\#($0.bytes.count)}"#
    }
    try folder.write(
      "model/.cache/huggingface/trees/\(commit).json",
      #"{"format_version":1,"files":{\#(entries.joined(separator: ","))}}"#)
    #expect(try verify(model.path).files.filter { $0.state == .ok }.allSatisfy { $0.evidence == .hubTree })
    var bytes = model.files[1].bytes
    bytes[bytes.count - 100] ^= 1
    try model.replace(shard2, bytes)
    try model.replace(
      "ckpt-manifest.json",
      Array(
        try checksum(model.path) {
          $0.excluded = [joinPath(model.path, "ckpt-manifest.json")]
        }.manifest.text.utf8))
    let found = try verify(model.path)
    #expect(found.state(shard2) == .bad && found.evidence(shard2) == .hubTree)
    #expect(found.findings.contains { $0.code == .verifyMismatch && $0.file == shard2 })
    // The tree does not list the manifest, and so it is too many.
    #expect(found.extra == [] || found.extra == ["ckpt-manifest.json"])
  }

  @Test("a manifest inside that has the tree's digest of a file localises damage in it")
  func insideLocalises() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let manifest = try checksum(model.path).manifest
    try folder.write("model/ckpt-manifest.json", manifest.text)
    let entries = model.files.map {
      #""\#($0.name)":{"size":1,"blob_id":"x","lfs_sha256":"\#(SHA256Digest(of: $0.bytes).hex)","lfs_size":\#($0.bytes.count)}"#
    }
    try folder.write(
      "model/.cache/huggingface/trees/\(String(repeating: "3", count: 40)).json",
      #"{"format_version":1,"files":{\#(entries.joined(separator: ","))}}"#)
    var bytes = model.files[1].bytes
    bytes[bytes.count - 100] ^= 1
    try model.replace(shard2, bytes)
    let finding = try #require(try verify(model.path).findings.first { $0.code == .verifyMismatch })
    #expect(finding.tensors == ["c"] && finding.ranges == [manifest.files[1].tensors[0].range])
  }

  @Test("a manifest inside that cannot be read is an error and no evidence", arguments: ["{", "twice"])
  func brokenInside(text: String) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    var text = text
    if text == "twice" {
      let line = #"{"name":"notes.txt","bytes":1,"sha256":"\#(String(repeating: "a", count: 64))"}"#
      text = #"{"schema":"ckpt.manifest/1","digest":"x","files":[\#(line),\#(line)],"logical":[]}"#
    }
    try folder.write("model/ckpt-manifest.json", text)
    let found = try verify(model.path)
    #expect(found.codes() == ["manifest.malformed"] && found.files.allSatisfy { $0.evidence == .structure })
    #expect(found.state("ckpt-manifest.json") == .unverified)
  }

  @Test("the name of a blob and the etag in a note are told apart")
  func blobNames() throws {
    let folder = try TestFolder()
    let (blob, commit) = (SHA256Digest(of: "hello").hex, String(repeating: "1f", count: 20))
    try folder.write("models--o--n/blobs/\(blob)", "hello")
    try folder.write("models--o--n/refs/main", commit)
    try folder.makeFolder("models--o--n/snapshots/\(commit)")
    folder.link("models--o--n/snapshots/\(commit)/a.txt", to: "../../blobs/\(blob)")
    #expect(try verify(folder.file("models--o--n")).evidence("a.txt")?.rawValue == "blob-name")
    try folder.write("l/a.txt", "hello")
    try folder.write("l/.cache/huggingface/download/a.txt.metadata", "\(commit)\n\(blob)\n1\n")
    #expect(try verify(folder.file("l")).evidence("a.txt")?.rawValue == "hub-etag")
  }

  // MARK: Provenance

  /// The provenance of a result with these files, put together here.
  private func provenance(
    _ outputs: [(name: String, bytes: [UInt8], tensors: [(name: String, range: Range<Int>)])],
    side: [(name: String, bytes: [UInt8])]?, roots: Bool = true, headers: Bool = true
  ) -> String {
    let lines = outputs.map { output in
      let text = output.tensors.sorted { $0.name < $1.name }.map {
        "\(SHA256Digest(of: Array(output.bytes[$0.range])).hex)  \($0.name)\n"
      }.joined()
      let root = roots ? "\"\(SHA256Digest(of: text).hex)\"" : "null"
      let start = output.tensors.map(\.range.lowerBound).min() ?? 0
      let header = headers ? #""header_sha256":"\#(SHA256Digest(of: Array(output.bytes[..<start])).hex)","# : ""
      return #"{"name":"\#(output.name)","bytes":\#(output.bytes.count),\#(header)"digest_root":\#(root)}"#
    }
    let sides = side.map { files in
      files.map { #"{"name":"\#($0.name)","bytes":\#($0.bytes.count),"sha256":"\#(SHA256Digest(of: $0.bytes).hex)"}"# }
        .joined(separator: ",")
    }
    return
      #"{"schema":"ckpt.provenance/1","version":"0","outputs":[\#(lines.joined(separator: ","))]\#(sides.map { #","side_files":[\#($0)]"# } ?? "")}"#
  }

  private func result(
    _ folder: TestFolder, side: Bool = true, roots: Bool = true, headers: Bool = true
  ) throws -> TwoShards {
    let model = try TwoShards(folder)
    let tensors = try checksum(model.path).manifest.files
    let outputs = (0..<2).map { i in
      (model.files[i].name, model.files[i].bytes, tensors[i].tensors.map { ($0.name.string, $0.range) })
    }
    try folder.write(
      "model/ckpt-provenance.json",
      provenance(outputs, side: side ? Array(model.files[2...]) : nil, roots: roots, headers: headers))
    return model
  }

  @Test("a result is verified by its provenance, and its provenance is not counted")
  func provenance() throws {
    let folder = try TestFolder()
    let model = try result(folder)
    let found = try verify(model.path) { $0.requiresDigest = true }
    #expect(found.codes().isEmpty && found.missing.isEmpty && found.extra.isEmpty)
    #expect(
      found.files.count == 4 && found.files.allSatisfy { $0.evidence.rawValue == "provenance" && $0.state == .ok })
    #expect(found.findings.isEmpty)
    try folder.write("model/evil.py", "import os")
    #expect(try verify(model.path).extra == ["evil.py"])
  }

  @Test("a header that was changed is found, whatever its tensors are", arguments: [true, false])
  func provenanceHeader(roots: Bool) throws {
    let model = try result(try TestFolder(), roots: roots)
    var bytes = model.files[1].bytes
    let place = try #require(bytes.firstIndex(of: UInt8(ascii: "U")))
    bytes[place] = UInt8(ascii: "I")
    try model.replace(shard2, bytes)
    let found = try verify(model.path)
    #expect(found.codes() == ["verify.mismatch"] && found.state(shard2) == .bad)
    let finding = try #require(found.findings.first { $0.code == .verifyMismatch })
    #expect(finding.ranges == [0..<bytes.count - 200_009] && finding.hint?.contains("ckpt metadata") == true)
    #expect(found.repairs.entries.map(\.ranges) == [finding.ranges])
  }

  @Test("where a provenance of an earlier version has no digest of headers, that is said, and is none that is required")
  func provenanceWithoutHeaders() throws {
    let model = try result(try TestFolder(), headers: false)
    let found = try verify(model.path)
    #expect(found.codes().isEmpty && found.state(shard2) == .ok)
    #expect(found.findings.filter { $0.code == .verifyNotChecked && $0.problem.contains("header") }.count == 1)
    let required = try verify(model.path) { $0.requiresDigest = true }
    #expect(required.codes() == ["verify.no-digest", "verify.no-digest"] && required.state(shard2) == .unverified)
    #expect(required.state("notes.txt") == .ok)
  }

  @Test(
    "an index of git that is not the whole is no evidence, and nothing is wrong by it", arguments: ["link", "sdir"])
  func partialIndex(name: String) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let index = Array("DIRC".utf8) + [0, 0, 0, 2, 0, 0, 0, 0] + Array(name.utf8) + [0, 0, 0, 0]
    try folder.write("model/.git/index", index + [UInt8](repeating: 0, count: 20))
    let found = try verify(model.path)
    #expect(found.codes().isEmpty && found.extra.isEmpty && found.codes(.note).contains("verify.evidence"))
  }

  @Test("a note of the Hub client that is no note, however long, is a finding")
  func longNote() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let note = [UInt8](repeating: UInt8(ascii: "a"), count: 2 << 20)
    try folder.write("model/.cache/huggingface/download/notes.txt.metadata", note)
    let found = try verify(model.path)
    #expect(found.codes(.warning) == ["verify.evidence"] && found.files.count == 4)
  }

  @Test("a flipped byte of a tensor or of a side file, and a file that is gone, are found by the provenance")
  func provenanceDamage() throws {
    let folder = try TestFolder()
    let model = try result(folder)
    var bytes = model.files[1].bytes
    bytes[bytes.count - 100] ^= 1
    try model.replace(shard2, bytes)
    try model.replace("notes.txt", Array("some motes".utf8))
    let found = try verify(model.path)
    #expect(found.codes() == ["verify.mismatch", "verify.mismatch"])
    #expect(
      found.state(shard2) == .bad && found.state("notes.txt") == .bad && found.files.count { $0.state == .ok } == 2)
    let finding = try #require(found.findings.first { $0.code == .verifyMismatch && $0.file == shard2 })
    #expect(finding.problem.contains("a manifest would say"))
    try FileAccess.system.remove(joinPath(model.path, shard2))
    #expect(try verify(model.path).missing == [shard2])
  }

  @Test("a provenance without digests is no evidence, one without side files says nothing of them")
  func partialProvenance() throws {
    let none = try result(try TestFolder(), side: false, roots: false)
    #expect(try verify(none.path).files.allSatisfy { $0.evidence == .structure && $0.state == .unverified })
    let folder = try TestFolder()
    let weights = try result(folder, side: false)
    let found = try verify(weights.path)
    #expect(found.state(shard2) == .ok && found.state("notes.txt") == .unverified && found.extra.isEmpty)
    try folder.write("model/other.safetensors", TwoShards.shard([("x", 9, 4)]))
    #expect(try verify(weights.path).extra == ["other.safetensors"])
  }

  @Test("a provenance is stronger than SHA256SUMS beside it, which covers the provenance itself")
  func provenanceAndSums() throws {
    let folder = try TestFolder()
    let model = try result(folder)
    let text = try model.bytes("ckpt-provenance.json")
    try folder.write("model/SHA256SUMS", "\(SHA256Digest(of: text).hex)  ckpt-provenance.json\n")
    let found = try verify(model.path)
    #expect(found.evidence(shard2)?.rawValue == "provenance" && found.evidence("ckpt-provenance.json") == .sha256sums)
    #expect(found.files.allSatisfy { $0.state == .ok } && found.files.count == 5)
  }

  @Test(
    "a provenance that is damaged is an error, one of another version is said not to be used, and none traps",
    arguments: [
      ("{", true), ("[]", false), (#"{"schema":"ckpt.provenance/9","outputs":[]}"#, false),
      (#"{"schema":"ckpt.provenance/1"}"#, true),
      (#"{"schema":"ckpt.provenance/1","outputs":[{"name":"a","bytes":1,"digest_root":"zz"}]}"#, true),
      (#"{"schema":"ckpt.provenance/1","outputs":[{"name":"a","bytes":1,"header_sha256":7}]}"#, true),
      (#"{"schema":"ckpt.provenance/1","outputs":[],"side_files":[{"name":"notes.txt","bytes":-1}]}"#, true),
    ])
  func brokenProvenance(text: String, isDamaged: Bool) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("model/ckpt-provenance.json", text)
    let found = try verify(model.path)
    #expect(found.codes(isDamaged ? .error : .warning) == ["verify.evidence"])
    #expect(found.codes(isDamaged ? .warning : .error).isEmpty)
    #expect(found.state("ckpt-provenance.json") == .unverified)
  }

  @Test("names in a provenance that lead out of the folder are errors")
  func unsafeProvenance() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("secret", "s")
    let text = provenance([], side: [("../secret", Array("s".utf8))])
    try folder.write("model/ckpt-provenance.json", text)
    let found = try verify(model.path)
    #expect(found.codes().contains("io.unsafe-name") && !found.files.contains { $0.name.contains("secret") })
  }

  @Test("the provenance of a GGUF result is beside it, under the result's names: split sets and vision towers too")
  func ggufProvenance() throws {
    let folder = try TestFolder()
    let bytes = GGUFFileTests.gguf(tensors: [("a", [64, 64]), ("b", [64, 64])])
    for name in ["OUT.gguf", "mmproj-OUT.gguf"] { try folder.write("g/\(name)", bytes) }
    let tensors = try #require(try checksum(folder.file("g/OUT.gguf")).manifest.files.first).tensors.map {
      ($0.name.string, $0.range)
    }
    let text = provenance([("model.gguf", bytes, tensors), ("mmproj-model.gguf", bytes, tensors)], side: [])
    try folder.write("g/OUT.ckpt-provenance.json", text)
    for path in ["g/OUT.gguf", "g/mmproj-OUT.gguf", "g"] {
      let found = try verify(folder.file(path)) { $0.requiresDigest = true }
      #expect(found.codes().isEmpty && found.missing.isEmpty, "\(path)")
      #expect(found.files.allSatisfy { $0.evidence.rawValue == "provenance" && $0.state == .ok }, "\(path)")
    }
    // Others may lie beside it.
    try folder.write("g/other.gguf", bytes)
    #expect(try verify(folder.file("g")).extra.isEmpty)
    var changed = bytes
    changed[changed.count - 5] ^= 1
    try FileAccess.system.remove(folder.file("g/OUT.gguf"))
    try folder.write("g/OUT.gguf", changed)
    #expect(try verify(folder.file("g/OUT.gguf")).codes() == ["verify.mismatch"])
    try FileAccess.system.remove(folder.file("g/mmproj-OUT.gguf"))
    #expect(try verify(folder.file("g")).missing == ["mmproj-OUT.gguf"])
  }
}
