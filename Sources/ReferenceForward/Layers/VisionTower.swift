internal import CheckpointKit
internal import Quantize

/// A vision transformer and the projector behind it: MoonViT-3D of Kimi K2.5, and the tower of Qwen3.5.
///
/// | what | how |
/// |---|---|
/// | patches | a matrix on the pixels of a patch, with bias |
/// | positions | a learned square grid, resampled to the image's; for clips a table of sines by frame, where there is one |
/// | blocks | LayerNorm, attention over the patches of an image, LayerNorm, `W2 gelu(W1 x)`, all with biases |
/// | rotation | half of the pairs by the column, half by the row |
/// | projector | LayerNorm of each patch, neighbouring patches joined, `W2 gelu(W1 x)` |
///
/// MoonViT-3D attends over all frames of a clip and takes the mean of the frames; its patches come row by row. Qwen3.5
/// attends within a frame, and its patches come in the blocks that are joined. Sources: transformers 5.23.0,
/// `modeling_kimi_k25.py`, `modeling_qwen3_5.py` and `vision_utils.py`.
struct VisionTower: Sendable {
  let heads: Int
  let epsilon: Double
  let projectorEpsilon: Double
  let isBicubic: Bool
  /// Pairs are `(2i, 2i + 1)` and turn by column and row in turn; otherwise `(i, i + width / 2)`, rows first.
  let isInterleaved: Bool
  let theta: Double
  /// Patches on a side of what the projector joins.
  let merge: Int
  /// Whether the frames of a clip see each other and become one.
  let joinsFrames: Bool
  /// Frames that the table of sines has; 0 for no table.
  let frameTable: Int

  init(_ values: ForwardValues) throws(CheckpointError) {
    heads = try values.size("vision_heads")
    epsilon = try values.double("vision_norm_eps")
    projectorEpsilon = try values.double("vision_proj_norm_eps")
    isBicubic = try values.choice("vision_positions", ["bicubic", "bilinear"]) == "bicubic"
    isInterleaved = try values.choice("vision_rope_pairing", ["interleaved", "half-split"]) == "interleaved"
    theta = try values.double("vision_rope_theta")
    merge = try values.size("vision_merge")
    joinsFrames = try values.choice("vision_frames", ["together", "apart"]) == "together"
    frameTable = try values.size("vision_frame_table", orNone: 0)
    _ = try values.choice("vision_activation", ["gelu_pytorch_tanh"])
  }

  /// Where a patch lies.
  private struct Patch: Sendable {
    var frame: Int
    var row: Int
    var column: Int
    var grid: ImageInput.Grid
  }

  /// - Returns: a row for each joined patch, in the order of the images.
  func features(of input: ImageInput, blocks: Int, weights: Weights) throws(CheckpointError) -> Matrix {
    for grid in input.grids where grid.rows % merge != 0 || grid.columns % merge != 0 {
      throw CheckpointError(
        .forwardInput, "an image of \(grid.rows) × \(grid.columns) patches does not divide into \(merge) × \(merge)")
    }
    let patches = patches(of: input.grids)
    let state = try embed(input, weights)
    try addPositions(to: state, patches, weights)
    let width = state.columns / heads
    guard width * heads == state.columns, width % 4 == 0 else {
      throw CheckpointError(.configKey, "\(heads) heads do not divide a hidden size of \(state.columns) into fours")
    }
    let turns = try turns(patches, width)
    for block in 0..<blocks { try apply(block: block, to: state, turns, input.grids, weights) }
    if weights.reader.tensor(.visionNormFinal) != nil {
      try normalise(state.block, .visionNormFinal, .visionNormFinalBias, nil, epsilon, weights, into: state.block)
    }
    return try project(state, patches, input.grids, weights)
  }

  private func patches(of grids: [ImageInput.Grid]) -> [Patch] {
    grids.flatMap { grid in
      (0..<grid.patches).map { number in
        let (frame, within) = (number / (grid.rows * grid.columns), number % (grid.rows * grid.columns))
        // Row by row, or block by block.
        let side = joinsFrames ? 1 : merge
        let block = within / (side * side)
        let (blockRow, blockColumn) = (block / (grid.columns / side), block % (grid.columns / side))
        return Patch(
          frame: frame, row: blockRow * side + within / side % side, column: blockColumn * side + within % side,
          grid: grid)
      }
    }
  }

  // MARK: Patches and positions

  private func embed(_ input: ImageInput, _ weights: Weights) throws(CheckpointError) -> Matrix {
    let tensor = try weights.tensor(.visionPatch)
    let shape = weights.reader.shape(of: tensor)
    guard shape.elementCount / shape[0] == input.width else {
      throw CheckpointError(
        .forwardInput, "patches of \(input.width) values are not what \(weights.reader.name(of: tensor)) takes")
    }
    let values = try weights.vector(.visionPatch)
    let bias = try weights.vector(.visionPatchBias)
    let (matrix, pixels) = (
      try Matrix(shape[0], input.width), try Matrix(input.pixels.count / input.width, input.width)
    )
    matrix.take(values)
    pixels.take(input.pixels)
    let state = try Matrix(pixels.rows, shape[0])
    weights.blas.multiply(pixels.block, transposed: matrix.block, into: state.block)
    for row in 0..<state.rows { Elementwise.add(bias, to: state.block.row(row)) }
    return state
  }

  private func addPositions(to state: Matrix, _ patches: [Patch], _ weights: Weights) throws(CheckpointError) {
    let tensor = try weights.tensor(.visionPosition)
    let shape = weights.reader.shape(of: tensor)
    let table = try weights.vector(.visionPosition)
    let width = state.columns
    let side = shape.rank == 3 ? shape[0] : Int(Double(shape[0]).squareRoot())
    guard side * side * width == table.count else {
      throw CheckpointError(
        .forwardUnsupported, tensor: weights.reader.name(of: tensor), "of shape \(shape) is no square grid of positions"
      )
    }
    for (number, patch) in patches.enumerated() {
      let row = state.block.row(number)
      for (y, high) in taps(patch.row, of: patch.grid.rows, side) {
        for (x, wide) in taps(patch.column, of: patch.grid.columns, side) {
          let (place, share) = ((y * side + x) * width, Float(high * wide))
          for i in 0..<width { row[i] += share * table[place + i] }
        }
      }
      guard frameTable > 0, patch.grid.frames > 1 else { continue }
      guard patch.grid.frames <= frameTable else {
        throw CheckpointError(
          .forwardInput, "a clip of \(patch.grid.frames) frames, where the model knows \(frameTable)")
      }
      for i in 0..<width / 2 {
        let angle = Double(patch.frame) * Elementwise.power(10000, -2 * Double(i) / Double(width))
        row[i] += Float(Elementwise.sine(angle))
        row[width / 2 + i] += Float(Elementwise.cosine(angle))
      }
    }
  }

  /// Places in the learned grid that a patch's position is made of, and their shares: as torch's `interpolate` resamples,
  /// bicubic with half-pixel centres (Keys' kernel, a = −0.75), or bilinear with aligned corners.
  private func taps(_ index: Int, of size: Int, _ side: Int) -> [(place: Int, share: Double)] {
    let center =
      isBicubic
      ? (Double(index) + 0.5) * Double(side) / Double(size) - 0.5
      : Double(index) * Double(side - 1) / Double(max(1, size - 1))
    let floor = center.rounded(.down)
    return (isBicubic ? -1...2 : 0...1).map { offset in
      let distance = abs(center - floor - Double(offset))
      let a = -0.75
      let share =
        !isBicubic
        ? max(0, 1 - distance)
        : distance <= 1
          ? ((a + 2) * distance - (a + 3)) * distance * distance + 1
          : ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
      return (min(max(Int(floor) + offset, 0), side - 1), share)
    }
  }

  /// Cosines and sines of every patch, for each pair.
  private func turns(_ patches: [Patch], _ width: Int) throws(CheckpointError) -> Matrix {
    let (pairs, each) = (width / 2, width / 4)
    let table = try Matrix(patches.count, width)
    for (number, patch) in patches.enumerated() {
      let row = table.block.row(number)
      for pair in 0..<pairs {
        let frequency = isInterleaved ? pair / 2 : pair % each
        let byColumn = isInterleaved ? pair % 2 == 0 : pair >= each
        let angle =
          Double(byColumn ? patch.column : patch.row)
          * Elementwise.power(theta, -2 * Double(frequency) / Double(pairs))
        row[pair] = Float(Elementwise.cosine(angle))
        row[pairs + pair] = Float(Elementwise.sine(angle))
      }
    }
    return table
  }

  // MARK: Blocks

  private func apply(
    block: Int, to state: Matrix, _ turns: Matrix, _ grids: [ImageInput.Grid], _ weights: Weights
  ) throws(CheckpointError) {
    let normal = try Matrix(state.rows, state.columns)
    try normalise(
      state.block, .visionNormAttention, .visionNormAttentionBias, block, epsilon, weights, into: normal.block)
    let mixed = try multiply(normal, .visionQKV, .visionQKVBias, block, weights)
    let attended = try attend(mixed, turns, grids, weights)
    try weights.multiply(attended.block, weights.tensor(.visionO, layer: block), into: state.block, adding: true)
    try weights.addBias(.visionOBias, layer: block, to: state.block)
    try normalise(
      state.block, .visionNormFeedForward, .visionNormFeedForwardBias, block, epsilon, weights, into: normal.block)
    let inner = try multiply(normal, .visionUp, .visionUpBias, block, weights)
    try weights.forEachRun(of: inner.rows, values: inner.columns) { rows in
      for row in rows { Elementwise.map(inner.block.row(row), Elementwise.geluTanh) }
    }
    try weights.multiply(inner.block, weights.tensor(.visionDown, layer: block), into: state.block, adding: true)
    try weights.addBias(.visionDownBias, layer: block, to: state.block)
  }

  private func multiply(
    _ input: Matrix, _ role: Role, _ bias: Role, _ layer: Int?, _ weights: Weights
  ) throws(CheckpointError) -> Matrix {
    let tensor = try weights.tensor(role, layer: layer)
    let result = try Matrix(input.rows, weights.reader.shape(of: tensor).rows)
    try weights.multiply(input.block, tensor, into: result.block)
    let values = try weights.vector(bias, layer: layer)
    for row in 0..<result.rows { Elementwise.add(values, to: result.block.row(row)) }
    return result
  }

  private func normalise(
    _ input: Block, _ role: Role, _ bias: Role, _ layer: Int?, _ epsilon: Double, _ weights: Weights, into output: Block
  ) throws(CheckpointError) {
    let (weight, bias) = (try weights.vector(role, layer: layer), try weights.vector(bias, layer: layer))
    try weights.forEachRun(of: input.rows, values: input.columns) { rows in
      for row in rows {
        if input.base != output.base {
          output.row(row).baseAddress?.update(from: input.base + row * input.stride, count: input.columns)
        }
        Elementwise.normaliseCentred(output.row(row), weight: weight, bias: bias, epsilon: epsilon)
      }
    }
  }

  /// Patches that see each other, as runs.
  private func segments(_ grids: [ImageInput.Grid]) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    for grid in grids {
      for _ in 0..<(joinsFrames ? 1 : grid.frames) {
        let start = segments.last?.upperBound ?? 0
        segments.append(start..<start + (joinsFrames ? grid.patches : grid.rows * grid.columns))
      }
    }
    return segments
  }

  private func attend(
    _ mixed: Matrix, _ turns: Matrix, _ grids: [ImageInput.Grid], _ weights: Weights
  ) throws(CheckpointError) -> Matrix {
    let hidden = mixed.columns / 3
    let (heads, width, isInterleaved) = (heads, hidden / heads, isInterleaved)
    try weights.forEachRun(of: mixed.rows, values: 2 * hidden) { rows in
      for row in rows {
        let turn = turns.block.row(row)
        for head in 0..<2 * heads {
          let values = mixed.block.base + row * mixed.columns + head * width
          for pair in 0..<width / 2 {
            let (first, second) = isInterleaved ? (2 * pair, 2 * pair + 1) : (pair, pair + width / 2)
            let (a, b) = (values[first], values[second])
            values[first] = a * turn[pair] - b * turn[width / 2 + pair]
            values[second] = b * turn[pair] + a * turn[width / 2 + pair]
          }
        }
      }
    }
    let result = try Matrix(mixed.rows, hidden)
    // Runs of queries that are scored together, each within one segment.
    let runs = segments(grids).flatMap { segment in
      stride(from: segment.lowerBound, to: segment.upperBound, by: CausalAttention.run).map {
        (queries: $0..<min(segment.upperBound, $0 + CausalAttention.run), segment: segment)
      }
    }
    let (blas, scale) = (weights.blas, 1 / Float(width).squareRoot())
    try weights.team.forEach(runs.count * heads) { (unit, worker) throws(CheckpointError) in
      let (run, head) = (runs[unit / heads], unit % heads)
      func part(_ third: Int, _ rows: Range<Int>) -> Block {
        mixed.block[rows: rows][columns: third * hidden + head * width..<third * hidden + (head + 1) * width]
      }
      let scores = try worker.block(.output, run.queries.count, run.segment.count)
      blas.multiply(part(0, run.queries), transposed: part(1, run.segment), into: scores, alpha: scale)
      for row in 0..<scores.rows { Elementwise.softmax(scores.row(row)) }
      blas.multiply(
        scores, part(2, run.segment), into: result.block[rows: run.queries][columns: head * width..<(head + 1) * width])
    }
    return result
  }

  // MARK: Projector

  private func project(
    _ state: Matrix, _ patches: [Patch], _ grids: [ImageInput.Grid], _ weights: Weights
  ) throws(CheckpointError) -> Matrix {
    let width = state.columns
    let joined = try Matrix(
      grids.reduce(0) { $0 + (joinsFrames ? 1 : $1.frames) * $1.rows * $1.columns } / (merge * merge),
      merge * merge * width)
    var (first, done) = (0, 0)
    for grid in grids {
      let share = joinsFrames ? 1 / Float(grid.frames) : 1
      let inFrame = grid.rows * grid.columns / (merge * merge)
      for number in first..<first + grid.patches {
        let patch = patches[number]
        let block = patch.row / merge * (grid.columns / merge) + patch.column / merge
        let place = patch.row % merge * merge + patch.column % merge
        let target = joined.block.row(done + (joinsFrames ? 0 : patch.frame * inFrame) + block)
        let source = state.block.row(number)
        for i in 0..<width { target[place * width + i] += share * source[i] }
      }
      first += grid.patches
      done += (joinsFrames ? 1 : grid.frames) * inFrame
    }
    // Each patch is normalised by itself: the same memory, seen as one row a patch.
    let single = Block(base: joined.block.base, rows: joined.rows * merge * merge, columns: width, stride: width)
    try normalise(single, .visionProjectorNorm, .visionProjectorNormBias, nil, projectorEpsilon, weights, into: single)
    let inner = try multiply(joined, .visionProjectorUp, .visionProjectorUpBias, nil, weights)
    for row in 0..<inner.rows { Elementwise.map(inner.block.row(row), Elementwise.gelu) }
    return try multiply(inner, .visionProjectorDown, .visionProjectorDownBias, nil, weights)
  }
}
