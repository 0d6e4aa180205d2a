/// What of a finished result is not as it was written, by its provenance: files that are gone or cut, and files beside the
/// weights that are others. The bytes of weights are not read: that is what `ckpt verify` is for.
enum ResultChanges {
  /// - Parameter folder: the one that the files of the result lie in.
  /// - Returns: a finding for each file; nil where there is no provenance.
  static func find(
    _ place: PlanFile.Place, in folder: String, _ files: FileAccess
  ) throws(CheckpointError) -> [Finding]? {
    let provenance = joinPath(folder, place.provenanceName)
    guard let json = try Provenance.read(provenance, files) else {
      guard try files.status(provenance) != nil else { return nil }
      return [changed(place.provenanceName, "cannot be read, or is none")]
    }
    var findings: [Finding] = []
    for output in json["outputs"]?.array ?? [] {
      guard let name = output["name"]?.string.map({ place.name(ofFile: $0) }), isPlainFileName(name) else { continue }
      let status = try files.status(joinPath(folder, name))
      if status?.kind == .regular, status?.size == output["bytes"]?.int { continue }
      findings.append(changed(name, status))
    }
    for entry in json["side_files"]?.array ?? [] {
      guard let name = entry["name"]?.string, isPlainFileName(name), let digest = entry["sha256"]?.string else {
        continue
      }
      let path = joinPath(folder, name)
      let status = try files.status(path)
      if let status, status.kind == .regular, status.size == entry["bytes"]?.int,
        try OpenFile(reading: path, files).digest(of: 0..<status.size).hex == digest
      {
        continue
      }
      findings.append(changed(name, status))
    }
    return findings
  }

  private static func changed(_ name: String, _ status: FileStatus?) -> Finding {
    changed(
      name, status == nil ? "is gone since this result was finished" : "was changed since this result was finished")
  }

  private static func changed(_ name: String, _ problem: String) -> Finding {
    Finding(
      .error, .outputChanged, file: name, problem,
      hint: "if that was not meant, get the file again, or give --overwrite: the result is made anew")
  }
}
