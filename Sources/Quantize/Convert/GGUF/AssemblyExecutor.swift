internal import CheckpointKit

/// Fills the panels of a GGUF file's tensors: rows are read where the layout says they come from, and encoded.
struct AssemblyExecutor: Sendable {
  private let convert: ConvertPlan
  private let reader: PieceReader
  /// Whether what is not quantized must be finite too: in a file of quantized weights, as `llama-quantize` has it.
  private let expectsFinite: Bool

  init(_ convert: ConvertPlan, _ reader: PieceReader) {
    self.convert = convert
    expectsFinite = convert.recipe.mix != nil || convert.works.contains { $0.target?.ggufType != nil }
    self.reader = reader
  }

  func expect(_ rows: Range<Int>, _ assembly: Assembly) {
    guard case .all = assembly.rows else { return }
    for (slice, rows) in assembly.slices(of: rows) {
      reader.expect(rows, of: convert.binding.tensors[assembly.source(slice)].pieces)
    }
  }

  /// Makes some rows, counted through all matrices of the tensor.
  func fill(
    _ rows: Range<Int>, _ work: ConvertPlan.Work, _ assembly: Assembly, _ options: EncodeOptions,
    _ outputs: [UnsafeMutableRawBufferPointer], _ workspace: Workspace
  ) throws(CheckpointError) -> PanelReport {
    guard let target = work.target else { return PanelReport() }
    let needs = assembly.needs(work.shape, convert.binding, panelRows: rows.count)
    var run = Run(
      work: work, assembly: assembly, options: options, needs: needs,
      output: PanelOutput(
        shape: work.shape, codec: Codecs.codec(for: target), panel: rows, parts: target.parts(for: work.shape),
        bytes: outputs),
      values: try workspace.take(needs.values).bindMemory(to: Float.self),
      decoded: try workspace.take(needs.values).bindMemory(to: Float.self),
      aside: try workspace.take(needs.aside).bindMemory(to: Float.self),
      scratch: ReadScratch(try workspace.take(needs.stored)))
    var report = PanelReport()
    for (slice, rows) in assembly.slices(of: rows) {
      let isChecked = expectsFinite && target.isPlain
      if !isChecked, try copies(slice, rows, target, run) { continue }
      run.options.importance = try importance(of: slice, assembly, work, options.importance)
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: needs.stripRows) {
        let strip = start..<min(rows.upperBound, start + needs.stripRows)
        if assembly.isTranscoded {
          try transcode(strip, of: slice, target, run, &report)
          continue
        }
        let values = UnsafeMutableBufferPointer(rebasing: run.values[..<(strip.count * work.shape.columns)])
        try read(strip, of: slice, run, into: values)
        if isChecked, let i = values.firstIndex(where: { !$0.isFinite }) {
          let columns = work.shape.columns
          throw error(slice, strip.lowerBound + i / columns, i % columns, values[i], run)
        }
        try encode(strip, of: slice, run, UnsafeBufferPointer(values), &report)
      }
    }
    report.rows = rows.count
    return report
  }

  /// What stays the same for all strips of a panel.
  private struct Run {
    var work: ConvertPlan.Work
    var assembly: Assembly
    var options: EncodeOptions
    var needs: Assembly.Needs
    var output: PanelOutput
    /// A strip of values, and room to decode as much again.
    var values: UnsafeMutableBufferPointer<Float>
    var decoded: UnsafeMutableBufferPointer<Float>
    /// Rows of the source in another order than they are wanted in.
    var aside: UnsafeMutableBufferPointer<Float>
    var scratch: ReadScratch
  }

  // MARK: Copying

  /// Copies rows that are stored as they should be; false where they are not.
  private func copies(
    _ slice: Int, _ rows: Range<Int>, _ target: any EncodingLayout, _ run: Run
  ) throws(CheckpointError) -> Bool {
    guard case .all = run.assembly.rows, run.assembly.columns == nil, run.assembly.function == nil,
      !run.assembly.sources.isEmpty
    else { return false }
    let pieces = convert.binding.tensors[run.assembly.source(slice)].pieces
    guard pieces.count == 1, pieces[0].layout.isSame(as: target), pieces[0].view.isContiguous(in: pieces[0].shape),
      let part = pieces[0].layout.parts(for: pieces[0].shape).first, pieces[0].records.count == 1
    else { return false }
    let first = slice * run.assembly.rowsPerSlice
    let place = first + rows.lowerBound..<first + rows.upperBound
    try reader.copy(rows, of: pieces[0], part: part, into: run.output.bytes(of: place)[0])
    return true
  }

  // MARK: Transcoding

  /// Moves codes to where the other layout has them; the error is measured as for what is encoded.
  private func transcode(
    _ rows: Range<Int>, of slice: Int, _ target: any EncodingLayout, _ run: Run, _ report: inout PanelReport
  ) throws(CheckpointError) {
    let first = slice * run.assembly.rowsPerSlice
    let output = run.output.bytes(of: first + rows.lowerBound..<first + rows.upperBound)[0]
    let rowBytes = output.count / max(1, rows.count)
    let pieces = convert.binding.tensors[run.assembly.source(slice)].pieces
    try reader.withStored(rows, of: pieces, scratch: run.scratch) {
      (piece, stored, wanted, place) throws(CheckpointError) in
      guard let transcoding = Transcoding.between(piece.layout, target) else {
        throw CheckpointError(.internalMistake, tensor: run.assembly.name, "was planned to keep its codes and cannot")
      }
      for i in 0..<wanted.count {
        let bytes = UnsafeMutableRawBufferPointer(
          rebasing: output[(place + i) * rowBytes..<(place + i + 1) * rowBytes])
        let done = transcoding.row(wanted.first + i * wanted.step, of: stored, into: bytes)
        if let group = done.nonFinite {
          let row = rows.lowerBound + place + i
          let values = UnsafeMutableBufferPointer(rebasing: run.values[..<run.work.shape.columns])
          try read(row..<row + 1, of: slice, run, into: values)
          let largest = (group * 32..<group * 32 + 32).max { abs(values[$0]) < abs(values[$1]) } ?? group * 32
          let column = (group * 32..<group * 32 + 32).first { !values[$0].isFinite } ?? largest
          throw error(slice, row, column, values[column], run)
        }
        report.groups += done.groups
        report.exactGroups += done.exact
      }
    }
    for measured in convert.options.errors.runs(of: rows) {
      let values = UnsafeMutableBufferPointer(rebasing: run.values[..<(measured.count * run.work.shape.columns)])
      try read(measured, of: slice, run, into: values)
      run.output.measure(
        first + measured.lowerBound..<first + measured.upperBound, UnsafeBufferPointer(values), decoded: run.decoded,
        &report)
    }
  }

  // MARK: Reading

  private func read(
    _ rows: Range<Int>, of slice: Int, _ run: Run, into values: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let columns = run.work.shape.columns
    if case .computed(let computed) = run.assembly.rows {
      _ = values.update(fromContentsOf: computed[rows.lowerBound * columns..<rows.upperBound * columns])
      return
    }
    let source = run.assembly.source(slice)
    let pieces = convert.binding.tensors[source].pieces
    let shape = convert.binding.model?.tensors[convert.binding.tensors[source].tensor].shape ?? []
    switch run.assembly.rows {
    case .computed: break
    case .all: try reader.read(rows, of: pieces, shape, into: values, scratch: run.scratch)
    case .picked(let table):
      let first = slice * run.assembly.rowsPerSlice
      try pick(
        table[first + rows.lowerBound..<first + rows.upperBound].map { Int($0) }, of: pieces, shape, run, into: values)
    case .transposed(let starts):
      let block = Int(starts[slice])..<Int(starts[slice]) + columns
      let aside = UnsafeMutableBufferPointer(rebasing: run.aside[..<(columns * shape.columns)])
      try reader.read(block, of: pieces, shape, into: aside, scratch: run.scratch)
      for (i, row) in rows.enumerated() {
        for column in 0..<columns { values[i * columns + column] = aside[column * shape.columns + row] }
      }
    }
    if let order = run.assembly.columns {
      for row in 0..<rows.count {
        let line = UnsafeMutableBufferPointer(rebasing: values[row * columns..<(row + 1) * columns])
        _ = run.aside.update(fromContentsOf: line)
        for (column, place) in order.enumerated() { line[column] = run.aside[Int(place)] }
      }
    }
    run.assembly.function?.apply(to: values)
  }

  /// Rows of the source in any order: neighbours are read together.
  private func pick(
    _ rows: [Int], of pieces: [Piece], _ shape: Shape, _ run: Run, into values: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let columns = shape.columns
    let isRun = zip(rows, rows.dropFirst()).allSatisfy { $0 + 1 == $1 }
    if isRun {
      return try reader.read(rows[0]..<rows[0] + rows.count, of: pieces, shape, into: values, scratch: run.scratch)
    }
    let order = rows.indices.sorted { rows[$0] < rows[$1] }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, rows[order[end]] == rows[order[end - 1]] + 1 { end += 1 }
      let first = rows[order[start]]
      let aside = UnsafeMutableBufferPointer(rebasing: run.aside[..<((end - start) * columns)])
      try reader.read(first..<first + end - start, of: pieces, shape, into: aside, scratch: run.scratch)
      for i in start..<end {
        let target = UnsafeMutableBufferPointer(rebasing: values[order[i] * columns..<(order[i] + 1) * columns])
        _ = target.update(fromContentsOf: aside[(i - start) * columns..<(i - start + 1) * columns])
      }
      start = end
    }
  }

  // MARK: Encoding

  /// The weights of the columns of one matrix.
  private func importance(
    of slice: Int, _ assembly: Assembly, _ work: ConvertPlan.Work, _ usual: EncodeOptions.Importance
  ) throws(CheckpointError) -> EncodeOptions.Importance {
    let columns = work.shape.columns
    guard let entry = assembly.importance, let matrix = convert.options.importance else { return usual }
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
    let (output, columns) = (run.output, run.work.shape.columns)
    let first = slice * run.assembly.rowsPerSlice
    let place = first + rows.lowerBound..<first + rows.upperBound
    let encoded = output.codec.encode(
      values, rows: place, shape: output.shape, options: run.options, into: output.bytes(of: place))
    if let nonFinite = encoded.nonFinite {
      throw error(
        slice, nonFinite.row - first, nonFinite.column,
        values[(nonFinite.row - place.lowerBound) * columns + nonFinite.column], run)
    }
    report.groups += encoded.groups
    report.exactGroups += encoded.exactGroups
    for measured in convert.options.errors.runs(of: rows) {
      let start = (measured.lowerBound - rows.lowerBound) * columns
      output.measure(
        first + measured.lowerBound..<first + measured.upperBound,
        UnsafeBufferPointer(rebasing: values[start..<start + measured.count * columns]), decoded: run.decoded, &report)
    }
  }

  /// Names the value in the source: which of its tensors, and where in it.
  private func error(_ slice: Int, _ row: Int, _ column: Int, _ value: Float, _ run: Run) -> CheckpointError {
    var (row, column) = (row, column)
    switch run.assembly.rows {
    case .all, .computed: break
    case .picked(let table): row = Int(table[slice * run.assembly.rowsPerSlice + row])
    case .transposed(let starts): (row, column) = (Int(starts[slice]) + column, row)
    }
    if let order = run.assembly.columns { column = Int(order[column]) }
    let name = run.assembly.sources.isEmpty ? nil : convert.binding.tensors[run.assembly.source(slice)].tensor
    let tensor = name.flatMap { place in convert.binding.model.map { $0.name(of: $0.tensors[place]) } }
    let reason =
      value.isFinite
      ? "which is too large for \(run.output.codec.layout.name)" : "which no quantized model can have"
    return CheckpointError(
      .nonFinite, tensor: tensor ?? run.assembly.name,
      "has the value \(value) in row \(row), column \(column), \(reason)",
      hint: "the source is damaged, or was made with an overflow: check it, or get it again")
  }
}
