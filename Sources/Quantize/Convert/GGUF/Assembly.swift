public import CheckpointKit

/// A tensor of a GGUF file, put together out of the rows of logical tensors.
public struct Assembly: Sendable {
  public let name: String
  public let role: Role?
  public let layer: Int?
  /// Indices of the binding's tensors: one for each matrix, or one for all of them.
  let sources: [Int]
  let rowsPerSlice: Int
  let rows: GGUFLayout.Rows
  /// For each column, the column of the source; nil where they are the same.
  let columns: [Int32]?
  /// What every value goes through.
  let function: Elementwise?
  /// Codes are kept, and only change places.
  let isTranscoded: Bool
  /// Its entry in an importance matrix, if there is one.
  let importance: ImportanceMatrix.Entry?

  /// Rows counted through all matrices, cut at their ends: which matrix, and which of its rows.
  func slices(of rows: Range<Int>) -> [(slice: Int, rows: Range<Int>)] {
    guard rowsPerSlice > 0, !rows.isEmpty else { return [] }
    return (rows.lowerBound / rowsPerSlice...(rows.upperBound - 1) / rowsPerSlice).map { slice in
      let start = slice * rowsPerSlice
      return (slice, max(rows.lowerBound - start, 0)..<min(rows.upperBound - start, rowsPerSlice))
    }
  }

  /// The binding's tensor that a matrix is made of.
  func source(_ slice: Int) -> Int { sources.count == 1 ? sources[0] : sources[slice] }

  // MARK: Memory

  /// What a panel needs beside its output.
  struct Needs {
    /// Rows that are decoded and encoded in one go.
    var stripRows: Int
    var values: Int
    /// Rows of the source in an order of their own; 0 where they come as they are wanted.
    var aside: Int
    var stored: Int

    var bytes: Int { [values, values, aside, stored].reduce(0) { $0 + max(1, $1).roundedUp(to: 64) } }
  }

  /// - Parameter shape: of the whole tensor.
  func needs(_ shape: Shape, _ binding: Binding, panelRows: Int) -> Needs {
    let stripRows = min(
      panelRows, max(1, rowsPerSlice), max(16, ConvertPlan.stripBytes / max(1, shape.columns * 4) / 16 * 16))
    var needs = Needs(stripRows: stripRows, values: stripRows * shape.columns * 4, aside: 0, stored: 0)
    guard !sources.isEmpty else { return needs }
    let bound = binding.tensors[sources[0]]
    switch rows {
    case .all: needs.stored = PieceReader.scratchBytes(stripRows, of: bound.pieces)
    case .picked:
      needs.aside = needs.values
      needs.stored = PieceReader.scratchBytes(stripRows, of: bound.pieces)
    case .transposed:
      // All rows that one matrix comes from.
      needs.aside = shape.columns * rowsPerSlice * 4
      needs.stored = PieceReader.scratchBytes(shape.columns, of: bound.pieces)
    case .computed: break
    }
    // One row, in the order of the source.
    if columns != nil { needs.aside = max(needs.aside, shape.columns * 4) }
    return needs
  }

  /// Rows of a panel: whole matrices where they are small.
  func panelRows(_ shape: Shape, _ target: any EncodingLayout) -> Int {
    let bytesPerRow = max(1, target.parts(for: shape).reduce(0) { $0 + $1.byteRange(rows: 0..<1).count })
    // Values are four bytes a column while they are worked on; a panel of few bytes should not mean many of them.
    let most = max(16, PlanBuilder.panelBytes / bytesPerRow)
    if rowsPerSlice <= most { return most / max(1, rowsPerSlice) * max(1, rowsPerSlice) }
    return max(16, most / 16 * 16)
  }
}
