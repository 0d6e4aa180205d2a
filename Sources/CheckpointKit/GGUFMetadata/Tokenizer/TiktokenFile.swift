/// A tiktoken vocabulary: one line for each token, its bytes in base64 and its rank, which is its id.
///
/// There are no merges in it. They are found again as the converter does (`QwenModel.bpe` in llama.cpp's
/// conversion/qwen.py): a token's bytes are merged by the ranks below its own; if two parts are left, they are its merge.
struct TiktokenFile: Sendable {
  /// Tokens as raw bytes.
  let vocabulary: Vocabulary
  /// In the order of the lines, in the characters of ``ByteAlphabet``.
  let merges: GGUFElements

  static let byteLimit = 64 << 20
  /// Bytes of a token; Kimi K2's longest has 128. The search for its merge takes time that grows with the square.
  static let tokenLimit = 1024

  init(parsing bytes: [UInt8], file: String, vocabularySize size: Int) throws(CheckpointError) {
    var vocabulary = Vocabulary(size: size)
    // Ids in the order of the lines.
    var order: [Int32] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty { continue }
      func malformed(_ problem: String) -> CheckpointError {
        CheckpointError(.tokenizerMalformed, file: file, "line \(number + 1): \(problem)")
      }
      let parts = line.split(separator: UInt8(ascii: " "))
      guard parts.count == 2, let token = decodedBase64(parts[0]), !token.isEmpty,
        let rank = Int(String(decoding: parts[1], as: UTF8.self)), rank >= 0
      else { throw malformed("is not a token in base64 and its rank") }
      guard token.count <= Self.tokenLimit else { throw malformed("the token has \(token.count) bytes") }
      let clash: Vocabulary.Clash? = token.withUnsafeBufferPointer { buffer in
        do throws(Vocabulary.Clash) {
          try vocabulary.add(buffer, id: rank)
          return nil
        } catch { return error }
      }
      if let clash {
        throw clash.error(file: file, token: String(decoding: parts[0], as: UTF8.self), id: rank, size: size)
      }
      order.append(Int32(rank))
    }
    self.vocabulary = vocabulary
    merges = Self.merges(of: vocabulary, order)
  }

  /// Whether a byte is a token of its own; of a vocabulary that has all, any text can be encoded.
  func has(_ byte: UInt8) -> Bool {
    withUnsafeBytes(of: byte) { vocabulary.id(of: $0.assumingMemoryBound(to: UInt8.self)) != nil }
  }

  /// A token in the characters of ``ByteAlphabet``.
  func text(of id: Int) -> String? {
    vocabulary.withText(of: id) { token -> String in
      token.reduce(into: "") { $0 += SyntheticTokenizer.byteTokens[Int($1)] }
    }
  }

  private static func merges(of vocabulary: Vocabulary, _ order: [Int32]) -> GGUFElements {
    var merges = GGUFElements(.string)
    var text: [UInt8] = []
    for rank in order {
      let split = vocabulary.withText(of: Int(rank)) { token in
        token.count > 1 ? lastSplit(of: token, below: Int(rank), vocabulary) : nil
      }
      guard let split = split ?? nil else { continue }
      text.removeAll(keepingCapacity: true)
      _ = vocabulary.withText(of: Int(rank)) { token in
        for (i, byte) in token.enumerated() {
          if i == split { text.append(UInt8(ascii: " ")) }
          text += ByteAlphabet.utf8[Int(byte)]
        }
      }
      text.withUnsafeBufferPointer { merges.append($0) }
    }
    return merges
  }

  /// Where the last of a token's merges joins two parts; nil where other than two are left.
  private static func lastSplit(
    of token: UnsafeBufferPointer<UInt8>, below limit: Int, _ vocabulary: Vocabulary
  ) -> Int? {
    // Where parts begin, and the end; and the rank of each part with the next.
    var bounds = Array(0...token.count)
    func rank(_ i: Int) -> Int {
      guard i + 2 < bounds.count else { return .max }
      return vocabulary.id(of: UnsafeBufferPointer(rebasing: token[bounds[i]..<bounds[i + 2]])) ?? .max
    }
    var ranks = (0..<token.count).map(rank)
    while true {
      var best = 0
      for i in ranks.indices where ranks[i] < ranks[best] { best = i }
      guard ranks[best] < limit else { break }
      bounds.remove(at: best + 1)
      ranks.remove(at: best + 1)
      ranks[best] = rank(best)
      if best > 0 { ranks[best - 1] = rank(best - 1) }
    }
    return bounds.count == 3 ? bounds[1] : nil
  }
}

/// The printable characters that stand for bytes in a byte-level vocabulary, as GPT-2 chose them.
enum ByteAlphabet {
  /// UTF-8 of the character of each byte.
  static let utf8 = SyntheticTokenizer.byteTokens.map { Array($0.utf8) }

  private static let bytes: [Unicode.Scalar: UInt8] = {
    var bytes: [Unicode.Scalar: UInt8] = [:]
    for (byte, text) in SyntheticTokenizer.byteTokens.enumerated() {
      if let scalar = text.unicodeScalars.first { bytes[scalar] = UInt8(byte) }
    }
    return bytes
  }()

  /// A token's text as a byte-level decoder gives it: the bytes behind its characters if all stand for bytes, else the
  /// text as it is; what is no UTF-8 then becomes U+FFFD.
  static func decoded(_ text: String) -> String {
    var decoded: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar] else { return text }
      decoded.append(byte)
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}

/// Bytes of standard base64 with its padding; nil where the text is none.
private func decodedBase64(_ text: some Collection<UInt8>) -> [UInt8]? {
  guard text.count % 4 == 0 else { return nil }
  var bytes: [UInt8] = []
  var (word, bits): (UInt32, Int) = (0, 0)
  var padding = 0
  for character in text {
    let digit: UInt8
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): digit = 62
    case UInt8(ascii: "/"): digit = 63
    case UInt8(ascii: "="):
      padding += 1
      continue
    default: return nil
    }
    if padding > 0 { return nil }
    word = word << 6 | UInt32(digit)
    bits += 6
    if bits >= 8 {
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
    }
  }
  return padding <= 2 ? bytes : nil
}
