internal import Synchronization

/// Reading the files, and judging each by its digest.
extension Verifier {
  mutating func readFiles() throws(CheckpointError) {
    let chosen = chosenFiles()
    let parsed = Dictionary(uniqueKeysWithValues: (checkpoint?.shards ?? []).map { (TensorName($0.name), $0) })
    let sizes = Set(sources.flatMap { $0.entries.values.compactMap(\.byteCount) })
    var tasks: [ContentReader.Task] = []
    var places: [Int] = []
    /// Files that are held against the manifest tensor by tensor.
    var byTensor: [Int] = []
    /// Files that are held against the digests of their tensors by a digest root, and whose headers by nothing.
    var byRoot = 0
    judgeUnread()
    for (i, file) in listing.files.enumerated() where file.isRegular && !ownFiles.contains(TensorName(file.name)) {
      guard chosen.contains(i) else {
        outcome.files.append((file.name, expectation(file.name)?.level ?? .structure, .notRead))
        continue
      }
      let shard = parsed[TensorName(file.name)]
      if isResharded(file, shard) {
        byTensor.append(i)
        continue
      }
      let expected = expectation(file.name)
      if expected?.digestRoot != nil, expected?.headerDigest == nil { byRoot += 1 }
      tasks.append(task(file, expected, shard, sizes))
      places.append(i)
    }
    let results = try read(tasks)
    var expectedDigests: [SHA256Digest: String] = [:]
    for source in sources.reversed() {
      for (name, entry) in source.entries { if let digest = entry.digest { expectedDigests[digest] = name.string } }
    }
    var damaged: [Int] = []
    for (place, result) in zip(places, results) {
      let file = listing.files[place]
      let shard = parsed[TensorName(file.name)]
      let expected = expectation(file.name)
      let level = expected?.hasDigest == true ? expected?.level ?? .structure : .structure
      let problem = expected.flatMap { self.problem(file, shard, $0, result) }
      if problem == nil, let expected, try reportHeader(file, shard, expected) {
        outcome.files.append((file.name, expected.level, .bad))
      } else if problem == nil, let expected, expected.hasDigest {
        let isGood = !malformed.contains(TensorName(file.name)) && !isPointer(file)
        let isHalf = options.requiresDigest && expected.digestRoot != nil && expected.headerDigest == nil
        if isHalf { withoutHeaderDigest.insert(TensorName(file.name)) }
        outcome.files.append((file.name, level, !isGood ? .bad : isHalf ? .unverified : .ok))
        reportPointer(file)
      } else if let problem, let expected {
        if level == manifestLevel, describesShards(file), !byTensor.isEmpty || hasOtherShards {
          let other = sources.first {
            $0.entries[TensorName(file.name)]?.digest == result.digest && result.digest != nil
          }
          outcome.files.append((file.name, other?.level ?? .structure, other == nil ? .unverified : .ok))
          continue
        }
        outcome.files.append((file.name, expected.hasDigest ? level : .structure, .bad))
        // What the list says of itself was said where it was read.
        if expected.isContradicted { continue }
        // The manifest of the very file, whoever says so, knows its tensors.
        if let entry = manifestFile(file.name), entry.dataStart != nil,
          level == manifestLevel || entry.digest == expected.digest
        {
          damaged.append(place)
        } else {
          try report(file, shard, expected, problem, result, expectedDigests)
        }
      } else {
        let isGood = !malformed.contains(TensorName(file.name)) && !isPointer(file)
        outcome.files.append((file.name, .structure, isGood ? .unverified : .bad))
        reportPointer(file)
        outcome.findings += contentFindings(file, shard, result)
      }
    }
    reportHeaders(ofFiles: byRoot)
    try compareTensors(byTensor: byTensor, damaged: damaged, parsed: parsed, expectedDigests: expectedDigests)
  }

  /// What is neither a file nor a link to nothing.
  private mutating func judgeUnread() {
    for file in listing.files {
      guard let reason = file.reasonNotRead else { continue }
      let expected = expectation(file.name)
      outcome.files.append((file.name, expected?.level ?? .structure, expected == nil ? .unverified : .bad))
      if let expected {
        outcome.findings.append(
          Finding(.error, .verifyMismatch, file: file.name, "\(reason), where \(expected.source) lists a file"))
      }
    }
  }

  /// What digests of tensors do not prove.
  private mutating func reportHeaders(ofFiles count: Int) {
    if count == 0 { return }
    outcome.findings.append(
      Finding(
        .note, .verifyNotChecked,
        "the provenance has digests of tensors: what the headers of \(count) weight "
          + (count == 1 ? "file" : "files") + " say (types, shapes, metadata) was held against nothing",
        hint: "a manifest made by 'ckpt checksum' covers them, and says which tensor is damaged"))
  }

  /// The stored tensors of a weight file; nil where its header cannot be read, which its structure says.
  private func storedTensors(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?
  ) -> FileTensors? {
    if let shard, let checkpoint { return FileTensors(shard, of: checkpoint) }
    guard let container = Container(ofFile: file.name),
      let header = try? ShardHeader(
        reading: OpenFile(reading: joinPath(listing.folder, file.name), access), container)
    else { return nil }
    return FileTensors(header)
  }

  /// The digest root of a weight file, from what was read of its tensors.
  private func digestRoot(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?, _ result: ContentReader.Result
  ) -> SHA256Digest? {
    guard let tensors = storedTensors(file, shard), tensors.count == result.regions.count else { return nil }
    var digests: [(name: TensorName, digest: SHA256Digest)] = []
    for (i, region) in result.regions.enumerated() {
      guard let digest = region.digest else { return nil }
      digests.append((tensors[i].name, digest))
    }
    return Provenance.root(of: digests)
  }

  /// The files of this slice: dealt out largest first, each to the slice that has the least so far.
  private func chosenFiles() -> Set<Int> {
    guard let sample = options.sample else { return Set(listing.files.indices) }
    var loads = [Int](repeating: 0, count: sample.count)
    var chosen = Set<Int>()
    let order = listing.files.indices.sorted {
      (listing.files[$0].byteCount, $1) > (listing.files[$1].byteCount, $0)
    }
    for i in order {
      let slice = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[slice] += listing.files[i].byteCount + 1
      if slice == sample.slice - 1 { chosen.insert(i) }
    }
    return chosen
  }

  private func task(
    _ file: FolderListing.File, _ expected: Expectation?, _ shard: Checkpoint.Shard?, _ sizes: Set<Int>
  ) -> ContentReader.Task {
    var task = ContentReader.Task(
      path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
    let isWhole = expected?.byteCount.map { $0 == file.byteCount } ?? true
    // A file of another size is another file; its digest may say which.
    if isWhole || sizes.contains(file.byteCount), let expected, expected.hasDigest {
      task.fileDigest = expected.digest != nil || expected.gitEntry != nil
      task.gitBlob = expected.gitBlob != nil || expected.gitEntry != nil && file.byteCount <= Self.gitEntryLimit
    }
    task.zeroRuns = file.isWeight
    if expected?.digestRoot != nil {
      if let tensors = storedTensors(file, shard) {
        task.regions = OnDemand(count: tensors.count) { ContentReader.Region(range: tensors[$0].range) }
      }
    } else if expected?.hasDigest != true {
      task.regions = scannedRegions(shard)
    }
    return task
  }

  private func scannedRegions(_ shard: Checkpoint.Shard?) -> OnDemand<ContentReader.Region> {
    guard let shard, let checkpoint else { return [] }
    let regions = FileTensors(shard, of: checkpoint).regions
    return OnDemand(count: regions.count) { i in
      var region = regions[i]
      region.digest = false
      region.sliceBytes = nil
      return region
    }
  }

  /// Larger files are in git as pointers only.
  private static let gitEntryLimit = 256 << 20

  mutating func read(_ tasks: [ContentReader.Task]) throws(CheckpointError) -> [ContentReader.Result] {
    let total = tasks.reduce(0) { $0 + $1.byteCount }
    let shown = SharedCount()
    let progress = options.progress
    var reader = ContentReader(files: access, threads: options.threads)
    reader.takeBuffers(of: options.memory, held: needs.leastBeforeBuffers)
    reader.isStopped = options.isStopped
    reader.progress = { bytes in progress(shown.add(bytes), total) }
    reader.rate = options.rate.map { RateLimit(bytesPerSecond: $0) }
    let results = try ContentReader.all(reader.read(tasks))
    outcome.readBytes += total
    return results
  }

  // MARK: Judging

  /// Why a file is not what is expected; nil where it is.
  private func problem(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?, _ expected: Expectation, _ result: ContentReader.Result
  ) -> String? {
    if expected.isContradicted { return "has two unlike digests in \(expected.source)" }
    if let count = expected.byteCount, count != file.byteCount {
      let difference = abs(count - file.byteCount)
      return "has \(file.byteCount) bytes, where \(expected.source) says \(count): \(difference) bytes "
        + (count > file.byteCount ? "are missing" : "too many")
    }
    if let digest = expected.digest {
      guard digest != result.digest else { return nil }
      return "has SHA-256 \(result.digest?.hex ?? "…"), where \(expected.source) says \(digest.hex)"
    }
    if let blob = expected.gitBlob {
      return blob == result.gitBlob
        ? nil : "has git id \(result.gitBlob ?? "…"), where \(expected.source) says \(blob)"
    }
    if let root = expected.digestRoot {
      guard let found = digestRoot(file, shard, result) else {
        return "has no header that can be read, so that its tensors have no digests"
      }
      return found == root
        ? nil : "has tensors of digest root \(found.hex), where \(expected.source) says \(root.hex)"
    }
    guard let entry = expected.gitEntry else { return nil }
    if entry == result.gitBlob { return nil }
    if let digest = result.digest, entry == GitBlobHasher.pointer(to: digest, byteCount: file.byteCount) { return nil }
    return "is neither the file nor what the git-lfs pointer \(entry) of \(expected.source) stands for"
  }

  /// Reports a header that is another than the one that was written, where the evidence has its digest.
  private mutating func reportHeader(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?, _ expected: Expectation
  ) throws(CheckpointError) -> Bool {
    guard let digest = expected.headerDigest, let start = storedTensors(file, shard)?.dataStart else { return false }
    let range = 0..<min(start, file.byteCount)
    let found = try OpenFile(reading: joinPath(listing.folder, file.name), access).digest(of: range)
    if found == digest { return false }
    var finding = Finding(
      .error, .verifyMismatch, file: file.name,
      "has a header of SHA-256 \(found.hex), where \(expected.source) says \(digest.hex)"
        + (expected.digestRoot == nil ? "" : "; the bytes of its tensors are right"),
      hint: "'ckpt metadata' changes headers too: if that was meant, make a manifest of the file as it is with "
        + "'ckpt checksum'; else make the result anew, or get this file again")
    finding.ranges = [range]
    outcome.findings.append(finding)
    addRepair(file.name, [range], isProven: expected.digestRoot != nil)
    return true
  }

  /// Whether a file is a git-lfs pointer in place of the file that it stands for.
  private func pointer(_ file: FolderListing.File) -> DownloadPointer? {
    let limit = DownloadPointer.byteLimit
    guard file.byteCount < limit, let bytes = try? access.readAll(joinPath(listing.folder, file.name), limit: limit)
    else { return nil }
    return DownloadPointer(bytes)
  }

  private func isPointer(_ file: FolderListing.File) -> Bool { pointer(file) != nil }

  /// A pointer that is no weight file: for those, reading the header has found it.
  private mutating func reportPointer(_ file: FolderListing.File) {
    guard !malformed.contains(TensorName(file.name)), let pointer = pointer(file) else { return }
    outcome.findings.append(
      Finding(
        .error, .foreignFile, file: file.name, "is \(pointer.description), not the file itself", hint: hint(pointer)))
    addRepair(file.name, [])
  }

  /// What to do about a pointer: its content may be here already.
  private func hint(_ pointer: DownloadPointer) -> String {
    guard let hex = pointer.digest?.hex else { return pointer.hint }
    let object = ".git/lfs/objects/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
    return access.exists(joinPath(listing.folder, object))
      ? "its content is in .git/lfs: run 'git lfs checkout'" : pointer.hint
  }

  /// A mismatch where nothing says which bytes are right: what can be seen of the damage.
  private mutating func report(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?, _ expected: Expectation, _ problem: String,
    _ result: ContentReader.Result, _ expectedDigests: [SHA256Digest: String]
  ) throws(CheckpointError) {
    var finding = Finding(.error, .verifyMismatch, file: file.name, problem)
    if let digest = result.digest, let other = expectedDigests[digest], !sameBytes(other, file.name) {
      finding.problem += "; it is what '\(other)' should be"
    } else if let count = expected.byteCount, file.byteCount < count {
      finding.ranges = [file.byteCount..<count]
    } else if !result.zeroRuns.isEmpty, file.byteCount == expected.byteCount ?? file.byteCount {
      finding.ranges = result.zeroRuns
      finding.problem += "; it is zero from byte \(result.zeroRuns[0].lowerBound) to \(result.zeroRuns[0].upperBound)"
      if result.zeroRuns.count > 1 { finding.problem += " and in \(result.zeroRuns.count - 1) more places" }
      let open = try? OpenFile(reading: joinPath(listing.folder, file.name), access)
      let holes = result.zeroRuns.count { open?.isHole($0) ?? false }
      if holes > 0 {
        finding.problem += holes == result.zeroRuns.count ? " (never written)" : " (\(holes) never written)"
      }
    }
    finding.tensors = try tensors(of: file.name, in: finding.ranges)
    if !finding.tensors.isEmpty { finding.problem += ": " + describe(finding.tensors) }
    if finding.ranges.isEmpty, file.isWeight, file.byteCount == expected.byteCount ?? file.byteCount {
      try look(for: &finding, in: file, shard)
    }
    finding.tensor = finding.tensors.first
    if !malformed.contains(TensorName(file.name)), let pointer = pointer(file) {
      finding.problem += "; it is \(pointer.description), not the file itself"
      finding.hint = hint(pointer)
    }
    let again =
      expected.level == .provenance
      ? "make the result anew, or get this file again; if 'ckpt metadata' changed it, 'ckpt checksum' makes a manifest of "
        + "it as it is"
      : "get this file again"
    finding.hint = finding.hint ?? again
    outcome.findings.append(finding)
    addRepair(file.name, finding.ranges, isProven: finding.ranges.isEmpty)
  }

  /// Says which tensors of a damaged file look damaged, and, where none does, what was looked for.
  private mutating func look(
    for finding: inout Finding, in file: FolderListing.File, _ shard: Checkpoint.Shard?
  ) throws(CheckpointError) {
    guard shard != nil else {
      finding.problem += "; its header cannot be read, so that no tensor can be named"
      return
    }
    var task = ContentReader.Task(
      path: joinPath(listing.folder, file.name), byteCount: file.byteCount, status: file.status)
    task.zeroRuns = true
    task.regions = scannedRegions(shard)
    let seen = contentFindings(file, shard, try read([task])[0]).filter { $0.severity >= .warning }
    outcome.findings += seen
    finding.ranges = ContentFindings.merged(seen.flatMap(\.ranges))
    finding.tensors = try tensors(of: file.name, in: finding.ranges)
    finding.problem +=
      seen.isEmpty
      ? "; zero runs, zero and constant tensors, values that are no numbers and bad scales were looked for, and none "
        + "found: which tensor it is, a manifest would say"
      : "; what looks damaged: " + describe(finding.tensors)
  }

  /// The tensors of a file that have bytes in some of the ranges, by the manifest or by its own header.
  func tensors(of file: String, in ranges: [Range<Int>]) throws(CheckpointError) -> [String] {
    func isHit(_ range: Range<Int>) -> Bool { ranges.contains { $0.overlaps(range) } }
    if ranges.isEmpty { return [] }
    if let manifest, let outline = outline(file), outline.entry.dataStart != nil {
      return try manifest.whole(outline).tensors.filter { isHit($0.range) }.map(\.name.string)
    }
    guard let checkpoint, let shard = checkpoint.shards.first(where: { sameBytes($0.name, file) }) else { return [] }
    return checkpoint.records[shard.records].filter { isHit($0.range) }.map(\.name.string)
  }

  /// `moe.down of layer 4, expert 17`; of several, how many and where.
  func describe(_ tensors: [String]) -> String {
    guard tensors.count > 1 || model == nil else { return tensors.first.map { place($0) } ?? "" }
    var layers = Set<Int>()
    var experts = Set<Int>()
    for name in tensors {
      guard case .part(let index, _)? = model?.match(TensorName(name)), let tensor = model?.tensors[index] else {
        continue
      }
      if let layer = tensor.layer { layers.insert(layer) }
      if let expert = tensor.expert { experts.insert(expert) }
    }
    var text = "\(tensors.count) \(tensors.count == 1 ? "tensor" : "tensors")"
    if !layers.isEmpty { text += " of layer \(foldedNumbers(layers))" }
    if !experts.isEmpty { text += ", expert \(foldedNumbers(experts))" }
    return text
  }

  private func place(_ name: String) -> String {
    guard let model, case .part(let index, let suffix) = model.match(TensorName(name)) else { return name }
    let tensor = model.tensors[index]
    var text = tensor.role.name
    let part = EncodingLayouts.partSuffixes[suffix]
    if !part.isEmpty { text += " (\(part.drop { $0 == "_" }))" }
    if let layer = tensor.layer { text += " of layer \(layer)" }
    if let expert = tensor.expert { text += ", expert \(expert)" }
    return text
  }

  /// What the content of a file without a digest makes suspect.
  private func contentFindings(
    _ file: FolderListing.File, _ shard: Checkpoint.Shard?, _ result: ContentReader.Result
  ) -> [Finding] {
    guard let shard, let checkpoint, result.regions.count == shard.records.count else { return [] }
    var entry = Manifest.File(
      name: file.name, byteCount: file.byteCount, digest: SHA256Digest(hex: ""), zeroRuns: result.zeroRuns)
    entry.dataStart = shard.dataStart
    entry.tensors = FileTensors(shard, of: checkpoint).tensors(result.regions)
    return ContentFindings.of(entry, folder: listing.folder, files: access)
  }
}
