/// The bytes of a new header: new ones, and stretches of the old header, which stay in the file that has it.
///
/// Arrays of tens of millions of elements are copied a chunk at a time.
struct HeaderPieces: Sendable {
  private enum Piece: Sendable {
    case new([UInt8])
    case old(Range<Int>)

    var count: Int {
      switch self {
      case .new(let bytes): bytes.count
      case .old(let range): range.count
      }
    }
  }

  /// The file that begins with the old header.
  let source: OpenFile
  private var pieces: [Piece] = []
  private var starts: [Int] = []
  private(set) var count = 0

  init(_ source: OpenFile) { self.source = source }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    if case .new(let last)? = pieces.last {
      pieces[pieces.count - 1] = .new(last + bytes)
    } else {
      starts.append(count)
      pieces.append(.new(bytes))
    }
    count += bytes.count
  }

  mutating func append(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    if case .old(let last)? = pieces.last, last.upperBound == range.lowerBound {
      pieces[pieces.count - 1] = .old(last.lowerBound..<range.upperBound)
    } else {
      starts.append(count)
      pieces.append(.old(range))
    }
    count += range.count
  }

  /// Some of its bytes.
  func bytes(_ wanted: Range<Int>) throws(CheckpointError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted.count)
    var number = starts.partition(above: wanted.lowerBound)
    while bytes.count < wanted.count, number < pieces.count {
      let offset = wanted.lowerBound + bytes.count - starts[number]
      let size = min(pieces[number].count - offset, wanted.count - bytes.count)
      switch pieces[number] {
      case .new(let new): bytes += new[offset..<offset + size]
      case .old(let old): bytes += try source.readBytes(old.lowerBound + offset..<old.lowerBound + offset + size)
      }
      number += 1
    }
    return bytes
  }

  func bytes() throws(CheckpointError) -> [UInt8] { try bytes(0..<count) }

  /// Writes it a chunk at a time.
  func write(to output: OpenFile, at start: Int) throws(CheckpointError) {
    var offset = 0
    while offset < count {
      let chunk = try bytes(offset..<min(count, offset + Self.chunkBytes))
      try output.write(chunk, at: start + offset)
      offset += chunk.count
    }
  }

  static let chunkBytes = 4 << 20
}

extension [Int] {
  /// The place of the last number that is not above one; the numbers ascend.
  fileprivate func partition(above value: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return Swift.max(0, low - 1)
  }
}

extension OpenFile {
  /// Copies a stretch into another file, a chunk at a time.
  func copy(
    _ range: Range<Int>, to output: OpenFile, at start: Int, startsWriteback: Bool = false
  ) throws(CheckpointError) {
    let buffer = try Buffer(byteCount: min(HeaderPieces.chunkBytes, max(1, range.count)))
    var offset = range.lowerBound
    while offset < range.upperBound {
      let chunk = UnsafeMutableRawBufferPointer(
        rebasing: buffer.bytes[..<min(buffer.byteCount, range.upperBound - offset)])
      try read(into: chunk, at: offset)
      let place = start + offset - range.lowerBound
      try output.write(UnsafeRawBufferPointer(chunk), at: place)
      if startsWriteback { output.startWriteback(place..<place + chunk.count) }
      offset += chunk.count
    }
  }
}
