public import CheckpointKit

/// How a tensor of the result is put together: for each of its matrices, which rows of what is stored.
///
/// A tensor of a folder has one matrix, all rows of one source. A stack of experts has a matrix for each, a tensor of a
/// GGUF file rows in an order of their own besides.
public struct Arrangement: Sendable {
  enum Sources: Sendable {
    /// What is worked out and stored nowhere.
    case none
    /// The binding's tensor that all matrices come from.
    case one(Int)
    /// The binding's tensor of each matrix.
    case each([Int])
    /// One matrix out of pieces of stored tensors, whatever they mean.
    case pieces([Piece])
  }

  /// What is done with the rows.
  enum Route: Sendable {
    /// Values are decoded and encoded.
    case encode
    /// The same where it must be; rows that are stored as they should be are copied.
    case copyOrEncode
    /// Codes are kept, and only change places.
    case transcode
  }

  /// Where it is not the logical tensor's.
  var name: String?
  var sources: Sources
  var route: Route = .encode
  var rowsPerSlice: Int
  var rows: GGUFLayout.Rows = .all
  /// For each column, the column of the source; nil where they are the same.
  var columns: [Int32]?
  /// What every value goes through.
  var function: Elementwise?
  /// Its entry in an importance matrix, if there is one.
  var importance: ImportanceMatrix.Entry?

  /// Rows counted through all matrices, cut at their ends: which matrix, and which of its rows.
  func slices(of rows: Range<Int>) -> [(slice: Int, rows: Range<Int>)] {
    guard rowsPerSlice > 0, !rows.isEmpty else { return [] }
    return (rows.lowerBound / rowsPerSlice...(rows.upperBound - 1) / rowsPerSlice).map { slice in
      let start = slice * rowsPerSlice
      return (slice, max(rows.lowerBound - start, 0)..<min(rows.upperBound - start, rowsPerSlice))
    }
  }

  /// The binding's tensors that it is made of.
  var bound: [Int] {
    switch sources {
    case .none, .pieces: []
    case .one(let source): [source]
    case .each(let sources): sources
    }
  }

  /// The binding's tensor that a matrix is made of.
  func bound(_ slice: Int) -> Int? {
    switch sources {
    case .none, .pieces: nil
    case .one(let source): source
    case .each(let sources): sources[slice]
    }
  }

  /// What a matrix is read from.
  func pieces(_ slice: Int, _ binding: Binding) -> [Piece] {
    if case .pieces(let pieces) = sources { return pieces }
    return bound(slice).map { binding.tensors[$0].pieces } ?? []
  }

  /// All that it is read from.
  func pieces(_ binding: Binding) -> [Piece] {
    if case .pieces(let pieces) = sources { return pieces }
    return bound.flatMap { binding.tensors[$0].pieces }
  }

  /// The stored rows of a matrix where they are the rows that are wanted: a run of whole ones in one stored tensor.
  func run(_ pieces: [Piece]) -> Piece? {
    guard case .all = rows, pieces.count == 1, pieces[0].view.isContiguous(in: pieces[0].shape) else { return nil }
    return pieces[0]
  }
}

// MARK: Sizes

extension Arrangement {
  /// What a panel takes, for whoever plans it and whoever fills it.
  struct Needs {
    /// Rows that are read at a time where they are a run: whole tiles of both encodings.
    var chunkRows: Int
    /// Rows that are decoded and encoded in one go.
    var stripRows: Int
    /// A strip of values, and as much again to measure.
    var values: Int
    /// Values of the source in an order of their own; 0 where they come as they are wanted.
    var aside: Int
    var stored: Int

    /// Beside the output.
    var bytes: Int { [values, values, aside, stored].reduce(0) { $0 + max(1, $1).roundedUp(to: 64) } }
  }

  /// - Parameters:
  ///   - shape: of the whole tensor.
  ///   - panelRows: of this panel.
  func needs(_ shape: Shape, _ target: any EncodingLayout, _ binding: Binding, panelRows: Int) -> Needs {
    let stripRows = min(PanelSizes.stripRows(shape, target), panelRows, max(1, rowsPerSlice))
    var needs = Needs(
      chunkRows: stripRows, stripRows: stripRows, values: stripRows * shape.columns * 4, aside: 0, stored: 0)
    let forms = forms(binding)
    let scratch = { rows in forms.reduce(0) { max($0, PieceReader.scratchBytes(rows, of: $1)) } }
    switch rows {
    case .computed: break
    case .all:
      let runs = forms.compactMap { run($0) }
      if let least = runs.map({ PanelSizes.chunkRows($0.shape, $0.layout, target) }).min() {
        needs.chunkRows = min(least, panelRows, max(1, rowsPerSlice))
      }
      needs.stored = runs.reduce(scratch(stripRows)) { max($0, Self.storedBytes(needs.chunkRows, of: $1)) }
    case .picked:
      needs.aside = needs.values
      needs.stored = scratch(stripRows)
    case .transposed:
      // All rows that one matrix comes from.
      needs.aside = shape.columns * rowsPerSlice * 4
      needs.stored = scratch(shape.columns)
    }
    // One row, in the order of the source.
    if columns != nil { needs.aside = max(needs.aside, shape.columns * 4) }
    return needs
  }

  /// What its matrices are read from, each form once: most are alike, but for where they stand.
  private func forms(_ binding: Binding) -> [[Piece]] {
    guard case .each(let sources) = sources else { return [pieces(0, binding)] }
    var forms: [[Piece]] = []
    for source in sources {
      let pieces = binding.tensors[source].pieces
      if let last = forms.last, last.elementsEqual(pieces, by: Self.areAlike) { continue }
      forms.append(pieces)
    }
    return forms
  }

  private static func areAlike(_ a: Piece, _ b: Piece) -> Bool {
    var view = a.view
    (view.slice, view.firstRow) = (b.view.slice, b.view.firstRow)
    return view == b.view && a.shape == b.shape && a.layout.isSame(as: b.layout)
  }

  /// Bytes of all parts that serve so many rows, wherever they begin.
  private static func storedBytes(_ rows: Int, of piece: Piece) -> Int {
    piece.layout.parts(for: piece.shape).reduce(0) { sum, part in
      // A run of rows may begin and end inside a row of scales.
      let slack = (part.rowsPerRow ?? 1) - 1
      return sum + part.byteRange(rows: 0..<min(piece.shape.rows, rows + slack)).count.roundedUp(to: 64)
    }
  }

  /// Rows of a panel: whole matrices where they are small.
  func panelRows(_ shape: Shape, _ target: any EncodingLayout, _ binding: Binding) -> Int {
    let rows = PanelSizes.panelRows(shape, target, from: run(pieces(0, binding)).map { ($0.layout, $0.shape) })
    return rowsPerSlice > 0 && rowsPerSlice <= rows ? rows / rowsPerSlice * rowsPerSlice : rows
  }
}

extension ConvertPlan.Work {
  /// What is laid out for it, where it is put together; nil where it is copied.
  ///
  /// - Parameter name: of the tensor, where the arrangement has none of its own.
  func draft(name: String, _ binding: Binding, number: Int) -> PlanBuilder.Draft? {
    guard let arrangement, let target else { return nil }
    let rows = arrangement.panelRows(shape, target, binding)
    let needs = arrangement.needs(shape, target, binding, panelRows: min(rows, max(1, shape.rows)))
    return PlanBuilder.Draft(
      name: arrangement.name ?? name, layout: target, shape: shape, panelRows: rows, scratch: needs.bytes, work: number)
  }
}
