/// Work that could not be done: which file and tensor, what was expected and found, and what to do about it.
///
/// What work *finds out* about files is a ``Finding``; an error is why it had to stop.
public struct CheckpointError: Error, Sendable, Equatable {
  public var code: ProblemCode
  public var file: String?
  public var tensor: String?
  public var problem: String
  public var hint: String?

  public init(
    _ code: ProblemCode, file: String? = nil, tensor: String? = nil, _ problem: String, hint: String? = nil
  ) {
    self.code = code
    self.file = file
    self.tensor = tensor
    self.problem = problem
    self.hint = hint
  }

  /// The same error, told of a certain file, where it does not name one yet.
  public func inFile(_ file: String) -> CheckpointError {
    var error = self
    error.file = self.file ?? file
    return error
  }
}

extension CheckpointError: CustomStringConvertible {
  public var description: String { describeProblem(file: file, tensor: tensor, problem: problem) }
}

/// `file: tensor 'name': problem`, with control characters made visible.
func describeProblem(file: String?, tensor: String?, problem: String) -> String {
  var text = ""
  if let file { text += printable(file) + ": " }
  if let tensor { text += "tensor '\(printable(shortened(tensor, to: 500)))': " }
  return text + printable(shortened(problem, to: 4000))
}

/// A name from a file may have a megabyte; a line of a report has not.
private func shortened(_ text: String, to length: Int) -> String {
  let bytes = text.utf8.count
  return bytes <= length ? text : String(text.unicodeScalars.prefix(length / 4)) + "… (\(bytes) bytes)"
}

/// Text from a file, safe for a terminal or a log line: control characters become `\u{…}`, and bytes of a path that are
/// not UTF-8 become `\xNN`.
public func printable(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 < 0x80 }) { return text }
  var result = ""
  for scalar in PathBytes.shown(text).unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
