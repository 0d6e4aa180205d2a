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
  /// a split GGUF set, shard 1 last. Then the work folder goes.
  public func finish(_ finishing: Finishing) throws(CheckpointError) {
    let missing = try missingSegments()
    guard missing.isEmpty else {
      throw CheckpointError(
        .unitsMissing, file: place.destination,
        "\(missing.count) of \(plan.segments.count) units are missing: \(foldedNumbers(missing))",
        hint: "run them, then finish again")
    }
    if place.isFile, place.overwrite, try files.status(folder.partialFile(plan.files[0])) != nil {
      // Shard 1 of an older set must not stand beside new ones.
      if plan.files.count > 1 { try files.remove(folder.finalFile(plan.files[0])) }
    }
    for file in plan.files.indices.dropFirst(place.isFile ? 1 : 0) { try publish(file) }
    let records = try folder.records(of: plan)
    try complete(finishing, digests: try allDigests(records))
  }

  /// Writes what stands beside the weight files, then ends the unfinished state.
  func complete(_ finishing: Finishing, digests: [[SHA256Digest]]?) throws(CheckpointError) {
    for name in finishing.sideFiles {
      guard let source = finishing.sideFolder else { continue }
      try copy(joinPath(source, name), to: joinPath(folder.destination, name))
    }
    for (name, bytes) in finishing.written { try put(bytes, name) }
    if let provenance = finishing.provenance {
      let text = Provenance.json(plan, provenance, digests: digests).text(indent: 2) + "\n"
      try put(Array(text.utf8), place.provenanceName)
    }
    if place.isFile {
      try publish(0)
    } else if plan.files.count > 1 {
      try put(index(), CheckpointIndex.usualName)
    }
    if let config = finishing.config {
      try put(config, "config.json")
    }
    // One rename ends the unfinished state; what is then removed means nothing any more.
    try files.removeTree(folder.discarded)
    try files.rename(folder.path, to: folder.discarded)
    try files.syncDirectory(folder.destination)
    try files.removeTree(folder.discarded)
    if place.overwrite, !place.isFile { try exchange() }
  }

  private func put(_ bytes: [UInt8], _ name: String) throws(CheckpointError) {
    let partial = joinPath(folder.path, "small.partial")
    try files.writeAtomically(bytes, to: joinPath(folder.destination, name), partial: partial)
  }

  /// Puts the new folder in the old one's place, then removes the old one.
  func exchange() throws(CheckpointError) {
    // Behind a link, the folder that it leads to is the one that is replaced.
    let destination =
      try files.status(place.destination) == nil ? trimSlashes(place.destination) : files.realPath(place.destination)
    if try files.status(destination) == nil {
      try files.rename(folder.destination, to: destination)
    } else {
      try files.exchange(folder.destination, destination)
      try files.syncDirectory(parentPath(destination))
      try files.removeTree(folder.destination)
    }
    try files.syncDirectory(parentPath(destination))
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

  /// Digests of all parts. A tensor that several segments wrote is read once more.
  private func allDigests(_ records: [Int: SegmentRecord]) throws(CheckpointError) -> [[SHA256Digest]]? {
    guard options.takesDigests else { return nil }
    var digests = [[SHA256Digest]](repeating: [], count: plan.tensors.count)
    for record in records.values {
      for tensor in record.tensors where !tensor.digests.isEmpty { digests[tensor.tensor] = tensor.digests }
    }
    var open: [(tensor: Int, part: Int)] = []
    for (number, tensor) in plan.tensors.enumerated() where digests[number].isEmpty {
      for part in tensor.parts { open.append((number, part)) }
    }
    let results = fileDigests(count: open.count, threads: options.threads) { [self, open] i in
      Result { () throws(CheckpointError) in
        let file = plan.files[plan.tensors[open[i].tensor].file]
        return (try OpenFile(reading: currentFile(file), files), plan.parts[open[i].part].range)
      }
    }
    for (place, result) in zip(open, results) { digests[place.tensor].append(try result.get()) }
    return digests
  }

  /// Copies a small file into place: complete and durable, or not at all.
  private func copy(_ source: String, to destination: String) throws(CheckpointError) {
    let input = try OpenFile(reading: source, files.confined(to: parentPath(source)))
    let size = try input.size()
    let partial = joinPath(folder.path, "side.partial")
    try files.remove(partial)
    let output = try OpenFile(creating: partial, files)
    let buffer = try Buffer(byteCount: min(1 << 20, max(1, size)))
    var offset = 0
    while offset < size {
      let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<min(buffer.byteCount, size - offset)])
      try input.read(into: chunk, at: offset)
      try output.write(UnsafeRawBufferPointer(chunk), at: offset)
      offset += chunk.count
    }
    try output.sync()
    try files.rename(partial, to: destination)
    try files.syncDirectory(folder.destination)
  }
}
