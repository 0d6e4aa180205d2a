internal import Kernels

/// Σ(a − b)² and Σa² over one row, in the order that is part of every metric's definition: sixteen Double lanes by index
/// modulo 16, lanes added pairwise.
public struct ErrorSums: Sendable, Equatable {
  public var squaredError = 0.0
  public var squaredReference = 0.0

  public init() {}

  /// - Parameter a: the reference.
  public init(of a: UnsafeBufferPointer<Float>, against b: UnsafeBufferPointer<Float>) {
    (squaredError, squaredReference) = Level.current.errorSums(of: a, against: b)
  }
}
