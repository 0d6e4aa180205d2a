/// Something that was found out about the files.
public struct Finding: Sendable, Equatable {
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    /// A known oddity, or a check that could not be made.
    case note
    /// Legal, but suspect.
    case warning
    /// The files are wrong.
    case error

    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  public var code: ProblemCode
  public var severity: Severity
  public var file: String?
  public var tensor: String?
  public var problem: String
  public var hint: String?
  /// All tensors it is about, where there are several or where their places are known.
  public var tensors: [String] = []
  /// The bytes of the file it is about, ascending, counted from the file's start.
  public var ranges: [Range<Int>] = []

  public init(
    _ severity: Severity, _ code: ProblemCode, file: String? = nil, tensor: String? = nil, _ problem: String,
    hint: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.file = file
    self.tensor = tensor
    self.problem = problem
    self.hint = hint
  }

  /// A finding that says what an error says.
  public init(_ error: CheckpointError, severity: Severity = .error) {
    self.init(severity, error.code, file: error.file, tensor: error.tensor, error.problem, hint: error.hint)
  }

  /// The error that stops a verb which cannot go on with this finding.
  public var asError: CheckpointError {
    CheckpointError(code, file: file, tensor: tensor, problem, hint: hint)
  }
}

extension Finding: CustomStringConvertible {
  public var description: String { describeProblem(file: file, tensor: tensor, problem: problem) }
}

extension Sequence<Finding> {
  /// Worst first, then by file (those that speak of no single file last), tensor, code and text: the order of every
  /// report.
  public func sortedForReport() -> [Finding] {
    func key(_ finding: Finding) -> (Finding.Severity, String, String, String, String) {
      (finding.severity, finding.file ?? "\u{10ffff}", finding.tensor ?? "", finding.code.rawValue, finding.problem)
    }
    return sorted { a, b in
      let (a, b) = (key(a), key(b))
      return a.0 != b.0 ? a.0 > b.0 : (a.1, a.2, a.3, a.4) < (b.1, b.2, b.3, b.4)
    }
  }

  public var worst: Finding.Severity? { map(\.severity).max() }
}
