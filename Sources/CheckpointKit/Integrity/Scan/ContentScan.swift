/// What can be seen in the bytes of one tensor without knowing the model: zeros, constants, values that are no numbers.
///
/// Bytes are given in order, in pieces of any size. Blocks without anything remarkable cost one pass over words.
public struct ContentScan: Sendable, Equatable {
  public private(set) var nanCount = 0
  public private(set) var infinityCount = 0
  /// Scales that are zero, negative or no numbers; counted where the tensor is said to hold scales.
  public private(set) var badScales = 0
  /// No bit is set.
  public private(set) var isZero = true
  /// All elements are the same, and there are several.
  public var isConstant: Bool { allEqual && elementsSeen > 1 }

  private var allEqual = true
  private var elementsSeen = 0
  private let kind: Kind
  private let isScale: Bool
  /// The first element, repeated to fill a word.
  private var pattern: UInt64 = 0
  /// The beginning of an element whose end has not come yet.
  private var pending: [UInt8] = []

  public init(_ dtype: DType, isScale: Bool = false) {
    kind = Kind(dtype)
    self.isScale = isScale && kind.isFloat
  }

  /// How to tell values that are no numbers, for all elements of a word at once: `(word & mask) + step` carries into a
  /// bit of `carry` where every bit of the mask is set.
  private struct Kind: Sendable, Equatable {
    enum Format { case none, e4m3, e5m2, e8m0, fnuz, f16, bf16, f32, f64 }
    var format: Format
    var width: Int
    var mask: UInt64
    var step: UInt64
    var carry: UInt64

    var isFloat: Bool { format != .none }

    init(_ dtype: DType) {
      switch dtype {
      case .f8e4m3: self.init(.e4m3, 1, exponent: 0x7f, step: 0x01)
      case .f8e5m2: self.init(.e5m2, 1, exponent: 0x7c, step: 0x04)
      case .f8e8m0: self.init(.e8m0, 1, exponent: 0x7f, step: 0x01)
      case .f8e4m3fnuz, .f8e5m2fnuz: self.init(.fnuz, 1, exponent: 0, step: 0)
      case .f16: self.init(.f16, 2, exponent: 0x7c00, step: 0x0400)
      case .bf16: self.init(.bf16, 2, exponent: 0x7f80, step: 0x0080)
      case .f32, .c64: self.init(.f32, 4, exponent: 0x7f80_0000, step: 0x0080_0000)
      case .f64: self.init(.f64, 8, exponent: 0x7ff0_0000_0000_0000, step: 0x0010_0000_0000_0000)
      default: self.init(.none, max(1, dtype.bitsPerElement / 8), exponent: 0, step: 0)
      }
    }

    private init(_ format: Format, _ width: Int, exponent: UInt64, step: UInt64) {
      self.format = format
      self.width = width
      mask = repeated(exponent, width)
      self.step = repeated(step, width)
      carry = repeated(1 << (UInt64(width) * 8 - 1), width)
    }

    /// NaN, infinite, or neither.
    func classify(_ bits: UInt64) -> (nan: Bool, infinite: Bool) {
      func ieee(_ exponent: UInt64, _ fraction: UInt64) -> (nan: Bool, infinite: Bool) {
        guard bits & exponent == exponent else { return (false, false) }
        return bits & fraction == 0 ? (false, true) : (true, false)
      }
      switch format {
      case .none: return (false, false)
      case .e4m3: return (bits & 0x7f == 0x7f, false)
      case .e5m2: return ieee(0x7c, 0x03)
      case .e8m0: return (bits == 0xff, false)
      case .fnuz: return (bits == 0x80, false)
      case .f16: return ieee(0x7c00, 0x03ff)
      case .bf16: return ieee(0x7f80, 0x007f)
      case .f32: return ieee(0x7f80_0000, 0x007f_ffff)
      case .f64: return ieee(0x7ff0_0000_0000_0000, 0x000f_ffff_ffff_ffff)
      }
    }

    /// Whether a scale of these bits is zero or negative; E8M0 has neither.
    func isNotPositive(_ bits: UInt64) -> Bool {
      format != .e8m0 && (bits == 0 || bits >> (UInt64(width) * 8 - 1) == 1)
    }
  }

  // MARK: Bytes as they come

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var bytes = bytes
    if !pending.isEmpty {
      let count = min(kind.width - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<count])
      bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
      guard pending.count == kind.width else { return }
      let element = pending
      pending.removeAll(keepingCapacity: true)
      element.withUnsafeBytes { updateElements($0) }
    }
    let whole = bytes.count / kind.width * kind.width
    if whole > 0 { updateElements(UnsafeRawBufferPointer(rebasing: bytes[..<whole])) }
    if whole < bytes.count { pending.append(contentsOf: bytes[whole...]) }
  }

  private mutating func updateElements(_ bytes: UnsafeRawBufferPointer) {
    if elementsSeen == 0 { pattern = repeated(bits(bytes, at: 0), kind.width) }
    elementsSeen &+= bytes.count / kind.width
    var offset = 0
    while offset + Self.blockBytes <= bytes.count {
      let block = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Self.blockBytes])
      let seen = Self.look(block, kind.mask, kind.step, kind.carry, pattern)
      if seen.any != 0 { isZero = false }
      if seen.different != 0 { allEqual = false }
      if seen.suspect != 0 || kind.format == .fnuz || isScale { count(block) }
      offset += Self.blockBytes
    }
    if offset < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      if isZero { isZero = rest.allSatisfy { $0 == 0 } }
      let first = pattern & (kind.width == 8 ? .max : (1 << (UInt64(kind.width) * 8)) - 1)
      var place = 0
      while allEqual, place < rest.count {
        allEqual = bits(rest, at: place) == first
        place += kind.width
      }
      if kind.isFloat { count(rest) }
    }
  }

  private static let blockBytes = 4096

  /// One pass over a block, all in words, so that the compiler can take several at a time.
  @inline(__always)
  private static func look(
    _ block: UnsafeRawBufferPointer, _ mask: UInt64, _ step: UInt64, _ carry: UInt64, _ pattern: UInt64
  ) -> (any: UInt64, different: UInt64, suspect: UInt64) {
    var any: UInt64 = 0
    var different: UInt64 = 0
    var suspect: UInt64 = 0
    guard let base = block.baseAddress else { return (0, 0, 0) }
    for i in 0..<blockBytes / 8 {
      let word = base.loadUnaligned(fromByteOffset: i &* 8, as: UInt64.self)
      any |= word
      different |= word ^ pattern
      suspect |= ((word & mask) &+ step) & carry
    }
    return (any, different, suspect)
  }

  /// Looks at every element.
  private mutating func count(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      let bits = bits(bytes, at: offset)
      let (nan, infinite) = kind.classify(bits)
      if nan { nanCount += 1 }
      if infinite { infinityCount += 1 }
      if isScale, nan || infinite || kind.isNotPositive(bits) { badScales += 1 }
      offset += kind.width
    }
  }

  private func bits(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    switch kind.width {
    case 1: UInt64(bytes[offset])
    case 2: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    case 4: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    default: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
  }
}

/// An element of some bytes, as often as it fits into a word.
private func repeated(_ bits: UInt64, _ width: Int) -> UInt64 {
  var word = bits
  var width = width
  while width < 8 {
    word |= word << UInt64(width * 8)
    width *= 2
  }
  return word
}

extension Manifest.Content {
  init(_ scan: ContentScan) {
    nanCount = scan.nanCount
    infinityCount = scan.infinityCount
    badScales = scan.badScales
    isZero = scan.isZero
    isConstant = scan.isConstant
  }
}
