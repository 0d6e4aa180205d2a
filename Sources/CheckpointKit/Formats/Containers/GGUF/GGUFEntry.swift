/// One key of a GGUF file that is to be written, with its value as the file will hold it.
///
/// Arrays are kept as the bytes they become: a vocabulary of 160,000 tokens takes a few MB so, and tens as strings.
public struct GGUFEntry: Sendable, Equatable {
  public let key: String
  public let type: GGUFValueType
  /// Key, type and value, as ``GGUFWriter/init(fields:count:)`` takes them.
  public let bytes: [UInt8]

  private init(_ key: String, _ type: GGUFValueType, value: (inout [UInt8]) -> Void) {
    self.key = key
    self.type = type
    var bytes: [UInt8] = []
    appendGGUFString(key, to: &bytes)
    appendLittleEndian(type.rawValue, to: &bytes)
    value(&bytes)
    self.bytes = bytes
  }

  /// A key as a file has it.
  public init(copying field: GGUFField, from file: OpenFile) throws(CheckpointError) {
    key = field.key
    type = field.type
    bytes = try file.readBytes(field.range)
  }

  public init(_ key: String, text: String) {
    self.init(key, .string) { appendGGUFString(text, to: &$0) }
  }

  public init(_ key: String, uint32 value: UInt32) {
    self.init(key, .uint32) { appendLittleEndian(value, to: &$0) }
  }

  public init(_ key: String, int32 value: Int32) {
    self.init(key, .int32) { appendLittleEndian(value, to: &$0) }
  }

  /// Rounded once, to nearest even, as Python's `struct` rounds.
  public init(_ key: String, float32 value: Double) {
    self.init(key, .float32) { appendLittleEndian(Float(value).bitPattern, to: &$0) }
  }

  public init(_ key: String, bool value: Bool) {
    self.init(key, .bool) { $0.append(value ? 1 : 0) }
  }

  public init(_ key: String, texts: [String]) {
    var elements = GGUFElements(.string)
    for text in texts { elements.append(text) }
    self.init(key, elements)
  }

  init(_ key: String, _ elements: GGUFElements) {
    self.init(key, .array) { bytes in
      bytes.reserveCapacity(bytes.count + 12 + elements.bytes.count)
      appendLittleEndian(elements.type.rawValue, to: &bytes)
      appendLittleEndian(UInt64(elements.count), to: &bytes)
      bytes += elements.bytes
    }
  }
}

/// The elements of an array, one after the other, as a GGUF file holds them.
struct GGUFElements: Sendable {
  let type: GGUFValueType
  private(set) var count = 0
  private(set) var bytes: [UInt8] = []

  init(_ type: GGUFValueType) { self.type = type }

  mutating func append(_ text: String) {
    appendGGUFString(text, to: &bytes)
    count += 1
  }

  mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    appendLittleEndian(UInt64(text.count), to: &bytes)
    bytes.append(contentsOf: text)
    count += 1
  }

  /// - Returns: false where the value does not fit the type.
  mutating func append(_ value: GGUFValue) -> Bool {
    guard let encoded = GGUFField.encodedValue(value, as: type) else { return false }
    bytes += encoded
    count += 1
    return true
  }

  mutating func append(int32 number: Int32) {
    appendLittleEndian(number, to: &bytes)
    count += 1
  }

  mutating func append(bool flag: Bool) {
    bytes.append(flag ? 1 : 0)
    count += 1
  }

  mutating func append(float32 number: Float) {
    appendLittleEndian(number.bitPattern, to: &bytes)
    count += 1
  }
}
