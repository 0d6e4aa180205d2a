/// Elements that are made when they are asked for, so that what a large checkpoint has half a million of need not be held.
public struct OnDemand<Element: Sendable>: RandomAccessCollection, Sendable {
  public let count: Int
  private let make: @Sendable (Int) -> Element

  /// - Parameter make: gives the element of a number below the count.
  public init(count: Int, _ make: @escaping @Sendable (Int) -> Element) {
    self.count = count
    self.make = make
  }

  /// Elements that are there.
  public init(_ elements: [Element]) { self.init(count: elements.count) { elements[$0] } }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(i: Int) -> Element { make(i) }
}

extension OnDemand: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Element...) { self.init(elements) }
}
