/// `model.safetensors.index.json`: which shard holds which tensor, and how many bytes the tensors have together.
///
/// A name that would lead out of the folder is never opened: it becomes a finding.
struct CheckpointIndex: Sendable {
  static let usualName = "model.safetensors.index.json"

  /// Whether a file at the top of a folder is an index, by its name.
  static func isName(_ name: String) -> Bool {
    name.hasSuffix(".safetensors.index.json") && !name.utf8.contains(UInt8(ascii: "/"))
  }

  var file: String
  /// The names of the tensors, in the order of the file.
  private(set) var names = NameTable()
  /// For each name, which of the shards is said to hold it.
  private var shardOfName: [Int32] = []
  /// File names in order of first mention.
  private(set) var shards: [String] = []
  /// For each shard, the number of the first name it is said to hold, and how many names it is.
  private(set) var contents: [(first: Int, count: Int)] = []
  /// nil where the index does not say, or says no integer.
  var totalSize: Int?
  var findings: [Finding] = []

  /// - Throws: above it, an index is no index: two million names of 500 bytes.
  static let byteLimit = 1 << 30

  init(reading open: OpenFile, file: String) throws(CheckpointError) {
    let size = try open.size()
    guard size <= Self.byteLimit else {
      throw CheckpointError(.indexMalformed, file: file, "has \(size) bytes, where at most \(Self.byteLimit) are read")
    }
    var parser = CheckpointIndexParser(byteCount: size)
    let problem = try JSONScanner.scan(open, 0..<size, notText: Self.notText(file)) {
      (scanner) throws(JSONScanner.Problem) in try parser.parse(&scanner)
    }
    try self.init(parser, problem, file)
  }

  init(parsing bytes: [UInt8], file: String) throws(CheckpointError) {
    guard isValidUTF8(bytes) else { throw Self.notText(file) }
    var parser = CheckpointIndexParser(byteCount: bytes.count)
    let problem = JSONScanner.scan(bytes) { (scanner) throws(JSONScanner.Problem) in try parser.parse(&scanner) }
    try self.init(parser, problem, file)
  }

  private static func notText(_ file: String) -> CheckpointError {
    CheckpointError(.indexMalformed, file: file, "is not UTF-8 text")
  }

  private init(
    _ parser: consuming CheckpointIndexParser, _ problem: JSONScanner.Problem?, _ file: String
  ) throws(CheckpointError) {
    self.file = file
    if let problem {
      throw CheckpointError(.indexMalformed, file: file, "is malformed at byte \(problem.offset): \(problem.message)")
    }
    guard parser.hasWeightMap else { throw CheckpointError(.indexMalformed, file: file, "has no 'weight_map'") }
    names = parser.names
    shardOfName = parser.shardOfName
    shards = (0..<parser.shards.count).map { parser.shards[$0] }
    for (name, shard) in shardOfName.enumerated() {
      if shard == contents.count { contents.append((name, 0)) }
      contents[Int(shard)].count += 1
    }
    totalSize = parser.totalSize
    if parser.totalSizeIsOdd {
      findings.append(Finding(.warning, .indexTotalSize, file: file, "metadata.total_size is no integer"))
    }
    for (i, shard) in shards.enumerated() where !isPlainFileName(shard) {
      findings.append(
        Finding(
          .error, .indexUnsafePath, file: file, tensor: names[contents[i].first],
          "lies in '\(shard)', which is no file name of this folder",
          hint: "names in an index may not contain '/' or '..'"))
    }
  }
}

private struct CheckpointIndexParser {
  let byteCount: Int
  var names = NameTable()
  var shardOfName: [Int32] = []
  var shards = NameTable()
  var totalSize: Int?
  var totalSizeIsOdd = false
  var hasWeightMap = false

  init(byteCount: Int) { self.byteCount = byteCount }

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
    let guess = byteCount / 100
    names = NameTable(count: guess, byteCount: byteCount)
    shardOfName.reserveCapacity(guess)
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      guard scanner.withContent(of: rawKey, { names.add($0) }).isNew else {
        throw scanner.problem("tensor \"\(scanner.decoded(rawKey))\" stands twice in weight_map")
      }
      let shard = try scanner.string()
      shardOfName.append(Int32(scanner.withContent(of: shard) { shards.add($0) }.number))
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
      if let next = scanner.peek(), isDigit(next) || next == UInt8(ascii: "-") {
        let digits = try scanner.number()
        totalSize = Int(String(decoding: scanner.bytes[digits], as: UTF8.self))
      } else {
        try scanner.skipValue(depth: 3)
      }
      totalSizeIsOdd = totalSize == nil
    }
  }
}

// MARK: Against the headers

extension CheckpointIndex {
  /// Every mistake that comparing the index with the headers of the shards can show.
  ///
  /// - Parameters:
  ///   - records: the tensors found in the shards, no name twice; `shard` counts through `shardNames`.
  ///   - shardNames: the shards whose headers were read.
  ///   - known: each record's number in `names`, −1 where it has none, if these were looked up already.
  func findings(against records: [TensorRecord], shardNames: [String], known: [Int32]? = nil) -> [Finding] {
    var findings: [Finding] = []
    let read = Dictionary(shardNames.enumerated().map { (TensorName($1), Int32($0)) }, uniquingKeysWith: { a, _ in a })
    let shardRead = shards.map { read[TensorName($0)] }
    let numbers = known ?? records.map { Int32(names.number(of: $0.name) ?? -1) }
    // Where each listed tensor was found, −1 where it was not.
    var found = [Int32](repeating: -1, count: names.count)
    var unlisted = FoldedNames()
    for (record, number) in zip(records.indices, numbers) {
      if number < 0 {
        unlisted.add(records[record].name.string, in: shardNames[records[record].shard])
      } else {
        found[Int(number)] = Int32(records[record].shard)
      }
    }
    var missing = FoldedNames()
    var elsewhere = FoldedNames()
    for (name, shard) in shardOfName.enumerated() {
      guard let expected = shardRead[Int(shard)], found[name] != expected else { continue }
      if found[name] < 0 {
        missing.add(names[name], in: shards[Int(shard)])
      } else {
        elsewhere.add(names[name], in: shards[Int(shard)])
      }
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
    for (shard, names, count) in unlisted.groups {
      findings.append(
        Finding(
          .warning, .indexUnlistedTensor, file: shard, tensor: names.first,
          "is in this file, but not in the index" + FoldedNames.andOthers(count)))
    }
    let bytes = records.reduce(0) { $0 + $1.byteCount }
    if let totalSize, totalSize != bytes, !shardRead.contains(nil) {
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
