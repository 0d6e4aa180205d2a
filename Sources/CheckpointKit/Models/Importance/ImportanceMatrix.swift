/// An importance matrix of `llama-imatrix`: for each tensor, how large the activations were that each of its columns met.
///
/// Names, counts and places are held; values are read by slice, because those of a large mixture of experts have
/// gigabytes.
///
/// | | GGUF | legacy (`.dat`) |
/// |---|---|---|
/// | stored | `x.in_sum2`: Σ of squares; `x.counts`: tokens, one for each expert | mean × calls; calls |
/// | weight of a column | sum / count; 1 where the count is 0 | value / calls |
///
/// The weights are those that `llama-quantize` uses, bit for bit: `docs/formats/gguf.md`, Importance matrices.
public struct ImportanceMatrix: Sendable {
  public enum Format: String, Sendable { case gguf, legacy }

  public struct Entry: Sendable {
    /// The tensor's, in GGUF's words: `blk.3.ffn_up_exps.weight`.
    public let name: TensorName
    /// Columns × matrices of the tensor.
    public let valueCount: Int
    /// Tokens that each matrix met; empty in legacy files, which do not say.
    public let counts: [Float]
    /// Calls that a legacy value is multiplied by; 0 in GGUF files.
    let calls: Int32
    /// The values' bytes in the file: Float32, little endian.
    let range: Range<Int>
  }

  public let path: String
  public let format: Format
  /// In the order of the file.
  public let entries: [Entry]
  public let datasets: [String]
  public let chunkCount: Int?
  /// Tokens of a chunk; nil in legacy files.
  public let chunkSize: Int?
  public let oddities: [Finding]
  private let file: OpenFile
  /// Of the file when it was opened.
  private let status: FileStatus
  private let files: FileAccess
  private let places: [TensorName: Int]

  public subscript(name: TensorName) -> Entry? { places[name].map { entries[$0] } }

  public init(_ path: String, files: FileAccess = .system) throws(CheckpointError) {
    let file = try OpenFile(reading: path, files)
    status = try file.status()
    self.files = files
    let size = status.size
    let content: Content
    if size >= 4, try file.readBytes(0..<4) == GGUFHeader.magic {
      content = try Content(gguf: file)
      format = .gguf
    } else {
      if let foreign = try foreignFileError(file, size: size, expected: "an importance matrix") { throw foreign }
      content = try Content(legacy: file, size: size)
      format = .legacy
    }
    self.path = path
    self.file = file
    entries = content.entries
    datasets = content.datasets
    chunkCount = content.chunkCount
    chunkSize = content.chunkSize
    oddities = content.oddities
    places = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The weights of some columns of an entry, counted through all its matrices.
  ///
  /// - Throws: where a value is not finite, with its place.
  public func weights(
    of entry: Entry, _ values: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let raw = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<(values.count * 4)])
    try file.read(into: raw, at: entry.range.lowerBound + values.lowerBound * 4)
    let perCount = entry.counts.isEmpty ? entry.valueCount : entry.valueCount / entry.counts.count
    for i in 0..<values.count {
      var value = Float(bitPattern: UInt32(littleEndian: output[i].bitPattern))
      if !entry.counts.isEmpty {
        let count = entry.counts[(values.lowerBound + i) / perCount]
        value = count > 0 ? value / count : 1
      } else if entry.calls > 0 {
        value /= Float(entry.calls)
      }
      guard value.isFinite else {
        throw CheckpointError(
          .imatrixNonFinite, file: path, tensor: entry.name.string,
          "its value \(values.lowerBound + i) of \(entry.valueCount) is not finite",
          hint: "make the matrix again; llama-imatrix writes this where the forward pass overflowed")
      }
      output[i] = value
    }
  }

  /// Columns side by side of which none has a weight: so many share a scale, at least, in every type of block.
  public static let runLength = 16

  /// What of an entry weighs nothing, so that a search led by it has nothing to go by.
  public struct Zeros: Sendable {
    /// Runs of ``ImportanceMatrix/runLength`` columns.
    public var runs = 0
    /// Matrices of which no column has a weight.
    public var matrices: [Int] = []
  }

  /// Looks through an entry, matrix by matrix. Matrices that met no token have equal weights, and are not among what is
  /// found.
  public func zeros(of entry: Entry, columns: Int) throws(CheckpointError) -> Zeros {
    var zeros = Zeros()
    guard columns > 0 else { return zeros }
    let line = UnsafeMutableBufferPointer<Float>.allocate(capacity: columns)
    defer { line.deallocate() }
    for matrix in 0..<entry.valueCount / columns {
      try weights(of: entry, matrix * columns..<(matrix + 1) * columns, into: line)
      var isEmpty = true
      var runs = 0
      for start in stride(from: 0, to: columns, by: Self.runLength) {
        if line[start..<min(columns, start + Self.runLength)].allSatisfy({ $0 == 0 }) {
          runs += 1
        } else {
          isEmpty = false
        }
      }
      zeros.runs += runs
      if isEmpty { zeros.matrices.append(matrix) }
    }
    return zeros
  }

  /// One finding of what weighs nothing, of all entries together; nil where everything weighs something.
  ///
  /// - Parameter consequence: what becomes of it.
  public static func finding(
    _ zeros: [(entry: TensorName, zeros: Zeros)], path: String?, consequence: String, hint: String
  ) -> Finding? {
    let found = zeros.filter { $0.zeros.runs > 0 }
    guard let first = found.first else { return nil }
    let runs = found.reduce(0) { $0 + $1.zeros.runs }
    let matrices = found.reduce(0) { $0 + $1.zeros.matrices.count }
    let list = found.prefix(8).map { name, zeros in
      let whole = zeros.matrices.isEmpty ? "" : ", matrices \(foldedNumbers(Array(zeros.matrices.prefix(20))))"
      return "\(name) (\(zeros.runs)\(whole))"
    }.joined(separator: ", ")
    return Finding(
      .warning, .imatrixZero, file: path, tensor: first.entry.string,
      (found.count > 1 ? "and \(found.count - 1) others have" : "has")
        + " no importance for \(runs) runs of \(runLength) columns, \(matrices) whole matrices among them: "
        + consequence + "; runs of each: \(list)\(found.count > 8 ? ", …" : "")", hint: hint)
  }

  /// Throws where the file is not what it was when it was opened.
  public func requireUnchanged() throws(CheckpointError) {
    guard try file.status() == status, try files.status(path) == status else {
      throw CheckpointError(
        .inputChanged, file: path, "was changed while it was in use",
        hint: "run the same command again when nothing writes to it any more")
    }
  }

  /// Reads every value once, a piece at a time.
  ///
  /// - Returns: findings on values that are not finite, one for each entry; how many bytes were read.
  public func scan() throws(CheckpointError) -> (findings: [Finding], bytes: Int) {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 18)
    defer { buffer.deallocate() }
    var findings: [Finding] = []
    var bytes = 0
    for entry in entries {
      var start = 0
      while start < entry.valueCount {
        let end = min(entry.valueCount, start + buffer.count)
        bytes += (end - start) * 4
        do throws(CheckpointError) { try weights(of: entry, start..<end, into: buffer) } catch {
          guard error.code == .imatrixNonFinite else { throw error }
          findings.append(Finding(error))
          break
        }
        start = end
      }
    }
    let bad = Set(findings.compactMap { $0.tensor.map { TensorName($0) } })
    var zeros: [(entry: TensorName, zeros: Zeros)] = []
    for entry in entries where !bad.contains(entry.name) {
      zeros.append((entry.name, try self.zeros(of: entry, columns: entry.valueCount / max(1, entry.counts.count))))
    }
    if let finding = Self.finding(
      zeros, path: nil, consequence: "a search that it leads has nothing to go by there",
      hint: "recipes of ckpt give such columns equal weights, those of llama.cpp write zeros for them")
    {
      findings.append(finding)
    }
    return (findings, bytes)
  }
}

// MARK: Reading

extension ImportanceMatrix {
  /// What both formats hold.
  private struct Content {
    var entries: [Entry] = []
    var datasets: [String] = []
    var chunkCount: Int?
    var chunkSize: Int?
    var oddities: [Finding] = []

    init(gguf file: OpenFile) throws(CheckpointError) {
      let header = try GGUFHeader(reading: file)
      func malformed(_ tensor: TensorName?, _ problem: String, hint: String? = nil) -> CheckpointError {
        CheckpointError(.imatrixMalformed, file: file.path, tensor: tensor?.string, problem, hint: hint)
      }
      for key in ["imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"] where header[key] == nil {
        throw malformed(
          nil, "is no importance matrix: it has no key '\(key)'",
          hint: header["general.architecture"] == nil ? nil : "it is a model; give the file of llama-imatrix")
      }
      oddities = header.oddities
      chunkCount = header["imatrix.chunk_count"]?.value.integer
      chunkSize = header["imatrix.chunk_size"]?.value.integer
      if let field = header["imatrix.datasets"] {
        datasets = try header.firstElements(100, of: field, from: file).compactMap(\.text)
      }
      var counts: [TensorName: GGUFHeader.Entry] = [:]
      var sums = Set<TensorName>()
      for entry in header.entries {
        if let name = Self.name(entry, ".counts") { counts[name] = entry }
        if let name = Self.name(entry, ".in_sum2") { sums.insert(name) }
      }
      for (name, entry) in counts where !sums.contains(name) {
        throw malformed(entry.name, "has counts, but no sums")
      }
      for entry in header.entries {
        guard let name = Self.name(entry, ".in_sum2") else {
          if Self.name(entry, ".counts") == nil {
            oddities.append(Finding(.note, .imatrixMalformed, tensor: entry.name.string, "is neither sums nor counts"))
          }
          continue
        }
        guard let count = counts[name] else { throw malformed(entry.name, "has sums, but no counts") }
        guard entry.type == .f32, count.type == .f32 else {
          throw malformed(entry.name, "is \(entry.type) with counts of \(count.type), where both must be F32")
        }
        let (values, matrices) = (entry.shape.elementCount, count.shape.elementCount)
        guard matrices > 0, values > 0, values % matrices == 0, matrices <= 1 << 20 else {
          throw malformed(entry.name, "has \(values) values for \(matrices) counts")
        }
        let start = header.dataStart + count.range.lowerBound
        let bytes = try file.readBytes(start..<start + 4 * matrices)
        let list = bytes.withUnsafeBytes { raw in
          (0..<matrices).map {
            Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
          }
        }
        guard list.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
          throw malformed(count.name, "has a count that is negative or not finite")
        }
        let place = header.dataStart + entry.range.lowerBound
        entries.append(
          Entry(
            name: name, valueCount: values, counts: list.map { $0.rounded(.toNearestOrAwayFromZero) }, calls: 0,
            range: place..<place + 4 * values))
      }
      if entries.isEmpty { throw malformed(nil, "has no entries") }
    }

    private static func name(_ entry: GGUFHeader.Entry, _ suffix: String) -> TensorName? {
      entry.name.string.hasSuffix(suffix) ? TensorName(String(entry.name.string.dropLast(suffix.count))) : nil
    }

    init(legacy file: OpenFile, size: Int) throws(CheckpointError) {
      var cursor = GGUFCursor(reading: file, size: size)
      func malformed(_ problem: String) -> CheckpointError {
        CheckpointError(
          .imatrixMalformed, file: file.path, "is no importance matrix, or a damaged one: \(problem)",
          hint: "give the file that llama-imatrix wrote")
      }
      func number(_ what: String) throws(CheckpointError) -> Int32 {
        guard cursor.remaining >= 4 else { throw malformed("it ends at byte \(size), where \(what) should be") }
        return try cursor.integer(Int32.self, what)
      }
      let count = try number("the number of entries")
      // An entry has 12 bytes of lengths, a name and a value.
      guard count > 0, Int(count) * 17 <= cursor.remaining else {
        throw malformed("it would have \(count) entries in \(size) bytes")
      }
      var names = Set<TensorName>()
      for i in 0..<Int(count) {
        let length = try number("the name of entry \(i)")
        guard length > 0, length <= 4096, Int(length) <= cursor.remaining else {
          throw malformed("the name of entry \(i) would have \(length) bytes")
        }
        let bytes = Array(try cursor.bytes(Int(length), "the name of entry \(i)"))
        guard isValidUTF8(bytes), !bytes.contains(0) else { throw malformed("the name of entry \(i) is not text") }
        let name = TensorName(String(decoding: bytes, as: UTF8.self))
        guard names.insert(name).inserted else { throw malformed("entry '\(name)' stands twice") }
        let calls = try number("the calls of entry \(i)")
        let values = try number("the values of entry \(i)")
        guard values > 0, Int(values) * 4 <= cursor.remaining else {
          throw malformed("entry '\(name)' would have \(values) values, but \(cursor.remaining) bytes are left")
        }
        entries.append(
          Entry(
            name: name, valueCount: Int(values), counts: [], calls: calls,
            range: cursor.offset..<cursor.offset + 4 * Int(values)))
        try cursor.skip(4 * Int(values), "the values of entry \(i)")
      }
      if cursor.remaining >= 4 { chunkCount = Int(try number("the number of chunks")) }
      if cursor.remaining >= 4 {
        let length = try number("the length of the dataset's name")
        if length > 0, Int(length) <= cursor.remaining {
          let bytes = Array(try cursor.bytes(min(Int(length), 65_536), "the dataset's name"))
          datasets = [String(decoding: bytes, as: UTF8.self)]
        }
      }
    }
  }
}

extension ImportanceMatrix {
  /// What a plan that uses it depends on: all of its bytes, wherever it lies and whatever it is called.
  public func planInput() throws(CheckpointError) -> Fingerprint {
    let status = try file.status()
    return Fingerprint(
      name: "imatrix", byteCount: status.size, digest: try file.digest(of: 0..<status.size), modified: status.modified)
  }
}
