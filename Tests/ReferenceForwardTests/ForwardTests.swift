import CheckpointKit
import Quantize
import Testing

@testable import ReferenceForward

/// Goldens: transformers on torch, with the versions that each fixture's golden.json names.
@Suite(.enabled(if: hasOpenBLAS, "OpenBLAS is not installed"))
struct ForwardTests {
  @Test("logits are those of transformers within 1e-3", arguments: Fixture.all)
  func logits(fixture: Fixture) throws {
    let logits = try fixture.model().allLogits(fixture.tokens)
    #expect(largestDifference(logits, try fixture.floats("logits")) <= 1e-3)
  }

  @Test("logits at far positions are those of transformers within 4e-3", arguments: Fixture.all)
  func farPositions(fixture: Fixture) throws {
    let tokens = try fixture.tokens
    let stride = try fixture.stride
    let far = try tokens.positioned(tokens.tokens.indices.map { $0 * stride })
    let logits = try fixture.model().allLogits(far)
    #expect(largestDifference(logits, try fixture.floats("logits_stride")) <= 4e-3)
  }

  @Test("routers choose the experts that transformers' choose", arguments: Fixture.all)
  func routers(fixture: Fixture) throws {
    let result = try fixture.model().run(fixture.tokens)
    #expect(result.routing.count == (try fixture.routers))
    for (i, choices) in result.routing.enumerated() {
      #expect(choices.ids.map(Int.init) == (try fixture.integers("router_\(i)_ids")))
      #expect(largestDifference(choices.weights, try fixture.floats("router_\(i)_weights")) <= 1e-4)
    }
  }

  @Test("indexers choose the keys that transformers' choose", arguments: Fixture.all)
  func indexers(fixture: Fixture) throws {
    let selections = try fixture.model().run(fixture.tokens).selections
    #expect(selections.count == (try fixture.indexers))
    for (i, selection) in selections.enumerated() {
      #expect(selection.keys.map(Int.init) == (try fixture.integers("indexer_\(i)_topk")))
    }
  }

  @Test("a vision tower gives the features that transformers' gives", arguments: Fixture.all.filter(\.hasVision))
  func vision(fixture: Fixture) throws {
    let images = try ImageInput(
      pixels: joinPath(fixture.folder, "golden_vision_pixels.npy"),
      grid: joinPath(fixture.folder, "golden_vision_grid_thw.npy"))
    let features = try fixture.model().features(of: images)
    let expected = try fixture.floats("vision_features")
    #expect(largestDifference(Array(features.bytes.bindMemory(to: Float.self)), expected) <= 1e-3)
  }

  @Test("a model without a vision tower says so")
  func noVision() throws {
    let images = try ImageInput(
      pixels: joinPath(Fixture.qwen.folder, "golden_vision_pixels.npy"),
      grid: joinPath(Fixture.qwen.folder, "golden_vision_grid_thw.npy"))
    let error = #expect(throws: CheckpointError.self) { _ = try Fixture.llama.model().features(of: images) }
    #expect(error?.code == .forwardUnsupported)
  }

  @Test("threads do not change a bit", arguments: Fixture.all)
  func threads(fixture: Fixture) throws {
    let tokens = try fixture.tokens
    #expect(try fixture.model(threads: 1).allLogits(tokens) == fixture.model(threads: 5).allLogits(tokens))
  }

  @Test("two sequences together give what each gives alone, within rounding", arguments: Fixture.all)
  func batch(fixture: Fixture) throws {
    let ids = try fixture.tokens.tokens
    let other = Array(ids.reversed())
    let file = try TemporaryFile("batch.npy")
    let writer = try NPYWriter(file.path, NPYHeader(.i64, [2, ids.count]))
    for row in [ids, other] {
      let failure = row.withUnsafeBytes { raw -> CheckpointError? in
        do throws(CheckpointError) { try writer.append(raw) } catch { return error }
        return nil
      }
      #expect(failure == nil)
    }
    try writer.publish()
    let model = try fixture.model()
    let together = try model.allLogits(TokenInput(reading: file.path))
    let alone = try model.allLogits(TokenInput(tokens: ids)) + model.allLogits(TokenInput(tokens: other))
    #expect(largestDifference(together, alone) <= 1e-4)
  }

  @Test("each layer is observed once, in order")
  func observed() throws {
    var layers: [Int] = []
    let model = try Fixture.llama.model()
    _ = try model.run(try Fixture.llama.tokens) { layer, state in
      layers.append(layer)
      #expect(state.count == 12 * 64)
    }
    #expect(layers == [0, 1])
  }

  @Test("too little memory is refused with what would be enough")
  func memory() throws {
    let model = try Fixture.deepseek.model(memory: 1 << 20)
    let error = #expect(throws: CheckpointError.self) { _ = try model.run(try Fixture.deepseek.tokens) }
    #expect(error?.code == .planMemory)
    #expect(error?.hint?.contains("--memory") == true)
  }

  @Test("a stop that was asked for is an error")
  func stopped() throws {
    let binding = try Binding.bind(Checkpoint.open(Fixture.deepseek.folder), library: SpecLibrary())
    let model = try ReferenceModel(TensorReader(binding), options: .init(threads: 2, isStopped: { true }))
    let error = #expect(throws: CheckpointError.self) { _ = try model.run(try Fixture.deepseek.tokens) }
    #expect(error?.code == .stopped)
  }

  @Test("ids outside of the vocabulary are refused", arguments: [-1, 96])
  func outside(id: Int) throws {
    let model = try Fixture.deepseek.model()
    let error = #expect(throws: CheckpointError.self) { _ = try model.run(try TokenInput(tokens: [1, id])) }
    #expect(error?.code == .forwardInput)
    #expect(error?.problem.contains("token 1 is \(id)") == true)
  }
}

struct LibraryTests {
  @Test("without OpenBLAS the error says what to install")
  func missing() {
    let error = #expect(throws: CheckpointError.self) { _ = try OpenBLAS(names: ["libopenblas-of-nowhere.so.0"]) }
    #expect(error?.code == .libraryMissing)
    #expect(error?.hint?.contains("libopenblas0-pthread") == true)
  }
}
