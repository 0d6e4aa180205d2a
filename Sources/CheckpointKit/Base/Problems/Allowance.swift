/// `CODE` or `CODE=GLOB`: findings that may pass, of all tensors and files or of those that match.
public struct Allowance: Sendable, Equatable {
  public let code: String
  public let pattern: String?

  public init(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    code = parts[0]
    pattern = parts.count > 1 ? parts[1] : nil
  }

  public var text: String { code + (pattern.map { "=\($0)" } ?? "") }

  public func covers(_ finding: Finding) -> Bool {
    guard finding.code.rawValue == code else { return false }
    guard let pattern else { return true }
    return [finding.tensor, finding.file].contains { $0.map { Glob.matches($0, pattern) } ?? false }
  }
}
