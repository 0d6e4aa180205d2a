import Foundation
import Kernels

/// Rows and their blocks as libggml made them (`Tests/Vectors/gguf-blocks`).
enum GGUFVectors {
  static let columns = 512

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Vectors/gguf-blocks")

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  private static func floats(_ name: String) throws -> [Float] {
    try bytes(name).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
  }

  static func rows() throws -> [[Float]] {
    let values = try floats("values.f32")
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }

  /// None, equal ones, and those of the file.
  static func importances() throws -> [[Float]?] {
    [nil, [Float](repeating: 1, count: columns), try floats("importance.f32")]
  }

  /// The blocks of each row with each of the importances.
  static func encoded(_ type: GGUFBlock) throws -> [[UInt8]] {
    let bytes = try bytes("\(type.ggmlName).blocks")
    let rowBytes = columns / type.valueCount * type.byteCount
    return stride(from: 0, to: bytes.count, by: rowBytes).map { Array(bytes[$0..<$0 + rowBytes]) }
  }

  static func decoded(_ type: GGUFBlock) throws -> (blocks: [UInt8], values: [Float]) {
    (try bytes("\(type.ggmlName).decode.blocks"), try floats("\(type.ggmlName).decode.f32"))
  }
}

extension GGUFBlock {
  static let writable = allCases.filter(\.isWritable)

  var ggmlName: String {
    switch self {
    case .q4_0: "Q4_0"
    case .q4_1: "Q4_1"
    case .q5_0: "Q5_0"
    case .q5_1: "Q5_1"
    case .q8_0: "Q8_0"
    case .q2K: "Q2_K"
    case .q3K: "Q3_K"
    case .q4K: "Q4_K"
    case .q5K: "Q5_K"
    case .q6K: "Q6_K"
    case .iq4NL: "IQ4_NL"
    case .iq4XS: "IQ4_XS"
    case .mxfp4: "MXFP4"
    case .iq2XXS: "IQ2_XXS"
    case .iq2XS: "IQ2_XS"
    case .iq2S: "IQ2_S"
    case .iq3XXS: "IQ3_XXS"
    case .iq3S: "IQ3_S"
    case .iq1S: "IQ1_S"
    case .iq1M: "IQ1_M"
    case .tq1_0: "TQ1_0"
    case .tq2_0: "TQ2_0"
    case .q1_0: "Q1_0"
    case .q2_0: "Q2_0"
    case .nvfp4: "NVFP4"
    case .i8: "I8"
    case .i16: "I16"
    case .i32: "I32"
    case .i64: "I64"
    case .f64: "F64"
    }
  }
}
