internal import Synchronization

/// Adds up what several workers have compared.
final class ComparisonProgress: Sendable {
  private let done = Atomic<Int>(0)
  private let total: Int
  private let report: (@Sendable (Int, Int) -> Void)?

  init(total: Int, _ report: (@Sendable (Int, Int) -> Void)?) {
    self.total = total
    self.report = report
  }

  func add(_ count: Int) {
    let sum = done.add(count, ordering: .relaxed).newValue
    report?(sum, total)
  }
}
