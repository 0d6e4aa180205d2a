/// The name of a stored tensor: UTF-8 bytes, equal only if every byte is equal.
public struct TensorName: Sendable, Hashable, Comparable {
  public let string: String

  public init(_ string: String) { self.string = string }

  public static func == (a: TensorName, b: TensorName) -> Bool { sameBytes(a.string, b.string) }

  public static func < (a: TensorName, b: TensorName) -> Bool {
    // Strings are contiguous here; the other way is for those that a foreign runtime would lend.
    a.string.utf8.withContiguousStorageIfAvailable { a in
      b.string.utf8.withContiguousStorageIfAvailable { b in precedes(a, b) }
    }.flatMap { $0 } ?? a.string.utf8.lexicographicallyPrecedes(b.string.utf8)
  }

  /// Byte order, a whole word at a time: names share long beginnings.
  private static func precedes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    let (x, y) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
    let count = min(x.count, y.count)
    var i = 0
    while i + 8 <= count {
      let (p, q) = (x.loadUnaligned(fromByteOffset: i, as: UInt64.self), y.loadUnaligned(fromByteOffset: i, as: UInt64.self))
      if p != q { return UInt64(bigEndian: p) < UInt64(bigEndian: q) }
      i += 8
    }
    while i < count {
      if x[i] != y[i] { return x[i] < y[i] }
      i += 1
    }
    return x.count < y.count
  }

  public func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension TensorName: CustomStringConvertible {
  public var description: String { string }
}

extension TensorName: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
