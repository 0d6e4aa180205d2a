internal import CheckpointKit

/// What is refused of a finished plan before anything is written: a recipe that does nothing it is for, and a result that no
/// engine reads.
enum RecipeFit {
  static func check(_ plan: ConvertPlan, library: SpecLibrary) throws(CheckpointError) {
    try checkSomethingIsEncoded(plan)
    try checkReaders(plan, library)
  }

  // MARK: Nothing to encode

  /// A recipe whose rules name encodings, of which no tensor got any. Where rows are no whole blocks, a warning says so.
  private static func checkSomethingIsEncoded(_ plan: ConvertPlan) throws(CheckpointError) {
    let encodings = plan.recipe.rules.filter { $0.container ?? plan.options.container == plan.options.container }
      .compactMap(\.layout).filter { !$0.isPlain }
    guard let wanted = encodings.first, !plan.findings.contains(where: { $0.code == .notDivisible }) else { return }
    let isEncoded = plan.works.contains { work in work.target.map { !$0.isPlain } ?? false }
    if isEncoded || keepsEncodedStacks(plan) { return }
    throw CheckpointError(
      .recipeUnsuitable, file: plan.recipe.name,
      "would encode nothing of \(family(plan)): its rules give \(wanted.name) to no tensor of it, so that all would be plain",
      hint: "choose bf16 for plain weights; docs/families.md lists what each recipe encodes of a family")
  }

  private static func keepsEncodedStacks(_ plan: ConvertPlan) -> Bool {
    let copied = Set(plan.works.filter { $0.tensor == nil }.flatMap(\.copiedRecords))
    return plan.binding.tensors.contains { bound in
      !bound.layout.isPlain && bound.pieces[0].records.contains { copied.contains($0) }
    }
  }

  // MARK: Readers

  private static func checkReaders(_ plan: ConvertPlan, _ library: SpecLibrary) throws(CheckpointError) {
    guard let model = plan.binding.model, model.spec.isBuiltIn, let type = model.config.modelType,
      let storage = storage(of: plan, model)
    else { return }
    let engines = try library.engines()
    let readers = Readers(of: type, in: storage, among: engines)
    guard readers.isNone else { return }
    let reasons = readers.refusing.map { "\($0.engine.title) \($0.engine.version): \($0.fact.problem ?? "")" }
    let others = StorageKind.allCases.filter { $0 != storage }.compactMap { (other) -> String? in
      let loading = Readers(of: type, in: other, among: engines).loading
      return loading.isEmpty ? nil : "\(other.title) (\(loading.map(\.title).joined(separator: ", ")))"
    }
    throw CheckpointError(
      .recipeWithoutReader, file: plan.recipe.name,
      "no engine loads \(family(plan)) stored as \(storage.title): " + reasons.joined(separator: "; "),
      hint: "of this family there are readers for " + others.joined(separator: ", ")
        + "; docs/families.md says it of every recipe")
  }

  private static func family(_ plan: ConvertPlan) -> String {
    guard let model = plan.binding.model else { return "it" }
    return model.config.modelType ?? model.spec.name
  }

  /// What the result will be. Of experts that the plan does not take one by one, what the source has is taken.
  private static func storage(of plan: ConvertPlan, _ model: ModelLayout) -> StorageKind? {
    if plan.options.container == .gguf { return .gguf }
    var experts: Set<StorageKind> = []
    var others: Set<StorageKind> = []
    for work in plan.works {
      guard let index = work.tensor, let target = work.target, model.tensors[index].group == .text,
        model.tensors[index].shape.rank > 1
      else { continue }
      guard let kind = target.storage else { return nil }
      if model.tensors[index].role.isRoutedExpert { experts.insert(kind) } else { others.insert(kind) }
    }
    if experts.isEmpty {
      for bound in plan.binding.tensors where model.tensors[bound.tensor].role.isRoutedExpert {
        let tensor = model.tensors[bound.tensor]
        guard tensor.group == .text, tensor.shape.rank > 1 else { continue }
        guard let kind = bound.layout.storage else { return nil }
        experts.insert(kind)
      }
    }
    return StorageKind(experts: experts, others: others)
  }
}
