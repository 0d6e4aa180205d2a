internal import CheckpointKit

/// Plans a conversion into GGUF: a recipe applied to the tensors that the file will have.
struct GGUFConvertPlanner {
  private let binding: Binding
  private let model: ModelLayout
  private let spec: GGUFSpec
  private let layout: GGUFLayout
  private let recipe: Recipe
  private let options: ConvertOptions
  private var works: [ConvertPlan.Work] = []
  private var findings: [Finding] = []
  /// The binding's tensor of each of the model's; −1 where there is none.
  private var places: [Int]

  init(
    _ binding: Binding, _ model: ModelLayout, recipe: Recipe, options: ConvertOptions, library: SpecLibrary
  ) throws(CheckpointError) {
    guard let spec = library.gguf(family: model.spec.name) else {
      throw CheckpointError(
        .recipeUnsuitable, file: binding.checkpoint.path,
        "cannot become GGUF: how models of the family \(model.spec.name) stand in one is not known here",
        hint: "--specs DIR adds a spec in DIR/gguf")
    }
    self.binding = binding
    self.model = model
    self.spec = spec
    self.recipe = recipe
    self.options = options
    places = Array(repeating: -1, count: model.tensors.count)
    for (i, bound) in binding.tensors.enumerated() { places[bound.tensor] = i }
    layout = try GGUFLayout(spec, of: model, present: places.map { $0 >= 0 })
  }

  mutating func plan() throws(CheckpointError) -> ConvertPlan {
    for tensor in layout.tensors { try plan(tensor) }
    noteOmitted()
    let checkpoint = binding.checkpoint
    var files = try PlanInputs.files(of: checkpoint)
    if let importance = options.importance { files.append(try importance.planInput()) }
    let inputs = PlanInputs(
      verb: "convert", options: options.named(recipe: recipe.name),
      rules: SHA256Digest(of: recipe.text + "\n" + model.spec.identity + "\n" + spec.identity), files: files)
    let fields = try metadata()
    var builder = PlanBuilder(
      inputs: inputs, writer: GGUFWriter(fields: fields.flatMap(\.bytes), count: fields.count))
    let drafts = works.indices.map { draft($0) }
    let items = drafts.map {
      (shard: 0, layer: Int?.none, bytes: $0.byteCount.roundedUp(to: GGUFHeader.usualAlignment))
    }
    let sharding: Sharding = options.maxShardBytes.map { .upTo(bytes: $0) } ?? .asSource
    let split = sharding.files(items)
    guard split.count <= GGUFWriter.mostFiles else {
      throw CheckpointError(
        .outputUnsuitable, "would be split into \(split.count) files, where \(GGUFWriter.mostFiles) are allowed",
        hint: "give a larger --max-shard-size")
    }
    for file in split { builder.addFile(file.map { drafts[$0] }) }
    return ConvertPlan(
      binding: binding, plan: builder.plan(), works: works, recipe: recipe, options: options, config: nil,
      findings: findings)
  }

  // MARK: Tensors

  private mutating func plan(_ tensor: GGUFLayout.Tensor) throws(CheckpointError) {
    let sources = tensor.sources.map { places[$0] }
    let (target, rule) = try target(of: tensor)
    let importance = try importance(of: tensor, target)
    let assembly = Assembly(
      name: tensor.name, role: tensor.role, layer: tensor.layer, sources: sources, rowsPerSlice: tensor.rowsPerSlice,
      rows: tensor.rows, importance: importance)
    let usual: EncodeOptions.Importance = recipe.searchesPlainly ? .none : .equal
    works.append(
      ConvertPlan.Work(
        tensor: tensor.sources.first, operation: .assemble(assembly, EncodeOptions(importance: usual)), target: target,
        shape: tensor.shape, rule: rule))
  }

  private mutating func target(
    of tensor: GGUFLayout.Tensor
  ) throws(CheckpointError) -> (any EncodingLayout, rule: Int?) {
    guard let source = tensor.sources.first, !tensor.staysF32 else { return (PlainLayout(.f32), nil) }
    let stored = binding.tensors[places[source]].layout
    let decision = try recipe.rule(for: model.tensors[source], of: model, stored: stored, in: .gguf)
    let wanted = decision?.rule.layout ?? stored
    guard wanted is PlainLayout || wanted is GGUFBlockLayout else {
      throw CheckpointError(
        .recipeUnsuitable, file: recipe.name, tensor: tensor.name,
        "would be \(wanted.name), which is an encoding of safetensors files and not of GGUF",
        hint: "the recipe needs a rule that gives \(tensor.role?.name ?? "it") an encoding of GGUF")
    }
    guard let refusal = wanted.refusal(of: tensor.shape) else { return (wanted, decision?.number) }
    let fallback = Self.fallback(wanted, tensor.shape)
    findings.append(
      Finding(
        .warning, .notDivisible, tensor: tensor.name,
        "becomes \(fallback.name): \(refusal), so it cannot be \(wanted.name)"))
    return (fallback, decision?.number)
  }

  /// What `llama-quantize` takes where a row is no whole number of blocks.
  static func fallback(_ wanted: any EncodingLayout, _ shape: Shape) -> any EncodingLayout {
    let type: GGUFType? =
      switch (wanted as? GGUFBlockLayout)?.type {
      case .iq4XS: .iq4NL
      case .q2K, .q3K: .q4_0
      case .q4K: .q5_0
      case .q5K: .q5_1
      case .q6K: .q8_0
      default: nil
      }
    if let layout = type.flatMap({ GGUFBlockLayout($0) }), layout.refusal(of: shape) == nil { return layout }
    return PlainLayout(.f16)
  }

  private func importance(
    of tensor: GGUFLayout.Tensor, _ target: any EncodingLayout
  ) throws(CheckpointError) -> ImportanceMatrix.Entry? {
    guard let matrix = options.importance, target is GGUFBlockLayout, let entry = matrix[TensorName(tensor.name)]
    else { return nil }
    let wanted = tensor.sliceCount * tensor.shape.columns
    guard entry.valueCount == wanted else {
      throw CheckpointError(
        .imatrixMalformed, file: matrix.path, tensor: tensor.name,
        "has \(entry.valueCount) values, where the tensor has \(tensor.sliceCount) × \(tensor.shape.columns) columns",
        hint: "it was made for another model")
    }
    return entry
  }

  private func draft(_ number: Int) -> PlanBuilder.Draft {
    let work = works[number]
    guard case .assemble(let assembly, _) = work.operation, let target = work.target else {
      preconditionFailure("a tensor of a GGUF file is assembled")
    }
    let rows = assembly.panelRows(work.shape, target)
    return PlanBuilder.Draft(
      name: assembly.name, layout: target, shape: work.shape, panelRows: rows,
      scratch: assembly.needs(work.shape, binding, panelRows: min(rows, work.shape.rows)).bytes, work: number)
  }

  // MARK: What is said

  /// Nothing is left behind in silence.
  private mutating func noteOmitted() {
    let groups = Dictionary(grouping: layout.omitted) { model.tensors[$0].group }
    for (group, tensors) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let first = model.name(of: model.tensors[tensors[0]])
      let severity: Finding.Severity = group == .text ? .warning : .note
      findings.append(
        Finding(
          severity, .tensorOmitted, tensor: first,
          (tensors.count > 1 ? "and \(tensors.count - 1) others of group \(group.rawValue) are" : "is")
            + " left behind: a GGUF file of architecture \(spec.architecture) has no place for it"))
    }
    if let first = binding.unknown.first {
      let record = binding.checkpoint.records[first]
      findings.append(
        Finding(
          .warning, .tensorUnknown, file: binding.checkpoint.shard(of: record).name, tensor: record.name.string,
          (binding.unknown.count > 1 ? "and \(binding.unknown.count - 1) others are" : "is")
            + " not named by the spec \(model.spec.name): a GGUF file has no place for what llama.cpp does not know"))
    }
  }

  private func metadata() throws(CheckpointError) -> [GGUFEntry] {
    var entries = [GGUFEntry("general.architecture", text: spec.architecture)]
    entries += try spec.entries(of: model)
    entries.append(GGUFEntry("general.file_type", uint32: recipe.fileType ?? 0))
    entries.append(GGUFEntry("general.quantization_version", uint32: 2))
    return entries
  }
}
