/// The records of a plan's segments: which count, and which do not.
struct SegmentJournal: Sendable {
  let plan: Plan
  let folder: WorkFolder
  let files: FileAccess
  private let source: Checkpoint?
  /// What the source's files are now, by name.
  let sources: [TensorName: SourceStamp]

  init(_ plan: Plan, _ folder: WorkFolder, source: Checkpoint?) {
    self.plan = plan
    self.folder = folder
    files = folder.files
    self.source = source
    let stamps = (source?.shards ?? []).map { (TensorName($0.name), SourceStamp($0.name, $0.status)) }
    sources = Dictionary(stamps) { first, _ in first }
  }

  /// What was found in the folder.
  struct Content: Sendable {
    var records: [Int: SegmentRecord] = [:]
    /// Names of records that do not count.
    var stale: [String] = []
    /// Of each source file that was touched since: how many segments are done again for it.
    var touched: [TensorName: Int] = [:]
    /// Of each that was touched or replaced, and has the same bytes by its digest: how many segments stay.
    var proven: [TensorName: Int] = [:]
    /// Those that were taken for that, among others.
    var digests: SourceDigests?
    /// Files of which records speak that are not at their full size.
    var cut: Set<Int> = []
  }

  private var partials: PartialFiles { PartialFiles(plan: plan, folder: folder, files: files) }

  /// Reads all records. What a record says of its partial file is looked up after it: claims are placed before records.
  func content() throws(CheckpointError) -> Content {
    var content = Content()
    guard try files.status(folder.recordsFolder) != nil else { return content }
    var read: [(name: String, record: SegmentRecord?)] = []
    for name in try files.list(folder.recordsFolder) where name.hasSuffix(".json") {
      read.append((name, try record(named: name)))
    }
    var states: [PartialFiles.State] = []
    for number in plan.files.indices { states.append(try partials.state(number)) }
    var proofs = try Proofs(source, folder)
    for (name, record) in read {
      guard let record else {
        content.stale.append(name)
        continue
      }
      let file = plan.segments[record.segment].file
      if case .partial(record.nonce, whole: false) = states[file] { content.cut.insert(file) }
      if states[file].nonce != record.nonce {
        content.stale.append(name)
      } else if let stamp = try touched(record, &proofs) {
        content.touched[TensorName(stamp.name), default: 0] += 1
        content.stale.append(name)
      } else {
        for stamp in record.sources where isOther(stamp) { content.proven[TensorName(stamp.name), default: 0] += 1 }
        content.records[record.segment] = record
      }
    }
    content.digests = proofs.digests
    return content
  }

  private func isOther(_ stamp: SourceStamp) -> Bool {
    sources[TensorName(stamp.name)].map { !stamp.matches($0) } ?? false
  }

  /// The first of the files it was made of that is another now.
  private func touched(_ record: SegmentRecord, _ proofs: inout Proofs) throws(CheckpointError) -> SourceStamp? {
    for stamp in record.sources where isOther(stamp) {
      guard let now = sources[TensorName(stamp.name)], try proofs.prove(stamp, now) else { return stamp }
    }
    return nil
  }

  /// What was found out by reading files that were touched, each once for each kind of proof.
  private struct Proofs {
    private let source: Checkpoint?
    private(set) var digests: SourceDigests?
    private var evidence: SourceEvidence?
    private var known: [TensorName: Bool] = [:]

    init(_ source: Checkpoint?, _ folder: WorkFolder) throws(CheckpointError) {
      self.source = source
      if let source { digests = try SourceDigests(source, in: folder) }
    }

    /// Whether the bytes of a file that had one stamp are the same under another: by the digest that was taken then, or
    /// where it is the same file, touched, and is what evidence says.
    mutating func prove(_ then: SourceStamp, _ now: SourceStamp) throws(CheckpointError) -> Bool {
      if let isUnchanged = try digests?.isUnchanged(since: then) { return isUnchanged }
      return then.isSameFile(now) ? try isEvident(then.name) : false
    }

    private mutating func isEvident(_ name: String) throws(CheckpointError) -> Bool {
      guard let source else { return false }
      if let known = known[TensorName(name)] { return known }
      let evidence: SourceEvidence
      if let gathered = self.evidence { evidence = gathered } else { evidence = try SourceEvidence(source) }
      self.evidence = evidence
      let isProven = try evidence.proves(TensorName(name))
      known[TensorName(name)] = isProven
      return isProven
    }
  }

  /// The record of a segment in a partial file, if it was left meanwhile.
  func record(_ segment: Int, nonce: String) throws(CheckpointError) -> SegmentRecord? {
    guard let record = try record(named: SegmentRecord.fileName(segment, nonce)),
      !record.sources.contains(where: { isOther($0) })
    else { return nil }
    return record
  }

  private func record(named name: String) throws(CheckpointError) -> SegmentRecord? {
    guard let json = try SealedJSON.read(joinPath(folder.recordsFolder, name), files),
      let record = SegmentRecord(json, plan: plan), SegmentRecord.fileName(record.segment, record.nonce) == name
    else { return nil }
    return record
  }

  /// Leaves a record. It need not be durable: without it, the segment is done again.
  func leave(_ record: SegmentRecord) throws(CheckpointError) {
    let new = try files.writePrivately(SealedJSON.bytes(record.json), in: folder.temporaryFolder, syncs: false)
    try files.rename(new, to: joinPath(folder.recordsFolder, SegmentRecord.fileName(record.segment, record.nonce)))
  }

  /// The content, once what does not count is removed, before anything is written. A file that is published and lacks
  /// records, as where its source was touched, is made again.
  func contentToContinue() throws(CheckpointError) -> Content {
    var content = try content()
    // Another process may have published a file after its records were listed: a second look has them.
    if try !publishedInPart(content).isEmpty { content = try self.content() }
    for number in try publishedInPart(content).union(content.cut).sorted() {
      try partials.forget(number)
      for (segment, record) in content.records where plan.segments[segment].file == number {
        content.records[segment] = nil
        content.stale.append(SegmentRecord.fileName(segment, record.nonce))
      }
    }
    for name in content.stale { try files.remove(joinPath(folder.recordsFolder, name)) }
    try content.digests?.keep()
    // What was proven need not be read again.
    for (segment, record) in content.records where record.sources.contains(where: { isOther($0) }) {
      var record = record
      record.sources = record.sources.map { sources[TensorName($0.name)] ?? $0 }
      try leave(record)
      content.records[segment] = record
    }
    return content
  }

  private func publishedInPart(_ content: Content) throws(CheckpointError) -> Set<Int> {
    var found = Set(plan.segments.indices.filter { content.records[$0] == nil }.map { plan.segments[$0].file })
    for number in found {
      guard case .published = try partials.state(number) else {
        found.remove(number)
        continue
      }
    }
    return found
  }
}
