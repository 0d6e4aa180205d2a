import Testing

@testable import CheckpointKit
@testable import Quantize

private func values(
  _ kind: SyntheticValues.Kind, seed: UInt64 = 0, name: String = "x.weight", rows: Range<Int>, columns: Int
) -> [Float] {
  var gains = [Float](repeating: 0, count: columns)
  var output = [Float](repeating: 0, count: rows.count * columns)
  gains.withUnsafeMutableBufferPointer { gains in
    output.withUnsafeMutableBufferPointer { output in
      SyntheticValues(kind, seed: seed, name: name).fill(rows: rows, columns: columns, gains: gains, into: output)
    }
  }
  return output
}

@Suite struct SyntheticValuesTests {
  @Test("values are those of an independent implementation, bit for bit")
  func vectors() throws {
    let file = joinPath(vectorsFolder, "synth/values.json")
    let json = try JSONValue(parsing: try FileAccess.system.readAll(file, limit: 1 << 20), file: file)
    let cases = try #require(json["cases"]?.array)
    #expect(cases.count == 5)
    for item in cases {
      let kind: SyntheticValues.Kind =
        if let deviation = item["kind"]?["weights"]?.double {
          .weights(Float(deviation))
        } else if let deviation = item["kind"]?["even"]?.double {
          .even(Float(deviation))
        } else {
          .around(
            mean: Float(try #require(item["kind"]?["around"]?.array?[0].double)),
            spread: Float(try #require(item["kind"]?["around"]?.array?[1].double)))
        }
      let rows = (item["rows"]?.array ?? []).compactMap(\.int)
      let made = values(
        kind, seed: UInt64(item["seed"]?.string ?? "") ?? 0,
        name: try #require(item["name"]?.string), rows: rows[0]..<rows[1], columns: try #require(item["columns"]?.int))
      #expect(made.map { Int($0.bitPattern) } == item["bits"]?.array?.compactMap(\.int))
    }
  }

  @Test("a value does not depend on the rows that are made with it")
  func rowsAlone() {
    for kind in [SyntheticValues.Kind.weights(0.1), .even(0.1), .around(mean: 1, spread: 0.25)] {
      let whole = values(kind, rows: 0..<140, columns: 20)
      #expect(values(kind, rows: 120..<140, columns: 20) == Array(whole[(120 * 20)...]))
    }
  }

  @Test("another seed or name gives other values")
  func distinct() {
    let first = values(.weights(0.1), rows: 0..<4, columns: 16)
    #expect(Set(first.map(\.bitPattern)).count == first.count)
    for other in [
      values(.weights(0.1), seed: 1, rows: 0..<4, columns: 16),
      values(.weights(0.1), name: "y.weight", rows: 0..<4, columns: 16),
    ] { #expect(Set(other.map(\.bitPattern)).isDisjoint(with: first.map(\.bitPattern))) }
  }

  /// 384 × 384 values: the deviation of a variance estimate with a kurtosis of some tens is below 2 %; gains of the nine
  /// blocks add about 10 %.
  @Test("matrices have the deviation that was asked for, a mean of zero and heavy tails")
  func statistics() {
    let made = values(.weights(0.02), rows: 0..<384, columns: 384).map(Double.init)
    let mean = made.reduce(0, +) / Double(made.count)
    let square = made.reduce(0) { $0 + $1 * $1 } / Double(made.count)
    let fourth = made.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(made.count)
    #expect(abs(mean) < 0.0005)
    #expect(abs(square.squareRoot() - 0.02) < 0.004)
    // A Gaussian has 3.
    #expect(fourth / (square * square) > 6)
    let even = values(.even(0.02), rows: 0..<256, columns: 256).map(Double.init)
    let evenSquare = even.reduce(0) { $0 + $1 * $1 } / Double(even.count)
    #expect(abs(evenSquare.squareRoot() - 0.02) < 0.0002)
    let around = values(.around(mean: 1, spread: 0.25), rows: 0..<1, columns: 4096)
    #expect(around.allSatisfy { $0 >= 0.75 && $0 < 1.25 })
  }
}
