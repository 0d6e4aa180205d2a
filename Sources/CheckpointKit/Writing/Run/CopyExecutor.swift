/// Copies stored tensors as they are; the work of a tensor is its record in the source.
struct CopyExecutor: PanelExecutor {
  private let plan: Plan
  private let records: [TensorRecord]
  private let source: SourceFiles

  init(_ plan: Plan, of checkpoint: Checkpoint) {
    self.plan = plan
    records = checkpoint.records
    source = SourceFiles(checkpoint)
  }

  func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    for (output, part) in zip(outputs, tensor.parts) {
      try source.read(records[tensor.work], plan.parts[part].byteRange(rows: panel.rows), into: output)
    }
    return PanelReport()
  }

  var sources: SourceFiles? { source }

  func shards(of tensor: Plan.Tensor) -> Set<Int> { [records[tensor.work].shard] }

  func requireUnchanged() throws(CheckpointError) { try source.requireUnchanged() }

  func expect(_ panel: Plan.Panel, of tensor: Plan.Tensor) {
    for part in tensor.parts { source.expect(records[tensor.work], plan.parts[part].byteRange(rows: panel.rows)) }
  }
}
