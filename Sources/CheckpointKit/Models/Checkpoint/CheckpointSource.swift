/// For a name whose file is not there.
let brokenLinkHint = "it is a link to nothing: the download did not finish"

/// What a path that a user gave means: which folder, which weight files.
struct CheckpointSource: Sendable {
  var folder: String
  /// For its files: links that lead out are refused.
  let files: FileAccess
  private(set) var container = Container.safetensors
  /// The weight files that are there; an index may name others.
  private(set) var weightFiles: [String] = []
  /// The index that is there; what it says is not known before ``takeIndex(_:_:)``.
  private(set) var indexFile: String?
  /// The files to read tensors from; none before the index is known, where there is one.
  private(set) var shardNames: [String] = []
  private(set) var index: CheckpointIndex?
  /// Weight files that are none of the shards.
  var unreadWeights: [String] {
    let read = Set(shardNames.map { TensorName($0) })
    return weightFiles.filter { !read.contains(TensorName($0)) }
  }
  var isSingleFile = false
  /// Files of vision towers beside a GGUF model, which are none of its own.
  private(set) var projectors: [String] = []
  /// A config.json beside a single file describes it.
  var configBelongs = false
  var findings: [Finding] = []
  private var otherIndexes: [String] = []

  init(_ path: String, files: FileAccess) throws(CheckpointError) {
    guard let status = try files.unconfined.status(path) else {
      throw CheckpointError(.notFound, file: path, "does not exist")
    }
    switch status.kind {
    case .directory:
      (folder, self.files) = try Self.folder(of: path, files)
      try findWeights(path, self.files)
    case .regular:
      (folder, self.files) = Self.folder(ofFile: path, files)
      let files = self.files
      if path.hasSuffix(Container.gguf.fileEnding) {
        try findSet(of: lastPathComponent(path), files)
        return
      }
      isSingleFile = true
      shardNames = [lastPathComponent(path)]
      weightFiles = shardNames
      configBelongs = try files.list(folder).filter { Self.isWeightFile($0) }.count == 1
    case .other: throw CheckpointError(.unknownSource, file: path, "is neither a file nor a folder")
    }
  }

  /// The files of the set that a GGUF file belongs to.
  private mutating func findSet(of name: String, _ files: FileAccess) throws(CheckpointError) {
    container = .gguf
    isSingleFile = true
    shardNames = GGUFSet.names(with: name)
    let here = Set(try files.list(folder).map { TensorName($0) })
    let missing = shardNames.filter { !here.contains(TensorName($0)) }
    for name in missing.prefix(20) {
      findings.append(
        Finding(.error, .ggufSplit, file: name, "belongs to the set, but is not here", hint: "get this file"))
    }
    if missing.count > 20 {
      findings.append(Finding(.error, .ggufSplit, "\(missing.count - 20) further files of the set are not here"))
    }
    if !missing.isEmpty { shardNames.removeAll { !here.contains(TensorName($0)) } }
    weightFiles = shardNames
    let title = GGUFSet.title(name)
    // A vision tower's file belongs to the result that is named without the prefix.
    let isTower = title.hasPrefix(GGUFSet.projectorPrefix)
    let result = isTower ? String(title.dropFirst(GGUFSet.projectorPrefix.count)) : title
    for work in Set([title, result]).map({ OwnNames.workFolder(forFile: $0) }) where here.contains(TensorName(work)) {
      findings.append(
        Finding(
          .error, .unfinishedSource, file: title, "is unfinished: \(work) is beside it",
          hint: "run the command that was writing it again: it continues"))
    }
    let tower = GGUFSet.projectorPrefix + title
    if projectors.isEmpty, here.contains(TensorName(tower)) { projectors = [tower] }
    findings += Self.notes(on: projectors, beside: title)
  }

  /// That files of vision towers are not read along.
  static func notes(on projectors: [String], beside title: String) -> [Finding] {
    projectors.map {
      Finding(
        .note, .projectorBeside, file: $0, "lies beside \(title) with a vision tower, and is not read with it",
        hint: "give its own name to look into it")
    }
  }

  private static func isGGUF(_ name: String) -> Bool {
    name.hasSuffix(Container.gguf.fileEnding) && !name.hasPrefix(".")
  }

  private static func isWeightFile(_ name: String) -> Bool { name.hasSuffix(".safetensors") && !name.hasPrefix(".") }

  /// The folder that holds the files, where a folder is given, and access to them.
  static func folder(of path: String, _ files: FileAccess) throws(CheckpointError) -> (String, FileAccess) {
    let folder = try snapshot(of: path, files) ?? path
    return (folder, files.confined(to: folder))
  }

  /// The folder that a file lies in, where a file is given: its neighbours are held to the same rule as any.
  static func folder(ofFile path: String, _ files: FileAccess) -> (String, FileAccess) {
    let folder = parentPath(path)
    return (folder, files.confined(to: folder, given: joinPath(folder, lastPathComponent(path))))
  }

  /// The snapshot folder of `refs/main` in a Hub cache folder; nil where the folder is none.
  private static func snapshot(of path: String, _ files: FileAccess) throws(CheckpointError) -> String? {
    guard lastPathComponent(files.realPath(path)).hasPrefix("models--") else { return nil }
    let files = files.confined(to: path)
    let reference = joinPath(path, "refs/main")
    guard try files.status(reference) != nil else {
      throw CheckpointError(
        .unknownSource, file: path, "is a Hub cache folder without refs/main",
        hint: "give the folder of one snapshot: \(path)/snapshots/…")
    }
    let commit = String(decoding: try files.readAll(reference, limit: 4096).prefix { $0 > 0x20 }, as: UTF8.self)
    guard isPlainFileName(commit) else {
      throw CheckpointError(.unsafeName, file: reference, "names '\(commit)', which is no snapshot")
    }
    let folder = joinPath(joinPath(path, "snapshots"), commit)
    guard try files.status(folder)?.kind == .directory else {
      throw CheckpointError(.notFound, file: folder, "does not exist, but refs/main names it")
    }
    return folder
  }

  private mutating func findWeights(_ path: String, _ files: FileAccess) throws(CheckpointError) {
    let names = try files.list(folder)
    if names.contains(OwnNames.workFolder) {
      findings.append(Finding(unfinishedError(path), severity: .error))
    }
    let weights = ShardNames.naturallySorted(names.filter { Self.isWeightFile($0) })
    weightFiles = weights
    let indexes = names.filter { $0.hasSuffix(".safetensors.index.json") }
    if let name = indexes.first(where: { $0 == CheckpointIndex.usualName }) ?? indexes.first {
      indexFile = name
      otherIndexes = indexes.filter { $0 != name }
      return
    }
    if weights.isEmpty {
      var models = Dictionary(grouping: names.filter { Self.isGGUF($0) }) { GGUFSet.title($0) }
      let others = models.filter { !GGUFSet.isProjector($0.key) }
      if models.count > 1, others.count == 1 {
        projectors = models.filter { GGUFSet.isProjector($0.key) }.values.joined().sorted()
        models = others
      }
      if models.count > 1 {
        throw CheckpointError(
          .severalModels, file: path, "holds several GGUF models: \(models.keys.sorted().joined(separator: ", "))",
          hint: "give one of the files")
      }
      if let name = models.values.first?.first { return try findSet(of: name, files) }
      if findings.isEmpty {
        throw CheckpointError(
          .unknownSource, file: path, "holds no .safetensors or .gguf file",
          hint: "give the folder that holds config.json and the weights")
      }
    }
    let stems = Set(weights.map { ShardNames.numbering($0)?.stem ?? $0 })
    if stems.count > 1 {
      throw CheckpointError(
        .severalModels, file: path, "holds several models and no index: \(weights.joined(separator: ", "))",
        hint: "give one of the files")
    }
    shardNames = weights
    noteNumbering(weights)
    if weights.count > 1 {
      findings.append(
        Finding(
          .warning, .indexAbsent, file: path, "has \(weights.count) weight files and no \(CheckpointIndex.usualName)"))
    }
  }

  /// Takes what the index says: which files are its shards, and which of them are missing.
  mutating func takeIndex(_ result: Result<CheckpointIndex, CheckpointError>) throws(CheckpointError) {
    guard let indexFile else { return }
    do throws(CheckpointError) {
      let index = try result.get()
      findings += index.findings
      let safe = index.shards.filter { isPlainFileName($0) }
      let places = Dictionary(uniqueKeysWithValues: index.shards.enumerated().map { (TensorName($1), $0) })
      for shard in ShardNames.naturallySorted(safe) {
        // One that a link leads out for is here: reading it says what is wrong.
        if try files.unconfined.status(joinPath(folder, shard)) != nil {
          shardNames.append(shard)
          continue
        }
        let count = places[TensorName(shard)].map { index.contents[$0].count } ?? 0
        findings.append(
          Finding(
            .error, .indexMissingShard, file: shard, "is listed in the index with \(count) tensors, but is not here",
            hint: files.exists(joinPath(folder, shard)) ? brokenLinkHint : "get this file"))
      }
      for shard in weightFiles where places[TensorName(shard)] == nil {
        findings.append(
          Finding(.warning, .indexUnlistedShard, file: shard, "is here, but not in the index: it is not read"))
      }
      noteNumbering(safe)
      self.index = index
    } catch {
      if [.ioFailed, .notPermitted].contains(error.code) { throw error }
      findings.append(Finding(error.inFile(indexFile)))
      shardNames = weightFiles
    }
    if !otherIndexes.isEmpty {
      findings.append(
        Finding(
          .warning, .indexTwoIndexes, file: indexFile, "stands beside \(otherIndexes.joined(separator: ", "))"))
    }
  }

  private mutating func noteNumbering(_ names: [String]) {
    if let problem = ShardNames.numberingProblem(names) {
      findings.append(Finding(.warning, .indexShardNumbering, problem))
    }
  }
}
