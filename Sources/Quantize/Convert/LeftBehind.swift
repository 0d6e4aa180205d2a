public import CheckpointKit

/// What a conversion leaves out of its result: a tensor, or a file of tensors.
public struct LeftBehind: Sendable {
  public var name: String
  public var why: String

  /// What is left whatever the result is: files that the source's index does not name, and junk.
  ///
  /// - Parameter carriesUnknown: whether stored tensors that no spec names are copied.
  static func ofSource(_ binding: Binding, _ model: ModelLayout, carriesUnknown: Bool) -> [LeftBehind] {
    let checkpoint = binding.checkpoint
    func records(_ numbers: [Int], _ why: String) -> [LeftBehind] {
      numbers.map { LeftBehind(name: checkpoint.records[$0].name.string, why: why) }
    }
    return checkpoint.unreadWeights.map { LeftBehind(name: $0, why: "a file of weights that the index does not name") }
      + records(binding.junk, "the spec \(model.spec.name) calls it junk")
      + (carriesUnknown ? [] : records(binding.unknown, "the spec \(model.spec.name) does not name it"))
  }
}

/// A head that is stored though config.json ties it to the embedding.
///
/// Who trained it apart means it: it counts as tied only where it holds the same values.
struct TiedHead: Sendable {
  /// Index into the model's tensors.
  let tensor: Int
  let isCopy: Bool

  /// nil where the head is not tied, or none is stored.
  ///
  /// Both are read up to the first row that differs: for a head of its own that is one row.
  init?(_ binding: Binding, _ model: ModelLayout) throws(CheckpointError) {
    guard model.isTied, let head = Self.find("head", binding, model), let embed = Self.find("embed", binding, model)
    else { return nil }
    tensor = head.tensor
    let shape = model.tensors[head.tensor].shape
    guard shape == model.tensors[embed.tensor].shape else {
      isCopy = false
      return
    }
    let reader = PieceReader(binding.checkpoint)
    let (scratch, ours, theirs) = (ReadScratch(), ReadScratch(), ReadScratch())
    var isCopy = true
    var rows = 1
    var next = 0
    while isCopy, next < shape.rows {
      let range = next..<min(shape.rows, next + rows)
      let (a, b) = (
        try ours.values(range.count * shape.columns), try theirs.values(range.count * shape.columns)
      )
      try reader.read(range, of: head.pieces, shape, into: a, scratch: scratch)
      try reader.read(range, of: embed.pieces, shape, into: b, scratch: scratch)
      isCopy = UnsafeRawBufferPointer(a).elementsEqual(UnsafeRawBufferPointer(b))
      next = range.upperBound
      rows = max(1, (1 << 18) / max(1, shape.columns))
    }
    self.isCopy = isCopy
  }

  private static func find(_ role: String, _ binding: Binding, _ model: ModelLayout) -> Binding.Bound? {
    binding.tensors.first { model.tensors[$0.tensor].role.name == role && model.tensors[$0.tensor].group == .text }
  }
}
