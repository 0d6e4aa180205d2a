/// The name of a stored tensor: UTF-8 bytes, equal only if every byte is equal.
///
/// A name may be a stretch of a text that many names share, as those of one header do: it then costs no allocation.
public struct TensorName: Sendable, Hashable, Comparable {
  private let text: [UInt8]
  private let start: Int
  private let length: UInt32
  /// Computed once: a name is looked up many times, and names that differ seldom need a look at their bytes.
  let byteHash: UInt32

  public init(_ string: String) {
    let text = Array(string.utf8)
    self.init(
      text, start: 0, length: UInt32(truncatingIfNeeded: text.count), hash: text.withUnsafeBufferPointer(Self.hash))
  }

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.init(Array(bytes), start: 0, length: UInt32(truncatingIfNeeded: bytes.count), hash: Self.hash(of: bytes))
  }

  /// A stretch of a text.
  init(_ text: [UInt8], start: Int, length: UInt32, hash: UInt32) {
    self.text = text
    self.start = start
    self.length = length
    byteHash = hash
  }

  init(_ text: [UInt8], _ range: Range<Int>) {
    let hash = text.withUnsafeBufferPointer { Self.hash(of: UnsafeBufferPointer(rebasing: $0[range])) }
    self.init(text, start: range.lowerBound, length: UInt32(truncatingIfNeeded: range.count), hash: hash)
  }

  public var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  public var byteCount: Int { Int(length) }

  /// Lends the bytes.
  func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<start + Int(length)])) }
  }

  public static func == (a: TensorName, b: TensorName) -> Bool {
    guard a.byteHash == b.byteHash, a.length == b.length else { return false }
    return a.withBytes { a in b.withBytes { b in firstDifference(a, b) == a.count } }
  }

  public static func < (a: TensorName, b: TensorName) -> Bool {
    a.withBytes { a in
      b.withBytes { b in
        let place = firstDifference(a, b)
        return place < min(a.count, b.count) ? a[place] < b[place] : a.count < b.count
      }
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(byteHash) }

  /// Words of eight bytes, each folded in by a full multiplication; seeded anew in each process, so that no file can be
  /// made whose names collide.
  static func hash(of bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
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
    return UInt32(truncatingIfNeeded: folded(hash ^ rest) >> 16)
  }

  private static let secrets = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max) | 1)
}

extension TensorName: CustomStringConvertible {
  public var description: String { string }
}

extension TensorName: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
