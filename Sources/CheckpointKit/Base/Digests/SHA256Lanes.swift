private import CDigests

/// SHA-256 of many messages at a time, one in each lane of the CPU's vector registers.
///
/// A CPU without SHA-256 instructions takes the digests of sixteen messages in less than three times the time of one.
/// Algorithm: FIPS 180-4.
package struct SHA256Lanes: @unchecked Sendable {
  private let table: cdigests_table

  private init(_ table: cdigests_table) { self.table = table }

  /// What this CPU can run, narrowest first.
  package static let available: [SHA256Lanes] = (0..<Int32(cdigests_levels)).compactMap { level in
    cdigests_at(level).map { SHA256Lanes($0.pointee) }
  }

  /// What is faster here than one message at a time; nil where nothing is, as on CPUs with SHA-256 instructions.
  package static let current: SHA256Lanes? = cdigests_best().map { SHA256Lanes($0.pointee) }

  /// `avx2` or `avx512`.
  package var name: String { String(cString: table.name) }

  /// How many messages are taken at a time.
  package var count: Int { table.lanes }

  /// H(0) of FIPS 180-4, section 5.3.3.
  static let initialWords: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  /// One message: the words of its state, and the blocks of 64 bytes that it takes in.
  struct Run {
    let words: UnsafeMutablePointer<UInt32>
    var next: UnsafePointer<UInt8>
    var blocks: Int
  }

  /// Takes a few blocks into one state.
  func compress(_ run: Run) {
    if run.blocks > 0 { table.compress(run.words, run.next, run.blocks) }
  }

  /// Takes runs of blocks into states that are all different.
  func compress(_ runs: [Run]) {
    // The longest first, so that the lanes come to their ends at about the same time.
    var waiting = runs.filter { $0.blocks > 0 }.sorted { $0.blocks < $1.blocks }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { unwanted in
      guard let spare = unwanted.baseAddress else { return }
      spare.initialize(repeating: 0, count: 8)
      var active: [Run] = []
      while true {
        while active.count < count, let run = waiting.popLast() { active.append(run) }
        guard active.count > 1 else { break }
        let blocks = active.reduce(Int.max) { min($0, $1.blocks) }
        let idle = (active.count..<max(active.count, count)).lazy.map { _ in spare }
        let states = active.map(\.words) + idle
        let messages = active.map(\.next) + idle.map { _ in active[0].next }
        table.compress_lanes(states, messages, blocks)
        for i in active.indices {
          active[i].next += blocks * 64
          active[i].blocks -= blocks
        }
        active.removeAll { $0.blocks == 0 }
      }
      for run in active { compress(run) }
    }
  }
}
