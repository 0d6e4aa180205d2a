/// Which keys have the largest scores.
///
/// Scores of an indexer are often exactly 0 for many keys, and then the formula does not say which of them count. torch
/// leaves it open, too: its `topk` on a CPU is `std::nth_element`, and takes what that puts in front. Here are the same
/// steps in the same order, those of libstdc++ (`bits/stl_algo.h`, `__introselect`), so that the keys are the same.
struct LargestScores {
  private var order: [(score: Float, place: Int)]

  /// - Parameters:
  ///   - scores: of the keys up to the position's own.
  ///   - length: of the sequence; torch has the later keys in its list, below all others.
  init(_ scores: UnsafeBufferPointer<Float>, length: Int) {
    order = scores.enumerated().map { ($1, $0) }
    order += (scores.count..<max(scores.count, length)).map { (-Float.greatestFiniteMagnitude, $0) }
  }

  /// Places of the largest, ascending.
  static func places(_ count: Int, of scores: UnsafeBufferPointer<Float>, length: Int) -> [Int] {
    if scores.count <= count { return Array(scores.indices) }
    var largest = LargestScores(scores, length: length)
    largest.select(count)
    return largest.order.prefix(count).map(\.place).sorted()
  }

  /// Brings the `count` largest to the front, in no order.
  private mutating func select(_ count: Int) {
    // torch sorts with a heap where it wants few of many; that, and what is left after too many steps, is sorted here.
    var steps = order.count < 64 * count ? 2 * (Int.bitWidth - 1 - order.count.leadingZeroBitCount) : 0
    var range = 0..<order.count
    while range.count > 3 {
      if steps == 0 { return sort() }
      steps -= 1
      let cut = partition(range)
      range = cut < count ? cut..<range.upperBound : range.lowerBound..<cut
    }
    insertionSort(range)
  }

  private func isLarger(_ a: Int, _ b: Int) -> Bool { order[a].score > order[b].score }

  /// Around the median of three, which moves to the front.
  private mutating func partition(_ range: Range<Int>) -> Int {
    let (first, a, b, c) = (
      range.lowerBound, range.lowerBound + 1, range.lowerBound + range.count / 2, range.upperBound - 1
    )
    let median =
      isLarger(a, b) ? isLarger(b, c) ? b : isLarger(a, c) ? c : a : isLarger(a, c) ? a : isLarger(b, c) ? c : b
    order.swapAt(first, median)
    var (low, high) = (first + 1, range.upperBound)
    while true {
      // The median stops both, but where a score is not a number.
      while low < range.upperBound, isLarger(low, first) { low += 1 }
      high -= 1
      while high > first, isLarger(first, high) { high -= 1 }
      if low >= high { return low }
      order.swapAt(low, high)
      low += 1
    }
  }

  private mutating func insertionSort(_ range: Range<Int>) {
    for i in range.dropFirst() {
      var place = i
      while place > range.lowerBound, isLarger(place, place - 1) {
        order.swapAt(place, place - 1)
        place -= 1
      }
    }
  }

  /// Of equal scores the first stand in front.
  private mutating func sort() {
    order.sort { $0.score > $1.score || $0.score == $1.score && $0.place < $1.place }
  }
}
