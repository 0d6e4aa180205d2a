/// A strict pull scanner for RFC 8259 text: over bytes that are known to be UTF-8, or through a window that moves over a
/// file of any length.
///
/// Where it has a window, a string or number that it gave is there until the next one is scanned. Nothing is forgiven: no byte order mark, trailing comma, comment, control character or lone surrogate. Each value
/// is consumed by exactly one call; what a caller does not want, it passes to ``skipValue(depth:)``.
struct JSONScanner {
  /// Text that is not what the caller asked for, and where; or the rule of the format above JSON that it breaks.
  struct Problem: Error {
    var offset: Int
    var message: String
    var brokenRule: CheckpointError?
  }

  /// Objects and arrays within each other, as serde_json counts them.
  static let depthLimit = 127

  private(set) var bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset = 0
  private let window: JSONWindow?
  /// How much of the text the window has left behind.
  private var passed = 0
  /// No token begins from this offset on before more is read, so that few have to be read twice.
  private var readFrom = Int.max
  /// What the window must keep before `offset`.
  private var kept: Int?

  init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
    window = nil
  }

  init(_ window: JSONWindow) {
    self.window = window
    bytes = window.bytes
    readFrom = 0
  }

  /// Where it stands in the whole text.
  var position: Int { passed + offset }

  /// Makes room in the window for what follows.
  private mutating func readOn() {
    guard let window, window.hasMore else { return readFrom = .max }
    let dropped = window.advance(dropping: min(kept ?? offset, offset))
    bytes = window.bytes
    passed += dropped
    offset -= dropped
    kept = kept.map { $0 - dropped }
    readFrom = window.hasMore ? max(0, bytes.count - Self.tokenBytes) : .max
  }

  /// Most tokens are shorter.
  private static let tokenBytes = 4096

  /// Whether what was found so far may be due to the window's end.
  private var mayBeCut: Bool { readFrom != .max && bytes.count - offset < 16 }

  /// Scans a text from its beginning; gives what stopped it, or nil.
  static func scan(
    _ bytes: [UInt8], _ body: (inout JSONScanner) throws(Problem) -> Void
  ) -> Problem? {
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do throws(Problem) {
        try body(&scanner)
        return nil
      } catch { return error }
    }
  }

  func problem(_ message: String) -> Problem { Problem(offset: position, message: message) }

  func problem(_ rule: CheckpointError) -> Problem {
    Problem(offset: position, message: rule.problem, brokenRule: rule)
  }

  /// The next byte that is not white space, not consumed; nil at the end.
  mutating func peek() -> UInt8? {
    while true {
      if offset >= readFrom { readOn() }
      while offset < bytes.count {
        switch bytes[offset] {
        case 0x20, 0x09, 0x0a, 0x0d: offset += 1
        case let byte: return byte
        }
      }
      if readFrom == .max { return nil }
    }
  }

  mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
    guard peek() == UInt8(ascii: character) else { throw unexpected("'\(character)'") }
    offset += 1
  }

  /// Consumes the character if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  func unexpected(_ wanted: String) -> Problem {
    guard offset < bytes.count else { return problem("the text ends where \(wanted) should be") }
    let byte = bytes[offset]
    let found = byte >= 0x20 && byte < 0x7f ? "'\(Unicode.Scalar(byte))'" : "byte \(hexByte(byte))"
    return problem("\(found) where \(wanted) should be")
  }

  /// Nothing but white space is left.
  mutating func expectEnd() throws(Problem) {
    if peek() != nil { throw unexpected("the end") }
  }

  // MARK: Objects and arrays

  /// Calls `body` with each raw key; `body` consumes the value.
  mutating func object(_ body: (inout JSONScanner, RawString) throws(Problem) -> Void) throws(Problem) {
    try expect("{")
    if take("}") { return }
    while true {
      var key = try string()
      let mark = passed
      kept = key.range.lowerBound
      try expect(":")
      kept = nil
      // White space before the colon may have moved the window.
      if passed != mark { key.range = key.range.lowerBound + mark - passed..<key.range.upperBound + mark - passed }
      try body(&self, key)
      if take(",") { continue }
      try expect("}")
      return
    }
  }

  /// Calls `body` before each element; `body` consumes it.
  mutating func array(_ body: (inout JSONScanner) throws(Problem) -> Void) throws(Problem) {
    try expect("[")
    if take("]") { return }
    while true {
      try body(&self)
      if take(",") { continue }
      try expect("]")
      return
    }
  }

  // MARK: Strings

  /// Where a string's content stands, between its quotes, with escapes as written.
  struct RawString {
    var range: Range<Int>
    var hasEscapes: Bool
  }

  mutating func string() throws(Problem) -> RawString {
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a string") }
    return try whole { (scanner) throws(Problem) in try scanner.stringHere() }
  }

  /// The content of the next string. (In `scanner.decoded(try scanner.string())` the scanner would be looked at before it
  /// has moved on.)
  mutating func text() throws(Problem) -> String {
    let raw = try string()
    return decoded(raw)
  }

  /// A token that the window may cut: scanned again with more of the text, until it is whole.
  private mutating func whole<T>(_ token: (inout JSONScanner) throws(Problem) -> T) throws(Problem) -> T {
    while true {
      let start = offset
      do throws(Problem) {
        let value = try token(&self)
        if readFrom == .max || offset < bytes.count { return value }
      } catch {
        if !mayBeCut { throw error }
      }
      offset = start
      readOn()
    }
  }

  private mutating func stringHere() throws(Problem) -> RawString {
    offset += 1
    let start = offset
    var hasEscapes = false
    let raw = UnsafeRawBufferPointer(bytes)
    while offset < bytes.count {
      while offset + 8 <= bytes.count, Self.isOrdinary(raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) {
        offset += 8
      }
      if offset == bytes.count { break }
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        defer { offset += 1 }
        return RawString(range: start..<offset, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        offset += 1
        try skipEscape()
      case 0..<0x20: throw problem("control byte \(hexByte(bytes[offset])) inside a string")
      default: offset += 1
      }
    }
    throw problem("the text ends inside a string")
  }

  /// Whether none of eight bytes is a quote, a backslash or a control byte. May say no where the answer is yes.
  @inline(__always)
  private static func isOrdinary(_ word: UInt64) -> Bool {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    // A byte that is zero borrows into its highest bit.
    func hasZero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }
    let control = (word &- ones &* 0x20) & ~word & highs
    return control | hasZero(word ^ ones &* 0x22) | hasZero(word ^ ones &* 0x5c) == 0
  }

  private mutating func skipEscape() throws(Problem) {
    guard offset < bytes.count else { throw problem("the text ends inside a string") }
    switch bytes[offset] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 1
    case UInt8(ascii: "u"):
      offset += 1
      let unit = try hexUnit()
      if (0xdc00...0xdfff).contains(unit) { throw problem("a lone low surrogate") }
      if (0xd800...0xdbff).contains(unit) {
        guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
        else { throw problem("a lone high surrogate") }
        offset += 2
        guard (0xdc00...0xdfff).contains(try hexUnit()) else { throw problem("a lone high surrogate") }
      }
    default: throw problem("an unknown escape in a string")
    }
  }

  private mutating func hexUnit() throws(Problem) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw problem("the text ends inside a string") }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = hexDigit(bytes[offset]) else { throw problem("not a hex digit in \\u") }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }

  /// Whether a string says this text of plain ASCII, however it is escaped.
  @inline(__always)
  func content(of raw: RawString, is text: StaticString) -> Bool {
    if raw.hasEscapes { return sameBytes(decoded(raw), text.description) }
    let other = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return raw.range.count == other.count
      && firstDifference(UnsafeBufferPointer(rebasing: bytes[raw.range]), other) == other.count
  }

  /// Lends the bytes of a string, escapes replaced.
  func withContent<R>(of raw: RawString, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    guard raw.hasEscapes else { return body(UnsafeBufferPointer(rebasing: bytes[raw.range])) }
    var text = decoded(raw)
    return text.withUTF8(body)
  }

  /// The content of a string, escapes replaced.
  func decoded(_ raw: RawString) -> String {
    let content = UnsafeBufferPointer(rebasing: bytes[raw.range])
    guard raw.hasEscapes else { return String(decoding: content, as: UTF8.self) }
    var units = [UInt8]()
    units.reserveCapacity(content.count)
    var i = 0
    func unit(at position: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 << 4 | UInt32(hexDigit(content[position + $1]) ?? 0) }
    }
    while i < content.count {
      guard content[i] == UInt8(ascii: "\\") else {
        units.append(content[i])
        i += 1
        continue
      }
      i += 2
      switch content[i - 1] {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0c)
      case UInt8(ascii: "n"): units.append(0x0a)
      case UInt8(ascii: "r"): units.append(0x0d)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        var value = unit(at: i)
        i += 4
        if (0xd800...0xdbff).contains(value) {
          value = 0x10000 + (value - 0xd800) << 10 + (unit(at: i + 2) - 0xdc00)
          i += 6
        }
        units.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{fffd}").utf8)
      case let other: units.append(other)
      }
    }
    return String(decoding: units, as: UTF8.self)
  }

  // MARK: Numbers and the rest

  /// Where a number stands, as written.
  mutating func number() throws(Problem) -> Range<Int> {
    _ = peek()
    return try whole { (scanner) throws(Problem) in try scanner.numberHere() }
  }

  private mutating func numberHere() throws(Problem) -> Range<Int> {
    let start = offset
    if byte() == UInt8(ascii: "-") { offset += 1 }
    if byte() == UInt8(ascii: "0") {
      offset += 1
    } else {
      guard skipDigits() > 0 else { throw unexpected("a number") }
    }
    if byte() == UInt8(ascii: ".") {
      offset += 1
      guard skipDigits() > 0 else { throw unexpected("a digit") }
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      offset += 1
      if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { offset += 1 }
      guard skipDigits() > 0 else { throw unexpected("a digit") }
    }
    if let next = byte(), isDigit(next) { throw problem("a number with a leading zero") }
    return start..<offset
  }

  /// An integer of 0 to 2^64 − 1: digits alone, without sign, fraction or exponent.
  mutating func unsignedInteger() throws(Problem) -> UInt64 {
    let range = try number()
    var value: UInt64 = 0
    for byte in bytes[range] {
      guard isDigit(byte) else { throw Problem(offset: passed + range.lowerBound, message: "not an unsigned integer") }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else {
        throw Problem(offset: passed + range.lowerBound, message: "an integer over 2^64 - 1")
      }
      value = sum
    }
    return value
  }

  mutating func literal(_ text: StaticString) throws(Problem) {
    _ = peek()
    try whole { (scanner) throws(Problem) in try scanner.literalHere(text) }
  }

  private mutating func literalHere(_ text: StaticString) throws(Problem) {
    let count = text.utf8CodeUnitCount
    for i in 0..<count where offset + i >= bytes.count || bytes[offset + i] != text.utf8Start[i] {
      throw unexpected("'\(text)'")
    }
    offset += count
  }

  mutating func skipValue(depth: Int = 1) throws(Problem) {
    switch peek() {
    case UInt8(ascii: "{") where depth > Self.depthLimit, UInt8(ascii: "[") where depth > Self.depthLimit:
      throw problem("nested deeper than \(Self.depthLimit)")
    case UInt8(ascii: "{"):
      try object { (scanner, _) throws(Problem) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["): try array { (scanner) throws(Problem) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try number()
    }
  }

  private func byte() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipDigits() -> Int {
    let start = offset
    while let next = byte(), isDigit(next) { offset += 1 }
    return offset - start
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

private func hexByte(_ byte: UInt8) -> String { "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
