/// What the elements of a stored tensor are. Names and sizes are those of safetensors 0.8.
///
/// Some types pack several elements into a byte, so sizes are in bits.
public enum DType: UInt8, Sendable, CaseIterable {
  case bool, f4, f6e2m3, f6e3m2, u8, i8, f8e5m2, f8e4m3, f8e8m0, f8e4m3fnuz, f8e5m2fnuz, i16, u16, f16, bf16, i32, u32,
    f32, c64, f64, i64, u64

  public var name: String {
    switch self {
    case .bool: "BOOL"
    case .f4: "F4"
    case .f6e2m3: "F6_E2M3"
    case .f6e3m2: "F6_E3M2"
    case .u8: "U8"
    case .i8: "I8"
    case .f8e5m2: "F8_E5M2"
    case .f8e4m3: "F8_E4M3"
    case .f8e8m0: "F8_E8M0"
    case .f8e4m3fnuz: "F8_E4M3FNUZ"
    case .f8e5m2fnuz: "F8_E5M2FNUZ"
    case .i16: "I16"
    case .u16: "U16"
    case .f16: "F16"
    case .bf16: "BF16"
    case .i32: "I32"
    case .u32: "U32"
    case .f32: "F32"
    case .c64: "C64"
    case .f64: "F64"
    case .i64: "I64"
    case .u64: "U64"
    }
  }

  public var bitsPerElement: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    }
  }

  /// The boundary, in bytes, on which a reader would like the first element.
  public var alignment: Int { max(1, bitsPerElement / 8) }

  /// Exact name, case and all, as in a safetensors header.
  public init?(name: String) {
    guard let type = Self.byName[name] else { return nil }
    self = type
  }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  /// Bytes of `elements` elements, or nil where they do not end on a byte or overflow.
  public func byteCount(of elements: Int) -> Int? {
    let (bits, overflow) = elements.multipliedReportingOverflow(by: bitsPerElement)
    return overflow || bits % 8 != 0 ? nil : bits / 8
  }
}

extension DType: CustomStringConvertible {
  public var description: String { name }
}
