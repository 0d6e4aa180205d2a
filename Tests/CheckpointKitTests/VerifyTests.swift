import Testing

@testable import CheckpointKit

@Suite struct ManifestTests {
  @Test("a manifest is the same whatever the threads, and survives being written and read")
  func roundTrip() throws {
    let model = try TwoShards(try TestFolder())
    let manifest = try checksum(model.path).manifest
    #expect(try checksum(model.path) { $0.threads = 7 }.manifest.text == manifest.text)
    #expect(manifest.files.map(\.name) == model.files.map(\.name) && manifest.tensorCount == 4)
    for (file, made) in zip(model.files, manifest.files) {
      #expect(made.digest == SHA256Digest(of: file.bytes) && made.byteCount == file.bytes.count)
      for tensor in made.tensors { #expect(tensor.digest == SHA256Digest(of: Array(file.bytes[tensor.range]))) }
    }
    let lines = model.files.map { "\(SHA256Digest(of: $0.bytes).hex)  \($0.name)\n" }.joined()
    #expect(manifest.checksumFile == Array(lines.utf8) && manifest.digest == SHA256Digest(of: lines))
    #expect(try Manifest(parsing: Array(manifest.text.utf8), file: "m").text == manifest.text)
  }

  @Test("checksum and verify refuse less memory than they state, and work with what they state")
  func leastMemory() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let least = try checksum(model.path).leastMemory
    #expect(try checksum(model.path) { $0.memory = least }.leastMemory == least)
    #expect(problem { _ = try checksum(model.path) { $0.memory = least - 1 } }?.code == .planMemory)
    #expect(
      problem { _ = try checksum(model.path) { ($0.memory, $0.filesOnly) = (1 << 20, true) } }?.code == .planMemory)
    try folder.write("m.json", try checksum(model.path).manifest.text)
    for manifest in [nil, folder.file("m.json")] {
      let least = try verify(model.path) { $0.manifest = manifest }.leastMemory
      #expect(
        try verify(model.path) { ($0.manifest, $0.memory) = (manifest, least) }.codes().isEmpty)
      #expect(
        problem { _ = try verify(model.path) { ($0.manifest, $0.memory) = (manifest, least - 1) } }?.code
          == .planMemory)
    }
  }

  @Test("a note of a file counts only for the tensors that its header has now")
  func noteOfOtherTensors() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let notes = folder.file("notes")
    _ = try checksum(model.path) { $0.progressFolder = notes }
    #expect(try checksum(model.path) { $0.progressFolder = notes }.filesResumed == 4)
    for name in try FileAccess.system.list(notes) {
      let path = joinPath(notes, name)
      let text = String(decoding: try FileAccess.system.readAll(path, limit: 1 << 20), as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let body = lines[2..<lines.count - 1].joined(separator: "\n").replacing("\"name\":\"c\"", with: "\"name\":\"x\"")
      try FileAccess.system.remove(path)
      try folder.write("notes/\(name)", "\(lines[0])\n\(lines[1])\n\(body)\n\(SHA256Digest(of: body).hex)")
    }
    #expect(try checksum(model.path) { $0.progressFolder = notes }.filesResumed == 3)
  }

  @Test("a manifest that was changed anywhere is refused or says the same, and never traps")
  func mutations() throws {
    let model = try TwoShards(try TestFolder())
    let text = Array(try checksum(model.path).manifest.text.utf8)
    var generator = SeededGenerator(state: 11)
    for _ in 0..<2000 {
      var changed = text
      let place = Int.random(in: 0..<text.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: changed.remove(at: place)
      default: changed.removeSubrange(place...)
      }
      if let read = try? Manifest(parsing: changed, file: "m") {
        #expect(read.files.map(\.digest).count == 4)
      }
    }
    for name in ["../x", "/etc/passwd", "a//b"] {
      let json =
        #"{"schema":"ckpt.manifest/1","digest":"x","files":[{"name":"\#(name)","bytes":1,"sha256":"\#(String(repeating: "a", count: 64))"}],"logical":[]}"#
      #expect(problem { _ = try Manifest(parsing: Array(json.utf8), file: "m") }?.code == .manifestMalformed)
    }
    let later = String(decoding: text, as: UTF8.self).replacing("ckpt.manifest/1", with: "ckpt.manifest/9")
    #expect(
      problem { _ = try Manifest(parsing: Array(later.utf8), file: "m") }?.problem.contains("ckpt.manifest/9") == true)
  }

  @Test("what a stopped run had done is not read again, unless the file was changed")
  func resume() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let notes = folder.file("out.ckpt-partial")
    let whole = try checksum(model.path) { $0.progressFolder = notes }
    #expect(whole.filesResumed == 0 && whole.readBytes == model.files.reduce(0) { $0 + $1.bytes.count })
    let again = try checksum(model.path) { $0.progressFolder = notes }
    #expect(again.filesResumed == 4 && again.readBytes == 0 && again.manifest.text == whole.manifest.text)
    try model.replace("notes.txt", Array("some other".utf8))
    #expect(try checksum(model.path) { $0.progressFolder = notes }.filesResumed == 3)
    // Notes of digests of files alone do not stand for those with tensors.
    let name = try #require(try FileAccess.system.list(notes).first)
    try FileAccess.system.remove(joinPath(notes, name))
    try folder.write("out.ckpt-partial/\(name)", "torn")
    let last = try checksum(model.path) { $0.progressFolder = notes }
    #expect(last.filesResumed == 3 && last.manifest.files.count == 4)
  }

  @Test("stacks get a digest for each slice, small kernels do not")
  func slices() {
    #expect(Manifest.sliceBytes([4, 64, 32], byteCount: 4 * 64 * 32 * 2) == 4096)
    #expect(Manifest.sliceBytes([8192, 1, 4], byteCount: 65536) == nil)
    #expect(Manifest.sliceBytes([128, 128], byteCount: 32768) == nil)
    #expect(Manifest.sliceBytes([1, 128, 128], byteCount: 32768) == nil)
  }

  @Test("zeros, values that are no numbers and constants are found, one finding for a file")
  func content() throws {
    let folder = try TestFolder()
    let header =
      #"{"z":{"dtype":"F32","shape":[64,512],"data_offsets":[0,131072]},"n":{"dtype":"F32","shape":[2,2],"data_offsets":[131072,131088]},"k":{"dtype":"F32","shape":[2,2],"data_offsets":[131088,131104]}}"#
    let one: [UInt8] = [0, 0, 0x80, 0x3f]
    let nan: [UInt8] = [0, 0, 0xc0, 0x7f]
    try folder.write(
      "m/model.safetensors",
      safetensors(
        header, [UInt8](repeating: 0, count: 131072) + one + nan + nan + [0, 0, 0x80, 0xff] + one + one + one + one))
    let findings = try checksum(folder.file("m")).findings.filter { $0.code.rawValue.hasPrefix("content.") }
    #expect(findings.map(\.tensor) == ["z", "k", "n"])
    #expect(findings.map(\.code) == [.contentZeroTensor, .contentConstantTensor, .contentNonFinite])
    #expect(findings[2].problem.contains("2 NaN, 1 infinite"))
  }
}

@Suite struct VerifyTests {
  @Test("a flipped bit is localised to its tensor, its bytes and a line of the repair list")
  func flippedBit() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let manifest = try checksum(model.path).manifest
    try folder.write("m.json", manifest.text)
    let clean = try verify(model.path) { $0.manifest = folder.file("m.json") }
    #expect(clean.codes().isEmpty && clean.files.allSatisfy { $0.state == .ok && $0.evidence == .manifest })
    var bytes = try model.bytes(shard2)
    let tensor = manifest.files[1].tensors[0]
    bytes[tensor.range.lowerBound + 777] ^= 4
    try model.replace(shard2, bytes)
    let found = try verify(model.path) { $0.manifest = folder.file("m.json") }
    let finding = try #require(found.findings.first { $0.severity == .error })
    #expect(finding.code == .verifyMismatch && finding.file == shard2)
    #expect(finding.tensors == ["c"] && finding.ranges == [tensor.range])
    let line =
      "\(shard2)\t\(tensor.range.lowerBound)-\(tensor.range.upperBound - 1)\t\(bytes.count)\t\(manifest.files[1].digest.hex)\tdigest"
    #expect(found.repairs.text.split(separator: "\n").map(String.init).last == line)
  }

  @Test("damage to the header alone is told from damage to tensors")
  func header() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("m.json", try checksum(model.path).manifest.text)
    var bytes = model.files[1].bytes
    let start = bytes.count - 200_009
    #expect(bytes[start - 1] == UInt8(ascii: "}"))
    bytes[start - 1] = UInt8(ascii: "x")
    try model.replace(shard2, bytes)
    let found = try verify(model.path) { $0.manifest = folder.file("m.json") }
    let finding = try #require(found.findings.first { $0.code == .verifyMismatch })
    #expect(finding.tensors.isEmpty && finding.ranges == [0..<start])
    #expect(found.codes() == ["safetensors.header-malformed", "verify.mismatch"])
  }

  @Test("tensors in other shards are accepted, and the one that was changed is named")
  func resharded() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("m.json", try checksum(model.path).manifest.text)
    let whole = TwoShards.shard([("d", 9, 4), ("a", 70_000, 1), ("c", 200_000, 3), ("b", 5, 2)])
    try folder.write("cut/model.safetensors", whole)
    let good = try verify(folder.file("cut")) { $0.manifest = folder.file("m.json") }
    #expect(
      good.codes().isEmpty && good.evidence("model.safetensors") == .manifest && good.state("model.safetensors") == .ok)
    try FileAccess.system.remove(folder.file("cut/model.safetensors"))
    try folder.write("cut/model.safetensors", TwoShards.shard([("d", 9, 4), ("a", 70_000, 9), ("c", 200_000, 3)]))
    let bad = try verify(folder.file("cut")) { $0.manifest = folder.file("m.json") }
    let mismatch = try #require(bad.findings.first { $0.code == .verifyMismatch })
    #expect(mismatch.tensors == ["a"] && mismatch.ranges.count == 1 && mismatch.ranges[0].count == 70_000)
    let missing = try #require(bad.findings.first { $0.code == .verifyMissing && $0.severity == .error })
    #expect(missing.tensors == ["b"])
  }

  @Test("names in a list that lead out of the folder are errors, and are never opened")
  func unsafeNames() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let digest = SHA256Digest(of: "secret").hex
    try folder.write("secret", "secret")
    try folder.write("model/SHA256SUMS", "\(digest)  ../secret\n\(digest)  /etc/passwd\n\(digest)  a/../../secret\n")
    let opened = Opened()
    let access = FileAccess { call, path in
      if call == .open { opened.add(path) }
      return nil
    }
    let found = try Verifier.verify(
      model.path, library: SpecLibrary(folders: [], files: .system),
      options: Verifier.Options(threads: 1, memory: 64 << 20), files: access)
    #expect(found.findings.filter { $0.code == .unsafeName && $0.severity == .error }.count == 3)
    #expect(!opened.paths.contains { $0.contains("secret") || $0.contains("passwd") })
  }

  @Test("a list of weights makes other weights too many; a digest for one file says nothing of others")
  func sums() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let digest = SHA256Digest(of: model.files[0].bytes).hex
    try folder.write("model/\(model.files[0].name).sha256", "\(digest)\n")
    let single = try verify(model.path)
    #expect(single.codes().isEmpty && single.state(model.files[0].name) == .ok && single.state(shard2) == .unverified)
    #expect(single.evidence(shard2) == .structure)
    #expect(
      try verify(model.path) { $0.requiresDigest = true }.codes() == [
        "verify.no-digest", "verify.no-digest", "verify.no-digest",
      ])
    try folder.write("model/SHA256SUMS", "\(digest)  model/\(model.files[0].name)\n")
    #expect(try verify(model.path).codes() == ["verify.extra"])
  }

  @Test("one pass over all slices reads every file once")
  func slices() throws {
    let model = try TwoShards(try TestFolder())
    var read: [String] = []
    for slice in 1...3 {
      let found = try verify(model.path) { $0.sample = (slice, 3) }
      read += found.files.filter { $0.state != .notRead }.map(\.name)
      #expect(found.codes(.note).contains("verify.not-checked"))
    }
    #expect(read.sorted() == model.files.map(\.name))
  }

  @Test("the notes of a Hub client: mixed commits are an error unless the tree says they are the same")
  func mixedCommits() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let (one, two) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
    func etag(_ bytes: [UInt8]) -> String { SHA256Digest(of: bytes).hex }
    for (i, file) in model.files.enumerated() {
      try folder.write(
        "model/.cache/huggingface/download/\(file.name).metadata",
        "\(i == 1 ? two : one)\n\(etag(file.bytes))\n99999999999.5\n")
    }
    let mixed = try verify(model.path)
    #expect(mixed.codes() == ["verify.mixed-commits"] && mixed.commit == one)
    #expect(mixed.files.allSatisfy { $0.state == .ok && $0.evidence == .hubEtag })
    let entries = model.files.map {
      #""\#($0.name)":{"size":1,"blob_id":"x","lfs_sha256":"\#(etag($0.bytes))","lfs_size":\#($0.bytes.count)}"#
    }
    try folder.write(
      "model/.cache/huggingface/trees/\(one).json",
      #"{"format_version":1,"files":{\#(entries.joined(separator: ","))}}"#)
    let same = try verify(model.path)
    #expect(same.codes().isEmpty && same.codes(.note) == ["verify.mixed-commits"])
    // Changed after the download: the digest shows it, the note says when.
    try model.replace(shard2, model.files[0].bytes)
    let swapped = try verify(model.path)
    #expect(swapped.codes().contains("verify.mismatch"))
    #expect(swapped.findings.contains { $0.problem.contains("it is what '\(model.files[0].name)' should be") })
  }

  @Test("a file with a xet hash alone is held against its size, and is not verified")
  func xetOnly() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let commit = String(repeating: "3", count: 40)
    func tree(_ size: Int) -> String {
      let entries = model.files.map {
        #""\#($0.name)":{"size":\#($0.name == shard2 ? size : $0.bytes.count),"blob_id":"\#(String(repeating: "a", count: 40))","xet_hash":"00"}"#
      }
      return #"{"format_version":1,"files":{\#(entries.joined(separator: ","))}}"#
    }
    try folder.write("model/.cache/huggingface/trees/\(commit).json", tree(model.files[1].bytes.count))
    let fine = try verify(model.path)
    #expect(fine.codes().isEmpty && fine.files.allSatisfy { $0.state == .unverified && $0.evidence == .structure })
    try FileAccess.system.remove(folder.file("model/.cache/huggingface/trees/\(commit).json"))
    try folder.write("model/.cache/huggingface/trees/\(commit).json", tree(1_000_000))
    let short = try verify(model.path)
    #expect(short.codes() == ["verify.mismatch"] && short.state(shard2) == .bad)
    #expect(short.findings.first { $0.code == .verifyMismatch }?.ranges == [model.files[1].bytes.count..<1_000_000])
  }

  @Test("a ModelScope folder: its pickles are not read, partial downloads are found, structure is the evidence")
  func modelScope() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    for name in [".msc", ".mdl", ".mv"] { try folder.write("model/\(name)", "\u{80}\u{4}never read") }
    try folder.write("model/._____temp/\(shard2)", "half")
    let opened = Opened()
    let access = FileAccess { call, path in
      if call == .open { opened.add(path) }
      return nil
    }
    let found = try Verifier.verify(
      model.path, library: SpecLibrary(folders: [], files: .system),
      options: Verifier.Options(threads: 1, memory: 64 << 20), files: access)
    #expect(found.layout == "modelscope" && found.codes().isEmpty && found.codes(.warning) == ["verify.leftover"])
    #expect(found.files.allSatisfy { $0.evidence == .structure })
    #expect(!opened.paths.contains { $0.contains("/.m") })
  }

  @Test("without a digest, a zeroed run and what is no number are still found, as warnings")
  func structureOnly() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    var bytes = model.files[1].bytes
    for i in 8192..<8192 + 65536 { bytes[i] = 0 }
    try model.replace(shard2, bytes)
    let found = try verify(model.path)
    #expect(found.codes().isEmpty && found.codes(.warning) == ["content.zero-run"])
    let run = try #require(found.findings.first { $0.code == .contentZeroRun })
    #expect(run.ranges == [8192..<8192 + 65536] && run.tensors == ["c"])
  }

  @Test(
    "the list of a commit in an unknown form is not used, and is said not to be; a damaged one is an error",
    arguments: [
      ("{", true), ("[]", true), (#"{"files":{}}"#, true), (#"{"format_version":2,"files":{}}"#, false),
      (#"{"format_version":1,"files":{"a":{"size":1},"a":{"size":2}}}"#, true),
    ])
  func unknownTree(text: String, isDamaged: Bool) throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("model/.cache/huggingface/trees/\(String(repeating: "4", count: 40)).json", text)
    let found = try verify(model.path)
    #expect(found.codes(isDamaged ? .error : .warning) == ["verify.evidence"])
    #expect(found.codes(isDamaged ? .warning : .error).isEmpty && found.files.allSatisfy { $0.state == .unverified })
  }

  @Test("whatever stands in a listing, in notes or in an index of git, nothing traps")
  func hostileEvidence() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let commit = String(repeating: "5", count: 40)
    let name = model.files[1].name
    let tree =
      #"{"format_version":1,"files":{"\#(name)":{"size":-5,"blob_id":"\#(commit)"},"x.safetensors":{"size":9223372036854775807,"lfs_sha256":"zz"},"y.bin":{"size":9223372036854775807},"..":{},"\#(model.files[0].name)":7}}"#
    let path = "model/.cache/huggingface/trees/\(commit).json"
    try folder.write(path, tree)
    let found = try verify(model.path)
    #expect(found.codes().contains("io.unsafe-name") && found.codes().contains("verify.missing"))
    var generator = SeededGenerator(state: 23)
    let pieces: [(path: String, bytes: [UInt8])] = [
      (path, Array(tree.utf8)),
      ("model/.git/index", Array("DIRC".utf8) + [0, 0, 0, 2, 0, 0, 0, 9] + [UInt8](repeating: 65, count: 200)),
      ("model/.cache/huggingface/download/\(name).metadata", Array("\(commit)\n\(commit)\n1e999\n".utf8)),
      ("model/SHA256SUMS", Array("\(commit)\(commit.prefix(24))  \(name)\n".utf8)),
    ]
    for _ in 0..<60 {
      for piece in pieces {
        var bytes = piece.bytes
        for _ in 0..<3 {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        try FileAccess.system.remove(folder.file(piece.path))
        try folder.write(piece.path, bytes)
      }
      #expect(try verify(model.path).files.count == 4)
    }
  }

  @Test("a repair list can be read by scripts whatever the names are")
  func repairNames() {
    var list = RepairList()
    list.entries = [
      .init(file: "a b\t\u{e9}\n.safetensors", ranges: [0..<10, 20..<21], byteCount: 30, digest: nil, isProven: false),
      .init(file: "whole", ranges: [], byteCount: nil, digest: nil, isProven: true),
    ]
    #expect(
      list.text.split(separator: "\n").dropFirst() == [
        "a%20b%09%C3%A9%0A.safetensors\t0-9\t30\t-\tguess", "a%20b%09%C3%A9%0A.safetensors\t20-20\t30\t-\tguess",
        "whole\t0-\t-\t-\tdigest",
      ])
    #expect(list.byteCount == 11)
  }
}

/// Paths that were opened.
private final class Opened: @unchecked Sendable {
  private(set) var paths: [String] = []

  func add(_ path: String) { paths.append(path) }
}
