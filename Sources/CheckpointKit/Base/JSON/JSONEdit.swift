/// Changes one member of a JSON text and leaves every other byte as it was.
public enum JSONEdit {
  /// Sets, adds or removes (nil) the member at a path of keys. All keys but the last must be there, as objects.
  ///
  /// A new value is written with the indentation of the text; a member that is new goes to the end of its object.
  public static func set(
    _ path: [String], to value: JSONValue?, in source: [UInt8], file: String
  ) throws(CheckpointError) -> [UInt8] {
    var members: Members?
    let problem: JSONScanner.Problem? = source.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do throws(JSONScanner.Problem) {
        for key in path.dropLast() {
          let outer = try Members(&scanner)
          guard let member = outer.list.first(where: { sameBytes($0.key, key) }) else { return nil }
          scanner = JSONScanner(buffer, at: member.value.lowerBound)
        }
        members = try Members(&scanner)
        return nil
      } catch { return error }
    }
    if let problem {
      throw CheckpointError(.configMalformed, file: file, "is not JSON: \(problem.message)")
    }
    guard let members, let key = path.last else {
      throw CheckpointError(.configMalformed, file: file, "has no object '\(path.dropLast().joined(separator: "."))'")
    }
    let style = Style(source, members, depth: path.count)
    let place = members.list.firstIndex { sameBytes($0.key, key) }
    switch (place, value) {
    case (nil, nil): return source
    case (let place?, let value?):
      return source.replacing(members.list[place].value, with: style.text(of: value))
    case (nil, let value?):
      var keyText = ""
      appendJSONString(key, to: &keyText)
      let member = style.newLine + keyText + style.colon + style.text(of: value)
      if let last = members.list.last {
        return source.replacing(last.value.upperBound..<last.value.upperBound, with: "," + member)
      }
      return source.replacing(members.open + 1..<members.close, with: member + style.closingNewLine)
    case (let place?, nil):
      if place > 0 {
        return source.replacing(
          members.list[place - 1].value.upperBound..<members.list[place].value.upperBound, with: "")
      }
      let end = members.list.count > 1 ? members.list[1].start : members.list[0].value.upperBound
      return source.replacing(members.list[0].start..<end, with: "")
    }
  }

  /// Where the members of one object stand.
  private struct Members {
    var open: Int
    var close: Int
    var list: [(key: String, start: Int, value: Range<Int>)] = []

    init(_ scanner: inout JSONScanner) throws(JSONScanner.Problem) {
      _ = scanner.peek()
      open = scanner.offset
      close = open
      var found: [(key: String, start: Int, value: Range<Int>)] = []
      try scanner.object { (scanner, rawKey) throws(JSONScanner.Problem) in
        _ = scanner.peek()
        let start = scanner.offset
        try scanner.skipValue()
        found.append((scanner.decoded(rawKey), rawKey.range.lowerBound - 1, start..<scanner.offset))
      }
      close = scanner.offset - 1
      list = found
    }
  }

  /// How the text is laid out: spaces a level, or all on one line.
  private struct Style {
    var indent: Int?
    var depth: Int

    init(_ source: [UInt8], _ members: Members, depth: Int) {
      self.depth = depth
      guard let first = members.list.first else {
        indent = source.contains(UInt8(ascii: "\n")) ? 2 : nil
        return
      }
      var start = first.start
      while start > 0, source[start - 1] == UInt8(ascii: " ") { start -= 1 }
      let isOnOwnLine = start > 0 && source[start - 1] == UInt8(ascii: "\n")
      indent = isOnOwnLine ? max(1, (first.start - start) / depth) : nil
    }

    var newLine: String { indent.map { "\n" + String(repeating: " ", count: $0 * depth) } ?? "" }
    var closingNewLine: String { indent.map { "\n" + String(repeating: " ", count: $0 * (depth - 1)) } ?? "" }
    var colon: String { indent == nil ? ":" : ": " }

    /// The value as text, its lines moved to the member's depth.
    func text(of value: JSONValue) -> String {
      guard let indent else { return value.text() }
      let lines = value.text(indent: indent).split(separator: "\n", omittingEmptySubsequences: false)
      return lines.joined(separator: "\n" + String(repeating: " ", count: indent * depth))
    }
  }
}

extension [UInt8] {
  fileprivate func replacing(_ range: Range<Int>, with text: String) -> [UInt8] {
    Array(self[..<range.lowerBound]) + Array(text.utf8) + Array(self[range.upperBound...])
  }
}
