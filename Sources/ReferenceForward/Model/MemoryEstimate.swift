internal import CheckpointKit
internal import Quantize

/// The memory that a run takes: what all threads share, beside what the process holds already, and what each has for
/// itself.
struct MemoryEstimate {
  let fixed: Int
  let worker: Int

  /// OpenBLAS with its buffers, stacks, and lists of the run.
  private static let room = 48 << 20

  init(_ architecture: Architecture, _ reader: TensorReader, sequences: Int, length: Int) {
    let positions = Double(sequences) * Double(length)
    let hidden = Double(architecture.hidden)
    let attention =
      architecture.attention.indices.map { layer in
        switch architecture.attention[layer] {
        case .grouped(let attention): Double(attention.activations)
        case .deltaNet(let attention): Double(attention.activations)
        case .latent(let attention):
          Double(attention.activations)
            + (reader.tensor(.attnQA, layer: layer).map { Double(reader.shape(of: $0).rows) } ?? 0)
        }
      }.max() ?? 0
    var feedForward = 0.0
    for layer in 0..<architecture.layers {
      func rows(_ role: Role, expert: Int? = nil) -> Double {
        reader.tensor(role, layer: layer, expert: expert).map { Double(reader.shape(of: $0).rows) } ?? 0
      }
      var values = 2 * max(rows(.mlpGate), rows(.sharedGate))
      if let router = architecture.router {
        // The chosen, their weights and the lists made of them, in this layer; the choices of all layers are kept.
        values += Double(router.chosen) * (rows(.moeGate, expert: 0) + 16) + Double(router.experts)
        values += 2 * Double(router.chosen * architecture.layers)
      }
      feedForward = max(feedForward, values)
    }
    let activations = 4 * positions * (2 * hidden + Double(architecture.rotary.width) + max(attention, feedForward))
    let logits = max(64 << 20, architecture.vocabulary * 4)
    fixed = MemoryBudget.residentBytes().now + Self.room + Int(min(activations, 0x1p60)) + logits
    // Two decoded strips and the stored bytes of one, tokens on their way through an expert, scores of a run of queries.
    let strips = 2 * Weights.stripValues * 4 + Weights.stripValues * 4
    let tokens = 128 * (architecture.hidden + 2 * 1024) * 4
    worker = strips + max(tokens, CausalAttention.run * min(length, 1 << 40) * 4)
  }
}
