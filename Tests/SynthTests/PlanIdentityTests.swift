import Synchronization
import Testing

@testable import CheckpointKit
@testable import Quantize

/// Whatever changes bytes changes a plan's identity; whatever does not, does not.
@Suite struct PlanIdentityTests {
  /// What a plan is made for.
  enum Way: String, CaseIterable { case folder, toGGUF, fromGGUF, withinGGUF, reshard, reshardGGUF, checksum, synth }

  private static let library = Result { try SpecLibrary() }

  /// A tiny model with a vision tower, as a folder and as a GGUF file.
  private static let source = Result {
    let model = try presetModel("tiny", family: "qwen35") {
      $0.settings = [("vocab_size", "320"), ("num_hidden_layers", "4")]
    }
    let folder = try write(model).0
    try FileAccess.system.makeDirectory(folder.file("x/additional_chat_templates"))
    for (name, text) in [
      ("chat_template.jinja", "{{ a }}"), ("additional_chat_templates/tool.jinja", "{{ b }}"),
      ("README.md", "---\nlicense: mit\n---\n"), ("generation_config.json", #"{"top_k": 3}"#),
      ("preprocessor_config.json", #"{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"#),
    ] {
      try FileAccess.system.writeAtomically(Array(text.utf8), to: joinPath(folder.file("x"), name))
    }
    let job = try convert(.toGGUF, folder.file("x"), library.get())
    let runner = try Runner(
      job, place: PlanFile.Place(source: nil, destination: folder.file("x.gguf")),
      options: Runner.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0), files: .system)
    _ = try runner.perform()
    return folder
  }

  private static func convert(
    _ way: Way, _ path: String, _ library: SpecLibrary, threads: Int = 4, files: FileAccess = .system,
    recipe: String = "bf16", _ change: (inout ConvertOptions) throws -> Void = { _ in }
  ) throws -> ConvertPlan {
    let binding = try Binding.bind(try Checkpoint.open(path, files: files, threads: threads), library: library)
    var options = ConvertOptions()
    if way == .toGGUF || way == .withinGGUF { options.container = .gguf }
    if way == .toGGUF { options.preTokenizer = "qwen2" }
    try change(&options)
    let found = try #require(try Recipe.find(recipe, in: library, files: .system))
    return try ConvertPlanner.plan(binding, recipe: found, options: options, library: library)
  }

  private static func path(_ way: Way) throws -> String {
    try source.get().file([.fromGGUF, .withinGGUF, .reshardGGUF].contains(way) ? "x.gguf" : "x")
  }

  private static func id(
    _ way: Way, _ library: SpecLibrary, path: String? = nil, threads: Int = 4, files: FileAccess = .system
  ) throws -> SHA256Digest {
    let path = try path ?? self.path(way)
    switch way {
    case .folder, .toGGUF, .fromGGUF, .withinGGUF:
      return try convert(way, path, library, threads: threads, files: files).plan.id
    case .reshard, .reshardGGUF:
      let binding = try Binding.bind(try Checkpoint.open(path, files: files, threads: threads), library: library)
      return try Reshard(binding, sharding: .upTo(bytes: 1 << 20)).plan.id
    case .checksum:
      let options = Checksum.Options(threads: threads, memory: 1 << 30)
      return try ChecksumPlan(path, output: path + ".json", library: library, options: options, files: files).id
    case .synth:
      let preset = try Preset.find("tiny", family: "qwen35", in: library)
      return try SynthPlan(try PresetModel(preset, library: library), options: SynthOptions()).plan.id
    }
  }

  /// Of a library in which one document has another word.
  private static func ways(changedBy kind: SpecLibrary.Kind, _ name: String) throws -> Set<Way> {
    let library = try library.get()
    let folder = try TemporaryFolder()
    var json = try #require(library.document(kind, named: name)?.json.object)
    if kind == .recipes || kind == .presets {
      json["title"] = "another"
    } else {
      json["sources"] = .array((json["sources"]?.array ?? []) + ["another"])
    }
    try FileAccess.system.makeDirectory(folder.file(kind.rawValue))
    try FileAccess.system.writeAtomically(
      Array(JSONValue.object(json).text().utf8), to: folder.file("\(kind.rawValue)/one.json"))
    let changed = try SpecLibrary(folders: [folder.path])
    return Set(try Way.allCases.filter { try id($0, changed) != id($0, library) })
  }

  @Test("a document that is used, or extended by one, is part of a plan; others are not")
  func documents() throws {
    let converting: Set<Way> = [.folder, .toGGUF, .fromGGUF, .withinGGUF]
    let table: [(SpecLibrary.Kind, String, Set<Way>)] = [
      (.families, "qwen3_5", Set(Way.allCases)), (.families, "llama", []),
      (.gguf, "qwen35", [.toGGUF, .fromGGUF, .withinGGUF, .reshardGGUF]), (.gguf, "mmproj-qwen3_5", [.toGGUF]),
      (.gguf, "llama", []), (.tokenizers, "qwen2", [.toGGUF, .synth]),
      (.recipes, "bf16", converting), (.recipes, "q8_0", []),
      (.presets, "tiny-qwen35", [.synth]), (.presets, "tiny-llama", []), (.engines, "vllm", []),
    ]
    for (kind, name, ways) in table { #expect(try Self.ways(changedBy: kind, name) == ways, "\(kind)/\(name)") }
  }

  @Test("every option that changes bytes is part of a plan")
  func options() throws {
    let (library, folder) = (try Self.library.get(), try Self.source.get())
    let importance = [folder.file("a.dat"), folder.file("b.dat")]
    for (path, value) in zip(importance, [Float(1), 2]) {
      // One entry of one value: how many entries; length of the name, name, calls, count of values, values.
      var bytes: [UInt8] = []
      for number in [1, 1] as [Int32] { withUnsafeBytes(of: number) { bytes += $0 } }
      bytes += Array("x".utf8)
      for number in [1, 1] as [Int32] { withUnsafeBytes(of: number) { bytes += $0 } }
      withUnsafeBytes(of: value) { bytes += $0 }
      try FileAccess.system.writeAtomically(bytes, to: path)
    }
    let changes: [(String, (inout ConvertOptions) throws -> Void)] = [
      ("rounding", { $0.rounding = .mse }), ("scale-dtype", { $0.scaleDType = .f16 }),
      ("max-shard-size", { $0.maxShardBytes = 1 << 20 }), ("digests", { $0.digests = .all }),
      ("errors", { $0.errors = .all }),
    ]
    let inGGUF: [(String, (inout ConvertOptions) throws -> Void)] = [
      ("pre", { $0.preTokenizer = "llama-bpe" }), ("name", { $0.modelName = "a" }),
      ("tensor types", { $0.tensorTypes = try LlamaMixTensorTypes(parsing: "ffn_down=q8_0", file: "x") }),
      ("importance", { $0.importance = try ImportanceMatrix(importance[0]) }),
      ("other importance", { $0.importance = try ImportanceMatrix(importance[1]) }),
    ]
    for (way, table) in [(Way.folder, changes), (.toGGUF, changes + inGGUF), (.withinGGUF, changes)] {
      let path = try Self.path(way)
      var ids = [try Self.convert(way, path, library).plan.id]
      for (name, change) in table {
        let id = try Self.convert(way, path, library, change).plan.id
        #expect(!ids.contains(id), "\(way) \(name)")
        ids.append(id)
      }
      let other = try Self.convert(way, path, library, recipe: way == .folder ? "f32" : "f16").plan.id
      #expect(!ids.contains(other))
    }
  }

  /// Copies the source, for changes.
  private static func copy() throws -> TemporaryFolder {
    let (folder, from) = (try TemporaryFolder(), try source.get())
    try FileAccess.system.makeDirectory(folder.file("x"))
    try FileAccess.system.makeDirectory(folder.file("x/additional_chat_templates"))
    for name in try FileAccess.system.list(from.file("x")) where name != "additional_chat_templates" {
      try FileAccess.system.writeAtomically(
        try FileAccess.system.readAll(from.file("x/" + name), limit: 1 << 26), to: folder.file("x/" + name))
    }
    let more = "additional_chat_templates/tool.jinja"
    try FileAccess.system.writeAtomically(
      try FileAccess.system.readAll(from.file("x/" + more), limit: 1 << 20), to: folder.file("x/" + more))
    try FileAccess.system.writeAtomically(
      try FileAccess.system.readAll(from.file("x.gguf"), limit: 1 << 26), to: folder.file("x.gguf"))
    return folder
  }

  @Test("every file that planning opens is part of a plan, and a changed one changes it")
  func smallFiles() throws {
    let library = try Self.library.get()
    for way in [Way.folder, .toGGUF, .fromGGUF, .withinGGUF, .reshard] {
      let folder = try Self.copy()
      let path = folder.file(try Self.path(way).hasSuffix(".gguf") ? "x.gguf" : "x")
      let opened = Mutex<Set<String>>([])
      let files = FileAccess { call, path in
        if call == .open { opened.withLock { _ = $0.insert(path) } }
        return nil
      }
      let before = try Self.id(way, library, path: path, files: files)
      let read = opened.withLock { $0 }
      #expect(read.count > (path.hasSuffix(".gguf") ? 0 : 3))
      for file in read {
        let bytes = try FileAccess.system.readAll(file, limit: 1 << 26)
        // A space where nothing is told apart by it; a weight file gets another name in its header.
        var changed = bytes + (file.hasSuffix(".json") || file.hasSuffix(".jinja") ? [0x20] : [0x0A])
        if file.hasSuffix(".safetensors") || file.hasSuffix(".gguf") { changed = bytes + [0] }
        try FileAccess.system.writeAtomically(changed, to: file)
        let after = try? Self.id(way, library, path: path)
        #expect(after != before, "\(way) \(file)")
        try FileAccess.system.writeAtomically(bytes, to: file)
        #expect(try Self.id(way, library, path: path) == before)
      }
    }
  }

  @Test("threads and paths are no part of a plan, nor what a library was asked before")
  func unchanged() throws {
    let (library, folder) = (try SpecLibrary(), try Self.copy())
    for way in Way.allCases where way != .synth && way != .checksum {
      let isGGUF = try Self.path(way).hasSuffix(".gguf")
      let id = try Self.id(way, library, path: folder.file(isGGUF ? "x.gguf" : "x"), threads: 1)
      #expect(try id == Self.id(way, Self.library.get()))
    }
  }
}
