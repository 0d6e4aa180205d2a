import Foundation
import Testing

@testable import CheckpointKit
@testable import Quantize

@Suite struct ValidateDataTests {
  private static let library = try? SpecLibrary()

  private func check(
    _ folder: String, threads: Int = 2, memory: Int = 1 << 30, sample: (Int, Int)? = nil
  ) throws -> DataCheck.Outcome {
    let checkpoint = try Checkpoint.open(folder)
    let binding = try Binding.inspect(checkpoint, library: try #require(Self.library))
    var options = DataCheck.Options(threads: threads, budget: MemoryBudget(total: memory), fixedMemory: 0)
    options.sample = sample.map { (number: $0.0, count: $0.1) }
    return try DataCheck(binding, options: options).run()
  }

  /// Changes bytes of a stored tensor in its file.
  private func change(_ folder: String, _ tensor: String, _ body: (inout [UInt8]) -> Void) throws {
    let checkpoint = try Checkpoint.open(folder)
    let record = try #require(checkpoint.records.first { $0.name.string == tensor })
    let path = checkpoint.shard(of: record).path
    var file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var bytes = Array(file[record.range])
    body(&bytes)
    file.replaceSubrange(record.range, with: bytes)
    try Data(file).write(to: URL(fileURLWithPath: path))
  }

  @Test("a good checkpoint has nothing to say, and every byte of its tensors is read once")
  func good() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.path)
    let outcome = try check(folder.path)
    let checkpoint = try Checkpoint.open(folder.path)
    #expect(outcome.findings.isEmpty && outcome.readBytes == checkpoint.dataBytes)
    #expect(outcome.matricesRead == checkpoint.records.count)
  }

  @Test("the slices of a sample together are all, and what a slice leaves out is said")
  func slices() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.path)
    let whole = try check(folder.path)
    let parts = try (1...3).map { try check(folder.path, sample: ($0, 3)) }
    #expect(parts.reduce(0) { $0 + $1.readBytes } == whole.readBytes)
    #expect(parts.allSatisfy { $0.findings.map(\.code) == [.contentNotRead] && $0.findings[0].severity == .note })
  }

  @Test("a value that is no number is found with its row and column, whatever the threads and the memory")
  func nonFinite() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.path)
    // BF16 NaN at row 5, column 9 of 64 columns.
    try change(folder.path, "model.layers.1.mlp.gate_proj.weight") { bytes in
      bytes[2 * (5 * 64 + 9) + 1] = 0x7f
      bytes[2 * (5 * 64 + 9)] = 0xc0
    }
    for (threads, memory) in [(1, 1 << 30), (4, 1 << 30), (3, 1 << 17)] {
      let findings = try check(folder.path, threads: threads, memory: memory).findings
      #expect(findings.map(\.code) == [.contentNonFinite] && findings[0].severity == .error)
      #expect(findings[0].tensor == "model.layers.1.mlp.gate_proj.weight")
      #expect(findings[0].problem.contains("has 1 values that are no numbers, the first at row 5, column 9"))
    }
  }

  @Test("a matrix that was never written, and one of bare fp8 codes, are told apart")
  func lost() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.path)
    try change(folder.path, "model.layers.0.mlp.up_proj.weight") { $0 = $0.map { _ in 0 } }
    // BF16 of 16 × (1 + fraction / 8): three bits behind the point, as in E4M3.
    try change(folder.path, "model.layers.0.self_attn.q_proj.weight") { bytes in
      for i in 0..<bytes.count / 2 {
        let code = UInt16(0x4180) + UInt16(i % 8) << 4 + UInt16(i % 3) << 7
        bytes[2 * i] = UInt8(code & 0xff)
        bytes[2 * i + 1] = UInt8(code >> 8)
      }
    }
    let findings = try check(folder.path).findings
    #expect(Set(findings.map(\.code)) == [.contentZeroTensor, .contentUnscaled])
    #expect(findings.first { $0.code == .contentUnscaled }?.tensor == "model.layers.0.self_attn.q_proj.weight")
  }

  @Test("memory that does not hold one run of rows is refused with the least that does")
  func memory() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.path)
    #expect { try check(folder.path, memory: 100) } throws: { ($0 as? CheckpointError)?.code == .planMemory }
  }

  @Test("a square grid of scales that is transposed scatters the blocks' magnitudes more")
  func grid() throws {
    // 8 × 8 blocks; each block's values are ±its magnitude, but for one that is larger by a factor of its own.
    let side = 8
    let shape: Shape = [side * 128, side * 128]
    var codes = [UInt8](repeating: 0, count: shape.elementCount)
    var scales = [Float](repeating: 0, count: side * side)
    for i in 0..<side {
      for j in 0..<side {
        // The largest code is 448 (0x7e); the others are 448 / 2^k (exponent lower by k).
        let k = (3 * i + 5 * j) % 4 + 1
        scales[i * side + j] = Float(1 << k) * 0x1p-12
        for row in 0..<128 {
          for column in 0..<128 {
            codes[(i * 128 + row) * shape.columns + j * 128 + column] =
              row == 1 && column == 0 ? 0x7e : 0x7e - UInt8(8 * k)
          }
        }
      }
    }
    func variances(_ scales: [Float]) -> (stored: Double, transposed: Double, pairs: Int)? {
      var statistics = GridStatistics(FP8BlockLayout(), shape)
      codes.withUnsafeBytes { codes in
        scales.withUnsafeBytes { scales in
          statistics?.add(
            0..<shape.rows, StoredRows(shape: shape, rows: 0..<shape.rows, parts: [codes, scales]))
        }
      }
      return statistics?.variances
    }
    let right = try #require(variances(scales))
    let turned = try #require(variances((0..<side * side).map { scales[$0 % side * side + $0 / side] }))
    #expect(right.pairs == 28 && right.stored < 1e-6 && right.transposed > 0.1)
    #expect(turned.stored == right.transposed && turned.transposed == right.stored)
  }
}
