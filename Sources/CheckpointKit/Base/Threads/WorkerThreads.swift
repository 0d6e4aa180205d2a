private import CSystem

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Threads that this process may use: its affinity mask, cut by the CPU quota of its cgroup.
public let availableProcessors: Int = {
  let cores = Int(csystem_processor_count())
  guard let quota = ControlGroup().processorQuota else { return cores }
  return max(1, min(cores, Int(quota.rounded(.up))))
}()

/// Runs `body` on several threads of its own, and waits for all; `body` gets the thread's number.
///
/// Plain threads: the work blocks in reads and writes, which Swift's cooperative pool is not made for.
package func runOnThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  guard count > 1 else { return body(0) }
  final class Job: Sendable {
    let number: Int
    let body: @Sendable (Int) -> Void
    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.number = number
      self.body = body
    }
  }
  var threads: [pthread_t] = []
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 4 << 20)
  defer { pthread_attr_destroy(&attributes) }
  for number in 1..<count {
    let job = Unmanaged.passRetained(Job(number, body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { raw in
        #if canImport(Glibc)
          guard let raw else { return nil }
        #endif
        let job = Unmanaged<Job>.fromOpaque(raw).takeRetainedValue()
        job.body(job.number)
        return nil
      }, job.toOpaque())
    // A thread that the system refuses is one worker less.
    if code == 0 { threads.append(thread) } else { job.release() }
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}

/// `(0..<count).map(transform)` on several threads; results in order.
package func parallelMap<T: Sendable>(count: Int, threads: Int, _ transform: @escaping @Sendable (Int) -> T) -> [T] {
  let results = Mutex([T?](repeating: nil, count: count))
  let next = Counter()
  runOnThreads(max(1, min(threads, count))) { _ in
    while true {
      let i = next.take()
      guard i < count else { return }
      let value = transform(i)
      results.withLock { $0[i] = value }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}

/// Arrays joined to one, each made into its place by one of several threads: the `i`-th has `counts[i]` elements, and
/// `make(i)` gives its sequence, as long as that.
package func parallelJoin<S: Sequence & SendableMetatype>(
  counts: [Int], threads: Int, _ make: @escaping @Sendable (Int) -> S
) -> [S.Element] where S.Element: Sendable, S.Iterator: SendableMetatype {
  let total = counts.reduce(0, +)
  var starts: [Int] = []
  starts.reserveCapacity(counts.count)
  var end = 0
  for count in counts {
    starts.append(end)
    end += count
  }
  return [S.Element](unsafeUninitializedCapacity: total) { [starts] buffer, initialized in
    nonisolated(unsafe) let buffer = buffer
    _ = parallelMap(count: counts.count, threads: threads) { i in
      let place = UnsafeMutableBufferPointer(rebasing: buffer[starts[i]..<starts[i] + counts[i]])
      var (rest, end) = place.initialize(from: make(i))
      precondition(end == place.endIndex && rest.next() == nil)
    }
    initialized = total
  }
}

/// Lets this thread wait.
func pause(milliseconds: Int) { usleep(UInt32(milliseconds * 1000)) }

/// Hands out 0, 1, 2, … to many threads.
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  package init() {}

  package func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
