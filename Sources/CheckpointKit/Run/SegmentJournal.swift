/// The records of a plan's segments: which count, and which do not.
struct SegmentJournal: Sendable {
  let plan: Plan
  let folder: WorkFolder
  let files: FileAccess
  /// What the source's files are now, by name.
  let sources: [TensorName: SourceStamp]

  init(_ plan: Plan, _ folder: WorkFolder, source: Checkpoint?) {
    self.plan = plan
    self.folder = folder
    files = folder.files
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
    for (name, record) in read {
      guard let record else {
        content.stale.append(name)
        continue
      }
      let file = plan.segments[record.segment].file
      if case .partial(record.nonce, whole: false) = states[file] { content.cut.insert(file) }
      if states[file].nonce != record.nonce {
        content.stale.append(name)
      } else if let stamp = touched(record) {
        content.touched[TensorName(stamp.name), default: 0] += 1
        content.stale.append(name)
      } else {
        content.records[record.segment] = record
      }
    }
    return content
  }

  /// The first of the files it was made of that is another now.
  private func touched(_ record: SegmentRecord) -> SourceStamp? {
    record.sources.first { stamp in sources[TensorName(stamp.name)].map { !stamp.matches($0) } ?? false }
  }

  /// The record of a segment in a partial file, if it was left meanwhile.
  func record(_ segment: Int, nonce: String) throws(CheckpointError) -> SegmentRecord? {
    guard let record = try record(named: SegmentRecord.fileName(segment, nonce)), touched(record) == nil else {
      return nil
    }
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
