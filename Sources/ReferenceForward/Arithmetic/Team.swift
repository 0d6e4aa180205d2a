internal import CheckpointKit
internal import Quantize
internal import Synchronization

/// Several threads that share out units of work. Who does which unit makes no difference to the result.
final class Team: Sendable {
  let threads: Int
  private let isStopped: @Sendable () -> Bool
  private let workers: [Worker]

  init(threads: Int, isStopped: @escaping @Sendable () -> Bool) {
    self.threads = max(1, threads)
    self.isStopped = isStopped
    workers = (0..<self.threads).map { _ in Worker() }
  }

  /// Does the units `0..<count`; with `alone`, on this thread.
  ///
  /// - Throws: the error of the first unit that failed; or that the process was asked to stop.
  func forEach(
    _ count: Int, alone: Bool = false, _ body: @escaping @Sendable (Int, Worker) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    if isStopped() { throw CheckpointError(.stopped, "was stopped before it was finished") }
    if alone || threads == 1 || count <= 1 {
      for unit in 0..<count { try body(unit, workers[0]) }
      return
    }
    let next = Counter()
    let failure = Failure()
    let (workers, isStopped) = (workers, isStopped)
    runOnThreads(min(threads, count)) { thread in
      while failure.first == nil, !isStopped() {
        let unit = next.take()
        guard unit < count else { return }
        do throws(CheckpointError) { try body(unit, workers[thread]) } catch { failure.note(unit, error) }
      }
    }
    if let error = failure.first { throw error }
    if isStopped() { throw CheckpointError(.stopped, "was stopped before it was finished") }
  }

  private final class Failure: Sendable {
    private let known = Mutex<(unit: Int, error: CheckpointError)?>(nil)

    var first: CheckpointError? { known.withLock { $0?.error } }

    func note(_ unit: Int, _ error: CheckpointError) {
      known.withLock { known in
        if known.map({ unit < $0.unit }) ?? true { known = (unit, error) }
      }
    }
  }
}

/// What one thread of a ``Team`` has for itself: memory that is kept from unit to unit.
final class Worker: @unchecked Sendable {
  /// What the memory is for.
  enum Slot: Int, CaseIterable { case weights, moreWeights, input, output, moreOutput }

  let scratch = ReadScratch()
  private var slots = [Matrix?](repeating: nil, count: Slot.allCases.count)

  /// A block whose content is whatever was there.
  func block(_ slot: Slot, _ rows: Int, _ columns: Int) throws(CheckpointError) -> Block {
    let count = rows * columns
    if let matrix = slots[slot.rawValue], matrix.columns >= count {
      return Block(base: matrix.block.base, rows: rows, columns: columns, stride: columns)
    }
    slots[slot.rawValue] = nil
    let matrix = try Matrix(1, count)
    slots[slot.rawValue] = matrix
    return Block(base: matrix.block.base, rows: rows, columns: columns, stride: columns)
  }
}
