import Testing

@testable import ReferenceForward

/// Expected places: `torch.topk` of torch 2.13.0 on a CPU, with the keys that lie ahead as `torch.finfo(torch.float32).min`.
@Suite struct LargestScoresTests {
  @Test(
    "of equal scores those are taken that torch takes",
    arguments: [
      ([0, 1, 1, 0, 0, 1, -1, 2, 1], 9, [1, 5, 7]),
      (
        [0, 1, 0, -1, 0, 1, 0, 0, 2, -1, 1, 1, -1, -1, 2, 0, 0, 2, 0, 1, -1, 2, 0, 2], 24,
        [8, 10, 11, 14, 17, 19, 21, 23]
      ),
      ([0, 0, 1, 0, 0, 0, 0, -1, 1, 2, -1, 2, -1], 24, [0, 2, 8, 9, 11]),
      (
        [
          -1, 2, 1, -1, 0, 0, 0, 0, 0, -1, 0, 0, 2, -1, 2, 0, -1, 1, -1, 1, 0, 1, 1, -1, 1, 0, 0, 2, 0, 0, 1, 2, 2, 0,
          2,
          0, 1, 1, 1, 0,
        ], 40, [1, 12, 14, 17, 27, 31, 32, 34]
      ),
      ([2, 2, 0, 2, 1, 0, 0, 0, 0, -1, 2, -1, 0, 0, 0, -1, 0, 0, 0, -1], 150, [0, 1, 3, 4, 10, 12, 18]),
    ] as [([Float], Int, [Int])])
  func ties(scores: [Float], length: Int, places: [Int]) {
    #expect(scores.withUnsafeBufferPointer { LargestScores.places(places.count, of: $0, length: length) } == places)
  }

  @Test("where fewer are wanted than one in 64, the first of equal scores are taken")
  func few() {
    let scores = [Float](repeating: 0, count: 127) + [1, 0, 0]
    #expect(scores.withUnsafeBufferPointer { LargestScores.places(2, of: $0, length: 130) } == [0, 127])
  }

  @Test("scores that are no numbers do not stop the choice")
  func noNumbers() {
    for count in 1..<12 {
      let scores = (0..<12).map { $0 % 3 == 0 ? Float.nan : Float($0 % 5) }
      let places = scores.withUnsafeBufferPointer { LargestScores.places(count, of: $0, length: 20) }
      #expect(Set(places).count == count)
    }
  }
}
