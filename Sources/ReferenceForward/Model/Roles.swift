internal import CheckpointKit

/// The roles that the forward pass reads; that each is one of the list is tested.
extension Role {
  static let embed = named("embed")
  static let head = named("head")
  static let normAttention = named("norm.attn")
  static let normFeedForward = named("norm.mlp")
  static let normFinal = named("norm.final")
  static let normQ = named("norm.q")
  static let normK = named("norm.k")
  static let normQA = named("norm.q_a")
  static let normKVA = named("norm.kv_a")
  static let attnQ = named("attn.q")
  static let attnK = named("attn.k")
  static let attnV = named("attn.v")
  static let attnO = named("attn.o")
  static let attnQA = named("attn.q_a")
  static let attnQB = named("attn.q_b")
  static let attnKVA = named("attn.kv_a")
  static let attnKVB = named("attn.kv_b")
  static let indexerQ = named("indexer.q")
  static let indexerK = named("indexer.k")
  static let indexerWeights = named("indexer.weights")
  static let normIndexer = named("norm.indexer")
  static let biasIndexer = named("bias.indexer")
  static let biasQ = named("bias.q")
  static let biasK = named("bias.k")
  static let biasV = named("bias.v")
  static let biasO = named("bias.o")
  static let biasRouter = named("bias.router")
  static let biasMoeGate = named("bias.moe_gate")
  static let biasMoeUp = named("bias.moe_up")
  static let biasMoeDown = named("bias.moe_down")
  static let sinks = named("sinks")
  static let mlpGate = named("mlp.gate")
  static let mlpUp = named("mlp.up")
  static let mlpDown = named("mlp.down")
  static let router = named("router")
  static let routerBias = named("router.bias")
  static let moeGate = named("moe.gate")
  static let moeUp = named("moe.up")
  static let moeDown = named("moe.down")
  static let sharedGate = named("shared.gate")
  static let sharedUp = named("shared.up")
  static let sharedDown = named("shared.down")

  private static func named(_ name: String) -> Role {
    guard let role = Role(name) else { preconditionFailure("'\(name)' is no role") }
    return role
  }
}
