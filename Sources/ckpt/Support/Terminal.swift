internal import CSystem
internal import CheckpointKit

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Standard output and error.
enum Terminal {
  /// The result. Where nobody reads any more, the process ends by SIGPIPE, as a filter should.
  static func print(_ text: String) { write(text, to: 1) }

  /// Everything else.
  static func note(_ text: String) { write(text + "\n", to: 2) }

  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { write($0, to: descriptor) }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBufferPointer { write($0, to: descriptor) }
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        let reason = String(cString: strerror(errno))
        // What cannot be said on standard error cannot be reported either.
        if descriptor == 1 {
          note("ckpt: error: standard output: cannot be written: \(reason)")
          exit(ExitStatus.failed)
        }
        return
      }
      done += count
    }
  }

  /// The arguments behind the program's name: an argument may be a path, and a path is bytes.
  static var arguments: [String] {
    (1..<max(1, csystem_argument_count())).map { PathBytes.decode(cString: csystem_argument($0)) }
  }

  static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

  static var errorIsTerminal: Bool { isatty(2) == 1 }
  static var outputIsTerminal: Bool { isatty(1) == 1 }

  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Columns of the terminal; 80 where it does not say.
  static var columns: Int {
    let columns = Int(csystem_terminal_columns(2))
    return columns > 0 ? columns : 80
  }

  static var monotonicSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  static func catchStopSignals() { csystem_catch_stop_signals() }

  /// Until ``catchStopSignals()``, SIGTERM and SIGINT print this and end the process: `output` cut where the seconds go.
  static func endOnStopSignals(output: (head: String, tail: String?)?, note: String) {
    csystem_end_on_stop_signals(output?.head, output?.tail, note)
  }

  /// SIGTERM, SIGINT, or 0.
  static var stopSignal: Int32 { csystem_stop_signal() }
  static let interrupt = SIGINT
}
