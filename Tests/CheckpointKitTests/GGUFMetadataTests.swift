import Testing

@testable import CheckpointKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct GGUFMetadataTests {
  private let tensors = [("a", [8, 3]), ("b.weight", [5])]

  private func keys(_ number: Int, _ text: String) -> [[UInt8]] {
    let string = littleEndian(UInt64(text.utf8.count)) + Array(text.utf8)
    return [
      GGUFFileTests.key("n", 4, number), littleEndian(1) + Array("s".utf8) + [8, 0, 0, 0] + string,
      GGUFFileTests.key("z", 2, 3),
    ]
  }

  private func file(_ folder: TestFolder, _ number: Int = 1, _ text: String = "old") throws -> String {
    try folder.write("m.gguf", GGUFFileTests.gguf(keys(number, text), tensors: tensors))
  }

  private func edit(_ path: String, _ settings: [(String, String)], files: FileAccess = .system) throws -> HeaderEdit {
    try HeaderEdit(settings.map { HeaderEdit.Setting(key: $0.0, value: $0.1) }, of: path, files: files)
  }

  private func bytes(_ path: String) throws -> [UInt8] { try FileAccess.system.readAll(path, limit: 1 << 20) }

  @Test("a value of the same length is set in place, and nothing else changes")
  func inPlace() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let edit = try edit(path, [("s", "new"), ("n", "7")])
    #expect(edit.isInPlace)
    try edit.write()
    #expect(try bytes(path) == GGUFFileTests.gguf(keys(7, "new"), tensors: tensors))
    #expect(try FileAccess.system.list(folder.path) == ["m.gguf"])
  }

  @Test("a longer value moves the data into a new file of the same bytes")
  func anew() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let long = String(repeating: "long ", count: 30)
    let edit = try edit(path, [("s", long)])
    #expect(!edit.isInPlace)
    try edit.write()
    #expect(try bytes(path) == GGUFFileTests.gguf(keys(1, long), tensors: tensors))
    #expect(try FileAccess.system.list(folder.path) == ["m.gguf"])
  }

  @Test("new keys are strings, or of the type they name; known ones keep theirs")
  func types() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    try edit(
      path, [("x", "u64:5"), ("y", "text: with a colon"), ("b", "bool:true"), ("f", "f32:0.1"), ("s", "u32:5")]
    ).write()
    let header = try GGUFHeader(reading: OpenFile(reading: path, .system))
    #expect(header["x"]?.type == .uint64 && header["x"]?.value.integer == 5)
    #expect(header["y"]?.value.text == "text: with a colon" && header["b"]?.value == .bool(true))
    #expect(header["f"]?.value == .float(Double(Float(0.1))) && header["s"]?.value.text == "u32:5")
    #expect(header.fields.map(\.key) == ["n", "s", "z", "x", "y", "b", "f"])
  }

  @Test("arrays are set in JSON: a known one keeps the type of its elements, a new one names it")
  func arrays() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    try edit(path, [("t", #"str[]:["a","b:c"]"#), ("i", "i16[]:[-1,2]"), ("e", "u8[]:[]")]).write()
    try edit(path, [("t", #"["é"]"#), ("i", "[3,-4,5]")]).write()
    let opened = try OpenFile(reading: path, .system)
    let header = try GGUFHeader(reading: opened)
    func elements(_ key: String) throws -> [GGUFValue] {
      try header.firstElements(9, of: try #require(header[key]), from: opened)
    }
    #expect(
      header["i"]?.value == .array(element: .int16, count: 3)
        && header["t"]?.value == .array(element: .string, count: 1))
    #expect(try elements("i") == [.signed(3), .signed(-4), .signed(5)] && elements("t") == [.string("é")])
    #expect(header["e"]?.value == .array(element: .uint8, count: 0))
    #expect(problem { _ = try edit(path, [("i", "[40000]")]) }?.code == .ggufMetadata)
  }

  @Test("the command that made a key can be run again: its type says nothing new then")
  func again() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let settings = [("x", "u64:5"), ("b", "bool:true"), ("t", #"str[]:["a","b"]"#), ("q", "str:text"), ("s", "plain")]
    try edit(path, settings).write()
    let first = try bytes(path)
    // Stopped before it had removed its folder.
    try folder.makeFolder(".m.gguf.ckpt")
    for _ in 0..<2 {
      try edit(path, settings).write()
      #expect(try bytes(path) == first && FileAccess.system.list(folder.path) == ["m.gguf"])
    }
    let found = problem { _ = try edit(path, [("x", "u32:5")]) }
    #expect(found?.code == .ggufMetadata && found?.hint != nil)
    try folder.makeFolder(".m.gguf.ckpt")
    #expect(problem { try HeaderEdit.apply([.init(key: "x", value: "none")], to: path) } != nil)
    #expect(try FileAccess.system.list(folder.path) == ["m.gguf"])
  }

  @Test("other names of a file keep what they have, in place or not")
  func hardLink() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let before = try bytes(path)
    for value in ["new", String(repeating: "long ", count: 30)] {
      let other = folder.file("other.gguf")
      #expect(link(path, other) == 0)
      let now = try bytes(path)
      let edit = try edit(path, [("s", value)])
      #expect(!edit.isInPlace)
      try edit.write()
      #expect(try bytes(other) == now && bytes(path) == GGUFFileTests.gguf(keys(1, value), tensors: tensors))
      try FileAccess.system.remove(other)
    }
    #expect(try bytes(path) != before)
  }

  @Test("a work folder that is a link is not followed, nor a file of that name touched")
  func linkedWork() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let before = try bytes(path)
    try folder.makeFolder("elsewhere")
    folder.link(".m.gguf.ckpt", to: "elsewhere")
    #expect(problem { try edit(path, [("s", "longer than before")]).write() }?.code == .outputUnsuitable)
    try FileAccess.system.remove(folder.file(".m.gguf.ckpt"))
    try folder.write(".m.gguf.ckpt", "mine")
    #expect(problem { try edit(path, [("s", "longer than before")]).write() }?.code == .outputExists)
    #expect(try bytes(path) == before && FileAccess.system.list(folder.file("elsewhere")) == [])
  }

  @Test("a disk that is full leaves the file as it was, and not unfinished")
  func fullDisk() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let before = try bytes(path)
    let access = FileAccess { kind, _ in kind == .reserve ? .error(28) : nil }
    #expect(problem { try edit(path, [("s", String(repeating: "x", count: 99))], files: access).write() } != nil)
    #expect(try bytes(path) == before && FileAccess.system.list(folder.path) == ["m.gguf"])
  }

  @Test("what cannot be set is refused, and the file stays as it is")
  func refusals() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let before = try bytes(path)
    for (key, value) in [
      ("general.alignment", "64"), ("split.count", "2"), ("n", "-1"), ("n", "4294967296"), ("n", "x"), ("z", "65536"),
      ("", "x"), ("q", "u8:256"), ("q", "bool:yes"), ("q", "arr:1"), ("q", "f32:nan"), ("q", "f32:1e39"),
      ("q", "u8[]:[256]"), ("q", "u8[]:[1.5]"), ("q", "str[]:[1]"), ("q", "str[]:a"), ("q", "bool[]:[1]"),
      ("q", "f32[]:[1e39]"),
    ] {
      #expect(problem { _ = try edit(path, [(key, value)]) }?.code == .ggufMetadata, "\(key)=\(value)")
    }
    #expect(try bytes(path) == before)
    folder.link("link.gguf", to: path)
    #expect(problem { _ = try edit(folder.file("link.gguf"), [("n", "2")]) }?.code == .outputUnsuitable)
    let second = try folder.write(
      "p-00002-of-00002.gguf", GGUFFileTests.gguf(GGUFFileTests.split(1, of: 2, tensors: 2), tensors: tensors))
    #expect(problem { _ = try edit(second, [("n", "2")]) }?.code == .ggufMetadata)
  }

  @Test(
    "a change that fails at any call is undone or done by the next, in place or in a new file",
    arguments: ["new", "much longer than before, by far"])
  func failures(text: String) throws {
    let expected = GGUFFileTests.gguf(keys(1, text), tensors: tensors)
    let old = GGUFFileTests.gguf(keys(1, "old"), tensors: tensors)
    var failed = 0
    for call in 0..<60 {
      let folder = try TestFolder()
      let path = try file(folder)
      let calls = Counter()
      let access = FileAccess { kind, _ in
        [.write, .rename, .sync, .reserve, .create, .remove, .makeDirectory].contains(kind) && calls.take() == call
          ? .error(5) : nil
      }
      guard problem({ try edit(path, [("s", text)], files: access).write() }) != nil else { break }
      failed += 1
      let now = try bytes(path)
      let isUnfinished = try FileAccess.system.status(folder.file(".m.gguf.ckpt")) != nil
      #expect(now == old || now == expected || isUnfinished)
      if isUnfinished { #expect(problem { _ = try Checkpoint.open(path) }?.code == .unfinishedSource) }
      try edit(path, [("s", text)]).write()
      #expect(try bytes(path) == expected && FileAccess.system.list(folder.path) == ["m.gguf"])
    }
    #expect(failed > 5 && failed < 60)
  }

  @Test(
    "safetensors metadata is set in the JSON as if all of it were edited, wherever it stands",
    arguments: [
      #"{"__metadata__":{"k":"old"},A,B,C}"#, #"{A,B,"__metadata__":{"k":"old","l":"m"},C}"#,
      #"{A,"__metadata__":{},B,C}"#, #"{A,B,C,"__metadata__":null}"#, #"{A,B,C}"#, #"{A}"#, "{}",
      "{\n  A,\n  B,\n  \"__metadata__\": {\n    \"j\": \"x\"\n  },\n  C\n}", "  {\n    A,\n    B,\n    C\n}   ",
    ])
  func safetensorsExcerpt(text: String) throws {
    let folder = try TestFolder()
    var (json, end) = (text, 0)
    for (i, name) in ["A", "B", "C"].enumerated() where text.contains(name) {
      let range = "[\(end), \(end + i + 1)]"
      json = json.replacing(name, with: #""\#(name)":{"dtype":"U8","shape":[\#(i + 1)],"data_offsets":\#(range)}"#)
      end += i + 1
    }
    let path = try folder.write("x.safetensors", safetensors(json, [UInt8](repeating: 7, count: end)))
    var whole = Array(json.utf8)
    while whole.last == 0x20 { whole.removeLast() }
    if try JSONValue(parsing: whole, file: "")["__metadata__"]?.object == nil {
      whole = try JSONEdit.set(["__metadata__"], to: .object([:]), in: whole, file: "")
    }
    for value in ["new", String(repeating: "long ", count: 20)] {
      whole = try JSONEdit.set(["__metadata__", "k"], to: .string(value), in: whole, file: "")
    }
    try edit(path, [("k", "new"), ("k", String(repeating: "long ", count: 20))]).write()
    let start = try SafetensorsHeader(reading: OpenFile(reading: path, .system)).dataStart
    let found = try bytes(path)
    #expect(
      String(decoding: found[8..<start], as: UTF8.self) == String(decoding: whole, as: UTF8.self)
        + String(repeating: " ", count: max(0, start - 8 - whole.count)))
    #expect(found.count == start + end && found.suffix(end).allSatisfy { $0 == 7 })
  }

  @Test("a half-written header is put back before anything else is done")
  func undo() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let old = try bytes(path)
    let start = try GGUFHeader(reading: OpenFile(reading: path, .system)).dataStart
    try stop(folder, old, start)
    // The next change is planned on the old header, without a write.
    let torn = try bytes(path)
    let writes = Counter()
    let access = FileAccess { kind, _ in
      if ![.open, .read, .status, .list, .close, .link].contains(kind) { _ = writes.take() }
      return nil
    }
    let planned = try edit(path, [("n", "9")], files: access)
    #expect(planned.undoesStoppedChange && writes.take() == 0)
    #expect(try planned.header.bytes() == Array(GGUFFileTests.gguf(keys(9, "old"), tensors: tensors).prefix(start)))
    #expect(try bytes(path) == torn && FileAccess.system.list(folder.path) == [".m.gguf.ckpt", "m.gguf"])
    #expect(problem { try HeaderEdit.requireWhole(path) }?.code == .unfinishedSource)
    try planned.write()
    try HeaderEdit.requireWhole(path)
    #expect(try bytes(path) == GGUFFileTests.gguf(keys(9, "old"), tensors: tensors))
    // A folder of a run that writes the file is none of this verb's.
    try folder.write(".m.gguf.ckpt/plan.json", "{}")
    #expect(problem { _ = try edit(path, [("n", "2")]) }?.code == .unfinishedSource)
  }

  /// A change of `n` and `s`, stopped when half of the new header was written.
  private func stop(_ folder: TestFolder, _ old: [UInt8], _ start: Int) throws {
    let new = GGUFFileTests.gguf(keys(7, "new"), tensors: tensors)
    try folder.write(".m.gguf.ckpt/header.saved.m.gguf", Array(old.prefix(start)) + Array(new.prefix(start)))
    let torn = try OpenFile(updating: folder.file("m.gguf"), .system)
    try torn.write(Array(new.prefix(start / 2)), at: 0)
  }

  @Test("a saved header is never put into a file that is another than the one it was saved of")
  func strangeHeader() throws {
    let folder = try TestFolder()
    let path = try file(folder)
    let old = try bytes(path)
    let start = try GGUFHeader(reading: OpenFile(reading: path, .system)).dataStart
    try stop(folder, old, start)
    try FileAccess.system.remove(path)
    let other = GGUFFileTests.gguf(keys(123_456, "xyz"), tensors: tensors)
    try folder.write("m.gguf", other)
    for body in [{ _ = try edit(path, [("n", "9")]) }, { _ = try HeaderEdit.apply([], to: path) }]
      as [() throws -> Void]
    {
      #expect(problem(body)?.code == .unfinishedSource)
    }
    #expect(try bytes(path) == other)
    try FileAccess.system.remove(folder.file(".m.gguf.ckpt/header.saved.m.gguf"))
    try edit(path, [("n", "9")]).write()
    #expect(try FileAccess.system.list(folder.path) == ["m.gguf"])
  }

  @Test("what a killed run left of a file is swept by the next, and nothing of other files")
  func leftovers() throws {
    let folder = try TestFolder()
    let path = try folder.write("x.safetensors", safetensors(u8: [("t", 3)]))
    let random = "0123456789abcdef"
    for name in ["new.x.safetensors.\(random)", "partial.x.safetensors.\(random)"] {
      try folder.write(".ckpt/" + name, "half")
    }
    try edit(path, [("k", "v")]).write()
    #expect(try FileAccess.system.list(folder.path) == ["x.safetensors"])
    let others = ["header.saved.y.safetensors", "new.x.safetensors.y.\(random)", "partial.y.safetensors.\(random)"]
    for name in others { try folder.write(".ckpt/" + name, "of another file") }
    try edit(path, [("k", "w")]).write()
    #expect(try FileAccess.system.list(folder.file(".ckpt")) == others)
    #expect(problem { _ = try Checkpoint.open(folder.path) }?.code == .unfinishedSource)
  }

  @Test("changes of one file at once leave it whole, as one of them made it", arguments: [false, true])
  func atOnce(sharesFolder: Bool) throws {
    let folder = try TestFolder()
    let texts = ["new", "old", "two"] + (1...5).map { String(repeating: "\($0)", count: 40 * $0) }
    let names = sharesFolder ? ["a.safetensors", "b.safetensors"] : ["m.gguf"]
    for name in names {
      try folder.write(
        name, sharesFolder ? safetensors(u8: [("t", 3)]) : GGUFFileTests.gguf(keys(1, "old"), tensors: tensors))
    }
    let done = Counter()
    let paths = names.map { folder.file($0) }
    _ = parallelMap(count: 64, threads: 8) { i in
      let path = paths[i % paths.count]
      do throws(CheckpointError) {
        _ = try HeaderEdit.apply([.init(key: "s", value: texts[i % texts.count])], to: path)
        _ = done.take()
      } catch { #expect(error.code == .outputBusy, "\(error)") }
    }
    #expect(done.take() > 0)
    #expect(try FileAccess.system.list(folder.path) == names)
    for name in names {
      let now = try bytes(folder.file(name))
      if sharesFolder {
        let header = try SafetensorsHeader(reading: OpenFile(reading: folder.file(name), .system))
        #expect(texts.contains(header.metadata.last?.value ?? "") && now.suffix(3) == [7, 7, 7])
      } else {
        #expect(texts.contains { now == GGUFFileTests.gguf(keys(1, $0), tensors: tensors) })
      }
    }
  }

  @Test("safetensors metadata is set in the padding of the header where it fits, and in a new file where not")
  func safetensorsFile() throws {
    let folder = try TestFolder()
    let json = #"{"__metadata__":{"format":"pt","a":"12345678"},"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#
    let path = try folder.write("x.safetensors", safetensors(json, [1, 2, 3]))
    let shorter = try edit(path, [("a", "1")])
    #expect(shorter.isInPlace)
    try shorter.write()
    let padded = json.replacing("12345678", with: "1") + "       "
    #expect(try bytes(path) == safetensors(padded, [1, 2, 3]))
    let longer = try edit(path, [("b", "much more than there was room for")])
    #expect(!longer.isInPlace)
    try longer.write()
    let header = try SafetensorsHeader(reading: OpenFile(reading: path, .system))
    #expect(
      header.metadata.map(\.key) == ["format", "a", "b"] && header.entries.count == 1 && header.dataStart % 8 == 0)
    #expect(try bytes(path).suffix(3) == [1, 2, 3])
    let bare = try folder.write(
      "y.safetensors", safetensors(#"{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, [1, 2, 3]))
    try edit(bare, [("k", "v")]).write()
    #expect(try SafetensorsHeader(reading: OpenFile(reading: bare, .system)).metadata.map(\.value) == ["v"])
  }
}
