/// A formula of a spec: `layer >= first_dense and n_routed_experts > 0`.
///
/// From loosest to tightest: `or`, `and`, `not`, comparisons and `in`, `+ -`, `* / %`, `??`, unary `-`, `list[index]`.
/// A name is a loop variable (`layer`, `expert`), a value that the spec defines, or a key of config.json; dots go into
/// objects, and `a | b` takes the first place that has the key. Functions: `ceil_div`, `min`, `max`, `isqrt`, and
/// `if(c, a, b)`, which looks at one of its values alone. Integers are exact: overflow and division by zero are errors.
/// `Specs/README.md` is the manual.
public struct Expression: Sendable, Equatable {
  /// As written, for messages.
  public let text: String
  let root: Node

  /// Bounds the depth of what is parsed.
  static let longest = 1000

  indirect enum Node: Sendable, Equatable {
    case literal(SpecValue)
    case name([[String]])
    case call(Function, [Node])
    /// A condition, the value where it holds, and the value elsewhere.
    case choice(Node, Node, Node)
    case element(Node, Node)
    case not(Node)
    case negated(Node)
    case binary(Operator, Node, Node)
  }

  /// Whether the expression speaks of a name, such as the loop variable `layer`.
  public func mentions(_ name: String) -> Bool { names.contains([name]) }

  /// Every name that the expression speaks of, as a path of keys.
  var names: Set<[String]> {
    var names: Set<[String]> = []
    Self.collect(root, into: &names)
    return names
  }

  private static func collect(_ node: Node, into names: inout Set<[String]>) {
    switch node {
    case .literal: break
    case .name(let places): names.formUnion(places)
    case .call(_, let arguments): for argument in arguments { collect(argument, into: &names) }
    case .choice(let a, let b, let c): for node in [a, b, c] { collect(node, into: &names) }
    case .element(let a, let b), .binary(_, let a, let b): for node in [a, b] { collect(node, into: &names) }
    case .not(let inner), .negated(let inner): collect(inner, into: &names)
    }
  }

  enum Function: String, Sendable {
    case ceilDiv = "ceil_div"
    case min, max, isqrt

    var arity: Int { self == .isqrt ? 1 : 2 }
  }

  enum Operator: String, Sendable {
    case or, and, `in`
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case modulo = "%"
    case otherwise = "??"

    /// Higher binds tighter.
    var strength: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .equal, .unequal, .less, .lessEqual, .greater, .greaterEqual, .in: 4
      case .plus, .minus: 5
      case .times, .divided, .modulo: 6
      case .otherwise: 7
      }
    }
  }

  /// - Parameter file: the spec it stands in, for messages.
  public init(_ text: String, file: String) throws(CheckpointError) {
    self.text = text
    guard text.utf8.count <= Self.longest else {
      throw CheckpointError(
        .specMalformed, file: file, "an expression of \(text.utf8.count) bytes, where at most \(Self.longest) are read")
    }
    var parser = ExpressionParser(text: text, file: file)
    root = try parser.parse()
  }
}

/// What an expression gives.
public enum SpecValue: Sendable, Equatable {
  /// A key that is absent or null.
  case missing
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case list([SpecValue])
  case object(JSONObject)

  init(_ value: JSONValue?) {
    switch value {
    case nil, .null: self = .missing
    case .bool(let value): self = .bool(value)
    case .string(let value): self = .string(value)
    case .array(let values): self = .list(values.map { SpecValue($0) })
    case .object(let value): self = .object(value)
    case .number(let text): self = Int(text).map { .int($0) } ?? .double(Double(text) ?? .nan)
    }
  }

  var kind: String {
    switch self {
    case .missing: "nothing"
    case .int: "an integer"
    case .double: "a number"
    case .bool: "a truth value"
    case .string: "a string"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

// MARK: Parsing

private struct ExpressionParser {
  let text: String
  let file: String
  private let tokens: [Token]
  private var position = 0
  private var failure: CheckpointError?

  private enum Token: Equatable {
    case number(String), string(String), word(String), symbol(String)

    var text: String {
      switch self {
      case .number(let text), .word(let text), .symbol(let text): text
      case .string(let text): "'\(text)'"
      }
    }
  }

  init(text: String, file: String) {
    self.text = text
    self.file = file
    var tokens: [Token] = []
    var rest = Substring(text)
    func isWord(_ c: Character) -> Bool { c.isASCII && (c.isLetter || c.isNumber || c == "_") }
    while let first = rest.first {
      if first == " " || first == "\n" || first == "\t" {
        rest.removeFirst()
      } else if first.isASCII, first.isNumber {
        // 1e-6: the sign belongs to the number where it follows the exponent letter.
        var digits = rest.prefix { isWord($0) || $0 == "." }
        if let last = digits.last, last == "e" || last == "E", let sign = rest.dropFirst(digits.count).first,
          sign == "-" || sign == "+"
        {
          digits = rest.prefix(digits.count + 1 + rest.dropFirst(digits.count + 1).prefix { $0.isNumber }.count)
        }
        tokens.append(.number(String(digits)))
        rest.removeFirst(digits.count)
      } else if isWord(first) {
        let word = rest.prefix { isWord($0) }
        tokens.append(.word(String(word)))
        rest.removeFirst(word.count)
      } else if first == "'" {
        let content = rest.dropFirst().prefix { $0 != "'" }
        let end = rest.dropFirst(content.count + 1)
        // A quote that nothing closes stays a symbol, which no rule takes.
        tokens.append(end.isEmpty ? .symbol("'") : .string(String(content)))
        rest = end.dropFirst()
      } else if let two = ["==", "!=", "<=", ">=", "??"].first(where: { rest.hasPrefix($0) }) {
        tokens.append(.symbol(two))
        rest.removeFirst(2)
      } else {
        tokens.append(.symbol(String(first)))
        rest.removeFirst()
      }
    }
    self.tokens = tokens
  }

  mutating func parse() throws(CheckpointError) -> Expression.Node {
    let node = try binary(above: 0)
    if position < tokens.count { throw error("'\(tokens[position].text)' where the end should be") }
    return node
  }

  private func error(_ problem: String) -> CheckpointError {
    CheckpointError(.specMalformed, file: file, "expression '\(text)': \(problem)")
  }

  private var next: Token? { position < tokens.count ? tokens[position] : nil }

  private mutating func take(_ token: Token) -> Bool {
    guard next == token else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ symbol: String) throws(CheckpointError) {
    guard take(.symbol(symbol)) else {
      throw error("\(next.map { "'\($0.text)'" } ?? "the end") where '\(symbol)' should be")
    }
  }

  private func peekOperator() -> Expression.Operator? {
    switch next {
    case .symbol(let text): Expression.Operator(rawValue: text)
    case .word(let text) where text == "or" || text == "and" || text == "in": Expression.Operator(rawValue: text)
    default: nil
    }
  }

  /// `not` stands between `and` and the comparisons.
  private mutating func binary(above strength: Int) throws(CheckpointError) -> Expression.Node {
    var left: Expression.Node
    if strength < 3, take(.word("not")) {
      left = .not(try binary(above: 3))
    } else {
      left = try unary()
    }
    while let op = peekOperator(), op.strength > strength {
      position += 1
      left = .binary(op, left, try binary(above: op.strength))
    }
    return left
  }

  private mutating func unary() throws(CheckpointError) -> Expression.Node {
    if take(.symbol("-")) { return .negated(try unary()) }
    if take(.word("not")) { return .not(try unary()) }
    var node = try primary()
    while take(.symbol("[")) {
      let index = try binary(above: 0)
      try expect("]")
      node = .element(node, index)
    }
    return node
  }

  private mutating func primary() throws(CheckpointError) -> Expression.Node {
    guard let token = next else { throw error("it ends too early") }
    position += 1
    switch token {
    case .number(let digits):
      if let value = Int(digits) { return .literal(.int(value)) }
      if digits.utf8.allSatisfy({ isDigit($0) }) { throw error("\(digits) is too large") }
      // No hex, which Double would read.
      guard !digits.contains(where: { $0 == "x" || $0 == "X" }), let value = Double(digits), value.isFinite else {
        throw error("'\(digits)' is no number")
      }
      return .literal(.double(value))
    case .string(let value): return .literal(.string(value))
    case .word("true"): return .literal(.bool(true))
    case .word("false"): return .literal(.bool(false))
    case .word("null"): return .literal(.missing)
    case .word(let word):
      if next == .symbol("(") { return try call(word) }
      var places = [try path(word)]
      while take(.symbol("|")) {
        guard case .word(let word)? = next else { throw error("a key should follow '|'") }
        position += 1
        places.append(try path(word))
      }
      return .name(places)
    case .symbol("("):
      let node = try binary(above: 0)
      try expect(")")
      return node
    case .symbol(let symbol): throw error("'\(symbol)' where a value should be")
    }
  }

  private mutating func path(_ first: String) throws(CheckpointError) -> [String] {
    var path = [first]
    while take(.symbol(".")) {
      guard case .word(let word)? = next else { throw error("a key should follow '.'") }
      position += 1
      path.append(word)
    }
    return path
  }

  private mutating func call(_ name: String) throws(CheckpointError) -> Expression.Node {
    let function = Expression.Function(rawValue: name)
    guard function != nil || name == "if" else { throw error("no function is called '\(name)'") }
    try expect("(")
    var arguments = [try binary(above: 0)]
    while take(.symbol(",")) { arguments.append(try binary(above: 0)) }
    try expect(")")
    let wanted = function?.arity ?? 3
    guard arguments.count == wanted else {
      throw error("\(name) takes \(["one value", "two values", "three values"][wanted - 1]), not \(arguments.count)")
    }
    if let function { return .call(function, arguments) }
    return .choice(arguments[0], arguments[1], arguments[2])
  }
}
