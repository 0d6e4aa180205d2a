public import CheckpointKit
internal import Quantize

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How far the predictions of two models of one vocabulary are apart, on the same tokens. A is the reference.
///
/// Definitions: `docs/metrics.md`.
public struct LogitComparison: Sendable {
  /// KL(A‖B) of each position in nats, softmax in Double.
  public private(set) var divergences: [Double] = []
  /// Positions whose most likely token is the same.
  public private(set) var agreeing = 0
  /// Σ(a − b)² and Σa² over all logits.
  private var squaredError = 0.0
  private var squaredReference = 0.0
  /// Chosen experts that both routers chose, and all that A's chose.
  /// Positions whose logits are not finite on one side; no figure speaks of them.
  public private(set) var undefined = 0
  /// Layers that only one of the models routes, or routes to another number of experts.
  public private(set) var unlikeLayers = 0
  private var sharedChoices = 0
  private var allChoices = 0

  /// Runs both models.
  ///
  /// - Throws: where the vocabularies differ in size, and whatever running a model throws.
  public init(_ a: ReferenceModel, _ b: ReferenceModel, on input: TokenInput) throws(CheckpointError) {
    guard a.vocabularySize == b.vocabularySize else {
      throw CheckpointError(
        .forwardInput, file: b.reader.binding.checkpoint.path,
        "has a vocabulary of \(b.vocabularySize) tokens, and \(a.reader.binding.checkpoint.path) one of \(a.vocabularySize)"
      )
    }
    let (left, right) = (try a.run(input), try b.run(input))
    for rows in a.logitRuns(of: left) {
      let (x, y) = (try a.logits(of: left, rows: rows), try b.logits(of: right, rows: rows))
      for position in 0..<x.positions { add(x[position], y[position]) }
    }
    let routed = Dictionary(right.routing.map { ($0.layer, $0) }, uniquingKeysWith: { first, _ in first })
    unlikeLayers = right.routing.count { q in !left.routing.contains { $0.layer == q.layer } }
    for p in left.routing {
      guard let q = routed[p.layer], q.chosen == p.chosen else {
        unlikeLayers += 1
        continue
      }
      for start in stride(from: 0, to: p.ids.count, by: max(1, p.chosen)) {
        let chosen = Set(p.ids[start..<start + p.chosen])
        sharedChoices += q.ids[start..<start + q.chosen].count { chosen.contains($0) }
        allChoices += p.chosen
      }
    }
  }

  private mutating func add(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) {
    guard a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else {
      undefined += 1
      return
    }
    let (p, q) = (LogProbabilities(a), LogProbabilities(b))
    var divergence = 0.0
    for i in a.indices {
      let (x, y) = (Double(a[i]), Double(b[i]))
      squaredError += (x - y) * (x - y)
      squaredReference += x * x
      let (logP, logQ) = (x - p.normaliser, y - q.normaliser)
      divergence += exp(logP) * (logP - logQ)
    }
    // Rounding may leave a sum of zero just below it.
    divergences.append(max(0, divergence))
    if p.best == q.best { agreeing += 1 }
  }

  /// log Σ exp of a row, and its largest entry, the first of equal ones.
  private struct LogProbabilities {
    var normaliser: Double
    var best: Int

    init(_ logits: UnsafeBufferPointer<Float>) {
      best = 0
      for i in logits.indices where logits[i] > logits[best] { best = i }
      let largest = Double(logits[best])
      normaliser = largest + log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }
  }

  // MARK: Figures

  public var positions: Int { divergences.count }

  public var divergenceMean: Double? {
    divergences.isEmpty ? nil : divergences.reduce(0, +) / Double(divergences.count)
  }

  public var divergenceMax: Double? { divergences.max() }

  /// The least value that 99 of 100 positions do not exceed.
  public var divergence99: Double? {
    if divergences.isEmpty { return nil }
    let rank = (99 * divergences.count).ceilDiv(100)
    return divergences.sorted()[max(0, rank - 1)]
  }

  public var topAgreement: Double? { positions > 0 ? Double(agreeing) / Double(positions) : nil }

  /// sqrt(Σ(a − b)² / Σa²) over all logits.
  public var relativeRMSE: Double? {
    if squaredError == 0 { return 0 }
    return squaredReference > 0 ? (squaredError / squaredReference).squareRoot() : nil
  }

  /// Share of the experts chosen in A that are chosen in B too; nil where nothing is routed.
  public var routerAgreement: Double? { allChoices > 0 ? Double(sharedChoices) / Double(allChoices) : nil }
}
