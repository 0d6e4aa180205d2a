internal import CheckpointKit

/// What was seen in one stored matrix.
struct MatrixLook: Sendable {
  struct Context: Sendable {
    /// Scales are said to be powers of two.
    var wantsPowersOfTwo: Bool
  }

  /// Where a value stands: row and column of the tensor, or of the grid of scales.
  struct Place: Sendable, Equatable {
    var row: Int
    var column: Int
  }

  /// Scales of one kind: how many, and the first.
  struct ScaleCount: Sendable {
    var count = 0
    var first: Place?

    mutating func add(_ place: @autoclosure () -> Place) {
      if first == nil { first = place() }
      count += 1
    }
  }

  /// Of the main part.
  private(set) var isZero = true
  private(set) var isConstant = true
  /// Whether any decoded value is not zero. Codes that are not may stand for nothing else: blocks whose scales are 0.
  private(set) var hasValue = false
  private(set) var nonFinite = ScaleCount()
  private(set) var hash: UInt64 = 0x9e37_79b9_7f4a_7c15

  private(set) var scaleCount = 0
  private(set) var badScales = ScaleCount()
  private(set) var zeroScales = ScaleCount()
  private(set) var negativeScales = ScaleCount()
  private(set) var unevenScales = ScaleCount()
  /// How many scales have each binary exponent, and where the first of them stands; none where there are no scales.
  private(set) var exponents: [(count: Int, first: Place)] = []

  /// Contents of `weight_shape`, where they are not the tensor's shape.
  private(set) var wrongShape: [Int]?

  /// Root mean square of the sampled rows; nil where all sampled values are zero.
  private(set) var rootMeanSquare: Double?
  /// Whether every sampled value is one that an fp8 code stands for.
  private(set) var isBareFP8 = false

  /// Variance of the logarithms of decoded block magnitudes, with the grid as it is stored and transposed.
  private(set) var gridVariance: (stored: Double, transposed: Double, pairs: Int)?

  private var squares = 0.0
  private var sampled = 0
  private var fp8Like = 0
  private var isFirstRun = true
  private var pattern: UInt64 = 0

  /// One row out of so many is decoded.
  private static let rowStep = 61

  // MARK: Reading

  init(
    at matrix: StoredMatrix, of checkpoint: Checkpoint, _ files: SourceFiles, memory: Buffer, _ context: Context
  ) throws(CheckpointError) {
    guard let layout = matrix.layout else {
      try readBare(matrix, files, memory)
      return
    }
    let parts = layout.parts(for: matrix.shape)
    let scalePart = layout.scales
    let codec = Codecs.codec(for: layout)
    var grid = GridStatistics(layout, matrix.shape)
    let (rows, step) = (matrix.shape.rows, matrix.runRows)
    var start = 0
    while start < rows {
      let run = start..<min(rows, start + step)
      var buffers: [UnsafeRawBufferPointer] = []
      var used = 0
      for (i, part) in parts.enumerated() {
        let range = part.byteRange(rows: run)
        let target = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[used..<used + range.count])
        used += range.count.roundedUp(to: 64)
        let offset = matrix.slice * part.byteCount
        try files.read(matrix.records[i], offset + range.lowerBound..<offset + range.upperBound, into: target)
        buffers.append(UnsafeRawBufferPointer(target))
      }
      let stored = StoredRows(shape: matrix.shape, rows: run, parts: buffers)
      let line = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[used..<used + matrix.shape.columns * 4])
        .bindMemory(to: Float.self)
      look(at: buffers[0], of: parts[0], stored, codec, line)
      if let scalePart {
        let part = parts[scalePart.part]
        lookAtScales(
          buffers[scalePart.part], scalePart.dtype, columns: part.shape.columns,
          firstRow: start / (part.rowsPerRow ?? 1), context)
      }
      if !hasValue { lookForValue(run, stored, codec, line) }
      sample(run, stored, codec, line)
      grid?.add(run, stored)
      if start == 0, let part = layout.shapePart { readShape(buffers[part], parts[part].dtype, matrix.shape) }
      start = run.upperBound
    }
    finish(layout, grid)
  }

  /// A tensor without a known encoding: its bytes as they are.
  private mutating func readBare(
    _ matrix: StoredMatrix, _ files: SourceFiles, _ memory: Buffer
  ) throws(CheckpointError) {
    let record = matrix.records[0]
    var scan = ContentScan(record.dtype)
    var start = 0
    let step = memory.byteCount / 8 * 8
    while start < record.byteCount {
      let range = start..<min(record.byteCount, start + step)
      let target = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<range.count])
      try files.read(record, range, into: target)
      scan.update(UnsafeRawBufferPointer(target))
      start = range.upperBound
    }
    isZero = scan.isZero
    hasValue = !isZero
    isConstant = scan.isConstant
    nonFinite.count = scan.nanCount + scan.infinityCount
  }

  // MARK: The main part

  private mutating func look(
    at bytes: UnsafeRawBufferPointer, of part: StoredPart, _ stored: StoredRows, _ codec: any Codec,
    _ line: UnsafeMutableBufferPointer<Float>
  ) {
    let isBlock = codec.layout.ggufType != nil
    let width = isBlock ? 1 : part.dtype.bitsPerElement / 8
    if isFirstRun { pattern = Self.firstElement(bytes, width) }
    isFirstRun = false
    let seen = Self.words(bytes, hash, pattern)
    hash = seen.hash
    if seen.any != 0 { isZero = false }
    if seen.different != 0 { isConstant = false }
    var scan = ContentScan(part.dtype)
    scan.update(bytes)
    if scan.nanCount + scan.infinityCount == 0, !isBlock { return }
    let before = nonFinite.count
    nonFinite.count += scan.nanCount + scan.infinityCount
    guard nonFinite.first == nil else { return }
    for row in stored.rows {
      codec.decode(rows: row..<row + 1, columns: 0..<stored.shape.columns, of: stored, into: line)
      guard let column = line.firstIndex(where: { !$0.isFinite }) else { continue }
      nonFinite.first = Place(row: row, column: column)
      if isBlock { nonFinite.count = max(before, 0) + line.count { !$0.isFinite } }
      return
    }
  }

  private static func firstElement(_ bytes: UnsafeRawBufferPointer, _ width: Int) -> UInt64 {
    guard bytes.count >= width else { return 0 }
    var word: UInt64 = 0
    for i in 0..<8 { word |= UInt64(bytes[i % width]) << UInt64(8 * i) }
    return word
  }

  /// Whether any bit is set, whether any element differs from the first, and a hash that depends on the order.
  private static func words(
    _ bytes: UnsafeRawBufferPointer, _ hash: UInt64, _ pattern: UInt64
  ) -> (any: UInt64, different: UInt64, hash: UInt64) {
    let prime: UInt64 = 0x9fb2_1c65_1e98_df25
    var (any, different): (UInt64, UInt64) = (0, 0)
    var (a, b, c, d) = (hash, hash ^ 1, hash ^ 2, hash ^ 3)
    var i = 0
    guard let base = bytes.baseAddress else { return (0, 0, hash) }
    while i &+ 32 <= bytes.count {
      let w0 = base.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      let w1 = base.loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self)
      let w2 = base.loadUnaligned(fromByteOffset: i &+ 16, as: UInt64.self)
      let w3 = base.loadUnaligned(fromByteOffset: i &+ 24, as: UInt64.self)
      any |= w0 | w1 | w2 | w3
      different |= (w0 ^ pattern) | (w1 ^ pattern) | (w2 ^ pattern) | (w3 ^ pattern)
      a = (a ^ w0) &* prime
      b = (b ^ w1) &* prime
      c = (c ^ w2) &* prime
      d = (d ^ w3) &* prime
      a ^= a >> 29
      b ^= b >> 29
      c ^= c >> 29
      d ^= d >> 29
      i &+= 32
    }
    while i < bytes.count {
      let byte = UInt64(bytes[i])
      any |= byte
      different |= byte ^ (pattern >> UInt64(8 * (i % 8)) & 0xff)
      a = (a ^ byte) &* prime
      i &+= 1
    }
    for lane in [b, c, d] { a = (a ^ lane) &* prime ^ (a >> 31) }
    return (any, different, a)
  }

  // MARK: Scales

  private mutating func lookAtScales(
    _ bytes: UnsafeRawBufferPointer, _ dtype: DType, columns: Int, firstRow: Int, _ context: Context
  ) {
    let count = bytes.count / max(1, dtype.bitsPerElement / 8)
    if exponents.isEmpty { exponents = Array(repeating: (0, Place(row: 0, column: 0)), count: 512) }
    scaleCount += count
    for i in 0..<count {
      let bits = Scales.load(bytes, i, dtype).bitPattern
      let exponent = Int(bits >> 23 & 0xff)
      func place() -> Place { Place(row: firstRow + i / columns, column: i % columns) }
      if exponent == 0xff {
        badScales.add(place())
        continue
      }
      if bits & 0x7fff_ffff == 0 {
        zeroScales.add(place())
        continue
      }
      if bits >> 31 == 1 { negativeScales.add(place()) }
      if context.wantsPowersOfTwo, bits & 0x7f_ffff != 0 { unevenScales.add(place()) }
      if exponents[exponent].count == 0 { exponents[exponent].first = place() }
      exponents[exponent].count += 1
    }
  }

  /// The exponent in the middle of all scales; nil where there are none.
  var middleExponent: Int? {
    let total = exponents.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    var sum = 0
    for (exponent, entry) in exponents.enumerated() {
      sum += entry.count
      if 2 * sum >= total { return exponent }
    }
    return nil
  }

  private mutating func readShape(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, _ shape: Shape) {
    let width = dtype.bitsPerElement / 8
    let found = (0..<2).map { i -> Int in
      switch dtype {
      case .i64, .u64: Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: i * width, as: Int64.self))
      case .i32: Int(bytes.loadUnaligned(fromByteOffset: i * width, as: Int32.self))
      case .u32: Int(bytes.loadUnaligned(fromByteOffset: i * width, as: UInt32.self))
      case .i16: Int(bytes.loadUnaligned(fromByteOffset: i * width, as: Int16.self))
      default: Int(bytes.loadUnaligned(fromByteOffset: i * width, as: UInt16.self))
      }
    }
    if found != [shape.rows, shape.columns] { wrongShape = found }
  }

  /// In most matrices the first row tells.
  private mutating func lookForValue(
    _ run: Range<Int>, _ stored: StoredRows, _ codec: any Codec, _ line: UnsafeMutableBufferPointer<Float>
  ) {
    for row in run where !hasValue {
      codec.decode(rows: row..<row + 1, columns: 0..<stored.shape.columns, of: stored, into: line)
      hasValue = line.contains { $0 != 0 }
    }
  }

  // MARK: A sample of the values

  private mutating func sample(
    _ run: Range<Int>, _ stored: StoredRows, _ codec: any Codec, _ line: UnsafeMutableBufferPointer<Float>
  ) {
    let first = run.lowerBound.ceilDiv(Self.rowStep) * Self.rowStep
    for row in stride(from: first, to: run.upperBound, by: Self.rowStep) {
      codec.decode(rows: row..<row + 1, columns: 0..<stored.shape.columns, of: stored, into: line)
      var sum = 0.0
      var nonZero = 0
      var like = 0
      for value in line where value.isFinite && value != 0 {
        sum += Double(value) * Double(value)
        nonZero += 1
        // Three bits behind the point, at most 448, at least a subnormal code's step.
        let isCode = value.bitPattern & 0xf_ffff == 0 && abs(value) <= 448
        if isCode { like += 1 }
      }
      squares += sum
      sampled += nonZero
      fp8Like += like
    }
  }

  private mutating func finish(_ layout: any EncodingLayout, _ grid: GridStatistics?) {
    if sampled > 0 { rootMeanSquare = (squares / Double(sampled)).squareRoot() }
    isBareFP8 = layout.isPlain && sampled >= 64 && fp8Like == sampled && (rootMeanSquare ?? 0) > 4
    gridVariance = grid?.variances
    hash ^= UInt64(truncatingIfNeeded: scaleCount)
  }
}

/// Whether a square grid of fp8 scales fits its blocks better when it is transposed.
///
/// A scale is its block's largest magnitude / 448, so that `scale × rms(codes)` is the block's own magnitude, which varies
/// less over a matrix than the ratio of largest to mean does. Under a transposed grid that ratio does not cancel, and
/// the logarithms of the products scatter more.
struct GridStatistics {
  private let side: Int
  private let columns: Int
  private let block: Int
  private let scalePart: (part: Int, dtype: DType)
  private var squares: [Double]
  private var scales: [Double]
  /// Rows of each block that are looked at: one in so many.
  private static let rowStep = 8

  /// nil where the shapes tell, or where there are too few blocks.
  init?(_ layout: any EncodingLayout, _ shape: Shape) {
    guard let stored = layout.scales, layout.isInBlocks, layout.parts(for: shape).first?.dtype == .f8e4m3,
      shape.rank == 2, shape.rows == shape.columns
    else { return nil }
    side = shape.columns.ceilDiv(layout.tile.rows)
    guard (6...256).contains(side) else { return nil }
    columns = shape.columns
    block = layout.tile.rows
    scalePart = stored
    squares = Array(repeating: 0, count: side * side)
    scales = Array(repeating: 0, count: side * side)
  }

  private static let codeSquares: [Float] = (0..<256).map { code in
    let (exponent, fraction) = ((code >> 3) & 15, Float(code & 7))
    if code & 0x7f == 0x7f { return 0 }
    let value =
      exponent == 0
      ? fraction * 0x1p-9 : Float(sign: .plus, exponent: exponent - 7, significand: 1 + fraction / 8)
    return value * value
  }

  mutating func add(_ run: Range<Int>, _ stored: StoredRows) {
    for blockRow in run.lowerBound / block..<run.upperBound.ceilDiv(block) {
      let offset = (blockRow - run.lowerBound / block) * side
      for i in 0..<side {
        scales[blockRow * side + i] = Double(Scales.load(stored.parts[scalePart.part], offset + i, scalePart.dtype))
      }
      for row in stride(from: blockRow * block, to: min(run.upperBound, (blockRow + 1) * block), by: Self.rowStep) {
        let start = (row - run.lowerBound) * columns
        for i in 0..<side {
          var sum: Float = 0
          for column in i * block..<min(columns, (i + 1) * block) {
            sum += Self.codeSquares[Int(stored.parts[0][start + column])]
          }
          squares[blockRow * side + i] += Double(sum)
        }
      }
    }
  }

  /// Over the pairs of blocks that transposing exchanges.
  var variances: (stored: Double, transposed: Double, pairs: Int)? {
    var direct: [Double] = []
    var turned: [Double] = []
    for i in 0..<side {
      for j in 0..<side where i != j {
        let (s, t, r) = (scales[i * side + j], scales[j * side + i], squares[i * side + j])
        guard s > 0, t > 0, r > 0, s.isFinite, t.isFinite else { continue }
        direct.append(logarithm(s * s * r))
        turned.append(logarithm(t * t * r))
      }
    }
    guard direct.count >= 20 else { return nil }
    return (Self.variance(direct), Self.variance(turned), direct.count / 2)
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }
}
