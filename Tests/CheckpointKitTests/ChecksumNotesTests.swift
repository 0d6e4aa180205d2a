import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The notes of files that are done, beside a manifest that is being made.
@Suite struct ChecksumNotesTests {
  private let folder: TestFolder
  private let model: TwoShards
  private let output: String
  private var notes: String { output + ChecksumRecord.folderSuffix }

  init() throws {
    folder = try TestFolder()
    model = try TwoShards(folder)
    output = folder.file("m.json")
  }

  private func make() throws -> Checksum.Outcome { try checksum(model.path) { $0.progressFolder = notes } }

  /// Changes a byte, and puts the time of change back.
  private func change(_ name: String) throws {
    let path = joinPath(model.path, name)
    var before = stat()
    #expect(stat(path, &before) == 0)
    let file = try OpenFile(updating: path, .system)
    let end = try file.size()
    let byte = try file.readBytes(end - 1..<end)
    // The clock of files goes in steps.
    usleep(20_000)
    try file.write([byte[0] ^ 1], at: end - 1)
    let times = [before.st_atim, before.st_mtim]
    #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
  }

  @Test("a note does not count for a file that was changed, though its size and time of change are as they were")
  func changedFile() throws {
    _ = try make()
    #expect(try make().filesResumed == 4)
    try change(shard2)
    let again = try make()
    #expect(again.filesResumed == 3)
    let digest = SHA256Digest(of: try model.bytes(shard2))
    #expect(again.manifest.files.first { $0.name == shard2 }?.digest == digest)
  }

  @Test("nor does a unit of a plan, on the machine that has seen the file")
  func changedFileOfPlan() throws {
    let library = try SpecLibrary(folders: [], files: .system)
    func plan() throws -> ChecksumPlan {
      try ChecksumPlan(model.path, output: output, library: library, options: .init(threads: 2, memory: 64 << 20))
    }
    try plan().run(nil, .init(threads: 2, memory: 64 << 20))
    #expect(try plan().missing() == [])
    try change(shard2)
    #expect(try plan().missing().count == 1)
    // What another machine has seen counts as before: inodes and times of its own are others there.
    try plan().run(nil, .init(threads: 2, memory: 64 << 20))
    for name in try FileAccess.system.list(notes) {
      let path = joinPath(notes, name)
      var text = String(decoding: try FileAccess.system.readAll(path, limit: 1 << 20), as: UTF8.self)
      let seen = try #require(text.split(separator: "\n").dropFirst().first)
      text.replaceSubrange(seen.startIndex..<seen.endIndex, with: "0123456789abcdef 1 2 3")
      try FileAccess.system.remove(path)
      try folder.write("m.json.ckpt-partial/" + name, text)
    }
    #expect(try plan().missing() == [])
  }

  @Test("a folder of that name that holds anything else is refused, and stays; so is a link to one")
  func foreignFolder() throws {
    let plain = try checksum(model.path).manifest
    func publish() throws {
      try ChecksumRecord.publish(to: output, .system) { (print) throws(CheckpointError) in
        try plain.write { (text) throws(CheckpointError) in try print(Array(text.utf8)) }
      }
    }
    try folder.write("m.json.ckpt-partial/thesis.txt", "mine")
    for body in [{ _ = try make() }, publish] {
      let found = problem(body)
      #expect(found?.code == .outputExists && found?.problem.contains("thesis.txt") == true)
    }
    #expect(try FileAccess.system.list(notes) == ["thesis.txt"])
    try FileAccess.system.removeTree(notes)
    try folder.makeFolder("elsewhere")
    folder.link("m.json.ckpt-partial", to: "elsewhere")
    for body in [{ _ = try make() }, publish] { #expect(problem(body)?.code == .outputUnsuitable) }
    #expect(try FileAccess.system.list(folder.file("elsewhere")) == [])
    try FileAccess.system.remove(notes)
    try folder.write("m.json.ckpt-partial", "mine")
    for body in [{ _ = try make() }, publish] { #expect(problem(body)?.code == .outputExists) }
    try FileAccess.system.remove(notes)
    _ = try make()
    try publish()
    #expect(try FileAccess.system.list(folder.path) == ["elsewhere", "m.json", "model"])
  }
}
