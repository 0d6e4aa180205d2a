/// Many names in one text, numbered from 0 in the order they were added, each found again by its bytes.
///
/// Holds what an array of names and a dictionary would hold, without an allocation for each name.
struct NameTable: Sendable {
  private struct Entry: Sendable {
    var start: Int
    var length: UInt32
    var hash: UInt32

    var range: Range<Int> { start..<start + Int(length) }
  }

  private var text: [UInt8] = []
  private var entries: [Entry] = []
  /// Number of the name at a place that its hash gives, or at the next free one after it; −1 where there is none.
  private var slots: [Int32]

  /// - Parameters:
  ///   - count: how many names there may be; a guess that saves regrowing.
  ///   - byteCount: the bytes of all names; a guess too.
  init(count: Int = 0, byteCount: Int = 0) {
    var size = 16
    while size / 4 * 3 < count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    entries.reserveCapacity(count)
    text.reserveCapacity(byteCount)
  }

  var count: Int { entries.count }

  /// The name of a number.
  subscript(number: Int) -> String {
    let entry = entries[number]
    return String(decoding: text[entry.range], as: UTF8.self)
  }

  /// All names by their numbers, each a stretch of the table's text; nothing may be added afterwards, or all is copied.
  func names() -> [TensorName] {
    entries.map { TensorName(text, start: $0.start, length: $0.length, hash: $0.hash) }
  }

  func name(_ number: Int) -> TensorName {
    let entry = entries[number]
    return TensorName(text, start: entry.start, length: entry.length, hash: entry.hash)
  }

  /// Gives back what was reserved in vain.
  mutating func trimText() {
    if text.capacity > text.count + text.count / 8 { text = text.withUnsafeBufferPointer { Array($0) } }
  }

  /// Lends the bytes of a number's name.
  func withBytes<R>(of number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let entry = entries[number]
    return text.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[entry.range]))
    }
  }

  /// The number of a name; nil where it was not added.
  func number(of name: TensorName) -> Int? { name.withBytes { number(of: $0, hash: name.byteHash) } }

  func number(of bytes: UnsafeBufferPointer<UInt8>) -> Int? { number(of: bytes, hash: TensorName.hash(of: bytes)) }

  private func number(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int? {
    let number = slots[slot(of: bytes, hash: hash)]
    return number < 0 ? nil : Int(number)
  }

  /// Adds a name, if it is not there; gives its number.
  mutating func add(_ name: TensorName) -> (isNew: Bool, number: Int) {
    name.withBytes { add($0, hash: name.byteHash) }
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) -> (isNew: Bool, number: Int) {
    add(bytes, hash: TensorName.hash(of: bytes))
  }

  private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt32) -> (isNew: Bool, number: Int) {
    let place = slot(of: bytes, hash: hash)
    if slots[place] >= 0 { return (false, Int(slots[place])) }
    let number = entries.count
    slots[place] = Int32(number)
    entries.append(Entry(start: text.count, length: UInt32(truncatingIfNeeded: bytes.count), hash: hash))
    text.append(contentsOf: bytes)
    if 4 * entries.count > 3 * slots.count { grow() }
    return (true, number)
  }

  /// Where a name stands, or the free place where it would.
  private func slot(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] >= 0 {
      let entry = entries[Int(slots[place])]
      if entry.hash == hash, Int(entry.length) == bytes.count, isSame(bytes, entry) { return place }
      place = (place + 1) & mask
    }
    return place
  }

  private func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ entry: Entry) -> Bool {
    text.withUnsafeBufferPointer { text in
      let other = UnsafeBufferPointer(rebasing: text[entry.range])
      return firstDifference(bytes, other) == bytes.count
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    let mask = slots.count - 1
    for (number, entry) in entries.enumerated() {
      var place = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[place] >= 0 { place = (place + 1) & mask }
      slots[place] = Int32(number)
    }
  }
}
