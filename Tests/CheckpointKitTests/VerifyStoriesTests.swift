import Testing

@testable import CheckpointKit

/// What happened to others: each story of a broken download, and what is said of it here.
@Suite struct VerifyStoriesTests {
  private let commit = String(repeating: "1f", count: 20)
  private let other = String(repeating: "2e", count: 20)

  /// A Hub cache whose snapshot is the model, all files by the SHA-256 of what was published.
  private func cache(_ folder: TestFolder, tree: Bool = true, _ change: (String, inout [UInt8]) -> Void) throws
    -> String
  {
    let model = try TwoShards(folder, "published")
    var entries: [String] = []
    for file in model.files {
      let digest = SHA256Digest(of: file.bytes).hex
      var bytes = file.bytes
      change(file.name, &bytes)
      try folder.write("models--o--n/blobs/\(digest)", bytes)
      try folder.makeFolder("models--o--n/snapshots/\(commit)")
      folder.link("models--o--n/snapshots/\(commit)/\(file.name)", to: "../../blobs/\(digest)")
      entries.append(
        #""\#(file.name)":{"size":1,"blob_id":"x","lfs_sha256":"\#(digest)","lfs_size":\#(file.bytes.count)}"#)
    }
    try folder.write("models--o--n/refs/main", commit)
    if tree {
      try folder.write(
        "models--o--n/trees/\(commit).json",
        #"{"format_version":1,"files":{\#(entries.joined(separator: ","))}}"#)
    }
    return folder.file("models--o--n")
  }

  private func mismatch(_ outcome: Verifier.Outcome) throws -> Finding {
    try #require(outcome.findings.first { $0.code == .verifyMismatch && $0.file == shard2 })
  }

  /// huggingface_hub #3643: a download that succeeds, of the right size, with content that is not that of the file.
  @Test(
    "wrong bytes of the right size are found, and what was looked for to localise them is said",
    arguments: [true, false])
  func randomContent(tree: Bool) throws {
    let folder = try TestFolder()
    let path = try cache(folder, tree: tree) { name, bytes in
      if name == shard2 { for i in 5000..<90_000 { bytes[i] = UInt8(truncatingIfNeeded: i &* i &+ 7) | 1 } }
    }
    let found = try verify(path)
    let finding = try mismatch(found)
    #expect(found.codes() == ["verify.mismatch"] && found.evidence(shard2) == (tree ? .hubTree : .blobName))
    #expect(finding.ranges.isEmpty && finding.tensors.isEmpty)
    #expect(finding.problem.contains("zero runs") && finding.problem.contains("none found"))
    // The whole file is to be fetched.
    #expect(found.repairs.entries.map(\.isProven) == [true])
  }

  /// aprender PR #2337: a blob that has not the digest in its name, 27 of its tensors all zero.
  @Test("a tensor that is all zeros in a blob that is not its name is named")
  func zeroTensor() throws {
    let folder = try TestFolder()
    let path = try cache(folder) { name, bytes in
      if name == shard2 { for i in bytes.count - 9 - 200_000..<bytes.count - 9 { bytes[i] = 0 } }
    }
    let found = try verify(path)
    let finding = try mismatch(found)
    #expect(finding.tensors == ["c"] && finding.tensor == "c" && !finding.ranges.isEmpty)
    #expect(found.repairs.entries.map(\.isProven) == [false])
  }

  /// The same where zeros are too few for a run: what is no number shows it.
  @Test("without a manifest, the tensor that has become no number is named as what looks damaged")
  func nonFinite() throws {
    let folder = try TestFolder()
    let header =
      #"{"w":{"dtype":"BF16","shape":[64,64],"data_offsets":[0,8192]},"v":{"dtype":"BF16","shape":[4],"data_offsets":[8192,8200]}}"#
    var bytes = safetensors(header, [UInt8](repeating: 0x3f, count: 8200))
    let good = SHA256Digest(of: bytes)
    try folder.write("m/SHA256SUMS", "\(good.hex)  model.safetensors\n")
    let place = bytes.count - 8200 + 100
    (bytes[place], bytes[place + 1]) = (0xc0, 0x7f)
    try folder.write("m/model.safetensors", bytes)
    let found = try verify(folder.file("m"))
    let finding = try #require(found.findings.first { $0.code == .verifyMismatch })
    #expect(finding.tensors == ["w"] && finding.ranges == [bytes.count - 8200..<bytes.count - 8])
    #expect(found.codes(.warning) == ["content.non-finite"] && finding.problem.contains("what looks damaged"))
  }

  /// VeritasPP #2, ModelScope: the first three of four shards begin with zero bytes.
  @Test("shards that begin with zeros are called unwritten, not 'header too small'")
  func zeroStart() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try folder.write("model/.msc", "never read")
    var bytes = model.files[0].bytes
    for i in 0..<4096 { bytes[i] = 0 }
    try model.replace(model.files[0].name, bytes)
    let found = try verify(model.path)
    let finding = try #require(found.findings.first { $0.code == .foreignFile })
    #expect(found.layout == "modelscope" && finding.file == model.files[0].name)
    #expect(finding.problem.contains("all zeros") && finding.hint?.contains("never written") == true)
  }

  /// vmlx-swift PR #217 and huggingface_hub #1531: shards that are short; no digest is needed to see it.
  @Test("a short shard is an error by its own header, with the tensors that do not fit")
  func short() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    try model.replace(shard2, Array(model.files[1].bytes.dropLast(1000)))
    let found = try verify(model.path)
    #expect(found.codes().contains("safetensors.wrong-length") && found.state(shard2) == .bad)
  }

  /// huggingface_hub #1445: what was served is not what is listed, in size and digest.
  @Test("a file of another size than the list of its commit says is found by its size, in bytes missing or too many")
  func otherSize() throws {
    let folder = try TestFolder()
    let path = try cache(folder) { name, bytes in if name == "notes.txt" { bytes += Array("!!".utf8) } }
    let found = try verify(path)
    let finding = try #require(found.findings.first { $0.code == .verifyMismatch })
    #expect(finding.file == "notes.txt" && finding.problem.contains("2 bytes too many"))
  }

  /// OmniParser #34 and many others: the pointer of git-lfs in the place of weights; the same for git-xet, and for a file
  /// that is no weight file.
  @Test("a pointer is named as one, with what it stands for, in weights and other files")
  func pointers() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let oid = String(repeating: "ab", count: 32)
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n"
    try model.replace(shard2, Array(lfs.utf8))
    try folder.write("model/tokenizer.model", lfs)
    try folder.write("model/extra.bin", "# xet version 0\nfilesize = 99\nhash = 'cafe'\n")
    try folder.write("model/.git/lfs/objects/ab/ab/\(oid)", "the content")
    let found = try verify(model.path)
    let pointers = found.findings.filter { $0.code == .foreignFile }
    #expect(Set(pointers.map(\.file)) == [shard2, "tokenizer.model", "extra.bin"])
    #expect(pointers.filter { $0.problem.contains("git-lfs pointer (oid sha256:\(oid), size 12345)") }.count == 2)
    #expect(pointers.first { $0.file == "extra.bin" }?.problem.contains("git-xet pointer") == true)
    #expect(pointers.first { $0.file == "tokenizer.model" }?.hint?.contains("git lfs checkout") == true)
    for name in [shard2, "tokenizer.model", "extra.bin"] { #expect(found.state(name) == .bad) }
  }

  /// A clone with `--bare`: nothing in it is a file of the model.
  @Test("a bare git repository is no checkpoint, and is called what it is")
  func bare() throws {
    let folder = try TestFolder()
    try folder.write("r.git/HEAD", "ref: refs/heads/main\n")
    try folder.write("r.git/objects/pack/pack-1.pack", "PACK")
    for error in [
      problem { _ = try verify(folder.file("r.git")) }, problem { _ = try checksum(folder.file("r.git")) },
    ] { #expect(error?.code == .unknownSource && error?.problem.contains("bare git repository") == true) }
  }

  /// CoSER #3: an index of 30 shards where 15 are there.
  @Test("an index of another revision is found by the shards it names")
  func staleIndex() throws {
    let folder = try TestFolder()
    let model = try TwoShards(folder)
    let text = String(decoding: model.files[2].bytes, as: UTF8.self).replacing("00002-of-00002", with: "00030-of-00030")
    try model.replace(model.files[2].name, Array(text.utf8))
    let found = try verify(model.path)
    #expect(found.missing == ["model-00030-of-00030.safetensors"] && found.extra == [shard2])
    #expect(Set(found.codes()).isSuperset(of: ["index.missing-shard", "verify.extra"]))
  }

  /// huggingface_hub #3406: after a forced push, a cache holds a commit that is no longer the branch's.
  @Test("the commit that was verified is stated, and a list of another commit is no evidence for it")
  func staleCommit() throws {
    let folder = try TestFolder()
    let path = try cache(folder, tree: false) { _, _ in }
    try folder.write("models--o--n/trees/\(other).json", #"{"format_version":1,"files":{}}"#)
    try folder.makeFolder("models--o--n/snapshots/\(other)")
    let found = try verify(path)
    #expect(found.commit == commit && found.codes().isEmpty)
    #expect(found.files.allSatisfy { $0.evidence == .blobName })
    let note = try #require(found.findings.first { $0.code == .verifyNotChecked })
    #expect(note.problem.contains("not proven") && note.problem.contains("1 other commit"))
    // With a list there is nothing to warn of.
    let clean = try TestFolder()
    let listed = try verify(try cache(clean) { _, _ in })
    #expect(listed.findings.isEmpty && listed.files.allSatisfy { $0.evidence == .hubTree && $0.state == .ok })
  }

  /// OLMo #915: branches of different steps that serve the same weights.
  @Test("checkpoints with the same weights have the same digests of tensors, whatever their other files are")
  func sameWeights() throws {
    let folder = try TestFolder()
    let (one, two) = (try TwoShards(folder, "step1"), try TwoShards(folder, "step2"))
    try two.replace("notes.txt", Array("step 2".utf8))
    let (a, b) = (try checksum(one.path).manifest, try checksum(two.path).manifest)
    #expect(a.digest != b.digest)
    #expect(a.files.flatMap { $0.tensors.map(\.digest) } == b.files.flatMap { $0.tensors.map(\.digest) })
    #expect(zip(a.files, b.files).filter { $0.digest != $1.digest }.map(\.0.name) == ["notes.txt"])
  }

  /// eullm PR #472: a conversion that was killed left most of a GGUF file, which the next step took for whole.
  @Test("a GGUF file whose end is missing is an error without any digest")
  func halfGGUF() throws {
    let folder = try TestFolder()
    try folder.write("m.gguf", Array(GGUFFileTests.gguf(tensors: [("a", [64, 64]), ("b", [64, 64])]).dropLast(9000)))
    let found = try verify(folder.file("m.gguf"))
    #expect(found.codes() == ["gguf.past-end"] && found.state("m.gguf") == .bad)
  }

  /// modelexpress PR #598: files of several commits in one download; here the cache's links, which no list contradicts.
  @Test("a shard of another commit in a cache without a list is found where its tensors are not those of the index")
  func mixedCache() throws {
    let folder = try TestFolder()
    let path = try cache(folder, tree: false) { _, _ in }
    let strange = TwoShards.shard([("c", 200_000, 3), ("e", 9, 4)])
    try folder.write("models--o--n/blobs/\(SHA256Digest(of: strange).hex)", strange)
    try FileAccess.system.remove(folder.file("models--o--n/snapshots/\(commit)/\(shard2)"))
    folder.link("models--o--n/snapshots/\(commit)/\(shard2)", to: "../../blobs/\(SHA256Digest(of: strange).hex)")
    let found = try verify(path)
    #expect(found.codes() == ["index.missing-tensor"] && found.codes(.warning) == ["index.unlisted-tensor"])
  }

  @Test("a shard that neither list nor index names is an error; Mistral's second form of the weights is not")
  func extraShard() throws {
    let folder = try TestFolder()
    let path = try cache(folder, tree: false) { _, _ in }
    let extra = TwoShards.shard([("x", 9, 4)])
    for name in ["model-00003-of-00002.safetensors", "consolidated.safetensors"] {
      try folder.write("models--o--n/snapshots/\(commit)/\(name)", extra)
    }
    let found = try verify(path)
    #expect(found.extra == ["model-00003-of-00002.safetensors"] && found.codes() == ["verify.extra"])
  }

  @Test("a partial download in a cache is said to be of the file whose digest is in its name")
  func partial() throws {
    let folder = try TestFolder()
    let path = try cache(folder) { _, _ in }
    let digest = SHA256Digest(of: try TwoShards(try TestFolder()).files[1].bytes).hex
    try folder.write("models--o--n/blobs/\(digest).0a1b2c3d.incomplete", "half")
    let found = try verify(path)
    #expect(found.codes().isEmpty && found.codes(.warning) == ["verify.leftover"])
    #expect(found.findings.first { $0.code == .verifyLeftover }?.problem.contains("of '\(shard2)'") == true)
  }
}
