/// Paths are bytes to the system, and strings here: each sequence of bytes has one string, and gives itself back.
///
/// What is valid UTF-8 stands as it is. A byte that is no part of any becomes the scalar U+10FE00 + byte, U+10FE80 to
/// U+10FEFF: private use, and no noncharacter. A scalar of that range that a name really has is taken as four such
/// bytes. An ASCII byte never becomes another, so that `/`, `.` and zero bytes cannot be hidden. (Python's
/// `surrogateescape` does the same with lone surrogates, which a Swift string cannot hold.)
public enum PathBytes {
  private static let escapes: ClosedRange<UInt32> = 0x10fe80...0x10feff

  /// The byte that a scalar stands for; nil for one that stands for itself.
  public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    escapes.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// Whether a string stands for bytes that are not UTF-8.
  public static func hasEscapes(_ text: String) -> Bool {
    text.utf8.contains(0xf4) && text.unicodeScalars.contains { byte(of: $0) != nil }
  }

  public static func decode(_ bytes: some Collection<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var place = bytes.startIndex
    func escape(_ count: Int) {
      for _ in 0..<count {
        if let scalar = Unicode.Scalar(escapes.lowerBound - 0x80 + UInt32(bytes[place])) { result.append(scalar) }
        bytes.formIndex(after: &place)
      }
    }
    while true {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        guard byte(of: scalar) == nil else {
          escape(encoded.count)
          continue
        }
        result.append(scalar)
        bytes.formIndex(&place, offsetBy: encoded.count)
      case .error(let length): escape(length)
      case .emptyInput: return String(result)
      }
    }
  }

  /// The bytes of a C string.
  public static func decode(cString: UnsafePointer<CChar>) -> String {
    var count = 0
    while cString[count] != 0 { count += 1 }
    return decode(UnsafeRawBufferPointer(start: cString, count: count))
  }

  public static func encode(_ text: String) -> [UInt8] {
    guard hasEscapes(text) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let byte = byte(of: scalar) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
      }
    }
    return bytes
  }

  /// The text with `\xNN` for each byte that is not UTF-8.
  public static func shown(_ text: String) -> String {
    guard hasEscapes(text) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if let byte = byte(of: scalar) {
        result += "\\x" + String(byte, radix: 16)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The one string that stands for the same bytes. A text from a file may say them in another way.
  public static func canonical(_ text: String) -> String { hasEscapes(text) ? decode(encode(text)) : text }
}

extension String {
  /// Lends the path as the system takes it.
  func withSystemPath<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    guard PathBytes.hasEscapes(self) else { return withCString(body) }
    return body(PathBytes.encode(self).map { CChar(bitPattern: $0) } + [0])
  }
}
