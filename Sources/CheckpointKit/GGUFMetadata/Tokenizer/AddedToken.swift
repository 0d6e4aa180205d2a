/// A token outside the model's own vocabulary, or one of it that is looked for in the text before anything else.
///
/// Members as in `added_tokens` of tokenizer.json and in `added_tokens_decoder` of tokenizer_config.json.
struct AddedToken: Sendable, Equatable {
  var id: Int?
  var content: String
  var special = false
  var singleWord = false
  var lstrip = false
  var rstrip = false
  var normalized: Bool

  init(special content: String) {
    self.content = content
    special = true
    normalized = false
  }

  /// - Parameters:
  ///   - json: an object with `content`; what it leaves out is false, but `normalized`, which is `not special`.
  init?(_ json: JSONValue, id: Int? = nil) {
    guard let content = json["content"]?.string else { return nil }
    func flag(_ key: String) -> Bool { json[key]?.bool ?? false }
    self.content = content
    self.id = id
    special = flag("special")
    singleWord = flag("single_word")
    lstrip = flag("lstrip")
    rstrip = flag("rstrip")
    normalized = json["normalized"]?.bool ?? !special
  }

  /// Whether all but the id is equal.
  func isSame(as other: AddedToken) -> Bool {
    sameBytes(content, other.content) && special == other.special && singleWord == other.singleWord
      && lstrip == other.lstrip && rstrip == other.rstrip && normalized == other.normalized
  }

  /// Whether it looks like a control token whatever its `special` says; the list is that of the converter
  /// (`does_token_look_special` in llama.cpp's conversion/base.py).
  static func looksSpecial(_ text: String) -> Bool {
    if ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].contains(where: { sameBytes($0, text) }) { return true }
    func isEnclosed(_ prefix: String, _ suffix: String) -> Bool {
      let bytes = Array(text.utf8)
      return bytes.starts(with: prefix.utf8) && bytes.reversed().starts(with: suffix.utf8.reversed())
    }
    return isEnclosed("<|", "|>") || isEnclosed("<\u{ff5c}", "\u{ff5c}>") || isEnclosed("<unused", ">")
  }
}
