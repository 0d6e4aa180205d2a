/// A JSON value that keeps the order of keys and the digits of numbers.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number as it was written, so that nothing is lost on the way from a file to a file.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  public static func int(_ value: Int) -> JSONValue { .number(String(value)) }

  /// A number, or null where JSON has none (NaN, infinities).
  public static func double(_ value: Double) -> JSONValue { value.isFinite ? .number("\(value)") : .null }
}

/// Keys and values in order; no key twice.
public struct JSONObject: Sendable, Equatable {
  public private(set) var members: [(key: String, value: JSONValue)] = []

  public init() {}

  public init(_ members: [(String, JSONValue)]) {
    for (key, value) in members { self[key] = value }
  }

  public var keys: [String] { members.map(\.key) }
  public var isEmpty: Bool { members.isEmpty }

  /// Setting nil removes the key; a new key goes to the end.
  public subscript(key: String) -> JSONValue? {
    get { members.first { sameBytes($0.key, key) }?.value }
    set {
      let place = members.firstIndex { sameBytes($0.key, key) }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  mutating func append(_ key: String, _ value: JSONValue) { members.append((key, value)) }

  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.count == b.members.count
      && zip(a.members, b.members).allSatisfy { sameBytes($0.key, $1.key) && $0.value == $1.value }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
  public var string: String? { if case .string(let string) = self { string } else { nil } }
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  public var isNull: Bool { self == .null }

  /// An integer of this machine's size, where the number is written as one (`7`, also `7.0` and `7e0`).
  public var int: Int? {
    guard case .number(let text) = self else { return nil }
    if let value = Int(text) { return value }
    return Double(text).flatMap { Int(exactly: $0) }
  }

  public var double: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }

  public subscript(key: String) -> JSONValue? { object?[key] }
}

// MARK: Reading

extension JSONValue {
  /// Parses one document. Throws where the text is not strict JSON or an object has a key twice.
  public init(parsing bytes: [UInt8], file: String) throws(CheckpointError) {
    guard isValidUTF8(bytes) else {
      throw CheckpointError(.malformedFile, file: file, "is not UTF-8 text")
    }
    let result: Result<JSONValue, JSONScanner.Problem> = bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do throws(JSONScanner.Problem) {
        let value = try parseValue(&scanner, depth: 1)
        try scanner.expectEnd()
        return .success(value)
      } catch { return .failure(error) }
    }
    switch result {
    case .success(let value): self = value
    case .failure(let problem):
      throw CheckpointError(
        .malformedFile, file: file, "is not JSON: \(problem.message) (\(place(of: problem.offset, in: bytes)))")
    }
  }

  /// The next value of a text that is scanned.
  init(from scanner: inout JSONScanner, depth: Int) throws(JSONScanner.Problem) {
    self = try parseValue(&scanner, depth: depth)
  }

  public init(parsing text: String, file: String) throws(CheckpointError) {
    try self.init(parsing: Array(text.utf8), file: file)
  }
}

private func parseValue(_ scanner: inout JSONScanner, depth: Int) throws(JSONScanner.Problem) -> JSONValue {
  switch scanner.peek() {
  case UInt8(ascii: "{") where depth > JSONScanner.depthLimit, UInt8(ascii: "[") where depth > JSONScanner.depthLimit:
    throw scanner.problem("nested deeper than \(JSONScanner.depthLimit)")
  case UInt8(ascii: "{"):
    var object = JSONObject()
    var seen = Set<TensorName>()
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let key = scanner.decoded(rawKey)
      guard seen.insert(TensorName(key)).inserted else { throw scanner.problem("key \"\(key)\" stands twice") }
      object.append(key, try parseValue(&scanner, depth: depth + 1))
    }
    return .object(object)
  case UInt8(ascii: "["):
    var array: [JSONValue] = []
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      array.append(try parseValue(&scanner, depth: depth + 1))
    }
    return .array(array)
  case UInt8(ascii: "\""): return .string(try scanner.text())
  case UInt8(ascii: "t"):
    try scanner.literal("true")
    return .bool(true)
  case UInt8(ascii: "f"):
    try scanner.literal("false")
    return .bool(false)
  case UInt8(ascii: "n"):
    try scanner.literal("null")
    return .null
  default:
    let range = try scanner.number()
    return .number(String(decoding: scanner.bytes[range], as: UTF8.self))
  }
}

/// `line 3, column 14`, for a message.
private func place(of offset: Int, in bytes: [UInt8]) -> String {
  let before = bytes.prefix(offset)
  let line = before.count { $0 == UInt8(ascii: "\n") } + 1
  let column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
  return "line \(line), column \(column)"
}
