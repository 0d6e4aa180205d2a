extension Manifest {
  /// The file: one line for each file, tensor and logical tensor, so that two manifests can be told apart line by line.
  public var text: String {
    var text = ""
    write { text += $0 }
    return text
  }

  /// Gives the text piece by piece: that of half a million tensors has some 200 MB.
  public func write<E: Error>(_ print: (String) throws(E) -> Void) throws(E) {
    var out = "{\n\"schema\":\"\(Self.schema)\",\n\"digest\":\"\(digest.hex)\",\n\"files\":["
    func flush(_ out: inout String) throws(E) {
      guard out.utf8.count > Self.pieceBytes else { return }
      try print(out)
      out = ""
    }
    for (i, file) in files.enumerated() {
      out += i > 0 ? ",\n" : "\n"
      try Self.write(file, to: &out, flush)
    }
    out += "\n],\n\"logical\":["
    for (i, tensor) in logical.enumerated() {
      out += i > 0 ? ",\n{\"name\":" : "\n{\"name\":"
      appendJSONString(tensor.name, to: &out)
      out += ",\"role\":"
      appendJSONString(tensor.role, to: &out)
      out += ",\"encoding\":"
      appendJSONString(tensor.encoding, to: &out)
      out += ",\"sha256\":\"\(tensor.digest.hex)\"}"
      try flush(&out)
    }
    try print(out + "\n]\n}\n")
  }

  private static let pieceBytes = 256 << 10

  /// Gives one file's entry piece by piece.
  static func write<E: Error>(_ file: File, _ print: (String) throws(E) -> Void) throws(E) {
    var out = ""
    try write(file, to: &out) { (out) throws(E) in
      guard out.utf8.count > pieceBytes else { return }
      try print(out)
      out = ""
    }
    try print(out)
  }

  /// - Parameter flush: may take what is there.
  private static func write<E: Error>(
    _ file: File, to out: inout String, _ flush: (inout String) throws(E) -> Void
  ) throws(E) {
    writeHead(file, to: &out)
    for (i, tensor) in file.tensors.enumerated() {
      out += i > 0 ? ",\n" : "\n"
      write(tensor, to: &out)
      try flush(&out)
    }
    out += file.dataStart == nil ? "}" : "]}"
  }

  private static func writeHead(_ file: File, to out: inout String) {
    out += "{\"name\":"
    appendJSONString(file.name, to: &out)
    out += ",\"bytes\":\(file.byteCount),\"sha256\":\"\(file.digest.hex)\""
    if let gitBlob = file.gitBlob { out += ",\"git_blob\":\"\(gitBlob)\"" }
    if !file.zeroRuns.isEmpty {
      out +=
        ",\"zero_runs\":[" + file.zeroRuns.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",") + "]"
    }
    if let dataStart = file.dataStart { out += ",\"data_start\":\(dataStart),\"tensors\":[" }
  }

  private static func write(_ tensor: Tensor, to out: inout String) {
    out += "{\"name\":"
    appendJSONString(tensor.name.string, to: &out)
    out += ",\"dtype\":\"\(tensor.typeName)\",\"shape\":["
    out += tensor.shape.dimensionTexts(tensor.shape.rank).joined(separator: ",")
    out += "],\"range\":[\(tensor.range.lowerBound),\(tensor.range.upperBound)],\"sha256\":\"\(tensor.digest.hex)\""
    if !tensor.slices.isEmpty {
      out += ",\"slices\":[" + tensor.slices.map { "\"\($0.hex)\"" }.joined(separator: ",") + "]"
    }
    let content = tensor.content
    if content.nanCount > 0 { out += ",\"nan\":\(content.nanCount)" }
    if content.infinityCount > 0 { out += ",\"inf\":\(content.infinityCount)" }
    if content.badScales > 0 { out += ",\"bad_scales\":\(content.badScales)" }
    if content.isZero { out += ",\"zero\":true" }
    if content.isConstant { out += ",\"constant\":true" }
    out += "}"
  }
}

// MARK: Reading

extension Manifest {
  /// Reads a manifest. Members that are not known are passed over; names that lead out of a folder are refused.
  public init(parsing bytes: [UInt8], file: String) throws(CheckpointError) {
    guard isValidUTF8(bytes) else { throw Self.notText(file) }
    var parser = ManifestParser()
    let problem = JSONScanner.scan(bytes) { (scanner) throws(JSONScanner.Problem) in try parser.parse(&scanner) }
    try self.init(parser, problem, file)
  }

  static func notText(_ file: String) -> CheckpointError {
    CheckpointError(.manifestMalformed, file: file, "is not UTF-8 text")
  }

  private init(
    _ parser: ManifestParser, _ problem: JSONScanner.Problem?, _ file: String
  ) throws(CheckpointError) {
    if let problem { throw Self.malformed(problem, file) }
    self.init(files: parser.files, logical: OnDemand(parser.logical))
    try checkDigest(parser.digest, file)
  }

  static func malformed(_ problem: JSONScanner.Problem, _ file: String) -> CheckpointError {
    CheckpointError(
      .manifestMalformed, file: file, "is no manifest: \(problem.message) (byte \(problem.offset))")
  }

  /// - Parameter said: what it says that the digest of its files is.
  func checkDigest(_ said: String?, _ file: String) throws(CheckpointError) {
    guard said == digest.hex else {
      throw CheckpointError(
        .manifestMalformed, file: file,
        "says that its files have the digest \(said ?? "…"), but they have \(digest.hex)",
        hint: "the manifest itself was changed: get it again")
    }
  }
}

/// Parses a manifest, whole or but for what is not held.
struct ManifestParser {
  /// Takes a tensor and its name, which the tensor itself lacks.
  typealias TakeTensor = (Manifest.Tensor, [UInt8]) throws(JSONScanner.Problem) -> Void

  private(set) var files: [Manifest.File] = []
  private(set) var logical: [Manifest.Logical] = []
  private(set) var digest: String?

  mutating func parse(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
    var logical: [Manifest.Logical] = []
    try parse(&scanner) { (scanner) throws(JSONScanner.Problem) in
      try Self.wholeFile(&scanner)
    } logical: { (tensor) in
      logical.append(tensor)
    }
    self.logical = logical
  }

  /// - Parameters:
  ///   - file: parses a file's entry, and keeps what is wanted of it.
  ///   - logical: takes a logical tensor.
  mutating func parse(
    _ scanner: inout JSONScanner,
    file: (inout JSONScanner) throws(JSONScanner.Problem) -> Manifest.File,
    logical: (Manifest.Logical) -> Void
  ) throws(JSONScanner.Problem) {
    var schema: String?
    var names = Set<TensorName>()
    var found: (files: [Manifest.File], digest: String?) = ([], nil)
    try Self.object(&scanner) { (scanner, key) throws(JSONScanner.Problem) in
      switch key {
      case "schema": schema = try Self.text(&scanner)
      case "digest": found.digest = try Self.text(&scanner)
      case "files":
        try scanner.array { (scanner) throws(JSONScanner.Problem) in
          let file = try file(&scanner)
          guard names.insert(TensorName(file.name)).inserted else {
            throw scanner.problem("file \"\(file.name)\" stands twice")
          }
          found.files.append(file)
        }
      case "logical":
        try scanner.array { (scanner) throws(JSONScanner.Problem) in
          logical(try Self.logical(&scanner))
        }
      default: try scanner.skipValue(depth: 2)
      }
    }
    try scanner.expectEnd()
    guard schema == Manifest.schema else {
      throw scanner.problem("its schema is '\(schema ?? "")', and '\(Manifest.schema)' is what is read here")
    }
    (files, digest) = found
  }

  /// A file's entry with all its tensors.
  static func wholeFile(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Manifest.File {
    var tensors: [Manifest.Tensor] = []
    var names = SharedText()
    var file = try file(&scanner) { (tensor, name) throws(JSONScanner.Problem) in
      tensors.append(tensor)
      names.append(name)
    }
    for (i, name) in names.all.enumerated() { tensors[i].name = name }
    file.tensors = OnDemand(tensors)
    return file
  }

  /// A file's entry but for its tensors, which are given one by one.
  static func file(
    _ scanner: inout JSONScanner, tensor take: TakeTensor
  ) throws(JSONScanner.Problem) -> Manifest.File {
    var file = Manifest.File(name: "", byteCount: -1, digest: SHA256Digest(hex: ""))
    var extent: Range<Int>?
    var first: [UInt8] = []
    var name: [UInt8] = []
    func misplaced(_ name: [UInt8], _ scanner: JSONScanner) -> JSONScanner.Problem {
      scanner.problem("the range of tensor \"\(String(decoding: name, as: UTF8.self))\" does not fit its file")
    }
    try object(&scanner) { (scanner, key) throws(JSONScanner.Problem) in
      switch key {
      case "name":
        file.name = PathBytes.canonical(try text(&scanner))
        guard isSafeRelativePath(file.name) else {
          throw scanner.problem("the name '\(file.name)' would lead out of the folder")
        }
      case "bytes": file.byteCount = try integer(&scanner)
      case "sha256": file.digest = try digest(&scanner)
      case "git_blob": file.gitBlob = try text(&scanner)
      case "data_start": file.dataStart = try integer(&scanner)
      case "zero_runs":
        try scanner.array { (scanner) throws(JSONScanner.Problem) in file.zeroRuns.append(try range(&scanner)) }
      case "tensors":
        try scanner.array { (scanner) throws(JSONScanner.Problem) in
          let tensor = try tensor(&scanner, &name)
          if extent == nil { first = name }
          guard tensor.range.lowerBound >= extent?.upperBound ?? 0 else { throw misplaced(name, scanner) }
          extent = (extent?.lowerBound ?? tensor.range.lowerBound)..<tensor.range.upperBound
          try take(tensor, name)
        }
      default: try scanner.skipValue(depth: 4)
      }
    }
    guard !file.name.isEmpty, file.byteCount >= 0, !file.digest.hex.isEmpty else {
      throw scanner.problem("a file lacks name, bytes or sha256")
    }
    guard file.byteCount <= FolderListing.byteLimit else { throw scanner.problem("a file of \(file.byteCount) bytes") }
    // Ranges ascend: with the first and the last, all lie in the file.
    if let extent {
      guard extent.lowerBound >= file.dataStart ?? 0 else { throw misplaced(first, scanner) }
      guard extent.upperBound <= file.byteCount else { throw misplaced(name, scanner) }
    }
    return file
  }

  /// Names that lie in one text, without an allocation for each.
  private struct SharedText {
    private var text: [UInt8] = []
    private var starts: [Int] = []

    mutating func append(_ bytes: [UInt8]) {
      starts.append(text.count)
      text.append(contentsOf: bytes)
    }

    var all: [TensorName] {
      let ends = starts.dropFirst() + [text.count]
      return zip(starts, ends).map { TensorName(text, $0..<$1) }
    }
  }

  /// A tensor, but for its name, which is given apart.
  private static func tensor(
    _ scanner: inout JSONScanner, _ nameBytes: inout [UInt8]
  ) throws(JSONScanner.Problem) -> Manifest.Tensor {
    var hasName = false
    var dtype: DType?
    var block: GGUFType?
    var dimensions: [Int]?
    var place: Range<Int>?
    var sum: SHA256Digest?
    var slices: [SHA256Digest] = []
    var content = Manifest.Content()
    try object(&scanner) { (scanner, key) throws(JSONScanner.Problem) in
      switch key {
      case "name":
        let name = try scanner.string()
        scanner.withContent(of: name) { bytes in
          nameBytes.removeAll(keepingCapacity: true)
          nameBytes.append(contentsOf: bytes)
        }
        hasName = true
      case "dtype":
        let word = try text(&scanner)
        dtype = DType(name: word)
        if dtype == nil { block = GGUFType.allCases.first { $0.dtype == nil && $0.name == word } }
        if block != nil { dtype = .u8 }
        if dtype == nil { throw scanner.problem("there is no dtype \"\(word)\"") }
      case "shape":
        var found: [Int] = []
        try scanner.array { (scanner) throws(JSONScanner.Problem) in
          found.append(Int(bitPattern: UInt(try scanner.unsignedInteger())))
        }
        dimensions = found
      case "range": place = try range(&scanner)
      case "sha256": sum = try digest(&scanner)
      case "slices": try scanner.array { (scanner) throws(JSONScanner.Problem) in slices.append(try digest(&scanner)) }
      case "nan": content.nanCount = try integer(&scanner)
      case "inf": content.infinityCount = try integer(&scanner)
      case "bad_scales": content.badScales = try integer(&scanner)
      case "zero": content.isZero = try flag(&scanner)
      case "constant": content.isConstant = try flag(&scanner)
      default: try scanner.skipValue(depth: 6)
      }
    }
    guard hasName, let dtype, let dimensions, let place, let sum else {
      throw scanner.problem("a tensor lacks name, dtype, shape, range or sha256")
    }
    return Manifest.Tensor(
      name: unnamed, dtype: dtype, block: block, shape: Shape(dimensions), range: place, digest: sum,
      slices: slices, content: content)
  }

  private static let unnamed = TensorName("")

  private static func logical(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Manifest.Logical {
    var tensor = Manifest.Logical(name: "", role: "", encoding: "", digest: SHA256Digest(hex: ""))
    try object(&scanner) { (scanner, key) throws(JSONScanner.Problem) in
      switch key {
      case "name": tensor.name = try text(&scanner)
      case "role": tensor.role = try text(&scanner)
      case "encoding": tensor.encoding = try text(&scanner)
      case "sha256": tensor.digest = try digest(&scanner)
      default: try scanner.skipValue(depth: 4)
      }
    }
    return tensor
  }

  // MARK: Values

  private static func object(
    _ scanner: inout JSONScanner, _ body: (inout JSONScanner, String) throws(JSONScanner.Problem) -> Void
  ) throws(JSONScanner.Problem) {
    var seen = Set<String>()
    try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
      let key = scanner.decoded(rawKey)
      guard seen.insert(key).inserted else { throw scanner.problem("key \"\(key)\" stands twice") }
      try body(&scanner, key)
    }
  }

  private static func text(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> String {
    try scanner.text()
  }

  private static func integer(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Int {
    guard let value = Int(exactly: try scanner.unsignedInteger()) else { throw scanner.problem("an integer too large") }
    return value
  }

  private static func flag(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Bool {
    let isTrue = scanner.peek() == UInt8(ascii: "t")
    if isTrue { try scanner.literal("true") } else { try scanner.literal("false") }
    return isTrue
  }

  private static func digest(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> SHA256Digest {
    guard let hex = hexDigest(try text(&scanner), digits: 64) else {
      throw scanner.problem("no SHA-256 digest of 64 hex digits")
    }
    return SHA256Digest(hex: hex)
  }

  private static func range(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) -> Range<Int> {
    var values: [Int] = []
    try scanner.array { (scanner) throws(JSONScanner.Problem) in
      guard values.count < 2 else { throw scanner.problem("a range has more than two numbers") }
      values.append(try integer(&scanner))
    }
    guard values.count == 2, values[0] <= values[1] else { throw scanner.problem("no range [begin, end]") }
    return values[0]..<values[1]
  }
}
