/// What the router of one layer chose for every token.
public struct RouterChoices: Sendable, Equatable {
  /// The decoder layer, from 0.
  public let layer: Int
  public let experts: Int
  /// How many experts a token goes to.
  public let chosen: Int
  /// `tokens × chosen`: for each token, experts in ascending order.
  public var ids: [Int32]
  /// The weights of the chosen, in the same order, after renormalisation and scaling.
  public var weights: [Float]

  init(layer: Int, experts: Int, chosen: Int, tokens: Int) {
    self.layer = layer
    self.experts = experts
    self.chosen = chosen
    ids = Array(repeating: 0, count: tokens * chosen)
    weights = Array(repeating: 0, count: tokens * chosen)
  }

  public var tokens: Int { ids.count / chosen }

  /// How evenly the tokens were spread.
  public var statistics: RoutingStatistics {
    var counts = [Int](repeating: 0, count: experts)
    for id in ids { counts[Int(id)] += 1 }
    return RoutingStatistics(layer: layer, counts: counts)
  }
}

/// How evenly the tokens of a run were spread over the experts of a layer.
public struct RoutingStatistics: Sendable, Equatable {
  public let layer: Int
  /// Of the shares of the experts, in nats: `−Σ p ln p`; ln(experts) if all have the same.
  public let entropy: Double
  /// The largest count over the mean count.
  public let loadMax: Double
  /// Experts without a token.
  public let dead: Int

  init(layer: Int, counts: [Int]) {
    self.layer = layer
    let total = Double(counts.reduce(0, +))
    var entropy = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / total
      entropy -= share * Elementwise.logarithm(share)
    }
    self.entropy = max(0, entropy)
    loadMax = total > 0 ? Double(counts.max() ?? 0) * Double(counts.count) / total : 0
    dead = counts.count { $0 == 0 }
  }
}
