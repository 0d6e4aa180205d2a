/// The dimensions of a tensor, slowest first. Up to four of usual size are held without an allocation.
///
/// Hundreds of thousands of shapes are held at once, so it takes 16 bytes: a word for rank and dimensions where these
/// fit (one of 61 bits, two of 30, three of 20, four of 15), an array where they do not.
public struct Shape: Sendable, Hashable {
  /// The rank in the lowest three bits, then the dimensions, first one lowest; 0 where `more` has them.
  private var packed: UInt64 = 0
  private var more: [Int]?

  private static let rankBits = 3

  /// Bits of a dimension, by rank.
  private static func width(_ rank: Int) -> Int {
    switch rank {
    case 0, 1: 61
    case 2: 30
    case 3: 20
    default: 15
    }
  }

  public init(_ dimensions: [Int]) {
    guard dimensions.count <= 4 else {
      more = dimensions
      return
    }
    var word = UInt64(dimensions.count)
    for (i, dimension) in dimensions.enumerated() {
      guard Self.insert(dimension, at: i, of: dimensions.count, into: &word) else {
        more = dimensions
        return
      }
    }
    packed = word
  }

  /// False where the dimension needs more bits; two shapes are equal only if they are held alike.
  private static func insert(_ dimension: Int, at i: Int, of rank: Int, into word: inout UInt64) -> Bool {
    let width = width(rank)
    guard dimension >= 0, dimension >> width == 0 else { return false }
    word |= UInt64(dimension) << UInt64(rankBits + i * width)
    return true
  }

  /// Adds a dimension behind the others.
  mutating func append(_ dimension: Int) {
    if more == nil, rank < 4 {
      var word = UInt64(rank + 1)
      var fits = true
      for i in 0..<rank { fits = fits && Self.insert(self[i], at: i, of: rank + 1, into: &word) }
      if fits, Self.insert(dimension, at: rank, of: rank + 1, into: &word) {
        packed = word
        return
      }
    }
    if more == nil {
      more = dimensions
      packed = 0
    }
    more?.append(dimension)
  }

  public init(_ dimensions: Int...) { self.init(dimensions) }

  public var rank: Int { more?.count ?? Int(packed & 7) }

  public subscript(i: Int) -> Int {
    if let more { return more[i] }
    let width = Self.width(Int(packed & 7))
    return Int(packed >> UInt64(Self.rankBits + i * width) & (1 << UInt64(width) - 1))
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
