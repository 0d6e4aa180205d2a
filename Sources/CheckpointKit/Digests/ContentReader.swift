internal import Synchronization

/// Reads files front to back, each byte once, and takes from that one read all that is asked: digests of the file and of
/// ranges in it, the git id, and what the content scan sees.
///
/// The digest of a file is one serial stream, so files are read in parallel, the largest first. Where there are more
/// threads than large files, the digests of one file's ranges are taken beside that of the file, and the next bytes are
/// read meanwhile.
struct ContentReader: Sendable {
  /// One file and what is wanted of it.
  struct Task: Sendable {
    var path: String
    var byteCount: Int
    var fileDigest = false
    var gitBlob = false
    var zeroRuns = false
    /// Ascending, without overlaps.
    var regions: [Region] = []
    /// What the file must still be while it is read; nil where that does not matter.
    var status: FileStatus?
  }

  /// A range of a file, as a rule a tensor.
  struct Region: Sendable {
    var range: Range<Int>
    var digest = true
    /// Bytes of each of several slices that get digests of their own.
    var sliceBytes: Int?
    /// What its elements are, where the content is to be scanned.
    var scanned: DType?
    var isScale = false
  }

  struct Result: Sendable {
    var digest: SHA256Digest?
    var gitBlob: String?
    var zeroRuns: [Range<Int>] = []
    /// In the order of the task's.
    var regions: [RegionResult] = []
  }

  struct RegionResult: Sendable {
    var digest: SHA256Digest?
    var slices: [SHA256Digest] = []
    var scan: ContentScan?
  }

  var files: FileAccess
  var threads: Int
  /// Bytes that buffers may take, all together.
  var bufferBytes = 128 << 20
  var progress: @Sendable (Int) -> Void = { _ in }
  var isStopped: @Sendable () -> Bool = { false }
  var rate: RateLimit?

  static let largestChunk = 8 << 20
  static let smallestChunk = 256 << 10

  /// Results in the order of the tasks; `finished` gets each as soon as it is there, on any thread.
  func read(
    _ tasks: [Task],
    finished: @escaping @Sendable (Int, Result) throws(CheckpointError) -> Void = { (_, _) throws(CheckpointError) in }
  ) -> [Swift.Result<Result, CheckpointError>] {
    let order = tasks.indices.sorted { (tasks[$0].byteCount, $1) > (tasks[$1].byteCount, $0) }
    let largest = order.first.map { tasks[$0].byteCount } ?? 0
    let workers = max(1, min(threads, tasks.count { $0.byteCount >= largest / 8 }))
    let team = max(1, threads / workers)
    let buffers = team > 1 ? 2 : 1
    // A thread that takes several digests of the same bytes does it while they are in its cache.
    let wanted = team > 1 ? Self.largestChunk : 1 << 20
    let chunk = max(Self.smallestChunk, min(wanted, bufferBytes / (workers * buffers))) / 4096 * 4096
    let results = Mutex([Swift.Result<Result, CheckpointError>?](repeating: nil, count: tasks.count))
    let next = Counter()
    let failed = Atomic<Bool>(false)
    runOnThreads(workers) { _ in
      var memory: [Buffer] = []
      while true {
        let place = next.take()
        guard place < order.count else { return }
        let i = order[place]
        let result: Swift.Result<Result, CheckpointError>
        do throws(CheckpointError) {
          if failed.load(ordering: .relaxed) { throw CheckpointError(.stopped, "was stopped after another failure") }
          while memory.count < buffers { memory.append(try Buffer(byteCount: chunk)) }
          let value = try read(tasks[i], memory, team: team)
          try finished(i, value)
          result = .success(value)
        } catch {
          failed.store(true, ordering: .relaxed)
          result = .failure(error)
        }
        results.withLock { $0[i] = result }
      }
    }
    return results.withLock { $0.map { $0 ?? .failure(CheckpointError(.internalMistake, "a file was not read")) } }
  }

  /// The first real failure of several, where one stopped the others.
  static func all(
    _ results: [Swift.Result<Result, CheckpointError>]
  ) throws(CheckpointError) -> [Result] {
    var values: [Result] = []
    var stopped: CheckpointError?
    for result in results {
      switch result {
      case .success(let value): values.append(value)
      case .failure(let error) where error.code == .stopped: stopped = stopped ?? error
      case .failure(let error): throw error
      }
    }
    if let stopped { throw stopped }
    return values
  }

  // MARK: One file

  private func read(_ task: Task, _ memory: [Buffer], team: Int) throws(CheckpointError) -> Result {
    let file = try OpenFile(reading: task.path, files)
    try checkUnchanged(file, task)
    file.advise(.sequential, 0..<task.byteCount)
    let state = FileState(task)
    let chunk = memory[0].byteCount
    var offset = 0
    var current = 0
    var loaded = 0..<0
    while offset < task.byteCount {
      if isStopped() {
        throw CheckpointError(.stopped, file: task.path, "was being read", hint: "run the same command again")
      }
      if loaded.lowerBound != offset || loaded.isEmpty {
        loaded = offset..<min(task.byteCount, offset + chunk)
        try load(loaded, into: memory[current], file)
      }
      let here = loaded
      let bytes = UnsafeRawBufferPointer(rebasing: memory[current].bytes[..<here.count])
      let ahead = here.upperBound..<min(task.byteCount, here.upperBound + chunk)
      let jobs = state.jobs(bytes, at: here.lowerBound)
      if team > 1, memory.count > 1 {
        let other = memory[1 - current]
        let reading = Mutex<CheckpointError?>(nil)
        var all = jobs
        if !ahead.isEmpty {
          all.insert(
            ChunkJob {
              do throws(CheckpointError) { try self.load(ahead, into: other, file) } catch {
                reading.withLock { [error] in $0 = error }
              }
            }, at: 0)
        }
        run(all, team: team)
        if let error = reading.withLock({ $0 }) { throw error }
        loaded = ahead
        current = 1 - current
      } else {
        run(jobs, team: 1)
        loaded = 0..<0
      }
      progress(here.count)
      if rate != nil { file.advise(.dontNeed, here) }
      offset = here.upperBound
    }
    try checkUnchanged(file, task)
    return state.finish()
  }

  private func load(_ range: Range<Int>, into buffer: Buffer, _ file: OpenFile) throws(CheckpointError) {
    rate?.take(range.count)
    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<range.count]), at: range.lowerBound)
  }

  private func run(_ jobs: [ChunkJob], team: Int) {
    if team == 1 || jobs.count == 1 { return jobs.forEach { $0.body() } }
    let next = Counter()
    runOnThreads(min(team, jobs.count)) { _ in
      while true {
        let i = next.take()
        guard i < jobs.count else { return }
        jobs[i].body()
      }
    }
  }

  private func checkUnchanged(_ file: OpenFile, _ task: Task) throws(CheckpointError) {
    let status = try file.status()
    if status.size == task.byteCount, task.status.map({ $0 == status }) ?? true { return }
    throw CheckpointError(
      .inputChanged, file: task.path, "was changed while it was in use", hint: "run the command again")
  }
}

/// A piece of work on the bytes of one chunk; those of a chunk do not touch each other's state.
private struct ChunkJob: @unchecked Sendable {
  let body: () -> Void

  init(_ body: @escaping () -> Void) { self.body = body }
}

/// What is being computed of a file while it is read.
private final class FileState {
  private final class Whole {
    var hasher = SHA256Hasher()
    var git: GitBlobHasher?
    var zeros = ZeroRuns()
  }

  private final class Open {
    let region: ContentReader.Region
    var hasher: SHA256Hasher?
    var slice = SHA256Hasher()
    var inSlice = 0
    var result = ContentReader.RegionResult()
    var scan: ContentScan?

    init(_ region: ContentReader.Region) {
      self.region = region
      hasher = region.digest ? SHA256Hasher() : nil
      scan = region.scanned.map { ContentScan($0, isScale: region.isScale) }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
      // A part that fits the cache at a time, so that each use but the first finds it there.
      var offset = 0
      while offset < bytes.count {
        let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(bytes.count, offset + (256 << 10))])
        scan?.update(part)
        hasher?.update(part)
        if let sliceBytes = region.sliceBytes { updateSlices(part, sliceBytes) }
        offset += part.count
      }
    }

    private func updateSlices(_ bytes: UnsafeRawBufferPointer, _ sliceBytes: Int) {
      var offset = 0
      while offset < bytes.count {
        let count = min(sliceBytes - inSlice, bytes.count - offset)
        slice.update(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        inSlice += count
        if inSlice == sliceBytes {
          result.slices.append(slice.finish())
          slice = SHA256Hasher()
          inSlice = 0
        }
      }
    }

    func finish() -> ContentReader.RegionResult {
      result.digest = hasher?.finish()
      result.scan = scan
      return result
    }
  }

  private let task: ContentReader.Task
  private let whole = Whole()
  private var results: [ContentReader.RegionResult] = []
  private var open: [Open] = []
  private var nextRegion = 0

  init(_ task: ContentReader.Task) {
    self.task = task
    if task.gitBlob { whole.git = GitBlobHasher(byteCount: task.byteCount) }
  }

  /// All that is to be done with the next bytes.
  func jobs(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> [ChunkJob] {
    let (task, whole) = (task, whole)
    var jobs: [ChunkJob] = []
    if task.fileDigest { jobs.append(ChunkJob { whole.hasher.update(bytes) }) }
    if task.gitBlob { jobs.append(ChunkJob { whole.git?.update(bytes) }) }
    if task.zeroRuns { jobs.append(ChunkJob { whole.zeros.update(bytes) }) }
    let here = offset..<offset + bytes.count
    closeRegions(before: offset)
    for region in open { jobs.append(job(region, bytes, here)) }
    while nextRegion < task.regions.count, task.regions[nextRegion].range.lowerBound < here.upperBound {
      let region = Open(task.regions[nextRegion])
      open.append(region)
      jobs.append(job(region, bytes, here))
      nextRegion += 1
    }
    return jobs
  }

  private func job(_ region: Open, _ bytes: UnsafeRawBufferPointer, _ here: Range<Int>) -> ChunkJob {
    let part = region.region.range.clamped(to: here)
    let slice = UnsafeRawBufferPointer(
      rebasing: bytes[part.lowerBound - here.lowerBound..<part.upperBound - here.lowerBound])
    return ChunkJob { region.update(slice) }
  }

  /// Regions follow each other, so that those that are done are the first that were opened.
  private func closeRegions(before offset: Int) {
    while let first = open.first, first.region.range.upperBound <= offset {
      results.append(first.finish())
      open.removeFirst()
    }
  }

  func finish() -> ContentReader.Result {
    closeRegions(before: .max)
    // Empty tensors at the end of the file.
    while nextRegion < task.regions.count {
      results.append(Open(task.regions[nextRegion]).finish())
      nextRegion += 1
    }
    return ContentReader.Result(
      digest: task.fileDigest ? whole.hasher.finish() : nil, gitBlob: whole.git?.finish(),
      zeroRuns: whole.zeros.finish(), regions: results)
  }
}
