internal import CheckpointKit

extension PanelFiller {
  /// Values of some rows of a matrix that are no run of stored ones.
  func read(
    _ rows: Range<Int>, of slice: Int, _ pieces: [Piece], _ run: Run, into values: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let columns = run.columns
    switch run.arrangement.rows {
    case .computed(let computed):
      _ = values.update(fromContentsOf: computed[rows.lowerBound * columns..<rows.upperBound * columns])
      return
    case .all: try reader.read(rows, of: pieces, shape(slice, run), into: values, scratch: run.scratch)
    case .picked(let table):
      let picked = table[run.place(rows, of: slice)].map { Int($0) }
      try pick(picked, of: pieces, shape(slice, run), run, into: values)
    case .transposed(let starts):
      let shape = shape(slice, run)
      let block = Int(starts[slice])..<Int(starts[slice]) + columns
      let aside = UnsafeMutableBufferPointer(rebasing: run.aside[..<(columns * shape.columns)])
      try reader.read(block, of: pieces, shape, into: aside, scratch: run.scratch)
      for (i, row) in rows.enumerated() {
        for column in 0..<columns { values[i * columns + column] = aside[column * shape.columns + row] }
      }
    }
    finish(rows.count, run, values)
  }

  /// What is done with values once their rows are there: the order of columns, and what each goes through.
  func finish(_ rows: Int, _ run: Run, _ values: UnsafeMutableBufferPointer<Float>) {
    let columns = run.columns
    if let order = run.arrangement.columns {
      for row in 0..<rows {
        let line = UnsafeMutableBufferPointer(rebasing: values[row * columns..<(row + 1) * columns])
        _ = run.aside.update(fromContentsOf: line)
        for (column, place) in order.enumerated() { line[column] = run.aside[Int(place)] }
      }
    }
    run.arrangement.function?.apply(to: values)
  }

  /// The shape of what a matrix is read from.
  private func shape(_ slice: Int, _ run: Run) -> Shape {
    guard let bound = run.arrangement.bound(slice), let model = convert.binding.model else { return run.output.shape }
    return model.tensors[convert.binding.tensors[bound].tensor].shape
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

  /// Names the value in the source: which of its tensors, and where in it.
  func error(_ slice: Int, _ row: Int, _ column: Int, _ value: Float, _ run: Run) -> CheckpointError {
    let arrangement = run.arrangement
    var (row, column) = (row, column)
    switch arrangement.rows {
    case .all, .computed: break
    case .picked(let table): row = Int(table[slice * arrangement.rowsPerSlice + row])
    case .transposed(let starts): (row, column) = (Int(starts[slice]) + column, row)
    }
    if let order = arrangement.columns { column = Int(order[column]) }
    let tensor = arrangement.bound(slice).flatMap { bound in
      convert.binding.model.map { $0.name(of: $0.tensors[convert.binding.tensors[bound].tensor]) }
    }
    let target = run.output.codec.layout
    let reason =
      if value.isFinite {
        "which is too large for \(run.options.rounding(for: target))"
      } else {
        target.isPlain ? "which no quantized model can have" : "which cannot be quantized"
      }
    return CheckpointError(
      .nonFinite, tensor: tensor ?? convert.name(of: run.work),
      "has the value \(value) in row \(row), column \(column), \(reason)",
      hint: "the source is damaged, or was made with an overflow: check it, or get it again")
  }
}

extension EncodeOptions {
  /// What must hold the values: the encoding, or the type in which a library would hold them first.
  fileprivate func rounding(for target: any EncodingLayout) -> String {
    target.takesRounding ? weightDType.name : target.name
  }
}
