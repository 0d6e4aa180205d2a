/// Reading `.npy` files of whole numbers.
public enum NPYFile {
  /// An array of integers, rows last.
  public struct Integers: Sendable, Equatable {
    public var shape: [Int]
    public var values: [Int]

    public init(shape: [Int], values: [Int]) {
      self.shape = shape
      self.values = values
    }
  }

  /// Reads an array of I32 or I64.
  ///
  /// - Parameter limit: the most elements that are taken.
  public static func readIntegers(
    _ path: String, files: FileAccess = .system, limit: Int = 1 << 24
  ) throws(CheckpointError) -> Integers {
    let file = try OpenFile(reading: path, files)
    let (header, start) = try NPYHeader.read(from: file)
    let width: Int
    switch header.dtype {
    case .i32: width = 4
    case .i64: width = 8
    default:
      throw CheckpointError(.malformedFile, file: path, "holds \(header.dtype), where int32 or int64 is needed")
    }
    let count = try file.size() - start
    guard count / width <= limit else {
      throw CheckpointError(
        .malformedFile, file: path, "holds \(count / width) numbers, where at most \(limit) are read")
    }
    let bytes = try file.readBytes(start..<start + count)
    let values = bytes.withUnsafeBytes { raw in
      (0..<count / width).map { i in
        width == 4
          ? Int(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self)))
          : Int(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self)))
      }
    }
    return Integers(shape: header.shape, values: values)
  }
}

/// Writes one array, piece by piece: it appears under its name when it is complete, or not at all.
/// An array of the same type is replaced, nothing else.
public final class NPYWriter {
  private let path: String
  private let partial: String
  private let files: FileAccess
  private let output: SideOutput
  private let file: OpenFile
  private let end: Int
  private var offset: Int
  private var isPublished = false

  public init(_ path: String, _ header: NPYHeader, files: FileAccess = .system) throws(CheckpointError) {
    let elements = header.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard let encoded = header.encoded, let byteCount = header.dtype.byteCount(of: elements) else {
      throw CheckpointError(.outputUnsuitable, file: path, ".npy has no type for \(header.dtype) \(header.shape)")
    }
    output = try SideOutput(path, .array(header.dtype), files: files)
    self.path = path
    self.files = files
    files.sweepPrivateFiles(in: parentPath(path))
    partial = files.privateName(in: parentPath(path))
    file = try OpenFile(creating: partial, files)
    try file.write(encoded, at: 0)
    offset = encoded.count
    end = encoded.count + byteCount
  }

  deinit {
    if !isPublished { try? files.remove(partial) }
  }

  /// Appends elements in their order.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    guard bytes.count <= end - offset else {
      throw CheckpointError(.internalMistake, file: path, "was given more elements than its shape has")
    }
    try file.write(bytes, at: offset)
    offset += bytes.count
  }

  /// Puts the file in place: all elements were appended.
  public func publish() throws(CheckpointError) {
    guard offset == end else {
      throw CheckpointError(.internalMistake, file: path, "lacks \(end - offset) bytes of its elements")
    }
    try file.sync()
    try output.require()
    try files.rename(partial, to: path)
    isPublished = true
    try files.syncDirectory(parentPath(path))
  }
}
