/// Lays out GGUF files: version 3, alignment 32, tensors in the order they are given.
///
/// | file | keys |
/// |---|---|
/// | the only one | those given |
/// | first of a set | those given, then `split.no`, `split.tensors.count`, `split.count` |
/// | others of a set | the three of the split alone |
///
/// So `llama-gguf-split` writes them, byte for byte. Keys that say how a file is laid out are left out of those given:
/// `general.alignment` (32 is what readers assume) and `split.*`.
public struct GGUFWriter: ContainerWriter {
  /// Encoded keys with their values, in order.
  private let fields: [UInt8]
  private let fieldCount: Int

  /// Files of a set: `split.count` is a u16.
  public static let mostFiles = 65_535

  /// Keys that the writer itself decides.
  static let ownKeys = ["general.alignment", "split.no", "split.count", "split.tensors.count"]

  /// - Parameters:
  ///   - fields: keys with their values as ``GGUFField/encoded(_:_:as:)`` gives them, one after the other.
  ///   - count: how many.
  public init(fields: [UInt8], count: Int) {
    self.fields = fields
    fieldCount = count
  }

  /// The keys of a file, as they stand there.
  public init(copying header: GGUFHeader, from file: OpenFile) throws(CheckpointError) {
    var bytes: [UInt8] = []
    var count = 0
    for run in Self.runs(header.fields) {
      bytes += try file.readBytes(run.range)
      count += run.count
    }
    self.init(fields: bytes, count: count)
  }

  /// Runs of keys that are kept.
  private static func runs(_ fields: [GGUFField]) -> [(range: Range<Int>, count: Int)] {
    var runs: [(range: Range<Int>, count: Int)] = []
    for field in fields where !ownKeys.contains(where: { sameBytes($0, field.key) }) {
      if let last = runs.last, last.range.upperBound == field.range.lowerBound {
        runs[runs.count - 1] = (last.range.lowerBound..<field.range.upperBound, last.count + 1)
      } else {
        runs.append((field.range, 1))
      }
    }
    return runs
  }

  public var container: Container { .gguf }

  public func layout(_ tensors: [StoredTensor], at place: FilePlace) -> FileLayout {
    let alignment = GGUFHeader.usualAlignment
    let isFirst = place.number == 0
    let splitKeys = place.count > 1 ? 3 : 0
    var header = GGUFHeader.magic
    header.reserveCapacity((isFirst ? fields.count : 0) + 200 + tensors.count * 120)
    appendLittleEndian(UInt32(3), to: &header)
    appendLittleEndian(Int64(tensors.count), to: &header)
    appendLittleEndian(Int64((isFirst ? fieldCount : 0) + splitKeys), to: &header)
    if isFirst { header += fields }
    if splitKeys > 0 { appendSplit(place, to: &header) }
    var offset = 0
    var offsets: [Int] = []
    for tensor in tensors {
      append(tensor, at: offset, to: &header)
      offsets.append(offset)
      offset += tensor.byteCount.roundedUp(to: alignment)
    }
    // As ggml does: padded even where no tensor follows.
    let padding = header.count.roundedUp(to: alignment) - header.count
    header.append(contentsOf: repeatElement(0, count: padding))
    let ranges = zip(tensors, offsets).map { tensor, offset in
      header.count + offset..<header.count + offset + tensor.byteCount
    }
    return FileLayout(header: header, ranges: ranges, byteCount: header.count + offset)
  }

  private func appendSplit(_ place: FilePlace, to header: inout [UInt8]) {
    let keys: [(String, Int, GGUFValueType)] = [
      ("split.no", place.number, .uint16), ("split.tensors.count", place.tensorCount, .int32),
      ("split.count", place.count, .uint16),
    ]
    for (key, value, type) in keys {
      guard let bytes = GGUFField.encoded(key, .signed(Int64(value)), as: type) else {
        preconditionFailure("\(key) of \(value): the planner allows no such set")
      }
      header += bytes
    }
  }

  private func append(_ tensor: StoredTensor, at offset: Int, to header: inout [UInt8]) {
    guard let type = tensor.block ?? GGUFType(tensor.dtype) else {
      preconditionFailure("\(tensor.dtype) has no GGUF type: the planner allows no such tensor")
    }
    appendGGUFString(tensor.name.string, to: &header)
    // The contiguous dimension first; dimensions of 1 at the end are left out, but for one.
    var dimensions = Array(tensor.shape.dimensions.reversed())
    while dimensions.count > 1, dimensions.last == 1 { dimensions.removeLast() }
    if dimensions.isEmpty { dimensions = [1] }
    appendLittleEndian(UInt32(dimensions.count), to: &header)
    for dimension in dimensions { appendLittleEndian(Int64(dimension), to: &header) }
    appendLittleEndian(type.rawValue, to: &header)
    appendLittleEndian(UInt64(offset), to: &header)
  }
}
