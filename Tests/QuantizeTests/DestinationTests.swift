import Foundation
import Quantize
import Synchronization
import Testing

@testable import CheckpointKit

/// What stands at a destination, and what becomes of it.
@Suite("Destinations")
struct DestinationTests {
  private static let library = Result { try SpecLibrary() }

  private func job(
    _ source: String, _ recipe: String, digests: ConvertOptions.Digests, files: FileAccess
  ) throws -> ConvertPlan {
    let library = try Self.library.get()
    var options = ConvertOptions()
    options.maxShardBytes = 30_000
    options.digests = digests
    let found = try #require(try Recipe.find(recipe, in: library, files: .system))
    if found.container == .gguf {
      options.container = .gguf
      options.preTokenizer = "llama-bpe"
    }
    return try ConvertPlanner.plan(
      try Binding.bind(try Checkpoint.open(source, files: files), library: library), recipe: found, options: options,
      library: library)
  }

  private func runner(
    _ source: String, _ destination: String, _ recipe: String = "int4-g32", overwrite: Bool = false,
    overwriteAll: Bool = false, digests: ConvertOptions.Digests = .output, files: FileAccess = .system
  ) throws -> Runner {
    let job = try job(source, recipe, digests: digests, files: files)
    let options = Runner.Options(
      threads: 1, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0, takesDigests: job.takesDigests)
    let place = PlanFile.Place(
      source: source, destination: destination, overwrite: overwrite, overwriteAll: overwriteAll,
      command: ["convert", source, destination])
    return try Runner(job, place: place, options: options, files: files)
  }

  private func content(_ folder: String) throws -> [String: Data] { try TemporaryFolder.content(of: folder) }

  private func error(_ body: () throws -> Void) -> CheckpointError? {
    do {
      try body()
      return nil
    } catch { return error as? CheckpointError }
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("source"))
    _ = try runner(folder.file("source"), folder.file("whole")).perform()
    return folder
  }

  private func names(_ folder: TemporaryFolder, _ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.file(path)).sorted()
  }

  @Test("what was recorded of a partial file that is lost counts no more")
  func lostPartial() throws {
    let folder = try folder()
    let out = folder.file("out")
    for units in [[0, 2], [1]] {
      _ = try runner(folder.file("source"), out).performUnits(units)
      let partial = try names(folder, "out/.ckpt/files")
      #expect(!partial.isEmpty)
      for name in partial { try FileManager.default.removeItem(atPath: out + "/.ckpt/files/" + name) }
    }
    let outcome = try runner(folder.file("source"), out).perform()
    #expect(outcome.segmentsSkipped == 0)
    #expect(try content(out) == content(folder.file("whole")))
  }

  @Test("folders of a work folder that somebody removed are made again")
  func removedFolders() throws {
    let folder = try folder()
    let out = folder.file("out")
    for name in ["claims", "records", "files"] {
      _ = try runner(folder.file("source"), out).performUnits([0])
      try FileManager.default.removeItem(atPath: out + "/.ckpt/" + name)
    }
    _ = try runner(folder.file("source"), out).perform()
    #expect(try content(out) == content(folder.file("whole")))
  }

  @Test("a record in which one digit was changed counts no more, and is removed")
  func damagedRecord() throws {
    let folder = try folder()
    let out = folder.file("out")
    _ = try runner(folder.file("source"), out).performUnits([0, 1])
    let name = try #require(try names(folder, "out/.ckpt/records").first)
    let path = out + "/.ckpt/records/" + name
    var text = try String(contentsOfFile: path, encoding: .utf8)
    let digest = try #require(text.range(of: #""sha256":[""#))
    let place = digest.upperBound
    text.replaceSubrange(place...place, with: text[place] == "0" ? "1" : "0")
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(try runner(folder.file("source"), out).missingSegments().contains(0))
    let outcome = try runner(folder.file("source"), out).perform()
    #expect(outcome.segmentsSkipped == 1)
    #expect(try content(out) == content(folder.file("whole")))
  }

  @Test("bytes that something else overwrote before the result was complete are found, and made anew")
  func overwrittenBytes() throws {
    let folder = try folder()
    let out = folder.file("out")
    _ = try runner(folder.file("source"), out).performUnits(nil)
    let name = try #require(try names(folder, "out/.ckpt/files").first)
    let file = try OpenFile(updating: out + "/.ckpt/files/" + name, .system)
    let end = try file.size()
    let byte = try file.readBytes(end - 1..<end)
    try file.write([byte[0] ^ 1], at: end - 1)
    let found = error { _ = try runner(folder.file("source"), out).performFinish(verifiesAll: false) }
    #expect(found?.code == .outputChanged && found?.tensor != nil)
    #expect(!FileManager.default.fileExists(atPath: out + "/config.json"))
    _ = try runner(folder.file("source"), out).perform()
    #expect(try content(out) == content(folder.file("whole")))
  }

  @Test("a source that is changed while it is read stops the run, and what was made of it is made again")
  func changedWhileRead() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    let shard = source + "/model-00001-of-00002.safetensors"
    let reads = Counter()
    let files = FileAccess { call, path in
      // Once the conversion is at work: the same size, another byte.
      if call == .write, path.contains("/.ckpt/files/"), reads.take() == 12,
        let file = try? OpenFile(updating: shard, .system), let size = try? file.size()
      {
        try? file.write([0x3d, 0x3d], at: size - 2)
      }
      return nil
    }
    let found = error { _ = try runner(source, out, files: files).perform() }
    #expect(found?.code == .inputChanged && found?.file == "model-00001-of-00002.safetensors")
    _ = try runner(source, out).perform()
    _ = try runner(source, folder.file("again")).perform()
    #expect(try content(out) == content(folder.file("again")))
    #expect(try content(out) != content(folder.file("whole")))
  }

  @Test("a side file that changed since the plan was made is not carried along")
  func changedSideFile() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    let runner = try runner(source, out)
    _ = try runner.performUnits(nil)
    try Data("HELLO".utf8).write(to: URL(fileURLWithPath: source + "/tokenizer_note.txt"))
    #expect(error { _ = try runner.performFinish(verifiesAll: false) }?.code == .inputChanged)
  }

  @Test(
    "units made of a file that was only touched stay where a manifest proves its bytes, and are made again elsewhere")
  func touched() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out).performUnits([0, 1, 2])
    try touch(folder)
    let again = try runner(source, out).performUnits([0, 1, 2])
    #expect(again.segmentsDone == 3 && again.findings.contains { $0.code == .inputTouched })
    let options = Checksum.Options(threads: 1, memory: 1 << 30)
    let made = try Checksum.make(source, library: Self.library.get(), options: options)
    try Data(made.manifest.text.utf8).write(to: URL(fileURLWithPath: source + "/ckpt-manifest.json"))
    try touch(folder)
    let kept = try runner(source, out).performUnits([0, 1, 2])
    #expect(kept.segmentsDone == 0 && kept.findings.contains { $0.problem.contains("stay") })
    // With the bytes another, nothing proves anything.
    try changeSource(folder)
    #expect(try runner(source, out).performUnits([0, 1, 2]).segmentsDone > 0)
  }

  /// Gives every weight file of the source another time.
  private func touch(_ folder: TemporaryFolder) throws {
    for name in try names(folder, "source") where name.hasSuffix(".safetensors") {
      let times = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -Double.random(in: 1000...9000))]
      try FileManager.default.setAttributes(times, ofItemAtPath: folder.file("source/" + name))
    }
  }

  /// Another value at the end of the first weight file.
  private func changeSource(_ folder: TemporaryFolder) throws {
    let file = try OpenFile(updating: folder.file("source/model-00001-of-00002.safetensors"), .system)
    try file.write([0x3d, 0x3d], at: try file.size() - 2)
  }

  @Test("with digests of the source, units made of a file that was touched or replaced by its copy stay")
  func digestsOfSource() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    func units(_ units: [Int]) throws -> Runner.Outcome {
      try runner(source, out, digests: .all).performUnits(units)
    }
    #expect(try units([0, 1]).segmentsDone == 2)
    try touch(folder)
    let kept = try units([0, 1])
    #expect(kept.segmentsDone == 0 && kept.findings.contains { $0.problem.contains("stay") })
    let shards = try names(folder, "source").filter { $0.hasSuffix(".safetensors") }
    for name in shards {
      let path = source + "/" + name
      try FileManager.default.copyItem(atPath: path, toPath: folder.file("copy"))
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: folder.file("copy"), toPath: path)
    }
    try touch(folder)
    #expect(try units([0, 1, 2]).segmentsDone == 1)
    try changeSource(folder)
    let changed = try units([0, 1, 2])
    #expect(changed.segmentsDone > 0 && changed.findings.contains { $0.problem.contains("done again") })
    _ = try runner(source, out, digests: .all).perform()
    _ = try runner(source, folder.file("again"), digests: .all).perform()
    #expect(try content(out) == content(folder.file("again")))
    let json = try FileAccess.system.readAll(out + "/ckpt-provenance.json", limit: 1 << 20)
    let provenance = try JSONValue(parsing: json, file: "")
    for name in shards {
      let bytes = try FileAccess.system.readAll(source + "/" + name, limit: 1 << 30)
      #expect(provenance["source_files_sha256"]?[name]?.string == SHA256Digest(of: bytes).hex)
    }
  }

  @Test("a digest of the source that was kept of other bytes, or was damaged, keeps nothing")
  func damagedDigestOfSource() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, digests: .all).performUnits([0])
    for name in try names(folder, "out/.ckpt/sources") {
      try Data("{}".utf8).write(to: URL(fileURLWithPath: out + "/.ckpt/sources/" + name))
    }
    try touch(folder)
    #expect(try runner(source, out, digests: .all).performUnits([0]).segmentsDone == 1)
    try FileManager.default.removeItem(atPath: out + "/.ckpt/sources")
    #expect(try runner(source, out, digests: .all).performUnits([0]).segmentsDone == 0)
  }

  @Test("a destination in the source, around it, or the source itself is refused, behind links too")
  func nested() throws {
    let folder = try folder()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("around"), withIntermediateDirectories: true)
    try files.moveItem(atPath: folder.file("source"), toPath: folder.file("around/source"))
    try files.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("around"))
    let before = try content(folder.path)
    for (source, destination) in [
      ("around/source", "around"), ("link/source", "around"), ("around/source", "link"),
      ("around/source", "around/source/out"), ("around/source", "link/source/a/b"), ("link/source", "around/source"),
    ] {
      for all in [false, true] {
        let found = error {
          _ = try runner(folder.file(source), folder.file(destination), overwrite: true, overwriteAll: all).perform()
        }
        #expect(found?.code == .outputExists, "\(source) to \(destination)")
      }
    }
    #expect(try content(folder.path) == before)
  }

  @Test("a file of the source among what is replaced is refused, under whatever name it is there")
  func sourceAmongReplaced() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, "fp8-block").perform()
    // The config of the source is a link to that of the earlier result.
    try FileManager.default.removeItem(atPath: source + "/config.json")
    try FileManager.default.createSymbolicLink(
      atPath: source + "/config.json", withDestinationPath: folder.file("whole/config.json"))
    let before = try content(folder.path)
    for all in [false, true] {
      let found = error {
        let files = FileAccess(followsLinks: true)
        _ = try runner(source, folder.file("whole"), "bf16", overwrite: true, overwriteAll: all, files: files).perform()
      }
      #expect(found?.code == .outputExists && found?.file?.hasSuffix("config.json") == true)
    }
    #expect(try content(folder.path) == before)
  }

  @Test("--overwrite replaces a result and another plan's leftover, and nothing that no document of ckpt names")
  func overwrite() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, "fp8-block").perform()
    _ = try runner(source, out, overwrite: true).perform()
    #expect(try content(out) == content(folder.file("whole")))
    try Data("a thesis".utf8).write(to: URL(fileURLWithPath: out + "/thesis.txt"))
    try FileManager.default.createDirectory(atPath: out + "/logs", withIntermediateDirectories: true)
    let before = try content(out)
    let found = error { _ = try runner(source, out, "bf16", overwrite: true).perform() }
    #expect(found?.code == .outputExists && found?.problem.contains("thesis.txt") == true)
    #expect(found?.problem.contains("logs") == true && found?.hint?.contains("remove the folder") == false)
    #expect(try content(out) == before)
    let all = try runner(source, out, "bf16", overwriteAll: true)
    #expect(try all.foreignNames() == ["logs", "thesis.txt"])
    _ = try all.perform()
    #expect(!FileManager.default.fileExists(atPath: out + "/thesis.txt"))
    #expect(try names(folder, ".") == ["out", "source", "whole"])
  }

  @Test("another plan's unfinished result is left as it is, and --overwrite takes its place")
  func leftover() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, "fp8-block").performUnits([0])
    let before = try content(out)
    let found = error { _ = try runner(source, out).perform() }
    #expect(found?.code == .outputUnfinished && found?.hint?.contains("remove") == false)
    #expect(try content(out) == before)
    #expect(try ResultStatus(of: out).command == ["convert", source, out])
    _ = try runner(source, out, overwrite: true).perform()
    #expect(try content(out) == content(folder.file("whole")))
    #expect(try names(folder, ".") == ["out", "source", "whole"])
  }

  @Test("a work folder that is a link is not followed")
  func linkedWork() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: folder.file("elsewhere"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: out + "/.ckpt", withDestinationPath: folder.file("elsewhere"))
    #expect(error { _ = try runner(source, out).perform() }?.code == .outputUnsuitable)
    #expect(try names(folder, "elsewhere") == [])
  }

  @Test("a link under the name of the folder that will replace a result is not built in")
  func linkedBeside() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, "fp8-block").perform()
    let before = try content(out)
    let elsewhere = folder.file("elsewhere")
    _ = try runner(source, elsewhere, "bf16").perform()
    let theirs = try content(elsewhere)
    try FileManager.default.createSymbolicLink(atPath: out + ".ckpt-new", withDestinationPath: elsewhere)
    #expect(error { _ = try runner(source, out, overwrite: true).perform() }?.code == .outputUnsuitable)
    #expect(try content(out) == before && content(elsewhere) == theirs)
    try FileManager.default.removeItem(atPath: out + ".ckpt-new")
    // Links under the names of a replacement that was stopped, and names that only look like those, are somebody's.
    for name in ["out.ckpt-new-0123456789abcdef", "out.ckpt-old-0123456789abcdef"] {
      try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: elsewhere)
    }
    for name in ["out.ckpt-old", "out.ckpt-old-backup", "out.ckpt-new-backup"] {
      try FileManager.default.copyItem(atPath: out, toPath: folder.file(name))
    }
    #expect(try ResultStatus(of: out).state == .complete)
    _ = try runner(source, out, overwrite: true).perform()
    #expect(try content(out) == content(folder.file("whole")) && content(elsewhere) == theirs)
    for name in ["out.ckpt-old", "out.ckpt-old-backup", "out.ckpt-new-backup"] {
      #expect(try content(folder.file(name)) == before, "\(name)")
    }
    for name in ["out.ckpt-new-0123456789abcdef", "out.ckpt-old-0123456789abcdef"] {
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(name)) == elsewhere)
    }
  }

  @Test("what the removal of an unfinished GGUF result left is swept, and one that never had a plan makes room")
  func discardedBeside() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("x.gguf"))
    try TinyModel.writeTokenizer(to: source)
    _ = try runner(source, out, "q8_0").perform()
    let before = try content(folder.path)
    let left = [".x.gguf.ckpt-new-discarded-0123456789abcdef/files", ".x.gguf.ckpt-discarded-0123456789abcdef/files"]
    for name in left {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file(name + "/model.gguf.0")))
    }
    #expect(try ResultStatus(of: out).work.count == 2)
    #expect(try runner(source, out, "q8_0").perform().wasFinished)
    #expect(try content(folder.path) == before && ResultStatus(of: out).state == .complete)
    for isMine in [false, true] {
      let beside = folder.file(".x.gguf.ckpt-new")
      try FileManager.default.createDirectory(atPath: beside + "/records", withIntermediateDirectories: true)
      #expect(try ResultStatus(of: out).state == .leftover)
      if isMine { try Data("mine".utf8).write(to: URL(fileURLWithPath: beside + "/thesis.txt")) }
      #expect(try runner(source, out, "q8_0", overwrite: true).perform().wasFinished)
      #expect(FileManager.default.fileExists(atPath: beside) == isMine)
      if isMine {
        #expect(error { _ = try runner(source, out, "q4_0", overwrite: true).perform() }?.code == .outputExists)
        try FileManager.default.removeItem(atPath: beside)
      }
    }
    #expect(try content(folder.path) == before)
  }

  @Test("a finished result of which a file is gone or changed is said to be, and --overwrite makes it anew")
  func changedResult() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out).perform()
    let whole = try content(out)
    for name in ["config.json", "model.safetensors.index.json", "tokenizer_note.txt"] {
      for isGone in [true, false] {
        let path = out + "/" + name
        if isGone {
          try FileManager.default.removeItem(atPath: path)
        } else {
          try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        }
        let again = try runner(source, out).perform()
        #expect(again.wasFinished && again.findings.map(\.severity) == [.error] && again.findings[0].file == name)
        let status = try ResultStatus(of: out)
        #expect(status.state == .changed && status.changes.map(\.file) == [name])
        #expect(try runner(source, out).resultState() == .changed)
        let anew = try runner(source, out, overwrite: true).perform()
        #expect(!anew.wasFinished && anew.findings.isEmpty)
        #expect(try content(out) == whole && ResultStatus(of: out).state == .complete)
      }
    }
    try FileManager.default.removeItem(atPath: out + "/model-00001-of-00003.safetensors")
    #expect(try ResultStatus(of: out).state == .changed)
  }

  @Test("all of a Hub cache is the source: no result is put among its references and blobs")
  func hubCache() throws {
    let folder = try folder()
    let cache = folder.file("models--o--n")
    for name in ["refs", "blobs", "snapshots/abc"] {
      try FileManager.default.createDirectory(atPath: cache + "/" + name, withIntermediateDirectories: true)
    }
    try Data("abc".utf8).write(to: URL(fileURLWithPath: cache + "/refs/main"))
    for (i, name) in try names(folder, "source").enumerated() {
      try FileManager.default.moveItem(atPath: folder.file("source/" + name), toPath: cache + "/blobs/b\(i)")
      try FileManager.default.createSymbolicLink(
        atPath: cache + "/snapshots/abc/" + name, withDestinationPath: "../../blobs/b\(i)")
    }
    let before = try content(cache)
    for source in [cache, cache + "/snapshots/abc"] {
      for place in ["refs", "blobs", "snapshots", "new", "snapshots/new"] {
        let found = error { _ = try runner(source, cache + "/" + place, overwriteAll: true).perform() }
        #expect(found?.code == .outputExists, "\(place)")
      }
    }
    #expect(try content(cache) == before)
    _ = try runner(cache, folder.file("out")).perform()
  }

  @Test("a finished result says so, whatever an ended run left beside it")
  func finished() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("whole"))
    let before = try content(out)
    try FileManager.default.createDirectory(
      atPath: out + "/.ckpt-discarded-0123456789abcdef/files", withIntermediateDirectories: true)
    #expect(try ResultStatus(of: out).state == .leftover)
    #expect(try runner(source, out).perform().wasFinished)
    #expect(try content(out) == before)
    #expect(try names(folder, "whole").allSatisfy { !$0.hasPrefix(".") })
    #expect(try ResultStatus(of: out).state == .complete)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: out + "/config.json"))
    let changed = try runner(source, out).perform()
    #expect(changed.wasFinished && changed.findings.map(\.file) == ["config.json"])
    #expect(try ResultStatus(of: folder.file("nothing")).state == .absent)
    _ = try runner(source, folder.file("part")).performUnits([1])
    let status = try ResultStatus(of: folder.file("part"))
    #expect(status.state == .unfinished && status.missing == (0..<status.units).filter { $0 != 1 })
    // A result whose weights are gone is none.
    try FileManager.default.removeItem(atPath: out + "/model-00001-of-00003.safetensors")
    #expect(error { _ = try runner(source, out).perform() }?.code == .outputExists)
  }

  @Test("what another process of the same plan began beside a finished result is not gone on with")
  func begunAnew() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    _ = try runner(source, out, "fp8-block").perform()
    // Both have seen the old result; the second comes to its turn when the first is done.
    let (first, second) = (try runner(source, out, overwrite: true), try runner(source, out, overwrite: true))
    _ = try first.perform()
    #expect(try second.performUnits([0]).wasFinished)
    // Or it had begun, and was killed.
    _ = try runner(source, folder.file("begun")).performUnits([0])
    try FileManager.default.moveItem(atPath: folder.file("begun"), toPath: out + ".ckpt-new")
    #expect(try runner(source, out).perform().wasFinished)
    #expect(try runner(source, out, overwrite: true).perform().wasFinished)
    #expect(try content(out) == content(folder.file("whole")))
    #expect(try names(folder, ".") == ["out", "source", "whole"])
  }

  @Test("with --overwrite, one step after the other fails, and the old result or the new one is always there")
  func replacing() throws {
    let folder = try folder()
    let source = folder.file("source")
    var stopped = 0
    for step in 0..<12 {
      let out = folder.file("out-\(step)")
      _ = try runner(source, out, "fp8-block").perform()
      let old = try content(out)
      let renames = Counter()
      let files = FileAccess { call, path in
        guard [.rename, .exchange, .remove].contains(call), path.contains("out-\(step)") else { return nil }
        let isLate = call == .exchange || path.contains(".ckpt-new-") || path.hasSuffix("out-\(step)")
        return isLate && renames.take() >= step ? .error(EIO) : nil
      }
      if error({ _ = try runner(source, out, overwrite: true, files: files).perform() }) != nil { stopped += 1 }
      let (now, whole) = (try content(out).filter { !$0.key.hasPrefix(".ckpt") }, try content(folder.file("whole")))
      #expect(now.isEmpty || now == old || now == whole, "step \(step)")
      _ = try runner(source, out, overwrite: true).perform()
      #expect(try content(out) == content(folder.file("whole")), "step \(step)")
      #expect(try names(folder, ".").filter { $0.hasPrefix("out-\(step)") } == ["out-\(step)"], "step \(step)")
    }
    #expect(stopped > 4)
  }

  @Test("where names cannot be exchanged and a command was stopped in between, itself or another finds what was there")
  func movedAway() throws {
    let folder = try folder()
    let source = folder.file("source")
    for isSame in [true, false] {
      let out = folder.file(isSame ? "same" : "other")
      _ = try runner(source, out, "fp8-block").perform()
      let old = try content(out)
      let stopped = Latch()
      let files = FileAccess { call, path in
        if call == .exchange { return .error(EINVAL) }
        if call == .rename, path == out { stopped.close() }
        return stopped.isClosed ? .error(EIO) : nil
      }
      #expect(error { _ = try runner(source, out, overwrite: true, files: files).perform() }?.code == .ioFailed)
      #expect(!FileManager.default.fileExists(atPath: out))
      let beside = try names(folder, ".").filter { $0.hasPrefix(isSame ? "same" : "other") }
      #expect(beside.count == 2 && beside.contains { $0.contains(".ckpt-old-") })
      #expect(try ResultStatus(of: out).state == .leftover)
      let slow = FileAccess { call, _ in call == .exchange ? .error(EINVAL) : nil }
      if isSame {
        _ = try runner(source, out, overwrite: true, files: slow).perform()
        #expect(try content(out) == content(folder.file("whole")))
      } else {
        let found = error { _ = try runner(source, out, "bf16", files: slow).perform() }
        #expect(found?.code == .outputExists)
        #expect(try content(out) == old)
        _ = try runner(source, out, "bf16", overwrite: true, files: slow).perform()
        #expect(try content(out) != old)
      }
    }
    #expect(try names(folder, ".") == ["other", "same", "source", "whole"])
  }

  @Test("any --overwrite clears what earlier ones left beside the result, but for what is not ckpt's own")
  func clearedBeside() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    for isFinished in [false, true] {
      if !isFinished { _ = try runner(source, out, "fp8-block").perform() }
      for name in ["out.ckpt-old-0123456789abcdef", "out.ckpt-old-fedcba9876543210"] {
        try FileManager.default.copyItem(atPath: folder.file("whole"), toPath: folder.file(name))
      }
      _ = try runner(source, folder.file("begun"), "bf16").performUnits([0])
      try FileManager.default.moveItem(atPath: folder.file("begun"), toPath: out + ".ckpt-new")
      try Data("mine".utf8).write(to: URL(fileURLWithPath: out + ".ckpt-old-fedcba9876543210/thesis.txt"))
      #expect(try runner(source, out, overwrite: true).perform().wasFinished == isFinished)
      #expect(try names(folder, ".") == ["out", "out.ckpt-old-fedcba9876543210", "source", "whole"])
      #expect(try names(folder, "out.ckpt-old-fedcba9876543210") == ["thesis.txt"])
      try FileManager.default.removeItem(atPath: folder.file("out.ckpt-old-fedcba9876543210"))
    }
    #expect(try content(out) == content(folder.file("whole")))
  }

  @Test("a mount point is not replaced", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/mountinfo")))
  func mountPoint() throws {
    let folder = try folder()
    // Nothing is touched by the look alone.
    let found = error { try runner(folder.file("source"), "/proc", overwriteAll: true).check() }
    #expect(found?.code == .outputExists && found?.problem.contains("/proc is a mount point") == true)
  }

  private enum Damage: CaseIterable { case empty, cut, emptyObject, garbage }

  private func damage(_ plan: String, _ how: Damage) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: plan))
    let damaged =
      switch how {
      case .empty: Data()
      case .cut: bytes.prefix(bytes.count / 2)
      case .emptyObject: Data("{}".utf8)
      case .garbage: Data([0xff, 0])
      }
    try damaged.write(to: URL(fileURLWithPath: plan))
  }

  @Test(
    "an unfinished result whose plan is damaged is refused with the plan's name, and --overwrite makes it anew",
    arguments: [("out", "int4-g32", "fp8-block"), ("out.gguf", "q4_0", "q8_0")])
  func damagedPlan(name: String, recipe: String, earlier: String) throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file(name))
    let isFile = name.hasSuffix(".gguf")
    try TinyModel.writeTokenizer(to: source)
    _ = try runner(source, folder.file("whole/" + name), recipe).perform()
    for (isBeside, how) in zip([false, true, true, false], Damage.allCases) {
      if isBeside { _ = try runner(source, out, earlier).perform() }
      _ = try runner(source, out, recipe, overwrite: isBeside).performUnits([0, 1])
      let work = isFile ? ".\(name).ckpt\(isBeside ? "-new" : "")" : "\(name)\(isBeside ? ".ckpt-new" : "")/.ckpt"
      let plan = folder.file(work + "/plan.json")
      try damage(plan, how)
      let before = try content(folder.path)
      let looks: [() throws -> Void] = [
        { _ = try runner(source, out, recipe).perform() }, { _ = try ResultStatus(of: out) },
      ]
      for look in looks {
        let found = error(look)
        #expect(found?.file == plan && found?.hint?.contains("--overwrite makes") == true, "\(how)")
      }
      // Somebody's file in it is not taken along.
      try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file(work + "/thesis.txt")))
      let found = error { _ = try runner(source, out, recipe, overwrite: true).perform() }
      #expect(found?.hint?.contains("--overwrite-all") == true, "\(how)")
      try FileManager.default.removeItem(atPath: folder.file(work + "/thesis.txt"))
      #expect(try content(folder.path) == before)
      _ = try runner(source, out, recipe, overwrite: true).perform()
      let rest = try content(folder.path).filter { $0.key.hasPrefix("out") || $0.key.hasPrefix(".out") }
      let whole = try content(folder.file("whole")).filter { $0.key.hasPrefix("out") }
      #expect(rest == whole, "\(how)")
      for name in try names(folder, ".") where name.hasPrefix("out") || name.hasPrefix(".out") {
        try FileManager.default.removeItem(atPath: folder.file(name))
      }
    }
  }

  @Test("weight files that an unfinished result with a damaged plan had put in place are known by their claims")
  func damagedPlanClaims() throws {
    let folder = try folder()
    let (source, out) = (folder.file("source"), folder.file("out"))
    let files = FileAccess { call, path in
      call == .rename && path.hasSuffix("/tokenizer_note.txt") ? .error(EIO) : nil
    }
    #expect(error { _ = try runner(source, out, "bf16", files: files).perform() } != nil)
    #expect(try names(folder, "out").contains { $0.hasSuffix(".safetensors") })
    try damage(out + "/.ckpt/plan.json", .cut)
    _ = try runner(source, out, overwrite: true).perform()
    #expect(try content(out) == content(folder.file("whole")))
    #expect(try names(folder, ".") == ["out", "source", "whole"])
  }
}

/// Open until it is closed.
private final class Latch: Sendable {
  private let state = Mutex(false)

  var isClosed: Bool { state.withLock { $0 } }

  func close() { state.withLock { $0 = true } }
}
