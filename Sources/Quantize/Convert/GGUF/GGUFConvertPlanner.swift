internal import CheckpointKit

/// Plans a conversion into GGUF: a recipe applied to the tensors that the file will have, and beside it the file of a
/// vision tower.
struct GGUFConvertPlanner {
  private let binding: Binding
  private let model: ModelLayout
  private let spec: GGUFSpec
  private let layout: GGUFLayout
  private let recipe: Recipe
  private let options: ConvertOptions
  private let library: SpecLibrary
  private var text = GGUFFileDraft()
  private var findings: [Finding] = []
  private var notes = ConversionNotes()
  /// Rules for types by name that decided for a tensor, counted from 1.
  private var usedTypeRules: Set<Int> = []
  /// Quantized tensors that the importance matrix has an entry for, and those that it has none for.
  private var importanceCount = 0
  private var withoutImportance: [String] = []
  private var leftBehind: [LeftBehind] = []
  /// What weighs nothing in the entries that are used.
  private var zeros: [(entry: TensorName, zeros: ImportanceMatrix.Zeros)] = []
  /// The binding's tensor of each of the model's; −1 where there is none.
  private var places: [Int]

  init(
    _ binding: Binding, _ model: ModelLayout, recipe: Recipe, options: ConvertOptions, library: SpecLibrary
  ) throws(CheckpointError) {
    let library = library.noting()
    let head = try TiedHead(binding, model)
    layout = try GGUFLayout(of: binding, library: library, without: head?.isCopy == true ? head?.tensor : nil)
    self.binding = binding
    self.model = model
    spec = layout.spec
    self.recipe = recipe
    self.options = options
    self.library = library
    places = Array(repeating: -1, count: model.tensors.count)
    for (i, bound) in binding.tensors.enumerated() { places[bound.tensor] = i }
    leftBehind = LeftBehind.ofSource(binding, model, carriesUnknown: false)
    if let head { note(head) }
  }

  private mutating func note(_ head: TiedHead) {
    let name = model.name(of: model.tensors[head.tensor])
    if head.isCopy {
      leftBehind.append(LeftBehind(name: name, why: "the embedding over again, which config.json ties it to"))
    } else {
      findings.append(
        Finding(
          .warning, .tensorTied, file: model.config.file, tensor: name,
          "holds other values than the embedding, though 'tie_word_embeddings' ties the two: it is written as it is stored",
          hint: "if it was not meant to be trained apart, remove it from the source"))
    }
  }

  mutating func plan() throws(CheckpointError) -> ConvertPlan {
    try judgeAssumptions()
    let mixed = try recipe.mix.map { (mix) throws(CheckpointError) in try assign(mix) }
    for (i, tensor) in layout.tensors.enumerated() { try plan(tensor, mixed?[i]) }
    findings += notes.findings
    let tower = try ProjectorPlanner(binding, model, places, recipe: recipe, options: options, library: library)?.plan()
    noteOmitted(but: tower)
    try noteIdleTypeRules()
    noteMissingImportance()
    let checkpoint = binding.checkpoint
    var files = try PlanInputs.files(of: checkpoint)
    if let importance = options.importance { files.append(try importance.planInput()) }
    text.fields = try metadata()
    var documents = binding.documents
    documents.add(library.documentsInUse)
    let inputs = PlanInputs(
      verb: "convert", options: options.named(recipe: recipe.name), rules: documents.digest(with: recipe.text),
      files: files)
    var builder = PlanBuilder(inputs: inputs, writer: text.writer)
    let drafts = text.drafts(binding)
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
    var works = text.works
    if let file = tower?.file {
      builder.addFile(
        file.drafts(binding, firstWork: works.count), name: PlanFile.Place.projectorName, writer: file.writer)
      works += file.works
    }
    return ConvertPlan(
      binding: binding, plan: builder.plan(), works: works, recipe: recipe, options: options, config: nil,
      findings: findings, leftBehind: leftBehind, fallbacks: notes.fallbacks)
  }

  /// A model that the file cannot describe is refused where no reader would load it, and found where it would compute
  /// something else.
  private mutating func judgeAssumptions() throws(CheckpointError) {
    // The keys of a GGUF file are copied: they say what they said.
    if binding.checkpoint.container == .gguf { return }
    for (assumption, layer) in try spec.brokenAssumptions(of: model) {
      guard assumption.refuses else {
        findings.append(
          Finding(.warning, .engineWarns, file: model.config.file, "layer \(layer): \(assumption.problem)"))
        continue
      }
      throw CheckpointError(
        .recipeWithoutReader, file: model.config.file, "layer \(layer): \(assumption.problem)",
        hint: "'docs/families.md' says which other forms of the family have readers")
    }
  }

  // MARK: Tensors

  private mutating func plan(_ tensor: GGUFLayout.Tensor, _ mixed: LlamaMix.Assignment?) throws(CheckpointError) {
    let (target, rule) = try target(of: tensor, mixed)
    let keepsCodes = keepsCodes(tensor, target)
    text.add(
      tensor, from: places, as: target, keepsCodes: keepsCodes, importance: try importance(of: tensor, target),
      options: EncodeOptions(importance: recipe.searchesPlainly ? .none : .equal), rule: rule)
    if let first = tensor.sources.first, !keepsCodes {
      notes.encoding(tensor.name, from: binding.tensors[places[first]].layout, as: target)
    }
  }

  /// Whether codes can be kept. A mix of llama.cpp means the bytes that come of quantizing again, but for codes that its
  /// converter keeps.
  private func keepsCodes(_ tensor: GGUFLayout.Tensor, _ target: any EncodingLayout) -> Bool {
    guard tensor.hasWholeRows, !tensor.sources.isEmpty else { return false }
    return tensor.sources.allSatisfy { source in
      binding.tensors[places[source]].pieces.allSatisfy { piece in
        guard let transcoding = Transcoding.between(piece.layout, target) else { return false }
        return (recipe.mix == nil || transcoding.isLossless) && piece.view.hasWholeRows(in: piece.shape)
      }
    }
  }

  private mutating func target(
    of tensor: GGUFLayout.Tensor, _ mixed: LlamaMix.Assignment?
  ) throws(CheckpointError) -> (any EncodingLayout, rule: Int?) {
    guard let source = tensor.sources.first else { return (PlainLayout(.f32), nil) }
    // llama-quantize has a list of its own of what it leaves: the indexer's weights are F32 for the converter alone.
    if let mixed {
      if let rule = mixed.tensorType { usedTypeRules.insert(rule) }
      return (try target(of: tensor, mixed), mixed.tensorType)
    }
    if let rule = try options.tensorTypes.firstMatch(tensor.name) {
      usedTypeRules.insert(rule)
      let named = try Self.layout(of: options.tensorTypes.rules[rule - 1].type, tensor.name)
      return LlamaMix.isQuantized(tensor.name, tensor.shape)
        ? (try fitting(named, tensor), rule) : (PlainLayout(.f32), nil)
    }
    let stored = binding.tensors[places[source]].layout
    let decision = try recipe.rule(for: model.tensors[source], of: model, stored: stored, in: .gguf)
    let wanted = decision?.rule.layout ?? stored
    guard wanted.containers.contains(.gguf) else {
      throw CheckpointError(
        .recipeUnsuitable, file: recipe.name, tensor: tensor.name,
        "would be \(wanted.name), which is an encoding of safetensors files and not of GGUF",
        hint: "the recipe needs a rule that gives \(tensor.role?.name ?? "it") an encoding of GGUF")
    }
    // Plain files are the converter's, which has a list of what stays F32; llama-quantize has another.
    let staysF32 = wanted.isPlain ? tensor.kept != nil : !LlamaMix.isQuantized(tensor.name, tensor.shape)
    return staysF32 ? (PlainLayout(.f32), nil) : (try fitting(wanted, tensor), decision?.number)
  }

  /// The encoding, or what stands in for it where the rows of a tensor are no whole blocks.
  private mutating func fitting(
    _ wanted: any EncodingLayout, _ tensor: GGUFLayout.Tensor
  ) throws(CheckpointError) -> any EncodingLayout {
    guard let refusal = wanted.refusal(of: tensor.shape) else { return wanted }
    let fallback = Self.fallback(wanted, tensor.shape)
    notes.fallback(
      tensor.role, tensor.name, .warning, "becomes \(fallback.name): \(refusal), so it cannot be \(wanted.name)")
    return fallback
  }

  private static func layout(of type: GGUFType, _ tensor: String) throws(CheckpointError) -> any EncodingLayout {
    if let dtype = type.dtype, PlainLayout.dtypes.contains(dtype) { return PlainLayout(dtype) }
    if let layout = GGUFBlockLayout(type), layout.writingRefusal == nil { return layout }
    throw CheckpointError(
      .recipeUnsuitable, tensor: tensor, "is to be \(type), which is not written here",
      hint: "'ckpt encodings' lists what is")
  }

  // MARK: Mixes of llama.cpp

  /// The types that `llama-quantize` gives to the tensors that are not F32 anyway.
  private func assign(_ mix: LlamaMix) throws(CheckpointError) -> [LlamaMix.Assignment] {
    func integer(_ key: String) throws(CheckpointError) -> Int? {
      try spec.integer(key, of: model, hasMTP: layout.hasMTP)
    }
    let facts = LlamaMix.Model(
      architecture: spec.architecture, layers: try integer("block_count") ?? model.layerCount,
      nextTokenLayers: try integer("nextn_predict_layers") ?? 0, experts: model.expertCount,
      heads: model.integer("heads") ?? 0,
      keyValueHeads: try integer("attention.head_count_kv") ?? model.integer("heads") ?? 0)
    var options = LlamaMixOptions()
    options.tensorTypes = self.options.tensorTypes
    return try mix.assign(
      layout.tensors.map { LlamaMix.Tensor(TensorName($0.name), $0.shape) }, of: facts, options: options,
      importance: self.options.importance.map { Set($0.entries.map(\.name)) })
  }

  /// What llama-quantize leaves as it is stands as F32 in the file that it would be given.
  private mutating func target(
    of tensor: GGUFLayout.Tensor, _ mixed: LlamaMix.Assignment
  ) throws(CheckpointError) -> any EncodingLayout {
    guard let type = mixed.type else { return PlainLayout(.f32) }
    if let reason = mixed.fallbackReason(columns: tensor.shape.columns) {
      notes.fallback(tensor.role, tensor.name, .note, reason)
    }
    return try Self.layout(of: type, tensor.name)
  }

  /// What `llama-quantize` takes where a row is no whole number of blocks.
  static func fallback(_ wanted: any EncodingLayout, _ shape: Shape) -> any EncodingLayout {
    let type = wanted.ggufType.flatMap { LlamaMix.fallback(for: $0) }
    if let layout = type.flatMap({ GGUFBlockLayout($0) }), layout.refusal(of: shape) == nil { return layout }
    return PlainLayout(.f16)
  }

  private mutating func importance(
    of tensor: GGUFLayout.Tensor, _ target: any EncodingLayout
  ) throws(CheckpointError) -> ImportanceMatrix.Entry? {
    guard let matrix = options.importance, target.ggufType != nil else { return nil }
    guard let entry = matrix[TensorName(tensor.name)] else {
      // llama-imatrix leaves these two out, but for an option.
      if tensor.role != Role("embed"), tensor.role != Role("head") { withoutImportance.append(tensor.name) }
      return nil
    }
    let wanted = tensor.sliceCount * tensor.shape.columns
    if entry.valueCount != wanted, tensor.role == Role("embed") {
      // So llama-quantize takes it: what was measured where a head is the embedding may be that of another width.
      findings.append(
        Finding(
          .warning, .imatrixMismatch, file: matrix.path, tensor: tensor.name,
          "has \(entry.valueCount) values, where the tensor has \(wanted) columns: they are not used"))
      return nil
    }
    importanceCount += 1
    guard entry.valueCount == wanted else {
      throw CheckpointError(
        .imatrixMalformed, file: matrix.path, tensor: tensor.name,
        "has \(entry.valueCount) values, where the tensor has \(tensor.sliceCount) × \(tensor.shape.columns) columns",
        hint: "it was made for another model")
    }
    zeros.append((entry.name, try matrix.zeros(of: entry, columns: tensor.shape.columns)))
    return entry
  }

  // MARK: What is said

  /// Nothing is left behind in silence.
  private mutating func noteOmitted(but tower: ProjectorPlanner.Result?) {
    findings += tower?.findings ?? []
    var omitted = layout.omitted
    if let file = tower?.file {
      let written = Set(file.works.flatMap { $0.arrangement?.bound ?? [] }.map { binding.tensors[$0].tensor })
      omitted.removeAll { written.contains($0) }
    }
    let groups = Dictionary(grouping: omitted) { model.tensors[$0].group }
    for (group, tensors) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let why =
        if group == .vision, case .impossible(let reason)? = tower { reason.problem } else {
          "a GGUF file of architecture \(spec.architecture) has no place for it"
        }
      leftBehind += tensors.map { LeftBehind(name: model.name(of: model.tensors[$0]), why: why) }
      let first = model.name(of: model.tensors[tensors[0]])
      let what = tensors.count > 1 ? "and \(tensors.count - 1) others of group \(group.rawValue) are" : "is"
      if group == .vision, case .impossible(let reason)? = tower {
        var finding = reason
        finding.tensor = first
        finding.problem = what + " left behind: " + reason.problem
        findings.append(finding)
        continue
      }
      findings.append(
        Finding(
          group == .text ? .warning : .note, .tensorOmitted, tensor: first,
          what + " left behind: a GGUF file of architecture \(spec.architecture) has no place for it"))
    }
    findings += binding.checkpoint.projectorNotes
    if let first = binding.unknown.first {
      let record = binding.checkpoint.records[first]
      findings.append(
        Finding(
          .warning, .tensorUnknown, file: binding.checkpoint.shard(of: record).name, tensor: record.name.string,
          (binding.unknown.count > 1 ? "and \(binding.unknown.count - 1) others are" : "is")
            + " not named by the spec \(model.spec.name): a GGUF file has no place for what llama.cpp does not know"))
    }
  }

  /// Some are missing from every matrix (layers that only predict further tokens see no text); all are from that of
  /// another model.
  private mutating func noteMissingImportance() {
    let isMix = recipe.mix != nil
    if let finding = ImportanceMatrix.finding(
      zeros, path: options.importance?.path,
      consequence: isMix
        ? "zeros are written for them, as llama-quantize does" : "they weigh alike, or as the rest of their block does",
      hint: isMix
        ? "a recipe of ckpt's own, such as q4_K, gives them equal weights"
        : "more calibration text reaches more experts and columns")
    {
      findings.append(finding)
    }
    guard let first = withoutImportance.first else { return }
    let stacks = Set(layout.tensors.filter { $0.sources.count > 1 }.map(\.name))
    let isWithoutExperts = !stacks.isEmpty && stacks.isSubset(of: withoutImportance)
    findings.append(
      Finding(
        importanceCount == 0 || isWithoutExperts ? .warning : .note, .imatrixMismatch, file: options.importance?.path,
        tensor: first,
        (withoutImportance.count > 1 ? "and \(withoutImportance.count - 1) others have" : "has")
          + " no entry in the importance matrix\(importanceCount == 0 ? ", nor has any other" : "")"))
  }

  /// A pattern that is in no name is mostly a mistake.
  private mutating func noteIdleTypeRules() throws(CheckpointError) {
    for (i, rule) in options.tensorTypes.rules.enumerated() where !usedTypeRules.contains(i + 1) {
      var isFound = false
      for tensor in layout.tensors where !isFound { isFound = try rule.pattern.isFound(in: Array(tensor.name.utf8)) }
      if isFound { continue }
      findings.append(
        Finding(
          .warning, .recipeUnsuitable,
          "the pattern '\(rule.pattern.text)', which asks for \(rule.type), is in no tensor's name"))
    }
  }

  // MARK: Metadata

  /// In the order of llama.cpp's converter, but for `general.file_type`, which stands with its like.
  private mutating func metadata() throws(CheckpointError) -> [GGUFEntry] {
    let fileType = recipe.mix?.fileType ?? recipe.fileType ?? 0
    var entries = binding.checkpoint.container == .gguf ? try copiedMetadata() : try newMetadata()
    entries.append(GGUFEntry("general.file_type", uint32: fileType))
    entries.append(GGUFEntry("general.quantization_version", uint32: 2))
    if binding.checkpoint.container == .safetensors {
      entries += try GGUFTokenizer.metadata(
        of: binding.checkpoint, vocabSize: model.integer("vocab") ?? 0, pre: options.preTokenizer, library: library)
    }
    if let importance = options.importance {
      // llama-quantize writes the path of the file, too: it would make the bytes depend on where it lies.
      if let dataset = importance.datasets.first {
        entries.append(GGUFEntry("quantize.imatrix.dataset", text: Self.cut(dataset)))
      }
      entries.append(GGUFEntry("quantize.imatrix.entries_count", uint32: UInt32(clamping: importance.entries.count)))
      if let chunks = importance.chunkCount, chunks > 0 {
        entries.append(GGUFEntry("quantize.imatrix.chunks_count", uint32: UInt32(clamping: chunks)))
      }
    }
    return entries
  }

  /// llama-quantize has room for 127 bytes. A character that they would cut is left out.
  private static func cut(_ text: String) -> String {
    var (end, bytes) = (text.startIndex, 0)
    let scalars = text.unicodeScalars
    while end < scalars.endIndex, bytes + UTF8.width(scalars[end]) <= 127 {
      bytes += UTF8.width(scalars[end])
      end = scalars.index(after: end)
    }
    return String(scalars[..<end])
  }

  private mutating func newMetadata() throws(CheckpointError) -> [GGUFEntry] {
    let general = try GeneralMetadata(
      of: binding.checkpoint, name: options.modelName, counts: layout.parameterCounts)
    findings += general.findings
    return [GGUFEntry("general.architecture", text: spec.architecture)] + general.entries
      + (try spec.entries(of: model, hasMTP: layout.hasMTP))
  }

  /// What the source says, but for how it is encoded and split.
  private func copiedMetadata() throws(CheckpointError) -> [GGUFEntry] {
    let shard = binding.checkpoint.shards[0]
    let file = try OpenFile(reading: shard.path, binding.checkpoint.files)
    var entries: [GGUFEntry] = []
    for field in shard.fields {
      let isOwn =
        ["general.file_type", "general.quantization_version", "general.alignment"].contains(field.key)
        || ["split.", "quantize."].contains { field.key.hasPrefix($0) }
      if isOwn { continue }
      if field.key == "general.name", let name = options.modelName {
        entries.append(GGUFEntry(field.key, text: name))
      } else {
        entries.append(try GGUFEntry(copying: field, from: file))
      }
    }
    return entries
  }

}
