public import CheckpointKit

/// Patches of images and clips for a vision tower, as the model's own processor makes them.
public struct ImageInput: Sendable {
  /// An image or clip: frames, and rows and columns of patches in each.
  public struct Grid: Sendable, Equatable {
    public var frames: Int
    public var rows: Int
    public var columns: Int

    public var patches: Int { frames * rows * columns }
  }

  public let grids: [Grid]
  /// Pixels of one patch.
  public let width: Int
  /// `patches × width`, all images one after the other.
  let pixels: [Float]

  /// Reads `.npy` files.
  ///
  /// - Parameters:
  ///   - pixels: float32, `[patches, …]`; the dimensions behind the first are those of the tower's first matrix.
  ///   - grid: int32 or int64, `[images, 3]`: frames, rows, columns.
  public init(pixels: String, grid: String, files: FileAccess = .system) throws(CheckpointError) {
    let numbers = try NPYFile.readIntegers(grid, files: files)
    guard numbers.shape.count == 2, numbers.shape[1] == 3, !numbers.values.isEmpty else {
      throw CheckpointError(.forwardInput, file: grid, "has the shape \(numbers.shape), where [images, 3] is needed")
    }
    var grids: [Grid] = []
    var count = 0
    for i in stride(from: 0, to: numbers.values.count, by: 3) {
      let sides = numbers.values[i..<i + 3]
      guard sides.allSatisfy({ (1...4096).contains($0) }) else {
        throw CheckpointError(
          .forwardInput, file: grid, "has an image of \(Array(sides)), where 1 to 4096 are possible")
      }
      grids.append(Grid(frames: numbers.values[i], rows: numbers.values[i + 1], columns: numbers.values[i + 2]))
      count += grids[grids.count - 1].patches
    }
    let file = try OpenFile(reading: pixels, files)
    let (header, start) = try NPYHeader.read(from: file)
    let values = header.shape.dropFirst().reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard header.dtype == .f32, header.shape.count >= 2, header.shape[0] == count, (1...1 << 20).contains(values) else {
      throw CheckpointError(
        .forwardInput, file: pixels,
        "holds \(header.dtype) \(header.shape), where float32 of \(count) patches is needed")
    }
    let (bytes, overflow) = (count * 4).multipliedReportingOverflow(by: values)
    guard !overflow, try file.size() - start == bytes else {
      throw CheckpointError(.malformedFile, file: pixels, "is not as long as its shape says")
    }
    self.grids = grids
    width = values
    self.pixels = try file.readBytes(start..<start + bytes).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
