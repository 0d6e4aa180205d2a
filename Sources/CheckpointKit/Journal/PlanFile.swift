/// A plan as it is saved: what it was made of, where it reads and writes, and the table of files and segments.
///
/// Panels are not in it: whoever runs the plan derives them again from the headers, and refuses if the id differs.
///
/// Format: `docs/formats/plan.md`.
public struct PlanFile: Sendable {
  public static let schema = "ckpt.plan/1"

  /// Where things are. No part of the plan's identity.
  public struct Place: Sendable, Equatable {
    public var source: String?
    public var destination: String
    /// Replaces an earlier result: builds beside the destination and exchanges the two at the end.
    public var overwrite: Bool
    /// With whatever else is in the destination.
    public var overwriteAll: Bool
    public var specFolders: [String]
    public var recipe: String?
    /// The importance matrix of a conversion to GGUF.
    public var imatrix: String?
    /// The words of the command that goes on with an unfinished result.
    public var command: [String]
    /// Whether links of the source may lead out of it.
    public var followLinks: Bool

    public init(
      source: String?, destination: String, overwrite: Bool = false, overwriteAll: Bool = false,
      specFolders: [String] = [], recipe: String? = nil, imatrix: String? = nil, followLinks: Bool = false,
      command: [String] = []
    ) {
      self.source = source
      self.destination = destination
      self.overwrite = overwrite || overwriteAll
      self.overwriteAll = overwriteAll
      self.command = command
      self.specFolders = specFolders
      self.recipe = recipe
      self.imatrix = imatrix
      self.followLinks = followLinks
    }

    /// Whether the result is not a folder but a GGUF file, or the set it is split into.
    public var isFile: Bool { destination.hasSuffix(Container.gguf.fileEnding) }

    /// The name that a file of the plan gets: for a GGUF result that of the destination, in a split set with its number,
    /// of a vision tower beside it with `mmproj-` in front.
    ///
    /// - Parameter name: as a plan or a provenance has it.
    func name(ofFile name: String) -> String {
      guard isFile else { return name }
      let prefix = name.hasPrefix(GGUFSet.projectorPrefix) ? GGUFSet.projectorPrefix : ""
      return prefix + fileStem + name.dropFirst(prefix.count + "model".count)
    }

    /// What a plan calls the file of a vision tower.
    public static let projectorName = GGUFSet.projectorPrefix + "model" + Container.gguf.fileEnding

    /// The name of the provenance beside the result.
    var provenanceName: String { isFile ? "\(fileStem).\(OwnNames.provenance)" : OwnNames.provenance }

    private var fileStem: String {
      String(lastPathComponent(destination).dropLast(Container.gguf.fileEnding.count))
    }
  }

  public let id: SHA256Digest
  public let version: String
  public let inputs: PlanInputs
  public let place: Place
  public let segmentCount: Int
  /// Names of the result's weight files, as the plan has them.
  let fileNames: [String]

  /// A row of the table of segments: a file, bytes, and how many panels.
  typealias Row = (file: Int, byteCount: Int, panelCount: Int)

  static func json(
    id: SHA256Digest, inputs: PlanInputs, place: Place, files: [(name: String, byteCount: Int)], segments: [Row]
  ) -> JSONValue {
    .object([
      "schema": .string(schema),
      "plan_id": .string(id.hex),
      "version": .string(Toolkit.version),
      "verb": .string(inputs.verb),
      "options": .object(JSONObject(inputs.options.map { ($0.name, .string($0.value)) })),
      "rules": .string(inputs.rules.hex),
      "place": .object([
        "source": place.source.map { .string($0) } ?? .null,
        "destination": .string(place.destination),
        "overwrite": .bool(place.overwrite),
        "overwrite_all": .bool(place.overwriteAll),
        "specs": .array(place.specFolders.map { .string($0) }),
        "recipe": place.recipe.map { .string($0) } ?? .null,
        "imatrix": place.imatrix.map { .string($0) } ?? .null,
        "follow_links": .bool(place.followLinks),
        "command": .array(place.command.map { .string($0) }),
      ]),
      "inputs": .array(
        inputs.files.map {
          .object([
            "name": .string($0.name), "bytes": .int($0.byteCount), "sha256": .string($0.digest.hex),
            "modified_ns": .int($0.modified),
          ])
        }),
      "files": .array(files.map { .object(["name": .string($0.name), "bytes": .int($0.byteCount)]) }),
      // One row a segment: file, output bytes, panels.
      "segments": .array(
        segments.map { .array([.int($0.file), .int($0.byteCount), .int($0.panelCount)]) }),
    ])
  }

  /// Saves a plan for `run`, `status` and `finish`, which may be started anywhere: paths are made absolute.
  static func write(
    id: SHA256Digest, inputs: PlanInputs, place: Place, files: [(name: String, byteCount: Int)], segments: [Row],
    to path: String, _ access: FileAccess
  ) throws(CheckpointError) {
    let place = absolute(place, access)
    try write(json(id: id, inputs: inputs, place: place, files: files, segments: segments), to: path, of: place, access)
  }

  /// The place of a plan that is saved: not that of its result, nor of what it reads.
  ///
  /// - Throws: where something else stands there.
  @discardableResult
  public static func output(
    _ path: String, of place: Place, _ files: FileAccess
  ) throws(CheckpointError) -> SideOutput {
    try SideOutput(
      path, .plan, apartFrom: [place.destination, place.source, place.imatrix, place.recipe], readFrom: place.source,
      files: files)
  }

  private static func write(
    _ json: JSONValue, to path: String, of place: Place, _ files: FileAccess
  ) throws(CheckpointError) {
    try output(path, of: place, files).write(Array((json.text(indent: 1) + "\n").utf8))
  }

  private static func absolute(_ place: Place, _ files: FileAccess) -> Place {
    var place = place
    place.source = place.source.map { files.absolutePath($0) }
    place.destination = files.absolutePath(place.destination)
    place.specFolders = place.specFolders.map { files.absolutePath($0) }
    place.recipe = place.recipe.map { $0.hasSuffix(".json") ? files.absolutePath($0) : $0 }
    place.imatrix = place.imatrix.map { files.absolutePath($0) }
    return place
  }

  public init(reading path: String, _ files: FileAccess) throws(CheckpointError) {
    let json = try JSONValue(parsing: files.readAll(path, limit: 256 << 20), file: path)
    func malformed(_ what: String) -> CheckpointError {
      CheckpointError(.planMalformed, file: path, "is no plan of ckpt: \(what)")
    }
    func digest(_ value: JSONValue?, _ what: String) throws(CheckpointError) -> SHA256Digest {
      guard let hex = value?.string.flatMap({ hexDigest($0, digits: 64) }) else {
        throw malformed("\(what) is no SHA-256 digest of 64 hex digits")
      }
      return SHA256Digest(hex: hex)
    }
    guard json["schema"]?.string == Self.schema else { throw malformed("'schema' is not \"\(Self.schema)\"") }
    guard let version = json["version"]?.string, let verb = json["verb"]?.string,
      let options = json["options"]?.object, let destination = json["place"]?["destination"]?.string,
      let segments = json["segments"]?.array, let inputs = json["inputs"]?.array
    else { throw malformed("a member is missing") }
    var inputFiles: [Fingerprint] = []
    for input in inputs {
      guard let name = input["name"]?.string, let bytes = input["bytes"]?.int, let modified = input["modified_ns"]?.int
      else { throw malformed("an input lacks a member") }
      inputFiles.append(
        Fingerprint(
          name: name, byteCount: bytes, digest: try digest(input["sha256"], "the sha256 of an input"),
          modified: modified))
    }
    id = try digest(json["plan_id"], "plan_id")
    self.version = version
    self.inputs = PlanInputs(
      verb: verb, options: options.members.map { ($0.key, $0.value.string ?? "") },
      rules: try digest(json["rules"], "rules"), files: inputFiles)
    place = Place(
      source: json["place"]?["source"]?.string, destination: destination,
      overwrite: json["place"]?["overwrite"]?.bool ?? false,
      overwriteAll: json["place"]?["overwrite_all"]?.bool ?? false,
      specFolders: (json["place"]?["specs"]?.array ?? []).compactMap(\.string),
      recipe: json["place"]?["recipe"]?.string, imatrix: json["place"]?["imatrix"]?.string,
      followLinks: json["place"]?["follow_links"]?.bool ?? false,
      command: (json["place"]?["command"]?.array ?? []).compactMap(\.string))
    segmentCount = segments.count
    fileNames = (json["files"]?.array ?? []).compactMap { $0["name"]?.string }
  }
}

extension SideOutput.Kind {
  public static let plan = Self("a plan of ckpt", schema: PlanFile.schema)
}
