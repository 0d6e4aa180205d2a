/// Reads a GGUF header front to back through a window, so that a header of any length needs little memory.
///
/// Every length is held against the bytes that the file still has before it is used.
struct GGUFCursor {
  typealias Read = (Range<Int>) throws(CheckpointError) -> [UInt8]

  private let read: Read?
  /// Bytes of the file from `windowStart` on.
  private var window: [UInt8]
  private var windowStart: Int
  private(set) var offset: Int
  /// Where the file ends.
  let end: Int

  private static let windowBytes = 256 << 10

  init(reading file: OpenFile, from offset: Int = 0, size: Int) {
    self.init(from: offset, size: size) { (range) throws(CheckpointError) in try file.readBytes(range) }
  }

  /// Reads bytes that something gives.
  init(from offset: Int = 0, size: Int, _ read: @escaping Read) {
    self.read = read
    window = []
    windowStart = offset
    self.offset = offset
    end = size
  }

  /// Reads bytes that are all there; the file they come from may be longer.
  init(_ bytes: [UInt8], fileSize: Int) {
    read = nil
    window = bytes
    windowStart = 0
    offset = 0
    end = min(bytes.count, fileSize)
  }

  var remaining: Int { end - offset }

  /// Makes the next bytes lie in the window; gives their place in it.
  private mutating func take(_ count: Int, _ what: String) throws(CheckpointError) -> Int {
    guard count <= remaining else {
      throw CheckpointError(
        .ggufTruncated, "\(what) at byte \(offset) needs \(count) bytes, but only \(remaining) are left",
        hint: "get this file again")
    }
    if offset < windowStart || offset + count > windowStart + window.count, let read {
      window = try read(offset..<min(end, offset + max(count, Self.windowBytes)))
      windowStart = offset
    }
    defer { offset += count }
    return offset - windowStart
  }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type, _ what: String) throws(CheckpointError) -> T {
    let place = try take(MemoryLayout<T>.size, what)
    return window.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
  }

  mutating func bytes(_ count: Int, _ what: String) throws(CheckpointError) -> ArraySlice<UInt8> {
    let place = try take(count, what)
    return window[place..<place + count]
  }

  /// The length of a string that the file has room for.
  mutating func length(limit: Int, _ what: String) throws(CheckpointError) -> Int {
    let length = try integer(UInt64.self, what)
    guard length <= UInt64(limit) else {
      throw CheckpointError(
        .ggufString, "\(what) at byte \(offset - 8) would have \(length) bytes, where at most \(limit) are allowed")
    }
    guard length <= UInt64(remaining) else {
      throw CheckpointError(
        .ggufTruncated, "\(what) at byte \(offset - 8) would have \(length) bytes, but only \(remaining) are left",
        hint: "get this file again")
    }
    return Int(length)
  }

  /// Passes over bytes and tells whether they are UTF-8.
  mutating func skipText(_ count: Int, _ what: String) throws(CheckpointError) -> Bool {
    var left = count
    var isText = true
    while left > 0 {
      var size = min(left, Self.windowBytes)
      let place = try take(size, what)
      if isText {
        // A sequence that the chunk cuts is left for the next one.
        let (isValid, cut) = window.withUnsafeBufferPointer { window in
          let chunk = UnsafeBufferPointer(rebasing: window[place..<place + size])
          let cut = size < left ? cutSequenceLength(chunk) : 0
          return (isValidUTF8(UnsafeBufferPointer(rebasing: chunk[..<(size - cut)])), cut)
        }
        isText = isValid
        offset -= cut
        size -= cut
      }
      left -= size
    }
    return isText
  }

  mutating func skip(_ count: Int, _ what: String) throws(CheckpointError) {
    guard count <= remaining else { return _ = try take(count, what) }
    offset += count
  }
}
