/// A stored matrix that a logical tensor is read from, and the view on it.
///
/// Most tensors have one piece, all of its matrix. Stacked experts are slices of one stored tensor, a fused `gate_up` is
/// two runs of rows: views, not special cases.
public struct Piece: Sendable {
  public var layout: any EncodingLayout
  /// Indices of the checkpoint's records, in the order of the layout's parts.
  public var records: [Int]
  /// The whole stored matrix, of one slice where it is stacked.
  public var shape: Shape
  public var view: MatrixView

  public init(layout: any EncodingLayout, records: [Int], shape: Shape, view: MatrixView) {
    self.layout = layout
    self.records = records
    self.shape = shape
    self.view = view
  }

  /// Whether all of the stored matrix is meant, as it is.
  public var isWhole: Bool { view == MatrixView(all: shape) }

  /// The bytes that are its own: of a matrix that several pieces share, as many as it has of the elements.
  public var byteCount: Int {
    let whole = layout.parts(for: shape).enumerated().reduce(0) { sum, part in
      part.offset < records.count && records[part.offset] < 0 ? sum : sum + part.element.byteCount
    }
    let (elements, all) = (view.rows * view.columnCount, shape.elementCount)
    if elements >= all || all == 0 { return whole }
    // Below `whole`, since elements are fewer than all.
    return all.dividingFullWidth(whole.multipliedFullWidth(by: elements)).quotient
  }

  /// Where its main part begins, counted from that of the stored tensor.
  public var offset: Int {
    guard let main = layout.parts(for: shape).first else { return 0 }
    return view.slice * main.byteCount
      + (view.firstRow == 0 ? 0 : main.byteRange(rows: view.firstRow..<view.firstRow + 1).lowerBound)
  }
}

/// Which part of a stored matrix is meant, how it is turned, and what is undone on its values.
public struct MatrixView: Sendable, Equatable {
  /// Which of several matrices that are stored as one tensor.
  public var slice = 0
  public var firstRow = 0
  public var rowStep = 1
  public var rows: Int
  public var columns: Range<Int>
  public var columnStep = 1
  public var isTransposed = false
  /// For each column that is read, which of those in `columns` it is; nil where they come in their order. Not with
  /// `isTransposed` or a `columnStep`.
  public var columnOrder: [Int32]?
  /// What the stored values went through; reading undoes it.
  public var function: Elementwise?

  /// All of a matrix.
  public init(all shape: Shape) {
    rows = shape.rows
    columns = 0..<shape.columns
  }

  /// Whether the view is a run of whole rows in their order, so that bytes can be copied as they are.
  public func isContiguous(in shape: Shape) -> Bool { rowStep == 1 && hasWholeRows(in: shape) }

  /// Whether each row that is read is a stored row, as it is.
  public func hasWholeRows(in shape: Shape) -> Bool {
    columns == 0..<shape.columns && columnStep == 1 && !isTransposed && columnOrder == nil && function == nil
  }

  public var columnCount: Int { columns.count.ceilDiv(columnStep) }

  /// Rows of what is read.
  public var height: Int { isTransposed ? columnCount : rows }
}
