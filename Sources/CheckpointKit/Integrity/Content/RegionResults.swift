/// What was found of the ranges of a file: their digests side by side, and the rest only where there is any.
///
/// A file may have half a million ranges: some 40 bytes each.
struct RegionResults: RandomAccessCollection, Sendable {
  private var digests: [SHA256Digest?] = []
  private var slices: [Int: [SHA256Digest]] = [:]
  /// What the scan saw, in bits; counts stand beside.
  private var marks: [UInt8] = []
  private var counted: [Int: Manifest.Content] = [:]

  private static let (isZero, isConstant): (UInt8, UInt8) = (1, 2)

  /// - Parameter count: how many ranges there are; of each, nothing is known yet.
  init(count: Int = 0) {
    digests = Array(repeating: nil, count: count)
    marks = Array(repeating: 0, count: count)
  }

  var startIndex: Int { 0 }
  var endIndex: Int { digests.count }

  subscript(i: Int) -> ContentReader.RegionResult {
    get { result(i) }
    set {
      digests[i] = newValue.digest
      slices[i] = newValue.slices.isEmpty ? nil : newValue.slices
      let content = newValue.content
      marks[i] = (content.isZero ? Self.isZero : 0) | (content.isConstant ? Self.isConstant : 0)
      let hasCounts = content.nanCount > 0 || content.infinityCount > 0 || content.badScales > 0
      counted[i] = hasCounts ? content : nil
    }
  }

  private func result(_ i: Int) -> ContentReader.RegionResult {
    var content = counted[i] ?? Manifest.Content()
    content.isZero = marks[i] & Self.isZero != 0
    content.isConstant = marks[i] & Self.isConstant != 0
    return ContentReader.RegionResult(digest: digests[i], slices: slices[i] ?? [], content: content)
  }
}
