/// Holding tensors against a manifest: to say which are damaged, and to accept a copy with other shards.
extension Verifier {
  /// Whether a weight file is another cut of the manifest's tensors.
  func isResharded(_ file: FolderListing.File, _ shard: Checkpoint.Shard?) -> Bool {
    guard manifest != nil, let shard, let checkpoint else { return false }
    // A digest of the whole file from stronger evidence decides.
    if let expected = expectation(file.name), expected.hasDigest, expected.level.isStronger(than: manifestLevel) {
      return false
    }
    guard let entry = manifestFile(file.name) else { return hasOtherShards }
    if entry.dataStart == nil { return false }
    let names = checkpoint.records[shard.records].map(\.name)
    return names != entry.tensors.map(\.name)
  }

  /// Files that are written anew with the shards: another cut has others.
  func describesShards(_ file: FolderListing.File) -> Bool {
    file.name.hasSuffix(".safetensors.index.json") || file.name == Provenance.fileName
  }

  /// Whether weights of the manifest are not here under their names, so that other names may hold them.
  var hasOtherShards: Bool {
    let present = Set(listing.files.map { TensorName($0.name) })
    return manifest?.files.contains { $0.dataStart != nil && !present.contains(TensorName($0.name)) } ?? false
  }

  mutating func compareTensors(
    byTensor: [Int], damaged: [Int], parsed: [TensorName: Checkpoint.Shard], expectedDigests: [SHA256Digest: String]
  ) throws(CheckpointError) {
    guard let manifest else { return }
    for place in damaged { try localise(listing.files[place], expectedDigests) }
    var table: [TensorName: (file: Int, tensor: Int)] = [:]
    for (i, file) in manifest.files.enumerated() where !byTensor.isEmpty {
      for (j, tensor) in file.tensors.enumerated() { table[tensor.name] = (i, j) }
    }
    var seen = Set<TensorName>()
    try compareResharded(byTensor, parsed, table, expectedDigests, &seen)
    reportAbsent(seen)
    if !byTensor.isEmpty {
      outcome.findings.append(
        Finding(
          .note, .verifyResharded,
          "\(byTensor.count) weight files are cut otherwise than in the manifest: their tensors were compared one by one"
        ))
    }
  }

  /// Which tensors of a file that has not its digest are damaged, by the manifest's map of the file.
  private mutating func localise(
    _ file: FolderListing.File, _ expectedDigests: [SHA256Digest: String]
  ) throws(CheckpointError) {
    guard let entry = manifestFile(file.name) else { return }
    var task = ContentReader.Task(
      path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
    task.fileDigest = true
    task.zeroRuns = true
    let whole = entry.tensors.filter { $0.range.upperBound <= file.byteCount }
    task.regions = whole.map { region($0, at: $0.range) }
    let result = try read([task])[0]
    var bad: [Damage] = []
    for (tensor, found) in zip(whole, result.regions) where found.digest != tensor.digest {
      bad.append(Damage(tensor, at: tensor.range, found))
    }
    for tensor in entry.tensors where tensor.range.upperBound > file.byteCount {
      bad.append(Damage(tensor, at: tensor.range, nil))
    }
    let isShort = file.byteCount < entry.byteCount
    var ranges = ContentFindings.merged(bad.flatMap(\.ranges))
    if isShort { ranges = ContentFindings.merged(ranges + [file.byteCount..<entry.byteCount]) }
    // The header has no digest of its own: it is what is left when all tensors are right, and it is short.
    let start = entry.dataStart ?? 0
    let isHeaderSuspect = bad.isEmpty || !headerFits(file, entry)
    if isHeaderSuspect { ranges = ContentFindings.merged([0..<start] + ranges) }
    var finding = Finding(.error, .verifyMismatch, file: file.name, tensor: bad.first?.name, "")
    finding.tensors = bad.map(\.name)
    finding.ranges = ranges
    if file.byteCount != entry.byteCount {
      let difference = abs(entry.byteCount - file.byteCount)
      finding.problem =
        "has \(file.byteCount) bytes, where the manifest says \(entry.byteCount): \(difference) bytes "
        + (isShort ? "are missing" : "too many")
    } else if let digest = result.digest, let other = expectedDigests[digest], !sameBytes(other, file.name) {
      finding.problem = "is not what the manifest says: it is what '\(other)' should be"
    } else {
      finding.problem = "is not what the manifest says"
    }
    if bad.isEmpty, isHeaderSuspect {
      finding.problem += ": its header is damaged, its tensors are not"
    } else if !bad.isEmpty {
      finding.problem += ": \(bad.count) of \(entry.tensors.count) tensors differ"
      if bad.count <= 64 { finding.problem += " (\(describe(finding.tensors))\(Damage.slices(bad)))" }
    }
    if let first = ranges.first {
      finding.problem +=
        ranges.count == 1 ? ", bytes \(first.lowerBound) to \(first.upperBound)" : ", in \(ranges.count) places"
    }
    let zero = result.zeroRuns.filter { run in ranges.contains { $0.overlaps(run) } }
    if let first = zero.first { finding.problem += "; zero from byte \(first.lowerBound) to \(first.upperBound)" }
    finding.hint = "get these bytes again: --repair-list writes them in a form for scripts"
    outcome.findings.append(finding)
    addRepair(file.name, file.byteCount > entry.byteCount ? [] : ranges)
  }

  /// Whether the header of a file says the same as the manifest about its tensors.
  private func headerFits(_ file: FolderListing.File, _ entry: Manifest.File) -> Bool {
    guard let container = Container(ofFile: file.name),
      let header = try? ShardHeader(
        reading: OpenFile(reading: joinPath(listing.folder, file.name), access), container),
      header.dataStart == entry.dataStart, header.entries.count == entry.tensors.count
    else { return false }
    return zip(header.entries, entry.tensors).allSatisfy {
      $0.name == $1.name && $0.dtype == $1.dtype && $0.block == $1.block && $0.shape == $1.shape
        && $0.range.lowerBound + header.dataStart == $1.range.lowerBound && $0.range.count == $1.range.count
    }
  }

  /// What is read of a tensor of the manifest, wherever it lies.
  private func region(_ tensor: Manifest.Tensor?, at range: Range<Int>) -> ContentReader.Region {
    var region = ContentReader.Region(range: range)
    if let tensor, !tensor.slices.isEmpty, tensor.range.count == range.count {
      region.sliceBytes = range.count.ceilDiv(tensor.slices.count)
    }
    return region
  }

  private mutating func compareResharded(
    _ places: [Int], _ parsed: [TensorName: Checkpoint.Shard], _ table: [TensorName: (file: Int, tensor: Int)],
    _ expectedDigests: [SHA256Digest: String], _ seen: inout Set<TensorName>
  ) throws(CheckpointError) {
    guard let manifest, let checkpoint else { return }
    let files = places.map { listing.files[$0] }
    var tasks: [ContentReader.Task] = []
    for file in files {
      var task = ContentReader.Task(
        path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
      let records = parsed[TensorName(file.name)].map { checkpoint.records[$0.records] } ?? []
      task.regions = records.map { record in
        region(table[record.name].map { manifest.files[$0.file].tensors[$0.tensor] }, at: record.range)
      }
      task.fileDigest = manifestFile(file.name) != nil
      tasks.append(task)
    }
    for (file, result) in zip(files, try read(tasks)) {
      guard let shard = parsed[TensorName(file.name)] else { continue }
      if let digest = result.digest, let other = expectedDigests[digest], let expected = expectation(file.name) {
        // Whole, but under another file's name.
        seen.formUnion(checkpoint.records[shard.records].map(\.name))
        outcome.files.append((file.name, manifestLevel, .bad))
        outcome.findings.append(
          Finding(
            .error, .verifyMismatch, file: file.name,
            "is not what \(expected.source) says: it is what '\(other)' should be",
            hint: "give the files their right names, or get this file again"))
        addRepair(file.name, [])
        continue
      }
      var bad: [Damage] = []
      var extra: [String] = []
      for (record, found) in zip(checkpoint.records[shard.records], result.regions) {
        guard let place = table[record.name] else {
          extra.append(record.name.string)
          continue
        }
        seen.insert(record.name)
        let tensor = manifest.files[place.file].tensors[place.tensor]
        if tensor.typeName != record.typeName || tensor.shape != record.shape {
          bad.append(Damage(tensor, at: record.range, nil))
        } else if tensor.digest != found.digest {
          bad.append(Damage(tensor, at: record.range, found))
        }
      }
      if !bad.isEmpty {
        var finding = Finding(
          .error, .verifyMismatch, file: file.name, tensor: bad[0].name,
          "\(bad.count) of \(result.regions.count) tensors are not what the manifest says"
            + " (\(describe(bad.map(\.name)))\(Damage.slices(bad)))")
        finding.tensors = bad.map(\.name)
        finding.ranges = ContentFindings.merged(bad.flatMap(\.ranges))
        if let first = finding.ranges.first {
          finding.problem += ", bytes \(first.lowerBound) to \(first.upperBound)"
          if finding.ranges.count > 1 { finding.problem += ", …" }
        }
        finding.hint = "get these bytes again: --repair-list writes them in a form for scripts"
        outcome.findings.append(finding)
        addRepair(file.name, finding.ranges)
      }
      if let first = extra.first {
        outcome.findings.append(
          Finding(
            .error, .verifyExtra, file: file.name, tensor: first,
            "is here, but not in the manifest"
              + (extra.count > 1 ? "; nor are \(extra.count - 1) others of this file" : "")))
        if extra.count == result.regions.count { outcome.extra.append(file.name) }
      }
      outcome.files.append((file.name, manifestLevel, bad.isEmpty && extra.isEmpty ? .ok : .bad))
    }
  }

  /// Files of the manifest that are not here, and whose tensors are not here either.
  private mutating func reportAbsent(_ seen: Set<TensorName>) {
    guard let manifest, let list, list.level == manifestLevel, list.isListing else { return }
    let present = Set(listing.files.map { TensorName($0.name) })
    let notRead = Set(
      outcome.files.filter { $0.state == .notRead }.map { TensorName($0.name) })
    for file in manifest.files where file.dataStart != nil && !present.contains(TensorName(file.name)) {
      let absent = file.tensors.filter { !seen.contains($0.name) }
      if absent.isEmpty, !file.tensors.isEmpty { continue }
      if absent.count == file.tensors.count || file.tensors.isEmpty {
        if notRead.isEmpty || seen.isEmpty { reportMissing(file.name, list) }
        continue
      }
      // A part of its tensors lies in other files: the rest is missing, unless it is in files that were not read.
      if !notRead.isEmpty { continue }
      var finding = Finding(
        .error, .verifyMissing, file: file.name, tensor: absent[0].name.string,
        "is in the manifest, but in no file here" + (absent.count > 1 ? "; nor are \(absent.count - 1) others" : ""))
      finding.tensors = absent.map(\.name.string)
      outcome.findings.append(finding)
    }
  }
}

/// A tensor that is not what the manifest says, and where.
private struct Damage {
  let name: String
  /// Its bytes, or those of the slices of a stack that differ.
  let ranges: [Range<Int>]
  /// Which slices; empty where the tensor as a whole is meant.
  let slices: [Int]

  /// - Parameter found: what was read; nil where that says nothing of single slices.
  init(_ tensor: Manifest.Tensor, at range: Range<Int>, _ found: ContentReader.RegionResult?) {
    name = tensor.name.string
    let bad = tensor.slices.indices.filter {
      found?.slices.count == tensor.slices.count && found?.slices[$0] != tensor.slices[$0]
    }
    slices = bad
    let size = bad.isEmpty ? 0 : range.count / tensor.slices.count
    ranges = bad.isEmpty ? [range] : bad.map { range.lowerBound + $0 * size..<range.lowerBound + ($0 + 1) * size }
  }

  /// `, slice 17 of the stack`, where stacks have damage in some slices only.
  static func slices(_ damages: [Damage]) -> String {
    let slices = Set(damages.flatMap(\.slices))
    if slices.isEmpty { return "" }
    return ", \(slices.count == 1 ? "slice" : "slices") \(foldedNumbers(slices)) of the stack"
  }
}
