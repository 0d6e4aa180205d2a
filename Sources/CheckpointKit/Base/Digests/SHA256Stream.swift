/// Computes one of many digests that are taken together: bytes may come for several streams at a time.
///
/// Where vector lanes are faster than one message at a time (``SHA256Lanes``), streams that get bytes in one call share
/// them. A stream is used by one thread at a time. For a single message, ``SHA256Hasher`` serves as well.
package final class SHA256Stream {
  private enum Way {
    /// Decided when the first bytes come.
    case open
    case alone(SHA256Hasher)
    case lanes(SHA256Lanes)
  }

  private let lanes: SHA256Lanes?
  private var way = Way.open
  private let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 8)
  /// Bytes that do not fill a block yet.
  private let pending = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
  private var pendingCount = 0
  private var byteCount: UInt64 = 0

  /// - Parameter lanes: nil for one message at a time.
  package init(_ lanes: SHA256Lanes? = .current) {
    self.lanes = lanes
    words.initialize(from: SHA256Lanes.initialWords, count: 8)
    pending.initialize(repeating: 0, count: 64)
  }

  deinit {
    words.deallocate()
    pending.deallocate()
  }

  /// The digests of some messages that are in memory.
  package static func digests(
    of messages: [UnsafeRawBufferPointer], lanes: SHA256Lanes? = .current
  ) -> [SHA256Digest] {
    let streams = messages.map { _ in SHA256Stream(lanes) }
    update(zip(streams, messages).map { ($0, $1) })
    return streams.map { $0.finish() }
  }

  /// Bytes for several streams; those of one stream in the order given.
  package static func update(_ parts: [(stream: SHA256Stream, bytes: UnsafeRawBufferPointer)]) {
    decide(parts)
    // Each round has one part of every stream that has any left.
    var rest = parts[...]
    while !rest.isEmpty {
      var seen: Set<ObjectIdentifier> = []
      var later: [(stream: SHA256Stream, bytes: UnsafeRawBufferPointer)] = []
      var runs: [SHA256Lanes.Run] = []
      var lanes: SHA256Lanes?
      for part in rest {
        guard seen.insert(ObjectIdentifier(part.stream)).inserted else {
          later.append(part)
          continue
        }
        switch part.stream.way {
        case .open: break
        case .alone(var hasher):
          part.stream.way = .open
          hasher.update(part.bytes)
          part.stream.way = .alone(hasher)
        case .lanes(let its):
          lanes = its
          if let run = part.stream.take(part.bytes, its) { runs.append(run) }
        }
      }
      lanes?.compress(runs)
      rest = later[...]
    }
  }

  /// Chooses for streams that had no bytes yet.
  ///
  /// A stream alone takes about 0.45 of the time that it takes in a lane (measured: 0.35 GB/s against 0.16), but then
  /// the lanes wait. So the longest go alone as long as that shortens the whole.
  private static func decide(_ parts: [(stream: SHA256Stream, bytes: UnsafeRawBufferPointer)]) {
    var fresh: [ObjectIdentifier: (stream: SHA256Stream, count: Int)] = [:]
    var begun: [ObjectIdentifier: Int] = [:]
    var lanes: SHA256Lanes?
    for (stream, bytes) in parts where !bytes.isEmpty {
      let id = ObjectIdentifier(stream)
      switch stream.way {
      case .open: fresh[id, default: (stream, 0)].count += bytes.count
      case .lanes: begun[id, default: 0] += bytes.count
      case .alone: continue
      }
      lanes = lanes ?? stream.lanes
    }
    let order = fresh.values.sorted { $0.count > $1.count }
    var alone = order.count
    if let lanes {
      let longestBegun = begun.values.max() ?? 0
      var inLanes = order.reduce(begun.values.reduce(0, +)) { $0 + $1.count }
      var (before, least) = (0, Int.max)
      for number in 0...order.count {
        let longest = max(longestBegun, number < order.count ? order[number].count : 0)
        let cost = before / 20 * 9 + max(longest, inLanes / lanes.count)
        if cost < least { (least, alone) = (cost, number) }
        if number < order.count {
          before += order[number].count
          inLanes -= order[number].count
        }
      }
    }
    for (number, item) in order.enumerated() {
      if number >= alone, let lanes = item.stream.lanes {
        item.stream.way = .lanes(lanes)
      } else {
        item.stream.way = .alone(SHA256Hasher())
      }
    }
  }

  /// Fills the pending block, keeps what follows the last whole one, and gives the blocks between.
  private func take(_ bytes: UnsafeRawBufferPointer, _ lanes: SHA256Lanes) -> SHA256Lanes.Run? {
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    byteCount &+= UInt64(bytes.count)
    var start = 0
    if pendingCount > 0 {
      start = min(64 - pendingCount, bytes.count)
      (pending + pendingCount).update(from: base, count: start)
      pendingCount += start
      guard pendingCount == 64 else { return nil }
      lanes.compress(SHA256Lanes.Run(words: words, next: pending, blocks: 1))
      pendingCount = 0
    }
    let blocks = (bytes.count - start) / 64
    let end = start + blocks * 64
    pending.update(from: base + end, count: bytes.count - end)
    pendingCount = bytes.count - end
    return SHA256Lanes.Run(words: words, next: base + start, blocks: blocks)
  }

  /// The digest of all bytes that came. Nothing may come after.
  package func finish() -> SHA256Digest {
    switch way {
    case .open: return SHA256Hasher().finish()
    case .alone(let hasher): return hasher.finish()
    case .lanes(let lanes):
      // FIPS 180-4, section 5.1.1: one bit, zeros, and the length in bits in the last eight bytes of a block.
      let isLong = pendingCount >= 56
      var tail = [UInt8](repeating: 0, count: isLong ? 128 : 64)
      for i in 0..<pendingCount { tail[i] = pending[i] }
      tail[pendingCount] = 0x80
      for i in 0..<8 { tail[tail.count - 1 - i] = UInt8(truncatingIfNeeded: (byteCount &* 8) >> UInt64(8 * i)) }
      tail.withUnsafeBufferPointer { tail in
        guard let base = tail.baseAddress else { return }
        lanes.compress(SHA256Lanes.Run(words: words, next: base, blocks: tail.count / 64))
      }
      return SHA256Digest(
        bytes: (0..<32).map { UInt8(truncatingIfNeeded: words[$0 / 4] >> UInt32(24 - 8 * ($0 % 4))) })
    }
  }
}
