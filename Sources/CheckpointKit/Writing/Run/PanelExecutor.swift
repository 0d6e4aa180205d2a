/// Fills panels: the arithmetic between the files that are read and the files that are written.
public protocol PanelExecutor: Sendable {
  /// Fills the bytes of one panel.
  ///
  /// - Parameters:
  ///   - outputs: one buffer for each part of the tensor, with room for the panel's rows.
  ///   - workspace: for whatever else is needed, within the scratch that the plan counted.
  func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport

  /// The files that are read; nil where values are made up.
  var sources: SourceFiles? { get }

  /// Those of them that a tensor is made of, by their numbers.
  func shards(of tensor: Plan.Tensor) -> Set<Int>

  /// Throws where something that was read, of the source or beside it, is not what it was.
  func requireUnchanged() throws(CheckpointError)

  /// Told of the panel that comes after the one that is about to be filled: what it reads may be fetched meanwhile.
  func expect(_ panel: Plan.Panel, of tensor: Plan.Tensor)
}

extension PanelExecutor {
  public func expect(_ panel: Plan.Panel, of tensor: Plan.Tensor) {}
}

/// What was found out while a panel was made.
public struct PanelReport: Sendable, Equatable {
  /// Σ(a − b)² and Σa² over the measured rows.
  public var squaredError = 0.0
  public var squaredReference = 0.0
  public var rows = 0
  public var measuredRows = 0
  /// Groups that were quantized, and those among them whose codes give back every value.
  public var groups = 0
  public var exactGroups = 0

  public init() {}

  /// Adds the next panel of the same tensor.
  public mutating func add(_ other: PanelReport) {
    squaredError += other.squaredError
    squaredReference += other.squaredReference
    rows += other.rows
    measuredRows += other.measuredRows
    groups += other.groups
    exactGroups += other.exactGroups
  }
}
