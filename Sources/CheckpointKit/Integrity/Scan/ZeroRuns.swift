/// Finds long runs of zero bytes in a file: what a write that never reached the disk, or a piece of a download that was
/// never fetched, leaves behind.
///
/// A run is made of whole pages of 4 KiB (the last may be cut by the end of the file) and has 64 KiB or more. Weights do
/// not look like that, but for padding rows and tensors that are meant to be zero.
struct ZeroRuns: Sendable {
  static let pageBytes = 4096
  static let leastBytes = 64 << 10

  private(set) var runs: [Range<Int>] = []
  private var start: Int?
  private var end = 0

  /// The next bytes of the file; each call but the last gives whole pages.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      let count = min(Self.pageBytes, bytes.count - offset)
      if Self.isZero(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])) {
        if start == nil { start = end }
      } else {
        close()
      }
      offset += count
      end += count
    }
  }

  /// The runs of the whole file.
  mutating func finish() -> [Range<Int>] {
    close()
    return runs
  }

  private mutating func close() {
    if let first = start, end - first >= Self.leastBytes { runs.append(first..<end) }
    start = nil
  }

  private static func isZero(_ page: UnsafeRawBufferPointer) -> Bool {
    guard page.first == 0, page.last == 0 else { return false }
    let words = page.count / 8
    var any: UInt64 = 0
    var i = 0
    while i < words {
      any = 0
      let stop = min(words, i + 64)
      while i < stop {
        any |= page.loadUnaligned(fromByteOffset: i &* 8, as: UInt64.self)
        i += 1
      }
      if any != 0 { return false }
    }
    return page[(words * 8)...].allSatisfy { $0 == 0 }
  }
}
