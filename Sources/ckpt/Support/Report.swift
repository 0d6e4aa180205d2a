internal import CheckpointKit

/// What a verb has to say: figures, findings, and the same as text for people.
struct Report {
  var summary = JSONObject()
  var findings: [Finding] = []
  /// Lines for standard output.
  var text = ""
  /// Prints more of it behind the text, where that would be too much to hold.
  var printText: (() -> Void)?
  /// Whether findings are the result itself, and so belong on standard output.
  var findingsAreResult = false
  /// Whether the text only tells what was done, so that -q leaves it out.
  var textIsNarration = false
  /// Severity from which on a finding makes the exit status 1.
  var failsFrom: Finding.Severity = .error
  /// Units that are missing: exit 75.
  var isIncomplete: CheckpointError?
  /// Replaces the JSON document, where a verb has another form.
  var ownJSON: String?
  /// Replaces the JSON document by a file of the verb's, printed byte for byte and piece by piece.
  var printOwnFile: (() -> Void)?
  /// A member of the summary that is such a file, printed in the same way: its names stay as they are.
  var ownMember: (key: String, print: () -> Void)?

  init() {}

  var fails: Bool { findings.contains { $0.severity >= failsFrom } }
}

/// Exit statuses; there are no others.
enum ExitStatus {
  static let fine: Int32 = 0
  static let findings: Int32 = 1
  static let failed: Int32 = 2
  static let usage: Int32 = 64
  static let unfinished: Int32 = 75
  static let interrupted: Int32 = 130
}

extension Finding {
  var json: JSONValue {
    var object: JSONObject = [
      "code": .string(code.rawValue), "severity": .string(severity.rawValue), "file": .string(orNull: file),
      "tensor": .string(orNull: tensor), "problem": .string(problem), "hint": .string(orNull: hint),
    ]
    if !tensors.isEmpty || !ranges.isEmpty {
      object["tensors"] = .array(tensors.map { .string($0) })
      object["ranges"] = .array(ranges.map { [.int($0.lowerBound), .int($0.upperBound)] })
    }
    return .object(object)
  }
}

extension CheckpointError {
  var json: JSONValue {
    .object([
      "code": .string(code.rawValue), "problem": .string(problem), "file": .string(orNull: file),
      "tensor": .string(orNull: tensor), "hint": .string(orNull: hint),
    ])
  }
}

extension JSONValue {
  /// The value as a document for people and programs: bytes of names that are not UTF-8 stand as `\xNN`.
  var shown: JSONValue {
    switch self {
    case .string(let text): .string(JSONValue.shown(text))
    case .array(let values): .array(values.map(\.shown))
    case .object(let object): .object(JSONObject(object.members.map { (JSONValue.shown($0.key), $0.value.shown) }))
    case .null, .bool, .number: self
    }
  }

  private static func shown(_ text: String) -> String { PathBytes.shown(text) }

  static func string(orNull text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  static func int(orNull value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }

  /// null for what is no number.
  static func double(orNull value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .double(value)
  }
}

extension JSONObject {
  /// Members of another object, behind this one's.
  mutating func add(_ other: JSONObject) {
    for (key, value) in other.members { self[key] = value }
  }
}
