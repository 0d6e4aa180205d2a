/// The header of a GGUF file: metadata, and names, types, shapes and byte ranges of its tensors.
///
/// | part | content |
/// |---|---|
/// | start | `GGUF`, version (u32: 2 or 3), number of tensors (i64), number of keys (i64) |
/// | each key | string; type (u32); value |
/// | each tensor | name (string); dimensions (u32); that many i64, the contiguous one first; type (u32); offset (u64) |
/// | padding | to a multiple of `general.alignment` (32 where it is not given) |
/// | data | each tensor in the order of the header, padded to the alignment |
///
/// A string is a length (u64) and UTF-8 bytes. All numbers are little endian. Values are not held but for numbers and
/// short strings: an array of 160,000 tokens stays in the file, and is read through a window when it is asked for.
///
/// The rules are those of ggml's reader (`gguf.cpp`, ggml 0.25), and what a reader of foreign files needs besides:
/// `docs/formats/gguf.md`. Vectors: `Tests/Vectors/gguf/`.
public struct GGUFHeader: Sendable {
  public struct Entry: Sendable {
    public var name: TensorName
    public var type: GGUFType
    /// Slowest dimension first, as everywhere here; the file has them in the opposite order.
    public var shape: Shape
    /// Counted from the start of the data.
    public var range: Range<Int>
  }

  /// What is tolerated of a header before it is refused.
  public struct Limits: Sendable {
    /// All bytes before the data.
    public var headerBytes = 512 << 20
    public var tensorCount = 2_000_000
    public var fieldCount = 1_000_000
    public var keyBytes = 65_535
    /// As in ggml: a tensor's name ends below 64 bytes.
    public var nameBytes = 63
    public var stringBytes = 1 << 30
    public var arrayCount = 1 << 30
    public var alignment = 1 << 20
    /// Longer strings are left in the file.
    public var heldStringBytes = 64 << 10

    public init() {}
  }

  public internal(set) var version = 0
  public internal(set) var alignment = GGUFHeader.usualAlignment
  /// In the order of the file.
  public internal(set) var fields: [GGUFField] = []
  /// In the order of the file, which is that of their bytes.
  public internal(set) var entries: [Entry] = []
  /// Where the first tensor is described: behind the last key.
  public internal(set) var infoStart = 0
  /// Where the header ends, without padding.
  public internal(set) var infoEnd = 0
  /// Where tensor bytes begin.
  public internal(set) var dataStart = 0
  /// What is legal but odd.
  public internal(set) var oddities: [Finding] = []

  public static let usualAlignment = 32
  public static let magic = Array("GGUF".utf8)

  public subscript(key: String) -> GGUFField? { fields.first { sameBytes($0.key, key) } }
}

// MARK: Reading

extension GGUFHeader {
  /// Reads and checks the header of an open file, the padding between its tensors, and its length.
  public init(reading file: OpenFile, limits: Limits = Limits()) throws(CheckpointError) {
    let size = try file.size()
    do throws(CheckpointError) {
      var parser = GGUFParser(GGUFCursor(reading: file, size: size), limits: limits)
      try parser.parse()
      self = parser.header
      try checkLength(fileSize: size)
      try checkByteTokens(file)
      try checkPadding(file, fileSize: size)
    } catch {
      guard error.code == .ggufMagic else { throw error.inFile(file.path) }
      throw (try foreignFileError(file, size: size, expected: "GGUF") ?? error).inFile(file.path)
    }
  }

  /// Parses the bytes of a header and checks it against the size of the file that they begin.
  public init(parsing bytes: [UInt8], fileSize: Int, limits: Limits = Limits()) throws(CheckpointError) {
    try self.init(parsing: GGUFCursor(bytes, fileSize: fileSize), fileSize: fileSize, limits: limits)
  }

  init(parsing cursor: GGUFCursor, fileSize: Int, limits: Limits = Limits()) throws(CheckpointError) {
    var parser = GGUFParser(cursor, limits: limits)
    try parser.parse()
    self = parser.header
    try checkLength(fileSize: fileSize)
  }

  /// Whether all tensors lie inside the file, and what else lies there.
  private mutating func checkLength(fileSize: Int) throws(CheckpointError) {
    guard let last = entries.last else {
      if fileSize > dataStart {
        oddities.append(
          Finding(.warning, .ggufTrailing, "has \(fileSize - dataStart) bytes behind its header, and no tensors"))
      }
      return
    }
    let (reach, overflow) = dataStart.addingReportingOverflow(last.range.upperBound)
    guard !overflow, reach <= fileSize else {
      let first = entries.first { $0.range.upperBound > fileSize - dataStart } ?? last
      let tight = entries.reduce(dataStart) { $0 &+ $1.range.count.roundedUp(to: Self.usualAlignment) }
      let hint =
        alignment > Self.usualAlignment && tight == fileSize
        ? "it was written with padding to \(Self.usualAlignment) under a header that says \(alignment): a known mistake of llama-quantize COPY and llama-gguf-split"
        : "get this file again"
      throw CheckpointError(
        .ggufPastEnd, tensor: first.name.string,
        "ends at byte \(UInt(dataStart) + UInt(first.range.upperBound)), but the file ends at \(fileSize)", hint: hint)
    }
    let padded = reach.roundedUp(to: alignment)
    if fileSize < padded {
      oddities.append(
        Finding(.warning, .ggufPadding, "ends at byte \(fileSize), without the padding of its last tensor to \(padded)")
      )
    } else if fileSize > padded {
      oddities.append(
        Finding(
          .warning, .ggufTrailing, "has \(fileSize - padded) bytes behind its last tensor, which ends at \(padded)")
      )
    }
  }

  /// Padding is zeros; something else there is a sign of offsets that are wrong, or of hidden data.
  private mutating func checkPadding(_ file: OpenFile, fileSize: Int) throws(CheckpointError) {
    var dirty = FoldedOddity(.ggufPadding)
    func isClean(_ range: Range<Int>) throws(CheckpointError) -> Bool {
      let range = range.lowerBound..<min(range.upperBound, fileSize)
      return range.isEmpty ? true : try file.readBytes(range).allSatisfy { $0 == 0 }
    }
    if infoEnd <= fileSize, try !isClean(infoEnd..<max(infoEnd, dataStart)) {
      oddities.append(Finding(.warning, .ggufPadding, "has bytes other than zero between header and data"))
    }
    for entry in entries where entry.range.upperBound % alignment != 0 {
      let end = dataStart + entry.range.upperBound
      if try !isClean(end..<dataStart + entry.range.upperBound.roundedUp(to: alignment)) {
        dirty.note(entry.name, "is followed by padding that is not zero")
      }
    }
    if let finding = dirty.finding { oddities.append(finding) }
  }

  /// A token of type byte must be `<0xHH>`: llama.cpp reads the digits without a look and writes where they point.
  private func checkByteTokens(_ file: OpenFile) throws(CheckpointError) {
    guard let tokens = self["tokenizer.ggml.tokens"], case .array(.string, _) = tokens.value,
      let types = self["tokenizer.ggml.token_type"], case .array(.int32, _) = types.value
    else { return }
    var odd: [Int: String] = [:]
    try readElements(tokens, from: file) { (i, value) throws(CheckpointError) in
      guard let text = value.text, text.utf8.starts(with: "<0x".utf8), odd.count < 10_000 else { return }
      let bytes = Array(text.utf8)
      if bytes.count == 6, bytes[5] == UInt8(ascii: ">"), isHexDigit(bytes[3]), isHexDigit(bytes[4]) { return }
      odd[i] = text
    }
    if odd.isEmpty { return }
    try readElements(types, from: file) { (i, value) throws(CheckpointError) in
      guard let text = odd[i], value.integer == 6 else { return }
      throw CheckpointError(
        .ggufToken, "token \(i) is of type byte, but '\(text)' is none: it should be <0x00> to <0xFF>",
        hint: "do not load this file: some programs write outside their memory on it")
    }
  }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
  (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
}

// MARK: Values that are not held

extension GGUFHeader {
  /// Gives each element of an array with its number; strings over the limit for held ones come as `longString`.
  public func readElements(
    _ field: GGUFField, from file: OpenFile, limits: Limits = Limits(),
    _ body: (Int, GGUFValue) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard case .array(let element, let count) = field.value else { return }
    var parser = elementParser(field, file, limits)
    for i in 0..<count {
      let value = try parser.value(element, of: field.key)
      try body(i, value)
    }
  }

  /// The first elements of an array, at most so many.
  public func firstElements(
    _ most: Int, of field: GGUFField, from file: OpenFile, limits: Limits = Limits()
  ) throws(CheckpointError) -> [GGUFValue] {
    guard case .array(let element, let count) = field.value else { return [] }
    var parser = elementParser(field, file, limits)
    var elements: [GGUFValue] = []
    for _ in 0..<min(most, count) { elements.append(try parser.value(element, of: field.key)) }
    return elements
  }

  private func elementParser(_ field: GGUFField, _ file: OpenFile, _ limits: Limits) -> GGUFParser {
    GGUFParser(GGUFCursor(reading: file, from: field.valueStart + 12, size: field.range.upperBound), limits: limits)
  }

  /// The text of a string of any length.
  public func readText(_ field: GGUFField, from file: OpenFile) throws(CheckpointError) -> String {
    if let text = field.value.text { return text }
    guard case .longString = field.value else { return "" }
    return String(decoding: try file.readBytes(field.valueStart + 8..<field.range.upperBound), as: UTF8.self)
  }
}
