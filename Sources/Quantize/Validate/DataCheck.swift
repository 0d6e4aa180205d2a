public import CheckpointKit
internal import Synchronization

/// Reads the values of a checkpoint and looks whether they can be meant: scales, codes, contents of `weight_shape`,
/// values beside those of their neighbours.
///
/// Every stored matrix is read once, front to back, in runs of rows; several at a time on threads of their own, each
/// within its share of the memory. What is found does not depend on the number of threads.
public struct DataCheck: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var budget: MemoryBudget
    /// What the program holds beside its workers.
    public var fixedMemory: Int
    /// Every `count`-th stored matrix, from the `number`-th (counted from 1) on; all are read without it.
    public var sample: (number: Int, count: Int)?
    public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    public var isStopped: @Sendable () -> Bool = { false }

    public init(threads: Int, budget: MemoryBudget, fixedMemory: Int) {
      self.threads = threads
      self.budget = budget
      self.fixedMemory = fixedMemory
    }
  }

  public struct Outcome: Sendable {
    public var findings: [Finding]
    public var readBytes: Int
    public var matricesRead: Int
    public var matrices: Int
  }

  private let binding: Binding
  private let options: Options
  private let matrices: [StoredMatrix]
  private let context: MatrixLook.Context
  private let files: SourceFiles

  public init(_ binding: Binding, options: Options) {
    self.binding = binding
    self.options = options
    files = SourceFiles(binding.checkpoint)
    let all = StoredMatrix.all(of: binding)
    matrices = all
    context = MatrixLook.Context(
      wantsPowersOfTwo: binding.checkpoint.config.flatMap { QuantizationScheme($0) }?.scaleFormat == "ue8m0")
  }

  public func run() throws(CheckpointError) -> Outcome {
    let (matrices, context, files, options, checkpoint) = (matrices, context, files, options, binding.checkpoint)
    let chosen = matrices.indices.filter { i in
      options.sample.map { i % $0.count == $0.number - 1 } ?? true
    }
    // Wide rows need more than the usual run: the widest decides what a worker gets.
    let panel = chosen.map { matrices[$0].panelBytes }.max() ?? 1
    let workers = try options.budget.workers(fixed: options.fixedMemory, panel: panel, wanted: options.threads)
    let total = chosen.reduce(0) { $0 + matrices[$1].byteCount }
    let done = Atomic<Int>(0)
    let next = Counter()
    let looks = Mutex<[(Int, Result<MatrixLook, CheckpointError>)]>([])
    let failed = Atomic<Bool>(false)
    runOnThreads(workers) { _ in
      var memory: Buffer?
      while !failed.load(ordering: .relaxed) {
        let place = next.take()
        guard place < chosen.count else { return }
        let matrix = matrices[chosen[place]]
        let result: Result<MatrixLook, CheckpointError>
        do throws(CheckpointError) {
          if options.isStopped() {
            throw CheckpointError(.stopped, file: checkpoint.path, "was stopped before all was read")
          }
          if memory.map({ $0.byteCount < matrix.panelBytes }) ?? true {
            memory = nil
            memory = try Buffer(byteCount: matrix.panelBytes)
          }
          guard let memory else { return }
          result = .success(try MatrixLook(at: matrix, of: checkpoint, files, memory: memory, context))
        } catch {
          result = .failure(error)
          failed.store(true, ordering: .relaxed)
        }
        looks.withLock { $0.append((chosen[place], result)) }
        let sum = done.wrappingAdd(matrix.byteCount, ordering: .relaxed).newValue
        options.progress?(sum, total)
      }
    }
    var seen: [(matrix: StoredMatrix, look: MatrixLook)] = []
    for (i, result) in looks.withLock({ $0 }).sorted(by: { $0.0 < $1.0 }) {
      seen.append((matrices[i], try result.get()))
    }
    var findings = DataFindings.of(seen, binding)
    if chosen.count < matrices.count {
      findings.append(
        Finding(
          .note, .contentNotRead,
          "\(matrices.count - chosen.count) of \(matrices.count) stored matrices were not read: they are not in the sample"
        ))
    }
    return Outcome(findings: findings, readBytes: total, matricesRead: chosen.count, matrices: matrices.count)
  }
}

/// One stored matrix with all its parts: what is read as a whole. Several logical tensors may be views of it.
struct StoredMatrix: Sendable {
  /// nil where no encoding is known: the bytes are looked at as their dtype says.
  var layout: (any EncodingLayout)?
  /// Records, one for each part.
  var records: [TensorRecord]
  var slice = 0
  var shape: Shape
  /// The first logical tensor that it holds.
  var tensor: ModelLayout.Tensor?
  /// The main part's name.
  var name: String
  var file: String

  var byteCount: Int {
    guard let layout else { return records.reduce(0) { $0 + $1.byteCount } }
    return layout.parts(for: shape).reduce(0) { $0 + $1.byteCount }
  }

  /// Bytes that are read at a time; more where a tile's rows are longer.
  private static let runBytes = 1 << 20

  /// Whole tiles of rows, as many as a run holds.
  var runRows: Int {
    guard let layout else { return max(1, shape.rows) }
    let tile = max(1, layout.tile.rows)
    let rowBytes = max(1, byteCount / max(1, shape.rows))
    return max(tile, Self.runBytes / rowBytes / tile * tile)
  }

  /// Memory for one run: its parts, and the values of one row.
  var panelBytes: Int {
    guard let layout else { return min(max(1, byteCount), Self.runBytes) + 4096 }
    let rows = 0..<min(runRows, shape.rows)
    let parts = layout.parts(for: shape).reduce(0) { $0 + $1.byteRange(rows: rows).count.roundedUp(to: 64) }
    return parts + shape.columns * 4 + 4096
  }

  static func all(of binding: Binding) -> [StoredMatrix] {
    let checkpoint = binding.checkpoint
    var matrices: [StoredMatrix] = []
    struct Place: Hashable {
      var record: Int
      var slice: Int
    }
    var seen = Set<Place>()
    for bound in binding.tensors {
      for piece in bound.pieces {
        guard !piece.records.contains(where: { $0 < 0 }), let main = piece.records.first,
          seen.insert(Place(record: main, slice: piece.view.slice)).inserted
        else { continue }
        let record = checkpoint.records[main]
        matrices.append(
          StoredMatrix(
            layout: piece.layout, records: piece.records.map { checkpoint.records[$0] }, slice: piece.view.slice,
            shape: piece.shape, tensor: binding.model?.tensors[bound.tensor], name: record.name.string,
            file: checkpoint.shard(of: record).name))
      }
    }
    for index in binding.junk + binding.unknown {
      let record = checkpoint.records[index]
      var layout: (any EncodingLayout)?
      if let block = record.block {
        layout = GGUFBlockLayout(block)
      } else if PlainLayout.dtypes.contains(record.dtype) {
        layout = PlainLayout(record.dtype)
      }
      matrices.append(
        StoredMatrix(
          layout: layout, records: [record], shape: record.shape, name: record.name.string,
          file: checkpoint.shard(of: record).name))
    }
    // In the order of the files, so that each is read front to back.
    return matrices.filter { $0.byteCount > 0 }.sorted { a, b in
      (a.records[0].shard, a.records[0].range.lowerBound, a.slice)
        < (b.records[0].shard, b.records[0].range.lowerBound, b.slice)
    }
  }
}
