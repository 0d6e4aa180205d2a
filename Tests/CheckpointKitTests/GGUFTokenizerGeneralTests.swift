import Testing

@testable import CheckpointKit

/// The `general.*` keys. `names.json` is what llama.cpp's gguf package says of names and sizes.
@Suite struct GGUFTokenizerGeneralTests {
  private func vectors() throws -> JSONValue {
    let path = joinPath(vectorsFolder, "tokenizer/names.json")
    return try JSONValue(parsing: FileAccess.system.readAll(path, limit: 1 << 20), file: path)
  }

  @Test("a model's name is taken apart as the gguf package does")
  func names() throws {
    let names = try #require(try vectors()["names"]?.array)
    #expect(names.count > 40)
    for json in names {
      let id = try #require(json["id"]?.string)
      let name = ModelName(id, parameters: json["parameters"]?.int ?? 0)
      let found = [name.organization, name.basename, name.finetune, name.version, name.sizeLabel]
      #expect(found == json["components"]?.array?.map(\.string), "\(id)")
      #expect(ModelName.title(name.name) == json["title"]?.string, "\(id)")
    }
  }

  @Test("a size label has the digits of the gguf package")
  func sizes() throws {
    let sizes = try #require(try vectors()["sizes"]?.array)
    #expect(sizes.count > 20)
    for json in sizes {
      let counts = (json["counts"]?.array ?? []).compactMap(\.int)
      let label = ParameterCounts(total: counts[0], shared: counts[1], expert: counts[2], expertCount: counts[3])
        .sizeLabel
      #expect(label == json["label"]?.string, "\(counts)")
    }
    #expect(ParameterCounts(total: .max, shared: .max, expert: .max, expertCount: 2).sizeLabel == "2x9223372T")
  }

  private let counts = ParameterCounts(total: 8_190_735_360, shared: 8_190_735_360, expert: 0, expertCount: 0)

  private func general(_ folder: TestFolder, config: String = #"{"model_type":"qwen3"}"#, name: String? = nil) throws
    -> GeneralMetadata
  {
    try GeneralMetadata(
      in: folder.path, config: ModelConfig(parsing: Array(config.utf8), file: "config.json"), name: name, counts: counts
    )
  }

  @Test("without a name anywhere the model type is the name, and the folder's name is nowhere")
  func folder() throws {
    let folder = try TestFolder()
    #expect(
      try general(folder).entries == [
        GGUFEntry("general.type", text: "model"), GGUFEntry("general.name", text: "qwen3"),
        GGUFEntry("general.size_label", text: "8.2B"),
      ])
    #expect(
      try general(folder, name: "Qwen3-8B").entries == [
        GGUFEntry("general.type", text: "model"), GGUFEntry("general.name", text: "Qwen3-8B"),
        GGUFEntry("general.basename", text: "Qwen3"), GGUFEntry("general.size_label", text: "8B"),
      ])
    let hub = try general(folder, config: #"{"model_type":"qwen3","_name_or_path":"Qwen/Qwen3-8B"}"#)
    #expect(hub.entries.contains { $0 == GGUFEntry("general.name", text: "Qwen3 8B") })
    #expect(hub.entries.contains { $0 == GGUFEntry("general.organization", text: "Qwen") })
    let local = try general(folder, config: #"{"model_type":"qwen3","_name_or_path":"/home/me/Qwen3-8B"}"#)
    #expect(try local.entries == general(folder).entries)
  }

  @Test("what a model card says is read where it is simple, and told where it is not")
  func card() throws {
    let folder = try TestFolder()
    try folder.write(
      "README.md",
      """
      ---
      license: mit # free
      version: 1.0
      tags:
        - a
        - "b: c"
      language: [en, no]
      description: >-
        long
      author: {name: x}
      ---
      license: wrong
      """)
    let general = try general(folder)
    let keys = general.entries.map(\.key)
    #expect(general.entries.contains { $0 == GGUFEntry("general.license", text: "mit") })
    #expect(general.entries.contains { $0 == GGUFEntry("general.tags", texts: ["a", "b: c"]) })
    #expect(
      !keys.contains("general.version") && !keys.contains("general.description") && !keys.contains("general.author"))
    // version, description, author, and the language `no`, which YAML takes for false.
    #expect(
      general.findings.count == 4 && general.findings.allSatisfy { $0.code == .notCarried && $0.severity == .note })
  }

  @Test("a card or a generation config that is broken is left out with a note")
  func broken() throws {
    for (name, text) in [
      ("README.md", "---\nlicense: mit\n"), ("README.md", "---\n}{\n---\n"), ("generation_config.json", "{"),
      ("generation_config.json", #"{"top_k": 0.5}"#), ("generation_config.json", #"{"temperature": 1e300}"#),
    ] {
      let folder = try TestFolder()
      try folder.write(name, text)
      let general = try general(folder)
      #expect(general.entries.count == 3 && general.findings.count == 1, "\(name): \(text)")
    }
  }

  @Test("sampling comes from generation_config.json, in the types of the format")
  func sampling() throws {
    let folder = try TestFolder()
    try folder.write(
      "generation_config.json", #"{"temperature": 1, "top_k": 20, "top_p": null, "repetition_penalty": 1.05}"#)
    let entries = try general(folder).entries
    #expect(
      entries[1...3] == [
        GGUFEntry("general.sampling.top_k", int32: 20), GGUFEntry("general.sampling.temp", float32: 1),
        GGUFEntry("general.sampling.penalty_repeat", float32: 1.05),
      ])
  }
}
