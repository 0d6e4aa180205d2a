public import CheckpointKit

/// What a planner has to say of many tensors, each thing once.
struct ConversionNotes {
  private var told: [ConvertPlan.Fallback] = []
  private var requantized: Finding?

  /// A tensor gets another encoding than was asked for.
  mutating func fallback(_ role: Role?, _ tensor: String, _ severity: Finding.Severity, _ problem: String) {
    if let known = told.firstIndex(where: { $0.role == role && $0.problem == problem }) {
      told[known].count += 1
    } else {
      told.append(ConvertPlan.Fallback(role: role, tensor: tensor, severity: severity, problem: problem))
    }
  }

  /// Values that were quantized before are quantized again, where that is so.
  mutating func encoding(_ tensor: String, from stored: any EncodingLayout, as target: any EncodingLayout) {
    guard requantized == nil, stored.isQuantizedTwice(as: target) else { return }
    requantized = Finding(
      .warning, .requantized, tensor: tensor,
      "and others are quantized a second time, from \(stored.name) to \(target.name): the errors of both add up")
  }

  var fallbacks: [ConvertPlan.Fallback] { told }

  var findings: [Finding] { told.map(\.finding) + (requantized.map { [$0] } ?? []) }
}

extension ConvertPlan {
  /// Another encoding than the recipe asked for: of how many tensors of a role, for one reason.
  public struct Fallback: Sendable {
    public var role: Role?
    /// The first of them.
    public var tensor: String
    var severity: Finding.Severity
    public var problem: String
    public var count = 1

    var finding: Finding {
      let others = count == 1 ? "" : "; so it is with \(count - 1) others like it"
      return Finding(severity, .notDivisible, tensor: tensor, problem + others)
    }
  }
}

extension EncodingLayout {
  /// Whether values in this encoding were quantized before and would be again.
  func isQuantizedTwice(as target: any EncodingLayout) -> Bool {
    isCoarse && !target.isPlain && !isSame(as: target)
  }
}
