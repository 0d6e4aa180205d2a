import CheckpointKit
import Foundation
import Quantize
import Testing

@Suite struct CompareByNameTests {
  private func compare(_ a: String, _ b: String) throws -> Comparison {
    let library = try SpecLibrary()
    let options = Comparer.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 0)
    return try Comparer(
      try Binding.bind(try Checkpoint.open(a), library: library),
      try Binding.bind(try Checkpoint.open(b), library: library), options: options
    ).compare()
  }

  private func rename(_ folder: String, modelType: String) throws {
    let path = URL(fileURLWithPath: folder + "/config.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    try text.replacingOccurrences(of: "\"llama\"", with: "\"\(modelType)\"").write(
      to: path, atomically: true, encoding: .utf8)
  }

  @Test(
    "a model of no known family has the figures of the known one, tensor by tensor",
    arguments: ["fp8-block", "int4-g32"])
  func sameFigures(recipe: String) throws {
    let folder = try TemporaryFolder()
    let (a, b) = (folder.file("a"), folder.file("b"))
    try TinyModel.write(to: a)
    try ResumeTests().convert(a, b, recipe: recipe)
    let known = try compare(a, b)
    for path in [a, b] { try rename(path, modelType: "acme") }
    let unknown = try compare(a, b)
    #expect(unknown.findings.map(\.code) == [.familyUnknown])
    #expect(unknown.byRole.isEmpty && unknown.rows.count == known.rows.count)
    func figures(_ comparison: Comparison) -> [String: Double?] {
      Dictionary(uniqueKeysWithValues: comparison.rows.map { ($0.name, $0.errors.relativeRMSE) })
    }
    #expect(figures(unknown) == figures(known))
    #expect(unknown.rows.contains { $0.encodings == ("bf16", recipe) })
    #expect(known.all.errors.relativeMax != 0)
  }

  @Test("what only one side has is found, and nothing in common is an error")
  func oneSided() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (folder.file("a"), folder.file("b"))
    for path in [a, b] {
      try TinyModel.write(to: path)
      try rename(path, modelType: "acme")
    }
    try FileManager.default.removeItem(atPath: b + "/model.safetensors.index.json")
    try FileManager.default.removeItem(atPath: b + "/model-00002-of-00002.safetensors")
    try FileManager.default.moveItem(atPath: b + "/model-00001-of-00002.safetensors", toPath: b + "/model.safetensors")
    let comparison = try compare(a, b)
    #expect(comparison.rows.count == 10 && comparison.identical == 10)
    #expect(comparison.findings.filter { $0.code == .oneSided && $0.severity == .error }.count == 11)
    try FileManager.default.removeItem(atPath: a + "/model.safetensors.index.json")
    try FileManager.default.removeItem(atPath: a + "/model-00001-of-00002.safetensors")
    try FileManager.default.moveItem(atPath: a + "/model-00002-of-00002.safetensors", toPath: a + "/model.safetensors")
    #expect(throws: CheckpointError.self) { try compare(a, b) }
  }
}
