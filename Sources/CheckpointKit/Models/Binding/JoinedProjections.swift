/// Projections of one layer that engines join into one matrix: queries, keys and values; gate and up.
///
/// A joined matrix has one encoding. In blocks, each projection in it must end where a block ends: else its last rows
/// would have the scales of the next one's first.
package struct JoinedProjections: Sendable {
  package static let roles: [[String]] = [
    ["attn.q", "attn.k", "attn.v"], ["attn.q_a", "attn.kv_a"], ["attn.qkv", "attn.z"], ["mlp.gate", "mlp.up"],
    ["shared.gate", "shared.up"], ["moe.gate", "moe.up"],
  ]

  /// What must be encoded like a joined matrix without being part of it: all projections of a routed expert are alike.
  private static let companions = ["moe.down": "moe.gate"]

  private struct Place: Hashable {
    var join: Int
    var group: FamilySpec.Group
    var layer: Int?
  }

  /// A projection whose rows are no whole blocks.
  package struct Uneven: Sendable {
    var join: Int
    var role: Role
    var rows: Int
    /// It is one of several in a stored tensor.
    var isSegment: Bool

    func text(block: Int) -> String {
      (isSegment ? "a projection in \(role.name)" : role.name) + " has \(rows) rows, no multiple of \(block)"
    }
  }

  private struct Members {
    var roles: Set<Role> = []
    var uneven: Uneven?
    var areBlocks = true
  }

  private var uneven: [Place: Uneven] = [:]
  private var joins: [String: Int] = [:]

  /// - Parameter tensors: of the model, by index, and what each is stored as. What is in blocks throughout stays so.
  package init(_ model: ModelLayout, tensors: some Sequence<(Int, any EncodingLayout)>, block: Int) {
    // Of an odd query rank, validate speaks: no published model has one.
    for (i, roles) in Self.roles.enumerated() where !roles.contains("attn.q_a") {
      for role in roles { joins[role] = i }
    }
    var members: [Place: Members] = [:]
    for (index, layout) in tensors {
      let tensor = model.tensors[index]
      guard let place = place(of: tensor), tensor.shape.rank == 2 else { continue }
      var of = members[place] ?? Members()
      of.roles.insert(tensor.role)
      let segments = model.segments(of: tensor)
      if of.uneven == nil, let rows = segments.first(where: { !$0.isMultiple(of: block) }) {
        of.uneven = Uneven(join: place.join, role: tensor.role, rows: rows, isSegment: segments.count > 1)
      }
      if !layout.isInBlocks { of.areBlocks = false }
      members[place] = of
    }
    for (place, of) in members where of.roles.count > 1 && !of.areBlocks { uneven[place] = of.uneven }
    for (companion, role) in Self.companions { joins[companion] = joins[role] }
  }

  private func place(of tensor: ModelLayout.Tensor) -> Place? {
    joins[tensor.role.name].map { Place(join: $0, group: tensor.group, layer: tensor.layer) }
  }

  /// Which projection keeps a tensor's joined matrix from being whole blocks; nil where none does.
  package func uneven(with tensor: ModelLayout.Tensor) -> Uneven? {
    place(of: tensor).flatMap { uneven[$0] }
  }
}

/// Collects what stays plain for the sake of ``JoinedProjections``: one finding for each kind, whatever the number.
package struct HeldBackProjections {
  private struct Kind {
    var first: String
    var count: Int
    var roles: [String]
    var stays: String
    var reason: String
  }

  private var kinds: [Int: Kind] = [:]

  package init() {}

  package mutating func add(
    _ tensor: ModelLayout.Tensor, name: String, _ uneven: JoinedProjections.Uneven, block: Int,
    stays: any EncodingLayout
  ) {
    let reason = uneven.text(block: block)
    var kind = kinds[uneven.join] ?? Kind(first: name, count: 0, roles: [], stays: stays.name, reason: reason)
    kind.count += 1
    if !kind.roles.contains(tensor.role.name) { kind.roles.append(tensor.role.name) }
    kinds[uneven.join] = kind
  }

  package var findings: [Finding] {
    kinds.sorted { $0.key < $1.key }.map { _, kind in
      Finding(
        .warning, .notDivisible, tensor: kind.first,
        (kind.count > 1 ? "and \(kind.count - 1) others (\(kind.roles.joined(separator: ", "))) stay" : "stays")
          + " \(kind.stays): \(kind.reason), and engines join these into one matrix of blocks",
        hint: "in blocks, an engine would refuse them or answer wrongly")
    }
  }
}
