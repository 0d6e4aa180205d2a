/// What a checkpoint consists of, counted: by role, by encoding, by layer. Headers are enough for all of it.
public struct CheckpointSummary: Sendable {
  /// Tensors that have something in common.
  public struct Share: Sendable, Equatable {
    public var tensors = 0
    public var parameters = 0
    /// Of all parts, scales included.
    public var bytes = 0

    public init() {}

    mutating func add(parameters: Int, bytes: Int) {
      tensors += 1
      self.parameters &+= parameters
      self.bytes &+= bytes
    }
  }

  public struct Layer: Sendable {
    public var layer: Int
    public var group: FamilySpec.Group
    public var share = Share()
    public var experts = 0
    /// Names of encodings, by the bytes they have, most first.
    public var encodings: [String] = []
  }

  public let binding: Binding
  /// nil where the family is not known.
  public let counts: ModelCounts?
  public private(set) var byEncoding: [(name: String, share: Share)] = []
  public private(set) var byRole: [(role: Role, encoding: String, share: Share)] = []
  public private(set) var layers: [Layer] = []
  /// Stored tensors that the model does not use.
  public private(set) var junk = Share()
  /// Stored tensors that no spec names.
  public private(set) var unknown = Share()

  public init(_ binding: Binding) {
    self.binding = binding
    counts = ModelCounts(binding)
    let records = binding.checkpoint.records
    for i in binding.junk { junk.add(parameters: 0, bytes: records[i].byteCount) }
    for i in binding.unknown { unknown.add(parameters: 0, bytes: records[i].byteCount) }
    guard let model = binding.model else {
      byEncoding = Self.byDType(records)
      return
    }
    struct Key: Hashable {
      var role: Role
      var encoding: String
    }
    struct Place: Hashable {
      var group: FamilySpec.Group
      var layer: Int
    }
    var roles: [Key: Share] = [:]
    var places: [Place: (layer: Layer, encodings: [String: Int])] = [:]
    for bound in binding.tensors {
      let tensor = model.tensors[bound.tensor]
      let parameters = tensor.shape.elementCount
      let bytes = bound.byteCount
      let encoding = bound.layout.name
      roles[Key(role: tensor.role, encoding: encoding), default: Share()].add(parameters: parameters, bytes: bytes)
      if let number = tensor.layer {
        let place = Place(group: tensor.group, layer: number)
        var entry = places[place] ?? (Layer(layer: number, group: tensor.group), [:])
        entry.layer.share.add(parameters: parameters, bytes: bytes)
        entry.layer.experts = max(entry.layer.experts, (tensor.expert ?? -1) + 1)
        entry.encodings[encoding, default: 0] += bytes
        places[place] = entry
      }
    }
    byRole = roles.sorted { ($0.key.role.name, $0.key.encoding) < ($1.key.role.name, $1.key.encoding) }
      .map { ($0.key.role, $0.key.encoding, $0.value) }
    var encodings: [String: Share] = [:]
    for (_, encoding, share) in byRole {
      encodings[encoding, default: Share()].tensors += share.tensors
      encodings[encoding, default: Share()].parameters += share.parameters
      encodings[encoding, default: Share()].bytes += share.bytes
    }
    byEncoding = encodings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let order = FamilySpec.Group.allCases
    layers = places.values.map { entry in
      var layer = entry.layer
      layer.encodings = entry.encodings.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
      return layer
    }.sorted { a, b in
      let (x, y) = (order.firstIndex(of: a.group) ?? 0, order.firstIndex(of: b.group) ?? 0)
      return (x, a.layer) < (y, b.layer)
    }
  }

  private static func byDType(_ records: [TensorRecord]) -> [(name: String, share: Share)] {
    var shares: [String: Share] = [:]
    for record in records {
      shares[record.typeName, default: Share()].add(parameters: record.shape.elementCount, bytes: record.byteCount)
    }
    return shares.sorted { $0.key < $1.key }.map { ($0.key.lowercased(), $0.value) }
  }

  /// 8 × bytes of all tensors / parameters; nil where nothing was counted.
  public var bitsPerWeight: Double? {
    guard let total = counts?.total, total > 0 else { return nil }
    return 8 * Double(binding.checkpoint.dataBytes) / Double(total)
  }

  /// Bytes of routed experts, and of everything else that the text model and its extras need.
  public var routedBytes: Int { byRole.reduce(0) { $0 + ($1.role.isRoutedExpert ? $1.share.bytes : 0) } }

  /// Bytes by which the cache grows with each token in BF16, all layers together: keys and values, or their latent and
  /// the shared rotary key where attention is latent (MLA); nothing where it is linear. nil where the family's attention
  /// is not known.
  public var cacheBytesPerToken: Int? {
    guard let model = binding.model else { return nil }
    /// Sizes that a shape could have; a config may say anything.
    func size(_ value: String) -> Int? { model.integer(value).flatMap { (0...1 << 40).contains($0) ? $0 : nil } }
    var values = 0
    for layer in 0..<model.layerCount {
      switch model.forwardText("attention", layer: layer) {
      case "mla":
        guard let latent = size("kv_lora"), let rope = size("rope") else { return nil }
        values += latent + rope
      case "gqa":
        guard let heads = size("kv_heads"), let head = size("head"), heads < 1 << 20, head < 1 << 20 else { return nil }
        values += 2 * heads * head
      case "delta-net": break
      default: return nil
      }
    }
    return 2 * values
  }
}
