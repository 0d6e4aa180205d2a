internal import CheckpointKit

/// What a feed-forward block does between its products.
enum GatedActivation: Sendable, Equatable {
  /// `silu(gate) · up`
  case swiglu
  /// gpt-oss's: `gate = min(gate, limit)`, `up` within ±limit, then `(up + 1) · gate · sigmoid(slope · gate)`. The offset
  /// is the 1, which tests leave out on purpose.
  case clampedSwiGLU(limit: Float, slope: Float, offset: Float = 1)

  init(_ values: ForwardValues) throws(CheckpointError) {
    switch try values.choice("activation", ["swiglu", "clamped-swiglu"], default: "swiglu") {
    case "swiglu": self = .swiglu
    default:
      self = .clampedSwiGLU(
        limit: Float(try values.double("activation_limit")), slope: Float(try values.double("activation_slope")))
    }
  }

  /// Leaves the result in `gate`.
  func apply(_ gate: UnsafeMutableBufferPointer<Float>, _ up: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .swiglu: Elementwise.gate(gate, up)
    case .clampedSwiGLU(let limit, let slope, let offset):
      for i in 0..<gate.count {
        let clamped = min(gate[i], limit)
        gate[i] = (max(-limit, min(limit, up[i])) + offset) * clamped * Elementwise.sigmoid(slope * clamped)
      }
    }
  }
}
