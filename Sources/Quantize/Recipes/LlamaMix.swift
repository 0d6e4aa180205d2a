public import CheckpointKit

/// A mix of llama.cpp: which type each tensor of a model gets from `llama-quantize`, said without reading a value.
///
/// What decides is the tensor's name and shape, its place among its like, a few facts of the model, and whether there is
/// an importance matrix. Nothing is known of MLA or of shared experts: their projections get the base type.
///
/// Source: llama.cpp 0c1e57098bba, `src/llama-quant.cpp`. Vectors: `Tests/Vectors/mixes/`, made by `llama-quantize`.
public struct LlamaMix: Sendable {
  /// As `llama-quantize` lists it: `Q4_K_M`.
  public let name: String
  /// The number in the key `general.file_type`.
  public let fileType: UInt32
  /// What a tensor gets for which nothing else is said.
  public let base: GGUFType
  /// The output head, or the embedding where it serves as one.
  let head: GGUFType
  /// In this order; the first that holds decides.
  let rules: [Rule]
  /// The mixes of about two bits count the `ffn_down` tensors, in place of reading the layer from the name, and do not
  /// know the larger types for models of 8 experts and of 70 billion parameters.
  let isLowBit: Bool

  /// One decision: what the tensors of a group get while all conditions hold.
  struct Rule: Sendable {
    let group: Group
    let type: GGUFType
    let conditions: [Condition]

    init(_ group: Group, _ type: GGUFType, _ conditions: Condition...) {
      (self.group, self.type, self.conditions) = (group, type, conditions)
    }
  }

  /// What tensors are by their name.
  enum Group: Sendable {
    case head, embedding
    /// `attn_v`, `attn_qkv` and `attn_kv_b`.
    case value
    case key, query, attentionOutput
    /// Of experts and shared experts too.
    case up, gate, down
    case other
  }

  /// `n` is the number of layers, for values the number of tensors of that group.
  enum Condition: Sendable {
    case importance, noImportance
    /// Four or more query heads share a key head.
    case sharedHeads
    case sharedHeadsOrExperts
    case eightExperts
    case falcon
    /// The place is below this number.
    case first(Int)
    /// The place is below n divided by this number.
    case firstPart(Int)
    /// The place is not in the first and not in the last eighth.
    case middle
    /// The first eighth, the last eighth, and of what lies between each third.
    case moreBits
  }

  /// The mix of a name or of an alias; case, `-` and `_` make no difference.
  public static func named(_ name: String) -> LlamaMix? {
    let folded = foldedName(name)
    let full = aliases.first { foldedName($0.key) == folded }.map { foldedName($0.value) } ?? folded
    return all.first { foldedName($0.name) == full }
  }

  /// Short names, as `llama-quantize` knows them.
  public static let aliases = ["Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"]

  /// Every type that this mix gives to a tensor of some model, fallbacks included, plain ones too.
  public var types: Set<GGUFType> {
    guard isQuantized else { return [base] }
    var types: Set<GGUFType> = [base, head, .q8_0, .f16]
    types.formUnion(rules.map(\.type))
    if !isLowBit, !types.isDisjoint(with: [.q3K, .q4K]) { types.insert(.q5K) }
    return types.union(types.compactMap { Self.fallback(for: $0) })
  }

  /// Whether all types it gives can be written here.
  public var isWritable: Bool { types.allSatisfy { $0.dtype != nil || GGUFBlockLayout($0)?.isWritable == true } }

  var isQuantized: Bool { base.dtype == nil }

  private init(
    _ name: String, _ fileType: UInt32, _ base: GGUFType, head: GGUFType = .q6K, isLowBit: Bool = false,
    _ rules: [Rule] = []
  ) {
    (self.name, self.fileType, self.base, self.isLowBit) = (name, fileType, base, isLowBit)
    self.head = base == .q8_0 ? base : head
    let ofEightExperts = [Rule(.value, .q8_0, .eightExperts), Rule(.key, .q8_0, .eightExperts)]
    self.rules = (isLowBit ? [] : ofEightExperts) + rules
  }

  /// - Parameter better: what sensitive tensors get.
  private static func lowBit(
    _ name: String, _ fileType: UInt32, _ base: GGUFType, better: GGUFType, output: GGUFType? = nil
  ) -> LlamaMix {
    var rules = [
      Rule(.embedding, better),
      Rule(.value, .q4K, .sharedHeadsOrExperts), Rule(.value, better),
      Rule(.key, .q4K, .eightExperts),
      Rule(.down, better, .firstPart(8)),
      Rule(.attentionOutput, .q5K, .eightExperts),
    ]
    if let output { rules.append(Rule(.attentionOutput, output)) }
    return LlamaMix(name, fileType, base, head: .q5K, isLowBit: true, rules)
  }
}

extension LlamaMix {
  /// Every mix that `llama-quantize` takes, in its order.
  public static let all: [LlamaMix] = [
    LlamaMix("Q1_0", 40, .q1_0),
    LlamaMix("Q2_0", 41, .q2_0, [Rule(.embedding, .q4K)]),
    LlamaMix("Q4_0", 2, .q4_0, [Rule(.down, .q4_1, .importance, .firstPart(8))]),
    LlamaMix("Q4_1", 3, .q4_1),
    LlamaMix("MXFP4_MOE", 38, .mxfp4, head: .q8_0),
    LlamaMix("Q5_0", 8, .q5_0, [Rule(.down, .q5_1, .importance, .firstPart(8))]),
    LlamaMix("Q5_1", 9, .q5_1),
    lowBit("IQ2_XXS", 19, .iq2XXS, better: .q2K),
    lowBit("IQ2_XS", 20, .iq2XS, better: .q2K),
    lowBit("IQ2_S", 28, .iq2XS, better: .iq3S, output: .iq3S),
    lowBit("IQ2_M", 29, .iq2S, better: .iq3S, output: .iq3S),
    lowBit("IQ1_S", 24, .iq1S, better: .q2K, output: .iq2XXS),
    lowBit("IQ1_M", 31, .iq1M, better: .q2K, output: .iq2XXS),
    LlamaMix("TQ1_0", 36, .tq1_0, [Rule(.embedding, .q4K)]),
    LlamaMix("TQ2_0", 37, .tq2_0, [Rule(.embedding, .q4K)]),
    LlamaMix(
      "Q2_K", 10, .q2K,
      [
        Rule(.value, .q4K, .sharedHeads), Rule(.value, .q3K),
        Rule(.attentionOutput, .q2K, .falcon), Rule(.attentionOutput, .q5K, .eightExperts),
        Rule(.attentionOutput, .q3K),
        Rule(.down, .q3K),
      ]),
    LlamaMix("Q2_K_S", 21, .q2K, [Rule(.value, .q4K, .sharedHeads), Rule(.down, .q4K, .firstPart(8))]),
    LlamaMix(
      "IQ3_XXS", 23, .iq3XXS, head: .q5K,
      [
        Rule(.embedding, .iq3S),
        Rule(.value, .q4K, .sharedHeads), Rule(.value, .iq3S, .noImportance),
        Rule(.key, .iq2S), Rule(.query, .iq2S),
        Rule(.attentionOutput, .iq3XXS, .falcon), Rule(.attentionOutput, .q5K, .eightExperts),
        Rule(.attentionOutput, .iq3S),
        Rule(.down, .q4K, .noImportance, .firstPart(8)), Rule(.down, .q3K, .noImportance),
      ]),
    LlamaMix("IQ3_S", 26, .iq3S, [Rule(.value, .q4K, .sharedHeads)] + outputOfEightExperts(.iq3S)),
    LlamaMix(
      "IQ3_M", 27, .iq3S,
      [Rule(.value, .q4K)] + outputOfEightExperts(.iq3S) + [
        Rule(.attentionOutput, .q4K),
        Rule(.down, .q4K, .firstPart(8)), Rule(.down, .q4K, .eightExperts, .moreBits),
      ]),
    LlamaMix(
      "IQ3_XS", 22, .iq3S,
      [
        Rule(.value, .q4K, .sharedHeads),
        Rule(.key, .iq3XXS), Rule(.query, .iq3XXS),
        Rule(.gate, .iq3XXS, .middle), Rule(.up, .iq3XXS, .middle),
      ] + outputOfEightExperts(.iq3S)),
    LlamaMix("Q3_K_S", 11, .q3K, outputOfEightExperts(.q3K)),
    LlamaMix(
      "Q3_K_M", 12, .q3K,
      [Rule(.value, .q5K, .first(2)), Rule(.value, .q4K)] + outputOfEightExperts(.q3K) + [
        Rule(.attentionOutput, .q4K),
        Rule(.down, .q5K, .firstPart(16)), Rule(.down, .q4K, .falcon, .moreBits), Rule(.down, .q3K, .falcon),
        Rule(.down, .q4K),
      ]),
    LlamaMix(
      "Q3_K_L", 13, .q3K,
      [
        Rule(.value, .q5K),
        Rule(.attentionOutput, .q4K, .falcon), Rule(.attentionOutput, .q3K, .eightExperts),
        Rule(.attentionOutput, .q5K),
        Rule(.down, .q4K, .falcon), Rule(.down, .q5K),
      ]),
    LlamaMix("IQ4_NL", 25, .iq4NL, ofIQ4(.iq4NL)),
    LlamaMix("IQ4_XS", 30, .iq4XS, ofIQ4(.iq4XS)),
    LlamaMix(
      "Q4_K_S", 14, .q4K,
      [Rule(.value, .q5K, .first(4))] + outputOfEightExperts(.q4K) + [
        Rule(.down, .q4K, .falcon), Rule(.down, .q5K, .firstPart(8)),
      ]),
    LlamaMix(
      "Q4_K_M", 15, .q4K,
      [Rule(.value, .q6K, .moreBits)] + outputOfEightExperts(.q4K) + [
        Rule(.down, .q6K, .falcon, .firstPart(16)), Rule(.down, .q5K, .falcon, .moreBits), Rule(.down, .q4K, .falcon),
        Rule(.down, .q6K, .moreBits),
      ]),
    LlamaMix("Q5_K_S", 16, .q5K),
    LlamaMix("Q5_K_M", 17, .q5K, [Rule(.value, .q6K, .moreBits), Rule(.down, .q6K, .moreBits)]),
    LlamaMix("Q6_K", 18, .q6K),
    LlamaMix("Q8_0", 7, .q8_0),
    LlamaMix("F16", 1, .f16),
    LlamaMix("BF16", 32, .bf16),
    LlamaMix("F32", 0, .f32),
  ]

  private static func outputOfEightExperts(_ base: GGUFType) -> [Rule] {
    [Rule(.attentionOutput, base, .falcon), Rule(.attentionOutput, .q5K, .eightExperts)]
  }

  private static func ofIQ4(_ base: GGUFType) -> [Rule] {
    [Rule(.value, .q5K, .sharedHeads), Rule(.down, .q5K, .noImportance, .firstPart(8))] + outputOfEightExperts(base)
  }
}
