internal import ArgumentParser
internal import CheckpointKit

struct Inspect: ReadingVerb {
  static let verb = "inspect"
  static let configuration = CommandConfiguration(
    abstract: "Say what a checkpoint is: family, parameters, encodings, sizes.",
    discussion: """
      Only headers are read: a terabyte takes less than a second.

      EXAMPLES
        ckpt inspect Kimi-K2-Instruct
        ckpt inspect Kimi-K2-Instruct --context 131072 --gpu 24GiB --ram 512GiB
      """)

  @Argument(help: "A checkpoint: a folder, a Hub cache folder, a .safetensors or a .gguf file.", completion: .directory)
  var checkpoint: String

  @Flag(help: "A line for each layer.")
  var layers = false

  @Flag(help: "Sizes of routed experts, one and all.")
  var experts = false

  @Option(help: "Tokens of context to count the key-value cache for (default: the model's).")
  var context: Int?

  @Option(help: "Memory of the GPU, to say what fits.", transform: parseSize)
  var gpu: Int?

  @Option(help: "Main memory, to say what fits.", transform: parseSize)
  var ram: Int?

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  func validate() throws {
    if let context, !(1...(1 << 40)).contains(context) {
      throw ValidationError("--context takes a number of tokens from 1 to \(1 << 40)")
    }
  }

  func perform(_ session: Session) throws -> Report {
    let checkpoint = try session.openToRead(checkpoint)
    let binding = try Binding.inspect(checkpoint, library: try session.library())
    let summary = CheckpointSummary(binding)
    let facts = Facts(summary, license: try License.stated(by: checkpoint), context: context)
    var report = Report()
    report.findings = binding.findings + checkpoint.projectorNotes
    if let error = binding.findings.sortedForReport().first(where: { $0.severity == .error }) { throw error.asError }
    report.summary = facts.json
    report.text = facts.text(session.style)
    if layers { add(layersOf: summary, to: &report) }
    if experts { add(expertsOf: summary, to: &report) }
    if gpu != nil || ram != nil || context != nil { add(fitOf: summary, facts, to: &report) }
    return report
  }

  // MARK: Layers and experts

  private func add(layersOf summary: CheckpointSummary, to report: inout Report) {
    report.summary["by_layer"] = .array(
      summary.layers.map {
        .object([
          "layer": .int($0.layer), "group": .string($0.group.rawValue), "tensors": .int($0.share.tensors),
          "parameters": .int($0.share.parameters), "bytes": .int($0.share.bytes), "experts": .int($0.experts),
          "encodings": .array($0.encodings.map { .string($0) }),
        ])
      })
    var table = TextTable(right: [0, 2, 3, 4, 5])
    table.row("layer", "part", "tensors", "parameters", "bytes", "experts", "encodings")
    for layer in summary.layers {
      table.row(
        "\(layer.layer)", layer.group.rawValue, ByteSize.grouped(layer.share.tensors),
        ByteSize.grouped(layer.share.parameters), ByteSize.text(layer.share.bytes), "\(layer.experts)",
        layer.encodings.joined(separator: " "))
    }
    report.text += "\n" + table.text()
  }

  private func add(expertsOf summary: CheckpointSummary, to report: inout Report) {
    let rows = summary.byRole.filter { $0.role.isRoutedExpert }
    let bytes = rows.reduce(0) { $0 + $1.share.bytes }
    let tensors = rows.reduce(0) { $0 + $1.share.tensors }
    report.summary["routed_experts"] = .object([
      "bytes": .int(bytes), "tensors": .int(tensors),
      "by_role": .object(
        JSONObject(
          rows.map {
            (
              "\($0.role.name) \($0.encoding)",
              .object(["tensors": .int($0.share.tensors), "bytes": .int($0.share.bytes)])
            )
          })),
    ])
    if rows.isEmpty {
      report.text +=
        summary.counts == nil
        ? "\nwhich are routed experts cannot be said: the family is not known\n" : "\nno routed experts\n"
      return
    }
    var table = TextTable(right: [2, 3, 4])
    table.row("role", "encoding", "tensors", "bytes", "each")
    for row in rows {
      table.row(
        row.role.name, row.encoding, ByteSize.grouped(row.share.tensors), ByteSize.text(row.share.bytes),
        ByteSize.text(row.share.bytes / max(1, row.share.tensors)))
    }
    report.text += "\n" + table.text() + "all routed experts: \(ByteSize.text(bytes))\n"
  }

  // MARK: What fits where

  /// Routed experts may lie in main memory; all else and the cache belong on the GPU. Activations are not counted.
  private func add(fitOf summary: CheckpointSummary, _ facts: Facts, to report: inout Report) {
    let routed = summary.routedBytes
    let rest = summary.byRole.reduce(0) { $0 + $1.share.bytes } - routed
    guard let cache = facts.cacheBytes, rest > 0 else {
      report.text += "\nwhat fits where cannot be said: the family is not known\n"
      return
    }
    var fit: JSONObject = [
      "context": .int(orNull: facts.contextLength), "kv_cache_bytes": .int(cache), "routed_expert_bytes": .int(routed),
      "other_weight_bytes": .int(rest),
    ]
    report.text += "\ncache for \(ByteSize.grouped(facts.contextLength ?? 0)) tokens in BF16: \(ByteSize.text(cache))\n"
    func say(_ what: String, _ needed: Int, _ there: Int?, _ key: String) {
      guard let there else { return }
      fit[key] = .bool(needed <= there)
      report.text += "  \(what): \(ByteSize.text(needed)) of \(ByteSize.text(there)): "
      report.text +=
        needed <= there
        ? "fits, \(ByteSize.text(there - needed)) left\n" : "does not fit, \(ByteSize.text(needed - there)) too much\n"
    }
    say("everything on the GPU", rest + routed + cache, gpu, "all_on_gpu")
    if routed > 0 {
      say("all but routed experts on the GPU", rest + cache, gpu, "others_on_gpu")
      say("routed experts in RAM", routed, ram, "experts_in_ram")
    } else {
      say("everything in RAM", rest + cache, ram, "all_in_ram")
    }
    report.text += "  activations and the engine's own needs are not counted\n"
    report.summary["fit"] = .object(fit)
  }
}

/// The figures of `inspect`.
private struct Facts {
  let summary: CheckpointSummary
  let license: String?
  let contextLength: Int?

  init(_ summary: CheckpointSummary, license: String?, context: Int?) {
    self.summary = summary
    self.license = license
    contextLength = context ?? summary.binding.model?.integer("context").flatMap { $0 > 0 ? $0 : nil }
  }

  private var binding: Binding { summary.binding }
  private var checkpoint: Checkpoint { binding.checkpoint }
  private var family: String? { checkpoint.config?.modelType ?? binding.model?.config.modelType }

  /// Of the whole context; nil where it is not known or overflows.
  var cacheBytes: Int? {
    guard let perToken = summary.cacheBytesPerToken, let contextLength else { return nil }
    let (bytes, overflow) = perToken.multipliedReportingOverflow(by: contextLength)
    return overflow ? nil : bytes
  }

  private func integer(_ value: String) -> Int? { binding.model?.integer(value) }

  var json: JSONObject {
    [
      "family": .string(orNull: family), "title": .string(orNull: binding.model?.spec.title),
      "parameters_total": .int(orNull: summary.counts?.total), "parameters_text": .int(orNull: summary.counts?.text),
      "parameters_active": .int(orNull: summary.counts?.active), "stored_tensors": .int(checkpoint.records.count),
      "logical_tensors": binding.model == nil ? .null : .int(binding.tensors.count),
      "data_bytes": .int(checkpoint.dataBytes), "shards": .int(checkpoint.shards.count),
      "bits_per_weight": .double(orNull: summary.bitsPerWeight),
      "encodings": .object(JSONObject(summary.byEncoding.map { ($0.name, Self.json($0.share)) })),
      "roles": .object(byRole), "layers": .int(orNull: binding.model?.layerCount),
      "experts_routed": .int(orNull: binding.model?.expertCount),
      "experts_shared": .int(orNull: integer("experts_shared") ?? binding.model.map { _ in 0 }),
      "experts_per_token": .int(orNull: integer("experts_per_token") ?? binding.model.map { _ in 0 }),
      "context_length": .int(orNull: integer("context").flatMap { $0 > 0 ? $0 : nil }),
      "kv_cache_bytes_per_token": .int(orNull: summary.cacheBytesPerToken), "license": .string(orNull: license),
      "junk": Self.json(summary.junk), "unknown": Self.json(summary.unknown),
      "least_memory_bytes": .int(checkpoint.readingNeeds.least),
    ]
  }

  private static func json(_ share: CheckpointSummary.Share) -> JSONValue {
    .object(["tensors": .int(share.tensors), "parameters": .int(share.parameters), "bytes": .int(share.bytes)])
  }

  /// role → encoding → share.
  private var byRole: JSONObject {
    var roles = JSONObject()
    for (role, encoding, share) in summary.byRole {
      var encodings = roles[role.name]?.object ?? JSONObject()
      encodings[encoding] = Self.json(share)
      roles[role.name] = .object(encodings)
    }
    return roles
  }

  func text(_ style: Style) -> String {
    var text = style.bold(printable(checkpoint.path)) + "\n"
    var facts = TextTable()
    func fact(_ name: String, _ value: String?) {
      if let value { facts.row(name, value) }
    }
    fact("family", family.map { "\($0)" + (binding.model.map { " (\($0.spec.title))" } ?? ", not known here") })
    if let counts = summary.counts {
      fact("parameters", ByteSize.grouped(counts.total))
      if counts.text != counts.total { fact("  text model", ByteSize.grouped(counts.text)) }
      fact("  active", ByteSize.grouped(counts.active) + " per token, embedding and head counted")
    }
    fact(
      "tensors",
      "\(ByteSize.grouped(checkpoint.records.count)) stored"
        + (binding.model == nil ? "" : ", \(ByteSize.grouped(binding.tensors.count)) logical")
        + " in \(checkpoint.shards.count) \(checkpoint.shards.count == 1 ? "file" : "files")")
    fact("data", "\(ByteSize.text(checkpoint.dataBytes)) (\(ByteSize.grouped(checkpoint.dataBytes)) bytes)")
    fact("bits per weight", summary.bitsPerWeight.map { ByteSize.fixed($0, decimals: 3) })
    fact("layers", binding.model.map { "\($0.layerCount)" })
    if let model = binding.model, model.expertCount > 0 {
      let shared = integer("experts_shared") ?? 0
      fact(
        "experts",
        "\(model.expertCount) routed, \(integer("experts_per_token") ?? 0) per token"
          + (shared > 0 ? ", \(shared) shared" : ""))
    }
    fact("context", integer("context").flatMap { $0 > 0 ? ByteSize.grouped($0) + " tokens" : nil })
    fact("license", license.map { printable($0) })
    text += facts.text(indent: 2)
    var table = TextTable(right: [1, 2, 3])
    table.row("encoding", "tensors", "parameters", "bytes")
    for (name, share) in summary.byEncoding {
      table.row(name, ByteSize.grouped(share.tensors), ByteSize.grouped(share.parameters), ByteSize.text(share.bytes))
    }
    if summary.junk.tensors > 0 {
      table.row("(not used)", ByteSize.grouped(summary.junk.tensors), "", ByteSize.text(summary.junk.bytes))
    }
    if summary.unknown.tensors > 0, binding.model != nil {
      table.row("(not known)", ByteSize.grouped(summary.unknown.tensors), "", ByteSize.text(summary.unknown.bytes))
    }
    text += "\n" + table.text(indent: 2)
    if !summary.byRole.isEmpty {
      var roles = TextTable(right: [2, 3, 4])
      roles.row("role", "encoding", "tensors", "parameters", "bytes")
      for (role, encoding, share) in summary.byRole {
        roles.row(
          role.name, encoding, ByteSize.grouped(share.tensors), ByteSize.grouped(share.parameters),
          ByteSize.text(share.bytes))
      }
      text += "\n" + roles.text(indent: 2)
    }
    return text
  }
}
