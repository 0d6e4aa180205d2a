/// What makes a set of complete files a checkpoint: side files, provenance, index, config.json.
public struct Finishing: Sendable {
  /// Files to carry over, from a folder.
  public var sideFiles: [String] = []
  public var sideFolder: String?
  /// Files whose content is given.
  public var written: [(name: String, bytes: [UInt8])] = []
  /// nil where the result has none.
  public var config: [UInt8]?
  /// Members of the provenance beside what every result has.
  public var provenance: JSONObject?

  public init() {}
}

extension Runner {
  /// Publishes what is complete and completes the result. Throws with `units missing` where segments are not done.
  ///
  /// The order is what makes a half result unreadable: files, side files, provenance, index, and config.json last; of
  /// a split GGUF set, shard 1 last. Then what is replaced goes, and the work folder. Each step may be done twice.
  ///
  /// - Parameter verifiesAll: reads all that was written once more, however much it is.
  public func finish(_ outcome: Outcome, verifiesAll: Bool = false) throws(CheckpointError) -> [Finding] {
    let records = try journal.content().records
    let missing = plan.segments.indices.filter { records[$0] == nil }
    guard missing.isEmpty else {
      throw CheckpointError(
        .unitsMissing, file: place.destination,
        "\(missing.count) of \(plan.segments.count) units are missing: \(foldedNumbers(missing))",
        hint: "run them, then finish again")
    }
    try checkWritten(records, all: verifiesAll)
    return try complete(
      try job.finishing(outcome), digests: try allDigests(records), records)
  }

  /// Publishes the weight files, writes what stands beside them, then ends the unfinished state.
  ///
  /// - Parameter records: none where the files are published already.
  @discardableResult
  func complete(
    _ finishing: Finishing, digests: [[SHA256Digest]]?, _ records: [Int: SegmentRecord]? = nil
  ) throws(CheckpointError) -> [Finding] {
    place.isFile
      ? try completeFile(finishing, digests, records ?? [:]) : try completeFolder(finishing, digests, records)
  }

  private func completeFolder(
    _ finishing: Finishing, _ digests: [[SHA256Digest]]?, _ records: [Int: SegmentRecord]?
  ) throws(CheckpointError) -> [Finding] {
    if let records { for file in plan.files.indices { try publish(file, records) } }
    var beside: [Provenance.SideFile] = []
    for name in finishing.sideFiles {
      guard let source = finishing.sideFolder else { continue }
      beside.append(try copy(joinPath(source, name), to: name))
    }
    for (name, bytes) in finishing.written { beside.append(try put(bytes, name)) }
    let index = plan.files.count > 1 ? index() : nil
    if let index { beside.append(.init(CheckpointIndex.usualName, index)) }
    if let config = finishing.config { beside.append(.init("config.json", config)) }
    try putProvenance(finishing, digests, beside)
    if let index { _ = try put(index, CheckpointIndex.usualName) }
    if let config = finishing.config { _ = try put(config, "config.json") }
    let lock = try destination.lock()
    defer { withExtendedLifetime(lock) {} }
    try folder.requireOwn()
    if folder.stage == .beside {
      try exchange()
      return try movedInPlace().end()
    }
    return try end()
  }

  private func completeFile(
    _ finishing: Finishing, _ digests: [[SHA256Digest]]?, _ records: [Int: SegmentRecord]
  ) throws(CheckpointError) -> [Finding] {
    let lock = try destination.lock()
    defer { withExtendedLifetime(lock) {} }
    try folder.requireOwn()
    if folder.stage == .beside { try takePlace() }
    return try movedInPlace().putFilesInPlace(finishing, digests, records)
  }

  private func putFilesInPlace(
    _ finishing: Finishing, _ digests: [[SHA256Digest]]?, _ records: [Int: SegmentRecord]
  ) throws(CheckpointError) -> [Finding] {
    // Shard 1 of an older set must not stand beside new ones, nor anything of it that the new set does not replace.
    let new = Set(plan.files.map { TensorName(place.name(of: $0)) })
    for name in try destination.occupants().owned where !new.contains(TensorName(name)) && name != place.provenanceName
    {
      try files.remove(joinPath(folder.destination, name))
    }
    if plan.files.count > 1, case .partial = try partials.state(0) { try files.remove(folder.finalFile(plan.files[0])) }
    for file in plan.files.indices.dropFirst() { try publish(file, records) }
    try putProvenance(finishing, digests, [])
    try publish(0, records)
    return try end()
  }

  private func publish(_ number: Int, _ records: [Int: SegmentRecord]) throws(CheckpointError) {
    if let segment = plan.segments.indices.first(where: { plan.segments[$0].file == number }) {
      guard let nonce = records[segment]?.nonce else { return }
      return try partials.publish(number, nonce: nonce)
    }
    // A file without tensors: no segment has made it.
    let (opened, nonce) = try partials.open(number)
    if opened != nil { try partials.publish(number, nonce: nonce) }
  }

  private func end() throws(CheckpointError) -> [Finding] {
    var kept: [Finding] = []
    if !place.isFile, let replaced = try replacedFolder(folder) { kept = try removeReplaced(replaced) }
    try folder.discard()
    try folder.sweep()
    return kept
  }

  // MARK: Files beside the weights

  private func putProvenance(
    _ finishing: Finishing, _ digests: [[SHA256Digest]]?, _ beside: [Provenance.SideFile]
  ) throws(CheckpointError) {
    guard let provenance = finishing.provenance else { return }
    let text = Provenance.json(plan, provenance, digests: digests, sideFiles: beside).text(indent: 2) + "\n"
    _ = try put(Array(text.utf8), place.provenanceName)
  }

  private func put(_ bytes: [UInt8], _ name: String) throws(CheckpointError) -> Provenance.SideFile {
    try files.writeAtomically(bytes, to: joinPath(folder.destination, name), by: folder.temporaryFolder)
    return .init(name, bytes)
  }

  /// Copies a small file into place: complete and durable, or not at all. It must be what it was when this was planned.
  private func copy(_ source: String, to name: String) throws(CheckpointError) -> Provenance.SideFile {
    let input = try OpenFile(reading: source, files.confined(to: parentPath(source)))
    let size = try input.size()
    let partial = files.privateName(in: folder.temporaryFolder)
    let output = try OpenFile(creating: partial, files)
    let buffer = try Buffer(byteCount: min(1 << 20, max(1, size)))
    var hasher = SHA256Hasher()
    var offset = 0
    while offset < size {
      let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<min(buffer.byteCount, size - offset)])
      try input.read(into: chunk, at: offset)
      hasher.update(UnsafeRawBufferPointer(chunk))
      try output.write(UnsafeRawBufferPointer(chunk), at: offset)
      offset += chunk.count
    }
    let digest = hasher.finish()
    if let planned = plan.inputs.files.first(where: { sameBytes($0.name, name) }), planned.digest != digest {
      throw CheckpointError(
        .inputChanged, file: name, "was changed while it was in use", hint: "run the command again, to a new place")
    }
    try output.sync()
    try files.rename(partial, to: joinPath(folder.destination, name))
    try files.syncDirectory(folder.destination)
    return .init(name: name, byteCount: size, digest: digest)
  }

  private func index() -> [UInt8] {
    var total = 0
    var names: [(TensorName, String)] = []
    for tensor in plan.tensors {
      for part in tensor.parts {
        total += plan.parts[part].range.count
        names.append((plan.parts[part].name, plan.files[tensor.file].name))
      }
    }
    names.sort { $0.0 < $1.0 }
    var text = "{\n  \"metadata\": {\n    \"total_size\": \(total)\n  },\n  \"weight_map\": {"
    for (i, (name, file)) in names.enumerated() {
      text += i == 0 ? "\n    " : ",\n    "
      appendJSONString(name.string, to: &text)
      text += ": "
      appendJSONString(file, to: &text)
    }
    text += "\n  }\n}\n"
    return Array(text.utf8)
  }

  // MARK: Digests

  /// Digests of all parts. A tensor that several segments wrote is read once more.
  private func allDigests(_ records: [Int: SegmentRecord]) throws(CheckpointError) -> [[SHA256Digest]]? {
    guard options.takesDigests else { return nil }
    var digests = [[SHA256Digest]](repeating: [], count: plan.tensors.count)
    for record in records.values {
      for tensor in record.tensors where tensor.isWhole { digests[tensor.tensor] = tensor.digests }
    }
    var open: [(tensor: Int, part: Int)] = []
    for (number, tensor) in plan.tensors.enumerated() where digests[number].isEmpty {
      for part in tensor.parts { open.append((number, part)) }
    }
    let found = try self.digests(open.map { (plan.tensors[$0.tensor].file, plan.parts[$0.part].range) })
    for (place, digest) in zip(open, found) { digests[place.tensor].append(digest) }
    return digests
  }

  /// SHA-256 of ranges of the result's files, wherever these are now.
  private func digests(_ ranges: [(file: Int, range: Range<Int>)]) throws(CheckpointError) -> [SHA256Digest] {
    let results = fileDigests(count: ranges.count, threads: options.threads) { [self] i in
      Result { () throws(CheckpointError) in
        (try OpenFile(reading: partials.currentPath(ranges[i].file), files), ranges[i].range)
      }
    }
    var digests: [SHA256Digest] = []
    for result in results { digests.append(try result.get()) }
    return digests
  }

  /// Results of more bytes than this are not read as a whole before they are published.
  private static let readWhole = 1 << 30
  /// Of those, one segment of so many is.
  private static let readShare = 64

  /// Reads what was written, and holds it against the digests that were taken while it was in memory: of all segments, or
  /// of one in 64, chosen by the plan's identity.
  private func checkWritten(_ records: [Int: SegmentRecord], all: Bool) throws(CheckpointError) {
    let readsAll = all || plan.outputBytes <= Self.readWhole
    let first = Int(UInt8(plan.id.hex.prefix(2), radix: 16) ?? 0) % min(Self.readShare, max(1, plan.segments.count))
    var places: [(file: Int, range: Range<Int>, part: Int, digest: SHA256Digest)] = []
    for (number, segment) in plan.segments.enumerated() where readsAll || number % Self.readShare == first {
      guard let record = records[number] else { continue }
      let panels = plan.panels(of: segment)
      for tensor in record.tensors where !tensor.digests.isEmpty {
        let rows = panels.filter { $0.tensor == tensor.tensor }.map(\.rows)
        guard let start = rows.first?.lowerBound, let end = rows.last?.upperBound else { continue }
        for (part, digest) in zip(plan.tensors[tensor.tensor].parts, tensor.digests) {
          let layout = plan.parts[part]
          if layout.bytesPerRow == nil, start > 0 { continue }
          let bytes = tensor.isWhole ? 0..<layout.range.count : layout.byteRange(rows: start..<end)
          places.append(
            (
              segment.file, layout.range.lowerBound + bytes.lowerBound..<layout.range.lowerBound + bytes.upperBound,
              part, digest
            ))
        }
      }
    }
    let found = try digests(places.map { ($0.file, $0.range) })
    let bad = zip(places, found).filter { $0.digest != $1 }.map(\.0)
    guard let one = bad.first else { return }
    // What was recorded of these files is not so any more.
    for file in Set(bad.map(\.file)).sorted() { try partials.forget(file) }
    throw CheckpointError(
      .outputChanged, file: place.name(of: plan.files[one.file]), tensor: plan.parts[one.part].name.string,
      "bytes \(one.range.lowerBound)..<\(one.range.upperBound) are not those that were written"
        + (bad.count > 1 ? "; \(bad.count - 1) more places are not either" : "")
        + ": something else changed the file, or the disk did",
      hint: "run the same command again: it makes what was changed anew")
  }
}
