public import CheckpointKit

/// A regular expression as `std::regex` of C++ reads it (ECMAScript's, on bytes), to be found anywhere in a name.
///
/// Read are `.`, classes, groups, `|`, repetitions, `^`, `$`, `\b`, `\d`, `\s`, `\w` and looking ahead. References to
/// groups and names of classes (`[[:alpha:]]`) are refused. A search that takes too many steps is an error, so that no
/// pattern can hang.
public struct LlamaMixPattern: Sendable {
  public let text: String
  private let root: Node

  fileprivate indirect enum Node: Sendable {
    case byte(UInt8)
    case set(ByteSet)
    case sequence([Node])
    case alternatives([Node])
    case repeated(Node, ClosedRange<Int>)
    case start, end
    case wordBoundary(Bool)
    case ahead(Node, Bool)
  }

  public init(_ text: String) throws(CheckpointError) {
    self.text = text
    var parser = Parser(text)
    root = try parser.parse()
  }

  /// - Throws: where the search takes more than a million steps, or goes more than a thousand deep.
  public func isFound(in name: [UInt8]) throws(CheckpointError) -> Bool {
    var search = Search(name: name)
    for start in 0...name.count {
      if search.matches(root, at: start, then: { _, _ in true }) { return true }
      guard search.stepsLeft > 0 else {
        throw CheckpointError(
          .recipeMalformed, "the pattern '\(text)' takes too long to be looked for in a name",
          hint: "do not nest repetitions")
      }
    }
    return false
  }

  /// A pattern that matches this text alone.
  static func quoted(_ text: String) -> String {
    var quoted = ""
    for character in text {
      if "^$\\.*+?()[]{}|".contains(character) { quoted += "\\" }
      quoted.append(character)
    }
    return quoted
  }
}

// MARK: Searching

private struct Search {
  let name: [UInt8]
  var stepsLeft = 1_000_000
  private var depthLeft = 1000

  init(name: [UInt8]) { self.name = name }

  /// Whether the node matches here, and what follows behind it.
  mutating func matches(
    _ node: LlamaMixPattern.Node, at i: Int, then rest: (inout Search, Int) -> Bool
  ) -> Bool {
    stepsLeft -= 1
    guard stepsLeft > 0, depthLeft > 0 else {
      stepsLeft = 0
      return false
    }
    depthLeft -= 1
    defer { depthLeft += 1 }
    switch node {
    case .byte(let byte): return i < name.count && name[i] == byte && rest(&self, i + 1)
    case .set(let set): return i < name.count && set.contains(name[i]) && rest(&self, i + 1)
    case .sequence(let nodes): return matches(nodes[...], at: i, then: rest)
    case .alternatives(let nodes):
      for node in nodes where matches(node, at: i, then: rest) { return true }
      return false
    case .repeated(let node, let counts): return matches(node, counts, at: i, then: rest)
    case .start: return i == 0 && rest(&self, i)
    case .end: return i == name.count && rest(&self, i)
    case .wordBoundary(let isWanted):
      let before = i > 0 && ByteSet.word.contains(name[i - 1])
      let after = i < name.count && ByteSet.word.contains(name[i])
      return (before != after) == isWanted && rest(&self, i)
    case .ahead(let node, let isWanted):
      return matches(node, at: i, then: { _, _ in true }) == isWanted && rest(&self, i)
    }
  }

  private mutating func matches(
    _ nodes: ArraySlice<LlamaMixPattern.Node>, at i: Int, then rest: (inout Search, Int) -> Bool
  ) -> Bool {
    guard let first = nodes.first else { return rest(&self, i) }
    return matches(first, at: i) { $0.matches(nodes.dropFirst(), at: $1, then: rest) }
  }

  private mutating func matches(
    _ node: LlamaMixPattern.Node, _ counts: ClosedRange<Int>, at i: Int, then rest: (inout Search, Int) -> Bool
  ) -> Bool {
    if counts.upperBound > 0 {
      let fewer = max(0, counts.lowerBound - 1)...counts.upperBound - 1
      let again = matches(node, at: i) { search, next in
        if next > i { return search.matches(node, fewer, at: next, then: rest) }
        // What took nothing can take nothing again, as often as it must.
        return counts.lowerBound > 0 && rest(&search, i)
      }
      if again { return true }
    }
    return counts.lowerBound == 0 && rest(&self, i)
  }
}

/// Which bytes a class holds.
private struct ByteSet: Sendable {
  var holds = [Bool](repeating: false, count: 256)

  func contains(_ byte: UInt8) -> Bool { holds[Int(byte)] }

  mutating func insert(_ bytes: ClosedRange<UInt8>) { for byte in bytes { holds[Int(byte)] = true } }

  mutating func formUnion(_ other: ByteSet) { for i in 0..<256 where other.holds[i] { holds[i] = true } }

  var inverted: ByteSet { ByteSet(holds: holds.map { !$0 }) }

  init(holds: [Bool]) { self.holds = holds }

  init(_ text: String, _ ranges: ClosedRange<UInt8>...) {
    for byte in text.utf8 { holds[Int(byte)] = true }
    for range in ranges { insert(range) }
  }

  static let digit = ByteSet("0123456789")
  static let space = ByteSet(" ", 9...13)
  static let word = ByteSet("_0123456789", 0x41...0x5a, 0x61...0x7a)
  static let any = ByteSet("\n\r").inverted

  /// `d`, `S` and the like.
  static func named(_ letter: UInt8) -> ByteSet? {
    let set: ByteSet? =
      switch letter | 0x20 {
      case UInt8(ascii: "d"): digit
      case UInt8(ascii: "s"): space
      case UInt8(ascii: "w"): word
      default: nil
      }
    return letter & 0x20 == 0 ? set?.inverted : set
  }
}

// MARK: Parsing

private struct Parser {
  private let text: String
  private let bytes: [UInt8]
  private var i = 0
  private var depth = 0

  init(_ text: String) { (self.text, bytes) = (text, Array(text.utf8)) }

  mutating func parse() throws(CheckpointError) -> LlamaMixPattern.Node {
    guard bytes.count <= 4096 else { throw malformed("has more than 4096 bytes") }
    let node = try alternatives()
    guard i == bytes.count else { throw malformed("closes a group that was not opened") }
    return node
  }

  private func malformed(_ problem: String) -> CheckpointError {
    CheckpointError(.recipeMalformed, "the pattern '\(text)' \(problem) (at byte \(i))")
  }

  private var next: UInt8? { i < bytes.count ? bytes[i] : nil }

  /// Steps over a text, if it stands here.
  private mutating func skip(_ text: StaticString) -> Bool {
    let end = i + text.utf8CodeUnitCount
    let isHere = end <= bytes.count && text.withUTF8Buffer { bytes[i..<end].elementsEqual($0) }
    if isHere { i = end }
    return isHere
  }

  private mutating func alternatives() throws(CheckpointError) -> LlamaMixPattern.Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 50 else { throw malformed("nests groups more than 50 deep") }
    var choices: [LlamaMixPattern.Node] = []
    repeat {
      var nodes: [LlamaMixPattern.Node] = []
      while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") { nodes.append(try term()) }
      choices.append(.sequence(nodes))
    } while skip("|")
    return choices.count == 1 ? choices[0] : .alternatives(choices)
  }

  private mutating func term() throws(CheckpointError) -> LlamaMixPattern.Node {
    if skip("^") { return .start }
    if skip("$") { return .end }
    if skip("\\b") { return .wordBoundary(true) }
    if skip("\\B") { return .wordBoundary(false) }
    for (opening, isWanted) in [("(?=", true), ("(?!", false)] as [(StaticString, Bool)] where skip(opening) {
      return .ahead(try closed(), isWanted)
    }
    var node = try atom()
    while let counts = try repetition() { node = .repeated(node, counts) }
    return node
  }

  private mutating func closed() throws(CheckpointError) -> LlamaMixPattern.Node {
    let node = try alternatives()
    guard skip(")") else { throw malformed("does not close a group") }
    return node
  }

  private mutating func atom() throws(CheckpointError) -> LlamaMixPattern.Node {
    if skip("(?:") || skip("(") { return try closed() }
    if skip("[") { return .set(try characterClass()) }
    if skip(".") { return .set(.any) }
    if skip("\\") {
      if let set = next.flatMap(ByteSet.named) {
        i += 1
        return .set(set)
      }
      return .byte(try escaped())
    }
    guard let byte = next, !"*+?{".utf8.contains(byte) else { throw malformed("repeats nothing") }
    i += 1
    return .byte(byte)
  }

  private mutating func repetition() throws(CheckpointError) -> ClosedRange<Int>? {
    let most = Int(Int16.max)
    var counts: ClosedRange<Int>?
    if skip("*") { counts = 0...most }
    if counts == nil, skip("+") { counts = 1...most }
    if counts == nil, skip("?") { counts = 0...1 }
    if counts == nil, skip("{") {
      guard let low = number() else { throw malformed("has a repetition without a number") }
      let high = skip(",") ? number() ?? most : low
      guard skip("}"), low <= high, high <= most else { throw malformed("has a repetition that is none") }
      counts = low...high
    }
    // Fewest first finds the same names.
    if counts != nil { _ = skip("?") }
    return counts
  }

  private mutating func number() -> Int? {
    let digits = bytes[i...].prefix { ByteSet.digit.contains($0) }
    i += digits.count
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// What stands behind a backslash, as a byte.
  private mutating func escaped() throws(CheckpointError) -> UInt8 {
    guard let byte = next else { throw malformed("ends with a backslash") }
    i += 1
    switch byte {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "v"): return 11
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "c"):
      throw malformed("refers to a group or to a character by number, which is not read here")
    default: return byte
    }
  }

  private mutating func characterClass() throws(CheckpointError) -> ByteSet {
    let isInverted = skip("^")
    var set = ByteSet("")
    var isEmpty = true
    while !skip("]") {
      guard let first = try classMember() else { throw malformed("does not close a class") }
      isEmpty = false
      guard case .byte(let low) = first else {
        if case .set(let members) = first { set.formUnion(members) }
        continue
      }
      guard i + 1 < bytes.count, bytes[i] == UInt8(ascii: "-"), bytes[i + 1] != UInt8(ascii: "]") else {
        set.insert(low...low)
        continue
      }
      i += 1
      guard case .byte(let high)? = try classMember(), low <= high else { throw malformed("has a range that is none") }
      set.insert(low...high)
    }
    if isEmpty { throw malformed("has an empty class") }
    return isInverted ? set.inverted : set
  }

  /// A byte or a class within a class; nil at the end.
  private mutating func classMember() throws(CheckpointError) -> LlamaMixPattern.Node? {
    guard let byte = next else { return nil }
    for opening in ["[:", "[.", "[="] as [StaticString] where skip(opening) {
      throw malformed("names a class, which is not read here")
    }
    i += 1
    guard byte == UInt8(ascii: "\\") else { return .byte(byte) }
    if let set = next.flatMap(ByteSet.named) {
      i += 1
      return .set(set)
    }
    if next == UInt8(ascii: "b") {
      i += 1
      return .byte(8)
    }
    return .byte(try escaped())
  }
}
