import Foundation
import Testing

@testable import CheckpointKit
@testable import Quantize

/// Lists of plain modules that someone else wrote, in the spelling of one reader.
@Suite struct ModuleSpellingTests {
  /// A tiny Qwen3.5 in INT4 whose list is `ignored`, or what we write.
  private func findings(
    _ ignored: ([String]) -> [String], for engine: String? = nil
  ) throws -> [Finding] {
    let library = try library.get()
    let model = try presetModel("tiny", family: "qwen3_5") { $0.storage = "int4-g32" }
    let (folder, _) = try write(model)
    let path = folder.file("x/config.json")
    let text = try FileAccess.system.readAll(path, limit: 1 << 20)
    var root = try #require(try JSONValue(parsing: text, file: "config.json").object)
    var quantization = try #require(root["quantization_config"]?.object)
    let written = quantization["ignore"]?.array?.compactMap(\.string) ?? []
    quantization["ignore"] = .array(ignored(written).map { .string($0) })
    root["quantization_config"] = .object(quantization)
    try Data(JSONValue.object(root).text().utf8).write(to: URL(fileURLWithPath: path))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: folder.file("x/preprocessor_config.json")))
    let binding = try Binding.bind(try Checkpoint.open(folder.file("x")), library: library)
    guard let engine else { return try Meaning(of: binding).findings }
    let deployment = try Deployment(engine, engines: try library.engines())
    return Preflight.findings(deployment, EngineFacts(of: binding))
  }

  private static func anchored(_ front: String, _ patterns: [String]) -> [String] {
    patterns.map { $0.replacing("re:.*layers", with: "re:" + front + "layers") }
  }

  private static func stored(_ patterns: [String]) -> [String] { anchored(#"model\.language_model\."#, patterns) }
  private static func engines(_ patterns: [String]) -> [String] { anchored(#"language_model\.model\."#, patterns) }

  @Test("a list that means the same under every spelling has no finding")
  func ours() throws {
    #expect(try findings { $0 }.filter { $0.code.rawValue.hasPrefix("quantization") } == [])
    #expect(try !findings({ $0 }, for: "vllm").contains { $0.severity == .error })
  }

  @Test("patterns of the stored names alone are a warning, and vLLM does not load them")
  func storedNames() throws {
    let found = try findings(Self.stored).filter { $0.code.rawValue.hasPrefix("quantization") }
    #expect(found.map(\.code) == [.quantizationReadings] && found[0].severity == .warning)
    #expect(found[0].problem.contains("language_model.model.layers."))
    let errors = try findings(Self.stored, for: "vllm").filter { $0.severity == .error }
    #expect(errors.count == 1 && errors[0].problem.contains("plain-modules"))
  }

  @Test("patterns of the engines' names alone are a warning, and vLLM loads them")
  func engineNames() throws {
    let found = try findings(Self.engines).filter { $0.code.rawValue.hasPrefix("quantization") }
    #expect(found.map(\.code) == [.quantizationReadings] && found[0].severity == .warning)
    #expect(try !findings(Self.engines, for: "vllm").contains { $0.severity == .error })
  }

  @Test("whole names are read alike by all: engines put their own in their place")
  func wholeNames() throws {
    let modules = try presetModel("tiny", family: "qwen3_5") { $0.storage = "int4-g32" }
    let names = modules.tensors.filter { $0.layout is PlainLayout && $0.shape.rank == 2 }.map {
      $0.name.hasSuffix(".weight") ? String($0.name.dropLast(".weight".count)) : $0.name
    }
    #expect(try findings { _ in names }.filter { $0.code.rawValue.hasPrefix("quantization") } == [])
  }

  @Test("a pattern that means an encoded module under the engines' name is an error")
  func encoded() throws {
    let found = try findings { $0 + [#"re:language_model\.model\.layers\.\d+\.mlp\..*"#] }
    #expect(found.contains { $0.code == .quantizationIgnored && $0.severity == .error })
  }
}
