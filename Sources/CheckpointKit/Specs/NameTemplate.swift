/// A stored name with places for numbers: `model.layers.{layer}.mlp.experts.{expert}.gate_proj.weight`.
public struct NameTemplate: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case literal([UInt8])
    case layer
    case expert
  }

  public let text: String
  let pieces: [Piece]

  public init(_ text: String, file: String) throws(CheckpointError) {
    self.text = text
    var pieces: [Piece] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      let literal = rest.prefix { $0 != "{" }
      if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
      rest = rest.dropFirst(literal.count)
      if rest.isEmpty { break }
      if rest.hasPrefix("{layer}") {
        pieces.append(.layer)
        rest = rest.dropFirst(7)
      } else if rest.hasPrefix("{expert}") {
        pieces.append(.expert)
        rest = rest.dropFirst(8)
      } else {
        throw CheckpointError(
          .specMalformed, file: file, "tensor name '\(text)' has a place that is neither {layer} nor {expert}")
      }
    }
    self.pieces = pieces
  }

  public var hasLayer: Bool { pieces.contains(.layer) }
  public var hasExpert: Bool { pieces.contains(.expert) }

  /// The name for given numbers.
  public func name(layer: Int?, expert: Int?) -> String { name(layer: layer, expertText: String(expert ?? 0)) }

  /// The name with any text in the expert's place, such as `{0-383}`.
  func name(layer: Int?, expertText: String) -> String {
    var bytes: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .literal(let literal): bytes += literal
      case .layer: bytes += String(layer ?? 0).utf8
      case .expert: bytes += expertText.utf8
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Finds the template behind each of many stored names, in one pass over the name's bytes.
///
/// Names are looked up by a hash in which every run of digits between dots counts as one mark; then the few templates
/// with that hash are compared byte by byte.
struct NameIndex: Sendable {
  struct Match: Sendable {
    var template: Int
    var suffix: Int
    var layer: Int?
    var expert: Int?
  }

  private struct Candidate: Sendable {
    var template: Int
    var suffix: Int
    var pieces: [NameTemplate.Piece]
  }

  private var candidates: [UInt64: [Candidate]] = [:]

  /// - Parameter suffixes: what may follow a template's text (`_scale_inv`); the empty one too, where it may.
  init(_ templates: [NameTemplate], suffixes: [String]) {
    for (t, template) in templates.enumerated() {
      for (s, suffix) in suffixes.enumerated() {
        var pieces = template.pieces
        if !suffix.isEmpty {
          if case .literal(let last)? = pieces.last {
            pieces[pieces.count - 1] = .literal(last + Array(suffix.utf8))
          } else {
            pieces.append(.literal(Array(suffix.utf8)))
          }
        }
        var sample = template.name(layer: 0, expert: 0) + suffix
        let hash = sample.withUTF8 { Self.hash($0) }
        candidates[hash, default: []].append(Candidate(template: t, suffix: s, pieces: pieces))
      }
    }
  }

  func match(_ name: TensorName) -> Match? {
    var string = name.string
    return string.withUTF8 { bytes in
      guard let list = candidates[Self.hash(bytes)] else { return nil }
      for candidate in list {
        if let match = Self.match(bytes, candidate) { return match }
      }
      return nil
    }
  }

  private static func match(_ bytes: UnsafeBufferPointer<UInt8>, _ candidate: Candidate) -> Match? {
    var match = Match(template: candidate.template, suffix: candidate.suffix)
    var i = 0
    for piece in candidate.pieces {
      switch piece {
      case .literal(let literal):
        guard i + literal.count <= bytes.count else { return nil }
        for (k, byte) in literal.enumerated() where bytes[i + k] != byte { return nil }
        i += literal.count
      case .layer, .expert:
        let start = i
        var value = 0
        while i < bytes.count, isDigit(bytes[i]), i - start < 9 {
          value = value * 10 + Int(bytes[i] - UInt8(ascii: "0"))
          i += 1
        }
        // Names are written with plain numbers: "01" is another name.
        guard i > start, i - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        let earlier = piece == .layer ? match.layer : match.expert
        guard earlier == nil || earlier == value else { return nil }
        if piece == .layer { match.layer = value } else { match.expert = value }
      }
    }
    return i == bytes.count ? match : nil
  }

  /// FNV-1a over the bytes, where a run of digits that stands between dots (or at an end) counts as `#`.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var i = 0
    var atSegmentStart = true
    while i < bytes.count {
      var byte = bytes[i]
      if atSegmentStart, isDigit(byte) {
        var end = i + 1
        while end < bytes.count, isDigit(bytes[end]) { end += 1 }
        if end == bytes.count || bytes[end] == UInt8(ascii: ".") {
          byte = UInt8(ascii: "#")
          i = end - 1
        }
      }
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      atSegmentStart = byte == UInt8(ascii: ".")
      i += 1
    }
    return hash
  }
}
