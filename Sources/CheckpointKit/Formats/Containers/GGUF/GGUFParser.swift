/// The rules of a GGUF header, from its first byte to the start of the data.
struct GGUFParser {
  private var cursor: GGUFCursor
  private let limits: GGUFHeader.Limits
  private(set) var header = GGUFHeader()
  private var notText = FoldedOddity(.ggufOddity)
  private var oddBools = 0

  init(_ cursor: GGUFCursor, limits: GGUFHeader.Limits) {
    self.cursor = cursor
    self.limits = limits
  }

  mutating func parse() throws(CheckpointError) {
    let (tensors, fields) = try start()
    try parseFields(fields)
    try readAlignment()
    header.infoStart = cursor.offset
    try parseTensors(tensors)
    header.infoEnd = cursor.offset
    // ggml looks for data only where there are tensors; a file without any ends with its last key.
    header.dataStart = tensors == 0 ? cursor.offset : cursor.offset.roundedUp(to: header.alignment)
    if oddBools > 0 {
      header.oddities.append(
        Finding(.warning, .ggufOddity, "has \(oddBools) truth values that are neither 0 nor 1"))
    }
    if let finding = notText.finding { header.oddities.append(finding) }
  }

  private func fail(_ code: ProblemCode, _ problem: String, tensor: String? = nil, hint: String? = nil)
    -> CheckpointError
  { CheckpointError(code, tensor: tensor, problem, hint: hint) }

  // MARK: Start

  private mutating func start() throws(CheckpointError) -> (tensors: Int, fields: Int) {
    guard cursor.remaining >= 4, try Array(cursor.bytes(4, "the magic")) == GGUFHeader.magic else {
      throw fail(.ggufMagic, "does not begin with 'GGUF'")
    }
    let version = try cursor.integer(UInt32.self, "the version")
    guard version & 0xffff != 0 || version == 0 else {
      throw fail(
        .ggufBigEndian, "is big endian (its version reads \(version))",
        hint: "turn it with gguf_convert_endian.py; this program reads little-endian files")
    }
    guard version == 2 || version == 3 else {
      throw fail(.ggufVersion, "is of GGUF version \(version), where 2 and 3 are read")
    }
    header.version = Int(version)
    let tensors = try count("tensors", limit: limits.tensorCount, leastBytes: 24)
    let fields = try count("keys", limit: limits.fieldCount, leastBytes: 14)
    return (tensors, fields)
  }

  private mutating func count(_ what: String, limit: Int, leastBytes: Int) throws(CheckpointError) -> Int {
    let number = try cursor.integer(Int64.self, "the number of \(what)")
    guard number >= 0 else { throw fail(.ggufCount, "has \(number) \(what)") }
    guard number <= limit else { throw fail(.ggufCount, "has \(number) \(what), where at most \(limit) are allowed") }
    guard Int(number) * leastBytes <= cursor.remaining else {
      throw fail(
        .ggufCount, "would have \(number) \(what), for which its \(cursor.remaining) further bytes are too few",
        hint: "get this file again")
    }
    return Int(number)
  }

  private func checkHeaderSize() throws(CheckpointError) {
    guard cursor.offset <= limits.headerBytes else {
      throw fail(.ggufTooLarge, "its header has more than \(limits.headerBytes) bytes")
    }
  }

  // MARK: Keys and values

  private mutating func parseFields(_ count: Int) throws(CheckpointError) {
    var keys = Set<TensorName>()
    header.fields.reserveCapacity(min(count, 1000))
    for i in 0..<count {
      let start = cursor.offset
      let length = try cursor.length(limit: limits.keyBytes, "key \(i)")
      guard length > 0 else { throw fail(.ggufKey, "key \(i) at byte \(start) is empty") }
      let key = try text(length, "key \(i)", .ggufKey)
      guard keys.insert(TensorName(key)).inserted else {
        throw fail(.ggufDuplicateKey, "has the key '\(key)' twice")
      }
      let type = try valueType("the type of key '\(key)'")
      let valueStart = cursor.offset
      let value = try type == .array ? array(key) : value(type, of: key)
      header.fields.append(
        GGUFField(key: key, type: type, value: value, range: start..<cursor.offset, valueStart: valueStart))
      try checkHeaderSize()
    }
  }

  /// Text that must be UTF-8 and has no NUL.
  private mutating func text(_ length: Int, _ what: String, _ code: ProblemCode) throws(CheckpointError) -> String {
    let start = cursor.offset
    let bytes = Array(try cursor.bytes(length, what))
    guard isValidUTF8(bytes), !bytes.contains(0) else {
      throw fail(code, "\(what) at byte \(start) is not UTF-8 text, or has a NUL")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func valueType(_ what: String) throws(CheckpointError) -> GGUFValueType {
    let number = try cursor.integer(UInt32.self, what)
    guard let type = GGUFValueType(rawValue: number) else {
      throw fail(.ggufValueType, "\(what) is \(number), where 0 to 12 are known")
    }
    return type
  }

  private mutating func array(_ key: String) throws(CheckpointError) -> GGUFValue {
    let element = try valueType("the element type of key '\(key)'")
    guard element != .array else { throw fail(.ggufValueType, "key '\(key)' is an array of arrays") }
    let count = try cursor.integer(UInt64.self, "the length of key '\(key)'")
    guard count <= UInt64(limits.arrayCount) else {
      throw fail(
        .ggufArray, "key '\(key)' would have \(count) elements, where at most \(limits.arrayCount) are allowed")
    }
    // Neither factor is over 2^32.
    guard Int(count) * element.byteCount <= cursor.remaining else {
      throw fail(
        .ggufTruncated, "key '\(key)' would have \(count) elements, but only \(cursor.remaining) bytes are left",
        hint: "get this file again")
    }
    switch element {
    case .string:
      for i in 0..<Int(count) {
        let length = try cursor.length(limit: limits.stringBytes, "element \(i) of key '\(key)'")
        if try !cursor.skipText(length, "element \(i) of key '\(key)'") {
          notText.note(TensorName(key), "element \(i) is not UTF-8 text")
        }
        try checkHeaderSize()
      }
    case .bool:
      for _ in 0..<Int(count) where try cursor.integer(UInt8.self, key) > 1 { oddBools += 1 }
    default: try cursor.skip(Int(count) * element.byteCount, "key '\(key)'")
    }
    return .array(element: element, count: Int(count))
  }

  /// A single value. An array's elements are read by the same function.
  mutating func value(_ type: GGUFValueType, of key: String) throws(CheckpointError) -> GGUFValue {
    switch type {
    case .uint8: return .unsigned(UInt64(try cursor.integer(UInt8.self, key)))
    case .uint16: return .unsigned(UInt64(try cursor.integer(UInt16.self, key)))
    case .uint32: return .unsigned(UInt64(try cursor.integer(UInt32.self, key)))
    case .uint64: return .unsigned(try cursor.integer(UInt64.self, key))
    case .int8: return .signed(Int64(try cursor.integer(Int8.self, key)))
    case .int16: return .signed(Int64(try cursor.integer(Int16.self, key)))
    case .int32: return .signed(Int64(try cursor.integer(Int32.self, key)))
    case .int64: return .signed(try cursor.integer(Int64.self, key))
    case .float32: return .float(Double(Float(bitPattern: try cursor.integer(UInt32.self, key))))
    case .float64: return .float(Double(bitPattern: try cursor.integer(UInt64.self, key)))
    case .bool:
      let byte = try cursor.integer(UInt8.self, key)
      if byte > 1 { oddBools += 1 }
      return .bool(byte != 0)
    case .string:
      let length = try cursor.length(limit: limits.stringBytes, "the value of key '\(key)'")
      if length > limits.heldStringBytes {
        if try !cursor.skipText(length, "the value of key '\(key)'") {
          notText.note(TensorName(key), "is not UTF-8 text")
        }
        return .longString(byteCount: length)
      }
      let bytes = Array(try cursor.bytes(length, "the value of key '\(key)'"))
      if !isValidUTF8(bytes) { notText.note(TensorName(key), "is not UTF-8 text") }
      return .string(String(decoding: bytes, as: UTF8.self))
    case .array: throw fail(.ggufValueType, "key '\(key)' is an array of arrays")
    }
  }

  private mutating func readAlignment() throws(CheckpointError) {
    guard let field = header["general.alignment"] else { return }
    guard field.type == .uint32, let alignment = field.value.integer else {
      throw fail(.ggufAlignment, "general.alignment is \(field.type.name), where it must be u32")
    }
    guard alignment > 0, alignment & (alignment - 1) == 0 else {
      throw fail(.ggufAlignment, "general.alignment is \(alignment), which is no power of two")
    }
    guard alignment <= limits.alignment else {
      throw fail(.ggufAlignment, "general.alignment is \(alignment), where at most \(limits.alignment) is allowed")
    }
    header.alignment = alignment
  }

  // MARK: Tensors

  private mutating func parseTensors(_ count: Int) throws(CheckpointError) {
    var names = Set<TensorName>(minimumCapacity: count)
    header.entries.reserveCapacity(count)
    var emptyTensors = FoldedOddity(.ggufOddity)
    var oddNames = FoldedOddity(.ggufOddity)
    var next = 0
    for i in 0..<count {
      let length = try cursor.length(limit: limits.stringBytes, "the name of tensor \(i)")
      guard length <= limits.nameBytes else {
        throw fail(
          .ggufName, "the name of tensor \(i) has \(length) bytes, where at most \(limits.nameBytes) are allowed")
      }
      let name = TensorName(try text(length, "the name of tensor \(i)", .ggufName))
      guard names.insert(name).inserted else {
        throw fail(.ggufDuplicateName, "stands twice in the header", tensor: name.string)
      }
      if length == 0 || name.string.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
        oddNames.note(name, length == 0 ? "has an empty name" : "has control characters in its name")
      }
      let entry = try tensor(name, at: next)
      if entry.range.isEmpty { emptyTensors.note(name, "has a dimension of 0") }
      header.entries.append(entry)
      let (end, overflow) = entry.range.upperBound.addingReportingOverflow(header.alignment - 1)
      guard !overflow else { throw tooLarge(name, entry.shape, entry.type) }
      next = end & ~(header.alignment - 1)
      try checkHeaderSize()
    }
    header.oddities += [emptyTensors, oddNames].compactMap(\.finding)
  }

  private func tooLarge(_ name: TensorName, _ shape: Shape, _ type: GGUFType) -> CheckpointError {
    fail(.ggufSizeOverflow, "\(type) \(shape) ends beyond 2^63 bytes", tensor: name.string)
  }

  /// Dimensions, type and offset of a tensor that should begin at `start`.
  private mutating func tensor(_ name: TensorName, at start: Int) throws(CheckpointError) -> GGUFHeader.Entry {
    func fail(_ code: ProblemCode, _ problem: String) -> CheckpointError {
      CheckpointError(code, tensor: name.string, problem)
    }
    let rank = try cursor.integer(UInt32.self, "the number of dimensions of '\(name)'")
    guard rank <= 4 else { throw fail(.ggufDimensions, "has \(rank) dimensions, where at most 4 are allowed") }
    var dimensions: [Int] = []
    for i in 0..<rank {
      let dimension = try cursor.integer(Int64.self, "dimension \(i) of '\(name)'")
      guard dimension >= 0 else { throw fail(.ggufDimensions, "has a dimension of \(dimension)") }
      dimensions.append(Int(dimension))
    }
    let shape = Shape(dimensions.reversed())
    // Beside a zero nothing may overflow either: readers multiply from the first dimension on.
    var elements = 1
    for dimension in dimensions where dimension > 0 {
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw fail(.ggufSizeOverflow, "shape \(shape) has more than 2^63 elements") }
      elements = product
    }
    if dimensions.contains(0) { elements = 0 }
    let number = try cursor.integer(UInt32.self, "the type of '\(name)'")
    guard let type = GGUFType(rawValue: number) else {
      throw fail(.ggufType, "is of type \(number), which is none that is read here: \(Self.foreignType(number))")
    }
    guard shape.columns % type.blockSize == 0 else {
      throw fail(
        .ggufPartialBlock,
        "has rows of \(shape.columns) elements, which are no whole blocks of \(type.blockSize) (\(type))")
    }
    let (bytes, overflow) = (elements / type.blockSize).multipliedReportingOverflow(by: type.blockBytes)
    let (end, overflowAtEnd) = start.addingReportingOverflow(bytes)
    guard !overflow, !overflowAtEnd else { throw tooLarge(name, shape, type) }
    let offset = try cursor.integer(UInt64.self, "the offset of '\(name)'")
    guard offset == UInt64(start) else {
      throw fail(
        .ggufBadOffset, "would begin at byte \(offset) of the data, where the tensor before it asks for \(start)")
    }
    return GGUFHeader.Entry(name: name, type: type, shape: shape, range: start..<end)
  }

  private static func foreignType(_ number: UInt32) -> String {
    switch number {
    case 4, 5, 31...33, 36...38: "it was given up by ggml"
    case 96...400: "it may be one of ik_llama.cpp's"
    default: "newer than this version, or a damaged file"
    }
  }
}
