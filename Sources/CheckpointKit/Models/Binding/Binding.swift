/// The stored tensors of a checkpoint, bound to the logical tensors of its family.
public struct Binding: Sendable {
  /// A logical tensor and where its values are stored.
  ///
  /// Most are one whole matrix of up to four parts: those take no memory of their own beside what they have in common.
  public struct Bound: Sendable {
    private let number: Int32
    private let storage: Storage

    private enum Storage: Sendable {
      case matrix(Matrix, records: (Int32, Int32, Int32, Int32))
      case pieces([Piece])
    }

    /// What many tensors of one template have in common.
    final class Matrix: Sendable {
      let layout: any EncodingLayout
      let shape: Shape
      let byteCounts: [Int]

      init(_ layout: any EncodingLayout, _ shape: Shape) {
        self.layout = layout
        self.shape = shape
        byteCounts = layout.parts(for: shape).map(\.byteCount)
      }
    }

    init(tensor: Int, pieces: [Piece]) {
      number = Int32(clamping: tensor)
      storage = .pieces(pieces)
    }

    /// All of one matrix.
    ///
    /// - Parameter records: of its parts in the layout's order, −1 where there is none.
    init(tensor: Int, _ matrix: Matrix, records: [Int]) {
      number = Int32(clamping: tensor)
      func record(_ part: Int) -> Int32 { part < records.count ? Int32(clamping: records[part]) : -1 }
      guard records.count <= 4, records.count == matrix.byteCounts.count else {
        storage = .pieces(
          [Piece(layout: matrix.layout, records: records, shape: matrix.shape, view: MatrixView(all: matrix.shape))])
        return
      }
      storage = .matrix(matrix, records: (record(0), record(1), record(2), record(3)))
    }

    /// Index into the layout's tensors.
    public var tensor: Int { Int(number) }

    public var pieces: [Piece] {
      switch storage {
      case .pieces(let pieces): return pieces
      case .matrix(let matrix, let (a, b, c, d)):
        let records = [a, b, c, d].prefix(matrix.byteCounts.count).map { Int($0) }
        return [
          Piece(layout: matrix.layout, records: records, shape: matrix.shape, view: MatrixView(all: matrix.shape))
        ]
      }
    }

    /// The record of the main part of its first piece.
    public var mainRecord: Int {
      switch storage {
      case .pieces(let pieces): pieces[0].records[0]
      case .matrix(_, let records): Int(records.0)
      }
    }

    /// Where its first piece begins, counted from the main part's first byte.
    public var offset: Int {
      switch storage {
      case .pieces(let pieces): pieces[0].offset
      case .matrix: 0
      }
    }

    /// The encoding of the first piece: of all, but for rare mixtures.
    public var layout: any EncodingLayout {
      switch storage {
      case .pieces(let pieces): pieces[0].layout
      case .matrix(let matrix, _): matrix.layout
      }
    }

    /// Of all parts, scales included.
    public var byteCount: Int {
      switch storage {
      case .pieces(let pieces): return pieces.reduce(0) { $0 + $1.byteCount }
      case .matrix(let matrix, let (a, b, c, d)):
        var sum = 0
        for (part, record) in zip(matrix.byteCounts, [a, b, c, d]) where record >= 0 { sum += part }
        return sum
      }
    }
  }

  public let checkpoint: Checkpoint
  /// nil where the family is not known.
  public let model: ModelLayout?
  /// In the order of the layout; tensors that are absent or could not be bound are left out.
  public let tensors: [Bound]
  /// Records that the spec calls junk.
  public let junk: [Int]
  /// Records that no spec names.
  public let unknown: [Int]
  public let findings: [Finding]
  /// What the library handed out for it.
  public private(set) var documents = DocumentsInUse()

  /// Binds for work: throws where a tensor is missing or wrong.
  public static func bind(_ checkpoint: Checkpoint, library: SpecLibrary) throws(CheckpointError) -> Binding {
    let binding = try inspect(checkpoint, library: library)
    if let error = binding.findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
    return binding
  }

  /// Binds to look: whatever does not fit is found.
  public static func inspect(_ checkpoint: Checkpoint, library: SpecLibrary) throws(CheckpointError) -> Binding {
    let library = library.noting()
    var binding = try look(checkpoint, library)
    binding.documents = library.documentsInUse
    return binding
  }

  private static func look(_ checkpoint: Checkpoint, _ library: SpecLibrary) throws(CheckpointError) -> Binding {
    if checkpoint.container == .gguf { return try inspectGGUF(checkpoint, library: library) }
    guard let config = checkpoint.config else {
      return withoutFamily(
        checkpoint, Finding(.note, .configMissing, "has no config.json: tensors are not bound to a model"))
    }
    guard let modelType = config.modelType else {
      return withoutFamily(
        checkpoint,
        Finding(.note, .familyUnknown, file: "config.json", "names no model_type: tensors are not bound to a model"))
    }
    guard let spec = library.family(modelType: modelType) else {
      return withoutFamily(
        checkpoint,
        Finding(
          .note, .familyUnknown, file: "config.json",
          "model_type '\(modelType)' is no family that is known here: tensors are not bound to a model",
          hint: "'ckpt families' lists what is known; --specs DIR adds more"))
    }
    let model: ModelLayout
    do throws(CheckpointError) { model = try ModelLayout(spec, config: config) } catch {
      var finding = Finding(error)
      finding.file = "config.json"
      return withoutFamily(checkpoint, finding)
    }
    var binder = Binder(checkpoint: checkpoint, model: model)
    binder.run()
    return Binding(
      checkpoint: checkpoint, model: model, tensors: binder.bound, junk: binder.junk, unknown: binder.unknown,
      findings: binder.findings)
  }

  static func withoutFamily(_ checkpoint: Checkpoint, _ finding: Finding) -> Binding {
    Binding(
      checkpoint: checkpoint, model: nil, tensors: [], junk: [], unknown: Array(checkpoint.records.indices),
      findings: [finding])
  }
}

/// The work of binding: one pass over the stored tensors, one over the logical ones, each in runs on several threads.
private struct Binder {
  let checkpoint: Checkpoint
  let model: ModelLayout
  var bound: [Binding.Bound] = []
  var junk: [Int] = []
  var unknown: [Int] = []
  var findings: [Finding] = []

  init(checkpoint: Checkpoint, model: ModelLayout) {
    self.checkpoint = checkpoint
    self.model = model
  }

  mutating func run() {
    let places = placeRecords()
    let (checkpoint, model) = (checkpoint, model)
    let runs = Self.inRuns(model.tensors.count, threads: checkpoint.threads) { tensors in
      var binder = RunBinder(checkpoint: checkpoint, model: model, places: places)
      for tensor in tensors { binder.bind(tensor) }
      return binder.run
    }
    var missing: [Int] = []
    var encodings = ExpertEncodings()
    bound.reserveCapacity(model.tensors.count)
    for run in runs {
      bound += run.bound
      missing += run.missing
      findings += run.findings
      encodings.add(run.encodings)
    }
    setAsideUnusedStacks(places)
    reportMissing(missing)
    reportUnbound()
    if encodings.differ { reportUnlikeSiblings() }
  }

  /// The record of each part of each logical tensor, −1 where there is none; those without a place are noted.
  private mutating func placeRecords() -> [Int32] {
    let suffixCount = EncodingLayouts.partSuffixes.count
    let (checkpoint, model) = (checkpoint, model)
    let (isJunk, isUnknown): (Int32, Int32) = (-1, -2)
    let runs = Self.inRuns(checkpoint.records.count, threads: checkpoint.threads) { records in
      records.map { i -> Int32 in
        switch model.match(checkpoint.records[i].name) {
        case .part(let tensor, let suffix): Int32(tensor * suffixCount + suffix)
        case .stack(let number, let suffix): Int32((model.tensors.count + number) * suffixCount + suffix)
        case .junk: isJunk
        case .outside, .unknown: isUnknown
        }
      }
    }
    var places = [Int32](repeating: -1, count: (model.tensors.count + model.stacks.count) * suffixCount)
    for (i, place) in runs.joined().enumerated() {
      switch place {
      case isJunk: junk.append(i)
      case isUnknown: unknown.append(i)
      default: places[Int(place)] = Int32(i)
      }
    }
    return places
  }

  /// A stack whose experts are all stored on their own is used by none: its records are as good as unknown.
  private mutating func setAsideUnusedStacks(_ places: [Int32]) {
    let stacked = places.dropFirst(model.tensors.count * EncodingLayouts.partSuffixes.count).filter { $0 >= 0 }
      .map { Int($0) }
    if stacked.isEmpty || findings.contains(where: { $0.severity == .error }) { return }
    let used = Set(bound.flatMap { $0.pieces.flatMap(\.records) })
    unknown += stacked.filter { !used.contains($0) }
    unknown.sort()
  }

  private static func inRuns<T: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Range<Int>) -> T
  ) -> [T] {
    let length = 4096
    return parallelMap(count: count.ceilDiv(length), threads: threads) { run in
      body(run * length..<min(count, (run + 1) * length))
    }
  }

  // MARK: Reports

  /// One finding for each template and layer, so that a missing shard does not give thousands.
  private mutating func reportMissing(_ missing: [Int]) {
    let groups = Dictionary(grouping: missing.filter { !model.tensors[$0].isOptional }) {
      Place(template: model.tensors[$0].template, layer: model.tensors[$0].layer)
    }
    let absentGroups = FamilySpec.Group.allCases.filter { group in
      group != .text && model.tensors.contains { $0.group == group }
        && !bound.contains { model.tensors[$0.tensor].group == group }
        && !findings.contains { $0.code == .partMissing }
    }
    for group in absentGroups {
      findings.append(
        Finding(
          .note, .groupAbsent,
          "has none of the \(group.rawValue) tensors that its config promises (\(model.tensors.count { $0.group == group }))"
        ))
    }
    for (_, tensors) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let first = model.tensors[tensors[0]]
      if absentGroups.contains(first.group) { continue }
      if tensors.count <= 4 {
        for tensor in tensors {
          findings.append(Finding(.error, .tensorMissing, tensor: model.name(of: model.tensors[tensor]), "is missing"))
        }
      } else {
        let template = model.spec.tensors[first.template].template
        let experts = foldedNumbers(tensors.compactMap { model.tensors[$0].expert })
        let name = template.name(layer: first.layer, expertText: "{\(experts)}")
        findings.append(Finding(.error, .tensorMissing, tensor: name, "are missing (\(tensors.count) tensors)"))
      }
    }
  }

  private struct Place: Hashable {
    var template: Int
    var layer: Int?
  }

  private mutating func reportUnbound() {
    if let first = junk.first {
      let record = checkpoint.records[first]
      findings.append(
        Finding(
          .note, .tensorJunk, file: checkpoint.shard(of: record).name, tensor: record.name.string,
          "is not used by the model"
            + (junk.count > 1 ? "; nor are \(junk.count - 1) others like it" : "") + ": a conversion drops it"))
    }
    findings += Binding.unknownFindings(unknown, of: checkpoint, model, spec: model.spec.name)
  }

  /// Experts of one layer and role that are not encoded like the rest: legal, but loaders refuse or misread them.
  private mutating func reportUnlikeSiblings() {
    var counts: [Place: [String: (count: Int, first: Int)]] = [:]
    for (i, bound) in bound.enumerated() where model.tensors[bound.tensor].expert != nil {
      let tensor = model.tensors[bound.tensor]
      counts[Place(template: tensor.template, layer: tensor.layer), default: [:]][bound.layout.name, default: (0, i)]
        .count += 1
    }
    for encodings in counts.values where encodings.count > 1 {
      guard let usual = encodings.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }) else { continue }
      for (name, (count, first)) in encodings where name != usual.key {
        findings.append(
          Finding(
            .warning, .encodingUnlikeSiblings, tensor: model.name(of: model.tensors[bound[first].tensor]),
            "is \(name), where \(usual.value.count) experts of its layer are \(usual.key)"
              + (count > 1 ? "; \(count - 1) others are like it" : "")))
      }
    }
  }
}

/// The work of binding a run of logical tensors, without a look at others.
private struct RunBinder {
  struct Run: Sendable {
    var bound: [Binding.Bound] = []
    var missing: [Int] = []
    var findings: [Finding] = []
    var encodings = ExpertEncodings()
  }

  /// How the last tensor of a template was bound: most others of it are like it.
  private struct Example {
    let shape: Shape
    let parts: [(suffix: Int, dtype: DType, shape: Shape)]
    let layout: any EncodingLayout
    /// For each part of the layout, its place in `parts`.
    let order: [Int?]
    let matrix: Binding.Bound.Matrix
  }

  private let checkpoint: Checkpoint
  private let model: ModelLayout
  private let places: [Int32]
  private let suffixCount = EncodingLayouts.partSuffixes.count
  private var examples: [Example?]
  /// The parts that are stored of the tensor that is bound.
  private var found: [(suffix: Int, record: Int)] = []
  private(set) var run = Run()

  init(checkpoint: Checkpoint, model: ModelLayout, places: [Int32]) {
    self.checkpoint = checkpoint
    self.model = model
    self.places = places
    examples = Array(repeating: nil, count: model.spec.tensors.count)
  }

  mutating func bind(_ tensor: Int) {
    found.removeAll(keepingCapacity: true)
    for suffix in 0..<suffixCount where places[tensor * suffixCount + suffix] >= 0 {
      found.append((suffix, Int(places[tensor * suffixCount + suffix])))
    }
    let template = model.tensors[tensor].template
    let shape = model.tensors[tensor].shape
    if found.isEmpty {
      guard let place = model.stacks.place(of: model.tensors[tensor]) else { return run.missing.append(tensor) }
      return bind(tensor, at: place)
    }
    if let example = examples[template], isLike(example, shape) { return add(tensor, shape, example) }
    do throws(LayoutMismatch) {
      let example = try recognise(shape)
      examples[template] = example
      if model.tensors[tensor].expert != nil { run.encodings.add(template, example.layout.name) }
      add(tensor, shape, example)
    } catch { report(error) }
  }

  private mutating func report(_ mismatch: LayoutMismatch) {
    let culprit = found.first { EncodingLayouts.partSuffixes[$0.suffix] == mismatch.suffix } ?? found[0]
    let record = checkpoint.records[culprit.record]
    run.findings.append(
      Finding(
        .error, mismatch.code, file: checkpoint.shard(of: record).name, tensor: record.name.string, mismatch.problem,
        hint: mismatch.code == .partMissing ? "look whether a shard is missing, or get the checkpoint again" : nil))
  }

  /// Binds an expert's tensor as a view on the stack of its layer.
  private mutating func bind(_ tensor: Int, at place: Stacks.Place) {
    let first = (model.tensors.count + place.number) * suffixCount
    for suffix in 0..<suffixCount where places[first + suffix] >= 0 {
      found.append((suffix, Int(places[first + suffix])))
    }
    if found.isEmpty { return run.missing.append(tensor) }
    let logical = model.tensors[tensor]
    let isPlain = found.count == 1 && found[0].suffix == 0
    let shape = place.storedShape(isPlain: isPlain)
    do throws(LayoutMismatch) {
      var example = examples[logical.template]
      if example.map({ !isLike($0, shape) }) ?? true {
        example = try recognise(shape)
        examples[logical.template] = example
        run.encodings.add(logical.template, example?.layout.name ?? "")
      }
      guard let example else { return }
      let view = place.view(expert: logical.expert ?? 0, logical.shape, isPlain: isPlain)
      let records = example.order.map { place in place.map { found[$0].record } ?? -1 }
      run.bound.append(
        Binding.Bound(
          tensor: tensor, pieces: [Piece(layout: example.layout, records: records, shape: shape, view: view)]))
    } catch {
      // One finding for a stack, not one for each expert.
      if logical.expert == 0, place.first == 0 { report(error) }
    }
  }

  private func isLike(_ example: Example, _ shape: Shape) -> Bool {
    guard example.shape == shape, example.parts.count == found.count else { return false }
    for (part, found) in zip(example.parts, found) {
      guard part.suffix == found.suffix, part.dtype == checkpoint.records[found.record].dtype,
        part.shape == checkpoint.records[found.record].shape
      else { return false }
    }
    return true
  }

  private func recognise(_ shape: Shape) throws(LayoutMismatch) -> Example {
    let suffixes = EncodingLayouts.partSuffixes
    let parts = found.map { (suffix: $0.suffix, record: checkpoint.records[$0.record]) }
    let layout = try EncodingLayouts.recognise(
      StoredParts(parts.map { .init(suffix: suffixes[$0.suffix], dtype: $0.record.dtype, shape: $0.record.shape) }),
      of: shape)
    return Example(
      shape: shape, parts: parts.map { ($0.suffix, $0.record.dtype, $0.record.shape) }, layout: layout,
      order: layout.parts(for: shape).map { part in parts.firstIndex { suffixes[$0.suffix] == part.suffix } },
      matrix: Binding.Bound.Matrix(layout, shape))
  }

  private mutating func add(_ tensor: Int, _ shape: Shape, _ example: Example) {
    let records = example.order.map { place in place.map { found[$0].record } ?? -1 }
    run.bound.append(Binding.Bound(tensor: tensor, example.matrix, records: records))
  }
}

/// Whether the experts of any template are of several encodings.
private struct ExpertEncodings: Sendable {
  private var nameOfTemplate: [Int: String] = [:]
  private(set) var differ = false

  mutating func add(_ template: Int, _ name: String) {
    if nameOfTemplate.updateValue(name, forKey: template) ?? name != name { differ = true }
  }

  mutating func add(_ other: ExpertEncodings) {
    for (template, name) in other.nameOfTemplate { add(template, name) }
    differ = differ || other.differ
  }
}

/// `0-383`, or `2,4-7`: ascending numbers as ranges.
public func foldedNumbers(_ numbers: some Sequence<Int>) -> String {
  var parts: [String] = []
  var start: Int?
  var end = 0
  func flush() {
    if let start { parts.append(start == end ? "\(start)" : "\(start)-\(end)") }
  }
  for number in numbers.sorted() {
    if start != nil, number == end + 1 || number == end {
      end = number
    } else {
      flush()
      start = number
      end = number
    }
  }
  flush()
  return parts.joined(separator: ",")
}
