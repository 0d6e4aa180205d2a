import CheckpointKit
import Testing

@testable import ReferenceForward

@Suite struct RouterTests {
  /// Kimi's keys with other routing.
  func route(_ changes: JSONObject, logits: [Float], bias: [Float]?) throws -> (ids: [Int32], weights: [Float]) {
    var config = ArchitectureTests.kimi
    config["n_routed_experts"] = .int(logits.count)
    for (key, value) in changes.members { config[key] = value }
    let rule = try #require(try ArchitectureTests.architecture(config).router)
    var (logits, ids) = (logits, [Int32](repeating: -1, count: rule.chosen))
    var weights = [Float](repeating: 0, count: rule.chosen)
    logits.withUnsafeMutableBufferPointer { logits in
      ids.withUnsafeMutableBufferPointer { ids in
        weights.withUnsafeMutableBufferPointer { weights in
          Router(rule: rule).route(logits, bias: bias, ids: ids, weights: weights)
        }
      }
    }
    return (ids, weights)
  }

  // sigmoid(ln 3) = 0.75, sigmoid(0) = 0.5, sigmoid(−ln 3) = 0.25.
  let ln3: Float = 1.0986123

  @Test("the bias decides who is chosen, and is not in the weights")
  func bias() throws {
    let changes: JSONObject = ["num_experts_per_tok": 2, "norm_topk_prob": false, "routed_scaling_factor": 1]
    let (ids, weights) = try route(changes, logits: [ln3, 0, -ln3, 0], bias: [0, 0, 1, 0])
    #expect(ids == [0, 2])
    #expect(abs(weights[0] - 0.75) < 1e-6 && abs(weights[1] - 0.25) < 1e-6)
  }

  @Test("weights are divided by their sum, then scaled")
  func renormalised() throws {
    let changes: JSONObject = ["num_experts_per_tok": 2, "norm_topk_prob": true, "routed_scaling_factor": 2]
    let (ids, weights) = try route(changes, logits: [ln3, -ln3, -ln3 - 1, 0], bias: nil)
    #expect(ids == [0, 3])
    #expect(abs(weights[0] - 1.2) < 1e-6 && abs(weights[1] - 0.8) < 1e-6)
  }

  @Test("only groups whose two best sum highest are looked into")
  func groups() throws {
    // The best expert of all is in the first group, whose second is poor: 0.75 + 0.25 < 0.5 + 0.75 of the second group.
    let changes: JSONObject = [
      "num_experts_per_tok": 2, "n_group": 2, "topk_group": 1, "norm_topk_prob": false, "routed_scaling_factor": 1,
    ]
    let (ids, _) = try route(changes, logits: [ln3 + 0.01, -ln3, -9, -9, 0, ln3, -9, -9], bias: nil)
    #expect(ids == [4, 5])
  }

  @Test("of equal experts the first are chosen")
  func ties() throws {
    let changes: JSONObject = ["num_experts_per_tok": 3, "routed_scaling_factor": 1]
    let (ids, weights) = try route(changes, logits: [0, 0, 0, 0, 0, 0], bias: nil)
    #expect(ids == [0, 1, 2])
    #expect(weights.allSatisfy { abs($0 - 1.0 / 3) < 1e-6 })
  }

  @Test("softmax scores sum to one over all experts")
  func softmax() throws {
    let changes: JSONObject = [
      "num_experts_per_tok": 1, "scoring_func": "softmax", "norm_topk_prob": false, "routed_scaling_factor": 1,
    ]
    // e^ln3 / (e^ln3 + 1 + 1) = 3 / 5
    let (ids, weights) = try route(changes, logits: [0, ln3, 0], bias: nil)
    #expect(ids == [1])
    #expect(abs(weights[0] - 0.6) < 1e-6)
  }

  @Test("more experts than the kept groups hold cannot be chosen")
  func tooMany() {
    #expect(throws: CheckpointError.self) {
      try route(["num_experts_per_tok": 3, "n_group": 2, "topk_group": 1], logits: [0, 0, 0, 0], bias: nil)
    }
  }

  @Test("statistics of a spread: entropy in nats, load against the mean, experts without a token")
  func statistics() {
    let even = RoutingStatistics(layer: 3, counts: [2, 2, 2, 2])
    // ln 4
    #expect(abs(even.entropy - 1.3862943611198906) < 1e-12)
    #expect(even.loadMax == 1 && even.dead == 0 && even.layer == 3)
    let uneven = RoutingStatistics(layer: 0, counts: [6, 2, 0, 0])
    // −(3/4 ln 3/4 + 1/4 ln 1/4)
    #expect(abs(uneven.entropy - 0.5623351446188083) < 1e-12)
    #expect(uneven.loadMax == 3 && uneven.dead == 2)
  }
}
