internal import CheckpointKit

/// Made-up weights: values that depend on a seed, a tensor's name and the place of an element, and on nothing else.
///
/// A counter goes through SplitMix64's finalizer; four 16-bit fields of the result are summed, which is nearly Gaussian,
/// and a cubic term makes the tails heavy. Rows and columns have gains, runs of 128 of them gains of their own, and one
/// column in 64 is three times as large. Only integer arithmetic and single IEEE 754 operations are used, each rounded
/// once, so that every machine makes the same bits.
public struct SyntheticValues: Sendable {
  /// What a tensor's values look like.
  public enum Kind: Sendable, Equatable {
    /// A matrix of this standard deviation, with gains of rows and columns.
    case weights(Float)
    /// The same without gains: rows are alike but for chance.
    case even(Float)
    /// Uniform within `mean ± spread`.
    case around(mean: Float, spread: Float)
  }

  public let kind: Kind
  private let key: UInt64

  public init(_ kind: Kind, seed: UInt64, name: String) {
    self.kind = kind
    let digest = SHA256Digest(of: "\(seed):\(name)").hex.prefix(16)
    key = UInt64(digest, radix: 16) ?? 0
  }

  /// Makes rows, or a run of columns of each.
  ///
  /// - Parameters:
  ///   - rows: absolute.
  ///   - columns: of the whole matrix.
  ///   - wanted: which of them; nil for all.
  ///   - gains: room for one value a column.
  ///   - output: `rows × wanted` values, row by row.
  public func fill(
    rows: Range<Int>, columns: Int, only wanted: Range<Int>? = nil, gains: UnsafeMutableBufferPointer<Float>,
    into output: UnsafeMutableBufferPointer<Float>
  ) {
    let wanted = wanted ?? 0..<columns
    let count = wanted.count
    switch kind {
    case .around(let mean, let spread):
      for row in rows {
        var counter = counter(before: row &* columns &+ wanted.lowerBound)
        for i in (row - rows.lowerBound) * count..<(row - rows.lowerBound + 1) * count {
          counter &+= Self.step
          output[i] = mean + spread * (2 * Self.unit(Self.mix(counter)) - 1)
        }
      }
    case .even(let deviation):
      for i in 0..<count { gains[i] = deviation * Self.normal }
      for row in rows {
        fill(
          counter(before: row &* columns &+ wanted.lowerBound), count, gain: 1, gains, output,
          from: (row - rows.lowerBound) * count)
      }
    case .weights(let deviation):
      let (rowKey, columnKey) = (Self.mix(key ^ 0x726f_7773), Self.mix(key ^ 0x636f_6c75))
      for (i, column) in wanted.enumerated() {
        let isOutlier = Self.mix(columnKey &+ UInt64(truncatingIfNeeded: column)) & 63 == 0
        let gain = Self.gain(columnKey, column) * (isOutlier ? 3 : 1)
        gains[i] = gain * (deviation * Self.normalWithGains)
      }
      for row in rows {
        fill(
          counter(before: row &* columns &+ wanted.lowerBound), count, gain: Self.gain(rowKey, row), gains, output,
          from: (row - rows.lowerBound) * count)
      }
    }
  }

  private func counter(before element: Int) -> UInt64 { key &+ UInt64(truncatingIfNeeded: element) &* Self.step }

  /// A run of values of one row.
  @inline(__always)
  private func fill(
    _ start: UInt64, _ count: Int, gain: Float, _ gains: UnsafeMutableBufferPointer<Float>,
    _ output: UnsafeMutableBufferPointer<Float>, from place: Int
  ) {
    var counter = start
    guard let gains = gains.baseAddress, let output = output.baseAddress else { return }
    for column in 0..<count {
      counter &+= Self.step
      let bits = Self.mix(counter)
      // The sum of the even fields in the low word, of the odd ones beside them.
      let pairs = (bits & 0x0000_ffff_0000_ffff) &+ (bits >> 16 & 0x0000_ffff_0000_ffff)
      let sum = Int32(truncatingIfNeeded: (pairs & 0xffff_ffff) &+ pairs >> 32) &- 131_070
      let z = Float(sum) * Self.sumScale
      output[place &+ column] = (z + z * (z * z) * 0.1) * gain * gains[column]
    }
  }

  // MARK: Constants and small parts

  /// 2⁶⁴ divided by the golden ratio, as SplitMix64 counts.
  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// One over the standard deviation of a sum of four 16-bit values: `sqrt(4 × (65536² − 1) / 12)`.
  private static let sumScale: Float = 1 / 37837.227
  /// One over the standard deviation of `z + z³/10`, where z is that sum: `1 + 2 × 2.7 / 10 + 10.929 / 100`.
  private static let normal: Float = 0.778_67
  /// The same with gains: those of rows have a mean square of 1.1736, those of columns with outliers of 1.3203.
  private static let normalWithGains: Float = 0.625_54

  /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014).
  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// From 0 up to but not including 1, in steps of 2⁻²⁴.
  @inline(__always)
  private static func unit(_ bits: UInt64) -> Float { Float(Int32(truncatingIfNeeded: bits >> 40)) * 0x1p-24 }

  /// The gain of a row or column, between 0.25 and 2.25: its own, times that of its run of 128.
  private static func gain(_ key: UInt64, _ index: Int) -> Float {
    let own = unit(mix(key &+ UInt64(truncatingIfNeeded: index)))
    let block = unit(mix(~key &+ UInt64(truncatingIfNeeded: index / 128)))
    return (0.5 + own) * (0.5 + block)
  }
}
