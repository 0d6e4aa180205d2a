/// Reads the members of a JSON object that a person wrote, with errors that say what is wrong where.
public struct SpecReader: Sendable {
  public let file: String
  private let json: JSONValue

  public init(_ json: JSONValue, file: String) {
    self.json = json
    self.file = file
  }

  public func malformed(_ problem: String) -> CheckpointError {
    let name = json["name"]?.string.map { " ('\($0)')" } ?? ""
    return CheckpointError(.specMalformed, file: file, problem + name)
  }

  public func expectSchema(_ schema: String) throws(CheckpointError) {
    guard json["schema"]?.string == schema else {
      throw malformed("'schema' is not \"\(schema)\"")
    }
  }

  /// Refuses a key that would be passed over: a misspelt key must not go unseen.
  public func expectKeys(_ known: Set<String>) throws(CheckpointError) {
    guard let object = json.object else { throw malformed("is no JSON object") }
    for key in object.keys where !known.contains(key) { throw malformed("does not know the key '\(key)'") }
  }

  public func has(_ key: String) -> Bool { json[key] != nil }

  public func value(_ key: String) -> JSONValue? { json[key] }

  public func string(_ key: String) throws(CheckpointError) -> String {
    guard let value = json[key]?.string else { throw malformed("needs a string '\(key)'") }
    return value
  }

  public func optionalString(_ key: String) throws(CheckpointError) -> String? {
    guard let value = json[key] else { return nil }
    guard let text = value.string else { throw malformed("'\(key)' is no string") }
    return text
  }

  public func optionalInt(_ key: String) throws(CheckpointError) -> Int? {
    guard let value = json[key], !value.isNull else { return nil }
    guard let number = value.int else { throw malformed("'\(key)' is no integer") }
    return number
  }

  public func array(_ key: String) throws(CheckpointError) -> [JSONValue] {
    guard let value = json[key] else { return [] }
    guard let array = value.array else { throw malformed("'\(key)' is no list") }
    return array
  }

  /// A list of strings; a single string counts as a list of one.
  public func strings(_ key: String, orEmpty: Bool = false) throws(CheckpointError) -> [String] {
    guard let value = json[key] else {
      if orEmpty { return [] }
      throw malformed("needs a list of strings '\(key)'")
    }
    if let text = value.string { return [text] }
    guard let array = value.array else { throw malformed("'\(key)' is no list of strings") }
    var strings: [String] = []
    for element in array {
      guard let text = element.string else { throw malformed("'\(key)' is no list of strings") }
      strings.append(text)
    }
    return strings
  }

  public func members(_ key: String) throws(CheckpointError) -> [(key: String, value: JSONValue)] {
    guard let value = json[key] else { return [] }
    guard let object = value.object else { throw malformed("'\(key)' is no object") }
    return object.members
  }

  public func bool(_ key: String, default standard: Bool) throws(CheckpointError) -> Bool {
    guard let value = json[key] else { return standard }
    guard let bool = value.bool else { throw malformed("'\(key)' is neither true nor false") }
    return bool
  }

  /// An expression as text, or a number or truth value as it is.
  public func expression(_ value: JSONValue) throws(CheckpointError) -> Expression {
    switch value {
    case .string(let text): return try Expression(text, file: file)
    case .number, .bool: return try Expression(value.text(), file: file)
    default: throw malformed("an expression is a string or a number")
    }
  }

  public func optionalExpression(_ key: String) throws(CheckpointError) -> Expression? {
    guard let value = json[key] else { return nil }
    return try expression(value)
  }

  public func expressions(_ key: String) throws(CheckpointError) -> [(key: String, value: Expression)] {
    var result: [(key: String, value: Expression)] = []
    for (name, value) in try members(key) { result.append((name, try expression(value))) }
    return result
  }
}
