import Testing

@testable import CheckpointKit

@Suite struct PathBytesTests {
  @Test("every sequence of bytes gives itself back, and no two have the same string")
  func roundTrip() {
    var generator = SeededGenerator(state: 7)
    // Bytes of the scalars that stand for others are frequent, so that names which have them occur.
    let frequent: [UInt8] = [0xf4, 0x8f, 0xba, 0xbb, 0x80, 0xff, 0xc3, 0xa9, 0xe2, 0x2f, 0x41, 0xed, 0xa0]
    var strings: [TensorName: [UInt8]] = [:]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
        Bool.random(using: &generator)
          ? frequent[Int.random(in: 0..<frequent.count, using: &generator)]
          : UInt8.random(in: 0...255, using: &generator)
      }
      let text = PathBytes.decode(bytes)
      #expect(PathBytes.encode(text) == bytes && PathBytes.canonical(text) == text)
      #expect(strings.updateValue(bytes, forKey: TensorName(text)) ?? bytes == bytes)
      if isValidUTF8(bytes), !PathBytes.hasEscapes(String(decoding: bytes, as: UTF8.self)) {
        #expect(Array(text.utf8) == bytes)
      }
      let (a, b) = (text.utf8.split(separator: 0x2f), bytes.split(separator: 0x2f))
      #expect(a.map { PathBytes.encode(String($0) ?? "") } == b.map { Array($0) })
    }
  }

  @Test("a name that has one of the scalars that stand for bytes is taken as four bytes")
  func realScalar() {
    let bytes = Array("\u{10fee9}".utf8)
    #expect(PathBytes.decode(bytes).unicodeScalars.map(\.value) == [0x10fef4, 0x10fe8f, 0x10febb, 0x10fea9])
    // As a text from a file may say it: of another length than the name that it stands for.
    #expect(PathBytes.canonical("caf\u{10fec3}\u{10fea9}") == "café")
  }

  @Test("bytes that are not UTF-8 are shown as \\xNN, control bytes and 0x9b escaped")
  func shown() {
    #expect(printable(PathBytes.decode([0x63, 0xe9, 0x9b, 0x0a, 0x1b, 0x41])) == "c\\xe9\\x9b\\u{a}\\u{1b}A")
    #expect(printable("\u{9b}31m") == "\\u{9b}31m")
  }

  @Test("a file whose name is not UTF-8 is made, listed, looked at, read, renamed, linked to and removed")
  func files() throws {
    let access = FileAccess.system
    let folder = try TestFolder()
    let names = [[0x61, 0xe9], [0x61, 0xea], [0xff, 0xfe], [0xf4, 0x8f, 0xba, 0x80]].map { PathBytes.decode($0) }
    for (i, name) in names.enumerated() { try folder.write("d\u{10fe80}/\(name)", [UInt8(i)]) }
    let path = folder.file("d\u{10fe80}")
    #expect(try access.list(folder.path) == ["d\u{10fe80}"])
    #expect(try Set(access.list(path)) == Set(names))
    for (i, name) in names.enumerated() {
      #expect(try access.readAll(joinPath(path, name), limit: 9) == [UInt8(i)])
      #expect(access.exists(joinPath(path, name)) && access.realPath(joinPath(path, name)).hasSuffix(name))
    }
    try access.rename(joinPath(path, names[0]), to: joinPath(path, names[0] + "2"))
    try access.exchange(joinPath(path, names[1]), joinPath(path, names[2]))
    #expect(try access.readAll(joinPath(path, names[1]), limit: 9) == [2])
    try access.writeAtomically([9], to: joinPath(path, names[3]))
    #expect(try access.status(joinPath(path, names[3]))?.size == 1 && access.freeBytes(at: path) != nil)
    try access.remove(joinPath(path, names[1]))
    #expect(try access.list(path).count == 3)
    try access.removeTree(path)
    #expect(try access.list(folder.path).isEmpty)
  }

  @Test("checksums of names that are not UTF-8, or have backslashes and line breaks, are their bytes, and read back")
  func checksums() throws {
    let folder = try TestFolder()
    let names: [[UInt8]] = [[0x61, 0xe9], [0x61, 0xea], Array("b\\c\nd".utf8), [0x20, 0xcc, 0x81, 0x7a]]
    for name in names { try folder.write("m/" + PathBytes.decode(name), name) }
    let manifest = try checksum(folder.file("m")).manifest
    #expect(Set(manifest.files.map { PathBytes.encode($0.name) }) == Set(names))
    #expect(try Manifest(parsing: Array(manifest.text.utf8), file: "m").files.map(\.name) == manifest.files.map(\.name))
    let sums = manifest.checksumFile
    #expect(sums.split(separator: 0x0a).contains { Array($0.suffix(4)) == [0x20, 0x20, 0x61, 0xe9] })
    try folder.write("m/SHA256SUMS", sums)
    let found = try verify(folder.file("m")) { $0.requiresDigest = true }
    #expect(found.codes().isEmpty && found.files.count { $0.state == .ok } == 4)
    try folder.write("manifest.json", manifest.text)
    let byManifest = try verify(folder.file("m")) { $0.manifest = folder.file("manifest.json") }
    #expect(byManifest.files.count { $0.evidence == .manifest && $0.state == .ok } == 4)
  }
}
