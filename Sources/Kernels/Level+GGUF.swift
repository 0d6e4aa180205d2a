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
    guard let from = blocks.bytePointer, let to = values.baseAddress else { return }
    table.decode_gguf(Int32(type.rawValue), from, count, to)
  }

  /// - Parameters:
  ///   - values: whole rows of finite values.
  ///   - importance: how much each column weighs, 0 or more; nil for the search that ggml makes without.
  ///   - blocks: gets the blocks of each row.
  public func encodeGGUF(
    _ values: UnsafeBufferPointer<Float>, columns: Int, importance: UnsafeBufferPointer<Float>?, _ type: GGUFBlock,
    into blocks: UnsafeMutableRawBufferPointer
  ) {
    precondition(type.isWritable && columns > 0 && columns % type.valueCount == 0 && values.count % columns == 0)
    precondition(blocks.count == values.count / type.valueCount * type.byteCount)
    precondition(importance.map { $0.count == columns } ?? true)
    guard let from = values.baseAddress, let to = blocks.bytePointer else { return }
    table.encode_gguf(Int32(type.rawValue), from, values.count / columns, columns, importance?.baseAddress, to)
  }
}
