/// The files of one GGUF model: a single one, or a split set, found from any of its names.
///
/// The files of a set are called `<stem>-00001-of-00003.gguf`, counted from 1; `split.no` counts from 0. All keys of the
/// model are in the first file.
enum GGUFSet {
  /// What stands in front of the name of a text model's file in that of its vision tower's.
  static let projectorPrefix = "mmproj-"

  /// Whether a name is that of a vision tower's file, as people call them: `mmproj` somewhere in it.
  static func isProjector(_ name: String) -> Bool { name.lowercased().contains("mmproj") }

  /// The names of the set that a name belongs to: itself, where it is of none.
  static func names(with name: String) -> [String] {
    guard let (stem, _, count) = numbering(name) else { return [name] }
    return (0..<count).map { stem + ShardNames.numbered($0, of: count) + Container.gguf.fileEnding }
  }

  /// The name of the set: that of its only file, or of the files without their numbers.
  static func title(_ name: String) -> String {
    numbering(name).map { $0.stem + Container.gguf.fileEnding } ?? name
  }

  /// Stem, number (from 0) and count in a name of exactly that form; nil for others, and for numbers that no set has.
  private static func numbering(_ name: String) -> (stem: String, number: Int, count: Int)? {
    guard let (stem, number, count) = ShardNames.numbering(name), count >= 2, count <= GGUFWriter.mostFiles,
      (1...count).contains(number), stem.hasSuffix("-")
    else { return nil }
    let plain = String(stem.dropLast())
    // The digits must be those that a writer gives, or the other names could not be told.
    let expected = plain + ShardNames.numbered(number - 1, of: count) + Container.gguf.fileEnding
    return sameBytes(expected, name) ? (plain, number - 1, count) : nil
  }

  /// What the keys of the files say against each other and against their names.
  static func findings(_ shards: [Checkpoint.Shard], named names: [String]) -> [Finding] {
    var findings: [Finding] = []
    func fail(_ file: String?, _ problem: String, hint: String? = nil) {
      findings.append(Finding(.error, .ggufSplit, file: file, problem, hint: hint))
    }
    for shard in shards {
      let keys = ["split.no", "split.count", "split.tensors.count"].map { key in
        shard.fields.first { sameBytes($0.key, key) }
      }
      let number = keys[0]?.value.integer
      let count = keys[1]?.value.integer
      let place = names.firstIndex { sameBytes($0, shard.name) } ?? 0
      for (key, field) in zip(["split.no", "split.count", "split.tensors.count"], keys) {
        if let field, field.value.integer.map({ $0 < 0 }) ?? true { fail(shard.name, "\(key) is no number from 0 on") }
      }
      guard names.count > 1 else {
        // llama-gguf-split --merge leaves a count of 0.
        if let count, count > 1 {
          fail(
            shard.name,
            "is part \((number ?? 0) + 1) of \(count), but its name is not '…-00001-of-\(ShardNames.padded(count)).gguf'",
            hint: "give the files of the set their names back")
        }
        continue
      }
      guard let number, let count else {
        fail(shard.name, "is called one of \(names.count), but has no split.no and split.count")
        continue
      }
      if count != names.count { fail(shard.name, "is called one of \(names.count), but split.count is \(count)") }
      if number != place {
        fail(shard.name, "is called number \(place + 1), but split.no is \(number) (counted from 0)")
      }
    }
    guard names.count > 1, shards.count == names.count, findings.isEmpty else { return findings }
    let tensors = shards.reduce(0) { $0 + $1.tensorCount }
    for shard in shards {
      let said = shard.fields.first { sameBytes($0.key, "split.tensors.count") }?.value.integer
      if let said, said != tensors {
        fail(shard.name, "split.tensors.count is \(said), but the files of the set have \(tensors) tensors")
      }
    }
    return findings
  }
}
