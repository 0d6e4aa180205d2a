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
        return left < 0 ? 28 : nil  // ENOSPC
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

  private func reshard(_ source: String, _ destination: String, files: FileAccess = .system) throws {
    let binding = try Binding.bind(try Checkpoint.open(source), library: try SpecLibrary())
    try run(try Reshard(binding, sharding: .upTo(bytes: 40_000)), source, destination, threads: 1, files: files)
  }

  private func run(
    _ job: some Job, _ source: String, _ destination: String, threads: Int, memory: Int = 1 << 30, files: FileAccess
  ) throws {
    let options = Runner.Options(
      threads: threads, budget: MemoryBudget(total: memory), fixedMemory: 0, takesDigests: job.takesDigests)
    let runner = Runner(
      job.plan, place: .init(source: source, destination: destination), options: options, files: files)
    try runner.prepare()
    let outcome = try runner.run(job.executor())
    try runner.finish(try job.finishing(outcome, threads: threads))
  }

  @Test("a conversion that failed at any call to the file system is continued to the same bytes")
  func convertResumes() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("whole"), shard: 30_000)
    let whole = try TemporaryFolder.content(of: folder.file("whole"))
    #expect(whole.count > 5)
    try failEverywhere(whole, folder, every: 7) { destination, files in
      try convert(folder.file("source"), destination, shard: 30_000, files: files)
    }
  }

  @Test("a reshard that failed at any call to the file system is continued to the same bytes")
  func reshardResumes() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try reshard(folder.file("source"), folder.file("whole"))
    try failEverywhere(try TemporaryFolder.content(of: folder.file("whole")), folder, every: 5) { destination, files in
      try reshard(folder.file("source"), destination, files: files)
    }
  }

  /// Lets `work` fail at its first call to the file system, at a later one, and so on until it does not fail any more,
  /// and continues it each time. A step of 1 takes half a minute, and was taken once.
  private func failEverywhere(
    _ whole: [String: Data], _ folder: TemporaryFolder, every step: Int, _ work: (String, FileAccess) throws -> Void
  ) throws {
    var failures = 0
    for call in stride(from: 0, to: 5000, by: step) {
      let destination = folder.file("cut")
      defer { try? FileManager.default.removeItem(atPath: destination) }
      do {
        try work(destination, Fault(after: call).access)
        #expect(try TemporaryFolder.content(of: destination) == whole)
        break
      } catch let error as CheckpointError {
        #expect(error.code == .noSpace, "\(error)")
        failures += 1
      }
      let isComplete = !FileManager.default.fileExists(atPath: destination + "/.ckpt")
      // Cut after the last rename, the result is complete; what is left of the work folder means nothing.
      if isComplete, FileManager.default.fileExists(atPath: destination + "/config.json") {
        let content = try TemporaryFolder.content(of: destination).filter { !$0.key.hasPrefix(".ckpt-discarded") }
        #expect(content == whole, "after call \(call)")
        continue
      }
      #expect(!FileManager.default.fileExists(atPath: destination + "/config.json") || !isComplete)
      try work(destination, .system)
      let content = try TemporaryFolder.content(of: destination)
      #expect(content == whole, "after call \(call)")
    }
    #expect(failures > 20)
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
    #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), shard: 30_000, files: Fault(after: 60).access)
    }
    let before = try TemporaryFolder.content(of: folder.file("out"))
    #expect(before.keys.contains { $0.hasPrefix(".ckpt/") })
    let error = #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), recipe: "fp8-block")
    }
    #expect(error?.code == .outputUnfinished)
    #expect(try TemporaryFolder.content(of: folder.file("out")) == before)
  }

  @Test("a complete folder is refused")
  func complete() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    try convert(folder.file("source"), folder.file("out"))
    let error = #expect(throws: CheckpointError.self) { try convert(folder.file("source"), folder.file("out")) }
    #expect(error?.code == .outputExists)
  }

  @Test("a source that changed since the plan was made is refused")
  func changed() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), shard: 30_000, files: Fault(after: 60).access)
    }
    try TinyModel.write(to: folder.file("source"), seed: 2)
    let error = #expect(throws: CheckpointError.self) {
      try convert(folder.file("source"), folder.file("out"), shard: 30_000)
    }
    #expect(error?.code == .inputChanged)
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
      let isEncoded = ["attn.*", "mlp.*"].contains { row.role?.matches($0) ?? false }
      #expect(row.isIdentical == !isEncoded, "\(row.name)")
      // E4M3 has three bits of mantissa: at most 1/16 of a value, and a uniform error of that width at worst.
      #expect((row.errors.relativeRMSE ?? 1) < 1.0 / 16, "\(row.name)")
    }
  }
}
