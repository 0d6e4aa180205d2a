public import CheckpointKit

/// Makes the panels of a synthetic checkpoint: values, strip by strip, in the encoding of their tensor.
public struct SynthExecutor: PanelExecutor {
  private let synth: SynthPlan

  public init(_ synth: SynthPlan) { self.synth = synth }

  public func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let target = synth.target.tensors[tensor.work]
    let (shape, layout) = (target.shape, target.layout)
    let rows = panel.rows
    let stripRows = min(ConvertPlan.stripRows(shape, PlainLayout(.f32), layout), rows.count)
    let values = try workspace.take(stripRows * shape.columns * 4).bindMemory(to: Float.self)
    let gains = try workspace.take(shape.columns * 4).bindMemory(to: Float.self)
    let source = synth.values(of: target)
    let codec = Codecs.codec(for: layout)
    let parts = layout.parts(for: shape)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stripRows) {
      let strip = start..<min(rows.upperBound, start + stripRows)
      let stripValues = UnsafeMutableBufferPointer(rebasing: values[..<(strip.count * shape.columns)])
      source.fill(rows: strip, columns: shape.columns, gains: gains, into: stripValues)
      let buffers = parts.enumerated().map { i, part in
        let base = part.byteRange(rows: rows).lowerBound
        let range = part.byteRange(rows: strip)
        return UnsafeMutableRawBufferPointer(rebasing: outputs[i][range.lowerBound - base..<range.upperBound - base])
      }
      _ = codec.encode(
        UnsafeBufferPointer(stripValues), rows: strip, shape: shape, options: EncodeOptions(), into: buffers)
    }
    var report = PanelReport()
    report.rows = rows.count
    return report
  }
}
