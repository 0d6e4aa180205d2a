/// `model.safetensors.index.json`: which shard holds which tensor, and how many bytes the tensors have together.
///
/// A name that would lead out of the folder is never opened: it becomes a finding.
struct CheckpointIndex: Sendable {
  static let usualName = "model.safetensors.index.json"

  var file: String
  /// Names and shards in the order of the file.
  var entries: [(name: TensorName, shard: Int)] = []
  /// File names in order of first mention.
  var shards: [String] = []
  /// For each shard, the first tensor it is said to hold, and how many.
  private(set) var contents: [(first: TensorName, count: Int)] = []
  /// nil where the index does not say, or says no integer.
  var totalSize: Int?
  var findings: [Finding] = []

  init(parsing bytes: [UInt8], file: String) throws(CheckpointError) {
    self.file = file
    guard isValidUTF8(bytes) else { throw CheckpointError(.indexMalformed, file: file, "is not UTF-8 text") }
    var parser = CheckpointIndexParser()
    let problem: JSONScanner.Problem? = bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do throws(JSONScanner.Problem) {
        try parser.parse(&scanner)
        return nil
      } catch { return error }
    }
    if let problem {
      throw CheckpointError(.indexMalformed, file: file, "is malformed at byte \(problem.offset): \(problem.message)")
    }
    guard parser.hasWeightMap else { throw CheckpointError(.indexMalformed, file: file, "has no 'weight_map'") }
    entries = parser.entries
    shards = parser.shards
    for (name, shard) in entries {
      if shard == contents.count { contents.append((name, 0)) }
      contents[shard].count += 1
    }
    totalSize = parser.totalSize
    if parser.totalSizeIsOdd {
      findings.append(Finding(.warning, .indexTotalSize, file: file, "metadata.total_size is no integer"))
    }
    for (i, shard) in shards.enumerated() where !isPlainFileName(shard) {
      findings.append(
        Finding(
          .error, .indexUnsafePath, file: file, tensor: contents[i].first.string,
          "lies in '\(shard)', which is no file name of this folder",
          hint: "names in an index may not contain '/' or '..'"))
    }
  }
}

private struct CheckpointIndexParser {
  var entries: [(name: TensorName, shard: Int)] = []
  var shards: [String] = []
  var totalSize: Int?
  var totalSizeIsOdd = false
  var hasWeightMap = false
  private var shardNumbers: [TensorName: Int] = [:]

  mutating func parse(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var seen = Set<String>()
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let key = scanner.decoded(rawKey)
      guard seen.insert(key).inserted else { throw scanner.problem("key \"\(key)\" stands twice") }
      switch key {
      case "weight_map":
        hasWeightMap = true
        try parseWeightMap(&scanner)
      case "metadata" where scanner.peek() == UInt8(ascii: "{"): try parseMetadata(&scanner)
      default: try scanner.skipValue(depth: 2)
      }
    }
    try scanner.expectEnd()
  }

  private mutating func parseWeightMap(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    let guess = scanner.bytes.count / 100
    entries.reserveCapacity(guess)
    var names = Set<TensorName>(minimumCapacity: guess)
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let name = TensorName(scanner.decoded(rawKey))
      guard names.insert(name).inserted else { throw scanner.problem("tensor \"\(name)\" stands twice in weight_map") }
      let shard = TensorName(scanner.decoded(try scanner.string()))
      let number = shardNumbers[shard] ?? shards.count
      if number == shards.count {
        shards.append(shard.string)
        shardNumbers[shard] = number
      }
      entries.append((name, number))
    }
  }

  private mutating func parseMetadata(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var seen = Set<TensorName>()
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let key = scanner.decoded(rawKey)
      guard seen.insert(TensorName(key)).inserted else {
        throw scanner.problem("key \"\(key)\" stands twice in metadata")
      }
      guard key == "total_size" else { return try scanner.skipValue(depth: 3) }
      let start = scanner.peek() == nil ? scanner.bytes.count : scanner.offset
      try scanner.skipValue(depth: 3)
      totalSize = Int(String(decoding: scanner.bytes[start..<scanner.offset], as: UTF8.self))
      totalSizeIsOdd = totalSize == nil
    }
  }
}

// MARK: Against the headers

extension CheckpointIndex {
  /// Every mistake that comparing the index with the headers of the shards can show.
  ///
  /// - Parameters:
  ///   - records: the tensors found in the shards; `shard` counts through `shardNames`.
  ///   - shardNames: the shards whose headers were read.
  ///   - known: the shard of each record's name, where that table exists already.
  func findings(
    against records: [TensorRecord], shardNames: [String], known: [TensorName: Int32]? = nil
  ) -> [Finding] {
    var findings: [Finding] = []
    let numbers = Dictionary(shardNames.enumerated().map { (TensorName($1), $0) }, uniquingKeysWith: { a, _ in a })
    let read = shards.map { numbers[TensorName($0)] }
    let place =
      known ?? Dictionary(records.map { ($0.name, Int32($0.shard)) }, uniquingKeysWith: { _, last in last })
    var missing = FoldedNames()
    var elsewhere = FoldedNames()
    var listed = 0
    for (name, shard) in entries {
      guard let number = read[shard] else { continue }
      guard let found = place[name] else {
        missing.add(name.string, in: shards[shard])
        continue
      }
      listed += 1
      if Int(found) != number { elsewhere.add(name.string, in: shards[shard]) }
    }
    for (shard, names, count) in missing.groups {
      findings.append(
        Finding(
          .error, .indexMissingTensor, file: shard, tensor: names.first,
          "is listed in the index, but not in this file" + FoldedNames.andOthers(count)))
    }
    for (shard, names, count) in elsewhere.groups {
      findings.append(
        Finding(
          .error, .indexWrongShard, file: shard, tensor: names.first,
          "is listed in the index for this file, but lies in another" + FoldedNames.andOthers(count)))
    }
    if listed < place.count {
      let listedNames = Set(entries.map(\.name))
      var unlisted = FoldedNames()
      for record in records where !listedNames.contains(record.name) {
        unlisted.add(record.name.string, in: shardNames[record.shard])
      }
      for (shard, names, count) in unlisted.groups {
        findings.append(
          Finding(
            .warning, .indexUnlistedTensor, file: shard, tensor: names.first,
            "is in this file, but not in the index" + FoldedNames.andOthers(count)))
      }
    }
    let bytes = records.reduce(0) { $0 + $1.byteCount }
    if let totalSize, totalSize != bytes, !read.contains(nil) {
      findings.append(
        Finding(
          .warning, .indexTotalSize, file: file,
          "metadata.total_size is \(totalSize), but the tensors have \(bytes) bytes"))
    }
    return findings
  }
}

/// Names gathered by file, so that one cause gives one finding.
private struct FoldedNames {
  private var byFile: [String: (names: [String], count: Int)] = [:]

  mutating func add(_ name: String, in file: String) {
    byFile[file, default: ([], 0)].count += 1
    if byFile[file, default: ([], 0)].names.isEmpty { byFile[file, default: ([], 0)].names.append(name) }
  }

  var groups: [(file: String, names: [String], count: Int)] {
    byFile.map { ($0.key, $0.value.names, $0.value.count) }.sorted { $0.file < $1.file }
  }

  static func andOthers(_ count: Int) -> String { count > 1 ? "; so are \(count - 1) others" : "" }
}
