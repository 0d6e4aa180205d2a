internal import CheckpointKit

/// One thread's memory for stored bytes on their way to values. It grows to the largest request and is kept, or is what
/// it was given.
public final class ReadScratch {
  private var stored: Buffer?
  private var line: Buffer?
  private let given: UnsafeMutableRawBufferPointer?
  /// Bytes at the front of what was given that are in use.
  private var used = 0

  public init() { given = nil }

  /// Memory that a plan counted, on a boundary of 64 bytes.
  init(_ memory: UnsafeMutableRawBufferPointer) { given = memory }

  func bytes(_ counts: [Int]) throws(CheckpointError) -> [UnsafeMutableRawBufferPointer] {
    let total = counts.reduce(0) { $0 + $1.roundedUp(to: 64) }
    let memory: UnsafeMutableRawBufferPointer
    if let given {
      guard total <= given.count else { throw Self.tooSmall(total - given.count) }
      memory = given
      used = total
    } else {
      memory = try Self.grown(&stored, total).bytes
    }
    var start = 0
    return counts.map { count in
      defer { start += count.roundedUp(to: 64) }
      return UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
    }
  }

  /// Room for values beside the bytes of the last request.
  func values(_ count: Int) throws(CheckpointError) -> UnsafeMutableBufferPointer<Float> {
    let memory: UnsafeMutableRawBufferPointer
    if let given {
      guard used + count * 4 <= given.count else { throw Self.tooSmall(used + count * 4 - given.count) }
      memory = UnsafeMutableRawBufferPointer(rebasing: given[used...])
    } else {
      memory = try Self.grown(&line, count * 4).bytes
    }
    return UnsafeMutableRawBufferPointer(rebasing: memory[..<(count * 4)]).bindMemory(to: Float.self)
  }

  private static func tooSmall(_ missing: Int) -> CheckpointError {
    CheckpointError(
      .internalMistake, "a panel needs \(missing) bytes more than the plan counted",
      hint: "this is a mistake of ckpt: please report it")
  }

  private static func grown(_ place: inout Buffer?, _ byteCount: Int) throws(CheckpointError) -> Buffer {
    if let buffer = place, buffer.byteCount >= byteCount { return buffer }
    place = nil
    let buffer = try Buffer(byteCount: byteCount)
    place = buffer
    return buffer
  }
}
