internal import CheckpointKit

/// Which experts each token goes to, and with what weight.
struct Router {
  struct Rule: Sendable {
    enum Score: String, Sendable, CaseIterable {
      case sigmoid, softmax
      /// Experts are chosen by logits; the weights are the softmax over the chosen.
      case softmaxOfChosen = "softmax-of-chosen"
    }

    var score: Score
    var experts: Int
    var chosen: Int
    /// Experts stand in so many groups of equal size, of which `groupsKept` are looked into.
    var groups: Int
    var groupsKept: Int
    /// Whether the weights of the chosen are divided by their sum.
    var renormalises: Bool
    var scale: Double
    /// Whether the weights include the bias that the choice is made with: a mistake, which tests make on purpose.
    var weighsBias = false

    init(_ values: ForwardValues, experts: Int) throws(CheckpointError) {
      score = Score(rawValue: try values.choice("router", Score.allCases.map(\.rawValue))) ?? .sigmoid
      self.experts = experts
      chosen = try values.size("experts_per_token")
      groups = try values.int("router_groups", default: 1)
      groupsKept = try values.int("router_groups_kept", default: 1)
      renormalises = try values.bool("router_renormalises", default: true)
      scale = try values.double("router_scale", default: 1)
      guard experts % groups == 0, groupsKept <= groups, chosen <= experts / groups * groupsKept else {
        throw CheckpointError(
          .configKey,
          "\(chosen) experts cannot be chosen from \(groupsKept) of \(groups) groups of \(experts) experts")
      }
      guard score == .sigmoid || groups == 1 else {
        throw CheckpointError(
          .forwardUnsupported, "groups of experts with softmax scores are asked for (n_group), and are not carried out")
      }
    }
  }

  let rule: Rule

  /// Chooses for one token.
  ///
  /// The choice is by score plus `bias`, within the groups whose two best sum highest; the weights are the scores without
  /// it. Of equal ones the first is chosen. Sources: DeepSeek-V3's `modeling_deepseek.py`, transformers 5.23.0
  /// `modeling_deepseek_v3.py`, `modeling_qwen3_moe.py` and `modeling_gpt_oss.py`.
  ///
  /// - Parameters:
  ///   - logits: one for each expert; they become the scores.
  ///   - ids: gets the chosen experts, ascending.
  func route(
    _ logits: UnsafeMutableBufferPointer<Float>, bias: [Float]?, ids: UnsafeMutableBufferPointer<Int32>,
    weights: UnsafeMutableBufferPointer<Float>
  ) {
    switch rule.score {
    case .sigmoid: for i in 0..<logits.count { logits[i] = Elementwise.sigmoid(logits[i]) }
    case .softmax: Elementwise.softmax(logits)
    case .softmaxOfChosen: break
    }
    var selection = Array(logits)
    if let bias { for i in selection.indices { selection[i] += bias[i] } }
    if rule.groups > 1 { keepBestGroups(&selection) }
    let chosen = Self.best(rule.chosen, of: selection).sorted()
    var sum = 0.0
    for (i, expert) in chosen.enumerated() {
      ids[i] = Int32(expert)
      weights[i] = rule.weighsBias ? selection[expert] : logits[expert]
      sum += Double(weights[i])
    }
    if rule.score == .softmaxOfChosen { return Elementwise.softmax(weights) }
    // The 1e-20 is DeepSeek's: it keeps the quotient of zeros defined.
    let factor = (rule.renormalises ? 1 / (sum + 1e-20) : 1) * rule.scale
    for i in chosen.indices { weights[i] = Float(Double(weights[i]) * factor) }
  }

  private func keepBestGroups(_ selection: inout [Float]) {
    let size = rule.experts / rule.groups
    let sums = (0..<rule.groups).map { group in
      let members = Array(selection[group * size..<(group + 1) * size])
      return Self.best(min(2, size), of: members).reduce(Float(0)) { $0 + members[$1] }
    }
    let kept = Set(Self.best(rule.groupsKept, of: sums))
    for i in selection.indices where !kept.contains(i / size) { selection[i] = -.infinity }
  }

  /// Indices of the largest values, largest first, of equal ones the first.
  private static func best(_ count: Int, of values: [Float]) -> [Int] {
    var places: [Int] = []
    for (i, value) in values.enumerated() {
      if places.count == count, let last = places.last, !(value > values[last]) { continue }
      let place = places.firstIndex { value > values[$0] } ?? places.count
      places.insert(i, at: place)
      if places.count > count { places.removeLast() }
    }
    return places
  }
}
