import Testing

@testable import CheckpointKit

/// The corpus of `Tests/Vectors/safetensors`; `Tests/Conformance/safetensors_corpus.py` asks the `safetensors` library
/// about the same files.
enum SafetensorsCorpus {
  static let folder = joinPath(vectorsFolder, "safetensors")
  static let cases = CorpusCase.all(in: folder)

  /// The bytes of a case that is described piece by piece.
  static func content(_ pieces: [JSONValue]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for piece in pieces {
      let piece = try #require(piece.array)
      switch piece[0].string {
      case "length": bytes += littleEndian(UInt64(try #require(piece[1].int)))
      case "text": bytes += Array(try #require(piece[1].string).utf8)
      case "repeat":
        let unit = Array(try #require(piece[1].string).utf8)
        let count = try #require(piece[2].int)
        if unit.count == 1 {
          bytes += [UInt8](repeating: unit[0], count: count)
        } else {
          for _ in 0..<count { bytes += unit }
        }
      case "numbered":
        let halves = try #require(piece[1].string).split(separator: "@").map { Array($0.utf8) }
        for i in 0..<(try #require(piece[2].int)) {
          if i > 0 { bytes.append(UInt8(ascii: ",")) }
          bytes += halves[0] + Array(String(i).utf8) + halves[1]
        }
      default: Issue.record("an unknown piece \(piece)")
      }
    }
    return bytes
  }

  /// What our reader says, in the words of the column `ckpt`, and the sentences with it.
  static func verdict(of path: String) throws -> (verdict: String, says: String) {
    do throws(CheckpointError) {
      let header = try SafetensorsHeader(reading: OpenFile(reading: path, .system))
      let tensors = header.entries.map(\.name.string).joined(separator: " ")
      guard let worst = header.oddities.first else { return ("accepted", tensors) }
      #expect(header.oddities.allSatisfy { $0.severity == .warning && $0.code == worst.code })
      return ("warning: " + worst.code.rawValue, header.oddities.map { "\($0.tensor ?? "") \($0.problem)" }.joined())
    } catch {
      return ("rejected: " + error.code.rawValue, "\(error.tensor ?? "") \(error.problem) \(error.hint ?? "")")
    }
  }
}

@Suite struct SafetensorsCorpusTests {
  @Test("the corpus was found and has the cases of every group")
  func corpusIsThere() {
    let cases = SafetensorsCorpus.cases
    #expect(cases.count > 190)
    for group in [
      "length", "foreign", "json", "utf8", "name", "duplicate", "number", "size", "dtype", "layout", "metadata",
    ] {
      #expect(cases.contains { $0.name.hasPrefix(group + "_") }, "no case of \(group)")
    }
  }

  @Test("each file of the corpus gets its verdict", arguments: SafetensorsCorpus.cases)
  func verdict(of test: CorpusCase) throws {
    #if DEBUG
      // Tens of megabytes: too slow for a build that is not optimised.
      if test.name == "limit_100_mb" { return }
    #endif
    let folder = try TestFolder()
    var path = joinPath(SafetensorsCorpus.folder, "files/\(test.name).safetensors")
    if let pieces = test.pieces { path = try folder.write("x.safetensors", SafetensorsCorpus.content(pieces)) }
    let (verdict, says) = try SafetensorsCorpus.verdict(of: path)
    #expect(verdict == test.verdict, "\(says)")
    if let name = test.names { #expect(says.contains(name), "'\(says)' does not name '\(name)'") }
    #expect(says.utf8.count < 5000 || test.verdict == "accepted" || test.name == "name_1_mb")
  }

  @Test("nothing that the reference refuses is accepted")
  func neverLooser() {
    for test in SafetensorsCorpus.cases where test.reference == "refused" {
      #expect(test.verdict.hasPrefix("rejected: "), "\(test.name)")
    }
  }

  @Test("the files of each kind of mistake in the length are told apart")
  func messagesDiffer() throws {
    let cases = SafetensorsCorpus.cases.filter { $0.name.hasPrefix("length_") || $0.name.hasPrefix("foreign_") }
    var seen: [String: String] = [:]
    for test in cases where test.pieces == nil {
      let path = joinPath(SafetensorsCorpus.folder, "files/\(test.name).safetensors")
      let error = problem { _ = try SafetensorsHeader(reading: OpenFile(reading: path, .system)) }
      let says = try #require(error, "\(test.name)").problem
      if let other = seen.updateValue(test.name, forKey: says) { Issue.record("\(test.name) and \(other): \(says)") }
    }
  }
}
