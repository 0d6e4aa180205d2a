import CheckpointKit
import Foundation
import Quantize
import Synchronization
import Testing

/// Fails the n-th call to the file system, and every one after it: as a full disk or a power cut would.
private final class Fault: Sendable {
  private let left: Mutex<Int>

  init(after count: Int) { left = Mutex(count) }

  var access: FileAccess {
    FileAccess { [self] call, _ in
      left.withLock { left in
        left -= 1
        return left < 0 ? .error(28) : nil  // ENOSPC
      }
    }
  }
}

@Suite("Writing folders")
struct ResumeTests {
  func convert(
    _ source: String, _ destination: String, recipe: String = "int4-g32", threads: Int = 1, shard: Int? = nil,
    panels: Int? = nil, files: FileAccess = .system
  ) throws {
    let library = try SpecLibrary()
    let recipe = try #require(try Recipe.find(recipe, in: library, files: .system))
    let binding = try Binding.bind(try Checkpoint.open(source), library: library)
    var options = ConvertOptions()
    options.maxShardBytes = shard
    let job = try ConvertPlanner.plan(binding, recipe: recipe, options: options, library: library)
    let memory = panels.map { $0 * job.plan.panelMemory + (1 << 20) + 1 }
    try run(job, source, destination, threads: threads, memory: memory ?? 1 << 30, files: files)
  }

  private func run(
    _ job: some Job, _ source: String, _ destination: String, threads: Int, memory: Int = 1 << 30, files: FileAccess
  ) throws {
    let options = Runner.Options(
      threads: threads, budget: MemoryBudget(total: memory), fixedMemory: 0, takesDigests: job.takesDigests)
    let runner = try Runner(
      job, place: .init(source: source, destination: destination), options: options, files: files)
    _ = try runner.perform()
  }

  @Test("threads do not change a byte")
  func threads() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("one"), threads: 1, shard: 20_000)
    try convert(folder.file("source"), folder.file("four"), threads: 4, shard: 20_000)
    #expect(try TemporaryFolder.content(of: folder.file("one")) == TemporaryFolder.content(of: folder.file("four")))
  }

  @Test("memory for one panel, for a few and for many gives the same bytes and digests")
  func memory() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("many"), shard: 20_000)
    let many = try TemporaryFolder.content(of: folder.file("many"))
    for panels in [1, 2, 5] {
      try convert(folder.file("source"), folder.file("\(panels)"), threads: 1, shard: 20_000, panels: panels)
      #expect(try TemporaryFolder.content(of: folder.file("\(panels)")) == many)
    }
  }

  @Test("another recipe over an unfinished folder is refused, and the folder stays as it was")
  func otherPlan() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    let files = FileAccess { call, path in call == .write && path.contains("/.ckpt/files/") ? .error(28) : nil }
    #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), shard: 30_000, files: files)
    }
    let before = try TemporaryFolder.content(of: folder.file("out"))
    #expect(before.keys.contains(".ckpt/plan.json"))
    let error = #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), recipe: "fp8-block")
    }
    #expect(error?.code == .outputUnfinished)
    #expect(try TemporaryFolder.content(of: folder.file("out")) == before)
  }

  @Test("a complete folder of another plan is refused")
  func complete() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("out"))
    let error = #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), recipe: "fp8-block")
    }
    #expect(error?.code == .outputExists)
  }

  @Test("what was made of a source file that was replaced since, of the same size and header, is made again")
  func changed() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    var stopped = 0
    for call in stride(from: 150, to: 400, by: 50) {
      let out = folder.file("out-\(call)")
      do {
        try convert(folder.file("source"), out, shard: 30_000, files: Fault(after: call).access)
      } catch is CheckpointError { stopped += 1 }
      try TinyModel.write(to: folder.file("source"), seed: UInt64(call))
      if !FileManager.default.fileExists(atPath: out + "/.ckpt") { continue }
      try convert(folder.file("source"), out, shard: 30_000)
      try convert(folder.file("source"), folder.file("whole"), shard: 30_000)
      #expect(try TemporaryFolder.content(of: out) == TemporaryFolder.content(of: folder.file("whole")))
      try FileManager.default.removeItem(atPath: folder.file("whole"))
    }
    #expect(stopped > 2)
  }

  @Test("bf16 → fp8-block → bf16 keeps every plain tensor and the error within a half step")
  func fp8RoundTrip() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("fp8"), recipe: "fp8-block")
    try convert(folder.file("fp8"), folder.file("back"), recipe: "bf16")
    let library = try SpecLibrary()
    let a = try Binding.bind(try Checkpoint.open(folder.file("source")), library: library)
    let b = try Binding.bind(try Checkpoint.open(folder.file("back")), library: library)
    let options = Comparer.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0)
    let comparison = try Comparer(a, b, options: options).compare()
    for row in comparison.rows {
      // 64, 32 and 32 rows are joined by engines, and no whole blocks then.
      let isEncoded = ["attn.o", "mlp.*"].contains { row.role?.matches($0) ?? false }
      #expect(row.isIdentical == !isEncoded, "\(row.name)")
      // E4M3 has three bits of mantissa: at most 1/16 of a value, and a uniform error of that width at worst.
      #expect((row.errors.relativeRMSE ?? 1) < 1.0 / 16, "\(row.name)")
    }
  }
}
