/// What headers, config and small files say about whether a checkpoint means what it should. No weight byte is read.
///
/// Rules speak of roles, encodings and values of the family's spec; none knows a family.
public struct Meaning: Sendable {
  let binding: Binding
  let checkpoint: Checkpoint
  public private(set) var findings: [Finding] = []

  /// Checks that could not be made, for the report.
  public internal(set) var notMade: [String] = []

  /// Looks at a checkpoint that was bound; what binding itself found is not repeated.
  ///
  /// - Throws: on I/O errors alone.
  public init(of binding: Binding) throws(CheckpointError) {
    self.binding = binding
    checkpoint = binding.checkpoint
    guard checkpoint.container == .safetensors else {
      notMade = ["meaning"]
      return
    }
    if checkpoint.config == nil || binding.model == nil { notMade = ["meaning"] }
    if let model = binding.model {
      checkOutside(model)
      checkRoles(model)
      checkTiedHead(model)
      checkConfig(model)
      checkQuantization(model)
    }
    try checkSideFiles()
  }

  mutating func add(
    _ severity: Finding.Severity, _ code: ProblemCode, file: String? = nil, tensor: String? = nil, _ problem: String,
    hint: String? = nil
  ) {
    findings.append(Finding(severity, code, file: file, tensor: tensor, problem, hint: hint))
  }

  mutating func add(_ finding: Finding) { findings.append(finding) }

  // MARK: Names

  func record(_ index: Int) -> (file: String, name: String) {
    let record = checkpoint.records[index]
    return (checkpoint.shard(of: record).name, record.name.string)
  }

  /// The file and the name of a tensor's main part.
  func mainPart(of bound: Binding.Bound) -> (file: String, name: String) {
    guard let first = bound.pieces.first?.records.first(where: { $0 >= 0 }) else { return ("", "") }
    return record(first)
  }

  /// One finding for several tensors of one kind: the first by name, and how many are like it.
  mutating func add(
    _ severity: Finding.Severity, _ code: ProblemCode, about tensors: [Binding.Bound], _ problem: String,
    hint: String? = nil
  ) {
    add(severity, code, at: tensors.prefix(1000).map { mainPart(of: $0) }, of: tensors.count, problem, hint: hint)
  }

  /// The same for stored tensors, by their index.
  mutating func add(
    _ severity: Finding.Severity, _ code: ProblemCode, aboutRecords records: [Int], _ problem: String,
    hint: String? = nil
  ) {
    add(severity, code, at: records.prefix(1000).map { record($0) }, of: records.count, problem, hint: hint)
  }

  private mutating func add(
    _ severity: Finding.Severity, _ code: ProblemCode, at places: [(file: String, name: String)], of count: Int,
    _ problem: String, hint: String?
  ) {
    guard let first = places.first else { return }
    let others = count > 1 ? "; so it is with \(count - 1) others" : ""
    var finding = Finding(severity, code, file: first.file, tensor: first.name, problem + others, hint: hint)
    if count > 1 { finding.tensors = places.map(\.name) }
    findings.append(finding)
  }

  // MARK: Tensors that the config does not have

  /// Names of the family for layers or experts beyond what the config says: loaders skip them without a word.
  private mutating func checkOutside(_ model: ModelLayout) {
    var experts: [Int] = []
    var layers: [Int] = []
    for index in binding.unknown {
      guard case .outside = model.match(checkpoint.records[index].name),
        let place = model.place(in: checkpoint.records[index].name)
      else { continue }
      if let expert = place.expert, expert >= model.expertCount { experts.append(index) } else { layers.append(index) }
    }
    add(
      .error, .tensorOutside, aboutRecords: experts,
      "is of an expert that the config does not have: it says \(model.expertCount) experts",
      hint: "a loader would leave these experts out: config.json and weights are of different models")
    add(
      .warning, .tensorOutside, aboutRecords: layers,
      "is of a layer, or of a kind of layer, that the config does not have: it says \(model.layerCount) layers",
      hint: "a loader would leave it out")
  }

  // MARK: Roles and their encodings

  /// Roles that every published engine computes unencoded: small, and ruined by rounding.
  static func mustStayPlain(_ role: Role) -> Bool {
    role.name == "router" || role.name.hasPrefix("router.") || role.name.hasPrefix("norm.")
      || role.name.hasPrefix("bias.") || role.name == "sinks" || role.name.hasPrefix("mtp.norm")
  }

  /// Projections that engines join into one matrix: their encodings must be the same.
  static let joined = JoinedProjections.roles

  private mutating func checkRoles(_ model: ModelLayout) {
    var plainOnly: [Binding.Bound] = []
    var vocabulary: [Binding.Bound] = []
    var dtypes: [Binding.Bound] = []
    var scales: [DType: (count: Int, first: Binding.Bound)] = [:]
    var placed: [JoinKey: [String: Binding.Bound]] = [:]
    let joinOf = Dictionary(
      uniqueKeysWithValues: Self.joined.enumerated().flatMap { i, roles in roles.map { ($0, i) } })
    let joins = model.spec.tensors.map { joinOf[$0.role.name] }
    for bound in binding.tensors {
      let tensor = model.tensors[bound.tensor]
      let isPlain = bound.layout.isPlain
      if !isPlain {
        if Self.mustStayPlain(tensor.role) { plainOnly.append(bound) }
        if tensor.role.name == "embed" || tensor.role.name == "head" { vocabulary.append(bound) }
        if bound.layout.isInBlocks, let dtype = bound.layout.scales?.dtype {
          scales[dtype, default: (0, bound)].count += 1
        }
      } else if model.spec.tensors[tensor.template].dtype == .f32, bound.layout.plainDType != .f32 {
        dtypes.append(bound)
      }
      if let join = joins[tensor.template] {
        let key = JoinKey(join: join, group: tensor.group, layer: tensor.layer ?? -1, expert: tensor.expert ?? -1)
        if let expert = tensor.expert, expert > 0 {
          // Experts of one layer are held against each other by binding: the first stands for them.
        } else {
          placed[key, default: [:]][tensor.role.name] = bound
        }
      }
    }
    add(
      .error, .encodingRole, about: plainOnly,
      "is \(plainOnly.first?.layout.name ?? ""): a router, norm or bias has to stay plain",
      hint: "rounding it changes which experts are chosen; engines read it as plain numbers")
    add(
      .warning, .encodingRole, about: vocabulary,
      "is \(vocabulary.first?.layout.name ?? ""): most engines read embedding and head as plain numbers")
    add(
      .warning, .tensorDType, about: dtypes,
      "is \(dtypes.first?.layout.name ?? ""), where published checkpoints keep F32",
      hint: "rounding it can change which experts are chosen")
    if scales.count > 1,
      let rare = scales.min(by: { ($0.value.count, $0.key.rawValue) < ($1.value.count, $1.key.rawValue) })
    {
      let list = scales.sorted { $0.value.count > $1.value.count }.map { "\($0.value.count) of \($0.key)" }
      let part = rare.value.first.pieces[0].records.dropFirst().first ?? -1
      let (file, name) = part >= 0 ? record(part) : mainPart(of: rare.value.first)
      add(
        .warning, .encodingMixedScales, file: file, tensor: name,
        "is a scale of \(rare.key), where the scales of this checkpoint are not of one type: "
          + list.joined(separator: ", "),
        hint: "a checkpoint made from two sources, or half converted")
    }
    checkJoined(placed.values.map { $0 }, model)
  }

  private struct JoinKey: Hashable {
    var join: Int
    var group: FamilySpec.Group
    var layer: Int
    var expert: Int
  }

  private mutating func checkJoined(_ groups: [[String: Binding.Bound]], _ model: ModelLayout) {
    var unlike: [(Binding.Bound, String)] = []
    for group in groups {
      let members = group.sorted { $0.value.tensor < $1.value.tensor }.map(\.value)
      guard let first = members.first, let other = members.first(where: { $0.layout.name != first.layout.name })
      else { continue }
      let odd = members.count > 2 && members.count(where: { $0.layout.name == first.layout.name }) == 1 ? first : other
      let usual = members.first { $0.layout.name != odd.layout.name } ?? first
      unlike.append(
        (odd, "is \(odd.layout.name), where '\(mainPart(of: usual).name)' is \(usual.layout.name)"))
    }
    guard let first = unlike.min(by: { $0.0.tensor < $1.0.tensor }) else { return }
    let ordered = unlike.sorted { $0.0.tensor < $1.0.tensor }
    add(
      .warning, .encodingJoined, about: ordered.map(\.0), first.1 + ": engines join these into one matrix",
      hint: "vLLM and SGLang refuse parts of one matrix in different encodings")
  }

  // MARK: The tied head

  private mutating func checkTiedHead(_ model: ModelLayout) {
    guard model.isTied else { return }
    func find(_ role: String) -> Binding.Bound? {
      binding.tensors.first { model.tensors[$0.tensor].role.name == role && model.tensors[$0.tensor].group == .text }
    }
    guard let head = find("head"), let embed = find("embed") else { return }
    let (file, name) = mainPart(of: head)
    if head.layout.name != embed.layout.name {
      add(
        .warning, .tensorTied, file: file, tensor: name,
        "is \(head.layout.name), but the config ties it to '\(mainPart(of: embed).name)', which is \(embed.layout.name)",
        hint: "loaders take one or the other: they would give different results")
    } else {
      add(.note, .tensorTied, file: file, tensor: name, "is stored, though the config ties it to the embedding")
    }
  }
}

// MARK: Orientation, where shapes tell

extension Meaning {
  /// What binding found, with a hint where a matrix or its scales have the shape that their transpose should have.
  public var bindingFindings: [Finding] {
    guard let model = binding.model else { return binding.findings }
    let shapes: Set<ProblemCode> = [.tensorShape, .partShape]
    let suspects = binding.findings.filter { shapes.contains($0.code) }
    let wanted = Set(suspects.compactMap { $0.tensor.map { TensorName($0) } })
    if wanted.isEmpty { return binding.findings }
    var turned = Set<TensorName>()
    for record in checkpoint.records where wanted.contains(record.name) && record.shape.rank == 2 {
      guard case .part(let tensor, let suffix) = model.match(record.name) else { continue }
      let shape = model.tensors[tensor].shape
      guard shape.rank == 2 else { continue }
      let expected: Shape =
        EncodingLayouts.partSuffixes[suffix] == "_scale_inv"
        ? [shape[0].ceilDiv(FP8BlockLayout.block), shape[1].ceilDiv(FP8BlockLayout.block)] : shape
      if expected == [record.shape[1], record.shape[0]] { turned.insert(record.name) }
    }
    return binding.findings.map { finding in
      guard shapes.contains(finding.code), let tensor = finding.tensor, turned.contains(TensorName(tensor)) else {
        return finding
      }
      var finding = finding
      finding.hint = "its transpose has the right shape: was it written [in, out]?"
      return finding
    }
  }
}
