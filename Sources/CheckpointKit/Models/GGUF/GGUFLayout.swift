/// The tensors of one model in a GGUF file: a ``GGUFSpec`` applied to a model.
public struct GGUFLayout: Sendable {
  /// A tensor of the file.
  public struct Tensor: Sendable {
    public let name: String
    /// nil for what is computed.
    public let role: Role?
    /// The number of its block.
    public let layer: Int?
    /// `[matrices, rows, columns]`, fewer dimensions where there is one matrix, or one row; what is no matrix, as the
    /// kernel of a convolution, may have more.
    public let shape: Shape
    /// Rows of one of its matrices.
    public let rowsPerSlice: Int
    /// Indices of the model's logical tensors: one for each matrix, or one for all of them.
    public let sources: [Int]
    public let rows: Rows
    /// For each column, the column of the logical tensor; nil where they are the same.
    public let columns: [Int32]?
    /// What every value goes through.
    public let function: Elementwise?
    /// What it is, whatever a recipe says.
    public let kept: GGUFSpec.Kept?

    public var sliceCount: Int { shape.rows / max(1, rowsPerSlice) }

    /// Whether every row is a row of a logical tensor, as it is.
    public var hasWholeRows: Bool {
      if case .all = rows { return columns == nil && function == nil }
      return false
    }
  }

  /// Where the rows of a tensor come from.
  public enum Rows: Sendable {
    /// Each matrix is a logical tensor.
    case all
    /// For each row, counted through all matrices, the row of the logical tensor.
    case picked([Int32])
    /// For each matrix, where it begins in the logical tensor; it is transposed on the way.
    case transposed([Int32])
    case computed([Float])
  }

  public let spec: GGUFSpec
  /// In the order in which llama-quantize writes: what belongs to no layer first, then by layer, each by name.
  public let tensors: [Tensor]
  /// Logical tensors that are left behind, with all of their group.
  public let omitted: [Int]
  /// Whether it has layers for multi-token prediction.
  public let hasMTP: Bool
}

// MARK: Making

extension GGUFLayout {
  /// The tensors that a checkpoint would have as a GGUF file.
  ///
  /// - Parameter left: one of the model's tensors that the file does without.
  /// - Throws: where the family is not known, or how it stands in one.
  public init(of binding: Binding, library: SpecLibrary, without left: Int? = nil) throws(CheckpointError) {
    let path = binding.checkpoint.path
    guard let model = binding.model else {
      throw CheckpointError(.familyUnknown, file: path, "has no form in GGUF: its family is not known")
    }
    guard let spec = try library.gguf(model) else {
      throw CheckpointError(
        .recipeUnsuitable, file: path,
        "has no form in GGUF: how models of the family \(model.spec.name) stand in one is not known here",
        hint: "--specs DIR adds a spec in DIR/gguf")
    }
    try self.init(spec, of: model, in: binding, without: left)
  }

  /// The tensors of a bound checkpoint that a spec has a place for.
  public init(
    _ spec: GGUFSpec, of model: ModelLayout, in binding: Binding, without left: Int? = nil
  ) throws(CheckpointError) {
    var present = [Bool](repeating: false, count: model.tensors.count)
    for bound in binding.tensors where bound.tensor != left { present[bound.tensor] = true }
    try self.init(spec, of: model, present: present)
  }

  /// - Parameter present: for each of the model's tensors, whether the checkpoint has it.
  public init(_ spec: GGUFSpec, of model: ModelLayout, present: [Bool]) throws(CheckpointError) {
    self.spec = spec
    let places = Places(model, present)
    var tensors: [Tensor] = []
    var isUsed = [Bool](repeating: false, count: model.tensors.count)
    var maps = RowMaps(model)
    for template in spec.tensors {
      guard let role = template.role else {
        if let computed = try Self.computed(template, model) { tensors.append(computed) }
        continue
      }
      for (layer, block, experts) in try places.blocks(of: template, role, spec, model) {
        if let when = template.when, try !Self.holds(when, layer: layer, block: block, of: model) {
          // What the file can do without is no tensor that is left behind.
          for source in experts { isUsed[source] = true }
          continue
        }
        for source in experts { isUsed[source] = true }
        let first = model.tensors[experts[0]]
        guard template.isStacked || experts.count == 1 else {
          throw CheckpointError(
            .specMalformed, file: spec.name, tensor: template.template.text, "has experts, but is not stacked")
        }
        if template.isStacked, experts.count != places.expertCount {
          throw CheckpointError(
            .tensorMissing, tensor: model.name(of: first),
            "has \(experts.count) of \(places.expertCount) experts, and a GGUF file stacks all of them")
        }
        let (rows, slices, shape) = try maps.rows(template, of: first, layer: layer)
        let columns = try maps.columns(template, of: first, shape)
        let count = template.isStacked ? experts.count : slices
        let isMatrixStack = template.isStacked || Self.hasSlices(template)
        tensors.append(
          Tensor(
            name: template.template.name(layer: block, expert: nil), role: role, layer: block,
            shape: isMatrixStack ? Shape([count] + shape.dimensions) : shape, rowsPerSlice: shape.rows,
            sources: experts,
            rows: rows, columns: columns, function: template.function,
            kept: shape.rank <= 1 && !isMatrixStack ? .f32 : template.kept))
      }
    }
    tensors.sort { ($0.layer ?? -1, $0.name) < ($1.layer ?? -1, $1.name) }
    self.tensors = tensors
    omitted = model.tensors.indices.filter { present[$0] && !isUsed[$0] }
    hasMTP = tensors.contains { $0.sources.contains { model.tensors[$0].group == .mtp } }
  }

  private static func holds(
    _ condition: Expression, layer: Int?, block: Int?, of model: ModelLayout
  ) throws(CheckpointError) -> Bool {
    var environment = model.environment
    (environment.layer, environment.block) = (layer, block)
    return try environment.bool(condition)
  }

  private static func hasSlices(_ template: GGUFSpec.Tensor) -> Bool {
    switch template.rows {
    case .picked(let slices, _, _), .transposed(let slices, _, _): slices != nil
    default: false
    }
  }

  private static func computed(
    _ template: GGUFSpec.Tensor, _ model: ModelLayout
  ) throws(CheckpointError) -> Tensor? {
    if let when = template.when, try !model.holds(when, layer: nil) { return nil }
    let factors = try RopeFactors.factors(model)
    return Tensor(
      name: template.template.name(layer: nil, expert: nil), role: nil, layer: nil, shape: [factors.count],
      rowsPerSlice: 1, sources: [], rows: .computed(factors), columns: nil, function: nil, kept: .f32)
  }

  /// The logical tensors of each role, by layer.
  private struct Places {
    private var byRole: [Key: [(layer: Int?, experts: [Int])]] = [:]
    let expertCount: Int

    private struct Key: Hashable {
      var role: Role
      var group: FamilySpec.Group
    }

    init(_ model: ModelLayout, _ present: [Bool]) {
      expertCount = model.expertCount
      for (i, tensor) in model.tensors.enumerated() where present[i] {
        let key = Key(role: tensor.role, group: tensor.group)
        var list = byRole[key] ?? []
        byRole[key] = nil
        // Tensors come layer by layer, and experts in order.
        if let place = list.lastIndex(where: { $0.layer == tensor.layer }), tensor.expert != nil {
          list[place].experts.append(i)
        } else {
          list.append((tensor.layer, [i]))
        }
        byRole[key] = list
      }
    }

    /// The logical tensors that a template is made of, each with its layer and the number of its block.
    func blocks(
      of template: GGUFSpec.Tensor, _ role: Role, _ spec: GGUFSpec, _ model: ModelLayout
    ) throws(CheckpointError) -> [(layer: Int?, block: Int?, experts: [Int])] {
      var blocks: [(layer: Int?, block: Int?, experts: [Int])] = []
      for group in FamilySpec.Group.allCases where template.group.map({ $0 == group }) ?? (spec.blocks[group] != nil) {
        for (layer, experts) in byRole[Key(role: role, group: group)] ?? [] {
          let block = template.template.hasLayer ? try spec.block(of: layer, in: group, model) : nil
          blocks.append((layer, block, experts))
        }
      }
      return blocks
    }
  }
}

extension GGUFSpec {
  /// The number of the block that a layer becomes; what belongs to a group as a whole goes with its first layer.
  func block(of layer: Int?, in group: FamilySpec.Group, _ model: ModelLayout) throws(CheckpointError) -> Int? {
    guard let number = blocks[group] else { return layer }
    var environment = model.environment
    environment.layer = layer ?? 0
    return try environment.int(number)
  }
}

/// Tables of rows and columns, made once for all layers that are alike.
private struct RowMaps {
  private let model: ModelLayout
  private var made: [Key: (rows: GGUFLayout.Rows, slices: Int, shape: Shape)] = [:]
  private var madeColumns: [Key: [Int32]] = [:]

  private struct Key: Hashable {
    var name: String
    var shape: Shape
  }

  init(_ model: ModelLayout) { self.model = model }

  /// Rows, number of matrices and shape of one of them.
  mutating func rows(
    _ template: GGUFSpec.Tensor, of tensor: ModelLayout.Tensor, layer: Int?
  ) throws(CheckpointError) -> (rows: GGUFLayout.Rows, slices: Int, shape: Shape) {
    let key = Key(name: template.template.text, shape: tensor.shape)
    if let made = made[key] { return made }
    let result: (rows: GGUFLayout.Rows, slices: Int, shape: Shape)
    switch template.rows {
    case .all, .ropeFactors: result = (.all, 1, tensor.shape)
    case .picked(let slices, let shape, let source):
      let (count, matrix) = try matrices(slices, shape, layer)
      guard matrix.columns == tensor.shape.columns else { throw outside(template, tensor) }
      let table = try table(template, tensor, slices: count, rows: matrix.rows, source)
      result = (.picked(table), count, matrix)
    case .transposed(let slices, let shape, let source):
      let (count, matrix) = try matrices(slices, shape, layer)
      guard matrix.rows == tensor.shape.columns else { throw outside(template, tensor) }
      let starts = try table(template, tensor, slices: count, rows: 1, source)
      guard starts.allSatisfy({ Int($0) + matrix.columns <= tensor.shape.rows }) else {
        throw outside(template, tensor)
      }
      result = (.transposed(starts), count, matrix)
    }
    made[key] = result
    return result
  }

  private func matrices(
    _ slices: Expression?, _ shape: [Expression], _ layer: Int?
  ) throws(CheckpointError) -> (count: Int, matrix: Shape) {
    var environment = model.environment
    environment.layer = layer
    let count = try slices.map { (e) throws(CheckpointError) in try environment.int(e) } ?? 1
    var dimensions: [Int] = []
    for dimension in shape { dimensions.append(try environment.int(dimension)) }
    let matrix = Shape(dimensions)
    // Rows of all matrices together, for each of which the tables have an entry.
    var total = count
    for dimension in dimensions.dropLast() where total <= 1 << 26 { total *= min(max(0, dimension), 1 << 27) }
    guard count > 0, dimensions.allSatisfy({ $0 > 0 }), total <= 1 << 26 else {
      throw CheckpointError(.configKey, file: model.config.file, "asks for \(count) matrices of \(matrix)")
    }
    return (count, matrix)
  }

  /// The row of the logical tensor for each row of each matrix.
  private func table(
    _ template: GGUFSpec.Tensor, _ tensor: ModelLayout.Tensor, slices: Int, rows: Int, _ source: Expression
  ) throws(CheckpointError) -> [Int32] {
    var environment = model.environment
    environment.layer = tensor.layer
    var isTaken = [Bool](repeating: false, count: tensor.shape.rows)
    var table: [Int32] = []
    table.reserveCapacity(slices * rows)
    for slice in 0..<slices {
      environment.slice = slice
      for row in 0..<rows {
        environment.row = row
        let place = try environment.int(source)
        // What stands twice could not be undone.
        guard isTaken.indices.contains(place), !isTaken[place] else { throw outside(template, tensor) }
        isTaken[place] = true
        table.append(Int32(truncatingIfNeeded: place))
      }
    }
    return table
  }

  /// The column of the logical tensor for each column; nil where they are the same.
  mutating func columns(
    _ template: GGUFSpec.Tensor, of tensor: ModelLayout.Tensor, _ shape: Shape
  ) throws(CheckpointError) -> [Int32]? {
    guard let column = template.column else { return nil }
    let key = Key(name: template.template.text, shape: tensor.shape)
    if let made = madeColumns[key] { return made }
    var environment = model.environment
    environment.layer = tensor.layer
    var isTaken = [Bool](repeating: false, count: tensor.shape.columns)
    var table: [Int32] = []
    for number in 0..<shape.columns {
      environment.column = number
      let place = try environment.int(column)
      // What is no permutation could not be undone.
      guard isTaken.indices.contains(place), !isTaken[place] else { throw outside(template, tensor) }
      isTaken[place] = true
      table.append(Int32(truncatingIfNeeded: place))
    }
    madeColumns[key] = table
    return table
  }

  private func outside(_ template: GGUFSpec.Tensor, _ tensor: ModelLayout.Tensor) -> CheckpointError {
    CheckpointError(
      .specMalformed, tensor: template.template.text,
      "does not fit into \(model.name(of: tensor)), which has shape \(tensor.shape)")
  }
}
