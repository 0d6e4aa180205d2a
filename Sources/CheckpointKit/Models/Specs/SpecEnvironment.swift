/// What the names in a spec's expressions stand for: loop variables, the spec's own values, keys of config.json.
public struct SpecEnvironment: Sendable {
  let config: ModelConfig
  /// The values that the spec defines, each an expression of its own.
  private(set) var values: [String: Expression]
  /// Which spec asks, for messages.
  let spec: String
  var layer: Int?
  var expert: Int?
  /// Place of a layer among those that have experts, from 0.
  var moeLayer: Int?
  /// Row, matrix and column of a tensor that is put together out of others' rows, and the number of its block.
  var row: Int?
  var slice: Int?
  var column: Int?
  var block: Int?
  /// Files beside config.json, by the name under which expressions speak of them.
  var documents: [String: JSONValue] = [:]
  /// Values being evaluated: inside its own definition a name means the config key.
  private var active: [String] = []

  init(config: ModelConfig, values: [String: Expression], spec: String) {
    self.config = config
    self.values = values
    self.spec = spec
  }

  /// One more value, in place of what has its name.
  func adding(_ name: String, _ flag: Bool) throws(CheckpointError) -> SpecEnvironment {
    try adding(name, text: "\(flag)")
  }

  func adding(_ name: String, _ number: Int) throws(CheckpointError) -> SpecEnvironment {
    try adding(name, text: "\(number)")
  }

  private func adding(_ name: String, text: String) throws(CheckpointError) -> SpecEnvironment {
    var environment = self
    environment.values[name] = try Expression(text, file: spec)
    return environment
  }

  // MARK: Typed results

  public func int(_ expression: Expression) throws(CheckpointError) -> Int {
    switch try evaluate(expression) {
    case .int(let value): return value
    case .double(let value) where Int(exactly: value) != nil: return Int(value)
    case let other: throw wrong(expression, "an integer", other)
    }
  }

  public func double(_ expression: Expression) throws(CheckpointError) -> Double {
    switch try evaluate(expression) {
    case .int(let value): return Double(value)
    case .double(let value): return value
    case let other: throw wrong(expression, "a number", other)
    }
  }

  public func bool(_ expression: Expression) throws(CheckpointError) -> Bool {
    switch try evaluate(expression) {
    case .bool(let value): return value
    case let other: throw wrong(expression, "a truth value", other)
    }
  }

  private func wrong(_ expression: Expression, _ wanted: String, _ found: SpecValue) -> CheckpointError {
    if found == .missing {
      return CheckpointError(
        .configKey, file: config.file, "has no value for '\(expression.text)', which the spec \(spec) needs")
    }
    return CheckpointError(
      .configKey, file: config.file, "'\(expression.text)' is \(found.kind), where the spec \(spec) needs \(wanted)")
  }

  // MARK: Evaluation

  public func evaluate(_ expression: Expression) throws(CheckpointError) -> SpecValue {
    var steps = Self.stepLimit
    return try evaluate(expression, &steps)
  }

  /// Values may refer to values: without a bound, few short lines could ask for more steps than there is time.
  private static let stepLimit = 100_000
  private static let depthLimit = 32

  private func evaluate(_ expression: Expression, _ steps: inout Int) throws(CheckpointError) -> SpecValue {
    do throws(EvaluationFailure) { return try evaluate(expression.root, &steps) } catch {
      switch error {
      case .deeper(let error): throw error
      case .here(let problem):
        throw CheckpointError(.configKey, file: config.file, "'\(expression.text)' of the spec \(spec): \(problem)")
      }
    }
  }

  private enum EvaluationFailure: Error {
    case here(String)
    case deeper(CheckpointError)
  }

  private func evaluate(_ node: Expression.Node, _ steps: inout Int) throws(EvaluationFailure) -> SpecValue {
    steps -= 1
    guard steps > 0 else { throw .here("the values it refers to take too many steps") }
    switch node {
    case .literal(let value): return value
    case .name(let places):
      for place in places {
        let value = try look(up: place, &steps)
        if value != .missing { return value }
      }
      return .missing
    case .not(let node): return .bool(try !truth(node, &steps))
    case .negated(let node):
      switch try evaluate(node, &steps) {
      case .int(let value):
        guard value != .min else { throw .here("\(value) has no negative") }
        return .int(-value)
      case .double(let value): return .double(-value)
      case let other: throw .here("\(other.kind) has no negative")
      }
    case .element(let list, let index):
      let values: [SpecValue]
      switch try evaluate(list, &steps) {
      case .list(let elements): values = elements
      case .string(let text): values = text.map { .string(String($0)) }
      default: throw .here("only a list or a string has elements")
      }
      let place = try integer(index, &steps)
      guard values.indices.contains(place) else {
        throw .here("element \(place) of a list of \(values.count)")
      }
      return values[place]
    case .call(let function, let arguments):
      let a = try integer(arguments[0], &steps)
      let b = arguments.count > 1 ? try integer(arguments[1], &steps) : 0
      switch function {
      case .isqrt:
        // Below 2^52 the rounded root of a number is no more than the whole one.
        guard (0..<1 << 52).contains(a) else { throw .here("isqrt(\(a))") }
        return .int(Int(Double(a).squareRoot()))
      case .min: return .int(Swift.min(a, b))
      case .max: return .int(Swift.max(a, b))
      case .ceilDiv:
        guard b > 0, a >= 0 else { throw .here("ceil_div(\(a), \(b))") }
        return .int(a.ceilDiv(b))
      }
    case .choice(let condition, let a, let b): return try evaluate(try truth(condition, &steps) ? a : b, &steps)
    case .binary(let op, let left, let right): return try binary(op, left, right, &steps)
    }
  }

  private func binary(
    _ op: Expression.Operator, _ left: Expression.Node, _ right: Expression.Node, _ steps: inout Int
  ) throws(EvaluationFailure) -> SpecValue {
    switch op {
    case .or: return .bool(try truth(left, &steps) ? true : try truth(right, &steps))
    case .and: return .bool(try truth(left, &steps) ? try truth(right, &steps) : false)
    case .otherwise:
      let value = try evaluate(left, &steps)
      return value == .missing ? try evaluate(right, &steps) : value
    case .equal: return .bool(same(try evaluate(left, &steps), try evaluate(right, &steps)))
    case .unequal: return .bool(!same(try evaluate(left, &steps), try evaluate(right, &steps)))
    case .in:
      let value = try evaluate(left, &steps)
      switch try evaluate(right, &steps) {
      case .list(let values): return .bool(values.contains { same($0, value) })
      case .missing: return .bool(false)
      case let other: throw .here("'in' needs a list, not \(other.kind)")
      }
    default: return try arithmetic(op, try evaluate(left, &steps), try evaluate(right, &steps))
    }
  }

  private func arithmetic(
    _ op: Expression.Operator, _ left: SpecValue, _ right: SpecValue
  ) throws(EvaluationFailure) -> SpecValue {
    if case .int(let a) = left, case .int(let b) = right { return try integers(op, a, b) }
    guard let a = left.asDouble, let b = right.asDouble else {
      let culprit = left.asDouble == nil ? left : right
      throw .here(culprit == .missing ? "a key is missing in config.json" : "\(culprit.kind) is no number")
    }
    switch op {
    case .less: return .bool(a < b)
    case .lessEqual: return .bool(a <= b)
    case .greater: return .bool(a > b)
    case .greaterEqual: return .bool(a >= b)
    case .plus: return try finite(a + b)
    case .minus: return try finite(a - b)
    case .times: return try finite(a * b)
    case .divided: return try finite(a / b)
    default: throw .here("'\(op.rawValue)' needs integers")
    }
  }

  private func finite(_ value: Double) throws(EvaluationFailure) -> SpecValue {
    guard value.isFinite else { throw .here("a result is \(value)") }
    return .double(value)
  }

  private func integers(_ op: Expression.Operator, _ a: Int, _ b: Int) throws(EvaluationFailure) -> SpecValue {
    let result: (partialValue: Int, overflow: Bool)
    switch op {
    case .less: return .bool(a < b)
    case .lessEqual: return .bool(a <= b)
    case .greater: return .bool(a > b)
    case .greaterEqual: return .bool(a >= b)
    case .plus: result = a.addingReportingOverflow(b)
    case .minus: result = a.subtractingReportingOverflow(b)
    case .times: result = a.multipliedReportingOverflow(by: b)
    case .divided, .modulo:
      guard b > 0, a >= 0 else { throw .here("\(a) \(op.rawValue) \(b)") }
      return .int(op == .divided ? a / b : a % b)
    default: throw .here("'\(op.rawValue)' of two integers")
    }
    guard !result.overflow else { throw .here("\(a) \(op.rawValue) \(b) is too large") }
    return .int(result.partialValue)
  }

  private func truth(_ node: Expression.Node, _ steps: inout Int) throws(EvaluationFailure) -> Bool {
    switch try evaluate(node, &steps) {
    case .bool(let value): return value
    case let other: throw .here("\(other.kind) is not true or false")
    }
  }

  private func integer(_ node: Expression.Node, _ steps: inout Int) throws(EvaluationFailure) -> Int {
    switch try evaluate(node, &steps) {
    case .int(let value): return value
    case .missing: throw .here("a key is missing in config.json")
    case let other: throw .here("\(other.kind) where an integer should be")
    }
  }

  private func same(_ a: SpecValue, _ b: SpecValue) -> Bool {
    if case .int(let a) = a, case .int(let b) = b { return a == b }
    if let a = a.asDouble, let b = b.asDouble { return a == b }
    return a == b
  }

  private func look(up path: [String], _ steps: inout Int) throws(EvaluationFailure) -> SpecValue {
    let first = path[0]
    if path.count == 1 {
      if first == "layer" {
        guard let layer else { throw .here("there is no layer here") }
        return .int(layer)
      }
      if first == "expert" {
        guard let expert else { throw .here("there is no expert here") }
        return .int(expert)
      }
      if first == "moe_layer" {
        guard let moeLayer else { throw .here("there is no layer with experts here") }
        return .int(moeLayer)
      }
      if first == "row", let row { return .int(row) }
      if first == "slice", let slice { return .int(slice) }
      if first == "column", let column { return .int(column) }
      if first == "block", let block { return .int(block) }
      if let value = values[first], !active.contains(first) {
        guard active.count < Self.depthLimit else { throw .here("values refer to each other too deeply") }
        var inner = self
        inner.active.append(first)
        do throws(CheckpointError) { return try inner.evaluate(value, &steps) } catch { throw .deeper(error) }
      }
    }
    if var value = documents[first] {
      for key in path.dropFirst() {
        guard let inner = value[key] else { return .missing }
        value = inner
      }
      return SpecValue(value)
    }
    return SpecValue(config.value(at: path))
  }
}

extension SpecValue {
  var asDouble: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
