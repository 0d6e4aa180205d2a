internal import ArgumentParser
internal import CheckpointKit

struct Imatrix: ReadingVerb {
  static let verb = "imatrix"
  static let configuration = CommandConfiguration(
    abstract: "Say what an importance matrix covers, and how its tokens spread over the experts.",
    discussion: """
      Both formats of llama-imatrix are read, GGUF and .dat; the latter does not tell experts apart. Every value is read \
      once and must be finite.

      EXAMPLES
        ckpt imatrix imatrix.gguf
        ckpt imatrix imatrix.gguf --against Kimi-K2-Instruct
      """)

  @Argument(help: "An importance matrix: .gguf or .dat.", completion: .file())
  var file: String

  @Option(help: "A model that it should fit: a GGUF file, or what would become one.", completion: .file())
  var against: String?

  @OptionGroup(title: "Common options") var links: LinkOptions
  @OptionGroup(title: "Common options") var common: CommonOptions

  /// Slices of values, and what is kept of the routing.
  private static let bufferBytes = 16 << 20

  func perform(_ session: Session) throws -> Report {
    let needs = ReadingNeeds(ofFile: file, bufferBytes: Self.bufferBytes, files: session.files)
    try needs.require(session.budget)
    let matrix = try ImportanceMatrix(file, files: session.files)
    let (bad, bytes) = try matrix.scan()
    var report = Report()
    report.findings = matrix.findings + bad
    if let against {
      report.findings += matrix.findings(against: try tensors(of: against, session))
    }
    let routing = matrix.routing
    let coverage = matrix.coverage
    let dead = routing.reduce(0) { $0 + $1.dead.count }
    report.summary = [
      "format": .string(matrix.format.rawValue), "entries": .int(matrix.entries.count),
      "chunks": .int(orNull: matrix.chunkCount), "chunk_tokens": .int(orNull: matrix.chunkSize),
      "datasets": .array(matrix.datasets.map { .string($0) }), "read_bytes": .int(bytes),
      "least_memory_bytes": .int(needs.least),
      "dead_experts": matrix.format == .gguf ? .int(dead) : .null,
      "coverage": .array(
        coverage.map {
          .object([
            "tensor": .string($0.kind), "layers": .int($0.layers.count),
            "layer_list": .string(foldedNumbers($0.layers)),
            "values": .int($0.values), "matrices": .int($0.matrices), "empty_matrices": .int(orNull: $0.empty),
          ])
        }),
      "routing": .array(
        routing.map {
          .object([
            "layer": .int($0.layer), "experts": .int($0.experts), "entropy": .double($0.entropy),
            "gini": .double($0.gini), "load_max": .double($0.loadMax), "dead": .int($0.dead.count),
          ])
        }),
    ]
    report.text = text(matrix, coverage, routing)
    return report
  }

  /// The tensors of a model by their names in GGUF: those of a file, or those that a folder would become.
  private func tensors(of path: String, _ session: Session) throws -> [(name: TensorName, shape: Shape)] {
    let model = try session.openToRead(path)
    if model.container == .gguf { return model.records.map { ($0.name, $0.shape) } }
    let library = try session.library()
    let layout = try GGUFLayout(of: try Binding.bind(model, library: library), library: library)
    return layout.tensors.map { (TensorName($0.name), $0.shape) }
  }

  private func text(
    _ matrix: ImportanceMatrix, _ coverage: [ImportanceMatrix.Coverage], _ routing: [Routing]
  ) -> String {
    var facts = TextTable()
    facts.row("format", matrix.format == .gguf ? "GGUF" : "legacy (.dat)")
    facts.row("entries", ByteSize.grouped(matrix.entries.count))
    if let chunks = matrix.chunkCount {
      facts.row(
        "chunks", ByteSize.grouped(chunks) + (matrix.chunkSize.map { " of \(ByteSize.grouped($0)) tokens" } ?? ""))
    }
    for dataset in matrix.datasets { facts.row("dataset", printable(dataset)) }
    var table = TextTable(right: [1, 3, 4, 5])
    table.row("tensor", "layers", "", "values", "matrices", "empty")
    for row in coverage {
      table.row(
        printable(row.kind), row.layers.isEmpty ? "" : "\(row.layers.count)", foldedNumbers(row.layers),
        ByteSize.grouped(row.values), ByteSize.grouped(row.matrices), row.empty.map { ByteSize.grouped($0) } ?? "?")
    }
    var text = facts.text() + "\n" + table.text(indent: 2)
    if !routing.isEmpty {
      var layers = TextTable(right: [0, 1, 2, 3, 4, 5])
      layers.row("layer", "experts", "entropy", "gini", "load max", "dead")
      for layer in routing {
        layers.row(
          "\(layer.layer)", "\(layer.experts)", ByteSize.fixed(layer.entropy, decimals: 3),
          ByteSize.fixed(layer.gini, decimals: 3), ByteSize.fixed(layer.loadMax, decimals: 2), "\(layer.dead.count)")
      }
      text += "\n" + layers.text(indent: 2)
    }
    return text
  }
}
