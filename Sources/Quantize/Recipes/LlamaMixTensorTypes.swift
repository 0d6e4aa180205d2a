public import CheckpointKit

/// Types for tensors by name: `ffn_down_exps=q3_k`, as `llama-quantize --tensor-type` takes them.
///
/// The left side is a regular expression that is looked for anywhere in the name, so that those who mean one tensor write
/// `^blk\.3\.attn_output\.weight$`. The first rule that matches decides.
public struct LlamaMixTensorTypes: Sendable {
  public struct Rule: Sendable {
    public let pattern: LlamaMixPattern
    public let type: GGUFType
  }

  public private(set) var rules: [Rule] = []

  public init() {}

  /// Reads a file for `--tensor-type-file`, or one of `^regex$=type` lines: `pattern=type`, separated by spaces or line
  /// ends. A line that begins with `#` says nothing (that is not so in `llama-quantize`). As there, patterns are read
  /// in lower case, and names of types in any.
  public init(parsing text: String, file: String) throws(CheckpointError) {
    for (i, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.first?.hasPrefix("#") == true { continue }
      for word in words {
        do throws(CheckpointError) { try append(String(word)) } catch {
          throw CheckpointError(.recipeMalformed, file: file, "line \(i + 1): \(error.problem)", hint: error.hint)
        }
      }
    }
  }

  /// Adds one `pattern=type`.
  public mutating func append(_ text: String) throws(CheckpointError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw CheckpointError(
        .recipeMalformed, "'\(text)' is not of the form pattern=type", hint: "write it as attn_v=q6_K, without spaces")
    }
    let name = foldedName(String(parts[1]))
    guard let type = Self.types.first(where: { foldedName($0.name) == name }) else {
      throw CheckpointError(
        .recipeMalformed, "'\(parts[1])' is no type that llama-quantize writes",
        hint: "the types are \(Self.types.map(\.name).joined(separator: ", "))")
    }
    rules.append(Rule(pattern: try LlamaMixPattern(Self.lowercased(parts[0])), type: type))
  }

  /// The rules as they are read, one on a line.
  public var text: String { rules.map { "\($0.pattern.text)=\($0.type.name.lowercased())" }.joined(separator: "\n") }

  /// The first rule that matches a name, counted from 1.
  public func firstMatch(_ name: String) throws(CheckpointError) -> Int? {
    let bytes = Array(name.utf8)
    for (i, rule) in rules.enumerated() where try rule.pattern.isFound(in: bytes) { return i + 1 }
    return nil
  }

  /// Types that `llama-quantize` can make. It reads the names of others too, and then stops.
  static let types = GGUFType.allCases.filter { ![.q8_1, .q8K, .i8, .i16, .i32, .i64, .f64].contains($0) }

  /// A file for `--tensor-type-file`: one line for each tensor, which means it alone.
  public static func text(_ types: [(name: TensorName, type: GGUFType)]) throws(CheckpointError) -> String {
    var text = ""
    for (name, type) in types {
      for character in name.string.unicodeScalars
      where character == "=" || character.properties.isWhitespace || ("A"..."Z").contains(character) {
        throw CheckpointError(
          .recipeUnsuitable, tensor: name.string, "cannot be named in a file for llama-quantize",
          hint: "that program takes '=' and spaces for separators, and reads patterns in lower case")
      }
      text += "^\(LlamaMixPattern.quoted(name.string))$=\(type.name.lowercased())\n"
    }
    return text
  }

  /// Where such a file is written, over an earlier one.
  public static let output = SideOutput.Kind("a file of tensor types as is written here") { (line: String) in
    guard line.hasPrefix("^"), let end = line.lastIndex(of: "="), line[..<end].hasSuffix("$") else { return false }
    return types.contains { $0.name.lowercased() == line[end...].dropFirst() }
  }

  /// Of ASCII only, as the C library does it.
  private static func lowercased(_ text: Substring) -> String {
    String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
