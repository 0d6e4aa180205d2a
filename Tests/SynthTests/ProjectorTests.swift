import Testing

@testable import CheckpointKit
@testable import Quantize

/// Vision towers as files beside a GGUF text model. Bytes against llama.cpp's converter: `Tests/Conformance/mmproj.py`.
@Suite struct ProjectorTests {
  private static let images = #"{"image_mean": [0.5, 0.25, 0.125], "image_std": [0.5, 0.5, 1]}"#

  private func plan(
    _ family: String, in folder: TemporaryFolder, to recipe: String = "f32", images: String? = images,
    shards: Int? = nil
  ) throws -> ConvertPlan {
    let library = try library.get()
    let file = joinPath(folder.file("x"), "preprocessor_config.json")
    try FileAccess.system.remove(file)
    if let images { try FileAccess.system.writeAtomically(Array(images.utf8), to: file) }
    var options = ConvertOptions()
    options.container = .gguf
    options.preTokenizer = "qwen2"
    options.maxShardBytes = shards
    return try ConvertPlanner.plan(
      try Binding.bind(try Checkpoint.open(folder.file("x")), library: library),
      recipe: try #require(try Recipe.find(recipe, in: library, files: .system)), options: options, library: library)
  }

  private func source(_ family: String) throws -> TemporaryFolder {
    try write(
      try presetModel("tiny", family: family) { $0.settings = [("vocab_size", "320")] }
    ).0
  }

  private func runner(_ job: ConvertPlan, to destination: String) throws -> Runner {
    try Runner(
      job, place: PlanFile.Place(source: nil, destination: destination),
      options: Runner.Options(
        threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0, takesDigests: job.takesDigests),
      files: .system)
  }

  private func carryOut(_ job: ConvertPlan, to destination: String) throws {
    _ = try runner(job, to: destination).perform()
  }

  @Test("what a tower's file is made of comes back out of it", arguments: ["kimi_k25", "qwen35", "qwen35_moe"])
  func roundTrip(family: String) throws {
    let folder = try source(family)
    defer { withExtendedLifetime(folder) {} }
    let job = try plan(family, in: folder)
    try carryOut(job, to: folder.file("x.gguf"))
    let library = try library.get()
    let tower = try Binding.bind(try Checkpoint.open(folder.file("mmproj-x.gguf")), library: library)
    #expect(tower.findings.isEmpty && tower.model?.groups == [.vision])
    let compared = try Comparer(
      job.binding, tower, options: Comparer.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0)
    ).compare()
    let vision = try #require(job.binding.model).tensors.count { $0.group == .vision }
    #expect(compared.rows.count == vision && compared.rows.allSatisfy(\.isIdentical))
    #expect(compared.findings.allSatisfy { $0.severity == .note })
    // And the text model's file is opened alone, from a folder with both.
    try FileAccess.system.removeTree(folder.file("x"))
    let text = try Checkpoint.open(folder.path)
    #expect(text.projectors == ["mmproj-x.gguf"] && text.shards.map(\.name) == ["x.gguf"])
  }

  @Test("a plan holds a tower's file beside the set, with a header of its own, and tells the sizes that come out")
  func sizes() throws {
    let folder = try source("qwen35")
    defer { withExtendedLifetime(folder) {} }
    let job = try plan("qwen35", in: folder, shards: 2 << 20)
    let place = PlanFile.Place(source: nil, destination: folder.file("out.gguf"))
    let names = job.plan.files.map { place.name(of: $0) }
    #expect(names.count > 2 && names.last == "mmproj-out.gguf" && names.first?.hasPrefix("out-00001-of-") == true)
    #expect(job.plan.files.map(\.isBeside).filter { $0 } == [true])
    try carryOut(job, to: place.destination)
    for (file, name) in zip(job.plan.files, names) {
      #expect(try FileAccess.system.status(folder.file(name))?.size == file.byteCount, "\(name)")
    }
    let text = try Checkpoint.open(folder.file(names[0]))
    let tower = try Checkpoint.open(folder.file("mmproj-out.gguf"))
    #expect(text.records.count + tower.records.count == job.plan.parts.count)
    #expect(!tower.shards[0].fields.contains { $0.key.hasPrefix("split.") })
  }

  @Test("a tower follows the recipes f32 and f16, and is BF16 beside every other; llama.cpp's exceptions are F32")
  func types() throws {
    let folder = try source("kimi_k25")
    defer { withExtendedLifetime(folder) {} }
    for (recipe, matrices, patch) in [
      ("f32", DType.f32, DType.f32), ("f16", .f16, .f16), ("bf16", .bf16, .f32), ("q4_K", .bf16, .f32),
    ] {
      let plan = try plan("kimi_k25", in: folder, to: recipe).plan
      let tower = try #require(plan.files.last)
      func dtype(_ name: String) -> DType? {
        plan.parts.first { $0.name.string == name }?.dtype
      }
      #expect(tower.isBeside)
      #expect(dtype("v.blk.0.attn_qkv.weight") == matrices && dtype("mm.2.weight") == matrices, "\(recipe)")
      #expect(dtype("v.patch_embd.weight") == patch && dtype("v.position_embd.weight") == .f32, "\(recipe)")
      #expect(dtype("v.blk.1.ln1.weight") == .f32 && dtype("mm.1.bias") == .f32, "\(recipe)")
    }
  }

  @Test("queries and keys of Kimi's tower go from pairs of x and y in turn to all of x, then all of y")
  func rotary() throws {
    let library = try library.get()
    let config = try Preset.find("tiny", family: "kimi_k25", in: library).config(with: [])
    let model = try ModelLayout(try #require(library.family(modelType: "kimi_k25")), config: config)
    let spec = try #require(try library.projector(model))
    let layout = try GGUFLayout(spec, of: model, present: model.tensors.map { $0.group == .vision })
    // Four heads of sixteen values.
    let head = [0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15]
    let expected = (0..<8).flatMap { h in head.map { Int32(16 * h + $0) } } + (128..<192).map { Int32($0) }
    let weight = try #require(layout.tensors.first { $0.name == "v.blk.1.attn_qkv.weight" })
    let bias = try #require(layout.tensors.first { $0.name == "v.blk.1.attn_qkv.bias" })
    guard case .picked(let rows) = weight.rows else {
      Issue.record("takes all rows")
      return
    }
    #expect(rows == expected && bias.columns == expected)
  }

  @Test("without what says how pixels enter a tower, it gets what published models have, with a warning")
  func withoutPreprocessor() throws {
    let folder = try source("qwen35")
    defer { withExtendedLifetime(folder) {} }
    let half = try plan("qwen35", in: folder, images: #"{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#)
    let usual = try plan("qwen35", in: folder, images: nil)
    #expect(usual.plan.files.map(\.headerDigest) == half.plan.files.map(\.headerDigest))
    let said = usual.findings.filter { $0.code == .processorMissing }
    #expect(said.count == 1 && said[0].severity == .warning && said[0].problem.contains("0.5"))
    #expect(!half.findings.contains { $0.code == .processorMissing })
  }

  @Test("a statement of pixels that cannot be used leaves the tower out, with a warning that names the file")
  func unusablePreprocessor() throws {
    let folder = try source("qwen35")
    defer { withExtendedLifetime(folder) {} }
    let whole = try plan("qwen35", in: folder)
    let short = try plan("qwen35", in: folder, images: #"{"image_mean": [0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#)
    #expect(short.plan.files.count == 1 && short.plan.files[0].headerDigest == whole.plan.files[0].headerDigest)
    let left = short.findings.filter { $0.code == .tensorOmitted }
    #expect(left.count == 1 && left[0].severity == .warning && left[0].problem.contains("preprocessor_config.json"))
    #expect(whole.findings.allSatisfy { $0.code != .tensorOmitted })
    let error = #expect(throws: CheckpointError.self) { try plan("qwen35", in: folder, images: "[]") }
    #expect(error?.code == .malformedFile)
  }

  @Test("a tower that lies there without its text model is replaced by one of the same tensors, and by no other")
  func leftover() throws {
    let folder = try source("qwen35")
    let out = folder.file("out.gguf")
    let tower = folder.file("mmproj-out.gguf")
    try carryOut(try plan("qwen35", in: folder), to: out)
    let first = try FileAccess.system.readAll(tower, limit: 1 << 30)
    try FileAccess.system.remove(out)
    let again = try runner(try plan("qwen35", in: folder, to: "q8_0"), to: out)
    #expect(try again.replacedBeside() == ["mmproj-out.gguf"])
    _ = try again.perform()
    let second = try FileAccess.system.readAll(tower, limit: 1 << 30)
    #expect(second.count < first.count)
    try FileAccess.system.remove(out)
    let foreign = Array("GGUF, but of nobody".utf8)
    try FileAccess.system.writeAtomically(foreign, to: tower)
    let job = try plan("qwen35", in: folder)
    let error = #expect(throws: CheckpointError.self) { try carryOut(job, to: out) }
    #expect(error?.code == .outputExists && error?.file == tower)
    #expect(try FileAccess.system.readAll(tower, limit: 1 << 20) == foreign)
  }

  @Test("a tower of other tensors that lies there without its text model is refused, and stays where none is written")
  func leftoverOfAnother() throws {
    let (folder, other) = (try source("qwen35"), try source("kimi_k25"))
    let (out, tower) = (folder.file("out.gguf"), folder.file("mmproj-out.gguf"))
    try carryOut(try plan("kimi_k25", in: other), to: out)
    try FileAccess.system.remove(out)
    let before = try FileAccess.system.readAll(tower, limit: 1 << 30)
    let job = try plan("qwen35", in: folder)
    let error = #expect(throws: CheckpointError.self) { try carryOut(job, to: out) }
    #expect(error?.code == .outputExists && error?.file == tower)
    let short = try runner(
      try plan("qwen35", in: folder, images: #"{"image_mean": [0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#), to: out)
    #expect(try short.replacedBeside() == [])
    _ = try short.perform()
    #expect(try FileAccess.system.readAll(tower, limit: 1 << 30) == before)
    #expect(try FileAccess.system.status(out) != nil)
  }
}
