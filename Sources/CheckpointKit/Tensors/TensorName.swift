/// The name of a stored tensor: UTF-8 bytes, equal only if every byte is equal.
public struct TensorName: Sendable, Hashable, Comparable {
  public let string: String

  public init(_ string: String) { self.string = string }

  public static func == (a: TensorName, b: TensorName) -> Bool { sameBytes(a.string, b.string) }

  public static func < (a: TensorName, b: TensorName) -> Bool {
    withBytes(of: a.string, b.string) { a, b in
      let place = firstDifference(a, b)
      return place < min(a.count, b.count) ? a[place] < b[place] : a.count < b.count
    } ?? a.string.utf8.lexicographicallyPrecedes(b.string.utf8)
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
