/// What the name of a model says, by the conventions of the Hub: `org/Base-7B-Instruct-v0.2`.
///
/// The rules are those of `Metadata.get_model_id_components` (llama.cpp, gguf-py/gguf/metadata.py).
struct ModelName: Sendable, Equatable {
  var name: String
  var organization: String?
  var basename: String?
  var finetune: String?
  var version: String?
  var sizeLabel: String?

  private enum Kind { case basename, sizeLabel, finetune, version, type }

  /// - Parameter parameters: weights of the model, or 0; a size far from it is taken for a context length.
  init(_ id: String, parameters: Int) {
    name = id
    // A sentence, no name of the Hub.
    if id.unicodeScalars.contains(" ") { return }
    if let slash = id.firstIndex(of: "/") {
      name = String(id[id.index(after: slash)...])
      organization = id.hasPrefix(".") ? nil : String(id[..<slash])
    }
    var parts = name.split(separator: "-").map(String.init)
    var kinds = parts.indices.map { Self.kinds(of: &parts[$0], isFirst: $0 == 0, parameters: parameters) }
    Self.resolve(parts, &kinds)
    func joined(_ isPart: (Set<Kind>) -> Bool) -> String? {
      let chosen = zip(parts, kinds).filter { isPart($0.1) }.map(\.0)
      return chosen.isEmpty ? nil : chosen.joined(separator: "-")
    }
    basename = joined { $0.contains(.basename) }
    finetune = joined { $0.contains(.finetune) }
    version = joined { $0.contains(.version) && !$0.contains(.basename) }
    var sizes: [String] = []
    for (part, kinds) in zip(parts, kinds) where kinds.contains(.sizeLabel) {
      if !sizes.contains(part) { sizes.append(part) }
    }
    sizeLabel = sizes.isEmpty ? nil : sizes.joined(separator: "-")
    // Too ambiguous.
    if sizeLabel == nil, finetune == nil, version == nil { basename = nil }
  }

  private static func kinds(of part: inout String, isFirst: Bool, parameters: Int) -> Set<Kind> {
    if part.wholeMatch(of: /(v|iter)?[0-9]+(\.[0-9]+)*/.ignoresCase()) != nil { return [.version] }
    if part.wholeMatch(of: /i?q[0-9](_\w)*|b?fp?(16|32)/.ignoresCase()) != nil {
      part = part.uppercased()
      return [.type]
    }
    if isFirst { return [] }
    let size = /((A|[0-9]+x)?[0-9]+([._][0-9]+)?[KMBT][0-9]?|small|mini|medium|large|x?xl)/.ignoresCase()
    if part.wholeMatch(of: size) != nil { return sizeKinds(of: &part, parameters: parameters) }
    return part.wholeMatch(of: /chat|instruct|vision|lora/.ignoresCase()) != nil ? [.finetune] : []
  }

  /// `7b` → `7B`, `7b1` → `7.1B`; `128k`, where the model has far other weights, is a context length.
  private static func sizeKinds(of part: inout String, parameters: Int) -> Set<Kind> {
    var text = Array(part.replacing("_", with: "."))
    func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }
    if let last = text.last, isDigit(last) {
      let unit = text[text.count - 2]
      text = text.dropLast(2) + [".", last, unit]
    }
    if text.count > 1, isDigit(text[text.count - 2]), let last = text.last, "kmbt".contains(last) {
      text[text.count - 1] = Character(last.uppercased())
    }
    var kinds: Set<Kind> = []
    if parameters > 0, let unit = text.last, let number = Double(String(text.dropLast())) {
      let power = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12][unit] ?? 1e-3
      let limit = parameters / 8 * 7 + parameters % 8 * 7 / 8
      if (number * power - Double(parameters)).magnitude > Double(limit) {
        kinds = [.finetune]
        text[text.count - 1] = Character(unit.lowercased())
      }
    }
    part = String(text)
    return kinds.isEmpty ? [.sizeLabel] : kinds
  }

  /// Gives a kind to the parts that have none yet: the first ones are the basename, later ones a finetune.
  private static func resolve(_ parts: [String], _ kinds: inout [Set<Kind>]) {
    let sizes = kinds.indices.filter { kinds[$0].contains(.sizeLabel) }
    if sizes.contains(where: { parts[$0].contains(where: \.isWholeNumber) }) {
      for i in sizes where parts[i].allSatisfy(\.isLetter) { kinds[i].remove(.sizeLabel) }
    }
    var isAtStart = true
    for i in parts.indices {
      let isWord = kinds[i].isEmpty && parts[i].first?.isLetter == true
      if isAtStart, isWord || kinds[i].contains(.version) {
        kinds[i].insert(.basename)
      } else {
        isAtStart = false
        if kinds[i].isEmpty { kinds[i].insert(.finetune) }
      }
    }
    // A version at the end of the basename is a version alone.
    for i in kinds.indices.reversed() {
      guard kinds[i].contains(.basename), kinds[i].count > 1 else { break }
      kinds[i].remove(.basename)
    }
  }

  /// `kimi-k2-instruct` → `Kimi K2 Instruct`: words of small letters get a capital, versions and numbers do not.
  static func title(_ id: String) -> String {
    let words = id.replacing("-", with: " ").split(whereSeparator: \.isWhitespace)
    return words.map { word in
      let letters = word.filter(\.isCased)
      let isLower = !letters.isEmpty && letters.allSatisfy(\.isLowercase)
      let isVersion = word.wholeMatch(of: /v[0-9]+(\.[0-9]+)*|[0-9].*/) != nil
      return isLower && !isVersion ? capitalized(word) : String(word)
    }.joined(separator: " ")
  }

  /// A capital wherever a run of letters begins.
  private static func capitalized(_ word: Substring) -> String {
    var result = ""
    var isInside = false
    for character in word {
      result += isInside || !character.isLetter ? String(character) : character.uppercased()
      isInside = character.isLetter
    }
    return result
  }
}
