/// The records of a checkpoint, found by their names: 8 bytes for each.
struct RecordPlaces: Sendable {
  private let records: [TensorRecord]
  /// The number of a record at the place that the hash of its name gives, or at the next free one after it.
  private var slots: [Int32]

  init(_ records: [TensorRecord]) {
    self.records = records
    var size = 16
    while size / 2 < records.count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    for number in records.indices {
      let place = slot(records[number].name)
      if slots[place] < 0 { slots[place] = Int32(clamping: number) }
    }
  }

  subscript(name: TensorName) -> Int? {
    let number = slots[slot(name)]
    return number < 0 ? nil : Int(number)
  }

  /// Where a name stands, or the free place where it would.
  private func slot(_ name: TensorName) -> Int {
    var place = Int(truncatingIfNeeded: name.byteHash) & (slots.count - 1)
    while slots[place] >= 0, records[Int(slots[place])].name != name { place = (place + 1) & (slots.count - 1) }
    return place
  }
}
