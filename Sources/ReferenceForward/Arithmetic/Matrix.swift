internal import CheckpointKit

/// Float32 values in rows, outside Swift's heap; zero at first.
///
/// Several threads write into one matrix, each its own places: who does is for the code that hands out the work to see.
final class Matrix: @unchecked Sendable {
  let rows: Int
  let columns: Int
  private let buffer: Buffer

  init(_ rows: Int, _ columns: Int) throws(CheckpointError) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count < 1 << 48 else {
      throw CheckpointError(.planMemory, "\(rows) × \(columns) values are more than any memory holds")
    }
    self.rows = rows
    self.columns = columns
    buffer = try Buffer(byteCount: count * 4)
  }

  /// Takes over as many values as it holds.
  func take(_ values: [Float]) {
    precondition(values.count == rows * columns)
    for (i, value) in values.enumerated() { block.base[i] = value }
  }

  /// All of it.
  var block: Block {
    Block(base: buffer.base.assumingMemoryBound(to: Float.self), rows: rows, columns: columns, stride: columns)
  }
}

/// A rectangle of a ``Matrix``; valid as long as that is.
struct Block: @unchecked Sendable {
  var base: UnsafeMutablePointer<Float>
  var rows: Int
  var columns: Int
  /// Values from one row to the next.
  var stride: Int

  func row(_ i: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base + i * stride, count: columns)
  }

  subscript(rows range: Range<Int>) -> Block {
    precondition(range.upperBound <= rows)
    return Block(base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  subscript(columns range: Range<Int>) -> Block {
    precondition(range.upperBound <= columns)
    return Block(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }
}
