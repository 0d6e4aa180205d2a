/// How the tokens that an importance matrix was made of spread over the experts of one layer.
public struct Routing: Sendable {
  public let layer: Int
  /// Whose counts they are.
  public let tensor: TensorName
  public let experts: Int
  /// −Σ p·ln p in nats, where p is an expert's share of the counts; ln(experts) when all get the same.
  public let entropy: Double
  /// 0 when all experts get the same, near 1 when one gets all: Σᵢ Σⱼ |xᵢ − xⱼ| / (2·n²·mean).
  public let gini: Double
  /// Largest count / mean.
  public let loadMax: Double
  /// Experts without a token.
  public let dead: [Int]

  /// - Parameter counts: one for each expert, at least one of them over 0.
  init?(layer: Int, tensor: TensorName, counts: [Float]) {
    let counts = counts.map { Double($0) }
    let sum = counts.reduce(0, +)
    guard counts.count > 1, sum > 0 else { return nil }
    self.layer = layer
    self.tensor = tensor
    experts = counts.count
    let n = Double(counts.count)
    entropy = counts.reduce(0) { $1 > 0 ? $0 - $1 / sum * logarithm($1 / sum) : $0 }
    let ranked = counts.sorted().enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    gini = 2 * ranked / (n * sum) - (n + 1) / n
    loadMax = (counts.max() ?? 0) * n / sum
    dead = counts.indices.filter { counts[$0] == 0 }
  }
}

extension ImportanceMatrix {
  /// The layer in a name such as `blk.12.ffn_up_exps.weight`, and what follows it.
  static func layer(in name: TensorName) -> (layer: Int, kind: String)? {
    let parts = name.string.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]), layer >= 0 else { return nil }
    return (layer, String(parts[2]))
  }

  /// By layer: the experts' counts of its first entry that has them. Legacy files have none.
  public var routing: [Routing] {
    var byLayer: [Int: Entry] = [:]
    for entry in entries.sorted(by: { $0.name < $1.name }) where entry.counts.count > 1 {
      guard let (layer, kind) = Self.layer(in: entry.name), kind.contains("_exps"), byLayer[layer] == nil else {
        continue
      }
      byLayer[layer] = entry
    }
    return byLayer.sorted { $0.key < $1.key }.compactMap {
      Routing(layer: $0.key, tensor: $0.value.name, counts: $0.value.counts)
    }
  }

  /// Tensors of one kind, over the layers.
  public struct Coverage: Sendable {
    /// What follows the layer in the name; the whole name of what is in no layer.
    public let kind: String
    public let layers: [Int]
    public let values: Int
    public let matrices: Int
    /// Matrices of all layers without a token; nil where the format does not say.
    public let empty: Int?
  }

  public var coverage: [Coverage] {
    var kinds: [String: [(layer: Int?, entry: Entry)]] = [:]
    for entry in entries {
      let place = Self.layer(in: entry.name)
      kinds[place?.kind ?? entry.name.string, default: []].append((place?.layer, entry))
    }
    return kinds.sorted { TensorName($0.key) < TensorName($1.key) }.map { kind, found in
      let entry = found[0].entry
      return Coverage(
        kind: kind, layers: found.compactMap(\.layer).sorted(), values: entry.valueCount,
        matrices: max(1, entry.counts.count),
        empty: format == .legacy ? nil : found.reduce(0) { sum, item in sum + item.entry.counts.count { $0 == 0 } })
    }
  }

  /// Experts that got no token, and layers that lack what others have.
  public var findings: [Finding] {
    var findings = oddities
    for layer in routing where !layer.dead.isEmpty {
      findings.append(
        Finding(
          .warning, .imatrixDeadExperts, tensor: layer.tensor.string,
          "\(layer.dead.count) of \(layer.experts) experts got no token: \(foldedNumbers(layer.dead))",
          hint: "their columns weigh alike; more calibration text reaches more experts"))
    }
    for entry in entries where !entry.counts.isEmpty && entry.counts.allSatisfy({ $0 == 0 }) {
      findings.append(Finding(.warning, .imatrixDeadExperts, tensor: entry.name.string, "got no token at all"))
    }
    return findings
  }

  /// What does not fit the tensors of a model, as its GGUF file has them.
  ///
  /// Missing entries are notes: embeddings, norms and routers never have any. An entry without a tensor, or of another
  /// size, is an error.
  public func findings(against tensors: [(name: TensorName, shape: Shape)]) -> [Finding] {
    var findings: [Finding] = []
    let wanted = Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    for entry in entries {
      guard let shape = wanted[entry.name] else {
        findings.append(
          Finding(
            .error, .imatrixMismatch, tensor: entry.name.string, "is in the importance matrix, but not in the model"))
        continue
      }
      let matrices = shape.rank > 2 ? shape[0] : 1
      let expected = shape.columns &* matrices
      if entry.valueCount != expected {
        findings.append(
          Finding(
            .error, .imatrixMismatch, tensor: entry.name.string,
            "has \(entry.valueCount) values, where the model's \(shape) needs \(expected)"))
      }
    }
    let missing = tensors.filter {
      $0.shape.rank > 1 && $0.name.string.hasSuffix(".weight") && self[$0.name] == nil
    }
    if let first = missing.first {
      findings.append(
        Finding(
          .note, .imatrixMismatch, tensor: first.name.string,
          "has no entry" + (missing.count > 1 ? "; nor have \(missing.count - 1) other matrices of the model" : "")))
    }
    return findings
  }
}
