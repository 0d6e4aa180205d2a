internal import Synchronization

/// The documents that a library has handed out since someone began to note them: what a plan was made with, beside its
/// files and options.
///
/// No planner lists them: one that it forgot would change a result and leave the plan's identity as it was.
public struct DocumentsInUse: Sendable {
  /// By kind and name, the document's text with those that it extends.
  private(set) var texts: [String: String] = [:]

  public init() {}

  mutating func add(_ kind: SpecLibrary.Kind, _ name: String, _ text: @autoclosure () -> String) {
    let key = "\(kind.rawValue)/\(name)"
    if texts[key] == nil { texts[key] = text() }
  }

  public mutating func add(_ others: DocumentsInUse) { texts.merge(others.texts) { first, _ in first } }

  /// A digest of all of them, and of a text that is in no library, such as a recipe of the user's.
  public func digest(with text: String = "") -> SHA256Digest {
    var whole = text + "\n"
    for (key, text) in texts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      whole += "\(key) \(SHA256Digest(of: text))\n"
    }
    return SHA256Digest(of: whole)
  }
}

/// Where a library notes what it hands out; copies of the library share it.
final class DocumentNotes: Sendable {
  private let content = Mutex(DocumentsInUse())

  var documents: DocumentsInUse { content.withLock { $0 } }

  func add(_ kind: SpecLibrary.Kind, _ name: String, _ text: @autoclosure () -> String) {
    content.withLock { $0.add(kind, name, text()) }
  }
}
