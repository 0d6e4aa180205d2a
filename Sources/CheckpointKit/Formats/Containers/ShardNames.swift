/// Names of the weight files of one checkpoint: how they sort, and whether their numbers agree.
///
/// Published styles differ (`model-1-of-61`, `model-00001-of-000163`, `model-00000-of-00002` counted from 0,
/// `model.safetensors-00001-of-00014.safetensors`), so nothing but the numbers themselves is relied on.
enum ShardNames {
  /// The number and the count in `…-N-of-M….safetensors`.
  static func numbering(_ name: String) -> (stem: String, number: Int, count: Int)? {
    guard let of = name.lastRange(of: "-of-") else { return nil }
    let before = name[..<of.lowerBound]
    let countDigits = name[of.upperBound...].prefix { $0.isASCII && $0.isNumber }
    let numberDigits = before.reversed().prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(countDigits), let number = Int(String(numberDigits.reversed())) else { return nil }
    return (String(before.dropLast(numberDigits.count)), number, count)
  }

  /// Sorted as people read them: runs of digits by their value.
  static func naturallySorted(_ names: [String]) -> [String] {
    names.sorted { naturalKeyPrecedes($0, $1) }
  }

  private static func naturalKeyPrecedes(_ a: String, _ b: String) -> Bool {
    var (x, y) = (Substring(a), Substring(b))
    func isDigit(_ c: Character) -> Bool { c.isASCII && c.isNumber }
    while let c = x.first, let d = y.first {
      if isDigit(c), isDigit(d) {
        let (m, n) = (x.prefix(while: isDigit), y.prefix(while: isDigit))
        let (p, q) = (m.drop { $0 == "0" }, n.drop { $0 == "0" })
        if p.count != q.count { return p.count < q.count }
        if p != q { return p < q }
        x = x.dropFirst(m.count)
        y = y.dropFirst(n.count)
      } else {
        if c != d { return String(c).utf8.lexicographicallyPrecedes(String(d).utf8) }
        x.removeFirst()
        y.removeFirst()
      }
    }
    if x.isEmpty != y.isEmpty { return x.isEmpty }
    return a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  /// What is wrong with the numbers of a set of names, or nil.
  static func numberingProblem(_ names: [String]) -> String? {
    let numbered = names.compactMap { numbering($0) }
    guard !numbered.isEmpty else { return nil }
    guard numbered.count == names.count else { return "some weight files are numbered '-N-of-M', others are not" }
    let counts = Set(numbered.map(\.count))
    guard counts.count == 1, let count = counts.first else {
      return
        "the names of the weight files disagree about their number: \(counts.sorted().map(String.init).joined(separator: ", "))"
    }
    let numbers = Set(numbered.map(\.number))
    let n = names.count
    let first = numbers.contains(0) ? 0 : 1
    if numbers.count == n, numbers.max() == first + n - 1 {
      if count == n || first == 0 && count == n - 1 { return nil }
    }
    let missing = (first..<first + min(count, 100_000)).filter { !numbers.contains($0) }
    let list = missing.prefix(8).map(String.init).joined(separator: ", ") + (missing.count > 8 ? ", …" : "")
    return
      "\(n) weight files are here, their names count \(count)\(missing.isEmpty ? "" : "; not here: number \(list)")"
  }

  /// The usual name of shard `index` (from 0) of `count`.
  static func usual(_ index: Int, of count: Int, _ container: Container = .safetensors) -> String {
    "model" + numbered(index, of: count) + container.fileEnding
  }

  /// What stands between the stem and the ending of shard `index` (from 0) of `count`; nothing where it is the only one.
  static func numbered(_ index: Int, of count: Int) -> String {
    count == 1 ? "" : "-\(padded(index + 1))-of-\(padded(count))"
  }

  static func padded(_ number: Int, digits: Int = 5) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension String {
  /// The last place of a text in this one.
  public func lastRange(of needle: String) -> Range<String.Index>? {
    var end = endIndex
    while let start = index(end, offsetBy: -needle.count, limitedBy: startIndex) {
      if self[start..<end] == needle { return start..<end }
      if end == startIndex { return nil }
      end = index(before: end)
    }
    return nil
  }
}
