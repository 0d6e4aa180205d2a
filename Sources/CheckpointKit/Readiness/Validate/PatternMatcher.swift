/// Many patterns at once, each matched as Python's `re.match` does: anchored at the start, not at the end.
///
/// A text is read once, whatever the number of patterns; states are made when they are first needed. The time depends on
/// the length of the text alone, so that no pattern out of a file can take long.
///
/// Known are literals, `.`, classes, `\d \w \s` and their opposites, groups, `|`, `* + ? {m,n}`, `^` at the start and `$`.
/// What else Python knows (look-around, back references, flags, word boundaries) is refused by name: see ``refused``.
struct PatternMatcher {
  /// Patterns that are not matched here: which one, and why.
  private(set) var refused: [(pattern: Int, reason: String)] = []

  private var program = PatternProgram()
  private var states: [State] = []
  private var numbers: [[Int32]: Int32] = [:]

  private struct State {
    var instructions: [Int32]
    /// Patterns that match here, and those that match if the text ends here.
    var matched: [Int]
    var matchedAtEnd: [Int]
    /// The state after each byte; −1 where it is not known yet.
    var next: [Int32]
  }

  /// States are thrown away beyond this number.
  private static let stateLimit = 4000

  init(_ patterns: [String]) {
    var starts: [Int32] = []
    for (i, pattern) in patterns.enumerated() {
      do throws(PatternProgram.Refusal) {
        starts.append(try program.add(pattern, number: i))
      } catch { refused.append((i, error.reason)) }
    }
    start = starts
  }

  private let start: [Int32]

  /// The numbers of the patterns that match at the beginning of a text, ascending.
  mutating func matches(_ text: String) -> [Int] {
    var text = text
    var found = Set<Int>()
    text.withUTF8 { bytes in
      var state = number(of: program.closure(start, atStart: true))
      found.formUnion(states[Int(state)].matched)
      for byte in bytes {
        state = step(state, byte)
        found.formUnion(states[Int(state)].matched)
        if states[Int(state)].instructions.isEmpty { return }
      }
      found.formUnion(states[Int(state)].matchedAtEnd)
    }
    return found.sorted()
  }

  private mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
    let known = states[Int(state)].next[Int(byte)]
    if known >= 0 { return known }
    let after = program.closure(program.after(states[Int(state)].instructions, byte), atStart: false)
    let isFull = states.count >= Self.stateLimit
    let next = number(of: after)
    if !isFull { states[Int(state)].next[Int(byte)] = next }
    return next
  }

  private mutating func number(of closure: [Int32]) -> Int32 {
    if let number = numbers[closure] { return number }
    if states.count >= Self.stateLimit {
      states.removeAll(keepingCapacity: true)
      numbers.removeAll(keepingCapacity: true)
    }
    let (matched, atEnd) = program.matched(closure)
    let number = Int32(states.count)
    states.append(
      State(
        instructions: closure, matched: matched, matchedAtEnd: atEnd, next: Array(repeating: -1, count: 256)))
    numbers[closure] = number
    return number
  }
}

/// Patterns as a machine of few instructions.
private struct PatternProgram {
  struct Refusal: Error { var reason: String }

  private enum Instruction {
    /// Consumes one byte of the set and goes on with the instruction behind.
    case bytes(ByteSet)
    case split(Int32, Int32)
    case jump(Int32)
    case end
    case match(Int)
  }

  private var instructions: [Instruction] = []
  private static let limit = 20_000

  // MARK: Running

  /// What can be reached without a byte; instructions that consume, match or ask for the end remain.
  func closure(_ from: [Int32], atStart: Bool) -> [Int32] {
    var seen = Set<Int32>()
    var pending = from
    var result: [Int32] = []
    while let place = pending.popLast() {
      guard seen.insert(place).inserted else { continue }
      switch instructions[Int(place)] {
      case .split(let a, let b): pending += [a, b]
      case .jump(let target): pending.append(target)
      case .bytes, .end, .match: result.append(place)
      }
    }
    return result.sorted()
  }

  func after(_ from: [Int32], _ byte: UInt8) -> [Int32] {
    from.filter { place in
      if case .bytes(let set) = instructions[Int(place)] { return set.contains(byte) }
      return false
    }.map { $0 + 1 }
  }

  func matched(_ places: [Int32]) -> (now: [Int], atEnd: [Int]) {
    var now: [Int] = []
    var ends: [Int32] = []
    for place in places {
      switch instructions[Int(place)] {
      case .match(let pattern): now.append(pattern)
      case .end: ends.append(place + 1)
      default: break
      }
    }
    var atEnd = now
    // Behind one `$` there may be another.
    var seen = Set<Int32>()
    while !ends.isEmpty {
      let reached = closure(ends, atStart: false).filter { seen.insert($0).inserted }
      ends = []
      for place in reached {
        switch instructions[Int(place)] {
        case .match(let pattern): atEnd.append(pattern)
        case .end: ends.append(place + 1)
        default: break
        }
      }
    }
    return (now, atEnd)
  }

  // MARK: Making

  /// Adds a pattern; gives its first instruction.
  mutating func add(_ pattern: String, number: Int) throws(Refusal) -> Int32 {
    var parser = PatternParser(bytes: Array(pattern.utf8))
    let node = try parser.parse()
    let first = instructions.count
    var steps = Self.limit
    do throws(Refusal) { try emit(node, &steps) } catch {
      instructions.removeSubrange(first...)
      throw error
    }
    instructions.append(.match(number))
    return Int32(first)
  }

  private mutating func append(_ instruction: Instruction) throws(Refusal) {
    guard instructions.count < Self.limit else { throw Refusal(reason: "it is too long") }
    instructions.append(instruction)
  }

  private var here: Int32 { Int32(instructions.count) }

  private mutating func emit(_ node: PatternNode, _ steps: inout Int) throws(Refusal) {
    // An empty group may be repeated as often as a long one.
    steps -= 1
    guard steps > 0 else { throw Refusal(reason: "it is too long") }
    switch node {
    case .empty: break
    case .bytes(let set): try append(.bytes(set))
    case .end: try append(.end)
    case .sequence(let nodes): for node in nodes { try emit(node, &steps) }
    case .either(let a, let b):
      let split = instructions.count
      try append(.split(0, 0))
      try emit(a, &steps)
      let jump = instructions.count
      try append(.jump(0))
      instructions[split] = .split(Int32(split + 1), here)
      try emit(b, &steps)
      instructions[jump] = .jump(here)
    case .repeated(let inner, let least, let most):
      for _ in 0..<least { try emit(inner, &steps) }
      if let most {
        var splits: [Int] = []
        for _ in 0..<max(0, most - least) {
          splits.append(instructions.count)
          try append(.split(0, 0))
          try emit(inner, &steps)
        }
        for split in splits { instructions[split] = .split(Int32(split + 1), here) }
      } else {
        let split = instructions.count
        try append(.split(0, 0))
        try emit(inner, &steps)
        try append(.jump(Int32(split)))
        instructions[split] = .split(Int32(split + 1), here)
      }
    }
  }
}

private struct ByteSet {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

  mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  mutating func formUnion(_ other: ByteSet) {
    words = (
      words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
    )
  }

  var inverted: ByteSet {
    var set = ByteSet()
    set.words = (~words.0, ~words.1, ~words.2, ~words.3)
    return set
  }

  func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word >> UInt64(byte & 63) & 1 == 1
  }

  static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let word: ByteSet = {
    var set = digits
    set.formUnion(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")))
    set.formUnion(ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z")))
    set.formUnion(ByteSet([UInt8(ascii: "_")]))
    set.formUnion(ByteSet(0x80...0xff))
    return set
  }()
  static let space = ByteSet([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d])
}

private indirect enum PatternNode {
  case empty
  case bytes(ByteSet)
  case end
  case sequence([PatternNode])
  case either(PatternNode, PatternNode)
  /// No upper bound where `most` is nil.
  case repeated(PatternNode, least: Int, most: Int?)
}

private struct PatternParser {
  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  typealias Refusal = PatternProgram.Refusal

  mutating func parse() throws(Refusal) -> PatternNode {
    let node = try alternation()
    if offset < bytes.count { throw Refusal(reason: "a ')' closes nothing") }
    return node
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func alternation() throws(Refusal) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 50 else { throw Refusal(reason: "it is nested too deeply") }
    var node = try sequence()
    while take("|") { node = .either(node, try sequence()) }
    return node
  }

  private mutating func sequence() throws(Refusal) -> PatternNode {
    var nodes: [PatternNode] = []
    while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      if byte == UInt8(ascii: "^") {
        guard nodes.isEmpty else { throw Refusal(reason: "'^' stands inside it") }
        offset += 1
        continue
      }
      nodes.append(try repetition(of: try atom()))
    }
    return nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func repetition(of atom: PatternNode) throws(Refusal) -> PatternNode {
    var node = atom
    while true {
      if take("*") {
        node = .repeated(node, least: 0, most: nil)
      } else if take("+") {
        node = .repeated(node, least: 1, most: nil)
      } else if take("?") {
        node = .repeated(node, least: 0, most: 1)
      } else if next == UInt8(ascii: "{"), let bounds = counts() {
        guard bounds.least <= 1000, (bounds.most ?? 0) <= 1000 else { throw Refusal(reason: "it repeats too often") }
        node = .repeated(node, least: bounds.least, most: bounds.most)
      } else {
        return node
      }
      // Greedy or not makes no difference to whether there is a match.
      _ = take("?")
    }
  }

  /// `{2}`, `{2,}`, `{,3}` or `{2,3}`; anything else is text.
  private mutating func counts() -> (least: Int, most: Int?)? {
    guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
    let text = String(decoding: bytes[offset + 1..<end], as: UTF8.self)
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !(parts.count == 2 && text == ",") else { return nil }
    let numbers = parts.map { Int($0) }
    for (part, number) in zip(parts, numbers) where number == nil && !part.isEmpty { return nil }
    guard let first = parts.count == 1 ? numbers[0] : numbers[0] ?? 0 else { return nil }
    offset = end + 1
    return (first, parts.count == 1 ? first : numbers[1])
  }

  private mutating func atom() throws(Refusal) -> PatternNode {
    guard let byte = next else { return .empty }
    offset += 1
    switch byte {
    case UInt8(ascii: "("):
      if take("?") {
        guard take(":") else { throw Refusal(reason: "it has a look-around, a flag or a named group") }
      }
      let node = try alternation()
      guard take(")") else { throw Refusal(reason: "a '(' is not closed") }
      return node
    case UInt8(ascii: "["): return .bytes(try characterClass())
    case UInt8(ascii: "."): return .bytes(ByteSet([0x0a]).inverted)
    case UInt8(ascii: "$"): return .end
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
      throw Refusal(reason: "'\(Unicode.Scalar(byte))' repeats nothing")
    default: return .bytes(ByteSet([byte]))
    }
  }

  private mutating func escape() throws(Refusal) -> PatternNode {
    guard let byte = next else { throw Refusal(reason: "it ends in a backslash") }
    offset += 1
    if byte == UInt8(ascii: "Z") { return .end }
    if let set = Self.escapedSet(byte) { return .bytes(set) }
    guard let literal = Self.escapedLiteral(byte) else {
      throw Refusal(reason: "it has '\\\(Unicode.Scalar(byte))'")
    }
    return .bytes(ByteSet([literal]))
  }

  private static func escapedSet(_ byte: UInt8) -> ByteSet? {
    switch byte {
    case UInt8(ascii: "d"): .digits
    case UInt8(ascii: "D"): ByteSet.digits.inverted
    case UInt8(ascii: "w"): .word
    case UInt8(ascii: "W"): ByteSet.word.inverted
    case UInt8(ascii: "s"): .space
    case UInt8(ascii: "S"): ByteSet.space.inverted
    default: nil
    }
  }

  /// nil for letters and digits that mean something else.
  private static func escapedLiteral(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0d
    default: ByteSet.word.contains(byte) && byte != UInt8(ascii: "_") ? nil : byte
    }
  }

  private mutating func characterClass() throws(Refusal) -> ByteSet {
    let isInverted = take("^")
    var set = ByteSet()
    var isFirst = true
    while let byte = next, isFirst || byte != UInt8(ascii: "]") {
      isFirst = false
      offset += 1
      var low = byte
      if byte == UInt8(ascii: "\\") {
        guard let escaped = next else { break }
        offset += 1
        if let escapedSet = Self.escapedSet(escaped) {
          set.formUnion(escapedSet)
          continue
        }
        guard let literal = Self.escapedLiteral(escaped) else {
          throw Refusal(reason: "it has '\\\(Unicode.Scalar(escaped))' in a class")
        }
        low = literal
      }
      guard low < 0x80 else { throw Refusal(reason: "a class has a character beyond ASCII") }
      var high = low
      if next == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]") {
        high = bytes[offset + 1]
        offset += 2
        guard high != UInt8(ascii: "\\"), high >= low, high < 0x80 else {
          throw Refusal(reason: "a class has a bad range")
        }
      }
      set.formUnion(ByteSet(low...high))
    }
    guard take("]") else { throw Refusal(reason: "a '[' is not closed") }
    return isInverted ? set.inverted : set
  }
}
