import Testing

@testable import CheckpointKit

@Suite struct FindingsPageTests {
  @Test("docs/findings.md explains each problem code once, and no other")
  func page() throws {
    let page = String(
      decoding: try FileAccess.system.readAll(joinPath(packageFolder, "docs/findings.md"), limit: 1 << 20),
      as: UTF8.self)
    let codes = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      String($0.dropFirst(3).prefix { $0 != "`" })
    }
    #expect(codes.count == Set(codes).count)
    #expect(Set(ProblemCode.allCases.map(\.rawValue)).subtracting(codes) == [], "explained nowhere")
    #expect(Set(codes).subtracting(ProblemCode.allCases.map(\.rawValue)) == [], "no such code")
  }

  @Test("a report is sorted by severity, file, tensor and code, and shows control characters")
  func report() {
    let findings = [
      Finding(.note, .tensorJunk, file: "a", "x"), Finding(.error, .badOffset, file: "b", tensor: "t", "x"),
      Finding(.error, .badOffset, file: "a", tensor: "u", "x"), Finding(.warning, .headerOddity, "x"),
    ]
    #expect(findings.sortedForReport().map { $0.file ?? "-" } == ["a", "b", "-", "a"] && findings.worst == .error)
    #expect(findings.shuffled().sortedForReport() == findings.sortedForReport())
    let hostile = Finding(.error, .badOffset, file: "f\n", tensor: "a\u{1b}[2J\u{202e}\u{7f}", "\r\u{9b}x").description
    #expect(hostile == "f\\u{a}: tensor 'a\\u{1b}[2J\\u{202e}\\u{7f}': \\u{d}\\u{9b}x")
    let long = Finding(.error, .badOffset, tensor: String(repeating: "n", count: 1_000_000), "x").description
    #expect(long.utf8.count < 1000 && long.contains("1000000 bytes"))
  }
}
