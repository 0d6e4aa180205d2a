/// Symmetric INT4 in groups: what the rules of compressed-tensors say, one group at a time.
///
/// Everything is computed in the weight's dtype, as the library does: a value, a scale and a quotient are each rounded
/// to it. Source: compressed-tensors 0.20.0, `quantization/utils/helpers.py` (calculate_qparams) and
/// `compressors/pack_quantized`; with numbers: `docs/formats/int4-pack-quantized.md`.
public enum INT4Reference {
  /// The dtype in which weights are quantized and scales are stored.
  public enum Precision: Sendable, CaseIterable {
    case bf16, f16, f32

    @inline(__always)
    public func rounded(_ value: Float) -> Float {
      switch self {
      case .bf16: FloatFormats.roundedToBF16(value)
      case .f16: FloatFormats.float(f16: FloatFormats.f16(value))
      case .f32: value
      }
    }

    /// What the library puts where a scale would be 0: the machine epsilon of the dtype.
    public var scaleOfZero: Float {
      switch self {
      case .bf16: 0x1p-7
      case .f16: 0x1p-10
      case .f32: 0x1p-23
      }
    }
  }

  /// The value of a nibble. NaN, which a scale that is not finite makes, has the bits 0x7fc00000.
  @inline(__always)
  public static func value(nibble: UInt8, scale: Float) -> Float {
    let value = Float(Int(nibble) - 8) * scale
    return value.isNaN ? Float(bitPattern: 0x7fc0_0000) : value
  }

  /// The scale of a group whose largest magnitude is `largest`, by the `ct` rule: a fifteenth of the range.
  @inline(__always)
  public static func scale(largest: Float, _ precision: Precision) -> Float {
    let scale = precision.rounded(largest / 7.5)
    return scale == 0 ? precision.scaleOfZero : scale
  }

  /// The code of a value by the `ct` rule: the quotient is rounded to the dtype before it is rounded to an integer.
  @inline(__always)
  public static func code(_ value: Float, scale: Float, _ precision: Precision) -> Int {
    let quotient = precision.rounded(value / scale)
    return Int(max(-8, min(7, quotient)).rounded(.toNearestOrEven))
  }

  /// The code nearest to a value.
  @inline(__always)
  public static func nearestCode(_ value: Float, scale: Float) -> Int {
    Int(max(-8, min(7, value / scale)).rounded(.toNearestOrEven))
  }

  /// Quantizes one group by the `ct` rule.
  ///
  /// - Parameters:
  ///   - values: as they are decoded; they are rounded to the dtype first, and must be finite in it.
  ///   - codes: gets −8…7.
  /// - Returns: the scale.
  public static func encodeCT(
    _ values: UnsafeBufferPointer<Float>, _ precision: Precision, codes: UnsafeMutableBufferPointer<Int8>
  ) -> Float {
    var largest: Float = 0
    for value in values { largest = max(largest, abs(precision.rounded(value))) }
    let scale = scale(largest: largest, precision)
    for (i, value) in values.enumerated() {
      codes[i] = Int8(code(precision.rounded(value), scale: scale, precision))
    }
    return scale
  }

  /// Candidates of the `mse` rule, as multiples of `largest / 7.5`, in the order they are tried; the first is `ct`'s.
  public static let searchFactors: [Float] =
    [1] + stride(from: 0.64, through: 1.12, by: 0.02).map { Float($0) }.filter { $0 != 1 }

  /// Quantizes one group with the positive scale, out of ``searchFactors``, that has the least squared error.
  ///
  /// Values are not rounded first; codes are the nearest ones. Sums are Float32 in sixteen lanes by index modulo 16, added
  /// pairwise; of equal sums the first candidate wins.
  public static func encodeMSE(
    _ values: UnsafeBufferPointer<Float>, _ precision: Precision, codes: UnsafeMutableBufferPointer<Int8>
  ) -> Float {
    var largest: Float = 0
    for value in values { largest = max(largest, abs(value)) }
    var best = scale(largest: precision.rounded(largest), precision)
    var least = squaredError(values, scale: best)
    for factor in searchFactors.dropFirst() {
      let candidate = precision.rounded(largest / 7.5 * factor)
      guard candidate > 0, candidate.isFinite else { continue }
      let error = squaredError(values, scale: candidate)
      if error < least { (least, best) = (error, candidate) }
    }
    for (i, value) in values.enumerated() { codes[i] = Int8(nearestCode(value, scale: best)) }
    return best
  }

  private static func squaredError(_ values: UnsafeBufferPointer<Float>, scale: Float) -> Float {
    var lanes = [Float](repeating: 0, count: 16)
    for (i, value) in values.enumerated() {
      let difference = value - Float(nearestCode(value, scale: scale)) * scale
      lanes[i % 16] += difference * difference
    }
    var width = 8
    while width > 0 {
      for i in 0..<width { lanes[i] += lanes[i + width] }
      width /= 2
    }
    return lanes[0]
  }

  /// Looks for a scale whose codes give back every value of a group bit for bit in the dtype.
  ///
  /// Candidates are `largest / d` for d of 7, 8, 6, 5, 4, 3, 2, 1, each followed by its neighbours at one and two units in
  /// the last place, below before above; the first that fits wins.
  ///
  /// - Returns: nil where none fits; `codes` is then unchanged.
  public static func encodeExact(
    _ values: UnsafeBufferPointer<Float>, _ precision: Precision, codes: UnsafeMutableBufferPointer<Int8>
  ) -> Float? {
    var largest: Float = 0
    for value in values { largest = max(largest, abs(value)) }
    if largest == 0 {
      guard values.allSatisfy({ $0.bitPattern == 0 }) else { return nil }
      for i in codes.indices { codes[i] = 0 }
      return precision.scaleOfZero
    }
    for divisor: Float in [7, 8, 6, 5, 4, 3, 2, 1] {
      let center = precision.rounded(largest / divisor)
      for offset in [0, -1, 1, -2, 2] {
        let scale = precision.moved(center, by: offset)
        guard scale > 0, scale.isFinite else { continue }
        if values.allSatisfy({
          precision.rounded(Float(nearestCode($0, scale: scale)) * scale).bitPattern == $0.bitPattern
        }) {
          for (i, value) in values.enumerated() { codes[i] = Int8(nearestCode(value, scale: scale)) }
          return scale
        }
      }
    }
    return nil
  }
}

extension INT4Reference.Precision {
  /// The value some units in the last place away; the value is positive and of this dtype.
  func moved(_ value: Float, by units: Int) -> Float {
    switch self {
    case .bf16:
      let bits = Int(FloatFormats.bf16(value)) + units
      return bits < 0 ? -1 : FloatFormats.float(bf16: UInt16(truncatingIfNeeded: bits))
    case .f16:
      let bits = Int(FloatFormats.f16(value)) + units
      return bits < 0 ? -1 : FloatFormats.float(f16: UInt16(truncatingIfNeeded: bits))
    case .f32:
      let bits = Int(value.bitPattern) + units
      return bits < 0 ? -1 : Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
  }
}
