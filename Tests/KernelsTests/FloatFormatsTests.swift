import Kernels
import Testing

@Suite("BF16 and F16 kernels return the reference's bits at every level")
struct FloatFormatsTests {
  private static let patterns = (0...UInt16.max).map { $0 }

  @Test("all BF16 patterns become the reference's Float32", arguments: Level.available)
  func decodesBF16(level: Level) {
    let decoded = filled(Self.patterns.count, with: Float(0)) { values in
      Self.patterns.withUnsafeBytes { level.decodeBF16($0, into: values) }
    }
    #expect(firstDifference(decoded, Self.patterns.map { FloatFormats.float(bf16: $0) }) == nil)
  }

  @Test("all F16 patterns become the reference's Float32", arguments: Level.available)
  func decodesF16(level: Level) {
    let decoded = filled(Self.patterns.count, with: Float(0)) { values in
      Self.patterns.withUnsafeBytes { level.decodeF16($0, into: values) }
    }
    #expect(firstDifference(decoded, Self.patterns.map { FloatFormats.float(f16: $0) }) == nil)
  }

  @Test("the reference agrees with the CPU's own F16 on all patterns and between them")
  func agreesWithFloat16() {
    #if arch(arm64) || os(Linux)
      for pattern in Self.patterns {
        let value = Float(Float16(bitPattern: pattern))
        guard !value.isNaN else { continue }
        #expect(FloatFormats.float(f16: pattern).bitPattern == value.bitPattern)
        let between = (value + value.nextUp * 1.0003) / 2
        #expect(FloatFormats.f16(between) == Float16(between).bitPattern)
      }
    #endif
  }

  /// Around every 16-bit pattern of the upper half: exact, just above, below, at and above the middle.
  private static let aroundBF16: [Float] = patterns.flatMap { upper in
    [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff].map { Float(bitPattern: UInt32(upper) << 16 | $0) }
  }

  /// Around every half: the value, its neighbours in Float32, and the middle to the next half with its neighbours.
  private static let aroundF16: [Float] = patterns.flatMap { pattern in
    let bits = FloatFormats.float(f16: pattern).bitPattern
    return [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, UInt32.max].map { Float(bitPattern: bits &+ $0) }
  }

  private static let random: [Float] = {
    var numbers = RandomNumbers(seed: 1)
    return (0..<100_001).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next())) }
  }()

  @Test("Float32 is rounded to BF16 as the reference does, ties and NaN included", arguments: Level.available)
  func encodesBF16(level: Level) {
    for values in [Self.aroundBF16, Self.random] {
      let encoded = filled(values.count, with: UInt16(0)) { bits in
        values.withUnsafeBufferPointer { level.encodeBF16($0, into: UnsafeMutableRawBufferPointer(bits)) }
      }
      #expect(encoded == values.map(FloatFormats.bf16))
    }
  }

  @Test("Float32 is rounded to F16 as the reference does, ties, overflow and NaN included", arguments: Level.available)
  func encodesF16(level: Level) {
    for values in [Self.aroundF16, Self.random] {
      let encoded = filled(values.count, with: UInt16(0)) { bits in
        values.withUnsafeBufferPointer { level.encodeF16($0, into: UnsafeMutableRawBufferPointer(bits)) }
      }
      #expect(encoded == values.map(FloatFormats.f16))
    }
  }

  @Test(
    "rows of every length up to 70 are converted whole and nothing behind them is written", arguments: Level.available)
  func lengths(level: Level) {
    let values = Distribution.gaussian.values(70, seed: 3)
    for count in 0...70 {
      let encoded = filled(count + 1, with: UInt16(0xabcd)) { bits in
        values.prefix(count).withUnsafeBufferPointer {
          level.encodeBF16(
            $0, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bits)[..<(2 * count)]))
        }
      }
      #expect(encoded == values.prefix(count).map(FloatFormats.bf16) + [0xabcd])
      let halves = filled(count + 1, with: UInt16(0xabcd)) { bits in
        values.prefix(count).withUnsafeBufferPointer {
          level.encodeF16(
            $0, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bits)[..<(2 * count)]))
        }
      }
      #expect(halves == values.prefix(count).map(FloatFormats.f16) + [0xabcd])
      for decode in [level.decodeBF16, level.decodeF16] {
        let decoded = filled(count + 1, with: Float(7)) { values in
          halves.withUnsafeBytes {
            decode(
              UnsafeRawBufferPointer(rebasing: $0[..<(2 * count)]),
              UnsafeMutableBufferPointer(rebasing: values[..<count]))
          }
        }
        #expect(decoded[count] == 7)
      }
    }
  }

  @Test("the first value that is not finite is found wherever it stands", arguments: Level.available)
  func findsNonFinite(level: Level) {
    for count in [0, 1, 15, 16, 63, 64, 65, 130, 300] {
      var values = Distribution.nearlyOverflowing.values(count, seed: count)
      #expect(values.withUnsafeBufferPointer(level.firstNonFinite) == nil)
      for place in 0..<count {
        let before = values[place]
        values[place] = [Float.infinity, -.infinity, .nan, Float(bitPattern: 0xff80_0001)][place % 4]
        if place + 3 < count { values[place + 3] = .nan }
        #expect(values.withUnsafeBufferPointer(level.firstNonFinite) == place)
        if place + 3 < count { values[place + 3] = before }
        values[place] = before
      }
    }
  }
}

@Suite("Error sums")
struct ErrorSumsTests {
  @Test("sums have the reference's bits at every level and length", arguments: Level.available)
  func sums(level: Level) {
    for distribution in Distribution.allCases {
      for count in Array(0...40) + [576, 2048, 7168] {
        let a = distribution.values(count, seed: count)
        let b = distribution.values(count, seed: count + 1)
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            let (fast, slow) = (level.errorSums(of: a, against: b), ErrorSumsReference.sums(of: a, against: b))
            #expect(fast.squaredError.bitPattern == slow.squaredError.bitPattern)
            #expect(fast.squaredReference.bitPattern == slow.squaredReference.bitPattern)
          }
        }
      }
    }
  }

  @Test("seventeen numbers are summed in lanes by index modulo 16, and lanes pairwise")
  func order() {
    // Squares: lane 0 holds 1 + 2^-60 (lost), lane 8 holds 2^-60: only this order loses exactly the first.
    var a = [Float](repeating: 0, count: 17)
    (a[0], a[16], a[8]) = (1, 0x1p-30, 0x1p-26)
    let zeros = [Float](repeating: 0, count: 17)
    for level in Level.available {
      let sums = a.withUnsafeBufferPointer { a in zeros.withUnsafeBufferPointer { level.errorSums(of: a, against: $0) }
      }
      #expect(sums.squaredReference == 1 + 0x1p-52)
      #expect(sums.squaredError == sums.squaredReference)
    }
  }
}
