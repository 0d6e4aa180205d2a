public import CheckpointKit

/// Logical tensors as Float32 rows, whatever they are stored in: what measuring and running a model read from.
///
/// Safe to use from several threads, each with a ``ReadScratch`` of its own.
public struct TensorReader: Sendable {
  public let binding: Binding
  private let files: SourceFiles
  private let places: [Place: Int]

  private struct Place: Hashable {
    var role: Role
    var layer: Int?
    var expert: Int?
  }

  public init(_ binding: Binding) {
    self.binding = binding
    files = SourceFiles(binding.checkpoint)
    var places: [Place: Int] = [:]
    if let model = binding.model {
      places.reserveCapacity(binding.tensors.count)
      for (i, bound) in binding.tensors.enumerated() {
        let tensor = model.tensors[bound.tensor]
        guard tensor.group == .text else { continue }
        places[Place(role: tensor.role, layer: tensor.layer, expert: tensor.expert)] = i
      }
    }
    self.places = places
  }

  /// A tensor of the text model; nil where the checkpoint has none.
  public func tensor(_ role: Role, layer: Int? = nil, expert: Int? = nil) -> Binding.Bound? {
    places[Place(role: role, layer: layer, expert: expert)].map { binding.tensors[$0] }
  }

  public func shape(of bound: Binding.Bound) -> Shape { binding.model?.tensors[bound.tensor].shape ?? [] }

  public func name(of bound: Binding.Bound) -> String {
    binding.model.map { $0.name(of: $0.tensors[bound.tensor]) } ?? ""
  }

  /// Reads and decodes some rows, each value the exact Float32 product of its encoding.
  ///
  /// - Parameters:
  ///   - rows: of the tensor seen as a matrix; a vector is one row.
  ///   - output: `rows × columns` values, row by row.
  public func read(
    _ rows: Range<Int>, of bound: Binding.Bound, into output: UnsafeMutableBufferPointer<Float>, scratch: ReadScratch
  ) throws(CheckpointError) {
    let shape = shape(of: bound)
    precondition(rows.upperBound <= shape.rows && output.count >= rows.count * shape.columns)
    var start = 0
    for piece in bound.pieces {
      let end = start + piece.view.height
      let wanted = max(start, rows.lowerBound)..<max(max(start, rows.lowerBound), min(end, rows.upperBound))
      if !wanted.isEmpty {
        let target = (wanted.lowerBound - rows.lowerBound) * shape.columns
        try read(
          wanted.lowerBound - start..<wanted.upperBound - start, of: piece,
          into: UnsafeMutableBufferPointer(rebasing: output[target..<target + wanted.count * shape.columns]), scratch)
      }
      start = end
    }
  }

  /// All values of a small tensor.
  public func values(of bound: Binding.Bound, scratch: ReadScratch = ReadScratch()) throws(CheckpointError) -> [Float] {
    let shape = shape(of: bound)
    var failure: CheckpointError?
    let values = [Float](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
      do throws(CheckpointError) {
        try read(0..<shape.rows, of: bound, into: buffer, scratch: scratch)
        count = shape.elementCount
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  // MARK: One piece

  /// Reads and decodes some rows of what a piece's view means.
  func read(
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
    if view.rowStep == 1, view.columnStep == 1 {
      codec.decode(rows: first..<last + 1, columns: view.columns, of: stored, into: output)
      return
    }
    let width = view.columnCount
    let line = try scratch.values(view.columns.count)
    for (i, row) in stride(from: first, through: last, by: view.rowStep).enumerated() {
      codec.decode(rows: row..<row + 1, columns: view.columns, of: stored, into: line)
      for column in 0..<width { output[i * width + column] = line[column * view.columnStep] }
    }
  }

  /// What reading so many rows of a piece takes of a ``ReadScratch``.
  static func scratchBytes(_ rows: Int, of piece: Piece) -> Int {
    let view = piece.view
    let stored = view.isTransposed ? (view.rows - 1) * view.rowStep + 1 : rows * view.rowStep
    let parts = piece.layout.parts(for: piece.shape)
    let bytes = parts.reduce(0) { $0 + $1.byteRange(rows: 0..<min(stored, piece.shape.rows)).count.roundedUp(to: 64) }
    return bytes + (view.columns.count * 4).roundedUp(to: 64)
  }

  /// The bytes of all parts that serve some stored rows.
  private func load(_ rows: Range<Int>, of piece: Piece, _ scratch: ReadScratch) throws(CheckpointError) -> StoredRows {
    let parts = piece.layout.parts(for: piece.shape)
    let ranges = parts.map { $0.byteRange(rows: rows) }
    let buffers = try scratch.bytes(ranges.map(\.count))
    for (i, part) in parts.enumerated() {
      let slice = piece.view.slice * part.byteCount
      try files.read(
        binding.checkpoint.records[piece.records[i]], slice + ranges[i].lowerBound..<slice + ranges[i].upperBound,
        into: buffers[i])
    }
    return StoredRows(shape: piece.shape, rows: rows, parts: buffers.map { UnsafeRawBufferPointer($0) })
  }
}

/// One thread's memory for stored bytes on their way to values. It grows to the largest request and is kept.
public final class ReadScratch {
  private var stored: Buffer?
  private var line: Buffer?

  public init() {}

  func bytes(_ counts: [Int]) throws(CheckpointError) -> [UnsafeMutableRawBufferPointer] {
    let buffer = try Self.grown(&stored, counts.reduce(0) { $0 + $1.roundedUp(to: 64) })
    var start = 0
    return counts.map { count in
      defer { start += count.roundedUp(to: 64) }
      return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + count])
    }
  }

  func values(_ count: Int) throws(CheckpointError) -> UnsafeMutableBufferPointer<Float> {
    let buffer = try Self.grown(&line, count * 4)
    return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<(count * 4)]).bindMemory(to: Float.self)
  }

  private static func grown(_ place: inout Buffer?, _ byteCount: Int) throws(CheckpointError) -> Buffer {
    if let buffer = place, buffer.byteCount >= byteCount { return buffer }
    place = nil
    let buffer = try Buffer(byteCount: byteCount)
    place = buffer
    return buffer
  }
}
