/// A file that a verb writes beside its work, where the user says: a list, a plan, an array.
///
/// What stands there already is written over only if it is empty, or of the very kind that is written: nobody's file is
/// lost to a name that was typed in the wrong place. A link is never written over, nor what the command itself reads or
/// writes.
public struct SideOutput: Sendable {
  /// What is written, and how an earlier one is known.
  public struct Kind: Sendable {
    /// With its article, for messages.
    public let name: String
    let isOne: @Sendable (OpenFile) throws(CheckpointError) -> Bool

    public init(_ name: String, isOne: @escaping @Sendable (OpenFile) throws(CheckpointError) -> Bool) {
      self.name = name
      self.isOne = isOne
    }

    /// A text that is known by its first line.
    public init(_ name: String, firstLine isFirst: @escaping @Sendable (String) -> Bool) {
      self.init(name) { (file) throws(CheckpointError) in
        let beginning = try file.readBytes(0..<min(file.size(), SideOutput.beginningBytes))
        guard let end = beginning.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        return isFirst(String(decoding: beginning[..<end], as: UTF8.self))
      }
    }

    /// A JSON document whose first member is its schema.
    init(_ name: String, schema: String) {
      self.init(name) { (file) throws(CheckpointError) in
        let beginning = try file.readBytes(0..<min(file.size(), SideOutput.beginningBytes))
        let text = beginning.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return text.starts(with: "{\"schema\":\"\(schema)\"".utf8)
      }
    }
  }

  static let beginningBytes = 4096

  public let path: String
  private let kind: Kind
  private let others: [String]
  private let isRead: @Sendable (FileStatus) throws(CheckpointError) -> Bool
  private let files: FileAccess

  /// Looks at the place, before any work.
  ///
  /// - Parameters:
  ///   - others: paths of what the command reads or writes beside this.
  ///   - isRead: whether a file is one of those that it reads: none of them is written over, not even an empty one.
  /// - Throws: where something else stands there.
  public init(
    _ path: String, _ kind: Kind, apartFrom others: [String?] = [], files: FileAccess = .system,
    isRead: @escaping @Sendable (FileStatus) throws(CheckpointError) -> Bool = { _ in false }
  ) throws(CheckpointError) {
    self.path = path
    self.kind = kind
    self.others = others.compactMap { $0 }
    self.isRead = isRead
    self.files = files.unconfined
    try require()
  }

  /// That the file may be put there; asked again before it is, as the work between may be long.
  public func require() throws(CheckpointError) {
    try files.requireFilePlace(path)
    let here = place(path)
    let status = try files.status(path)
    for other in others {
      let identity = try files.status(other)?.identity
      if identity != nil && identity == status?.identity || sameBytes(place(other), here) {
        throw refused("is what this command reads or writes itself")
      }
    }
    if let target = files.linkTarget(path) { throw refused("is a link, to '\(target)': it is not written over") }
    guard let status else { return }
    if status.size == 0 {
      guard try isRead(status) else { return }
      throw refused("is a file of the checkpoint")
    }
    guard try kind.isOne(OpenFile(reading: path, files)) else {
      throw refused("exists, and is not \(kind.name): it is not written over")
    }
  }

  /// A path without links but for its last name, which may not exist.
  private func place(_ path: String) -> String {
    joinPath(files.realPath(files.absolutePath(parentPath(path))), lastPathComponent(path))
  }

  private func refused(_ problem: String) -> CheckpointError {
    CheckpointError(.outputExists, file: path, problem, hint: "give another name")
  }

  /// Puts it in place: complete and durable, or not at all.
  public func write(_ bytes: [UInt8]) throws(CheckpointError) {
    try require()
    try files.writeAtomically(bytes, to: path)
  }
}
