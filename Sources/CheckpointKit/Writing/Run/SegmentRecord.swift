/// What is left behind when a segment is written: that it is, into which partial file, out of which files, and what was
/// found out on the way.
///
/// A record is small, written once, and complete or absent; a folder of them is the journal of a run.
struct SegmentRecord: Sendable, Equatable {
  struct Tensor: Sendable, Equatable {
    /// Index into the plan's tensors.
    var tensor: Int
    /// Of each part: of all of it where `isWhole`, else of the bytes that the segment wrote. Empty where none were taken.
    var digests: [SHA256Digest]
    /// Whether all panels of the tensor lie in the segment.
    var isWhole: Bool
    var report: PanelReport
  }

  static let schema = "ckpt.segment/2"

  var plan: SHA256Digest
  var segment: Int
  /// Of the partial file.
  var nonce: String
  /// The files that were read.
  var sources: [SourceStamp]
  var tensors: [Tensor]

  static func fileName(_ segment: Int, _ nonce: String) -> String {
    "\(ShardNames.padded(segment, digits: 6)).\(nonce).json"
  }
}

/// What is known of a source file by looking at its name, so that a run that is continued sees whether it is still the
/// one that was read.
struct SourceStamp: Sendable, Equatable {
  var name: String
  var modified: Int
  /// Device and inode mean something on one machine alone.
  var machine: String
  var identity: [UInt64]
  var changed: Int

  init(_ name: String, _ status: FileStatus) {
    self.name = name
    modified = status.modified
    machine = machineName
    identity = status.identity
    changed = status.changed
  }

  /// Whether both are of one file of one machine, whatever became of it.
  func isSameFile(_ now: SourceStamp) -> Bool { machine == now.machine && identity == now.identity }

  /// Whether `now` may be the file that was read: a copy on another disk or machine passes with the same time of change;
  /// on the same disk it must be the same file, and untouched.
  func matches(_ now: SourceStamp) -> Bool {
    guard modified == now.modified else { return false }
    guard machine == now.machine, identity.first == now.identity.first else { return true }
    return identity == now.identity && changed == now.changed
  }
}

// Sums are kept as the bits of the Double, so that a run that was resumed reports the same figures.
extension SegmentRecord {
  var json: JSONObject {
    [
      "schema": .string(Self.schema),
      "plan": .string(plan.hex),
      "segment": .int(segment),
      "partial": .string(nonce),
      "sources": .array(sources.map(\.json)),
      "tensors": .array(
        tensors.map {
          .object([
            "tensor": .int($0.tensor),
            ($0.isWhole ? "sha256" : "run_sha256"): .array($0.digests.map { .string($0.hex) }),
            "squared_error_bits": bits($0.report.squaredError),
            "squared_reference_bits": bits($0.report.squaredReference),
            "rows": .int($0.report.rows),
            "measured_rows": .int($0.report.measuredRows),
            "groups": .int($0.report.groups),
            "exact_groups": .int($0.report.exactGroups),
          ])
        }),
    ]
  }

  /// nil where the text is no record of this plan.
  init?(_ json: JSONValue, plan: Plan) {
    guard json["schema"]?.string == Self.schema, json["plan"]?.string == plan.id.hex,
      let segment = json["segment"]?.int, plan.segments.indices.contains(segment),
      let nonce = json["partial"]?.string, let list = json["tensors"]?.array, let sources = json["sources"]?.array
    else { return nil }
    var tensors: [Tensor] = []
    for item in list {
      let isWhole = item["sha256"] != nil
      guard let tensor = item["tensor"]?.int, plan.tensors.indices.contains(tensor),
        let digests = item[isWhole ? "sha256" : "run_sha256"]?.array, let error = double(item["squared_error_bits"]),
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
      guard known.count == digests.count, known.isEmpty || known.count == plan.tensors[tensor].parts.count else {
        return nil
      }
      tensors.append(
        Tensor(tensor: tensor, digests: known.map { SHA256Digest(hex: $0) }, isWhole: isWhole, report: report))
    }
    let stamps = sources.compactMap { SourceStamp($0) }
    guard stamps.count == sources.count else { return nil }
    self.init(plan: plan.id, segment: segment, nonce: nonce, sources: stamps, tensors: tensors)
  }
}

extension SourceStamp {
  var json: JSONValue {
    .object([
      "name": .string(name), "modified_ns": .int(modified), "machine": .string(machine),
      "file": .array(identity.map { .string(String($0)) }), "changed_ns": .int(changed),
    ])
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let modified = json["modified_ns"]?.int,
      let machine = json["machine"]?.string, let file = json["file"]?.array, let changed = json["changed_ns"]?.int
    else { return nil }
    self.name = name
    self.modified = modified
    self.machine = machine
    self.changed = changed
    identity = file.compactMap { $0.string.flatMap { UInt64($0) } }
    if identity.count != file.count { return nil }
  }
}

private func bits(_ value: Double) -> JSONValue { .string(String(value.bitPattern, radix: 16)) }

private func double(_ value: JSONValue?) -> Double? {
  value?.string.flatMap { UInt64($0, radix: 16) }.map { Double(bitPattern: $0) }
}
