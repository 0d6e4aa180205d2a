import CheckpointKit
import Testing

@testable import ReferenceForward

@Suite struct TokenInputTests {
  func reading(_ bytes: [UInt8], _ name: String) throws -> TokenInput {
    let file = try TemporaryFile(name, bytes)
    return try TokenInput(reading: file.path)
  }

  /// `numpy.save` of NumPy 2 on `np.array([[1, 2], [3, 4]], dtype=np.int32)`.
  static let matrix: [UInt8] =
    [0x93] + Array("NUMPY".utf8) + [1, 0, 0x76, 0]
    + Array(
      ("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }" + String(repeating: " ", count: 58) + "\n").utf8)
    + [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]

  @Test("an array of NumPy's is read with its shape")
  func array() throws {
    let input = try reading(Self.matrix, "ids.npy")
    #expect(input.tokens == [1, 2, 3, 4])
    #expect(input.shape == [2, 2] && input.sequences == 2 && input.length == 2)
    #expect(input.allPositions == [0, 1, 0, 1])
  }

  @Test("a header is written as NumPy writes it")
  func header() throws {
    #expect(try #require(NPYHeader(.i32, [2, 2]).encoded) == Array(Self.matrix.dropLast(16)))
  }

  @Test("a text of ids is one sequence", arguments: ["1 2 3", "1,2,3\n", "[1, 2, 3]", "1\r\n2\r\n3"])
  func text(text: String) throws {
    let input = try reading(Array(text.utf8), "ids.txt")
    #expect(input.tokens == [1, 2, 3] && input.shape == [3])
  }

  @Test("what holds no ids is refused", arguments: ["", " \n", "1 two 3", "1.5", "99999999999999999999"])
  func noIDs(text: String) throws {
    let error = #expect(throws: CheckpointError.self) { _ = try reading(Array(text.utf8), "ids.txt") }
    #expect(error?.code == .forwardInput)
  }

  /// The array above with something changed in it.
  static func changed(_ from: String, _ to: String) -> [UInt8] {
    let text = String(decoding: matrix[10..<128], as: UTF8.self)
    guard let place = text.firstRange(of: from) else { return [] }
    var changed = text
    changed.replaceSubrange(place, with: to)
    return Array(matrix[..<10]) + Array(changed.utf8) + Array(matrix[128...])
  }

  @Test(
    "arrays that cannot be ids are refused",
    arguments: [
      ("'<i4'", "'<f4'"), ("'<i4'", "'>i4'"), ("'<i4'", "'|O4'"), ("(2, 2)", "(2, 3)"), ("(2, 2)", "(4,3)"),
      ("False", "True "),
      ("(2, 2)", "(1,1,2,2)"), ("{", "["), ("'shape'", "'shade'"), ("(2, 2)", "(9999999999, 9999999999)"),
    ])
  func wrongArrays(from: String, to: String) throws {
    var bytes = Self.changed(from, to)
    // The text's length may have changed.
    let length = bytes.count - 16 - 10
    bytes[8] = UInt8(length & 0xff)
    bytes[9] = UInt8(length >> 8)
    #expect(throws: CheckpointError.self) { _ = try reading(bytes, "ids.npy") }
  }

  @Test("an array that was cut short is refused", arguments: [0, 5, 9, 11, 100, 128, 143])
  func cut(count: Int) throws {
    #expect(throws: CheckpointError.self) { _ = try reading(Array(Self.matrix[..<count]), "ids.npy") }
  }

  @Test("positions have the shape of the tokens, or serve every sequence")
  func positions() throws {
    let ids = try reading(Self.matrix, "ids.npy")
    let file = try TemporaryFile("positions.txt", Array("7 9".utf8))
    #expect(try ids.positioned(reading: file.path).allPositions == [7, 9, 7, 9])
    let longer = try TemporaryFile("positions.txt", Array("7 9 11".utf8))
    let error = #expect(throws: CheckpointError.self) { _ = try ids.positioned(reading: longer.path) }
    #expect(error?.code == .forwardInput)
    #expect(throws: CheckpointError.self) { _ = try ids.positioned([0, -1, 0, 1]) }
  }

  @Test("the same seed draws the same ids, all in the vocabulary")
  func random() throws {
    let ids = try TokenInput(random: 1000, seed: 7, vocabulary: 10)
    #expect(ids == (try TokenInput(random: 1000, seed: 7, vocabulary: 10)))
    #expect(ids != (try TokenInput(random: 1000, seed: 8, vocabulary: 10)))
    #expect(Set(ids.tokens) == Set(0..<10))
  }
}

/// A file in a folder of its own, gone with its owner.
final class TemporaryFile: Sendable {
  let path: String
  private let folder: String

  init(_ name: String, _ bytes: [UInt8]? = nil) throws {
    folder = "/tmp/ckpt-forward-tests-\(UInt64.random(in: 0 ... .max))"
    try FileAccess.system.makeDirectories(folder)
    path = joinPath(folder, name)
    if let bytes { try FileAccess.system.writeAtomically(bytes, to: path) }
  }

  deinit { try? FileAccess.system.removeTree(folder) }
}
