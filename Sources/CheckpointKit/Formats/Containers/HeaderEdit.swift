/// A change of a weight file's metadata: the same tensors, byte for byte, behind another header.
///
/// Where the new header ends where the old one did, and the file has no other name, it is written over it: the old one is saved first, in the work folder
/// beside the file, so that a run that is stopped in between can be undone. Otherwise a new file is written and renamed
/// over the old. One process at a time changes a file.
public struct HeaderEdit: Sendable {
  public let path: String
  /// Every byte before the data.
  let header: HeaderPieces
  /// The bytes that stay.
  public let data: Range<Int>
  /// Whether an earlier change was stopped half written: it is undone first.
  public private(set) var undoesStoppedChange: Bool
  private let settings: [Setting]
  private let files: FileAccess
  private let work: HeaderWorkFolder

  /// Whether no tensor byte moves.
  public var isInPlace: Bool { header.count == data.lowerBound && !hasOtherNames }

  /// Whether the file has further names (hard links): those keep what they have, and this one gets a file of its own.
  private let hasOtherNames: Bool

  /// A value to set, as a user writes it.
  public struct Setting: Sendable {
    public let key: String
    public let value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// Plans the change, and writes nothing. Keys keep their place and, in GGUF, their type; new ones go to the end.
  ///
  /// - Throws: where a value does not fit, or the file is a link, or one of a split set that holds no keys of the model.
  public init(_ settings: [Setting], of path: String, files: FileAccess = .system) throws(CheckpointError) {
    self.path = path
    self.settings = settings
    self.files = files
    try Self.requireFile(path, files)
    work = HeaderWorkFolder(of: path, files)
    try work.requireOwn()
    let saved = try work.stoppedChange()
    undoesStoppedChange = saved != nil
    let file = try OpenFile(reading: path, files)
    let status = try file.status()
    let size = status.size
    hasOtherNames = status.linkCount > 1
    // The header that is changed: the file's, or what an earlier change that was stopped had saved of it.
    let source = saved?.file ?? file
    let length = saved?.byteCount ?? size
    if path.hasSuffix(Container.gguf.fileEnding) {
      let parsed =
        if saved != nil {
          try Self.inFile(path) { () throws(CheckpointError) in
            try GGUFHeader(
              parsing: GGUFCursor(size: min(length, size)) { (range) throws(CheckpointError) in
                try source.readBytes(range)
              }, fileSize: size)
          }
        } else {
          try GGUFHeader(reading: file)
        }
      header = try Self.header(parsed, settings, source)
      // Without tensors there is nothing that must stay but what trails.
      data = min(parsed.dataStart, size)..<size
    } else {
      let parsed =
        if saved != nil {
          try Self.inFile(path) { () throws(CheckpointError) in
            try SafetensorsHeader(parsing: 8..<max(8, length), fileSize: size) {
              (buffer, offset) throws(CheckpointError) in try source.read(into: buffer, at: offset)
            }
          }
        } else {
          try SafetensorsHeader(reading: file)
        }
      header = try Self.header(parsed, settings, source)
      data = parsed.dataStart..<size
    }
  }

  private static func requireFile(_ path: String, _ files: FileAccess) throws(CheckpointError) {
    guard try files.status(path)?.kind == .regular else {
      throw CheckpointError(.unknownSource, file: path, "is no file", hint: "give one weight file")
    }
    let real = files.realPath(path)
    guard lastPathComponent(real) == lastPathComponent(path),
      files.realPath(parentPath(path)) == files.realPath(parentPath(real))
    else {
      throw CheckpointError(
        .outputUnsuitable, file: path, "is a link: what it leads to may belong to others", hint: "change a copy")
    }
  }

  private static func inFile<T>(
    _ path: String, _ body: () throws(CheckpointError) -> T
  ) throws(CheckpointError) -> T {
    do throws(CheckpointError) { return try body() } catch { throw error.inFile(path) }
  }

  // MARK: New headers

  private static func header(
    _ old: GGUFHeader, _ settings: [Setting], _ source: OpenFile
  ) throws(CheckpointError) -> HeaderPieces {
    if let number = old["split.no"]?.value.integer, number > 0 {
      throw CheckpointError(
        .ggufMetadata, file: source.path, "is part \(number + 1) of a set: the keys of the model are in the first",
        hint: "give the file -00001-of-…")
    }
    // Of each key, what it is set to; nil where it stays.
    var fields: [[UInt8]?] = Array(repeating: nil, count: old.fields.count)
    for setting in settings {
      let place = old.fields.firstIndex { sameBytes($0.key, setting.key) }
      let bytes = try field(setting, knownAs: place.map { old.fields[$0] }).mapError { $0.inFile(source.path) }
        .get()
      if let place { fields[place] = bytes } else { fields.append(bytes) }
    }
    var start = GGUFHeader.magic
    appendLittleEndian(UInt32(old.version), to: &start)
    appendLittleEndian(Int64(old.entries.count), to: &start)
    appendLittleEndian(Int64(fields.count), to: &start)
    var header = HeaderPieces(source)
    header.append(start)
    for (i, field) in fields.enumerated() {
      if let field { header.append(field) } else { header.append(old.fields[i].range) }
    }
    header.append(old.infoStart..<old.infoEnd)
    if !old.entries.isEmpty {
      header.append([UInt8](repeating: 0, count: header.count.roundedUp(to: old.alignment) - header.count))
    }
    // What is written must be readable, keys that stand twice and all.
    _ = try GGUFHeader(
      parsing: GGUFCursor(size: header.count) { [header] (range) throws(CheckpointError) in try header.bytes(range) },
      fileSize: header.count + old.dataBytes)
    return header
  }

  /// The bytes of a key that is set. A new one is a string, or of the type before the first colon (`u32:5`); where that
  /// stands before the value of a key which has this very type, it says the same again.
  private static func field(
    _ setting: Setting, knownAs known: GGUFField?
  ) -> Result<[UInt8], CheckpointError> {
    func fail(_ problem: String, _ hint: String? = nil) -> Result<[UInt8], CheckpointError> {
      .failure(CheckpointError(.ggufMetadata, "key '\(setting.key)' \(problem)", hint: hint))
    }
    if GGUFWriter.ownKeys.contains(where: { sameBytes($0, setting.key) }) {
      return fail("says how the file is laid out", "use reshard to split or merge a set")
    }
    if setting.key.isEmpty || setting.key.utf8.contains(0) { return fail("is empty or has a NUL") }
    var (type, text) = (GGUFValueType.string, setting.value)
    if known == nil, let colon = text.firstIndex(of: ":"), text[..<colon].hasSuffix("[]"),
      let element = GGUFValueType(name: String(text[..<colon].dropLast(2))), element != .array
    {
      return array(String(text[text.index(after: colon)...]), of: element, setting.key, fail)
    }
    if let known {
      type = known.type
      // The same words as when the key was new: a command that set it may be run again.
      var named = type.name
      if case .array(let element, _) = known.value { named = element.name + "[]" }
      if text.hasPrefix(named + ":") { text = String(text.dropFirst(named.count + 1)) }
    } else if let colon = text.firstIndex(of: ":"), let named = GGUFValueType(name: String(text[..<colon])) {
      type = named
      text = String(text[text.index(after: colon)...])
    }
    if type == .array {
      var element: GGUFValueType?
      if case .array(let known, _)? = known?.value { element = known }
      return array(text, of: element, setting.key, fail)
    }
    guard let value = GGUFValue(text, as: type), let bytes = GGUFField.encoded(setting.key, value, as: type) else {
      return fail("is of type \(type.name), and '\(text)' is none", "a key that is there keeps its type")
    }
    return .success(bytes)
  }

  /// An array is written in JSON: `["a", "b"]`, `[1, 2]`, `[true]`.
  private static func array(
    _ text: String, of element: GGUFValueType?, _ key: String,
    _ fail: (String, String?) -> Result<[UInt8], CheckpointError>
  ) -> Result<[UInt8], CheckpointError> {
    let hint = #"write it in JSON: KEY=["a","b"], and a new one with its type: KEY=i32[]:[1,2]"#
    guard let element, let values = (try? JSONValue(parsing: Array(text.utf8), file: key))?.array else {
      return fail("is an array, and '\(text)' is none", hint)
    }
    var elements = GGUFElements(element)
    for value in values {
      let text: String? =
        switch value {
        case .string(let text) where element == .string: text
        case .number(let digits) where element != .string && element != .bool: digits
        case .bool(let flag) where element == .bool: String(flag)
        default: nil
        }
      guard let text, let value = GGUFValue(text, as: element), elements.append(value) else {
        return fail("is an array of \(element.name), and one of the elements is none", hint)
      }
    }
    return .success(GGUFEntry(key, elements).bytes)
  }

  private static func header(
    _ old: SafetensorsHeader, _ settings: [Setting], _ source: OpenFile
  ) throws(CheckpointError) -> HeaderPieces {
    let length = old.dataStart - 8
    let excerpt = try SafetensorsHeader.Excerpt(source, 8..<old.dataStart)
    var json = excerpt.text
    if try JSONValue(parsing: json, file: source.path)["__metadata__"]?.object == nil {
      json = try JSONEdit.set(["__metadata__"], to: .object([:]), in: json, file: source.path)
    }
    for setting in settings {
      json = try JSONEdit.set(["__metadata__", setting.key], to: .string(setting.value), in: json, file: source.path)
    }
    var body = HeaderPieces(source)
    excerpt.append(json, to: &body)
    let room = body.count <= length ? length : body.count.roundedUp(to: 8)
    var start: [UInt8] = []
    appendLittleEndian(UInt64(room), to: &start)
    var header = HeaderPieces(source)
    header.append(start)
    excerpt.append(json, to: &header)
    header.append([UInt8](repeating: UInt8(ascii: " "), count: room - body.count))
    guard room <= SafetensorsHeader.Limits().headerBytes else {
      throw CheckpointError(
        .headerTooLarge, file: source.path,
        "its header would have \(room) bytes, where at most \(SafetensorsHeader.Limits().headerBytes) are allowed")
    }
    _ = try SafetensorsHeader(parsing: 8..<header.count, fileSize: header.count + old.dataBytes) {
      [header] (buffer, offset) throws(CheckpointError) in
      buffer.copyBytes(from: try header.bytes(offset..<offset + buffer.count))
    }
    return header
  }

  // MARK: Writing

  /// That no change of a file's header was stopped half written.
  public static func requireWhole(_ path: String, files: FileAccess = .system) throws(CheckpointError) {
    guard try HeaderWorkFolder(of: path, files).stoppedChange() != nil else { return }
    throw CheckpointError(
      .unfinishedSource, file: path, "has a header that is half written: a change of it was stopped",
      hint: "run the command that was changing it again, or set any key: the old header is put back first")
  }

  /// Carries the change out, planned again: see ``apply(_:to:files:)``.
  public func write() throws(CheckpointError) { _ = try Self.apply(settings, to: path, files: files) }

  /// Plans a change and carries it out while no other process can change the file; complete and durable, or as before,
  /// or undone by the next one.
  ///
  /// - Returns: the change that was made.
  /// - Throws: also where another process is changing the file.
  public static func apply(
    _ settings: [Setting], to path: String, files: FileAccess = .system
  ) throws(CheckpointError) -> HeaderEdit {
    try requireFile(path, files)
    let work = HeaderWorkFolder(of: path, files)
    let lock = try FileLock(path, files)
    defer { withExtendedLifetime(lock) {} }
    try work.requireOwn()
    let undone = try work.undo()
    try work.sweep()
    let edit: HeaderEdit
    do throws(CheckpointError) {
      var planned = try HeaderEdit(settings, of: path, files: files)
      planned.undoesStoppedChange = undone
      edit = planned
      if edit.isInPlace { try edit.writeInPlace() } else { try edit.writeAnew() }
    } catch {
      // Where the file is as it was, nothing may say that it is unfinished.
      _ = try? work.undo()
      if lock.holds(path, files) { try? work.sweep() }
      try? work.leave()
      throw error
    }
    try work.leave()
    return edit
  }

  private func writeInPlace() throws(CheckpointError) {
    let file = try OpenFile(updating: path, files)
    let saved = try work.save(old: header.source, header)
    // Out of the saved copy: where the new header has stretches of the old one, they are being written over.
    try saved.copy(header.count..<2 * header.count, to: file, at: 0)
    try file.sync()
    try work.forget()
  }

  private func writeAnew() throws(CheckpointError) {
    let output = try work.create(.new)
    try output.reserve(header.count + data.count)
    try header.write(to: output, at: 0)
    try header.source.copy(data, to: output, at: header.count, startsWriteback: true)
    try output.sync()
    try files.rename(output.path, to: path)
    try files.syncDirectory(parentPath(path))
  }
}

extension GGUFHeader {
  /// Bytes from the start of the data to the end of the last tensor.
  var dataBytes: Int { entries.last?.range.upperBound ?? 0 }
}

extension SafetensorsHeader {
  /// Bytes from the start of the data to the end of the last tensor.
  var dataBytes: Int { entries.last?.range.upperBound ?? 0 }
}

extension GGUFValue {
  /// A value from text; nil where the text is none of the type, and for arrays.
  public init?(_ text: String, as type: GGUFValueType) {
    switch type {
    case .uint8, .uint16, .uint32, .uint64:
      guard let value = UInt64(text) else { return nil }
      self = .unsigned(value)
    case .int8, .int16, .int32, .int64:
      guard let value = Int64(text) else { return nil }
      self = .signed(value)
    case .float32, .float64:
      guard let value = Double(text), value.isFinite else { return nil }
      self = .float(value)
    case .bool:
      guard text == "true" || text == "false" else { return nil }
      self = .bool(text == "true")
    case .string: self = .string(text)
    case .array: return nil
    }
  }
}
