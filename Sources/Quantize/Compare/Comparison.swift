public import CheckpointKit

/// The difference between two checkpoints of one model, tensor by tensor.
public struct Comparison: Sendable {
  /// One logical tensor that both have.
  public struct Row: Sendable {
    public var name: String
    /// nil in a model of no known family.
    public var role: Role?
    public var layer: Int?
    public var expert: Int?
    public var encodings: (a: String, b: String)
    public var errors: ErrorSums
    public var cosine: Double?
    public var isIdentical: Bool
    public var isIdenticalInBF16: Bool
    /// Rows that were compared, and all.
    public var rows: (compared: Int, all: Int)
  }

  /// Several tensors together.
  public struct Group: Sendable {
    public var errors = ErrorStatistics()
    public var cosineMin: Double?

    mutating func add(_ row: Row) {
      errors.add(row.errors)
      if let cosine = row.cosine { cosineMin = min(cosineMin ?? 1, cosine) }
    }
  }

  /// In the order of A's model.
  public let rows: [Row]
  public let all: Group
  public let byRole: [(role: Role, group: Group)]
  public let findings: [Finding]

  init(_ rows: [Row], findings: [Finding]) {
    self.rows = rows
    self.findings = findings
    var all = Group()
    var roles: [Role: Group] = [:]
    for row in rows {
      all.add(row)
      if let role = row.role { roles[role, default: Group()].add(row) }
    }
    self.all = all
    byRole = roles.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  public var identical: Int { rows.count { $0.isIdentical } }
  public var identicalInBF16: Int { rows.count { $0.isIdenticalInBF16 } }

  /// Share of rows that were compared.
  public var rowsShare: Double? {
    let total = rows.reduce(0) { $0 + $1.rows.all }
    return total > 0 ? Double(rows.reduce(0) { $0 + $1.rows.compared }) / Double(total) : nil
  }

  /// Tensors with the largest relative RMSE, worst first; equal ones in the order of the model.
  public func worst(_ count: Int) -> [Row] {
    let ranked = rows.enumerated().compactMap { i, row in row.errors.relativeRMSE.map { (i, $0) } }.filter { $0.1 > 0 }
    return ranked.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(count).map { rows[$0.0] }
  }
}
