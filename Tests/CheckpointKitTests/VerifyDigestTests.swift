import Testing

@testable import CheckpointKit

@Suite struct VerifyDigestTests {
  private func hex(_ bytes: [UInt8]) -> String { SHA256Digest(of: bytes).hex }

  @Test("each dialect of checksum files is read, and lines of none are numbered")
  func dialects() {
    let (a, b) = (String(repeating: "a1", count: 32), String(repeating: "B2", count: 32))
    let lines = [
      "\(a)  one.bin", "\(b) *two three.bin", "\\\(a)  back\\\\slash\\nline.bin", "SHA256 (four (4).bin) = \(a)",
      "SHA2-256(five.bin)= \(b)", "", "# a remark", "\(a)  ./sub/six.bin\r",
      "d41d8cd98f00b204e9800998ecf8427e  md5.bin",
      "not a line", "\(a)", "MD5 (x) = d41d8cd98f00b204e9800998ecf8427e", "\(a.dropLast())  short.bin",
    ]
    let file = ChecksumFile(parsing: Array(lines.joined(separator: "\n").utf8))
    #expect(
      file.entries.map(\.name) == [
        "one.bin", "two three.bin", "back\\slash\nline.bin", "four (4).bin", "five.bin", "sub/six.bin",
      ])
    #expect(file.entries.map(\.digest.hex) == [a, b.lowercased(), a, a, b.lowercased(), a])
    #expect(file.unreadable == [10, 11, 13])
    let alone = ChecksumFile(parsing: Array("\u{feff}\(a)\n".utf8), bareName: "model.safetensors")
    #expect(alone.entries == [.init(name: "model.safetensors", digest: SHA256Digest(hex: a))])
    let line = ChecksumFile.line(name: "a\\b\nc", digest: SHA256Digest(hex: a))
    #expect(line == Array("\\\(a)  a\\\\b\\nc\n".utf8))
    #expect(ChecksumFile(parsing: line).entries.map(\.name) == ["a\\b\nc"])
  }

  @Test("names that would lead out of a folder are told from those that would not")
  func names() {
    for name in ["a", "a/b.json", "...", "a..b", "-"] { #expect(isSafeRelativePath(name), "\(name)") }
    for name in [
      "", "/a", "a/", "a//b", "..", "a/../b", ".", "./a", "a\0b", String(repeating: "a/", count: 3000) + "a",
    ] {
      #expect(!isSafeRelativePath(name), "\(name.prefix(20))")
    }
  }

  /// From `git hash-object --stdin`: of `hello`, and of the git-lfs pointer that stands for it.
  @Test("git ids are those that git gives")
  func gitIDs() {
    var hasher = GitBlobHasher(byteCount: 5)
    hasher.update("hello")
    #expect(hasher.finish() == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0")
    #expect(
      GitBlobHasher.pointer(to: SHA256Digest(of: "hello"), byteCount: 5) == "d1ca116d6733584c13cb8bb50b21d5b5b81ee28f")
  }

  @Test("an index of git is read in versions 2 and 4; a cut one, and one that needs an extension, is not used")
  func gitIndex() throws {
    func entry(_ name: String, _ id: UInt8, version: Int, strip: UInt8 = 0) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 24) + [0, 0, 0x81, 0xa4] + [UInt8](repeating: 0, count: 12)
      bytes += [UInt8](repeating: id, count: 20) + [0, UInt8(name.utf8.count)]
      if version == 4 { return bytes + [strip] + Array(name.utf8) + [0] }
      bytes += Array(name.utf8)
      return bytes + [UInt8](repeating: 0, count: 8 - bytes.count % 8)
    }
    let two =
      Array("DIRC".utf8) + [0, 0, 0, 2, 0, 0, 0, 2] + entry("a.json", 1, version: 2) + entry("sub/b", 2, version: 2)
    let four =
      Array("DIRC".utf8) + [0, 0, 0, 4, 0, 0, 0, 2] + entry("sub/a", 1, version: 4)
      + entry("bc", 2, version: 4, strip: 1)
    let checksum = [UInt8](repeating: 0, count: 20)
    func extended(_ name: String) -> [UInt8] { two + Array(name.utf8) + [0, 0, 0, 3, 1, 2, 3] + checksum }
    #expect(GitIndex.entries(extended("TREE"))?.count == 2)
    for name in ["link", "sdir"] { #expect(GitIndex.entries(extended(name)) == nil) }
    let leftOut: [UInt8] = Array(entry("a", 1, version: 3).prefix(60)) + [0x40, 1, 0x40, 0] + Array("a".utf8) + [0]
    let sparse = Array("DIRC".utf8) + [0, 0, 0, 3, 0, 0, 0, 1] + leftOut + [0, 0, 0, 0, 0, 0] + checksum
    #expect(GitIndex.entries(sparse)?.map(\.isLeftOut) == [true])
    for (index, names) in [(two + checksum, ["a.json", "sub/b"]), (four + checksum, ["sub/a", "sub/bc"])] {
      let found = try #require(GitIndex.entries(index))
      #expect(found.map(\.name) == names)
      #expect(found.map(\.id) == [String(repeating: "01", count: 20), String(repeating: "02", count: 20)])
      for cut in 0..<index.count { #expect(GitIndex.entries(Array(index.prefix(cut))) == nil) }
    }
  }

  @Test(
    "the scan counts what is no number in each format, wherever pieces are cut", arguments: [1, 3, 7, 4096, 100_000])
  func scan(piece: Int) {
    /// Bytes of elements: ones, with some of `bits` among them.
    func scanned(_ dtype: DType, width: Int, one: UInt64, special: [(place: Int, bits: UInt64)]) -> ContentScan {
      var bytes: [UInt8] = []
      for i in 0..<10_001 {
        let bits = special.first { $0.place == i }?.bits ?? one
        for k in 0..<width { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * k))) }
      }
      var scan = ContentScan(dtype)
      bytes.withUnsafeBytes { raw in
        var offset = 0
        while offset < raw.count {
          let end = min(raw.count, offset + piece)
          scan.update(UnsafeRawBufferPointer(rebasing: raw[offset..<end]))
          offset = end
        }
      }
      return scan
    }
    let places = [0, 4095, 4096, 9_999, 10_000]
    func special(_ bits: [UInt64]) -> [(place: Int, bits: UInt64)] { zip(places, bits).map { ($0, $1) } }
    let f32 = scanned(
      .f32, width: 4, one: 0x3f80_0000,
      special: special([0x7fc0_0000, 0xff80_0000, 0x7f80_0001, 0x7f7f_ffff, 0x7f80_0000]))
    #expect((f32.nanCount, f32.infinityCount) == (2, 2) && !f32.isConstant && !f32.isZero)
    let bf16 = scanned(.bf16, width: 2, one: 0x3f80, special: special([0x7fc0, 0xff80, 0x7f81, 0x7f7f, 0]))
    #expect((bf16.nanCount, bf16.infinityCount) == (2, 1))
    let f16 = scanned(.f16, width: 2, one: 0x3c00, special: special([0x7e00, 0xfc00, 0x7c01, 0x7bff, 0x7c00]))
    #expect((f16.nanCount, f16.infinityCount) == (2, 2))
    let e4m3 = scanned(.f8e4m3, width: 1, one: 0x38, special: special([0x7f, 0xff, 0x7e, 0x78, 0xfe]))
    #expect((e4m3.nanCount, e4m3.infinityCount) == (2, 0))
    let e5m2 = scanned(.f8e5m2, width: 1, one: 0x3c, special: special([0x7c, 0xfc, 0x7d, 0xff, 0x7b]))
    #expect((e5m2.nanCount, e5m2.infinityCount) == (2, 2))
    let fnuz = scanned(.f8e4m3fnuz, width: 1, one: 0x38, special: special([0x80, 0x7f, 0xff, 0, 0x80]))
    #expect((fnuz.nanCount, fnuz.infinityCount) == (2, 0))
    let e8m0 = scanned(.f8e8m0, width: 1, one: 0x7f, special: special([0xff, 0, 0xfe, 0xff, 1]))
    #expect((e8m0.nanCount, e8m0.infinityCount) == (2, 0))
    let f64 = scanned(
      .f64, width: 8, one: 0x3ff0_0000_0000_0000, special: special([0x7ff0_0000_0000_0001, 0xfff0_0000_0000_0000]))
    #expect((f64.nanCount, f64.infinityCount) == (1, 1))
    #expect(scanned(.i32, width: 4, one: 0x7fc0_0000, special: []).nanCount == 0)
    #expect(scanned(.bf16, width: 2, one: 0x3f80, special: []).isConstant)
    #expect(!scanned(.bf16, width: 2, one: 0x3f80, special: special([0x3f81])).isConstant)
    let zero = scanned(.bf16, width: 2, one: 0, special: [])
    #expect(zero.isZero && zero.isConstant)
    #expect(!scanned(.bf16, width: 2, one: 0, special: [(10_000, 0x8000)]).isZero)
  }

  @Test("scales that are zero, negative or no numbers are bad; E8M0 has but one bad code")
  func scales() {
    func bad(_ dtype: DType, _ bytes: [UInt8]) -> Int {
      var scan = ContentScan(dtype, isScale: true)
      bytes.withUnsafeBytes { scan.update($0) }
      return scan.badScales
    }
    // 1, 0, −1, NaN, infinity, 2^-149
    #expect(
      bad(.f32, [0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0x80, 0xbf, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x7f, 1, 0, 0, 0]) == 4)
    #expect(bad(.bf16, [0x80, 0x3f, 0, 0, 0, 0x80, 0x80, 0xbf]) == 3)
    #expect(bad(.f8e8m0, [0, 1, 127, 254, 255]) == 1)
  }

  @Test("zero runs are whole pages from 64 KiB on, and may end with the file")
  func zeroRuns() {
    let page = 4096
    var bytes = [UInt8](repeating: 1, count: 100 * page + 100)
    func clear(_ range: Range<Int>) { for i in range { bytes[i] = 0 } }
    clear(page..<16 * page)  // 15 pages: too short
    clear(20 * page + 1..<37 * page)  // 16 whole pages behind a cut one
    clear(40 * page..<57 * page - 1)  // 16 whole pages before a cut one
    clear(84 * page..<100 * page + 100)
    for chunk in [page, 8 * page, 256 * page] {
      var runs = ZeroRuns()
      bytes.withUnsafeBytes { raw in
        var offset = 0
        while offset < raw.count {
          let end = min(raw.count, offset + chunk)
          runs.update(UnsafeRawBufferPointer(rebasing: raw[offset..<end]))
          offset = end
        }
      }
      #expect(runs.finish() == [21 * page..<37 * page, 40 * page..<56 * page, 84 * page..<100 * page + 100])
    }
  }

  @Test(
    "one read gives the digests of the file, of ranges and of slices, however many threads share it",
    arguments: [1, 2, 5])
  func reader(threads: Int) throws {
    let folder = try TestFolder()
    let count = 9_000_001
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      for i in 0..<count { buffer[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13) }
      used = count
    }
    try folder.write("big", bytes)
    try folder.write("small", "hello")
    let ranges = [0..<0, 8..<9, 9..<300_000, 300_000..<300_000, 400_000..<8_400_000, 8_400_000..<count, count..<count]
    var big = ContentReader.Task(path: folder.file("big"), byteCount: count)
    big.fileDigest = true
    var regions = ranges.map { ContentReader.Region(range: $0) }
    regions[4].sliceBytes = 1_000_000
    big.regions = OnDemand(regions)
    var small = ContentReader.Task(path: folder.file("small"), byteCount: 5)
    small.gitBlob = true
    var reader = ContentReader(files: .system, threads: threads)
    reader.bufferBytes = 1 << 20
    let results = try ContentReader.all(reader.read([small, big]))
    #expect(results[0].gitBlob == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0" && results[0].digest == nil)
    #expect(results[1].digest?.hex == hex(bytes))
    #expect(results[1].regions.map { $0.digest?.hex } == ranges.map { hex(Array(bytes[$0])) })
    #expect(
      results[1].regions[4].slices.map(\.hex)
        == (0..<8).map { hex(Array(bytes[400_000 + $0 * 1_000_000..<1_400_000 + $0 * 1_000_000])) })
    var wrong = big
    wrong.byteCount -= 1
    #expect(throws: CheckpointError.self) { try ContentReader.all(reader.read([wrong])) }
  }

  @Test("any number of ranges, without bytes or with one each, get their digests", arguments: [1, 3])
  func manyRanges(threads: Int) throws {
    let folder = try TestFolder()
    let count = 9_000
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 40503 >> 7) }
    try folder.write("tiny", bytes)
    let empty = [Range<Int>](repeating: 0..<0, count: 3_000)
    let ranges = empty + (0..<count - 1).map { $0..<$0 + 1 } + [count..<count]
    var task = ContentReader.Task(path: folder.file("tiny"), byteCount: count)
    task.fileDigest = true
    task.regions = OnDemand(ranges.map { ContentReader.Region(range: $0, scanned: .u8) })
    #expect(task.end(of: 0..<count) < count && task.end(of: 8_500..<2 * count) == count)
    let result = try ContentReader.all(ContentReader(files: .system, threads: threads).read([task]))[0]
    #expect(result.digest?.hex == hex(bytes))
    #expect(result.regions.map { $0.digest?.hex } == ranges.map { hex(Array(bytes[$0])) })
    #expect(result.regions.enumerated().allSatisfy { $1.content.isZero == bytes[ranges[$0]].allSatisfy { $0 == 0 } })
  }

  @Test("files that share a thread and its vector lanes get the digests that they get alone", arguments: [1, 3])
  func manyFiles(threads: Int) throws {
    let folder = try TestFolder()
    var tasks: [ContentReader.Task] = []
    var contents: [[UInt8]] = []
    for i in 0..<21 {
      let bytes = (0..<300_000 + i * 7001).map { UInt8(truncatingIfNeeded: ($0 &+ i) &* 40503 >> 7) }
      try folder.write("\(i)", bytes)
      var task = ContentReader.Task(path: folder.file("\(i)"), byteCount: bytes.count)
      task.fileDigest = i % 5 != 4
      task.regions = OnDemand(
        [10..<70_000, 70_000..<70_001, 70_001..<bytes.count].map { ContentReader.Region(range: $0) })
      contents.append(bytes)
      tasks.append(task)
    }
    let results = try ContentReader.all(ContentReader(files: .system, threads: threads).read(tasks))
    for (i, result) in results.enumerated() {
      #expect(result.digest?.hex == (i % 5 != 4 ? hex(contents[i]) : nil))
      #expect(result.regions.map { $0.digest?.hex } == tasks[i].regions.map { hex(Array(contents[i][$0.range])) })
    }
    tasks[7].byteCount += 1
    let failed = ContentReader(files: .system, threads: threads).read(tasks)
    #expect(problem { _ = try ContentReader.all(failed) }?.code == .inputChanged)
  }

  /// One large file and several smaller ones: they are read beside it, and its team changes while it is read.
  @Test(
    "files of unlike sizes get the digests that they get alone, however they are shared out", arguments: [1, 2, 3, 8])
  func unlikeSizes(threads: Int) throws {
    let folder = try TestFolder()
    var tasks: [ContentReader.Task] = []
    var contents: [[UInt8]] = []
    for (i, count) in [2_500_000, 300_000, 0, 900_001, 5, 700_000].enumerated() {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ i) &* 40503 >> 7) }
      try folder.write("\(i)", bytes)
      var task = ContentReader.Task(path: folder.file("\(i)"), byteCount: count)
      task.fileDigest = true
      task.regions = OnDemand([0..<count / 3, count / 3..<count].map { ContentReader.Region(range: $0) })
      contents.append(bytes)
      tasks.append(task)
    }
    var reader = ContentReader(files: .system, threads: threads)
    reader.bufferBytes = 1 << 20
    let results = try ContentReader.all(reader.read(tasks))
    for (i, result) in results.enumerated() {
      #expect(result.digest?.hex == hex(contents[i]))
      #expect(result.regions.map { $0.digest?.hex } == tasks[i].regions.map { hex(Array(contents[i][$0.range])) })
    }
    #expect(try ContentReader.all(reader.read([])).isEmpty)
  }

  @Test("a rate is kept over all reads together")
  func rate() {
    let limit = RateLimit(bytesPerSecond: 1_000_000)
    let clock = ContinuousClock()
    let time = clock.measure { for _ in 0..<6 { limit.take(100_000) } }
    #expect(time > .milliseconds(450))
  }

  @Test("a rate is not waited for when reading is to stop")
  func stoppedRate() {
    let limit = RateLimit(bytesPerSecond: 1)
    let time = ContinuousClock().measure { limit.take(1_000_000, isStopped: { true }) }
    #expect(time < .seconds(60))
  }
}
