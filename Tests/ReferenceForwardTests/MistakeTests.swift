import CheckpointKit
import Quantize
import Testing

@testable import ReferenceForward

/// Mistakes that sit in a formula, where no edit of a spec or a config reaches: each is made here as transformers was made
/// to make it (`mutations.py` of the oracle; `Tests/Vectors/forward/make.py` wrote what came of it).
struct Mistake: Sendable, CustomTestStringConvertible {
  let fixture: String
  /// Of the files with transformers' logits.
  let name: String
  let make: @Sendable (inout Architecture) -> Void

  var testDescription: String { "\(fixture): \(name)" }

  init(_ fixture: String, _ name: String, _ make: @escaping @Sendable (inout Architecture) -> Void) {
    (self.fixture, self.name, self.make) = (fixture, name, make)
  }

  static let all = [
    Mistake("kimi_k25-int4", "biased-weights") { $0.router?.weighsBias = true },
    Mistake("kimi_k25-int4", "yarn-ignored") { $0.scaling(.none, theta: 50000) },
    Mistake("kimi_k25-int4", "yarn-factor-32") {
      let yarn = RotaryScaling.YaRN(
        factor: 32, original: 4096, fast: 32, slow: 1, truncates: true, scale: 1, scaleAllDimensions: 1)
      $0.scaling(.yarn(yarn), theta: 50000)
    },
    // The oracle's mistake leaves out the groups as well.
    Mistake("deepseek_v3-fp8-block", "biased-weights") {
      $0.router?.weighsBias = true
      $0.router?.groups = 1
      $0.router?.groupsKept = 1
    },
    Mistake("deepseek_v3-fp8-block", "yarn-ignored") { $0.scaling(.none, theta: 10000) },
    Mistake("minimax_m2-fp8-block", "norm-per-head") { $0.changeGrouped { $0.normalisesHeads = true } },
    Mistake("gpt_oss-mxfp4", "up-without-one") { $0.activation = .clampedSwiGLU(limit: 7, slope: 1.702, offset: 0) },
    Mistake("qwen3_next-fp8-block", "linear-norm-plus-one") { $0.changeDeltaNets { $0.normOffset = 1 } },
    Mistake("qwen3_next-fp8-block", "gates-behind") { $0.changeGrouped { $0.gatesFollowQueries = true } },
    Mistake("qwen3_next-fp8-block", "qkvz-flat") { $0.changeDeltaNets { $0.readsFlat = true } },
    Mistake("qwen3_next-fp8-block", "no-length") { $0.changeDeltaNets { $0.keepsLength = true } },
  ]
}

extension Architecture {
  fileprivate mutating func scaling(_ scaling: RotaryScaling, theta: Double) {
    rotary = Rotary(width: rotary.width, theta: theta, scaling: scaling, isInterleaved: rotary.isInterleaved)
  }

  fileprivate mutating func changeGrouped(_ change: (inout GroupedAttention) -> Void) {
    attention = attention.map { kind in
      guard case .grouped(var grouped) = kind else { return kind }
      change(&grouped)
      return .grouped(grouped)
    }
  }

  fileprivate mutating func changeDeltaNets(_ change: (inout GatedDeltaNet) -> Void) {
    attention = attention.map { kind in
      guard case .deltaNet(var net) = kind else { return kind }
      change(&net)
      return .deltaNet(net)
    }
  }
}

@Suite(.enabled(if: hasOpenBLAS, "OpenBLAS is not installed"))
struct MistakeTests {
  @Test("a mistake in a formula moves the logits as it moves transformers'", arguments: Mistake.all)
  func moves(mistake: Mistake) throws {
    let fixture = Fixture(name: mistake.fixture)
    let binding = try Binding.bind(Checkpoint.open(fixture.folder), library: SpecLibrary())
    let model = try ReferenceModel(TensorReader(binding), options: .init(threads: 2), mistake: mistake.make)
    let tokens = try fixture.tokens
    let stride = try fixture.stride
    let near = try model.allLogits(tokens)
    let far = try model.allLogits(tokens.positioned(tokens.tokens.indices.map { $0 * stride }))
    #expect(largestDifference(near, try fixture.floats("logits_\(mistake.name)")) <= 1e-3)
    #expect(largestDifference(far, try fixture.floats("logits_stride_\(mistake.name)")) <= 4e-3)
    // The bounds that the right formula is held to would find it.
    let moved = (
      largestDifference(near, try fixture.floats("logits")), largestDifference(far, try fixture.floats("logits_stride"))
    )
    #expect(moved.0 > 1e-3 || moved.1 > 4e-3)
  }
}
