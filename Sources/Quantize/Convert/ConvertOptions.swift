public import CheckpointKit

/// What a conversion may be told beside its recipe.
public struct ConvertOptions: Sendable {
  public enum Digests: String, Sendable, CaseIterable { case none, output, all }

  /// On which rows the error is measured.
  public enum Errors: String, Sendable, CaseIterable {
    case none
    /// Every sixteenth strip of sixteen rows, beginning with the first.
    case sample
    case all
  }

  public var rounding = EncodeOptions.Rounding.ct
  public var scaleDType: DType?
  public var maxShardBytes: Int?
  public var digests = Digests.output
  public var errors = Errors.sample
  /// What the result is made of.
  public var container = Container.safetensors
  /// How much each column weighs, for a result in GGUF.
  public var importance: ImportanceMatrix?
  /// Types by name that stand above a recipe for GGUF.
  public var tensorTypes = LlamaMixTensorTypes()
  /// The pre-tokenizer that a GGUF file names, where the tokenizer itself does not tell.
  public var preTokenizer: String?
  /// What a GGUF file calls the model.
  public var modelName: String?
  /// Findings that may pass: tensors in a layer that nothing here knows.
  public var allowances: [Allowance] = []

  public init() {}

  /// The options as a plan names them: only those that change bytes.
  func named(recipe: String) -> [(name: String, value: String)] {
    let ggufOptions =
      container == .safetensors
      ? []
      : [
        ("container", container.rawValue), ("pre", preTokenizer ?? ""), ("name", modelName ?? ""),
        ("tensor-types", tensorTypes.text),
      ]
    return [
      ("to", recipe), ("rounding", rounding.rawValue), ("scale-dtype", scaleDType?.name ?? ""),
      ("max-shard-size", maxShardBytes.map(String.init) ?? ""), ("digests", digests.rawValue),
      ("errors", errors.rawValue), ("allow", allowances.map(\.text).joined(separator: "\n")),
    ] + ggufOptions
  }

  /// The options of a saved plan.
  public init(named options: [String: String]) throws(CheckpointError) {
    func value<T>(_ name: String, _ parse: (String) -> T?) throws(CheckpointError) -> T? {
      guard let text = options[name], !text.isEmpty else { return nil }
      guard let value = parse(text) else {
        throw CheckpointError(.planMalformed, "has the option \(name) with the value '\(text)', which is none")
      }
      return value
    }
    rounding = try value("rounding") { EncodeOptions.Rounding(rawValue: $0) } ?? .ct
    scaleDType = try value("scale-dtype") { DType(name: $0) }
    maxShardBytes = try value("max-shard-size") { Int($0) }
    digests = try value("digests") { Digests(rawValue: $0) } ?? .output
    errors = try value("errors") { Errors(rawValue: $0) } ?? .sample
    container = try value("container") { Container(rawValue: $0) } ?? .safetensors
    preTokenizer = try value("pre") { $0 }
    modelName = try value("name") { $0 }
    allowances = (options["allow"] ?? "").split(separator: "\n").map { Allowance(String($0)) }
    tensorTypes = try LlamaMixTensorTypes(parsing: options["tensor-types"] ?? "", file: "the plan")
  }
}
