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
    /// Whether the result was there already, of this very plan.
    public var wasFinished = false
    public var findings: [Finding] = []
    /// SHA-256 of the source's weight files, where the job wants them.
    public var sourceDigests: [TensorName: SHA256Digest] = [:]
    /// By tensor of the plan: digests of its parts and the sums of its panels.
    var tensors: [Int: SegmentRecord.Tensor] = [:]

    public init() {}

    /// What was measured of a tensor.
    public func report(ofTensor tensor: Int) -> PanelReport? { tensors[tensor]?.report }
  }

  public let job: any Job
  public let place: PlanFile.Place
  public let options: Options
  let files: FileAccess
  let destination: Destination
  /// What stood at the destination when this was made.
  let state: Destination.State
  /// Where it is made, or was begun.
  private(set) var folder: WorkFolder

  /// Looks at the destination; touches nothing.
  public init(
    _ job: any Job, place: PlanFile.Place, options: Options, files: FileAccess
  ) throws(CheckpointError) {
    self.job = job
    self.place = place
    self.options = options
    self.files = files
    destination = Destination(plan: job.plan, place: place, files: files)
    state = try destination.look()
    folder =
      switch state {
      case .free(let folder), .begun(let folder): folder
      case .finished, .occupied: destination.inPlace
      }
  }

  public var plan: Plan { job.plan }
  var partials: PartialFiles { PartialFiles(plan: plan, folder: folder, files: files) }
  var journal: SegmentJournal { SegmentJournal(plan, folder, source: job.source) }

  // MARK: Running

  /// Refuses what cannot work, and touches nothing: too little memory, a destination that holds something else.
  public func check() throws(CheckpointError) {
    _ = try workers()
    try checkPlace()
  }

  /// The latter alone.
  public func checkPlace() throws(CheckpointError) {
    try checkSource()
    if case .occupied(let error) = state { throw error }
  }

  /// What stands at the destination, as seen from this plan.
  public func resultState() throws(CheckpointError) -> ResultStatus.State {
    switch state {
    case .free: .absent
    case .begun: .unfinished
    case .finished: try changes().isEmpty ? .complete : .changed
    case .occupied: .leftover
    }
  }

  /// What of the finished result is not as it was written.
  public func changes() throws(CheckpointError) -> [Finding] {
    if case .finished = state { return try destination.changes() }
    return []
  }

  /// Begins or continues the result, and completes it. Where it is complete already, nothing is done but to remove what
  /// an earlier run left.
  public func perform() throws(CheckpointError) -> Outcome {
    try perform { (runner) throws(CheckpointError) in
      var outcome = try runner.run()
      outcome.findings += try runner.finish(outcome)
      return outcome
    }
  }

  /// Does some units of the result, and publishes nothing.
  public func performUnits(_ units: [Int]?) throws(CheckpointError) -> Outcome {
    try perform { (runner) throws(CheckpointError) in try runner.run(segments: units, publishes: false) }
  }

  /// Completes a result whose units are done; nil where that was done before.
  public func performFinish(verifiesAll: Bool) throws(CheckpointError) -> Outcome? {
    let outcome = try perform { (runner) throws(CheckpointError) in
      var outcome = try runner.run(segments: [])
      outcome.findings += try runner.finish(outcome, verifiesAll: verifiesAll)
      return outcome
    }
    return outcome.wasFinished ? nil : outcome
  }

  /// - Parameter takesSpace: false for files of holes.
  func perform(
    takesSpace: Bool = true, _ work: (Runner) throws(CheckpointError) -> Outcome
  ) throws(CheckpointError) -> Outcome {
    var runner = self
    var attempts = 0
    while true {
      do throws(CheckpointError) {
        if case .free = runner.state, try runner.putBackMovedAway() {
          runner = try Runner(job, place: place, options: options, files: files)
        }
        if try runner.prepare(takesSpace: takesSpace) { return try work(runner) }
        var outcome = Outcome()
        outcome.wasFinished = true
        outcome.findings = try destination.changes()
        return outcome
      } catch {
        // Another process may have moved what this one was working with, or completed it: then the same is gone on with,
        // or done. What a third command has taken is not taken back.
        attempts += 1
        guard error.code != .stopped, attempts < 100, try runner.folder.begunPlan()?.id != plan.id else { throw error }
        runner = try Runner(job, place: place, options: options, files: files)
        switch runner.state {
        case .finished: continue
        case .begun: pause(milliseconds: 50)
        case .free:
          // What was begun here had no plan yet, and another command took it for a leftover; where that has a plan by now,
          // the place is its.
          guard error.code == .notFound, runner.folder.holds(error.file), try runner.folder.begunPlan() == nil else {
            throw error
          }
          pause(milliseconds: 50)
        case .occupied: throw error
        }
      }
    }
  }

  /// Makes the work folder, or finds the one that was begun.
  ///
  /// - Returns: false where the result is finished.
  private func prepare(takesSpace: Bool) throws(CheckpointError) -> Bool {
    try check()
    switch state {
    case .finished:
      try folder.sweep()
      if place.overwrite { try clearBeside(ofThisPlanToo: true) }
      return false
    case .begun:
      try folder.mend()
      if takesSpace { try checkSpace() }
    case .free:
      if takesSpace { try checkSpace() }
      if folder.stage == .beside {
        // Another process may have been quicker.
        if try isFinished() { return false }
        try clearBeside()
      }
      try folder.begin(plan)
      return try !yieldToOther()
    case .occupied(let error): throw error
    }
    return true
  }

  /// Between the look at the destination and the begin, another process may have been quicker, and be finished.
  private func yieldToOther() throws(CheckpointError) -> Bool {
    guard folder.stage == .inPlace else { return false }
    let occupants = try destination.occupants()
    let hasProvenance = try files.status(joinPath(folder.destination, place.provenanceName)) != nil
    if place.isFile ? occupants.isVacant : occupants.foreign.isEmpty && !hasProvenance { return false }
    // What was made above is empty but for the plan.
    guard try journal.content().records.isEmpty else { return false }
    try folder.discard()
    if try isFinished() { return true }
    throw CheckpointError(
      .outputExists, file: place.destination, "was written by another process meanwhile",
      hint: "see what is there now")
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
    for (number, file) in plan.files.enumerated() {
      // A file that is there, whole or partial, has its space already.
      switch try partials.state(number) {
      case .partial(_, whole: true), .published: break
      case .partial, .unclaimed, .lost: needed += file.byteCount
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
  public func run(segments selection: [Int]? = nil, publishes: Bool = true) throws(CheckpointError) -> Outcome {
    try run(job.executor(), selection, publishes: publishes)
  }

  /// The same as if it were made in its final place from here on.
  func movedInPlace() -> Runner {
    var moved = self
    moved.folder = destination.inPlace
    return moved
  }

  private func run(
    _ executor: some PanelExecutor, _ selection: [Int]?, publishes: Bool
  ) throws(CheckpointError) -> Outcome {
    // The files of a result that is no folder get their names together, when all are complete.
    let publishes = publishes && !place.isFile
    let found = try journal.contentToContinue()
    let state = RunState(plan: plan, done: found.records)
    var todo: [Int] = []
    for segment in selection ?? Array(plan.segments.indices) where !state.isDone(segment) { todo.append(segment) }
    var outcome = Outcome()
    outcome.segmentsSkipped = (selection?.count ?? plan.segments.count) - todo.count
    outcome.findings = found.touched.sorted { $0.key < $1.key }.map { name, count in
      Finding(
        .note, .inputTouched, file: name.string,
        "was touched or replaced since this result was begun: \(count) finished units are done again")
    }
    outcome.findings += found.proven.sorted { $0.key < $1.key }.map { name, count in
      Finding(
        .note, .inputTouched, file: name.string,
        "was touched or replaced since this result was begun, and has the same bytes by its digest: "
          + "\(count) finished units stay")
    }
    // Before anything is made of them: whoever goes on will know what it was made of.
    if job.takesSourceDigests, let source = job.source {
      outcome.sourceDigests = try SourceDigests.current(
        of: source, in: folder, threads: options.threads, isStopped: options.isStopped)
    }
    if publishes {
      for file in plan.files.indices where state.isComplete(file) {
        if let nonce = state.nonce(file) { try partials.publish(file, nonce: nonce) }
      }
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
    try executor.requireUnchanged()
    outcome.segmentsDone = todo.count
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
  public func isFinished() throws(CheckpointError) -> Bool { try destination.isFinished() }

  /// Segments that have no valid record.
  public func missingSegments() throws(CheckpointError) -> [Int] {
    if try isFinished() { return [] }
    let done = try journal.content().records
    return plan.segments.indices.filter { done[$0] == nil }
  }

  /// The names of vision towers that will be replaced: their text model is gone.
  public func replacedBeside() throws(CheckpointError) -> [String] {
    guard case .free(let folder) = state, folder.stage == .beside, !place.overwrite else { return [] }
    return try destination.leftBeside(destination.occupants()) ?? []
  }

  /// What is said of another command's unfinished result that was to replace this one.
  public func leftBeside() throws(CheckpointError) -> [Finding] {
    guard let other = try destination.otherPlanBeside() else { return [] }
    return [
      Finding(
        .note, .outputLeftover, file: destination.beside.path,
        "is an unfinished result of another plan (\(other.inputs.summary)) that was to replace this one",
        hint: "'ckpt status \(place.destination)' shows the command that goes on; any --overwrite takes its place")
    ]
  }

  /// What `--overwrite-all` would remove of what is not the tool's own.
  public func foreignNames() throws(CheckpointError) -> [String] {
    guard place.overwriteAll, folder.stage == .beside else { return [] }
    return try destination.occupants().foreign
  }
}

/// What the workers of a run share.
final class RunState: Sendable {
  private struct Content {
    var done: [Int: SegmentRecord]
    /// Segments of each file that are not done.
    var open: [Int]
    var files: [Int: (file: OpenFile?, nonce: String)] = [:]
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

  /// Of the partial file that the records of a file speak of.
  func nonce(_ file: Int) -> String? {
    content.withLock { content in
      plan.segments.indices.first { plan.segments[$0].file == file }.flatMap { content.done[$0]?.nonce }
    }
  }

  var failure: CheckpointError? { content.withLock { $0.failure } }

  /// Keeps the first failure.
  func fail(_ error: CheckpointError) {
    content.withLock { $0.failure = $0.failure ?? error }
  }

  func openFile(
    _ file: Int, _ open: () throws(CheckpointError) -> (file: OpenFile?, nonce: String)
  ) throws(CheckpointError) -> (file: OpenFile?, nonce: String) {
    let result: Result<(file: OpenFile?, nonce: String), CheckpointError> = content.withLock { content in
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
