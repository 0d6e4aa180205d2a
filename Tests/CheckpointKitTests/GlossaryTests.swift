import CheckpointKit
import Foundation
import Testing

@Suite("Glossary")
struct GlossaryTests {
  @Test("docs/glossary.md lists every role with the meaning that the code gives it")
  func roles() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/glossary.md")
    var listed: [String: String] = [:]
    var isInTable = false
    for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      if cells == ["role", "meaning"] { isInTable = true }
      guard isInTable, line.hasPrefix("|") else {
        isInTable = false
        continue
      }
      guard cells.count == 2, cells[0] != "role", !cells[0].hasPrefix("--") else { continue }
      listed[cells[0]] = cells[1]
    }
    #expect(listed == Role.meanings)
  }
}
