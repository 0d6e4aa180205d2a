/// The partial files of a plan's weight files: which one all workers write into.
///
/// A partial file is created once, as `files/NAME.<nonce>`, and claimed by a small document that one process places. A
/// claim is never seen without its file, so that a claimed file that is absent was published, or is lost; a lost one gets
/// another nonce, and what was recorded of it counts no more.
struct PartialFiles: Sendable {
  let plan: Plan
  let folder: WorkFolder
  let files: FileAccess

  enum State: Sendable, Equatable {
    case unclaimed
    /// - whole: at its full size.
    case partial(nonce: String, whole: Bool)
    /// Under its final name.
    case published(nonce: String)
    /// Claimed, and gone; without a nonce where the claim cannot be read.
    case lost(nonce: String?)

    /// What a record must name to count.
    var nonce: String? {
      switch self {
      case .partial(let nonce, whole: true), .published(let nonce): nonce
      case .unclaimed, .partial, .lost: nil
      }
    }
  }

  static let schema = "ckpt.partial/1"

  func path(_ file: Plan.File, _ nonce: String) -> String { joinPath(folder.filesFolder, "\(file.name).\(nonce)") }
  private func claim(_ file: Plan.File) -> String { joinPath(folder.claimsFolder, "\(file.name).json") }

  func state(_ number: Int) throws(CheckpointError) -> State {
    let file = plan.files[number]
    guard let nonce = try claimed(file) else {
      return try files.status(claim(file)) == nil ? .unclaimed : .lost(nonce: nil)
    }
    if let status = try files.status(path(file, nonce)) {
      return .partial(nonce: nonce, whole: status.size == file.byteCount)
    }
    return try isPublished(file) ? .published(nonce: nonce) : .lost(nonce: nonce)
  }

  /// Final names are free when a result is begun, but for those of a file that will be replaced.
  private func isPublished(_ file: Plan.File) throws(CheckpointError) -> Bool {
    if folder.place.isFile, folder.stage == .beside { return false }
    let status = try files.status(folder.finalFile(file))
    return status?.kind == .regular && status?.size == file.byteCount
  }

  private func claimed(_ file: Plan.File) throws(CheckpointError) -> String? {
    guard let json = try SealedJSON.read(claim(file), files), json["schema"]?.string == Self.schema,
      json["plan"]?.string == plan.id.hex, let nonce = json["nonce"]?.string, hexDigest(nonce, digits: 16) != nil
    else { return nil }
    return nonce
  }

  /// The file to write into, made where there is none; without one where it was published.
  func open(_ number: Int) throws(CheckpointError) -> (file: OpenFile?, nonce: String) {
    let file = plan.files[number]
    // Every round but the last means that another process was quicker.
    for _ in 0..<16 {
      switch try state(number) {
      case .published(let nonce): return (nil, nonce)
      case .partial(let nonce, let isWhole):
        do throws(CheckpointError) {
          let opened = try OpenFile(updating: path(file, nonce), files)
          if !isWhole { try opened.reserve(file.byteCount) }
          return (opened, nonce)
        } catch {
          guard error.code == .notFound else { throw error }
        }
      case .unclaimed: try create(number, replacing: false)
      case .lost: try create(number, replacing: true)
      }
    }
    throw CheckpointError(
      .ioFailed, file: folder.finalFile(file), "cannot be begun: its partial file vanishes again and again",
      hint: "see what else works in \(folder.path)")
  }

  /// Makes a partial file and claims it, unless another process does.
  func create(_ number: Int, replacing: Bool) throws(CheckpointError) {
    let file = plan.files[number]
    let nonce = nonce()
    _ = try OpenFile(creating: path(file, nonce), files)
    let document = SealedJSON.bytes([
      "schema": .string(Self.schema), "plan": .string(plan.id.hex), "file": .string(file.name),
      "nonce": .string(nonce),
    ])
    let new = try files.writePrivately(document, in: folder.temporaryFolder, syncs: false)
    if replacing {
      try files.rename(new, to: claim(file))
      if try claimed(file) != nonce { try files.remove(path(file, nonce)) }
    } else if try !files.place(new, asNew: claim(file)) {
      try files.remove(new)
      try files.remove(path(file, nonce))
    }
  }

  /// Where the bytes of a file are now.
  func currentPath(_ number: Int) throws(CheckpointError) -> String {
    let file = plan.files[number]
    if case .partial(let nonce, _) = try state(number) { return path(file, nonce) }
    return folder.finalFile(file)
  }

  /// Puts a file in its place: header, sync, rename, sync of the folder. Where another process did it, all is well.
  ///
  /// - Parameter nonce: of the partial file that was found whole.
  func publish(_ number: Int, nonce: String) throws(CheckpointError) {
    let file = plan.files[number]
    do throws(CheckpointError) {
      let opened = try OpenFile(updating: path(file, nonce), files)
      try opened.write(plan.header(of: file), at: 0)
      try opened.sync()
      try files.rename(path(file, nonce), to: folder.finalFile(file))
    } catch {
      guard error.code == .notFound, try state(number) == .published(nonce: nonce) else { throw error }
    }
    try files.syncDirectory(folder.destination)
  }

  /// Lets a file be made again: what was recorded of it counts no more.
  func forget(_ number: Int) throws(CheckpointError) {
    try create(number, replacing: true)
  }
}
