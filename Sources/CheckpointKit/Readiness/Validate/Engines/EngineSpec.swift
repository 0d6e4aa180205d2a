/// What an inference engine asks of a checkpoint and of its deployment, as data: `Specs/engines/*.json`.
///
/// A rule holds, or it does not: then its problem, with the numbers filled in, becomes a finding. Rules are written in the
/// expression language of family specs; what they may speak of is listed in `docs/engines.md`.
public struct EngineSpec: Sendable {
  /// What a rule or a fact rests on.
  public enum Evidence: String, Sendable {
    /// The engine was started and answered, or stopped.
    case run
    /// The engine's own code built the model and loaded the weights, or refused, without kernels.
    case judged
    /// Its sources were read.
    case read

    init(_ reader: SpecReader) throws(CheckpointError) {
      let text = try reader.optionalString("evidence") ?? Self.read.rawValue
      guard let evidence = Self(rawValue: text) else { throw reader.malformed("no evidence is called '\(text)'") }
      self = evidence
    }
  }

  public struct Rule: Sendable {
    public enum Verdict: String, Sendable {
      /// The engine stops at load, or answers wrongly.
      case refuses
      /// It runs, with a drawback.
      case warns
      /// What could not be known from the files.
      case unknown
    }

    public var id: String
    public var verdict: Verdict
    /// The rule is asked for each kind of tensor of these roles; once for the whole, where there are none.
    public var roles: [String]
    public var when: Expression?
    /// What must hold; a rule without it speaks whenever `when` holds.
    public var require: Expression?
    public var problem: MessageTemplate
    public var hint: MessageTemplate?
    public var source: String
    public var evidence: Evidence
  }

  /// As `--for` takes it.
  public var name: String
  public var title: String
  /// The version whose sources the rules were read from.
  public var version: String
  /// The file they stand in, below `Specs/`.
  public var file: String
  /// Sizes of a deployment that the engine knows, with their usual values.
  public var options: [(key: String, value: Int)]
  public var values: [String: Expression]
  public var rules: [Rule]
  /// Which models it loads in which storage.
  public var loads: [LoadFact]

  public init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectSchema("ckpt.engine/1")
    try reader.expectKeys(["schema", "name", "title", "version", "options", "values", "rules", "loads", "sources"])
    name = try reader.string("name")
    title = try reader.string("title")
    version = try reader.string("version")
    self.file = file
    options = []
    for (key, value) in try reader.members("options") {
      guard let number = value.int, number > 0 else { throw reader.malformed("option '\(key)' is no whole number") }
      options.append((key, number))
    }
    values = [:]
    for (key, value) in try reader.expressions("values") { values[key] = value }
    rules = []
    for value in try reader.array("rules") { rules.append(try Rule(value, file: file)) }
    let ids = rules.map(\.id)
    guard Set(ids).count == ids.count else { throw reader.malformed("two rules have one id") }
    loads = []
    for value in try reader.array("loads") { loads.append(try LoadFact(value, file: file)) }
    try Self.checkOverlap(loads, file: file)
  }
}

extension EngineSpec.Rule {
  fileprivate init(_ json: JSONValue, file: String) throws(CheckpointError) {
    let reader = SpecReader(json, file: file)
    try reader.expectKeys(["id", "verdict", "roles", "when", "require", "problem", "hint", "source", "evidence"])
    id = try reader.string("id")
    guard let verdict = Verdict(rawValue: try reader.string("verdict")) else {
      throw reader.malformed("rule '\(id)': no verdict is called so")
    }
    self.verdict = verdict
    roles = try reader.strings("roles", orEmpty: true)
    when = try reader.optionalExpression("when")
    require = try reader.optionalExpression("require")
    problem = try MessageTemplate(try reader.string("problem"), file: file)
    hint = try reader.optionalString("hint").map { (text) throws(CheckpointError) in
      try MessageTemplate(text, file: file)
    }
    source = try reader.string("source")
    evidence = try EngineSpec.Evidence(reader)
    if when == nil, require == nil { throw reader.malformed("rule '\(id)' has neither 'when' nor 'require'") }
    if let role = roles.first(where: { pattern in !Role.all.contains { $0.matches(pattern) } }) {
      throw reader.malformed("rule '\(id)': '\(role)' matches no role")
    }
  }
}

/// A sentence with expressions in braces: `{rows} rows over {tp} ranks are {rows / tp}`.
public struct MessageTemplate: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case expression(Expression)
  }

  private var pieces: [Piece] = []

  init(_ text: String, file: String) throws(CheckpointError) {
    var rest = Substring(text)
    while !rest.isEmpty {
      let plain = rest.prefix { $0 != "{" }
      if !plain.isEmpty { pieces.append(.text(String(plain))) }
      rest = rest.dropFirst(plain.count)
      guard !rest.isEmpty else { break }
      let inner = rest.dropFirst().prefix { $0 != "}" }
      guard rest.count > inner.count + 1 else {
        throw CheckpointError(.specMalformed, file: file, "the sentence '\(text)' has a '{' that is not closed")
      }
      pieces.append(.expression(try Expression(String(inner), file: file)))
      rest = rest.dropFirst(inner.count + 2)
    }
  }

  /// The sentence with its numbers; a value that is missing is left as a dash.
  func text(_ environment: SpecEnvironment) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .expression(let expression):
        switch try? environment.evaluate(expression) {
        case .int(let value): result += String(value)
        case .double(let value): result += "\(value)"
        case .string(let value): result += value
        case .bool(let value): result += value ? "true" : "false"
        default: result += "–"
        }
      }
    }
    return result
  }
}

extension SpecLibrary {
  /// The engines that this build knows rules for, by name.
  public func engines() throws(CheckpointError) -> [EngineSpec] {
    var engines: [EngineSpec] = []
    for (file, json) in documents(.engines) { engines.append(try EngineSpec(json, file: file)) }
    return engines
  }
}
