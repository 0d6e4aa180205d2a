public import CheckpointKit

/// Bounds that a comparison must keep: a JSON file for gates in CI.
///
///     { "schema": "ckpt.budget/1", "max": {"rel_rmse_max": 0.12}, "min": {"cosine_min": 0.992},
///       "roles": {"moe.down": {"max": {"rel_rmse_mean": 0.1}}}, "coverage": {"quantized": ["moe.*"]} }
///
/// Keys are those of the summary. A key that was not computed is an error, never passed over. Format:
/// `docs/formats/budget.md`.
public struct ErrorBudget: Sendable {
  struct Bounds: Sendable {
    var most: [(key: String, bound: Double)] = []
    var least: [(key: String, bound: Double)] = []
  }

  private let file: String
  private let all: Bounds
  private let roles: [(pattern: String, bounds: Bounds)]
  private let quantized: [String]

  public init(_ json: JSONValue, file: String) throws(CheckpointError) {
    self.file = file
    let reader = SpecReader(json, file: file)
    do throws(CheckpointError) {
      try reader.expectSchema("ckpt.budget/1")
      try reader.expectKeys(["schema", "max", "min", "roles", "coverage"])
      all = try Self.bounds(reader, json)
      var roles: [(pattern: String, bounds: Bounds)] = []
      for (pattern, value) in try reader.members("roles") {
        guard Role.all.contains(where: { $0.matches(pattern) }) else {
          throw reader.malformed("'\(pattern)' means no role")
        }
        let inner = SpecReader(value, file: file)
        try inner.expectKeys(["max", "min"])
        roles.append((pattern, try Self.bounds(inner, value)))
      }
      self.roles = roles
      if let coverage = json["coverage"] {
        let inner = SpecReader(coverage, file: file)
        try inner.expectKeys(["quantized"])
        quantized = try inner.strings("quantized")
      } else {
        quantized = []
      }
    } catch {
      var error = error
      error.code = .budgetMalformed
      throw error
    }
  }

  private static func bounds(_ reader: SpecReader, _ json: JSONValue) throws(CheckpointError) -> Bounds {
    func list(_ key: String) throws(CheckpointError) -> [(key: String, bound: Double)] {
      if let value = json[key], value.object == nil { throw reader.malformed("'\(key)' is no object") }
      var list: [(key: String, bound: Double)] = []
      for (name, value) in try reader.members(key) {
        guard let bound = value.double else { throw reader.malformed("'\(key)' has no number for '\(name)'") }
        list.append((name, bound))
      }
      return list
    }
    return Bounds(most: try list("max"), least: try list("min"))
  }

  /// What goes beyond the bounds.
  ///
  /// - Parameters:
  ///   - summary: the figures of the whole comparison, `by_role` among them.
  /// - Throws: where a bound speaks of a figure that was not computed.
  public func findings(summary: JSONObject, comparison: Comparison) throws(CheckpointError) -> [Finding] {
    var findings = try check(all, summary, role: nil)
    for (pattern, bounds) in roles {
      let matching = comparison.byRole.filter { $0.role.matches(pattern) }
      if matching.isEmpty {
        throw CheckpointError(
          .budgetMalformed, file: file, "has bounds for '\(pattern)', but no such tensor was compared")
      }
      for (role, _) in matching {
        findings += try check(bounds, summary["by_role"]?[role.name]?.object ?? [:], role: role)
      }
    }
    for pattern in quantized { findings += try checkCoverage(pattern, comparison) }
    return findings
  }

  private func check(_ bounds: Bounds, _ figures: JSONObject, role: Role?) throws(CheckpointError) -> [Finding] {
    var findings: [Finding] = []
    func figure(_ key: String) throws(CheckpointError) -> Double? {
      guard let value = figures[key], value.isNull || value.double != nil else {
        throw CheckpointError(
          .budgetMalformed, file: file,
          "bounds '\(key)', which was not computed"
            + (role.map { " for \($0)" } ?? ""), hint: "a bound on figures of the forward pass needs --forward")
      }
      // Where nothing differs, the ratio has no value and every bound on it is kept.
      if value.isNull, key == "sqnr_db", figures["rel_rmse_max"]?.double == 0 { return .infinity }
      guard let number = value.double else {
        throw CheckpointError(.budgetMalformed, file: file, "bounds '\(key)', which has no value here")
      }
      return number
    }
    let place = role.map { "\($0): " } ?? ""
    for (key, bound) in bounds.most {
      if let number = try figure(key), number > bound {
        findings.append(Finding(.error, .overBudget, "\(place)\(key) is \(number), above the budget of \(bound)"))
      }
    }
    for (key, bound) in bounds.least {
      if let number = try figure(key), number < bound {
        findings.append(Finding(.error, .overBudget, "\(place)\(key) is \(number), below the budget of \(bound)"))
      }
    }
    return findings
  }

  private func checkCoverage(_ pattern: String, _ comparison: Comparison) throws(CheckpointError) -> [Finding] {
    let rows = comparison.rows.filter { $0.role?.matches(pattern) ?? false }
    guard !rows.isEmpty else {
      throw CheckpointError(
        .budgetMalformed, file: file, "asks that '\(pattern)' be quantized, but no such tensor was compared")
    }
    let plain = rows.filter { row in EncodingLayouts.named(row.encodings.b)?.isPlain ?? false }
    guard let first = plain.first else { return [] }
    return [
      Finding(
        .error, .overBudget, tensor: first.name,
        "is \(first.encodings.b) in B, where the budget wants \(pattern) quantized"
          + (plain.count > 1 ? "; so are \(plain.count - 1) others" : ""))
    ]
  }
}
