/// How many weights a model has, counted as GGUF stores them.
public struct ParameterCounts: Sendable, Equatable {
  public var total: Int
  /// Of everything that is no routed expert.
  public var shared: Int
  /// Of one expert of each layer, all layers together.
  public var expert: Int
  public var expertCount: Int

  public init(total: Int, shared: Int, expert: Int, expertCount: Int) {
    self.total = total
    self.shared = shared
    self.expert = expert
    self.expertCount = expertCount
  }

  /// `8B`, `0.6B`, for experts `128x2.3B`: the rule of `gguf.size_label` (llama.cpp, gguf-py/gguf/utility.py).
  public var sizeLabel: String {
    guard expertCount > 0 else { return Self.rounded(total) }
    let (sum, overflow) = shared.addingReportingOverflow(expert)
    return "\(expertCount)x\(Self.rounded(overflow ? .max : sum))"
  }

  /// At least two digits, in thousands, millions, billions (over 10^9) or trillions.
  private static func rounded(_ count: Int) -> String {
    let value = Double(count)
    let (scaled, suffix): (Double, String)
    switch value {
    case 1e12.nextUp...: (scaled, suffix) = (value * 1e-12, "T")
    case 1e9.nextUp...: (scaled, suffix) = (value * 1e-9, "B")
    case 1e6.nextUp...: (scaled, suffix) = (value * 1e-6, "M")
    default: (scaled, suffix) = (value * 1e-3, "K")
    }
    let whole = scaled.rounded(.toNearestOrEven)
    return fixed(scaled, digits: whole == 0 ? 2 : whole < 10 ? 1 : 0) + suffix
  }

  /// A value below 2^53 with so many digits behind the point, from its exact binary value, ties to even, as Python
  /// formats it.
  private static func fixed(_ value: Double, digits: Int) -> String {
    let power: UInt64 = digits == 2 ? 100 : digits == 1 ? 10 : 1
    // value = significand × 2^exponent, exactly.
    let significand = UInt64(value.significandBitPattern) | (value.isNormal ? 1 << 52 : 0)
    let shift = 52 - Int(value.isNormal ? value.exponent : -1022)
    let product = significand * power  // below 2^60
    var units: UInt64
    if shift <= 0 {
      units = product << UInt64(-shift)
    } else if shift > 62 {
      units = 0
    } else {
      units = product >> UInt64(shift)
      let rest = product & (1 << UInt64(shift) - 1)
      let half: UInt64 = 1 << UInt64(shift - 1)
      if rest > half || rest == half && units & 1 == 1 { units += 1 }
    }
    if digits == 0 { return String(units) }
    let fraction = String(units % power)
    return "\(units / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
