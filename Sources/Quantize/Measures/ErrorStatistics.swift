internal import CheckpointKit

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Errors of many tensors together. Definitions: `docs/metrics.md`.
public struct ErrorStatistics: Sendable {
  public private(set) var tensors = 0
  private var relativeSum = 0.0
  private var relativeCount = 0
  private var largest: Double?
  /// Whether a tensor has values that are not finite: no figure speaks of it then.
  private var isUndefined = false
  private var total = ErrorSums()

  public init() {}

  /// Adds a tensor. Tensors are added in the order of the model: the order is part of the definition.
  public mutating func add(_ sums: ErrorSums) {
    tensors += 1
    if !sums.squaredError.isFinite || !sums.squaredReference.isFinite { isUndefined = true }
    if let relative = sums.relativeRMSE {
      relativeSum += relative
      relativeCount += 1
      largest = max(largest ?? 0, relative)
    }
    total.add(sums)
  }

  /// The largest relative RMSE of a tensor; nil where none is defined.
  public var relativeMax: Double? { isUndefined ? nil : largest }

  /// The plain mean of the tensors' relative RMSE.
  public var relativeMean: Double? {
    isUndefined || relativeCount == 0 ? nil : relativeSum / Double(relativeCount)
  }

  /// Ten times the decimal logarithm of ΣΣa² / ΣΣ(a − b)²; nil where nothing differs or nothing was there.
  public var sqnr: Double? { isUndefined ? nil : total.sqnr }
}

extension ErrorSums {
  public init(squaredError: Double, squaredReference: Double) {
    self.squaredError = squaredError
    self.squaredReference = squaredReference
  }

  public mutating func add(_ other: ErrorSums) {
    squaredError += other.squaredError
    squaredReference += other.squaredReference
  }

  /// `sqrt(Σ(a − b)² / Σa²)`; 0 where both are equal, nil where only Σa² is 0.
  public var relativeRMSE: Double? {
    if squaredError == 0 { return 0 }
    return squaredReference > 0 ? (squaredError / squaredReference).squareRoot() : nil
  }

  public var sqnr: Double? {
    guard squaredError > 0, squaredReference > 0 else { return nil }
    return 10 * log10(squaredReference / squaredError)
  }
}
