internal import CKernels

extension Level {
  /// Σ(a − b)² and Σa² over one row, in the order of ``ErrorSumsReference``.
  public func errorSums(
    of a: UnsafeBufferPointer<Float>, against b: UnsafeBufferPointer<Float>
  ) -> (squaredError: Double, squaredReference: Double) {
    precondition(a.count == b.count)
    guard let first = a.baseAddress, let second = b.baseAddress else { return (0, 0) }
    var sums = (squaredError: 0.0, squaredReference: 0.0)
    table.error_sums(first, second, a.count, &sums.squaredError, &sums.squaredReference)
    return sums
  }
}
