import CheckpointKit
import Foundation
import Quantize
import Testing

/// Where `--export-tensor-types` writes.
@Suite struct TensorTypesOutputTests {
  @Test("a file of tensor types takes the place of an earlier one, and of nothing else")
  func output() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("types.txt")
    func isRefused(_ text: String) throws -> Bool {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      do {
        _ = try SideOutput(path, LlamaMixTensorTypes.output)
        return false
      } catch { return error.code == .outputExists }
    }
    let types = try LlamaMixTensorTypes.text([(TensorName("blk.0.attn_v.weight"), .q6K), (TensorName("a"), .f32)])
    #expect(try !isRefused(types) && !isRefused(""))
    // What a user wrote for --tensor-type-file is a user's.
    for text in ["attn_v=q6_K\n", "^a$=nothing\n", "{}\n", "mine", "^a=q6_k\n"] {
      #expect(try isRefused(text), "\(text)")
    }
  }
}
