extension GGUFSet {
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
