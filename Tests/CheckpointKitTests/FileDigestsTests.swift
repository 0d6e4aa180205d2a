import Testing

@testable import CheckpointKit

@Suite struct FileDigestsTests {
  /// From `sha256sum`: of the bytes 0, 1, … 255 four times over, of its first 1000 bytes, of nothing.
  private let known = [
    "785b0751fc2c53dc14a4ce3d800e69ef9ce1009eb327ccf458afe09c242c26c9",
    "a8af099bf2e878609558dbf69d8f88f4a31040a8cf84b549a0cfa912f12ffc3f",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ]

  @Test("digests of ranges are those of sha256sum, in the order in which they were asked for", arguments: [1, 2, 9])
  func order(threads: Int) throws {
    let folder = try TestFolder()
    let path = try folder.write("x", (0..<1024).map { UInt8(truncatingIfNeeded: $0) })
    let ranges = [0..<1024, 0..<1000, 500..<500]
    // More than any number of lanes, so that lanes are taken again.
    let digests = fileDigests(count: 300, threads: threads) { i in
      Result { () throws(CheckpointError) in (try OpenFile(reading: path, .system), ranges[i % 3]) }
    }
    #expect(digests.count == 300)
    for (i, digest) in digests.enumerated() { #expect(try digest.get().hex == known[i % 3]) }
  }

  @Test("ranges longer than what a thread holds are digested in pieces, beside short ones")
  func long() throws {
    let folder = try TestFolder()
    let bytes = [UInt8](repeating: 0x61, count: 3_000_001)
    let path = try folder.write("x", bytes)
    let digests = fileDigests(count: 20, threads: 2) { i in
      Result { () throws(CheckpointError) in
        (try OpenFile(reading: path, .system), i % 2 == 0 ? i..<i + 1 : 1..<3_000_001)
      }
    }
    // From `head -c 3000000 /dev/zero | tr '\0' a | sha256sum`, and of one `a`.
    let (long, short) = (
      "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4",
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    )
    #expect(try digests.map { try $0.get().hex } == (0..<20).map { $0 % 2 == 0 ? short : long })
  }

  @Test("a range that cannot be read fails alone")
  func failure() throws {
    let folder = try TestFolder()
    let path = try folder.write("x", (0..<1024).map { UInt8(truncatingIfNeeded: $0) })
    let digests = fileDigests(count: 40, threads: 3) { i in
      Result { () throws(CheckpointError) in
        if i == 7 { throw CheckpointError(.notFound, file: "gone", "does not exist") }
        return (try OpenFile(reading: path, .system), i == 11 ? 0..<2000 : 0..<1000)
      }
    }
    for (i, digest) in digests.enumerated() {
      switch digest {
      case .success(let digest): #expect(digest.hex == known[1] && i != 7 && i != 11)
      case .failure(let error): #expect(i == 7 && error.code == .notFound || i == 11 && error.code == .truncated)
      }
    }
  }
}
