import CheckpointKit
import Foundation
import Quantize
import Testing

/// The examples of the DocC pages, as they stand there: what is shown compiles and runs.
@Suite("Examples of the DocC pages")
struct DocumentationExamples {
  // MARK: CheckpointKit.docc

  func describe(_ folder: String) throws -> String {
    // Headers, config and index; no weight byte is read.
    let checkpoint = try Checkpoint.open(folder)
    // What each stored tensor means in its family, and how it is encoded.
    let binding = try Binding.bind(checkpoint, library: try SpecLibrary())

    var text = "\(checkpoint.records.count) stored tensors in \(checkpoint.shards.count) files\n"
    if let counts = ModelCounts(binding) {
      text += "\(counts.total) parameters, \(counts.active) active per token\n"
    }
    for (name, share) in CheckpointSummary(binding).byEncoding {
      text += "\(name): \(share.tensors) tensors, \(share.bytes) bytes\n"
    }
    return text
  }

  // MARK: Quantize.docc

  func convert(_ source: String, to destination: String) throws -> Double? {
    let library = try SpecLibrary()
    guard let recipe = try Recipe.find("int4-g32", in: library, files: .system) else { return nil }

    // The plan knows every byte range of the result before the first weight is read.
    let original = try Binding.bind(try Checkpoint.open(source), library: library)
    let job = try ConvertPlanner.plan(original, recipe: recipe, options: ConvertOptions(), library: library)

    // Stopped at any moment, the same lines continue and end with the same bytes.
    let runner = try Runner(
      job, place: PlanFile.Place(source: source, destination: destination),
      options: Runner.Options(
        threads: availableProcessors, budget: .standard, fixedMemory: MemoryBudget.settledBytes()),
      files: .system)
    _ = try runner.perform()

    // The error of every logical tensor, whatever each side is stored in.
    let result = try Binding.bind(try Checkpoint.open(destination), library: library)
    let comparison = try Comparer(
      original, result,
      options: Comparer.Options(
        threads: availableProcessors, budget: .standard, fixedMemory: MemoryBudget.settledBytes())
    ).compare()
    return comparison.all.errors.relativeMax
  }

  // MARK: That they do what they say

  /// Two layers: 2 × 8,448 values of attention, 2 × 24,576 of feed-forward, 5 norms, embedding and head.
  @Test("the example of CheckpointKit counts the parameters and bytes of a model")
  func describes() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("model"))
    let attention = 64 * 64 * 2 + 32 * 64 * 2
    let parameters = 2 * (attention + 3 * 128 * 64) + 5 * 64 + 2 * 96 * 64
    #expect(
      try describe(folder.file("model")) == """
        21 stored tensors in 2 files
        \(parameters) parameters, \(parameters) active per token
        bf16: 21 tensors, \(2 * parameters) bytes

        """)
  }

  /// The error of a code is at most half a step, and a step is 2/15 of the largest value of a group: with the rounding of
  /// values and scales, far below a quarter of the root mean square.
  @Test("the example of Quantize converts a model and measures an error that INT4 can have")
  func converts() throws {
    let folder = try TemporaryFolder()
    try TinyModel.write(to: folder.file("model"))
    let worst = try #require(try convert(folder.file("model"), to: folder.file("int4")))
    #expect(worst > 0.02 && worst < 0.25)
  }

  @Test(
    "every example of a DocC page stands in this file word for word",
    arguments: ["CheckpointKit/CheckpointKit.docc/CheckpointKit.md", "Quantize/Quantize.docc/Quantize.md"])
  func samePages(page: String) throws {
    let tests = URL(fileURLWithPath: #filePath)
    let root = tests.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("Sources/" + page), encoding: .utf8)
    let source = try String(contentsOf: tests, encoding: .utf8)
    func lines(_ text: String) -> [Substring] {
      text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    }
    let known = lines(source)
    var blocks = 0
    for block in text.components(separatedBy: "```swift\n").dropFirst() {
      let wanted = lines(block.components(separatedBy: "```")[0]).filter { !$0.hasPrefix("import ") }
      blocks += 1
      let isThere = known.indices.contains { start in known[start...].starts(with: wanted) }
      #expect(isThere, "example \(blocks) of \(page)")
    }
    #expect(blocks == 1)
  }
}
