import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `Tests/Vectors`, found from where this file lies.
let vectorsFolder = joinPath(parentPath(parentPath(#filePath)), "Vectors")
/// The root of the package.
let packageFolder = parentPath(parentPath(parentPath(#filePath)))

/// A folder for one test, removed with all that is in it when the last use ends.
final class TestFolder {
  let path: String

  init(in parent: String = "/tmp") throws {
    var template = Array((parent + "/ckpt-test-XXXXXX").utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { try? FileAccess.system.removeTree(path) }

  func file(_ name: String) -> String { joinPath(path, name) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = file(name)
    try FileAccess.system.makeDirectories(parentPath(path))
    let file = try OpenFile(creating: path, .system)
    try file.write(bytes, at: 0)
    return path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func makeFolder(_ name: String) throws { try FileAccess.system.makeDirectories(file(name)) }

  func link(_ name: String, to target: String) { #expect(symlink(target, file(name)) == 0) }
}

/// A safetensors file: the header's length, the header, the data.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
}

/// A well-formed file of U8 tensors, put together here so that the writer under test has no part in it.
func safetensors(u8 tensors: [(name: String, bytes: Int)]) -> [UInt8] {
  var (members, end): ([String], Int) = ([], 0)
  for tensor in tensors {
    members.append(
      "\"\(tensor.name)\":{\"dtype\":\"U8\",\"shape\":[\(tensor.bytes)],\"data_offsets\":[\(end),\(end + tensor.bytes)]}"
    )
    end += tensor.bytes
  }
  return safetensors("{" + members.joined(separator: ",") + "}", [UInt8](repeating: 7, count: end))
}

func littleEndian(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

/// The error that a body throws, or nil.
func problem(_ body: () throws -> Void) -> CheckpointError? {
  do {
    try body()
    return nil
  } catch let error as CheckpointError {
    return error
  } catch {
    Issue.record("an error of another type: \(error)")
    return nil
  }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
