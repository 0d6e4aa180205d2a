/// The header of a safetensors file: names, dtypes, shapes and byte ranges of its tensors.
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 8 | N, unsigned, little endian |
/// | 8 | N | JSON: `{"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {…}}` |
/// | 8 + N | | tensor bytes, without holes or overlaps |
///
/// Parsing applies the rules of the reference implementation (safetensors 0.8) in its order, and refuses four things
/// more: a name twice, an entry written as an array, a dtype written as an object, a metadata key twice.
///
/// Format and rules: `docs/formats/safetensors.md`. Vectors: `Tests/Vectors/safetensors/`.
public struct SafetensorsHeader: Sendable {
  public typealias Entry = HeaderEntry

  /// What is tolerated of a header before it is refused or remarked on.
  public struct Limits: Sendable {
    /// Bytes of JSON; the format's own limit.
    public var headerBytes = 100_000_000
    public var tensorCount = 2_000_000
    /// Above these a finding says so.
    public var remarkableHeaderBytes = 25_000_000
    public var remarkableNameBytes = 4096
    public var remarkableRank = 64

    public init() {}
  }

  /// 8 + N: where tensor bytes begin.
  public var dataStart: Int
  /// `__metadata__`, in the order of the file.
  public var metadata: [(key: String, value: String)]
  /// In the order of their bytes in the file.
  public var entries: [Entry]
  /// What is legal but odd: one finding for each kind, naming the first tensor and the number of others.
  public var oddities: [Finding]
}

// MARK: Parsing

extension SafetensorsHeader {
  /// Reads and checks the header of an open file.
  public init(reading file: OpenFile, limits: Limits = Limits()) throws(CheckpointError) {
    let size = try file.size()
    do throws(CheckpointError) {
      guard size >= 8 else {
        throw CheckpointError(.headerTooSmall, "has \(size) bytes; a safetensors file has at least 8")
      }
      let length = try file.readBytes(0..<8).enumerated().reduce(UInt64(0)) {
        $0 | UInt64($1.element) << (8 * $1.offset)
      }
      guard length <= UInt64(limits.headerBytes) else {
        throw CheckpointError(
          .headerTooLarge, "its header would have \(length) bytes, where at most \(limits.headerBytes) are allowed")
      }
      let headerBytes = Int(length)
      guard headerBytes <= size - 8 else {
        throw CheckpointError(
          .headerPastEnd, "its header would end at byte \(8 + headerBytes), but the file ends at \(size)")
      }
      try self.init(parsing: 8..<8 + headerBytes, fileSize: size, limits: limits) {
        (buffer, offset) throws(CheckpointError) in try file.read(into: buffer, at: offset)
      }
    } catch {
      throw (try foreignFileError(file, size: size) ?? error).inFile(file.path)
    }
  }

  /// Parses the JSON of a header, a window at a time.
  init(
    parsing range: Range<Int>, fileSize: Int, limits: Limits = Limits(), _ read: @escaping JSONWindow.Read
  ) throws(CheckpointError) {
    var parser = HeaderParser(limits: limits, byteCount: range.count)
    let problem = try JSONScanner.scan(
      range, notText: Self.notText, { (scanner) throws(JSONScanner.Problem) in try parser.parse(&scanner) }, read)
    try self.init(&parser, problem, headerBytes: range.count, fileSize: fileSize, limits)
  }

  /// Parses the JSON of a header and checks it against the size of the file that holds it.
  public init(parsing json: [UInt8], fileSize: Int, limits: Limits = Limits()) throws(CheckpointError) {
    guard isValidUTF8(json) else { throw Self.notText }
    var parser = HeaderParser(limits: limits, byteCount: json.count)
    let problem = JSONScanner.scan(json) { (scanner) throws(JSONScanner.Problem) in try parser.parse(&scanner) }
    try self.init(&parser, problem, headerBytes: json.count, fileSize: fileSize, limits)
  }

  private static var notText: CheckpointError { CheckpointError(.headerNotUTF8, "its header is not UTF-8 text") }

  private init(
    _ parser: inout HeaderParser, _ problem: JSONScanner.Problem?, headerBytes: Int, fileSize: Int, _ limits: Limits
  ) throws(CheckpointError) {
    if let problem {
      throw problem.brokenRule
        ?? CheckpointError(
          .headerMalformed, "its header is malformed at byte \(8 + problem.offset): \(problem.message)")
    }
    dataStart = 8 + headerBytes
    metadata = parser.metadata
    oddities = parser.oddities
    entries = parser.takeEntries()
    if headerBytes > limits.remarkableHeaderBytes {
      oddities.append(
        Finding(
          .warning, .headerOddity,
          "its header has \(headerBytes) bytes; some readers stop at \(limits.remarkableHeaderBytes)"))
    }
    try checkLayout(fileSize: fileSize)
  }

  /// Rules 9 to 13: ranges in one row without gaps, each as long as shape and dtype say.
  private mutating func checkLayout(fileSize: Int) throws(CheckpointError) {
    // Offsets go up to 2^63 - 1, so that nothing is added to one before it is known to lie in the file.
    let dataBytes = fileSize - dataStart
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    var unaligned = FoldedOddity(.unalignedTensor)
    var partialRows = FoldedOddity(.headerOddity)
    for entry in entries {
      func fail(_ code: ProblemCode, _ problem: String) -> CheckpointError {
        CheckpointError(code, tensor: entry.name.string, problem)
      }
      guard entry.range.lowerBound == end else {
        let what = entry.range.lowerBound > end ? "leaves a hole" : "overlaps another tensor"
        throw fail(
          .badOffset,
          "data_offsets [\(entry.range.lowerBound), \(entry.range.upperBound)] \(what): it should begin at \(end)")
      }
      var elements: UInt64 = 1
      for i in 0..<entry.shape.rank {
        let (product, overflow) = elements.multipliedReportingOverflow(by: UInt64(bitPattern: Int64(entry.shape[i])))
        guard !overflow else { throw fail(.sizeOverflow, "shape \(entry.shape) has more than 2^64 elements") }
        elements = product
      }
      let (bits, overflow) = elements.multipliedReportingOverflow(by: UInt64(entry.dtype.bitsPerElement))
      guard !overflow else {
        throw fail(.sizeOverflow, "shape \(entry.shape) of \(entry.dtype) has more than 2^64 bits")
      }
      guard bits % 8 == 0 else {
        throw fail(.partialByte, "shape \(entry.shape) of \(entry.dtype) does not end on a byte")
      }
      guard UInt64(entry.range.count) == bits / 8 else {
        throw fail(
          .wrongSize, "has \(entry.range.count) bytes, where shape \(entry.shape) of \(entry.dtype) needs \(bits / 8)")
      }
      let alignment = entry.dtype.alignment
      if (dataStart % alignment + entry.range.lowerBound % alignment) % alignment != 0 {
        unaligned.note(entry.name, "does not begin on a multiple of its element size")
      }
      if entry.dtype.bitsPerElement < 8, !entry.shape.columns.isMultiple(of: 8 / gcd(entry.dtype.bitsPerElement, 8)) {
        partialRows.note(entry.name, "rows of shape \(entry.shape) of \(entry.dtype) do not end on a byte")
      }
      end = entry.range.upperBound
    }
    guard end == dataBytes else {
      let isShort = end > dataBytes
      let reach = UInt64(dataStart) + UInt64(end)
      throw CheckpointError(
        .wrongLength, tensor: isShort ? entries.first { $0.range.upperBound > dataBytes }?.name.string : nil,
        isShort
          ? "ends at byte \(fileSize), but its tensors reach to byte \(reach): \(reach - UInt64(fileSize)) bytes are missing"
          : "has \(UInt64(fileSize) - reach) bytes after its last tensor, which ends at byte \(reach)",
        hint: isShort ? "get this file again" : nil)
    }
    oddities += [unaligned, partialRows].compactMap(\.finding)
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }

/// The JSON half: rules 5 to 8.
private struct HeaderParser {
  let limits: SafetensorsHeader.Limits
  var metadata: [(key: String, value: String)] = []
  var entries: [SafetensorsHeader.Entry] = []
  var oddities: [Finding] = []
  private var extraFields = FoldedOddity(.headerOddity)
  private var highRanks = FoldedOddity(.headerOddity)
  private var emptyNames = FoldedOddity(.headerOddity)
  private var longNames = FoldedOddity(.headerOddity)
  private var controlNames = FoldedOddity(.headerOddity)
  private var pathNames = FoldedOddity(.headerOddity)

  private var names: NameTable

  init(limits: SafetensorsHeader.Limits, byteCount: Int) {
    self.limits = limits
    // About 100 bytes of header for each tensor; a guess that saves regrowing.
    let guess = min(byteCount / 100, limits.tensorCount)
    entries.reserveCapacity(guess)
    names = NameTable(count: guess, byteCount: byteCount)
  }

  /// The entries with their names, which share one text.
  mutating func takeEntries() -> [SafetensorsHeader.Entry] {
    names.trimText()
    for i in entries.indices { entries[i].name = names.name(i) }
    defer {
      entries = []
      names = NameTable()
    }
    return entries
  }

  mutating func parse(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var hasMetadata = false
    try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
      if scanner.content(of: key, is: "__metadata__") {
        guard !hasMetadata else { throw scanner.problem("__metadata__ stands twice") }
        hasMetadata = true
        return try parseMetadata(&scanner)
      }
      guard scanner.withContent(of: key, { names.add($0) }).isNew else {
        throw scanner.problem(
          CheckpointError(.duplicateName, tensor: scanner.decoded(key), "stands twice in the header"))
      }
      guard entries.count < limits.tensorCount else {
        throw scanner.problem(CheckpointError(.headerTooLarge, "has more than \(limits.tensorCount) tensors"))
      }
      try parseEntry(&scanner)
    }
    oddities += [extraFields, highRanks, emptyNames, longNames, controlNames, pathNames].compactMap(\.finding)
    if scanner.peek() == UInt8(ascii: ","), entries.isEmpty {
      throw scanner.problem("the header ends before this comma: an old writer's way to store metadata without tensors")
    }
    try scanner.expectEnd()
  }

  /// The name of the entry that is being parsed: there is one name more than entries.
  private var name: TensorName { TensorName(names[entries.count]) }

  private mutating func parseMetadata(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    if scanner.peek() == UInt8(ascii: "n") {
      try scanner.literal("null")
      oddities.append(Finding(.warning, .headerOddity, "its __metadata__ is null"))
      return
    }
    var keys = Set<TensorName>()
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let key = scanner.decoded(rawKey)
      guard keys.insert(TensorName(key)).inserted else {
        throw scanner.problem("__metadata__ has the key \"\(key)\" twice")
      }
      metadata.append((key, try scanner.text()))
    }
  }

  private mutating func parseEntry(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var dtype: DType?
    var shape: Shape?
    var offsets: Range<Int>?
    var extraField: String?
    try scanner.object { (scanner, rawField) throws(JSONScanner.Problem) in
      if scanner.content(of: rawField, is: "dtype") {
        guard dtype == nil else { throw scanner.problem("dtype stands twice") }
        dtype = try parseDType(&scanner)
      } else if scanner.content(of: rawField, is: "shape") {
        guard shape == nil else { throw scanner.problem("shape stands twice") }
        shape = try parseShape(&scanner)
      } else if scanner.content(of: rawField, is: "data_offsets") {
        guard offsets == nil else { throw scanner.problem("data_offsets stands twice") }
        offsets = try parseOffsets(&scanner)
      } else {
        extraField = scanner.decoded(rawField)
        try scanner.skipValue(depth: 3)
      }
    }
    guard let dtype, let shape, let offsets else {
      let missing = dtype == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw scanner.problem(CheckpointError(.headerMalformed, tensor: name.string, "has no \(missing)"))
    }
    remarkOddities(shape, extraField)
    entries.append(SafetensorsHeader.Entry(name: Self.unnamed, dtype: dtype, shape: shape, range: offsets))
  }

  /// Names are given when their text is complete.
  private static let unnamed = TensorName("")

  private func parseDType(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> DType {
    let text = try scanner.text()
    guard let dtype = DType(name: text) else {
      throw scanner.problem(
        CheckpointError(.unknownDType, tensor: name.string, "dtype \"\(text)\" is not one of safetensors"))
    }
    return dtype
  }

  private func parseShape(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Shape {
    var shape = Shape()
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      shape.append(Int(bitPattern: UInt(try scanner.unsignedInteger())))
    }
    return shape
  }

  /// Offsets beyond a signed 64-bit integer cannot lie in any file.
  private func parseOffsets(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Range<Int> {
    var values: (UInt64, UInt64) = (0, 0)
    var count = 0
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      guard count < 2 else { throw scanner.problem("data_offsets has more than two numbers") }
      let value = try scanner.unsignedInteger()
      if count == 0 { values.0 = value } else { values.1 = value }
      count += 1
    }
    guard count == 2 else { throw scanner.problem("data_offsets has \(count) numbers, not two") }
    guard values.0 <= values.1, let begin = Int(exactly: values.0), let end = Int(exactly: values.1) else {
      throw scanner.problem(
        CheckpointError(.badOffset, tensor: name.string, "data_offsets [\(values.0), \(values.1)] is no range"))
    }
    return begin..<end
  }

  private mutating func remarkOddities(_ shape: Shape, _ extraField: String?) {
    if let extraField { extraFields.note(name, "its entry has the unknown field \"\(extraField)\"") }
    if shape.rank > limits.remarkableRank { highRanks.note(name, "has \(shape.rank) dimensions") }
    let look = names.withBytes(of: entries.count) { Self.look($0) }
    if look.count == 0 { emptyNames.note(name, "has an empty name") }
    if look.count > limits.remarkableNameBytes { longNames.note(name, "has a name of \(look.count) bytes") }
    if look.hasControl { controlNames.note(name, "has control characters in its name") }
    if look.hasSlash { pathNames.note(name, "has a name that looks like a path") }
  }

  private static func look(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (count: Int, hasControl: Bool, hasSlash: Bool) {
    // No branches, so that many bytes are looked at in one step.
    var (controls, slashes): (UInt8, UInt8) = (0, 0)
    for byte in bytes {
      controls |= (byte < 0x20 ? 1 : 0) | (byte == 0x7f ? 1 : 0)
      slashes |= byte == UInt8(ascii: "/") ? 1 : 0
    }
    return (bytes.count, controls != 0, slashes != 0)
  }
}
