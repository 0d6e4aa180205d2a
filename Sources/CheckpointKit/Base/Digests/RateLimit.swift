#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Synchronization

/// Holds reading down to so many bytes a second, over all threads together.
public final class RateLimit: Sendable {
  private let bytesPerSecond: Double
  /// When all that was taken so far may have been read.
  private let due: Mutex<Double>

  public init(bytesPerSecond: Int) {
    self.bytesPerSecond = Double(max(1, bytesPerSecond))
    due = Mutex(Self.now())
  }

  /// Waits until so many bytes may be read, or until reading is to stop.
  func take(_ bytes: Int, isStopped: () -> Bool = { false }) {
    let now = Self.now()
    let time = due.withLock { due in
      // What was not used is not saved up, but for a tenth of a second.
      due = max(due, now - 0.1) + Double(bytes) / bytesPerSecond
      return due
    }
    var wait = time - now
    while wait > 0, !isStopped() {
      let step = min(wait, 0.1)
      var pause = timespec(tv_sec: 0, tv_nsec: Int(step * 1e9))
      nanosleep(&pause, nil)
      wait = time - Self.now()
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
