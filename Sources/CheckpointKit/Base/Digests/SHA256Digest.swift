internal import Crypto

/// A SHA-256 digest: 32 bytes, shown as lowercase hex.
public struct SHA256Digest: Sendable, Hashable {
  /// Held as bytes, since a manifest has hundreds of thousands.
  private enum Content: Sendable, Hashable {
    case words(UInt64, UInt64, UInt64, UInt64)
    /// What is no digest: nothing, as a rule.
    case other(String)
  }

  private let content: Content

  public init(hex: String) {
    var words: [UInt64] = [0, 0, 0, 0]
    var count = 0
    for byte in hex.utf8 {
      guard count < 64, let digit = hexDigit(byte), !(0x41...0x46).contains(byte) else {
        count = -1
        break
      }
      words[count / 16] = words[count / 16] << 4 | UInt64(digit)
      count += 1
    }
    content = count == 64 ? .words(words[0], words[1], words[2], words[3]) : .other(hex)
  }

  init(bytes: some Sequence<UInt8>) {
    var words: [UInt64] = [0, 0, 0, 0]
    for (i, byte) in bytes.prefix(32).enumerated() { words[i / 8] = words[i / 8] << 8 | UInt64(byte) }
    content = .words(words[0], words[1], words[2], words[3])
  }

  /// 64 digits; empty where there is no digest.
  public var hex: String {
    switch content {
    case .other(let text): return text
    case .words(let a, let b, let c, let d):
      return String(unsafeUninitializedCapacity: 64) { output in
        var place = 0
        for word in [a, b, c, d] {
          for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift) & 15)
            output[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            place += 1
          }
        }
        return 64
      }
    }
  }

  /// Its first eight bytes; 0 where there is no digest.
  var word: UInt64 { if case .words(let first, _, _, _) = content { first } else { 0 } }

  /// The digest of some bytes.
  public init(of bytes: [UInt8]) {
    var hasher = SHA256Hasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    self = hasher.finish()
  }

  public init(of text: String) { self.init(of: Array(text.utf8)) }
}

extension SHA256Digest: CustomStringConvertible {
  public var description: String { hex }
}

/// Computes a digest from bytes as they come.
public struct SHA256Hasher: Sendable {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  public func finish() -> SHA256Digest { SHA256Digest(bytes: hasher.finalize()) }
}
