import Testing

@testable import CheckpointKit

/// Manifests of GGUF files, and what is found by them.
@Suite struct VerifyGGUFTests {
  /// A plain matrix, and a stack of four experts of 4,096 bytes each, as a set of two files or one alone.
  private func write(_ folder: TestFolder, files: Int, _ name: String = "m") throws -> String {
    let tensors = [("token_embd.weight", [64, 32]), ("blk.0.ffn_down_exps.weight", [32, 32, 4])]
    func content(_ tensors: [(name: String, ne: [Int])], _ keys: [[UInt8]], from seed: Int) -> [UInt8] {
      var bytes = GGUFFileTests.gguf(keys, tensors: tensors)
      let count = tensors.reduce(0) { $0 + 4 * $1.ne.reduce(1, *) }
      for i in 0..<count {
        bytes[bytes.count - count + i] = UInt8(truncatingIfNeeded: ((i + seed) &* 2_654_435_761) >> 13) & 0x3f
      }
      return bytes
    }
    if files == 1 {
      return try folder.write("\(name)/model.gguf", content(tensors, [GGUFFileTests.key("x", 4, 1)], from: 0))
    }
    for i in 0..<2 {
      try folder.write(
        "\(name)/model-0000\(i + 1)-of-00002.gguf",
        content([tensors[i]], GGUFFileTests.split(i, of: 2, tensors: 2), from: i * 4 * 64 * 32))
    }
    return folder.file("\(name)/model-00002-of-00002.gguf")
  }

  private func flip(_ path: String, _ place: Int) throws {
    let file = try OpenFile(updating: path, .system)
    let byte = try file.readBytes(place..<place + 1)[0]
    try file.write([byte ^ 1], at: place)
  }

  @Test("a GGUF file gets digests of its tensors and of each expert of a stack")
  func manifest() throws {
    let folder = try TestFolder()
    let path = try write(folder, files: 1)
    let manifest = try checksum(path).manifest
    let bytes = try FileAccess.system.readAll(path, limit: 1 << 20)
    let start = bytes.count - 8192 - 16384
    #expect(manifest.files.count == 1 && manifest.files[0].dataStart == start)
    let tensors = manifest.files[0].tensors
    #expect(tensors.map(\.name.string) == ["token_embd.weight", "blk.0.ffn_down_exps.weight"])
    #expect(tensors.map(\.typeName) == ["F32", "F32"] && tensors[1].shape == [4, 32, 32])
    for tensor in tensors { #expect(tensor.digest == SHA256Digest(of: Array(bytes[tensor.range]))) }
    let experts = (0..<4).map { start + 8192 + $0 * 4096..<start + 8192 + ($0 + 1) * 4096 }
    #expect(tensors[0].slices.isEmpty && tensors[1].slices == experts.map { SHA256Digest(of: Array(bytes[$0])) })
    #expect(try Manifest(parsing: Array(manifest.text.utf8), file: "m").text == manifest.text)
  }

  @Test("types of blocks keep their names in a manifest")
  func blocks() throws {
    let folder = try TestFolder()
    let stored = StoredTensor(name: "q", dtype: .u8, block: .q4K, shape: [2, 256], byteCount: 288)
    let layout = GGUFWriter(fields: GGUFFileTests.key("x", 4, 9), count: 1)
      .layout([stored], at: FilePlace(tensorCount: 1))
    let path = try folder.write(
      "q.gguf", layout.header + [UInt8](repeating: 3, count: layout.byteCount - layout.header.count))
    let manifest = try checksum(path).manifest
    #expect(manifest.text.contains(#""name":"q","dtype":"Q4_K","shape":[2,256]"#))
    let read = try Manifest(parsing: Array(manifest.text.utf8), file: "m")
    #expect(read.files[0].tensors[0].block == .q4K && read.text == manifest.text)
  }

  @Test("a flipped bit in a stack is localised to the slice of one expert, and the rest of the file is good")
  func localised() throws {
    let folder = try TestFolder()
    let path = try write(folder, files: 1)
    let manifest = try checksum(path).manifest
    try folder.write("m.json", manifest.text)
    let clean = try verify(path) { $0.manifest = folder.file("m.json") }
    #expect(clean.codes().isEmpty && clean.evidence("model.gguf") == .manifest && clean.state("model.gguf") == .ok)
    let stack = manifest.files[0].tensors[1].range
    try flip(path, stack.lowerBound + 2 * 4096 + 77)
    let damaged = try verify(path) { $0.manifest = folder.file("m.json") }
    let finding = try #require(damaged.findings.first { $0.code == .verifyMismatch })
    let slice = stack.lowerBound + 2 * 4096..<stack.lowerBound + 3 * 4096
    #expect(finding.tensors == ["blk.0.ffn_down_exps.weight"] && finding.ranges == [slice])
    #expect(finding.problem.contains("slice 2"))
    #expect(damaged.repairs.text.contains("\t\(slice.lowerBound)-\(slice.upperBound - 1)\t"))
    #expect(damaged.repairs.entries.map(\.isProven) == [true])
  }

  @Test("experts of a stack that have the same bytes are found, with their numbers")
  func identicalExperts() throws {
    let folder = try TestFolder()
    let path = try write(folder, files: 1)
    #expect(try checksum(path).findings.isEmpty)
    let stack = try checksum(path).manifest.files[0].tensors[1].range
    let file = try OpenFile(updating: path, .system)
    let expert = try file.readBytes(stack.lowerBound + 4096..<stack.lowerBound + 8192)
    try file.write(expert, at: stack.upperBound - 4096)
    let finding = try #require(try checksum(path).findings.first)
    #expect(finding.code == .contentIdenticalExperts && finding.problem.contains("slices 1,3 of the stack"))
    #expect(
      finding.ranges == [stack.lowerBound + 4096..<stack.lowerBound + 8192, stack.upperBound - 4096..<stack.upperBound])
  }

  @Test("any file of a set stands for the set; a file of it that is not here is missing")
  func set() throws {
    let folder = try TestFolder()
    let path = try write(folder, files: 2)
    let manifest = try checksum(path).manifest
    #expect(manifest.files.map(\.name) == ["model-00001-of-00002.gguf", "model-00002-of-00002.gguf"])
    #expect(try checksum(folder.file("m")).manifest.text == manifest.text)
    try FileAccess.system.remove(folder.file("m/model-00001-of-00002.gguf"))
    #expect(problem { _ = try checksum(path) }?.code == .ggufSplit)
    #expect(try verify(path).codes() == ["gguf.split"])
  }

  @Test("a set that was merged is held against the manifest of the set, tensor by tensor")
  func merged() throws {
    let folder = try TestFolder()
    _ = try write(folder, files: 2)
    try folder.write("m.json", try checksum(folder.file("m")).manifest.text)
    let path = try write(folder, files: 1, "merged")
    let same = try verify(folder.file("merged")) { $0.manifest = folder.file("m.json") }
    #expect(same.codes().isEmpty && same.state("model.gguf") == .ok && same.evidence("model.gguf") == .manifest)
    #expect(same.codes(.note).contains("verify.resharded"))
    let stack = try checksum(path).manifest.files[0].tensors[1].range
    try flip(path, stack.upperBound - 1)
    let changed = try verify(folder.file("merged")) { $0.manifest = folder.file("m.json") }
    let finding = try #require(changed.findings.first { $0.code == .verifyMismatch })
    #expect(finding.tensors == ["blk.0.ffn_down_exps.weight"])
    #expect(finding.ranges == [stack.upperBound - 4096..<stack.upperBound])
  }

  @Test("each of several GGUF models in a folder is listed and localised, though the folder is no one model")
  func several() throws {
    let folder = try TestFolder()
    let path = try write(folder, files: 1)
    try folder.write("m/other.gguf", GGUFFileTests.gguf(tensors: [("a", [8, 3])]))
    let manifest = try checksum(folder.file("m")).manifest
    #expect(manifest.files.map(\.tensors.count) == [2, 1])
    try folder.write("m.json", manifest.text)
    let range = manifest.files[0].tensors[0].range
    try flip(path, range.lowerBound)
    let damaged = try verify(folder.file("m")) { $0.manifest = folder.file("m.json") }
    let finding = try #require(damaged.findings.first { $0.code == .verifyMismatch })
    #expect(finding.tensors == ["token_embd.weight"] && finding.ranges == [range])
    #expect(damaged.state("other.gguf") == .ok)
  }
}
