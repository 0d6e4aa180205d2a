import Testing

@testable import CheckpointKit

@Suite("JSON through a window")
struct JSONWindowTests {
  /// What a scan of everything gives: the texts of all tokens, or what stopped it.
  private func tokens(_ scanner: inout JSONScanner, _ found: inout [String]) throws(JSONScanner.Problem) {
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      found.append("{")
      try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
        found.append("key " + scanner.decoded(key))
        try tokens(&scanner, &found)
      }
    case UInt8(ascii: "["):
      found.append("[")
      try scanner.array { (scanner) throws(JSONScanner.Problem) in try tokens(&scanner, &found) }
    case UInt8(ascii: "\""): found.append(try scanner.text())
    case UInt8(ascii: "t"): try scanner.literal("true")
    case UInt8(ascii: "n"): try scanner.literal("null")
    default:
      let digits = try scanner.number()
      found.append(String(decoding: scanner.bytes[digits], as: UTF8.self))
    }
  }

  private func whole(_ bytes: [UInt8]) -> [String] {
    guard isValidUTF8(bytes) else { return ["not text"] }
    var found: [String] = []
    let problem = JSONScanner.scan(bytes) { (scanner) throws(JSONScanner.Problem) in
      try tokens(&scanner, &found)
      try scanner.expectEnd()
    }
    return found + (problem.map { ["\($0.offset) \($0.message)"] } ?? [])
  }

  private func windowed(_ path: String, _ windowBytes: Int) throws -> [String] {
    let file = try OpenFile(reading: path, .system)
    var found: [String] = []
    do throws(CheckpointError) {
      let problem = try JSONScanner.scan(
        file, 0..<(try file.size()), windowBytes: windowBytes, notText: CheckpointError(.malformedFile, "not text")
      ) { (scanner) throws(JSONScanner.Problem) in
        try tokens(&scanner, &found)
        try scanner.expectEnd()
      }
      return found + (problem.map { ["\($0.offset) \($0.message)"] } ?? [])
    } catch { return [error.problem] }
  }

  private static let texts: [String] = [
    "", " ", "{}", "[1,2.5e-3,-0,true,null,\"a\"]", "{\"a\\u00e9\\ud83d\\ude00b\":{\"é€😀\":[\"\\\\\\\"\"]}}",
    "{\"long\":\"" + String(repeating: "é", count: 3000) + "\",\"next\":12345678901234567890}",
    "{\"spaced\"" + String(repeating: " ", count: 9000) + ":" + String(repeating: "\n", count: 9000) + "[1]}  ",
    "[" + String(repeating: "7", count: 9000) + "]", "[1,]", "[\"\\ud800\\u0041\"]", "[\"\\ud800\"]", "{\"a\":tru}",
    "{\"a\":1 \"b\":2}", "[\"abc", "[1", "[\"\\u12", "{\"a\"" + String(repeating: " ", count: 5000) + "1}",
    "[" + (0..<3000).map { "{\"model.layers.\($0).weight\":[\($0),\"x\\t\"]}" }.joined(separator: ",") + "]",
    "[" + (0..<3000).map { "\($0)" }.joined(separator: ",") + ",\u{1}]",
  ]

  @Test("a window of any size gives the tokens and the mistakes that the whole text gives", arguments: texts)
  func anyWindow(text: String) throws {
    let folder = try TestFolder()
    let bytes = Array(text.utf8)
    let path = try folder.write("text.json", bytes)
    for size in [1, 17, 64, 100, 4095, 4096, 5000, 8192, 1 << 20] {
      #expect(try windowed(path, size) == whole(bytes), "a window of \(size) bytes")
    }
  }

  @Test("bytes that are not UTF-8 are found wherever the window cuts them, behind a mistake too")
  func notText() throws {
    let folder = try TestFolder()
    let odd: [[Int]] = [[0xff], [0xe2, 0x82], [0xc0, 0x80], [0xf0, 0x9f, 0x98]]
    for (i, bad) in odd.enumerated() {
      for (j, text) in ["[\"", "[1,]"].enumerated() {
        for padding in [0, 13, 14, 15, 16, 5000] {
          var bytes = Array(text.utf8) + [UInt8](repeating: 0x61, count: padding)
          bytes += bad.map { UInt8($0) }
          bytes += Array("\"]".utf8)
          let path = try folder.write("\(i)-\(j)-\(padding).json", bytes)
          for size in [16, 31, 1 << 20] { #expect(try windowed(path, size) == ["not text"]) }
        }
      }
    }
  }

  @Test("a file that ends while it is read is an error of the file")
  func truncated() throws {
    let folder = try TestFolder()
    let path = try folder.write("text.json", "[1, 2")
    let file = try OpenFile(reading: path, .system)
    let error = problem {
      _ = try JSONScanner.scan(file, 0..<100, windowBytes: 4, notText: CheckpointError(.malformedFile, "not text")) {
        (scanner) throws(JSONScanner.Problem) in try scanner.skipValue()
      }
    }
    #expect(error?.code == .truncated)
  }

  @Test("an index that is read through a window is the one that its text is")
  func index() throws {
    let folder = try TestFolder()
    let names = (0..<20_000).map { "model.layers.\($0 % 61).mlp.experts.\($0).down_proj.weight" }
    let members = names.enumerated().map { "\"\($1)\": \"model-\($0 % 7).safetensors\"" }
    for text in [
      "{\"metadata\":{\"total_size\": 12},\"weight_map\":{\(members.joined(separator: ",\n "))}}",
      "{\"weight_map\":{\(members.joined(separator: ","))},\"metadata\":{\"total_size\":\"12\", \"x\": [1]}}",
    ] {
      let path = try folder.write("\(text.utf8.count).json", text)
      let a = try CheckpointIndex(parsing: Array(text.utf8), file: "i")
      let b = try CheckpointIndex(reading: OpenFile(reading: path, .system), file: "i")
      #expect((0..<a.names.count).allSatisfy { a.names[$0] == names[$0] && b.names[$0] == names[$0] })
      #expect(a.names.count == names.count && b.names.count == names.count && a.shards == b.shards)
      #expect(a.totalSize == b.totalSize && a.findings == b.findings)
      #expect(zip(a.contents, b.contents).allSatisfy { $0 == $1 } && a.contents.count == 7)
    }
  }

  @Test("a shape is the same whether it fits a word or not")
  func shapes() {
    let sizes = [0, 1, 7168, 1 << 14, 1 << 15, 1 << 20, 1 << 30, 1 << 61, .max, -1]
    for a in sizes {
      for b in sizes {
        for dimensions in [[a], [a, b], [a, b, a], [a, b, 1, b], [1, a, b, 1, a]] {
          let shape = Shape(dimensions)
          var grown = Shape()
          for dimension in dimensions { grown.append(dimension) }
          #expect(shape.dimensions == dimensions && shape == grown && shape.hashValue == grown.hashValue)
          #expect(shape.rank == dimensions.count && shape.columns == dimensions.last)
        }
      }
    }
    #expect(Shape().rank == 0 && Shape().elementCount == 1 && MemoryLayout<Shape>.size == 16)
    #expect(MemoryLayout<TensorRecord>.stride == 64 && MemoryLayout<TensorName>.size == 24)
  }
}
