public import CheckpointKit

/// Logical tensors as Float32 rows, whatever they are stored in: what measuring and running a model read from.
///
/// Safe to use from several threads, each with a ``ReadScratch`` of its own.
public struct TensorReader: Sendable {
  public let binding: Binding
  private let pieces: PieceReader
  private let places: [Place: Int]

  private struct Place: Hashable {
    var role: Role
    var layer: Int?
    var expert: Int?
  }

  public init(_ binding: Binding) {
    self.binding = binding
    pieces = PieceReader(binding.checkpoint)
    var places: [Place: Int] = [:]
    if let model = binding.model {
      places.reserveCapacity(binding.tensors.count)
      for (i, bound) in binding.tensors.enumerated() {
        let tensor = model.tensors[bound.tensor]
        // Roles of the vision tower are its own; layers for multi-token prediction have those of the text model.
        guard tensor.group != .mtp else { continue }
        places[Place(role: tensor.role, layer: tensor.layer, expert: tensor.expert)] = i
      }
    }
    self.places = places
  }

  /// A tensor of the text model or of the vision tower; nil where the checkpoint has none.
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
    try pieces.read(rows, of: bound.pieces, shape(of: bound), into: output, scratch: scratch)
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
}
