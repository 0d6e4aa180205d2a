/// `; did you mean 'x'?`, or a list of what there is.
public func suggestion(_ text: String, among names: [String]) -> String {
  let near = names.map { (name: $0, distance: editDistance(foldedName(text), foldedName($0))) }
    .min { $0.distance < $1.distance }
  if let near, near.distance <= max(2, text.count / 4) { return "; did you mean '\(near.name)'?" }
  return names.isEmpty || names.count > 30 ? "" : "; there are: " + names.joined(separator: ", ")
}

/// Insertions, deletions and replacements between two words.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var row = Array(0...b.count)
  for i in 0..<a.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<b.count {
      let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
