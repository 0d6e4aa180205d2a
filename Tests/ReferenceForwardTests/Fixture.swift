import CheckpointKit
import Quantize
import Testing

@testable import ReferenceForward

/// A checkpoint of `Tests/Vectors/forward` with what transformers computed from it.
struct Fixture: Sendable, CustomTestStringConvertible {
  let name: String

  private static let vectors = joinPath(parentPath(parentPath(#filePath)), "Vectors/forward")

  /// Every folder there.
  static let all = ((try? FileAccess.system.list(vectors)) ?? []).filter { !$0.hasSuffix(".py") }.sorted()
    .map { Fixture(name: $0) }

  static let llama = Fixture(name: "llama_tied-none")
  static let qwen = Fixture(name: "qwen35_moe-none")
  static let deepseek = Fixture(name: "deepseek_v3-fp8-block")

  var hasVision: Bool { (try? FileAccess.system.list(folder))?.contains("golden_vision_features.npy") ?? false }

  var testDescription: String { name }

  var folder: String { joinPath(Self.vectors, name) }

  func model(threads: Int = 2, memory: Int = 4 << 30) throws -> ReferenceModel {
    let binding = try Binding.bind(Checkpoint.open(folder), library: SpecLibrary())
    return try ReferenceModel(
      TensorReader(binding), options: .init(threads: threads, memory: MemoryBudget(total: memory)))
  }

  var tokens: TokenInput {
    get throws { try TokenInput(reading: joinPath(folder, "golden_input_ids.npy")) }
  }

  /// What golden.json says of the goldens.
  var facts: JSONValue? {
    get throws {
      let file = joinPath(folder, "golden.json")
      return try JSONValue(parsing: FileAccess.system.readAll(file, limit: 1 << 20), file: file)["golden"]
    }
  }

  var stride: Int { get throws { try facts?["stride"]?.int ?? 0 } }
  var indexers: Int { get throws { try facts?["indexers"]?.array?.count ?? 0 } }
  var routers: Int { get throws { try facts?["routers"]?.array?.count ?? 0 } }

  func floats(_ golden: String) throws -> [Float] {
    let file = try OpenFile(reading: joinPath(folder, "golden_\(golden).npy"), .system)
    let (header, start) = try NPYHeader.read(from: file)
    guard header.dtype == .f32 else { return [] }
    let bytes = try file.readBytes(start..<file.size())
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  func integers(_ golden: String) throws -> [Int] {
    try NPYFile.readIntegers(joinPath(folder, "golden_\(golden).npy")).values
  }
}

extension ReferenceModel {
  func allLogits(_ input: TokenInput) throws -> [Float] {
    let result = try run(input)
    return try logitRuns(of: result).flatMap { rows in
      let logits = try logits(of: result, rows: rows)
      return (0..<logits.positions).flatMap { Array(logits[$0]) }
    }
  }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count, !a.isEmpty else { return .infinity }
  return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
}

let hasOpenBLAS = (try? OpenBLAS.shared.get()) != nil
