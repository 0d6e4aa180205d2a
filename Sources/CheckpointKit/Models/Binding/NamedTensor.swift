/// A tensor as its stored names tell it, where no family says what it means: `x.weight` with `x.weight_scale_inv` is one.
public struct NamedTensor: Sendable {
  /// Of the main part, without the suffix of its encoding.
  public let name: String
  public let shape: Shape
  public let piece: Piece
}

extension Checkpoint {
  /// The tensors of a checkpoint of any family, by their stored names. What has no encoding that is read here is found.
  public func namedTensors() -> (tensors: [NamedTensor], findings: [Finding]) {
    var tensors: [NamedTensor] = []
    var unread: [Int] = []
    if container == .gguf {
      for (i, record) in records.enumerated() {
        let layout = record.block.flatMap { GGUFBlockLayout($0) as (any EncodingLayout)? } ?? Self.plainLayout(record)
        guard let layout else {
          unread.append(i)
          continue
        }
        tensors.append(NamedTensor(record.name.string, record.shape, layout, [i]))
      }
    } else {
      (tensors, unread) = tensorsOfParts()
    }
    return (tensors, unread.first.map { [notRead($0, others: unread.count - 1)] } ?? [])
  }

  private static func plainLayout(_ record: TensorRecord) -> (any EncodingLayout)? {
    PlainLayout.dtypes.contains(record.dtype) ? PlainLayout(record.dtype) : nil
  }

  private func notRead(_ index: Int, others: Int) -> Finding {
    let record = records[index]
    return Finding(
      .warning, .encodingUnsupported, file: shard(of: record).name, tensor: record.name.string,
      "is \(record.typeName) \(record.shape), which no encoding that is read here has: it is not compared"
        + (others > 0 ? ", nor are \(others) others" : ""))
  }

  // MARK: Safetensors

  /// Suffixes of main parts, and those of the parts that stand beside them.
  private static let mainSuffixes = ["_packed", "_blocks"]
  private static let sideSuffixes = EncodingLayouts.partSuffixes.filter { !$0.isEmpty && !mainSuffixes.contains($0) }

  private func tensorsOfParts() -> (tensors: [NamedTensor], unread: [Int]) {
    var places: [String: Int] = [:]
    for (i, record) in records.enumerated() { places[record.name.string] = i }
    /// The tensor that a name is a side part of, if its main part is there.
    func owner(_ name: String) -> String? {
      for suffix in Self.sideSuffixes where name.hasSuffix(suffix) {
        let base = String(name.dropLast(suffix.count))
        if places[base] != nil || Self.mainSuffixes.contains(where: { places[base + $0] != nil }) { return base }
      }
      return nil
    }
    var tensors: [NamedTensor] = []
    var unread: [Int] = []
    for (i, record) in records.enumerated() {
      let name = record.name.string
      if owner(name) != nil { continue }
      let main = Self.mainSuffixes.first { name.hasSuffix($0) } ?? ""
      let base = String(name.dropLast(main.count))
      var parts: [(suffix: String, record: Int)] = [(main, i)]
      for suffix in Self.sideSuffixes { if let place = places[base + suffix] { parts.append((suffix, place)) } }
      // A name may end like a part and be none.
      guard let tensor = tensor(base, parts) ?? (main.isEmpty ? nil : tensor(name, [("", i)])) else {
        unread.append(i)
        continue
      }
      tensors.append(tensor)
    }
    return (tensors, unread)
  }

  private func tensor(_ name: String, _ parts: [(suffix: String, record: Int)]) -> NamedTensor? {
    let stored = StoredParts(
      parts.map { .init(suffix: $0.suffix, dtype: records[$0.record].dtype, shape: records[$0.record].shape) })
    guard let shape = Self.shape(of: stored), let layout = try? EncodingLayouts.recognise(stored, of: shape) else {
      return nil
    }
    let order = layout.parts(for: shape).map { part in parts.first { $0.suffix == part.suffix }?.record ?? -1 }
    return NamedTensor(name, shape, layout, order)
  }

  /// What the main part says of the tensor's shape.
  private static func shape(of stored: StoredParts) -> Shape? {
    guard let main = stored.parts.first else { return nil }
    let (dimensions, columns): ([Int], (partialValue: Int, overflow: Bool))
    switch main.suffix {
    case "_packed" where main.shape.rank == 2:
      (dimensions, columns) = ([main.shape[0]], main.shape[1].multipliedReportingOverflow(by: 8))
    case "_blocks" where main.shape.rank > 2:
      dimensions = Array(main.shape.dimensions.dropLast(2))
      columns = main.shape[dimensions.count].multipliedReportingOverflow(by: MXFP4Layout.block)
    case "": return main.shape
    default: return nil
    }
    return columns.overflow ? nil : Shape(dimensions + [columns.partialValue])
  }
}

extension NamedTensor {
  fileprivate init(_ name: String, _ shape: Shape, _ layout: any EncodingLayout, _ records: [Int]) {
    self.name = name
    self.shape = shape
    piece = Piece(layout: layout, records: records, shape: shape, view: MatrixView(all: shape))
  }
}
