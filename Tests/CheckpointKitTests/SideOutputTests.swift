import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is written beside the work, and what it may take the place of.
@Suite struct SideOutputTests {
  private static let digest = SHA256Digest(of: "x").hex
  private static let array = NPYHeader(.f32, [2, 2]).encoded.map { $0 + [UInt8](repeating: 0, count: 16) } ?? []
  private static let integers = NPYHeader(.i32, [2, 2]).encoded.map { $0 + [UInt8](repeating: 0, count: 16) } ?? []

  /// A text of each kind.
  private static let own: [(String, SideOutput.Kind, [UInt8])] = [
    ("manifest", .manifest, Array("{\n\"schema\":\"ckpt.manifest/1\",\n\"digest\":\"\(digest)\"}".utf8)),
    ("sums", .manifest, Array("\(digest)  a\n\(digest) *b\n".utf8)),
    ("plan", .plan, Array("{\n \"schema\": \"ckpt.plan/1\",\n \"plan_id\": \"\"}".utf8)),
    ("repair", .repairList, Array("# file\trange\tbytes\tsha256\tbasis\nx\t0-1\t-\t-\tguess\n".utf8)),
    ("array", .array(.f32), array),
  ]

  @Test("an earlier file of the kind that is written is replaced, and any other file is refused and stays")
  func kinds() throws {
    let folder = try TestFolder()
    let foreign: [(String, [UInt8])] = [
      ("text", Array("mine\n".utf8)), ("no line end", Array("x".utf8)),
      ("config", Array("{\"model_type\": \"llama\", \"x\": \"ckpt.manifest/1 ckpt.plan/1\"}".utf8)),
      ("weights", safetensors(u8: [("a", 4)])), ("integers", Self.integers), ("zeros", [0, 0, 0, 0]),
    ]
    for (i, (name, kind, bytes)) in Self.own.enumerated() {
      let path = try folder.write("own-\(i)", bytes)
      try SideOutput(path, kind).write(Array("new".utf8))
      #expect(try FileAccess.system.readAll(path, limit: 99) == Array("new".utf8), "\(name)")
      let others = Self.own.filter { $0.0 != name && !(["manifest", "sums"].contains($0.0) && i < 2) }.map {
        ($0.0, $0.2)
      }
      for (j, (what, bytes)) in (foreign + others).enumerated() {
        let path = try folder.write("foreign-\(i)-\(j)", bytes)
        let found = problem { _ = try SideOutput(path, kind) }
        #expect(found?.code == .outputExists && found?.file == path, "\(name) over \(what)")
        #expect(try FileAccess.system.readAll(path, limit: 1 << 20) == bytes)
      }
      let empty = try folder.write("empty-\(i)", [])
      try SideOutput(empty, kind).write([1])
    }
  }

  @Test("a file that came to stand there while the work was done stays too")
  func meanwhile() throws {
    let folder = try TestFolder()
    let output = try SideOutput(folder.file("x.tsv"), .repairList)
    try folder.write("x.tsv", "mine\n")
    #expect(problem { try output.write([1]) }?.code == .outputExists)
    let writer = try NPYWriter(folder.file("x.npy"), NPYHeader(.i32, [0]))
    try folder.write("x.npy", Self.array)
    #expect(problem { try writer.publish() }?.code == .outputExists)
    #expect(try FileAccess.system.list(folder.path).filter { !$0.hasSuffix(".partial") } == ["x.npy", "x.tsv"])
  }

  @Test("links are not written over, nor to what they lead to; folders and pipes are refused")
  func links() throws {
    let folder = try TestFolder()
    try folder.write("sums", "\(Self.digest)  a\n")
    folder.link("to-sums", to: "sums")
    folder.link("to-nothing", to: "nothing")
    folder.link("loop", to: "loop")
    for name in ["to-sums", "to-nothing", "loop"] {
      #expect(problem { _ = try SideOutput(folder.file(name), .manifest) }?.code == .outputExists, "\(name)")
      let found = problem {
        try ChecksumRecord.publish(to: folder.file(name), .system) { (_) throws(CheckpointError) in }
      }
      #expect(found?.code == .outputExists && FileAccess.system.linkTarget(folder.file(name)) != nil, "\(name)")
    }
    try folder.makeFolder("folder")
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    for name in ["folder", "pipe"] {
      #expect(problem { _ = try SideOutput(folder.file(name), .plan) }?.code == .outputUnsuitable, "\(name)")
    }
  }

  @Test("nothing that a command reads or writes itself is written over, by whatever name, nor an empty file it reads")
  func itself() throws {
    let folder = try TestFolder()
    let own = try folder.write("a.npy", Self.array)
    #expect(link(own, folder.file("hard.npy")) == 0)
    try folder.makeFolder("f")
    folder.link("g", to: "f")
    for (path, other) in [
      (own, own), (folder.file("hard.npy"), own), (folder.file("f/new.npy"), folder.file("g/new.npy")),
      (folder.file("f/../new.npy"), folder.file("new.npy")),
    ] {
      let found = problem { _ = try SideOutput(path, .array(.f32), apartFrom: [nil, other]) }
      #expect(found?.code == .outputExists, "\(path)")
    }
    try folder.write("model/model.safetensors", safetensors(u8: [("a", 4)]))
    let empty = try folder.write("model/notes.md", [])
    #expect(link(empty, folder.file("notes")) == 0)
    for path in [empty, folder.file("notes")] {
      let found = problem { _ = try SideOutput(path, .repairList, readFrom: folder.file("model")) }
      #expect(found?.code == .outputExists)
    }
  }
}
