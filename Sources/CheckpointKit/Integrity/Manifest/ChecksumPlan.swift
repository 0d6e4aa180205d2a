/// A manifest made by several processes: each takes a share of the files, and leaves a note of every file in a folder
/// beside the manifest; whoever finishes puts the notes together.
///
/// The unit of work is a file, largest first: the digest of a file is one serial stream, beside which the digests of its
/// tensors are taken, so that more processes on one file would not end sooner.
public struct ChecksumPlan: Sendable {
  public let id: SHA256Digest
  public let inputs: PlanInputs
  /// What each unit reads: a place in the list of inputs.
  private let units: [Int]
  private let work: ChecksumWork
  private let output: String
  private let library: SpecLibrary

  public var unitCount: Int { units.count }
  public var byteCount: Int { inputs.files.reduce(0) { $0 + $1.byteCount } }
  public var files: FileAccess { work.files }
  public var leastMemory: Int { work.leastMemory }

  /// Plans it: files are listed, headers are read.
  ///
  /// - Parameter output: where the manifest will be; notes are left beside it.
  public init(
    _ path: String, output: String, format: String = "", library: SpecLibrary, options: Checksum.Options,
    files: FileAccess = .system
  ) throws(CheckpointError) {
    var options = options
    options.excluded += [output, output + ChecksumRecord.folderSuffix]
    work = try ChecksumWork(path, options: options, files: files)
    var inputs = try work.inputs(library: library)
    inputs.options.append(("format", format))
    id = SHA256Digest(of: inputs.identity)
    units = inputs.files.indices.sorted {
      (inputs.files[$0].byteCount, $1) > (inputs.files[$1].byteCount, $0)
    }
    self.inputs = inputs
    self.output = output
    self.library = library
  }

  /// Saves it for `run`, `status` and `finish`.
  ///
  /// - Throws: where the output is there already.
  public func write(to path: String, place: PlanFile.Place) throws(CheckpointError) {
    if try files.status(output) != nil {
      throw CheckpointError(.outputExists, file: output, "exists", hint: "give a new name, or remove it")
    }
    try record.requireOwn()
    try PlanFile.write(
      id: id, inputs: inputs, place: place, files: [], segments: units.map { ($0, inputs.files[$0].byteCount, 1) },
      to: path, files)
  }

  private var record: ChecksumRecord {
    ChecksumRecord(
      folder: output + ChecksumRecord.folderSuffix, isFull: !work.options.filesOnly, plan: id, files: files)
  }

  /// Units that have no valid note.
  public func missing() throws(CheckpointError) -> [Int] {
    if try isFinished() { return [] }
    let noted = try work.noted(record)
    return units.indices.filter { noted[units[$0]] == nil }
  }

  /// Does those of some units that have no note yet.
  ///
  /// - Parameter options: for progress and stopping; the rest was decided when this was planned.
  public func run(_ selection: [Int]? = nil, _ options: Checksum.Options) throws(CheckpointError) {
    if try isFinished() { return }
    let noted = try work.noted(record)
    var work = work
    work.options.progress = options.progress
    work.options.isStopped = options.isStopped
    let todo = (selection ?? Array(units.indices)).map { units[$0] }.filter { noted[$0] == nil }
    _ = try work.read(todo, record)
  }

  /// Puts the notes together; they stay until ``publish(_:)``.
  ///
  /// - Throws: where units are missing.
  public func manifest() throws(CheckpointError) -> Checksum.Outcome {
    let missing = try missing()
    guard missing.isEmpty else {
      throw CheckpointError(
        .unitsMissing, file: output, "\(missing.count) units are missing: \(foldedNumbers(missing))",
        hint: "run them, then finish")
    }
    var work = work
    let results = try work.noted(record)
    let manifest = try work.manifest(results, library: library)
    return Checksum.Outcome(
      manifest: manifest, findings: work.findings, readBytes: 0, filesResumed: results.count,
      leastMemory: work.leastMemory)
  }

  /// Writes the result under its name: complete or not at all. Then the notes go.
  ///
  /// - Parameter write: gives the text piece by piece.
  public func publish(
    _ write: (([UInt8]) throws(CheckpointError) -> Void) throws(CheckpointError) -> Void
  ) throws(CheckpointError) { try ChecksumRecord.publish(to: output, files, write) }

  /// Whether the result stands under its name and nothing is left to do.
  public func isFinished() throws(CheckpointError) -> Bool {
    // It was not there when this was planned.
    guard try files.status(output) != nil else { return false }
    return try files.status(record.folder) == nil
  }
}
