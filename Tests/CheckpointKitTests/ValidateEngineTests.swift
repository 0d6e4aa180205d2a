import Testing

@testable import CheckpointKit

@Suite struct ValidateEngineTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var preset: String
    /// A recipe that replaces the published storage.
    var storage: String?
    /// A quantization_config that replaces the published one.
    var quantization: JSONValue?
    /// Encodings of single roles, other than the storage's.
    var layouts: [String: String]
    var deployment: String
    /// The rules that refuse; none where the engine runs it.
    var refusedBy: [String]
    var reason: String

    init(_ json: JSONValue) {
      preset = json["checkpoint"]?.string ?? ""
      storage = json["storage"]?.string
      quantization = json["quantization_config"]
      layouts = Dictionary(
        uniqueKeysWithValues: (json["layouts"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") })
      deployment = json["for"]?.string ?? ""
      refusedBy = json["refused_by"]?.array?.compactMap(\.string) ?? []
      reason = json["why"]?.string ?? ""
    }

    var testDescription: String { "\(preset) \(storage ?? "as published") on \(deployment): \(reason)" }
  }

  /// What engines do with published checkpoints, as their sources say: see the rules for the place.
  static let cases: [Case] = {
    let file = joinPath(vectorsFolder, "engines/cases.json")
    guard let bytes = try? FileAccess.system.readAll(file, limit: 1 << 20),
      let json = try? JSONValue(parsing: bytes, file: file)
    else { return [] }
    return json["cases"]?.array?.map { Case($0) } ?? []
  }()

  static let library = try? SpecLibrary()
  static let engines = (try? library?.engines()) ?? []

  private func judge(_ one: Case) throws -> (refusing: [String], findings: [Finding], engine: EngineSpec) {
    let library = try #require(Self.library)
    let document = try #require(library.document(.presets, named: one.preset))
    let preset = try Preset(document.json, file: document.file)
    var changes = PresetModel.Changes()
    changes.storage = one.storage
    // A few layers have every kind of tensor that all have.
    switch one.preset {
    case "Kimi-K2.5": changes.settings = [("text_config.num_hidden_layers", "2")]
    case "DeepSeek-R1": changes.settings = [("num_hidden_layers", "4")]
    case "Llama-3.3-70B": break
    default: changes.settings = [("num_hidden_layers", "2")]
    }
    let stored = try PresetModel(preset, changes: changes, library: library)
    var config = stored.model.config
    if let quantization = one.quantization {
      var root = config.root
      root["quantization_config"] = quantization
      config = ModelConfig(root, file: config.file)
    }
    let tensors: [(Int, any EncodingLayout)] = stored.tensors.compactMap { tensor in
      guard let index = tensor.index else { return nil }
      let other = one.layouts[stored.model.tensors[index].role.name].flatMap { EncodingLayouts.named($0) }
      return (index, other ?? tensor.layout)
    }
    let facts = EngineFacts(
      model: stored.model, config: config, container: "safetensors", tensors: tensors, hasProcessor: false,
      hasTokenizer: true)
    let deployment = try Deployment(one.deployment, engines: Self.engines)
    return (
      Preflight.refuses(deployment, facts).map(\.id), Preflight.findings(deployment, facts), deployment.engine
    )
  }

  @Test("each case is refused by the rules that its numbers break, and by no other", arguments: cases)
  func verdict(_ one: Case) throws {
    let (refusing, findings, engine) = try judge(one)
    #expect(refusing.sorted() == one.refusedBy.sorted())
    let errors = findings.filter { $0.severity == .error }
    #expect(errors.count == refusing.count)
    for finding in errors {
      #expect(finding.problem.contains("[engines/\(engine.name).json \(engine.version), "), "\(finding.problem)")
      #expect(finding.hint != nil, "no way out: \(finding.problem)")
      #expect(!finding.problem.contains("–"), "a number is missing: \(finding.problem)")
    }
  }

  @Test("there are enough cases, half of them refused")
  func count() {
    #expect(Self.cases.count >= 60 && Self.cases.count { !$0.refusedBy.isEmpty } >= 30)
  }

  @Test("docs/engines.md has the table of these cases, with the rule and its version")
  func table() throws {
    var rows = [
      "| checkpoint | stored as | deployment | verdict | rule | why | rests on |", "|---|---|---|---|---|---|---|",
    ]
    for one in Self.cases {
      let (refusing, findings, engine) = try judge(one)
      let warned = findings.contains { $0.severity == .warning }
      let verdict = refusing.isEmpty ? warned ? "yes, with a warning" : "yes" : "no"
      var storage = one.storage ?? (one.quantization == nil ? "as published" : "")
      if let json = one.quantization {
        let weights = json["config_groups"]?["group_0"]?["weights"]
        var details =
          weights.map { "\($0["num_bits"]?.text() ?? "") bits, g\($0["group_size"]?.text() ?? "")" }
          ?? json["bits"].map { "\($0.text()) bits" } ?? ""
        if weights?["symmetric"]?.bool == false { details += ", asymmetric" }
        if let order = weights?["actorder"]?.string { details += ", actorder \(order)" }
        if json["desc_act"]?.bool == true { details += ", desc_act" }
        if let group = json["config_groups"]?["group_0"], group["input_activations"]?.isNull == false {
          details += ", 8-bit activations"
        }
        storage = [json["quant_method"]?.string ?? "", json["format"]?.string ?? "", details].filter { !$0.isEmpty }
          .joined(separator: ", ")
      }
      for (role, layout) in one.layouts.sorted(by: { $0.key < $1.key }) { storage += "; \(role) \(layout)" }
      let rules = refusing.isEmpty ? "" : "`\(engine.name).json` \(engine.version): \(refusing.joined(separator: ", "))"
      let evidence = try restsOn(one, refusing, engine)
      rows.append(
        "| \(one.preset) | \(storage) | `\(one.deployment)` | \(verdict) | \(rules) | \(one.reason) | \(evidence) |")
    }
    let page = String(
      decoding: try FileAccess.system.readAll(joinPath(packageFolder, "docs/engines.md"), limit: 1 << 20),
      as: UTF8.self)
    let table = rows.joined(separator: "\n") + "\n"
    #expect(page.contains(table), "the table should be:\n\(table)")
  }

  /// The weakest of what the refusing rules rest on; of one that runs, what its family's fact does.
  private func restsOn(_ one: Case, _ refusing: [String], _ engine: EngineSpec) throws -> String {
    let found = engine.rules.filter { refusing.contains($0.id) }.map(\.evidence)
    let order: [EngineSpec.Evidence] = [.read, .judged, .run]
    if let weakest = order.first(where: { found.contains($0) }) { return weakest.rawValue }
    if one.quantization != nil { return EngineSpec.Evidence.read.rawValue }
    let preset = try Preset.find(one.preset, in: try #require(Self.library))
    let storage = StorageKind.allCases.first { (one.storage ?? "").hasPrefix($0.rawValue) }
    let fact = engine.loads.first {
      $0.models.contains(preset.modelType ?? "") && (storage.map($0.storage.contains) ?? true)
    }
    return (fact?.evidence ?? .read).rawValue
  }

  /// What vLLM's own code said of checkpoints that are made here: see Tests/Conformance/engines.py.
  static let judged: [JSONValue] = {
    let file = joinPath(vectorsFolder, "engines/judged.json")
    guard let bytes = try? FileAccess.system.readAll(file, limit: 1 << 20) else { return [] }
    return (try? JSONValue(parsing: bytes, file: file))?["cases"]?.array ?? []
  }()

  private func replayed(_ one: JSONValue) throws -> [Finding] {
    let library = try #require(Self.library)
    var changes = PresetModel.Changes()
    changes.storage = one["storage"]?.string
    changes.settings = (one["set"]?.array ?? []).compactMap(\.string).map { text in
      let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
      return (sides[0], sides[1])
    }
    let preset = try Preset.find(one["preset"]?.string ?? "tiny", family: one["tiny"]?.string, in: library)
    let stored = try PresetModel(preset, changes: changes, library: library)
    let facts = EngineFacts(
      model: stored.model, config: try Self.config(stored, changes.storage, one["config"]), container: "safetensors",
      tensors: stored.tensors.compactMap { tensor in tensor.index.map { ($0, tensor.layout) } }, hasProcessor: true,
      hasTokenizer: true)
    let deployment = "vllm:tp=\(one["tp"]?.int ?? 1),ep=\(one["ep"]?.int ?? 1)"
    return Preflight.findings(try Deployment(deployment, engines: Self.engines), facts)
  }

  @Test("the rules of vLLM say what its own code did", arguments: judged.indices)
  func replay(_ number: Int) throws {
    let one = Self.judged[number]
    let errors = try replayed(one).filter { $0.severity == .error }
    // Where the record says that they differ, they must: else the record is old.
    let loads = try #require(one["loads"]?.bool) != (one["differs"] != nil)
    #expect(errors.isEmpty == loads, "\(one.text()): \(errors.map(\.problem))")
  }

  @Test("a rule that is called judged speaks in a judged case")
  func judgedRules() throws {
    var spoken = Set<String>()
    for one in Self.judged {
      for finding in try replayed(one) {
        if let id = finding.problem.split(separator: " ").last { spoken.insert(String(id.dropLast())) }
      }
    }
    let vllm = try #require(Self.engines.first { $0.name == "vllm" })
    for rule in vllm.rules where rule.evidence == .judged { #expect(spoken.contains(rule.id), "\(rule.id)") }
    #expect(Self.judged.count >= 100)
  }

  /// What the config of a made checkpoint says, as far as rules ask.
  private static func config(_ stored: PresetModel, _ storage: String?, _ changed: JSONValue?) throws -> ModelConfig {
    var root = stored.model.config.root
    if let storage {
      root["quantization_config"] = nil
      if let group = storage.hasPrefix("int4-g") ? Int(storage.dropFirst(6)) : nil {
        root["quantization_config"] = try JSONValue(
          parsing: """
            {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0":
             {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int", "symmetric": true, "strategy": "group",
              "group_size": \(group)}}}}
            """, file: "replay")
      } else if storage == "fp8-block" {
        root["quantization_config"] = try JSONValue(
          parsing: #"{"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}"#,
          file: "replay")
      }
    }
    for (key, value) in changed?.object?.members ?? [] {
      if value.isNull {
        root[key] = nil
      } else if let object = value.object, var inner = root[key]?.object {
        for (key, value) in object.members { inner[key] = value }
        root[key] = .object(inner)
      } else {
        root[key] = value
      }
    }
    return ModelConfig(root, file: "config.json")
  }

  @Test("every rule of every engine can be read, and names its source")
  func rules() throws {
    let engines = Self.engines
    #expect(engines.map(\.name) == ["ktransformers", "llama.cpp", "sglang", "transformers", "trtllm", "vllm"])
    for engine in engines {
      #expect(engine.rules.allSatisfy { !$0.source.isEmpty }, "\(engine.name)")
      #expect(
        engine.rules.allSatisfy { $0.verdict != .refuses || $0.hint != nil || !$0.roles.isEmpty }, "\(engine.name)")
    }
  }

  @Test(
    "a deployment that cannot be meant is wrong usage",
    arguments: [
      "vlm", "vllm:", "vllm:tp", "vllm:tp=0", "vllm:tp=x", "vllm:tp=2,tp=4", "vllm:rp=2", "vllm:tp=2,",
      "llama.cpp:ep=2",
    ])
  func misuse(text: String) throws {
    let engines = Self.engines
    #expect(throws: Deployment.Misuse.self) { try Deployment(text, engines: engines) }
  }
}
