internal import CheckpointKit

/// Measures SHA-256 on one core in GB/s: one message after another with swift-crypto, and many at a time in lanes.
@main
struct DigestBenchmark {
  static let size = 4 << 20

  static func main() throws {
    let count = SHA256Lanes.available.map(\.count).max() ?? 1
    let messages = try (0..<count).map { _ in try Buffer(byteCount: size) }
    for (number, message) in messages.enumerated() {
      message.bytes.initializeMemory(as: UInt8.self, repeating: UInt8(number))
    }
    func show(_ name: String, _ number: Int, _ body: ([UnsafeRawBufferPointer]) -> Void) {
      let bytes = messages[..<number].map { UnsafeRawBufferPointer($0.bytes) }
      let clock = ContinuousClock()
      let times = (0..<5).map { _ in clock.measure { body(bytes) } }.sorted()
      let rate = Double(number * size) / (times[2] / .seconds(1)) / 1e9
      print("\(name), \(number) \(number == 1 ? "message" : "messages"): \((rate * 100).rounded() / 100) GB/s")
    }
    show("swift-crypto", 1) { messages in
      var hasher = SHA256Hasher()
      hasher.update(messages[0])
      _ = hasher.finish()
    }
    for lanes in SHA256Lanes.available {
      for number in [3, 4, 8, 16] where number <= lanes.count {
        show(lanes.name, number) { _ = SHA256Stream.digests(of: $0, lanes: lanes) }
      }
    }
  }
}
