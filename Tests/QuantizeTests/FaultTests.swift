import CheckpointKit
import Foundation
import Quantize
import Synchronization
import Testing

/// What a writing verb does, from a folder in a known state: again and again, with one call to the file system failing.
private struct Deed: Sendable, CustomTestStringConvertible {
  let name: String
  /// Puts the source, and what is there before, into the folder.
  let prepare: @Sendable (TemporaryFolder) throws -> Void
  /// Does it; gives the number of segments that it did.
  let perform: @Sendable (TemporaryFolder, FileAccess) throws -> Int
  /// Whether segments leave records.
  var hasRecords = true

  var testDescription: String { name }
}

/// Lets one call fail, or all from it on, and counts them.
private final class OneFault: Sendable {
  private let content: Mutex<Int>
  private let hit = Mutex("")
  let place: Int
  let fault: FileAccess.Fault
  let goesOn: Bool

  init(at place: Int, _ fault: FileAccess.Fault, goesOn: Bool) {
    content = Mutex(0)
    self.place = place
    self.fault = fault
    self.goesOn = goesOn
  }

  var calls: Int { content.withLock { $0 } }
  /// Which call it was.
  var call: String { hit.withLock { $0 } }

  var access: FileAccess {
    FileAccess { [self] call, path in
      content.withLock { count in
        if count == place {
          hit.withLock { $0 = "\(call) of \(path.split(separator: "/").suffix(3).joined(separator: "/"))" }
        }
        defer { count += 1 }
        // A signal that never ends would be waited for for ever.
        let hits = count == place || goesOn && count > place && fault != .error(EINTR)
        return hits ? fault : nil
      }
    }
  }
}

@Suite("Faults")
struct FaultTests {
  private static let library = Result { try SpecLibrary() }

  private static func runner(_ job: any Job, _ place: PlanFile.Place, _ files: FileAccess) throws -> Runner {
    let options = Runner.Options(
      threads: 1, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0, takesDigests: job.takesDigests)
    return try Runner(job, place: place, options: options, files: files)
  }

  /// A Llama of one layer in one shard, with a tokenizer.
  private static func source(_ folder: TemporaryFolder) throws {
    let path = folder.file("source")
    try TinyModel.write(to: path, layers: 1)
    for name in ["model.safetensors.index.json", "tokenizer_note.txt"] {
      try FileManager.default.removeItem(atPath: path + "/" + name)
    }
    try TinyModel.writeTokenizer(to: path)
  }

  private static func binding(_ folder: TemporaryFolder, _ files: FileAccess) throws -> Binding {
    try Binding.bind(
      try Checkpoint.open(folder.file("source"), files: files, threads: 1), library: try library.get())
  }

  /// A conversion of the source, planned.
  private static func conversion(
    _ folder: TemporaryFolder, _ recipe: String, to name: String = "out", shard: Int = 60_000, overwrite: Bool = false,
    digests: ConvertOptions.Digests = .output, _ files: FileAccess = .system
  ) throws -> Runner {
    let library = try library.get()
    var options = ConvertOptions()
    let found = try #require(try Recipe.find(recipe, in: library, files: .system))
    if found.container == .gguf {
      options.container = .gguf
      options.preTokenizer = "llama-bpe"
    }
    options.maxShardBytes = shard
    options.digests = digests
    let job = try ConvertPlanner.plan(
      try binding(folder, files), recipe: found, options: options, library: library)
    let place = PlanFile.Place(source: folder.file("source"), destination: folder.file(name), overwrite: overwrite)
    return try runner(job, place, files)
  }

  private static func convert(
    _ recipe: String, to name: String, shard: Int = 60_000, overwrite: Bool = false,
    digests: ConvertOptions.Digests = .output
  ) -> @Sendable (TemporaryFolder, FileAccess) throws -> Int {
    { folder, files in
      try conversion(
        folder, recipe, to: name, shard: shard, overwrite: overwrite, digests: digests, files
      ).perform().segmentsDone
    }
  }

  private static let deeds: [Deed] = [
    Deed(name: "convert to a folder", prepare: source, perform: convert("int4-g32", to: "out")),
    Deed(
      name: "convert with digests of the source", prepare: source,
      perform: convert("int4-g32", to: "out", digests: .all)),
    Deed(name: "convert to a set of GGUF files", prepare: source, perform: convert("q4_0", to: "out.gguf")),
    Deed(
      name: "reshard", prepare: source,
      perform: { folder, files in
        let job = try Reshard(binding(folder, files), sharding: .upTo(bytes: 80_000))
        let place = PlanFile.Place(source: folder.file("source"), destination: folder.file("out"))
        return try runner(job, place, files).perform().segmentsDone
      }),
    Deed(
      name: "synth", prepare: { _ in },
      perform: { folder, files in
        let library = try library.get()
        let preset = try Preset.find("tiny", family: "llama", in: library)
        var changes = PresetModel.Changes()
        changes.settings = [("num_hidden_layers", "1")]
        let job = try SynthPlan(try PresetModel(preset, changes: changes, library: library), options: SynthOptions())
        let place = PlanFile.Place(source: nil, destination: folder.file("out"))
        return try runner(job, place, files).perform().segmentsDone
      }),
    Deed(
      name: "replace a folder",
      prepare: { folder in
        try source(folder)
        _ = try convert("fp8-block", to: "out")(folder, .system)
      }, perform: convert("bf16", to: "out", overwrite: true)),
    Deed(
      name: "replace another plan's leftover",
      prepare: { folder in
        try source(folder)
        _ = try conversion(folder, "fp8-block", shard: 30_000).performUnits([0])
      }, perform: convert("bf16", to: "out", overwrite: true)),
    Deed(
      name: "replace a set of GGUF files by another",
      prepare: { folder in
        try source(folder)
        _ = try convert("q8_0", to: "out.gguf", shard: 40_000)(folder, .system)
      }, perform: convert("q4_0", to: "out.gguf", shard: 60_000, overwrite: true)),
    Deed(
      name: "finish",
      prepare: { folder in
        try source(folder)
        _ = try conversion(folder, "int4-g32").performUnits(nil)
      },
      perform: { folder, files in
        try conversion(folder, "int4-g32", files).performFinish(verifiesAll: false)?.segmentsDone ?? 0
      }),
    Deed(
      name: "checksum", prepare: source,
      perform: { folder, files in
        var options = Checksum.Options(threads: 1, memory: 1 << 30)
        let output = folder.file("out.json")
        options.progressFolder = output + ChecksumRecord.folderSuffix
        options.excluded = [output, output + ChecksumRecord.folderSuffix]
        let made = try Checksum.make(
          folder.file("source"), library: try library.get(), options: options, files: files)
        try ChecksumRecord.publish(to: output, files) { (print) throws(CheckpointError) in
          try made.manifest.write { (text) throws(CheckpointError) in try print(Array(text.utf8)) }
        }
        return made.manifest.files.count - made.filesResumed
      }, hasRecords: false),
    Deed(name: "metadata in place", prepare: metadataSource, perform: metadata("x"), hasRecords: false),
    Deed(
      name: "metadata in a new file", prepare: metadataSource,
      perform: metadata(String(repeating: "long ", count: 400)), hasRecords: false),
  ]

  private static func metadataSource(_ folder: TemporaryFolder) throws {
    try source(folder)
    _ = try convert("q8_0", to: "out.gguf", shard: 1 << 30)(folder, .system)
    _ = try metadata("y")(folder, .system)
  }

  private static func metadata(_ value: String) -> @Sendable (TemporaryFolder, FileAccess) throws -> Int {
    { folder, files in
      let setting = HeaderEdit.Setting(key: "general.description", value: value)
      try HeaderEdit([setting], of: folder.file("out.gguf"), files: files).write()
      return 0
    }
  }

  /// Everything but the source.
  private func result(_ folder: TemporaryFolder) throws -> [String: Data] {
    try TemporaryFolder.content(of: folder.path).filter { !$0.key.hasPrefix("source/") }
  }

  /// How many segments of the plan that ended in `whole` have records.
  private static func records(in content: [String: Data], of whole: [String: Data]) throws -> Int {
    let name = whole.keys.first { $0.hasSuffix("ckpt-provenance.json") }
    guard let bytes = name.flatMap({ whole[$0] }) else { return 0 }
    let plan = try #require(try JSONValue(parsing: Array(bytes), file: "")["plan_id"]?.string)
    let records = content.filter {
      $0.key.contains("/records/") && String(decoding: $0.value, as: UTF8.self).contains(plan)
    }
    return Set(records.keys.map { $0.split(separator: "/").last?.prefix(6) }).count
  }

  private static let isWhole = ProcessInfo.processInfo.environment["CKPT_FAULTS"] == "all"
  private static let isQuick = ProcessInfo.processInfo.environment["CKPT_FAULTS"] == "few"

  /// Which calls fail, and how: every one with a full disk, with an error of the disk, and by halves; every tenth with the
  /// others. `CKPT_FAULTS=all` takes every call for all, and everything after it too.
  private static func faults(_ calls: Int, _ number: Int) -> [(place: Int, fault: FileAccess.Fault, goesOn: Bool)] {
    var list: [(Int, FileAccess.Fault, Bool)] = []
    for place in stride(from: 0, to: calls, by: isQuick ? 10 : 1) {
      for fault in [FileAccess.Fault.error(ENOSPC), .error(EIO), .short] { list.append((place, fault, false)) }
      for (i, code) in [EINTR, EDQUOT, EXDEV].enumerated() where isWhole || (place + i) % 10 == number % 10 {
        list.append((place, .error(code), false))
      }
      if isWhole || place % 5 == number % 5 { list.append((place, .error(ENOSPC), true)) }
    }
    return list
  }

  @Test(
    "one call that fails, and all from it on, leave what the same command ends with the same bytes", arguments: deeds)
  private func fault(deed: Deed) throws {
    let first = try TemporaryFolder(inMemory: true)
    try deed.prepare(first)
    let counted = OneFault(at: -1, .short, goesOn: false)
    let segments = try deed.perform(first, counted.access)
    let whole = try result(first)
    #expect(!whole.keys.contains { $0.split(separator: "/").contains { $0.hasPrefix(".") } }, "\(whole.keys.sorted())")
    var (failures, resumed) = (0, 0)
    for (place, fault, goesOn) in Self.faults(counted.calls, deed.name.utf8.count) {
      let folder = try TemporaryFolder(inMemory: true)
      try deed.prepare(folder)
      let one = OneFault(at: place, fault, goesOn: goesOn)
      var what: String {
        "\(deed.name): call \(place), \(one.call), \(fault)\(goesOn ? " and all after it" : "")"
      }
      do {
        _ = try deed.perform(folder, one.access)
      } catch let error as CheckpointError {
        #expect(fault != .short && fault != .error(EINTR), "\(what): \(error)")
        failures += 1
      }
      let records = try Self.records(in: try result(folder), of: whole)
      do {
        let done = try deed.perform(folder, .system)
        if deed.hasRecords {
          #expect(done <= max(0, segments - records), "\(what): \(done) done again, \(records) recorded")
        }
        resumed += records > 0 ? 1 : 0
        let found = try result(folder)
        #expect(found.keys.sorted() == whole.keys.sorted(), "\(what)")
        #expect(found == whole, "\(what)")
      } catch {
        Issue.record("\(what): the same command then fails: \(error)")
      }
    }
    #expect(failures >= 10)
    print("faults: \(deed.name): \(counted.calls) calls, \(failures) failures, \(resumed) continued")
  }
}
