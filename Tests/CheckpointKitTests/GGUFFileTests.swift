import Testing

@testable import CheckpointKit

@Suite struct GGUFFileTests {
  /// A file of F32 tensors, put together here so that the writer under test has no part in it.
  static func gguf(_ keys: [[UInt8]] = [], tensors: [(name: String, ne: [Int])], fill: UInt8 = 7) -> [UInt8] {
    var bytes = Array("GGUF".utf8) + [3, 0, 0, 0]
    bytes += littleEndian(UInt64(tensors.count)) + littleEndian(UInt64(keys.count))
    for key in keys { bytes += key }
    var data: [UInt8] = []
    for tensor in tensors {
      bytes += littleEndian(UInt64(tensor.name.utf8.count)) + Array(tensor.name.utf8)
      bytes += littleEndian(UInt64(tensor.ne.count)).prefix(4)
      for n in tensor.ne { bytes += littleEndian(UInt64(n)) }
      bytes += [0, 0, 0, 0] + littleEndian(UInt64(data.count))
      data += [UInt8](repeating: fill, count: 4 * tensor.ne.reduce(1, *))
      while data.count % 32 != 0 { data.append(0) }
    }
    if !tensors.isEmpty { while bytes.count % 32 != 0 { bytes.append(0) } }
    return bytes + data
  }

  /// A key of a number: u16 is 2, u32 is 4, i32 is 5.
  static func key(_ name: String, _ type: UInt8, _ value: Int) -> [UInt8] {
    let width = type == 2 ? 2 : 4
    return littleEndian(UInt64(name.utf8.count)) + Array(name.utf8) + [type, 0, 0, 0]
      + littleEndian(UInt64(value)).prefix(width)
  }

  static func split(_ number: Int, of count: Int, tensors: Int) -> [[UInt8]] {
    [key("split.no", 2, number), key("split.tensors.count", 5, tensors), key("split.count", 2, count)]
  }

  private let three = [("a", [8, 3]), ("b.weight", [5]), ("c", [16, 1, 2])]

  @Test("the writer gives the bytes of the format: padding, reversed dimensions, none of 1 at the end")
  func writer() throws {
    let tensors = [
      StoredTensor(name: "a", dtype: .f32, shape: [3, 8], byteCount: 96),
      StoredTensor(name: "b.weight", dtype: .f32, shape: [1, 5], byteCount: 20),
      StoredTensor(name: "c", dtype: .f32, shape: [2, 1, 16], byteCount: 128),
    ]
    let keys = Self.key("x", 4, 9)
    let writer = GGUFWriter(fields: keys, count: 1)
    let layout = writer.layout(tensors, at: FilePlace(tensorCount: 3))
    var bytes = layout.header + [UInt8](repeating: 0, count: layout.byteCount - layout.header.count)
    for range in layout.ranges { for i in range { bytes[i] = 7 } }
    #expect(bytes == Self.gguf([keys], tensors: three))
    let second = writer.layout(Array(tensors.prefix(1)), at: FilePlace(number: 1, count: 2, tensorCount: 3))
    let expected = Self.gguf(Self.split(1, of: 2, tensors: 3), tensors: [three[0]])
    #expect(second.header == Array(expected.dropLast(96)))
    let blocks = StoredTensor(name: "q", dtype: .u8, block: .q4K, shape: [2, 256], byteCount: 288)
    let header = try GGUFHeader(
      parsing: writer.layout([blocks], at: FilePlace(tensorCount: 1)).header, fileSize: 1 << 20)
    #expect(header.entries[0].type == .q4K && header.entries[0].shape == [2, 256])
  }

  /// A set of three files, changed by a test before it is written.
  private func splitSet(
    _ change: (Int, inout [[UInt8]]) -> Void = { _, _ in }, names: [String]? = nil
  ) throws -> TestFolder {
    let folder = try TestFolder()
    for i in 0..<3 {
      var keys = (i == 0 ? [Self.key("general.x", 4, 1)] : []) + Self.split(i, of: 3, tensors: 3)
      change(i, &keys)
      let name = names?[i] ?? "m-0000\(i + 1)-of-00003.gguf"
      try folder.write(name, Self.gguf(keys, tensors: [three[i]]))
    }
    return folder
  }

  private func codes(_ path: String) throws -> [String] {
    try Checkpoint.inspect(path).1.sortedForReport().map { "\($0.severity.rawValue) \($0.code.rawValue)" }
  }

  private func codes(of folder: TestFolder) throws -> [String] { try codes(folder.path) }

  @Test("any file of a set finds the set, and so does its folder")
  func set() throws {
    let folder = try splitSet()
    for path in [folder.path] + (1...3).map({ folder.file("m-0000\($0)-of-00003.gguf") }) {
      let checkpoint = try Checkpoint.open(path)
      #expect(checkpoint.records.map(\.name.string) == ["a", "b.weight", "c"] && checkpoint.container == .gguf)
      #expect(checkpoint.records[2].shape == [2, 1, 16] && checkpoint.records[2].shard == 2)
    }
  }

  @Test("sets whose keys or names do not fit are found out")
  func brokenSets() throws {
    let error = "error gguf.split"
    let missing = try splitSet()
    try FileAccess.system.remove(missing.file("m-00002-of-00003.gguf"))
    #expect(try codes(missing.file("m-00003-of-00003.gguf")) == [error])
    #expect(try codes(of: splitSet { i, keys in if i == 1 { keys[0] = Self.key("split.no", 2, 2) } }) == [error])
    #expect(try codes(of: splitSet { i, keys in if i == 1 { keys[2] = Self.key("split.count", 2, 4) } }) == [error])
    #expect(try codes(of: splitSet { i, keys in if i == 1 { keys = [] } }) == [error])
    #expect(
      try codes(of: splitSet { i, keys in if i == 1 { keys[1] = Self.key("split.tensors.count", 5, 4) } }) == [error])
    let renamed = try splitSet(names: ["m-00001-of-00003.gguf", "m-00003-of-00003.gguf", "m-00002-of-00003.gguf"])
    #expect(try codes(renamed.path) == [error, error])
    let alone = try TestFolder()
    try alone.write("part.gguf", Self.gguf(Self.split(1, of: 3, tensors: 3), tensors: [three[1]]))
    #expect(try codes(alone.path) == [error])
    let twice = try TestFolder()
    for i in 0..<2 {
      try twice.write("m-0000\(i + 1)-of-00002.gguf", Self.gguf(Self.split(i, of: 2, tensors: 2), tensors: [three[0]]))
    }
    #expect(try codes(twice.path) == ["error index.duplicate-tensor"])
  }

  @Test("a folder of two GGUF models is refused with their names; a huge set is not looked for")
  func folders() throws {
    let folder = try splitSet()
    try folder.write("other.gguf", Self.gguf(tensors: three))
    let error = try #require(problem { _ = try Checkpoint.inspect(folder.path) })
    #expect(error.code == .severalModels && error.problem.contains("m.gguf, other.gguf"))
    let huge = try TestFolder()
    try huge.write("m-00001-of-99999999.gguf", Self.gguf(tensors: three))
    #expect(try codes(huge.path) == [])
    let work = try TestFolder()
    try work.write("m.gguf", Self.gguf(tensors: three))
    try work.makeFolder(".m.gguf.ckpt")
    #expect(try codes(work.file("m.gguf")) == ["error source.unfinished"])
  }

  // MARK: Splitting and merging

  private static let library = Result { try SpecLibrary(folders: [], files: .system) }

  private func run(
    _ source: String, _ destination: String, limit: Int, overwrite: Bool = false, overwriteAll: Bool = false,
    stopAfter: Int = .max
  ) throws {
    let binding = try Binding.inspect(try Checkpoint.open(source), library: Self.library.get())
    let job = try Reshard(binding, sharding: .upTo(bytes: limit))
    let calls = Counter()
    let access = FileAccess { call, _ in
      [.write, .rename, .sync, .reserve, .create, .remove].contains(call) && calls.take() >= stopAfter ? .error(5) : nil
    }
    let options = Runner.Options(threads: 2, budget: MemoryBudget(total: 1 << 30), fixedMemory: 1 << 20)
    let runner = try Runner(
      job,
      place: PlanFile.Place(
        source: source, destination: destination, overwrite: overwrite, overwriteAll: overwriteAll),
      options: options, files: access)
    _ = try runner.perform()
  }

  @Test("a file is split as documented, and merging the set gives the file back")
  func splitAndMerge() throws {
    let folder = try TestFolder()
    let original = Self.gguf([Self.key("general.x", 4, 1)], tensors: three)
    let source = try folder.write("m.gguf", original)
    try run(source, folder.file("s.gguf"), limit: 128)
    let names = try FileAccess.system.list(folder.path)
    #expect(
      names == [
        "m.gguf", "s-00001-of-00002.gguf", "s-00002-of-00002.gguf", "s.ckpt-provenance.json",
      ])
    let first = Self.gguf(
      [Self.key("general.x", 4, 1)] + Self.split(0, of: 2, tensors: 3), tensors: [three[0], three[1]])
    #expect(try FileAccess.system.readAll(folder.file(names[1]), limit: 1 << 20) == first)
    try run(folder.file(names[2]), folder.file("merged.gguf"), limit: 1 << 30)
    #expect(try FileAccess.system.readAll(folder.file("merged.gguf"), limit: 1 << 20) == original)
  }

  @Test("an existing file is refused, and with --overwrite replaced where a result of ckpt names it")
  func overwrite() throws {
    let folder = try TestFolder()
    let source = try folder.write("m.gguf", Self.gguf(tensors: three))
    let old = try folder.write("s-00002-of-00002.gguf", "GGUF, but old")
    #expect(problem { try run(source, folder.file("s.gguf"), limit: 128) }?.code == .outputExists)
    #expect(try FileAccess.system.readAll(old, limit: 20) == Array("GGUF, but old".utf8))
    #expect(problem { try run(source, folder.file("s.gguf"), limit: 128, overwrite: true) }?.code == .outputExists)
    #expect(try FileAccess.system.readAll(old, limit: 20) == Array("GGUF, but old".utf8))
    try run(source, folder.file("s.gguf"), limit: 128, overwriteAll: true)
    #expect(try Checkpoint.open(old).records.count == 3)
    let other = try folder.write("u.gguf", "a letter")
    #expect(problem { try run(source, other, limit: 1 << 20, overwrite: true) }?.code == .outputExists)
    #expect(try FileAccess.system.readAll(other, limit: 20) == Array("a letter".utf8))
    try run(source, folder.file("t.gguf"), limit: 1 << 20)
    try run(source, folder.file("t.gguf"), limit: 1 << 20)
    #expect(problem { try run(source, folder.file("t.gguf"), limit: 128) }?.code == .outputExists)
    try run(source, folder.file("t.gguf"), limit: 128, overwrite: true)
    #expect(try Checkpoint.open(folder.file("t-00001-of-00002.gguf")).records.count == 3)
    #expect(try FileAccess.system.status(folder.file("t.gguf")) == nil)
  }

  @Test("a set is not replaced by what is made of it, of one file or of more")
  func ownSource() throws {
    let folder = try TestFolder()
    let original = try folder.write("m.gguf", Self.gguf(tensors: three))
    try run(original, folder.file("s.gguf"), limit: 128)
    let first = folder.file("s-00001-of-00002.gguf")
    let before = try FileAccess.system.readAll(first, limit: 1 << 20)
    for (limit, all) in [(1 << 20, false), (1 << 20, true), (64, false), (64, true)] {
      let found = problem {
        try run(first, folder.file("s.gguf"), limit: limit, overwrite: true, overwriteAll: all)
      }
      #expect(found?.code == .outputExists)
      #expect(try FileAccess.system.readAll(first, limit: 1 << 20) == before)
      #expect(try Checkpoint.open(first).records.count == 3)
    }
  }

  @Test("a run that fails at any call leaves no complete-looking set, and runs on to the same bytes")
  func failures() throws {
    let folder = try TestFolder()
    let source = try folder.write("m.gguf", Self.gguf(tensors: three))
    try run(source, folder.file("good.gguf"), limit: 128)
    let expected = try (1...2).map {
      try FileAccess.system.readAll(folder.file("good-0000\($0)-of-00002.gguf"), limit: 1 << 20)
    }
    for overwrite in [false, true] {
      var failed = 0
      for call in 0..<80 {
        let out = try TestFolder()
        let first = out.file("s-00001-of-00002.gguf")
        if overwrite { try run(source, out.file("s.gguf"), limit: 1 << 20) }
        guard
          problem({
            try run(source, out.file("s.gguf"), limit: 128, overwrite: overwrite, stopAfter: call)
          }) != nil
        else { break }
        failed += 1
        // Unfinished, absent or whole: never a first file without its others.
        let isUnfinished = try FileAccess.system.status(out.file(".s.gguf.ckpt")) != nil
        if try FileAccess.system.status(first) != nil, !isUnfinished { _ = try Checkpoint.open(first) }
        if isUnfinished, try FileAccess.system.status(first) != nil {
          #expect(problem { _ = try Checkpoint.open(first) }?.code == .unfinishedSource)
        }
        if try !isUnfinished && FileAccess.system.status(first) != nil && !overwrite { continue }
        try run(source, out.file("s.gguf"), limit: 128, overwrite: overwrite)
        for i in 1...2 {
          #expect(
            try FileAccess.system.readAll(out.file("s-0000\(i)-of-00002.gguf"), limit: 1 << 20) == expected[i - 1])
        }
      }
      #expect(failed > 15 && failed < 80, "\(failed)")
    }
  }

  @Test("a file without tensors keeps its keys")
  func vocabularyAlone() throws {
    let folder = try TestFolder()
    let bytes = Self.gguf([Self.key("general.x", 4, 1)], tensors: [])
    let source = try folder.write("m.gguf", bytes)
    try run(source, folder.file("n.gguf"), limit: 128)
    let header = try GGUFHeader(reading: OpenFile(reading: folder.file("n.gguf"), .system))
    #expect(header["general.x"]?.value.integer == 1 && header.entries.isEmpty)
  }
}
