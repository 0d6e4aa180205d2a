/// The dimensions of a tensor, slowest first. Up to four are held without an allocation.
public struct Shape: Sendable, Hashable {
  private var inline: (Int, Int, Int, Int) = (0, 0, 0, 0)
  private var more: [Int]?
  public private(set) var rank: Int

  public init(_ dimensions: [Int]) {
    rank = dimensions.count
    if rank <= 4 {
      for (i, dimension) in dimensions.enumerated() { setInline(i, dimension) }
    } else {
      more = dimensions
    }
  }

  /// Adds a dimension behind the others.
  mutating func append(_ dimension: Int) {
    if rank < 4 {
      setInline(rank, dimension)
    } else {
      if rank == 4 {
        // Two shapes are equal only if they are held alike.
        more = dimensions
        inline = (0, 0, 0, 0)
      }
      more?.append(dimension)
    }
    rank += 1
  }

  public init(_ dimensions: Int...) { self.init(dimensions) }

  public subscript(i: Int) -> Int {
    if let more { return more[i] }
    switch i {
    case 0: return inline.0
    case 1: return inline.1
    case 2: return inline.2
    default: return inline.3
    }
  }

  private mutating func setInline(_ i: Int, _ value: Int) {
    switch i {
    case 0: inline.0 = value
    case 1: inline.1 = value
    case 2: inline.2 = value
    default: inline.3 = value
    }
  }

  public var dimensions: [Int] { (0..<rank).map { self[$0] } }

  /// Product of the dimensions; 1 for a scalar. Checked when the shape was read from a file.
  public var elementCount: Int {
    var count = 1
    for i in 0..<rank { count &*= self[i] }
    return count
  }

  /// Columns of the tensor seen as a matrix: the last dimension, 1 for a scalar.
  public var columns: Int { rank == 0 ? 1 : self[rank - 1] }

  /// Rows of the tensor seen as a matrix: all dimensions but the last.
  public var rows: Int {
    var count = 1
    for i in 0..<max(0, rank - 1) { count &*= self[i] }
    return count
  }

  public static func == (a: Shape, b: Shape) -> Bool {
    a.rank == b.rank && a.inline == b.inline && a.more == b.more
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    for i in 0..<rank { hasher.combine(self[i]) }
  }
}

extension Shape: CustomStringConvertible {
  /// `[7168, 2048]`; of more than 64 dimensions, the first few and how many there are.
  public var description: String {
    if rank <= 64 { return "[" + dimensionTexts(rank).joined(separator: ", ") + "]" }
    return "[" + dimensionTexts(8).joined(separator: ", ") + ", … \(rank) dimensions]"
  }

  /// The first dimensions as a header has them: 2^63 and more is legal beside a 0, and no `Int` when it is read back.
  func dimensionTexts(_ count: Int) -> [String] { (0..<count).map { String(UInt(bitPattern: self[$0])) } }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension FixedWidthInteger {
  /// `self / divisor`, rounded up; both at least 0, divisor over 0.
  public func ceilDiv(_ divisor: Self) -> Self { self / divisor + (self % divisor == 0 ? 0 : 1) }

  /// The next multiple of `step`, or self.
  public func roundedUp(to step: Self) -> Self { ceilDiv(step) * step }
}
