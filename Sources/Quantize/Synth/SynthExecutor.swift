public import CheckpointKit

/// Makes the panels of a synthetic checkpoint: values, strip by strip, in the encoding of their tensor.
public struct SynthExecutor: PanelExecutor {
  private let synth: SynthPlan

  public init(_ synth: SynthPlan) { self.synth = synth }

  public var sources: SourceFiles? { nil }

  public func shards(of tensor: Plan.Tensor) -> Set<Int> { [] }

  public func requireUnchanged() {}

  public func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let target = synth.target.tensors[tensor.work]
    let (shape, layout) = (target.shape, target.layout)
    let rows = panel.rows
    let stripRows = min(PanelSizes.stripRows(shape, layout), rows.count)
    let values = try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self)
    let gains = try workspace.take(shape.columns * 4).bindMemory(to: Float.self)
    var source = try Source(target, synth, workspace)
    let codec = Codecs.codec(for: layout)
    let parts = layout.parts(for: shape)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      let strip = start..<min(rows.upperBound, start + stripRows)
      let stripValues = UnsafeMutableBufferPointer(rebasing: values[..<(strip.count * shape.columns)])
      source.fill(rows: strip, gains: gains, into: stripValues)
      let buffers = parts.enumerated().map { i, part in
        let base = part.byteRange(rows: rows).lowerBound
        let range = part.byteRange(rows: strip)
        return UnsafeMutableRawBufferPointer(rebasing: outputs[i][range.lowerBound - base..<range.upperBound - base])
      }
      _ = codec.encode(
        UnsafeBufferPointer(stripValues), rows: strip, shape: shape, options: synth.encodeOptions, into: buffers)
    }
    var report = PanelReport()
    report.rows = rows.count
    return report
  }

  /// What the rows of a stored matrix are made of: a tensor's values, or those of all experts in turn.
  private struct Source {
    private let target: PresetModel.Tensor
    private let synth: SynthPlan
    private let whole: SyntheticValues
    /// Room for the values of one row or column of a stack's member.
    private let line: UnsafeMutableBufferPointer<Float>?
    private var expert: Int?
    private var members: [(place: PresetModel.Stack.Member, shape: Shape, values: SyntheticValues)] = []

    init(_ target: PresetModel.Tensor, _ synth: SynthPlan, _ workspace: Workspace) throws(CheckpointError) {
      self.target = target
      self.synth = synth
      whole = synth.values(of: target)
      line = target.stack == nil ? nil : try workspace.take(target.shape.columns * 4).bindMemory(to: Float.self)
    }

    mutating func fill(
      rows: Range<Int>, gains: UnsafeMutableBufferPointer<Float>, into values: UnsafeMutableBufferPointer<Float>
    ) {
      let width = target.shape.columns
      guard let stack = target.stack else {
        return whole.fill(rows: rows, columns: width, gains: gains, into: values)
      }
      let rowsPerExpert = target.shape.rank == 2 ? 1 : target.shape[1]
      for row in rows {
        let output = UnsafeMutableBufferPointer(
          rebasing: values[(row - rows.lowerBound) * width..<(row - rows.lowerBound + 1) * width])
        take(expert: row / rowsPerExpert, of: stack)
        fill(row: row % rowsPerExpert, stack, gains, output)
      }
    }

    private mutating func take(expert: Int, of stack: PresetModel.Stack) {
      if self.expert == expert { return }
      self.expert = expert
      members = stack.members.map { member in
        let tensor = synth.target.tensor(member, expert: expert, layout: target.layout)
        return (member, tensor.shape, synth.values(of: tensor))
      }
    }

    /// One row of an expert's part of the stack.
    private func fill(
      row: Int, _ stack: PresetModel.Stack, _ gains: UnsafeMutableBufferPointer<Float>,
      _ output: UnsafeMutableBufferPointer<Float>
    ) {
      for (place, shape, values) in members {
        if target.shape.rank == 3, !stack.isTransposed {
          let own = row - place.first
          guard own >= 0, own % place.step == 0, own / place.step < shape.rows else { continue }
          values.fill(rows: own / place.step..<own / place.step + 1, columns: shape.columns, gains: gains, into: output)
          continue
        }
        // A vector, or a column of a matrix: every step-th value of the row.
        guard let line else { continue }
        let count = stack.isTransposed ? shape.rows : shape.columns
        let part = UnsafeMutableBufferPointer(rebasing: line[..<count])
        if stack.isTransposed {
          values.fill(rows: 0..<count, columns: shape.columns, only: row..<row + 1, gains: gains, into: part)
        } else {
          values.fill(rows: 0..<1, columns: count, gains: gains, into: part)
        }
        for i in 0..<count { output[place.first + i * place.step] = part[i] }
      }
    }
  }
}
