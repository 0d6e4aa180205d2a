internal import Synchronization

/// Carries out a plan: segments in any order on several threads, files renamed into place when they are complete.
///
/// This is the only place with threads and shared state. A run that was killed, or met a full disk, is continued by
/// running it again: segments that left a record are not done twice.
public struct Runner: Sendable {
  public struct Options: Sendable {
    public var threads: Int
    public var budget: MemoryBudget
    /// What the program holds beside its workers: headers, tables, the binary.
    public var fixedMemory: Int
    public var takesDigests: Bool
    /// Told how many bytes of the result are written, and how many there will be.
    public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    /// Asked between panels; true ends the run as unfinished.
    public var isStopped: @Sendable () -> Bool

    public init(
      threads: Int, budget: MemoryBudget, fixedMemory: Int, takesDigests: Bool = true,
      progress: (@Sendable (Int, Int) -> Void)? = nil, isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
      self.threads = threads
      self.budget = budget
      self.fixedMemory = fixedMemory
      self.takesDigests = takesDigests
      self.progress = progress
      self.isStopped = isStopped
    }
  }

  /// What a run did, and what it found out.
  public struct Outcome: Sendable {
    public var segmentsDone = 0
    public var segmentsSkipped = 0
    /// By tensor of the plan: digests of its parts and the sums of its panels.
    var tensors: [Int: SegmentRecord.Tensor] = [:]

    public init() {}

    /// What was measured of a tensor.
    public func report(ofTensor tensor: Int) -> PanelReport? { tensors[tensor]?.report }
  }

  public let plan: Plan
  public let place: PlanFile.Place
  public let options: Options
  let files: FileAccess
  let folder: WorkFolder

  public init(_ plan: Plan, place: PlanFile.Place, options: Options, files: FileAccess) {
    self.plan = plan
    self.place = place
    self.options = options
    self.files = files
    folder = WorkFolder(place, files: files)
  }

  // MARK: Running

  /// Refuses what cannot work, and touches nothing: too little memory, a folder that holds something else.
  ///
  /// - Returns: whether the result is begun already.
  @discardableResult
  public func check() throws(CheckpointError) -> Bool {
    _ = try workers()
    if place.overwrite { try checkReplaced() }
    return try folder.check(plan)
  }

  /// What is replaced must be a checkpoint, whole or unfinished: nothing else is removed.
  private func checkReplaced() throws(CheckpointError) {
    if place.isFile { return try checkReplacedFiles() }
    guard let status = try files.status(place.destination) else { return }
    let names = status.kind == .directory ? try files.list(place.destination) : []
    let isCheckpoint =
      names.contains(WorkFolder.name) || names.contains(Provenance.fileName)
      || (names.contains("config.json") && names.contains { $0.hasSuffix(".safetensors") })
    guard status.kind == .directory, names.isEmpty || isCheckpoint else {
      throw CheckpointError(
        .outputExists, file: place.destination, "is no checkpoint, and is not replaced", hint: "give a new folder")
    }
  }

  private func checkReplacedFiles() throws(CheckpointError) {
    for file in plan.files {
      let path = folder.finalFile(file)
      guard let status = try files.status(path) else { continue }
      guard status.kind == .regular, status.size >= 4,
        try OpenFile(reading: path, files).readBytes(0..<4) == GGUFHeader.magic
      else {
        throw CheckpointError(
          .outputExists, file: path, "is no GGUF file, and is not replaced", hint: "give a new name")
      }
    }
  }

  /// Where an earlier run completed the new folder and was stopped before it took the old one's place: does that.
  ///
  /// - Returns: whether it was so; nothing is left to do then.
  public func completeExchange() throws(CheckpointError) -> Bool {
    guard place.overwrite, !place.isFile, try isFinished(in: folder.destination) else { return false }
    try checkReplaced()
    try exchange()
    return true
  }

  /// Removes what a run left that finished its result and was stopped before it had removed its own folder.
  public func sweep() throws(CheckpointError) {
    guard try files.status(folder.discarded) != nil, try files.status(folder.path) == nil else { return }
    try files.removeTree(folder.discarded)
  }

  /// Names of files beside the result that are there already and will be replaced: a vision tower without its text model,
  /// of the same tensors, is left over from an earlier result, in this type or another.
  public func replacedBeside() throws(CheckpointError) -> [String] {
    guard place.isFile, !place.overwrite, try files.status(folder.path) == nil else { return [] }
    return try folder.leftovers(plan).map { place.name(of: $0) }
  }

  /// Makes the folder, or finds the one that was begun.
  public func prepare() throws(CheckpointError) {
    let isBegun = try check()
    try checkSpace()
    if !isBegun { try folder.begin(plan, place) }
  }

  /// What a worker holds at least: a panel, and the stack and tables of its thread.
  public var leastWorkerMemory: Int { plan.panelMemory + Self.threadMemory }

  private static let threadMemory = 1 << 20

  /// How many workers may have a panel in memory at a time.
  public func workers() throws(CheckpointError) -> Int {
    try options.budget.workers(fixed: options.fixedMemory, panel: leastWorkerMemory, wanted: options.threads)
  }

  /// Bytes of memory for each worker's panels: one, and where digests are taken many at a time and the budget allows
  /// it, the output of further ones.
  public func workerMemory() throws(CheckpointError) -> Int {
    guard options.takesDigests, let lanes = SHA256Lanes.current else { return plan.panelMemory }
    let share = (options.budget.total - options.fixedMemory) / (try workers()) - Self.threadMemory
    return min(share, plan.panelMemory + (lanes.count - 1) * plan.panelOutput)
  }

  /// Refuses where the disk has no room for what is still to be written.
  public func checkSpace() throws(CheckpointError) {
    var existing = folder.destination
    while try files.status(existing) == nil, parentPath(existing) != existing { existing = parentPath(existing) }
    guard let free = files.freeBytes(at: existing) else { return }
    var needed = 0
    for file in plan.files {
      // A file that is there, whole or partial, has its space already.
      if try files.status(folder.finalFile(file)) == nil, try files.status(folder.partialFile(file)) == nil {
        needed += file.byteCount
      }
    }
    guard needed <= free else {
      throw CheckpointError(
        .noSpace, file: folder.destination, "needs \(needed) bytes, but only \(free) are free there",
        hint: "free some space, or give a folder on another disk")
    }
  }

  /// Does every segment of `selection` that has no record yet.
  ///
  /// - Parameter publishes: whether files that are complete are renamed into place at once.
  public func run(
    _ executor: some PanelExecutor, segments selection: [Int]? = nil, publishes: Bool = true
  ) throws(CheckpointError) -> Outcome {
    // The files of a result that is no folder get their names together, when all are complete.
    let publishes = publishes && !place.isFile
    let done = try folder.records(of: plan)
    let state = RunState(plan: plan, done: try validRecords(done))
    var todo: [Int] = []
    for segment in selection ?? Array(plan.segments.indices) where !state.isDone(segment) { todo.append(segment) }
    let skipped = (selection?.count ?? plan.segments.count) - todo.count
    if publishes {
      for file in plan.files.indices where state.isComplete(file) { try publish(file) }
    }
    if !todo.isEmpty {
      let memory = try workerMemory()
      let next = Counter()
      let workers = min(try workers(), todo.count)
      todo = interleaved(todo, files: workers)
      runOnThreads(workers) { [todo] _ in
        do throws(CheckpointError) {
          let writer = try SegmentWriter(self, executor, state, memory: memory, publishes: publishes)
          do throws(CheckpointError) {
            while state.failure == nil {
              let i = next.take()
              guard i < todo.count else { break }
              try writer.write(todo[i])
            }
          } catch { state.fail(error) }
          // What was written before a failure is not done twice.
          try writer.finish()
        } catch { state.fail(error) }
      }
    }
    if let failure = state.failure { throw failure }
    var outcome = Outcome()
    outcome.segmentsDone = todo.count
    outcome.segmentsSkipped = skipped
    outcome.tensors = state.tensors()
    return outcome
  }

  /// The segments so that as many files are written at a time as there are workers, each from its beginning on: writes to
  /// one file wait for each other.
  private func interleaved(_ segments: [Int], files count: Int) -> [Int] {
    var waiting = Dictionary(grouping: segments) { plan.segments[$0].file }.sorted { $0.key < $1.key }.map(\.value)[...]
    var open = Array(waiting.prefix(count))
    waiting = waiting.dropFirst(count)
    var order: [Int] = []
    order.reserveCapacity(segments.count)
    var place = 0
    var next = [Int](repeating: 0, count: open.count)
    while !open.isEmpty {
      place %= open.count
      order.append(open[place][next[place]])
      next[place] += 1
      if next[place] < open[place].count {
        place += 1
      } else if let file = waiting.popFirst() {
        open[place] = file
        next[place] = 0
        place += 1
      } else {
        open.remove(at: place)
        next.remove(at: place)
      }
    }
    return order
  }

  /// Whether this very plan was carried out and finished here.
  public func isFinished() throws(CheckpointError) -> Bool {
    try isFinished(in: place.isFile ? folder.destination : place.destination)
  }

  private func isFinished(in result: String) throws(CheckpointError) -> Bool {
    let provenance = joinPath(result, place.provenanceName)
    guard try files.status(provenance) != nil, try files.status(folder.path) == nil else { return false }
    let json = try JSONValue(parsing: files.readAll(provenance, limit: 1 << 30), file: provenance)
    return json["plan_id"]?.string == plan.id.hex
  }

  /// Segments that have no valid record.
  public func missingSegments() throws(CheckpointError) -> [Int] {
    if try isFinished() { return [] }
    let done = try validRecords(try folder.records(of: plan))
    return plan.segments.indices.filter { done[$0] == nil }
  }

  /// Records count only as long as the file they speak of is there at its full size.
  func validRecords(_ records: [Int: SegmentRecord]) throws(CheckpointError) -> [Int: SegmentRecord] {
    var whole: [Bool] = []
    for file in plan.files {
      whole.append(try files.status(currentFile(file))?.size == file.byteCount)
    }
    return records.filter { whole[plan.segments[$0.key].file] }
  }

  /// Where a file is now: under its partial name, or its final one.
  func currentFile(_ file: Plan.File) throws(CheckpointError) -> String {
    let partial = folder.partialFile(file)
    return try files.status(partial) != nil ? partial : folder.finalFile(file)
  }

  // MARK: Publishing

  /// Puts a file whose segments are all done in its place: header, sync, rename, sync of the folder.
  func publish(_ number: Int) throws(CheckpointError) {
    let file = plan.files[number]
    let partial = folder.partialFile(file)
    if file.tensors.isEmpty, try files.status(folder.finalFile(file)) == nil || place.overwrite {
      // No segment has made it.
      try OpenFile(updating: partial, files).reserve(file.byteCount)
    }
    guard try files.status(partial) != nil else {
      guard try files.status(folder.finalFile(file))?.size == file.byteCount else {
        throw CheckpointError(.ioFailed, file: partial, "has vanished", hint: "run the same command again")
      }
      return
    }
    let opened = try OpenFile(updating: partial, files)
    try opened.write(plan.header(of: file), at: 0)
    try opened.sync()
    try files.rename(partial, to: folder.finalFile(file))
    try files.syncDirectory(folder.destination)
  }
}

/// What the workers of a run share.
final class RunState: Sendable {
  private struct Content {
    var done: [Int: SegmentRecord]
    /// Segments of each file that are not done.
    var open: [Int]
    var files: [Int: OpenFile] = [:]
    var bytes = 0
    var failure: CheckpointError?
  }

  private let plan: Plan
  private let content: Mutex<Content>
  /// Bytes of all segments.
  let total: Int
  private let writes: [WriteLock]

  private final class WriteLock: Sendable {
    let mutex = Mutex(())
  }

  init(plan: Plan, done: [Int: SegmentRecord]) {
    self.plan = plan
    total = plan.segments.reduce(0) { $0 + $1.byteCount }
    writes = plan.files.map { _ in WriteLock() }
    var open = [Int](repeating: 0, count: plan.files.count)
    var bytes = 0
    for (i, segment) in plan.segments.enumerated() {
      if done[i] == nil { open[segment.file] += 1 } else { bytes += segment.byteCount }
    }
    content = Mutex(Content(done: done, open: open, bytes: bytes))
  }

  func isDone(_ segment: Int) -> Bool { content.withLock { $0.done[segment] != nil } }

  func isComplete(_ file: Int) -> Bool { content.withLock { $0.open[file] == 0 } }

  var failure: CheckpointError? { content.withLock { $0.failure } }

  /// Keeps the first failure.
  func fail(_ error: CheckpointError) {
    content.withLock { $0.failure = $0.failure ?? error }
  }

  func openFile(
    _ file: Int, _ open: () throws(CheckpointError) -> OpenFile
  ) throws(CheckpointError) -> OpenFile {
    let result: Result<OpenFile, CheckpointError> = content.withLock { content in
      if let opened = content.files[file] { return .success(opened) }
      do throws(CheckpointError) {
        let opened = try open()
        content.files[file] = opened
        return .success(opened)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// One write to a file at a time: the kernel would let the others wait as well, but spinning.
  func writing(to file: Int, _ write: () throws(CheckpointError) -> Void) throws(CheckpointError) {
    let result: Result<Void, CheckpointError> = writes[file].mutex.withLock { _ in
      do throws(CheckpointError) { return .success(try write()) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Counts bytes; gives their sum.
  func wrote(_ bytes: Int) -> Int {
    content.withLock {
      $0.bytes += bytes
      return $0.bytes
    }
  }

  /// Whether the record's file is complete with it.
  func finish(_ record: SegmentRecord) -> Bool {
    content.withLock {
      guard $0.done.updateValue(record, forKey: record.segment) == nil else { return false }
      let file = plan.segments[record.segment].file
      $0.open[file] -= 1
      if $0.open[file] == 0 { $0.files[file] = nil }
      return $0.open[file] == 0
    }
  }

  /// Everything that records say, by tensor, in the order of the segments.
  func tensors() -> [Int: SegmentRecord.Tensor] {
    content.withLock { content in
      var tensors: [Int: SegmentRecord.Tensor] = [:]
      for segment in content.done.keys.sorted() {
        for tensor in content.done[segment]?.tensors ?? [] {
          if var known = tensors[tensor.tensor] {
            known.report.add(tensor.report)
            if known.digests.isEmpty { known.digests = tensor.digests }
            tensors[tensor.tensor] = known
          } else {
            tensors[tensor.tensor] = tensor
          }
        }
      }
      return tensors
    }
  }
}
