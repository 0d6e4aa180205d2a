internal import CheckpointKit

/// What the matrices of a checkpoint, seen one by one and beside each other, make suspect or certain.
///
/// | finding | when |
/// |---|---|
/// | error | a value or a scale is no number, a scale is 0, `weight_shape` is not the shape, bare fp8 codes |
/// | warning | zero or constant matrices, negative scales, what is far from its neighbours, a transposed grid, equal experts |
struct DataFindings {
  typealias Seen = (matrix: StoredMatrix, look: MatrixLook)

  private var findings: [Finding] = []

  static func of(_ seen: [Seen], _ binding: Binding) -> [Finding] {
    var findings = DataFindings()
    findings.addEach(seen)
    findings.addNeighbours(seen)
    findings.addIdenticalExperts(seen)
    findings.addTiedHead(seen, binding)
    return findings.findings
  }

  /// One finding for all matrices of one file and kind.
  private mutating func add(
    _ severity: Finding.Severity, _ code: ProblemCode, _ seen: [Seen], hint: String? = nil,
    _ problem: (Seen) -> String
  ) {
    for (file, group) in Dictionary(grouping: seen, by: \.matrix.file).sorted(by: { $0.key < $1.key }) {
      guard let first = group.first else { continue }
      let others = group.count > 1 ? "; so it is with \(group.count - 1) others of this file" : ""
      var finding = Finding(severity, code, file: file, tensor: first.matrix.name, problem(first) + others, hint: hint)
      finding.tensors = group.prefix(1000).map(\.matrix.name)
      finding.ranges = group.prefix(1000).map(\.matrix.records[0].range)
      findings.append(finding)
    }
  }

  private static func isMatrix(_ seen: Seen) -> Bool {
    seen.matrix.shape.rank >= 2 && seen.matrix.shape.rows > 1 && seen.matrix.shape.columns > 1
  }

  private static func isConstant(_ seen: Seen) -> Bool {
    isMatrix(seen) && seen.look.isConstant && !seen.look.isZero && seen.matrix.shape.elementCount >= 256
  }

  private static func at(_ place: MatrixLook.Place?) -> String {
    place.map { " at row \($0.row), column \($0.column)" } ?? ""
  }

  // MARK: Each on its own

  private mutating func addEach(_ seen: [Seen]) {
    add(
      .error, .contentNonFinite, seen.filter { $0.look.nonFinite.count > 0 },
      hint: "every token that meets it gives NaN: compare with another copy"
    ) { "has \($0.look.nonFinite.count) values that are no numbers, the first\(Self.at($0.look.nonFinite.first))" }
    add(.warning, .contentZeroTensor, seen.filter { Self.isMatrix($0) && $0.look.isZero }) { _ in "is all zeros" }
    add(
      .warning, .contentZeroTensor, seen.filter { Self.isMatrix($0) && !$0.look.isZero && !$0.look.hasValue },
      hint: "an importance matrix with zeros makes such blocks: convert again without it, or with another"
    ) { _ in "has only zeros as values, though its codes are others" }
    add(.warning, .contentConstantTensor, seen.filter(Self.isConstant)) { _ in "has one value throughout" }
    add(.error, .contentBadScale, seen.filter { $0.look.badScales.count > 0 }) {
      "has \($0.look.badScales.count) scales that are no numbers, the first of the grid\(Self.at($0.look.badScales.first))"
    }
    // A sparse checkpoint is all zeros: that is said once.
    add(
      .error, .contentBadScale, seen.filter { $0.look.zeroScales.count > 0 && !$0.look.isZero },
      hint: "whatever the codes are, the values are 0"
    ) { "has \($0.look.zeroScales.count) scales that are 0, the first of the grid\(Self.at($0.look.zeroScales.first))" }
    add(
      .warning, .contentBadScale, seen.filter { $0.look.negativeScales.count > 0 },
      hint: "decoding takes them, but no published kernel was seen to"
    ) {
      "has \($0.look.negativeScales.count) negative scales, the first of the grid\(Self.at($0.look.negativeScales.first))"
    }
    add(.warning, .contentScaleFormat, seen.filter { $0.look.unevenScales.count > 0 }) {
      "has \($0.look.unevenScales.count) of \($0.look.scaleCount) scales that are no powers of two, "
        + "though the config says scale_fmt 'ue8m0'; the first of the grid\(Self.at($0.look.unevenScales.first))"
    }
    add(.error, .encodingShapeValues, seen.filter { $0.look.wrongShape != nil }) {
      "has a weight_shape of \($0.look.wrongShape ?? []), but its shape is \($0.matrix.shape)"
    }
    add(
      .error, .contentUnscaled,
      seen.filter { Self.isMatrix($0) && $0.look.isBareFP8 && $0.matrix.tensor != nil },
      hint: "the scales were lost on the way: convert again from the original"
    ) {
      "is plain, but every value is one of an fp8 code (root mean square \(Self.figure($0.look.rootMeanSquare ?? 0)))"
    }
    add(
      .warning, .encodingTransposedScales, seen.filter { Self.looksTransposed($0.look) },
      hint: "was the grid written [columns / 128, rows / 128]?"
    ) { seen in
      let grid = seen.look.gridVariance
      return "has a grid of scales that fits its blocks better when it is transposed: the block magnitudes scatter by "
        + "\(Self.figure((grid?.stored ?? 0).squareRoot())) as stored, "
        + "by \(Self.figure((grid?.transposed ?? 0).squareRoot())) transposed "
        + "(natural logarithms, \(grid?.pairs ?? 0) pairs of blocks)"
    }
  }

  /// Twice the variance over 30 blocks or more is chance in fewer than one of ten thousand.
  private static func looksTransposed(_ look: MatrixLook) -> Bool {
    guard let grid = look.gridVariance else { return false }
    return grid.pairs >= 15 && grid.stored > 2.5 * grid.transposed
  }

  // MARK: Beside each other

  private struct Neighbours: Hashable {
    var template: Int
    var layer: Int
  }

  /// Experts beside those of their layer, other matrices beside those of other layers.
  private mutating func addNeighbours(_ seen: [Seen]) {
    var groups: [Neighbours: [Seen]] = [:]
    for one in seen where Self.isMatrix(one) && !one.look.isZero && !one.look.isConstant {
      guard let tensor = one.matrix.tensor, tensor.layer != nil else { continue }
      groups[Neighbours(template: tensor.template, layer: tensor.expert == nil ? -1 : tensor.layer ?? -1), default: []]
        .append(one)
    }
    var far: [(Seen, String)] = []
    for (place, group) in groups where group.count >= 4 {
      let magnitudes = group.compactMap(\.look.rootMeanSquare).sorted()
      guard magnitudes.count >= 4 else { continue }
      let middle = magnitudes[magnitudes.count / 2]
      let limit = place.layer >= 0 ? 32.0 : 128.0
      for one in group {
        guard let magnitude = one.look.rootMeanSquare, middle > 0,
          magnitude > limit * middle || magnitude * limit < middle
        else { continue }
        far.append(
          (
            one,
            "has values of root mean square \(Self.figure(magnitude)), where the middle of the \(group.count) matrices "
              + "beside it is \(Self.figure(middle))"
          ))
      }
    }
    let farNames = Set(far.map { TensorName($0.0.matrix.name) })
    // A scale beside those of its own matrix: a flipped bit of an exponent, a page of another file.
    for one in seen where !farNames.contains(TensorName(one.matrix.name)) {
      guard let middle = one.look.middleExponent, one.look.scaleCount >= 4 else { continue }
      let odd = one.look.exponents.enumerated().filter {
        $0.element.count > 0 && abs($0.offset - middle) > Self.exponentLimit
      }
      let count = odd.reduce(0) { $0 + $1.element.count }
      guard let first = odd.max(by: { abs($0.offset - middle) < abs($1.offset - middle) }),
        20 * count < one.look.scaleCount
          || count == 1
      else { continue }
      // The scale of an empty block may be anything; 1 and the least that libraries write are.
      if one.matrix.layout?.isInBlocks ?? false, first.offset == 127 { continue }
      if first.offset == 0 { continue }
      let ratio = first.offset - middle
      far.append(
        (
          one,
          "has \(count) of \(one.look.scaleCount) scales that are 2^\(ratio > 0 ? "" : "−")\(abs(ratio)) times those "
            + "beside them, of the grid\(Self.at(first.element.first))"
        ))
    }
    let texts = Dictionary(far.map { (TensorName($0.0.matrix.name), $0.1) }, uniquingKeysWith: { a, _ in a })
    add(
      .warning, .contentImplausible, far.map(\.0).sorted { TensorName($0.matrix.name) < TensorName($1.matrix.name) },
      hint: "a lost, inverted or damaged scale looks like this; compare with another copy"
    ) { texts[TensorName($0.matrix.name)] ?? "" }
  }

  /// Binary orders of magnitude between a scale and those of its matrix that are still believed.
  private static let exponentLimit = 12

  private mutating func addIdenticalExperts(_ seen: [Seen]) {
    struct Key: Hashable {
      var template: Int
      var hash: UInt64
    }
    var groups: [Key: [Seen]] = [:]
    for one in seen where !one.look.isZero && !one.look.isConstant {
      guard let tensor = one.matrix.tensor, tensor.expert != nil else { continue }
      groups[Key(template: tensor.template, hash: one.look.hash), default: []].append(one)
    }
    for group in groups.values where group.count > 1 {
      let ordered = group.sorted { TensorName($0.matrix.name) < TensorName($1.matrix.name) }
      var finding = Finding(
        .warning, .contentIdenticalExperts, file: ordered[1].matrix.file, tensor: ordered[1].matrix.name,
        "has the same codes as '\(ordered[0].matrix.name)'"
          + (ordered.count > 2 ? ", as have \(ordered.count - 2) others" : ""),
        hint: "a merge or a converter took one expert for another")
      finding.tensors = ordered.map(\.matrix.name)
      findings.append(finding)
    }
  }

  private mutating func addTiedHead(_ seen: [Seen], _ binding: Binding) {
    guard let model = binding.model, model.isTied else { return }
    func find(_ role: String) -> Seen? {
      seen.first { $0.matrix.tensor?.role.name == role && $0.matrix.tensor?.group == .text }
    }
    guard let head = find("head"), let embed = find("embed"), head.matrix.layout?.name == embed.matrix.layout?.name,
      head.look.hash != embed.look.hash
    else { return }
    add(.warning, .tensorTied, [head], hint: "loaders take one or the other: they would give different results") { _ in
      "has other values than '\(embed.matrix.name)', to which the config ties it"
    }
  }

  /// Three digits.
  static func figure(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0" }
    var exponent = 0
    var scaled = value
    while scaled >= 10 {
      scaled /= 10
      exponent += 1
    }
    while scaled < 1 {
      scaled *= 10
      exponent -= 1
    }
    let digits = (scaled * 100).rounded() / 100
    return (-3...3).contains(exponent) ? "\((value * 10000).rounded() / 10000)" : "\(digits)e\(exponent)"
  }
}
