internal import CheckpointKit

/// Softmax attention of each position to those before it and itself: `softmax(scale · q · kᵀ) · v`. A window or
/// a selection leaves some of them out.
///
/// The order of positions is the order in the sequence, whatever their numbers are.
struct CausalAttention: Sendable {
  /// One head's share of queries, keys and values; a row for each position. Scores are summed over the parts.
  struct Head: Sendable {
    var parts: [(query: Block, key: Block)]
    var value: Block
    var output: Block
    /// A logit that the softmax has beside the keys'.
    var sink: Float?
  }

  let team: Team
  let blas: OpenBLAS
  let scale: Double
  let sequences: Int
  let length: Int

  /// Queries that are scored together.
  static let run = 128

  /// - Parameter window: how many keys a position sees at most, itself counted; nil for all.
  func apply(
    heads: Int, window: Int? = nil, selection: KeySelection? = nil, _ head: @escaping @Sendable (Int) -> Head
  ) throws(CheckpointError) {
    let runs = length.ceilDiv(Self.run)
    let isSmall = sequences * heads * length * length < 1 << 14
    try team.forEach(sequences * heads * runs, alone: isSmall) { (unit, worker) throws(CheckpointError) in
      // The longest runs come first, so that none is left for the end.
      let run = runs - 1 - unit / (sequences * heads)
      let (sequence, number) = (unit / heads % sequences, unit % heads)
      let queries = run * Self.run..<min(length, (run + 1) * Self.run)
      let start = sequence * length
      let head = head(number)
      let scores = try worker.block(.output, queries.count, queries.upperBound)
      let rows = start + queries.lowerBound..<start + queries.upperBound
      let seen = start..<start + queries.upperBound
      for (i, part) in head.parts.enumerated() {
        blas.multiply(
          part.query[rows: rows], transposed: part.key[rows: seen], into: scores, alpha: Float(scale),
          beta: i == 0 ? 0 : 1)
      }
      for (i, position) in queries.enumerated() {
        let row = scores.row(i)
        let first = max(0, position - (window ?? length) + 1)
        selection?.hideOthers(of: start + position, in: UnsafeMutableBufferPointer(rebasing: row[...position]))
        Elementwise.softmax(UnsafeMutableBufferPointer(rebasing: row[first...position]), sink: head.sink)
        for earlier in 0..<first { row[earlier] = 0 }
        for later in position + 1..<max(position + 1, row.count) { row[later] = 0 }
      }
      blas.multiply(scores, head.value[rows: seen], into: head.output[rows: rows])
    }
  }
}
