/// Which keys each position attends to in a layer of sparse attention (DSA).
public struct KeySelection: Sendable, Equatable {
  /// The decoder layer whose indexer chose, from 0.
  public let layer: Int
  /// How many keys a position has, at most: no more than there are positions.
  public let kept: Int
  /// `positions × kept`: for each position, places in its sequence in ascending order, then −1 where there are fewer.
  public var keys: [Int32]

  /// - Parameter places: a row for each position.
  init(layer: Int, kept: Int, places: Block) {
    self.layer = layer
    self.kept = kept
    keys = (0..<places.rows).flatMap { row in places.row(row).map { Int32($0) } }
  }

  /// Makes the scores of keys that a position does not attend to −∞.
  func hideOthers(of position: Int, in scores: UnsafeMutableBufferPointer<Float>) {
    var next = 0
    for key in keys[position * kept..<(position + 1) * kept] where key >= 0 {
      for hidden in next..<Int(key) { scores[hidden] = -.infinity }
      next = Int(key) + 1
    }
    for hidden in next..<scores.count { scores[hidden] = -.infinity }
  }
}
