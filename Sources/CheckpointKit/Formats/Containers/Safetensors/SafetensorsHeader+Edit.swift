extension SafetensorsHeader {
  /// The JSON of a header but for most of its tensors: what an edit of the metadata looks at.
  ///
  /// The first member, `__metadata__` and the last member are held, so that the layout of the text is seen; what stands
  /// between them is known by its place.
  struct Excerpt {
    private(set) var text: [UInt8] = []
    /// Where stretches of the old header are left out of the text, and which.
    private var left: [(offset: Int, range: Range<Int>)] = []
    /// Where the value of `__metadata__` ends in the text; nil where there is none.
    private var metadataEnd: Int?

    /// - Parameter range: where the JSON stands in the file.
    init(_ file: OpenFile, _ range: Range<Int>) throws(CheckpointError) {
      var first: Int?
      var metadata: Range<Int>?
      var last = 0..<0
      let problem = try JSONScanner.scan(file, range, notText: Self.malformed(file)) {
        (scanner) throws(JSONScanner.Problem) in
        try scanner.object { (scanner, key) throws(JSONScanner.Problem) in
          let isMetadata = scanner.content(of: key, is: "__metadata__")
          try scanner.skipValue()
          // From the end of the value before: separators, white space, key and value.
          last = last.upperBound..<scanner.position
          if first == nil { first = scanner.position }
          if isMetadata { metadata = last }
        }
      }
      guard problem == nil else { throw Self.malformed(file) }
      // Padding is made anew.
      var tail = try file.readBytes(range.lowerBound + last.upperBound..<range.upperBound)
      while tail.last == UInt8(ascii: " ") { tail.removeLast() }
      var place = 0
      for part in [0..<(first ?? 0), metadata ?? 0..<0, last]
      where part.upperBound > place || part == metadata {
        let start = max(place, part.lowerBound)
        if start > place {
          left.append((text.count, range.lowerBound + place..<range.lowerBound + start))
        }
        text += try file.readBytes(range.lowerBound + start..<range.lowerBound + max(start, part.upperBound))
        place = max(place, part.upperBound)
        if let metadata, place == metadata.upperBound, metadataEnd == nil { metadataEnd = text.count }
      }
      text += tail
    }

    private static func malformed(_ file: OpenFile) -> CheckpointError {
      CheckpointError(.headerMalformed, file: file.path, "its header is malformed")
    }

    /// The whole header's JSON once the text was edited: at the end of `__metadata__`, or behind the last member.
    func append(_ edited: [UInt8], to pieces: inout HeaderPieces) {
      let difference = edited.count - text.count
      var place = 0
      for (offset, range) in left {
        let offset = metadataEnd.map { offset >= $0 } ?? false ? offset + difference : offset
        pieces.append(Array(edited[place..<offset]))
        pieces.append(range)
        place = offset
      }
      pieces.append(Array(edited[place...]))
    }
  }
}
