import Testing

@testable import CheckpointKit

/// A folder of two shards with different bytes in every tensor, put together here.
struct TwoShards {
  let folder: TestFolder
  let name: String
  var files: [(name: String, bytes: [UInt8])] = []

  init(_ folder: TestFolder, _ name: String = "model") throws {
    self.folder = folder
    self.name = name
    let first = Self.shard([("a", 70_000, 1), ("b", 5, 2)])
    let second = Self.shard([("c", 200_000, 3), ("d", 9, 4)])
    files = [
      ("model-00001-of-00002.safetensors", first), ("model-00002-of-00002.safetensors", second),
      (
        "model.safetensors.index.json",
        Array(
          #"{"metadata":{"total_size":270014},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00001-of-00002.safetensors","c":"model-00002-of-00002.safetensors","d":"model-00002-of-00002.safetensors"}}"#
            .utf8)
      ),
      ("notes.txt", Array("some notes".utf8)),
    ]
    for file in files { try folder.write("\(name)/\(file.name)", file.bytes) }
  }

  /// U8 tensors of so many bytes, none of them zero for long.
  static func shard(_ tensors: [(name: String, bytes: Int, seed: Int)]) -> [UInt8] {
    var (members, end): ([String], Int) = ([], 0)
    var data: [UInt8] = []
    for tensor in tensors {
      members.append(
        #""\#(tensor.name)":{"dtype":"U8","shape":[\#(tensor.bytes)],"data_offsets":[\#(end),\#(end + tensor.bytes)]}"#)
      end += tensor.bytes
      data += (0..<tensor.bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ tensor.seed) }
    }
    return safetensors("{" + members.joined(separator: ",") + "}", data)
  }

  var path: String { folder.file(name) }

  func replace(_ file: String, _ bytes: [UInt8]) throws {
    try FileAccess.system.remove(joinPath(path, file))
    try folder.write("\(name)/\(file)", bytes)
  }

  func bytes(_ file: String) throws -> [UInt8] { try FileAccess.system.readAll(joinPath(path, file), limit: 1 << 30) }
}

let shard2 = "model-00002-of-00002.safetensors"

func verify(_ path: String, _ change: (inout Verifier.Options) -> Void = { _ in }) throws -> Verifier.Outcome {
  var options = Verifier.Options(threads: 2, memory: 64 << 20)
  change(&options)
  return try Verifier.verify(path, library: SpecLibrary(folders: [], files: .system), options: options)
}

func checksum(_ path: String, _ change: (inout Checksum.Options) -> Void = { _ in }) throws -> Checksum.Outcome {
  var options = Checksum.Options(threads: 2, memory: 64 << 20)
  change(&options)
  return try Checksum.make(path, library: SpecLibrary(folders: [], files: .system), options: options)
}

extension Verifier.Outcome {
  func codes(_ severity: Finding.Severity = .error) -> [String] {
    findings.filter { $0.severity == severity }.map(\.code.rawValue).sorted()
  }
  func state(_ name: String) -> Verifier.FileState? { files.first { $0.name == name }?.state }
  func evidence(_ name: String) -> EvidenceLevel? { files.first { $0.name == name }?.evidence }
}
