/// What a plan was made of.
public struct PlanInputs: Sendable, Equatable {
  public var verb: String
  /// Options that change bytes, as they were given.
  public var options: [(name: String, value: String)]
  /// Digest of the recipe, family spec and preset texts in use.
  public var rules: SHA256Digest
  public var files: [Fingerprint]

  public init(verb: String, options: [(name: String, value: String)], rules: SHA256Digest, files: [Fingerprint]) {
    self.verb = verb
    self.options = options
    self.rules = rules
    self.files = files
  }

  public static func == (a: PlanInputs, b: PlanInputs) -> Bool {
    a.verb == b.verb && a.rules == b.rules && a.files == b.files
      && a.options.map(\.name) == b.options.map(\.name) && a.options.map(\.value) == b.options.map(\.value)
  }

  /// What is hashed into the plan's id.
  var identity: String {
    var text = "version \(Toolkit.version)\nverb \(verb)\nrules \(rules)\n"
    for (name, value) in options { text += "option \(name) \(value)\n" }
    for file in files { text += "input \(file.byteCount) \(file.digest) \(file.name)\n" }
    return text
  }

  var summary: String {
    ([verb] + options.filter { !$0.value.isEmpty }.map { "\($0.name) \($0.value)" }).joined(separator: " ")
  }
}
