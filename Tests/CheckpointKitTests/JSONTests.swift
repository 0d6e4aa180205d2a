import Testing

@testable import CheckpointKit

private func parse(_ text: String) throws(CheckpointError) -> JSONValue { try JSONValue(parsing: text, file: "x.json") }
private func parse(_ bytes: [UInt8]) throws(CheckpointError) -> JSONValue {
  try JSONValue(parsing: bytes, file: "x.json")
}

@Suite struct JSONScannerTests {
  @Test(
    "what RFC 8259 does not allow is refused",
    arguments: [
      "", " ", "{", "}", "[", "]", "[1,]", "{\"a\":1,}", "[,1]", "{,}", "[1 2]", "{\"a\" 1}", "{\"a\":}", "{a:1}",
      "{1:2}",
      "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
      "\"\\ud800\\ud800\"",
      "\"\u{1}\"", "\"\t\"", "\"a\nb\"", "01", "-", "-a", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_0", "--1", "-01",
      "NaN",
      "Infinity", "-Infinity", "nul", "nulll", "True", "tru", "falsey", "undefined", "1 2", "{}{}", "[]x", "// c\n1",
      "1 // c",
      "/* */ 1", "\u{feff}1", "1\0", "\u{a0}1", "\u{2028}1", "\u{b}1", "{\"a\":1 \"b\":2}", "[1;2]", "\"\\", "\"\\u",
      "[\"\\",
    ])
  func refused(text: String) {
    let error = problem { _ = try parse(text) }
    #expect(error?.code == .malformedFile && error?.file == "x.json")
    #expect(error?.problem.contains("line") == true)
  }

  @Test(
    "bytes that are not UTF-8 are refused",
    arguments: ["ff", "c080", "c1bf", "eda080", "edbfbf", "f08080af", "f4908080", "e282", "80", "f5808080", "fc"])
  func notUTF8(hex: String) {
    let raw = stride(from: 0, to: hex.utf8.count, by: 2).map { i in
      UInt8(hex.dropFirst(i).prefix(2), radix: 16) ?? 0
    }
    // With text before and behind, so that the fast way over eight bytes is taken too.
    for padding in [0, 1, 7, 8, 9] {
      let spaces = [UInt8](repeating: 0x20, count: padding)
      #expect(problem { _ = try parse([0x22] + spaces + raw + spaces + [0x22]) }?.problem == "is not UTF-8 text")
    }
  }

  static let allowed: [(String, JSONValue)] = [
    ("{}", JSONValue.object([:])), ("[]", .array([])), (" \t\r\n1 \t\r\n", .number("1")), ("-0", .number("-0")),
    ("1e5", .number("1e5")), ("1E-5", .number("1E-5")), ("0.10", .number("0.10")), ("\"\"", .string("")),
    ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{c}\n\r\t")), ("\"\\u00e9\\u0000\"", .string("\u{e9}\0")),
    ("\"\\ud83d\\ude00\"", .string("\u{1f600}")), ("\"\\uD83D\\uDE00\"", .string("\u{1f600}")),
    ("\"\u{7f}\"", .string("\u{7f}")),
    ("\"\\uffff\\ufeff\"", .string("\u{ffff}\u{feff}")),
    ("\"\\ud800\\udc00\\udbff\\udfff\"", .string("\u{10000}\u{10ffff}")),
    ("[true,false,null]", [true, false, nil]), ("{\"\":{\"a\":[1]}}", ["": ["a": [1]]]),
  ]

  @Test("what RFC 8259 allows is read", arguments: allowed)
  func accepted(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test("objects and arrays may be nested 127 deep and no deeper, read or passed over")
  func depth() throws {
    func nested(_ depth: Int, _ inside: String) -> String {
      String(repeating: "[", count: depth) + inside + String(repeating: "]", count: depth)
    }
    for inside in ["", "1", "\"a\""] {
      #expect(problem { _ = try parse(nested(127, inside)) } == nil)
      #expect(problem { _ = try parse(nested(128, inside)) }?.problem.contains("127") == true)
    }
    #expect(problem { _ = try parse(String(repeating: "[", count: 1_000_000)) }?.problem.contains("127") == true)
    #expect(problem { _ = try parse(String(repeating: "{\"a\":", count: 1_000_000)) }?.problem.contains("127") == true)
    for depth in [127, 128] {
      let bytes = Array(nested(depth, "1").utf8)
      let passed = bytes.withUnsafeBufferPointer { buffer -> Bool in
        var scanner = JSONScanner(buffer)
        do throws(JSONScanner.Problem) { try scanner.skipValue() } catch { return false }
        return scanner.offset == bytes.count
      }
      #expect(passed == (depth == 127))
    }
  }

  @Test(
    "a key that stands twice in one object is refused, also written with escapes; twins in NFC and NFD are two keys")
  func duplicates() throws {
    for text in ["{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[{\"b\":{\"a\":1,\"a\":1}}]"] {
      #expect(problem { _ = try parse(text) }?.problem.contains("twice") == true)
    }
    let twins = try parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
    #expect(twins["\u{e9}"] == 1 && twins["e\u{301}"] == 2 && twins.object?.keys.count == 2)
    #expect(try parse("{\"a\":{\"a\":1}}")["a"]?["a"] == 1)
  }

  @Test(
    "numbers are integers where they are written as ones, and never wrap",
    arguments: [
      ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("7.0", 7),
      ("7e2", 700),
      ("7.5", nil), ("1e400", nil), ("-1e400", nil), ("1e18", 1_000_000_000_000_000_000), ("-0", 0), ("1e19", nil),
      ("9007199254740993", 9_007_199_254_740_993),
    ])
  func integers(text: String, value: Int?) throws {
    #expect(try parse(text).int == value)
  }

  @Test("a header's numbers are unsigned integers of at most 2^64 − 1")
  func unsigned() {
    func read(_ text: String) -> UInt64? {
      Array(text.utf8).withUnsafeBufferPointer { buffer in
        var scanner = JSONScanner(buffer)
        return try? scanner.unsignedInteger()
      }
    }
    #expect(read("18446744073709551615") == UInt64.max && read("0") == 0 && read(" 12,") == 12)
    for text in [
      "18446744073709551616", "18446744073709551620", "99999999999999999999", "-1", "-0", "1.0", "1e0", "01", "", "+1",
      "\"1\"",
    ] {
      #expect(read(text) == nil, "\(text)")
    }
  }

  @Test("an error names line and column")
  func place() {
    #expect(problem { _ = try parse("{\n  \"a\": 1,\n  \"b\": x\n}") }?.problem.contains("line 3, column 8") == true)
  }
}

@Suite struct JSONWriterTests {
  @Test("what is written is read as the same value, on one line and indented")
  func roundTrip() throws {
    let everything =
      String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0) })) + "\u{2028}\u{1f600}\u{feff}"
    let value: JSONValue = [
      "a": [1, nil, true, false, .number("-1.50E+3")], "": [:], "b": [], everything: .string(everything), "e\u{301}": 1,
      "\u{e9}": [["c": [[]]]],
    ]
    for indent in [nil, 0, 1, 2, 4] {
      let text = value.text(indent: indent)
      #expect(try parse(text) == value)
    }
    #expect(!value.text().contains("\n") && !value.text().contains("\u{1b}") && !value.text().contains("\u{7f}"))
  }

  @Test("text is as other programs write it")
  func form() {
    let value: JSONValue = ["a": [1, 2], "b": [:], "c": "\"\\\u{1}é"]
    // json.dumps(…, separators=(",", ":"), ensure_ascii=False) and indent=2 of Python 3.
    #expect(value.text() == "{\"a\":[1,2],\"b\":{},\"c\":\"\\\"\\\\\\u0001é\"}")
    #expect(
      value.text(indent: 2) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": \"\\\"\\\\\\u0001é\"\n}")
    #expect(
      JSONValue.double(.nan) == .null && JSONValue.double(.infinity) == .null && JSONValue.double(0.5) == .number("0.5")
    )
  }
}

@Suite struct JSONEditTests {
  private func edit(_ text: String, _ path: [String], _ value: JSONValue?) throws(CheckpointError) -> String {
    String(decoding: try JSONEdit.set(path, to: value, in: Array(text.utf8), file: "config.json"), as: UTF8.self)
  }

  @Test("only the member changes, every other byte stays")
  func replace() throws {
    let text = "{ \"a\" : 1.50 ,\n\t\"b\":{\"c\" :[1,2 ]}, \"d\":\"\\u00e9\"}\n"
    #expect(try edit(text, ["a"], 2) == "{ \"a\" : 2 ,\n\t\"b\":{\"c\" :[1,2 ]}, \"d\":\"\\u00e9\"}\n")
    #expect(try edit(text, ["b", "c"], nil) == "{ \"a\" : 1.50 ,\n\t\"b\":{}, \"d\":\"\\u00e9\"}\n")
    #expect(try edit(text, ["d"], "x") == "{ \"a\" : 1.50 ,\n\t\"b\":{\"c\" :[1,2 ]}, \"d\":\"x\"}\n")
    #expect(try edit(text, ["none"], nil) == text)
  }

  @Test("a new member goes to the end in the style of the text")
  func add() throws {
    #expect(try edit("{}", ["a"], 1) == "{\"a\":1}")
    #expect(try edit("{\"a\":1}", ["b"], [2]) == "{\"a\":1,\"b\":[2]}")
    #expect(
      try edit("{\n    \"a\": 1\n}", ["b"], ["c": 2]) == "{\n    \"a\": 1,\n    \"b\": {\n        \"c\": 2\n    }\n}")
    #expect(
      try edit("{\n  \"t\": {\n    \"a\": 1\n  }\n}", ["t", "b"], ["c": 2])
        == "{\n  \"t\": {\n    \"a\": 1,\n    \"b\": {\n      \"c\": 2\n    }\n  }\n}")
    #expect(try edit("{\n}\n", ["a"], 1) == "{\n  \"a\": 1\n}\n")
  }

  @Test("removing the first, a middle or the last member leaves JSON", arguments: ["a", "b", "c"])
  func remove(key: String) throws {
    for text in ["{\"a\":1,\"b\":[2],\"c\":{}}", "{\n  \"a\": 1,\n  \"b\": [2],\n  \"c\": {}\n}\n"] {
      let edited = try edit(text, [key], nil)
      let value = try parse(edited)
      #expect(value.object?.keys == ["a", "b", "c"].filter { $0 != key })
      #expect(!edited.contains("\n\n") && !edited.contains(" \n"))
    }
    #expect(try parse(edit("{\n  \"a\": 1\n}", ["a"], nil)) == [:])
  }

  @Test(
    "a path that is not there, or text that is no object, is an error",
    arguments: ["{}", "[]", "1", "", "{\"t\":1}", "{\"t\":[]}", "{\"t\":null}", "{"])
  func refused(text: String) {
    #expect(problem { _ = try edit(text, ["t", "a"], 1) }?.code == .configMalformed)
  }

  @Test("every edit of random objects gives the value with that member set")
  func agreesWithValues() throws {
    var random = SeededGenerator(state: 1)
    for _ in 0..<400 {
      let keys = (0..<Int.random(in: 0...4, using: &random)).map { "k\($0)" }
      let list: JSONValue = [.int(.random(in: 0...9, using: &random)), [], "x"]
      let inner = JSONValue.object(JSONObject(keys.map { ($0, list) }))
      let outer: JSONValue = ["before": 1, "t": inner, "after": [nil]]
      let indent = [nil, 1, 2, 4].randomElement(using: &random) ?? nil
      let key = "k\(Int.random(in: 0...5, using: &random))"
      let value: JSONValue? = [nil, 5, ["a": ["b": []]]].randomElement(using: &random) ?? nil
      guard var expected = outer.object, var part = inner.object else { continue }
      part[key] = value
      expected["t"] = .object(part)
      #expect(try parse(edit(outer.text(indent: indent), ["t", key], value)) == .object(expected))
    }
  }

  @Test("written JSON has no control character in it, of C0, C1 or a line separator, and reads back the same")
  func controls() throws {
    let controls = (0...0xff).map { Unicode.Scalar(UInt8($0)) }.filter { $0.properties.generalCategory == .control }
    let text = String(String.UnicodeScalarView(controls + ["\u{2028}", "\u{2029}", "\u{ad}", "é", "…", "\u{a0}"]))
    let value: JSONValue = .object(JSONObject([(text, .string(text))]))
    let written = value.text()
    #expect(
      written.unicodeScalars.allSatisfy {
        ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
      })
    #expect(written.contains("\\u009b") && written.contains("\\u2028") && written.contains("é…\u{a0}"))
    #expect(try JSONValue(parsing: Array(written.utf8), file: "x") == value)
  }
}
