extension Binding {
  /// Binds a GGUF file to the logical tensors of its architecture's family, whose config it makes out of the metadata.
  static func inspectGGUF(_ checkpoint: Checkpoint, library: SpecLibrary) throws(CheckpointError) -> Binding {
    guard let fields = checkpoint.shards.first?.fields,
      let architecture = fields.first(where: { sameBytes($0.key, "general.architecture") })?.value.text
    else {
      return withoutFamily(
        checkpoint,
        Finding(.note, .familyUnknown, "names no general.architecture: its tensors are taken as they are stored"))
    }
    let projector = fields.first { sameBytes($0.key, "\(architecture).\(GGUFSpec.projectorKey)") }?.value.text
    guard let spec = library.gguf(architecture: architecture, projector: projector) else {
      let what = projector.map { "projector '\($0)' of architecture" } ?? "architecture"
      return withoutFamily(
        checkpoint,
        Finding(
          .note, .familyUnknown, file: checkpoint.shards.first?.name,
          "\(what) '\(architecture)' is none that is known here: its tensors are taken as they are stored",
          hint: "--specs DIR adds a spec in DIR/gguf"))
    }
    let model: ModelLayout
    let layout: GGUFLayout
    do throws(CheckpointError) {
      let config = try spec.modelConfig(of: checkpoint, fields)
      guard let type = config.modelType, let family = library.family(modelType: type) else {
        throw CheckpointError(.familyUnknown, "is of a family that is not known here")
      }
      // A tower's file describes nothing else.
      model = try ModelLayout(
        family, config: config,
        groups: spec.projector == nil ? Set(FamilySpec.Group.allCases) : Set(spec.blocks.keys))
      let stored = Set(checkpoint.records.map(\.name))
      var wanted: [Bool] = []
      for tensor in model.tensors {
        let isHeld = tensor.isOptional ? try spec.holds(tensor, of: model, stored) : true
        wanted.append(spec.blocks[tensor.group] != nil && isHeld)
      }
      layout = try GGUFLayout(spec, of: model, present: wanted)
    } catch {
      var finding = Finding(error)
      finding.file = finding.file ?? checkpoint.shards.first?.name
      return withoutFamily(checkpoint, finding)
    }
    var binder = GGUFBinder(checkpoint: checkpoint, model: model, layout: layout)
    binder.run()
    return Binding(
      checkpoint: checkpoint, model: model, tensors: binder.bound, junk: [], unknown: binder.unknown,
      findings: binder.findings)
  }
}

extension GGUFSpec {
  /// Whether a file has a tensor for a logical one.
  fileprivate func holds(
    _ tensor: ModelLayout.Tensor, of model: ModelLayout, _ stored: Set<TensorName>
  ) throws(CheckpointError) -> Bool {
    let block = try block(of: tensor.layer, in: tensor.group, model)
    return tensors.contains {
      $0.role == tensor.role && stored.contains(TensorName($0.template.name(layer: block, expert: nil)))
    }
  }

  /// config.json as the metadata has it.
  fileprivate func modelConfig(of checkpoint: Checkpoint, _ fields: [GGUFField]) throws(CheckpointError) -> ModelConfig
  {
    let file = checkpoint.shards.first?.name ?? checkpoint.path
    var keys = JSONObject()
    let prefix = architecture + "."
    for field in fields {
      let isBare = metadata.contains { $0.isBare && sameBytes($0.name, field.key) }
      guard isBare || field.key.hasPrefix(prefix) else { continue }
      let list = try Self.elements(of: field, in: checkpoint)
      guard let value = field.value.json ?? list else { continue }
      let path = field.key.dropFirst(isBare ? 0 : prefix.count).split(separator: ".").map(String.init)
      keys.set(path[...], to: value)
    }
    if let embedding = checkpoint.records.first(where: { sameBytes($0.name.string, "token_embd.weight") }) {
      keys["embedding_rows"] = .int(embedding.shape.rows)
    }
    for (key, tensor) in [
      ("has_output", "output.weight"), ("has_attention_bias", "blk.0.attn_q.bias"),
      ("has_mlp_bias", "blk.0.ffn_up.bias"),
    ] {
      keys[key] = .bool(checkpoint.records.contains { sameBytes($0.name.string, tensor) })
    }
    let environment = SpecEnvironment(config: ModelConfig(keys, file: file), values: [:], spec: name)
    var config = JSONObject()
    for key in self.config {
      if let when = key.when, try !environment.bool(when) { continue }
      let value = try key.value.evaluated(in: environment)
      guard let json = value.json else { continue }
      config.set(key.path.split(separator: ".").map(String.init)[...], to: json)
    }
    if let record = checkpoint.records.first(where: { isComputed($0.name) }), record.dtype == .f32,
      record.byteCount <= 1 << 16
    {
      let bytes = try OpenFile(reading: checkpoint.shard(of: record).path, checkpoint.files).readBytes(record.range)
      let factors = bytes.withUnsafeBytes { raw in
        (0..<bytes.count / 4).map {
          Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
      }
      let known = RopeFactors.llama3Scaling(
        of: factors, base: config["rope_theta"]?.double ?? 10000, width: config["head_dim"]?.int ?? 0)
      config["rope_scaling"] =
        known
        ?? .object(["rope_type": "factors", "factors": .array(factors.map { .double(Double($0)) })])
    }
    return ModelConfig(config, file: file)
  }

  /// The elements of a short array of integers or truth values.
  private static func elements(of field: GGUFField, in checkpoint: Checkpoint) throws(CheckpointError) -> JSONValue? {
    guard case .array(let element, let count) = field.value, count <= 10_000,
      let shard = checkpoint.shards.first, let size = [.int32: 4, .uint32: 4, .bool: 1][element],
      field.range.upperBound - field.valueStart == 12 + count * size
    else { return nil }
    let bytes = try OpenFile(reading: shard.path, checkpoint.files).readBytes(
      field.valueStart + 12..<field.range.upperBound)
    return bytes.withUnsafeBytes { raw in
      .array(
        (0..<count).map { i in
          if element == .bool { return .bool(raw[i] != 0) }
          let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
          return .int(element == .int32 ? Int(Int32(bitPattern: bits)) : Int(bits))
        })
    }
  }

  /// Whether a tensor of the file stands for keys of a config.
  fileprivate func isComputed(_ name: TensorName) -> Bool {
    tensors.contains { $0.role == nil && sameBytes($0.template.text, name.string) }
  }
}

extension JSONObject {
  /// Sets a value below nested objects; a value in the way of an object is replaced.
  mutating func set(_ path: ArraySlice<String>, to value: JSONValue) {
    guard let first = path.first else { return }
    if path.count == 1 {
      // What is there already as an object has keys of its own, which are worth more.
      if self[first]?.object == nil { self[first] = value }
      return
    }
    var inner = self[first]?.object ?? JSONObject()
    inner.set(path.dropFirst(), to: value)
    self[first] = .object(inner)
  }
}

extension GGUFValue {
  var json: JSONValue? {
    switch self {
    case .unsigned(let value): .number(String(value))
    case .signed(let value): .number(String(value))
    // Stored as Float32: the shortest decimal of that is what was meant.
    case .float(let value): .double(Double(Float(value).description) ?? value)
    case .bool(let value): .bool(value)
    case .string(let value): .string(value)
    case .longString, .array: nil
    }
  }
}

extension SpecValue {
  var json: JSONValue? {
    switch self {
    case .missing, .object: nil
    case .list(let values): .array(values.map { $0.json ?? .null })
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    case .bool(let value): .bool(value)
    case .string(let value): .string(value)
    }
  }
}

/// The work of binding the tensors of a GGUF file: every view is the inverse of what its making did.
private struct GGUFBinder {
  let checkpoint: Checkpoint
  let model: ModelLayout
  let layout: GGUFLayout
  var bound: [Binding.Bound] = []
  var unknown: [Int] = []
  var findings: [Finding] = []
  private var inverses: [String: [Run]] = [:]

  init(checkpoint: Checkpoint, model: ModelLayout, layout: GGUFLayout) {
    self.checkpoint = checkpoint
    self.model = model
    self.layout = layout
  }

  /// Rows of a logical tensor, and where they stand in a tensor of the file.
  private struct Run {
    var firstLogicalRow: Int
    var view: MatrixView
  }

  mutating func run() {
    var records: [TensorName: Int] = [:]
    for (i, record) in checkpoint.records.enumerated() { records[record.name] = i }
    var isKnown = [Bool](repeating: false, count: checkpoint.records.count)
    var pieces: [Int: [(first: Int, piece: Piece)]] = [:]
    var isBroken = Set<Int>()
    for tensor in layout.tensors {
      guard let place = records[TensorName(tensor.name)] else {
        if tensor.sources.isEmpty { continue }
        findings.append(
          Finding(
            .error, .tensorMissing, tensor: tensor.name, "is missing", hint: "look whether a file of the set is missing"
          ))
        isBroken.formUnion(tensor.sources)
        continue
      }
      isKnown[place] = true
      let record = checkpoint.records[place]
      guard let stored = Self.layout(of: record) else {
        findings.append(
          Finding(
            .error, .encodingUnsupported, file: checkpoint.shard(of: record).name, tensor: tensor.name,
            "is \(record.typeName), which is not read here"))
        isBroken.formUnion(tensor.sources)
        continue
      }
      // A file leaves out leading dimensions of 1.
      guard record.shape.rows == tensor.shape.rows, record.shape.columns == tensor.shape.columns else {
        findings.append(
          Finding(
            .error, .tensorShape, file: checkpoint.shard(of: record).name, tensor: tensor.name,
            "has shape \(record.shape), where the metadata asks for \(tensor.shape)"))
        isBroken.formUnion(tensor.sources)
        continue
      }
      let columnOrder = tensor.columns.map { Self.inverse(of: $0) }
      let matrix = tensor.shape.rank <= 1 ? tensor.shape : Shape(tensor.rowsPerSlice, tensor.shape.columns)
      if case .all = tensor.rows {
        for (slice, source) in tensor.sources.enumerated() {
          var view = MatrixView(all: matrix)
          view.slice = slice
          view.columnOrder = columnOrder
          view.function = tensor.function
          pieces[source, default: []].append((0, Piece(layout: stored, records: [place], shape: matrix, view: view)))
        }
        continue
      }
      for run in inverse(of: tensor) {
        var view = run.view
        view.columnOrder = columnOrder
        view.function = tensor.function
        let piece = Piece(layout: stored, records: [place], shape: matrix, view: view)
        for source in tensor.sources { pieces[source, default: []].append((run.firstLogicalRow, piece)) }
      }
    }
    for (source, list) in pieces.sorted(by: { $0.key < $1.key }) where !isBroken.contains(source) {
      let sorted = list.sorted { $0.first < $1.first }
      var end = 0
      for (first, piece) in sorted where first == end { end += piece.view.height }
      let tensor = model.tensors[source]
      guard end == tensor.shape.rows else {
        findings.append(
          Finding(
            .error, .tensorMissing, tensor: model.name(of: tensor),
            "has \(end) of its \(tensor.shape.rows) rows in this file"))
        continue
      }
      bound.append(Binding.Bound(tensor: source, pieces: sorted.map(\.piece)))
    }
    unknown = checkpoint.records.indices.filter { !isKnown[$0] && !layout.spec.isComputed(checkpoint.records[$0].name) }
    findings += Binding.unknownFindings(unknown, of: checkpoint, model, spec: layout.spec.name)
  }

  private static func layout(of record: TensorRecord) -> (any EncodingLayout)? {
    if let block = record.block { return GGUFBlockLayout(block) }
    return PlainLayout.dtypes.contains(record.dtype) ? PlainLayout(record.dtype) : nil
  }

  // MARK: Inverse views

  private static func inverse(of table: [Int32]) -> [Int32] {
    var inverse = table
    for (i, place) in table.enumerated() { inverse[Int(place)] = Int32(truncatingIfNeeded: i) }
    return inverse
  }

  private mutating func inverse(of tensor: GGUFLayout.Tensor) -> [Run] {
    // Layers are alike: what comes behind `blk.N.` tells the map.
    let key =
      tensor.name.split(separator: ".").drop { $0 == "blk" || Int($0) != nil }.joined(separator: ".")
      + " \(tensor.shape)"
    if let known = inverses[key] { return known }
    let runs: [Run]
    switch tensor.rows {
    case .picked(let table): runs = Self.runs(table, rowsPerSlice: tensor.rowsPerSlice, columns: tensor.shape.columns)
    case .transposed(let starts):
      let matrix = Shape(tensor.rowsPerSlice, tensor.shape.columns)
      runs = starts.enumerated().map { slice, start in
        var view = MatrixView(all: matrix)
        view.slice = slice
        view.isTransposed = true
        return Run(firstLogicalRow: Int(start), view: view)
      }
    case .all, .computed: runs = []
    }
    inverses[key] = runs
    return runs
  }

  /// Rows in the order of the logical tensor, as runs of rows with one step within one matrix.
  private static func runs(_ table: [Int32], rowsPerSlice: Int, columns: Int) -> [Run] {
    let order = table.indices.sorted { table[$0] < table[$1] }
    var runs: [Run] = []
    var start = 0
    while start < order.count {
      let slice = order[start] / rowsPerSlice
      var end = start + 1
      var step = 1
      if end < order.count, table[order[end]] == table[order[start]] + 1, order[end] > order[start],
        order[end] / rowsPerSlice == slice
      {
        step = order[end] - order[start]
        while end < order.count, table[order[end]] == table[order[end - 1]] + 1, order[end] - order[end - 1] == step,
          order[end] / rowsPerSlice == slice
        { end += 1 }
      }
      var view = MatrixView(all: Shape(end - start, columns))
      view.slice = slice
      view.firstRow = order[start] % rowsPerSlice
      view.rowStep = step
      runs.append(Run(firstLogicalRow: Int(table[order[start]]), view: view))
      start = end
    }
    return runs
  }
}
