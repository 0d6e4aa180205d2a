/// Names of modules as a short list of patterns, as compressed-tensors and the engines read them: what follows `re:` by
/// Python's `re.match`, which is anchored at the start alone.
///
/// One checkpoint is read under several names: those that are stored (`model.language_model.layers.0…`), those of a
/// library's classes (`model.layers.0…`), an engine's (`language_model.model.layers.0…`), those within the text model
/// (`layers.0…`). They differ in front. So a pattern begins with `.*`, and goes on with as little of the end of a name as
/// tells plain modules from quantized ones.
enum ModulePatterns {
  /// Patterns that match each of `modules` and none of `others`, whatever stands before their names.
  ///
  /// | modules | pattern |
  /// |---|---|
  /// | all below a component in front of the layers that has no quantized one below it: a tower | `.*visual\..*` |
  /// | names that differ in their numbers alone | `.*layers\.\d+\.mlp\.gate$` |
  /// | where one of `others` has that form, those that differ in their last number alone | `.*layers\.0\.mlp\.experts\.\d+\.down_proj$` |
  /// | else each | `.*layers\.0\.mlp\.down_proj$`, `.*lm_head$` |
  ///
  /// Where even that would match one of `others` (the layer of another stack of layers), more of the front is taken.
  static func patterns(of modules: [String], not others: [String]) -> [String] {
    let others = Forms(others)
    let names = modules.map(ModuleName.init)
    let towers = towers(names, others)
    var lastCounts: [String: Int] = [:]
    for name in names { lastCounts[name.text(.last), default: 0] += 1 }
    var patterns = Set<String>()
    for name in names {
      if let tower = name.containers.first(where: { towers.contains($0) }) {
        patterns.insert("re:.*" + ModuleName.escaped(tower) + "\\..*")
        continue
      }
      patterns.insert(pattern(of: name, others, isAlone: lastCounts[name.text(.last)] == 1))
    }
    return patterns.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func pattern(of name: ModuleName, _ others: Forms, isAlone: Bool) -> String {
    for start in stride(from: name.shortest, through: 0, by: -1) {
      for folding in [ModuleName.Folding.all, .last, .none] where !(folding == .last && isAlone) {
        let end = name.text(folding, from: start)
        if !others.contain(end, folding) { return "re:.*" + ModuleName.escaped(end) + "$" }
      }
    }
    return name.text(.none)
  }

  /// Components below which all modules are plain, if there are several.
  private static func towers(_ names: [ModuleName], _ others: Forms) -> Set<String> {
    var counts: [String: Int] = [:]
    for name in names { for container in name.containers { counts[container, default: 0] += 1 } }
    return Set(counts.keys.filter { counts[$0, default: 0] > 1 && !others.haveComponent($0) })
  }

  /// The forms that a list of names has: few, however long the list.
  private struct Forms {
    private var byForm: [String: [ModuleName]] = [:]

    init(_ modules: [String]) {
      for module in modules {
        let name = ModuleName(module)
        byForm[name.text(.all), default: []].append(name)
      }
    }

    /// Whether any name ends so.
    func contain(_ end: String, _ folding: ModuleName.Folding) -> Bool {
      if folding == .all { return byForm.keys.contains { $0.hasSuffix(end) } }
      let form = ModuleName(end).text(.all)
      return byForm.contains { entry in
        entry.key.hasSuffix(form) && entry.value.contains { $0.text(folding).hasSuffix(end) }
      }
    }

    /// Whether anything lies below a component that ends so.
    func haveComponent(_ component: String) -> Bool {
      byForm.keys.contains { $0.contains(component + ".") }
    }
  }
}

/// A module's name as components; numbers are told apart.
private struct ModuleName {
  enum Folding { case none, last, all }

  /// What stands for a number.
  private static let number = "\\d+"
  private let components: [String]
  private let numbers: [Int]

  init(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    components = parts
    numbers = parts.indices.filter { Self.isNumber(parts[$0]) }
  }

  private static func isNumber(_ text: String) -> Bool {
    text == number || (!text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
  }

  /// Where the end begins that every spelling of the name has: before what the first number counts, or the last component.
  var shortest: Int {
    guard let first = numbers.first else { return max(0, components.count - 1) }
    return max(0, first - 1)
  }

  /// The components above it that hold neither layers nor the whole: names of towers.
  var containers: [String] { components[..<shortest].filter { $0 != "model" } }

  func text(_ folding: Folding, from start: Int = 0) -> String {
    let folded = folding == .none ? [] : folding == .last ? numbers.suffix(1) : numbers[...]
    var parts = Array(components[start...])
    for place in folded where place >= start { parts[place - start] = Self.number }
    return parts.joined(separator: ".")
  }

  /// As Python's `re.escape`; a folded number stays what it is.
  static func escaped(_ text: String) -> String {
    text.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part == number[...] ? number : String(decoding: part.utf8.flatMap(escaped), as: UTF8.self)
    }.joined(separator: "\\.")
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    let isWord =
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"), 0x80...:
        true
      default: false
      }
    return isWord ? [byte] : [UInt8(ascii: "\\"), byte]
  }
}
