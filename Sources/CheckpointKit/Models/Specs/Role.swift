/// What a tensor does in the model. The list is closed: recipes, budgets and the forward pass speak of roles, never of
/// stored names.
public struct Role: Sendable, Hashable, Comparable {
  public let name: String

  private init(known name: String) { self.name = name }

  /// nil where no role is called so.
  public init?(_ name: String) {
    guard Self.meanings[name] != nil else { return nil }
    self.name = name
  }

  /// Role names and what they mean, as `docs/glossary.md` lists them.
  public static let meanings: [String: String] = [
    "embed": "token embedding",
    "head": "output projection to the vocabulary",
    "norm.attn": "norm before attention",
    "norm.mlp": "norm before the feed-forward part",
    "norm.final": "norm after the last layer",
    "norm.q": "norm of the queries, per head",
    "norm.k": "norm of the keys, per head",
    "norm.q_a": "norm of the query latent (MLA)",
    "norm.kv_a": "norm of the key-value latent (MLA)",
    "attn.q": "query projection",
    "attn.k": "key projection",
    "attn.v": "value projection",
    "attn.o": "attention output projection",
    "attn.q_a": "down-projection to the query latent (MLA)",
    "attn.q_b": "up-projection from the query latent (MLA)",
    "attn.kv_a": "down-projection to the key-value latent and the shared rotary key (MLA)",
    "attn.kv_b": "up-projection from the key-value latent (MLA)",
    "indexer.q": "queries of the indexer that selects keys (DSA)",
    "indexer.k": "key of the indexer (DSA)",
    "indexer.weights": "weights of the indexer's heads (DSA)",
    "norm.indexer": "norm of the indexer's key (DSA)",
    "bias.q": "bias of the query projection",
    "bias.k": "bias of the key projection",
    "bias.v": "bias of the value projection",
    "bias.o": "bias of the attention output projection",
    "bias.mlp_gate": "bias of the dense feed-forward gate",
    "bias.mlp_up": "bias of the dense feed-forward up-projection",
    "bias.mlp_down": "bias of the dense feed-forward down-projection",
    "bias.router": "bias of the expert router, part of its scores",
    "bias.moe_gate": "bias of a routed expert's gate",
    "bias.moe_up": "bias of a routed expert's up-projection",
    "bias.moe_down": "bias of a routed expert's down-projection",
    "sinks": "what each head's softmax has beside its keys",
    "bias.indexer": "bias of the norm of the indexer's key (DSA)",
    "attn.qkvz": "queries, keys, values and output gate of linear attention in one, per key head",
    "attn.qkv": "queries, keys and values of linear attention in one",
    "attn.z": "output gate of linear attention",
    "linear.ba": "write strength and decay of linear attention in one, per key head",
    "linear.b": "write strength of linear attention",
    "linear.a": "decay of linear attention, as a projection",
    "linear.conv": "short convolution of linear attention",
    "linear.decay": "decay of linear attention, as the logarithm of a factor",
    "linear.dt": "decay of linear attention, as a bias",
    "norm.linear": "norm of the output of linear attention, per head",
    "mlp.gate": "dense feed-forward gate",
    "mlp.up": "dense feed-forward up-projection",
    "mlp.down": "dense feed-forward down-projection",
    "router": "expert router",
    "router.bias": "selection bias of the router",
    "moe.gate": "routed expert gate",
    "moe.up": "routed expert up-projection",
    "moe.down": "routed expert down-projection",
    "router.shared": "how much of the shared expert a token takes",
    "shared.gate": "shared expert gate",
    "shared.up": "shared expert up-projection",
    "shared.down": "shared expert down-projection",
    "mtp.norm_embed": "norm of the embedding that enters a multi-token-prediction layer",
    "mtp.norm_hidden": "norm of the hidden state that enters a multi-token-prediction layer",
    "mtp.proj": "projection of both into a multi-token-prediction layer",
    "mtp.norm": "norm after a multi-token-prediction layer",
    "mtp.embed": "a multi-token-prediction layer's own copy of the embedding",
    "mtp.head": "a multi-token-prediction layer's own copy of the head",
    "vision.patch": "projection of a patch's pixels into the vision tower",
    "vision.patch_bias": "bias of the patch projection (vision)",
    "vision.position": "learned grid of positions of the vision tower",
    "vision.norm_attn": "norm before the attention of a vision block",
    "vision.norm_attn_bias": "bias of the norm before attention (vision)",
    "vision.qkv": "queries, keys and values of a vision block in one",
    "vision.qkv_bias": "bias of queries, keys and values (vision)",
    "vision.o": "attention output projection of a vision block",
    "vision.o_bias": "bias of the attention output (vision)",
    "vision.norm_mlp": "norm before the feed-forward part of a vision block",
    "vision.norm_mlp_bias": "bias of the norm before the feed-forward part (vision)",
    "vision.up": "first matrix of the feed-forward part of a vision block",
    "vision.up_bias": "bias of the first matrix (vision)",
    "vision.down": "second matrix of the feed-forward part of a vision block",
    "vision.down_bias": "bias of the second matrix (vision)",
    "vision.norm_final": "norm after the last vision block",
    "vision.norm_final_bias": "bias of the norm after the last vision block (vision)",
    "vision.proj_norm": "norm of the patches that enter the projector",
    "vision.proj_norm_bias": "bias of the projector's norm (vision)",
    "vision.proj_up": "first matrix of the projector from vision to text",
    "vision.proj_up_bias": "bias of the projector's first matrix (vision)",
    "vision.proj_down": "second matrix of the projector from vision to text",
    "vision.proj_down_bias": "bias of the projector's second matrix (vision)",
  ]

  /// All roles by name.
  public static let all = meanings.keys.sorted().map { Role(known: $0) }

  public static func < (a: Role, b: Role) -> Bool { a.name < b.name }

  /// Whether the role is meant by a pattern: its name, or `moe.*` for all that begin with `moe.`, or `*`.
  public func matches(_ pattern: String) -> Bool {
    if pattern == "*" || pattern == name { return true }
    return pattern.hasSuffix(".*") && name.hasPrefix(pattern.dropLast())
  }

  /// One of many like it: counted per token in active parameters, quantized first.
  public var isRoutedExpert: Bool { name.hasPrefix("moe.") || name.hasPrefix("bias.moe_") }
}

extension Role: CustomStringConvertible {
  public var description: String { name }
}
