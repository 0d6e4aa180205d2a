public import CheckpointKit

/// Token ids to run a model on: one sequence, or several of the same length, with the position of each token.
public struct TokenInput: Sendable, Equatable {
  /// All sequences, one after the other.
  public let tokens: [Int]
  public let sequences: Int
  /// Positions of the tokens of all sequences; nil for 0, 1, 2, … in each.
  public private(set) var positions: [Int]?
  /// `[T]` or `[B, T]`, as the input had it; outputs have the same dimensions in front.
  public let shape: [Int]

  /// Where the tokens came from, for messages.
  private let source: String?

  public var length: Int { tokens.count / sequences }

  /// One sequence.
  public init(tokens: [Int]) throws(CheckpointError) {
    try self.init(tokens: tokens, shape: [tokens.count], source: nil)
  }

  private init(tokens: [Int], shape: [Int], source: String?) throws(CheckpointError) {
    guard shape.count == 1 || shape.count == 2 else {
      throw CheckpointError(.forwardInput, file: source, "has the shape \(shape), where [T] or [B, T] is needed")
    }
    guard !tokens.isEmpty else { throw CheckpointError(.forwardInput, file: source, "holds no tokens") }
    self.tokens = tokens
    self.shape = shape
    self.source = source
    sequences = shape.count == 2 ? shape[0] : 1
  }

  /// Reads ids from a `.npy` file of int32 or int64, `[T]` or `[B, T]`, or from a text with ids between spaces, commas or
  /// line breaks.
  public init(reading path: String, files: FileAccess = .system) throws(CheckpointError) {
    let numbers = try Self.numbers(path, files)
    try self.init(tokens: numbers.values, shape: numbers.shape, source: path)
  }

  /// Ids drawn evenly from the vocabulary; the same seed gives the same ids (SplitMix64).
  public init(random count: Int, seed: UInt64, vocabulary: Int) throws(CheckpointError) {
    guard count > 0, vocabulary > 0 else { throw CheckpointError(.forwardInput, "no tokens were asked for") }
    var state = seed
    let tokens = (0..<count).map { _ in
      state &+= 0x9e37_79b9_7f4a_7c15
      var bits = state
      bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
      bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
      bits ^= bits >> 31
      return Int(UInt64(vocabulary).multipliedFullWidth(by: bits).high)
    }
    try self.init(tokens: tokens)
  }

  /// The same tokens at the positions of a file: of the tokens' shape, or `[T]` for every sequence.
  public func positioned(reading path: String, files: FileAccess = .system) throws(CheckpointError) -> TokenInput {
    let numbers = try Self.numbers(path, files)
    guard numbers.shape == shape || numbers.shape == [length] else {
      throw CheckpointError(
        .forwardInput, file: path, "has positions of shape \(numbers.shape) for tokens of shape \(shape)")
    }
    let repeats = numbers.values.count == tokens.count ? 1 : sequences
    return try positioned((0..<repeats).flatMap { _ in numbers.values }, source: path)
  }

  /// The same tokens at other positions, one for each token.
  public func positioned(_ positions: [Int]) throws(CheckpointError) -> TokenInput {
    try positioned(positions, source: nil)
  }

  private func positioned(_ positions: [Int], source: String?) throws(CheckpointError) -> TokenInput {
    guard positions.count == tokens.count else {
      throw CheckpointError(
        .forwardInput, file: source, "has \(positions.count) positions for \(tokens.count) tokens")
    }
    if let place = positions.firstIndex(where: { !(0..<Self.positionLimit).contains($0) }) {
      throw CheckpointError(
        .forwardInput, file: source, "position \(place) is \(positions[place]): it should be at least 0 and below 2^31")
    }
    var input = self
    input.positions = positions
    return input
  }

  private static let positionLimit = 1 << 31

  var allPositions: [Int] { positions ?? (0..<sequences).flatMap { _ in 0..<length } }

  /// Refuses ids that the model does not have.
  func check(vocabulary: Int) throws(CheckpointError) {
    if let place = tokens.firstIndex(where: { !(0..<vocabulary).contains($0) }) {
      throw CheckpointError(
        .forwardInput, file: source,
        "token \(place) is \(tokens[place]), where the vocabulary has 0 to \(vocabulary - 1)",
        hint: "use the tokenizer of this checkpoint")
    }
  }

  /// The most numbers that are taken from a file.
  private static let countLimit = 1 << 24

  private static func numbers(_ path: String, _ files: FileAccess) throws(CheckpointError) -> NPYFile.Integers {
    if path.hasSuffix(".npy") { return try NPYFile.readIntegers(path, files: files, limit: countLimit) }
    let bytes = try files.readAll(path, limit: 1 << 28)
    guard bytes.first != 0x93 else {
      throw CheckpointError(.forwardInput, file: path, "is an .npy file under another name", hint: "call it .npy")
    }
    let separators = Set(" \t\r\n,[]".utf8)
    var values: [Int] = []
    for word in bytes.split(whereSeparator: { separators.contains($0) }) {
      let text = String(decoding: word, as: UTF8.self)
      guard let value = Int(text), values.count < countLimit else {
        throw CheckpointError(
          .forwardInput, file: path, "'\(text.prefix(40))' is no id",
          hint: "give ids as whole numbers, with spaces, commas or line breaks between them")
      }
      values.append(value)
    }
    return NPYFile.Integers(shape: [values.count], values: values)
  }
}
