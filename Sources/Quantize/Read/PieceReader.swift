internal import CheckpointKit

/// Rows of logical tensors as Float32, out of the pieces that they are stored in.
///
/// Safe to use from several threads, each with a ``ReadScratch`` of its own.
struct PieceReader: Sendable {
  private let checkpoint: Checkpoint
  private let files: SourceFiles

  init(_ checkpoint: Checkpoint, _ files: SourceFiles? = nil) {
    self.checkpoint = checkpoint
    self.files = files ?? SourceFiles(checkpoint)
  }

  /// Reads and decodes some rows, each value the exact Float32 product of its encoding.
  ///
  /// - Parameters:
  ///   - rows: of the tensor seen as a matrix; a vector is one row.
  ///   - output: `rows × columns` values, row by row.
  func read(
    _ rows: Range<Int>, of pieces: [Piece], _ shape: Shape, into output: UnsafeMutableBufferPointer<Float>,
    scratch: ReadScratch
  ) throws(CheckpointError) {
    precondition(rows.upperBound <= shape.rows && output.count >= rows.count * shape.columns)
    try forEachPart(rows, of: pieces) { (piece, wanted, place) throws(CheckpointError) in
      let target = place * shape.columns
      let values = UnsafeMutableBufferPointer(rebasing: output[target..<target + wanted.count * shape.columns])
      try read(wanted, of: piece, into: values, scratch)
      piece.view.function?.undo(on: values)
    }
  }

  /// Reads stored bytes of a piece as they are.
  func copy(
    _ rows: Range<Int>, of piece: Piece, part: StoredPart, into output: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    let slice = piece.view.slice * part.byteCount
    let range = part.byteRange(rows: piece.view.firstRow + rows.lowerBound..<piece.view.firstRow + rows.upperBound)
    try files.read(
      checkpoint.records[piece.records[0]], slice + range.lowerBound..<slice + range.upperBound, into: output)
  }

  /// Gives some rows as they are stored, piece by piece.
  ///
  /// - Parameter body: gets the stored rows, the absolute row of each row asked for in them (first, step, count), and the
  ///   place of the first among those asked for.
  func withStored(
    _ rows: Range<Int>, of pieces: [Piece], scratch: ReadScratch,
    _ body: (Piece, StoredRows, (first: Int, step: Int, count: Int), Int) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try forEachPart(rows, of: pieces) { (piece, wanted, place) throws(CheckpointError) in
      let first = piece.view.firstRow + wanted.lowerBound * piece.view.rowStep
      let last = piece.view.firstRow + (wanted.upperBound - 1) * piece.view.rowStep
      try body(piece, try load(first..<last + 1, of: piece, scratch), (first, piece.view.rowStep, wanted.count), place)
    }
  }

  /// Tells the kernel which bytes will be wanted soon.
  func expect(_ rows: Range<Int>, of pieces: [Piece]) {
    forEachPart(rows, of: pieces) { piece, wanted, _ in
      let view = piece.view
      let stored =
        view.isTransposed
        ? view.firstRow..<view.firstRow + (view.rows - 1) * view.rowStep + 1
        : view.firstRow + wanted.lowerBound * view.rowStep..<view.firstRow + (wanted.upperBound - 1) * view.rowStep + 1
      for (record, part) in zip(piece.records, piece.layout.parts(for: piece.shape)) {
        let (slice, range) = (view.slice * part.byteCount, part.byteRange(rows: stored))
        files.expect(checkpoint.records[record], slice + range.lowerBound..<slice + range.upperBound)
      }
    }
  }

  /// Gives each piece that some rows lie in, which of its rows they are, and the place of the first among those asked for.
  private func forEachPart<E: Error>(
    _ rows: Range<Int>, of pieces: [Piece], _ body: (Piece, Range<Int>, Int) throws(E) -> Void
  ) throws(E) {
    var start = 0
    for piece in pieces {
      let end = start + piece.view.height
      let wanted = max(start, rows.lowerBound)..<max(max(start, rows.lowerBound), min(end, rows.upperBound))
      if !wanted.isEmpty {
        try body(piece, wanted.lowerBound - start..<wanted.upperBound - start, wanted.lowerBound - rows.lowerBound)
      }
      start = end
      if start >= rows.upperBound { break }
    }
  }

  /// Bytes of scratch that a read of so many rows can take.
  static func scratchBytes(_ rows: Int, of pieces: [Piece]) -> Int {
    var most = 0
    var last: (name: String, shape: Shape, bytes: Int)?
    for piece in pieces {
      let view = piece.view
      if let last, last.name == piece.layout.name, last.shape == piece.shape { continue }
      let count = view.isTransposed ? view.rows * view.rowStep : min(rows * view.rowStep, piece.shape.rows)
      // A run of rows may begin and end inside a row of scales.
      let stored = piece.layout.parts(for: piece.shape).reduce(0) { sum, part in
        let slack = (part.rowsPerRow ?? 1) * 2
        return sum + part.byteRange(rows: 0..<min(piece.shape.rows, count + slack)).count.roundedUp(to: 64)
      }
      let isDirect = !view.isTransposed && view.rowStep == 1 && view.columnStep == 1 && view.columnOrder == nil
      let values = view.isTransposed ? rows * view.columnStep : view.columns.count
      let line = isDirect ? 0 : (values * 4).roundedUp(to: 64)
      last = (piece.layout.name, piece.shape, stored + line)
      most = max(most, stored + line)
    }
    return most
  }

  private func read(
    _ rows: Range<Int>, of piece: Piece, into output: UnsafeMutableBufferPointer<Float>, _ scratch: ReadScratch
  ) throws(CheckpointError) {
    let view = piece.view
    let codec = Codecs.codec(for: piece.layout)
    if view.isTransposed {
      let first = view.columns.lowerBound + rows.lowerBound * view.columnStep
      let columns = first..<view.columns.lowerBound + (rows.upperBound - 1) * view.columnStep + 1
      let stored = try load(view.firstRow..<view.firstRow + (view.rows - 1) * view.rowStep + 1, of: piece, scratch)
      let line = try scratch.values(columns.count)
      for row in 0..<view.rows {
        let place = view.firstRow + row * view.rowStep
        codec.decode(rows: place..<place + 1, columns: columns, of: stored, into: line)
        for i in 0..<rows.count { output[i * view.rows + row] = line[i * view.columnStep] }
      }
      return
    }
    let first = view.firstRow + rows.lowerBound * view.rowStep
    let last = view.firstRow + (rows.upperBound - 1) * view.rowStep
    let stored = try load(first..<last + 1, of: piece, scratch)
    if view.rowStep == 1, view.columnStep == 1, view.columnOrder == nil {
      codec.decode(rows: first..<last + 1, columns: view.columns, of: stored, into: output)
      return
    }
    let width = view.columnCount
    let line = try scratch.values(view.columns.count)
    for (i, row) in stride(from: first, through: last, by: view.rowStep).enumerated() {
      codec.decode(rows: row..<row + 1, columns: view.columns, of: stored, into: line)
      if let order = view.columnOrder {
        for (column, place) in order.enumerated() { output[i * width + column] = line[Int(place)] }
      } else {
        for column in 0..<width { output[i * width + column] = line[column * view.columnStep] }
      }
    }
  }

  /// The bytes of all parts that serve some stored rows.
  func load(_ rows: Range<Int>, of piece: Piece, _ scratch: ReadScratch) throws(CheckpointError) -> StoredRows {
    let parts = piece.layout.parts(for: piece.shape)
    let ranges = parts.map { $0.byteRange(rows: rows) }
    let buffers = try scratch.bytes(ranges.map(\.count))
    for (i, part) in parts.enumerated() {
      let slice = piece.view.slice * part.byteCount
      try files.read(
        checkpoint.records[piece.records[i]], slice + ranges[i].lowerBound..<slice + ranges[i].upperBound,
        into: buffers[i])
    }
    return StoredRows(shape: piece.shape, rows: rows, parts: buffers.map { UnsafeRawBufferPointer($0) })
  }
}
