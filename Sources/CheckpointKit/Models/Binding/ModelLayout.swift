/// All logical tensors of one model: a family spec applied to a config.
public struct ModelLayout: Sendable {
  /// What the model means, stored in whatever way: `moe.down` of layer 4, expert 17, `[hidden, moe_hidden]`.
  public struct Tensor: Sendable {
    public let shape: Shape
    private let templateNumber: Int32
    /// −1 where there is none.
    private let layerNumber: Int32
    private let expertNumber: Int32
    public let group: FamilySpec.Group
    /// Its absence is fine.
    public let isOptional: Bool
    public let role: Role

    fileprivate init(
      template: Int, role: Role, group: FamilySpec.Group, layer: Int?, expert: Int?, shape: Shape, isOptional: Bool
    ) {
      self.shape = shape
      templateNumber = Int32(clamping: template)
      layerNumber = Int32(clamping: layer ?? -1)
      expertNumber = Int32(clamping: expert ?? -1)
      self.group = group
      self.isOptional = isOptional
      self.role = role
    }

    /// Index into the spec's tensors.
    public var template: Int { Int(templateNumber) }
    public var layer: Int? { layerNumber < 0 ? nil : Int(layerNumber) }
    public var expert: Int? { expertNumber < 0 ? nil : Int(expertNumber) }
  }

  public let spec: FamilySpec
  public let config: ModelConfig
  /// The groups that are laid out.
  public let groups: Set<FamilySpec.Group>
  /// In the order of the spec: text model by layer, then MTP layers, then vision.
  public let tensors: [Tensor]
  private let index: NameIndex
  private let slots: [SlotTable]
  /// The stacks of experts that the model may be stored in, by the number of their name and layer.
  let stacks: Stacks
  private(set) var environment: SpecEnvironment
  /// Ascending, those of the text model first.
  private let layersWithExperts: [Int]

  /// Which tensor a template gives for a layer and an expert.
  private struct SlotTable: Sendable {
    var layers: Range<Int>
    var experts: Range<Int>
    var places: [Int32]

    init(layers: Range<Int>, experts: Range<Int>) {
      self.layers = layers
      self.experts = experts
      places = Array(repeating: -1, count: layers.count * experts.count)
    }

    func place(_ layer: Int?, _ expert: Int?) -> Int? {
      let (layer, expert) = (layer ?? 0, expert ?? 0)
      guard layers.contains(layer), experts.contains(expert) else { return nil }
      return (layer - layers.lowerBound) * experts.count + expert
    }
  }

  /// The most tensors that a config may ask for: far above any model, far below trouble.
  static let tensorLimit = 2_000_000
  static let layerLimit = 10_000
}

// MARK: Making

extension ModelLayout {
  /// Lays out the model that a config describes.
  ///
  /// - Parameter groups: those that the config describes; the others have no tensors.
  public init(
    _ spec: FamilySpec, config: ModelConfig, groups: Set<FamilySpec.Group> = Set(FamilySpec.Group.allCases)
  ) throws(CheckpointError) {
    let config = try config.completed(with: spec.defaults, of: spec.name)
    self.spec = spec
    self.config = config
    self.groups = groups
    var environment = SpecEnvironment(config: config, values: spec.values, spec: spec.name)
    self.environment = environment
    // Experts are the text model's.
    let expertCount = groups == [.vision] ? 0 : try Self.count("experts", environment)
    var bounds: [FamilySpec.Group: Range<Int>] = [:]
    for (group, (first, end)) in spec.layers where groups.contains(group) {
      let (first, end) = (try environment.int(first), try environment.int(end))
      guard first >= 0, end >= first, end <= Self.layerLimit else {
        throw CheckpointError(.configKey, file: config.file, "\(group.rawValue) layers from \(first) to \(end)")
      }
      bounds[group] = first..<end
    }
    var slots: [SlotTable] = []
    var slotCount = 0
    for tensor in spec.tensors {
      let ranges = tensor.groups.compactMap { bounds[$0] }.filter { !$0.isEmpty }
      let layers =
        tensor.template.hasLayer
        ? (ranges.map(\.lowerBound).min() ?? 0)..<(ranges.map(\.upperBound).max() ?? 0) : 0..<1
      let experts = tensor.template.hasExpert ? 0..<expertCount : 0..<1
      // Neither factor is over a million.
      slotCount += layers.count * experts.count
      guard slotCount <= 2 * Self.tensorLimit else { throw Self.tooManyTensors(config) }
      slots.append(SlotTable(layers: layers, experts: experts))
    }
    var tensors: [Tensor] = []
    tensors.reserveCapacity(min(slotCount, Self.tensorLimit))
    func add(_ t: Int, _ group: FamilySpec.Group, _ layer: Int?, _ shape: Shape, _ optional: Bool, _ expert: Int?)
      throws(CheckpointError)
    {
      guard tensors.count < Self.tensorLimit else { throw Self.tooManyTensors(config) }
      if let place = slots[t].place(layer, expert) { slots[t].places[place] = Int32(tensors.count) }
      tensors.append(
        Tensor(
          template: t, role: spec.tensors[t].role, group: group, layer: layer, expert: expert, shape: shape,
          isOptional: optional))
    }
    for group in FamilySpec.Group.allCases where groups.contains(group) {
      for run in Self.runs(spec.tensors, in: group) {
        let layers: [Int?] = spec.tensors[run[0]].template.hasLayer ? (bounds[group] ?? 0..<0).map { $0 } : [nil]
        for layer in layers {
          environment.layer = layer
          var perExpert: [(t: Int, shape: Shape, optional: Bool)] = []
          for t in run {
            let tensor = spec.tensors[t]
            if let when = tensor.when, try !environment.bool(when) { continue }
            let shape = try Self.shape(of: tensor, environment)
            try Self.checkSegments(of: tensor, shape, environment)
            let optional = try tensor.optional.map { (e) throws(CheckpointError) in try environment.bool(e) } ?? false
            if tensor.template.hasExpert {
              perExpert.append((t, shape, optional))
            } else {
              try add(t, group, layer, shape, optional, nil)
            }
          }
          if perExpert.isEmpty { continue }
          for expert in 0..<expertCount {
            for (t, shape, optional) in perExpert { try add(t, group, layer, shape, optional, expert) }
          }
        }
      }
    }
    self.tensors = tensors
    var layersWithExperts: [Int] = []
    for tensor in tensors where tensor.expert == 0 {
      if let layer = tensor.layer, layersWithExperts.last != layer { layersWithExperts.append(layer) }
    }
    self.layersWithExperts = layersWithExperts
    // What no expression can count.
    let layers = bounds[.text]?.upperBound ?? 0
    self.environment = try self.environment.adding(
      "leading_dense_layers", min(layersWithExperts.first ?? layers, layers))
    self.slots = slots
    stacks = try Stacks(spec, tensors, environment)
    index = NameIndex(
      spec.tensors.map(\.template) + stacks.templates + spec.junk, suffixes: EncodingLayouts.partSuffixes)
  }

  private static func tooManyTensors(_ config: ModelConfig) -> CheckpointError {
    CheckpointError(.configKey, file: config.file, "asks for more than \(tensorLimit) tensors")
  }

  private static func count(_ value: String, _ environment: SpecEnvironment) throws(CheckpointError) -> Int {
    guard let expression = environment.values[value] else { return 0 }
    let count = try environment.int(expression)
    guard (0...1_000_000).contains(count) else {
      throw CheckpointError(.configKey, file: environment.config.file, "\(value) is \(count)")
    }
    return count
  }

  static func shape(
    of tensor: FamilySpec.Tensor, _ environment: SpecEnvironment
  ) throws(CheckpointError) -> Shape {
    var dimensions: [Int] = []
    var elements = 1
    for expression in tensor.shape {
      let dimension = try environment.int(expression)
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard dimension > 0, !overflow, product < 1 << 56 else {
        throw CheckpointError(
          .configKey, file: environment.config.file, tensor: tensor.template.text,
          "would have a dimension '\(expression.text)' of \(dimension)")
      }
      elements = product
      dimensions.append(dimension)
    }
    return Shape(dimensions)
  }

  private static func checkSegments(
    of tensor: FamilySpec.Tensor, _ shape: Shape, _ environment: SpecEnvironment
  ) throws(CheckpointError) {
    if tensor.segments.isEmpty { return }
    var rows = 0
    for expression in tensor.segments {
      let segment = try environment.int(expression)
      let (sum, overflow) = rows.addingReportingOverflow(segment)
      guard segment > 0, !overflow else {
        throw CheckpointError(
          .configKey, file: environment.config.file, tensor: tensor.template.text,
          "would have a segment '\(expression.text)' of \(segment)")
      }
      rows = sum
    }
    guard rows == shape.rows else {
      throw CheckpointError(
        .specMalformed, tensor: tensor.template.text, "the segments have \(rows) rows, the tensor \(shape.rows)")
    }
  }

  /// The tensors of a group: those per layer together, where the first of them stands; each other on its own.
  private static func runs(_ tensors: [FamilySpec.Tensor], in group: FamilySpec.Group) -> [[Int]] {
    var runs: [[Int]] = []
    var perLayer: Int?
    for (i, tensor) in tensors.enumerated() where tensor.groups.contains(group) {
      if let perLayer, tensor.template.hasLayer {
        runs[perLayer].append(i)
      } else {
        if tensor.template.hasLayer { perLayer = runs.count }
        runs.append([i])
      }
    }
    return runs
  }
}

// MARK: Looking up

extension ModelLayout {
  /// Rows of the projections that a tensor holds one after another.
  package func segments(of tensor: Tensor) -> [Int] {
    let expressions = spec.tensors[tensor.template].segments
    if expressions.isEmpty { return [tensor.shape.rows] }
    var environment = environment
    environment.layer = tensor.layer
    // The layout was made with these values.
    return expressions.compactMap { try? environment.int($0) }
  }

  /// The name that the spec gives a tensor; encodings append to it.
  public func name(of tensor: Tensor) -> String {
    spec.tensors[tensor.template].template.name(layer: tensor.layer, expert: tensor.expert)
  }

  public enum Match: Sendable {
    /// A part of a logical tensor: which one, and the part's suffix.
    case part(tensor: Int, suffix: Int)
    /// A part of a stack of experts: the stack's number, and the part's suffix.
    case stack(number: Int, suffix: Int)
    /// A name of the spec for a layer or expert that this config does not have.
    case outside
    case junk
    case unknown
  }

  func match(_ name: TensorName) -> Match {
    guard let match = index.match(name) else { return .unknown }
    let stack = match.template - spec.tensors.count
    if stacks.templates.indices.contains(stack) {
      guard let number = stacks.number(stack, layer: match.layer) else { return .outside }
      return .stack(number: number, suffix: match.suffix)
    }
    guard match.template < spec.tensors.count else {
      return EncodingLayouts.partSuffixes[match.suffix].isEmpty ? .junk : .unknown
    }
    let table = slots[match.template]
    guard let place = table.place(match.layer, match.expert), table.places[place] >= 0 else { return .outside }
    return .part(tensor: Int(table.places[place]), suffix: match.suffix)
  }

  /// The layer that a name says it belongs to, junk and names of absent layers too; nil where the spec has no such name.
  func layer(in name: TensorName) -> Int? { index.match(name)?.layer }

  /// The layer and expert in a name of the spec, also where the config has no such layer or expert.
  func place(in name: TensorName) -> (layer: Int?, expert: Int?)? { index.match(name).map { ($0.layer, $0.expert) } }

  /// A truth value that the spec defines, such as `tied`; nil where it defines none.
  func boolean(_ value: String) -> Bool? { spec.values[value].flatMap { try? environment.bool($0) } }

  /// The stack that an expert's tensor stands in where its values are plain: its name and shape, and whether each expert is
  /// stored as its transpose. nil where the family is published otherwise.
  public func plainStack(of tensor: Tensor) -> (name: String, shape: Shape, isTransposed: Bool)? {
    guard let stack = spec.tensors[tensor.template].stack, stack.encodings.contains("plain"),
      let place = stacks.place(of: tensor)
    else { return nil }
    return (
      stack.template.name(layer: tensor.layer, expert: nil), place.storedShape(isPlain: true),
      place.isTransposedWherePlain
    )
  }

  /// A value that the spec defines, such as `hidden` or `experts`; nil where it defines none or the config lacks it.
  public func integer(_ value: String) -> Int? {
    guard let expression = spec.values[value] else { return nil }
    return try? environment.int(expression)
  }

  /// What a condition of a recipe or preset says of a tensor.
  public func holds(_ condition: Expression, for tensor: Tensor) throws(CheckpointError) -> Bool {
    var environment = environment
    environment.layer = tensor.layer
    environment.expert = tensor.expert
    environment.moeLayer = tensor.layer.flatMap { layersWithExperts.firstIndex(of: $0) }
    return try environment.bool(condition)
  }

  /// What a condition says of a layer, or of the model as a whole.
  func holds(_ condition: Expression, layer: Int?) throws(CheckpointError) -> Bool {
    var environment = environment
    environment.layer = layer
    return try environment.bool(condition)
  }

  /// Whether the config ties the head to the embedding.
  public var isTied: Bool { boolean("tied") ?? false }

  /// Decoder layers of the text model, without MTP.
  public var layerCount: Int { layerCount(.text) }

  /// One past the last layer of a group; 0 where it has none.
  public func layerCount(_ group: FamilySpec.Group) -> Int {
    (spec.layers[group].flatMap { try? environment.int($0.1) }) ?? 0
  }

  public var expertCount: Int { integer("experts") ?? 0 }
}
