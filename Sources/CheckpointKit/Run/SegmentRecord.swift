/// What is left behind when a segment is written: that it is, and what was found out on the way.
///
/// A record is small, written once, and complete or absent; a folder of them is the journal of a run.
struct SegmentRecord: Sendable, Equatable {
  struct Tensor: Sendable, Equatable {
    /// Index into the plan's tensors.
    var tensor: Int
    /// Digests of its parts; empty where they were not taken, or only some of its panels lie in the segment.
    var digests: [SHA256Digest]
    var report: PanelReport
  }

  static let schema = "ckpt.segment/1"

  var plan: SHA256Digest
  var segment: Int
  var tensors: [Tensor]

  static func fileName(_ segment: Int) -> String { ShardNames.padded(segment, digits: 6) + ".json" }
}

// Sums are kept as the bits of the Double, so that a run that was resumed reports the same figures.
extension SegmentRecord {
  var json: JSONValue {
    .object([
      "schema": .string(Self.schema),
      "plan": .string(plan.hex),
      "segment": .int(segment),
      "tensors": .array(
        tensors.map {
          .object([
            "tensor": .int($0.tensor),
            "sha256": .array($0.digests.map { .string($0.hex) }),
            "squared_error_bits": bits($0.report.squaredError),
            "squared_reference_bits": bits($0.report.squaredReference),
            "rows": .int($0.report.rows),
            "measured_rows": .int($0.report.measuredRows),
            "groups": .int($0.report.groups),
            "exact_groups": .int($0.report.exactGroups),
          ])
        }),
    ])
  }

  /// nil where the text is no record of this plan.
  init?(_ json: JSONValue, plan: Plan) {
    guard json["schema"]?.string == Self.schema, json["plan"]?.string == plan.id.hex,
      let segment = json["segment"]?.int, plan.segments.indices.contains(segment),
      let list = json["tensors"]?.array
    else { return nil }
    var tensors: [Tensor] = []
    for item in list {
      guard let tensor = item["tensor"]?.int, plan.tensors.indices.contains(tensor),
        let digests = item["sha256"]?.array, let error = double(item["squared_error_bits"]),
        let reference = double(item["squared_reference_bits"]), let rows = item["rows"]?.int,
        let measured = item["measured_rows"]?.int, let groups = item["groups"]?.int,
        let exact = item["exact_groups"]?.int
      else { return nil }
      var report = PanelReport()
      report.squaredError = error
      report.squaredReference = reference
      report.rows = rows
      report.measuredRows = measured
      report.groups = groups
      report.exactGroups = exact
      let known = digests.compactMap { $0.string.flatMap { hexDigest($0, digits: 64) } }
      guard known.count == digests.count else { return nil }
      tensors.append(Tensor(tensor: tensor, digests: known.map { SHA256Digest(hex: $0) }, report: report))
    }
    self.init(plan: plan.id, segment: segment, tensors: tensors)
  }
}

private func bits(_ value: Double) -> JSONValue { .string(String(value.bitPattern, radix: 16)) }

private func double(_ value: JSONValue?) -> Double? {
  value?.string.flatMap { UInt64($0, radix: 16) }.map { Double(bitPattern: $0) }
}
