public import CheckpointKit

/// Carries out a conversion panel by panel: reads what is stored, copies it, moves its codes, or decodes a strip, encodes
/// it and measures some rows.
public struct PanelFiller: PanelExecutor {
  let convert: ConvertPlan
  private let source: SourceFiles
  let reader: PieceReader
  /// Whether what is not quantized must be finite too: in a GGUF file of quantized weights, as `llama-quantize` has it.
  private let expectsFinite: Bool

  public init(_ convert: ConvertPlan) {
    self.convert = convert
    source = SourceFiles(convert.binding.checkpoint)
    reader = PieceReader(convert.binding.checkpoint, source)
    expectsFinite =
      convert.plan.container == .gguf
      && (convert.recipe.mix != nil || convert.works.contains { $0.target?.ggufType != nil })
  }

  public var sources: SourceFiles? { source }

  public func requireUnchanged() throws(CheckpointError) {
    try source.requireUnchanged()
    try convert.options.importance?.requireUnchanged()
  }

  public func shards(of tensor: Plan.Tensor) -> Set<Int> {
    let records: [Int] =
      switch convert.works[tensor.work].operation {
      case .copy(let records): records
      case .arrange(let arrangement, _): arrangement.pieces(convert.binding).flatMap(\.records)
      }
    return Set(records.map { convert.binding.checkpoint.records[$0].shard })
  }

  public func expect(_ panel: Plan.Panel, of tensor: Plan.Tensor) {
    switch convert.works[tensor.work].operation {
    case .copy(let copied):
      for (record, part) in zip(copied, tensor.parts) {
        source.expect(
          convert.binding.checkpoint.records[record], convert.plan.parts[part].byteRange(rows: panel.rows))
      }
    case .arrange(let arrangement, _):
      guard case .all = arrangement.rows else { return }
      for (slice, rows) in arrangement.slices(of: panel.rows) {
        reader.expect(rows, of: arrangement.pieces(slice, convert.binding))
      }
    }
  }

  public func fill(
    _ panel: Plan.Panel, of tensor: Plan.Tensor, outputs: [UnsafeMutableRawBufferPointer], workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let work = convert.works[tensor.work]
    switch work.operation {
    case .copy(let records):
      for (i, part) in tensor.parts.enumerated() {
        let range = convert.plan.parts[part].byteRange(rows: panel.rows)
        try source.read(convert.binding.checkpoint.records[records[i]], range, into: outputs[i])
      }
      return PanelReport()
    case .arrange(let arrangement, let options):
      guard let target = work.target else { return PanelReport() }
      return try fill(panel.rows, work, target, arrangement, options, outputs, workspace)
    }
  }

  /// What stays the same for all strips of a panel.
  struct Run {
    var work: ConvertPlan.Work
    var arrangement: Arrangement
    var options: EncodeOptions
    var needs: Arrangement.Needs
    var output: PanelOutput
    /// Values are looked at even where they are not quantized.
    var isChecked: Bool
    /// A strip of values, and room to decode as much again.
    var values: UnsafeMutableBufferPointer<Float>
    var decoded: UnsafeMutableBufferPointer<Float>
    /// Rows of the source in another order than they are wanted in.
    var aside: UnsafeMutableBufferPointer<Float>
    var scratch: ReadScratch

    var columns: Int { output.shape.columns }

    /// Rows of a matrix, counted through all of them.
    func place(_ rows: Range<Int>, of slice: Int) -> Range<Int> {
      let first = slice * arrangement.rowsPerSlice
      return first + rows.lowerBound..<first + rows.upperBound
    }

    /// Room for the values of some rows.
    func strip(_ rows: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(rebasing: values[..<(rows * columns)])
    }
  }

  /// Makes some rows, counted through all matrices of the tensor.
  private func fill(
    _ rows: Range<Int>, _ work: ConvertPlan.Work, _ target: any EncodingLayout, _ arrangement: Arrangement,
    _ options: EncodeOptions, _ outputs: [UnsafeMutableRawBufferPointer], _ workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    let needs = arrangement.needs(work.shape, target, convert.binding, panelRows: rows.count)
    var run = Run(
      work: work, arrangement: arrangement, options: options, needs: needs,
      output: PanelOutput(
        shape: work.shape, codec: Codecs.codec(for: target), panel: rows, parts: target.parts(for: work.shape),
        bytes: outputs),
      isChecked: expectsFinite && target.isPlain,
      values: try workspace.take(needs.values).bindMemory(to: Float.self),
      decoded: try workspace.take(needs.values).bindMemory(to: Float.self),
      aside: try workspace.take(needs.aside).bindMemory(to: Float.self),
      scratch: ReadScratch(try workspace.take(needs.stored)))
    var report = PanelReport()
    for (slice, rows) in arrangement.slices(of: rows) {
      let pieces = arrangement.pieces(slice, convert.binding)
      let stored = arrangement.run(pieces)
      if let stored, try copies(rows, of: stored, slice, run) { continue }
      run.options.importance = try importance(of: slice, arrangement, work, options.importance)
      if let stored {
        try fill(rows, of: slice, from: stored, run, &report)
        continue
      }
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: needs.stripRows) {
        let strip = start..<min(rows.upperBound, start + needs.stripRows)
        if arrangement.route == .transcode {
          try transcode(strip, of: slice, pieces, run, &report)
          continue
        }
        let values = run.strip(strip.count)
        try read(strip, of: slice, pieces, run, into: values)
        try encode(strip, of: slice, run, UnsafeBufferPointer(values), &report)
      }
    }
    report.rows = rows.count
    return report
  }

  // MARK: Runs of stored rows

  /// Copies rows that are stored as they should be; false where they are not.
  private func copies(
    _ rows: Range<Int>, of piece: Piece, _ slice: Int, _ run: Run
  ) throws(CheckpointError) -> Bool {
    guard run.arrangement.route == .copyOrEncode, !run.isChecked, run.arrangement.columns == nil,
      run.arrangement.function == nil, piece.layout.isSame(as: run.output.codec.layout), piece.records.count == 1,
      let part = piece.layout.parts(for: piece.shape).first
    else { return false }
    try reader.copy(rows, of: piece, part: part, into: run.output.bytes(of: run.place(rows, of: slice))[0])
    return true
  }

  /// Makes rows of a matrix out of a run of stored ones, which are read in few and large parts.
  private func fill(
    _ rows: Range<Int>, of slice: Int, from piece: Piece, _ run: Run, _ report: inout PanelReport
  ) throws(CheckpointError) {
    let decoder = Codecs.codec(for: piece.layout)
    let first = piece.view.firstRow
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: run.needs.chunkRows) {
      let chunk = start..<min(rows.upperBound, start + run.needs.chunkRows)
      let stored = try reader.load(first + chunk.lowerBound..<first + chunk.upperBound, of: piece, run.scratch)
      if run.arrangement.route == .transcode {
        try move(chunk, of: slice, stored, (first + chunk.lowerBound, 1, chunk.count), piece.layout, run, &report)
        for measured in convert.options.errors.runs(of: chunk) {
          let values = run.strip(measured.count)
          decode(measured, of: slice, stored, first, decoder, run, into: values)
          measure(measured, of: slice, UnsafeBufferPointer(values), run, &report)
        }
        continue
      }
      if let direct = encodeDirectly(chunk, of: slice, stored, decoder, piece, run) {
        report.add(direct)
        continue
      }
      var encoded = PanelReport()
      for start in stride(from: chunk.lowerBound, to: chunk.upperBound, by: run.needs.stripRows) {
        let strip = start..<min(chunk.upperBound, start + run.needs.stripRows)
        let values = run.strip(strip.count)
        decode(strip, of: slice, stored, first, decoder, run, into: values)
        try encode(strip, of: slice, run, UnsafeBufferPointer(values), &encoded)
      }
      report.add(encoded)
    }
  }

  private func decode(
    _ rows: Range<Int>, of slice: Int, _ stored: StoredRows, _ first: Int, _ decoder: any Codec, _ run: Run,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    decoder.decode(
      rows: first + rows.lowerBound..<first + rows.upperBound, columns: 0..<run.columns, of: stored, into: values)
    finish(rows.count, run, values)
  }

  /// Without a strip of values in between, where there is a way (``FusedEncoding``).
  ///
  /// - Returns: nil where there is none, or where there is something in the rows that the longer way must look at.
  private func encodeDirectly(
    _ rows: Range<Int>, of slice: Int, _ stored: StoredRows, _ decoder: any Codec, _ piece: Piece, _ run: Run
  ) -> PanelReport? {
    let output = run.output
    guard let fused = FusedEncoding.between(decoder, output.codec, run.options), piece.isWhole,
      stored.shape == output.shape, run.columns > 0, run.arrangement.columns == nil, run.arrangement.function == nil
    else { return nil }
    var report = PanelReport()
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: fused.step) {
      let part = start..<min(rows.upperBound, start + fused.step)
      guard let encoded = fused.encode(stored, rows: part, into: output.bytes(of: part)) else { return nil }
      report.groups += encoded.groups
      for measured in convert.options.errors.runs(of: part) {
        let values = run.strip(measured.count)
        decoder.decode(rows: measured, columns: 0..<run.columns, of: stored, into: values)
        measure(measured, of: slice, UnsafeBufferPointer(values), run, &report)
      }
    }
    return report
  }

  // MARK: Transcoding

  /// Moves codes of rows that are no run of stored ones; the error is measured as for what is encoded.
  private func transcode(
    _ rows: Range<Int>, of slice: Int, _ pieces: [Piece], _ run: Run, _ report: inout PanelReport
  ) throws(CheckpointError) {
    try reader.withStored(rows, of: pieces, scratch: run.scratch) {
      (piece, stored, wanted, place) throws(CheckpointError) in
      let part = rows.lowerBound + place..<rows.lowerBound + place + wanted.count
      try move(part, of: slice, stored, wanted, piece.layout, run, &report)
    }
    for measured in convert.options.errors.runs(of: rows) {
      let values = run.strip(measured.count)
      try read(measured, of: slice, pieces, run, into: values)
      measure(measured, of: slice, UnsafeBufferPointer(values), run, &report)
    }
  }

  /// Moves codes to where the other layout has them.
  ///
  /// - Parameter wanted: the stored row of each row: first, step, count.
  private func move(
    _ rows: Range<Int>, of slice: Int, _ stored: StoredRows, _ wanted: (first: Int, step: Int, count: Int),
    _ layout: any EncodingLayout, _ run: Run, _ report: inout PanelReport
  ) throws(CheckpointError) {
    guard let transcoding = Transcoding.between(layout, run.output.codec.layout) else {
      throw CheckpointError(
        .internalMistake, tensor: convert.name(of: run.work), "was planned to keep its codes and cannot")
    }
    let output = run.output.bytes(of: run.place(rows, of: slice))[0]
    let rowBytes = output.count / max(1, rows.count)
    let decoder = Codecs.codec(for: layout)
    for i in 0..<wanted.count {
      let bytes = UnsafeMutableRawBufferPointer(rebasing: output[i * rowBytes..<(i + 1) * rowBytes])
      let row = wanted.first + i * wanted.step
      let done = transcoding.row(row, of: stored, into: bytes)
      if let group = done.nonFinite {
        let values = run.strip(1)
        decoder.decode(rows: row..<row + 1, columns: 0..<run.columns, of: stored, into: values)
        let largest = (group * 32..<group * 32 + 32).max { abs(values[$0]) < abs(values[$1]) } ?? group * 32
        let column = (group * 32..<group * 32 + 32).first { !values[$0].isFinite } ?? largest
        throw error(slice, rows.lowerBound + i, column, values[column], run)
      }
      report.groups += done.groups
      report.exactGroups += done.exact
    }
  }

  // MARK: Encoding

  /// The weights of the columns of one matrix.
  private func importance(
    of slice: Int, _ arrangement: Arrangement, _ work: ConvertPlan.Work, _ usual: EncodeOptions.Importance
  ) throws(CheckpointError) -> EncodeOptions.Importance {
    let columns = work.shape.columns
    guard let entry = arrangement.importance, let matrix = convert.options.importance else { return usual }
    var failure: CheckpointError?
    var weights = [Float](unsafeUninitializedCapacity: columns) { buffer, count in
      do throws(CheckpointError) {
        try matrix.weights(of: entry, slice * columns..<(slice + 1) * columns, into: buffer)
        count = columns
      } catch { failure = error }
    }
    if let failure { throw failure }
    if convert.recipe.mix == nil { ZeroImportance.fill(&weights, block: work.target?.tile.columns ?? columns) }
    return .columns(weights)
  }

  private func encode(
    _ rows: Range<Int>, of slice: Int, _ run: Run, _ values: UnsafeBufferPointer<Float>, _ report: inout PanelReport
  ) throws(CheckpointError) {
    if run.isChecked, let i = values.firstIndex(where: { !$0.isFinite }) {
      throw error(slice, rows.lowerBound + i / run.columns, i % run.columns, values[i], run)
    }
    let place = run.place(rows, of: slice)
    let encoded = run.output.codec.encode(
      values, rows: place, shape: run.output.shape, options: run.options, into: run.output.bytes(of: place))
    if let nonFinite = encoded.nonFinite {
      let row = nonFinite.row - place.lowerBound
      throw error(
        slice, rows.lowerBound + row, nonFinite.column, values[row * run.columns + nonFinite.column], run)
    }
    report.groups += encoded.groups
    report.exactGroups += encoded.exactGroups
    for measured in convert.options.errors.runs(of: rows) {
      let start = (measured.lowerBound - rows.lowerBound) * run.columns
      let original = UnsafeBufferPointer(rebasing: values[start..<start + measured.count * run.columns])
      measure(measured, of: slice, original, run, &report)
    }
  }

  private func measure(
    _ rows: Range<Int>, of slice: Int, _ original: UnsafeBufferPointer<Float>, _ run: Run, _ report: inout PanelReport
  ) {
    run.output.measure(run.place(rows, of: slice), original, decoded: run.decoded, &report)
  }
}
