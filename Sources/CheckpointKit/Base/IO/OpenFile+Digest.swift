extension OpenFile {
  /// SHA-256 of a range, read a piece at a time.
  public func digest(of range: Range<Int>) throws(CheckpointError) -> SHA256Digest {
    var hasher = SHA256Hasher()
    let buffer = try Buffer(byteCount: min(1 << 20, max(1, range.count)))
    var offset = range.lowerBound
    while offset < range.upperBound {
      let chunk = UnsafeMutableRawBufferPointer(
        rebasing: buffer.bytes[..<min(buffer.byteCount, range.upperBound - offset)])
      try read(into: chunk, at: offset)
      hasher.update(UnsafeRawBufferPointer(chunk))
      offset += chunk.count
    }
    return hasher.finish()
  }
}
