import Testing

@testable import CheckpointKit

/// Matrices put together here, byte by byte; `Tests/Conformance/gguf_container.py` takes those of `llama-imatrix`.
@Suite struct GGUFImportanceTests {
  private func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { littleEndian(UInt64($0.bitPattern)).prefix(4) }
  }

  private func int(_ value: Int) -> [UInt8] { Array(littleEndian(UInt64(bitPattern: Int64(value))).prefix(4)) }

  /// Sums and counts of each entry.
  private func gguf(_ entries: [(name: String, sums: [Float], counts: [Float])], keys: Int = 3) -> [UInt8] {
    var bytes = Array("GGUF".utf8) + int(3) + littleEndian(UInt64(entries.count * 2)) + littleEndian(UInt64(keys))
    func string(_ text: String) -> [UInt8] { littleEndian(UInt64(text.utf8.count)) + Array(text.utf8) }
    let fields = [
      string("imatrix.datasets") + int(9) + int(8) + littleEndian(1) + string("text.txt"),
      string("imatrix.chunk_count") + int(4) + int(12), string("imatrix.chunk_size") + int(4) + int(64),
    ]
    for field in fields.prefix(keys) { bytes += field }
    var data: [UInt8] = []
    func add(_ name: String, _ ne: [Int], _ values: [Float]) {
      bytes += string(name) + int(ne.count)
      for n in ne { bytes += littleEndian(UInt64(n)) }
      bytes += int(0) + littleEndian(UInt64(data.count))
      data += floats(values)
      while data.count % 32 != 0 { data.append(0) }
    }
    for (name, sums, counts) in entries {
      add(name + ".in_sum2", [sums.count / max(1, counts.count), counts.count], sums)
      add(name + ".counts", [1, counts.count], counts)
    }
    while bytes.count % 32 != 0 { bytes.append(0) }
    return bytes + data
  }

  private func legacy(_ entries: [(name: String, calls: Int, values: [Float])], tail: Bool = true) -> [UInt8] {
    var bytes = int(entries.count)
    for (name, calls, values) in entries {
      bytes += int(name.utf8.count) + Array(name.utf8) + int(calls) + int(values.count) + floats(values)
    }
    return tail ? bytes + int(12) + int(8) + Array("text.txt".utf8) : bytes
  }

  private func weights(_ matrix: ImportanceMatrix, _ name: TensorName, _ range: Range<Int>) throws -> [Float] {
    let entry = try #require(matrix[name])
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count)
    defer { buffer.deallocate() }
    try matrix.weights(of: entry, range, into: buffer)
    return Array(buffer)
  }

  private let down = "blk.1.ffn_down_exps.weight"

  @Test("a GGUF matrix gives sum / count, and 1 for an expert without a token")
  func ggufWeights() throws {
    let folder = try TestFolder()
    let path = try folder.write(
      "i.gguf", gguf([(down, [6, 9, 0, 0, 10, 1], [3, 0, 4]), ("output.weight", [8, 2], [2])]))
    let matrix = try ImportanceMatrix(path)
    #expect(
      matrix.format == .gguf && matrix.chunkCount == 12 && matrix.chunkSize == 64 && matrix.datasets == ["text.txt"])
    #expect(try weights(matrix, TensorName(down), 0..<6) == [2, 3, 1, 1, 2.5, 0.25])
    #expect(try weights(matrix, TensorName(down), 3..<5) == [1, 2.5])
    #expect(try weights(matrix, "output.weight", 0..<2) == [4, 1])
    let scan = try matrix.scan()
    #expect(matrix["none"] == nil && scan.findings.isEmpty && scan.bytes == 32)
    #expect(
      matrix.findings.map(\.code) == [.imatrixDeadExperts]
        && matrix.findings[0].problem.contains("1 of 3 experts got no token: 1"))
  }

  @Test("a legacy matrix gives value / calls, with or without its last lines")
  func legacyWeights() throws {
    let folder = try TestFolder()
    let entries = [("blk.0.attn_q.weight", 4, [Float(8), 2, 1]), ("blk.1.attn_q.weight", 0, [Float(3), 5])]
    for tail in [true, false] {
      let path = try folder.write("i\(tail).dat", legacy(entries, tail: tail))
      let matrix = try ImportanceMatrix(path)
      #expect(matrix.format == .legacy && matrix.chunkCount == (tail ? 12 : nil))
      #expect(try weights(matrix, "blk.0.attn_q.weight", 0..<3) == [2, 0.5, 0.25])
      #expect(try weights(matrix, "blk.1.attn_q.weight", 1..<2) == [5])
      #expect(matrix.routing.isEmpty && matrix.coverage.map(\.layers) == [[0, 1]] && matrix.coverage[0].empty == nil)
    }
  }

  @Test("entropy, Gini, load and dead experts are those of the definitions")
  func routing() throws {
    let even = try #require(Routing(layer: 0, tensor: "t", counts: [5, 5, 5, 5]))
    #expect(abs(even.entropy - 1.3862943611) < 1e-9 && abs(even.gini) < 1e-12 && even.loadMax == 1 && even.dead.isEmpty)
    let one = try #require(Routing(layer: 0, tensor: "t", counts: [0, 8, 0, 0]))
    #expect(one.entropy == 0 && abs(one.gini - 0.75) < 1e-12 && one.loadMax == 4 && one.dead == [0, 2, 3])
    // Σ|xᵢ − xⱼ| = 2·(2 + 3 + 1) = 12; / (2·9·(7/3)) = 2/7.
    let some = try #require(Routing(layer: 0, tensor: "t", counts: [1, 4, 2]))
    #expect(abs(some.gini - 2.0 / 7) < 1e-12 && abs(some.loadMax - 12.0 / 7) < 1e-12)
    #expect(
      Routing(layer: 0, tensor: "t", counts: [0, 0]) == nil && Routing(layer: 0, tensor: "t", counts: [3]) == nil)
  }

  @Test("a matrix is held against a GGUF model: sizes, unknown and missing tensors")
  func against() throws {
    let folder = try TestFolder()
    let model = try folder.write(
      "m.gguf",
      GGUFFileTests.gguf(tensors: [(down, [2, 5, 3]), ("output.weight", [2, 4]), ("token_embd.weight", [2, 4])]))
    let good = try folder.write(
      "i.gguf", gguf([(down, [6, 9, 0, 0, 10, 1], [3, 1, 4]), ("output.weight", [8, 2], [2])]))
    let checkpoint = try Checkpoint.open(model)
    #expect(
      try ImportanceMatrix(good).findings(against: checkpoint.records.map { ($0.name, $0.shape) }).map(\.severity) == [
        .note
      ])
    let bad = try folder.write("j.gguf", gguf([(down, [6, 9, 0, 0], [3, 1]), ("other.weight", [8, 2], [2])]))
    #expect(
      try ImportanceMatrix(bad).findings(against: checkpoint.records.map { ($0.name, $0.shape) }).map(\.severity) == [
        .error, .error, .note,
      ])
  }

  @Test("values that are not finite are found with their place")
  func nonFinite() throws {
    let folder = try TestFolder()
    let path = try folder.write("i.gguf", gguf([(down, [6, 9, .nan, 0], [3, 1])]))
    let finding = try #require(try ImportanceMatrix(path).scan().findings.first)
    #expect(finding.code == .imatrixNonFinite && finding.problem.contains("value 2 of 4"))
  }

  @Test("what is no importance matrix is refused")
  func refusals() throws {
    let folder = try TestFolder()
    let good = legacy([("a", 1, [1, 2])])
    let cases: [(String, [UInt8])] = [
      ("empty.dat", []), ("short.dat", [1, 0]), ("text.dat", Array("a text of some length, no more".utf8)),
      ("cut.dat", Array(good.prefix(20))), ("none.dat", int(0) + int(5) + int(0)), ("negative.dat", int(-1) + good),
      ("name.dat", int(1) + int(-5) + Array(repeating: 0, count: 40)),
      ("huge.dat", int(1) + int(1) + [97] + int(1) + int(1 << 30) + good),
      ("twice.dat", legacy([("a", 1, [1, 2]), ("a", 1, [1, 2])])), ("keys.gguf", gguf([(down, [1, 2], [1])], keys: 2)),
      ("nothing.gguf", gguf([])), ("negative.gguf", gguf([(down, [1, 2], [-1])])),
      ("model.gguf", GGUFFileTests.gguf(tensors: [("a", [2])])),
    ]
    for (name, bytes) in cases {
      let path = try folder.write(name, bytes)
      #expect(problem { _ = try ImportanceMatrix(path) }?.code == .imatrixMalformed, "\(name)")
    }
    // Cut anywhere, it is refused or read: never a trap.
    for length in 0..<good.count {
      let path = try folder.write("cut-\(length).dat", Array(good.prefix(length)))
      _ = try? ImportanceMatrix(path).scan()
    }
  }
}
