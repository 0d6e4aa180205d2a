internal import CheckpointKit

/// Columns without importance in the recipes that are not llama.cpp's.
///
/// A weight of 0 says that an error there does not matter, and a search that minimises nothing may as well write zeros:
/// llama-quantize does. What a calibration text did not reach is not worthless.
enum ZeroImportance {
  /// - Parameter block: columns of a block of the target. A block without any weight weighs 1 throughout; a run inside a
  ///   block that has some weighs their mean.
  static func fill(_ weights: inout [Float], block: Int) {
    for start in stride(from: 0, to: weights.count, by: max(1, block)) {
      let columns = start..<min(weights.count, start + block)
      guard weights[columns].contains(where: { $0 != 0 }) else {
        for column in columns { weights[column] = 1 }
        continue
      }
      let positive = weights[columns].lazy.filter { $0 > 0 }
      let mean = Float(positive.reduce(0.0) { $0 + Double($1) } / Double(max(1, positive.count)))
      for first in stride(from: columns.lowerBound, to: columns.upperBound, by: ImportanceMatrix.runLength) {
        let run = first..<min(columns.upperBound, first + ImportanceMatrix.runLength)
        if weights[run].allSatisfy({ $0 == 0 }) { for column in run { weights[column] = mean } }
      }
    }
  }
}
