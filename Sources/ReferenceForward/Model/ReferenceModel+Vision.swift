public import CheckpointKit
internal import Quantize

extension ReferenceModel {
  /// Runs the vision tower and its projector.
  ///
  /// - Returns: a row for each joined patch, of as many values as the text model's hidden states have.
  /// - Throws: `forward.unsupported` where the model has no tower that is carried out here.
  public func features(of images: ImageInput) throws(CheckpointError) -> VisionFeatures {
    let values = try ForwardValues(model)
    guard values.has("vision_heads"), let blocks = reader.binding.model?.layerCount(.vision), blocks > 0 else {
      throw CheckpointError(
        .forwardUnsupported, file: model.config.file, "the family \(model.spec.name) has no vision tower here")
    }
    let tower = try VisionTower(values)
    // Hidden states with what a block makes of them, for every patch; a run of scores for each worker.
    let hidden = try values.size("vision_hidden", model.integer("vision_hidden"))
    let inner = try values.size("vision_inner", model.integer("vision_inner"))
    let patches = images.grids.reduce(0) { $0 + $1.patches }
    let fixed = MemoryBudget.residentBytes().now + (64 << 20) + 4 * patches * (6 * hidden + inner + images.width)
    let longest = images.grids.reduce(0) { max($0, $1.patches) }
    let panel = 3 * Weights.stripValues * 4 + 4 * CausalAttention.run * longest
    let workers = try options.memory.workers(fixed: fixed, panel: panel, wanted: options.threads)
    let weights = Weights(reader: reader, team: Team(threads: workers, isStopped: options.isStopped), blas: blas)
    return VisionFeatures(matrix: try tower.features(of: images, blocks: blocks, weights: weights))
  }
}

/// What the vision tower gives for some images.
public struct VisionFeatures: Sendable {
  let matrix: Matrix

  public var count: Int { matrix.rows }
  public var width: Int { matrix.columns }

  /// All of them, row by row, valid as long as this value lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: matrix.block.base, count: matrix.rows * matrix.columns * 4)
  }
}
