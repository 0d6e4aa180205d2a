internal import ArgumentParser
internal import CheckpointKit
internal import Quantize

struct Families: Verb {
  static let verb = "families"
  static let configuration = CommandConfiguration(
    abstract: "List the model families that this build knows.",
    discussion: """
      EXAMPLES
        ckpt families
        ckpt families --specs ./my-specs --json
      """)

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    var report = Report()
    var table = TextTable()
    var families: [JSONValue] = []
    for family in try session.library().families {
      table.row(family.name, family.modelTypes.joined(separator: " "), family.title)
      families.append(
        .object([
          "name": .string(family.name), "title": .string(family.title),
          "model_types": .array(family.modelTypes.map { .string($0) }), "templates": .int(family.tensors.count),
          "sources": .array(family.sources.map { .string($0) }),
        ]))
    }
    report.summary = ["families": .array(families)]
    report.text = table.text()
    return report
  }
}

struct Encodings: Verb {
  static let verb = "encodings"
  static let configuration = CommandConfiguration(
    abstract: "List the encodings that this build reads and writes.",
    discussion: """
      EXAMPLES
        ckpt encodings
        ckpt encodings --json | jq -r '.summary.encodings[].name'
      """)

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    var report = Report()
    var table = TextTable(right: [1])
    table.row("name", "bits per weight", "parts of a matrix x.weight")
    var encodings: [JSONValue] = []
    for layout in EncodingLayouts.named {
      // A square of a size that every encoding's tiles divide.
      let shape = Shape(4096, 4096)
      let parts = layout.parts(for: shape)
      let bits = 8 * Double(parts.reduce(0) { $0 + $1.byteCount }) / Double(shape.elementCount)
      let isWritable = layout.writingRefusal == nil
      table.row(
        layout.name, ByteSize.fixed(bits, decimals: 3),
        parts.map { "weight\($0.suffix) \($0.dtype)" }.joined(separator: ", ") + (isWritable ? "" : " (read only)"))
      encodings.append(
        .object([
          "name": .string(layout.name), "bits_per_weight": .double(bits), "writable": .bool(isWritable),
          "parts": .array(
            parts.map { .object(["name": .string("weight" + $0.suffix), "dtype": .string($0.dtype.name)]) }),
        ]))
    }
    report.summary = ["encodings": .array(encodings)]
    report.text = table.text()
    return report
  }
}

struct Recipes: Verb {
  static let verb = "recipes"
  static let configuration = CommandConfiguration(
    abstract: "List the recipes that this build knows, or print one.",
    discussion: """
      EXAMPLES
        ckpt recipes
        ckpt recipes int4-g32 > my-recipe.json
      """)

  @Argument(help: "A recipe to print as JSON, to begin one's own with.")
  var name: String?

  @OptionGroup(title: "Common options") var common: CommonOptions

  func perform(_ session: Session) throws -> Report {
    let library = try session.library()
    var report = Report()
    if let name {
      guard let document = library.document(.recipes, named: name) else {
        throw ValidationError("no recipe is called '\(name)'" + suggestion(name, among: library.names(.recipes)))
      }
      report.summary = ["recipe": document.json]
      report.text = document.json.text(indent: 2) + "\n"
      return report
    }
    var table = TextTable()
    var recipes: [JSONValue] = []
    for (file, json) in library.documents(.recipes) {
      let recipe = try Recipe(json, file: file)
      table.row(recipe.name, recipe.title)
      recipes.append(
        .object(["name": .string(recipe.name), "title": .string(recipe.title), "rules": .int(recipe.rules.count)]))
    }
    for name in Recipe.mixNames {
      guard let recipe = try Recipe.find(name, in: library, files: session.files) else { continue }
      table.row(recipe.name, recipe.title)
      recipes.append(.object(["name": .string(recipe.name), "title": .string(recipe.title), "rules": 0]))
    }
    report.summary = ["recipes": .array(recipes)]
    report.text = table.text()
    return report
  }
}
