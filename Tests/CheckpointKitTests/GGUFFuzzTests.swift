import Testing

@testable import CheckpointKit

@Suite struct GGUFFuzzTests {
  /// Numbers that parsers of lengths care about.
  private static let numbers: [UInt64] = [
    0, 1, 2, 31, 32, 33, 255, 256, 1 << 16, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max, .max - 31, UInt64(Int64.max),
  ]

  private func mutate(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard bytes.count > 8 else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let length = min(bytes.count - place, Int.random(in: 1...12, using: &random))
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = .random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place..<place + length)
      case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
      case 4: bytes.removeSubrange(place...)
      case 5:
        let number = Self.numbers.randomElement(using: &random) ?? 0
        for i in 0..<min(8, bytes.count - place) { bytes[place + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
      default:
        let number = UInt32(truncatingIfNeeded: Self.numbers.randomElement(using: &random) ?? 0)
        for i in 0..<min(4, bytes.count - place) { bytes[place + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
      }
    }
    return bytes
  }

  @Test("no mutated header makes the reader trap or hang, and what it accepts keeps the rules", .timeLimit(.minutes(2)))
  func header() throws {
    let names = [
      "good_every_type", "good_arrays", "good_two", "good_every_tensor_type", "good_alignment_64", "token_bytes",
    ]
    let seeds = try names.map {
      try FileAccess.system.readAll(joinPath(GGUFCorpus.folder, "files/\($0).gguf"), limit: 1 << 20)
    }
    var random = SeededGenerator(state: 20_263)
    var pool = seeds
    var (accepted, refused) = (0, 0)
    for round in 0..<12_000 {
      let input = mutate(pool.randomElement(using: &random) ?? [], &random)
      // Half of the files are as long as their bytes, half claim to be longer, so that layouts are reached.
      let size = round % 2 == 0 ? input.count : input.count + 1 << 40
      do throws(CheckpointError) {
        let header = try GGUFHeader(parsing: input, fileSize: size)
        accepted += 1
        checkRules(header, size)
        if pool.count < 64, input.count < 4096 { pool.append(input) }
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
      if round % 2000 == 1999 { pool = seeds }
    }
    #expect(accepted > 200 && refused > 200, "\(accepted) accepted, \(refused) refused")
  }

  private func checkRules(_ header: GGUFHeader, _ size: Int) {
    var end = 0
    for entry in header.entries {
      let bytes = entry.shape.elementCount / entry.type.blockSize * entry.type.blockBytes
      #expect(entry.range.lowerBound == end && entry.range.count == bytes)
      end = entry.range.upperBound.roundedUp(to: header.alignment)
    }
    #expect(header.entries.isEmpty || header.dataStart + (header.entries.last?.range.upperBound ?? 0) <= size)
    #expect(Set(header.entries.map(\.name)).count == header.entries.count)
    #expect(Set(header.fields.map { TensorName($0.key) }).count == header.fields.count)
  }

  @Test("no mutated file makes opening, its values or its tokens trap or hang", .timeLimit(.minutes(2)))
  func wholeFile() throws {
    let folder = try TestFolder()
    let path = try folder.write("x.gguf", "")
    var random = SeededGenerator(state: 11)
    var accepted = 0
    for name in ["good_two", "good_arrays", "token_bytes", "padding_tensor"] {
      let good = try FileAccess.system.readAll(joinPath(GGUFCorpus.folder, "files/\(name).gguf"), limit: 1 << 20)
      for round in 0..<150 {
        let file = try OpenFile(updating: path, .system)
        try file.setLength(0)
        try file.write(round == 0 ? good : mutate(good, &random), at: 0)
        let (checkpoint, findings) = try Checkpoint.inspect(path)
        if findings.contains(where: { $0.severity == .error }) { continue }
        accepted += 1
        let opened = try OpenFile(reading: path, .system)
        let header = try GGUFHeader(reading: opened)
        for field in header.fields {
          _ = try header.readText(field, from: opened)
          try header.readElements(field, from: opened) { _, _ in }
        }
        #expect(checkpoint?.records.count == header.entries.count)
      }
    }
    #expect(accepted > 10)
  }
}
