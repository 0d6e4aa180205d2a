/// What one worker does: fills and writes panel after panel, and takes the digests of several at a time.
///
/// Bytes that were written stay in the workspace until a batch of them is digested. A batch may reach over segments; a
/// segment leaves its record when it is written, synced and digested.
final class SegmentWriter<Executor: PanelExecutor> {
  private struct Draft {
    var record: SegmentRecord
    /// One for each part of each tensor of the record; none where digests are not taken.
    var streams: [[SHA256Stream]] = []
  }

  private let runner: Runner
  private let executor: Executor
  private let state: RunState
  private let publishes: Bool
  private let workspace: Workspace
  private let panelMemory: Int
  private let batch = SHA256Lanes.current?.count ?? 1
  /// Panels and bytes of the batch.
  private var panels = 0
  private var bytes: [(stream: SHA256Stream, bytes: UnsafeRawBufferPointer)] = []
  /// Segments that are written, the files they lie in, and how many bytes of them are not synced yet.
  private var written: [Draft] = []
  private var unsynced: [Int: OpenFile] = [:]
  private var unsyncedBytes = 0
  /// Waiting for the disk after each small segment would cost more than doing a few of them again.
  private static var syncedTogether: Int { 256 << 20 }

  init(
    _ runner: Runner, _ executor: Executor, _ state: RunState, memory: Int, publishes: Bool
  ) throws(CheckpointError) {
    self.runner = runner
    self.executor = executor
    self.state = state
    self.publishes = publishes
    workspace = try Workspace(byteCount: memory)
    panelMemory = runner.plan.panelMemory
  }

  /// Writes a segment, unless another process has left its record meanwhile. The own record is left with the batch.
  func write(_ number: Int) throws(CheckpointError) {
    let (plan, options) = (runner.plan, runner.options)
    let segment = plan.segments[number]
    let (opened, nonce) = try state.openFile(segment.file) { () throws(CheckpointError) in
      try runner.partials.open(segment.file)
    }
    if let record = try runner.journal.record(number, nonce: nonce) { return try take(record) }
    guard let file = opened else {
      throw CheckpointError(
        .outputChanged, file: plan.files[segment.file].name,
        "is published, and the record of its segment \(number) is gone", hint: "run the same command again")
    }
    var draft = Draft(record: SegmentRecord(plan: plan.id, segment: number, nonce: nonce, sources: [], tensors: []))
    let run = plan.panels(of: segment)
    var shards: Set<Int> = []
    for (i, panel) in run.enumerated() {
      if i + 1 < run.count { executor.expect(run[i + 1], of: plan.tensors[run[i + 1].tensor]) }
      if options.isStopped() { throw runner.folder.stopped }
      let tensor = plan.tensors[panel.tensor]
      if draft.record.tensors.last?.tensor != panel.tensor {
        draft.streams.append(options.takesDigests ? tensor.parts.map { _ in SHA256Stream() } : [])
        draft.record.tensors.append(
          SegmentRecord.Tensor(
            tensor: panel.tensor, digests: [], isWhole: plan.isWhole(panel.tensor, in: segment), report: PanelReport()))
        shards.formUnion(executor.shards(of: tensor))
      }
      let last = draft.record.tensors.count - 1
      draft.record.tensors[last].report.add(try write(panel, of: tensor, to: file, draft.streams[last]))
      let bytes = state.wrote(tensor.parts.reduce(0) { $0 + plan.parts[$1].byteRange(rows: panel.rows).count })
      options.progress?(bytes, state.total)
    }
    draft.record.sources = shards.sorted().compactMap { executor.sources?.stamp($0) }
    written.append(draft)
    unsynced[segment.file] = file
    unsyncedBytes += segment.byteCount
    if panels == batch || written.count == 16 || unsyncedBytes >= Self.syncedTogether { try finish() }
  }

  /// Takes the digests of the batch and leaves the records of the segments that are whole with it.
  func finish() throws(CheckpointError) {
    SHA256Stream.update(bytes)
    bytes = []
    panels = 0
    workspace.release(to: 0)
    if written.isEmpty { return }
    try executor.requireUnchanged()
    for file in unsynced.values { try file.sync() }
    unsynced = [:]
    unsyncedBytes = 0
    while !written.isEmpty {
      var draft = written.removeFirst()
      for (i, streams) in draft.streams.enumerated() {
        draft.record.tensors[i].digests = streams.map { $0.finish() }
      }
      try runner.journal.leave(draft.record)
      try take(draft.record)
    }
  }

  private func take(_ record: SegmentRecord) throws(CheckpointError) {
    if state.finish(record), publishes {
      try runner.partials.publish(runner.plan.segments[record.segment].file, nonce: record.nonce)
    }
  }

  private func write(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, to file: OpenFile, _ streams: [SHA256Stream]
  ) throws(CheckpointError) -> PanelReport {
    if panels == batch || !workspace.begin(panelMemory) {
      try finish()
      _ = workspace.begin(panelMemory)
    }
    let start = workspace.mark
    var outputs: [UnsafeMutableRawBufferPointer] = []
    for part in tensor.parts {
      outputs.append(try workspace.take(runner.plan.parts[part].byteRange(rows: panel.rows).count))
    }
    let end = workspace.mark
    let report = try executor.fill(panel, of: tensor, outputs: outputs, workspace: workspace)
    for (i, part) in tensor.parts.enumerated() {
      let part = runner.plan.parts[part]
      // What serves the tensor as a whole comes with its first panel.
      if part.bytesPerRow == nil, panel.rows.lowerBound > 0 { continue }
      let output = UnsafeRawBufferPointer(outputs[i])
      let start = part.range.lowerBound + part.byteRange(rows: panel.rows).lowerBound
      try state.writing(to: tensor.file) { () throws(CheckpointError) in try file.write(output, at: start) }
      file.startWriteback(start..<start + output.count)
      if !streams.isEmpty { bytes.append((streams[i], output)) }
    }
    if !streams.isEmpty { panels += 1 }
    workspace.release(to: streams.isEmpty ? start : end)
    return report
  }
}
