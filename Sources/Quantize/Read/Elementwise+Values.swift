internal import CheckpointKit
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Elementwise {
  /// Puts every value through the function. Exponentials are taken in Double and rounded once, so that they do not depend
  /// on the machine.
  func apply(to values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .plusOne: for i in values.indices { values[i] += 1 }
    case .minusExp: for i in values.indices { values[i] = -Float(exp(Double(values[i]))) }
    }
  }

  /// Takes every value back to what it was before ``apply(to:)``, but for what rounding took.
  func undo(on values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .plusOne: for i in values.indices { values[i] -= 1 }
    case .minusExp: for i in values.indices { values[i] = Float(log(Double(-values[i]))) }
    }
  }
}
