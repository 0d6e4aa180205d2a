internal import Crypto

/// A SHA-256 digest: 32 bytes, shown as lowercase hex.
public struct SHA256Digest: Sendable, Hashable {
  public let hex: String

  public init(hex: String) { self.hex = hex }

  init(bytes: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    hex.reserveCapacity(64)
    for byte in bytes {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    self.hex = String(decoding: hex, as: UTF8.self)
  }

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
