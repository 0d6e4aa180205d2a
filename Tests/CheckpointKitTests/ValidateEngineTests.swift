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
    var rows = ["| checkpoint | stored as | deployment | verdict | rule | why |", "|---|---|---|---|---|---|"]
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
      rows.append("| \(one.preset) | \(storage) | `\(one.deployment)` | \(verdict) | \(rules) | \(one.reason) |")
    }
    let page = String(
      decoding: try FileAccess.system.readAll(joinPath(packageFolder, "docs/engines.md"), limit: 1 << 20),
      as: UTF8.self)
    let table = rows.joined(separator: "\n") + "\n"
    #expect(page.contains(table), "the table should be:\n\(table)")
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
