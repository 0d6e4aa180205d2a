import Foundation
import Specs
import Testing

@Suite("Embedded specs")
struct EmbeddedSpecsTests {
  @Test("what the binary holds is what Specs/ holds; `make specs` makes it so")
  func equal() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Specs")
    var expected: [String: String] = [:]
    for kind in ["families", "presets", "recipes", "gguf", "tokenizers", "engines"] {
      let folder = root.appendingPathComponent(kind)
      let names = try #require(FileManager.default.enumerator(atPath: folder.path))
      for case let name as String in names where name.hasSuffix(".json") {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        expected[kind + "/" + name] = text.trimmingCharacters(in: .newlines)
      }
    }
    #expect(expected.count > 20)
    let found = Dictionary(uniqueKeysWithValues: EmbeddedSpecs.documents.map { ($0.path, $0.text) })
    #expect(found == expected)
  }
}
