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

  /// One template with one suffix. It and its steps hold no references, which threads would count against each other.
  private struct Candidate: Sendable {
    var hash: UInt64
    var template: Int
    var suffix: Int
    var steps: Range<Int>
  }

  private enum Step: Sendable {
    /// Bytes of `text`.
    case literal(Range<Int>)
    case layer
    case expert
  }

  /// Sorted by hash; those with the same one in the order of the templates.
  private var candidates: [Candidate] = []
  /// Where the candidates begin whose hash begins with the bits of the index; one more for the end.
  private var buckets: [Int] = []
  private var steps: [Step] = []
  private var text: [UInt8] = []

  private static let bucketBits = 10

  /// - Parameter suffixes: what may follow a template's text (`_scale_inv`); the empty one too, where it may.
  init(_ templates: [NameTemplate], suffixes: [String]) {
    for (t, template) in templates.enumerated() {
      for (s, suffix) in suffixes.enumerated() {
        let first = steps.count
        for piece in template.pieces {
          switch piece {
          case .literal(let literal): addLiteral(literal)
          case .layer: steps.append(.layer)
          case .expert: steps.append(.expert)
          }
        }
        if !suffix.isEmpty { addLiteral(Array(suffix.utf8)) }
        var sample = template.name(layer: 0, expert: 0) + suffix
        let hash = sample.withUTF8 { Self.hash($0) }
        candidates.append(Candidate(hash: hash, template: t, suffix: s, steps: first..<steps.count))
      }
    }
    candidates.sort { ($0.hash, $0.template, $0.suffix) < ($1.hash, $1.template, $1.suffix) }
    buckets = Array(repeating: 0, count: 1 << Self.bucketBits + 1)
    for candidate in candidates { buckets[Self.bucket(candidate.hash) + 1] += 1 }
    for bucket in 1..<buckets.count { buckets[bucket] += buckets[bucket - 1] }
  }

  private mutating func addLiteral(_ bytes: [UInt8]) {
    steps.append(.literal(text.count..<text.count + bytes.count))
    text += bytes
  }

  private static func bucket(_ hash: UInt64) -> Int { Int(hash >> UInt64(64 - bucketBits)) }

  func match(_ name: TensorName) -> Match? {
    name.withBytes { bytes in
      let hash = Self.hash(bytes)
      let bucket = Self.bucket(hash)
      for candidate in buckets[bucket]..<buckets[bucket + 1] where candidates[candidate].hash == hash {
        if let match = match(bytes, candidates[candidate]) { return match }
      }
      return nil
    }
  }

  private func match(_ bytes: UnsafeBufferPointer<UInt8>, _ candidate: Candidate) -> Match? {
    var match = Match(template: candidate.template, suffix: candidate.suffix)
    var i = 0
    for step in candidate.steps {
      switch steps[step] {
      case .literal(let range):
        guard i + range.count <= bytes.count else { return nil }
        let rest = UnsafeBufferPointer(rebasing: bytes[i..<i + range.count])
        let isSame = text.withUnsafeBufferPointer { text in
          firstDifference(rest, UnsafeBufferPointer(rebasing: text[range])) == range.count
        }
        guard isSame else { return nil }
        i += range.count
      case .layer: guard Self.number(bytes, &i, &match.layer) else { return nil }
      case .expert: guard Self.number(bytes, &i, &match.expert) else { return nil }
      }
    }
    return i == bytes.count ? match : nil
  }

  /// Reads a number; false where there is none, or another than stood in an earlier place of the same kind.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ i: inout Int, _ earlier: inout Int?) -> Bool {
    let start = i
    var value = 0
    while i < bytes.count, isDigit(bytes[i]), i - start < 9 {
      value = value * 10 + Int(bytes[i] - UInt8(ascii: "0"))
      i += 1
    }
    // Names are written with plain numbers: "01" is another name.
    guard i > start, i - start == 1 || bytes[start] != UInt8(ascii: "0") else { return false }
    guard earlier == nil || earlier == value else { return false }
    earlier = value
    return true
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
