/// What a manifest says of the records of a checkpoint that is cut otherwise, and which of them were seen.
struct ExpectedTensors: Sendable {
  private let places: RecordPlaces
  private var results: RegionResults
  /// Records that the manifest has with another type or shape.
  private var others: Set<Int> = []
  private var seen: [Bool]
  private(set) var hasSeen = false

  /// Reads what the manifest says, a file at a time. Where two files have a tensor, the last one's counts.
  init(_ manifest: ManifestOutline, _ records: [TensorRecord]) throws(CheckpointError) {
    places = RecordPlaces(records)
    results = RegionResults(count: records.count)
    seen = Array(repeating: false, count: records.count)
    for outline in manifest.files where outline.tensorCount > 0 {
      for tensor in try manifest.whole(outline).tensors {
        guard let number = places[tensor.name] else { continue }
        let record = records[number]
        // The slices of a tensor of another size are of other bytes.
        let slices = tensor.range.count == record.range.count ? tensor.slices : []
        results[number] = ContentReader.RegionResult(digest: tensor.digest, slices: slices)
        if tensor.typeName != record.typeName || tensor.shape != record.shape {
          others.insert(number)
        } else {
          others.remove(number)
        }
      }
    }
  }

  /// nil where the manifest has no such tensor.
  func digest(_ record: Int) -> SHA256Digest? { results[record].digest }

  func slices(_ record: Int) -> [SHA256Digest] { results[record].slices }

  /// Whether the manifest has another type or shape.
  func isOther(_ record: Int) -> Bool { others.contains(record) }

  mutating func see(_ record: Int) {
    seen[record] = true
    hasSeen = true
  }

  func isSeen(_ name: TensorName) -> Bool { places[name].map { seen[$0] } ?? false }
}
