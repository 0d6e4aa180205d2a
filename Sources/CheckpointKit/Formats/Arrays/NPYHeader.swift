/// The header of an `.npy` file: what one array is, in front of its bytes.
///
/// | bytes | what |
/// |---|---|
/// | 6 | `\x93NUMPY` |
/// | 2 | version, major and minor: 1.0, 2.0 or 3.0 |
/// | 2 (1.0) or 4 | length of the text, little-endian |
/// | length | a Python dictionary with `descr`, `fortran_order` and `shape`, padded with spaces and one line feed |
///
/// Version 1.0 is written, padded so that the array begins on a multiple of 64 bytes, as NumPy does. Arrays in Fortran
/// order or of big-endian numbers are refused. Format: `numpy.lib.format` of NumPy 2.
public struct NPYHeader: Sendable, Equatable {
  public var dtype: DType
  public var shape: [Int]

  public init(_ dtype: DType, _ shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }

  /// NumPy's names of types. It has none for BF16 and the 8-bit floats.
  private static let names: [(DType, String)] = [
    (.bool, "|b1"), (.u8, "|u1"), (.i8, "|i1"), (.i16, "<i2"), (.u16, "<u2"), (.f16, "<f2"), (.i32, "<i4"),
    (.u32, "<u4"), (.f32, "<f4"), (.i64, "<i8"), (.u64, "<u8"), (.f64, "<f8"), (.c64, "<c8"),
  ]

  /// Bytes of a header: far above any that names only a shape and a type.
  private static let lengthLimit = 1 << 16

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}

// MARK: Writing

extension NPYHeader {
  /// The bytes of the header, or nil where NumPy has no such type.
  public var encoded: [UInt8]? {
    guard let name = Self.names.first(where: { $0.0 == dtype })?.1 else { return nil }
    let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
    var text = Array("{'descr': '\(name)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    let start = Self.magic.count + 4
    let length = (start + text.count + 1).roundedUp(to: 64) - start
    text += [UInt8](repeating: UInt8(ascii: " "), count: length - text.count - 1) + [UInt8(ascii: "\n")]
    guard let short = UInt16(exactly: length) else { return nil }
    return Self.magic + [1, 0, UInt8(short & 0xff), UInt8(short >> 8)] + text
  }
}

// MARK: Reading

extension NPYHeader {
  /// Reads the header at the start of a file.
  ///
  /// - Returns: the header, and where the array's bytes begin. The array was found to fill the file exactly.
  public static func read(from file: OpenFile) throws(CheckpointError) -> (header: NPYHeader, dataStart: Int) {
    func malformed(_ problem: String) -> CheckpointError {
      CheckpointError(.malformedFile, file: file.path, "is no .npy file that is read here: \(problem)")
    }
    let size = try file.size()
    guard size >= 10 else { throw malformed("it has only \(size) bytes") }
    let prefix = try file.readBytes(0..<min(size, 12))
    guard Array(prefix[..<6]) == magic else { throw malformed("it does not begin with \\x93NUMPY") }
    let lengthBytes = prefix[6] == 1 ? 2 : 4
    guard (1...3).contains(prefix[6]), prefix.count >= 8 + lengthBytes else {
      throw malformed("version \(prefix[6]).\(prefix[7])")
    }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(prefix[8 + $1]) << (8 * $1) }
    let dataStart = 8 + lengthBytes + length
    guard length <= lengthLimit, dataStart <= size else { throw malformed("its header has \(length) bytes") }
    var parser = Dictionary(try file.readBytes(8 + lengthBytes..<dataStart))
    let header: NPYHeader
    switch parser.parse() {
    case .success(let parsed): header = parsed
    case .failure(let problem): throw malformed(problem.message)
    }
    var elements = 1
    for dimension in header.shape {
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw malformed("its shape \(header.shape) is too large") }
      elements = product
    }
    guard let bytes = header.dtype.byteCount(of: elements), bytes == size - dataStart else {
      throw malformed("\(header.dtype) \(header.shape) does not fill its \(size - dataStart) bytes")
    }
    return (header, dataStart)
  }

  private struct Problem: Error {
    var message: String
  }

  /// The one form of dictionary that NumPy writes, keys in any order.
  private struct Dictionary {
    var bytes: [UInt8]
    var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func parse() -> Result<NPYHeader, Problem> {
      do throws(Problem) {
        var descr: String?
        var fortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
          let key = try string()
          try expect(":")
          switch key {
          case "descr" where descr == nil: descr = try string()
          case "fortran_order" where fortranOrder == nil: fortranOrder = try bool()
          case "shape" where shape == nil: shape = try tuple()
          default: throw Problem(message: "its header has the key '\(key)'")
          }
          if !take(",") {
            try expect("}")
            break
          }
        }
        skipSpace()
        guard place == bytes.count else { throw Problem(message: "its header goes on behind the dictionary") }
        guard let descr, let fortranOrder, let shape else { throw Problem(message: "its header lacks a key") }
        guard let dtype = NPYHeader.names.first(where: { $0.1 == descr })?.0 else {
          throw Problem(message: "its type is '\(descr)'")
        }
        guard !fortranOrder || shape.count < 2 else { throw Problem(message: "it is in Fortran order") }
        return .success(NPYHeader(dtype, shape))
      } catch { return .failure(error) }
    }

    private mutating func skipSpace() {
      while place < bytes.count, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\n") { place += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
      skipSpace()
      guard bytes[place...].starts(with: text.utf8) else { return false }
      place += text.utf8.count
      return true
    }

    private mutating func expect(_ text: String) throws(Problem) {
      guard take(text) else { throw Problem(message: "its header has no '\(text)' at byte \(place)") }
    }

    private mutating func string() throws(Problem) -> String {
      for quote in ["'", "\""] where take(quote) {
        guard let end = bytes[place...].firstIndex(of: quote.utf8.first ?? 0) else { break }
        defer { place = end + 1 }
        return String(decoding: bytes[place..<end], as: UTF8.self)
      }
      throw Problem(message: "its header has no text at byte \(place)")
    }

    private mutating func bool() throws(Problem) -> Bool {
      if take("True") { return true }
      if take("False") { return false }
      throw Problem(message: "its header has no truth value at byte \(place)")
    }

    private mutating func tuple() throws(Problem) -> [Int] {
      var values: [Int] = []
      try expect("(")
      while !take(")") {
        skipSpace()
        let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let value = Int(String(decoding: digits, as: UTF8.self)), values.count < 32 else {
          throw Problem(message: "its shape is not one")
        }
        values.append(value)
        place += digits.count
        if !take(",") {
          try expect(")")
          break
        }
      }
      return values
    }
  }
}

extension SideOutput.Kind {
  /// An array of the same type, of whatever shape: another input gives another.
  public static func array(_ dtype: DType) -> Self {
    Self("an array of \(dtype)") { (file) throws(CheckpointError) in
      do throws(CheckpointError) {
        let header = try NPYHeader.read(from: file).header
        return header.dtype == dtype
      } catch {
        guard error.code == .malformedFile else { throw error }
        return false
      }
    }
  }
}
