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

/// Equality of UTF-8 bytes. `String ==` would take two names for one when they differ in normalisation alone.
func sameBytes(_ a: String, _ b: String) -> Bool {
  a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
}
