/// The part of a JSON file that a scanner looks at: it moves through the file as the scanner asks for more.
///
/// It grows only for a token that is longer than itself. Each byte is held against UTF-8 as it is read.
final class JSONWindow {
  /// Fills a buffer with what stands from an offset on.
  typealias Read = (UnsafeMutableRawBufferPointer, Int) throws(CheckpointError) -> Void

  private let read: Read
  /// The text's place in the file, without what was read.
  private var rest: Range<Int>
  private var buffer: UnsafeMutableBufferPointer<UInt8>
  private var count = 0
  /// Bytes of the window that are known to be whole characters.
  private var checked = 0
  private(set) var isText = true
  /// What a read failed with: the text ends there.
  private(set) var failure: CheckpointError?

  init(_ range: Range<Int>, byteCount: Int, _ read: @escaping Read) {
    self.read = read
    rest = range
    buffer = .allocate(capacity: max(16, min(byteCount, range.count)))
  }

  deinit { buffer.deallocate() }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: buffer[..<count]) }

  var hasMore: Bool { !rest.isEmpty && isText && failure == nil }

  /// Drops the first bytes and reads more behind the others.
  ///
  /// - Returns: how many were dropped: fewer than asked for, where a character is cut.
  func advance(dropping wanted: Int) -> Int {
    let dropped = min(wanted, checked)
    guard hasMore else { return 0 }
    if count - dropped > buffer.count / 2 {
      let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * buffer.count)
      _ = larger.update(fromContentsOf: buffer[dropped..<count])
      buffer.deallocate()
      buffer = larger
    } else if dropped > 0 {
      _ = buffer.update(fromContentsOf: buffer[dropped..<count])
    }
    count -= dropped
    checked -= dropped
    let size = min(buffer.count - count, rest.count)
    let place = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<count + size])
    do throws(CheckpointError) { try read(place, rest.lowerBound) } catch {
      failure = error
      return dropped
    }
    count += size
    rest = rest.lowerBound + size..<rest.upperBound
    check()
    return dropped
  }

  private func check() {
    let fresh = UnsafeBufferPointer(rebasing: buffer[checked..<count])
    let whole = fresh.count - (rest.isEmpty ? 0 : cutSequenceLength(fresh))
    isText = isValidUTF8(UnsafeBufferPointer(rebasing: fresh[..<whole]))
    checked += whole
  }

  /// Reads to the end, to learn whether all of it is text.
  func drain() {
    while hasMore { _ = advance(dropping: count) }
  }
}

extension JSONScanner {
  /// Scans a stretch of a file from its beginning, a window at a time; gives what stopped it, or nil.
  ///
  /// - Parameter notText: the error of text that is not UTF-8, whatever else is wrong with it.
  /// - Throws: `notText`, and where the file cannot be read.
  static func scan(
    _ file: OpenFile, _ range: Range<Int>, windowBytes: Int = 256 << 10,
    notText: @autoclosure () -> CheckpointError, _ body: (inout JSONScanner) throws(Problem) -> Void
  ) throws(CheckpointError) -> Problem? {
    try scan(range, windowBytes: windowBytes, notText: notText(), body) { (buffer, offset) throws(CheckpointError) in
      try file.read(into: buffer, at: offset)
    }
  }

  /// The same of what stands somewhere else.
  static func scan(
    _ range: Range<Int>, windowBytes: Int = 256 << 10, notText: @autoclosure () -> CheckpointError,
    _ body: (inout JSONScanner) throws(Problem) -> Void, _ read: @escaping JSONWindow.Read
  ) throws(CheckpointError) -> Problem? {
    let window = JSONWindow(range, byteCount: windowBytes, read)
    var scanner = JSONScanner(window)
    var problem: Problem?
    do throws(Problem) { try body(&scanner) } catch { problem = error }
    window.drain()
    if let failure = window.failure { throw failure }
    if !window.isText { throw notText() }
    return problem
  }
}
