/// Holding tensors against a manifest: to say which are damaged, and to accept a copy with other shards.
extension Verifier {
  /// Whether a weight file is another cut of the manifest's tensors.
  func isResharded(_ file: FolderListing.File, _ shard: Checkpoint.Shard?) -> Bool {
    guard manifest != nil, let shard, let checkpoint else { return false }
    // A digest of the whole file from stronger evidence decides.
    if let expected = expectation(file.name), expected.hasDigest, expected.level.isStronger(than: manifestLevel) {
      return false
    }
    guard let outline = outline(file.name) else { return hasOtherShards }
    if outline.entry.dataStart == nil { return false }
    if outline.tensorCount != shard.records.count { return true }
    var names = NamesHasher()
    for record in checkpoint.records[shard.records] { record.name.withBytes { names.add($0) } }
    return names.finish() != outline.names
  }

  /// Files that are written anew with the shards: another cut has others.
  func describesShards(_ file: FolderListing.File) -> Bool {
    file.name.hasSuffix(".safetensors.index.json") || file.name == OwnNames.provenance
  }

  /// Whether weights of the manifest are not here under their names, so that other names may hold them.
  var hasOtherShards: Bool {
    let present = Set(listing.files.map { TensorName($0.name) })
    return manifest?.files.contains { $0.entry.dataStart != nil && !present.contains(TensorName($0.entry.name)) }
      ?? false
  }

  mutating func compareTensors(
    byTensor: [Int], damaged: [Int], parsed: [TensorName: Checkpoint.Shard], expectedDigests: [SHA256Digest: String]
  ) throws(CheckpointError) {
    guard let manifest else { return }
    for place in damaged { try localise(listing.files[place], expectedDigests) }
    var expected: ExpectedTensors?
    if !byTensor.isEmpty, let checkpoint { expected = try ExpectedTensors(manifest, checkpoint.records) }
    if expected != nil { try compareResharded(byTensor, parsed, &expected, expectedDigests) }
    try reportAbsent(expected)
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
    guard let manifest, let outline = outline(file.name) else { return }
    let entry = try manifest.whole(outline)
    var task = ContentReader.Task(
      path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
    task.fileDigest = true
    task.zeroRuns = true
    let whole = entry.tensors.filter { $0.range.upperBound <= file.byteCount }
    task.regions = OnDemand(count: whole.count) { Self.region(whole[$0].range, sliceCount: whole[$0].slices.count) }
    let result = try read([task])[0]
    var bad: [Damage] = []
    for (tensor, found) in zip(whole, result.regions) where found.digest != tensor.digest {
      bad.append(Damage(tensor.name, tensor.slices, at: tensor.range, found))
    }
    for tensor in entry.tensors where tensor.range.upperBound > file.byteCount {
      bad.append(Damage(tensor.name, tensor.slices, at: tensor.range, nil))
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
  private static func region(_ range: Range<Int>, sliceCount: Int) -> ContentReader.Region {
    var region = ContentReader.Region(range: range)
    if sliceCount > 0 { region.sliceBytes = range.count.ceilDiv(sliceCount) }
    return region
  }

  private mutating func compareResharded(
    _ places: [Int], _ parsed: [TensorName: Checkpoint.Shard], _ expectedTensors: inout ExpectedTensors?,
    _ expectedDigests: [SHA256Digest: String]
  ) throws(CheckpointError) {
    guard let checkpoint, var wanted = expectedTensors.take() else { return }
    let files = places.map { listing.files[$0] }
    var tasks: [ContentReader.Task] = []
    for file in files {
      var task = ContentReader.Task(
        path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
      let records = parsed[TensorName(file.name)]?.records ?? 0..<0
      task.regions = OnDemand(count: records.count) { [wanted] i in
        let number = records.lowerBound + i
        return Self.region(checkpoint.records[number].range, sliceCount: wanted.slices(number).count)
      }
      task.fileDigest = manifestFile(file.name) != nil
      tasks.append(task)
    }
    let results = try read(tasks)
    tasks = []
    for (file, result) in zip(files, results) {
      guard let shard = parsed[TensorName(file.name)] else { continue }
      if let digest = result.digest, let other = expectedDigests[digest], let expected = expectation(file.name) {
        // Whole, but under another file's name.
        for number in shard.records { wanted.see(number) }
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
      for (number, found) in zip(shard.records, result.regions) {
        let record = checkpoint.records[number]
        guard let digest = wanted.digest(number) else {
          extra.append(record.name.string)
          continue
        }
        wanted.see(number)
        if wanted.isOther(number) {
          bad.append(Damage(record.name, wanted.slices(number), at: record.range, nil))
        } else if digest != found.digest {
          bad.append(Damage(record.name, wanted.slices(number), at: record.range, found))
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
    expectedTensors = wanted
  }

  /// Files of the manifest that are not here, and whose tensors are not here either.
  private mutating func reportAbsent(_ expected: ExpectedTensors?) throws(CheckpointError) {
    guard let manifest, let list, list.level == manifestLevel, list.isListing else { return }
    let present = Set(listing.files.map { TensorName($0.name) })
    let notRead = Set(
      outcome.files.filter { $0.state == .notRead }.map { TensorName($0.name) })
    for outline in manifest.files
    where outline.entry.dataStart != nil && !present.contains(TensorName(outline.entry.name)) {
      let name = outline.entry.name
      var absent: [String]?
      if let expected {
        absent = try manifest.whole(outline).tensors.filter { !expected.isSeen($0.name) }.map(\.name.string)
      }
      let absentCount = absent?.count ?? outline.tensorCount
      if absentCount == 0, outline.tensorCount > 0 { continue }
      if absentCount == outline.tensorCount {
        if notRead.isEmpty || !(expected?.hasSeen ?? false) { reportMissing(name, list) }
        continue
      }
      // A part of its tensors lies in other files: the rest is missing, unless it is in files that were not read.
      guard notRead.isEmpty, let absent else { continue }
      var finding = Finding(
        .error, .verifyMissing, file: name, tensor: absent[0],
        "is in the manifest, but in no file here" + (absent.count > 1 ? "; nor are \(absent.count - 1) others" : ""))
      finding.tensors = absent
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
  init(
    _ tensor: TensorName, _ expected: [SHA256Digest], at range: Range<Int>, _ found: ContentReader.RegionResult?
  ) {
    name = tensor.string
    let bad = expected.indices.filter {
      found?.slices.count == expected.count && found?.slices[$0] != expected[$0]
    }
    slices = bad
    let size = bad.isEmpty ? 0 : range.count / expected.count
    ranges = bad.isEmpty ? [range] : bad.map { range.lowerBound + $0 * size..<range.lowerBound + ($0 + 1) * size }
  }

  /// `, slice 17 of the stack`, where stacks have damage in some slices only.
  static func slices(_ damages: [Damage]) -> String {
    let slices = Set(damages.flatMap(\.slices))
    if slices.isEmpty { return "" }
    return ", \(slices.count == 1 ? "slice" : "slices") \(foldedNumbers(slices)) of the stack"
  }
}
