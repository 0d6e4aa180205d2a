/// Many names in one text, numbered from 0 in the order they were added, each found again by its bytes.
///
/// Holds what an array of names and a dictionary would hold, without an allocation for each name.
struct NameTable: Sendable {
  private struct Entry: Sendable {
    var hash: UInt64
    var start: Int
    var length: Int
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
    while size / 2 < count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    entries.reserveCapacity(count)
    text.reserveCapacity(byteCount)
  }

  var count: Int { entries.count }

  /// The name of a number.
  subscript(number: Int) -> String {
    let entry = entries[number]
    return String(decoding: text[entry.start..<entry.start + entry.length], as: UTF8.self)
  }

  /// Lends the bytes of a number's name.
  func withBytes<R>(of number: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    let entry = entries[number]
    return text.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[entry.start..<entry.start + entry.length]))
    }
  }

  /// The number of a name; nil where it was not added.
  func number(of name: TensorName) -> Int? {
    var string = name.string
    return string.withUTF8 { number(of: $0, hash: name.byteHash) }
  }

  func number(of bytes: UnsafeBufferPointer<UInt8>) -> Int? { number(of: bytes, hash: TensorName.hash(of: bytes)) }

  private func number(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int? {
    let number = slots[slot(of: bytes, hash: hash)]
    return number < 0 ? nil : Int(number)
  }

  /// Adds a name, if it is not there; gives its number.
  mutating func add(_ name: TensorName) -> (isNew: Bool, number: Int) {
    var string = name.string
    return string.withUTF8 { add($0) }
  }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) -> (isNew: Bool, number: Int) {
    let hash = TensorName.hash(of: bytes)
    let place = slot(of: bytes, hash: hash)
    if slots[place] >= 0 { return (false, Int(slots[place])) }
    let number = entries.count
    slots[place] = Int32(number)
    entries.append(Entry(hash: hash, start: text.count, length: bytes.count))
    text.append(contentsOf: bytes)
    if 4 * entries.count > 3 * slots.count { grow() }
    return (true, number)
  }

  /// Where a name stands, or the free place where it would.
  private func slot(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] >= 0 {
      let entry = entries[Int(slots[place])]
      if entry.hash == hash, entry.length == bytes.count, isSame(bytes, entry) { return place }
      place = (place + 1) & mask
    }
    return place
  }

  private func isSame(_ bytes: UnsafeBufferPointer<UInt8>, _ entry: Entry) -> Bool {
    text.withUnsafeBufferPointer { text in
      let other = UnsafeBufferPointer(rebasing: text[entry.start..<entry.start + entry.length])
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
