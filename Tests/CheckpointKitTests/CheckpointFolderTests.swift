import Synchronization
import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private let indexName = "model.safetensors.index.json"

/// Two shards of two tensors each, numbered the usual way: 26 bytes of tensors.
private let shardOne = "model-00001-of-00002.safetensors"
private let shardTwo = "model-00002-of-00002.safetensors"
private let goodMap = [("a", shardOne), ("b", shardOne), ("c", shardTwo), ("d", shardTwo)]

private func indexText(_ map: [(String, String)], total: String? = "26") -> String {
  let members = map.map { "\(JSONValue.string($0.0).text()):\(JSONValue.string($0.1).text())" }.joined(separator: ",")
  return "{\"metadata\":{\(total.map { "\"total_size\":\($0)" } ?? "")},\"weight_map\":{\(members)}}"
}

private func goodFolder(index: String? = indexText(goodMap)) throws -> TestFolder {
  let folder = try TestFolder()
  try folder.write(shardOne, safetensors(u8: [("a", 8), ("b", 8)]))
  try folder.write(shardTwo, safetensors(u8: [("c", 8), ("d", 2)]))
  if let index { try folder.write(indexName, index) }
  return folder
}

private func findings(_ folder: TestFolder) throws -> [Finding] {
  try Checkpoint.inspect(folder.path).1.sortedForReport()
}

/// `error index.missing-shard` and so on.
private func codes(_ findings: [Finding]) -> [String] { findings.map { "\($0.severity) \($0.code.rawValue)" } }

@Suite struct IndexTests {
  @Test("a sharded folder whose index is right has no findings")
  func good() throws {
    let folder = try goodFolder()
    let (checkpoint, findings) = try Checkpoint.inspect(folder.path)
    #expect(codes(findings) == [])
    #expect(checkpoint?.records.map(\.name.string) == ["a", "b", "c", "d"])
    #expect(checkpoint?.dataBytes == 26)
  }

  @Test(
    "each mistake of an index is one finding of its own code and severity",
    arguments: [
      (goodMap + [("e", shardTwo), ("f", shardTwo)], "26", ["error index.missing-tensor"]),
      ([goodMap[0], goodMap[2], goodMap[3]], "26", ["warning index.unlisted-tensor"]),
      ([goodMap[0], goodMap[1], ("c", shardOne), goodMap[3]], "26", ["error index.wrong-shard"]),
      (goodMap, "27", ["warning index.total-size"]),
      (goodMap, "26.0", ["warning index.total-size"]),
      (goodMap, "\"26\"", ["warning index.total-size"]),
      (goodMap, "-1", ["warning index.total-size"]),
      (goodMap, "99999999999999999999999", ["warning index.total-size"]),
      (goodMap, "null", ["warning index.total-size"]),
      (
        Array(goodMap.prefix(2)), "26",
        ["warning index.shard-numbering", "warning index.total-size", "warning index.unlisted-shard"]
      ),
      (
        goodMap + [("e", "model-00003-of-00003.safetensors")], "26",
        ["error index.missing-shard", "warning index.shard-numbering"]
      ),
    ])
  func mistakes(map: [(String, String)], total: String, expected: [String]) throws {
    let found = try findings(goodFolder(index: indexText(map, total: total)))
    #expect(codes(found).sorted() == expected.sorted(), "\(found)")
  }

  @Test("an index without a total is fine")
  func noTotal() throws {
    #expect(codes(try findings(goodFolder(index: indexText(goodMap, total: nil)))) == [])
    let withoutMetadata = "{\"weight_map\":" + indexText(goodMap).split(separator: "\"weight_map\":")[1]
    #expect(codes(try findings(goodFolder(index: withoutMetadata))) == [])
  }

  @Test("a finding names a tensor and counts the others, so that one cause gives one line")
  func folded() throws {
    let map = goodMap + (0..<500).map { ("x\($0)", shardTwo) }
    let found = try findings(goodFolder(index: indexText(map)))
    #expect(found.count == 1)
    #expect(found[0].file == shardTwo && found[0].tensor == "x0" && found[0].problem.contains("499 others"))
  }

  @Test("a tensor in two shards is an error that names both")
  func twice() throws {
    let folder = try TestFolder()
    try folder.write(shardOne, safetensors(u8: [("a", 8), ("b", 8)]))
    try folder.write(shardTwo, safetensors(u8: [("b", 8), ("c", 2)]))
    try folder.write(indexName, indexText([("a", shardOne), ("b", shardOne), ("c", shardTwo)], total: "18"))
    let error = try #require(try findings(folder).first)
    #expect(error.code == .indexDuplicateTensor && error.severity == .error)
    #expect(error.file == shardTwo && error.tensor == "b" && error.problem.contains(shardOne))
  }

  @Test("a shard of an unusual name is read where the index lists it, a damaged file that no index lists is not")
  func unusualNames() throws {
    let folder = try TestFolder()
    try folder.write("weights.bin", safetensors(u8: [("a", 8)]))
    try folder.write(".hidden.safetensors", safetensors(u8: [("b", 4)]))
    try folder.write("extra.safetensors", "no header")
    let map = [("b", ".hidden.safetensors"), ("\\\u{e9}", "weights.bin"), ("a", "weights.bin")]
    try folder.write(indexName, indexText(map))
    let (checkpoint, found) = try Checkpoint.inspect(folder.path)
    #expect(checkpoint?.records.map(\.name.string).sorted() == ["a", "b"])
    let told = Set(codes(found))
    #expect(told.isSuperset(of: ["error index.missing-tensor", "warning index.unlisted-shard"]), "\(found)")
    #expect(found.first { $0.code == .indexMissingTensor }?.tensor == "\\\u{e9}")
    #expect(!found.contains { $0.file == "extra.safetensors" && $0.severity == .error })
  }

  @Test("shards without an index that share tensors are an error for each later shard, and keep the first's")
  func twiceWithoutIndex() throws {
    let folder = try TestFolder()
    let shards = (1...3).map { "model-0000\($0)-of-00003.safetensors" }
    try folder.write(shards[0], safetensors(u8: [("a", 8), ("b", 8)]))
    try folder.write(shards[1], safetensors(u8: [("b", 8), ("c", 2), ("a", 1)]))
    try folder.write(shards[2], safetensors(u8: [("c", 2), ("d", 3)]))
    let (checkpoint, all) = try Checkpoint.inspect(folder.path)
    let found = all.filter { $0.code == .indexDuplicateTensor }
    #expect(found.map(\.file) == [shards[1], shards[2]] && found.map(\.tensor) == ["b", "c"])
    #expect(found[0].problem.contains(shards[0]) && found[0].problem.contains("1 others"))
    #expect(checkpoint?.records.map(\.name.string) == ["a", "b", "c", "d"])
    #expect(checkpoint?.records.map(\.shard) == [0, 0, 1, 2])
    #expect(checkpoint?.shards.map(\.records) == [0..<2, 2..<3, 3..<4])
  }

  @Test(
    "an index that is not one is an error, and the shards that are here are read without it",
    arguments: [
      "", "[]", "null", "{", "{\"weight_map\":[]}", "{\"weight_map\":null}", "{\"weight_map\":{\"a\":1}}",
      "{\"weight_map\":{\"a\":null}}", "{\"metadata\":{}}", "{\"weight_map\":{},\"weight_map\":{}}",
      "{\"weight_map\":{\"a\":\"\(shardOne)\",\"\\u0061\":\"\(shardTwo)\"}}", "{\"weight_map\":{},}",
      "{\"metadata\":{\"total_size\":1,\"total_size\":2},\"weight_map\":{}}", "\u{feff}{\"weight_map\":{}}",
      "{\"weight_map\":{}} x", String(repeating: "[", count: 100_000),
    ])
  func malformed(text: String) throws {
    let folder = try goodFolder(index: text)
    let (checkpoint, found) = try Checkpoint.inspect(folder.path)
    #expect(codes(found).contains("error index.malformed"))
    #expect(checkpoint?.records.count == 4)
  }

  @Test(
    "a shard name that leads out of the folder is an error, and nothing outside is opened or looked at",
    arguments: [
      "../x.safetensors", "/etc/passwd", "sub/x.safetensors", "..", ".", "", "a\0.safetensors", "./x.safetensors",
    ])
  func escapes(name: String) throws {
    let folder = try goodFolder(index: indexText(goodMap + [("e", name)]))
    let touched = Mutex<[String]>([])
    let access = FileAccess { _, path in
      touched.withLock { $0.append(path) }
      return nil
    }
    let (_, found) = try Checkpoint.inspect(folder.path, files: access)
    #expect(codes(found).contains("error index.unsafe-path"), "\(found)")
    for path in touched.withLock({ $0 }) {
      let rest = path.dropFirst(folder.path.count)
      #expect(path.hasPrefix(folder.path) && rest.count { $0 == "/" } <= 1 && !path.contains(".."), "\(path)")
    }
  }

  @Test("a second index is a warning, and the usual one is read")
  func twoIndexes() throws {
    let folder = try goodFolder()
    try folder.write("consolidated.safetensors.index.json", "{\"weight_map\":{\"a\":\"consolidated.safetensors\"}}")
    #expect(codes(try findings(folder)) == ["warning index.two-indexes"])
  }

  @Test("twenty thousand shards that are not here are told of in little time", .timeLimit(.minutes(1)))
  func manyShards() throws {
    let map = (0..<20_000).map { ("t\($0)", "model-\($0)-of-20000.safetensors") }
    var index = try CheckpointIndex(parsing: Array(indexText(map).utf8), file: "i")
    #expect(index.shards.count == 20_000 && index.contents.allSatisfy { $0.count == 1 })
    #expect(index.findings(against: [], shardNames: []) == [])
    index = try CheckpointIndex(parsing: Array(indexText(map.map { ($0.0, "../" + $0.1) }).utf8), file: "i")
    #expect(index.findings.count == 20_000)
    #expect(ShardNames.numberingProblem(map.dropLast(2).map(\.1)) != nil)
  }
}

@Suite struct ShardNameTests {
  /// The published styles of shard names.
  static let styles: [[String]] = [
    (1...61).map { "model-\($0)-of-61.safetensors" },
    (1...163).map { "model-\(ShardNames.padded($0))-of-000163.safetensors" },
    (0...2).map { "model-0000\($0)-of-00002.safetensors" },
    (0...1).map { "model-0000\($0)-of-00002.safetensors" },
    (1...14).map { "model.safetensors-\(ShardNames.padded($0))-of-00014.safetensors" },
    ["model.safetensors-00001-of-00001.safetensors"],
    (1...16).map { "model-\(ShardNames.padded($0))-of-00016.safetensors" },
    ["model.safetensors"],
  ]

  @Test(
    "every published style of shard names is read without a finding, in the order of its numbers", arguments: styles)
  func style(names: [String]) throws {
    let folder = try TestFolder()
    for (i, name) in names.enumerated() { try folder.write(name, safetensors(u8: [("t\(i)", 1)])) }
    let map = names.enumerated().map { ("t\($0)", $1) }
    if names.count > 1 { try folder.write(indexName, indexText(map.shuffled(), total: "\(names.count)")) }
    let (checkpoint, found) = try Checkpoint.inspect(folder.path)
    #expect(codes(found) == [])
    #expect(checkpoint?.shards.map(\.name) == names)
  }

  @Test(
    "numbers that do not agree are told of",
    arguments: [
      ["m-1-of-3", "m-2-of-3"], ["m-1-of-2", "m-2-of-3"], ["m-1-of-2", "m"], ["m-0-of-3", "m-1-of-3"],
      ["m-2-of-2", "m-3-of-2"], ["m-1-of-1", "m-01-of-1"], ["m-1-of-9223372036854775807"],
      ["m-9223372036854775807-of-1"], ["m-0-of-9223372036854775807"], ["m-5-of-0"],
    ])
  func numbering(names: [String]) {
    #expect(ShardNames.numberingProblem(names.map { $0 + ".safetensors" }) != nil)
  }

  @Test("a missing number is named")
  func missing() {
    let names = [1, 2, 4].map { "m-\($0)-of-4.safetensors" }
    #expect(ShardNames.numberingProblem(names)?.contains("number 3") == true)
  }

  @Test("runs of digits sort by value, whatever their length")
  func sorting() {
    let huge = "m-" + String(repeating: "9", count: 400)
    #expect(
      ShardNames.naturallySorted([huge, "m-10", "m-9", "m-09", "m-", "m"]) == ["m", "m-", "m-09", "m-9", "m-10", huge])
    #expect(ShardNames.numbering("x-99999999999999999999-of-2.safetensors") == nil)
    #expect(
      ShardNames.numbering("-of-") == nil && ShardNames.numbering("") == nil && ShardNames.numbering("of-1-of-") == nil)
  }
}

@Suite struct SourceTests {
  @Test("a folder of several models without an index is refused, and names them")
  func severalModels() throws {
    let folder = try TestFolder()
    try folder.write("model.safetensors", safetensors("{}"))
    try folder.write("adapter_model.safetensors", safetensors("{}"))
    let error = try #require(problem { _ = try Checkpoint.inspect(folder.path) })
    #expect(error.code == .severalModels && error.problem.contains("adapter_model.safetensors"))
  }

  @Test("shards without an index are read, with a warning")
  func noIndex() throws {
    #expect(codes(try findings(goodFolder(index: nil))) == ["warning index.absent"])
  }

  @Test("what is no checkpoint is refused by name")
  func nothing() throws {
    let folder = try TestFolder()
    #expect(problem { _ = try Checkpoint.inspect(folder.file("none")) }?.code == .notFound)
    #expect(problem { _ = try Checkpoint.inspect(folder.path) }?.code == .unknownSource)
    try folder.write("model.bin", "x")
    #expect(problem { _ = try Checkpoint.inspect(folder.path) }?.hint?.contains("config.json") == true)
    #expect(problem { _ = try Checkpoint.inspect("/dev/null") }?.code == .unknownSource)
    #expect(problem { _ = try Checkpoint.inspect(folder.file(String(repeating: "n", count: 300))) }?.code == .notFound)
  }

  @Test("a folder that holds .ckpt is unfinished: opening it is refused, looking at it says so")
  func unfinished() throws {
    let folder = try goodFolder()
    try folder.makeFolder(".ckpt")
    #expect(codes(try findings(folder)) == ["error source.unfinished"])
    #expect(problem { _ = try Checkpoint.open(folder.path) }?.code == .unfinishedSource)
    let empty = try TestFolder()
    try empty.makeFolder(".ckpt/files")
    #expect(problem { _ = try Checkpoint.open(empty.path) }?.code == .unfinishedSource)
  }

  @Test(
    "a shard that is a pipe, a folder or a link to nothing is an error finding, and the others are read",
    .timeLimit(.minutes(1)))
  func notFiles() throws {
    for kind in ["pipe", "folder", "broken link", "circular link", "empty file"] {
      let folder = try goodFolder()
      try FileAccess.system.remove(folder.file(shardTwo))
      switch kind {
      case "pipe": #expect(mkfifo(folder.file(shardTwo), 0o600) == 0)
      case "folder": try folder.makeFolder(shardTwo)
      case "broken link": folder.link(shardTwo, to: "../../blobs/1234")
      case "circular link": folder.link(shardTwo, to: shardTwo)
      default: try folder.write(shardTwo, "")
      }
      let (checkpoint, found) = try Checkpoint.inspect(folder.path)
      let isLink = kind.hasSuffix("link")
      let expected: ProblemCode = isLink ? .indexMissingShard : kind == "empty file" ? .headerTooSmall : .foreignFile
      #expect(found.map(\.code) == [expected], "\(kind): \(found)")
      #expect(found.first?.file == shardTwo && found.first?.severity == .error)
      if isLink { #expect(found.first?.hint?.contains("link to nothing") == true) }
      #expect(checkpoint?.records.map(\.name.string) == ["a", "b"])
    }
  }

  @Test("a lone model.safetensors that is a pipe is refused without waiting", .timeLimit(.minutes(1)))
  func lonePipe() throws {
    let folder = try TestFolder()
    #expect(mkfifo(folder.file("model.safetensors"), 0o600) == 0)
    #expect(problem { _ = try Checkpoint.open(folder.path) }?.code == .foreignFile)
    #expect(problem { _ = try Checkpoint.open(folder.file("model.safetensors")) }?.code == .unknownSource)
    let config = try goodFolder()
    #expect(mkfifo(config.file("config.json"), 0o600) == 0)
    #expect(codes(try findings(config)) == ["error source.foreign-file"])
  }

  @Test("a broken link without an index is told as a link to nothing")
  func brokenLinkWithoutIndex() throws {
    let folder = try TestFolder()
    folder.link("model.safetensors", to: "../blobs/none")
    let found = try findings(folder)
    #expect(found.map(\.code) == [.notFound] && found[0].hint?.contains("link to nothing") == true)
  }

  @Test("a file that may not be read stops the work with an error that names it", arguments: [EACCES, EPERM, EIO])
  func unreadable(code: Int32) throws {
    let folder = try goodFolder()
    let access = FileAccess { call, path in call == .open && path.hasSuffix(shardTwo) ? .error(code) : nil }
    let error = try #require(problem { _ = try Checkpoint.inspect(folder.path, files: access) })
    #expect(error.code == (code == EIO ? .ioFailed : .notPermitted) && error.file?.hasSuffix(shardTwo) == true)
  }

  @Test("the snapshot that refs/main of a Hub cache folder names is opened, through its links")
  func hubCache() throws {
    let hub = try TestFolder()
    let commit = "0123456789abcdef0123456789abcdef01234567"
    try hub.write("models--o--n/blobs/b1", safetensors(u8: [("a", 4)]))
    try hub.makeFolder("models--o--n/snapshots/\(commit)")
    hub.link("models--o--n/snapshots/\(commit)/model.safetensors", to: "../../blobs/b1")
    let path = hub.file("models--o--n")
    #expect(problem { _ = try Checkpoint.open(path) }?.problem.contains("refs/main") == true)
    try hub.write("models--o--n/refs/main", commit + "\n")
    #expect(try Checkpoint.open(path).records.map(\.name.string) == ["a"])
    #expect(try Checkpoint.open(path + "/snapshots/\(commit)/").records.count == 1)
    for (reference, code) in [
      ("../..", ProblemCode.unsafeName), ("", .unsafeName), ("feed", .notFound), ("..", .unsafeName),
    ] {
      try FileAccess.system.writeAtomically(Array(reference.utf8), to: joinPath(path, "refs/main"))
      #expect(problem { _ = try Checkpoint.open(path) }?.code == code, "\(reference)")
    }
  }

  @Test("sparse files that claim exabytes are refused before their sizes are added")
  func exabytes() throws {
    // A disk's file system stops at terabytes; one in memory does not.
    guard FileAccess.system.exists("/dev/shm") else { return }
    let folder = try TestFolder(in: "/dev/shm")
    let bytes = 1 << 60
    for i in 1...9 {
      let header = "{\"t\(i)\":{\"dtype\":\"U8\",\"shape\":[\(bytes)],\"data_offsets\":[0,\(bytes)]}}"
      let path = try folder.write("model-0000\(i)-of-00009.safetensors", safetensors(header))
      if problem({ try OpenFile(updating: path, .system).setLength(8 + header.utf8.count + bytes) }) != nil { return }
    }
    let found = try findings(folder)
    #expect(found.count { $0.code == .sizeOverflow && $0.severity == .error } == 9)
  }
}

@Suite struct IOTests {
  @Test("a folder that is opened as a file gives its descriptor back exactly once")
  func noDoubleClose() throws {
    let folder = try TestFolder()
    let path = try folder.write("x", [UInt8](repeating: 1, count: 64))
    let notFile = folder.path
    // A descriptor that is closed twice closes that of another thread, whose reads then fail.
    let failures = Mutex<[CheckpointError]>([])
    runOnThreads(4) { thread in
      for _ in 0..<3000 {
        if thread % 2 == 0 {
          _ = try? OpenFile(reading: notFile, .system)
          continue
        }
        do throws(CheckpointError) {
          let file = try OpenFile(reading: path, .system)
          _ = try file.readBytes(0..<64)
          _ = try file.size()
        } catch { failures.withLock { $0.append(error) } }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }

  @Test(
    "a file of any year has a time",
    arguments: [-9_000_000_000_000, -1, 0, 1_800_000_000, 15_000_000_000, 9_000_000_000_000])
  func anyYear(seconds: Int) throws {
    let folder = try TestFolder()
    let path = try folder.write("x", "x")
    var times = [timeval(tv_sec: seconds, tv_usec: 0), timeval(tv_sec: seconds, tv_usec: 0)]
    #expect(utimes(path, &times) == 0)
    #expect(try FileAccess.system.status(path)?.size == 1)
  }

  @Test("paths are split at slash bytes, whatever follows them")
  func paths() {
    #expect(lastPathComponent("/a/\u{301}b") == "\u{301}b" && parentPath("/a/\u{301}b") == "/a")
    #expect(
      lastPathComponent("a//") == "a" && parentPath("/") == "/" && parentPath("a") == "." && parentPath("/a") == "/")
    #expect(lastPathComponent("/") == "" && lastPathComponent("") == "" && parentPath("") == ".")
    #expect(joinPath("a/", "b") == "a/b" && joinPath("", "b") == "b" && joinPath("a", "b") == "a/b")
    for name in ["", ".", "..", "a/b", "/", "\0", "a/\u{301}"] { #expect(!isPlainFileName(name)) }
    for name in ["...", " ", "a..b", "-", "\\"] { #expect(isPlainFileName(name)) }
  }
}
