public import CheckpointKit

extension LlamaMix {
  /// The type of every tensor, in the order given. The names of all tensors of the model are needed: some types depend
  /// on how many there are of a kind, and on whether there is an output head.
  ///
  /// - Parameter importance: which tensors have an entry in the importance matrix; nil, or none: there is no matrix.
  /// - Throws: where `llama-quantize` would stop: a type needs importance that is missing, a row fits no block of the
  ///   type that was asked for, a tensor of a feed-forward layer does not tell its layer.
  public func assign(
    _ tensors: [Tensor], of model: Model, options: LlamaMixOptions = LlamaMixOptions(),
    importance: Set<TensorName>? = nil
  ) throws(CheckpointError) -> [Assignment] {
    var choice = Choice(mix: self, model: model, options: options, hasImportance: importance?.isEmpty == false)
    for tensor in tensors {
      if tensor.group == .value { choice.valueCount += 1 }
      if tensor.group == .head { choice.isTied = false }
    }
    var assignments = [Assignment](repeating: Assignment(), count: tensors.count)
    for i in tensors.indices.sorted(by: { Self.precedes(tensors[$0], tensors[$1]) }) {
      let tensor = tensors[i]
      do throws(CheckpointError) {
        assignments[i] = try choice.assignment(of: tensor)
        if assignments[i].needsImportance, importance?.contains(tensor.name) != true {
          throw CheckpointError(
            .recipeUnsuitable, "is to be \(assignments[i].type?.name ?? "") in the mix \(name), which needs importance",
            hint: choice.hasImportance
              ? "the importance matrix has no entry for it; give it another type by name"
              : "give the file of llama-imatrix")
        }
      } catch {
        var error = error
        error.tensor = tensor.name.string
        throw error
      }
    }
    return assignments
  }

  /// What a tensor gets in place of a type whose blocks of more than 32 its rows do not fill; nil where nothing is.
  static func fallback(for type: GGUFType) -> GGUFType? {
    switch type {
    case .iq1S, .iq1M, .iq2XXS, .iq2XS, .iq2S, .iq3XXS, .iq3S, .iq4XS: .iq4NL
    case .q2_0, .q2K, .q3K, .tq1_0, .tq2_0: .q4_0
    case .q4K: .q5_0
    case .q5K: .q5_1
    case .q6K: .q8_0
    default: type.blockSize <= 32 ? type : nil
    }
  }
}

/// The choices made one after the other, with what is counted between them.
private struct Choice {
  let mix: LlamaMix
  let model: LlamaMix.Model
  let options: LlamaMixOptions
  let hasImportance: Bool
  /// Tensors of the group `value`.
  var valueCount = 0
  /// There is no output head: the embedding serves as one.
  var isTied = true
  private var valuesSeen = 0
  private var (downSeen, gateSeen, upSeen) = (0, 0, 0)

  init(mix: LlamaMix, model: LlamaMix.Model, options: LlamaMixOptions, hasImportance: Bool) {
    (self.mix, self.model, self.options, self.hasImportance) = (mix, model, options, hasImportance)
  }

  mutating func assignment(of tensor: LlamaMix.Tensor) throws(CheckpointError) -> LlamaMix.Assignment {
    var result = LlamaMix.Assignment()
    let (name, shape, group) = (tensor.name.string, tensor.shape, tensor.group)
    let isLeft = group == .head && options.leavesHead || LlamaMix.isKept(name, architecture: model.architecture)
    guard tensor.isQuantized, !isLeft else { return result }
    if let type = try asked(for: name, group) {
      guard shape.columns % type.blockSize == 0 else {
        throw CheckpointError(
          .notDivisible, "is to be \(type), but its \(shape.columns) columns are no multiple of \(type.blockSize)",
          hint: "ask for a type with smaller blocks")
      }
      result.type = type
    } else if mix.isQuantized {
      result.tensorType = try options.tensorTypes.firstMatch(name)
      let wanted =
        if let number = result.tensorType {
          options.tensorTypes.rules[number - 1].type
        } else if options.isPure {
          mix.base
        } else {
          try type(of: tensor)
        }
      result.type = try fitting(wanted, columns: shape.columns)
      if result.type != wanted { result.fallbackFrom = wanted }
    } else {
      result.type = mix.base
    }
    result.needsImportance = needsImportance(result.type, group)
    return result
  }

  /// What an option asks for, whatever the mix, the shape and other rules say.
  private func asked(for name: String, _ group: LlamaMix.Group) throws(CheckpointError) -> GGUFType? {
    switch group {
    case .head: return options.head
    case .embedding:
      // This large table has a name of its own among the rules, but no option.
      if name == LlamaMix.perLayerEmbedding, try options.tensorTypes.firstMatch(name) != nil { return nil }
      return options.embedding
    default: return nil
    }
  }

  private func fitting(_ type: GGUFType, columns: Int) throws(CheckpointError) -> GGUFType {
    if columns % type.blockSize == 0 { return type }
    guard let other = LlamaMix.fallback(for: type) else {
      throw CheckpointError(
        .notDivisible, "is to be \(type), but its \(columns) columns are no multiple of \(type.blockSize)",
        hint: "llama-quantize has no other type in its place; name one for this tensor")
    }
    return columns % other.blockSize == 0 ? other : .f16
  }

  private func needsImportance(_ type: GGUFType?, _ group: LlamaMix.Group) -> Bool {
    if group == .head || group == .embedding { return false }
    switch type {
    case .iq3XXS, .iq2XXS, .iq2XS, .iq2S, .iq1M, .iq1S: return true
    case .q2K: return mix.name == "Q2_K_S"
    default: return false
    }
  }

  private mutating func type(of tensor: LlamaMix.Tensor) throws(CheckpointError) -> GGUFType {
    let (shape, group) = (tensor.shape, tensor.group)
    if LlamaMix.keepsEightBits(tensor.name.string, architecture: model.architecture) { return .q8_0 }
    if group == .head || group == .embedding && isTied {
      if let head = options.head { return head }
      let isPlain = model.architecture == "falcon" || shape.columns % mix.base.blockSize != 0
      return isPlain ? .q8_0 : mix.head
    }
    if mix.base == .mxfp4 { return typeInMXFP4(shape, group) }
    let place = try place(of: tensor)
    let rule = mix.rules.first { $0.group == group && $0.conditions.allSatisfy { holds($0, place) } }
    let type = rule?.type ?? mix.base
    // In models of this size eight heads share the values, so that more bits for them cost little.
    let isRaised = group == .value && !mix.isLowBit && model.isSeventyBillion && (type == .q3K || type == .q4K)
    return isRaised ? .q5K : type
  }

  /// MXFP4 for whatever is stacked (in MLA that is not only experts), Q8_0 for the rest.
  private func typeInMXFP4(_ shape: Shape, _ group: LlamaMix.Group) -> GGUFType {
    let isFeedForward = group == .up || group == .gate || group == .down
    let isStacked = shape.rank > 2 && shape.dimensions[shape.rank - 3] > 1
    return isStacked && (model.architecture != "bailingmoe3" || isFeedForward) ? .mxfp4 : .q8_0
  }

  /// The place of a tensor among its like, and how many of them there are; counts it.
  private mutating func place(of tensor: LlamaMix.Tensor) throws(CheckpointError) -> (index: Int, count: Int) {
    func next(_ seen: inout Int) -> Int {
      defer { seen += 1 }
      return seen
    }
    let seen: Int
    switch tensor.group {
    case .value: return (next(&valuesSeen), valueCount)
    case .down: seen = next(&downSeen)
    case .gate: seen = next(&gateSeen)
    case .up: seen = next(&upSeen)
    default: return (0, model.layers)
    }
    if mix.isLowBit || model.experts <= 1 { return (seen, model.layers) }
    guard let layer = tensor.layer, layer < model.layers else {
      throw CheckpointError(
        .recipeUnsuitable, "belongs to no layer below \(model.layers)",
        hint: "in a mixture of experts the mix \(mix.name) goes by the layer in the name, blk.N.…")
    }
    return (layer, model.layers)
  }

  private func holds(_ condition: LlamaMix.Condition, _ place: (index: Int, count: Int)) -> Bool {
    let (i, n) = place
    switch condition {
    case .importance: return hasImportance
    case .noImportance: return !hasImportance
    case .sharedHeads: return model.sharing >= 4
    case .sharedHeadsOrExperts: return model.sharing >= 4 || model.experts >= 4
    case .eightExperts: return model.experts == 8
    case .falcon: return model.architecture == "falcon"
    case .first(let count): return i < count
    case .firstPart(let parts): return i < n / parts
    case .middle: return i >= n / 8 && i < 7 &* n / 8
    case .moreBits: return i < n / 8 || i >= 7 &* n / 8 || (i - n / 8) % 3 == 2
    }
  }
}
