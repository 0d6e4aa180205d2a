/// The chat templates of a checkpoint, found where `gguf.SpecialVocab` looks for them.
///
/// 1. `chat_template` in tokenizer_config.json: a text, or a list of texts with names. A null there hides the others.
/// 2. `chat_template.jinja`, with those of `additional_chat_templates/` (their file names are their names).
/// 3. `chat_template` in `chat_template.json`.
///
/// Nothing is read where there is no tokenizer_config.json.
struct ChatTemplates: Sendable {
  private var unnamed: String?
  private var named: [(name: String, text: String)] = []

  static let byteLimit = 4 << 20
  static let jinjaFile = "chat_template.jinja"

  init(config: JSONObject?, folder: String, _ files: FileAccess) throws(CheckpointError) {
    guard let config else { return }
    let value = if let own = config["chat_template"] { own } else { try Self.other(folder, files) }
    switch value {
    case .string(let text): unnamed = text
    case .array(let choices):
      for choice in choices {
        guard let name = choice["name"]?.string, let text = choice["template"]?.string else { continue }
        named.append((Self.keyPart(name), text))
      }
    default: break
    }
  }

  private static let furtherFolder = "additional_chat_templates"

  /// Sorted, so that the order of a folder's entries does not matter.
  private static func further(_ folder: String, _ files: FileAccess) throws(CheckpointError) -> [String] {
    let more = joinPath(folder, furtherFolder)
    guard try files.status(more)?.kind == .directory else { return [] }
    return try files.list(more).sorted().filter { $0.hasSuffix(".jinja") }
  }

  /// Templates that are read beside the files at the top of a checkpoint, from its folder.
  static func furtherFiles(of checkpoint: Checkpoint) throws(CheckpointError) -> [String] {
    guard checkpoint.container == .safetensors, !checkpoint.isSingleFile else { return [] }
    return try further(checkpoint.folder, checkpoint.files).map { joinPath(furtherFolder, $0) }
  }

  /// What the templates of further files are, as tokenizer_config.json would say it.
  private static func other(_ folder: String, _ files: FileAccess) throws(CheckpointError) -> JSONValue {
    let jinja = joinPath(folder, jinjaFile)
    if try files.status(jinja)?.kind == .regular {
      let text = JSONValue.string(try read(jinja, files))
      var choices: [JSONValue] = [["name": "default", "template": text]]
      for name in try further(folder, files) {
        let path = joinPath(joinPath(folder, furtherFolder), name)
        choices.append(["name": .string(String(name.dropLast(6))), "template": .string(try read(path, files))])
      }
      return choices.count == 1 ? text : .array(choices)
    }
    let json = joinPath(folder, "chat_template.json")
    guard try files.status(json)?.kind == .regular else { return nil }
    return try JSONValue(parsing: files.readAll(json, limit: byteLimit), file: json)["chat_template"] ?? nil
  }

  /// Lines end in a line feed, as Python reads a text file.
  private static func read(_ path: String, _ files: FileAccess) throws(CheckpointError) -> String {
    let bytes = try files.readAll(path, limit: byteLimit)
    guard isValidUTF8(bytes) else { throw CheckpointError(.malformedFile, file: path, "is not UTF-8 text") }
    return withLineFeeds(bytes)
  }

  /// Letters and digits stay, all else becomes `_`.
  private static func keyPart(_ name: String) -> String {
    String(
      name.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": Character(scalar)
        default: "_"
        }
      })
  }

  var entries: [GGUFEntry] {
    var texts: [(name: String, text: String)] = []
    var main = unnamed
    for (name, text) in named where !name.isEmpty {
      if name == "default" {
        main = text
      } else if let place = texts.firstIndex(where: { $0.name == name }) {
        texts[place].text = text
      } else {
        texts.append((name, text))
      }
    }
    // An empty text is no key.
    var entries = texts.filter { !$0.text.isEmpty }.map { name, text in
      GGUFEntry("tokenizer.chat_template.\(name)", text: text)
    }
    if !texts.isEmpty { entries.append(GGUFEntry("tokenizer.chat_templates", texts: texts.map(\.name))) }
    if let main, !main.isEmpty { entries.append(GGUFEntry("tokenizer.chat_template", text: main)) }
    return entries
  }
}

/// Text with `\r\n` and `\r` turned into `\n`.
func withLineFeeds(_ bytes: [UInt8]) -> String {
  guard bytes.contains(UInt8(ascii: "\r")) else { return String(decoding: bytes, as: UTF8.self) }
  var kept: [UInt8] = []
  kept.reserveCapacity(bytes.count)
  for (i, byte) in bytes.enumerated() {
    if byte != UInt8(ascii: "\r") {
      kept.append(byte)
    } else if i + 1 == bytes.count || bytes[i + 1] != UInt8(ascii: "\n") {
      kept.append(UInt8(ascii: "\n"))
    }
  }
  return String(decoding: kept, as: UTF8.self)
}
