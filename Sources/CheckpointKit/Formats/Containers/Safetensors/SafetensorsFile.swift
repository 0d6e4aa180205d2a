/// The layout of a safetensors file that is to be written: header bytes, and where each tensor goes.
///
/// The same tensors give the same bytes: the header names them in the order of their data, metadata is sorted by key and
/// always says `format: pt` (older loaders refuse a file without it), and spaces pad the header to a multiple of 8.
public struct SafetensorsFile: Sendable {
  /// What stands before the first tensor: 8 bytes of length, then the padded JSON.
  public let header: [UInt8]
  /// Where each tensor's bytes go, from the start of the file, in the order the tensors were given.
  public let ranges: [Range<Int>]
  public let byteCount: Int

  /// - Parameters:
  ///   - tensors: in the wanted order. Those whose size is no multiple of 8 bytes are put last, largest element first,
  ///     so that every tensor begins on a multiple of its element size.
  ///   - metadata: more of `__metadata__`.
  public init(_ tensors: [StoredTensor], metadata: [(key: String, value: String)] = []) {
    let order = Self.alignedOrder(tensors)
    var json = "{\"__metadata__\":{"
    var pairs = metadata.filter { !sameBytes($0.key, "format") } + [(key: "format", value: "pt")]
    pairs.sort { TensorName($0.key) < TensorName($1.key) }
    for (i, pair) in pairs.enumerated() {
      if i > 0 { json += "," }
      appendJSONString(pair.key, to: &json)
      json += ":"
      appendJSONString(pair.value, to: &json)
    }
    json += "}"
    var offsets = [Range<Int>](repeating: 0..<0, count: tensors.count)
    var end = 0
    for i in order {
      let tensor = tensors[i]
      offsets[i] = end..<end + tensor.byteCount
      json += ","
      appendJSONString(tensor.name.string, to: &json)
      json += ":{\"dtype\":\"\(tensor.dtype.name)\",\"shape\":["
      json += tensor.shape.dimensionTexts(tensor.shape.rank).joined(separator: ",")
      json += "],\"data_offsets\":[\(end),\(end + tensor.byteCount)]}"
      end += tensor.byteCount
    }
    json += "}"
    let length = json.utf8.count.roundedUp(to: 8)
    var header = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    header.reserveCapacity(8 + length)
    header.append(contentsOf: json.utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 8 + length - header.count))
    self.header = header
    ranges = offsets.map { header.count + $0.lowerBound..<header.count + $0.upperBound }
    byteCount = header.count + end
  }

  private static func alignedOrder(_ tensors: [StoredTensor]) -> [Int] {
    let (even, odd) = (
      tensors.indices.filter { tensors[$0].byteCount % 8 == 0 },
      tensors.indices.filter { tensors[$0].byteCount % 8 != 0 }
    )
    return even + odd.sorted { (-tensors[$0].dtype.alignment, $0) < (-tensors[$1].dtype.alignment, $1) }
  }
}

/// Lays out safetensors files; all have the same metadata.
public struct SafetensorsWriter: ContainerWriter {
  let metadata: [(key: String, value: String)]

  /// - Parameter metadata: what every header says beside `format: pt`.
  public init(metadata: [(key: String, value: String)] = []) { self.metadata = metadata }

  public var container: Container { .safetensors }

  public func layout(_ tensors: [StoredTensor], at place: FilePlace) -> FileLayout {
    let file = SafetensorsFile(tensors, metadata: metadata)
    return FileLayout(header: file.header, ranges: file.ranges, byteCount: file.byteCount)
  }
}
