@testable import CheckpointKit
@testable import Quantize

/// "Who reads what" of `docs/families.md`: families, recipes, and the engines that load the result.
struct ReadersSection {
  let library: SpecLibrary
  let engines: [EngineSpec]
  /// What every cell with the same engines in doubt refers to, in the order of their first cell.
  private var footnotes: [[String]] = []

  init(_ library: SpecLibrary) throws {
    self.library = library
    engines = try library.engines()
  }

  /// What one column has: recipes whose results readers do not tell apart.
  private struct Column {
    var title: String
    var storage: StorageKind
    var recipes: [String]
  }

  /// A recipe belongs to the column of what it writes; one for any container to two: a folder and a GGUF file.
  private func columns() throws -> [Column] {
    var names: [StorageKind: [String]] = [:]
    for (file, json) in library.documents(.recipes) {
      let recipe = try Recipe(json, file: file)
      if recipe.container != .gguf {
        let layouts = recipe.rules.filter { $0.container != .gguf }.compactMap(\.layout)
        let kinds = Set(layouts.compactMap(\.storage)).subtracting([.plain])
        names[kinds.first ?? .plain, default: []].append(recipe.name)
      }
      if recipe.container != .safetensors { names[.gguf, default: []].append(recipe.name) }
    }
    names[.gguf, default: []].append("llama.cpp/MIX")
    return [
      Column(title: "plain folder", storage: .plain, recipes: names[.plain] ?? []),
      Column(title: "`fp8-block`", storage: .fp8Block, recipes: names[.fp8Block] ?? []),
      Column(title: "`int4-*`", storage: .int4, recipes: names[.int4] ?? []),
      Column(title: "MXFP4, kept", storage: .mxfp4, recipes: []),
      Column(title: "GGUF file", storage: .gguf, recipes: names[.gguf] ?? []),
    ]
  }

  /// Whether a recipe of the column encodes anything of the family.
  private func exists(_ storage: StorageKind, of family: FamilySpec) -> Bool {
    switch storage {
    case .plain, .int4: true
    case .fp8Block: !family.fp8Roles.isEmpty
    case .mxfp4: family.tensors.contains { $0.stack?.encodings.contains("mxfp4") ?? false }
    case .gguf, .mmproj: library.ggufSpecs.contains { $0.families.contains(family.name) }
    }
  }

  mutating func text() throws -> String {
    let columns = try columns()
    var table = ""
    for family in library.families {
      for type in family.modelTypes {
        var cells = ["`\(family.name)`" + (type == family.name ? "" : ": `\(type)`")]
        for column in columns {
          cells.append(exists(column.storage, of: family) ? cell(type, column.storage) : "–")
        }
        table += "| " + cells.joined(separator: " | ") + " |\n"
      }
    }
    var text = """

      ## Who reads what

      Which engines load a family as a recipe writes it. A pair that every engine is known not to load is **refused** when it is planned
      (`recipe.no-reader`); a dash is a recipe that encodes nothing of the family, which is refused too (`recipe.unsuitable`). What no source
      says is not known, and said below the table. Families given with `--specs` are not judged. `ckpt validate --for ENGINE` says the same
      of a checkpoint, and whether the numbers of a deployment fit ([engines.md](engines.md)).


      """
    text += "| family | \(columns.map(\.title).joined(separator: " | ")) |\n"
    text += "|---|\(columns.map { _ in "---|" }.joined())\n" + table + "\n"
    for (number, names) in footnotes.enumerated() {
      text += "(\(number + 1)) Not known: \(names.joined(separator: ", ")).\n"
    }
    text += "\n| column | recipes |\n|---|---|\n"
    for column in columns where !column.recipes.isEmpty {
      text += "| \(column.title) | \(column.recipes.map { "`\($0)`" }.joined(separator: ", ")) |\n"
    }
    text += """

      What the table rests on, by engine and version: what was `run` in the engine, what its own code `judged` without kernels, and what was
      `read` in its sources ([engines.md](engines.md)).

      """
    for engine in engines {
      text += "\n\(engine.title) \(engine.version):\n\n"
      for fact in engine.loads {
        let models = fact.models == ["*"] ? "all others" : fact.models.map { "`\($0)`" }.joined(separator: ", ")
        let storage = fact.storage.map(\.title).joined(separator: ", ")
        let verdict = fact.problem.map { "not loaded: \($0)" } ?? "loaded"
        text += "- \(storage) of \(models): \(verdict) [\(fact.evidence.rawValue): \(fact.source)]\n"
      }
    }
    return text
  }

  private mutating func cell(_ type: String, _ storage: StorageKind) -> String {
    let readers = Readers(of: type, in: storage, among: engines)
    if readers.isNone { return "**none: refused**" }
    var text = readers.loading.isEmpty ? "?" : readers.loading.map(\.title).joined(separator: ", ")
    if !readers.unknown.isEmpty {
      let names = readers.unknown.map(\.title)
      let number = footnotes.firstIndex(of: names) ?? footnotes.count
      if number == footnotes.count { footnotes.append(names) }
      text += " (\(number + 1))"
    }
    return text
  }
}
