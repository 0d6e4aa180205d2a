import Testing

@testable import CheckpointKit
@testable import Quantize

/// Which engines load what: the facts themselves, and what is refused because of them.
@Suite struct ReadersTests {
  private func engine(_ facts: String) throws -> EngineSpec {
    let text = """
      {"schema": "ckpt.engine/1", "name": "x", "title": "X", "version": "1", "options": {}, "values": {}, "rules": [],
       "loads": [\(facts)], "sources": ["none"]}
      """
    return try EngineSpec(JSONValue(parsing: text, file: "x.json"), file: "x.json")
  }

  @Test("a fact of one model goes before one of all, and what no fact speaks of is not known")
  func lookup() throws {
    let engine = try engine(
      """
      {"models": ["*"], "storage": ["gguf"], "verdict": "refuses", "problem": "p", "source": "s"},
      {"models": ["llama"], "storage": ["gguf", "plain"], "verdict": "loads", "source": "s"}
      """)
    #expect(engine.loadFact("llama", .gguf)?.verdict == .loads)
    #expect(engine.loadFact("qwen3", .gguf)?.verdict == .refuses)
    #expect(engine.loadFact("qwen3", .plain) == nil)
    let known = Readers(of: "llama", in: .int4, among: [engine])
    #expect(known.unknown.count == 1 && !known.isNone)
    #expect(Readers(of: "qwen3", in: .gguf, among: [engine]).isNone)
    #expect(!Readers(of: "qwen3", in: .gguf, among: []).isNone)
  }

  @Test(
    "facts that contradict each other, or do not say what goes wrong, are malformed",
    arguments: [
      #"{"models": ["a"], "storage": ["int4"], "verdict": "loads", "source": "s"}, {"models": ["a"], "storage": ["int4"], "verdict": "loads", "source": "s"}"#,
      #"{"models": ["a"], "storage": ["int4"], "verdict": "refuses", "source": "s"}"#,
      #"{"models": ["a"], "storage": ["int4"], "verdict": "loads", "problem": "p", "source": "s"}"#,
      #"{"models": ["a"], "storage": ["int3"], "verdict": "loads", "source": "s"}"#,
      #"{"models": ["a"], "storage": ["int4"], "verdict": "perhaps", "source": "s"}"#,
      #"{"models": ["a"], "storage": ["int4"], "verdict": "loads"}"#,
    ])
  func malformed(facts: String) throws {
    #expect(throws: CheckpointError.self) { try engine(facts) }
  }

  @Test("facts name model types that a family has, with their sources")
  func names() throws {
    let library = try library.get()
    let types = Set(library.families.flatMap(\.modelTypes)).union(["*"])
    for engine in try library.engines() {
      #expect(!engine.loads.isEmpty, "\(engine.name)")
      for fact in engine.loads {
        #expect(types.isSuperset(of: fact.models), "\(engine.name): \(fact.models)")
        #expect(!fact.source.isEmpty && !fact.storage.isEmpty, "\(engine.name)")
      }
    }
  }

  @Test("of all families and storages of recipes, INT4 of gpt-oss is the one that nothing reads")
  func refused() throws {
    let library = try library.get()
    let engines = try library.engines()
    var refused: [String] = []
    for type in library.families.flatMap(\.modelTypes) {
      for storage in [StorageKind.plain, .fp8Block, .int4, .gguf]
      where Readers(of: type, in: storage, among: engines).isNone { refused.append("\(type) \(storage.rawValue)") }
    }
    #expect(refused == ["gpt_oss int4"])
  }

  @Test("a folder is stored as its experts are, and a mixture is none of the kinds")
  func kinds() {
    #expect(StorageKind(experts: [], others: [.plain]) == .plain)
    #expect(StorageKind(experts: [], others: [.plain, .int4]) == .int4)
    #expect(StorageKind(experts: [.fp8Block], others: [.plain, .fp8Block]) == .fp8Block)
    #expect(StorageKind(experts: [.mxfp4], others: [.plain]) == .mxfp4)
    #expect(StorageKind(experts: [.plain], others: [.plain, .int4]) == nil)
    #expect(StorageKind(experts: [.int4], others: [.fp8Block]) == nil)
    #expect(StorageKind(experts: [.int4, .plain], others: [.plain]) == nil)
  }

  // MARK: Conversions

  private func plan(
    _ family: String, to name: String, container: Container = .safetensors, specs: [String] = []
  ) throws -> ConvertPlan {
    let library = try SpecLibrary(folders: specs)
    let (folder, _) = try write(try presetModel("tiny", family: family))
    defer { withExtendedLifetime(folder) {} }
    let source = try Binding.bind(try Checkpoint.open(folder.file("x")), library: library)
    let recipe = try #require(try Recipe.find(name, in: library, files: .system))
    var options = ConvertOptions()
    options.container = container
    return try ConvertPlanner.plan(source, recipe: recipe, options: options, library: library)
  }

  private func refusal(_ body: () throws -> Void) -> CheckpointError? {
    do { try body() } catch { return error as? CheckpointError }
    return nil
  }

  @Test("a conversion that no engine reads is refused, with every engine's reason and what is read instead")
  func withoutReader() throws {
    let error = try #require(refusal { _ = try plan("gpt_oss", to: "int4-g32") })
    #expect(error.code == .recipeWithoutReader && error.file == "int4-g32")
    for text in [
      "gpt_oss", "INT4", "vLLM 0.33.0", "SGLang", "KTransformers", "TensorRT-LLM", "llama.cpp", "transformers",
    ] {
      #expect(error.problem.contains(text), "\(text)")
    }
    let hint = try #require(error.hint)
    #expect(hint.contains("BF16") && hint.contains("MXFP4 (") && hint.contains("GGUF (llama.cpp)"))
    #expect(!hint.contains("INT4"))
  }

  @Test("of a family that was given with --specs nothing is known, and nothing refused for want of readers")
  func ownFamily() throws {
    let folder = try TemporaryFolder()
    try FileAccess.system.makeDirectories(folder.file("families"))
    let text = try #require(try library.get().document(.families, named: "gpt_oss")).json.text()
    try FileAccess.system.writeAtomically(Array(text.utf8), to: folder.file("families/gpt_oss.json"))
    let plan = try plan("gpt_oss", to: "int4-g32", specs: [folder.path])
    #expect(plan.works.contains { $0.target is PackedINT4Layout })
  }

  @Test("a recipe that encodes nothing of a family is refused, and writes no plain copy in its name")
  func nothingToEncode() throws {
    let error = try #require(refusal { _ = try plan("gpt_oss", to: "fp8-block") })
    #expect(error.code == .recipeUnsuitable && error.file == "fp8-block" && error.problem.contains("gpt_oss"))
    let gguf = try #require(refusal { _ = try plan("qwen3_moe", to: "mxfp4-native", container: .gguf) })
    #expect(gguf.code == .recipeUnsuitable)
  }

  @Test(
    "what is read is planned as ever",
    arguments: [
      ("gpt_oss", "bf16"), ("llama", "int4-g32"), ("qwen3_moe", "fp8-block"), ("kimi_k2_thinking", "int4-g32"),
    ])
  func planned(family: String, recipe: String) throws {
    #expect(try !plan(family, to: recipe).works.isEmpty)
  }

  @Test(
    "synth refuses a storage that encodes nothing of a family, or that it is not published in",
    arguments: [("gpt_oss", "fp8-block"), ("llama", "mxfp4"), ("qwen3_moe", "mxfp4")])
  func synthStorage(family: String, storage: String) throws {
    let error = try #require(refusal { _ = try presetModel("tiny", family: family) { $0.storage = storage } })
    #expect(error.code == .recipeUnsuitable && error.problem.contains(family))
  }

  // MARK: validate

  @Test(
    "validate --for says whether an engine loads the family in this storage",
    arguments: [
      ("gpt_oss", "int4-g32", "vllm", "engine.refuses"), ("gpt_oss", "int4-g32", "sglang:tp=2", "engine.refuses"),
      ("gpt_oss", nil, "vllm", nil), ("minimax_m2", "int4-g32", "ktransformers", "engine.refuses"),
      ("deepseek_v3", "int4-g32", "ktransformers", "engine.unknown"), ("kimi_k2_thinking", nil, "ktransformers", nil),
      ("qwen3", "int4-g32", "transformers", nil),
    ] as [(String, String?, String, String?)])
  func preflight(family: String, storage: String?, engine: String, code: String?) throws {
    let stored = try presetModel("tiny", family: family) { $0.storage = storage }
    let facts = EngineFacts(
      model: stored.model, config: stored.model.config, container: "safetensors",
      tensors: stored.tensors.compactMap { tensor in tensor.index.map { ($0, tensor.layout) } }, hasProcessor: true,
      hasTokenizer: true)
    let deployment = try Deployment(engine, engines: try library.get().engines())
    let findings = Preflight.findings(deployment, facts).filter { $0.problem.hasSuffix(", loads]") }
    #expect(findings.map(\.code.rawValue) == (code.map { [$0] } ?? []))
  }
}
