public import CheckpointKit

/// Compares the values of two checkpoints of one model, whatever each is stored in.
///
/// Tensors are matched by what the model means (group, role, layer, expert), so that names, prefixes and shards may differ;
/// where the family of one is not known, by their stored names.
public struct Comparer: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var budget: MemoryBudget
    /// What the program holds beside its workers.
    public var fixedMemory: Int
    /// One run of sixteen rows out of so many is compared; 1 is all.
    public var sampleEvery = 1
    public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    public var isStopped: @Sendable () -> Bool = { false }

    public init(threads: Int, budget: MemoryBudget, fixedMemory: Int) {
      self.threads = threads
      self.budget = budget
      self.fixedMemory = fixedMemory
    }
  }

  /// A tensor of one checkpoint, as far as comparing needs to know it.
  struct Side: Sendable {
    var name: String
    /// nil in a model of no known family.
    var role: Role?
    var layer: Int?
    var expert: Int?
    var shape: Shape
    var pieces: [Piece]
  }

  struct Pair: Sendable {
    var a: Side
    var b: Side
  }

  private let path: String
  private let a: PieceReader
  private let b: PieceReader
  private let options: Options
  private let pairs: [Pair]
  private let findings: [Finding]

  /// Matches tensors. What only one side has, or has in another shape, is found.
  ///
  /// - Throws: where one is of no known family, and the two have no stored name in common.
  public init(_ a: Binding, _ b: Binding, options: Options) throws(CheckpointError) {
    path = a.checkpoint.path
    self.a = PieceReader(a.checkpoint)
    self.b = PieceReader(b.checkpoint)
    self.options = options
    if a.model != nil, b.model != nil {
      var matcher = Matcher(a, b)
      matcher.match()
      pairs = matcher.pairs.map { Pair(a: Self.side(a, $0.0), b: Self.side(b, $0.1)) }
      findings = matcher.findings
    } else {
      (pairs, findings) = try matchByName(a, b)
    }
  }

  private static func side(_ binding: Binding, _ index: Int) -> Side {
    let bound = binding.tensors[index]
    guard let model = binding.model else { return Side(name: "", shape: [], pieces: bound.pieces) }
    let tensor = model.tensors[bound.tensor]
    return Side(
      name: model.name(of: tensor), role: tensor.role, layer: tensor.layer, expert: tensor.expert, shape: tensor.shape,
      pieces: bound.pieces)
  }

  public func compare() throws(CheckpointError) -> Comparison {
    // One strip of each side in values, and its stored bytes, for each worker.
    let panel = 2 * Self.stripValues * 4 + 4 * Self.stripValues
    let workers = try options.budget.workers(fixed: options.fixedMemory, panel: panel, wanted: options.threads)
    let order = pairs.indices.sorted { size(pairs[$0]) > size(pairs[$1]) }
    let progress = ComparisonProgress(total: pairs.reduce(0) { $0 + size($1) }, options.progress)
    let results = parallelMap(count: order.count, threads: workers) {
      [self] i -> Result<Comparison.Row, CheckpointError> in
      do throws(CheckpointError) {
        let row = try compare(pairs[order[i]])
        progress.add(size(pairs[order[i]]))
        return .success(row)
      } catch { return .failure(error) }
    }
    var rows = [Comparison.Row?](repeating: nil, count: pairs.count)
    for (place, result) in zip(order, results) { rows[place] = try result.get() }
    return Comparison(rows.compactMap { $0 }, findings: findings + nonFinite(rows.compactMap { $0 }))
  }

  private func size(_ pair: Pair) -> Int { pair.a.shape.elementCount }

  private func nonFinite(_ rows: [Comparison.Row]) -> [Finding] {
    rows.filter { !$0.errors.squaredError.isFinite }.map {
      Finding(.error, .nonFinite, tensor: $0.name, "has values that are not finite: its error has no figure")
    }
  }

  // MARK: One tensor

  /// Values of one side that are in memory at a time; a single row may be longer.
  private static let stripValues = 1 << 20

  private func compare(_ pair: Pair) throws(CheckpointError) -> Comparison.Row {
    let shape = pair.a.shape
    let width = shape.columns
    // Whole runs of sixteen rows, so that a sample falls on strips.
    let stripRows = max(16, Self.stripValues / max(1, width) / 16 * 16)
    let scratch = ReadScratch()
    let values = try Buffer(byteCount: 2 * min(stripRows, shape.rows) * width * 4)
    let floats = values.bytes.bindMemory(to: Float.self)
    var sums = PairSums()
    var compared = 0
    for strip in strips(shape.rows, stripRows) {
      if options.isStopped() {
        throw CheckpointError(.stopped, file: path, "was stopped before all was compared")
      }
      let count = strip.count * width
      let left = UnsafeMutableBufferPointer(rebasing: floats[..<count])
      let right = UnsafeMutableBufferPointer(rebasing: floats[count..<2 * count])
      try a.read(strip, of: pair.a.pieces, shape, into: left, scratch: scratch)
      try b.read(strip, of: pair.b.pieces, shape, into: right, scratch: scratch)
      if let left = left.baseAddress, let right = right.baseAddress {
        for row in 0..<strip.count { sums.addRow(left + row * width, right + row * width, count: width) }
      }
      compared += strip.count
    }
    return Comparison.Row(
      name: pair.a.name, role: pair.a.role, layer: pair.a.layer, expert: pair.a.expert,
      encodings: (pair.a.pieces[0].layout.name, pair.b.pieces[0].layout.name), errors: sums.errors, cosine: sums.cosine,
      isIdentical: sums.isIdentical, isIdenticalInBF16: sums.isIdenticalInBF16, rows: (compared, shape.rows))
  }

  /// The rows to compare, as runs.
  private func strips(_ rows: Int, _ stripRows: Int) -> [Range<Int>] {
    if options.sampleEvery <= 1 {
      return stride(from: 0, to: rows, by: stripRows).map { $0..<min(rows, $0 + stripRows) }
    }
    return stride(from: 0, to: rows, by: 16 * options.sampleEvery).map { $0..<min(rows, $0 + 16) }
  }
}

/// Pairs the tensors of two models.
private struct Matcher {
  private struct Meaning: Hashable {
    var group: FamilySpec.Group
    var role: Role
    var layer: Int?
    var expert: Int?
    /// Which of several tensors of one role and layer, as in a vision tower.
    var number: Int
  }

  private let a: Binding
  private let b: Binding
  var pairs: [(Int, Int)] = []
  var findings: [Finding] = []

  init(_ a: Binding, _ b: Binding) {
    self.a = a
    self.b = b
  }

  mutating func match() {
    guard let modelA = a.model, let modelB = b.model else { return }
    let right = Self.meanings(b, modelB)
    var places: [Meaning: Int] = [:]
    for (i, meaning) in right.enumerated() { places[meaning] = i }
    var isMatched = [Bool](repeating: false, count: b.tensors.count)
    for (i, meaning) in Self.meanings(a, modelA).enumerated() {
      let tensor = modelA.tensors[a.tensors[i].tensor]
      guard modelB.groups.contains(meaning.group) else { continue }
      guard let place = places[meaning] else {
        add(.error, modelA.name(of: tensor), in: a, "is missing in \(b.checkpoint.path)")
        continue
      }
      isMatched[place] = true
      let other = modelB.tensors[b.tensors[place].tensor]
      if tensor.shape == other.shape {
        pairs.append((i, place))
      } else {
        add(
          .error, modelA.name(of: tensor), in: a,
          "has shape \(tensor.shape), and \(other.shape) in \(b.checkpoint.path)")
      }
    }
    for i in isMatched.indices where !isMatched[i] && modelA.groups.contains(right[i].group) {
      add(.error, modelB.name(of: modelB.tensors[b.tensors[i].tensor]), in: b, "is missing in \(a.checkpoint.path)")
    }
    for (binding, other) in [(a, modelB), (b, modelA)] {
      let groups = (binding.model?.groups ?? []).subtracting(other.groups)
      let left = binding.tensors.count { bound in
        binding.model.map { groups.contains($0.tensors[bound.tensor].group) } ?? false
      }
      guard left > 0 else { continue }
      findings.append(
        Finding(
          .note, .oneSided, file: binding.checkpoint.path,
          "has \(left) tensors of groups that the other side's file is not for: they are not compared"))
    }
    for binding in [a, b] where !binding.unknown.isEmpty {
      add(
        .warning, binding.checkpoint.records[binding.unknown[0]].name.string, in: binding,
        "is named by no spec and not compared"
          + (binding.unknown.count > 1 ? ", nor are \(binding.unknown.count - 1) others" : ""))
    }
  }

  private mutating func add(_ severity: Finding.Severity, _ tensor: String, in binding: Binding, _ problem: String) {
    let code: ProblemCode = severity == .error ? .oneSided : .tensorUnknown
    findings.append(Finding(severity, code, file: binding.checkpoint.path, tensor: tensor, problem))
  }

  private static func meanings(_ binding: Binding, _ model: ModelLayout) -> [Meaning] {
    var counts: [Meaning: Int] = [:]
    return binding.tensors.map { bound in
      let tensor = model.tensors[bound.tensor]
      var meaning = Meaning(
        group: tensor.group, role: tensor.role, layer: tensor.layer, expert: tensor.expert, number: 0)
      counts[meaning, default: -1] += 1
      meaning.number = counts[meaning] ?? 0
      return meaning
    }
  }
}
