internal import Crypto

/// Computes the id that git gives a file: SHA-1 of `blob `, the decimal size, a zero byte, and the content.
///
/// SHA-1 is no protection against an attacker; it is what the Hub and git name small files by.
struct GitBlobHasher: Sendable {
  private var hasher = Insecure.SHA1()

  init(byteCount: Int) { update("blob \(byteCount)\0") }

  mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

  mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  /// 40 lowercase hex digits.
  func finish() -> String { hexText(hasher.finalize()) }

  /// The id of the git-lfs pointer that stands in a repository for a file of this digest and size.
  static func pointer(to digest: SHA256Digest, byteCount: Int) -> String {
    let text = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest.hex)\nsize \(byteCount)\n"
    var hasher = GitBlobHasher(byteCount: text.utf8.count)
    hasher.update(text)
    return hasher.finish()
  }
}

/// Bytes as lowercase hex.
func hexText(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var hex: [UInt8] = []
  for byte in bytes {
    hex.append(digits[Int(byte >> 4)])
    hex.append(digits[Int(byte & 15)])
  }
  return String(decoding: hex, as: UTF8.self)
}

/// Hex digits of a certain number, made lowercase; nil for anything else.
func hexDigest(_ text: some StringProtocol, digits: Int) -> String? {
  guard text.utf8.count == digits, text.utf8.allSatisfy({ hexDigit($0) != nil }) else { return nil }
  return text.lowercased()
}
