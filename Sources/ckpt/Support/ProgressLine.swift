internal import CheckpointKit
internal import Synchronization

/// Tells how far a run is, at most ten times a second, on standard error.
final class ProgressLine: Sendable {
  private struct Content {
    var lastShown = 0.0
    var isLineOpen = false
  }

  private let kind: CommonOptions.Progress
  private let what: String
  private let started: Double
  private let content = Mutex(Content())

  init(_ common: CommonOptions, _ what: String) {
    let isTerminal = Terminal.errorIsTerminal && Terminal.environment("TERM") != "dumb"
    kind =
      common.progress == .auto ? (isTerminal && !common.quiet && !common.json ? .auto : .none) : common.progress
    self.what = what
    started = Terminal.monotonicSeconds
  }

  func show(_ done: Int, of total: Int) {
    if kind == .none { return }
    let now = Terminal.monotonicSeconds
    let interval = kind == .auto ? 0.1 : kind == .json ? 1 : 10
    let isDue = content.withLock { content in
      guard now - content.lastShown >= interval || done == total else { return false }
      content.lastShown = now
      content.isLineOpen = kind == .auto
      return true
    }
    if !isDue { return }
    let elapsed = now - started
    let rate = elapsed > 0.5 ? Double(done) / elapsed : 0
    let remaining = rate > 0 ? Double(total - done) / rate : nil
    if kind == .json {
      let line: JSONValue = .object([
        "schema": "ckpt.progress/1", "done_bytes": .int(done), "total_bytes": .int(total),
        "elapsed_seconds": .double(elapsed), "remaining_seconds": .double(orNull: remaining),
      ])
      return Terminal.note(line.text())
    }
    let share = total > 0 ? Int(Double(done) * 100 / Double(total)) : 100
    var text = "\(what): \(share) %, \(ByteSize.text(done)) of \(ByteSize.text(total))"
    if rate > 0 { text += ", \(ByteSize.text(Int(rate)))/s" }
    if let remaining, remaining >= 1 { text += ", \(Self.duration(remaining)) left" }
    if kind == .plain { return Terminal.note(text) }
    Terminal.write("\r\u{1b}[K" + String(text.prefix(Terminal.columns - 1)), to: 2)
  }

  /// Takes the line away again.
  func clear() {
    if content.withLock({ $0.isLineOpen }) { Terminal.write("\r\u{1b}[K", to: 2) }
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
