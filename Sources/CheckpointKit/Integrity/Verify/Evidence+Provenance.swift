/// What the provenance of a result of ours says of its files: `ckpt-provenance.json`, or `OUT.ckpt-provenance.json`
/// beside `OUT.gguf`.
///
/// Weight files have the digest root of their tensors, all others their SHA-256. Format: `docs/formats/provenance.md`.
extension Evidence {
  /// All provenances at the top of a folder, or beside a file; nil where there is none.
  static func provenance(
    _ listing: FolderListing, ofFiles isSingleFile: Bool, _ access: FileAccess
  ) throws(CheckpointError) -> Evidence? {
    var evidence = Evidence(.provenance, "the provenance")
    var found = false
    for (name, result) in isSingleFile ? besideFiles(listing) : inFolder(listing) {
      let path = joinPath(listing.folder, name)
      guard try access.status(path)?.kind == .regular else { continue }
      found = true
      do throws(CheckpointError) {
        let json = try JSONValue(parsing: access.readAll(path, limit: Provenance.byteLimit), file: name)
        try evidence.take(json, file: name, of: result)
      } catch {
        if [.ioFailed, .notPermitted].contains(error.code) { throw error }
        let isDamaged = error.code != .verifyEvidence
        evidence.findings.append(
          Finding(
            isDamaged ? .error : .warning, .verifyEvidence, file: name, "\(error.problem): it is not used",
            hint: isDamaged ? "get this file again, or make the result anew" : nil))
      }
    }
    return found ? evidence : nil
  }

  /// Of a result that is no folder, where that is.
  private typealias Place = (name: String, result: PlanFile.Place?)

  private static func result(_ stem: String) -> PlanFile.Place {
    PlanFile.Place(source: nil, destination: stem + Container.gguf.fileEnding)
  }

  private static func inFolder(_ listing: FolderListing) -> [Place] {
    let ending = "." + OwnNames.provenance
    return listing.files.filter { !$0.name.utf8.contains(UInt8(ascii: "/")) }.compactMap { file in
      if file.name == OwnNames.provenance { return (file.name, nil) }
      return file.name.hasSuffix(ending) ? (file.name, result(String(file.name.dropLast(ending.count)))) : nil
    }
  }

  /// Of the results that files may belong to: a vision tower's is that of its text model.
  private static func besideFiles(_ listing: FolderListing) -> [Place] {
    var stems: [String] = []
    for file in listing.files where Container(ofFile: file.name) == .gguf {
      let title = String(GGUFSet.title(file.name).dropLast(Container.gguf.fileEnding.count))
      stems.append(title)
      if title.hasPrefix(GGUFSet.projectorPrefix) {
        stems.append(String(title.dropFirst(GGUFSet.projectorPrefix.count)))
      }
    }
    if stems.isEmpty { return [(OwnNames.provenance, nil)] }
    return Set(stems.map { TensorName($0) }).sorted().map { stem in
      let result = result(stem.string)
      return (result.provenanceName, result)
    }
  }

  private mutating func take(
    _ json: JSONValue, file: String, of result: PlanFile.Place?
  ) throws(CheckpointError) {
    func malformed(_ what: String) -> CheckpointError {
      CheckpointError(.malformedFile, file: file, "is no provenance that is read here: \(what)")
    }
    func digest(_ value: JSONValue?, _ what: String) throws(CheckpointError) -> SHA256Digest {
      guard let hex = value?.string.flatMap({ hexDigest($0, digits: 64) }) else {
        throw malformed("\(what) is no SHA-256 digest of 64 hex digits")
      }
      return SHA256Digest(hex: hex)
    }
    guard json["schema"]?.string == Provenance.schema else {
      // Another version's may be sound.
      throw CheckpointError(
        .verifyEvidence, file: file, "is no provenance that is read here: 'schema' is not \"\(Provenance.schema)\"")
    }
    guard let outputs = json["outputs"]?.array else { throw malformed("it has no 'outputs'") }
    let sideFiles = json["side_files"]?.array
    var files: [(name: String, byteCount: Int, root: SHA256Digest?, header: SHA256Digest?, digest: SHA256Digest?)] = []
    for output in outputs {
      guard let name = output["name"]?.string, let bytes = output["bytes"]?.int else {
        throw malformed("an output lacks name or bytes")
      }
      let isUnknown = output["digest_root"]?.isNull ?? true
      let root = isUnknown ? nil : try digest(output["digest_root"], "a digest_root")
      // Earlier versions wrote none.
      let header =
        output["header_sha256"] == nil ? nil : try digest(output["header_sha256"], "the header_sha256 of an output")
      files.append((result?.name(ofFile: name) ?? name, bytes, root, header, nil))
    }
    for side in sideFiles ?? [] {
      guard let name = side["name"]?.string, let bytes = side["bytes"]?.int else {
        throw malformed("a side file lacks name or bytes")
      }
      files.append((name, bytes, nil, nil, try digest(side["sha256"], "the sha256 of a side file")))
    }
    for entry in files {
      expect(
        PathBytes.canonical(entry.name), byteCount: entry.byteCount, digest: entry.digest, digestRoot: entry.root,
        headerDigest: entry.header)
    }
    // Without a digest it is evidence of nothing, and a file like any other.
    if files.contains(where: { $0.root != nil || $0.digest != nil }) { ownFiles.insert(TensorName(file)) }
    if result != nil {
      listsItsOwn = true
    } else {
      isListing = sideFiles != nil
      listsWeightsOnly = !outputs.isEmpty
    }
  }
}
