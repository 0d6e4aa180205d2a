import Testing

@testable import CheckpointKit

/// The corpus of `Tests/Vectors/gguf`; `Tests/Conformance/gguf_container.py` asks ggml about the same files.
enum GGUFCorpus {
  static let folder = joinPath(vectorsFolder, "gguf")
  static let cases = CorpusCase.all(in: folder)
}

@Suite struct GGUFCorpusTests {
  private func path(of test: CorpusCase) -> String { joinPath(GGUFCorpus.folder, "files/\(test.name).gguf") }

  @Test("the corpus was found and has the cases of every group")
  func corpusIsThere() {
    #expect(GGUFCorpus.cases.count > 160)
    for group in [
      "good", "magic", "foreign", "version", "cut", "count", "string", "key", "type", "array", "bool", "token",
      "alignment", "name", "dims", "size", "block", "offset", "padding", "trailing",
    ] {
      #expect(GGUFCorpus.cases.contains { $0.name.hasPrefix(group + "_") || $0.name == group }, "no case of \(group)")
    }
  }

  @Test("each file of the corpus gets its verdict", arguments: GGUFCorpus.cases)
  func verdict(of test: CorpusCase) throws {
    var (verdict, says) = ("accepted", "")
    do throws(CheckpointError) {
      let header = try GGUFHeader(reading: OpenFile(reading: path(of: test), .system))
      if let worst = header.oddities.first {
        #expect(header.oddities.allSatisfy { $0.severity == .warning && $0.code == worst.code })
        verdict = "warning: " + worst.code.rawValue
        says = header.oddities.map { "\($0.tensor ?? "") \($0.problem)" }.joined()
      }
    } catch {
      verdict = "rejected: " + error.code.rawValue
      says = "\(error.tensor ?? "") \(error.problem)"
      #expect(error.file == path(of: test))
    }
    #expect(verdict == test.verdict, "\(says)")
    if let name = test.names { #expect(says.contains(name), "'\(says)' does not name '\(name)'") }
    #expect(says.utf8.count < 5000)
  }

  @Test("nothing that ggml refuses is accepted")
  func neverLooser() {
    for test in GGUFCorpus.cases where test.reference == "refused" {
      #expect(test.verdict.hasPrefix("rejected: "), "\(test.name)")
    }
  }

  @Test("the same verdict whether the header comes from a file or from memory", arguments: GGUFCorpus.cases)
  func fromMemory(_ test: CorpusCase) throws {
    let bytes = try FileAccess.system.readAll(path(of: test), limit: 1 << 20)
    let error = problem { _ = try GGUFHeader(parsing: bytes, fileSize: bytes.count) }
    // What only the file's own bytes tell: its kind, its tokens.
    if ["source.foreign-file", "gguf.byte-token"].contains(where: { test.verdict.hasSuffix($0) }) { return }
    let verdict = error.map { "rejected: " + $0.code.rawValue }
    #expect(verdict == (test.verdict.hasPrefix("rejected") ? test.verdict : nil))
  }

  @Test("values of every type are read as they were written")
  func values() throws {
    let file = try OpenFile(reading: joinPath(GGUFCorpus.folder, "files/good_every_type.gguf"), .system)
    let header = try GGUFHeader(reading: file)
    let expected: [(String, GGUFValue)] = [
      ("u8", .unsigned(255)), ("i8", .signed(-128)), ("u16", .unsigned(65535)), ("i16", .signed(-1)),
      ("u32", .unsigned(4_294_967_295)), ("i32", .signed(-2_147_483_648)), ("f32", .float(1.5)), ("t", .bool(true)),
      ("f", .bool(false)), ("s", .string("ä\n")), ("empty", .string("")), ("u64", .unsigned(.max)),
      ("i64", .signed(.min)), ("f64", .float(1e300)),
    ]
    #expect(header.fields.map(\.key) == expected.map(\.0) && header.fields.map(\.value) == expected.map(\.1))
    // The encoder gives back the very bytes.
    for field in header.fields {
      let bytes = try file.readBytes(field.range)
      #expect(GGUFField.encoded(field.key, field.value, as: field.type) == bytes, "\(field.key)")
    }
    let entry = try #require(header.entries.first)
    #expect(entry.name.string == "a.weight" && entry.type == .f32 && entry.shape == [8] && entry.range == 0..<32)
  }

  @Test("elements of arrays are read from the file, strings longer than the window too")
  func arrays() throws {
    let file = try OpenFile(reading: joinPath(GGUFCorpus.folder, "files/good_arrays.gguf"), .system)
    let header = try GGUFHeader(reading: file)
    for field in header.fields {
      var elements: [GGUFValue] = []
      try header.readElements(field, from: file) { _, value in elements.append(value) }
      switch field.key {
      case "as": #expect(elements.map(\.text) == ["x", "", "yz"])
      case "none": #expect(elements.isEmpty)
      case "a7": #expect(elements == [.bool(true), .bool(false), .bool(true)])
      default: #expect(elements.map(\.number) == [1, 0, 1], "\(field.key)")
      }
    }
    let folder = try TestFolder()
    // 700,001 bytes of three-byte characters: cut by the window in the middle of one.
    let long = String(repeating: "€", count: 233_333) + "ab"
    var bytes = GGUFHeader.magic
    appendLittleEndian(UInt32(3), to: &bytes)
    appendLittleEndian(Int64(0), to: &bytes)
    appendLittleEndian(Int64(1), to: &bytes)
    bytes += try #require(GGUFField.encoded("k", .string(long), as: .string))
    let path = try folder.write("long.gguf", bytes)
    let opened = try OpenFile(reading: path, .system)
    let read = try GGUFHeader(reading: opened)
    #expect(read.fields[0].value == .longString(byteCount: 700_001) && read.oddities.isEmpty)
    #expect(try read.readText(read.fields[0], from: opened) == long)
  }

  @Test("types have the names, blocks and bytes that ggml gives them")
  func types() {
    let known: [(UInt32, String, Int, Int)] = [
      (0, "F32", 1, 4), (2, "Q4_0", 32, 18), (8, "Q8_0", 32, 34), (10, "Q2_K", 256, 84), (11, "Q3_K", 256, 110),
      (12, "Q4_K", 256, 144), (13, "Q5_K", 256, 176), (14, "Q6_K", 256, 210), (16, "IQ2_XXS", 256, 66),
      (23, "IQ4_XS", 256, 136), (29, "IQ1_M", 256, 56), (30, "BF16", 1, 2), (39, "MXFP4", 32, 17),
      (40, "NVFP4", 64, 36),
    ]
    for (number, name, block, bytes) in known {
      let type = GGUFType(rawValue: number)
      #expect(type?.name == name && type?.blockSize == block && type?.blockBytes == bytes)
    }
    for number: UInt32 in [4, 5, 31, 32, 33, 36, 37, 38, 43, 133] { #expect(GGUFType(rawValue: number) == nil) }
    #expect(GGUFType.q4K.byteCount(columns: 512) == 288 && GGUFType.q4K.byteCount(columns: 500) == nil)
    for type in GGUFType.allCases where type.dtype != nil {
      #expect(type.blockBytes * 8 == type.dtype?.bitsPerElement && type.blockSize == 1)
    }
  }
}
