/// The memory that the headers and the index of a checkpoint take when they are read and bound, all told, and what it is
/// told from: the sizes of the files, before any of them is read.
///
/// | read | takes |
/// |---|---|
/// | a byte of a safetensors header | 2.5 bytes: record, name, what it is bound to, digest; a tensor has 110 to 130 bytes |
/// | a byte of an index | 1 byte: its names, for as long as they are held against the headers |
/// | a tensor or a key of a GGUF file | 400 bytes |
/// | a byte of a list of files with digests: `SHA256SUMS`, a git index | 11 bytes: an entry has 70 bytes or more |
///
/// Headers of very short names and shapes have more tensors for a byte: what those take is counted once they are known.
/// Measured by `Tests/Conformance/memory.py`.
public struct ReadingNeeds: Sendable {
  public private(set) var headerBytes = 0
  public private(set) var indexBytes = 0
  public private(set) var ggufTensors = 0
  public private(set) var ggufFields = 0
  /// Of lists of files with their digests, which are held as a whole.
  public private(set) var listBytes = 0

  /// What the program takes without them: code, specs, and a window on each file that is open.
  private static let room = 32 << 20
  private static let bytesPerGGUFTensor = 400
  /// What a stored tensor takes at least: its record, twice while records are joined, its place, its binding.
  private static let bytesPerTensor = 150
  private static let bytesPerDigest = 48
  private var bufferBytes = 0
  private var digestCount = 0

  init() {}

  /// What work on one weight file takes: its header, and buffers beside it.
  public init(ofFile path: String, bufferBytes: Int, files: FileAccess) {
    if path.hasSuffix(Container.safetensors.fileEnding) {
      add(path, .safetensors, files)
    } else {
      add(path, .gguf, files)
    }
    self.bufferBytes = bufferBytes
  }

  /// Counts buffers for reading the tensors themselves.
  mutating func takesBuffers(_ byteCount: Int) { bufferBytes = byteCount }

  /// Counts digests that are kept, beside one for each tensor: that one takes the place of what reading took.
  mutating func keeps(digests: Int) { digestCount = min(digests, 1 << 40) }

  /// Adds what the first bytes of a weight file say; a file that says nonsense is refused when it is read.
  mutating func add(_ path: String, _ container: Container, _ files: FileAccess) {
    guard let file = try? OpenFile(reading: path, files), let size = try? file.size(), size >= 24,
      let bytes = try? file.readBytes(0..<24)
    else { return }
    func number(_ start: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) } }
    switch container {
    case .safetensors:
      let length = number(0)
      if length <= UInt64(min(size - 8, SafetensorsHeader.Limits().headerBytes)) { headerBytes += Int(length) }
    case .gguf:
      guard bytes.starts(with: GGUFHeader.magic) else { return }
      let (count, fields) = (number(8), number(16))
      if fields <= UInt64(GGUFHeader.Limits().fieldCount) { ggufFields += Int(fields) }
      if count <= UInt64(GGUFHeader.Limits().tensorCount) { ggufTensors += Int(count) }
    }
  }

  mutating func addIndex(_ path: String, _ files: FileAccess) {
    indexBytes += min((try? files.status(path))?.size ?? 0, CheckpointIndex.byteLimit)
  }

  /// Counts a list that is held as a whole, if it is not too large to be read at all.
  mutating func addList(_ path: String, limit: Int, _ files: FileAccess) {
    guard let size = try? files.status(path)?.size, size <= limit else { return }
    listBytes += size
  }

  /// Least bytes, rounded up to what `--memory` would be written as.
  public var least: Int { (leastBeforeBuffers + bufferBytes).roundedUp(to: 1 << 20) }

  /// Least bytes but for buffers.
  var leastBeforeBuffers: Int {
    let documents =
      5 * headerBytes / 2 + indexBytes + Self.bytesPerGGUFTensor * (ggufTensors + ggufFields)
      + 11 * listBytes
    return Self.room + documents + Self.bytesPerDigest * digestCount
  }

  /// - Throws: where a budget has not so much.
  public func require(_ budget: MemoryBudget?) throws(CheckpointError) {
    guard let budget, budget.total < least else { return }
    var what: [String] = []
    if headerBytes + indexBytes > 0 {
      what.append("\(headerBytes + indexBytes) bytes of headers and index, and what they are bound to")
    }
    if ggufTensors + ggufFields > 0 { what.append("\(ggufTensors) tensors and \(ggufFields) keys of GGUF files") }
    if listBytes > 0 { what.append("\(listBytes) bytes of lists with digests") }
    if digestCount > 0 { what.append("\(digestCount) digests of slices") }
    what.append(bufferBytes > 0 ? "the program and its buffers" : "the program")
    throw Self.refusal(least, budget, what.joined(separator: ", "))
  }

  /// What so many tensors take, once they are known.
  static func require(tensors: Int, nameBytes: Int, _ budget: MemoryBudget?) throws(CheckpointError) {
    let least = (room + bytesPerTensor * tensors + nameBytes).roundedUp(to: 1 << 20)
    guard let budget, budget.total < least else { return }
    throw refusal(least, budget, "\(tensors) tensors and what they are bound to")
  }

  private static func refusal(_ least: Int, _ budget: MemoryBudget, _ what: String) -> CheckpointError {
    CheckpointError(
      .planMemory, "needs \(least) bytes for \(what), but --memory is \(budget.total)",
      hint: "give at least --memory \(least >> 20)MiB")
  }
}
