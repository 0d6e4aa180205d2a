/// The name of a stored tensor: UTF-8 bytes, equal only if every byte is equal.
public struct TensorName: Sendable, Hashable, Comparable {
  public let string: String
  /// Computed once: a name is looked up many times, and names that differ seldom need a look at their bytes.
  let byteHash: UInt64

  public init(_ string: String) {
    self.string = string
    byteHash =
      string.utf8.withContiguousStorageIfAvailable { Self.hash(of: $0) } ?? Self.hash(of: Array(string.utf8))
  }

  public static func == (a: TensorName, b: TensorName) -> Bool {
    a.byteHash == b.byteHash && sameBytes(a.string, b.string)
  }

  public static func < (a: TensorName, b: TensorName) -> Bool {
    withBytes(of: a.string, b.string) { a, b in
      let place = firstDifference(a, b)
      return place < min(a.count, b.count) ? a[place] < b[place] : a.count < b.count
    } ?? a.string.utf8.lexicographicallyPrecedes(b.string.utf8)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(byteHash) }

  private static func hash(of bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBufferPointer { hash(of: $0) } }

  /// Words of eight bytes, each folded in by a full multiplication; seeded anew in each process, so that no file can be
  /// made whose names collide.
  static func hash(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    let (seed, multiplier) = secrets
    func folded(_ word: UInt64) -> UInt64 {
      let product = word.multipliedFullWidth(by: multiplier)
      return product.high ^ product.low
    }
    var hash = seed ^ UInt64(truncatingIfNeeded: raw.count)
    var i = 0
    while i + 8 <= raw.count {
      hash = folded(hash ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
      i += 8
    }
    var rest: UInt64 = 0
    while i < raw.count {
      rest = rest << 8 | UInt64(raw[i])
      i += 1
    }
    return folded(hash ^ rest)
  }

  private static let secrets = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max) | 1)
}

extension TensorName: CustomStringConvertible {
  public var description: String { string }
}

extension TensorName: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
