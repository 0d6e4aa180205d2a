/// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
func isValidUTF8(_ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBufferPointer { isValidUTF8($0) }
}

func isValidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  let raw = UnsafeRawBufferPointer(bytes)
  var i = 0
  func continuation(_ index: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xbf) -> Bool {
    index < raw.count && raw[index] >= low && raw[index] <= high
  }
  while i < raw.count {
    if i + 8 <= raw.count, raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
      i += 8
      continue
    }
    switch raw[i] {
    case 0x00...0x7f: i += 1
    case 0xc2...0xdf:
      guard continuation(i + 1) else { return false }
      i += 2
    case 0xe0...0xef:
      let low: UInt8 = raw[i] == 0xe0 ? 0xa0 : 0x80
      let high: UInt8 = raw[i] == 0xed ? 0x9f : 0xbf
      guard continuation(i + 1, low, high), continuation(i + 2) else { return false }
      i += 3
    case 0xf0...0xf4:
      let low: UInt8 = raw[i] == 0xf0 ? 0x90 : 0x80
      let high: UInt8 = raw[i] == 0xf4 ? 0x8f : 0xbf
      guard continuation(i + 1, low, high), continuation(i + 2), continuation(i + 3) else { return false }
      i += 4
    default: return false
    }
  }
  return true
}

/// Bytes at the end that begin a UTF-8 sequence and do not complete it; 0 where there is none.
func cutSequenceLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
  for back in 1...3 where bytes.count >= back {
    let byte = bytes[bytes.count - back]
    if byte & 0xc0 == 0x80 { continue }
    let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

/// Equality of UTF-8 bytes. `String ==` would take two names for one when they differ in normalisation alone.
func sameBytes(_ a: String, _ b: String) -> Bool {
  withBytes(of: a, b) { $0.count == $1.count && firstDifference($0, $1) == $0.count }
    ?? (a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8))
}

/// The bytes of two strings; nil where one of them is not stored in one piece, as a foreign runtime's may be.
func withBytes<R>(
  of a: String, _ b: String, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> R
) -> R? {
  a.utf8.withContiguousStorageIfAvailable { a in b.utf8.withContiguousStorageIfAvailable { b in body(a, b) } }
    .flatMap { $0 }
}

/// Where two runs of bytes differ first, or the length of the shorter. A word at a time: names share long beginnings.
func firstDifference(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
  let (x, y) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
  let count = min(x.count, y.count)
  var i = 0
  while i + 8 <= count,
    x.loadUnaligned(fromByteOffset: i, as: UInt64.self) == y.loadUnaligned(fromByteOffset: i, as: UInt64.self)
  {
    i += 8
  }
  while i < count, x[i] == y[i] { i += 1 }
  return i
}
