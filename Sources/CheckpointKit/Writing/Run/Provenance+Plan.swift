extension Provenance {
  /// A file of the result that holds no weights.
  struct SideFile: Sendable {
    var name: String
    var byteCount: Int
    var digest: SHA256Digest

    init(name: String, byteCount: Int, digest: SHA256Digest) {
      self.name = name
      self.byteCount = byteCount
      self.digest = digest
    }

    init(_ name: String, _ bytes: [UInt8]) {
      self.init(name: name, byteCount: bytes.count, digest: SHA256Digest(of: bytes))
    }
  }

  static func json(
    _ plan: Plan, _ more: JSONObject, digests: [[SHA256Digest]]?, sideFiles: [SideFile]
  ) -> JSONValue {
    var object: JSONObject = [
      "schema": .string(schema),
      "version": .string(Toolkit.version),
      "verb": .string(plan.inputs.verb),
      "options": .object(JSONObject(plan.inputs.options.map { ($0.name, .string($0.value)) })),
      "rules_sha256": .string(plan.inputs.rules.hex),
      "plan_id": .string(plan.id.hex),
      "inputs": .array(
        plan.inputs.files.map {
          .object(["name": .string($0.name), "bytes": .int($0.byteCount), "header_sha256": .string($0.digest.hex)])
        }),
      "outputs": .array(
        plan.files.map { file in
          .object([
            "name": .string(file.name), "bytes": .int(file.byteCount),
            "header_sha256": .string(file.headerDigest.hex),
            "digest_root": digests.map { .string(root(of: file, plan, $0).hex) } ?? .null,
          ])
        }),
      "side_files": .array(
        sideFiles.sorted { TensorName($0.name) < TensorName($1.name) }.map {
          .object(["name": .string($0.name), "bytes": .int($0.byteCount), "sha256": .string($0.digest.hex)])
        }),
    ]
    for (key, value) in more.members { object[key] = value }
    return .object(object)
  }

  /// The digest root of a file: SHA-256 over one line `digest  name` for each of its stored tensors, sorted by name.
  static func root(of file: Plan.File, _ plan: Plan, _ digests: [[SHA256Digest]]) -> SHA256Digest {
    var lines: [(name: TensorName, digest: SHA256Digest)] = []
    for tensor in file.tensors {
      for (part, digest) in zip(plan.tensors[tensor].parts, digests[tensor]) {
        lines.append((plan.parts[part].name, digest))
      }
    }
    return root(of: lines)
  }
}
