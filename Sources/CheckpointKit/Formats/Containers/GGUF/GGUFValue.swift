/// The type of a metadata value, by the number that a file gives it.
public enum GGUFValueType: UInt32, Sendable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case uint16 = 2
  case int16 = 3
  case uint32 = 4
  case int32 = 5
  case float32 = 6
  case bool = 7
  case string = 8
  case array = 9
  case uint64 = 10
  case int64 = 11
  case float64 = 12

  /// As the `gguf` tools write it: `u32`, `str`, `arr`.
  public var name: String {
    switch self {
    case .uint8: "u8"
    case .int8: "i8"
    case .uint16: "u16"
    case .int16: "i16"
    case .uint32: "u32"
    case .int32: "i32"
    case .float32: "f32"
    case .bool: "bool"
    case .string: "str"
    case .array: "arr"
    case .uint64: "u64"
    case .int64: "i64"
    case .float64: "f64"
    }
  }

  public init?(name: String) {
    guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = type
  }

  /// Bytes of a value; the fewest, for a string or an array.
  var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .string, .uint64, .int64, .float64: 8
    case .array: 12
    }
  }
}

/// A metadata value, or what is known of one that is not held.
public enum GGUFValue: Sendable, Equatable {
  case unsigned(UInt64)
  case signed(Int64)
  case float(Double)
  case bool(Bool)
  case string(String)
  /// A string too long to be held: read it with ``GGUFHeader/readText(_:from:)``.
  case longString(byteCount: Int)
  /// Elements are read with ``GGUFHeader/readElements(_:from:_:)``.
  case array(element: GGUFValueType, count: Int)

  public var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .signed(let value): Int(exactly: value)
    default: nil
    }
  }

  public var text: String? { if case .string(let text) = self { text } else { nil } }

  public var number: Double? {
    switch self {
    case .unsigned(let value): Double(value)
    case .signed(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
}

/// One key of a GGUF file, with its value and the place where both stand.
public struct GGUFField: Sendable, Equatable {
  public let key: String
  public let type: GGUFValueType
  public let value: GGUFValue
  /// From the length of the key to the end of the value, counted from the file's start.
  public let range: Range<Int>
  /// Where the value begins, behind the number of its type.
  public let valueStart: Int
}

// MARK: Writing

extension GGUFField {
  /// The bytes of a key with its value.
  ///
  /// - Returns: nil where the value does not fit the type; arrays cannot be made this way.
  public static func encoded(_ key: String, _ value: GGUFValue, as type: GGUFValueType) -> [UInt8]? {
    guard let bytes = encodedValue(value, as: type) else { return nil }
    var field: [UInt8] = []
    appendGGUFString(key, to: &field)
    appendLittleEndian(type.rawValue, to: &field)
    return field + bytes
  }

  static func encodedValue(_ value: GGUFValue, as type: GGUFValueType) -> [UInt8]? {
    var bytes: [UInt8] = []
    func integer<T: FixedWidthInteger>(_ type: T.Type) -> Bool {
      let converted: T? =
        switch value {
        case .unsigned(let number): T(exactly: number)
        case .signed(let number): T(exactly: number)
        default: nil
        }
      guard let converted else { return false }
      appendLittleEndian(converted, to: &bytes)
      return true
    }
    let fits: Bool
    switch type {
    case .uint8: fits = integer(UInt8.self)
    case .int8: fits = integer(Int8.self)
    case .uint16: fits = integer(UInt16.self)
    case .int16: fits = integer(Int16.self)
    case .uint32: fits = integer(UInt32.self)
    case .int32: fits = integer(Int32.self)
    case .uint64: fits = integer(UInt64.self)
    case .int64: fits = integer(Int64.self)
    case .float32:
      guard let number = value.number else { return nil }
      // A number that Float32 cannot hold is none of the type; one that is infinite itself is.
      guard Float(number).isFinite || !number.isFinite else { return nil }
      appendLittleEndian(Float(number).bitPattern, to: &bytes)
      fits = true
    case .float64:
      guard let number = value.number else { return nil }
      appendLittleEndian(number.bitPattern, to: &bytes)
      fits = true
    case .bool:
      guard case .bool(let flag) = value else { return nil }
      bytes.append(flag ? 1 : 0)
      fits = true
    case .string:
      guard case .string(let text) = value else { return nil }
      appendGGUFString(text, to: &bytes)
      fits = true
    case .array: fits = false
    }
    return fits ? bytes : nil
  }
}

func appendLittleEndian<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
}

/// Length and UTF-8 bytes.
func appendGGUFString(_ text: String, to bytes: inout [UInt8]) {
  appendLittleEndian(UInt64(text.utf8.count), to: &bytes)
  bytes.append(contentsOf: text.utf8)
}
