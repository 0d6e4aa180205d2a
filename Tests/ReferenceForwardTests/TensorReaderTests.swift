import Testing

@testable import CheckpointKit
@testable import Quantize
@testable import ReferenceForward

/// Views on stored matrices, held against the whole matrix: `mlp.gate` and `mlp.up` are 48 × 64 here.
@Suite struct TensorReaderTests {
  static let names = ["llama_tied-none", "qwen3_moe-fp8-block"]

  let scratch = ReadScratch()

  func reader(_ name: String) throws -> TensorReader {
    TensorReader(try Binding.bind(Checkpoint.open(Fixture(name: name).folder), library: SpecLibrary()))
  }

  /// A logical tensor's place, with other pieces.
  func bound(_ reader: TensorReader, _ role: Role, _ pieces: [Piece]) throws -> Binding.Bound {
    Binding.Bound(tensor: try #require(reader.tensor(role, layer: 0)).tensor, pieces: pieces)
  }

  func piece(_ reader: TensorReader, _ role: Role, _ change: (inout MatrixView) -> Void) throws -> Piece {
    var piece = try #require(reader.tensor(role, layer: 0)).pieces[0]
    change(&piece.view)
    return piece
  }

  func whole(_ reader: TensorReader, _ role: Role) throws -> [Float] {
    try reader.values(of: try #require(reader.tensor(role, layer: 0)))
  }

  @Test("a transposed view has the columns as rows", arguments: names)
  func transposed(name: String) throws {
    let reader = try reader(name)
    let gate = try whole(reader, .mlpGate)
    let view = try bound(reader, .mlpDown, [piece(reader, .mlpGate) { $0.isTransposed = true }])
    let turned = try reader.values(of: view)
    #expect(turned.count == 48 * 64)
    #expect(turned.indices.allSatisfy { turned[$0] == gate[$0 % 48 * 64 + $0 / 48] })
  }

  @Test("a view may take every other row", arguments: names)
  func alternating(name: String) throws {
    let reader = try reader(name)
    let gate = try whole(reader, .mlpGate)
    let view = try bound(
      reader, .attnK,
      [
        piece(reader, .mlpGate) {
          $0.firstRow = 3
          $0.rowStep = 2
          $0.rows = 16
        }
      ])
    let rows = try reader.values(of: view)
    #expect(rows.count == 16 * 64)
    #expect(rows.indices.allSatisfy { rows[$0] == gate[(3 + $0 / 64 * 2) * 64 + $0 % 64] })
  }

  @Test("pieces stand below each other, each with its own rows and columns", arguments: names)
  func severalPieces(name: String) throws {
    let reader = try reader(name)
    let (gate, up) = (try whole(reader, .mlpGate), try whole(reader, .mlpUp))
    let view = try bound(
      reader, .attnO,
      [
        piece(reader, .mlpGate) { $0.columns = 32..<64 },
        piece(reader, .mlpUp) {
          $0.firstRow = 5
          $0.rows = 16
          $0.columns = 16..<48
        },
      ])
    func expected(_ row: Int, _ column: Int) -> Float {
      row < 48 ? gate[row * 64 + 32 + column] : up[(row - 48 + 5) * 64 + 16 + column]
    }
    for rows in [0..<64, 40..<56, 48..<49, 10..<20] {
      var values = [Float](repeating: .nan, count: rows.count * 32)
      try values.withUnsafeMutableBufferPointer { try reader.read(rows, of: view, into: $0, scratch: scratch) }
      #expect(values.indices.allSatisfy { values[$0] == expected(rows.lowerBound + $0 / 32, $0 % 32) })
    }
  }

  @Test("rows that are read a few at a time are those that are read at once", arguments: names)
  func strips(name: String) throws {
    let reader = try reader(name)
    let gate = try #require(reader.tensor(.mlpGate, layer: 0))
    let all = try reader.values(of: gate)
    for step in [1, 7, 16, 48] {
      var values: [Float] = []
      for start in stride(from: 0, to: 48, by: step) {
        let rows = start..<min(48, start + step)
        var strip = [Float](repeating: .nan, count: rows.count * 64)
        try strip.withUnsafeMutableBufferPointer { try reader.read(rows, of: gate, into: $0, scratch: scratch) }
        values += strip
      }
      #expect(values == all)
    }
  }
}
