import Testing

@testable import CheckpointKit
@testable import Quantize

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `Tests/Vectors`, found from where this file lies.
let vectorsFolder = joinPath(parentPath(parentPath(#filePath)), "Vectors")

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/ckpt-test-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { try? FileAccess.system.removeTree(path) }

  func file(_ name: String) -> String { joinPath(path, name) }
}

let library = Result<SpecLibrary, CheckpointError> { () throws(CheckpointError) in try SpecLibrary() }

func presetModel(
  _ name: String, family: String? = nil, _ change: (inout PresetModel.Changes) -> Void = { _ in }
) throws -> PresetModel {
  var changes = PresetModel.Changes()
  change(&changes)
  let library = try library.get()
  return try PresetModel(try Preset.find(name, family: family, in: library), changes: changes, library: library)
}

/// A Llama of 64 values and one layer: 200 KB, quick to make in a debug build.
func makeSmall(_ change: (inout PresetModel.Changes) -> Void = { _ in }) throws -> PresetModel {
  try presetModel("tiny", family: "llama") { changes in
    changes.settings = [
      ("hidden_size", "128"), ("intermediate_size", "192"), ("num_hidden_layers", "1"), ("vocab_size", "320"),
    ]
    change(&changes)
  }
}

/// Carries a plan out into a new folder, and gives the stored tensors' bytes.
func write(_ model: PresetModel, seed: UInt64 = 0, threads: Int = 2) throws -> (TemporaryFolder, [String: [UInt8]]) {
  let folder = try TemporaryFolder()
  var options = SynthOptions()
  options.seed = seed
  let synth = try SynthPlan(model, options: options)
  let runner = try Runner(
    synth, place: PlanFile.Place(source: nil, destination: folder.file("x")),
    options: Runner.Options(
      threads: threads, budget: MemoryBudget(total: 1 << 30), fixedMemory: 1 << 20, takesDigests: synth.takesDigests),
    files: .system)
  _ = try runner.perform()
  return (folder, try tensors(in: folder.file("x")))
}

/// The bytes of every stored tensor of a folder.
func tensors(in folder: String) throws -> [String: [UInt8]] {
  let checkpoint = try Checkpoint.open(folder)
  var content: [String: [UInt8]] = [:]
  for record in checkpoint.records {
    let file = try OpenFile(reading: checkpoint.shard(of: record).path, .system)
    content[record.name.string] = try file.readBytes(record.range)
  }
  return content
}
