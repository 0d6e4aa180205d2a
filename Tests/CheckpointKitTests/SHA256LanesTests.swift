import CheckpointKit
import Testing

/// The reference is swift-crypto, through `SHA256Hasher`, and the vectors that NIST publishes.
@Suite("SHA-256 in lanes")
struct SHA256LanesTests {
  /// Every level of this CPU, and none.
  static let levels: [SHA256Lanes?] = [nil] + SHA256Lanes.available

  private func digest(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finish()
  }

  /// What the digests of equal messages are: one, if all is well.
  private func inLanes(_ message: [UInt8], copies: Int, _ lanes: SHA256Lanes?) -> Set<SHA256Digest> {
    message.withUnsafeBytes { bytes in
      Set(SHA256Stream.digests(of: Array(repeating: bytes, count: copies), lanes: lanes))
    }
  }

  @Test(
    "NIST's messages have NIST's digests, as one message and as many",
    arguments: [
      ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func nist(text: String, times: Int, hex: String) {
    let message = Array(String(repeating: text, count: times).utf8)
    for lanes in Self.levels {
      for copies in [1, 3, 8, 16] {
        #expect(inLanes(message, copies: copies, lanes) == [SHA256Digest(hex: hex)], "\(lanes?.name ?? "none")")
      }
    }
  }

  @Test("every length from 0 to 300, at every alignment, has the digest of swift-crypto", arguments: Self.levels)
  func lengths(lanes: SHA256Lanes?) {
    var random = SeededGenerator(state: 1)
    let bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
    bytes.withUnsafeBytes { all in
      let messages = (0...300).map { UnsafeRawBufferPointer(rebasing: all[$0 % 67..<$0 % 67 + $0]) }
      #expect(SHA256Stream.digests(of: messages, lanes: lanes) == messages.map { digest($0) })
      for length in 0...300 {
        let same = (0..<5).map { UnsafeRawBufferPointer(rebasing: all[$0 * 13..<$0 * 13 + length]) }
        #expect(SHA256Stream.digests(of: same, lanes: lanes) == same.map { digest($0) }, "\(length)")
      }
    }
  }

  @Test("1 to 40 messages of unlike lengths have the digests of swift-crypto", arguments: Self.levels)
  func unlike(lanes: SHA256Lanes?) {
    var random = SeededGenerator(state: 2)
    let bytes = (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    bytes.withUnsafeBytes { all in
      for count in 1...40 {
        let messages = (0..<count).map { _ in
          let start = Int.random(in: 0..<1000, using: &random)
          let length =
            Bool.random(using: &random)
            ? Int.random(in: 0..<500, using: &random) : Int.random(in: 0..<17_000, using: &random)
          return UnsafeRawBufferPointer(rebasing: all[start..<start + length])
        }
        #expect(SHA256Stream.digests(of: messages, lanes: lanes) == messages.map { digest($0) }, "\(count) messages")
      }
    }
  }

  @Test("bytes that come in pieces, several of one stream in one call, make the same digests", arguments: Self.levels)
  func pieces(lanes: SHA256Lanes?) {
    var random = SeededGenerator(state: 3)
    let messages = (0..<21).map { _ in
      (0..<Int.random(in: 0..<3000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    let streams = messages.map { _ in SHA256Stream(lanes) }
    var done = [Int](repeating: 0, count: messages.count)
    while zip(done, messages).contains(where: { $0 < $1.count }) {
      var pieces: [(Int, [UInt8])] = []
      for _ in 0..<30 {
        let i = Int.random(in: 0..<messages.count, using: &random)
        let end = min(messages[i].count, done[i] + Int.random(in: 0..<200, using: &random))
        pieces.append((i, Array(messages[i][done[i]..<end])))
        done[i] = end
      }
      let memory = pieces.map { UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, $0.1.count), alignment: 1) }
      for (memory, piece) in zip(memory, pieces) { memory.copyBytes(from: piece.1) }
      SHA256Stream.update(
        zip(memory, pieces).map { (streams[$1.0], UnsafeRawBufferPointer(rebasing: $0[..<$1.1.count])) })
      for memory in memory { memory.deallocate() }
    }
    #expect(streams.map { $0.finish() } == messages.map { SHA256Digest(of: $0) })
  }
}
