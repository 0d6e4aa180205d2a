/// Where the boundaries between the weight files of a result go.
public enum Sharding: Sendable, Equatable {
  /// Where they are in the source; a tensor goes with its main part.
  case asSource
  /// Files of at most so many bytes of tensors, filled in order; a larger tensor gets a file of its own.
  case upTo(bytes: Int)
  /// One file for each decoder layer; what belongs to no layer goes into the first.
  case byLayer

  /// The files, each a list of indices of `items`.
  ///
  /// - Parameter items: in the source's order: which shard the main part lies in, the layer if any, the bytes.
  public func files(_ items: [(shard: Int, layer: Int?, bytes: Int)]) -> [[Int]] {
    var files: [[Int]] = []
    switch self {
    case .asSource:
      var last: Int?
      for (i, item) in items.enumerated() {
        if item.shard != last { files.append([]) }
        files[files.count - 1].append(i)
        last = item.shard
      }
    case .upTo(let limit):
      var room = 0
      for (i, item) in items.enumerated() {
        if files.isEmpty || item.bytes > room {
          files.append([])
          room = limit
        }
        files[files.count - 1].append(i)
        room -= item.bytes
      }
    case .byLayer:
      let layers = Set(items.map { $0.layer ?? -1 }).sorted()
      files = layers.map { layer in items.indices.filter { (items[$0].layer ?? -1) == layer } }
    }
    return files
  }
}
