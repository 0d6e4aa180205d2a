internal import CKernels

/// Blocks of GGUF files, as ``GGUFReference`` says.
extension Level {
  /// - Parameters:
  ///   - blocks: whole blocks.
  ///   - values: gets the values of each.
  public func decodeGGUF(
    _ blocks: UnsafeRawBufferPointer, _ type: GGUFBlock, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let count = blocks.count / type.byteCount
    precondition(blocks.count == count * type.byteCount && values.count == count * type.valueCount)
    for i in 0..<count {
      let block = UnsafeRawBufferPointer(rebasing: blocks[i * type.byteCount..<(i + 1) * type.byteCount])
      for (j, value) in GGUFReference.decode(block, type).enumerated() { values[i * type.valueCount + j] = value }
    }
  }

  /// - Parameters:
  ///   - values: whole rows of finite values.
  ///   - importance: how much each column weighs; nil for the search that ggml makes without.
  ///   - blocks: gets the blocks of each row.
  public func encodeGGUF(
    _ values: UnsafeBufferPointer<Float>, columns: Int, importance: UnsafeBufferPointer<Float>?, _ type: GGUFBlock,
    into blocks: UnsafeMutableRawBufferPointer
  ) {
    precondition(columns > 0 && columns % type.valueCount == 0 && values.count % columns == 0)
    precondition(blocks.count == values.count / type.valueCount * type.byteCount)
    precondition(importance.map { $0.count == columns } ?? true)
    let rowBytes = columns / type.valueCount * type.byteCount
    for row in 0..<values.count / columns {
      let bytes = GGUFReference.encode(
        row: Array(values[row * columns..<(row + 1) * columns]), importance: importance.map { Array($0) }, type)
      UnsafeMutableRawBufferPointer(rebasing: blocks[row * rowBytes..<(row + 1) * rowBytes]).copyBytes(from: bytes)
    }
  }
}
