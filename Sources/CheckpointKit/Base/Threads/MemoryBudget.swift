private import CSystem

/// The memory that one command may use: who takes a buffer, takes it from here.
///
/// `fixed` is what headers, tables and the program itself need; the rest is for the workers, each of which holds at least
/// one panel.
public struct MemoryBudget: Sendable {
  /// The bound that `--memory` gave.
  public let total: Int

  public init(total: Int) { self.total = total }

  /// The smaller of 4 GiB and half of what the machine has, or the control groups (v1, v2) of this process allow.
  public static var standard: MemoryBudget {
    MemoryBudget(total: min(4 << 30, (machineMemory() ?? 8 << 30) / 2))
  }

  /// How many workers fit, at most `wanted`.
  ///
  /// - Throws: where not even one does, with the least `--memory` that works.
  public func workers(fixed: Int, panel: Int, wanted: Int) throws(CheckpointError) -> Int {
    let fitting = (total - fixed) / max(1, panel)
    guard total > fixed, fitting >= 1 else {
      let least = (fixed + panel).roundedUp(to: 1 << 20)
      throw CheckpointError(
        .planMemory,
        "needs \(fixed) bytes for headers and tables and \(panel) for one panel, but --memory is \(total)",
        hint: "give at least --memory \(least >> 20)MiB")
    }
    return min(fitting, max(1, wanted))
  }

  /// What the machine has, or the least that a control group of this process allows it.
  private static func machineMemory() -> Int? {
    var least = ControlGroup().memoryLimit
    guard let bytes = try? FileAccess.system.readSmall("/proc/meminfo") else { return least }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("MemTotal:") {
      guard let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { break }
      let (total, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
      if !overflow, total > 0 { least = min(least ?? total, total) }
    }
    return least
  }

  /// What the process holds once memory that was freed is given back: the part of `fixed` that exists already.
  public static func settledBytes() -> Int {
    csystem_trim_memory()
    return residentBytes().now
  }

  /// Resident bytes of this process: now, and the most it ever had.
  public static func residentBytes() -> (now: Int, peak: Int) {
    guard let bytes = try? FileAccess.system.readSmall("/proc/self/status") else { return (0, 0) }
    func kilobytes(_ key: String) -> Int {
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(key) {
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
      }
      return 0
    }
    return (kilobytes("VmRSS:") * 1024, kilobytes("VmHWM:") * 1024)
  }
}

/// A worker's memory: buffers for one panel, and what is kept of those before it, cut from one block.
public final class Workspace {
  private let buffer: Buffer
  private var used = 0
  /// Where the memory of the current panel ends.
  private var limit: Int

  public init(byteCount: Int) throws(CheckpointError) {
    buffer = try Buffer(byteCount: byteCount)
    limit = byteCount
  }

  /// Memory for the current panel, on a boundary of 64 bytes; its content is whatever was there.
  public func take(_ byteCount: Int) throws(CheckpointError) -> UnsafeMutableRawBufferPointer {
    let size = max(byteCount, 1).roundedUp(to: 64)
    guard used + size <= limit else {
      throw CheckpointError(
        .internalMistake, "a panel needs \(used + size - limit) bytes more than the plan counted",
        hint: "this is a mistake of ckpt: please report it")
    }
    defer { used += size }
    return UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[used..<used + byteCount])
  }

  /// Begins a panel, for which the plan counted so many bytes; false where they are not free.
  func begin(_ byteCount: Int) -> Bool {
    guard used + byteCount <= buffer.byteCount else { return false }
    limit = used + byteCount
    return true
  }

  /// A place to come back to.
  var mark: Int { used }

  /// Gives back what was taken since the mark.
  func release(to mark: Int) { used = mark }
}
