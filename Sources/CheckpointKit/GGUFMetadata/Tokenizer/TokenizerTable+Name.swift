extension TokenizerTable {
  /// The name for the sections of a tokenizer.json.
  func name(of tokenizer: TokenizerFile, modelTypes: [String]) throws(CheckpointError) -> String {
    let fingerprint = Self.fingerprint(normalizer: tokenizer.normalizer, preTokenizer: tokenizer.preTokenizer)
    let known = preTokenizers.filter { $0.fingerprint == fingerprint.hex }
    if let found = known.first(where: { $0.modelTypes.contains(where: modelTypes.contains) })
      ?? known.first(where: \.modelTypes.isEmpty)
    {
      return found.name
    }
    let model = modelTypes.first ?? "a model without model_type"
    let hint: String
    if known.isEmpty {
      hint = "--pre NAME says which of llama.cpp's pre-tokenizers splits text in the same way"
    } else {
      let named = known.map { "'\($0.name)' for " + $0.modelTypes.joined(separator: ", ") }
      hint = "known are \(named.joined(separator: "; ")): give the right one with --pre NAME"
    }
    throw CheckpointError(
      .tokenizerUnknown, file: tokenizer.file,
      "splits text in a way that has no known name for \(model) (fingerprint \(fingerprint))", hint: hint)
  }
}
