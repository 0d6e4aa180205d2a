public import CheckpointKit

/// Plans a conversion: a recipe applied to a bound checkpoint.
///
/// Nothing is read but headers and small files; what cannot work is refused here.
public struct ConvertPlanner: Sendable {
  private let binding: Binding
  private let model: ModelLayout
  private let recipe: Recipe
  private let options: ConvertOptions
  private var works: [ConvertPlan.Work] = []
  private var items: [(shard: Int, layer: Int?, bytes: Int)] = []
  private var findings: [Finding] = []
  private var notes = ConversionNotes()
  private let joined: JoinedProjections
  private var heldBack = HeldBackProjections()
  /// Whether stacks of experts keep an encoding that config.json speaks of.
  private var keepsEncodedStacks = false

  /// - Throws: where the recipe cannot be applied to this checkpoint.
  public static func plan(
    _ binding: Binding, recipe: Recipe, options: ConvertOptions, library: SpecLibrary
  ) throws(CheckpointError) -> ConvertPlan {
    guard let model = binding.model else {
      let reason = binding.findings.first { $0.code == .familyUnknown || $0.code == .configMissing }
      throw CheckpointError(
        reason?.code ?? .familyUnknown, file: binding.checkpoint.path,
        "cannot be converted: " + (reason?.problem ?? "its family is not known"), hint: reason?.hint)
    }
    guard model.groups.contains(.text) else {
      throw CheckpointError(
        .recipeUnsuitable, file: binding.checkpoint.path,
        "holds a vision tower and no text model: nothing is converted",
        hint: "convert the checkpoint that it was made of")
    }
    try binding.requireKnownLayers(options.allowances)
    let plan = try plan(binding, model, recipe: recipe, options: options, library: library)
    try RecipeFit.check(plan, library: library)
    return plan
  }

  private static func plan(
    _ binding: Binding, _ model: ModelLayout, recipe: Recipe, options: ConvertOptions, library: SpecLibrary
  ) throws(CheckpointError) -> ConvertPlan {
    if options.container == .gguf {
      var planner = try GGUFConvertPlanner(binding, model, recipe: recipe, options: options, library: library)
      return try planner.plan()
    }
    var planner = ConvertPlanner(binding: binding, model: model, recipe: recipe, options: options)
    try planner.planTensors()
    return try planner.finish()
  }

  private init(binding: Binding, model: ModelLayout, recipe: Recipe, options: ConvertOptions) {
    self.binding = binding
    self.model = model
    self.recipe = recipe
    self.options = options
    // Only blocks are asked about: other recipes need no walk through all tensors.
    let writesBlocks = recipe.rules.contains { $0.layout?.isInBlocks ?? false }
    joined = JoinedProjections(
      model, tensors: binding.tensors.prefix(writesBlocks ? .max : 0).lazy.map { ($0.tensor, $0.layout) },
      block: FP8BlockLayout.block)
  }

  // MARK: Tensors

  /// Every tensor that is written, in the order of its main part in the source.
  private mutating func planTensors() throws(CheckpointError) {
    if binding.checkpoint.container == .gguf { return try planFromGGUF() }
    let records = binding.checkpoint.records
    var byMainRecord = [Int32](repeating: -1, count: records.count)
    var stacks: [Int: [Int]] = [:]
    for (i, bound) in binding.tensors.enumerated() {
      let piece = bound.pieces[0]
      if piece.isWhole {
        byMainRecord[piece.records[0]] = Int32(i)
      } else {
        stacks[piece.records[0], default: []].append(i)
      }
    }
    let divided = try dividedLayers(stacks)
    var isUnknown = [Bool](repeating: false, count: records.count)
    for i in binding.unknown { isUnknown[i] = true }
    for i in records.indices {
      if byMainRecord[i] >= 0 {
        try plan(Int(byMainRecord[i]), shard: records[i].shard)
      } else if let stack = stacks[i] {
        try plan(
          stack: stack, isDivided: divided.contains(LayerOfGroup(model.tensors[binding.tensors[stack[0]].tensor])))
      } else if isUnknown[i] {
        planUnknown(i)
      }
    }
  }

  /// Back from GGUF: each logical tensor in the dtype of its published form, through the inverse of what its making did.
  private mutating func planFromGGUF() throws(CheckpointError) {
    guard foldedName(recipe.name) == "bf16" else {
      throw CheckpointError(
        .recipeUnsuitable, file: binding.checkpoint.path,
        "is GGUF, which goes back to a folder with the recipe bf16 alone",
        hint: "convert to bf16 first, and the folder to \(recipe.name)")
    }
    for (i, bound) in binding.tensors.enumerated() {
      let tensor = model.tensors[bound.tensor]
      let target = PlainLayout(model.spec.tensors[tensor.template].dtype == .f32 ? .f32 : .bf16)
      let arrangement = Arrangement(
        sources: .one(i), route: .copyOrEncode, rowsPerSlice: max(1, tensor.shape.rows))
      add(
        ConvertPlan.Work(
          tensor: bound.tensor, operation: .arrange(arrangement, EncodeOptions()), target: target, shape: tensor.shape,
          rule: 1),
        shard: binding.checkpoint.records[bound.pieces[0].records[0]].shard, layer: tensor.layer)
    }
    for bound in binding.tensors where model.plainStack(of: model.tensors[bound.tensor]) != nil {
      findings.append(
        Finding(
          .warning, .notCarried, tensor: model.name(of: model.tensors[bound.tensor]),
          "and the other experts are written one by one, where this family is published with stacks of them: other "
            + "programs may not find them",
          hint: "this program reads the folder; for others take the original repository"))
      break
    }
    if model.spec.tensors.contains(where: { $0.groups.contains(.vision) }),
      !model.tensors.contains(where: { $0.group == .vision })
    {
      findings.append(
        Finding(
          .warning, .notCarried, file: binding.checkpoint.path,
          "holds the text model alone, where this family is published with a vision tower: other programs may not load "
            + "the folder",
          hint: "this program reads the folder; for others take the original repository"))
    }
    if let first = binding.unknown.first {
      findings.append(
        Finding(
          .warning, .tensorUnknown, tensor: binding.checkpoint.records[first].name.string,
          (binding.unknown.count > 1 ? "and \(binding.unknown.count - 1) others are" : "is")
            + " not named by the spec of the architecture, and left behind"))
    }
    findings.append(
      Finding(
        .note, .notCarried, file: binding.checkpoint.path,
        "holds a tokenizer in GGUF's form, which is not made into files: config.json has what the metadata tells",
        hint: "take tokenizer files and config.json from the original repository"))
  }

  private struct LayerOfGroup: Hashable {
    var group: FamilySpec.Group
    var layer: Int?

    init(_ tensor: ModelLayout.Tensor) {
      group = tensor.group
      layer = tensor.layer
    }
  }

  /// The layers whose stacks of experts are written as one tensor for each expert: those in which the recipe changes any to
  /// an encoding that the family is not published in as stacks.
  private func dividedLayers(_ stacks: [Int: [Int]]) throws(CheckpointError) -> Set<LayerOfGroup> {
    var divided: Set<LayerOfGroup> = []
    for stack in stacks.values {
      var first: (any EncodingLayout)?
      for bound in stack.lazy.map({ binding.tensors[$0] }) {
        let tensor = model.tensors[bound.tensor]
        if divided.contains(LayerOfGroup(tensor)) { break }
        let stored = bound.pieces[0].layout
        let decision = try recipe.rule(for: tensor, of: model, stored: stored, in: .safetensors)
        let target = try target(decision?.rule, for: tensor, stored: stored)
        let isPlainStack = target.isPlain && !stored.isPlain && model.plainStack(of: tensor) != nil
        // What a stack holds is of one encoding.
        let isLikeFirst = first.map { $0.isSame(as: target) } ?? true
        if !(target.isSame(as: stored) || isPlainStack) || !isLikeFirst { divided.insert(LayerOfGroup(tensor)) }
        first = target
      }
    }
    return divided
  }

  /// Plans a stack of experts: copied whole, or each expert on its own.
  private mutating func plan(stack: [Int], isDivided: Bool) throws(CheckpointError) {
    let records = binding.checkpoint.records
    let first = binding.tensors[stack[0]]
    if isDivided {
      let order = stack.sorted { a, b in
        let (a, b) = (model.tensors[binding.tensors[a].tensor], model.tensors[binding.tensors[b].tensor])
        return (a.expert ?? 0, a.template) < (b.expert ?? 0, b.template)
      }
      for i in order { try plan(i, shard: records[first.pieces[0].records[0]].shard) }
      return
    }
    let decision = try recipe.rule(for: model.tensors[first.tensor], of: model, stored: first.layout, in: .safetensors)
    let target = try target(decision?.rule, for: model.tensors[first.tensor], stored: first.layout)
    if !target.isSame(as: first.layout), let stack = model.plainStack(of: model.tensors[first.tensor]) {
      let options = EncodeOptions(rounding: options.rounding, weightDType: Self.weightDType(first.layout))
      let arrangement = Arrangement(
        name: stack.name, sources: .pieces(Self.pieces(of: first.pieces[0], stack.isTransposed)),
        rowsPerSlice: max(1, stack.shape.rows))
      add(
        ConvertPlan.Work(
          tensor: first.tensor, operation: .arrange(arrangement, options), target: target, shape: stack.shape,
          rule: decision?.number),
        shard: records[first.pieces[0].records[0]].shard, layer: model.tensors[first.tensor].layer)
      return
    }
    if !first.layout.isPlain { keepsEncodedStacks = true }
    for i in stack { noteHeldBack(decision?.rule, model.tensors[binding.tensors[i].tensor], stays: target) }
    for record in first.pieces[0].records {
      add(
        ConvertPlan.Work(
          tensor: nil, operation: .copy([record]), target: nil, shape: records[record].shape, rule: nil),
        shard: records[record].shard, layer: model.tensors[first.tensor].layer)
    }
  }

  /// A whole stack as pieces, each expert turned where it should be.
  private static func pieces(of member: Piece, _ isTransposed: Bool) -> [Piece] {
    var piece = member
    piece.view = MatrixView(all: piece.shape)
    if !isTransposed { return [piece] }
    return (0..<piece.shape[0]).map { expert in
      piece.view.firstRow = expert * piece.shape[1]
      piece.view.rows = piece.shape[1]
      piece.view.isTransposed = true
      return piece
    }
  }

  private mutating func planUnknown(_ i: Int) {
    let record = binding.checkpoint.records[i]
    findings.append(
      Finding(
        .warning, .tensorUnknown, file: binding.checkpoint.shard(of: record).name, tensor: record.name.string,
        "is not named by the spec \(model.spec.name): it is copied as it is"))
    add(
      ConvertPlan.Work(tensor: nil, operation: .copy([i]), target: nil, shape: record.shape, rule: nil),
      shard: record.shard, layer: nil)
  }

  /// - Parameter number: of the binding's tensor.
  private mutating func plan(_ number: Int, shard: Int) throws(CheckpointError) {
    let bound = binding.tensors[number]
    let tensor = model.tensors[bound.tensor]
    let piece = bound.pieces[0]
    let decision = try recipe.rule(for: tensor, of: model, stored: piece.layout, in: .safetensors)
    var target = try self.target(decision?.rule, for: tensor, stored: piece.layout)
    noteHeldBack(decision?.rule, tensor, stays: target)
    if let refusal = target.refusal(of: tensor.shape) {
      let plain: any EncodingLayout = piece.layout.isPlain ? piece.layout : PlainLayout(.bf16)
      notes.fallback(
        tensor.role, model.name(of: tensor), .warning,
        "stays \(plain.name): \(refusal), so it cannot be \(target.name)")
      target = plain
    }
    var work = ConvertPlan.Work(
      tensor: bound.tensor, operation: .copy(piece.records), target: target, shape: tensor.shape, rule: decision?.number
    )
    let isSame = target.isSame(as: piece.layout) && bound.pieces.count == 1 && piece.isWhole
    if !isSame {
      let encode = EncodeOptions(rounding: options.rounding, weightDType: Self.weightDType(piece.layout))
      try checkRounding(tensor, piece.layout, target)
      notes.encoding(model.name(of: tensor), from: piece.layout, as: target)
      let arrangement = Arrangement(sources: .one(number), rowsPerSlice: max(1, tensor.shape.rows))
      work.operation = .arrange(arrangement, encode)
    }
    add(work, shard: shard, layer: tensor.layer)
  }

  private mutating func add(_ work: ConvertPlan.Work, shard: Int, layer: Int?) {
    let bytes =
      work.target?.parts(for: work.shape).reduce(0) { $0 + $1.byteCount }
      ?? work.copiedRecords.reduce(0) { $0 + binding.checkpoint.records[$1].byteCount }
    works.append(work)
    items.append((shard, layer, bytes))
  }

  /// What is laid out for a work. Made when its file is: drafts of a large model together would need much memory.
  private func draft(_ number: Int) -> PlanBuilder.Draft {
    let work = works[number]
    let name = work.tensor.map { model.name(of: model.tensors[$0]) } ?? ""
    if let draft = work.draft(name: name, binding, number: number) { return draft }
    guard let target = work.target, work.copiedRecords.count != 1 else {
      return PlanBuilder.Draft(copying: binding.checkpoint.records[work.copiedRecords[0]], work: number)
    }
    // Parts that are copied side by side.
    let arrangement = Arrangement(sources: .none, rowsPerSlice: max(1, work.shape.rows))
    return PlanBuilder.Draft(
      name: name, layout: target, shape: work.shape,
      panelRows: arrangement.panelRows(work.shape, target, binding), scratch: 0, work: number)
  }

  /// The layout that a rule asks for, with the properties that the source gives it.
  private func target(
    _ rule: Recipe.Rule?, for tensor: ModelLayout.Tensor, stored: any EncodingLayout
  ) throws(CheckpointError) -> any EncodingLayout {
    guard let named = rule?.layout else { return stored }
    guard named.containers.contains(.safetensors) else {
      throw CheckpointError(
        .recipeUnsuitable, tensor: model.name(of: tensor),
        "is to be \(named.name), which is an encoding of GGUF files and not of safetensors")
    }
    let made = named.made(of: stored, scale: options.scaleDType, usual: model.spec.fp8Scale)
    if made.isInBlocks, !made.isSame(as: stored), joined.uneven(with: tensor) != nil {
      return stored.isPlain ? stored : PlainLayout(.bf16)
    }
    return made
  }

  private mutating func noteHeldBack(_ rule: Recipe.Rule?, _ tensor: ModelLayout.Tensor, stays: any EncodingLayout) {
    guard let layout = rule?.layout, layout.isInBlocks, stays.isPlain, let uneven = joined.uneven(with: tensor) else {
      return
    }
    heldBack.add(tensor, name: model.name(of: tensor), uneven, block: layout.tile.rows, stays: stays)
  }

  /// The dtype in which a library would hold the weight that it quantizes.
  private static func weightDType(_ stored: any EncodingLayout) -> DType {
    stored.plainDType ?? .bf16
  }

  private func checkRounding(
    _ tensor: ModelLayout.Tensor, _ stored: any EncodingLayout, _ target: any EncodingLayout
  ) throws(CheckpointError) {
    guard options.rounding == .exact, target.takesRounding, !stored.isPlain else { return }
    throw CheckpointError(
      .recipeUnsuitable, tensor: model.name(of: tensor),
      "is \(stored.name), but --rounding exact looks for INT4 behind plain BF16, F16 or F32 values",
      hint: "give --rounding ct or mse")
  }

  // MARK: The whole

  private func finish() throws(CheckpointError) -> ConvertPlan {
    let checkpoint = binding.checkpoint
    let inputs = PlanInputs(
      verb: "convert", options: options.named(recipe: recipe.name),
      rules: binding.documents.digest(with: recipe.text), files: try PlanInputs.files(of: checkpoint))
    var builder = PlanBuilder(inputs: inputs, metadata: checkpoint.commonMetadata)
    let sharding: Sharding = options.maxShardBytes.map { .upTo(bytes: $0) } ?? .asSource
    for file in sharding.files(items) { builder.addFile(file.map { draft($0) }) }
    let plan = builder.plan()
    let quantization = QuantizationConfig(works: works, binding: binding, model: model)
    if quantization.isContradictory {
      throw CheckpointError(
        .recipeUnsuitable, file: recipe.name,
        "would leave INT4 and block-fp8 matrices in one checkpoint, which no loader reads",
        hint: "give the matrices that stay block-fp8 an encoding of their own, such as bf16")
    }
    if keepsEncodedStacks, quantization.isQuantized {
      throw CheckpointError(
        .recipeUnsuitable, file: recipe.name,
        "would leave experts in the encoding that config.json names, beside matrices in another one",
        hint: "give the experts an encoding of their own, or leave the rest as it is")
    }
    return ConvertPlan(
      binding: binding, plan: plan, works: works, recipe: recipe, options: options,
      config: keepsEncodedStacks || checkpoint.container == .gguf
        ? model.config.source : try quantization.rewritten(model.config),
      findings: findings + notes.findings + heldBack.findings,
      leftBehind: LeftBehind.ofSource(binding, model, carriesUnknown: checkpoint.container == .safetensors),
      fallbacks: notes.fallbacks)
  }
}
