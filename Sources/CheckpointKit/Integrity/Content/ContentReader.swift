internal import Synchronization

/// Reads files front to back, each byte once, and takes from that one read all that is asked: digests of the file and of
/// ranges in it, the git id, and what the content scan sees.
///
/// The digest of a file is one serial stream, so files are read in parallel, the largest first: one on each thread, or as
/// many as vector lanes take at a time. Where there are more threads than files, the digests of one file's ranges are
/// taken beside that of the file, and the next bytes are read meanwhile. Files that are small beside the largest do not
/// wait for it: as many are read beside it as it takes to end with it.
struct ContentReader: Sendable {
  /// One file and what is wanted of it.
  struct Task: Sendable {
    var path: String
    var byteCount: Int
    var fileDigest = false
    var gitBlob = false
    var zeroRuns = false
    /// Ascending, without overlaps.
    var regions: OnDemand<Region> = []
    /// What the file must still be while it is read; nil where that does not matter.
    var status: FileStatus?

    /// Where the bytes that are read at a time end: before they would have too many ranges, each of which is at work
    /// on its own.
    func end(of wanted: Range<Int>) -> Int {
      let end = min(byteCount, wanted.upperBound)
      var (low, high) = (0, regions.count)
      while low < high {
        let middle = (low + high) / 2
        if regions[middle].range.lowerBound < wanted.lowerBound { low = middle + 1 } else { high = middle }
      }
      guard regions.count - low > Self.mostRegions else { return end }
      return min(end, max(wanted.lowerBound + Self.mostRegions, regions[low + Self.mostRegions].range.lowerBound))
    }

    private static let mostRegions = 1024
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
    var regions = RegionResults()
  }

  struct RegionResult: Sendable {
    var digest: SHA256Digest?
    var slices: [SHA256Digest] = []
    /// What the content scan saw; nothing where none was made.
    var content = Manifest.Content()
  }

  var files: FileAccess
  var threads: Int
  /// Bytes that buffers may take, all together.
  var bufferBytes = 128 << 20
  var progress: @Sendable (Int) -> Void = { _ in }
  var isStopped: @Sendable () -> Bool = { false }
  var rate: RateLimit?

  /// Results in the order of the tasks; `finished` gets each as soon as it is there, on any thread.
  func read(
    _ tasks: [Task],
    finished: @escaping @Sendable (Int, Result) throws(CheckpointError) -> Void = { (_, _) throws(CheckpointError) in }
  ) -> [Swift.Result<Result, CheckpointError>] {
    let order = tasks.indices.sorted { (tasks[$0].byteCount, $1) > (tasks[$1].byteCount, $0) }
    let largest = order.first.map { tasks[$0].byteCount } ?? 0
    let total = tasks.reduce(0) { $0 + $1.byteCount }
    // What is left beside the largest is worth a thread from a twentieth of it on.
    let streams = max(1, (total - largest / 20).ceilDiv(max(1, largest)))
    let workers = max(1, min(threads, streams, tasks.count))
    // Vector lanes take the digests of several files at a time: half as many where each has a tensor's beside it. Some
    // files are left for a second turn, because what a stopped run had not finished is read again.
    let lanes = SHA256Lanes.current?.count ?? 1
    let hasRegions = tasks.contains { $0.regions.contains(where: \.digest) }
    let large = max(1, tasks.count { $0.byteCount >= largest / 8 })
    let width = max(1, min(hasRegions ? lanes / 2 : lanes, large.ceilDiv(workers * (large > 2 * workers ? 2 : 1))))
    let chunk = chunkBytes(workers: workers, width: width)
    let running = Atomic<Int>(workers)
    let threads = max(threads, workers)
    let results = Mutex([Swift.Result<Result, CheckpointError>?](repeating: nil, count: tasks.count))
    let next = Counter()
    let failed = Atomic<Bool>(false)
    runOnThreads(workers) { number in
      defer { running.subtract(1, ordering: .relaxed) }
      // Threads of workers that have nothing left to do help those that have.
      let team = {
        let count = max(1, running.load(ordering: .relaxed))
        return threads / count + (number < threads % count ? 1 : 0)
      }
      var worker = Worker(reader: self, width: width, chunk: chunk, team: team)
      worker.run(
        next: {
          let place = next.take()
          return place < order.count ? (order[place], tasks[order[place]]) : nil
        },
        isStopped: { failed.load(ordering: .relaxed) || isStopped() },
        done: { (i, result) in
          var result = result
          if case .success(let value) = result {
            do throws(CheckpointError) { try finished(i, value) } catch { result = .failure(error) }
          }
          if case .failure = result { failed.store(true, ordering: .relaxed) }
          results.withLock { [result] in $0[i] = result }
        })
    }
    return results.withLock { list in
      list.enumerated().map { i, result in
        result ?? .failure(CheckpointError(.stopped, file: tasks[i].path, "was not read any more"))
      }
    }
  }

  /// A thread that takes several digests of the same bytes does it while they are in its cache; a team is given enough
  /// at a time for its threads to be worth starting.
  private func chunkBytes(workers: Int, width: Int) -> Int {
    let wanted = width > 1 ? 256 << 10 : 8 << 20
    return max(64 << 10, min(wanted, bufferBytes / (workers * max(2, width)))) / 4096 * 4096
  }

  /// The least that buffers need: as many files of each thread as it reads at a time, and ranges that are at work.
  static func leastBufferBytes(threads: Int) -> Int { max(8 << 20, threads << 20) }

  /// Sets what buffers may take of a budget, beside what is held.
  mutating func takeBuffers(of memory: Int, held: Int) {
    let least = Self.leastBufferBytes(threads: threads)
    bufferBytes = max(least, min(128 << 20, memory / 4, memory - held))
  }

  /// What one thread alone takes at a time.
  private static let aloneBytes = 1 << 20

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

  // MARK: One thread

  private struct Worker {
    let reader: ContentReader
    /// Files that are read at a time; one is read by a team.
    let width: Int
    let chunk: Int
    /// How many threads there are for it now, itself among them.
    let team: () -> Int
    private var buffers: [Buffer] = []

    init(reader: ContentReader, width: Int, chunk: Int, team: @escaping () -> Int) {
      self.reader = reader
      self.width = width
      self.chunk = chunk
      self.team = team
    }

    /// A file that is being read.
    private struct Open {
      var number: Int
      var task: Task
      var file: OpenFile
      var state: FileState
      var offset = 0
      var buffer: Int
    }

    mutating func run(
      next: () -> (Int, Task)?, isStopped: () -> Bool,
      done: (Int, Swift.Result<Result, CheckpointError>) -> Void
    ) {
      var open: [Open] = []
      var free = Array(0..<width)
      while true {
        while let slot = free.last, !isStopped(), let (number, task) = next() {
          do throws(CheckpointError) {
            while buffers.count < max(2, width) {
              buffers.append(try Buffer(byteCount: chunk))
            }
            let file = try OpenFile(reading: task.path, reader.files)
            try reader.checkUnchanged(file, task)
            file.advise(.sequential, 0..<task.byteCount)
            if width == 1 {
              done(number, .success(try readWithTeam(task, file, isStopped)))
            } else {
              open.append(Open(number: number, task: task, file: file, state: FileState(task), buffer: slot))
              free.removeLast()
            }
          } catch { done(number, .failure(error)) }
        }
        if open.isEmpty { return }
        if isStopped() {
          for item in open { done(item.number, .failure(ContentReader.stopped(item.task))) }
          return
        }
        step(&open, &free, done)
      }
    }

    /// The next chunk of every open file.
    private func step(
      _ open: inout [Open], _ free: inout [Int], _ done: (Int, Swift.Result<Result, CheckpointError>) -> Void
    ) {
      var parts: [FileState.Part] = []
      var still: [Open] = []
      var ended: [Open] = []
      for var item in open {
        do throws(CheckpointError) {
          let here = item.offset..<item.task.end(of: item.offset..<item.offset + chunk)
          try reader.load(here, into: buffers[item.buffer], item.file)
          let bytes = UnsafeRawBufferPointer(rebasing: buffers[item.buffer].bytes[..<here.count])
          item.state.look(bytes)
          parts += item.state.parts(bytes, at: here.lowerBound)
          item.offset = here.upperBound
          reader.progress(here.count)
          if reader.rate != nil { item.file.advise(.dontNeed, here) }
          if item.offset == item.task.byteCount { ended.append(item) } else { still.append(item) }
        } catch {
          done(item.number, .failure(error))
          free.append(item.buffer)
        }
      }
      SHA256Stream.update(parts)
      for item in ended {
        do throws(CheckpointError) {
          try reader.checkUnchanged(item.file, item.task)
          done(item.number, .success(item.state.finish()))
        } catch { done(item.number, .failure(error)) }
        free.append(item.buffer)
      }
      open = still
    }

    /// One file, by several threads: its own digest, the digests of its ranges and the next read beside each other.
    private func readWithTeam(_ task: Task, _ file: OpenFile, _ isStopped: () -> Bool) throws(CheckpointError) -> Result
    {
      let state = FileState(task)
      func next(_ offset: Int, _ team: Int) -> Range<Int> {
        offset..<task.end(of: offset..<offset + (team > 1 ? chunk : min(chunk, ContentReader.aloneBytes)))
      }
      var here = next(0, team())
      var current = 0
      try reader.load(here, into: buffers[0], file)
      while !here.isEmpty {
        if isStopped() { throw ContentReader.stopped(task) }
        let team = team()
        let ahead = next(here.upperBound, team)
        let bytes = UnsafeRawBufferPointer(rebasing: buffers[current].bytes[..<here.count])
        let other = buffers[1 - current]
        if team > 1 {
          try work(state.jobs(bytes, at: here.lowerBound, team: team), team, ahead, other, file)
        } else {
          state.look(bytes)
          SHA256Stream.update(state.parts(bytes, at: here.lowerBound))
          try reader.load(ahead, into: other, file)
        }
        reader.progress(here.count)
        if reader.rate != nil { file.advise(.dontNeed, here) }
        here = ahead
        current = 1 - current
      }
      try reader.checkUnchanged(file, task)
      return state.finish()
    }

    /// Does the jobs of one chunk and reads the next one meanwhile.
    private func work(
      _ jobs: [ChunkJob], _ team: Int, _ ahead: Range<Int>, _ buffer: Buffer, _ file: OpenFile
    ) throws(CheckpointError) {
      var jobs = jobs
      let reader = reader
      let problem = Mutex<CheckpointError?>(nil)
      if !ahead.isEmpty {
        jobs.insert(
          ChunkJob {
            do throws(CheckpointError) { try reader.load(ahead, into: buffer, file) } catch {
              problem.withLock { [error] in $0 = error }
            }
          }, at: 0)
      }
      let next = Counter()
      runOnThreads(min(team, jobs.count)) { [jobs] _ in
        while true {
          let i = next.take()
          guard i < jobs.count else { return }
          jobs[i].body()
        }
      }
      if let error = problem.withLock({ $0 }) { throw error }
    }
  }

  private static func stopped(_ task: Task) -> CheckpointError {
    CheckpointError(.stopped, file: task.path, "was being read", hint: "run the same command again")
  }

  private func load(_ range: Range<Int>, into buffer: Buffer, _ file: OpenFile) throws(CheckpointError) {
    rate?.take(range.count, isStopped: isStopped)
    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<range.count]), at: range.lowerBound)
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
  typealias Part = (stream: SHA256Stream, bytes: UnsafeRawBufferPointer)

  private final class Open {
    let region: ContentReader.Region
    /// Which of the task's it is.
    let number: Int
    let stream: SHA256Stream?
    /// Digests of the slices that are complete, and the streams of those that the current chunk has bytes of.
    private var slices: [SHA256Digest] = []
    private var streams: [SHA256Stream] = []
    private var inSlice = 0
    var scan: ContentScan?

    init(_ region: ContentReader.Region, _ number: Int) {
      self.region = region
      self.number = number
      stream = region.digest ? SHA256Stream() : nil
      scan = region.scanned.map { ContentScan($0, isScale: region.isScale) }
    }

    func parts(_ bytes: UnsafeRawBufferPointer) -> [Part] {
      var parts: [Part] = stream.map { [($0, bytes)] } ?? []
      guard let sliceBytes = region.sliceBytes else { return parts }
      closeSlices(keeping: inSlice == 0 ? 0 : 1)
      var offset = 0
      while offset < bytes.count {
        if inSlice == 0 { streams.append(SHA256Stream()) }
        let count = min(sliceBytes - inSlice, bytes.count - offset)
        if let slice = streams.last {
          parts.append((slice, UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])))
        }
        offset += count
        inSlice = (inSlice + count) % sliceBytes
      }
      return parts
    }

    /// The bytes of a chunk are digested before the next one is looked at: until then the streams are needed.
    private func closeSlices(keeping count: Int) {
      slices += streams.dropLast(count).map { $0.finish() }
      streams.removeFirst(max(0, streams.count - count))
    }

    func finish() -> ContentReader.RegionResult {
      closeSlices(keeping: 0)
      return ContentReader.RegionResult(
        digest: stream?.finish(), slices: slices, content: scan.map { Manifest.Content($0) } ?? Manifest.Content())
    }
  }

  private let task: ContentReader.Task
  private let whole: SHA256Stream?
  private var git: GitBlobHasher?
  private var zeros = ZeroRuns()
  private var results: RegionResults
  private var open: [Open] = []
  private var nextRegion = 0

  init(_ task: ContentReader.Task) {
    self.task = task
    results = RegionResults(count: task.regions.count)
    whole = task.fileDigest ? SHA256Stream() : nil
    if task.gitBlob { git = GitBlobHasher(byteCount: task.byteCount) }
  }

  /// What is seen of the next bytes beside digests of SHA-256; what is seen of ranges, ``parts(_:at:)`` sees.
  func look(_ bytes: UnsafeRawBufferPointer) {
    git?.update(bytes)
    if task.zeroRuns { zeros.update(bytes) }
  }

  /// What is to be digested of the next bytes; they are scanned at once.
  func parts(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> [Part] {
    var parts: [Part] = whole.map { [($0, bytes)] } ?? []
    for (region, bytes) in regions(bytes, at: offset) {
      region.scan?.update(bytes)
      parts += region.parts(bytes)
    }
    return parts
  }

  /// The same, as pieces of work that may be done at the same time.
  func jobs(_ bytes: UnsafeRawBufferPointer, at offset: Int, team: Int) -> [ChunkJob] {
    var jobs: [ChunkJob] = []
    if let whole { jobs.append(ChunkJob { SHA256Stream.update([(whole, bytes)]) }) }
    var groups = [[Part]](repeating: [], count: max(1, team - 1))
    for (i, (region, bytes)) in regions(bytes, at: offset).enumerated() {
      if region.region.scanned != nil { jobs.append(ChunkJob { region.scan?.update(bytes) }) }
      groups[i % groups.count] += region.parts(bytes)
    }
    for group in groups where !group.isEmpty { jobs.append(ChunkJob { SHA256Stream.update(group) }) }
    jobs.append(ChunkJob { self.look(bytes) })
    return jobs
  }

  /// The ranges that have bytes in a chunk, with those bytes.
  private func regions(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> [(Open, UnsafeRawBufferPointer)] {
    let here = offset..<offset + bytes.count
    closeRegions(before: offset)
    while nextRegion < task.regions.count {
      let region = task.regions[nextRegion]
      guard region.range.lowerBound < here.upperBound else { break }
      // One without bytes is done at once: any number of them may begin here.
      if region.range.isEmpty {
        results[nextRegion] = Open(region, nextRegion).finish()
      } else {
        open.append(Open(region, nextRegion))
      }
      nextRegion += 1
    }
    return open.map { region in
      let part = region.region.range.clamped(to: here)
      return (
        region,
        UnsafeRawBufferPointer(
          rebasing: bytes[part.lowerBound - here.lowerBound..<part.upperBound - here.lowerBound])
      )
    }
  }

  /// Ranges follow each other, so that those that are done are the first that were opened.
  private func closeRegions(before offset: Int) {
    var count = 0
    while count < open.count, open[count].region.range.upperBound <= offset { count += 1 }
    for region in open[..<count] { results[region.number] = region.finish() }
    open.removeFirst(count)
  }

  func finish() -> ContentReader.Result {
    closeRegions(before: .max)
    // Empty tensors at the end of the file.
    while nextRegion < task.regions.count {
      results[nextRegion] = Open(task.regions[nextRegion], nextRegion).finish()
      nextRegion += 1
    }
    return ContentReader.Result(
      digest: whole?.finish(), gitBlob: git?.finish(), zeroRuns: zeros.finish(), regions: results)
  }
}
