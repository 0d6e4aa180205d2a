/// The tokens of a model by id, held in a few flat arrays.
struct Vocabulary: Sendable {
  private var names: NameTable
  /// Of each name, in the order of ``names``.
  private var ids: [Int32] = []
  /// Number of the name by id, −1 where an id has no token.
  private var numbers: [Int32]
  private(set) var highestID = -1

  /// Why a token cannot be added.
  enum Clash: Error {
    case outOfRange
    case sameText(id: Int)
    case sameID(text: String)
  }

  /// - Parameter size: ids go from 0 up to this, which is not one of them.
  init(size: Int) {
    names = NameTable(count: size, byteCount: 8 * size)
    numbers = Array(repeating: -1, count: size)
  }

  var size: Int { numbers.count }
  /// How many tokens there are; fewer than ``size`` where ids are left out.
  var count: Int { ids.count }

  mutating func add(_ text: UnsafeBufferPointer<UInt8>, id: Int) throws(Clash) {
    guard numbers.indices.contains(id) else { throw .outOfRange }
    if numbers[id] >= 0 { throw .sameID(text: names[Int(numbers[id])]) }
    let (isNew, number) = names.add(text)
    guard isNew else { throw .sameText(id: Int(ids[number])) }
    ids.append(Int32(id))
    numbers[id] = Int32(number)
    highestID = max(highestID, id)
  }

  mutating func add(_ text: String, id: Int) throws(Clash) {
    let bytes = Array(text.utf8)
    let clash: Clash? = bytes.withUnsafeBufferPointer { buffer in
      do throws(Clash) {
        try add(buffer, id: id)
        return nil
      } catch { return error }
    }
    if let clash { throw clash }
  }

  func id(of text: String) -> Int? { names.number(of: TensorName(text)).map { Int(ids[$0]) } }

  func id(of text: UnsafeBufferPointer<UInt8>) -> Int? { names.number(of: text).map { Int(ids[$0]) } }

  func has(_ id: Int) -> Bool { numbers.indices.contains(id) && numbers[id] >= 0 }

  /// Lends the bytes of an id's token; nil where it has none.
  func withText<R>(of id: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
    has(id) ? names.withBytes(of: Int(numbers[id]), body) : nil
  }
}

extension Vocabulary.Clash {
  /// The error of a file whose token cannot be added.
  func error(file: String, token: String, id: Int, size: Int) -> CheckpointError {
    let problem =
      switch self {
      case .outOfRange: "token '\(token)' has the id \(id), but config.json's vocab_size is \(size)"
      case .sameText(let other): "token '\(token)' has the id \(id), and \(other) too"
      case .sameID(let text): "the tokens '\(text)' and '\(token)' have the same id, \(id)"
      }
    return CheckpointError(
      .tokenizerMalformed, file: file, problem, hint: "take tokenizer and config.json from one and the same repository")
  }
}
