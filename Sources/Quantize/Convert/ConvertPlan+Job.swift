public import CheckpointKit

extension ConvertPlan: Job {
  public var takesDigests: Bool { options.digests != .none }
  public var takesSourceDigests: Bool { options.digests == .all }
  public var inputBytes: Int? { binding.checkpoint.dataBytes }
  public var source: Checkpoint? { binding.checkpoint }

  public func executor() -> any PanelExecutor { PanelFiller(self) }

  public func finishing(_ outcome: Runner.Outcome) throws(CheckpointError) -> Finishing {
    var finishing = Finishing()
    let checkpoint = binding.checkpoint
    if plan.container == .safetensors {
      finishing.sideFolder = checkpoint.folder
      finishing.sideFiles = checkpoint.sideFiles.carried
      finishing.config = config
    }
    let errors = ConvertErrors(self, outcome)
    var provenance: JSONObject = [
      "family": .string(binding.model?.spec.name ?? ""),
      "recipe": (try? JSONValue(parsing: recipe.text, file: recipe.name)) ?? .null,
      "source_files_sha256": .null,
      "error_by_role": .object(errors.byRole.json),
      "error_by_layer": .object(errors.byLayerAndRole),
    ]
    if options.digests == .all {
      let digests = outcome.sourceDigests.sorted { $0.key < $1.key }
      provenance["source_files_sha256"] = .object(JSONObject(digests.map { ($0.key.string, .string($0.value.hex)) }))
    }
    finishing.provenance = provenance
    return finishing
  }

  /// What is left behind of the source's tensors: notes, in the words of the binding.
  public var allFindings: [Finding] {
    binding.findings.filter { $0.code == .tensorJunk || $0.code == .groupAbsent || $0.severity == .warning } + findings
  }
}

/// The error of a conversion by role, from the sums that its segments left.
public struct ConvertErrors: Sendable {
  /// One role, or all.
  public struct Row: Sendable {
    public var tensors = 0
    public var rows = 0
    public var measuredRows = 0
    public var statistics = ErrorStatistics()
  }

  public private(set) var byRole = RowsByRole()
  /// `layer → role → {…}`, for the provenance.
  let byLayerAndRole: JSONObject
  public private(set) var groups = 0
  public private(set) var exactGroups = 0
  /// Share of the quantized rows on which the error was measured.
  public private(set) var measuredShare: Double?
  /// Tensors in which `exact` found groups that it cannot give back.
  public private(set) var inexact: [Finding] = []

  /// Roles in order of their names.
  public struct RowsByRole: Sendable {
    public var rows: [(role: Role, row: Row)] = []

    public var json: JSONObject { JSONObject(rows.map { ($0.role.name, .object($0.row.json)) }) }
  }

  public init(_ convert: ConvertPlan, _ outcome: Runner.Outcome) {
    var roles: [Role: Row] = [:]
    var layers: [Int: [Role: Row]] = [:]
    var (rows, measured) = (0, 0)
    for (i, tensor) in convert.plan.tensors.enumerated() {
      let work = convert.works[tensor.work]
      guard work.isEncoded, let role = convert.role(of: work), let report = outcome.report(ofTensor: i)
      else { continue }
      groups += report.groups
      exactGroups += report.exactGroups
      rows += report.rows
      measured += report.measuredRows
      roles[role, default: Row()].add(report)
      if let layer = convert.layer(of: work) { layers[layer, default: [:]][role, default: Row()].add(report) }
      if report.exactGroups < report.groups, let what = convert.inexactGroups(of: work) {
        inexact.append(
          Finding(
            .error, .inexactGroups, tensor: convert.name(of: work),
            "\(report.groups - report.exactGroups) of \(report.groups) groups \(what)"))
      }
    }
    byRole.rows = roles.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    byLayerAndRole = JSONObject(
      layers.sorted { $0.key < $1.key }.map { layer, roles in
        let members = roles.sorted { $0.key < $1.key }.map { ($0.key.name, JSONValue.object($0.value.json)) }
        return (String(layer), .object(JSONObject(members)))
      })
    measuredShare = rows > 0 ? Double(measured) / Double(rows) : nil
  }
}

extension ConvertPlan {
  /// What is said of groups that do not keep their values where they should; nil where nobody expects it.
  fileprivate func inexactGroups(of work: Work) -> String? {
    if work.arrangement?.route == .transcode {
      return "have a scale that F16 does not hold exactly; they got the nearest"
    }
    return options.rounding == .exact ? "have no scale that gives back every value; they got the ct rule" : nil
  }
}

extension ConvertErrors.Row {
  mutating func add(_ report: PanelReport) {
    tensors += 1
    rows += report.rows
    measuredRows += report.measuredRows
    if report.measuredRows > 0 {
      statistics.add(ErrorSums(squaredError: report.squaredError, squaredReference: report.squaredReference))
    }
  }

  public var json: JSONObject {
    [
      "tensors": .int(tensors), "rel_rmse_mean": .number(statistics.relativeMean),
      "rel_rmse_max": .number(statistics.relativeMax), "sqnr_db": .number(statistics.sqnr),
      "rows_share": rows > 0 ? .double(Double(measuredRows) / Double(rows)) : .null,
    ]
  }
}

extension JSONValue {
  /// null for nil and for what is no number.
  static func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
}
