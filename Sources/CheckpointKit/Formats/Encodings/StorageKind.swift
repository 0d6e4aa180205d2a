/// How a checkpoint stores its weights, as coarse as a reader's sources tell it apart.
public enum StorageKind: String, Sendable, CaseIterable {
  /// BF16, F16 or F32 in safetensors files.
  case plain
  case fp8Block = "fp8-block"
  /// INT4 of compressed-tensors, `pack-quantized`, in groups of whatever size; experts one by one.
  case int4
  /// MXFP4 in stacks of experts, as gpt-oss is published.
  case mxfp4
  /// A GGUF file of the text model, whatever its types.
  case gguf
  /// A GGUF file of the vision tower and its projector.
  case mmproj

  /// As a person would say it.
  public var title: String {
    switch self {
    case .plain: "BF16, F16 or F32"
    case .fp8Block: "block-fp8"
    case .int4: "INT4"
    case .mxfp4: "MXFP4"
    case .gguf: "GGUF"
    case .mmproj: "a GGUF of the vision tower"
    }
  }

  /// Of a safetensors folder: what its routed experts are in, or the linears of a model without.
  ///
  /// - Parameters:
  ///   - experts: what the routed experts of the text model are in; empty where there are none.
  ///   - others: what its other tensors are in.
  /// - Returns: nil for a mixture that no list of readers speaks of.
  public init?(experts: Set<StorageKind>, others: Set<StorageKind>) {
    let encoded = experts.union(others).subtracting([.plain])
    guard encoded.count <= 1, experts.count <= 1 else { return nil }
    guard let encoding = encoded.first else {
      self = .plain
      return
    }
    // Attention alone in an encoding is read by other code than experts in it.
    guard experts.isEmpty || experts == [encoding] else { return nil }
    self = encoding
  }
}
