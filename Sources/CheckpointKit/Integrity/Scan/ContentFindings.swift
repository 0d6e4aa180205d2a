/// What the content scan makes suspect: legal bytes that a published checkpoint seldom has.
enum ContentFindings {
  /// Names that a finding lists; how many there are, its sentence says, and its ranges are those of all.
  static let mostNames = 1000

  /// One finding for each kind and file, however many tensors it is about.
  static func of(_ manifest: Manifest, binding: Binding?, folder: String, files: FileAccess) -> [Finding] {
    var findings: [Finding] = []
    for file in manifest.files where file.dataStart != nil {
      findings += of(file, folder: folder, files: files)
    }
    if let binding { findings += identicalExperts(manifest, binding) }
    return findings
  }

  static func of(_ file: Manifest.File, folder: String, files: FileAccess) -> [Finding] {
    var findings: [Finding] = []
    let tensors = file.tensors
    /// Numbers of tensors: all of half a million may be suspect.
    func numbers(_ isMeant: (Manifest.Tensor) -> Bool) -> [Int] { tensors.indices.filter { isMeant(tensors[$0]) } }
    func add(_ severity: Finding.Severity, _ code: ProblemCode, _ numbers: [Int], _ problem: String) {
      guard let first = numbers.first else { return }
      let others = numbers.count > 1 ? "; so it is with \(numbers.count - 1) others of this file" : ""
      var finding = Finding(severity, code, file: file.name, tensor: tensors[first].name.string, problem + others)
      finding.tensors = numbers.prefix(mostNames).map { tensors[$0].name.string }
      finding.ranges = merged(numbers.lazy.map { tensors[$0].range })
      findings.append(finding)
    }
    let zeros = numbers { $0.content.isZero && !$0.range.isEmpty }
    add(.warning, .contentZeroTensor, zeros.filter { isMatrix(tensors[$0]) }, "is all zeros")
    add(.note, .contentZeroTensor, zeros.filter { !isMatrix(tensors[$0]) }, "is all zeros")
    add(
      .warning, .contentConstantTensor,
      numbers { isMatrix($0) && $0.content.isConstant && !$0.content.isZero && !isFP8Scale($0.name) },
      "has one value throughout")
    let bad = numbers { $0.content.nanCount > 0 || $0.content.infinityCount > 0 }
    let nans = bad.reduce(0) { $0 + tensors[$1].content.nanCount }
    let infinities = bad.reduce(0) { $0 + tensors[$1].content.infinityCount }
    add(
      .warning, .contentNonFinite, bad,
      "has values that are no numbers (in this file \(nans) NaN, \(infinities) infinite)")
    add(
      .warning, .contentBadScale, numbers { $0.content.badScales > 0 },
      "has scales that are zero, negative or no numbers")
    if let finding = zeroRuns(file, folder: folder, files: files) { findings.append(finding) }
    findings += file.tensors.compactMap { identicalSlices($0, file.name) }
    return findings
  }

  private static func isMatrix(_ tensor: Manifest.Tensor) -> Bool {
    tensor.shape.rank >= 2 && tensor.shape.rows > 1 && tensor.shape.columns > 1
  }

  /// Runs that are more than tensors which are zero as a whole.
  private static func zeroRuns(_ file: Manifest.File, folder: String, files: FileAccess) -> Finding? {
    if file.zeroRuns.isEmpty { return nil }
    let zeros = merged(file.tensors.lazy.filter(\.content.isZero).map(\.range))
    let runs = file.zeroRuns.filter { run in
      !zeros.contains { zero in
        zero.lowerBound <= run.lowerBound + ZeroRuns.pageBytes && run.upperBound <= zero.upperBound + ZeroRuns.pageBytes
      }
    }
    guard let first = runs.first else { return nil }
    let tensors = file.tensors.lazy.filter { tensor in runs.contains { $0.overlaps(tensor.range) } }
      .map(\.name.string)
    let open = try? OpenFile(reading: joinPath(folder, file.name), files)
    let holes = runs.count { open?.isHole($0) ?? false }
    var finding = Finding(
      .warning, .contentZeroRun, file: file.name, tensor: tensors.first,
      "is zero from byte \(first.lowerBound) to \(first.upperBound)"
        + (runs.count > 1 ? ", and in \(runs.count - 1) more places" : "")
        + (holes > 0 ? "; \(holes == runs.count ? "" : "\(holes) of them ")never written (a hole)" : ""),
      hint: "what a broken download or a power cut leaves; harmless where it is padding")
    finding.tensors = Array(tensors.prefix(mostNames))
    finding.ranges = runs
    return finding
  }

  /// Slices of one stack that have the same bytes: experts, as a rule.
  private static func identicalSlices(_ tensor: Manifest.Tensor, _ file: String) -> Finding? {
    if tensor.content.isZero || tensor.content.isConstant { return nil }
    let groups = Dictionary(grouping: tensor.slices.indices) { tensor.slices[$0] }.values.filter { $0.count > 1 }
    guard let first = groups.min(by: { $0[0] < $1[0] }) else { return nil }
    let size = tensor.range.count / tensor.slices.count
    var finding = Finding(
      .warning, .contentIdenticalExperts, file: file, tensor: tensor.name.string,
      "has the same bytes in slices \(foldedNumbers(first)) of the stack"
        + (groups.count > 1 ? "; so it is with \(groups.count - 1) more groups of slices" : ""))
    finding.tensors = [tensor.name.string]
    finding.ranges = merged(
      groups.joined().map { tensor.range.lowerBound + $0 * size..<tensor.range.lowerBound + ($0 + 1) * size })
    return finding
  }

  private struct Candidate {
    var word: UInt64
    var file: Int32
    var tensor: Int32
  }

  /// Experts of one role that have the same bytes: a merge or a converter took one for another.
  private static func identicalExperts(_ manifest: Manifest, _ binding: Binding) -> [Finding] {
    guard let model = binding.model else { return [] }
    struct Key: Hashable {
      var template: Int
      var digest: SHA256Digest
    }
    let mainSuffixes = Set(EncodingLayouts.all.compactMap { $0.suffixes.first })
    // Half a million tensors have a word each, by which those that may be the same come to stand beside each other.
    var candidates: [Candidate] = []
    for (i, file) in manifest.files.enumerated() {
      for (j, tensor) in file.tensors.enumerated() where !tensor.content.isZero && !tensor.content.isConstant {
        guard case .part(let index, let suffix) = model.match(tensor.name), model.tensors[index].expert != nil,
          mainSuffixes.contains(EncodingLayouts.partSuffixes[suffix])
        else { continue }
        let mixed = tensor.digest.word ^ UInt64(model.tensors[index].template) &* 0x9e37_79b9_7f4a_7c15
        candidates.append(Candidate(word: mixed, file: Int32(clamping: i), tensor: Int32(clamping: j)))
      }
    }
    candidates.sort { ($0.word, $0.file, $0.tensor) < ($1.word, $1.file, $1.tensor) }
    var groups: [Key: [String]] = [:]
    for (i, candidate) in candidates.enumerated() {
      let hasPartner =
        i > 0 && candidates[i - 1].word == candidate.word
        || i + 1 < candidates.count && candidates[i + 1].word == candidate.word
      guard hasPartner else { continue }
      let tensor = manifest.files[Int(candidate.file)].tensors[Int(candidate.tensor)]
      guard case .part(let index, _) = model.match(tensor.name) else { continue }
      groups[Key(template: model.tensors[index].template, digest: tensor.digest), default: []].append(
        tensor.name.string)
    }
    return groups.values.filter { $0.count > 1 }.map { names in
      let names = names.sorted { TensorName($0) < TensorName($1) }
      var finding = Finding(
        .warning, .contentIdenticalExperts, tensor: names[0],
        "has the same bytes as '\(names[1])'" + (names.count > 2 ? " and \(names.count - 2) others" : ""))
      finding.tensors = names
      return finding
    }
  }

  /// The same bytes, with ranges that touch made one.
  static func merged(_ ranges: some Sequence<Range<Int>>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var isSorted = true
    /// Joins what ascends.
    func joined(_ ranges: some Sequence<Range<Int>>) {
      for range in ranges where !range.isEmpty {
        if let last = result.last, range.lowerBound < last.lowerBound { isSorted = false }
        if isSorted, let last = result.last, range.lowerBound <= last.upperBound {
          result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
          result.append(range)
        }
      }
    }
    joined(ranges)
    if isSorted { return result }
    let unsorted = result
    (result, isSorted) = ([], true)
    joined(unsorted.sorted { $0.lowerBound < $1.lowerBound })
    return result
  }
}
